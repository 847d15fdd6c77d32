//! Which returns are used and which are kept out, and which of their figures count.

use std::collections::BTreeMap;
use std::fmt;

use super::rivals::{self, Rival, Ruling, differing};
use super::{Source, Standing, Unchosen};
use crate::audit::{Code, Rule, RulesOff, Tier};
use crate::breakdown::{Breakdown, CityId, IndicatorId};
use crate::model::{CellRef, Decimal, Period, Range, Sha256};
use crate::rules::named;

/// One figure of a return.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub indicator: IndicatorId,
    pub cell: CellRef,
    /// As the cell shows it.
    pub raw: String,
    /// `None` is 不适用, `/`, or what `untaken` says.
    pub value: Option<Decimal>,
    /// Why a figure that stands there must not be taken as it is.
    pub untaken: Option<Untaken>,
}

/// Why a figure is not taken: nobody but the reporting unit can say what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Untaken {
    /// A formula whose result was never stored.
    Uncomputed,
    /// A reading that the reporting unit has not confirmed, such as 6.3千 for 6300; the rule that asks.
    Unconfirmed(Code),
}

/// An 错误 or a 警示 of a return, open or explained: it goes along with the figures, or back with the return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub code: Code,
    pub tier: Tier,
    /// Nothing for the whole form.
    pub place: Option<Range>,
    /// What is wrong and what to do.
    pub message: String,
    /// As the cell shows it.
    pub found: String,
    /// What it should be, where that is known.
    pub expected: Option<String>,
    /// 情况说明.
    pub answer: Option<String>,
}

impl Problem {
    pub const fn is_open(&self) -> bool {
        self.answer.is_none()
    }

    /// `F5`, `C4:C12`; nothing for the whole form.
    pub fn address(&self) -> String {
        self.place.map(|range| range.to_string()).unwrap_or_default()
    }
}

/// What a unit wrote beside an indicator, 情况说明.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub indicator: IndicatorId,
    pub cell: CellRef,
    pub text: String,
}

/// One city's figures in one sheet of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Return {
    pub file: String,
    pub sha256: Sha256,
    pub sheet: String,
    pub city: CityId,
    /// The 区县 of the city that reports; nothing where the city does.
    pub district: Option<String>,
    pub period: Period,
    pub figures: Vec<Figure>,
    /// Every 错误 and 警示 that stands for itself, in the order of the audit.
    pub problems: Vec<Problem>,
    pub notes: Vec<Note>,
    /// Of the other columns, by caption, the fingerprint of what they show: what two returns with the same figures may
    /// differ in.
    pub beside: Vec<(String, Sha256)>,
    /// The rules that it was not audited by.
    pub off: RulesOff,
    /// The user's word that of several submissions this one counts.
    pub preferred: bool,
}

impl Return {
    /// What puts returns into one order, whatever the order of the files; a copy's name is the longer one.
    pub(super) fn key(&self) -> impl Ord + '_ {
        let file = self.file.as_str();
        (self.city, self.period, file.len(), file, self.sheet.as_str(), self.sha256)
    }

    /// Of a return of a period that is not put together: what accounts for it is kept, and what it says let go.
    pub fn set_aside(&mut self) {
        self.figures.iter_mut().for_each(|figure| figure.raw = String::new());
        self.notes = Vec::new();
        self.beside = Vec::new();
    }

    /// The values by indicator, wherever they stand.
    pub fn figures_alone(&self) -> Figures {
        let mut figures: Figures =
            self.figures.iter().map(|figure| (figure.indicator, figure.value, figure.untaken)).collect();
        figures.sort();
        figures
    }

    /// How many of its figures would count nowhere though they should.
    pub fn lost(&self, breakdown: &Breakdown) -> usize {
        let mut left_out = Vec::new();
        take_figures(breakdown, self, &mut Vec::new(), &mut left_out);
        left_out.iter().filter(|left| left.why.is_lost()).count()
    }

    /// What of it decides which of several returns counts.
    pub(super) fn as_rival(&self) -> Rival<'_, Origin<'_>, Figures, Sha256> {
        Rival {
            origin: (self.sha256, &self.sheet),
            district: self.district.is_some(),
            refused: self.open_errors() > 0,
            figures: self.figures_alone(),
            beside: &self.beside,
            preferred: self.preferred,
        }
    }

    /// Findings of tier 错误 that are neither corrected nor explained.
    pub fn open_errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.tier == Tier::Error && problem.is_open()).count()
    }
}

