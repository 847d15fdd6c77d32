//! The engine: requests to it, its answers, and another one with all files where it is lost.

use std::collections::BTreeMap;

use super::consolidation::Consolidation;
use super::keeping::Work;
use super::{Block, CARD, Card, Effect, NoticeKind, Picked, Place, Proposal, State};
use crate::app::Shared;
use crate::app::file::Phase;
use crate::app::text;
use crate::worker::protocol::{Area, Envelope, FileId, Request, Response};

/// Starts of the engine in a row without an answer before the page gives up.
pub(super) const MOST_STARTS: u8 = 3;

/// What the engine was asked, as far as the answer needs it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Pending {
    Hello,
    Demo,
    PasteFile,
    Open(FileId),
    Change(FileId),
    Recheck(FileId),
    /// With the steps that were in force.
    ApplySafe {
        file: FileId,
        serials: Vec<u32>,
    },
    PlanSafe(FileId),
    Window {
        file: FileId,
        sheet: u32,
        block: u32,
    },
    Save {
        file: FileId,
        serials: Vec<u32>,
    },
    Findings(FileId),
    /// With the work that is kept.
    Keep(Work),
    SendBack(FileId),
    Forms,
    Consolidate,
    Compare,
    Close,
    ReadBreakdown(FileId),
    UseBreakdown,
    Find {
        file: FileId,
        sheet: u32,
        wanted: String,
    },
    /// Of these cells of the sheet on the screen.
    Sum {
        file: FileId,
        sheet: u32,
        area: Area,
    },
    /// Into this sheet, from the corner of what was selected.
    Paste {
        file: FileId,
        sheet: u32,
        selected: Area,
    },
}

impl Pending {
    /// The file to blame where the engine is lost over it.
    pub(super) const fn file(&self) -> Option<FileId> {
        match self {
            Self::Open(file)
            | Self::Change(file)
            | Self::Recheck(file)
            | Self::Findings(file)
            | Self::SendBack(file)
            | Self::PlanSafe(file)
            | Self::ApplySafe { file, .. }
            | Self::Save { file, .. }
            | Self::Window { file, .. } => Some(*file),
            Self::Hello
            | Self::Demo
            | Self::PasteFile
            | Self::Consolidate
            | Self::Compare
            | Self::Keep(_)
            | Self::Forms
            | Self::Close
            | Self::Find { .. }
            | Self::Sum { .. }
            | Self::Paste { .. }
            | Self::ReadBreakdown(_)
            | Self::UseBreakdown => None,
        }
    }
}

/// What the engine is asked, and whether it is still there.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Engine {
    pub(super) pending: BTreeMap<u32, Pending>,
    /// Starts in a row without an answer.
    pub(super) starts: u8,
    /// The request that it is at.
    pub(super) taken: Option<u32>,
    /// Seconds since it last gave a sign of life, while it is asked something.
    pub(super) silent: u32,
    /// To be asked again when a new engine has every file.
    pub(super) again: Vec<Pending>,
}

impl State {
    /// Starts an engine; what the last one was asked is void.
    pub(super) fn start_engine(&mut self, effects: &mut Vec<Effect>) {
        self.engine.starts += 1;
        self.engine.pending.clear();
        (self.queue.opening, self.queue.ahead) = (None, None);
        self.queue.rechecking.clear();
        self.engine.taken = None;
        self.engine.silent = 0;
        effects.push(Effect::StartEngine);
        self.send(Request::Hello, Pending::Hello, effects);
        // Before any file, so that each is audited against the breakdown in force.
        if let Some(Picked { file, name, .. }) = self.breakdown.in_force.clone() {
            self.send(
                Request::UseBreakdown { file, name, bytes: Vec::new() },
                Pending::UseBreakdown,
                effects,
            );
        }
    }

    /// Asks the engine.
    pub(super) fn send(&mut self, body: Request, pending: Pending, effects: &mut Vec<Effect>) {
        self.send_numbered(body, pending, effects);
    }

