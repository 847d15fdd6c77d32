//! Separated text corrected in kind: the bytes of a touched field change, every other byte stays; what the file cannot
//! hold is refused.

use indicator_companion::fixes::{Change, Edit, NewValue, Origin};
use indicator_companion::job::{JobError, Record, correct};
use indicator_companion::model::{CellRef, Format, ReadRemark};
use indicator_companion::reading::{Limits, read};

const ENCODINGS: [&str; 7] =
    ["utf-8", "utf-8 mark", "utf-16le", "utf-16be", "utf-16le bare", "gbk", "gb18030"];
const SEPARATORS: [char; 3] = [',', '\t', ';'];
const LINE_ENDS: [&[&str]; 4] = [&["\r\n"], &["\n"], &["\r"], &["\r\n", "\r", "\n", "\n"]];

fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    match encoding {
        "utf-8" | "utf-8 mark" => text.as_bytes().to_vec(),
        "utf-16le" | "utf-16le bare" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => encoding_rs::GB18030.encode(text).0.into_owned(),
    }
}

const fn mark(encoding: &str) -> &'static [u8] {
    match encoding.as_bytes() {
        b"utf-8 mark" => &[0xEF, 0xBB, 0xBF],
        b"utf-16le" => &[0xFF, 0xFE],
        b"utf-16be" => &[0xFE, 0xFF],
        _ => &[],
    }
}

/// A table as its fields are written, every one in a way of its own, with a line that is blank and one that is short.
fn table(separator: char) -> Vec<Vec<String>> {
    let quoted_separator = format!("\"一{separator}二\"");
    [
        vec!["德阳市", "分解表", "", ""],
        vec!["序号", "\"指标内容\"", "成都市", "绵阳市"],
        vec!["1", "推进转化\"三项\"", " 600项", "\"300\""],
        vec![],
        vec!["2", "\"两行\r\n的\"\"内容\"\"\"", "400", "/"],
        vec!["003", &quoted_separator, "\"\"", "=1+1"],
        vec!["4", "短"],
        vec!["5", "末行", "1.50", "９"],
    ]
    .iter()
    .map(|row| row.iter().map(|field| (*field).to_owned()).collect())
    .collect()
}

struct Manner<'a> {
    encoding: &'a str,
    separator: char,
    line_ends: &'a [&'a str],
    last_line_end: bool,
    stated: bool,
}

fn written(table: &[Vec<String>], manner: &Manner<'_>) -> Vec<u8> {
    let mut text = if manner.stated { format!("sep={}\r\n", manner.separator) } else { String::new() };
    for (row, fields) in table.iter().enumerate() {
        text.push_str(&fields.join(&manner.separator.to_string()));
        if row + 1 < table.len() || manner.last_line_end {
            text.push_str(manner.line_ends[row % manner.line_ends.len()]);
        }
    }
    if manner.encoding == "gb18030" {
        // A four-byte character, which GBK does not have.
        text = text.replacen("分解表", "分解表㐀𠀀", 1);
    }
    [mark(manner.encoding), &encoded(&text, manner.encoding)].concat()
}

fn set(at: &str, value: NewValue) -> Edit {
    Edit::Set { sheet: 0, cell: at.parse().unwrap(), value }
}

fn text(text: &str) -> NewValue {
    NewValue::Text(text.to_owned())
}

fn corrected(
    name: &str,
    bytes: &[u8],
    edits: &[Edit],
) -> Result<indicator_companion::job::Corrected, JobError> {
    let workbook = read(name, bytes, &Limits::default()).unwrap();
    let change = |edit: &Edit| Change {
        edit: edit.clone(),
        before: String::new(),
        origin: Origin::Hand,
        reason: "手工修改".to_owned(),
        source: "填报单位手工修改".to_owned(),
    };
    let changes: Vec<Change> = edits.iter().map(change).collect();
    correct(name, bytes, &workbook, &changes, Record::Without, &Limits::default())
}

