//! Rules that are switched off for a reason: what they say is no finding, and every report says that they are off.

use std::io::Cursor;

use calamine::{Reader, open_workbook_auto_from_rs};

use crate::cli::{code, companion, err, folder, objects, out, sample};
use crate::worker::Engine;
use indicator_companion::audit::{Audit, Check, RulesOff, Said, StaysOn, Tier};
use indicator_companion::breakdown::Breakdown;
use indicator_companion::fixes::{Certainty, Edit, NewValue, apply};
use indicator_companion::job;
use indicator_companion::model::{Decimal, Range, Workbook};
use indicator_companion::reading::{Limits, read};
use indicator_companion::rules::{RULES, by_code};
use indicator_companion::worker::protocol::{Beside, Choice, Periods, Request, Response, RuleOff};

const REASON: &str = "省厅已同意";
const UNMOVED: &str = "德阳市-2019年6月.xls";

fn off(code: &str) -> RulesOff {
    let mut off = RulesOff::default();
    off.switch_off(by_code(code).unwrap(), REASON).unwrap();
    off
}

fn sheet(name: &str) -> Workbook {
    read(name, &std::fs::read(sample(name)).unwrap(), &Limits::default()).unwrap()
}

fn audited(name: &str, workbook: &Workbook, off: &RulesOff) -> Audit {
    job::audit_as_said(name, workbook, Breakdown::official(), &[], Said { off, ..Said::NOTHING })
}

fn set(workbook: &mut Workbook, cell: &str, value: NewValue) {
    apply(workbook, &Edit::Set { sheet: 0, cell: cell.parse().unwrap(), value });
}

/// Codes and cells of the open findings.
fn open(audit: &Audit) -> Vec<String> {
    let open = audit.findings.iter().filter(|finding| finding.is_open());
    open.map(|finding| format!("{} {}", finding.code, finding.range.unwrap())).collect()
}

/// Every text of a written workbook.
fn words(bytes: Vec<u8>) -> String {
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).unwrap();
    let cells = |(_, range): (String, calamine::Range<calamine::Data>)| {
        range.cells().map(|(_, _, cell)| cell.to_string()).collect::<Vec<_>>()
    };
    book.worksheets().into_iter().flat_map(cells).collect::<Vec<_>>().join("\n")
}

#[test]
fn only_what_is_no_error_no_root_cause_and_no_account_can_be_switched_off_and_only_for_a_reason() {
    let mut all = RulesOff::default();
    for rule in RULES {
        match all.switch_off(rule, REASON) {
            Ok(()) => assert_ne!(rule.tier, Tier::Error),
            Err(StaysOn::Error(_)) => assert_eq!(rule.tier, Tier::Error),
            Err(StaysOn::Account(code)) => assert!(code.0.starts_with('C')),
            Err(StaysOn::Root(_)) => {
                assert!(matches!(rule.check, Check::Root(_) | Check::EachOrRoot(..)), "{}", rule.code);
            }
            Err(StaysOn::NoReason(code)) => panic!("{code}"),
        }
    }
    let may = |code: &str| all.iter().any(|off| off.code.0 == code);
    assert!(["P002", "Q002", "T016", "L003"].into_iter().all(may));
    assert!(!["Q005", "B003", "C001", "T005"].into_iter().any(may));
    for reason in ["", "  ", "1", "无", "=A1"] {
        let said = RulesOff::default().switch_off(by_code("P002").unwrap(), reason);
        assert!(matches!(said, Err(StaysOn::NoReason(_))), "{reason}");
    }
}

#[test]
fn what_is_switched_off_is_no_finding_and_the_audit_says_so() {
    let workbook = sheet(UNMOVED);
    assert_eq!(open(&audited(UNMOVED, &workbook, RulesOff::NONE)), ["P002 F4:F12"]);
    let audit = audited(UNMOVED, &workbook, &off("P002"));
    assert!(audit.findings.is_empty());
    let said: Vec<_> = audit.off.iter().map(|off| (off.code.0, off.reason.as_str())).collect();
    assert_eq!(said, [("P002", REASON)]);
}

