//! Family P: 完成率, how it is written and what it says of the figures that it is computed from.

use super::{code, rule};
use crate::audit::{
    Context, Draft, Due, Figure, percent, rates_of_last_period, rates_of_totals, rates_of_unknown,
    slip_of_hand, totals_for_targets,
};
use crate::fixes::{Edit, Fix, NewValue};
use crate::layout::{Column, LabelMatch, Role, Row, Table};
use crate::model::{
    Cell, CellRef, Decimal, Meaning, Range, Value, column_letters, dragged, fraction, hundredth, read_value,
    rounded,
};

/// Where a rate comes from that is computed anew.
const QUOTIENT: &str = "本期累计完成 ÷ 目标值";

rule! {
    /// ## 审核内容
    /// 完成率是否等于本期累计完成 ÷ 目标值（按显示的位数比较）；该列用公式的，公式是否就是这两列相除。
    /// ## 为什么
    /// 完成率由前两列算出，不一致说明改了数没有重算，或者有一个数填错了。
    /// ## 示例
    /// 完成 420、目标 600，完成率应为 70.0%，填了 60.0%。完成 240、目标 600，完成率填了 70.0%：按完成率反推应为 420，
    /// 多半是本期数颠倒了。
    /// ## 怎么改
    /// 两个数都没有疑问的，可一并重算；该列用公式的，补为公式。看来是本期数填错的，请先核对本期数。
    P004, Error, "完成率与完成数对不上", EachOrRoot(p004, p004_root)
}

fn p004_root(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    // Where the targets themselves are the totals, that is the cause.
    if totals_for_targets(context, table).is_some() {
        return None;
    }
    let city = context.breakdown().city(context.city?);
    let of_last_period = rates_of_last_period(context, table);
    let (found, of, instead, due) = match of_last_period {
        Some(found) => (found, "上期的完成率", "按上期累计算的", "按本期累计算".to_owned()),
        None => (
            rates_of_totals(context, table)?,
            "按全示范区总量",
            "按全示范区的总量算的",
            format!("按{city}的目标算"),
        ),
    };
    let column = table.column(Role::Rate)?.index;
    // Each as it would be put right alone.
    let alone = p004(context).into_iter().filter_map(|draft| draft.body.fix).flat_map(|fix| fix.edits);
    let edits =
        alone.filter(|edit| matches!(edit, Edit::Set { cell, .. } if cell.column == column)).collect();
    let (top, bottom) = table.data_rows()?;
    let range = Range::new(CellRef::new(top, column), CellRef::new(bottom, column));
    let message =
        format!("完成率一列 {}/{} 行是{instead}，应{due}。请核对后重算。", found.agreeing, found.rows);
    let draft = Draft::at(table.sheet, range, message)
        .found(of)
        .city(context.city)
        .fix(Fix::consent(edits, QUOTIENT));
    Some((draft, found.table))
}

/// A row's rate with the figures that it is computed from.
struct Rate<'a> {
    at: CellRef,
    cell: &'a Cell,
    current: &'a Figure,
    aim: &'a Figure,
    done: Decimal,
    goal: Decimal,
    /// 本期累计完成 ÷ 目标值.
    exact: Decimal,
    /// The goal is the official one and not what the sheet says.
    against_official: bool,
}

