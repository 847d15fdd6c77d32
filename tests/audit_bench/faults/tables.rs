//! Accidents that make many cells wrong at once: columns changed places, values slipped, the table turned, numbers in
//! 万, another city's return, another plan's form.

use indicator_companion::model::{Cell, CellRef, Grid, NumberFormat, Range, Value};

use super::{Marks, Planted, is_producer};
use crate::layouts::{Col, Form, House, Kind, Says, city_name, indicators, label, official, target, unit};
use crate::random::Rng;

pub fn cell_of(form: &Form, at: CellRef) -> Cell {
    form.page_ref().grid.get(at).cloned().unwrap_or_default()
}

pub fn set(form: &mut Form, at: CellRef, cell: Cell) {
    if cell.value.is_empty() && cell.formula.is_none() {
        form.page().grid.remove(at);
    } else {
        form.page().grid.set(at, cell);
    }
}

/// Cells of a range that are no longer what they were in the clean form.
pub fn changed(form: &Form, cells: &[CellRef]) -> usize {
    let clean = &form.clean.sheets[form.sheet].grid;
    cells.iter().filter(|at| clean.value(**at) != form.page_ref().grid.value(**at)).count()
}

pub fn permuted(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    let mut order: Vec<usize> = (0..official().cities.len()).collect();
    if rng.chance(60) {
        let a = rng.below(order.len());
        let b = (a + 1 + rng.below(order.len() - 1)) % order.len();
        order.swap(a, b);
    } else {
        rng.shuffle(&mut order);
    }
    if order.is_sorted() {
        return None;
    }
    let places: Vec<u32> = (0..order.len()).map(|city| form.columns[&Col::City(city)]).collect();
    let old: Vec<Vec<Cell>> = places
        .iter()
        .map(|place| form.rows.iter().map(|row| cell_of(form, CellRef::new(*row, *place))).collect())
        .collect();
    let (mut moved, mut moves) = (Vec::new(), Vec::new());
    for (at, from) in order.iter().enumerate() {
        if at == *from {
            continue;
        }
        for (indicator, cell) in old[*from].clone().into_iter().enumerate() {
            let place = CellRef::new(form.rows[indicator], places[at]);
            set(form, place, cell);
            moved.push(place);
            moves.push((CellRef::new(form.rows[indicator], places[*from]), place));
        }
    }
    if changed(form, &moved) < 4 {
        return None;
    }
    let (start, end) = (moved.iter().min()?, moved.iter().max()?);
    let columns: Vec<u32> = moved.iter().map(|at| at.column).collect();
    let place = Range::new(
        CellRef::new(start.row, *columns.iter().min()?),
        CellRef::new(end.row, *columns.iter().max()?),
    );
    let mut planted = Planted::over("T005", place, format!("order {order:?}")).restores(moved).root();
    planted.moves = moves;
    Some(planted)
}