#[test]
fn what_was_folded_under_it_comes_up_itself() {
    let name = "分解表-openpyxl.xlsx";
    let mut workbook = sheet(name);
    set(&mut workbook, "E11", NewValue::Blank);
    let merged = Range::new("D11".parse().unwrap(), "E11".parse().unwrap());
    workbook.sheets[0].merges.push(merged);
    assert_eq!(open(&audited(name, &workbook, RulesOff::NONE)), ["T012 D11:E11"]);
    assert_eq!(open(&audited(name, &workbook, &off("T012"))), ["N003 E11"]);
}

/// Where the rates of this period stand beside the figures of the last one, P002 is an 错误.
#[test]
fn an_error_of_a_rule_that_is_switched_off_stands() {
    let mut workbook = sheet(UNMOVED);
    for row in 4..=12 {
        set(&mut workbook, &format!("G{row}"), NewValue::Number("0.77".parse().unwrap()));
    }
    let spoken = audited(UNMOVED, &workbook, RulesOff::NONE);
    let is_error = |audit: &Audit| {
        audit.findings.iter().any(|finding| finding.code.0 == "P002" && finding.tier == Tier::Error)
    };
    assert!(is_error(&spoken), "{:?}", open(&spoken));
    assert_eq!(open(&audited(UNMOVED, &workbook, &off("P002"))), open(&spoken));
}

/// A rate that is computed from a figure in doubt is not mended in bulk, whether or not the doubt is spoken of.
#[test]
fn no_fix_gets_safe_by_it() {
    let name = "成都市-2019年6月.xlsx";
    let mut workbook = sheet(name);
    let number = |text: &str| NewValue::Number(text.parse::<Decimal>().unwrap());
    set(&mut workbook, "E5", number("30"));
    set(&mut workbook, "F5", number("570"));
    set(&mut workbook, "G5", number("0.5"));
    let certainty = |audit: &Audit| {
        let rate = audit.findings.iter().find(|finding| finding.code.0 == "P004").unwrap();
        rate.fix.as_ref().map(|fix| fix.certainty)
    };
    let spoken = audited(name, &workbook, RulesOff::NONE);
    assert!(open(&spoken).contains(&"P003 F5".to_owned()), "{:?}", open(&spoken));
    let silent = audited(name, &workbook, &off("P003"));
    assert!(!open(&silent).contains(&"P003 F5".to_owned()));
    assert_eq!(certainty(&silent), certainty(&spoken));
    assert_ne!(certainty(&silent), Some(Certainty::Safe));
    // Without the doubt it is.
    set(&mut workbook, "E5", number("200"));
    set(&mut workbook, "F5", number("420"));
    assert_eq!(certainty(&audited(name, &workbook, RulesOff::NONE)), Some(Certainty::Safe));
}

