//! Faults of the form: columns, rows, labels, titles, whose it is.

use indicator_companion::model::{Cell, CellRef, Grid, Period, Range, Sheet, Span, Value, Visibility};

use super::cells::full;
use super::{Due, Marks, Planted, is_flat, is_producer};
use crate::layouts::{
    Carrier, Col, Form, House, Kind, PERIODS, Says, ZONE, city_name, indicators, label, official,
};
use crate::random::Rng;

fn free_row(rng: &mut Rng, marks: &mut Marks, fits: impl Fn(usize) -> bool) -> Option<usize> {
    let free: Vec<usize> =
        (0..indicators()).filter(|indicator| marks.is_free(*indicator) && fits(*indicator)).collect();
    if free.is_empty() {
        return None;
    }
    let indicator = rng.pick(&free);
    marks.take(indicator);
    Some(indicator)
}

// ---- labels

fn relabel(form: &mut Form, rule: &'static str, indicator: usize, text: &str) -> Option<Planted> {
    let at = form.at(indicator, Col::Label)?;
    if text == label(indicator) {
        return None;
    }
    form.put_text(at, text);
    Some(Planted::at(rule, at, format!("指标{} label {text:?}", indicator + 1)).restores(vec![at]))
}

/// Places of a label that are words: no digit, no unit after it, nothing of 超过.
fn wordy(text: &[char]) -> Vec<usize> {
    (0..text.len())
        .filter(|at| {
            let digit = |index: Option<&char>| index.is_some_and(char::is_ascii_digit);
            let after_digit = *at > 0 && digit(text.get(at - 1));
            !(after_digit || digit(text.get(*at)) || "超过".contains(text[*at]))
        })
        .collect()
}

pub fn other_wording(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let indicator = free_row(rng, marks, |_| true)?;
    let mut text: Vec<char> = label(indicator).chars().collect();
    let places = wordy(&text);
    let at = rng.pick(&places);
    match rng.below(4) {
        0 => text[at] = rng.pick(&['的', '园', '型', '化', '业', '新', '在', '孚', '培', '项']),
        1 => drop(text.remove(at)),
        2 => text.insert(at, rng.pick(&['的', '和', '等', '新', '大'])),
        _ if places.contains(&(at + 1)) => text.swap(at, at + 1),
        _ => text[at] = '的',
    }
    let text: String = text.into_iter().collect();
    // Another word for a unit after a number is something else.
    relabel(form, "L001", indicator, &text)
}

pub fn other_number(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let indicator = free_row(rng, marks, |_| true)?;
    let official = official().indicators[indicator].total.to_string();
    let number: i64 = official.parse().ok()?;
    let other = match rng.below(5) {
        0 if number >= 100 => number / 10,
        1 => number * 10,
        2 => number + number / 2,
        3 => number * 2,
        _ => number + 100,
    };
    let text = label(indicator).replace(&official, &other.to_string());
    relabel(form, "L002", indicator, &text)
}

pub fn plan_wording(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let indicator = free_row(rng, marks, |indicator| !official().indicators[indicator].aliases.is_empty())?;
    let alias = official().indicators[indicator].aliases[0].clone();
    relabel(form, "L003", indicator, &alias)
}

pub fn label_spaces(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let indicator = free_row(rng, marks, |_| true)?;
    let official = label(indicator);
    let chars: Vec<char> = official.chars().collect();
    let middle = 2 + rng.below(chars.len() - 4);
    let (head, tail): (String, String) = (chars[..middle].iter().collect(), chars[middle..].iter().collect());
    let text = match rng.below(8) {
        0 => format!("{head} {tail}"),
        7 if !is_flat(form) => format!("{head}\n{tail}"),
        1 => full(official),
        2 if !is_flat(form) => format!("{official} "),
        3 if !is_flat(form) => format!("\u{3000}\u{3000}{official}"),
        4 => format!("{head}\u{200b}{tail}"),
        5 => format!("{official}。"),
        _ => format!("{official}；"),
    };
    relabel(form, "L004", indicator, &text)
}

pub fn short_city(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    let city = rng.below(official().cities.len());
    let at = CellRef::new(form.header, form.column(Col::City(city))?);
    if form.value(at) != Value::from(city_name(city)) {
        return None;
    }
    let short = city_name(city).trim_end_matches('市');
    let text = match rng.below(3) {
        0 | 1 => short.to_owned(),
        _ => format!("四川省{}", city_name(city)),
    };
    form.put_text(at, &text);
    Some(Planted::at("L005", at, text).restores(vec![at]))
}