/// What a rate says of the figures where it does not fit them.
enum Sense {
    /// Only the rate is out of line.
    RateAlone,
    /// It is the rate of another figure: 上期.
    OfLastPeriod(Decimal),
    /// The current figure was meant to be another number.
    Meant { number: Decimal, slip: Option<&'static str>, doubtful: bool },
}

fn p004(context: &Context<'_>) -> Vec<Draft> {
    let Some(column) = Rates::of(context) else { return Vec::new() };
    column.rows.iter().filter_map(|row| wrong_rate(context, &column, row)).collect()
}

fn wrong_rate(context: &Context<'_>, column: &Rates<'_>, row: &Rate<'_>) -> Option<Draft> {
    let is_error = matches!(row.cell.value, Value::Error(_));
    let is_own = column.is_own_quotient(row);
    if is_own && !is_error {
        return None;
    }
    let own_way = column.formula(row.at.row);
    let draft = |message: String, expected: String| {
        let draft = Draft::at(column.table.sheet, Range::cell(row.at), message)
            .found(context.raw(row.at))
            .expected(expected);
        draft.indicator(row.current.indicator).city(context.city)
    };
    // An error or a word is put right in the way of the other rows.
    let broken = is_error || matches!(read_value(&row.cell.value).meaning, Meaning::Words | Meaning::Error);
    let read = if broken { None } else { Stated::read(row.cell, column.notation) };
    let right = read.is_some_and(|stated| stated.agrees(row.exact));
    if is_own {
        // An error of cells that can be divided is an old one, and goes when the program computes again; read as it was
        // meant, what cannot be divided is explained.
        let reason = cannot_divide(context, column, row.at.row)?;
        let stands = [row.aim, row.current].into_iter().all(|figure| context.is_as_meant(figure));
        let message = format!("完成率是 {}：{reason}。请先改好这一格，完成率会自动重算。", row.cell.shown());
        return (stands && row.aim.at.row == row.at.row)
            .then(|| draft(message, percent(row.exact, 1)).because(code::P006, row.aim.at));
    }
    if let Some(formula) = row.cell.formula.as_deref().filter(|formula| divides_others(formula, column.table))
    {
        let message =
            format!("完成率的公式“={formula}”不是本期累计完成 ÷ 目标值，应为 ={own_way}。请确认后改正。");
        let restored = vec![context.set(row.at, NewValue::Formula(own_way.clone()))];
        return Some(draft(message, format!("={own_way}")).fix(Fix::consent(restored, QUOTIENT)));
    }
    if right || read.is_none() && !broken {
        return None;
    }
    let read = read.or(column.example.filter(|_| broken)).unwrap_or_else(|| Stated::blank(row.cell));
    // A number without a format shows no zeros of its own.
    let bare = matches!(row.cell.value, Value::Number(_)) && !row.cell.number_format.is_percent();
    let places = if bare { read.places.max(column.places) } else { read.places };
    // A share says more digits than people read; a whole tenth needs one.
    let tenths = row.exact.saturating_mul(Decimal::ONE_THOUSAND);
    let shown = percent(row.exact, places.min(if tenths.fract().is_zero() { 1 } else { 2 }));
    let value = if column.computed { NewValue::Formula(own_way) } else { read.rewritten(row.exact, places) };
    let edits = vec![context.set(row.at, value)];
    let by = format!("{} ÷ {}", row.done.normalize(), row.goal.normalize());
    let written = format!("完成率写作 {}，按 {by} 应为 {shown}", row.cell.shown());
    // A mistyped target has its own finding, and the rate may be right.
    if row.against_official && row.aim.written.certain() != Some(row.goal) {
        return Some(draft(format!("{written}。请先核对目标值。"), shown).because(code::P006, row.aim.at));
    }
    // A current figure that was never brought up to date is said for the column.
    if column.repeated && !broken {
        return Some(
            draft(format!("{written}。请先核对本期数。"), shown).because(code::P002, row.current.at),
        );
    }
    let built_on = [row.current.at, row.aim.at];
    Some(match if broken { Sense::RateAlone } else { sense(context, row, &read) } {
        Sense::RateAlone => draft(format!("{written}。可一并重算。"), shown)
            .fix(Fix::safe(edits, QUOTIENT).resting_on(built_on)),
        Sense::OfLastPeriod(before) => {
            let message =
                format!("{written}；写的是上期 {} 的完成率，没有重算。请确认后改正。", before.normalize());
            draft(message, shown).fix(Fix::consent(edits, QUOTIENT).resting_on(built_on))
        }
        Sense::Meant { number, slip, doubtful } => {
            let slip = slip.map(|slip| format!("（疑似{slip}）")).unwrap_or_default();
            let spoken = context.spoken(number, row.current.indicator);
            let reckoned =
                format!("{written}；按完成率 {} 反推，本期应为 {spoken}{slip}", row.cell.shown().trim());
            if row.done.is_sign_negative() {
                draft(format!("{reckoned}。请先核对本期数。"), shown).because(code::Q011, row.current.at)
            } else if doubtful {
                meant(context, row.current, number, &reckoned)
            } else {
                let draft = draft(format!("{reckoned}。请核对是哪一个数有误。"), shown);
                draft.fix(Fix::consent(edits, QUOTIENT)).explains(vec![row.current.at])
            }
        }
    })
}

/// Why the two cells that a row's own formula divides give an error.
fn cannot_divide(context: &Context<'_>, column: &Rates<'_>, row: u32) -> Option<&'static str> {
    let value =
        |column: &Column| context.cell(CellRef::new(row, column.header.column)).map(|cell| &cell.value);
    match (value(column.current), value(column.target)) {
        (_, None | Some(Value::Empty)) => Some("目标值是空白"),
        (_, Some(Value::Number(0.0))) => Some("目标值是 0"),
        (_, Some(Value::Text(_) | Value::Error(_))) => Some("目标值不是数字"),
        (Some(Value::Text(_) | Value::Error(_)), _) => Some("本期累计完成不是数字"),
        _ => None,
    }
}

