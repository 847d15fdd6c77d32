//! What must hold for any sheet: the audit returns, the laws of fixes hold, and damaged files end in a finding.

use indicator_companion::audit::{Input, Said, Tier, audit};
use indicator_companion::breakdown::Breakdown;
use indicator_companion::fixes::{Certainty, apply};
use indicator_companion::job::{
    Apply, Periods, Record, Submission, check, consolidated, correct, plan_changes,
};
use indicator_companion::model::{Cell, CellRef, NumberFormat, Value, Workbook};
use indicator_companion::reading::{Limits, read};
use indicator_companion::rules::RULES;
use proptest::prelude::*;

fn sheet(name: &str) -> Workbook {
    read(name, &std::fs::read(format!("fixtures/workbooks/samples/{name}")).unwrap(), &Limits::default())
        .unwrap()
}

const WRITINGS: [&str; 34] = [
    "600",
    "６００",
    "三百",
    "叁佰",
    " 100",
    "1,600",
    "0.2万",
    "1千6百",
    "约600",
    "500-600",
    "4OO",
    "l00",
    "/",
    "—",
    "无",
    "",
    "待定",
    "600项",
    "600家",
    "300个",
    "-5",
    "599.6",
    "70%",
    "=1+1",
    "600\u{200b}",
    "#REF!",
    "合计",
    "1/2",
    "9999999999999999999999999999999",
    "成都市",
    "孵化企业1000家",
    "序号",
    "1E3",
    "🙂",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_writing_anywhere_keeps_the_laws(
        progress in any::<bool>(),
        edits in prop::collection::vec((0u32..16, 0u32..8, 0usize..WRITINGS.len(), any::<bool>()), 0..12),
        number in -10i32..5000,
    ) {
        let mut workbook = sheet(if progress { "成都市-2019年6月.xlsx" } else { "分解表-openpyxl.xlsx" });
        for (row, column, writing, as_number) in edits {
            let value = if as_number { Value::Number(f64::from(number)) } else { WRITINGS[writing].into() };
            workbook.sheets[0].grid.set(CellRef::new(row, column), Cell::new(value));
        }
        let breakdown = Breakdown::official();
        let input = |workbook| Input {
            workbook, file_name: "成都市-2019年6月.xlsx", breakdown, previous: &[], said: Said::NOTHING,
        };
        let before = audit(input(&workbook), RULES);
        for (finding, id) in before.findings.iter().zip(1u32..) {
            prop_assert_eq!(finding.id, id);
            prop_assert!(!finding.message.is_empty());
            if let Some(cause) = finding.caused_by {
                let explains = before.findings.iter().any(|other| other.id == cause && other.caused_by.is_none());
                prop_assert!(cause != id && explains, "{} {:?}", finding.code, finding.caused_by);
            }
        }
        let mut corrected = workbook.clone();
        for change in plan_changes("成都市-2019年6月.xlsx", &workbook, breakdown, &[], Apply::Safe) {
            apply(&mut corrected, &change.edit);
        }
        let after = audit(input(&corrected), RULES);
        let safe_left = after
            .findings
            .iter()
            .filter(|finding| finding.caused_by.is_none())
            .filter_map(|finding| finding.fix.as_ref())
            .filter(|fix| fix.certainty == Certainty::Safe)
            .count();
        prop_assert_eq!(safe_left, 0, "{:?}", after.findings);
        prop_assert!(
            after.count(Tier::Error) <= before.count(Tier::Error),
            "{:?}\n{:?}",
            before.findings,
            after.findings
        );
        // What the table holds beside safe corrections is as it was.
        let first = CellRef::new(0, 0);
        prop_assert_eq!(workbook.sheets[0].grid.value(first), corrected.sheets[0].grid.value(first));
    }
}

/// A small generator of our own, so that a failing run can be repeated.
struct Noise(u64);

impl Noise {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }
}

