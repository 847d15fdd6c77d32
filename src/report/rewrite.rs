//! A workbook of a format that cannot be patched (.xls, .xlsb, .ods, text, HTML) as a new .xlsx from what was read,
//! with a list of what could not be kept. Text stays text, whatever it begins with.
//!
//! Makes no correction: edits and the record go into the new .xlsx as into any other, so that references move with
//! inserted rows and stale results go.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rust_xlsxwriter::{Format, Formula, Workbook as Writer, Worksheet};

use super::{ReportError, style};
use crate::model::{self, Cell, CellRef, Range, Value, Visibility, Workbook};

/// A new workbook and what it lacks, in Chinese.
#[derive(Debug)]
pub struct Rewritten {
    pub bytes: Vec<u8>,
    pub losses: Vec<String>,
    /// Results of formulas that the writer cannot tell from numbers, and those that no program has computed: by sheet,
    /// to be put in afterwards. `None` takes the result out, a text is one, whatever it looks like.
    pub results: BTreeMap<usize, BTreeMap<CellRef, Option<String>>>,
    /// Formulas of which the result alone was kept, by sheet, with their text as far as it is known.
    pub results_only: Vec<(usize, CellRef, String)>,
}

/// Writes a workbook as it was read, sheet by sheet in its order.
pub fn write(workbook: &Workbook) -> Result<Rewritten, ReportError> {
    let mut writer = style::workbook("")?;
    let mut losses = Losses::default();
    if workbook.date_1904 {
        losses.note("日期改从 1900 年起计，显示的日期不变".to_owned());
    }
    let mut names: Vec<String> = Vec::new();
    let mut formats = BTreeMap::new();
    let mut shown = workbook.sheets.iter().any(|sheet| sheet.visibility == Visibility::Visible);
    let (mut results, mut results_only) = (BTreeMap::new(), Vec::new());
    let renamed = renamed(workbook);
    for (index, sheet) in workbook.sheets.iter().enumerate() {
        let name = free_name(&sheet.name, &names);
        if name != sheet.name {
            losses.note(format!("工作表名“{}”改成了“{name}”", sheet.name));
        }
        let target = writer.add_worksheet().set_name(&name)?;
        names.push(name);
        match sheet.visibility {
            // One sheet at least has to be shown.
            _ if !shown => shown = true,
            Visibility::Visible => {}
            Visibility::Hidden => drop(target.set_hidden(true)),
            Visibility::VeryHidden => drop(target.set_very_hidden(true)),
        }
        let days = if workbook.date_1904 { DAYS_FROM_1900_TO_1904 } else { 0.0 };
        let mut unwritable: BTreeMap<CellRef, &str> =
            sheet.unwritable.iter().map(|formula| (formula.at, formula.text.as_ref())).collect();
        if !renamed.is_empty() {
            // A sheet that another name was given to is not found under its own.
            let speaks = |formula: &&str| renamed.iter().any(|name| formula.contains(name.as_str()));
            let formulas = sheet.grid.cells().filter_map(|(at, cell)| Some((at, cell.formula.as_deref()?)));
            unwritable.extend(formulas.filter(|(_, formula)| speaks(formula)));
        }
        write_sheet(target, sheet, &unwritable, days, &mut formats, &mut losses)?;
        losses.of_formulas(&sheet.name, &unwritable);
        let odd: BTreeMap<CellRef, Option<String>> = sheet
            .grid
            .cells()
            .filter(|(at, _)| in_sheet(*at) && !unwritable.contains_key(at))
            .filter_map(|(at, cell)| Some((at, odd_result(cell)?)))
            .collect();
        if !odd.is_empty() {
            results.insert(index, odd);
        }
        results_only.extend(unwritable.into_iter().map(|(at, text)| (index, at, text.to_owned())));
    }
    activate_first_visible(&mut writer, workbook);
    losses.of_format(workbook.format);
    Ok(Rewritten { bytes: writer.save_to_buffer()?, losses: losses.list, results, results_only })
}