/// The current figure is the one in doubt, and the rate says what it was meant to be.
fn meant(context: &Context<'_>, current: &Figure, number: Decimal, reckoned: &str) -> Draft {
    let value = context.styled(number, current);
    let expected = value.shown();
    let message = format!("{reckoned}。请核对本期数，完成率没有错的，改为 {expected}。");
    let fix = Fix::consent(vec![context.set(current.at, value)], "按完成率反推，由填报单位确认");
    context.draft(current, message).expected(expected).fix(fix).explains(vec![current.at])
}

/// The column of rates, and how it is written.
struct Rates<'a> {
    table: &'a Table,
    current: &'a Column,
    target: &'a Column,
    rows: Vec<Rate<'a>>,
    notation: Notation,
    /// Most rows are formulas.
    computed: bool,
    /// The column's own way of computing, as most rows have it, and the row it stands in.
    model: Option<(&'a str, u32)>,
    /// A rate as the column writes it.
    example: Option<Stated>,
    /// Decimals of the most exact row.
    places: u32,
    /// Most rates are those of other figures than the current ones.
    repeated: bool,
}

impl<'a> Rates<'a> {
    fn of(context: &'a Context<'_>) -> Option<Self> {
        let table = context.table.ok()?;
        let rate = context.judged_column(Role::Rate)?;
        let (current, target) = (table.column(Role::Current)?, table.column(Role::Target)?);
        let rows = rows(context, table, rate);
        let notation = Notation::of(&rows, rate);
        let stated: Vec<Stated> = rows.iter().filter_map(|row| Stated::read(row.cell, notation)).collect();
        let computed = rows.iter().filter(|row| row.cell.formula.is_some()).count() * 2 > rows.len();
        let repeated = rates_of_unknown(context, table) * 2 > rows.len();
        // As exact as the other rows are; a computed share with all its digits is no example.
        let places =
            stated.iter().map(|stated| stated.places).filter(|places| *places <= 4).max().unwrap_or(0);
        let example = stated.first().copied();
        let mut column =
            Self { table, current, target, rows, notation, computed, model: None, example, places, repeated };
        let own = column.rows.iter().find(|row| column.is_own_quotient(row));
        column.model = own.and_then(|row| Some((row.cell.formula.as_deref()?, row.at.row)));
        Some(column)
    }

    fn is_own_quotient(&self, row: &Rate<'_>) -> bool {
        let quotient = || quotient(self.current, self.target, row.at.row);
        row.cell.formula.as_deref().is_some_and(|formula| is_quotient(formula, &quotient()))
    }

    /// The formula of a row in the column's own way.
    fn formula(&self, row: u32) -> String {
        self.model.map_or_else(
            || quotient(self.current, self.target, row),
            |(formula, from)| dragged(formula, from, row),
        )
    }
}

fn rows<'a>(context: &'a Context<'_>, table: &Table, rate: &Column) -> Vec<Rate<'a>> {
    let row = |(row, found): (&Row, LabelMatch)| {
        let at = table.place(row.row, rate.index)?;
        let (current, aim) =
            (context.figure(found.indicator, Role::Current)?, context.figure(found.indicator, Role::Target)?);
        let done = current.written.certain().filter(|_| current.due != Due::NotApplicable)?;
        let official = if let Due::Number(official) = aim.due { Some(official) } else { None };
        let goal = official.or_else(|| aim.written.certain()).filter(|goal| !goal.is_zero())?;
        let exact = done.checked_div(goal)?;
        Some(Rate {
            at,
            cell: context.cell(at)?,
            current,
            aim,
            done,
            goal,
            exact,
            against_official: official.is_some(),
        })
    };
    table.indicator_rows().filter_map(row).collect()
}

