//! Several returns of one period side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::Pending;
use super::{Effect, NoticeKind, Offer, Place, State};
use crate::app::Shared;
use crate::app::file::{File, Phase};
use crate::app::text;
use crate::worker::protocol::{
    Beside, Choice, Comparison, ConsolidationSummary, Document, FileId, Periods, Request, Version,
};

/// What a consolidation was made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Basis {
    periods: Periods,
    preferred: Vec<FileId>,
    choice: Choice,
    breakdown: Option<FileId>,
    /// Each return, the changes in force in it and what others say of it.
    returns: Vec<(FileId, Vec<u32>, Beside)>,
}

/// Id of the field with 情况综述.
pub const BRIEF: &str = "brief";

/// Id of the field with what each city is to be told.
pub const NOTICES: &str = "notices-to-paste";

/// A number of the consolidated table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traced {
    /// The number of the indicator.
    pub row: u32,
    /// The city, by its place; nothing for 合计.
    pub city: Option<usize>,
}

/// How far a consolidation has come.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Consolidation {
    #[default]
    None,
    Working,
    Done {
        document: Shared<Document>,
        summary: Shared<ConsolidationSummary>,
    },
    Failed(String),
}

/// The period chosen and what came of it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Consolidating {
    pub period: Option<String>,
    /// All periods in one workbook.
    pub all: bool,
    /// Of several submissions of a city these count, by the user's word.
    pub preferred: BTreeSet<FileId>,
    /// Cities whose returns are passed over.
    pub without: BTreeSet<String>,
    /// Only returns with nothing open are taken.
    pub settled: bool,
    pub progress: Consolidation,
    /// Of the consolidation asked for last.
    pub(super) basis: Option<Basis>,
    /// Of several periods the one whose table is shown; nothing for the latest.
    pub shown: Option<String>,
    /// The number whose source is shown beside the table.
    pub traced: Option<Traced>,
    /// The number whose cell is being looked at in its sheet.
    pub left_from: Option<Traced>,
    /// The place, city and period, that the next file is meant for.
    pub(super) awaited: Option<(String, String)>,
    /// The places that files still to be read were meant for.
    pub(super) meant: BTreeMap<FileId, (String, String)>,
    /// The submissions of a city and a period, side by side once the engine has answered.
    pub comparing: Option<(String, String, Option<Shared<Comparison>>)>,
}

impl State {
    /// What would be consolidated now.
    pub(super) fn basis_now(&self) -> Basis {
        let period = self.chosen_period();
        let all = self.consolidation.all;
        let wanted = |file: &&Shared<File>| {
            all || file.periods().next().is_none() || file.periods().any(|own| Some(own) == period.as_ref())
        };
        let returns: Vec<(FileId, Vec<u32>, Beside)> = self
            .returns()
            .filter(wanted)
            .map(|file| (file.id, file.serials(), file.beside.clone()))
            .collect();
        let preferred = self.consolidation.preferred.iter().copied();
        let preferred = preferred.filter(|id| returns.iter().any(|(known, ..)| known == id)).collect();
        let periods = match period {
            _ if all => Periods::All,
            Some(period) => Periods::One(period),
            None => Periods::Latest,
        };
        // Another breakdown has other cities.
        let cities = self.hello.iter().flat_map(|hello| &hello.cities);
        let without = cities.filter(|city| self.consolidation.without.contains(*city)).cloned().collect();
        Basis {
            periods,
            preferred,
            choice: Choice { without, settled: self.consolidation.settled },
            breakdown: self.breakdown.in_force.as_ref().map(|picked| picked.file),
            returns,
        }
    }

    /// Whether the consolidation on the screen is no longer that of the returns that are there.
    pub fn consolidation_is_outdated(&self) -> bool {
        self.consolidation.basis.as_ref().is_some_and(|basis| *basis != self.basis_now())
    }

