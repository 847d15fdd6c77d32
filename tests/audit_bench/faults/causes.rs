//! Accidents of whole columns and rows whose rates are computed, or were computed or typed anew, so that they agree
//! with what is wrong; and columns that hold figures of another kind than their header says.

use std::collections::BTreeSet;

use indicator_companion::model::{Cell, CellRef, NumberFormat, Value};

use super::tables::{bounds, cell_of, changed, set};
use super::{Marks, Planted, is_flat, is_producer};
use crate::layouts::{Col, Form, House, Kind, RateStyle, indicators, official, rate_text, target, unit};
use crate::random::Rng;

/// What the rates do when the figures beside them go wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Rates {
    /// Typed, they stay those of the true figures.
    Kept,
    /// Computed by a formula, or typed anew from the figures as they stand.
    Followed,
}

fn is_live(form: &Form) -> bool {
    !form.frozen && matches!(form.rate, RateStyle::Formula | RateStyle::BareFormula)
}

fn has_typed_rates(form: &Form) -> bool {
    form.column(Col::Rate).is_some() && !is_live(form)
}

fn rates(form: &Form, rng: &mut Rng) -> Rates {
    if has_typed_rates(form) && rng.chance(50) { Rates::Kept } else { Rates::Followed }
}

/// The number that stands in a cell: 600, 600家.
fn number(form: &Form, at: CellRef) -> Option<f64> {
    match form.value(at) {
        Value::Number(number) => Some(number),
        Value::Text(text) => {
            let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            let rest = text.get(digits.len()..)?;
            if rest.chars().any(|c| c.is_ascii() && c != '%' || ('０'..='９').contains(&c)) {
                return None;
            }
            let number = digits.parse::<f64>().ok()?;
            let factor = |word: char, factor: f64| if text.contains(word) { factor } else { 1.0 };
            Some(number * factor('万', 1e4) * factor('千', 1e3) * factor('百', 1e2) * factor('十', 1e1))
        }
        _ => None,
    }
}

fn pair(form: &Form, indicator: usize) -> (Option<f64>, Option<f64>) {
    let of = |column| form.at(indicator, column).and_then(|at| number(form, at));
    (of(Col::Current), of(Col::Target))
}

/// The rates of the figures as they now stand: what the formulas give, or what a clerk types who divides them.
fn follow(form: &mut Form) {
    for indicator in 0..indicators() {
        let Some(at) = form.at(indicator, Col::Rate) else { return };
        let mut cell = cell_of(form, at);
        let (now, goal) = pair(form, indicator);
        if cell.formula.is_some() {
            if !cell.value.is_empty() {
                cell.value = match (now, goal) {
                    (now, Some(goal)) if goal != 0.0 => Value::Number(now.unwrap_or_default() / goal),
                    // Texts are divided by nobody: such a form has its results from elsewhere.
                    _ if form.house == House::WithUnit => cell.value,
                    _ => Value::Error("#DIV/0!".into()),
                };
            }
            form.page().grid.set(at, cell);
        } else if let (Some(now), Some(goal)) = (now, goal.filter(|goal| *goal != 0.0)) {
            form.put_rate(indicator, now, goal);
        } else if [Col::Current, Col::Target]
            .into_iter()
            .filter_map(|column| form.at(indicator, column))
            // Nobody divides a text either.
            .any(|place| match form.value(place) {
                Value::Text(text) => &*text != "/",
                value => value.is_empty(),
            })
        {
            form.put(at, Value::Empty);
        }
    }
}