    /// Asks the engine and gives the request's number.
    pub(super) fn send_numbered(
        &mut self,
        body: Request,
        pending: Pending,
        effects: &mut Vec<Effect>,
    ) -> u32 {
        let id = self.next();
        self.engine.pending.insert(id, pending);
        effects.push(Effect::Send(Envelope { id, body }));
        id
    }

    /// A new engine with all files and their changes; a file over which it was lost twice is left out. `say` tells the
    /// user of it, with the file's name where one is to blame.
    pub(super) fn lost(
        &mut self,
        culprit: Option<Pending>,
        say: impl Fn(Option<&str>) -> String,
        detail: &str,
        effects: &mut Vec<Effect>,
    ) {
        let culprit_file = culprit.as_ref().and_then(Pending::file);
        let full = text::breakdown_detail(&self.release.version, &self.release.build, detail);
        if self.engine.starts >= MOST_STARTS {
            self.tell(NoticeKind::Trouble, text::ENGINE_GONE.to_owned(), Some(full));
            self.engine.pending.clear();
            self.engine.again.clear();
            self.changes.saving = false;
            self.keeping.saving = false;
            for file in &mut self.files {
                if !matches!(file.phase, Phase::Open | Phase::Unread | Phase::Unreadable(_)) {
                    file.make_mut().phase = Phase::Unreadable(text::ENGINE_GONE.to_owned());
                }
            }
            return;
        }
        let mut told_name = None;
        if let Some(file) = culprit_file.and_then(|id| self.file_mut(id)) {
            file.breakdowns += 1;
            told_name = Some(file.name.clone());
            if file.breakdowns >= 2 {
                file.phase = Phase::Unreadable(text::broke_twice());
                file.sweeping = None;
            }
        }
        if matches!(self.consolidation.progress, Consolidation::Working)
            && !self.engine.again.contains(&Pending::Consolidate)
        {
            self.consolidation.progress = Consolidation::Failed(text::TRY_AGAIN.to_owned());
        }
        self.keeping.saving = self.engine.again.iter().any(|pending| matches!(pending, Pending::Keep(_)));
        self.changes.saving = self.engine.again.iter().any(|pending| matches!(pending, Pending::Save { .. }));
        self.tell(NoticeKind::Trouble, say(told_name.as_deref()), Some(full.clone()));
        match culprit {
            Some(Pending::UseBreakdown) => {
                self.tell(NoticeKind::Trouble, text::BREAKDOWN_BROKE.to_owned(), Some(full));
                effects.extend(self.breakdown.in_force.take().map(|former| Effect::Release(former.file)));
            }
            Some(Pending::ReadBreakdown(_)) => self.refuse_breakdown(text::broke_twice(), effects),
            _ => {}
        }
        self.start_engine(effects);
        if matches!(&self.breakdown.proposal, Some(Proposal::Reading(picked)) if picked.held) {
            self.read_breakdown(effects);
        }
        // The file that is looked at first, then the others in their order.
        let selected = self.selected;
        self.queue.waiting.clear();
        for file in &mut self.files {
            let file = file.make_mut();
            file.sent_steps = None;
            file.audit_request = None;
            if !matches!(file.phase, Phase::Unreadable(_) | Phase::Unread) {
                file.phase = Phase::Waiting;
                if Some(file.id) == selected {
                    self.queue.waiting.push_front(file.id);
                } else {
                    self.queue.waiting.push_back(file.id);
                }
            }
        }
        self.pump(effects);
        self.ask_again(effects);
    }

    /// Takes in an answer, which changes the state by what was asked.
    pub(super) fn answer(&mut self, Envelope { id, body }: Envelope<Response>, effects: &mut Vec<Effect>) {
        self.heard(id);
        // An answer to a question that nobody asks any more.
        let Some(pending) = self.engine.pending.remove(&id) else { return };
        self.engine.starts = 0;
        let rechecked = matches!(pending, Pending::Recheck(_));
        self.take_answer(id, pending, body, effects);
        if rechecked {
            self.recheck_next(effects);
        }
    }