#[test]
fn every_encoding_separator_and_line_end_keeps_the_bytes_that_were_not_touched() {
    let mut seen = 0;
    for encoding in ENCODINGS {
        for separator in SEPARATORS {
            for line_ends in LINE_ENDS {
                for (last_line_end, stated) in [(true, false), (false, true)] {
                    let manner = Manner { encoding, separator, line_ends, last_line_end, stated };
                    every_field(&manner, &mut seen);
                }
            }
        }
    }
    assert_eq!(seen, 7 * 3 * 4 * 2 * 4 * 27);
}

/// Sets every field to values of four kinds; a field that was quoted stays quoted, one that must be is.
fn every_field(manner: &Manner<'_>, seen: &mut usize) {
    let table = table(manner.separator);
    let before = written(&table, manner);
    let needs_quotes = format!("1{}600", manner.separator);
    for row in 0..table.len() {
        for column in 0..table[row].len().max(usize::from(table[row].is_empty())) {
            for (value, plain) in [
                (NewValue::Number("700.5".parse().unwrap()), "700.5"),
                (text("七百项"), "七百项"),
                (text(&needs_quotes), needs_quotes.as_str()),
                (text("\"引\"\n用"), "\"引\"\n用"),
            ] {
                *seen += 1;
                if row == 0 && column == 1 && manner.encoding == "gb18030" {
                    continue;
                }
                let mut expected = table.clone();
                if expected[row].is_empty() {
                    expected[row].push(String::new());
                }
                let quoted =
                    expected[row][column].starts_with('"') || plain.contains(['\n', manner.separator]);
                expected[row][column] =
                    if quoted { format!("\"{}\"", plain.replace('"', "\"\"")) } else { plain.to_owned() };
                let at = CellRef::new(row as u32, column as u32);
                let edit = Edit::Set { sheet: 0, cell: at, value };
                let context =
                    || format!("{} {:?} {:?} {at}", manner.encoding, manner.separator, manner.line_ends);
                let copy = corrected("表.csv", &before, &[edit])
                    .unwrap_or_else(|error| panic!("{}: {error}", context()));
                assert!(copy.bytes == written(&expected, manner), "{}", context());
                assert_eq!((copy.name.as_str(), copy.format), ("表（校正）.csv", Format::Text));
            }
        }
    }
}

#[test]
fn files_of_other_producers_change_in_the_touched_field_alone() {
    let mut files = 0;
    for folder in ["fixtures/workbooks/text", "fixtures/workbooks/samples", "fixtures/breakdowns"] {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let bytes = std::fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap();
            let Ok(workbook) = read(name, &bytes, &Limits::default()) else { continue };
            if workbook.format != Format::Text {
                continue;
            }
            files += 1;
            for (at, cell) in workbook.sheets[0].grid.cells() {
                let new = "改过，的";
                let copy =
                    corrected(name, &bytes, &[Edit::Set { sheet: 0, cell: at, value: text(new) }]).unwrap();
                // What stands before and behind the field is the same, and what stands between is the field.
                let same_front = bytes.iter().zip(&copy.bytes).take_while(|(a, b)| a == b).count();
                let same_back = bytes[same_front..]
                    .iter()
                    .rev()
                    .zip(copy.bytes[same_front..].iter().rev())
                    .take_while(|(a, b)| a == b)
                    .count();
                let gone = bytes.len() - same_front - same_back;
                assert!(gone <= 4 * cell.shown().len() + 4, "{name} {at}: {gone} bytes went");
                let again = read(name, &copy.bytes, &Limits::default()).unwrap();
                assert_eq!(again.remarks, workbook.remarks, "{name} {at}");
                assert_eq!(again.sheets[0].grid.shown(at), new, "{name} {at}");
            }
            assert!(
                indicator_companion::patch::text::apply(&bytes, &[], &manner_of(&workbook)).unwrap() == bytes
            );
        }
    }
    assert!(files >= 8, "{files}");
}

fn manner_of(workbook: &indicator_companion::model::Workbook) -> indicator_companion::patch::text::Manner {
    let assumed = workbook.remarks.iter().find_map(|remark| match remark {
        ReadRemark::TextAssumed { encoding, separator } => Some((*encoding, *separator)),
        _ => None,
    });
    let (encoding, separator) = assumed.unwrap();
    indicator_companion::patch::text::Manner { encoding, separator, longest_field: 32_767 }
}

