//! 换分解表: a file is proposed, the engine says what it changes, the user puts it in force or does not.

use super::engine::Pending;
use super::{CARD, Card, EDITOR, Effect, Picked, State};
use crate::app::Shared;
use crate::app::file::Phase;
use crate::worker::protocol::{FileId, NewBreakdown, Request};

/// Another breakdown that the user has chosen and not yet put in force.
#[derive(Clone, Debug, PartialEq)]
pub enum Proposal {
    Reading(Picked),
    Ready(Picked, Shared<NewBreakdown>),
    /// Name, and one sentence that says why and what to do.
    Refused(String, String),
}

/// The breakdown that is audited against, and the one that may come after it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Breakdown {
    pub proposal: Option<Proposal>,
    /// The file of the breakdown in force, whose bytes the host keeps; nothing for the official one.
    pub in_force: Option<Picked>,
}

impl State {
    /// The file that is proposed and still being read.
    pub(super) fn proposed(&self) -> Option<FileId> {
        if let Some(Proposal::Reading(picked)) = &self.breakdown.proposal { Some(picked.file) } else { None }
    }

    /// A file is proposed as the breakdown.
    pub(super) fn breakdown_chosen(&mut self, picked: Picked, effects: &mut Vec<Effect>) {
        self.drop_proposal(effects);
        self.forget_said();
        let (id, held) = (picked.file, picked.held);
        self.breakdown.proposal = Some(Proposal::Reading(picked));
        self.card = Some(Card::Breakdown);
        effects.push(Effect::Focus(CARD));
        if held {
            self.read_breakdown(effects);
        } else {
            effects.push(Effect::Read(id));
        }
    }

    /// Asks the engine what the proposed breakdown changes.
    pub(super) fn read_breakdown(&mut self, effects: &mut Vec<Effect>) {
        let Some(Proposal::Reading(picked)) = &mut self.breakdown.proposal else { return };
        picked.held = true;
        let (file, name) = (picked.file, picked.name.clone());
        self.send(
            Request::ReadBreakdown { file, name, bytes: Vec::new() },
            Pending::ReadBreakdown(file),
            effects,
        );
    }

    /// The proposed file is no breakdown; the card says why.
    pub(super) fn refuse_breakdown(&mut self, why: String, effects: &mut Vec<Effect>) {
        let Some(Proposal::Reading(picked)) = self.breakdown.proposal.take() else { return };
        effects.push(Effect::Release(picked.file));
        self.notices.announcement.clone_from(&why);
        self.breakdown.proposal = Some(Proposal::Refused(picked.name, why));
    }

    fn drop_proposal(&mut self, effects: &mut Vec<Effect>) {
        if let Some(Proposal::Reading(picked) | Proposal::Ready(picked, _)) = self.breakdown.proposal.take() {
            effects.push(Effect::Release(picked.file));
        }
    }

    /// Puts the proposed breakdown in force.
    pub(super) fn use_breakdown(&mut self, effects: &mut Vec<Effect>) {
        let Some(Proposal::Ready(picked, _)) = self.breakdown.proposal.take() else { return };
        self.card = None;
        self.put_in_force(picked, effects);
    }

    /// Puts a breakdown in force whose bytes are with the host.
    pub(super) fn put_in_force(&mut self, picked: Picked, effects: &mut Vec<Effect>) {
        let (file, name) = (picked.file, picked.name.clone());
        if let Some(former) = self.breakdown.in_force.replace(picked) {
            effects.push(Effect::Release(former.file));
        }
        self.send(Request::UseBreakdown { file, name, bytes: Vec::new() }, Pending::UseBreakdown, effects);
        self.open_all_again(effects);
    }

    /// Puts the official breakdown in force again.
    pub(super) fn use_official_breakdown(&mut self, effects: &mut Vec<Effect>) {
        if let Some(former) = self.breakdown.in_force.take() {
            effects.push(Effect::Release(former.file));
        }
        self.send(Request::UseOfficialBreakdown, Pending::UseBreakdown, effects);
        self.open_all_again(effects);
    }

    /// Every file that the engine has, or is about to have, is audited against the breakdown now in force.
    fn open_all_again(&mut self, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        for file in &mut self.files {
            let known = matches!(file.phase, Phase::Open | Phase::Opening);
            if known && !self.queue.waiting.contains(&file.id) {
                let file = file.make_mut();
                file.sent_steps = None;
                file.audit_request = None;
                file.sweeping = None;
                file.phase = Phase::Waiting;
                if Some(file.id) == self.selected {
                    self.queue.waiting.push_front(file.id);
                } else {
                    self.queue.waiting.push_back(file.id);
                }
            }
        }
        self.pump(effects);
    }

    /// Closes what lies over the page; a proposal goes with it.
    pub(super) fn close_card(&mut self, effects: &mut Vec<Effect>) {
        effects.push(Effect::FocusBack(EDITOR));
        if self.card.take() == Some(Card::Breakdown) {
            self.drop_proposal(effects);
        }
    }
}
