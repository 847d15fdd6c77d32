//! 保存进度 and what was saved: the work as one file, and that file taken in again. Nothing on the screen goes because
//! something came from a file: what would stand twice is asked about first.

use std::collections::VecDeque;

use super::engine::Pending;
use super::{CARD, Card, Draft, Effect, NoticeKind, OnShelf, Picked, Place, State};
use crate::app::Shared;
use crate::app::file::{File, Phase, Step};
use crate::app::{paper, text};
use crate::worker::protocol::{
    Choice, Document, FileId, KeptDraft, KeptFile, KeptStep, Progress, Request, RuleOff,
};

/// The id of the field with the text of 自检.
pub const SELF_CHECK: &str = "self-check";

/// The place of a step that is taken back since: none has it.
const TAKEN_BACK: u32 = u32::MAX;

/// What the user has put into the files: enough to tell whether all of it is kept somewhere.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct Work {
    steps: Vec<(FileId, Vec<u32>)>,
    drafts: Vec<Draft>,
    off: Vec<RuleOff>,
}

impl Work {
    /// Whether it has all that was done in a file.
    fn has(&self, file: &File) -> bool {
        self.steps.iter().any(|(id, serials)| *id == file.id && *serials == file.serials())
    }
}

/// A file that was handed to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// `2026-11-28 14:32`.
    pub at: String,
    pub name: String,
}

/// Work that came from a file, with its files beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Returned {
    pub progress: Progress,
    /// The files in their order, behind them that of the breakdown.
    pub picked: Vec<Picked>,
}

/// How work that came from a file is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeIn {
    /// Beside what is on the screen.
    Beside,
    /// Instead of it.
    Instead,
}

/// What was kept, and what came back.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Keeping {
    /// `2026-11-28 14:32`, as the host last said.
    pub now: String,
    /// Everything handed out since the page was opened, the last at the end.
    pub handed: Vec<Handed>,
    /// Work that waits for the user's word.
    pub returned: VecDeque<Shared<Returned>>,
    /// What the last file of 保存进度 has.
    kept: Work,
    pub saving: bool,
    pub shelf: OnShelf,
}

impl Keeping {
    /// Whether the last file of 保存进度 has all that was done in a file.
    pub(super) fn has(&self, file: &File) -> bool {
        self.kept.has(file)
    }

    /// Whether it has all that is written of an explanation so far.
    pub(super) fn has_draft(&self, draft: &Draft) -> bool {
        self.kept.drafts.contains(draft)
    }
}

impl State {
    /// Hands a file to the user, and remembers that it did.
    pub(super) fn hand(&mut self, document: Document, effects: &mut Vec<Effect>) {
        let at = self.keeping.now.clone();
        self.keeping.handed.push(Handed { at, name: document.name.clone() });
        effects.push(Effect::Download(document));
    }

    /// 保存证明 as a text.
    pub(super) fn save_certificate(&mut self, id: FileId, effects: &mut Vec<Effect>) {
        let Some(file) = self.file(id).cloned() else { return };
        let Some((copy, proven)) = file.certificate.as_deref() else { return };
        let text = paper::certificate(&text::shown(&file.name), &text::shown(copy), proven);
        let document = Document {
            name: text::certificate_name(copy),
            mime: "text/plain;charset=utf-8".to_owned(),
            // With the mark that the editors of the desk know it by.
            bytes: format!("\u{feff}{text}").into_bytes(),
        };
        self.hand(document, effects);
    }

    /// What the user has put into the files so far.
    pub(super) fn work(&self) -> Work {
        Work {
            steps: self.files.iter().map(|file| (file.id, file.serials())).collect(),
            drafts: self.drafts().filter(|draft| self.is_half_written(draft)).cloned().collect(),
            off: self.rules_off.clone(),
        }
    }

    /// The files whose bytes are here: one that the browser could not read is not kept.
    fn keepable(&self) -> impl Iterator<Item = &Shared<File>> {
        self.files.iter().filter(|file| file.held)
    }

    /// All of the work as plain data.
    pub(super) fn progress(&self) -> Progress {
        let now = self.keeping.now.clone();
        let bare = |picked: &Picked| KeptFile {
            name: picked.name.clone(),
            size: picked.size,
            ..KeptFile::default()
        };
        Progress {
            at: now,
            files: self.keepable().map(|file| self.kept_file(file)).collect(),
            breakdown: self.breakdown.in_force.as_ref().map(bare),
            record: self.changes.record,
            period: self.consolidation.period.clone(),
            all: self.consolidation.all,
            choice: Choice {
                without: self.consolidation.without.iter().cloned().collect(),
                settled: self.consolidation.settled,
            },
            rules_off: self.rules_off.clone(),
            ..Progress::default()
        }
    }

