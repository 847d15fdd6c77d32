//! What cannot be corrected in place: a copy invents nothing and drops nothing in silence, and nothing in it runs.

use std::time::{Duration, Instant};

use indicator_companion::breakdown::Breakdown;
use indicator_companion::fixes::{Change, Edit, NewValue, Origin};
use indicator_companion::job::{self, Apply, Corrected, JobError, Record, correct};
use indicator_companion::model::{CellRef, Format, Value, Workbook};
use indicator_companion::reading::{Limits, read};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("fixtures/workbooks/rewriting/{name}")).unwrap()
}

fn open(name: &str, bytes: &[u8]) -> Workbook {
    read(name, bytes, &Limits::default()).unwrap()
}

fn set(at: &str, value: NewValue) -> Edit {
    Edit::Set { sheet: 0, cell: at.parse().unwrap(), value }
}

fn text(text: &str) -> NewValue {
    NewValue::Text(text.to_owned())
}

fn corrected(name: &str, bytes: &[u8], edits: &[Edit]) -> Result<Corrected, JobError> {
    let workbook = open(name, bytes);
    let change = |edit: &Edit| Change {
        edit: edit.clone(),
        before: job::before(&workbook, edit),
        origin: Origin::Hand,
        reason: "手工修改".to_owned(),
        source: "填报单位手工修改".to_owned(),
    };
    let changes: Vec<Change> = edits.iter().map(change).collect();
    correct(name, bytes, &workbook, &changes, Record::Without, &Limits::default())
}

/// The copy with every proposal of a kind taken over, and how many changes were made.
fn all_applied(name: &str, bytes: &[u8], kind: Apply) -> Result<(Corrected, usize), JobError> {
    let workbook = open(name, bytes);
    let changes = job::plan_changes(name, &workbook, Breakdown::official(), &[], kind);
    let copy = correct(name, bytes, &workbook, &changes, Record::Without, &Limits::default())?;
    Ok((copy, changes.len()))
}

fn codes(name: &str, bytes: &[u8]) -> Vec<String> {
    let audit = job::audit_of(name, &open(name, bytes), Breakdown::official(), &[]);
    audit.findings.iter().map(|finding| finding.code.to_string()).collect()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
}

#[test]
fn what_would_run_in_a_text_is_disarmed_once_and_for_all() {
    for name in ["dde-in-csv.csv", "long-formula-in-csv.csv"] {
        let bytes = fixture(name);
        assert!(codes(name, &bytes).contains(&"S001".to_owned()), "{name}");
        let (copy, _) = all_applied(name, &bytes, Apply::All).unwrap();
        assert_eq!(copy.format, Format::Text);
        assert!(!codes(&copy.name, &copy.bytes).contains(&"S001".to_owned()), "{name}");
        for cell in &copy.certificate.cells {
            assert_ne!(cell.before, cell.after, "{name} {}", cell.at);
            if cell.rule == "S001" {
                assert_eq!(cell.after, format!("'{}", cell.before), "{name} {}", cell.at);
            }
        }
        // Once more there is nothing to do.
        assert!(
            matches!(all_applied(&copy.name, &copy.bytes, Apply::All), Err(JobError::NothingToDo)),
            "{name}"
        );
        // Safe fixes leave the fields alone.
        if let Ok((safe, _)) = all_applied(name, &bytes, Apply::Safe) {
            assert!(safe.certificate.cells.iter().all(|cell| cell.rule != "S001"), "{name}");
        }
    }
}

#[test]
fn what_would_run_in_a_page_becomes_a_text_cell_of_the_new_workbook() {
    let page = encoding_rs::GBK
        .decode(&fixture("merge-over-the-whole-sheet.xls"))
        .0
        .replace("注<", "=cmd|' /C calc'!A0<");
    let page = encoding_rs::GBK.encode(&page).0.into_owned();
    let name = "网页.xls";
    assert!(codes(name, &page).contains(&"S001".to_owned()));
    let (copy, _) = all_applied(name, &page, Apply::Safe).unwrap();
    assert_eq!(copy.format, Format::Xlsx);
    let sheet = &open(&copy.name, &copy.bytes).sheets[0];
    let cell = sheet.grid.get("A11".parse().unwrap()).unwrap();
    assert!(
        cell.number_format.is_text()
            && cell.value == Value::from("=cmd|' /C calc'!A0")
            && cell.formula.is_none()
    );
    assert!(!codes(&copy.name, &copy.bytes).contains(&"S001".to_owned()));
}

