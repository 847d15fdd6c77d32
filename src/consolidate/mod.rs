//! Many returns of one period put side by side, each figure with its source, and an account of what was used and what
//! not.
//!
//! Alters no figure, and chooses none: of two submissions that disagree neither is used, and both are named. Knows no
//! layout and no file format.

mod account;
mod choice;
mod districts;
mod long;
mod returns;
mod rivals;
mod series;
mod standing;

use std::collections::BTreeMap;

pub use account::{Account, recheck};
pub use choice::{Choice, Unchosen};
pub use districts::{District, DistrictRow, Districts};
pub use long::{LongRow, MEASURE, TAKEN, long};
pub use returns::{Figure, KeptOut, LeftOut, LeftOutReason, Note, Problem, Return, Untaken, Why};
pub use rivals::{Rival, Ruling, differing, rulings};
pub use series::{Series, Stage};
pub use standing::{Standing, usable};

use crate::audit::{Code, Rule, RulesOff, Tier};
use crate::breakdown::{Breakdown, CityId, Indicator, IndicatorId};
use crate::model::{CellRef, Decimal, Period, Sha256};
use crate::rules::{code, named};

/// The returns of one period, by indicator and city, in the order of the breakdown.
#[derive(Clone, Debug, PartialEq)]
pub struct Consolidation {
    pub period: Period,
    /// What the user asked for.
    pub choice: Choice,
    pub cities: Vec<CityId>,
    pub rows: Vec<Row>,
    /// One entry a number used; [`Entry`] holds indices into it. By city, then in the breakdown's order.
    pub sources: Vec<Source>,
    /// The returns that were used: file, sheet, fingerprint, city.
    pub used: Vec<Used>,
    pub kept_out: Vec<KeptOut>,
    pub left_out: Vec<LeftOut>,
    /// What came in and is no return, as whoever read the files puts it here: nothing that came in goes unsaid.
    pub not_returns: Vec<NotReturn>,
    /// 汇总表 that came in: their earlier periods served to compare with.
    pub compared: Vec<NotReturn>,
    /// Cities that were asked for and sent nothing.
    pub missing: Vec<CityId>,
    /// What 区县 report, beside their city: in no total.
    pub districts: Vec<Districts>,
    pub account: Account,
    /// By code, then in the order of the breakdown or of the files.
    pub remarks: Vec<Remark>,
}

/// One indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub indicator: IndicatorId,
    /// One a city, in the order of [`Consolidation::cities`].
    pub entries: Vec<Entry>,
    pub zone: Total,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    pub city: CityId,
    /// `None` is `/`, not applicable.
    pub target: Option<Decimal>,
    pub done: Done,
}

/// What a city has reported for an indicator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Done {
    /// The breakdown gives the city no part in the indicator.
    NotApplicable,
    /// No figure was used; the account says why if there was one.
    NotReported,
    Figure {
        value: Decimal,
        /// Index into [`Consolidation::sources`].
        source: usize,
    },
}

/// The whole zone's figures for an indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct Total {
    pub target: Decimal,
    /// Over the cities that reported; `None` if none did, or where shares of different wholes would be added.
    pub done: Option<Decimal>,
    /// Cities that take part and are not in `done`: empty for a whole total, else the total is 不全.
    pub lacking: Vec<CityId>,
}

/// Where a used number stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    pub indicator: IndicatorId,
    pub city: CityId,
    pub file: String,
    pub sha256: Sha256,
    pub sheet: String,
    pub cell: CellRef,
    /// As the cell shows it.
    pub raw: String,
    pub value: Decimal,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Used {
    pub file: String,
    pub sha256: Sha256,
    pub sheet: String,
    pub city: CityId,
    /// 警示 of the return, open or explained.
    pub problems: Vec<Problem>,
    pub notes: Vec<Note>,
    /// The rules that it was not audited by.
    pub off: RulesOff,
}

impl Used {
    /// What is neither corrected nor explained.
    pub fn open_problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.is_open())
    }
}

/// A file that came in and is no return: it cannot be read, or whose it is cannot be told.
#[derive(Clone, Debug, PartialEq)]
pub struct NotReturn {
    pub file: String,
    /// `None` where not even the bytes could be had.
    pub sha256: Option<Sha256>,
    /// One Chinese sentence, with the code of the finding where there is one.
    pub why: String,
}

/// A finding about the set of returns, of family C.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    pub code: Code,
    pub tier: Tier,
    /// One Chinese sentence.
    pub message: String,
    pub city: Option<CityId>,
}