/// A return that was not used, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptOut {
    pub file: String,
    pub sha256: Sha256,
    pub sheet: String,
    pub city: CityId,
    pub period: Period,
    /// How many figures it holds.
    pub figures: usize,
    pub problems: Vec<Problem>,
    pub off: RulesOff,
    pub why: Why,
}

/// Why a return was kept out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// C003: `of` was used instead and has the same figures; the captions of the columns in which the two differ.
    Duplicate { of: String, differs: Vec<String> },
    /// C004.
    OtherPeriod { found: Period, wanted: Period },
    /// C005: so many. `again`: the city has since sent another one, which is taken.
    OpenErrors { count: usize, again: bool },
    /// C002: the other submissions of this city, the first of them.
    Conflict { with: Vec<String> },
    /// C003: the user named another submission of this city as the one that counts.
    NotPreferred { of: String },
    /// The breakdown has no such city.
    UnknownCity,
    /// The user asked for others; where the city stands all the same.
    NotChosen { by: Unchosen, standing: Standing },
    /// Of a 区县: held against the return of its city, in no total.
    OfDistrict { name: String },
}

impl Why {
    /// What it is an instance of; nothing where nothing is wrong.
    pub fn rule(&self) -> Option<&'static Rule> {
        match self {
            Self::Duplicate { .. } | Self::NotPreferred { .. } => Some(&named::C003),
            Self::OtherPeriod { .. } => Some(&named::C004),
            Self::OpenErrors { .. } => Some(&named::C005),
            Self::Conflict { .. } | Self::UnknownCity => Some(&named::C002),
            Self::NotChosen { .. } | Self::OfDistrict { .. } => None,
        }
    }

    /// 未采用, or what else became of it.
    pub const fn fate(&self) -> &'static str {
        match self {
            Self::NotChosen { .. } => "未选",
            Self::OfDistrict { .. } => "核对",
            _ => "未采用",
        }
    }

    pub(super) const fn is_of_a_district(&self) -> bool {
        matches!(self, Self::OfDistrict { .. })
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate { of, differs } if differs.is_empty() => {
                write!(f, "与“{of}”内容相同，不重复计入")
            }
            Self::Duplicate { of, differs } => {
                write!(
                    f,
                    "与“{of}”的本期数相同而{}不同，只按“{of}”计一次，请填报单位确认以哪份为准",
                    differs.join("、")
                )
            }
            Self::OtherPeriod { found, wanted } => {
                write!(f, "报告期是 {}，不是本次汇总的 {}", found.chinese(), wanted.chinese())
            }
            Self::OpenErrors { count, again: true } => {
                write!(f, "还有 {count} 处错误没有改正；已有重报，这一份不用")
            }
            Self::OpenErrors { count, again: false } => {
                write!(f, "还有 {count} 处错误没有改正，请退回改正后再汇总")
            }
            Self::Conflict { with } => {
                write!(f, "与“{}”同市同期而数字不同，两份都未采用，请填报单位确认以哪份为准", with.join("”“"))
            }
            Self::NotPreferred { of } => write!(f, "同市同期报送了多份，按指定采用“{of}”"),
            Self::UnknownCity => f.write_str("填报单位不在分解表里，请核对后再汇总"),
            Self::NotChosen { by: Unchosen::City, .. } => f.write_str("按选择不汇总该市"),
            Self::NotChosen { by: Unchosen::State(standing), .. } => {
                write!(f, "按选择不汇总{}的报表", standing.chinese())
            }
            Self::OfDistrict { name } => write!(f, "是{name}的报表，只用来与该市的报表核对，不计入合计"),
        }
    }
}

