//! Clean forms as reporting units lay them out: titles, corners, captions, extra columns, house styles, notes, other
//! sheets, periods. Written from the plan and from real sheets, not from what the audit can do.

use std::collections::BTreeMap;

use indicator_companion::audit::Reported;
use indicator_companion::breakdown::{Breakdown, CityId, IndicatorId};
use indicator_companion::model::{
    Cell, CellRef, Decimal, Format, Half, NumberFormat, Period, Range, Sheet, Value, Visibility, Workbook,
};

use crate::random::Rng;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Breakdown,
    Progress,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Col {
    Serial,
    Label,
    Unit,
    City(usize),
    Total,
    Target,
    Previous,
    Added,
    Current,
    Rate,
    Explanation,
    Remark,
    /// 责任单位, 联系人 and the like.
    Extra(usize),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum House {
    Plain,
    WithUnit,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RateStyle {
    /// `=F4/D4` with the value that the spreadsheet program last computed.
    Formula,
    /// `=F4/D4` as a library writes it, without a value.
    BareFormula,
    /// 0.633 under `0.0%`.
    Fraction,
    /// "63.3%".
    Text,
    /// 63.3 under a caption with （%）.
    Hundred,
}

/// How a form reaches the audit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carrier {
    /// As a reader would give it.
    Memory,
    /// Written as .xlsx and read again.
    Xlsx,
    /// A workbook of another producer, its cells changed inside its own package.
    Producer(usize),
    CsvUtf8,
    CsvGb18030,
    Html,
}

impl Carrier {
    /// Text only: no formulas, number formats, merges or further sheets.
    pub fn is_flat(self) -> bool {
        matches!(self, Self::CsvUtf8 | Self::CsvGb18030 | Self::Html)
    }
}

#[derive(Clone, Debug)]
pub struct Form {
    pub carrier: Carrier,
    pub kind: Kind,
    pub workbook: Workbook,
    /// The same form without faults.
    pub clean: Workbook,
    pub file_name: String,
    pub sheet: usize,
    /// First row of the captions and the row right above the figures.
    pub top: u32,
    pub header: u32,
    /// Row of each indicator.
    pub rows: Vec<u32>,
    pub columns: BTreeMap<Col, u32>,
    pub house: House,
    pub rate: RateStyle,
    /// Decimals of a shown rate.
    pub decimals: usize,
    pub city: usize,
    pub period: Period,
    /// The first return has nothing before it.
    pub first: bool,
    /// Earlier returns at hand.
    pub reported: Vec<Reported>,
    /// Every count of the form by column and indicator; `None` is `/`.
    pub counts: BTreeMap<(Col, usize), Option<i64>>,
    pub titles: Vec<CellRef>,
    /// Where city and period are said.
    pub says_city: Vec<Says>,
    pub says_period: Vec<Says>,
    /// What kind of layout this is, for a report of a miss.
    pub words: Vec<String>,
    /// Formulas have become values.
    pub frozen: bool,
    /// Where the figures stand, in a table that does not stand as the official one does.
    pub places: BTreeMap<(Col, usize), CellRef>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Says {
    Title,
    Line,
    SheetName,
    FileName,
}

pub const ZONE: &str = "成德绵国家科技成果转移转化示范区";

pub fn official() -> &'static Breakdown {
    Breakdown::official()
}

pub fn target(indicator: usize, city: usize) -> Option<i64> {
    let target = official().indicators[indicator].targets[city]?;
    Some(target.to_string().parse().expect("whole targets"))
}

pub fn unit(indicator: usize) -> &'static str {
    &official().indicators[indicator].unit
}

pub fn label(indicator: usize) -> &'static str {
    &official().indicators[indicator].label
}

pub fn indicators() -> usize {
    official().indicators.len()
}

pub fn city_name(city: usize) -> &'static str {
    &official().cities[city]
}

impl Form {
    pub fn at(&self, indicator: usize, column: Col) -> Option<CellRef> {
        if !self.places.is_empty() {
            return self.places.get(&(column, indicator)).copied();
        }
        Some(CellRef::new(self.rows[indicator], *self.columns.get(&column)?))
    }

    pub fn column(&self, column: Col) -> Option<u32> {
        self.columns.get(&column).copied()
    }

    pub fn count(&self, indicator: usize, column: Col) -> Option<i64> {
        self.counts.get(&(column, indicator)).copied().flatten()
    }

    pub fn page(&mut self) -> &mut Sheet {
        let sheet = self.sheet;
        &mut self.workbook.sheets[sheet]
    }

    pub fn page_ref(&self) -> &Sheet {
        &self.workbook.sheets[self.sheet]
    }

    pub fn value(&self, at: CellRef) -> Value {
        self.page_ref().grid.value(at).clone()
    }

    /// Puts a value and keeps the cell's number format; a formula goes.
    pub fn put(&mut self, at: CellRef, value: Value) {
        if value.is_empty() {
            self.page().grid.remove(at);
            return;
        }
        let number_format =
            self.page_ref().grid.get(at).map(|cell| cell.number_format.clone()).unwrap_or_default();
        self.page().grid.set(at, Cell { value, formula: None, number_format });
    }