#[test]
fn the_command_line_says_it_in_every_report() {
    let file = sample(UNMOVED);
    let asked = format!("P002={REASON}");
    let told = companion(&["check", &file, "--rule-off", &asked]);
    assert_eq!(code(&told), 0);
    let told = out(&told);
    assert!(told.contains("未发现问题，但关了 1 条规则。"), "{told}");
    assert!(told.contains(&format!("P002 与上期几乎没有变化（原因：{REASON}）")), "{told}");
    let json = objects(&["check", "--format", "json", &file, "--rule-off", &asked]);
    assert_eq!(json[0]["rules_off"], serde_json::json!([{ "code": "P002", "reason": REASON }]));
    assert!(objects(&["check", "--format", "json", &file])[0].get("rules_off").is_none());

    let folder = folder("rules-off");
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let faulty = sample("绵阳市-2019年6月.xlsx");
    let two = format!("Q002={REASON}");
    let corrected = companion(&["correct", &faulty, "--annotate", "--out", &at("校正"), "--rule-off", &two]);
    assert!(out(&corrected).contains("关了 1 条规则"), "{}", out(&corrected));
    let returned = companion(&["return", &faulty, "--out", &at("退回"), "--rule-off", &two]);
    assert_eq!(code(&returned), 1);
    let total = at("汇总.xlsx");
    let consolidated = companion(&["consolidate", &file, &faulty, "--out", &total, "--rule-off", &asked]);
    assert!(out(&consolidated).contains(REASON), "{}", out(&consolidated));
    let brief = companion(&["brief", &file, "--rule-off", &asked]);
    assert!(out(&brief).contains(REASON), "{}", out(&brief));
    let written = |folder: &str| std::fs::read_dir(at(folder)).unwrap().map(|entry| entry.unwrap().path());
    let books = written("校正").chain(written("退回")).filter(|path| path.extension().unwrap() == "xlsx");
    for book in books.chain([total.into()]) {
        let words = words(std::fs::read(&book).unwrap());
        assert!(words.contains("关了 1 条规则") && words.contains(REASON), "{}", book.display());
    }
}

#[test]
fn the_command_line_refuses_what_cannot_be_switched_off() {
    let file = sample(UNMOVED);
    for (given, said) in [
        ("X999=省厅已同意", "没有规则“X999”"),
        ("B003=省厅已同意", "错误级"),
        ("T005=省厅已同意", "整体差错"),
        ("C001=省厅已同意", "不能关"),
        ("P002=", "要写明原因"),
        ("P002", "要写明原因"),
        ("=省厅已同意", "写法是"),
    ] {
        for command in [&["check"][..], &["correct", "--out", "x"], &["consolidate", "--out", "x.xlsx"]] {
            let refused = companion(&[command, &[&file, "--rule-off", given]].concat());
            assert_eq!(code(&refused), 2, "{given}");
            assert!(err(&refused).contains(said), "{given}: {}", err(&refused));
        }
    }
}

#[test]
fn the_engine_audits_again_and_writes_it_down() {
    let mut engine = Engine::new();
    let bytes = std::fs::read(sample(UNMOVED)).unwrap();
    let beside = |codes: &[&str]| Beside {
        off: codes
            .iter()
            .map(|code| RuleOff { code: (*code).to_owned(), reason: REASON.to_owned() })
            .collect(),
        ..Beside::default()
    };
    let name = UNMOVED.to_owned();
    // What cannot be switched off stays on, whoever asks.
    let opened = engine.handle(Request::Open {
        file: 1,
        name,
        bytes,
        changes: Vec::new(),
        beside: beside(&["P002", "B003"]),
    });
    let Response::Opened { audit, .. } = opened else { panic!("{opened:?}") };
    assert!(audit.findings.is_empty());
    assert_eq!(audit.off, beside(&["P002"]).off);
    for request in [Request::Findings { file: 1 }, Request::SendBack { file: 1 }] {
        let Response::Document(document) = engine.handle(request) else { panic!() };
        assert!(words(document.bytes).contains(REASON), "{}", document.name);
    }
    let consolidated = engine.handle(Request::Consolidate {
        files: vec![1],
        preferred: Vec::new(),
        periods: Periods::One("2019-06".to_owned()),
        choice: Choice::default(),
        earlier: Vec::new(),
    });
    let Response::Consolidated { summary, .. } = consolidated else { panic!("{consolidated:?}") };
    let [line] = summary.rules_off.as_slice() else { panic!("{:?}", summary.rules_off) };
    assert!(line.contains("P002") && line.contains(REASON) && line.contains(UNMOVED), "{line}");
    assert!(summary.brief.unwrap().contains(line.as_str()));
    let on = engine.handle(Request::Recheck { file: 1, beside: beside(&[]) });
    let Response::Audited { audit, .. } = on else { panic!("{on:?}") };
    assert_eq!((audit.findings.len(), audit.off.len()), (1, 0));
}