// ---- columns and rows

fn shift_left(form: &mut Form, column: u32) {
    let sheet = form.sheet;
    let cells: Vec<(CellRef, Cell)> = form.workbook.sheets[sheet]
        .grid
        .cells()
        .filter(|(at, _)| at.column != column || at.row < form.top)
        .map(|(at, cell)| {
            let moves = at.column > column && at.row >= form.top && at.row <= form.last_row();
            (CellRef::new(at.row, at.column - u32::from(moves)), cell.clone())
        })
        .collect();
    form.workbook.sheets[sheet].grid = Grid::from_cells(cells);
}

pub fn missing_column(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if !marks.none() || is_producer(form) {
        return None;
    }
    let column = match form.kind {
        Kind::Breakdown => Col::City(rng.below(official().cities.len())),
        Kind::Progress => rng.pick(&[Col::Target, Col::Current]),
    };
    form.freeze();
    let at = form.column(column)?;
    if rng.chance(50) && form.top == form.header {
        form.page().merges.clear();
        shift_left(form, at);
    } else {
        // The column stays, without caption and figures.
        for row in form.header..=form.last_row() {
            form.page().grid.remove(CellRef::new(row, at));
        }
        let header = form.header;
        form.page().merges.retain(|merge| merge.start.column != at || merge.end.row != header);
        let top = form.top;
        form.page().grid.remove(CellRef::new(top, at));
    }
    let table = form.table();
    Some(Planted::on_file("T003", format!("{column:?} missing")).also(&["B001", "B004"], table))
}

pub fn column_twice(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) {
        return None;
    }
    let column = match form.kind {
        Kind::Breakdown => Col::City(rng.below(official().cities.len())),
        Kind::Progress => Col::Current,
    };
    let (from, to) = (form.column(column)?, form.right() + 1);
    // Two columns of one date say no more of when.
    if form.page_ref().grid.shown(CellRef::new(form.header, from)).contains("年") {
        return None;
    }
    let cells: Vec<(CellRef, Cell)> = form
        .page_ref()
        .grid
        .rows(form.header, form.last_row())
        .filter(|(at, _)| at.column == from)
        .map(|(at, cell)| (CellRef::new(at.row, to), cell.clone()))
        .collect();
    for (at, cell) in cells {
        form.page().grid.set(at, cell);
    }
    let header = form.header;
    let place = Range::new(CellRef::new(form.top, from), CellRef::new(form.last_row(), to));
    let heads = Range::new(CellRef::new(header, from), CellRef::new(header, to));
    Some(Planted { place: Some(heads), ..Planted::over("T004", place, format!("{column:?} twice")) })
}

pub fn other_city(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) || form.column(Col::Total).is_some() {
        return None;
    }
    let at = form.right() + 1;
    let name = rng.pick(&["资阳市", "眉山市", "遂宁市", "雅安市", "乐山市", "广元市", "重庆市"]);
    form.put_text(CellRef::new(form.header, at), name);
    for indicator in 0..indicators() {
        let value =
            if rng.chance(30) { Value::from("/") } else { form.written(indicator, rng.between(1, 200)) };
        form.put(CellRef::new(form.rows[indicator], at), value);
    }
    let span = Range::new(CellRef::new(form.header, at), CellRef::new(form.last_row(), at));
    let table = form.table();
    Some(Planted::over("T006", span, name).also(&["B001", "B004"], table))
}

/// Cuts rows out of the table; what stands below moves up.
fn remove_row(form: &mut Form, row: u32) {
    form.page().grid.remove_row(row);
    for merge in &mut form.page().merges {
        if merge.start.row > row {
            merge.start.row -= 1;
            merge.end.row -= 1;
        }
    }
}

pub fn missing_row(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if !marks.none() || is_producer(form) {
        return None;
    }
    form.freeze();
    let mut gone = vec![rng.below(indicators())];
    if rng.chance(25) {
        let other = rng.below(indicators());
        if other != gone[0] {
            gone.push(other);
        }
    }
    gone.sort_unstable();
    let renumber = rng.chance(50);
    for indicator in gone.iter().rev() {
        remove_row(form, form.rows[*indicator]);
    }
    if renumber && let Some(column) = form.column(Col::Serial) {
        for at in 0..indicators() - gone.len() {
            form.put(CellRef::new(form.rows[at], column), Value::Number((at + 1) as f64));
        }
    }
    for indicator in &gone {
        marks.take(*indicator);
    }
    let mut planted =
        Planted::on_file("T007", format!("指标{:?} missing", gone.iter().map(|i| i + 1).collect::<Vec<_>>()));
    if form.kind == Kind::Breakdown {
        planted.due = Due::Inserts(gone);
    }
    Some(planted)
}