    pub fn put_text(&mut self, at: CellRef, text: impl AsRef<str>) {
        self.put(at, Value::from(text.as_ref()));
    }

    /// A count as this form writes it.
    pub fn written(&self, indicator: usize, count: i64) -> Value {
        match self.house {
            House::Plain => Value::Number(count as f64),
            House::WithUnit => Value::from(format!("{count}{}", unit(indicator)).as_str()),
        }
    }

    /// Text of a count in some writing, with the unit where this form has one.
    pub fn styled(&self, indicator: usize, digits: &str) -> String {
        match self.house {
            House::Plain => digits.to_owned(),
            House::WithUnit => format!("{digits}{}", unit(indicator)),
        }
    }

    pub fn first_row(&self) -> u32 {
        *self.rows.iter().min().expect("rows")
    }

    pub fn last_row(&self) -> u32 {
        *self.rows.iter().max().expect("rows")
    }

    pub fn left(&self) -> u32 {
        *self.columns.values().min().expect("columns")
    }

    pub fn right(&self) -> u32 {
        *self.columns.values().max().expect("columns")
    }

    pub fn table(&self) -> Range {
        Range::new(CellRef::new(self.top, self.left()), CellRef::new(self.last_row(), self.right()))
    }

    /// The figures of a column.
    pub fn span(&self, column: u32) -> Range {
        Range::new(CellRef::new(self.first_row(), column), CellRef::new(self.last_row(), column))
    }

    pub fn row(&self, indicator: usize) -> Range {
        Range::new(
            CellRef::new(self.rows[indicator], self.left()),
            CellRef::new(self.rows[indicator], self.right()),
        )
    }

    /// Columns of counts.
    pub fn figure_columns(&self) -> Vec<Col> {
        self.columns
            .keys()
            .copied()
            .filter(|column| {
                matches!(column, Col::City(_) | Col::Target | Col::Previous | Col::Added | Col::Current)
            })
            .collect()
    }

    pub fn is_applicable(&self, indicator: usize) -> bool {
        self.kind == Kind::Breakdown || target(indicator, self.city).is_some()
    }

    /// Writes 完成率 of a row from two counts.
    pub fn put_rate(&mut self, indicator: usize, current: f64, target: f64) {
        let Some(at) = self.at(indicator, Col::Rate) else { return };
        let cell = self.rate_cell(indicator, current, target);
        self.page().grid.set(at, cell);
    }

    fn rate_cell(&self, indicator: usize, current: f64, target: f64) -> Cell {
        let rate = current / target;
        let percent = NumberFormat::new(match self.decimals {
            0 => "0%",
            1 => "0.0%",
            _ => "0.00%",
        });
        let rounded = |digits: usize| half_up(rate, digits).parse::<f64>().expect("a number");
        match self.rate {
            RateStyle::Formula | RateStyle::BareFormula => {
                let (current, target) = (
                    self.at(indicator, Col::Current).expect("current"),
                    self.at(indicator, Col::Target).expect("target"),
                );
                let value = if self.rate == RateStyle::Formula { Value::Number(rate) } else { Value::Empty };
                Cell {
                    value,
                    formula: Some(format!("{current}/{target}").as_str().into()),
                    number_format: percent,
                }
            }
            RateStyle::Fraction => {
                // Pasted values keep every digit, typed ones those that are shown.
                let value = if indicator.is_multiple_of(2) { rate } else { rounded(self.decimals + 2) };
                Cell { value: Value::Number(value), formula: None, number_format: percent }
            }
            RateStyle::Text => Cell::new(Value::from(rate_text(rate, self.decimals).as_str())),
            RateStyle::Hundred => {
                let digits = self.decimals;
                let value = half_up(rate * 100.0, digits).parse::<f64>().expect("a number");
                let format = ["0", "0.0", "0.00"][digits.min(2)];
                Cell { value: Value::Number(value), formula: None, number_format: NumberFormat::new(format) }
            }
        }
    }

    /// Values instead of formulas, in the faulty copy and in the clean one: for faults that move rows or columns.
    pub fn freeze(&mut self) {
        if std::mem::replace(&mut self.frozen, true) {
            return;
        }
        if matches!(self.rate, RateStyle::Formula | RateStyle::BareFormula) {
            self.rate = RateStyle::Fraction;
        }
        for indicator in 0..indicators() {
            if let (Some(current), Some(target)) =
                (self.count(indicator, Col::Current), self.count(indicator, Col::Target))
                && self.at(indicator, Col::Rate).is_some()
            {
                self.put_rate(indicator, current as f64, target as f64);
            }
            if let (Some(at), Some(total)) =
                (self.at(indicator, Col::Total), self.count(indicator, Col::Total))
            {
                let value = self.written(indicator, total);
                self.put(at, value);
            }
        }
        self.clean = self.workbook.clone();
    }

    pub fn has_formulas(&self) -> bool {
        self.page_ref().grid.cells().any(|(_, cell)| cell.formula.is_some())
    }

    /// Figures whose writing can hold a number format that is not General.
    pub fn says(&mut self, word: impl Into<String>) {
        self.words.push(word.into());
    }
}

/// 0.6333 at one decimal: 63.3%.
pub fn rate_text(rate: f64, decimals: usize) -> String {
    format!("{}%", half_up(rate * 100.0, decimals))
}

