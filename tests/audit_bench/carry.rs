//! From a form in memory to the bytes that a unit would send, in several formats, and workbooks of other producers as
//! forms.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::OnceLock;

use indicator_companion::breakdown::CityId;
use indicator_companion::fixes::{Edit, NewValue};
use indicator_companion::job::check;
use indicator_companion::model::{Cell, CellRef, Decimal, Format, Half, Period, Value, Visibility, Workbook};
use indicator_companion::patch;
use indicator_companion::reading::{Limits, read};
use rust_xlsxwriter::{Format as CellFormat, Formula, Workbook as Writer};

use crate::layouts::{Carrier, Col, Form, House, Kind, RateStyle, Says, city_name, indicators, official};

/// The file of a form: bytes for every carrier but memory.
pub fn bytes(form: &Form, workbook: &Workbook) -> Option<Vec<u8>> {
    match form.carrier {
        Carrier::Memory => None,
        Carrier::Xlsx => Some(xlsx(workbook)),
        Carrier::Producer(which) => Some(patched(which, workbook)),
        Carrier::CsvUtf8 => Some([b"\xEF\xBB\xBF", csv(form, workbook).as_bytes()].concat()),
        Carrier::CsvGb18030 => Some(encoding_rs::GB18030.encode(&csv(form, workbook)).0.into_owned()),
        Carrier::Html => Some(html(form, workbook)),
    }
}

/// Stands for a result that a library did not compute; taken out of the written file again.
const NO_RESULT: &str = "no-result";

fn xlsx(workbook: &Workbook) -> Vec<u8> {
    let mut writer = Writer::new();
    let mut bare = false;
    for sheet in &workbook.sheets {
        let page = writer.add_worksheet().set_name(&sheet.name).expect("a sheet name");
        match sheet.visibility {
            Visibility::Visible => {}
            Visibility::Hidden => {
                page.set_hidden(true);
            }
            Visibility::VeryHidden => {
                page.set_very_hidden(true);
            }
        }
        for merge in &sheet.merges {
            let format = CellFormat::new();
            page.merge_range(
                merge.start.row,
                merge.start.column as u16,
                merge.end.row,
                merge.end.column as u16,
                "",
                &format,
            )
            .expect("a merge");
        }
        for (at, cell) in sheet.grid.cells() {
            let (row, column) = (at.row, at.column as u16);
            let format = CellFormat::new().set_num_format(cell.number_format.code());
            if let Some(formula) = &cell.formula {
                let result = if cell.value.is_empty() { NO_RESULT.to_owned() } else { plain(&cell.value) };
                bare |= cell.value.is_empty();
                page.write_formula_with_format(
                    row,
                    column,
                    Formula::new(&**formula).set_result(result),
                    &format,
                )
                .expect("a formula");
                continue;
            }
            match &cell.value {
                Value::Empty => {}
                Value::Number(number) => {
                    page.write_number_with_format(row, column, *number, &format).expect("a number");
                }
                Value::Text(text) => {
                    page.write_string_with_format(row, column, &**text, &format).expect("a text");
                }
                Value::Bool(truth) => {
                    page.write_boolean_with_format(row, column, *truth, &format).expect("a truth value");
                }
                Value::Error(error) => {
                    let formula = Formula::new("A1/0").set_result(&**error);
                    page.write_formula_with_format(row, column, formula, &format).expect("an error");
                }
            }
        }
        for span in &sheet.hidden_rows {
            for row in span.first..=span.last {
                page.set_row_hidden(row).expect("a row");
            }
        }
        for span in &sheet.hidden_columns {
            for column in span.first..=span.last {
                page.set_column_hidden(column as u16).expect("a column");
            }
        }
    }
    let bytes = writer.save_to_buffer().expect("a workbook");
    if bare {
        rewritten(
            &bytes,
            |name, text| if name.starts_with("xl/worksheets/") { without_results(text) } else { text },
        )
    } else {
        bytes
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Text(text) | Value::Error(text) => text.to_string(),
        _ => String::new(),
    }
}

fn without_results(text: String) -> String {
    text.replace(&format!("<v>{NO_RESULT}</v>"), "").replace(" t=\"str\"><f>", "><f>")
}

/// A package with its XML parts changed.
pub fn rewritten(bytes: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a package");
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("a part's content");
        if let Ok(text) = String::from_utf8(content.clone()) {
            content = change(&name, text).into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        out.write_all(&content).expect("a part's content");
    }
    out.finish().expect("a package").into_inner()
}

/// Cells as a spreadsheet program would export them.
fn rows(form: &Form, workbook: &Workbook) -> Vec<Vec<String>> {
    let sheet = &workbook.sheets[form.sheet];
    let Some(used) = sheet.grid.used() else { return Vec::new() };
    (0..=used.end.row)
        .map(|row| (0..=used.end.column).map(|column| sheet.grid.shown(CellRef::new(row, column))).collect())
        .collect()
}

