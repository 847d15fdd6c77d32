//! Panels rendered to strings and compared with a recorded snapshot.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use yew::prelude::*;

use super::findings::Props as FindingsProps;
use super::popover::{self, Popover};
use super::{Consolidate, FileList, FindingsPanel, Notices, Sheet, Start};
use super::{consolidate, file_list, notices, overlay, rules, sheet, start};
use crate::app::Shared;
use crate::app::file::{File, Phase, Step, mark};
use crate::app::geometry::{Cells, Geometry};
use crate::app::state::{
    Block, Card, Consolidation, Draft, Notice, NoticeKind, Picked, Proposal, Release, View, Viewport,
};
use crate::app::text;
use crate::worker::protocol::{
    Action, Area, Audit, CellDto, Certificate, Change, ExplainIn, Finding, Fix, Hello, IndicatorInfo, Input,
    NewBreakdown, Noted, RuleInfo, SheetInfo, Since, Tier, WorkbookInfo,
};

/// One element a line, so that a difference can be read.
fn rendered<C>(props: C::Properties) -> String
where
    C: BaseComponent,
{
    let mut drawing = pin!(yew::LocalServerRenderer::<C>::with_props(props).hydratable(false).render());
    // Nothing here waits for anything: a few polls end it.
    for _ in 0..100 {
        if let Poll::Ready(html) = drawing.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return html.replace("><", ">\n<");
        }
    }
    panic!("the panel was not drawn");
}

fn change(row: u32, column: u32, input: Input) -> Change {
    Change {
        sheet: 0,
        action: Action::Set { row, column, input },
        rule: Some("Q006".to_owned()),
        reason: String::new(),
        source: String::new(),
    }
}

fn finding(id: u32, tier: Tier, area: Area, message: &str) -> Finding {
    Finding {
        id,
        code: "Q006".to_owned(),
        tier,
        sheet: Some(0),
        area: Some(area),
        address: Some(format!("C{}", area.top + 1)),
        indicator: Some(1),
        city: Some("成都市".to_owned()),
        found: "600家".to_owned(),
        expected: Some("600项".to_owned()),
        message: message.to_owned(),
        why: "单位不对会被当成另一项指标。".to_owned(),
        fix: None,
        caused_by: None,
        answer: None,
        explain_in: None,
    }
}

fn cell_area(row: u32) -> Area {
    Area { top: row, left: 2, bottom: row, right: 2 }
}

/// A file with a root cause that explains another finding, a safe fix, a hostile text and a settled finding.
fn file() -> File {
    let root = Finding {
        fix: Some(Fix {
            safe: false,
            changes: vec![
                change(4, 3, Input::Text("300项".to_owned())),
                change(4, 4, Input::Text("100项".to_owned())),
            ],
        }),
        address: Some("D5:E13".to_owned()),
        code: "T005".to_owned(),
        ..finding(
            1,
            Tier::Error,
            Area { top: 4, left: 3, bottom: 12, right: 4 },
            "绵阳市与德阳市两列的数疑似对调。",
        )
    };
    let explained = Finding {
        caused_by: Some(1),
        ..finding(2, Tier::Error, Area { top: 4, left: 3, bottom: 4, right: 3 }, "不是官方数。")
    };
    let safe = Finding {
        fix: Some(Fix { safe: true, changes: vec![change(4, 2, Input::Text("600项".to_owned()))] }),
        ..finding(3, Tier::Warning, cell_area(4), "单位应为“项”。")
    };
    let hostile = Finding {
        found: "<img src=x onerror=alert(1)>".to_owned(),
        ..finding(4, Tier::Notice, cell_area(6), "写作 <b>。")
    };
    let settled = finding(9, Tier::Warning, cell_area(3), "已改的。");
    let mut file = File::new(7, "成都市 <2019>.xlsx".to_owned(), 10_240.0);
    file.phase = Phase::Open;
    file.workbook = Some(Shared::new(WorkbookInfo {
        name: file.name.clone(),
        format: Some("xlsx".to_owned()),
        sha256: String::new(),
        size: 10_240,
        sheets: vec![SheetInfo {
            name: "指标分解表".to_owned(),
            hidden: false,
            rows: 13,
            columns: 5,
            merges: vec![Area { top: 1, left: 0, bottom: 1, right: 4 }],
            hidden_rows: vec![(7, 8)],
            hidden_columns: Vec::new(),
            column_widths: vec![(1, 1, 48.0)],
        }],
    }));
    file.audit = Some(Shared::new(Audit {
        form: Some("breakdown".to_owned()),
        sheet: Some(0),
        table: Some(Area { top: 3, left: 0, bottom: 12, right: 4 }),
        city: None,
        period: None,
        columns: vec![(2, "成都市".to_owned())],
        others: Vec::new(),
        errors: 2,
        warnings: 1,
        notices: 1,
        findings: vec![root, explained, safe, hostile],
        ..Audit::default()
    }));
    file.done = vec![Shared::new(Step {
        serial: 5,
        changes: vec![change(3, 2, Input::Number("600".to_owned()))],
        settles: vec![settled],
    })];
    file
}