    /// The returns that are new, or have changed, since the consolidation on the screen.
    pub fn changed_since(&self) -> BTreeSet<FileId> {
        let Some(basis) = &self.consolidation.basis else { return BTreeSet::new() };
        let now = self.basis_now().returns.into_iter();
        now.filter(|one| !basis.returns.contains(one)).map(|(id, ..)| id).collect()
    }

    /// Asks for the consolidation of the chosen period.
    pub(super) fn consolidate(&mut self, effects: &mut Vec<Effect>) {
        if self
            .files
            .iter()
            .any(|file| matches!(file.phase, Phase::Waiting | Phase::Reading | Phase::Opening))
        {
            return self.tell(NoticeKind::Said, text::STILL_READING.to_owned(), None);
        }
        // Nobody knows whose returns these are: a city could be missing for it.
        if let (_, unread @ 1..) = self.waiting() {
            return self.tell(NoticeKind::Said, text::still_unread(unread), None);
        }
        let basis = self.basis_now();
        let ready = |id: &FileId| {
            self.file(*id).is_some_and(|file| file.sent_steps.is_some() && file.phase == Phase::Open)
        };
        let files: Vec<FileId> = basis.returns.iter().map(|(id, ..)| *id).filter(ready).collect();
        let (periods, preferred, choice) =
            (basis.periods.clone(), basis.preferred.clone(), basis.choice.clone());
        self.consolidation.basis = Some(basis);
        self.forget_said();
        if files.is_empty() {
            self.consolidation.progress = Consolidation::Failed(text::NO_RETURNS.to_owned());
            return;
        }
        self.consolidation.progress = Consolidation::Working;
        self.consolidation.traced = None;
        let earlier = self.other_returns(&files);
        let request = Request::Consolidate { files, preferred, periods, choice, earlier };
        self.send(request, Pending::Consolidate, effects);
    }

    /// The returns that are no part of a consolidation: what 情况综述 compares it with is among them.
    fn other_returns(&self, files: &[FileId]) -> Vec<FileId> {
        let ready = |file: &&Shared<File>| {
            !files.contains(&file.id) && file.sent_steps.is_some() && file.phase == Phase::Open
        };
        self.returns().filter(ready).map(|file| file.id).collect()
    }

    /// What the consolidation on the screen was made of; that it is outdated is said.
    fn basis_on_screen(&mut self) -> Option<Basis> {
        let basis = self.consolidation.basis.clone().filter(|_| !self.consolidation_is_outdated());
        if basis.is_none() {
            self.tell(NoticeKind::Said, text::outdated_why(), None);
        }
        basis
    }

    /// Asks for 情况综述 in Word, of what is on the screen.
    pub(super) fn download_brief(&mut self, effects: &mut Vec<Effect>) {
        let Some(Basis { periods, preferred, choice, returns, .. }) = self.basis_on_screen() else { return };
        let files: Vec<FileId> = returns.into_iter().map(|(id, ..)| id).collect();
        let earlier = self.other_returns(&files);
        let request = Request::Brief { files, preferred, periods, choice, earlier };
        self.send(request, Pending::Forms, effects);
    }

    /// Asks for 长表, of what is on the screen.
    pub(super) fn long_table(&mut self, effects: &mut Vec<Effect>) {
        let Some(Basis { periods, preferred, choice, returns, .. }) = self.basis_on_screen() else { return };
        let files = returns.into_iter().map(|(id, ..)| id).collect();
        self.send(Request::LongTable { files, preferred, periods, choice }, Pending::Forms, effects);
    }

    /// Shows where a number comes from, or no longer; the focus stays with the number.
    pub(super) fn trace(&mut self, number: Option<Traced>, effects: &mut Vec<Effect>) {
        let was = self.consolidation.traced;
        self.consolidation.traced = number;
        match (number, was) {
            (Some(_), _) => self.notices.announcement = text::TRACED.to_owned(),
            (None, Some(was)) => effects.push(Effect::Refocus(text::number_id(was))),
            (None, None) => {}
        }
    }