/// What the rate of a row is the rate of, if not of its figures.
fn sense(context: &Context<'_>, row: &Rate<'_>, stated: &Stated) -> Sense {
    let before =
        context.figure(row.current.indicator, Role::Previous).and_then(|figure| figure.written.certain());
    let share = |number: Decimal| number.checked_div(row.goal);
    if let Some(before) = before.filter(|before| *before != row.done && !before.is_zero())
        && share(before).is_some_and(|exact| stated.agrees(exact))
    {
        return Sense::OfLastPeriod(before);
    }
    let is_odd = |number: Decimal| {
        number.is_sign_negative()
            || before.is_some_and(|before| number < before)
            || number > row.goal.saturating_mul(fraction(12, 1))
    };
    let candidates: Vec<Decimal> =
        reckoned(row.goal, stated).into_iter().filter(|number| !is_odd(*number)).collect();
    let doubtful = is_odd(row.done) || !row.done.fract().is_zero();
    let slipped = candidates.iter().find_map(|number| Some((*number, slip_of_hand(row.done, *number)?)));
    match (slipped, candidates.as_slice()) {
        (Some((number, slip)), _) => Sense::Meant { number, slip: Some(slip), doubtful },
        (None, [number]) if doubtful => Sense::Meant { number: *number, slip: None, doubtful },
        _ => Sense::RateAlone,
    }
}

/// The whole numbers that have the stated rate of a goal, as far as its decimals tell; none where they are many.
fn reckoned(goal: Decimal, stated: &Stated) -> Vec<Decimal> {
    const MOST: u32 = 40;
    let half = half_of_last_place(stated.places);
    let (Some(low), Some(high)) = (
        stated.share.checked_sub(half).and_then(|share| share.checked_mul(goal)),
        stated.share.checked_add(half).and_then(|share| share.checked_mul(goal)),
    ) else {
        return Vec::new();
    };
    let (first, last) = (low.ceil().max(Decimal::ONE), high.floor());
    if last < first || last.saturating_sub(first) > Decimal::from(MOST) {
        return Vec::new();
    }
    (0..=MOST)
        .map(|step| first.saturating_add(Decimal::from(step)))
        .take_while(|number| *number <= last)
        .collect()
}

/// The quotient of a row as its header says it, wherever an accident has moved the figures.
fn quotient(current: &Column, target: &Column, row: u32) -> String {
    format!(
        "{}{1}/{2}{1}",
        column_letters(current.header.column),
        row.saturating_add(1),
        column_letters(target.header.column)
    )
}

/// A formula without blanks and `$`, in capitals, cut at brackets and commas; `*100` and `*100%` taken off.
fn terms(formula: &str) -> Vec<String> {
    let bare: String = formula.chars().filter(|c| !matches!(c, '$' | ' ')).collect::<String>().to_uppercase();
    let plain = |part: &str| {
        ["*100%", "*100"].iter().find_map(|tail| part.strip_suffix(tail)).unwrap_or(part).to_owned()
    };
    bare.split(['(', ')', ',', ';']).map(plain).collect()
}

/// Whether a formula gives the quotient, perhaps with `$`, IF, IFERROR or ROUND around it.
fn is_quotient(formula: &str, quotient: &str) -> bool {
    terms(formula).iter().any(|part| part == quotient)
}

/// Whether a formula is a quotient of two cells of the table's own figures: of other ones than it should be, that is.
fn divides_others(formula: &str, table: &Table) -> bool {
    let figure = |text: &str| {
        text.parse::<CellRef>().is_ok_and(|at| {
            table.figure_columns().any(|column| column.index == at.column)
                && table.row_range(at.row).contains(at)
        })
    };
    terms(formula).iter().any(|part| {
        part.split_once('/').is_some_and(|(dividend, divisor)| figure(dividend) && figure(divisor))
    })
}

/// How a column writes its rates where no sign or format says it.
#[derive(Clone, Copy, PartialEq)]
enum Notation {
    /// 0.7.
    Share,
    /// 70.
    Points,
}