fn view(file: &File) -> View {
    let cell = |row: u32, column: u32, shown: &str, before: Option<&str>| {
        let cell = CellDto {
            row,
            column,
            shown: shown.to_owned(),
            raw: shown.to_owned(),
            number: shown.parse::<f64>().is_ok(),
            formula: false,
            before: before.map(str::to_owned),
        };
        ((row, column), cell)
    };
    let cells = Cells::from([
        cell(1, 0, "建设指标分解表", None),
        cell(3, 2, "600", Some("600家")),
        cell(4, 2, "600家", None),
        cell(6, 2, "<img src=x onerror=alert(1)>", None),
    ]);
    let info = file.sheet_info(0).unwrap();
    let geometry = Geometry::new(&info, 0, &[], &cells, 1.0, (0.0, 0.0));
    View {
        file: file.id,
        sheet: 0,
        blocks: [(0, Block::new(cells))].into(),
        geometry: Shared::new(geometry),
        cursor: (4, 2),
        editing: None,
        popover: true,
        pulse: 0,
    }
}

fn hello() -> Shared<Hello> {
    Shared::new(Hello {
        version: "0.1.0".to_owned(),
        breakdown: None,
        breakdown_sha256: "ab12".to_owned(),
        cities: vec!["成都市".to_owned(), "绵阳市".to_owned()],
        indicators: vec![IndicatorInfo {
            number: 7,
            label: "转化国家新药创制重大科技专项成果100项".to_owned(),
            unit: "项".to_owned(),
            targets: vec![Some("100".to_owned()), None],
        }],
        rules: vec![RuleInfo {
            code: "Q006".to_owned(),
            tier: Tier::Warning,
            title: "计量单位不是本指标的".to_owned(),
            help: "## 审核内容\n写着别的单位。".to_owned(),
        }],
    })
}

#[test]
fn list_of_findings() {
    insta::assert_snapshot!(rendered::<FindingsPanel>(FindingsProps {
        file: Shared::new(file()),
        filter: None,
        finding: Some(3),
        draft: None,
        kept: Vec::new()
    }));
}

#[test]
fn list_of_findings_with_explanations_and_what_came_back() {
    let mut file = file();
    let open = Finding {
        explain_in: Some(ExplainIn { row: 4, column: 7, text: String::new() }),
        ..finding(1, Tier::Warning, cell_area(4), "超出较多。")
    };
    let answered = Finding {
        answer: Some("新建 <两家> 平台".to_owned()),
        ..finding(2, Tier::Warning, cell_area(5), "没有变化。")
    };
    let noted = |code: &str| Noted {
        code: code.to_owned(),
        address: Some("D4".to_owned()),
        message: "目标不对。".to_owned(),
        ..Noted::default()
    };
    let draft = Draft { file: file.id, of: mark(&open), text: "正在写".to_owned() };
    file.done.clear();
    file.audit = Some(Shared::new(Audit {
        form: Some("progress".to_owned()),
        findings: vec![open, answered],
        disputed: vec!["2018年12月的报表有 2 份且数字不同。".to_owned()],
        since: Some(Since {
            source: "清单.xlsx".to_owned(),
            fixed: vec![noted("P006")],
            left: vec![(noted("Q001"), 1)],
            new: vec![2],
        }),
        ..Audit::default()
    }));
    insta::assert_snapshot!(rendered::<FindingsPanel>(FindingsProps {
        file: Shared::new(file),
        filter: None,
        finding: Some(1),
        draft: Some(draft),
        kept: Vec::new()
    }));
}

