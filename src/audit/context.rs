//! What every rule looks at: the table's figures, read once, with what is due in each cell.

use std::collections::BTreeMap;

use crate::breakdown::{Breakdown, CityId, Indicator, IndicatorId};
use crate::fixes::NewValue;
use crate::layout::{Column, Form, FoundTables, NoTable, Role, Row, Table};
use crate::model::{
    Areas, Cell, CellRef, Decimal, Format, Meaning, Period, Sheet, Value, Written, read_cell, read_value,
};

use super::Input;
use super::cause::takes_factor;

/// How the sheet writes its figures; a correction keeps to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HouseStyle {
    /// Numbers.
    Plain,
    /// `600项`, as the official table does.
    WithUnit,
}

/// What the breakdown asks of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Due {
    /// This number and no other: a target, a cell of the breakdown.
    Number(Decimal),
    /// A number that only the unit knows.
    Figure,
    /// `/`.
    NotApplicable,
    /// Not known: the city could not be told.
    Unknown,
}

/// One cell of quantities.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Where its value stands.
    pub at: CellRef,
    /// The row of its label.
    pub row: u32,
    pub role: Role,
    pub indicator: IndicatorId,
    pub city: Option<CityId>,
    pub written: Written,
    pub due: Due,
    pub style: HouseStyle,
    /// Stored as a number.
    pub stored_number: bool,
    pub formula: bool,
}

impl Figure {
    /// Whether it is written as a percentage.
    pub fn is_percentage(&self) -> bool {
        self.written.unit.as_deref() == Some("%")
    }
}

/// What a city reported for a period: the figures of 本期累计完成.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported {
    pub city: CityId,
    pub period: Period,
    /// The return's file name, for messages.
    pub file: String,
    /// Per indicator the figure; `None` for `/`.
    pub figures: Vec<(IndicatorId, Option<Decimal>)>,
}

impl Reported {
    pub fn figure(&self, indicator: IndicatorId) -> Option<Decimal> {
        self.figures.iter().find(|(id, _)| *id == indicator).and_then(|(_, figure)| *figure)
    }

    fn fullness(&self) -> usize {
        self.figures.iter().filter(|(_, figure)| figure.is_some()).count()
    }
}

/// What a city reported for each period before `before`, oldest first: the fullest of the reports that agree, else all
/// of those that do not.
pub fn history(
    reports: &[Reported],
    city: CityId,
    before: Period,
) -> Vec<(Period, Result<&Reported, Vec<&Reported>>)> {
    let mut by_period: BTreeMap<Period, Vec<&Reported>> = BTreeMap::new();
    for reported in reports.iter().filter(|reported| reported.city == city && reported.period < before) {
        by_period.entry(reported.period).or_default().push(reported);
    }
    by_period.into_iter().map(|(period, found)| (period, settled(found))).collect()
}

fn settled(found: Vec<&Reported>) -> Result<&Reported, Vec<&Reported>> {
    // They agree where no indicator has two figures.
    let mut stated: BTreeMap<IndicatorId, Decimal> = BTreeMap::new();
    let given = found
        .iter()
        .flat_map(|one| one.figures.iter().filter_map(|(indicator, figure)| Some((*indicator, (*figure)?))));
    let at_one =
        given.into_iter().all(|(indicator, figure)| *stated.entry(indicator).or_insert(figure) == figure);
    let fullest =
        found.iter().copied().reduce(|best, one| if one.fullness() > best.fullness() { one } else { best });
    fullest.filter(|_| at_one).ok_or(found)
}

/// A workbook under audit.
pub struct Context<'a> {
    pub input: Input<'a>,
    pub table: Result<&'a Table, &'a NoTable>,
    /// What else the workbook holds.
    pub found: &'a FoundTables,
    /// Every quantity of the recognised indicator rows, by row, then by column. Empty without a table.
    pub figures: Vec<Figure>,
    /// The city of a progress return.
    pub city: Option<CityId>,
    /// Those of the table's sheet.
    pub merges: Areas,
}

impl<'a> Context<'a> {
    pub fn new(input: Input<'a>, table: Result<&'a Table, &'a NoTable>, found: &'a FoundTables) -> Self {
        let progress = table.ok().filter(|table| table.form == Form::Progress);
        let city = progress.and_then(|table| table.interpretation.city.or_else(|| table.identity.city()));
        let sheet = table.ok().and_then(|table| input.workbook.sheets.get(table.sheet));
        let merges = sheet.map(|sheet| Areas::of(&sheet.merges)).unwrap_or_default();
        let mut context = Self { input, table, found, figures: Vec::new(), city, merges };
        if let Ok(table) = table {
            context.figures = context.read_figures(table);
            if table.interpretation.grown {
                context.add_last_period();
            }
        }
        context
    }