/// In how many rows anything contradicts what is known: the official target, the last period, the end of what is
/// plausible, the rate. Where too little does, nobody could tell the accident.
fn contradictions(form: &Form) -> usize {
    let row = |indicator: &usize| {
        let Some(due) = target(*indicator, form.city).map(|due| due as f64) else { return false };
        let (now, goal) = pair(form, *indicator);
        let before = form.at(*indicator, Col::Previous).and_then(|at| number(form, at));
        let typed = form.at(*indicator, Col::Rate).filter(|_| !is_live(form));
        let rate = typed.and_then(|at| match form.value(at) {
            Value::Number(number) if form.rate == RateStyle::Hundred => Some(number / 100.0),
            Value::Number(number) => Some(number),
            _ => number(form, at).map(|number| number / 100.0),
        });
        goal != Some(due)
            || now.is_none_or(|now| {
                now.fract() != 0.0
                    || now > due * 1.2 + 2.0
                    || before.is_some_and(|before| before > now)
                    || rate.is_some_and(|rate| (rate - now / due).abs() > 0.02)
            })
    };
    (0..indicators()).filter(row).count()
}

fn rows_changed(form: &Form, cells: &[CellRef]) -> usize {
    let rows: BTreeSet<u32> = cells.iter().map(|at| at.row).collect();
    let has_changed = |row: &&u32| {
        let own: Vec<CellRef> = cells.iter().copied().filter(|at| at.row == **row).collect();
        changed(form, &own) > 0
    };
    rows.iter().filter(has_changed).count()
}

/// Planted, if enough of it can be seen.
fn seen(form: &mut Form, rates: Rates, cells: &[CellRef]) -> Option<()> {
    if rows_changed(form, cells) < 5 {
        return None;
    }
    if rates == Rates::Followed {
        follow(form);
    }
    (contradictions(form) >= 5).then_some(())
}

/// The columns of targets and counts, without those that have nothing in them.
fn counted(form: &Form) -> Vec<Col> {
    let all = [Col::Target, Col::Previous, Col::Current];
    let fits = |column: &Col| form.column(*column).is_some() && !(form.first && *column == Col::Previous);
    all.into_iter().filter(fits).collect()
}

fn cells(form: &Form, columns: &[Col]) -> Vec<CellRef> {
    let all = columns.iter().flat_map(|column| (0..indicators()).map(|indicator| (indicator, *column)));
    all.filter_map(|(indicator, column)| form.at(indicator, column)).collect()
}

// ---- places

/// 目标, 上期 and 本期 in each other's place.
pub fn exchanged_columns(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) {
        return None;
    }
    let all = counted(form);
    let mut order = all.clone();
    if all.len() == 2 || rng.chance(70) {
        let left_out = rng.below(3);
        let mut pair: Vec<usize> = (0..all.len()).filter(|at| all.len() == 2 || *at != left_out).collect();
        order.swap(pair.pop()?, pair.pop()?);
    } else {
        order.rotate_left(1 + rng.below(2));
    }
    let before = form.page_ref().grid.clone();
    let (mut moved, mut moves) = (Vec::new(), Vec::new());
    for (to, from) in all.iter().zip(&order).filter(|(to, from)| to != from) {
        for indicator in 0..indicators() {
            let (at, source) = (form.at(indicator, *to)?, form.at(indicator, *from)?);
            set(form, at, before.get(source).cloned().unwrap_or_default());
            moved.push(at);
            moves.push((source, at));
        }
    }
    let rates = rates(form, rng);
    seen(form, rates, &moved)?;
    let what = format!("{all:?} hold {order:?}, rates {rates:?}");
    let mut planted = Planted::over("T005", bounds(&moved)?, what).restores(moved).root();
    planted.moves = moves;
    Some(planted)
}