#[test]
fn list_of_findings_of_a_clean_file() {
    let mut clean = file();
    clean.audit.as_mut().unwrap().make_mut().findings.clear();
    clean.done.clear();
    insta::assert_snapshot!(rendered::<FindingsPanel>(FindingsProps {
        file: Shared::new(clean),
        filter: None,
        finding: None,
        draft: None,
        kept: Vec::new()
    }));
}

#[test]
fn list_of_findings_after_corrections_with_a_notice_put_away() {
    let mut after = file();
    let away = finding(1, Tier::Notice, cell_area(6), "写法不常见。");
    after.ignored.insert(mark(&away));
    after.audit.as_mut().unwrap().make_mut().findings = vec![away];
    insta::assert_snapshot!(rendered::<FindingsPanel>(FindingsProps {
        file: Shared::new(after),
        filter: None,
        finding: None,
        draft: None,
        kept: Vec::new()
    }));
}

#[test]
fn list_of_files() {
    let mut unreadable = File::new(8, "有密码.xlsx".to_owned(), 1.0);
    unreadable.phase = Phase::Unreadable("文件设了打开密码。".to_owned());
    let files = vec![
        Shared::new(file()),
        Shared::new(unreadable),
        Shared::new(File::new(9, "排队.xlsx".to_owned(), 1.0)),
    ];
    insta::assert_snapshot!(rendered::<FileList>(file_list::Props {
        files,
        selected: Some(8),
        reading: 1,
        removed: Some((2, 5))
    }));
}

#[test]
fn sheet_with_marks_and_popover() {
    let file = file();
    let view = Shared::new(view(&file));
    let viewport = Viewport { left: 0.0, top: 0.0, width: 760.0, height: 560.0 };
    insta::assert_snapshot!(rendered::<Sheet>(sheet::Props {
        file: Shared::new(file),
        view,
        viewport,
        finding: Some(3),
        scale: 1.0
    }));
}

#[test]
fn first_screen() {
    insta::assert_snapshot!(rendered::<Start>(start::Props { hello: Some(hello()) }));
}

#[test]
fn places_of_rules() {
    insta::assert_snapshot!(rendered::<rules::Rules>(rules::Props { hello: Some(hello()) }));
}

#[test]
fn places_of_rules_under_another_breakdown() {
    let mut other = hello();
    other.make_mut().breakdown = Some("四市 <附件>.xlsx".to_owned());
    insta::assert_snapshot!(rendered::<rules::Rules>(rules::Props { hello: Some(other) }));
}

#[test]
fn what_another_breakdown_changes() {
    let picked = Picked { file: 9, name: "四市.csv".to_owned(), size: 1.0, held: true };
    let new = NewBreakdown {
        name: "四市.csv".to_owned(),
        sha256: "ab12".to_owned(),
        cities: vec!["天府市".to_owned(), "滨江市".to_owned()],
        indicators: 5,
        remarks: vec!["没有“序号”列，按行的先后编号。".to_owned()],
        changes: vec!["增加天府市".to_owned(), "指标 3 的总量：10 个 改为 12 个".to_owned()],
    };
    let props = |proposal| overlay::Props {
        card: Some(Card::Breakdown),
        release: Release::default(),
        files: Vec::new(),
        proposal: Some(proposal),
    };
    insta::assert_snapshot!(rendered::<overlay::Overlay>(props(Proposal::Ready(
        picked.clone(),
        Shared::new(new)
    ))));
    let refused = rendered::<overlay::Overlay>(props(Proposal::Refused(
        picked.name,
        "没有找到分解表的表头。".to_owned(),
    )));
    assert!(refused.contains("没有找到分解表的表头。") && !refused.contains("use-breakdown"));
}

#[test]
fn what_a_file_says_is_only_ever_text() {
    let file = file();
    let view = Shared::new(view(&file));
    let viewport = Viewport { left: 0.0, top: 0.0, width: 760.0, height: 560.0 };
    let drawn = rendered::<Sheet>(sheet::Props {
        file: Shared::new(file),
        view,
        viewport,
        finding: None,
        scale: 1.0,
    });
    assert!(!drawn.contains("<img") && drawn.contains("&lt;img"));
}