    /// What came in this period alone as the cumulative figure that it was meant to be.
    fn add_last_period(&mut self) {
        let before: Vec<(IndicatorId, Option<Decimal>)> = self
            .figures
            .iter()
            .filter(|figure| figure.role == Role::Previous)
            .map(|figure| (figure.indicator, figure.written.certain()))
            .collect();
        for figure in self.figures.iter_mut().filter(|figure| figure.role == Role::Current) {
            let before = before
                .iter()
                .find(|(indicator, _)| *indicator == figure.indicator)
                .and_then(|(_, before)| *before);
            if let (Meaning::Number(number), Some(before)) = (&mut figure.written.meaning, before) {
                *number = number.saturating_add(before);
            }
        }
    }

    pub const fn breakdown(&self) -> &'a Breakdown {
        self.input.breakdown
    }

    pub fn indicator(&self, id: IndicatorId) -> Option<&'a Indicator> {
        self.input.breakdown.indicator(id)
    }

    pub fn unit(&self, id: IndicatorId) -> &'a str {
        self.indicator(id).map_or("", |indicator| indicator.unit.as_str())
    }

    /// The sheet of the table.
    pub fn sheet(&self) -> Option<&'a Sheet> {
        self.input.workbook.sheets.get(self.table.ok()?.sheet)
    }

    pub fn sheet_index(&self) -> usize {
        self.table.map_or(0, |table| table.sheet)
    }

    pub fn cell(&self, at: CellRef) -> Option<&'a Cell> {
        self.sheet()?.grid.get(at)
    }

    /// What a cell holds, as a person would copy it: texts as stored, numbers in full.
    pub fn raw(&self, at: CellRef) -> String {
        match self.cell(at).map(|cell| (&cell.value, cell)) {
            Some((Value::Number(number), cell)) => match read_value(&cell.value).certain() {
                Some(exact) if !cell.number_format.is_date() => exact.normalize().to_string(),
                _ if cell.number_format.is_date() => cell.shown(),
                _ => number.to_string(),
            },
            Some((Value::Text(text), _)) => text.to_string(),
            Some((_, cell)) => cell.shown(),
            None => String::new(),
        }
    }

    pub fn figure(&self, indicator: IndicatorId, role: Role) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.indicator == indicator && figure.role == role)
    }

    /// Figures of a column that hold something: a number, a date made of one, a formula without a result.
    pub(super) fn figure_count(&self, column: u32) -> Option<usize> {
        let holds = |figure: &Figure| {
            figure.written.number().is_some()
                || figure.written.meaning == Meaning::Date
                || figure.formula && figure.written.meaning == Meaning::Blank
        };
        let count = self.figures.iter().filter(|figure| figure.at.column == column && holds(figure)).count();
        (count > 0).then_some(count)
    }

    /// Columns of figures in which a number stands.
    pub(super) fn filled_columns(&self) -> usize {
        let mut columns: Vec<u32> = self
            .figures
            .iter()
            .filter(|figure| figure.written.number().is_some())
            .map(|figure| figure.at.column)
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns.len()
    }

    /// A number in the sheet's house style.
    pub fn in_style(&self, number: Decimal, indicator: IndicatorId, style: HouseStyle) -> NewValue {
        match style {
            HouseStyle::Plain => NewValue::Number(number.normalize()),
            HouseStyle::WithUnit => NewValue::Text(format!("{}{}", number.normalize(), self.unit(indicator))),
        }
    }

    /// Texts above the table and below the one before it, row by row: its title, and lines such as 填报单位. Empty for
    /// a table on its side.
    pub fn titles(&self) -> Vec<(CellRef, &'a str)> {
        const ROWS: u32 = 20;
        let (Some(table), Some(sheet)) = (self.table.ok().filter(|table| table.is_upright()), self.sheet())
        else {
            return Vec::new();
        };
        let top = table.range.start.row;
        let others = self.found.tables.iter().filter(|other| other.sheet == table.sheet);
        let ended = others.map(|other| other.range.end.row).filter(|end| *end < top).max();
        sheet
            .grid
            .rows(top.saturating_sub(ROWS).max(ended.map_or(0, |end| end + 1)), top.saturating_sub(1))
            .filter(|(at, _)| at.row < top)
            .filter_map(
                |(at, cell)| if let Value::Text(text) = &cell.value { Some((at, &**text)) } else { None },
            )
            .collect()
    }

    /// Number and unit for a message: 600 项.
    pub fn spoken(&self, number: Decimal, indicator: IndicatorId) -> String {
        format!("{} {}", number.normalize(), self.unit(indicator))
    }

    /// The figure's indicator and column for messages: 指标 3 绵阳市, 指标 3 本期累计完成.
    pub fn place(&self, figure: &Figure) -> String {
        let label = self
            .indicator(figure.indicator)
            .map_or_else(String::new, |indicator| format!("指标 {}", indicator.number));
        match figure.role {
            Role::City(city) => format!("{label} {}", self.breakdown().city(city)),
            role => format!("{label} {}", role.caption(self.breakdown())),
        }
    }

    /// What the city reported half a year before this return, where it is known.
    pub fn previous(&self) -> Option<&'a Reported> {
        let period = self.period()?.previous();
        self.history().pop().filter(|reported| reported.period == period)
    }

    /// Everything that the city is known to have reported before this return: oldest first, one a period. A period for
    /// which two reports disagree is left out: which of them holds is not for the tool to say.
    pub fn history(&self) -> Vec<&'a Reported> {
        let (Some(city), Some(period)) = (self.city, self.period()) else { return Vec::new() };
        history(self.input.previous, city, period).into_iter().filter_map(|(_, known)| known.ok()).collect()
    }

    /// What the table itself reports: the figures of 本期累计完成 that are beyond doubt.
    pub(super) fn reported(&self) -> Option<Reported> {
        let (city, period) = (self.city?, self.period()?);
        let own =
            self.figures.iter().filter(|figure| figure.role == Role::Current && !figure.written.is_share());
        let figures: Vec<(IndicatorId, Option<Decimal>)> =
            own.map(|figure| (figure.indicator, figure.written.certain())).collect();
        let file = format!("工作表“{}”", self.sheet()?.name);
        Some(Reported { city, period, file, figures })
    }

    /// The period of a progress return.
    pub fn period(&self) -> Option<Period> {
        self.table.ok().filter(|table| table.form == Form::Progress)?.identity.period()
    }

    /// Half-years of the plan that are over at the end of the return's period, and all of them; `None` outside the
    /// plan.
    pub fn elapsed(&self) -> Option<(u32, u32)> {
        let ((first, last), period) = (self.breakdown().plan.as_ref()?.years, self.period()?);
        let elapsed = u32::from(period.year.checked_sub(first)?) * 2 + u32::from(period.month()) / 6;
        let whole = u32::from(last.saturating_sub(first)) * 2 + 2;
        (period.year <= last).then_some((elapsed, whole))
    }

    /// Whether the return is for the first period of the plan, before which there is none.
    pub fn is_first_period(&self) -> bool {
        self.breakdown()
            .plan
            .as_ref()
            .zip(self.period())
            .is_some_and(|(plan, period)| period.year == plan.years.0 && period.month() <= 6)
    }

    /// Whether a column of the past or of the period's own growth has no number at all, as in a first return, or is
    /// that of the past in the first period of all.
    pub fn is_first_return(&self, role: Role) -> bool {
        role == Role::Previous && self.is_first_period()
            || matches!(role, Role::Previous | Role::Added)
                && !self.figures.iter().any(|figure| figure.role == role && figure.written.number().is_some())
    }

    /// Whether plain digits in a text cell are normal for the format: only workbooks have number cells.
    pub const fn is_text_format(&self) -> bool {
        matches!(self.input.workbook.format, Format::Text | Format::Html | Format::Docx)
    }

    fn read_figures(&self, table: &Table) -> Vec<Figure> {
        let Some(sheet) = self.input.workbook.sheets.get(table.sheet) else { return Vec::new() };
        let columns: Vec<&Column> = table.figure_columns().collect();
        let rows: Vec<(&Row, IndicatorId)> =
            table.indicator_rows().map(|(row, found)| (row, found.indicator)).collect();
        let styles: Vec<HouseStyle> = self.styles(table, &columns, &rows, sheet);
        let mut figures = Vec::new();
        for (row, indicator) in &rows {
            for (column, style) in columns.iter().zip(&styles) {
                let lost = table.interpretation.lost.contains(&column.role);
                let Some(at) = table.place(row.row, column.index).filter(|_| !lost) else { continue };
                let city = match column.role {
                    Role::City(city) => Some(city),
                    _ => self.city,
                };
                let due = match (column.role, city) {
                    (_, None) | (Role::Total, _) => Due::Unknown,
                    _ if table.interpretation.foreign => Due::Unknown,
                    (role, Some(city)) => match (self.breakdown().target(*indicator, city), role) {
                        (None, _) => Due::NotApplicable,
                        (Some(target), Role::City(_) | Role::Target) => Due::Number(target),
                        (Some(_), _) => Due::Figure,
                    },
                };
                // A merged cell's value stands in its corner; the rest of it is not empty but covered.
                let cell = sheet.grid.get(self.merges.anchor(at));
                // The format of a rate stays in its column when a count is put there.
                let moved = matches!(cell, Some(Cell { value: Value::Number(_), .. }))
                    && at.column != column.header.column
                    && table.form == Form::Progress;
                let mut written = match cell {
                    Some(cell) if moved => read_value(&cell.value),
                    Some(cell) => read_cell(cell, self.unit(*indicator)),
                    None => read_value(&Value::Empty),
                };
                if written.is_share() && written.number().is_some() && self.unit(*indicator) != "%" {
                    // A share is no count, and must not be compared with one.
                    written.meaning = Meaning::Words;
                }
                if let Some(number) = table.interpretation.joined(row.row, column.index) {
                    written.meaning = Meaning::Number(number);
                }
                figures.push(Figure {
                    at,
                    row: row.row,
                    role: column.role,
                    indicator: *indicator,
                    city,
                    written: scaled(written, table.interpretation.scale(column.role)),
                    due,
                    style: *style,
                    stored_number: cell.is_some_and(|cell| matches!(cell.value, Value::Number(_))),
                    formula: cell.is_some_and(|cell| cell.formula.is_some()),
                });
            }
        }
        figures
    }

    /// The style of each column: what most of its regular cells have, else most of the table, else the form's own.
    fn styles(
        &self,
        table: &Table,
        columns: &[&Column],
        rows: &[(&Row, IndicatorId)],
        sheet: &Sheet,
    ) -> Vec<HouseStyle> {
        let mut votes: Vec<(usize, usize)> = Vec::new();
        // Where no cell is written in the ordinary way, the odd ones say whether units are written.
        let mut odd = (0, 0);
        for column in columns {
            let (mut plain, mut with_unit) = (0, 0);
            for (row, indicator) in rows {
                let Some(at) = table.place(row.row, column.index) else { continue };
                match sheet.grid.value(at) {
                    Value::Number(_) => plain += 1,
                    value @ Value::Text(_) => {
                        let written = read_cell(&Cell::new(value.clone()), self.unit(*indicator));
                        let has_unit = written.unit.as_deref() == Some(self.unit(*indicator));
                        if !matches!(written.meaning, Meaning::Number(_)) {
                            continue;
                        }
                        let vote = match (written.oddities.is_empty(), has_unit) {
                            (true, true) => &mut with_unit,
                            (true, false) if written.unit.is_none() && self.is_text_format() => &mut plain,
                            (_, true) => &mut odd.1,
                            _ => &mut odd.0,
                        };
                        *vote += 1;
                    }
                    _ => {}
                }
            }
            votes.push((plain, with_unit));
        }
        let all = votes.iter().fold((0, 0), |sum, vote| (sum.0 + vote.0, sum.1 + vote.1));
        let all = if all == (0, 0) { odd } else { all };
        let own = if table.form == Form::Progress { HouseStyle::Plain } else { HouseStyle::WithUnit };
        let elect = |(plain, with_unit): (usize, usize)| match plain.cmp(&with_unit) {
            std::cmp::Ordering::Greater => Some(HouseStyle::Plain),
            std::cmp::Ordering::Less => Some(HouseStyle::WithUnit),
            std::cmp::Ordering::Equal => None,
        };
        let whole = elect(all).unwrap_or(own);
        // Figures of one kind are written in one way; targets may be copied from the official table, with their units.
        let kind = |role: Role| match role {
            Role::Target | Role::Total => role,
            _ => Role::Current,
        };
        columns
            .iter()
            .map(|column| {
                let alike =
                    columns.iter().zip(&votes).filter(|(other, _)| kind(other.role) == kind(column.role));
                let vote = alike.fold((0, 0), |sum, (_, vote)| (sum.0 + vote.0, sum.1 + vote.1));
                if vote.0 + vote.1 >= 2 { elect(vote).unwrap_or(whole) } else { whole }
            })
            .collect()
    }
}

/// A number in another magnitude as the count it stands for.
fn scaled(mut written: Written, factor: Decimal) -> Written {
    if takes_factor(&written, factor)
        && let Meaning::Number(number) = &mut written.meaning
        && let Some(count) = number.checked_mul(factor)
    {
        *number = count;
    }
    written
}
