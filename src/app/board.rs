//! The board: what each city has reported for each period, and what a consolidation would do with it.

use std::collections::BTreeSet;

use super::Shared;
use super::file::{File, Phase, Standing};
use crate::worker::protocol::{FileId, Submitted};

/// What would become of a return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Taken,
    /// It goes back: so many open 错误.
    Refused(u32),
    /// Others of its city and period say otherwise, and nobody has said which one counts.
    Disputed,
    /// The same as this other file.
    Twin(String),
    /// Another one was said to count.
    NotPreferred,
    /// By the user's choice.
    Unchosen,
    /// Of a 区县: it is held against its city.
    District(String),
}

impl Fate {
    /// The word that style and tests know it by.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Refused(_) => "refused",
            Self::Disputed => "disputed",
            Self::Twin(_) => "twin",
            Self::NotPreferred => "not-preferred",
            Self::Unchosen => "unchosen",
            Self::District(_) => "district",
        }
    }
}

/// A return in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub file: FileId,
    pub name: String,
    pub fate: Fate,
    /// Open 警示.
    pub warnings: u32,
    /// Figures that would count nowhere.
    pub untaken: u32,
    /// Of several that disagree the user can say that it counts.
    pub rival: bool,
    pub preferred: bool,
    /// It is being read again.
    pub reading: bool,
}

impl Entry {
    /// Whether its unit has something to do about it.
    pub fn goes_back(&self) -> bool {
        matches!(self.fate, Fate::Refused(_)) || self.warnings > 0
    }
}

/// What the user has said of a consolidation.
pub struct Said<'a> {
    pub preferred: &'a BTreeSet<FileId>,
    pub without: &'a BTreeSet<String>,
    pub settled: bool,
}

/// What came in for a city and a period, as the engine would sort it out.
pub fn place(files: &[Shared<File>], city: &str, period: &str, said: &Said<'_>) -> Vec<Entry> {
    let own = |one: &&Submitted| one.city == city && one.period == period;
    let mut found: Vec<(&Shared<File>, &Submitted)> = files
        .iter()
        .filter_map(|file| Some((file, file.audit.as_ref()?)))
        .flat_map(|(file, audit)| audit.submitted.iter().filter(own).map(move |one| (file, one)))
        .collect();
    // Of two that are the same the first counts; a copy's name is the longer one.
    found.sort_by_key(|(file, _)| (file.name.len(), file.name.clone()));
    let sha256 = |file: &File| file.workbook.as_ref().map(|workbook| workbook.sha256.clone());
    let mut fates: Vec<Option<Fate>> = Vec::new();
    let mut rivals: Vec<FileId> = Vec::new();
    for (at, (file, one)) in found.iter().enumerate() {
        let before = || found.iter().take(at).zip(&fates);
        let copy = before().find(|((other, _), _)| other.id != file.id && sha256(other) == sha256(file));
        let same = before().find(|((_, other), fate)| fate.is_none() && other.figures == one.figures);
        let fate = if said.without.contains(city) {
            Some(Fate::Unchosen)
        } else if let Some(((other, _), _)) = copy {
            Some(Fate::Twin(other.name.clone()))
        } else if let Some(name) = &one.district {
            Some(Fate::District(name.clone()))
        } else if one.errors > 0 {
            Some(Fate::Refused(one.errors))
        } else if let Some(((other, _), _)) = same {
            Some(Fate::Twin(other.name.clone()))
        } else {
            rivals.push(file.id);
            None
        };
        fates.push(fate);
    }
    let mut named = rivals.iter().filter(|id| said.preferred.contains(*id));
    let chosen = match (rivals.as_slice(), named.next(), named.next()) {
        ([only], ..) => Some(*only),
        (_, Some(named), None) => Some(*named),
        _ => None,
    };
    let open = |one: &Submitted| one.warnings > 0 || one.untaken > 0;
    found
        .into_iter()
        .zip(fates)
        .map(|((file, one), fate)| Entry {
            file: file.id,
            name: file.name.clone(),
            rival: rivals.len() > 1 && rivals.contains(&file.id),
            fate: fate.unwrap_or(match chosen {
                Some(id) if id == file.id && said.settled && open(one) => Fate::Unchosen,
                Some(id) if id == file.id => Fate::Taken,
                Some(_) => Fate::NotPreferred,
                None => Fate::Disputed,
            }),
            warnings: one.warnings,
            untaken: one.untaken,
            preferred: said.preferred.contains(&file.id),
            reading: file.phase != Phase::Open,
        })
        .collect()
}