/// A row after the last one of the table: what stands below moves down.
fn row_below(form: &mut Form) -> u32 {
    let row = form.last_row() + 1;
    insert(form, row);
    row
}

/// A row below the table or between two of its rows.
fn row_somewhere(form: &mut Form, rng: &mut Rng) -> u32 {
    if rng.chance(60) || !form.rows.is_sorted() {
        return row_below(form);
    }
    let row = form.rows[1 + rng.below(indicators() - 1)];
    insert(form, row);
    for own in &mut form.rows {
        *own += u32::from(*own >= row);
    }
    // The clean form has the room too, so that addresses agree.
    form.clean = form.workbook.clone();
    row
}

fn insert(form: &mut Form, row: u32) {
    form.page().grid.insert_row(row);
    for merge in &mut form.page().merges {
        if merge.start.row >= row {
            merge.start.row += 1;
            merge.end.row += 1;
        }
    }
}

pub fn row_twice(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_producer(form) || form.has_formulas() {
        return None;
    }
    let indicator = free_row(rng, marks, |_| true)?;
    let row = row_somewhere(form, rng);
    let cells: Vec<(CellRef, Cell)> = form
        .page_ref()
        .grid
        .rows(form.rows[indicator], form.rows[indicator])
        .map(|(at, cell)| (CellRef::new(row, at.column), cell.clone()))
        .collect();
    for (at, cell) in cells {
        form.page().grid.set(at, cell);
    }
    if rng.chance(50)
        && let Some(column) = form.column(Col::Serial)
    {
        form.put(CellRef::new(row, column), Value::Number((indicators() + 1) as f64));
    }
    // Either of the two may be named.
    let place = Range::new(CellRef::new(row, form.left()), CellRef::new(form.rows[indicator], form.right()));
    Some(Planted::over("T008", place, format!("指标{} twice", indicator + 1)))
}

pub fn stranger_row(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) || form.has_formulas() {
        return None;
    }
    let row = row_below(form);
    let text = rng.pick(&[
        "建设国家级科技企业孵化器20家",
        "技术合同交易额突破700亿元",
        "新增高新技术企业500家",
        "引进高层次人才300人",
        "建设国家技术转移示范机构50家",
    ]);
    form.put_text(CellRef::new(row, form.column(Col::Label)?), text);
    if let Some(column) = form.column(Col::Serial) {
        form.put(CellRef::new(row, column), Value::Number((indicators() + 1) as f64));
    }
    for column in form.figure_columns() {
        let count = rng.between(5, 40);
        let value = if form.house == House::Plain {
            Value::Number(count as f64)
        } else {
            Value::from(format!("{count}家").as_str())
        };
        form.put(CellRef::new(row, form.column(column)?), value);
    }
    let place = Range::new(CellRef::new(row, form.left()), CellRef::new(row, form.right()));
    Some(Planted::over("T009", place, text))
}

pub fn row_order(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_producer(form) || form.has_formulas() || !marks.none() {
        return None;
    }
    let (a, b) = (rng.below(indicators()), rng.below(indicators()));
    if a == b {
        return None;
    }
    let keep_serials = rng.chance(50);
    let serial = form.column(Col::Serial);
    let (first, second) = (form.rows[a], form.rows[b]);
    let take = |form: &Form, row: u32| -> Vec<(CellRef, Cell)> {
        form.page_ref()
            .grid
            .rows(row, row)
            .filter(|(at, _)| !(keep_serials && Some(at.column) == serial))
            .map(|(at, cell)| (at, cell.clone()))
            .collect()
    };
    let (above, below) = (take(form, first), take(form, second));
    for (at, _) in above.iter().chain(&below) {
        form.page().grid.remove(*at);
    }
    for (at, cell) in above {
        form.page().grid.set(CellRef::new(second, at.column), cell);
    }
    for (at, cell) in below {
        form.page().grid.set(CellRef::new(first, at.column), cell);
    }
    form.rows.swap(a, b);
    let place = form.table();
    // Later faults of rows find the rows where they are now; the clean form is this one.
    form.clean = form.workbook.clone();
    Some(
        Planted::over(
            "T010",
            place,
            format!("rows {} and {} changed places, serials kept: {keep_serials}", a + 1, b + 1),
        )
        .either(),
    )
}