/// One column that slipped by a row, whatever the rates say.
pub fn slipped(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) || !form.rows.is_sorted() {
        return None;
    }
    let column = rng.pick(&counted(form));
    let (from, last) = (rng.below(4), indicators() - 1);
    let down = rng.chance(50);
    let places = cells(form, &[column]);
    let old: Vec<Cell> = places.iter().map(|at| cell_of(form, *at)).collect();
    let mut moves = Vec::new();
    for indicator in from..last {
        let (source, to) = if down { (indicator, indicator + 1) } else { (indicator + 1, indicator) };
        set(form, places[to], old[source].clone());
        moves.push((places[source], places[to]));
    }
    let (free, lost) = if down { (from, last) } else { (last, from) };
    set(form, places[free], Cell::default());
    let rates = rates(form, rng);
    // Typed anew they are those of rows that slipped as a whole.
    if rates == Rates::Followed && column == Col::Target && has_typed_rates(form) {
        return None;
    }
    seen(form, rates, &places)?;
    let touched: Vec<CellRef> = places.iter().copied().skip(from).collect();
    let side = if down { "down" } else { "up" };
    let what = format!("{column:?} {side} from row {} on, rates {rates:?}", from + 1);
    let mut planted = Planted::over("T013", bounds(&touched)?, what)
        .restores(touched.into_iter().filter(|at| *at != places[lost]).collect())
        .root();
    // The rate of the figure that is gone stands for itself.
    planted.lost = [Some(places[lost]), form.at(lost, Col::Rate)].into_iter().flatten().collect();
    planted.moves = moves;
    Some(planted)
}

/// The figures of two rows in each other's place.
pub fn exchanged_rows(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_producer(form) {
        return None;
    }
    let due = |form: &Form, indicator: usize| match form.kind {
        Kind::Breakdown => (0..official().cities.len()).map(|city| target(indicator, city)).collect(),
        Kind::Progress => vec![target(indicator, form.city)],
    };
    let (a, b) = (rng.below(indicators()), rng.below(indicators()));
    let (of_a, of_b) = (due(form, a), due(form, b));
    let differ = of_a.iter().zip(&of_b).all(|(a, b)| a != b && a.is_some() && b.is_some());
    if a == b || !differ || !marks.is_free(a) || !marks.is_free(b) {
        return None;
    }
    let mut columns: Vec<Col> = form.figure_columns().into_iter().chain([Col::Total]).collect();
    columns.retain(|column| form.column(*column).is_some());
    // The figures alone, where the rates beside them were typed and stay.
    let alone = form.kind == Kind::Progress && !form.first && has_typed_rates(form) && rng.chance(40);
    if alone {
        columns.retain(|column| matches!(column, Col::Previous | Col::Current));
        if columns.len() < 2 {
            return None;
        }
    } else if form.kind == Kind::Breakdown {
        form.freeze();
    }
    let (mut moved, mut moves) = (Vec::new(), Vec::new());
    for column in &columns {
        let (upper, lower) = (form.at(a, *column)?, form.at(b, *column)?);
        let (first, second) = (cell_of(form, upper), cell_of(form, lower));
        set(form, upper, second);
        set(form, lower, first);
        moved.extend([upper, lower]);
        moves.extend([(upper, lower), (lower, upper)]);
    }
    if !alone {
        follow(form);
    }
    let away = |indicator: usize| {
        let at = form.at(indicator, Col::Current)?;
        Some((form.count(indicator, Col::Current)? as f64 - number(form, at)?).abs())
    };
    let small = |indicator| form.kind == Kind::Progress && away(indicator).is_some_and(|away| away < 20.0);
    if alone && (small(a) || small(b)) {
        return None;
    }
    marks.take(a);
    marks.take(b);
    let what = format!("指标{} and 指标{}: {columns:?}", a + 1, b + 1);
    let mut planted = Planted::over("T020", bounds(&moved)?, what).restores(moved).root();
    planted.moves = moves;
    Some(planted)
}