    fn kept_file(&self, file: &File) -> KeptFile {
        let place = |serial: &u32| {
            let at = file.done.iter().position(|step| step.serial == *serial);
            at.and_then(|at| u32::try_from(at).ok()).unwrap_or(TAKEN_BACK)
        };
        let drafts = self.drafts().filter(|draft| draft.file == file.id && self.is_half_written(draft));
        KeptFile {
            name: file.name.clone(),
            folder: file.folder.clone(),
            sha256: file.workbook.as_ref().map(|workbook| workbook.sha256.clone()).unwrap_or_default(),
            size: file.size,
            path: String::new(),
            done: file.done.iter().map(|step| kept_step(step)).collect(),
            undone: file.undone.iter().map(|step| kept_step(step)).collect(),
            saved: file.saved.iter().map(place).collect(),
            put_away: file.ignored.iter().cloned().collect(),
            taken_back: file.taken_back.iter().cloned().collect(),
            drafts: drafts
                .map(|draft| KeptDraft { of: draft.of.clone(), text: draft.text.clone() })
                .collect(),
            preferred: self.consolidation.preferred.contains(&file.id),
        }
    }

    /// The numbers of the files of [`Self::progress`], in their order.
    pub(super) fn progress_files(&self) -> Vec<FileId> {
        let breakdown = self.breakdown.in_force.as_ref().map(|picked| picked.file);
        self.keepable().map(|file| file.id).chain(breakdown).collect()
    }

    /// 保存进度.
    pub(super) fn save_progress(&mut self, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        if self.files.is_empty() {
            return self.tell(NoticeKind::Said, text::nothing_to_keep(), None);
        }
        let settled = |file: &File| matches!(file.phase, Phase::Unreadable(_) | Phase::Unread);
        if self.files.iter().any(|file| !file.held && !settled(file)) {
            return self.tell(NoticeKind::Said, text::STILL_READING.to_owned(), None);
        }
        self.keeping.saving = true;
        let request =
            Request::Keep { progress: self.progress(), files: self.progress_files(), bytes: Vec::new() };
        let work = self.work();
        self.send(request, Pending::Keep(work), effects);
    }

    /// 保存进度 is done.
    pub(super) fn kept(&mut self, work: Work, document: Document, effects: &mut Vec<Effect>) {
        self.keeping.saving = false;
        self.keeping.kept = work;
        let unread = self.files.iter().filter(|file| !file.held && file.phase == Phase::Unread).count();
        self.tell(NoticeKind::Said, text::progress_saved(&document.name, unread), None);
        self.hand(document, effects);
    }

    /// A file among those chosen is one of 保存进度: it leaves the list, and the host takes what it holds.
    pub(super) fn is_progress(
        &mut self,
        id: FileId,
        progress: Progress,
        documents: Vec<Document>,
        effects: &mut Vec<Effect>,
    ) {
        effects.push(Effect::Return(Box::new(progress), documents));
        effects.push(Effect::Release(id));
        let Some(at) = self.files.iter().position(|file| file.id == id) else {
            return self.finish_opening(id, effects);
        };
        self.files.remove(at);
        self.show_neighbour(id, at, effects);
        self.finish_opening(id, effects);
    }

    /// Work is here with its files. Beside nothing it is taken in at once; else the user is asked.
    pub(super) fn returned(&mut self, progress: Progress, picked: Vec<Picked>, effects: &mut Vec<Effect>) {
        let returned = Shared::new(Returned { progress, picked });
        if self.files.is_empty() {
            return self.take_in(&returned, TakeIn::Instead, effects);
        }
        self.keeping.returned.push_back(returned);
        self.ask_of_returned(effects);
    }

    fn ask_of_returned(&mut self, effects: &mut Vec<Effect>) {
        if self.keeping.returned.is_empty() {
            if self.card == Some(Card::Returned) {
                self.card = None;
            }
            return;
        }
        self.card = Some(Card::Returned);
        effects.push(Effect::Focus(CARD));
    }

    /// The user's word about the work that came first; nothing for 取消.
    pub(super) fn decide(&mut self, how: Option<TakeIn>, effects: &mut Vec<Effect>) {
        let Some(returned) = self.keeping.returned.pop_front() else { return };
        match how {
            Some(how) => self.take_in(&returned, how, effects),
            None => {
                effects.extend(returned.picked.iter().map(|picked| Effect::Release(picked.file)));
                self.notices.announcement = text::NOT_RESTORED.to_owned();
            }
        }
        self.ask_of_returned(effects);
    }

