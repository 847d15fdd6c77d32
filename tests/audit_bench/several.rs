//! Files of several tables: a sheet a city, a sheet a period, two in one sheet; and tables that stand otherwise: the
//! cities as rows under each indicator, the cities' targets and figures side by side.

use std::collections::BTreeMap;

use indicator_companion::model::{Cell, CellRef, Grid, Range, Sheet, Value, dragged};

use crate::faults::{Fault, Planted, Reach};
use crate::layouts::{
    Carrier, Col, Courses, Form, House, Kind, PERIODS, RateStyle, Seat, build, city_name, courses,
    indicators, label, official, returned, seated, target, unit,
};
use crate::random::Rng;

/// A clean file of several tables, as the form that faults are planted in.
pub fn file(rng: &mut Rng) -> Form {
    let carrier = rng.pick(&[Carrier::Memory, Carrier::Xlsx]);
    let (what, seats) = match rng.below(3) {
        0 => ("a sheet a city", cities(rng, 3)),
        1 => ("a sheet a period", periods(rng)),
        _ => ("two in one sheet", cities(rng, 2)),
    };
    let mut forms: Vec<Form> =
        seats.iter().map(|seat| seated(rng, Kind::Progress, carrier, Some(seat))).collect();
    let sheets = if what == "two in one sheet" {
        vec![stacked(&mut forms)]
    } else {
        let name = |seat: &Seat| match what {
            "a sheet a city" => city_name(seat.city).to_owned(),
            _ => PERIODS[seat.when].chinese(),
        };
        let page = |(form, seat): (&Form, &Seat)| Sheet { name: name(seat), ..form.page_ref().clone() };
        forms.iter().zip(&seats).map(page).collect()
    };
    // An earlier sheet is what the next is compared with: what is wrong in it is said there too.
    let last = forms.len() - 1;
    let which = if what == "a sheet a period" { last } else { rng.below(forms.len()) };
    let mut form = forms.swap_remove(which);
    form.sheet = if sheets.len() == 1 { 0 } else { which };
    form.workbook.sheets = sheets;
    form.clean = form.workbook.clone();
    form.file_name = rng.pick(&["各市进展情况.xlsx", "上报表.xlsx", "汇总材料.xlsx"]).to_owned();
    if rng.chance(40) {
        let before =
            |seat: &Seat| (seat.when > seat.first).then(|| returned(seat.city, &seat.courses, seat.when - 1));
        form.reported = seats.iter().filter_map(before).collect();
    }
    form.says(what);
    form
}

fn cities(rng: &mut Rng, count: usize) -> Vec<Seat> {
    let first = rng.below(2);
    let when = first + rng.below(6 - first);
    let mut all: Vec<usize> = (0..official().cities.len()).collect();
    rng.shuffle(&mut all);
    all.truncate(count);
    all.into_iter().map(|city| Seat { city, first, when, courses: courses(rng, city) }).collect()
}

/// The returns of one city, one after the other.
fn periods(rng: &mut Rng) -> Vec<Seat> {
    let (city, count) = (rng.below(3), 2 + rng.below(2));
    let own: Courses = courses(rng, city);
    let first = rng.below(6 - count + 1);
    (first..first + count).map(|when| Seat { city, first, when, courses: own.clone() }).collect()
}

/// One sheet with all of them, one below the other.
fn stacked(forms: &mut [Form]) -> Sheet {
    let (mut cells, mut merges, mut below) = (Vec::new(), Vec::new(), 0);
    for form in forms.iter_mut() {
        let page = form.page_ref().clone();
        for (at, cell) in page.grid.cells() {
            let formula =
                cell.formula.as_ref().map(|text| dragged(text, at.row, at.row + below).as_str().into());
            let cell = Cell { formula, ..cell.clone() };
            cells.push((CellRef::new(at.row + below, at.column), cell));
        }
        let down = |at: CellRef| CellRef::new(at.row + below, at.column);
        merges.extend(page.merges.iter().map(|merge| Range::new(down(merge.start), down(merge.end))));
        form.titles = form.titles.iter().map(|at| down(*at)).collect();
        form.top += below;
        form.header += below;
        form.rows.iter_mut().for_each(|row| *row += below);
        below += page.grid.used().map_or(0, |used| used.end.row) + 3;
    }
    Sheet { name: "Sheet1".into(), grid: Grid::from_cells(cells), merges, ..Sheet::default() }
}

