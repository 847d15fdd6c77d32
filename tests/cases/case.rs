//! What a case file says: the grammar of `fixtures/rules`, as ARCHITECTURE.md gives it.

use std::borrow::Cow;

use indicator_companion::breakdown::Breakdown;
use indicator_companion::model::{
    Cell, CellRef, Format, Grid, NumberFormat, Range, ReadRemark, Sheet, Span, Unreadable, Value, Visibility,
    Workbook, parse_column,
};

use super::sheet::{at, base, workbook};

pub struct Case {
    pub name: String,
    pub breakdown: Cow<'static, Breakdown>,
    pub workbook: Workbook,
    pub file_name: String,
    pub previous: Option<Workbook>,
    pub unreadable: Option<Unreadable>,
    pub findings: Vec<String>,
    pub folded: Vec<String>,
    pub after: Vec<(CellRef, String)>,
    pub fix_all: bool,
}

/// `"六百"` is text, `600` a number, `空` nothing, `#REF!` an error, `=F5/D5` a formula, `899.6 显示 0` a number
/// with a format, `"=1+1" 显示 @` a text with one.
pub fn put(sheet: &mut Sheet, place: CellRef, text: &str) {
    if text == "空" {
        sheet.grid.remove(place);
        return;
    }
    let number_format = sheet.grid.get(place).map(|cell| cell.number_format.clone()).unwrap_or_default();
    let mut cell = Cell { number_format, ..Cell::default() };
    if let Some(quoted) = text.strip_prefix('"') {
        let (quoted, format) = quoted
            .split_once("\" 显示 ")
            .map_or((quoted.strip_suffix('"'), None), |(text, code)| (Some(text), Some(code)));
        cell.value = unescape(quoted.expect("a closing quote")).as_str().into();
        cell.number_format = format.map_or(cell.number_format, NumberFormat::new);
    } else if text.starts_with('#') {
        cell.value = Value::Error(text.into());
    } else if let Some(formula) = text.strip_prefix('=') {
        cell.formula = Some(formula.into());
    } else if let Some((number, format)) = text.split_once(" 显示 ") {
        cell.value = Value::Number(number.parse().unwrap());
        cell.number_format = NumberFormat::new(format);
    } else {
        cell.value = Value::Number(text.parse().unwrap_or_else(|_| panic!("not a value: {text}")));
    }
    sheet.grid.set(place, cell);
}

/// `{200B}` stands for U+200B.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (hex, tail) = after.split_once('}').expect("a closing brace");
        out.push_str(before);
        out.push(char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap());
        rest = tail;
    }
    out + rest
}

/// The breakdown of another zone, by its file.
pub fn breakdown(file: &str) -> Breakdown {
    let text = std::fs::read_to_string(format!("fixtures/breakdowns/{file}")).unwrap();
    Breakdown::from_csv(&text).unwrap()
}