    fn take_in(&mut self, returned: &Returned, how: TakeIn, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        self.place = Place::Check;
        let Returned { progress, picked } = returned;
        if how == TakeIn::Instead {
            // Each can be put back, with all that was done in it.
            self.selected = None;
            self.sheet.view = None;
            for id in self.files.iter().map(|file| file.id).collect::<Vec<_>>() {
                self.close_now(id, effects);
            }
            self.take_choices(progress);
        }
        self.keeping.shelf.is_taken_in(progress);
        self.take_breakdown(returned, how, effects);
        let mut doubled = Vec::new();
        for (kept, picked) in progress.files.iter().zip(picked) {
            let known = self.files.iter().find(|file| is_same(file, kept)).map(|file| file.id);
            let into = match known {
                Some(id) if !self.takes_steps_of(id, kept, effects) => {
                    doubled.push(kept.name.clone());
                    self.add_kept(kept, picked, true)
                }
                Some(id) => {
                    effects.push(Effect::Release(picked.file));
                    id
                }
                None => self.add_kept(kept, picked, false),
            };
            if let Some(file) = self.file_mut(into) {
                file.ignored.extend(kept.put_away.iter().cloned());
            }
            if kept.preferred {
                self.consolidation.preferred.insert(into);
            }
            let drafts = kept.drafts.iter();
            let drafts =
                drafts.map(|draft| Draft { file: into, of: draft.of.clone(), text: draft.text.clone() });
            let new: Vec<Draft> = drafts
                .filter(|draft| !self.drafts().any(|own| own.of == draft.of && own.file == into))
                .collect();
            self.findings.kept.extend(new);
        }
        if self.selected.is_none()
            && let Some(first) = self.files.first().map(|file| file.id)
        {
            self.select(first, effects);
        }
        // Behind it, as what is said goes with a file that is left.
        let changes = progress.files.iter().map(changes_of).sum();
        self.tell(
            NoticeKind::Said,
            text::progress_restored(&progress.at, progress.files.len(), changes, &doubled),
            None,
        );
        self.pump(effects);
    }

    fn take_choices(&mut self, progress: &Progress) {
        self.changes.record = progress.record;
        self.consolidation.period.clone_from(&progress.period);
        self.consolidation.all = progress.all;
        self.consolidation.without = progress.choice.without.iter().cloned().collect();
        self.consolidation.settled = progress.choice.settled;
        self.take_rules_off(&progress.rules_off);
    }

    /// The breakdown of the work comes in force with it; beside other work the one in force stays.
    fn take_breakdown(&mut self, returned: &Returned, how: TakeIn, effects: &mut Vec<Effect>) {
        let theirs = returned.picked.get(returned.progress.files.len());
        match (how, theirs) {
            (TakeIn::Instead, Some(theirs)) => self.put_in_force(theirs.clone(), effects),
            (TakeIn::Instead, None) if self.breakdown.in_force.is_some() => {
                self.use_official_breakdown(effects);
            }
            (TakeIn::Beside, Some(theirs)) => effects.push(Effect::Release(theirs.file)),
            (_, None) => {}
        }
    }

    /// What was done in a file that is on the screen too: taken over where nothing was done here, passed over where
    /// nothing else was done there. False where both have work of their own.
    fn takes_steps_of(&mut self, id: FileId, kept: &KeptFile, effects: &mut Vec<Effect>) -> bool {
        let Some(file) = self.file(id) else { return false };
        let theirs: Vec<_> = kept.done.iter().flat_map(|step| &step.changes).collect();
        let same = file.done.iter().flat_map(|step| &step.changes).eq(theirs.iter().copied());
        if same || theirs.is_empty() {
            return true;
        }
        if !file.done.is_empty() {
            return false;
        }
        self.put_steps(id, kept);
        self.changed(id, effects);
        true
    }

    fn add_kept(&mut self, kept: &KeptFile, picked: &Picked, doubled: bool) -> FileId {
        let name = if doubled { text::from_progress(&kept.name) } else { kept.name.clone() };
        let mut file = File::new(picked.file, name, picked.size);
        file.folder.clone_from(&kept.folder);
        file.held = true;
        self.files.push(Shared::new(file));
        self.put_steps(picked.file, kept);
        self.queue.waiting.push_back(picked.file);
        picked.file
    }

    fn put_steps(&mut self, id: FileId, kept: &KeptFile) {
        let done = self.numbered(&kept.done);
        let undone = self.numbered(&kept.undone);
        let number =
            |at: &u32| usize::try_from(*at).ok().and_then(|at| done.get(at)).map_or(0, |step| step.serial);
        let saved = kept.saved.iter().map(number).collect();
        if let Some(file) = self.file_mut(id) {
            (file.done, file.undone, file.saved) = (done, undone, saved);
            file.taken_back = kept.taken_back.iter().cloned().collect();
        }
    }

    fn numbered(&mut self, steps: &[KeptStep]) -> Vec<Shared<Step>> {
        let mut numbered = Vec::new();
        for step in steps {
            let serial = self.next();
            let (changes, settles) = (step.changes.clone(), step.settles.clone());
            numbered.push(Shared::new(Step { serial, changes, settles }));
        }
        numbered
    }
}

fn kept_step(step: &Step) -> KeptStep {
    KeptStep { changes: step.changes.clone(), settles: step.settles.clone() }
}

/// Whether a file on the screen is the one that was kept: by its bytes, where they were ever read.
pub fn is_same(file: &File, kept: &KeptFile) -> bool {
    match &file.workbook {
        Some(workbook) if !kept.sha256.is_empty() => workbook.sha256 == kept.sha256,
        _ => file.name == kept.name && file.size.to_bits() == kept.size.to_bits(),
    }
}

/// Changes in force in a file that was kept.
pub fn changes_of(kept: &KeptFile) -> usize {
    kept.done.iter().map(|step| step.changes.len()).sum()
}