pub fn shifted_rows(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_producer(form) || !form.rows.is_sorted() {
        return None;
    }
    let _ = marks;
    let mut columns: Vec<Col> = form.figure_columns();
    columns.retain(|column| !(form.first && *column == Col::Previous));
    match form.kind {
        Kind::Breakdown => {
            if rng.chance(50) {
                columns = vec![rng.pick(&columns)];
            }
        }
        Kind::Progress => {
            form.freeze();
            match rng.below(3) {
                // The whole pasted block, rates with it.
                0 if form.column(Col::Rate).is_some() => columns.push(Col::Rate),
                0 => {}
                1 => columns = vec![Col::Target],
                // One column of unknown figures: the rates and the `/` of the city say where they belong.
                _ if form.column(Col::Rate).is_some() && form.city != 0 => columns = vec![Col::Current],
                _ => columns = vec![Col::Target],
            }
        }
    }
    let from = if rng.chance(60) { 0 } else { rng.below(4) };
    let down = rng.chance(60);
    let ending = rng.below(3);
    let last = indicators() - 1;
    let below = form.last_row() + 1;
    let below_is_free = form.page_ref().grid.rows(below, below + 1).next().is_none();
    let (mut touched, mut lost, mut moves) = (Vec::new(), Vec::new(), Vec::new());
    let mut what = String::new();
    for column in &columns {
        let at = |indicator: usize| form.at(indicator, *column).expect("a column");
        let old: Vec<Cell> = (0..indicators()).map(|indicator| cell_of(form, at(indicator))).collect();
        let places: Vec<CellRef> = (0..indicators()).map(at).collect();
        touched.extend(places.iter().skip(from).copied());
        if down {
            for indicator in (from + 1)..=last {
                set(form, places[indicator], old[indicator - 1].clone());
                moves.push((places[indicator - 1], places[indicator]));
            }
            set(form, places[from], if ending == 0 { old[last].clone() } else { Cell::default() });
            if ending == 0 {
                moves.push((places[last], places[from]));
            }
            match ending {
                0 => what = "wrapped".into(),
                1 if below_is_free => {
                    what = "overflowing below".into();
                    set(form, CellRef::new(below, places[0].column), old[last].clone());
                    moves.push((places[last], CellRef::new(below, places[0].column)));
                    touched.push(CellRef::new(below, places[0].column));
                }
                _ => {
                    what = "last lost".into();
                    lost.push(places[last]);
                }
            }
        } else {
            for indicator in from..last {
                set(form, places[indicator], old[indicator + 1].clone());
                moves.push((places[indicator + 1], places[indicator]));
            }
            set(form, places[last], if ending == 0 { old[from].clone() } else { Cell::default() });
            if ending == 0 {
                what = "wrapped".into();
                moves.push((places[from], places[last]));
            } else {
                what = "first lost".into();
                lost.push(places[from]);
            }
        }
    }
    let evidence: Vec<CellRef> = touched.iter().copied().filter(|at| at.row <= form.last_row()).collect();
    if changed(form, &evidence) < 5 {
        return None;
    }
    let place = bounds(&evidence)?;
    let restores = touched.iter().copied().filter(|at| !lost.contains(at)).collect();
    let direction = if down { "down" } else { "up" };
    let mut planted =
        Planted::over("T013", place, format!("{columns:?} {direction} from row {} on, {what}", from + 1))
            .restores(restores)
            .root();
    planted.lost = lost;
    planted.moves = moves;
    Some(planted)
}

/// The labels slipped instead of the figures: a cell was inserted above them.
pub fn shifted_labels(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_producer(form) || !form.rows.is_sorted() || !marks.none() {
        return None;
    }
    form.freeze();
    let below = form.last_row() + 1;
    if form.page_ref().grid.rows(below, below + 1).next().is_some() || form.kind == Kind::Progress {
        return None;
    }
    let _ = rng;
    let mut columns = vec![Col::Label];
    columns.extend(form.column(Col::Unit).map(|_| Col::Unit));
    columns.extend(form.column(Col::Serial).map(|_| Col::Serial));
    for column in columns {
        let old: Vec<Cell> = (0..indicators())
            .map(|indicator| cell_of(form, form.at(indicator, column).expect("a column")))
            .collect();
        let at = form.column(column)?;
        set(form, CellRef::new(form.first_row(), at), Cell::default());
        for (indicator, cell) in old.into_iter().enumerate() {
            set(form, CellRef::new(form.rows[indicator] + 1, at), cell);
        }
    }
    let place = Range::new(CellRef::new(form.first_row(), form.left()), CellRef::new(below, form.right()));
    let mut planted = Planted::over("T013", place, "labels one row down").root().either();
    planted.lost = Vec::new();
    Some(planted)
}

pub fn bounds(cells: &[CellRef]) -> Option<Range> {
    let rows = cells.iter().map(|at| at.row);
    let columns = cells.iter().map(|at| at.column);
    Some(Range::new(
        CellRef::new(rows.clone().min()?, columns.clone().min()?),
        CellRef::new(rows.max()?, columns.max()?),
    ))
}

