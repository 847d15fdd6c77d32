//! Several returns of one period side by side.

use std::collections::BTreeSet;

use super::engine::Pending;
use super::{Effect, NoticeKind, State};
use crate::app::Shared;
use crate::app::file::{File, Phase};
use crate::app::text;
use crate::worker::protocol::{Beside, Choice, ConsolidationSummary, Document, FileId, Periods, Request};

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

    /// Asks for 情况综述 in Word, of what is on the screen.
    pub(super) fn download_brief(&mut self, effects: &mut Vec<Effect>) {
        let Some(basis) = self.consolidation.basis.clone().filter(|_| !self.consolidation_is_outdated())
        else {
            return self.tell(NoticeKind::Said, text::outdated_why(), None);
        };
        let Basis { periods, preferred, choice, returns, .. } = basis;
        let files: Vec<FileId> = returns.into_iter().map(|(id, ..)| id).collect();
        let earlier = self.other_returns(&files);
        let request = Request::Brief { files, preferred, periods, choice, earlier };
        self.send(request, Pending::Forms, effects);
    }

    /// Of the submissions of the file's city and period this one counts; said once more, none of them does.
    pub(super) fn prefer(&mut self, id: FileId) {
        let own = |file: &File| {
            let audit = file.audit.as_ref()?;
            audit.city.clone().zip(audit.period.clone())
        };
        let Some(of) = self.file(id).and_then(|file| own(file)) else { return };
        let was = self.consolidation.preferred.contains(&id);
        let rivals: Vec<FileId> =
            self.returns().filter(|file| own(file).as_ref() == Some(&of)).map(|file| file.id).collect();
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