impl Notation {
    /// The way in which most rows come right; else what the caption says (完成率（%）); else what most plain numbers of
    /// the column are: a rate of 150 % and more is rarer than one of 1.5 points.
    fn of(rows: &[Rate<'_>], rate: &Column) -> Self {
        let right = |notation| {
            rows.iter()
                .filter(|row| Stated::read(row.cell, notation).is_some_and(|stated| stated.agrees(row.exact)))
                .count()
        };
        let (share, points) = (right(Self::Share), right(Self::Points));
        if share != points {
            return if share > points { Self::Share } else { Self::Points };
        }
        if rate.caption.contains(['%', '％']) {
            return Self::Points;
        }
        let (mut great, mut all) = (0, 0);
        for cell in rows.iter().map(|row| row.cell).filter(|cell| !cell.number_format.is_percent()) {
            if let Value::Number(number) = cell.value
                && number > 0.0
            {
                all += 1;
                great += usize::from(number > 1.5);
            }
        }
        if great * 2 > all { Self::Points } else { Self::Share }
    }
}

/// A rate as it stands in its cell.
#[derive(Clone, Copy)]
struct Stated {
    /// As a share: 0.7 for 70%.
    share: Decimal,
    /// Decimals of the percentage that are shown.
    places: u32,
    /// Decimals of the percentage that are stored.
    stored: u32,
    writing: Writing,
}

#[derive(Clone, Copy, PartialEq)]
enum Writing {
    /// A stored share.
    Share,
    /// Percentage points without a sign: 70 for 70%.
    Points,
    /// Text with a sign.
    Text,
}

impl Stated {
    fn read(cell: &Cell, notation: Notation) -> Option<Self> {
        let places = |text: &str| {
            text.trim_end_matches(['%', '％']).split_once('.').map_or(0, |(_, decimals)| {
                u32::try_from(decimals.chars().filter(char::is_ascii_digit).count()).unwrap_or(0)
            })
        };
        let written = read_value(&cell.value);
        let number = written.certain()?;
        let shown = || places(&cell.shown());
        let (share, places, writing) = match (&cell.value, written.unit.as_deref()) {
            (Value::Number(_), _) if cell.number_format.is_percent() => (number, shown(), Writing::Share),
            (Value::Number(_), _) if notation == Notation::Points => {
                (hundredth(number), shown(), Writing::Points)
            }
            (Value::Number(_), _) => (number, shown().saturating_sub(2), Writing::Share),
            (Value::Text(text), Some("%")) => (hundredth(number), places(text), Writing::Text),
            _ => return None,
        };
        Some(Self { share, places, stored: share.normalize().scale().saturating_sub(2), writing })
    }

    /// A rate where the column has none to follow.
    fn blank(cell: &Cell) -> Self {
        let writing = if cell.number_format.is_percent() { Writing::Share } else { Writing::Text };
        Self { share: Decimal::ZERO, places: 1, stored: 1, writing }
    }

    /// Within half of the last shown place; a tie may go either way.
    fn agrees(&self, exact: Decimal) -> bool {
        self.share.saturating_sub(exact).abs() <= half_of_last_place(self.places)
            || self.share.saturating_mul(Decimal::ONE_HUNDRED).round_dp(self.places)
                == exact.saturating_mul(Decimal::ONE_HUNDRED).round_dp(self.places)
    }

    /// Another rate in the same writing, with at least `places` decimals of the percentage and never fewer than stood
    /// there.
    fn rewritten(&self, exact: Decimal, places: u32) -> NewValue {
        let places = places.max(self.stored).min(MOST_PLACES);
        let share = rounded(exact, places.saturating_add(2));
        match self.writing {
            Writing::Text => NewValue::Text(percent(exact, self.places)),
            Writing::Points => NewValue::Number(share.saturating_mul(Decimal::ONE_HUNDRED).normalize()),
            Writing::Share => NewValue::Number(share.normalize()),
        }
    }
}

/// As many decimals of a percentage as a stored double holds.
const MOST_PLACES: u32 = 14;

/// Half of the last place of a percentage with so many decimals, as a share.
fn half_of_last_place(places: u32) -> Decimal {
    fraction(5, places.min(MOST_PLACES) + 3)
}