/// A figure of a used return that counts nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    pub file: String,
    pub sheet: String,
    pub cell: CellRef,
    pub raw: String,
    pub city: CityId,
    pub indicator: IndicatorId,
    pub why: LeftOutReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeftOutReason {
    #[error("按分解表该市不承担此项指标")]
    NotApplicable,
    #[error("填作不适用，没有数字")]
    NoFigure,
    #[error("是公式而没有存算好的数，须由填报单位打开保存后重报")]
    Uncomputed,
    #[error("写法须由填报单位确认（{0}），确认以前不计入")]
    Unconfirmed(Code),
    #[error("同一指标在表中出现多次且数字相同，只计一次")]
    Repeated,
    #[error("同一指标在表中出现多次而数字不同，都没有计入，请填报单位改正")]
    Contradictory,
    #[error("指标不在分解表里，请核对")]
    UnknownIndicator,
}

impl LeftOutReason {
    /// Whether a figure is missing for it.
    pub(super) const fn is_lost(self) -> bool {
        !matches!(self, Self::NotApplicable | Self::Repeated | Self::UnknownIndicator)
    }
}

/// Of many submissions that disagree so many are named with each.
const MOST_NAMED: usize = 5;

/// The returns to use, by city, and those kept out, in their order. Every return is in one of the two.
pub fn sorted_out<'a>(
    breakdown: &Breakdown,
    wanted: Period,
    returns: &[&'a Return],
    unchosen: impl Fn(CityId) -> Option<(Unchosen, Standing)>,
) -> (Vec<&'a Return>, Vec<KeptOut>) {
    let mut verdicts: Vec<Option<Why>> = returns
        .iter()
        .map(|submitted| {
            if submitted.city.0 >= breakdown.cities.len() {
                return Some(Why::UnknownCity);
            }
            match unchosen(submitted.city) {
                Some((by @ Unchosen::City, standing)) => Some(Why::NotChosen { by, standing }),
                _ if submitted.period != wanted => Some(Why::OtherPeriod { found: submitted.period, wanted }),
                _ => None,
            }
        })
        .collect();
    let mut by_city: BTreeMap<CityId, Vec<(&'a Return, &mut Option<Why>)>> = BTreeMap::new();
    for (submitted, verdict) in returns.iter().copied().zip(&mut verdicts) {
        if verdict.is_none() {
            by_city.entry(submitted.city).or_default().push((submitted, verdict));
        }
    }
    let mut used = Vec::new();
    for (city, came_in) in by_city {
        let all: Vec<&Return> = came_in.iter().map(|(submitted, _)| *submitted).collect();
        let rivals: Vec<_> = all.iter().map(|submitted| submitted.as_rival()).collect();
        let rulings = rivals::rulings(&rivals);
        for ((submitted, verdict), ruling) in came_in.into_iter().zip(&rulings) {
            *verdict = why_not(submitted, *ruling, &all, &rulings);
            if verdict.is_none() {
                match unchosen(city) {
                    Some((by, standing)) => *verdict = Some(Why::NotChosen { by, standing }),
                    None => used.push(submitted),
                }
            }
        }
    }
    let kept_out =
        returns.iter().zip(verdicts).filter_map(|(submitted, why)| Some(kept_out(submitted, why?))).collect();
    (used, kept_out)
}

/// Nothing where the return is taken. `all` came in for its city, and `rulings` became of them.
fn why_not(own: &Return, ruling: Ruling, all: &[&Return], rulings: &[Ruling]) -> Option<Why> {
    let named = |at: usize| all.get(at).map(|other| other.file.clone()).unwrap_or_default();
    match ruling {
        Ruling::Taken => None,
        Ruling::Twin(at) => {
            let differs = all.get(at).map(|twin| differing(&twin.beside, &own.beside));
            Some(Why::Duplicate { of: named(at), differs: differs.unwrap_or_default() })
        }
        Ruling::District => Some(Why::OfDistrict { name: own.district.clone().unwrap_or_default() }),
        Ruling::Refused => {
            Some(Why::OpenErrors { count: own.open_errors(), again: rulings.contains(&Ruling::Taken) })
        }
        Ruling::Disputed => {
            let disputed = all.iter().zip(rulings).filter(|(_, other)| **other == Ruling::Disputed);
            let others = disputed.map(|(other, _)| *other).filter(|other| !std::ptr::eq(*other, own));
            Some(Why::Conflict { with: others.take(MOST_NAMED).map(|other| other.file.clone()).collect() })
        }
        Ruling::NotPreferred(at) => Some(Why::NotPreferred { of: named(at) }),
    }
}

fn kept_out(submitted: &Return, why: Why) -> KeptOut {
    KeptOut {
        file: submitted.file.clone(),
        sha256: submitted.sha256,
        sheet: submitted.sheet.clone(),
        city: submitted.city,
        period: submitted.period,
        figures: submitted.figures.len(),
        problems: submitted.problems.clone(),
        off: submitted.off.clone(),
        why,
    }
}

/// File and sheet of a return.
type Origin<'a> = (Sha256, &'a str);