#[test]
fn a_row_is_inserted_with_the_line_end_of_its_neighbour() {
    let insert = |row: u32, cells: &[(u32, &str)]| Edit::InsertRow {
        sheet: 0,
        row,
        cells: cells.iter().map(|(column, value)| (*column, text(value))).collect(),
    };
    for (before, edits, after) in [
        ("a,b,c\r\nd,e,f\r\n", vec![insert(1, &[(0, "x"), (1, "y,z")])], "a,b,c\r\nx,\"y,z\",\r\nd,e,f\r\n"),
        ("a,b\nd,e", vec![insert(0, &[(1, "x")])], ",x\na,b\nd,e"),
        ("a,b\nd,e", vec![insert(2, &[(0, "x")])], "a,b\nd,e\nx"),
        ("a,b\rd,e\r", vec![insert(2, &[(1, "x")])], "a,b\rd,e\r,x\r"),
        // Addresses count after the edits before them.
        (
            "a,b\nd,e\n",
            vec![set("A1", text("x")), insert(0, &[(0, "n")]), set("B3", text("y"))],
            "n,\nx,b\nd,y\n",
        ),
    ] {
        let copy = corrected("a.csv", before.as_bytes(), &edits).unwrap();
        assert_eq!(String::from_utf8(copy.bytes).unwrap(), after);
    }
}

#[test]
fn cells_beyond_the_last_field_and_line_are_added() {
    for (before, at, after) in [
        ("a,b\nc\n", "D2", "a,b\nc,,,x\n"),
        ("a,b\n\nc,d\n", "B2", "a,b\n,x\nc,d\n"),
        ("a,b\r\n", "B4", "a,b\r\n\r\n\r\n,x\r\n"),
        ("a,b", "A3", "a,b\r\n\r\nx"),
    ] {
        let copy = corrected("a.csv", before.as_bytes(), &[set(at, text("x"))]).unwrap();
        assert_eq!(String::from_utf8(copy.bytes).unwrap(), after);
    }
    // A blank is nothing to add.
    let copy =
        corrected("a.csv", b"a,b\n", &[set("F9", NewValue::Blank), set("B1", NewValue::Blank)]).unwrap();
    assert_eq!(copy.bytes, b"a,\n");
}

#[test]
fn what_the_file_cannot_hold_is_refused_in_words() {
    let gbk = encoding_rs::GBK.encode("指标,成都市\n甲,1\n").0.into_owned();
    let refused = |bytes: &[u8], value: NewValue| {
        corrected("a.csv", bytes, &[set("B2", value)]).unwrap_err().to_string()
    };
    let told = refused(&gbk, text("\u{20000}项"));
    assert!(told.contains("B2") && told.contains("GBK") && told.contains('\u{20000}'), "{told}");
    for running in ["=1+1", "=cmd|'/c calc'!A0", "+SUM(A1)", "\t=A1"] {
        assert!(refused("指标,成都市\n甲,1\n".as_bytes(), text(running)).contains("当作公式"), "{running}");
    }
    assert!(refused(&gbk, NewValue::Formula("A1".to_owned())).contains("公式"));
    // Text that came in with a leading sign stays where it is.
    let kept = corrected("a.csv", "指标,成都市\n=1+1,1\n".as_bytes(), &[set("B2", text("2项"))]).unwrap();
    assert_eq!(String::from_utf8(kept.bytes).unwrap(), "指标,成都市\n=1+1,2项\n");
}

#[test]
fn a_stray_byte_stays() {
    let mut bytes = "指标内容推进军民科技成果双向转移转化,600项\n".repeat(3).into_bytes();
    bytes.insert(3, 0xFF);
    let copy = corrected("a.csv", &bytes, &[set("B3", NewValue::Number(7.into()))]).unwrap();
    let end = bytes.len() - "600项\n".len();
    assert_eq!(copy.bytes, [&bytes[..end], b"7\n"].concat());
}
