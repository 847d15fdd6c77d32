//! Whether the engine is still there. Not every browser reports that a worker has died, and one that is at a long job
//! answers as little as a dead one: so the engine says when it takes a request up. A request that lies untouched beside
//! an idle engine means that there is none; a request that was taken up may take as long as the bound on one file, for
//! each file that it is about; long before that the user may end it.

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
        let (limit, late) = match self.engine.taken {
            Some(_) => (self.longest(), true),
            None if self.engine.starts > 0 => (START, false),
            None => (IDLE, false),
        };
        if self.engine.silent >= limit {
            self.give_up(late.then_some(limit), effects);
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
            self.give_up(None, effects);
        }
    }

    /// Ends the engine; `limit`: the seconds that were too many.
    fn give_up(&mut self, limit: Option<u32>, effects: &mut Vec<Effect>) {
        let culprit = self.at_work();
        // All that was asked beside it is asked again.
        self.engine.again = self
            .engine
            .pending
            .values()
            .filter(|pending| Some(*pending) != culprit.as_ref())
            .cloned()
            .collect();
        let say = |name: Option<&str>| {
            limit.map_or_else(|| text::went_silent(name), |limit| text::took_too_long(name, limit))
        };
        self.lost(culprit, say, text::NO_ANSWER_DETAIL, effects);
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
                Pending::Keep(_) => self.save_progress(effects),
                Pending::Consolidate => self.consolidate(effects),
                Pending::Demo => self.send(Request::Demo, Pending::Demo, effects),
                _ => {}
            }
        }
    }

    /// Seconds that the request taken up may take: the bound on one file, for each file that it is about.
    fn longest(&self) -> u32 {
        let Some(hello) = &self.hello else { return START };
        let files = match self.at_work().as_ref().and_then(Pending::file) {
            Some(_) => 1,
            None => u32::try_from(self.files.len()).unwrap_or(u32::MAX).max(1),
        };
        hello.seconds.saturating_mul(files)
    }
}