/// Rounded half up, as spreadsheet programs show it.
fn half_up(number: f64, decimals: usize) -> String {
    let scale = 10f64.powi(decimals as i32);
    format!("{:.decimals$}", ((number * scale) + 0.5 + 1e-9).floor() / scale)
}

/// The six ends of half-years of the plan's three years.
pub const PERIODS: [Period; 6] = [
    Period { year: 2018, half: Half::June },
    Period { year: 2018, half: Half::December },
    Period { year: 2019, half: Half::June },
    Period { year: 2019, half: Half::December },
    Period { year: 2020, half: Half::June },
    Period { year: 2020, half: Half::December },
];

/// A plausible course of one indicator over the periods: never falling, mostly moving, some early, some late at first.
fn course(rng: &mut Rng, target: i64) -> [i64; 6] {
    let mut counts = [0; 6];
    let last = 0.97 + 0.11 * rng.share();
    let bend = 0.75 + 0.4 * rng.share();
    let early = rng.chance(12);
    let mut before = 0;
    for (at, count) in counts.iter_mut().enumerate() {
        let way = (at + 1) as f64 / 6.0;
        let share = if early {
            (way * 1.45).min(1.0) * (1.0 + 0.05 * rng.share())
        } else {
            last * way.powf(bend) * (0.96 + 0.05 * rng.share())
        };
        let due = (target as f64 * share).round() as i64;
        *count = due.max(before).min(target + target / 10);
        if target >= 100 && *count == before && !early {
            *count += 1;
        }
        before = *count;
    }
    if target < 10 {
        // One or eight of a thing: nothing for a while, then there.
        let start = rng.below(3);
        for (at, count) in counts.iter_mut().enumerate() {
            *count = if at < start { 0 } else { ((target * (at as i64 + 1) + 5) / 6).min(target) };
        }
        if target == 1 {
            let there = 1 + rng.below(4);
            for (at, count) in counts.iter_mut().enumerate() {
                *count = i64::from(at >= there);
            }
        }
    }
    counts
}

struct Sketch<'r> {
    rng: &'r mut Rng,
    carrier: Carrier,
    cells: BTreeMap<CellRef, Cell>,
    merges: Vec<Range>,
    words: Vec<String>,
}

impl Sketch<'_> {
    fn text(&mut self, row: u32, column: u32, text: impl AsRef<str>) {
        self.cells.insert(CellRef::new(row, column), Cell::new(Value::from(text.as_ref())));
    }

    fn merge(&mut self, a: CellRef, b: CellRef) {
        if self.carrier != Carrier::CsvUtf8 && self.carrier != Carrier::CsvGb18030 && a != b {
            self.merges.push(Range::new(a, b));
        }
    }
}

/// What the figures of a city come to over the periods.
pub type Courses = Vec<Option<[i64; 6]>>;

pub fn courses(rng: &mut Rng, city: usize) -> Courses {
    (0..indicators()).map(|indicator| target(indicator, city).map(|target| course(rng, target))).collect()
}

/// The part that a form has in a file of several tables.
#[derive(Clone)]
pub struct Seat {
    pub city: usize,
    /// The first period that was reported, and this one.
    pub first: usize,
    pub when: usize,
    pub courses: Courses,
}

/// A clean form.
pub fn build(rng: &mut Rng, kind: Kind, carrier: Carrier) -> Form {
    seated(rng, kind, carrier, None)
}