pub fn column_order(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_producer(form) || form.has_formulas() || !marks.none() {
        return None;
    }
    let mut order: Vec<usize> = (0..official().cities.len()).collect();
    rng.shuffle(&mut order);
    if order.is_sorted() {
        return None;
    }
    let places: Vec<u32> = (0..order.len()).map(|city| form.columns[&Col::City(city)]).collect();
    let mut columns: Vec<Vec<Cell>> = Vec::new();
    for place in &places {
        columns.push(
            (form.header..=form.last_row())
                .map(|row| form.page_ref().grid.get(CellRef::new(row, *place)).cloned().unwrap_or_default())
                .collect(),
        );
    }
    for (place, city) in places.iter().zip(&order) {
        for (row, cell) in (form.header..=form.last_row()).zip(columns[*city].clone()) {
            form.page().grid.set(CellRef::new(row, *place), cell);
        }
        form.columns.insert(Col::City(*city), *place);
    }
    form.clean = form.workbook.clone();
    Some(Planted::over("T010", form.table(), format!("city columns in the order {order:?}")).either())
}

pub fn all_serials(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let column = form.column(Col::Serial)?;
    if !marks.none() {
        return None;
    }
    let what = rng.below(3);
    let mut cells = Vec::new();
    for indicator in 0..indicators() {
        let at = CellRef::new(form.rows[indicator], column);
        let value = match what {
            0 => Value::Empty,
            1 => Value::Number(1.0),
            _ => Value::Number((indicator + 2) as f64),
        };
        form.put(at, value);
        cells.push(at);
    }
    Some(Planted::over("T011", form.span(column), format!("serials, way {what}")).restores(cells))
}

pub fn serial(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    form.column(Col::Serial)?;
    let indicator = free_row(rng, marks, |_| true)?;
    let at = form.at(indicator, Col::Serial)?;
    let value = match rng.below(3) {
        0 => Value::Empty,
        1 => Value::Number(((indicator + 1) % indicators() + 1) as f64),
        _ => Value::Number((indicator + 11) as f64),
    };
    form.put(at, value);
    let span = form.span(at.column);
    let mut planted = Planted::at("T011", at, format!("serial of 指标{}", indicator + 1)).restores(vec![at]);
    planted.place = Some(span);
    Some(planted)
}

pub fn merged(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_flat(form) || is_producer(form) {
        return None;
    }
    let columns = form.figure_columns();
    let indicator = free_row(rng, marks, |indicator| indicator + 1 < indicators())?;
    let below = indicator + 1;
    if !marks.is_free(below) || form.rows[below] != form.rows[indicator] + 1 {
        return None;
    }
    marks.take(below);
    let beside: Vec<(Col, Col)> = columns
        .windows(2)
        .map(|pair| (pair[0], pair[1]))
        .filter(|(a, b)| {
            form.column(*a).map(|at| at + 1) == form.column(*b)
                && form.at(indicator, *a).map(|at| form.value(at))
                    == form.at(indicator, *b).map(|at| form.value(at))
        })
        .collect();
    let (start, end) = if !beside.is_empty() && rng.chance(70) {
        let (a, b) = rng.pick(&beside);
        (form.at(indicator, a)?, form.at(indicator, b)?)
    } else {
        let column = rng.pick(&columns);
        (form.at(indicator, column)?, form.at(below, column)?)
    };
    let place = Range::new(start, end);
    if form.page_ref().merges.iter().any(|merge| merge.contains(start) || merge.contains(end)) {
        return None;
    }
    form.page().merges.push(place);
    form.put(end, Value::Empty);
    let also = Range::new(CellRef::new(start.row, form.left()), CellRef::new(end.row, form.right()));
    // What stood under the merge is gone.
    Some(Planted::over("T012", place, format!("{place} merged")).also(
        &["Q015", "N003", "N002", "B001", "B003", "P001", "P004", "P005", "P006", "P009", "P010"],
        also,
    ))
}

pub fn hidden_row(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_flat(form) || is_producer(form) {
        return None;
    }
    let indicator = free_row(rng, marks, |_| true)?;
    let row = form.rows[indicator];
    form.page().hidden_rows.push(Span { first: row, last: row });
    let place = Range::new(CellRef::new(row, form.left()), CellRef::new(row, form.right()));
    Some(Planted::over("T014", place, format!("row {} hidden", row + 1)))
}