pub fn parse(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut in_folded = false;
    let mut table_row = 0;
    for line in text.lines().map(str::trim_end) {
        if let Some(name) = line.strip_prefix("## ") {
            cases.push(Case {
                name: name.to_owned(),
                breakdown: Cow::Borrowed(Breakdown::official()),
                workbook: workbook(Sheet { name: "Sheet1".to_owned(), ..Sheet::default() }),
                file_name: "表.xlsx".to_owned(),
                previous: None,
                unreadable: None,
                findings: Vec::new(),
                folded: Vec::new(),
                after: Vec::new(),
                fix_all: false,
            });
            (in_folded, table_row) = (false, 0);
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(item) = line.strip_prefix("- ") {
            if in_folded { case.folded.push(item.to_owned()) } else { case.findings.push(item.to_owned()) }
        } else if line.starts_with('|') {
            if line.chars().any(char::is_alphanumeric) {
                for (column, text) in line.trim_matches('|').split('|').map(str::trim).enumerate() {
                    if !text.is_empty() {
                        let value = text.parse().map_or_else(|_| text.into(), Value::Number);
                        case.workbook.sheets[0].grid.set(at(table_row, column), Cell::new(value));
                    }
                }
                table_row += 1;
            }
        } else if line == "全部采用" {
            case.fix_all = true;
        } else if let Some((verb, what)) = line.split_once('：') {
            match verb {
                "发现" => in_folded = false,
                "折叠" => in_folded = true,
                _ => prepare(case, verb, what),
            }
        }
    }
    cases
}

fn prepare(case: &mut Case, verb: &str, what: &str) {
    let sheet = &mut case.workbook.sheets[0];
    let assignment = || {
        let (address, value) = what.split_once(" = ").unwrap_or_else(|| panic!("not a change: {what}"));
        (address.parse::<CellRef>().unwrap(), value)
    };
    match verb {
        "分解表" => case.breakdown = Cow::Owned(breakdown(what)),
        "基表" => *sheet = base(what, &case.breakdown),
        "文件名" => case.file_name = what.to_owned(),
        "上期" => case.previous = Some(workbook(base(what, &case.breakdown))),
        "改" => {
            let (place, value) = assignment();
            put(sheet, place, value);
        }
        "改后" => {
            let (place, value) = assignment();
            case.after.push((place, value.to_owned()));
        }
        "换" => {
            let (a, b) = what.split_once(" ⇄ ").unwrap();
            let (a, b): (Range, Range) = (a.parse().unwrap(), b.parse().unwrap());
            for row in a.start.row..=a.end.row {
                let (x, y) = (CellRef::new(row, a.start.column), CellRef::new(row, b.start.column));
                let (left, right) = (
                    sheet.grid.get(x).cloned().unwrap_or_default(),
                    sheet.grid.get(y).cloned().unwrap_or_default(),
                );
                sheet.grid.set(x, right);
                sheet.grid.set(y, left);
            }
        }
        "移" => {
            let (from, to) = what.split_once(" → ").unwrap();
            let (from, to): (Range, CellRef) = (from.parse().unwrap(), to.parse().unwrap());
            let mut taken = Vec::new();
            for row in from.start.row..=from.end.row {
                for column in from.start.column..=from.end.column {
                    taken.push((
                        CellRef::new(row - from.start.row + to.row, column - from.start.column + to.column),
                        sheet.grid.remove(CellRef::new(row, column)),
                    ));
                }
            }
            for (place, cell) in taken {
                sheet.grid.set(place, cell.unwrap_or_default());
            }
        }
        "转置" => {
            let area: Range = what.parse().unwrap();
            let cells: Vec<(CellRef, Cell)> = sheet
                .grid
                .cells()
                .filter(|(place, _)| area.contains(*place))
                .map(|(place, cell)| (place, cell.clone()))
                .collect();
            for (place, _) in &cells {
                sheet.grid.remove(*place);
            }
            for (place, cell) in cells {
                let turned = CellRef::new(
                    area.start.row + place.column - area.start.column,
                    area.start.column + place.row - area.start.row,
                );
                sheet.grid.set(turned, cell);
            }
        }
        "合并" => sheet.merges.push(what.parse().unwrap()),
        // 8:9 – row 8 has 9 fields, all others one less.
        "字段" => {
            let (row, count) = what.split_once(':').unwrap();
            let (row, count): (usize, u32) = (row.parse().unwrap(), count.parse().unwrap());
            sheet.field_counts = vec![count - 1; 40];
            sheet.field_counts[row - 1] = count;
        }
        "隐藏行" => {
            let row = what.parse::<u32>().unwrap() - 1;
            sheet.hidden_rows.push(Span { first: row, last: row });
        }
        "隐藏列" => {
            let column = parse_column(what).unwrap();
            sheet.hidden_columns.push(Span { first: column, last: column });
        }
        "删行" => sheet.grid.remove_row(what.parse::<u32>().unwrap() - 1),
        "文件" => match what {
            "密码" => case.unreadable = Some(Unreadable::Password),
            "损坏" => {
                case.unreadable =
                    Some(Unreadable::Damaged { part: "压缩包".to_owned(), detail: "不完整".to_owned() })
            }
            "不是表格" => {
                case.unreadable = Some(Unreadable::NotSpreadsheet { kind: "Word 文档".to_owned() })
            }
            "过大" => {
                case.unreadable = Some(Unreadable::TooLarge {
                    what: "单元格过多".to_owned(),
                    limit: "一千万".to_owned(),
                })
            }
            "1904" => case.workbook.date_1904 = true,
            "文本文件" => case.workbook.format = Format::Text,
            "带宏" => case.workbook.remarks.push(ReadRemark::Macros),
            "有保护" => {
                case.workbook.remarks.push(ReadRemark::Protected { workbook: false, sheets: vec![0] })
            }
            "有修订" => case.workbook.remarks.push(ReadRemark::TrackedChanges { count: 3 }),
            "有脚注" => case
                .workbook
                .remarks
                .push(ReadRemark::Unaudited { place: "脚注", text: "其中 20 项在建".to_owned() }),
            "有签名" => case.workbook.remarks.push(ReadRemark::Signed),
            "网页" => case
                .workbook
                .remarks
                .push(ReadRemark::OtherThanExtension { extension: "xls".to_owned(), format: Format::Html }),
            "文本" => {
                case.workbook.remarks.push(ReadRemark::TextAssumed { encoding: "GB18030", separator: ',' })
            }
            "外部引用" => case
                .workbook
                .remarks
                .push(ReadRemark::ExternalLinks { cells: vec![(0, "C5".parse().unwrap())] }),
            "深度隐藏" => case.workbook.sheets.push(Sheet {
                name: "底稿".to_owned(),
                visibility: Visibility::VeryHidden,
                ..Sheet::default()
            }),
            "又一张" => {
                let copy = Sheet { name: "副本".to_owned(), ..sheet.clone() };
                case.workbook.sheets.push(copy);
            }
            "另有样表" => {
                let copy = Sheet { name: "填写示例".to_owned(), ..sheet.clone() };
                case.workbook.sheets.push(copy);
            }
            // The indicators under captions that say nothing of them.
            "另有认不出的表" => {
                let labels = sheet
                    .grid
                    .cells()
                    .filter(|(at, _)| at.column <= 1 && at.row > 3)
                    .map(|(at, cell)| (at, cell.clone()));
                let mut cells: Vec<(CellRef, Cell)> = labels.collect();
                for (column, caption) in ["序号", "指标内容", "备注"].into_iter().enumerate() {
                    cells.push((at(3, column), Cell::new(caption.into())));
                }
                case.workbook.sheets.push(Sheet {
                    name: "另表".to_owned(),
                    grid: Grid::from_cells(cells),
                    ..Sheet::default()
                });
            }
            other => panic!("unknown file state {other}"),
        },
        other => panic!("unknown line {other}：{what}"),
    }
}
