//! Number formats that make another thing of a value, in a file of another producer: found, put right in the file, and
//! gone when the corrected copy is read again.

use indicator_companion::audit::Finding;
use indicator_companion::breakdown::Breakdown;
use indicator_companion::job::{Apply, Record, check, correct, plan_changes};
use indicator_companion::model::{Value, Workbook};
use indicator_companion::reading::{Limits, read};

const NAME: &str = "日期与公式.xlsx";

fn bytes() -> Vec<u8> {
    std::fs::read(format!("fixtures/workbooks/faults/{NAME}")).unwrap()
}

fn open(bytes: &[u8]) -> Vec<(&'static str, String)> {
    let checked = check(NAME, bytes, Breakdown::official(), &[], &Limits::default());
    let place = |finding: &Finding| finding.range.map(|range| range.to_string()).unwrap_or_default();
    checked
        .findings()
        .iter()
        .filter(|finding| finding.caused_by.is_none())
        .map(|finding| (finding.code.0, place(finding)))
        .collect()
}

fn corrected(kind: Apply) -> (Vec<u8>, Workbook, Vec<String>) {
    let bytes = bytes();
    let workbook = read(NAME, &bytes, &Limits::default()).unwrap();
    let changes = plan_changes(NAME, &workbook, Breakdown::official(), &[], kind);
    let corrected = correct(NAME, &bytes, &workbook, &changes, Record::Without, &Limits::default()).unwrap();
    let again = read(NAME, &corrected.bytes, &Limits::default()).unwrap();
    (corrected.bytes, again, corrected.certificate.changed_parts)
}

fn listed(found: &[(&'static str, String)]) -> Vec<String> {
    found.iter().map(|(code, place)| format!("{code} {place}")).collect()
}

#[test]
fn dates_formulas_and_texts_that_would_be_run_are_found() {
    assert_eq!(
        listed(&open(&bytes())),
        ["Q014 C5", "Q001 D5", "S001 E5", "S001 F5", "Q014 C6", "Q014 C7", "Q016 C12"]
    );
}

#[test]
fn safe_corrections_leave_the_rest() {
    let (bytes, again, parts) = corrected(Apply::Safe);
    assert_eq!(listed(&open(&bytes)), ["Q014 C5", "Q014 C6", "Q014 C7", "Q016 C12"]);
    let cell = |address: &str| again.sheets[0].grid.get(address.parse().unwrap()).unwrap().clone();
    // Numbers are numbers, and no longer under the text format.
    assert_eq!((cell("D5").value, cell("D5").number_format.code()), (Value::Number(300.0), "General"));
    assert_eq!(cell("E5").value, Value::Number(100.0));
    // What would be run is the same text, as text and under the text format.
    let kept = cell("F5");
    assert_eq!(
        (kept.value, kept.formula, kept.number_format.code()),
        (Value::from("=cmd|'/c calc'!A0"), None, "@")
    );
    assert_eq!(parts, ["xl/worksheets/sheet1.xml", "xl/styles.xml"].map(str::to_owned));
}

#[test]
fn a_date_that_is_a_number_becomes_that_number() {
    let (bytes, again, _) = corrected(Apply::All);
    assert_eq!(listed(&open(&bytes)), ["Q014 C5", "Q016 C12"]);
    for (address, number) in [("C6", 600.0), ("C7", 8.0)] {
        let cell = again.sheets[0].grid.get(address.parse().unwrap()).unwrap();
        assert_eq!(
            (cell.value.clone(), cell.shown()),
            (Value::Number(number), number.to_string()),
            "{address}"
        );
    }
    // The other cells keep their formats.
    assert!(again.sheets[0].grid.get("C5".parse().unwrap()).unwrap().number_format.is_date());
}

/// Whoever opens the copy must find the same fonts and alignments: the twin of a style differs in its format only.
#[test]
fn the_twin_of_a_style_keeps_its_look() {
    let (bytes, ..) = corrected(Apply::All);
    let part = |bytes: &[u8], name: &str| {
        let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut package.by_name(name).unwrap(), &mut text).unwrap();
        text
    };
    let styles = part(&bytes, "xl/styles.xml");
    let list: Vec<&str> = styles
        .split("<cellXfs")
        .nth(1)
        .unwrap()
        .split("</cellXfs>")
        .next()
        .unwrap()
        .split("<xf ")
        .skip(1)
        .collect();
    let declared = styles.split("<cellXfs count=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(declared, list.len().to_string());
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    let style_of = |sheet: &str, address: &str| -> usize {
        let cell = sheet.split(&format!("r=\"{address}\"")).nth(1).unwrap();
        cell.split(" s=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
    };
    let font = |style: &str| style.split("fontId=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let before = part(&self::bytes(), "xl/worksheets/sheet1.xml");
    let (old, new) = (list[style_of(&before, "C6")], list[style_of(&sheet, "C6")]);
    assert_ne!(font(old), "0", "C6 is bold");
    assert_eq!(font(old), font(new));
    assert!(new.contains("numFmtId=\"0\""), "{new}");
}