#[test]
fn damaged_files_end_in_an_answer() {
    let mut noise = Noise(20_190_630);
    let mut files = 0;
    let folders = std::fs::read_dir("fixtures/workbooks")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    for path in
        folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
    {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files += 1;
        for _ in 0..12 {
            let cut = noise.next(bytes.len());
            check(&name, &bytes[..cut], Breakdown::official(), &[], &Limits::default());
            let mut flipped = bytes.clone();
            for _ in 0..=noise.next(4) {
                let at = noise.next(flipped.len());
                if let Some(byte) = flipped.get_mut(at) {
                    *byte ^= 1 << noise.next(8);
                }
            }
            check(&name, &flipped, Breakdown::official(), &[], &Limits::default());
        }
    }
    assert!(files >= 20, "only {files} fixtures");
}

/// Number formats as files have them, and as nobody should write them.
fn format_codes() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "General",
            "0",
            "0.0%",
            "0.00",
            "#,##0",
            "yyyy-mm-dd",
            "0\"项\"",
            "[h]:mm",
            "@",
            ";;;",
            "0.00E+00",
            "# ?/?"
        ])
        .prop_map(str::to_owned),
        (0usize..80, 0usize..80).prop_map(|(whole, places)| format!(
            "{}.{}",
            "0".repeat(whole),
            "0".repeat(places)
        )),
        (0usize..9, 0usize..9).prop_map(|(percents, commas)| format!(
            "0.0{}{}",
            ",".repeat(commas),
            "%".repeat(percents)
        )),
        "[0#?.,%;\"_*@ymdhs/E+项\\\\\\[\\]-]{0,24}",
    ]
}

/// Numbers as written, of any length.
fn written_decimals() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[0-9]{1,40}(\\.[0-9]{1,40})?[项家个%万亿]?",
        "[0-9]{1,3}(,[0-9]{3}){0,12}",
        "[0-9]E[0-9]{1,3}",
        "[一二三十百千万亿]{1,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// No double, no number format and no written number ends the program, all the way to the consolidated workbook: as
    /// a workbook with numbers stored under formats, and as the text that shows them.
    #[test]
    fn any_number_under_any_format_is_checked_corrected_and_consolidated(
        numbers in prop::collection::vec(
            (0u32..9, 2u32..8, any::<u64>().prop_map(f64::from_bits), format_codes()),
            0..6,
        ),
        plain in prop::collection::vec((0u32..9, 2u32..8, -1e6f64..1e6, format_codes()), 0..3),
        writings in prop::collection::vec((0u32..9, 2u32..8, written_decimals()), 0..6),
    ) {
        let mut workbook = sheet("成都市-2019年6月.xlsx");
        for (row, column, number, code) in numbers.into_iter().chain(plain) {
            let cell = Cell { value: Value::Number(number), formula: None, number_format: NumberFormat::new(&code) };
            workbook.sheets[0].grid.set(CellRef::new(row + 3, column), cell);
        }
        for (row, column, text) in writings {
            workbook.sheets[0].grid.set(CellRef::new(row + 3, column), Cell::new(text.as_str().into()));
        }
        audited_and_changed("成都市-2019年6月.xlsx", &workbook, Breakdown::official());
        let grid = &workbook.sheets[0].grid;
        let text: String = (0..12)
            .map(|row| {
                let field = |column| grid.shown(CellRef::new(row, column)).replace([',', '"', '\n'], "");
                (0..8).map(field).collect::<Vec<_>>().join(",") + "\n"
            })
            .collect();
        all_the_way("成都市-2019年6月.csv", text.as_bytes());
        if let Some(read) = all_the_way("成都市-2019年6月.xlsx", &stored(&workbook)) {
            for (at, cell) in grid.cells() {
                let Value::Number(number) = cell.value else { continue };
                if !number.is_finite() {
                    continue;
                }
                let back = read.sheets[0].grid.get(at).unwrap();
                prop_assert_eq!(&back.number_format, &cell.number_format, "{}", at);
                prop_assert_eq!(&back.value, &Value::Number(number), "{}", at);
            }
        }
    }
}