/// A clean form, perhaps one of several in a file: then its own sheet says whose it is and of when.
pub fn seated(rng: &mut Rng, kind: Kind, carrier: Carrier, seat: Option<&Seat>) -> Form {
    let mut sketch = Sketch { rng, carrier, cells: BTreeMap::new(), merges: Vec::new(), words: Vec::new() };
    let flat = carrier.is_flat();
    let (city, first_period, when) = match seat {
        Some(seat) => (seat.city, seat.first, seat.when),
        None => {
            let city = sketch.rng.below(3);
            let first_period = sketch.rng.below(2);
            (city, first_period, first_period + sketch.rng.below(6 - first_period))
        }
    };
    let period = PERIODS[when];
    let first = when == first_period;
    let house = if sketch.rng.chance(if kind == Kind::Breakdown { 50 } else { 20 }) {
        House::WithUnit
    } else {
        House::Plain
    };
    let corner = CellRef::new(sketch.rng.pick(&[0, 0, 0, 0, 1, 2]), sketch.rng.pick(&[0, 0, 0, 0, 1, 2, 3]));

    let order = columns(&mut sketch, kind, house, first);
    let columns: BTreeMap<Col, u32> =
        order.iter().zip(corner.column..).map(|(column, at)| (*column, at)).collect();
    let right = corner.column + order.len() as u32 - 1;

    let rate = if flat {
        sketch.rng.pick(&[RateStyle::Text, RateStyle::Text, RateStyle::Hundred])
    } else {
        sketch.rng.pick(&[
            RateStyle::Formula,
            RateStyle::Formula,
            RateStyle::BareFormula,
            RateStyle::Fraction,
            RateStyle::Text,
            RateStyle::Hundred,
        ])
    };
    let decimals = sketch.rng.pick(&[0, 1, 1, 1, 2, 2]);

    // Who and when, and where that is said.
    let (mut says_city, mut says_period) = (Vec::new(), Vec::new());
    let mut file_name = String::new();
    let mut sheet_name = String::new();
    let mut titles = Vec::new();
    let mut row = corner.row;
    match kind {
        Kind::Breakdown => {
            let lines = breakdown_titles(&mut sketch);
            for line in lines {
                put_title(&mut sketch, row, corner.column, right, &line, &mut titles);
                row += 1;
            }
            file_name = sketch
                .rng
                .pick(&[
                    "指标分解表",
                    "分解表",
                    "附件-建设指标分解表",
                    "上报表",
                    "新建 Microsoft Excel 工作表",
                    "成德绵示范区指标分解表（定稿）",
                ])
                .to_owned();
            sheet_name = sketch.rng.pick(&["Sheet1", "指标分解表", "分解表", "Sheet3", "附件"]).to_owned();
        }
        Kind::Progress => progress_identity(
            &mut sketch,
            city,
            period,
            &mut row,
            corner.column,
            right,
            &mut Saying {
                alone: seat.is_none(),
                titles: &mut titles,
                says_city: &mut says_city,
                says_period: &mut says_period,
                file_name: &mut file_name,
                sheet_name: &mut sheet_name,
            },
        ),
    }
    let top = row;
    let dates = (!first).then_some((period.previous(), period));
    let header = captions(&mut sketch, kind, &columns, &order, top, rate, dates);
    let rows: Vec<u32> = (0..indicators() as u32).map(|at| header + 1 + at).collect();

    let mut counts: BTreeMap<(Col, usize), Option<i64>> = BTreeMap::new();
    let courses = seat.map_or_else(|| courses(sketch.rng, city), |seat| seat.courses.clone());
    for (indicator, course) in courses.iter().enumerate() {
        match kind {
            Kind::Breakdown => {
                for city in 0..official().cities.len() {
                    counts.insert((Col::City(city), indicator), target(indicator, city));
                }
                let total = (0..official().cities.len()).filter_map(|city| target(indicator, city)).sum();
                counts.insert((Col::Total, indicator), Some(total));
            }
            Kind::Progress => {
                counts.insert((Col::Target, indicator), target(indicator, city));
                let now = course.map(|course| course[when]);
                counts.insert((Col::Current, indicator), now);
                let before = course.map(|course| if when == 0 { 0 } else { course[when - 1] });
                // Nothing stands before the first return.
                counts.insert((Col::Previous, indicator), before.filter(|_| !first));
                counts.insert(
                    (Col::Added, indicator),
                    now.zip(before).map(|(now, before)| if first { now } else { now - before }),
                );
            }
        }
    }

    let mut form = Form {
        carrier,
        kind,
        workbook: Workbook {
            format: Format::Xlsx,
            sheets: vec![Sheet::default()],
            date_1904: false,
            remarks: Vec::new(),
        },
        clean: Workbook { format: Format::Xlsx, sheets: Vec::new(), date_1904: false, remarks: Vec::new() },
        file_name,
        sheet: 0,
        top,
        header,
        rows,
        columns,
        house,
        rate,
        decimals,
        city,
        period,
        first,
        reported: Vec::new(),
        counts,
        titles,
        says_city,
        says_period,
        words: Vec::new(),
        frozen: false,
        places: BTreeMap::new(),
    };
    let figure_format =
        if flat { "General" } else { sketch.rng.pick(&["General", "General", "General", "0", "#,##0", "@"]) };
    fill(&mut sketch, &mut form, figure_format);
    foot(&mut sketch, &form, right);

    form.words = sketch.words.clone();
    form.says(format!(
        "{kind:?} {carrier:?} {house:?} {rate:?} corner {corner} header {top}-{header} {figure_format}"
    ));
    let (cells, merges) = (std::mem::take(&mut sketch.cells), std::mem::take(&mut sketch.merges));
    let grid = indicator_companion::model::Grid::from_cells(cells.into_iter().collect());
    form.workbook.sheets[0] = Sheet { name: sheet_name, grid, merges, ..Sheet::default() };
    if !flat && seat.is_none() {
        other_sheets(&mut sketch, &mut form);
    }
    form.file_name += match carrier {
        Carrier::CsvUtf8 | Carrier::CsvGb18030 => ".csv",
        Carrier::Html => sketch.rng.pick(&[".xls", ".html"]),
        _ => ".xlsx",
    };
    if kind == Kind::Progress && !first && seat.is_none() && sketch.rng.chance(50) {
        earlier_returns(sketch.rng, &mut form, &courses, when);
    }
    form.clean = form.workbook.clone();
    form
}

/// The return of a city in a period.
pub fn returned(city: usize, courses: &Courses, when: usize) -> Reported {
    let period = PERIODS[when];
    let count = |course: &Option<[i64; 6]>| course.map(|course| Decimal::from(course[when]));
    Reported {
        city: CityId(city),
        period,
        file: format!("{}-{}.xlsx", city_name(city), period.chinese()),
        figures: (0..).map(IndicatorId).zip(courses.iter().map(count)).collect(),
    }
}