pub fn hidden_column(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_flat(form) || is_producer(form) {
        return None;
    }
    let columns = form.figure_columns();
    let column = form.column(rng.pick(&columns))?;
    form.page().hidden_columns.push(Span { first: column, last: column });
    let place = Range::new(CellRef::new(form.top, column), CellRef::new(form.last_row(), column));
    Some(Planted::over("T014", place, format!("column {column} hidden")))
}

// ---- titles and identity

pub fn other_zone(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    let at = form.titles.iter().copied().find(|at| form.page_ref().grid.shown(*at).contains(ZONE))?;
    let text = form.page_ref().grid.shown(at);
    // A title with the period of the return says no other year in earnest.
    let dated = form.says_period.contains(&Says::Title);
    let changed = if dated || rng.chance(65) {
        let zone = rng.pick(&[
            "河北·京南",
            "宁波",
            "浙江",
            "上海闵行",
            "江苏苏南",
            "吉林长吉图",
            "山东济青烟",
            "重庆",
            "河南郑洛新",
        ]);
        text.replace("成德绵", zone)
    } else {
        let years = rng.pick(&["2021—2025年", "2025年", "“十四五”", "2013—2015年"]);
        if rng.chance(50) { format!("{text}（{years}）") } else { format!("{years}{text}") }
    };
    form.put_text(at, &changed);
    Some(Planted::at("T015", at, changed))
}

pub fn other_title(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    let at = form.titles.iter().copied().find(|at| form.page_ref().grid.shown(*at).contains(ZONE))?;
    let text = form.page_ref().grid.shown(at);
    let changed = match rng.below(5) {
        0 => text.replace("科技成果转移转化", "科技成果转化"),
        1 => text.replace("国家科技", "科技"),
        2 => text.replace("示范区", "示范基地"),
        3 => text.replace("成德绵", "成绵德"),
        _ => text.replace("转移转化", "转化转移"),
    };
    form.put_text(at, &changed);
    Some(Planted::at("T016", at, changed).either())
}

pub fn names_disagree(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    let _ = marks;
    let other_city = city_name((form.city + 1 + rng.below(2)) % 3);
    let other = {
        let others: Vec<Period> = PERIODS.into_iter().filter(|period| *period != form.period).collect();
        rng.pick(&others)
    };
    let what;
    if rng.chance(60) {
        // The file has another city's name; the form itself says whose it is.
        let inside = form.says_city.iter().any(|says| matches!(says, Says::Title | Says::Line));
        if !inside {
            return None;
        }
        what = format!("file name {other_city}");
        let extension = form.file_name.rsplit('.').next()?.to_owned();
        form.file_name = if is_flat(form) || rng.chance(60) || form.says_city.contains(&Says::SheetName) {
            let period = if form.says_period.contains(&Says::FileName) {
                form.period.chinese()
            } else {
                String::new()
            };
            format!("{other_city}{period}.{extension}")
        } else {
            let period = if form.says_period.contains(&Says::SheetName) {
                form.period.chinese()
            } else {
                String::new()
            };
            form.page().name = format!("{other_city}{period}");
            form.file_name.clone()
        };
    } else {
        let inside = form.says_period.iter().any(|says| matches!(says, Says::Title | Says::Line));
        if !inside {
            return None;
        }
        what = format!("file name {}", other.chinese());
        let extension = form.file_name.rsplit('.').next()?.to_owned();
        let city = if form.says_city.contains(&Says::FileName) { city_name(form.city) } else { "" };
        form.file_name = format!("{city}{}进展情况.{extension}", other.chinese());
    }
    Some(Planted::on_file("P007", what))
}

/// The title names another city than the line 填报单位, whose figures these are.
pub fn title_disagrees(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if !form.says_city.contains(&Says::Title) || !form.says_city.contains(&Says::Line) {
        return None;
    }
    let (own, other) = (city_name(form.city), city_name((form.city + 1 + rng.below(2)) % 3));
    let at = form.titles.iter().copied().find(|at| form.page_ref().grid.shown(*at).contains(own))?;
    let text = form.page_ref().grid.shown(at).replace(own, other);
    form.put_text(at, &text);
    Some(Planted::on_file("P007", format!("title of {other}")))
}