/// A cell inserted in one row: what follows stands one cell further right.
pub fn pushed_row(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let first = if form.kind == Kind::Breakdown { Col::City(0) } else { Col::Target };
    if is_producer(form)
        || form.first
        || form.column(Col::Added).is_some()
        || form.column(Col::Total).is_some()
    {
        return None;
    }
    let mut columns: Vec<Col> = form.figure_columns();
    if form.kind == Kind::Progress {
        if !has_typed_rates(form) {
            return None;
        }
        columns.push(Col::Rate);
    }
    let places: Vec<u32> = columns.iter().filter_map(|column| form.column(*column)).collect();
    let neighbours = places.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    let indicator = rng.below(indicators());
    let whole = columns.iter().all(|column| *column == Col::Rate || form.count(indicator, *column).is_some());
    if places.len() < 3 || !neighbours || !whole || !marks.is_free(indicator) {
        return None;
    }
    let row = form.rows[indicator];
    let before = form.page_ref().grid.clone();
    let (from, right) = (form.column(first)?, form.right());
    set(form, CellRef::new(row, from), Cell::default());
    let mut moves = Vec::new();
    for column in from..=right {
        let (at, to) = (CellRef::new(row, column), CellRef::new(row, column + 1));
        set(form, to, before.get(at).cloned().unwrap_or_default());
        moves.push((at, to));
    }
    marks.take(indicator);
    let own: Vec<CellRef> = places.iter().map(|column| CellRef::new(row, *column)).collect();
    let what = format!("指标{} pushed right from {first:?} on", indicator + 1);
    let mut planted = Planted::over("T013", bounds(&own)?, what).restores(own).root();
    planted.moves = moves;
    Some(planted)
}

// ---- magnitudes

/// A count as it stands, times a factor: 600家 as 6000家.
fn multiply(form: &mut Form, indicator: usize, column: Col, factor: f64) -> Option<CellRef> {
    let at = form.at(indicator, column)?;
    let times = number(form, at)? * factor;
    let value = match form.house {
        House::Plain => Value::Number(times),
        House::WithUnit => Value::from(format!("{times}{}", unit(indicator)).as_str()),
    };
    form.put(at, value);
    Some(at)
}

fn some_columns(form: &Form, rng: &mut Rng) -> Vec<Col> {
    let all = counted(form);
    match rng.below(4) {
        0 => vec![Col::Target],
        1 => all.into_iter().filter(|column| *column != Col::Target).collect(),
        2 => all,
        _ => vec![Col::Current],
    }
}

/// A zero too many in every figure of a column.
pub fn tenfold(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) || form.column(Col::Added).is_some() {
        return None;
    }
    let columns = some_columns(form, rng);
    let mut wrong = Vec::new();
    for column in &columns {
        wrong.extend((0..indicators()).filter_map(|indicator| multiply(form, indicator, *column, 10.0)));
    }
    let rates = rates(form, rng);
    seen(form, rates, &wrong)?;
    let what = format!("{columns:?} times ten, rates {rates:?}");
    Some(Planted::over("Q005", bounds(&wrong)?, what).restores(wrong).root())
}

/// Columns in 十, 百, 千 or 万, with the word or without.
pub fn in_magnitude(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) || form.column(Col::Added).is_some() {
        return None;
    }
    let columns = some_columns(form, rng);
    let (word, factor) = rng.pick(&[("十", 10.0), ("百", 100.0), ("千", 1000.0), ("万", 10_000.0)]);
    // A whole number with its unit is what it says: only the word tells.
    let worded = form.house == House::WithUnit || rng.chance(35);
    let mut wrong = Vec::new();
    for column in &columns {
        for indicator in 0..indicators() {
            let Some(count) = form.count(indicator, *column) else { continue };
            let at = form.at(indicator, *column)?;
            let share = count as f64 / factor;
            let own = if form.house == House::WithUnit { unit(indicator) } else { "" };
            if worded {
                form.put_text(at, format!("{share}{word}{own}"));
            } else {
                let (value, number_format) = (Value::Number(share), NumberFormat::GENERAL);
                form.page().grid.set(at, Cell { value, formula: None, number_format });
            }
            if count != 0 {
                wrong.push(at);
            }
        }
    }
    let rates = rates(form, rng);
    if worded {
        if wrong.len() < 5 {
            return None;
        }
    } else {
        seen(form, rates, &wrong)?;
    }
    let what = format!("{columns:?} in {word}, written: {worded}, rates {rates:?}");
    let place = bounds(&wrong)?;
    let planted = Planted::over("Q005", place, what).restores(wrong).root();
    // One finding a column is right too.
    Some(if columns.len() > 1 { planted.also(&["Q005"], place) } else { planted })
}

// ---- another kind