    /// Goes to the cell that a number comes from; from there a button leads back.
    pub(super) fn go_to_source(&mut self, file: FileId, cell: (u32, u32, u32), effects: &mut Vec<Effect>) {
        let (sheet, row, column) = cell;
        self.go(Place::Check);
        self.select(file, effects);
        self.show_sheet(sheet, effects);
        // Its address is one of the sheet with its changes.
        self.show_version(Version::Corrected, effects);
        self.put_cursor(row, column, effects);
        self.consolidation.left_from = self.consolidation.traced;
        effects.push(Effect::Focus(super::EDITOR));
    }

    /// Back to the number, as the table was left.
    pub(super) fn back_to_summary(&mut self, effects: &mut Vec<Effect>) {
        let number = self.consolidation.left_from;
        self.go(Place::Consolidate);
        self.consolidation.traced = number;
        if let Some(id) = number.map(text::number_id) {
            effects.extend([Effect::Reveal(id.clone()), Effect::Refocus(id)]);
        }
    }

    /// Asks what the submissions of a city and a period say, to set them side by side.
    pub(super) fn compare(&mut self, of: Option<(String, String)>, effects: &mut Vec<Effect>) {
        let Some((city, period)) = of else {
            self.consolidation.comparing = None;
            return;
        };
        let ready = |file: &&Shared<File>| file.reports_for(&city, &period) && file.phase == Phase::Open;
        let files = self.files.iter().filter(ready).map(|file| file.id).collect();
        self.consolidation.comparing = Some((city.clone(), period.clone(), None));
        self.send(Request::Compare { files, city, period }, Pending::Compare, effects);
    }

    /// What the files say; asked for again where the answer is of other ones.
    pub(super) fn compared(&mut self, comparison: Comparison) {
        if let Some((.., shown)) = &mut self.consolidation.comparing {
            self.notices.announcement = text::compared(comparison.files.len());
            *shown = Some(Shared::new(comparison));
        }
    }

    /// A file that was meant for a place has been read: says so where it belongs elsewhere, and asks what to do.
    /// Nothing is changed.
    pub(super) fn place_taken(&mut self, id: FileId) {
        let Some((city, period)) = self.consolidation.meant.remove(&id) else { return };
        let Some(file) = self.file(id).filter(|file| !file.reports_for(&city, &period)) else { return };
        let said = text::meant_elsewhere(&file.name, (&city, &period), &file.places());
        self.offer(NoticeKind::Said, said, None, Some(Offer::Remove(id)));
    }

    /// Of the submissions of the file's city and period this one counts; said once more, none of them does.
    pub(super) fn prefer(&mut self, id: FileId) {
        let Some(of) = self.file(id).map(|file| file.places()).filter(|of| !of.is_empty()) else { return };
        let was = self.consolidation.preferred.contains(&id);
        let is_rival = |file: &&Shared<File>| file.places().iter().any(|place| of.contains(place));
        let rivals: Vec<FileId> = self.returns().filter(is_rival).map(|file| file.id).collect();
        rivals.iter().for_each(|rival| {
            self.consolidation.preferred.remove(rival);
        });
        if !was {
            self.consolidation.preferred.insert(id);
        }
    }

    /// Report periods of the returns that were read, the latest first.
    pub fn periods(&self) -> Vec<String> {
        let mut periods: Vec<String> = self.returns().flat_map(|file| file.periods().cloned()).collect();
        periods.sort();
        periods.dedup();
        periods.reverse();
        periods
    }

    /// The 进展情况表 among the files.
    pub fn returns(&self) -> impl Iterator<Item = &Shared<File>> {
        self.files
            .iter()
            .filter(|file| file.audit.as_ref().is_some_and(|audit| audit.form.as_deref() == Some("progress")))
    }

    /// The period that is consolidated: the one chosen, else the latest.
    pub fn chosen_period(&self) -> Option<String> {
        let periods = self.periods();
        self.consolidation
            .period
            .clone()
            .filter(|period| periods.contains(period))
            .or_else(|| periods.into_iter().next())
    }
}