/// Cells inserted or deleted, or a block pasted one column too far.
pub fn shifted_columns(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) || form.first || form.column(Col::Added).is_some() {
        return None;
    }
    if form.kind == Kind::Progress || form.column(Col::Total).is_some() {
        form.freeze();
    }
    let block: Vec<Col> = match form.kind {
        Kind::Breakdown => (0..official().cities.len()).map(Col::City).collect(),
        Kind::Progress => [Col::Target, Col::Previous, Col::Current]
            .into_iter()
            .filter(|column| form.column(*column).is_some())
            .collect(),
    };
    let columns: Vec<u32> = block.iter().filter_map(|column| form.column(*column)).collect();
    if columns.windows(2).any(|pair| pair[0] + 1 != pair[1]) || columns.len() < 2 {
        return None;
    }
    let (first, last) = (columns[0], *columns.last()?);
    let total = form.column(Col::Total).is_some();
    let right = total || rng.chance(65);
    // Inserting or deleting cells moves all that stands further right; pasting overwrites the next column.
    let all = total || rng.chance(50);
    let end = if all { form.right() } else { last };
    let before = form.page_ref().grid.clone();
    let is_free = |column: u32| {
        form.rows.iter().chain([&form.header]).all(|row| before.get(CellRef::new(*row, column)).is_none())
    };
    let spills = all || form.kind == Kind::Progress || is_free(last + 1);
    let (mut touched, mut lost, mut moves) = (Vec::new(), Vec::new(), Vec::new());
    for row in form.rows.clone() {
        let at = |column: u32| CellRef::new(row, column);
        let old = |column: u32| before.get(at(column)).cloned().unwrap_or_default();
        if right {
            set(form, at(first), Cell::default());
            for column in first..=end {
                let spilt = column == end && !spills;
                if spilt {
                    lost.push(at(column));
                    continue;
                }
                set(form, at(column + 1), old(column));
                moves.push((at(column), at(column + 1)));
                touched.push(at(column));
            }
            if !all && spills {
                // What the block has overwritten.
                lost.push(at(end + 1));
            }
        } else {
            for column in first + 1..=end {
                set(form, at(column - 1), old(column));
                moves.push((at(column), at(column - 1)));
                touched.push(at(column));
            }
            set(form, at(end), Cell::default());
            lost.push(at(first));
        }
    }
    let evidence: Vec<CellRef> =
        form.rows.iter().flat_map(|row| columns.iter().map(|column| CellRef::new(*row, *column))).collect();
    if changed(form, &evidence) < 8 {
        return None;
    }
    let place = bounds(&evidence)?;
    let restores = touched.iter().copied().filter(|at| columns.contains(&at.column) || total).collect();
    let direction = if right { "right" } else { "left" };
    let mut planted =
        Planted::over("T013", place, format!("{direction}, all that follows: {all}, spilling: {spills}"))
            .restores(restores)
            .root()
            .or("T005");
    planted.lost = lost;
    planted.moves = moves;
    Some(planted)
}

pub fn transposed(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) || form.top != form.header {
        return None;
    }
    form.freeze();
    let _ = rng;
    let table = form.table();
    let (top, left) = (table.start.row, table.start.column);
    let mut above: Vec<(CellRef, Cell)> = Vec::new();
    let mut moves: Vec<(CellRef, CellRef)> = Vec::new();
    for (at, cell) in form.page_ref().grid.cells() {
        if at.row < top {
            above.push((at, cell.clone()));
        } else if table.contains(at) {
            let to = CellRef::new(top + at.column - left, left + at.row - top);
            above.push((to, cell.clone()));
            moves.push((at, to));
        }
    }
    form.page().grid = Grid::from_cells(above);
    form.page().merges.retain(|merge| merge.end.row < top);
    let place =
        Range::new(table.start, CellRef::new(top + table.end.column - left, left + table.end.row - top));
    let mut planted = Planted::over("T018", place, "transposed").root();
    planted.moves = moves;
    Some(planted)
}