    fn take_answer(&mut self, id: u32, pending: Pending, body: Response, effects: &mut Vec<Effect>) {
        match (pending, body) {
            (pending, Response::Hello(hello)) => {
                if pending == Pending::UseBreakdown {
                    self.notices.announcement = text::breakdown_in_force(hello.breakdown.as_deref());
                }
                self.rail.cities.clone_from(&hello.cities);
                self.hello = Some(Shared::new(hello));
            }
            (Pending::ReadBreakdown(file), Response::BreakdownRead(new)) => {
                if let Some(Proposal::Reading(picked)) =
                    self.breakdown.proposal.clone().filter(|_| self.proposed() == Some(file))
                {
                    self.notices.announcement = text::breakdown_differs(new.changes.len());
                    self.breakdown.proposal = Some(Proposal::Ready(picked, Shared::new(new)));
                }
            }
            (Pending::Keep(work), Response::Kept(document)) => self.kept(work, document, effects),
            (Pending::Open(_), Response::Progress { file, progress, documents }) => {
                self.is_progress(file, progress, documents, effects);
            }
            (Pending::PasteFile, Response::TakeIn(documents)) => {
                self.go(Place::Check);
                // What is pasted is looked at: the first file taken in is shown where none is.
                self.selected = None;
                effects.push(Effect::Keep(documents));
            }
            (_, Response::TakeIn(documents)) => effects.push(Effect::Keep(documents)),
            (_, Response::Opened { file, workbook, audit }) => {
                if let Some(file) = self.file_mut(file) {
                    file.phase = Phase::Open;
                    file.sheet = file.workbook.as_ref().map_or(audit.sheet.unwrap_or(0), |_| file.sheet);
                    file.workbook = Some(Shared::new(workbook));
                    file.audit = Some(Shared::new(audit));
                }
                self.finish_opening(file, effects);
                if self.selected == Some(file) {
                    self.show(effects);
                }
                self.announce_progress();
                self.place_taken(file);
                // Changed while it was being read.
                if self
                    .file(file)
                    .is_some_and(|file| file.sent_steps.as_ref().is_some_and(|told| *told != file.serials()))
                {
                    self.changed(file, effects);
                } else {
                    // The engine was lost before it made all safe fixes.
                    self.ask_safe(file, effects);
                    self.ask_plan(file, effects);
                }
                self.recheck_affected(effects);
            }
            (pending, Response::Audited { file, audit }) => {
                self.audited(id, file, audit, effects);
                self.ask_plan(file, effects);
                // What was changed may have taken the clicked button away; an audit for other files has not.
                if pending == Pending::Change(file) && self.selected == Some(file) {
                    self.refocus(effects);
                }
            }
            (Pending::ApplySafe { serials, .. }, Response::AppliedSafe { file, changes, settles, audit }) => {
                self.applied_safe(id, (file, &serials), (changes, settles), audit, effects);
                if self.selected == Some(file) {
                    self.refocus(effects);
                }
            }
            (Pending::PlanSafe(_), Response::SafePlan { file, lines }) => self.planned(file, lines, effects),
            (Pending::Window { file, sheet, block }, Response::Window { cells, .. }) => {
                let Some(view) = self.view_mut().filter(|view| view.file == file && view.sheet == sheet)
                else {
                    return;
                };
                let cells = cells.into_iter().map(|cell| ((cell.row, cell.column), cell)).collect();
                view.blocks.insert(block, Block::new(cells));
                self.measure();
                self.ask(effects);
                self.hold_rows();
                self.do_waiting(effects);
            }
            (Pending::Find { file, sheet, wanted }, Response::Found { cells }) => {
                self.found((file, sheet, wanted), cells, effects);
            }
            (Pending::Sum { file, sheet, area }, Response::Summed(sum)) => {
                self.summed((file, sheet, area), sum);
            }
            (Pending::Paste { file, sheet, selected }, Response::Pasted { rows }) => {
                let shown = self.sheet.view.as_ref();
                if shown.is_some_and(|view| view.file == file && view.sheet == sheet) {
                    self.pasted(rows, selected, effects);
                }
            }
            (Pending::Save { serials, .. }, Response::Saved { file, document, record, certificate }) => {
                self.changes.saving = false;
                self.notices.announcement = text::saved_as(&document.name);
                if let Some(file) = self.file_mut(file) {
                    file.saved = serials;
                    file.certificate = Some(Shared::new((document.name.clone(), certificate)));
                }
                self.hand(document, effects);
                if let Some(record) = record {
                    self.tell(NoticeKind::Said, text::record_beside(&record.name), None);
                    self.hand(record, effects);
                }
                self.card = Some(Card::Certificate(file));
                effects.push(Effect::Focus(CARD));
            }
            (_, Response::Document(document)) => {
                self.tell(NoticeKind::Said, text::downloaded(&document.name), None);
                self.hand(document, effects);
            }
            (_, Response::Compared(comparison)) => self.compared(comparison),
            (_, Response::Consolidated { document, summary }) => {
                let latest = summary.periods.last().map(|latest| text::consolidated(&latest.period));
                self.notices.announcement = latest.unwrap_or_default();
                self.consolidation.progress =
                    Consolidation::Done { document: Shared::new(document), summary: Shared::new(summary) };
            }
            (pending, Response::Failed { message }) => self.failed(&pending, message, effects),
            (
                _,
                Response::AppliedSafe { .. }
                | Response::SafePlan { .. }
                | Response::Window { .. }
                | Response::Saved { .. }
                | Response::Kept(_)
                | Response::Progress { .. }
                | Response::Closed { .. }
                | Response::Found { .. }
                | Response::Summed(_)
                | Response::Pasted { .. }
                | Response::BreakdownRead(_),
            ) => {}
        }
    }