fn csv(form: &Form, workbook: &Workbook) -> String {
    let field = |text: &String| {
        if text.contains([',', '"', '\n']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.clone()
        }
    };
    rows(form, workbook)
        .iter()
        .map(|row| row.iter().map(field).collect::<Vec<_>>().join(",") + "\r\n")
        .collect()
}

fn html(form: &Form, workbook: &Workbook) -> Vec<u8> {
    let merges = &workbook.sheets[form.sheet].merges;
    let mut text = String::from(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb18030\"></head><body>\
         <table border=1>\n",
    );
    for (row, cells) in (0u32..).zip(rows(form, workbook)) {
        text += "<tr>";
        for (column, content) in (0u32..).zip(cells) {
            let at = CellRef::new(row, column);
            let merge = merges.iter().find(|merge| merge.contains(at));
            if merge.is_some_and(|merge| merge.start != at) {
                continue;
            }
            let spans = merge.map_or(String::new(), |merge| {
                format!(
                    " colspan={} rowspan={}",
                    merge.end.column - merge.start.column + 1,
                    merge.end.row - merge.start.row + 1
                )
            });
            let content = content.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            text += &format!("<td{spans}>{content}</td>");
        }
        text += "</tr>\n";
    }
    text += "</table></body></html>\n";
    encoding_rs::GB18030.encode(&text).0.into_owned()
}

// ---- workbooks of other producers

/// Under `fixtures/workbooks`, all of them clean and without hidden rows or columns in the table. Only those of .xlsx
/// are changed inside their own package.
pub const PRODUCERS: &[&str] = &[
    "openpyxl/分解表.xlsx",
    "openpyxl/分解表-数值.xlsx",
    "openpyxl/偏移-前有别的表.xlsx",
    "openpyxl/成都市-2019年6月.xlsx",
    "libreoffice/分解表.xlsx",
    "libreoffice/成都市-2019年6月.xlsx",
    "exceljs/分解表.xlsx",
    "samples/分解表-libreoffice.xlsx",
    "samples/分解表-openpyxl.xlsx",
    "samples/成都市-2018年12月.xlsx",
    "samples/绵阳市-2018年12月.xlsx",
    "samples/德阳市-2018年12月.xlsx",
    "samples/成都市-2019年6月.xlsx",
    // Read and changed in memory.
    "libreoffice/分解表.xls",
    "libreoffice/分解表.ods",
    "libreoffice/成都市-2019年6月.xls",
    "libreoffice/成都市-2019年6月.ods",
    "xlwt/分解表.xls",
    "text/分解表-utf8.csv",
    "text/分解表-制表符-gb18030.tsv",
    "text/网页.xls",
];

pub fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(format!("fixtures/workbooks/{path}")).expect("a fixture")
}

/// All of them, read once.
pub fn producers() -> &'static [Form] {
    static FORMS: OnceLock<Vec<Form>> = OnceLock::new();
    FORMS.get_or_init(|| (0..PRODUCERS.len()).map(producer).collect())
}