#[test]
fn an_edit_that_changes_nothing_is_not_counted() {
    let csv = "指标,成都市\n=1+1,600\n".as_bytes();
    for edits in [
        &[set("A2", text("=1+1"))][..],
        &[set("B2", NewValue::Number(600.into()))],
        &[set("C9", NewValue::Blank)],
        &[set("A1", text("甲")), set("A1", text("指标"))],
    ] {
        assert!(matches!(corrected("a.csv", csv, edits), Err(JobError::NothingToDo)), "{edits:?}");
    }
    let copy =
        corrected("a.csv", csv, &[set("A2", text("=1+1")), set("B2", NewValue::Number(700.into()))]).unwrap();
    let cells: Vec<String> = copy.certificate.cells.iter().map(|cell| cell.at.to_string()).collect();
    assert_eq!(cells, ["B2"]);
    // In a workbook the same words may become a text cell, which is a change.
    let bytes = fixture("empty-text-result-becomes-zero.xls");
    let (at, same) = ("B1", open("a.xls", &bytes).sheets[0].grid.shown("B1".parse().unwrap()));
    assert!(
        matches!(corrected("a.xls", &bytes, &[set(at, text(&same))]), Err(JobError::NothingToDo))
            || same.is_empty()
    );
}

#[test]
fn a_dangerous_call_behind_a_long_beginning_cannot_be_typed_in() {
    let csv = "指标,成都市\n甲,600\n".as_bytes();
    for typed in [
        "=1+1".to_owned(),
        format!("{}+HYPERLINK(\"http://x\")", "+1".repeat(300)),
        format!("={}1+1", " ".repeat(300)),
    ] {
        let error = corrected("a.csv", csv, &[set("A2", text(&typed))]).unwrap_err().to_string();
        assert!(error.contains("会被当作公式运行"), "{error}");
    }
    let plain = format!("-{}", "已完成".repeat(300));
    assert!(corrected("a.csv", csv, &[set("A2", text(&plain))]).is_ok());
}

#[test]
fn a_merge_over_the_whole_sheet_costs_what_is_used() {
    let (name, bytes) = ("merge-over-the-whole-sheet.xls", fixture("merge-over-the-whole-sheet.xls"));
    let start = Instant::now();
    let (copy, _) = all_applied(name, &bytes, Apply::All).unwrap();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(part(&copy.bytes, "xl/worksheets/sheet1.xml").contains("<mergeCell ref=\"A11:E11\"/>"));
    assert!(
        copy.certificate.losses.iter().any(|loss| loss.contains("A11:E11")),
        "{:?}",
        copy.certificate.losses
    );
    // A heading that is merged a little further than the table stays as it is.
    let page = "<table><tr><td colspan=9>表<tr><td>甲<td>乙</table>";
    let copy = corrected("网页.xls", page.as_bytes(), &[set("B2", text("丙"))]).unwrap();
    assert!(part(&copy.bytes, "xl/worksheets/sheet1.xml").contains("<mergeCell ref=\"A1:I1\"/>"));
}

#[test]
fn a_copy_of_a_template_says_that_it_is_a_workbook() {
    let bytes = fixture("template.xltx");
    assert!(part(&bytes, "[Content_Types].xml").contains("template.main+xml"));
    let copy = corrected("template.xltx", &bytes, &[set("D4", text("新"))]).unwrap();
    assert!(copy.name.ends_with(".xlsx"));
    let types = part(&copy.bytes, "[Content_Types].xml");
    assert!(types.contains("spreadsheetml.sheet.main+xml") && !types.contains("template"), "{types}");
    assert_eq!(types.len() + "template".len() - "sheet".len(), part(&bytes, "[Content_Types].xml").len());
}

#[test]
fn an_empty_text_that_a_formula_gave_stays_one() {
    let bytes = fixture("empty-text-result-becomes-zero.xls");
    let name = "empty-text-result-becomes-zero.xls";
    let at: CellRef = "D9".parse().unwrap();
    let before = open(name, &bytes);
    assert_eq!(before.sheets[0].grid.value(at), &Value::from(""));
    let copy = corrected(name, &bytes, &[set("H12", text("已核"))]).unwrap();
    let again = open(&copy.name, &copy.bytes);
    let cell = again.sheets[0].grid.get(at).unwrap();
    assert_eq!((&cell.value, cell.formula.is_some()), (&Value::from(""), true));
    assert!(part(&copy.bytes, "xl/worksheets/sheet1.xml").contains("t=\"str\""));
    assert!(
        codes(&copy.name, &copy.bytes).contains(&"Q015".to_owned())
            == codes(name, &bytes).contains(&"Q015".to_owned())
    );
    // Every other result is the one that was stored.
    for (at, cell) in before.sheets[0].grid.cells().filter(|(_, cell)| cell.formula.is_some()) {
        assert_eq!(again.sheets[0].grid.shown(at), cell.shown(), "{at}");
    }
}

/// Formula cells of the first sheet of a copy: the formula as it is stored, and its stored result.
fn formulas(workbook: &Workbook) -> Vec<(String, String, String)> {
    let cells = workbook.sheets[0].grid.cells();
    cells
        .filter_map(|(at, cell)| Some((at.to_string(), cell.formula.as_deref()?.to_owned(), cell.shown())))
        .collect()
}