fn earlier_returns(rng: &mut Rng, form: &mut Form, own: &Courses, when: usize) {
    let mut reported = vec![returned(form.city, own, when - 1)];
    // All that was reported before, or the one before the last.
    let before = if rng.chance(40) { when - 1 } else { usize::from(when >= 2 && rng.chance(40)) };
    reported.extend((2..=before + 1).map(|back| returned(form.city, own, when - back)));
    if rng.chance(40) {
        let other = (form.city + 1) % 3;
        reported.push(returned(other, &courses(rng, other), when - 1));
    }
    rng.shuffle(&mut reported);
    form.reported = reported;
    form.says("earlier returns at hand");
}

fn columns(sketch: &mut Sketch<'_>, kind: Kind, house: House, first: bool) -> Vec<Col> {
    let rng = &mut *sketch.rng;
    let mut order = Vec::new();
    if rng.chance(94) {
        order.push(Col::Serial);
    }
    order.push(Col::Label);
    match kind {
        Kind::Breakdown => {
            if house == House::Plain && rng.chance(45) {
                order.push(Col::Unit);
            }
            if rng.chance(8) {
                order.push(Col::Extra(0));
            }
            let total = rng.pick(&[0, 0, 0, 1, 2]);
            if total == 1 {
                order.push(Col::Total);
            }
            order.extend((0..official().cities.len()).map(Col::City));
            if total == 2 {
                order.push(Col::Total);
            }
        }
        Kind::Progress => {
            if rng.chance(if house == House::Plain { 80 } else { 30 }) {
                order.push(Col::Unit);
            }
            order.push(Col::Target);
            if rng.chance(if first { 50 } else { 85 }) {
                order.push(Col::Previous);
                if rng.chance(25) {
                    order.push(Col::Added);
                }
            }
            order.push(Col::Current);
            if rng.chance(88) {
                order.push(Col::Rate);
            }
            if rng.chance(75) {
                order.push(Col::Explanation);
            }
        }
    }
    for extra in 1..=3 {
        if rng.chance(14) {
            order.push(Col::Extra(extra));
        }
    }
    if rng.chance(25) {
        order.push(Col::Remark);
    }
    order
}

fn breakdown_titles(sketch: &mut Sketch<'_>) -> Vec<String> {
    let full = format!("{ZONE}建设指标分解表");
    let lines: Vec<String> = match sketch.rng.below(9) {
        0 => vec![],
        1 | 2 => vec![full],
        3 => vec!["附件".into(), full],
        4 | 5 => vec!["附件".into(), ZONE.into(), "建设指标分解表".into()],
        6 => vec![ZONE.into(), "建设指标分解表".into()],
        7 => vec!["附件1".into(), full, "单位：项、家、个".into()],
        _ => vec![
            "附件".into(),
            ZONE.into(),
            "建设指标分解表".into(),
            String::new(),
            "填报单位：四川省科学技术厅".into(),
        ],
    };
    sketch.words.push(format!("{} title rows", lines.len()));
    lines
}

fn put_title(
    sketch: &mut Sketch<'_>,
    row: u32,
    left: u32,
    right: u32,
    line: &str,
    titles: &mut Vec<CellRef>,
) {
    if line.is_empty() {
        return;
    }
    let long = line.chars().count() > 6;
    if long && sketch.rng.chance(60) {
        sketch.merge(CellRef::new(row, left), CellRef::new(row, right));
        sketch.text(row, left, line);
        titles.push(CellRef::new(row, left));
    } else {
        // Centred by eye instead of merged.
        let column = if long && sketch.rng.chance(20) { left + (right - left) / 2 } else { left };
        sketch.text(row, column, line);
        titles.push(CellRef::new(row, column));
    }
}

struct Saying<'s> {
    /// The only table of its file.
    alone: bool,
    titles: &'s mut Vec<CellRef>,
    says_city: &'s mut Vec<Says>,
    says_period: &'s mut Vec<Says>,
    file_name: &'s mut String,
    sheet_name: &'s mut String,
}

