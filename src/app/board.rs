//! The board: what each city has reported for each period, and what a consolidation would do with it.

use std::collections::BTreeSet;

use super::Shared;
use super::file::{File, Phase, Standing};
use crate::worker::protocol::{FileId, Rival, Ruling, Submitted, differing, rulings};

/// What would become of a return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Taken,
    /// It goes back: so many open 错误.
    Refused(u32),
    /// Others of its city and period say otherwise, and nobody has said which one counts.
    Disputed,
    /// The same figures as this other file, and what else differs: by default that file speaks for both.
    Twin(String, Vec<String>),
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
            Self::Twin(..) => "twin",
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
    /// Of several that differ the user can say that it counts.
    pub rival: bool,
    /// Others of its city and period came in that are not taken: it was reported again.
    pub again: bool,
    /// Another one of its city and period is taken in its stead: nothing is left to do about it.
    pub replaced: bool,
    /// What one with the same figures shows otherwise, while nobody has said which counts.
    pub undecided: BTreeSet<String>,
    pub preferred: bool,
    /// It is being read again.
    pub reading: bool,
}

impl Entry {
    /// Whether its unit has something to do about it.
    pub fn goes_back(&self) -> bool {
        !self.replaced && (matches!(self.fate, Fate::Refused(_)) || self.warnings > 0)
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
    let sha256 = |file: &File| file.workbook.as_ref().map(|workbook| workbook.sha256.clone());
    found.sort_by_cached_key(|(file, one)| {
        (file.name.len(), file.name.clone(), one.sheet.clone(), sha256(file))
    });
    let rivals: Vec<_> = found
        .iter()
        .map(|(file, one)| Rival {
            origin: (sha256(file), &one.sheet),
            district: one.district.is_some(),
            refused: one.errors > 0,
            figures: &one.figures,
            beside: &one.beside,
            preferred: said.preferred.contains(&file.id),
        })
        .collect();
    let rulings = rulings(&rivals);
    let apart = |at: usize, other: usize| match (found.get(at), found.get(other)) {
        (Some((_, one)), Some((_, other))) => differing(&one.beside, &other.beside),
        _ => Vec::new(),
    };
    // Those among which a word decides: what is the same as another one in all goes with it.
    let standing = |at: usize, ruling: Ruling| match ruling {
        Ruling::Taken | Ruling::Disputed | Ruling::NotPreferred(_) => true,
        Ruling::Twin(of) => !apart(at, of).is_empty(),
        Ruling::Refused | Ruling::District => false,
    };
    let rival: Vec<bool> = rulings.iter().enumerate().map(|(at, ruling)| standing(at, *ruling)).collect();
    let several = rival.iter().filter(|is| **is).count() > 1;
    let is_taken = rulings.contains(&Ruling::Taken);
    let replaced = |ruling: &Ruling| matches!(ruling, Ruling::Refused | Ruling::NotPreferred(_));
    let again = rulings.iter().any(replaced);
    let name = |at: usize| found.get(at).map(|(file, _)| file.name.clone()).unwrap_or_default();
    found
        .iter()
        .zip(rulings.iter().zip(&rival))
        .enumerate()
        .map(|(at, ((file, one), (ruling, rival)))| Entry {
            file: file.id,
            name: file.name.clone(),
            rival: several && *rival,
            again: again && *ruling == Ruling::Taken,
            replaced: is_taken && replaced(ruling),
            undecided: match ruling {
                Ruling::Taken => {
                    let twins = rulings.iter().enumerate().filter(|(_, other)| **other == Ruling::Twin(at));
                    twins.flat_map(|(twin, _)| apart(at, twin)).collect()
                }
                _ => BTreeSet::new(),
            },
            fate: match *ruling {
                _ if said.without.contains(city) => Fate::Unchosen,
                Ruling::Taken if said.settled && (one.warnings > 0 || one.untaken > 0) => Fate::Unchosen,
                Ruling::Taken => Fate::Taken,
                Ruling::Twin(of) => Fate::Twin(name(of), apart(at, of)),
                Ruling::District => Fate::District(one.district.clone().unwrap_or_default()),
                Ruling::Refused => Fate::Refused(one.errors),
                Ruling::Disputed => Fate::Disputed,
                Ruling::NotPreferred(_) => Fate::NotPreferred,
            },
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
    use crate::worker::protocol::{Action, Audit, Beside, Change, Choice, Input, Periods, Request, Response};
    use crate::worker::service::Engine;

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
        // A word for the copy is one for its figures.
        assert_eq!(fates(&files, &[3], false), [(1, "twin"), (2, "not-preferred"), (3, "taken")]);
    }

    fn placed(files: &[Shared<File>], preferred: &[FileId]) -> Vec<Entry> {
        let (preferred, without) = (preferred.iter().copied().collect(), BTreeSet::new());
        place(files, "成都市", "2019-06", &Said { preferred: &preferred, without: &without, settled: false })
    }

    #[test]
    fn of_the_same_figures_with_other_words_the_user_says_whose_count() {
        let saying = |words: &str| Submitted {
            beside: vec![("情况说明".to_owned(), words.to_owned())],
            ..of("a")
        };
        let files = [file(1, "甲.xlsx", saying("x")), file(2, "甲乙.xlsx", saying("y"))];
        let before = placed(&files, &[]);
        assert!(before.iter().all(|one| one.rival));
        assert_eq!(before[0].undecided, BTreeSet::from(["情况说明".to_owned()]));
        assert_eq!(before[1].fate, Fate::Twin("甲.xlsx".to_owned(), vec!["情况说明".to_owned()]));
        let after = placed(&files, &[2]);
        assert_eq!((&after[0].fate, &after[1].fate), (&Fate::NotPreferred, &Fate::Taken));
        assert!(after[1].again && after[1].undecided.is_empty());
    }

    #[test]
    fn what_was_corrected_and_reported_again_leaves_nothing_to_send_back() {
        let refused = file(1, "甲.xlsx", Submitted { errors: 2, ..of("a") });
        assert!(placed(std::slice::from_ref(&refused), &[])[0].goes_back());
        let both = placed(&[refused, file(2, "甲改.xlsx", of("b"))], &[]);
        assert!(both[0].replaced && !both[0].goes_back() && both[1].again);
    }

    fn set(row: u32, column: u32, text: &str) -> Change {
        let input = Input::Typed(text.to_owned());
        let (reason, source) = (String::new(), String::new());
        Change { sheet: 0, action: Action::Set { row, column, input }, rule: None, reason, source }
    }

    /// What the engine would have to say of a return for the board to be right.
    fn said_by_the_engine(fate: &Fate) -> &'static str {
        match fate {
            Fate::Taken => "",
            Fate::Refused(_) => "处错误没有改正",
            Fate::Disputed => "两份都未采用",
            Fate::Twin(_, differs) if differs.is_empty() => "内容相同",
            Fate::Twin(..) => "计一次",
            Fate::NotPreferred => "按指定采用",
            Fate::Unchosen => "按选择不汇总",
            Fate::District(_) => "只用来与该市的报表核对",
        }
    }

    /// What the page puts together by itself – order, fingerprints, what is open – against the engine's own answer.
    #[test]
    fn the_board_says_before_what_the_engine_does() {
        let sample = |name: &str| std::fs::read(format!("fixtures/workbooks/samples/{name}")).unwrap();
        let (chengdu, other) = (sample("成都市-2018年12月.xlsx"), sample("德阳市-2018年12月.xlsx"));
        let pool = [
            ("成都一份.xlsx", &chengdu, Vec::new()),
            ("成都一份的另一个名字.xlsx", &chengdu, Vec::new()),
            ("成都.xlsx", &chengdu, vec![set(3, 5, "312"), set(3, 6, "52%")]),
            ("成都说明.xlsx", &chengdu, vec![set(3, 7, "新增两项")]),
            ("成都说明改.xlsx", &chengdu, vec![set(3, 7, "新增三项")]),
            ("成都错误.xlsx", &chengdu, vec![set(3, 5, "很多")]),
            ("成都错.xlsx", &chengdu, vec![set(3, 5, "很多")]),
            ("成都缺.xlsx", &chengdu, vec![set(3, 5, "/"), set(3, 6, "/")]),
            ("成都待确认.xlsx", &chengdu, vec![set(3, 5, "0.31千")]),
            ("区.xlsx", &chengdu, vec![set(1, 0, "填报单位：成都市高新区")]),
            ("德阳.xlsx", &other, Vec::new()),
            ("德阳再报.xlsx", &other, vec![set(4, 5, "36")]),
        ];
        let mut engine = Engine::new();
        let files: Vec<Shared<File>> = (1..)
            .zip(&pool)
            .map(|(id, (name, bytes, changes))| {
                let (bytes, changes, beside) = ((*bytes).clone(), changes.clone(), Beside::default());
                let request = Request::Open { file: id, name: (*name).to_owned(), bytes, changes, beside };
                let Response::Opened { workbook, audit, .. } = engine.handle(request) else {
                    panic!("{name}")
                };
                let mut file = File::new(id, (*name).to_owned(), 1.0);
                (file.phase, file.audit) = (Phase::Open, Some(Shared::new(audit)));
                file.workbook = Some(Shared::new(workbook));
                Shared::new(file)
            })
            .collect();
        let mut seen = BTreeSet::new();
        let mut dice = 20_191_231_u64;
        let mut roll = |of: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) % of
        };
        for _ in 0..150 {
            let came: Vec<Shared<File>> = files.iter().filter(|_| roll(3) == 0).cloned().collect();
            let preferred: BTreeSet<FileId> =
                came.iter().map(|file| file.id).filter(|_| roll(4) == 0).collect();
            let without: BTreeSet<String> = (roll(8) == 0).then(|| "成都市".to_owned()).into_iter().collect();
            let settled = roll(3) == 0;
            let request = Request::Consolidate {
                files: came.iter().map(|file| file.id).collect(),
                preferred: preferred.iter().copied().collect(),
                periods: Periods::One("2018-12".to_owned()),
                choice: Choice { without: without.iter().cloned().collect(), settled },
                earlier: Vec::new(),
            };
            let Response::Consolidated { summary, .. } = engine.handle(request) else { continue };
            let kept_out = &summary.periods.last().unwrap().kept_out;
            let said = Said { preferred: &preferred, without: &without, settled };
            for city in ["成都市", "德阳市"] {
                for one in place(&came, city, "2018-12", &said) {
                    let why =
                        kept_out.iter().find(|(name, _)| *name == one.name).map(|(_, why)| why.as_str());
                    let expected = said_by_the_engine(&one.fate);
                    let right =
                        why.map_or(expected.is_empty(), |why| !expected.is_empty() && why.contains(expected));
                    assert!(right, "{one:?} {why:?} {kept_out:?} {preferred:?}");
                    seen.insert(one.fate.name());
                }
            }
        }
        assert_eq!(seen.len(), 7, "every fate came up: {seen:?}");
    }

    #[test]
    fn where_only_what_is_settled_counts_an_open_warning_passes_a_return_over() {
        let files = [file(1, "甲.xlsx", Submitted { warnings: 1, ..of("a") })];
        assert_eq!(fates(&files, &[], false), [(1, "taken")]);
        assert_eq!(fates(&files, &[], true), [(1, "unchosen")]);
    }
}