#[test]
fn formulas_of_later_versions_and_add_ins_are_kept() {
    for name in ["公式.xls", "公式.ods"] {
        let bytes = fixture(name);
        let before = open(name, &bytes);
        let copy = corrected(name, &bytes, &[set("A9", text("新"))]).unwrap();
        let again = open(&copy.name, &copy.bytes);
        let kept = formulas(&again);
        for (at, formula) in [
            ("E2", "SUM(B2:B4)"),
            ("E3", "IFERROR(B2/0,\"\")"),
            ("E4", "SUMIFS(B2:B4,B2:B4,\">200\")"),
            ("E5", "COUNTIFS(B2:B4,\">200\",A2:A4,\"成都市\")"),
            ("E6", "AVERAGEIF(B2:B4,\">200\")"),
            ("E7", "AVERAGEIFS(B2:B4,B2:B4,\">200\")"),
            ("E8", "DATEDIF(DATE(2018,6,30),C2,\"m\")"),
            ("E9", "EDATE(C2,6)"),
            ("E10", "EOMONTH(C2,1)"),
            ("E11", "NETWORKDAYS(C2,C3+10)"),
            ("E12", "SUM(一月!$B$2:$B$4)"),
            ("E13", "SUM(一月:三月!B2)"),
            ("E14", "SUM('Q1'!B2,三月!B2)"),
            ("E16", "TEXT(B2,\"0\")"),
            ("E17", "IF(B2=600,\"\",\"x\")"),
            ("E18", "_xlfn.IFS(B2>1,5,TRUE,6)"),
            ("E23", "SUM(B2:B4 B3:B9)"),
            ("E24", "\"600\""),
            ("E26", "_xlfn.STDEV.S(B2:B4)"),
            ("E28", "VLOOKUP(\"德阳市\",A2:B4,2,FALSE)"),
            ("G2", "F2*2"),
        ] {
            let found = kept
                .iter()
                .find(|(cell, ..)| cell == at)
                .unwrap_or_else(|| panic!("{name} {at}: {:?}", copy.certificate.losses));
            // Some writers say `FALSE()`.
            assert_eq!(found.1.replace("()", "").replace("B2:B2", "B2"), formula, "{name} {at}");
        }
        // Every formula is kept or named, and no result is another one.
        let losses = copy.certificate.losses.join("\n");
        for (at, formula, shown) in formulas(&before) {
            let now = again.sheets[0].grid.get(at.parse().unwrap()).unwrap();
            // What lies across sheets counts as changed, and is computed on opening.
            assert!(now.shown() == shown || now.formula.is_some() && at == "E13", "{name} {at}");
            assert_eq!(
                now.formula.is_none(),
                losses.split([' ', '：', '\n']).any(|word| word == at),
                "{name} {at} {formula}\n{losses}"
            );
        }
        for at in ["E3", "E16", "E17", "E24"] {
            assert!(matches!(again.sheets[0].grid.value(at.parse().unwrap()), Value::Text(_)), "{name} {at}");
        }
        // An array would compute another thing as a plain formula.
        assert!(losses.contains("F2"), "{name} {losses}");
    }
}

#[test]
fn no_result_outlives_what_it_was_made_of() {
    for name in ["公式.xls", "公式.ods"] {
        let bytes = fixture(name);
        // B3 is a part of the array formula in F2, which cannot be kept.
        let error = corrected(name, &bytes, &[set("B3", NewValue::Number(301.into()))]).unwrap_err();
        assert!(matches!(&error, JobError::Outdated { .. }), "{error}");
        assert!(error.to_string().contains("另存为 .xlsx"), "{error}");
        let inserted = Edit::InsertRow { sheet: 0, row: 2, cells: Vec::new() };
        assert!(corrected(name, &bytes, &[inserted]).is_err());
    }
    // A name that means another cell wherever it stands: what it reads cannot be told.
    for name in ["相对名称.xls", "相对名称.ods"] {
        let error = corrected(name, &fixture(name), &[set("A9", text("新"))]).unwrap_err();
        assert!(
            matches!(&error, JobError::Outdated { .. }) && error.to_string().contains("E2"),
            "{name} {error}"
        );
    }
    // Where all are kept, what depends on the change is computed anew.
    let name = "iferror-and-sumifs.xls";
    let bytes = fixture(name);
    let before = open(name, &bytes);
    let total: CellRef = "D12".parse().unwrap();
    assert_eq!(
        before.sheets[0].grid.get(total).unwrap().formula.as_deref(),
        Some("SUMIFS(D3:D11,D3:D11,\">0\")")
    );
    assert!(before.sheets[0].unwritable.is_empty(), "{:?}", before.sheets[0].unwritable);
    let copy = corrected(name, &bytes, &[set("D5", NewValue::Number(999.into()))]).unwrap();
    let again = open(&copy.name, &copy.bytes);
    let cell = again.sheets[0].grid.get(total).unwrap();
    assert_eq!((cell.formula.as_deref(), &cell.value), (Some("SUMIFS(D3:D11,D3:D11,\">0\")"), &Value::Empty));
    let ratio = again.sheets[0].grid.get("E5".parse().unwrap()).unwrap();
    assert!(
        ratio.formula.as_deref().is_some_and(|formula| formula.starts_with("IFERROR("))
            && ratio.value == Value::Empty
    );
    assert!(
        !copy.certificate.losses.iter().any(|loss| loss.contains("公式")),
        "{:?}",
        copy.certificate.losses
    );
}