fn progress_identity(
    sketch: &mut Sketch<'_>,
    city: usize,
    period: Period,
    row: &mut u32,
    left: u32,
    right: u32,
    saying: &mut Saying<'_>,
) {
    let flat = sketch.carrier.is_flat();
    let alone = saying.alone;
    let places = |sketch: &mut Sketch<'_>| {
        let mut all = vec![Says::Title, Says::Line, Says::Line];
        if alone {
            all.push(Says::FileName);
        }
        if alone && !flat {
            all.push(Says::SheetName);
        }
        let mut chosen: Vec<Says> = vec![sketch.rng.pick(&all)];
        for place in all {
            if sketch.rng.chance(35) && !chosen.contains(&place) {
                chosen.push(place);
            }
        }
        chosen
    };
    *saying.says_city = places(sketch);
    *saying.says_period = places(sketch);
    let (name, bare) = (city_name(city), city_name(city).trim_end_matches('市'));
    let half = if period.half == Half::June { "上半年" } else { "下半年" };
    let day = if period.half == Half::June { 30 } else { 31 };
    let spoken = match sketch.rng.below(4) {
        0 => format!("{}年{half}", period.year),
        1 => format!("截至{}年{}月{day}日", period.year, period.month()),
        2 => format!("{}年{}月", period.year, period.month()),
        _ => format!("{}年{}月底", period.year, period.month()),
    };
    let in_title = saying.says_city.contains(&Says::Title);
    let period_in_title = saying.says_period.contains(&Says::Title);
    let mut lines: Vec<String> = Vec::new();
    if sketch.rng.chance(25) {
        lines.push(sketch.rng.pick(&["附件2", "附件：", "川科发〔2018〕36号附件"]).to_owned());
    }
    if in_title || period_in_title || sketch.rng.chance(80) {
        let what = sketch.rng.pick(&["建设指标进展情况表", "建设指标完成情况表", "建设指标进展情况统计表"]);
        let what = if sketch.rng.chance(60) { "建设指标进展情况表" } else { what };
        let mut title = format!("{ZONE}{what}");
        if in_title {
            title = match sketch.rng.below(3) {
                0 => format!("{name}推进{title}"),
                1 => format!("{title}（{name}）"),
                _ => format!("{name}{title}"),
            };
        }
        if period_in_title {
            if sketch.rng.chance(50) {
                title = format!("{title}（{spoken}）");
            } else {
                lines.push(title.clone());
                title = format!("（{spoken}）");
            }
        }
        lines.push(title);
    }
    for line in lines {
        put_title(sketch, *row, left, right, &line, saying.titles);
        *row += 1;
    }
    let bureau = sketch.rng.pick(&["科技局", "科学技术局", "人民政府", "科学技术和知识产权局"]);
    let caption = sketch.rng.pick(&["填报单位", "填报单位（盖章）", "报送单位", "单位名称"]);
    let city_line = saying.says_city.contains(&Says::Line);
    let period_line = saying.says_period.contains(&Says::Line);
    if city_line {
        if sketch.rng.chance(25) {
            sketch.text(*row, left, format!("{caption}："));
            sketch.text(*row, left + 1, format!("{name}{bureau}"));
        } else {
            let bare = if sketch.rng.chance(15) { bare } else { name };
            sketch.text(*row, left, format!("{caption}：{bare}{bureau}"));
        }
    }
    if period_line {
        let caption = sketch.rng.pick(&["报告期", "填报期", "报告期"]);
        let column = if city_line { right.saturating_sub(1).max(left + 2) } else { left };
        sketch.text(*row, column, format!("{caption}：{spoken}"));
    }
    if city_line || period_line {
        *row += 1;
    }
    if sketch.rng.chance(12) {
        *row += 1;
    }
    let file_city = saying.says_city.contains(&Says::FileName);
    let file_period = saying.says_period.contains(&Says::FileName);
    let number = format!("{}-{:02}", period.year, period.month());
    let chinese = period.chinese();
    *saying.file_name = match (file_city, file_period) {
        (true, true) => sketch
            .rng
            .pick(&["C-P", "P C", "CP进展情况表", "【C】P指标进展"])
            .replace('P', if sketch.rng.chance(30) { &number } else { &chinese })
            .replace('C', name),
        (true, false) => format!("{name}{}", sketch.rng.pick(&["指标进展情况表", "上报表", "（最终版）"])),
        (false, true) => format!("进展情况表{chinese}"),
        (false, false) => {
            sketch.rng.pick(&["上报表", "进展情况表", "表(1)", "附件2", "指标进展最终版2"]).to_owned()
        }
    };
    let sheet_city = saying.says_city.contains(&Says::SheetName);
    let sheet_period = saying.says_period.contains(&Says::SheetName);
    *saying.sheet_name = match (sheet_city, sheet_period) {
        (true, true) => format!("{name}{chinese}"),
        (true, false) => name.to_owned(),
        (false, true) => chinese,
        (false, false) => sketch.rng.pick(&["Sheet1", "进展情况", "进展情况表", "Sheet2"]).to_owned(),
    };
    sketch.words.push(format!("city in {:?}, period in {:?}", saying.says_city, saying.says_period));
}

fn dated(period: Option<Period>) -> String {
    period.map(|period| format!("{}累计完成", period.chinese())).unwrap_or_default()
}