impl Remark {
    /// As grave as its rule is in the catalogue.
    fn of(rule: &Rule, message: String, city: Option<CityId>) -> Self {
        Self { code: rule.code, tier: rule.tier, message, city }
    }
}

impl Consolidation {
    /// The remarks that neither a city without a return nor a return kept out says already.
    pub fn other_remarks(&self) -> impl Iterator<Item = &Remark> {
        let of_a_return = [code::C001, code::C002, code::C003, code::C004, code::C005];
        self.remarks.iter().filter(move |remark| !of_a_return.contains(&remark.code))
    }

    /// Figures of used returns that should be in the totals and are not: those that the breakdown gives the city.
    pub fn lost(&self) -> impl Iterator<Item = &LeftOut> {
        self.left_out.iter().filter(|left| left.why.is_lost())
    }

    /// Rules that returns were not audited by, each set with the files.
    pub fn rules_off(&self) -> Vec<(&RulesOff, Vec<&str>)> {
        rules_off(std::iter::once(self))
    }

    /// Whether nothing is left to do: every city is in with all of its figures, and nothing is open.
    pub fn is_settled(&self) -> bool {
        self.not_returns.is_empty() && self.remarks.iter().all(|remark| remark.tier == Tier::Notice)
    }
}

fn rules_off<'a>(all: impl Iterator<Item = &'a Consolidation>) -> Vec<(&'a RulesOff, Vec<&'a str>)> {
    let mut sets: Vec<(&RulesOff, Vec<&str>)> = Vec::new();
    let returns = all.flat_map(|one| {
        let used = one.used.iter().map(|one| (&one.off, one.file.as_str()));
        used.chain(one.kept_out.iter().map(|one| (&one.off, one.file.as_str())))
    });
    for (off, file) in returns.filter(|(off, _)| off.count().is_some()) {
        match sets.iter_mut().find(|(known, _)| *known == off) {
            Some((_, files)) if files.contains(&file) => {}
            Some((_, files)) => files.push(file),
            None => sets.push((off, vec![file])),
        }
    }
    sets
}

/// A sentence for each set of rules that files were not audited by.
pub fn without_rules(sets: Vec<(&RulesOff, Vec<&str>)>) -> impl Iterator<Item = String> {
    sets.into_iter().filter_map(|(off, files)| {
        Some(format!("{}涉及 {} 个文件：{}。", off.sentence()?, files.len(), files.join("、")))
    })
}

/// Puts the returns of a period together. A return that cannot be used is kept out whole, with its reason.
///
/// The order of the returns does not matter.
pub fn consolidate(breakdown: &Breakdown, period: Period, returns: &[Return]) -> Consolidation {
    consolidate_chosen(breakdown, period, returns, &Choice::default())
}

/// As [`consolidate`], of the returns that the user asks for; the others are kept out, by that choice.
pub fn consolidate_chosen(
    breakdown: &Breakdown,
    period: Period,
    returns: &[Return],
    choice: &Choice,
) -> Consolidation {
    let mut returns: Vec<&Return> = returns.iter().collect();
    returns.sort_by(|a, b| a.key().cmp(&b.key()));
    let whole = put_together(breakdown, period, &returns, &Choice::default(), &BTreeMap::new());
    if choice.is_everything() {
        return whole;
    }
    // The state of a return is known when all are put together.
    put_together(breakdown, period, &returns, choice, &whole.standings())
}