/// `days` is added to every date.
fn write_sheet(
    target: &mut Worksheet,
    sheet: &model::Sheet,
    unwritable: &BTreeMap<CellRef, &str>,
    days: f64,
    formats: &mut BTreeMap<String, Format>,
    losses: &mut Losses,
) -> Result<(), ReportError> {
    let mut merged = Merged::default();
    for merge in &sheet.merges {
        let kept = clipped(*merge, sheet.grid.used());
        if kept.start == kept.end || !in_sheet(kept.end) || !merged.take(kept) {
            losses.note(format!("工作表“{}”的合并区域 {merge} 有误，未保留", sheet.name));
            continue;
        }
        if kept != *merge {
            losses.note(format!("工作表“{}”的合并区域 {merge} 大多没有内容，缩到了 {kept}", sheet.name));
        }
        let (left, right) = (column(kept.start.column), column(kept.end.column));
        target.merge_range(kept.start.row, left, kept.end.row, right, "", &Format::new())?;
    }
    for (at, cell) in sheet.grid.cells() {
        if in_sheet(at) {
            let moved = match &cell.value {
                Value::Number(number) if days != 0.0 && cell.number_format.is_date() => {
                    Cell { value: Value::Number(number + days), ..cell.clone() }
                }
                _ => cell.clone(),
            };
            let kept = if unwritable.contains_key(&at) { Cell { formula: None, ..moved } } else { moved };
            write_cell(target, &sheet.name, at, &kept, formats, losses)?;
        } else {
            losses.note(format!("工作表“{}”的 {at} 超出 .xlsx 的范围，未保留", sheet.name));
        }
    }
    // A file may state the same columns any number of times: the later stands.
    let mut widths: BTreeMap<u32, f32> = BTreeMap::new();
    for (span, width) in sheet.column_widths.iter().rev().take(MOST_SPANS) {
        for index in span.first..=span.last.min(MOST_COLUMNS) {
            widths.entry(index).or_insert(*width);
        }
    }
    for (index, width) in widths {
        target.set_column_width(column(index), f64::from(width.clamp(0.0, 255.0)))?;
    }
    let hidden = sheet
        .hidden_columns
        .iter()
        .take(MOST_SPANS)
        .flat_map(|span| span.first..=span.last.min(MOST_COLUMNS));
    for index in hidden.collect::<BTreeSet<u32>>() {
        target.set_column_hidden(column(index))?;
    }
    // Rows below the used area are empty, hidden or not.
    let last = sheet.grid.used().map_or(0, |used| used.end.row);
    for span in &sheet.hidden_rows {
        for row in span.first..=span.last.min(last) {
            target.set_row_hidden(row)?;
        }
    }
    Ok(())
}

/// Between the first days of the two date systems (ECMA-376 part 1, 18.17.4.1).
const DAYS_FROM_1900_TO_1904: f64 = 1462.0;
const MOST_COLUMNS: u32 = CellRef::MAX_COLUMNS - 1;
/// So many statements about columns are heeded; a sheet made by a program has one for each column at most.
const MOST_SPANS: usize = 1_024;

/// A merged range of more cells than this is clipped to what is used: every cell of it has to be written.
const LARGE_MERGE: u64 = 4_096;
/// Cells in all merged ranges of a sheet.
const MOST_MERGED: u64 = 500_000;

const fn area(range: Range) -> u64 {
    (range.end.row as u64 + 1 - range.start.row as u64)
        * (range.end.column as u64 + 1 - range.start.column as u64)
}

/// A merge over a whole sheet, or whole columns, as far as there is something in the sheet.
fn clipped(merge: Range, used: Option<Range>) -> Range {
    if area(merge) <= LARGE_MERGE {
        return merge;
    }
    let last = used.map_or(merge.start, |used| used.end);
    let end = CellRef::new(merge.end.row.min(last.row), merge.end.column.min(last.column));
    Range {
        start: merge.start,
        end: CellRef::new(end.row.max(merge.start.row), end.column.max(merge.start.column)),
    }
}

/// The cells that merged ranges cover so far.
#[derive(Default)]
struct Merged(HashSet<CellRef>);

impl Merged {
    /// False for a range that overlaps another, or is more than a sheet may have.
    fn take(&mut self, range: Range) -> bool {
        let held = u64::try_from(self.0.len()).unwrap_or(u64::MAX);
        let cells = || {
            (range.start.row..=range.end.row)
                .flat_map(|row| (range.start.column..=range.end.column).map(move |c| CellRef::new(row, c)))
        };
        if held.saturating_add(area(range)) > MOST_MERGED || cells().any(|at| self.0.contains(&at)) {
            return false;
        }
        self.0.extend(cells());
        true
    }
}
/// Most UTF-16 units a cell can hold.
const TEXT_LIMIT: usize = 32_767;

fn write_cell(
    target: &mut Worksheet,
    sheet: &str,
    at: CellRef,
    cell: &Cell,
    formats: &mut BTreeMap<String, Format>,
    losses: &mut Losses,
) -> Result<(), ReportError> {
    let (row, column) = (at.row, column(at.column));
    let code = cell.number_format.code();
    let format = formats.entry(code.to_owned()).or_insert_with(|| Format::new().set_num_format(code));
    if let Some(formula) = &cell.formula {
        // Without a result whoever opens the file computes it.
        let formula = Formula::new(formula.as_ref()).set_result(stored(&cell.value));
        target.write_formula_with_format(row, column, formula, format)?;
        return Ok(());
    }
    match &cell.value {
        Value::Empty => target.write_blank(row, column, format)?,
        Value::Number(number) if number.is_finite() => {
            target.write_number_with_format(row, column, *number, format)?
        }
        Value::Number(_) => target.write_blank(row, column, format)?,
        Value::Bool(truth) => target.write_boolean_with_format(row, column, *truth, format)?,
        Value::Text(text) if text.encode_utf16().count() > TEXT_LIMIT => {
            losses.note(format!("工作表“{sheet}”的 {at} 文字超过 {TEXT_LIMIT} 个字符，截去了后面的部分"));
            let kept: String = text.chars().take(TEXT_LIMIT / 2).collect();
            target.write_string_with_format(row, column, kept, format)?
        }
        Value::Text(text) => target.write_string_with_format(row, column, text.as_ref(), format)?,
        Value::Error(text) => {
            losses.note(format!("工作表“{sheet}”的 {at} 的错误值 {text} 存成了文字"));
            target.write_string_with_format(row, column, text.as_ref(), format)?
        }
    };
    Ok(())
}