/// What was added in this period where the sum belongs.
pub fn growth(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) || form.first || form.column(Col::Previous).is_none() {
        return None;
    }
    let mut wrong = Vec::new();
    for indicator in 0..indicators() {
        let (Some(now), Some(before)) =
            (form.count(indicator, Col::Current), form.count(indicator, Col::Previous))
        else {
            continue;
        };
        let at = form.at(indicator, Col::Current)?;
        form.put(at, form.written(indicator, now - before));
        wrong.push(at);
    }
    let rates = rates(form, rng);
    // With rates that follow, 上期 and 本期 in each other's place look the same, but for what was reported and what
    // stands under 本期新增.
    let less = (0..indicators()).filter(|indicator| {
        let of = |column| form.count(*indicator, column);
        of(Col::Current).zip(of(Col::Previous)).is_none_or(|(now, before)| now - before < before)
    });
    let is_told = !form.reported.is_empty() || form.column(Col::Added).is_some();
    if rates == Rates::Followed && (less.count() < indicators() - 1 || !is_told) {
        return None;
    }
    seen(form, rates, &wrong)?;
    let what = format!("what was added for the sum, rates {rates:?}");
    Some(Planted::over("P011", bounds(&wrong)?, what).restores(wrong).root())
}

/// 完成率 in the column of 本期累计完成.
pub fn rates_for_figures(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) || !has_typed_rates(form) {
        return None;
    }
    let as_text = is_flat(form) || rng.chance(60);
    let mut wrong = Vec::new();
    for indicator in 0..indicators() {
        let (Some(now), Some(goal)) =
            (form.count(indicator, Col::Current), form.count(indicator, Col::Target))
        else {
            continue;
        };
        let at = form.at(indicator, Col::Current)?;
        let rate = now as f64 / goal as f64;
        let (value, number_format) = if as_text {
            (Value::from(rate_text(rate, 1).as_str()), NumberFormat::GENERAL)
        } else {
            (Value::Number((rate * 1000.0).round() / 1000.0), NumberFormat::new("0.0%"))
        };
        form.page().grid.set(at, Cell { value, formula: None, number_format });
        wrong.push(at);
    }
    Some(Planted::over("P011", bounds(&wrong)?, format!("rates for figures, as text: {as_text}")).root())
}

/// The zone's totals as the city's targets.
pub fn zone_targets(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) {
        return None;
    }
    let mut wrong = Vec::new();
    for indicator in 0..indicators() {
        if form.count(indicator, Col::Target).is_none() {
            continue;
        }
        let total: i64 = official().indicators[indicator].total.to_string().parse().ok()?;
        let at = form.at(indicator, Col::Target)?;
        form.put(at, form.written(indicator, total));
        wrong.push(at);
    }
    let rates = rates(form, rng);
    seen(form, rates, &wrong)?;
    Some(
        Planted::over("P006", bounds(&wrong)?, format!("zone's totals, rates {rates:?}"))
            .restores(wrong)
            .root(),
    )
}

/// Rates that were computed from other figures than those beside them: of the zone's totals, of the last period.
pub fn rates_of_others(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) || !has_typed_rates(form) {
        return None;
    }
    let last = !form.first && form.column(Col::Previous).is_some() && rng.chance(50);
    let mut wrong = Vec::new();
    for indicator in 0..indicators() {
        let (Some(now), Some(goal)) =
            (form.count(indicator, Col::Current), form.count(indicator, Col::Target))
        else {
            continue;
        };
        let total: f64 = official().indicators[indicator].total.to_string().parse().ok()?;
        let (done, of) = match form.count(indicator, Col::Previous).filter(|_| last) {
            Some(before) => (before as f64, goal as f64),
            None => (now as f64, total),
        };
        form.put_rate(indicator, done, of);
        wrong.push(form.at(indicator, Col::Rate)?);
    }
    if rows_changed(form, &wrong) < 5 || contradictions(form) < 5 {
        return None;
    }
    let what = if last { "rates of the last period" } else { "rates of the zone's totals" };
    Some(Planted::over("P004", bounds(&wrong)?, what).restores(wrong).root())
}