pub fn nobody(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_producer(form) || !marks.none() {
        return None;
    }
    // A dated caption says of when it is.
    let header = Range::new(CellRef::new(form.top, 0), CellRef::new(form.top + 2, 60));
    let dated = form.page_ref().grid.cells().any(|(at, cell)| {
        header.contains(at) && cell.shown().contains("月") && cell.shown().contains("完成")
    });
    let drop_city = dated || rng.chance(50);
    let extension = form.file_name.rsplit('.').next()?.to_owned();
    let (city, period) = (city_name(form.city), form.period);
    // Everything that says it is taken out; the other is said in the file name.
    for title in
        form.page_ref().grid.cells().map(|(at, _)| at).filter(|at| at.row < form.top).collect::<Vec<_>>()
    {
        form.page().grid.remove(title);
    }
    form.page().name = "Sheet1".to_owned();
    form.page().merges.retain(|_| false);
    form.file_name = if drop_city {
        format!("进展情况表{}.{extension}", period.chinese())
    } else {
        format!("{city}进展情况表.{extension}")
    };
    for sheet in &mut form.workbook.sheets {
        if sheet.name == city {
            sheet.name = "Sheet5".to_owned();
        }
    }
    Some(Planted::on_file("P008", if drop_city { "no city" } else { "no period" }))
}

// ---- the rest

pub fn total_row(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if is_producer(form) || form.has_formulas() {
        return None;
    }
    let row = row_below(form);
    let text = rng.pick(&["合计", "总计", "合  计"]);
    let at = if rng.chance(50) { form.column(Col::Label)? } else { form.left() };
    form.put_text(CellRef::new(row, at), text);
    for column in form.figure_columns() {
        let sum: i64 = (0..indicators()).filter_map(|indicator| form.count(indicator, column)).sum();
        let value = if form.house == House::WithUnit {
            Value::from(format!("{sum}项").as_str())
        } else {
            Value::Number(sum as f64)
        };
        form.put(CellRef::new(row, form.column(column)?), value);
    }
    let place = Range::new(CellRef::new(row, form.left()), CellRef::new(row, form.right()));
    Some(Planted::over("T017", place, text))
}

pub fn formula_text(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if is_producer(form) {
        return None;
    }
    let column = [Col::Explanation, Col::Remark].into_iter().find(|column| form.column(*column).is_some())?;
    if rng.chance(25) {
        // In a cell of figures: a sum that was typed as text.
        let spot = super::spot(form, rng, marks, |_| true)?;
        let text = format!("={}+{}", spot.count / 2, spot.count - spot.count / 2);
        form.put_text(spot.at, &text);
        return Some(Planted::at("S001", spot.at, text).or("Q010").or("Q001").or("Q008").either());
    }
    let indicator = free_row(rng, marks, |_| true)?;
    let at = form.at(indicator, column)?;
    let text = rng.pick(&[
        "=1+1",
        "=HYPERLINK(\"http://example.invalid\",\"见附件\")",
        "@SUM(A1:A9)",
        "+cmd|' /C calc'!A0",
        "=cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "=D4/C4",
    ]);
    form.put_text(at, text);
    Some(Planted::at("S001", at, format!("{column:?} 指标{} {text}", indicator + 1)).either())
}

pub fn very_hidden(form: &mut Form, rng: &mut Rng, _: &mut Marks) -> Option<Planted> {
    if !matches!(form.carrier, Carrier::Memory | Carrier::Xlsx) {
        return None;
    }
    let grid =
        Grid::from_cells(vec![(CellRef::new(0, 0), Cell::new(Value::Number(rng.between(1, 9) as f64)))]);
    form.workbook.sheets.push(Sheet {
        name: "底稿2".into(),
        visibility: Visibility::VeryHidden,
        grid,
        ..Sheet::default()
    });
    Some(Planted::on_file("S002", "a very hidden sheet"))
}

pub fn two_tables(form: &mut Form, rng: &mut Rng, marks: &mut Marks) -> Option<Planted> {
    if !matches!(form.carrier, Carrier::Memory | Carrier::Xlsx) || !marks.none() {
        return None;
    }
    let mut copy = form.page_ref().clone();
    copy.name = rng.pick(&["副本", "备份", "Sheet1 (2)"]).to_owned();
    form.workbook.sheets.push(copy);
    // Two equal sheets: neither is worse than the other.
    marks.take(0);
    for indicator in 1..indicators() {
        marks.take(indicator);
    }
    Some(Planted::on_file("T002", "two tables"))
}