/// The values of a return by indicator, wherever they stand.
pub type Figures = Vec<(IndicatorId, Option<Decimal>, Option<Untaken>)>;

/// Takes the figures of a used return: each becomes a source or is left out with its reason.
pub fn take_figures(
    breakdown: &Breakdown,
    from: &Return,
    sources: &mut Vec<Source>,
    left_out: &mut Vec<LeftOut>,
) {
    let mut by_indicator: BTreeMap<IndicatorId, Vec<&Figure>> = BTreeMap::new();
    for figure in &from.figures {
        by_indicator.entry(figure.indicator).or_default().push(figure);
    }
    let mut leave = |figure: &Figure, why| {
        left_out.push(LeftOut {
            file: from.file.clone(),
            sheet: from.sheet.clone(),
            cell: figure.cell,
            raw: figure.raw.clone(),
            city: from.city,
            indicator: figure.indicator,
            why,
        });
    };
    for (indicator, figures) in by_indicator {
        let Some((first, others)) = figures.split_first() else { continue };
        let known = breakdown.indicator(indicator).is_some();
        let applicable = breakdown.target(indicator, from.city).is_some();
        let refusal = if !known {
            Some(LeftOutReason::UnknownIndicator)
        } else if !applicable {
            Some(LeftOutReason::NotApplicable)
        } else if others.iter().any(|other| other.value != first.value) {
            Some(LeftOutReason::Contradictory)
        } else if let Some(untaken) = first.untaken {
            Some(match untaken {
                Untaken::Uncomputed => LeftOutReason::Uncomputed,
                Untaken::Unconfirmed(code) => LeftOutReason::Unconfirmed(code),
            })
        } else if first.value.is_none() {
            Some(LeftOutReason::NoFigure)
        } else {
            None
        };
        match (refusal, first.value) {
            (None, Some(value)) => {
                sources.push(Source {
                    indicator,
                    city: from.city,
                    file: from.file.clone(),
                    sha256: from.sha256,
                    sheet: from.sheet.clone(),
                    cell: first.cell,
                    raw: first.raw.clone(),
                    value,
                });
                others.iter().for_each(|other| leave(other, LeftOutReason::Repeated));
            }
            (refusal, _) => {
                figures.iter().for_each(|figure| leave(figure, refusal.unwrap_or(LeftOutReason::NoFigure)))
            }
        }
    }
}