/// Checked, corrected in every way that is proposed, the copy checked too, and put together. The workbook as read.
fn all_the_way(name: &str, bytes: &[u8]) -> Option<Workbook> {
    let (breakdown, limits) = (Breakdown::official(), Limits::default());
    let checked = check(name, bytes, breakdown, &[], &limits);
    let Ok((workbook, _)) = &checked.content else { return None };
    let changes = plan_changes(name, workbook, breakdown, &[], Apply::All);
    let copy = correct(name, bytes, workbook, &changes, Record::Without, &limits).ok();
    let again = copy.map(|copy| check(&copy.name, &copy.bytes, breakdown, &[], &limits));
    let last = again.as_ref().unwrap_or(&checked);
    assert!(last.content.is_ok(), "{name}: {:?}", last.findings());
    let submission = Submission::checked(name, last, breakdown);
    if let Some(series) = consolidated([submission], &Periods::Latest, breakdown) {
        let written = indicator_companion::report::consolidated::write(&series, breakdown).unwrap();
        read("汇总.xlsx", &written, &limits).unwrap();
    }
    Some(workbook.clone())
}

/// A workbook of one sheet as a program stores it: numbers as doubles, their formats in the styles. What is no number,
/// as some programs write all the same, is written as it is.
fn stored(workbook: &Workbook) -> Vec<u8> {
    const MAIN: &str = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#;
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = r#"xmlns="http://schemas.openxmlformats.org/package/2006/relationships""#;
    let plain = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let (mut formats, mut styles, mut rows) =
        (String::new(), String::new(), std::collections::BTreeMap::<u32, String>::new());
    for (index, (at, cell)) in workbook.sheets[0].grid.cells().enumerate() {
        let row = rows.entry(at.row).or_default();
        match &cell.value {
            Value::Number(number) => {
                formats += &format!(
                    r#"<numFmt numFmtId="{}" formatCode="{}"/>"#,
                    164 + index,
                    plain(cell.number_format.code())
                );
                *row += &format!(r#"<c r="{at}" s="{index}"><v>{number:?}</v></c>"#);
            }
            _ => {
                *row += &format!(
                    r#"<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>"#,
                    plain(&cell.shown())
                )
            }
        }
        styles += &format!(r#"<xf numFmtId="{}"/>"#, 164 + index);
    }
    let rows: String =
        rows.iter().map(|(row, cells)| format!(r#"<row r="{}">{cells}</row>"#, row + 1)).collect();
    let part = |name: &str, kind: &str| {
        let kind = format!("application/vnd.openxmlformats-officedocument.{kind}+xml");
        format!(r#"<Override PartName="/xl/{name}" ContentType="{kind}"/>"#)
    };
    let types = [
        r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
        &part("workbook.xml", "spreadsheetml.sheet.main"),
        &part("worksheets/sheet1.xml", "spreadsheetml.worksheet"),
        &part("styles.xml", "spreadsheetml.styles"),
    ]
    .concat();
    let link = |id: &str, kind: &str, target: &str| {
        format!(r#"<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>"#)
    };
    let links = |links: &[String]| format!("<Relationships {PACKAGE}>{}</Relationships>", links.concat());
    let sheets = r#"<sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets>"#;
    let plain = "<fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>\
                 <cellStyleXfs><xf/></cellStyleXfs>";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{types}</Types>"#
            ),
        ),
        ("_rels/.rels", links(&[link("r1", "officeDocument", "xl/workbook.xml")])),
        (
            "xl/_rels/workbook.xml.rels",
            links(&[link("r1", "worksheet", "worksheets/sheet1.xml"), link("r2", "styles", "styles.xml")]),
        ),
        ("xl/workbook.xml", format!(r#"<workbook {MAIN} xmlns:r="{OFFICE}">{sheets}</workbook>"#)),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet {MAIN}><numFmts>{formats}</numFmts>{plain}<cellXfs>{styles}</cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(r#"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"#),
        ),
    ];
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Audited, changed in every way that is proposed, and audited again.
fn audited_and_changed(name: &str, workbook: &Workbook, breakdown: &Breakdown) {
    let before =
        audit(Input { workbook, file_name: name, breakdown, previous: &[], said: Said::NOTHING }, RULES);
    for finding in &before.findings {
        assert!(finding.message.chars().count() < 4_000, "{}", finding.message);
    }
    let mut changed = workbook.clone();
    for change in plan_changes(name, workbook, breakdown, &[], Apply::All) {
        apply(&mut changed, &change.edit);
    }
    audit(
        Input { workbook: &changed, file_name: name, breakdown, previous: &[], said: Said::NOTHING },
        RULES,
    );
}