/// Files that have no place on the board though they may be returns: not read, or nobody knows whose or of when.
pub fn unplaced(files: &[Shared<File>]) -> Vec<&Shared<File>> {
    let is_unplaced = |file: &&Shared<File>| match file.standing() {
        Standing::Reading | Standing::Unread | Standing::Unreadable(_) => true,
        Standing::Aside(_) => false,
        _ => file
            .audit
            .as_ref()
            .is_some_and(|audit| audit.form.as_deref() == Some("progress") && audit.submitted.is_empty()),
    };
    files.iter().filter(is_unplaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::protocol::Audit;

    fn file(id: FileId, name: &str, one: Submitted) -> Shared<File> {
        let mut file = File::new(id, name.to_owned(), 1.0);
        file.phase = Phase::Open;
        let audit = Audit { form: Some("progress".to_owned()), submitted: vec![one], ..Audit::default() };
        file.audit = Some(Shared::new(audit));
        // Fingerprints of their own.
        let info = crate::worker::protocol::WorkbookInfo { sha256: name.to_owned(), ..Default::default() };
        file.workbook = Some(Shared::new(info));
        Shared::new(file)
    }

    fn of(figures: &str) -> Submitted {
        let (city, period) = ("成都市".to_owned(), "2019-06".to_owned());
        Submitted { city, period, figures: figures.to_owned(), ..Submitted::default() }
    }

    fn fates(files: &[Shared<File>], preferred: &[FileId], settled: bool) -> Vec<(FileId, &'static str)> {
        let (preferred, without) = (preferred.iter().copied().collect(), BTreeSet::new());
        let said = Said { preferred: &preferred, without: &without, settled };
        place(files, "成都市", "2019-06", &said).iter().map(|one| (one.file, one.fate.name())).collect()
    }

    #[test]
    fn what_would_be_refused_is_known_before() {
        let refused = file(1, "甲.xlsx", Submitted { errors: 2, ..of("a") });
        let district = file(2, "高新区.xlsx", Submitted { district: Some("高新区".to_owned()), ..of("b") });
        let files = [refused, district, file(3, "再报甲.xlsx", of("c"))];
        assert_eq!(fates(&files, &[], false), [(1, "refused"), (3, "taken"), (2, "district")]);
    }

    #[test]
    fn of_several_none_counts_until_one_is_named() {
        let files =
            [file(1, "甲.xlsx", of("a")), file(2, "甲乙.xlsx", of("b")), file(3, "甲乙丙.xlsx", of("a"))];
        assert_eq!(fates(&files, &[], false), [(1, "disputed"), (2, "disputed"), (3, "twin")]);
        assert_eq!(fates(&files, &[2], false), [(1, "not-preferred"), (2, "taken"), (3, "twin")]);
        // A word for the copy is none for what it is a copy of.
        assert_eq!(fates(&files, &[3], false), [(1, "disputed"), (2, "disputed"), (3, "twin")]);
    }

    #[test]
    fn where_only_what_is_settled_counts_an_open_warning_passes_a_return_over() {
        let files = [file(1, "甲.xlsx", Submitted { warnings: 1, ..of("a") })];
        assert_eq!(fates(&files, &[], false), [(1, "taken")]);
        assert_eq!(fates(&files, &[], true), [(1, "unchosen")]);
    }
}