/// A formula's result that the writer would take for another thing, or make up.
fn odd_result(cell: &Cell) -> Option<Option<String>> {
    cell.formula.as_ref()?;
    match &cell.value {
        Value::Empty => Some(None),
        Value::Text(text) => Some(Some(text.to_string())),
        Value::Number(number) => (!number.is_finite()).then_some(None),
        Value::Bool(_) | Value::Error(_) => None,
    }
}

fn stored(value: &Value) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) | Value::Error(text) => text.to_string(),
        Value::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
    }
}

/// The workbook opens on its first visible sheet, as far as the order goes.
fn activate_first_visible(writer: &mut Writer, workbook: &Workbook) {
    let first = workbook.sheets.iter().position(|sheet| sheet.visibility == Visibility::Visible).unwrap_or(0);
    if let Ok(sheet) = writer.worksheet_from_index(first) {
        sheet.set_active(true).set_first_tab(true);
    }
}

/// The names of sheets that .xlsx does not allow.
fn renamed(workbook: &Workbook) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut changed = Vec::new();
    for sheet in &workbook.sheets {
        let name = free_name(&sheet.name, &names);
        if name != sheet.name && !sheet.name.is_empty() {
            changed.push(sheet.name.replace('\'', "''"));
        }
        names.push(name);
    }
    changed
}

/// A name that .xlsx allows and that is not taken: at most 31 characters, none of `[]:*?/\`.
fn free_name(wanted: &str, taken: &[String]) -> String {
    let clean: String = wanted
        .chars()
        .map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') { '_' } else { c })
        .collect();
    let clean = clean.trim_matches('\'');
    let base = if clean.trim().is_empty() { "工作表" } else { clean };
    let is_free = |name: &String| taken.iter().all(|other| other.to_lowercase() != name.to_lowercase());
    let shortened = |tail: &str| base.chars().take(31 - tail.len()).collect::<String>() + tail;
    let numbered = (2u32..).map(|n| shortened(&n.to_string()));
    std::iter::once(shortened("")).chain(numbered).find(is_free).unwrap_or_default()
}

/// In order of appearance, each kind of loss a few times at most.
#[derive(Default)]
struct Losses {
    list: Vec<String>,
}

impl Losses {
    const MOST: usize = 50;

    fn note(&mut self, loss: String) {
        if self.list.len() < Self::MOST {
            self.list.push(loss);
        }
    }

    /// Cell by cell, in one line a sheet.
    fn of_formulas(&mut self, sheet: &str, unwritable: &BTreeMap<CellRef, &str>) {
        const NAMED: usize = 1_000;
        if unwritable.is_empty() {
            return;
        }
        let cells: Vec<String> = unwritable.keys().take(NAMED).map(CellRef::to_string).collect();
        let more =
            if unwritable.len() > NAMED { format!(" 等 {} 处", unwritable.len()) } else { String::new() };
        self.list.push(format!(
            "工作表“{sheet}”中这些单元格的公式未保留，只保留了结果：{}{more}",
            cells.join(" ")
        ));
    }

    fn of_format(&mut self, format: model::Format) {
        let general: &[&str] = match format {
            model::Format::Xlsx
            | model::Format::Xlsm
            | model::Format::Xlsb
            | model::Format::Xls
            | model::Format::Ods => &[
                "字体、颜色、边框、对齐方式和行高未保留",
                "图表、图片、批注、超链接、数据有效性、条件格式和打印设置未保留",
                "宏、透视表和外部链接未保留",
            ],
            model::Format::Docx => &["文档的正文、字体、边框和图片未保留，只保留了表格"],
            model::Format::Html => &["网页的字体、颜色、边框和图片未保留"],
            model::Format::Text => &["原来的文本格式改存为 .xlsx"],
        };
        self.list.extend(general.iter().map(|loss| (*loss).to_owned()));
    }
}

fn in_sheet(at: CellRef) -> bool {
    at.row < CellRef::MAX_ROWS && at.column < CellRef::MAX_COLUMNS
}

fn column(index: u32) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}
