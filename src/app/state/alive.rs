//! Whether the engine is still there. Not every browser reports that a worker has died, and one that is at a long job
//! answers as little as a dead one: so the engine says when it takes a request up. A request that lies untouched beside
//! an idle engine means that there is none; a request that was taken up is given a bound by the size of the files,
//! long before which the user may end it.

use super::engine::Pending;
use super::{Effect, NoticeKind, Offer, State};
use crate::app::file::Phase;
use crate::app::text;
use crate::worker::protocol::Request;

/// An engine that is idle takes a request up at once; even a slow computer needs no more seconds than these.
pub(super) const IDLE: u32 = 15;
/// The first request waits until the engine is unpacked and compiled.
pub(super) const START: u32 = 90;
/// So long at one request, the user is asked.
pub(super) const SLOW: u32 = 30;
/// No request takes so long, but for the size of the files.
pub(super) const LONGEST: u32 = 300;
/// Bytes for which one second more is given.
const BYTES_A_SECOND: f64 = 20_000.0;

impl State {
    /// The engine has begun with a request.
    pub(super) fn taken_up(&mut self, id: u32) {
        self.engine.taken = Some(id);
        self.engine.silent = 0;
    }

    /// An answer came.
    pub(super) fn heard(&mut self, id: u32) {
        if self.engine.taken == Some(id) {
            self.engine.taken = None;
        }
        self.engine.silent = 0;
        self.notices.list.retain(|notice| notice.offer != Some(Offer::Restart));
    }

    /// Seconds are counted only while the page runs: a computer that slept proves nothing.
    pub(super) fn second(&mut self, effects: &mut Vec<Effect>) {
        if self.engine.pending.is_empty() {
            self.engine.silent = 0;
            return;
        }
        self.engine.silent += 1;
        let limit = match self.engine.taken {
            Some(_) => LONGEST + self.allowance(),
            None if self.engine.starts > 0 => START,
            None => IDLE,
        };
        if self.engine.silent >= limit {
            self.went_silent(effects);
        } else if self.engine.taken.is_some() && self.engine.silent == SLOW {
            let name = self
                .at_work()
                .and_then(|pending| pending.file())
                .and_then(|id| self.file(id))
                .map(|file| file.name.clone());
            self.offer(NoticeKind::Said, text::slow(name.as_deref(), SLOW), None, Some(Offer::Restart));
        }
    }

    /// The user does not want to wait.
    pub(super) fn restart(&mut self, effects: &mut Vec<Effect>) {
        self.notices.list.retain(|notice| notice.offer != Some(Offer::Restart));
        if !self.engine.pending.is_empty() {
            self.went_silent(effects);
        }
    }

    fn went_silent(&mut self, effects: &mut Vec<Effect>) {
        let culprit = self.at_work();
        // All that was asked beside it is asked again.
        self.engine.again = self
            .engine
            .pending
            .values()
            .filter(|pending| Some(*pending) != culprit.as_ref())
            .cloned()
            .collect();
        self.lost(culprit, text::went_silent, text::NO_ANSWER_DETAIL, effects);
    }

    /// The engine broke down: another one is started.
    pub(super) fn broke(&mut self, detail: &str, effects: &mut Vec<Effect>) {
        // An engine that said nothing of what it was at was at the oldest.
        let culprit = self.at_work().or_else(|| self.engine.pending.values().next().cloned());
        self.engine.again.clear();
        self.lost(culprit, text::broke_down, detail, effects);
    }

    fn at_work(&self) -> Option<Pending> {
        self.engine.taken.and_then(|id| self.engine.pending.get(&id)).cloned()
    }

    /// What a lost engine was asked beside its files; these are open again.
    pub(super) fn ask_again(&mut self, effects: &mut Vec<Effect>) {
        if self.queue.opening.is_some() || !self.queue.waiting.is_empty() {
            return;
        }
        for pending in std::mem::take(&mut self.engine.again) {
            match pending {
                Pending::Save { file, .. } => self.save_file(file, effects),
                Pending::Findings(file) if self.file(file).is_some_and(|file| file.phase == Phase::Open) => {
                    self.send(Request::Findings { file }, Pending::Findings(file), effects);
                }
                Pending::Consolidate => self.consolidate(effects),
                Pending::Demo => self.send(Request::Demo, Pending::Demo, effects),
                _ => {}
            }
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size is positive and clamped"
    )]
    fn allowance(&self) -> u32 {
        let bytes: f64 = self.files.iter().map(|file| file.size).sum();
        (bytes / BYTES_A_SECOND).clamp(0.0, 36_000.0) as u32
    }
}