/// Whether a fault of one table's cells; what concerns names, other rows or the whole sheet is left to files of one.
pub fn takes(fault: &Fault) -> bool {
    const WHOLE: [&str; 8] = [
        "neighbour's return",
        "another plan's form",
        "labels slipped",
        "transposed",
        "column or sheet in 万",
        // Beside a table that is filled in, one without 本期 is a blank form.
        "shifted left or right",
        // They move 上期 with the figure, and the sheet of the period before would say otherwise.
        "a jump",
        "far behind",
    ];
    matches!(fault.reach, Reach::Row | Reach::Root) && !WHOLE.contains(&fault.name)
}

// ---- tables that stand otherwise

/// A clean breakdown that stands otherwise, with what is always to be said of it.
pub fn standing(rng: &mut Rng) -> (Form, Option<Planted>) {
    if rng.chance(50) { cities_down(rng) } else { (side_by_side(rng), None) }
}

fn blank(rng: &mut Rng) -> (Form, Vec<(CellRef, Cell)>) {
    let mut form = build(rng, Kind::Breakdown, Carrier::Memory);
    form.carrier = rng.pick(&[Carrier::Memory, Carrier::Xlsx]);
    form.house = if rng.chance(40) { House::WithUnit } else { House::Plain };
    form.frozen = true;
    form.rate = RateStyle::Fraction;
    form.sheet = 0;
    form.columns = BTreeMap::new();
    form.file_name = "分解表.xlsx".to_owned();
    form.counts.retain(|(column, _), _| *column != Col::Total);
    (form, Vec::new())
}

fn text(cells: &mut Vec<(CellRef, Cell)>, row: u32, column: u32, text: &str) {
    cells.push((CellRef::new(row, column), Cell::new(Value::from(text))));
}

fn count(form: &Form, indicator: usize, count: Option<i64>) -> Cell {
    Cell::new(count.map_or_else(|| Value::from("/"), |count| form.written(indicator, count)))
}

fn finished(form: &mut Form, cells: Vec<(CellRef, Cell)>, merges: Vec<Range>, what: &str) {
    let grid = Grid::from_cells(cells);
    form.workbook.sheets = vec![Sheet { name: "Sheet1".into(), grid, merges, ..Sheet::default() }];
    form.clean = form.workbook.clone();
    form.words = vec![what.to_owned(), format!("{:?} {:?}", form.carrier, form.house)];
}

fn cities_down(rng: &mut Rng) -> (Form, Option<Planted>) {
    let (mut form, mut cells) = blank(rng);
    let mut merges = Vec::new();
    text(&mut cells, 0, 0, "成德绵国家科技成果转移转化示范区建设指标分解表");
    for (column, caption) in (0..).zip(["序号", "指标内容", "市州", "目标值"]) {
        text(&mut cells, 1, column, caption);
    }
    let all = official().cities.len();
    // The label in every row, in the first, or merged over its cities.
    let repeated = rng.below(3);
    form.rows.clear();
    for indicator in 0..indicators() {
        let first = 2 + (indicator * all) as u32;
        form.rows.push(first);
        let places = [(Col::Serial, 0), (Col::Label, 1)];
        form.places.extend(places.map(|(column, at)| ((column, indicator), CellRef::new(first, at))));
        for city in 0..all {
            let row = first + city as u32;
            if city == 0 || repeated == 0 {
                cells.push((CellRef::new(row, 0), Cell::new(Value::Number((indicator + 1) as f64))));
                text(&mut cells, row, 1, label(indicator));
            }
            text(&mut cells, row, 2, city_name(city));
            cells.push((CellRef::new(row, 3), count(&form, indicator, target(indicator, city))));
            form.places.insert((Col::City(city), indicator), CellRef::new(row, 3));
        }
        if repeated == 2 {
            let last = first + all as u32 - 1;
            merges.extend((0..2).map(|at| Range::new(CellRef::new(first, at), CellRef::new(last, at))));
        }
    }
    form.columns.extend([(Col::Serial, 0), (Col::Label, 1)]);
    form.columns.extend((0..all).map(|city| (Col::City(city), 3)));
    (form.top, form.header) = (1, 1);
    finished(&mut form, cells, merges, "cities down");
    let table = Range::new(CellRef::new(0, 0), CellRef::new(1 + (indicators() * all) as u32, 3));
    let mut said = Planted::over("T018", table, "cities down").root().either();
    said.kind = "cities down";
    (form, Some(said))
}