    /// The engine could not do what it was asked and says why.
    pub(super) fn failed(&mut self, pending: &Pending, message: String, effects: &mut Vec<Effect>) {
        match *pending {
            Pending::Open(id) => {
                if let Some(file) = self.file_mut(id) {
                    file.phase = Phase::Unreadable(message);
                }
                self.finish_opening(id, effects);
                self.announce_progress();
                self.recheck_affected(effects);
            }
            Pending::Change(id) => {
                // The engine kept what it had: so does the page.
                if let Some(file) = self.file_mut(id) {
                    file.done.pop();
                    file.audit_request = None;
                    file.sweeping = None;
                    file.sent_steps = Some(file.serials());
                }
                self.tell(NoticeKind::Trouble, message, None);
                self.refresh(effects);
            }
            Pending::ApplySafe { file: id, .. } => {
                if let Some(file) = self.file_mut(id) {
                    file.sweeping = None;
                    file.audit_request = None;
                }
                self.tell(NoticeKind::Trouble, message, None);
            }
            Pending::PlanSafe(id) => {
                self.take_plan(id);
                self.tell(NoticeKind::Trouble, message, None);
            }
            Pending::Consolidate => self.consolidation.progress = Consolidation::Failed(message),
            Pending::ReadBreakdown(file) if self.proposed() == Some(file) => {
                self.refuse_breakdown(message, effects)
            }
            Pending::UseBreakdown => {
                self.tell(NoticeKind::Trouble, message, None);
                self.use_official_breakdown(effects);
            }
            Pending::Keep(_) => {
                self.keeping.saving = false;
                self.tell(NoticeKind::Trouble, message, None);
            }
            Pending::Save { .. } => {
                self.changes.saving = false;
                self.tell(NoticeKind::Trouble, message, None);
            }
            _ => self.tell(NoticeKind::Trouble, message, None),
        }
    }
}