fn put_together(
    breakdown: &Breakdown,
    period: Period,
    returns: &[&Return],
    choice: &Choice,
    standings: &BTreeMap<CityId, Standing>,
) -> Consolidation {
    let cities: Vec<CityId> = breakdown.city_ids().collect();
    let unchosen = |city: CityId| {
        let standing = standings.get(&city).copied().unwrap_or(Standing::Missing);
        choice.passes_over(city, standing).map(|why| (why, standing))
    };
    let (used, kept_out) = returns::sorted_out(breakdown, period, returns, unchosen);
    let (mut sources, mut left_out) = (Vec::new(), Vec::new());
    for chosen in &used {
        returns::take_figures(breakdown, chosen, &mut sources, &mut left_out);
    }
    let by_place: BTreeMap<(IndicatorId, CityId), usize> = sources
        .iter()
        .enumerate()
        .map(|(index, source): (usize, &Source)| ((source.indicator, source.city), index))
        .collect();
    let rows: Vec<Row> = breakdown
        .indicator_ids()
        .map(|indicator| {
            row(breakdown, indicator, &cities, |city| by_place.get(&(indicator, city)).copied(), &sources)
        })
        .collect();
    // A return that was kept out goes back (退回); a city is missing (缺报) where nothing came in for the period.
    let came_in = |city: CityId| {
        used.iter().any(|chosen| chosen.city == city)
            || kept_out
                .iter()
                .any(|out| out.city == city && out.period == period && !out.why.is_of_a_district())
    };
    let missing: Vec<CityId> =
        cities.iter().copied().filter(|city| choice.takes_city(*city) && !came_in(*city)).collect();
    let account = Account::of(returns, &used, &kept_out, &sources, &left_out);
    let used = used
        .into_iter()
        .map(|r| Used {
            file: r.file.clone(),
            sha256: r.sha256,
            sheet: r.sheet.clone(),
            city: r.city,
            problems: r.problems.clone(),
            notes: r.notes.clone(),
            off: r.off.clone(),
        })
        .collect();
    let mut consolidation = Consolidation {
        period,
        choice: choice.clone(),
        cities,
        rows,
        sources,
        used,
        kept_out,
        left_out,
        not_returns: Vec::new(),
        compared: Vec::new(),
        missing,
        districts: Vec::new(),
        account,
        remarks: Vec::new(),
    };
    let (districts, disagreeing) = districts::districts(breakdown, &consolidation, returns);
    consolidation.districts = districts;
    consolidation.remarks = remarks(breakdown, &consolidation, returns, disagreeing);
    consolidation
}

fn row(
    breakdown: &Breakdown,
    indicator: IndicatorId,
    cities: &[CityId],
    source_of: impl Fn(CityId) -> Option<usize>,
    sources: &[Source],
) -> Row {
    let entries: Vec<Entry> = cities
        .iter()
        .map(|city| {
            let target = breakdown.target(indicator, *city);
            let figure =
                source_of(*city).and_then(|index| sources.get(index).map(|source| (index, source.value)));
            let done = match (target, figure) {
                (None, _) => Done::NotApplicable,
                (Some(_), None) => Done::NotReported,
                (Some(_), Some((source, value))) => Done::Figure { value, source },
            };
            Entry { city: *city, target, done }
        })
        .collect();
    let adds_up = breakdown.indicator(indicator).is_some_and(Indicator::adds_up);
    let figures: Vec<Decimal> =
        entries.iter().filter_map(|entry| entry.done.value()).filter(|_| adds_up).collect();
    // A sum that a decimal cannot hold is no total; the rules refuse such figures long before.
    let sum = figures.iter().try_fold(Decimal::ZERO, |sum, value| sum.checked_add(*value));
    let lacking =
        entries.iter().filter(|entry| entry.done == Done::NotReported).map(|entry| entry.city).collect();
    let target = breakdown.indicator(indicator).map(|found| found.total).unwrap_or_default();
    Row { indicator, zone: Total { target, done: sum.filter(|_| !figures.is_empty()), lacking }, entries }
}

impl Done {
    pub const fn value(&self) -> Option<Decimal> {
        match self {
            Self::Figure { value, .. } => Some(*value),
            Self::NotApplicable | Self::NotReported => None,
        }
    }
}

fn remarks(
    breakdown: &Breakdown,
    consolidation: &Consolidation,
    returns: &[&Return],
    mut remarks: Vec<Remark>,
) -> Vec<Remark> {
    for city in &consolidation.missing {
        let message = format!(
            "{}没有报送 {}的进展情况表，请催报。",
            breakdown.city(*city),
            consolidation.period.chinese()
        );
        remarks.push(Remark::of(&named::C001, message, Some(*city)));
    }
    for out in &consolidation.kept_out {
        if let Some(rule) = out.why.rule() {
            remarks.push(Remark::of(rule, format!("{}：{}。", out.file, out.why), Some(out.city)));
        }
    }
    for used in &consolidation.used {
        let open: Vec<String> = used
            .open_problems()
            .map(|problem| format!("{} {}", problem.code, problem.address()).trim_end().to_owned())
            .collect();
        if !open.is_empty() {
            let message = format!(
                "{}：还有 {} 处警示没有说明（{}），请填报单位说明或改正。",
                used.file,
                open.len(),
                open.join("、")
            );
            remarks.push(Remark::of(&named::C007, message, Some(used.city)));
        }
    }
    for left in consolidation.lost() {
        let message = format!("{}：{} 的“{}”没有计入，{}。", left.file, left.cell, left.raw, left.why);
        remarks.push(Remark::of(&named::C008, message, Some(left.city)));
    }
    remarks.extend(recheck(breakdown, consolidation, returns));
    remarks.sort_by_key(|remark| remark.code);
    remarks
}