fn captions(
    sketch: &mut Sketch<'_>,
    kind: Kind,
    columns: &BTreeMap<Col, u32>,
    order: &[Col],
    top: u32,
    rate: RateStyle,
    dates: Option<(Period, Period)>,
) -> u32 {
    // 2018年12月底累计完成 | 2019年6月底累计完成
    let dates = dates.filter(|_| sketch.rng.chance(8));
    let two_rows = sketch.rng.chance(22);
    let header = top + u32::from(two_rows);
    let plain = sketch.rng.chance(40);
    for column in order {
        let caption: String = match column {
            Col::Serial => sketch
                .rng
                .pick(if plain {
                    &["序号"] as &[&str]
                } else {
                    &["序号", "编号", "项次", "序 号", "NO."]
                })
                .into(),
            Col::Label => sketch
                .rng
                .pick(if plain {
                    &["指标内容"] as &[&str]
                } else {
                    &["指标内容", "指标名称", "建设指标", "考核指标", "主要指标", "建设内容", "指 标 内 容"]
                })
                .into(),
            Col::Unit => sketch.rng.pick(&["计量单位", "单位"]).into(),
            Col::City(city) => match sketch.rng.below(20) {
                0 => format!("{}目标", city_name(*city)),
                1 => format!("{}分解数", city_name(*city)),
                _ => city_name(*city).to_owned(),
            },
            Col::Total => sketch.rng.pick(&["合计", "总计", "总量", "示范区合计"]).into(),
            Col::Target => sketch
                .rng
                .pick(if plain {
                    &["目标值"] as &[&str]
                } else {
                    &[
                        "目标值",
                        "目标",
                        "目标数",
                        "2020年目标值",
                        "任务数",
                        "目标值（2020年）",
                        "分解目标",
                        "到2020年目标",
                    ]
                })
                .into(),
            Col::Previous if dates.is_some() => dated(dates.map(|(before, _)| before)),
            Col::Current if dates.is_some() => dated(dates.map(|(_, now)| now)),
            Col::Previous => sketch
                .rng
                .pick(if plain {
                    &["上期累计完成"] as &[&str]
                } else {
                    &[
                        "上期累计完成",
                        "上期完成",
                        "上期累计",
                        "上期累计完成数",
                        "截至上期累计完成",
                        "上期末累计",
                        "截至上期末累计完成",
                    ]
                })
                .into(),
            Col::Added => sketch.rng.pick(&["本期新增", "本期新增完成", "本期新增数"]).into(),
            Col::Current => sketch
                .rng
                .pick(if plain {
                    &["本期累计完成"] as &[&str]
                } else {
                    &[
                        "本期累计完成",
                        "累计完成",
                        "本期累计",
                        "累计完成数",
                        "实际完成",
                        "完成情况",
                        "截至本期末累计完成",
                        "本期末累计",
                        "完成数",
                    ]
                })
                .into(),
            Col::Rate if rate == RateStyle::Hundred => {
                sketch.rng.pick(&["完成率（%）", "完成比例(%)"]).into()
            }
            Col::Rate => sketch
                .rng
                .pick(&["完成率", "完成比例", "完成百分比", "完成率", "目标完成率", "占目标比重"])
                .into(),
            Col::Explanation => {
                sketch.rng.pick(&["情况说明", "情况说明", "说明", "未完成原因说明", "进展情况说明"]).into()
            }
            Col::Remark => "备注".into(),
            Col::Extra(which) => ["责任部门", "责任单位", "联系人", "联系电话"][*which].into(),
        };
        // Narrow columns: the caption is broken by hand, a date never.
        let is_long = caption.chars().count() >= 6 && !caption.contains("年");
        let caption = if !sketch.carrier.is_flat() && is_long && sketch.rng.chance(12) {
            let half: Vec<char> = caption.chars().collect();
            let middle = half.len() / 2;
            format!(
                "{}\n{}",
                half[..middle].iter().collect::<String>(),
                half[middle..].iter().collect::<String>()
            )
        } else {
            caption
        };
        let at = columns[column];
        let grouped = match kind {
            Kind::Breakdown => matches!(column, Col::City(_)),
            Kind::Progress => matches!(column, Col::Previous | Col::Added | Col::Current | Col::Rate),
        };
        if !two_rows || grouped {
            sketch.text(header, at, caption);
        } else {
            sketch.text(top, at, caption);
            sketch.merge(CellRef::new(top, at), CellRef::new(header, at));
        }
    }
    if two_rows {
        let grouped: Vec<u32> = order
            .iter()
            .filter(|column| match kind {
                Kind::Breakdown => matches!(column, Col::City(_)),
                Kind::Progress => matches!(column, Col::Previous | Col::Added | Col::Current | Col::Rate),
            })
            .map(|column| columns[column])
            .collect();
        let group = match kind {
            Kind::Breakdown => sketch.rng.pick(&["各市分解目标", "分解任务", "建设目标分解"]),
            Kind::Progress => sketch.rng.pick(&["进展情况", "建设进展", "任务进展"]),
        };
        sketch.text(top, grouped[0], group);
        sketch.merge(CellRef::new(top, grouped[0]), CellRef::new(top, *grouped.last().expect("columns")));
        sketch.words.push("two header rows".into());
    }
    header
}