pub fn in_ten_thousands(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) {
        return None;
    }
    if form.kind == Kind::Progress && form.column(Col::Added).is_some() {
        return None;
    }
    form.freeze();
    let mut columns = form.figure_columns();
    columns.retain(|column| !(form.first && *column == Col::Previous));
    let whole_sheet = rng.chance(35);
    if !whole_sheet {
        columns = vec![rng.pick(&columns)];
    }
    let words = rng.chance(50);
    let mut cells = Vec::new();
    for column in &columns {
        for indicator in 0..indicators() {
            let Some(count) = form.count(indicator, *column) else { continue };
            let at = form.at(indicator, *column)?;
            if words {
                let text = format!("{:.4}", count as f64 / 10_000.0);
                let text = text.trim_end_matches('0').trim_end_matches('.');
                let text = if form.house == House::WithUnit {
                    format!("{text}万{}", unit(indicator))
                } else {
                    format!("{text}万")
                };
                form.put_text(at, text);
            } else {
                let number = count as f64 / 10_000.0;
                if form.house == House::WithUnit {
                    form.put_text(at, format!("{number}{}", unit(indicator)));
                } else {
                    form.page().grid.set(
                        at,
                        Cell {
                            value: Value::Number(number),
                            formula: None,
                            number_format: NumberFormat::GENERAL,
                        },
                    );
                }
            }
            if count != 0 {
                cells.push(at);
            }
        }
    }
    if cells.len() < 5
        || form.kind == Kind::Progress
            && !whole_sheet
            && columns == [Col::Previous]
            && form.reported.is_empty()
    {
        return None;
    }
    let place = bounds(&cells)?;
    let mut planted =
        Planted::over("Q005", place, format!("{columns:?} in 万, written: {words}")).restores(cells).root();
    if whole_sheet {
        // One finding a column is what the catalogue says; one for the sheet is right too.
        planted = planted.also(&["Q005"], place);
    }
    Some(planted)
}

pub fn neighbour(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) {
        return None;
    }
    // The form is the neighbour's; only the names in it are this city's.
    let own = (form.city + 1 + rng.below(2)) % 3;
    let (theirs, ours) = (city_name(form.city), city_name(own));
    let (their_short, our_short) = (theirs.trim_end_matches('市'), ours.trim_end_matches('市'));
    if (0..indicators()).filter(|indicator| target(*indicator, own) != target(*indicator, form.city)).count()
        < 4
    {
        return None;
    }
    let cells: Vec<(CellRef, String)> = form
        .page_ref()
        .grid
        .cells()
        .filter(|(at, _)| at.row < form.top)
        .map(|(at, cell)| (at, cell.shown()))
        .filter(|(_, text)| text.contains(their_short) && !text.contains("（绵阳）"))
        .collect();
    for (at, text) in cells {
        let text = text
            .replace(theirs, ours)
            .replace(&format!("{their_short}科"), &format!("{our_short}科"))
            .replace(&format!("{their_short}人"), &format!("{our_short}人"));
        form.put_text(at, text);
    }
    form.page().name = form.page_ref().name.replace(theirs, ours);
    form.file_name = form.file_name.replace(theirs, ours);
    form.reported.clear();
    if !form
        .says_city
        .iter()
        .any(|says| matches!(says, Says::Title | Says::Line | Says::FileName | Says::SheetName))
    {
        return None;
    }
    form.clean = form.workbook.clone();
    form.city = own;
    let place = form.span(form.column(Col::Target)?);
    Some(Planted::over("P006", place, format!("{theirs}'s return as {ours}'s")).either().root())
}

pub fn other_plan(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) {
        return None;
    }
    form.freeze();
    let title = form.titles.iter().copied().find(|at| form.page_ref().grid.shown(*at).contains("指标"))?;
    let years = rng.pick(&["（2021—2025年）", "（2025年）", "（2021-2023年）"]);
    let text = form.page_ref().grid.shown(title);
    form.put_text(title, format!("{text}{years}"));
    let times = rng.pick(&[2, 3]);
    for indicator in 0..indicators() {
        let total = official().indicators[indicator].total.to_string();
        let more = total.parse::<i64>().ok()? * times;
        let at = form.at(indicator, Col::Label)?;
        form.put_text(at, label(indicator).replace(&total, &more.to_string()));
        for column in form.figure_columns().into_iter().chain([Col::Total]) {
            if let (Some(count), Some(at)) = (form.count(indicator, column), form.at(indicator, column)) {
                form.put(at, form.written(indicator, count * times));
            }
        }
    }
    form.reported.clear();
    let table = form.table();
    let place = Range::new(CellRef::new(title.row.min(table.start.row), 0), table.end);
    Some(Planted::over("T015", place, format!("every number times {times}, {years}")).root())
}