fn side_by_side(rng: &mut Rng) -> Form {
    let (mut form, mut cells) = blank(rng);
    let mut merges = Vec::new();
    let when = rng.below(6);
    let (two_rows, rates) = (rng.chance(50), rng.chance(50));
    let title = format!("成德绵国家科技成果转移转化示范区建设指标进展情况（{}）", PERIODS[when].chinese());
    text(&mut cells, 0, 0, &title);
    let top = 1 + u32::from(two_rows);
    for (column, caption) in (0..).zip(["序号", "指标内容", "计量单位"]) {
        text(&mut cells, 1, column, caption);
        if two_rows {
            merges.push(Range::new(CellRef::new(1, column), CellRef::new(top, column)));
        }
    }
    form.rows = (0..indicators() as u32).map(|at| top + 1 + at).collect();
    for indicator in 0..indicators() {
        let row = form.rows[indicator];
        cells.push((CellRef::new(row, 0), Cell::new(Value::Number((indicator + 1) as f64))));
        text(&mut cells, row, 1, label(indicator));
        text(&mut cells, row, 2, unit(indicator));
        for (at, column) in (0..).zip([Col::Serial, Col::Label, Col::Unit]) {
            form.places.insert((column, indicator), CellRef::new(row, at));
        }
    }
    let each = 2 + u32::from(rates);
    for city in 0..official().cities.len() {
        let left = 3 + each * city as u32;
        let captions = ["目标", "完成", "完成率"];
        for (column, caption) in (left..left + each).zip(captions) {
            let one = format!("{}{caption}", city_name(city));
            text(&mut cells, top, column, if two_rows { caption } else { &one });
        }
        if two_rows {
            text(&mut cells, 1, left, city_name(city));
            merges.push(Range::new(CellRef::new(1, left), CellRef::new(1, left + each - 1)));
        }
        form.columns.insert(Col::City(city), left);
        for (indicator, course) in courses(rng, city).into_iter().enumerate() {
            let row = form.rows[indicator];
            let (goal, now) = (target(indicator, city), course.map(|course| course[when]));
            form.places.insert((Col::City(city), indicator), CellRef::new(row, left));
            cells.push((CellRef::new(row, left), count(&form, indicator, goal)));
            cells.push((CellRef::new(row, left + 1), count(&form, indicator, now)));
            if rates {
                let rate = now.zip(goal).map_or_else(
                    || "/".to_owned(),
                    |(now, goal)| crate::layouts::rate_text(now as f64 / goal as f64, 1),
                );
                text(&mut cells, row, left + 2, &rate);
            }
        }
    }
    form.columns.extend([(Col::Serial, 0), (Col::Label, 1), (Col::Unit, 2)]);
    (form.top, form.header) = (1, top);
    finished(&mut form, cells, merges, "side by side");
    form.file_name = "各市进展情况.xlsx".to_owned();
    form
}

/// Faults of single figures, which stand wherever the figures do.
pub fn stands_otherwise(fault: &Fault) -> bool {
    ["Q002", "Q003", "Q008", "Q010", "Q018", "B003", "L001", "L002", "L004"].contains(&fault.rule)
        && fault.reach == Reach::Row
        && fault.form != Some(Kind::Progress)
}