/// What the page has of its own: names of files, what was typed, what it is told. The engine's texts are seen already.
#[test]
fn what_the_page_says_of_its_own_is_seen() {
    let hostile = "成都市\u{202e}slx.\u{1b}[2J.xlsx";
    let mut file = file();
    file.name = hostile.to_owned();
    let Some(audit) = file.audit.as_mut() else { panic!() };
    let mut answered = Audit::clone(audit);
    for finding in &mut answered.findings {
        finding.tier = Tier::Warning;
        finding.caused_by = None;
        finding.answer = Some(hostile.to_owned());
    }
    *audit = Shared::new(answered);
    let typed = Step {
        serial: 9,
        changes: vec![change(4, 2, Input::Typed(hostile.to_owned()))],
        settles: Vec::new(),
    };
    let mut settled = finding(9, Tier::Error, cell_area(6), "单位不对。");
    settled.fix = Some(Fix { safe: true, changes: vec![change(6, 2, Input::Text(hostile.to_owned()))] });
    file.done = vec![
        Shared::new(typed),
        Shared::new(Step { serial: 10, changes: Vec::new(), settles: vec![settled.clone()] }),
    ];
    let certificate = Certificate {
        cells: Vec::new(),
        identical_parts: Some(9),
        changed_parts: Vec::new(),
        original_sha256: String::new(),
        result_sha256: String::new(),
        losses: Vec::new(),
        explained: 0,
    };
    file.certificate = Some(Shared::new((hostile.to_owned(), certificate)));
    let mut unplaced = file.clone();
    let mut audit = Audit { form: Some("progress".to_owned()), ..Audit::default() };
    unplaced.audit = Some(Shared::new(audit.clone()));
    (audit.city, audit.period) = (Some("成都市".to_owned()), Some("2019-06".to_owned()));
    let placed = File { audit: Some(Shared::new(audit)), ..file.clone() };

    let picked = Picked { file: 5, name: hostile.to_owned(), size: 9.0, held: false };
    let release = Release { version: String::new(), build: String::new() };
    let overlay = |card, proposal| {
        rendered::<overlay::Overlay>(overlay::Props {
            card: Some(card),
            release: release.clone(),
            files: vec![Shared::new(file.clone())],
            proposal,
        })
    };
    let drawn = [
        (
            "list of files",
            rendered::<FileList>(file_list::Props {
                files: vec![Shared::new(file.clone())],
                selected: None,
                reading: 0,
                removed: None,
            }),
        ),
        ("findings", {
            rendered::<FindingsPanel>(FindingsProps {
                file: Shared::new(file.clone()),
                filter: None,
                finding: None,
                draft: None,
                kept: Vec::new(),
            })
        }),
        ("consolidation", {
            rendered::<Consolidate>(consolidate::Props {
                files: vec![Shared::new(unplaced), Shared::new(placed)],
                cities: vec!["成都市".to_owned()],
                periods: vec!["2019-06".to_owned()],
                period: None,
                consolidation: Consolidation::None,
                outdated: false,
            })
        }),
        ("notices", {
            let notice = Notice {
                id: 1,
                kind: NoticeKind::Trouble,
                text: hostile.to_owned(),
                detail: Some(hostile.to_owned()),
                offer: None,
            };
            rendered::<Notices>(notices::Props { notices: vec![notice] })
        }),
        ("popover", {
            let said = Finding { answer: Some(hostile.to_owned()), ..settled.clone() };
            rendered::<Popover>(popover::Props { findings: vec![said], style: String::new(), above: false })
        }),
        (
            "difference",
            rendered::<Popover>(popover::Props {
                findings: vec![settled],
                style: String::new(),
                above: false,
            }),
        ),
        ("certificate", overlay(Card::Certificate(file.id), None)),
        ("breakdown that is read", overlay(Card::Breakdown, Some(Proposal::Reading(picked)))),
        (
            "breakdown that is refused",
            overlay(Card::Breakdown, Some(Proposal::Refused(hostile.to_owned(), hostile.to_owned()))),
        ),
    ];
    for (what, drawn) in drawn {
        let unseen: Vec<&str> = drawn.lines().filter(|line| text::shown(line) != *line).collect();
        assert!(unseen.is_empty(), "{what}: {unseen:?}");
        assert!(drawn.contains("slx.␛[2J") && drawn.contains("⟨RLO⟩"), "{what}: {drawn}");
    }
}