fn fill(sketch: &mut Sketch<'_>, form: &mut Form, figure_format: &str) {
    let text_serial = sketch.rng.chance(12);
    let total_formula = !sketch.carrier.is_flat() && form.house == House::Plain && sketch.rng.chance(50);
    let rate_mark = sketch.rng.pick(&["/", "/", "/", ""]);
    let talkative = sketch.rng.chance(25);
    for indicator in 0..indicators() {
        let row = form.rows[indicator];
        for (column, at) in form.columns.clone() {
            let place = CellRef::new(row, at);
            let cell = match column {
                Col::Serial if text_serial => Cell::new(Value::from(format!("{}", indicator + 1).as_str())),
                Col::Serial => Cell::new(Value::Number((indicator + 1) as f64)),
                Col::Label => Cell::new(Value::from(label(indicator))),
                Col::Unit => Cell::new(Value::from(unit(indicator))),
                Col::Previous if form.first && form.is_applicable(indicator) => Cell::default(),
                Col::City(_) | Col::Target | Col::Previous | Col::Added | Col::Current | Col::Total => {
                    match form.counts[&(column, indicator)] {
                        None => Cell::new(Value::from("/")),
                        Some(count) => {
                            let mut cell = Cell::new(form.written(indicator, count));
                            // A cell of text format holds numbers only as text.
                            if (form.house == House::WithUnit) == (figure_format == "@")
                                || figure_format == "General"
                            {
                                cell.number_format = NumberFormat::new(figure_format);
                            }
                            if column == Col::Total && total_formula {
                                let (first, last) = (
                                    form.columns[&Col::City(0)],
                                    form.columns[&Col::City(official().cities.len() - 1)],
                                );
                                cell.formula = Some(
                                    format!("SUM({}:{})", CellRef::new(row, first), CellRef::new(row, last))
                                        .as_str()
                                        .into(),
                                );
                            }
                            cell
                        }
                    }
                }
                Col::Rate => {
                    match (form.count(indicator, Col::Current), form.count(indicator, Col::Target)) {
                        (Some(current), Some(target)) => {
                            form.rate_cell(indicator, current as f64, target as f64)
                        }
                        _ if rate_mark.is_empty() => Cell::default(),
                        _ => Cell::new(Value::from(rate_mark)),
                    }
                }
                Col::Explanation if talkative && sketch.rng.chance(40) => {
                    Cell::new(Value::from(sketch.rng.pick(&[
                        "按计划推进",
                        "进展顺利",
                        "已超时序进度",
                        "正在组织验收，预计下季度完成",
                    ])))
                }
                Col::Extra(0 | 1) => {
                    Cell::new(Value::from(sketch.rng.pick(&["科技厅", "省国防科工办", "成果处", "高新处"])))
                }
                Col::Extra(2) => Cell::new(Value::from(sketch.rng.pick(&["张三", "李四", "王五"]))),
                Col::Extra(_) => Cell::new(if indicator.is_multiple_of(2) {
                    Value::from("028-86666666")
                } else {
                    Value::Number(86_666_666.0)
                }),
                Col::Remark if sketch.rng.chance(20) => {
                    Cell::new(Value::from(sketch.rng.pick(&["含校地共建", "到2020年", "累计数", "含2018年"])))
                }
                _ => Cell::default(),
            };
            if !cell.value.is_empty() || cell.formula.is_some() {
                sketch.cells.insert(place, cell);
            }
        }
    }
}

fn foot(sketch: &mut Sketch<'_>, form: &Form, right: u32) {
    let left = form.left();
    let mut row = form.last_row() + 1 + u32::from(sketch.rng.chance(60));
    if sketch.rng.chance(35) {
        let note = sketch.rng.pick(&[
            "注：“/”表示该市不承担此项指标。",
            "注：目标值为到2020年的累计数。",
            "说明：1.累计完成数自2018年1月1日起算；2.“/”为不适用。",
            "备注：数据以各市报送为准。",
        ]);
        sketch.text(row, left, note);
        if sketch.rng.chance(40) {
            sketch.merge(CellRef::new(row, left), CellRef::new(row, right));
        }
        row += 1;
    }
    if sketch.rng.chance(50) {
        for (column, text) in ["填表人：", "审核人：", "单位负责人：", "填报日期："].into_iter().enumerate()
        {
            let who = if sketch.rng.chance(50) && column < 3 { "张三" } else { "" };
            sketch.text(row, left + 2 * column as u32, format!("{text}{who}"));
        }
    }
}

fn other_sheets(sketch: &mut Sketch<'_>, form: &mut Form) {
    let notes = |name: &str, rows: &[&[&str]]| {
        let mut cells = Vec::new();
        for (row, texts) in (0u32..).zip(rows) {
            for (column, text) in (0u32..).zip(texts.iter()) {
                let value = text.parse::<f64>().map_or_else(|_| Value::from(*text), Value::Number);
                cells.push((CellRef::new(row, column), Cell::new(value)));
            }
        }
        Sheet {
            name: name.to_owned(),
            grid: indicator_companion::model::Grid::from_cells(cells),
            ..Sheet::default()
        }
    };
    if sketch.rng.chance(20) {
        form.workbook.sheets.insert(
            0,
            notes("填表说明", &[&["填表说明"], &["1.请勿改动指标内容。"], &["2.每年6月底和12月底报送。"]]),
        );
        form.sheet = 1;
    }
    if sketch.rng.chance(12) {
        form.workbook.sheets.insert(0, notes("联系人", &[&["姓名", "电话"], &["张三", "028-86666666"]]));
        form.sheet += 1;
    }
    if sketch.rng.chance(15) {
        form.workbook.sheets.push(notes(
            "区县情况",
            &[&["区县", "企业数", "项目数"], &["涪城区", "30", "12"], &["游仙区", "25", "9"]],
        ));
    }
    if sketch.rng.chance(15) {
        form.workbook.sheets.push(Sheet { name: "Sheet9".into(), ..Sheet::default() });
    }
    if sketch.rng.chance(10) {
        let mut hidden = notes("参数", &[&["2020", "3"]]);
        hidden.visibility = Visibility::Hidden;
        form.workbook.sheets.push(hidden);
    }
}