/// A clean workbook of another producer as a form; its captions are the official ones.
fn producer(which: usize) -> Form {
    let path = PRODUCERS[which];
    let file_name = path.rsplit('/').next().expect("a name").to_owned();
    let workbook = read(&file_name, &fixture(path), &Limits::default()).expect("readable");
    let found = workbook.sheets.iter().enumerate().rev().find_map(|(sheet, page)| {
        page.grid.cells().find(|(_, cell)| cell.shown() == "序号").map(|(at, _)| (sheet, at))
    });
    let (sheet, corner) = found.expect("a table");
    let page = &workbook.sheets[sheet];
    let mut columns = BTreeMap::new();
    for column in corner.column..corner.column + 12 {
        let caption = page.grid.shown(CellRef::new(corner.row, column));
        let col = match caption.as_str() {
            "序号" => Col::Serial,
            "指标内容" => Col::Label,
            "计量单位" => Col::Unit,
            "目标值" => Col::Target,
            "上期累计完成" => Col::Previous,
            "本期累计完成" => Col::Current,
            "完成率" => Col::Rate,
            "情况说明" => Col::Explanation,
            name => match official().cities.iter().position(|city| city == name) {
                Some(city) => Col::City(city),
                None => continue,
            },
        };
        columns.insert(col, column);
    }
    let kind = if columns.contains_key(&Col::Target) { Kind::Progress } else { Kind::Breakdown };
    let rows: Vec<u32> = (0..indicators() as u32).map(|at| corner.row + 1 + at).collect();
    let mut counts = BTreeMap::new();
    let mut house = House::Plain;
    for (column, at) in &columns {
        if !matches!(column, Col::City(_) | Col::Target | Col::Previous | Col::Current) {
            continue;
        }
        for (indicator, row) in rows.iter().enumerate() {
            let text = page.grid.shown(CellRef::new(*row, *at));
            let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
            if digits.len() < text.len() && !digits.is_empty() {
                house = House::WithUnit;
            }
            counts.insert((*column, indicator), digits.parse().ok());
        }
    }
    let city = official().cities.iter().position(|city| file_name.starts_with(city.as_str())).unwrap_or(0);
    let period = if file_name.contains("2018年12月") {
        Period { year: 2018, half: Half::December }
    } else {
        Period { year: 2019, half: Half::June }
    };
    let rate = match columns.get(&Col::Rate).and_then(|column| page.grid.get(CellRef::new(rows[0], *column)))
    {
        Some(cell) if cell.formula.is_none() => RateStyle::Fraction,
        Some(cell) if cell.value.is_empty() => RateStyle::BareFormula,
        _ => RateStyle::Formula,
    };
    let titles = page
        .grid
        .cells()
        .filter(|(at, cell)| at.row < corner.row && cell.shown().contains("指标"))
        .map(|(at, _)| at)
        .collect();
    // Some of them hide a row and a column of the table, which is a fault: shown again, in memory.
    let hides = !(page.hidden_rows.is_empty() && page.hidden_columns.is_empty());
    let patchable = workbook.format.is_patchable() && !hides;
    let mut workbook = workbook;
    if let Some(page) = workbook.sheets.get_mut(sheet) {
        page.hidden_rows.clear();
        page.hidden_columns.clear();
    }
    let clean = workbook.clone();
    let mut form = Form {
        carrier: if patchable { Carrier::Producer(which) } else { Carrier::Memory },
        kind,
        workbook,
        clean,
        file_name,
        sheet,
        top: corner.row,
        header: corner.row,
        rows,
        columns,
        house,
        rate,
        decimals: 1,
        city,
        period,
        first: period.half == Half::December,
        reported: Vec::new(),
        counts,
        titles,
        says_city: vec![Says::Line, Says::FileName],
        says_period: vec![Says::Line, Says::FileName],
        words: vec![path.to_owned()],
        frozen: false,
        places: BTreeMap::new(),
    };
    if form.workbook.format == Format::Text || form.workbook.format == Format::Html {
        // What these formats cannot hold is not planted in them.
        form.carrier = Carrier::CsvUtf8;
        form.says("read as text");
    }
    form
}

/// The producer's own package with the changed cells written into it.
fn patched(which: usize, workbook: &Workbook) -> Vec<u8> {
    let own = &producers()[which].workbook;
    let mut edits = Vec::new();
    for (sheet, (before, after)) in own.sheets.iter().zip(&workbook.sheets).enumerate() {
        let places: std::collections::BTreeSet<CellRef> =
            before.grid.cells().chain(after.grid.cells()).map(|(at, _)| at).collect();
        for cell in places {
            let (old, new) = (before.grid.get(cell), after.grid.get(cell));
            let same = |cell: Option<&Cell>| {
                cell.map(|cell| (cell.value.clone(), cell.formula.clone())).unwrap_or_default()
            };
            if same(old) == same(new) {
                continue;
            }
            let value = match new {
                Some(Cell { formula: Some(formula), .. }) => NewValue::Formula(formula.to_string()),
                Some(Cell { value: Value::Number(number), .. }) => {
                    NewValue::Number(number.to_string().parse::<Decimal>().expect("a number"))
                }
                Some(Cell { value: Value::Text(text), .. }) => NewValue::Text(text.to_string()),
                _ => NewValue::Blank,
            };
            edits.push(Edit::Set { sheet, cell, value });
        }
    }
    let bytes = fixture(PRODUCERS[which]);
    if edits.is_empty() { bytes } else { patch::apply(&bytes, &edits, None).expect("a patch").bytes }
}

/// Whether a changed workbook can be written into its producer's package: cells only, as numbers and texts.
pub fn is_patchable(form: &Form) -> bool {
    let Carrier::Producer(which) = form.carrier else { return true };
    let own = &producers()[which].workbook;
    own.sheets.len() == form.workbook.sheets.len()
        && own.sheets.iter().zip(&form.workbook.sheets).all(|(before, after)| {
            before.merges == after.merges
                && before.hidden_rows == after.hidden_rows
                && before.hidden_columns == after.hidden_columns
                && before.name == after.name
                && after.grid.cells().all(|(at, cell)| {
                    before.grid.get(at) == Some(cell)
                        || !matches!(cell.value, Value::Error(_) | Value::Bool(_))
                            && before
                                .grid
                                .get(at)
                                .map(|old| &old.number_format)
                                .unwrap_or(&Default::default())
                                == &cell.number_format
                })
        })
}

/// What earlier samples of the same city reported, read from their own bytes.
pub fn sample_of(city: usize, period: &str) -> indicator_companion::audit::Reported {
    let name = format!("{}-{period}.xlsx", city_name(city));
    let checked = check(&name, &fixture(&format!("samples/{name}")), official(), &[], &Limits::default());
    let (workbook, audit) = checked.content.expect("readable");
    let reported = indicator_companion::job::reports(&name, &workbook, &audit, official())
        .pop()
        .expect("city and period");
    assert_eq!(reported.city, CityId(city));
    reported
}
