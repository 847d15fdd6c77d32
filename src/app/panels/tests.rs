//! Panels rendered to strings and compared with a recorded snapshot; of the sheet what stands where.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use yew::prelude::*;

use super::asking::{self, Asking};
use super::findings::Props as FindingsProps;
use super::popover::{self, Popover};
use super::whose::{self, Asks};
use super::{BottomBar, Consolidate, FileList, FindingsPanel, Notices, Paper, Sheet, Start, TopBar};
use super::{bottom_bar, consolidate, file_list, notices, overlay, paper, rules, sheet, start, top_bar};
use crate::app::Shared;
use crate::app::file::{File, Phase, Step, mark};
use crate::app::findings::Filter;
use crate::app::geometry::{Cells, Geometry};
use crate::app::help::{JOBS, MARKS, QUESTIONS};
use crate::app::machine::Machine;
use crate::app::paper::Sheets;
use crate::app::rail::{Order, Rail};
use crate::app::state::Hand;
use crate::app::state::{
    Asked, Block, COLUMN_LETTERS, Card, Consolidation, Display, Draft, Keeping, Notice, NoticeKind, Offer,
    OnShelf, Picked, Place, Proposal, ROW_NUMBERS, Release, Traced, View, Viewport,
};
use crate::app::text;
use crate::worker::protocol::{
    Action, Area, Audit, CellDto, Certificate, Change, ConsolidationSummary, Document, ExplainIn, Finding,
    FindingGroup, Fix, Hello, IndicatorInfo, Input, Look, NewBreakdown, Noted, PeriodSummary, Rate, Record,
    Reported, RowWord, RuleInfo, RuleOff, SheetInfo, Since, Submitted, SummaryCell, SummaryRow,
    SummarySource, SummaryTotal, Tier, Understood, UnderstoodColumn, UnderstoodRow, Version, Whose,
    WorkbookInfo,
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
        groups: Vec::new(),
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
            look: Look::default(),
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
        version: Version::Corrected,
        file: file.id,
        sheet: 0,
        blocks: [(0, Block::new(cells))].into(),
        geometry: Shared::new(geometry),
        cursor: (4, 2),
        editing: None,
        popover: true,
        asking: None,
        pulse: 0,
        hand: Hand::default(),
    }
}

fn hello() -> Shared<Hello> {
    Shared::new(Hello {
        version: "0.1.0".to_owned(),
        breakdown: None,
        breakdown_sha256: "ab12".to_owned(),
        cities: vec!["成都市".to_owned(), "绵阳市".to_owned()],
        periods: vec!["2018-12".to_owned(), "2019-06".to_owned()],
        seconds: 300,
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
            help: "## 审核内容\n写着别的单位。\n## 示例\n“300个”应为“300家”。".to_owned(),
            sample: Some(("300个 <误>".to_owned(), "300家".to_owned())),
            stays_on: None,
        }],
    })
}

#[test]
fn list_of_findings() {
    insta::assert_snapshot!(rendered::<FindingsPanel>(FindingsProps {
        file: Shared::new(file()),
        filter: Filter::default(),
        settled: None,
        hello: None,
        finding: Some(3),
        draft: None,
        kept: Vec::new()
    }));
}

#[test]
fn many_files_are_searched_and_the_faulty_ones_stand_first() {
    let named = |id: u32, name: &str, errors: u32| {
        let mut file = file();
        (file.id, file.name) = (id, name.to_owned());
        let mut audit = (**file.audit.as_ref().unwrap()).clone();
        let at = |row: u32| Area { top: row, left: 2, bottom: row, right: 2 };
        audit.findings = (0..errors).map(|n| finding(90 + n, Tier::Error, at(n), "x")).collect();
        file.audit = Some(Shared::new(audit));
        Shared::new(file)
    };
    let all =
        [("甲.xlsx", 0), ("乙.xlsx", 1), ("丙.xlsx", 3), ("丁.xlsx", 0), ("戊.xlsx", 1), ("己.xlsx", 0)];
    let files: Vec<Shared<File>> =
        all.into_iter().zip(1..).map(|((name, errors), id)| named(id, name, errors)).collect();
    let drawn = |files: &[Shared<File>], rail: Rail| {
        rendered::<FileList>(file_list::Props {
            files: files.to_vec(),
            rail,
            selected: None,
            reading: 0,
            waiting: (0, 0),
            removed: None,
            saving: false,
        })
    };
    let names = |drawn: &str| -> Vec<String> {
        let rest = drawn.split("data-file-name=\"").skip(1);
        rest.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    };
    let faulty = Rail { order: Order::Faulty, ..Rail::default() };
    assert_eq!(
        names(&drawn(&files, faulty)),
        ["丙.xlsx", "乙.xlsx", "戊.xlsx", "甲.xlsx", "丁.xlsx", "己.xlsx"]
    );
    let found = drawn(&files, Rail { wanted: " 丙 ".to_owned(), ..Rail::default() });
    assert_eq!(names(&found), ["丙.xlsx"]);
    assert!(found.contains("显示 1 个，共 6 个"), "{found}");
    // A few are seen at a glance.
    assert!(!drawn(&files[..3], Rail::default()).contains("search-files"));
}

#[test]
fn several_findings_of_one_kind_are_one_line_until_one_of_them_is_looked_at() {
    let mut file = file();
    let at = |row: u32| Area { top: row, left: 2, bottom: row, right: 2 };
    let same: Vec<Finding> =
        (11..15).map(|id| finding(id, Tier::Error, at(id), "目标值为99，官方分解表为 600 项。")).collect();
    let mut audit = (**file.audit.as_ref().unwrap()).clone();
    audit.findings = same;
    audit.groups = vec![FindingGroup {
        findings: vec![11, 12, 13, 14],
        title: "目标值与官方不一致".to_owned(),
        places: "C12:C15".to_owned(),
    }];
    file.audit = Some(Shared::new(audit));
    let shown = |file: &File, finding: Option<u32>| {
        rendered::<FindingsPanel>(FindingsProps {
            file: Shared::new(file.clone()),
            filter: Filter::default(),
            settled: None,
            hello: None,
            finding,
            draft: None,
            kept: Vec::new(),
        })
    };
    let folded = shown(&file, None);
    assert!(folded.contains("目标值与官方不一致 4 处") && folded.contains("C12:C15"), "{folded}");
    assert!(!folded.contains("data-role=\"finding\""), "{folded}");
    let at_one = shown(&file, Some(13));
    assert_eq!(at_one.matches("data-role=\"finding\"").count(), 4, "{at_one}");
    // One that is left alone stands for itself.
    let mut audit = (**file.audit.as_ref().unwrap()).clone();
    audit.findings.iter_mut().skip(1).for_each(|finding| finding.answer = Some("已核对".to_owned()));
    file.audit = Some(Shared::new(audit));
    let alone = shown(&file, None);
    assert!(!alone.contains("data-role=\"several\"") && alone.contains("data-role=\"finding\""), "{alone}");
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
        filter: Filter::default(),
        settled: None,
        hello: None,
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
        filter: Filter::default(),
        settled: None,
        hello: None,
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
        filter: Filter::default(),
        settled: None,
        hello: None,
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
        rail: Rail::default(),
        selected: Some(8),
        reading: 1,
        waiting: (0, 0),
        removed: Some((2, 5)),
        saving: false
    }));
}

#[test]
fn bar_at_the_top() {
    insta::assert_snapshot!(rendered::<TopBar>(top_bar::Props {
        rules_off: 0,
        place: Place::Check,
        display: Display { large: true, ..Display::default() },
        release: Release { version: "0.1.0".to_owned(), build: "ab12".to_owned() },
        breakdown: Some("四市.xlsx".to_owned()),
    }));
}

fn bar_below(file: File, record: Option<Record>) -> String {
    rendered::<BottomBar>(bottom_bar::Props {
        file: Shared::new(file),
        filter: Filter::default(),
        settled: None,
        finding: Some(3),
        record,
        saving: false,
        drawer: false,
    })
}

#[test]
fn bar_at_the_bottom() {
    insta::assert_snapshot!(bar_below(file(), Some(Record::Sheet)));
}

/// 汇总 with one return, one city that has not reported, and what came of it.
fn board(outdated: bool) -> String {
    let mut reported = file();
    reported.audit = Some(Shared::new(Audit {
        form: Some("progress".to_owned()),
        city: Some("成都市".to_owned()),
        period: Some("2019-06".to_owned()),
        submitted: vec![Submitted {
            city: "成都市".to_owned(),
            period: "2019-06".to_owned(),
            errors: 1,
            ..Submitted::default()
        }],
        ..Audit::default()
    }));
    let rate = |share: f64, text: &str| Some(Rate { share, text: text.to_owned() });
    let source = SummarySource {
        file: 1,
        name: "成都市.xlsx".to_owned(),
        sheet: 0,
        sheet_name: "进展".to_owned(),
        row: 4,
        column: 5,
        address: "F5".to_owned(),
        raw: "1450项".to_owned(),
    };
    let cell = SummaryCell {
        target: Some("1600".to_owned()),
        done: Some("1450".to_owned()),
        rate: rate(0.90625, "90.6%"),
        source: Some(source),
        why: None,
    };
    let zone = SummaryTotal {
        target: "3000".to_owned(),
        target_of_present: "1600".to_owned(),
        done: Some("1450".to_owned()),
        rate: rate(0.90625, "90.6%"),
        of_whole: rate(0.4833, "48.3%"),
        lacking: vec!["绵阳市".to_owned()],
    };
    let before = SummaryTotal { done: Some("1000".to_owned()), lacking: Vec::new(), ..zone.clone() };
    let row = |cell: SummaryCell, zone: SummaryTotal| SummaryRow {
        number: 7,
        label: "新药创制 <成果>".to_owned(),
        unit: "项".to_owned(),
        cells: vec![cell, SummaryCell::default()],
        zone: Some(zone),
    };
    let earlier = PeriodSummary {
        period: "2018-12".to_owned(),
        rows: vec![row(SummaryCell::default(), before)],
        ..PeriodSummary::default()
    };
    let latest = PeriodSummary {
        period: "2019-06".to_owned(),
        rows: vec![row(cell, zone)],
        missing: vec!["绵阳市".to_owned()],
        notices: vec!["绵阳市：尚未收到贵单位 2019年6月进展情况表，请尽快报送。".to_owned()],
        remarks: vec!["成都市有 1 条警示没有说明。".to_owned()],
        kept_out: vec![("重复.xlsx".to_owned(), "与另一份报表数字不同。".to_owned())],
        elapsed: rate(0.5, "50%"),
    };
    let summary = ConsolidationSummary {
        cities: vec!["成都市".to_owned(), "绵阳市".to_owned()],
        periods: vec![earlier, latest],
        rules_off: vec!["关了 1 条规则。".to_owned()],
        brief: Ok("情况综述\n　　成都市完成450项。\n".to_owned()),
    };
    let document = Document { name: "汇总.xlsx".to_owned(), mime: String::new(), bytes: Vec::new() };
    rendered::<Consolidate>(consolidate::Props {
        all: false,
        preferred: BTreeSet::new(),
        without: BTreeSet::from(["绵阳市".to_owned()]),
        settled: true,
        files: vec![Shared::new(reported)],
        cities: summary.cities.clone(),
        periods: vec!["2019-06".to_owned()],
        period: Some("2019-06".to_owned()),
        consolidation: Consolidation::Done { document: Shared::new(document), summary: Shared::new(summary) },
        outdated,
        changed: BTreeSet::new(),
        shown: None,
        traced: Some(Traced { row: 7, city: Some(0) }),
        comparing: None,
    })
}

#[test]
fn consolidation_of_a_period() {
    insta::assert_snapshot!(board(false));
}

/// The words on the buttons of a drawing, and what a button without words is called.
fn buttons(drawn: &str) -> Vec<String> {
    let mut words = Vec::new();
    for button in drawn.split("<button").skip(1).filter_map(|rest| rest.split("</button>").next()) {
        words.extend(attribute(button, "aria-label").map(str::to_owned));
        let texts = button.split('>').skip(1).filter_map(|piece| piece.split('<').next());
        words.extend(texts.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned));
    }
    words
}

#[test]
fn a_button_that_a_sentence_names_is_there() {
    // Quoted, but no button: what a clerk writes, a mark of the table, the name of a sheet.
    const NOT_BUTTONS: [&str; 5] = ["/", "无", "{RECORD_SHEET}", "~$", "（进度文件）"];
    let quoted_buttons = [
        ("{CHOOSE}", text::CHOOSE),
        ("{CHECK}", text::CHECK),
        ("{RUN}", text::RUN),
        ("{RUN_AGAIN}", text::RUN_AGAIN),
        ("{UNDO}", text::UNDO),
        ("{RETRY}", text::RETRY),
        ("{READ_AGAIN}", text::READ_AGAIN),
        ("{RESTART}", text::RESTART),
        ("{SAVE_PROGRESS}", text::SAVE_PROGRESS),
    ];
    let code = include_str!("../text.rs").lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut found = BTreeSet::new();
    for line in code {
        for quote in line.split('“').skip(1).filter_map(|rest| rest.split_once('”')).map(|(quote, _)| quote)
        {
            // `{name}` is a file's or a cell's own; a button's word comes from a constant and never stands here itself.
            let is_value = quote.starts_with('{') && quote.chars().all(|c| !c.is_ascii_uppercase());
            if !is_value && !NOT_BUTTONS.contains(&quote) {
                found.insert(quote);
            }
        }
    }
    assert_eq!(found, quoted_buttons.iter().map(|(name, _)| *name).collect());

    let mut unreadable = File::new(8, "坏的.xlsx".to_owned(), 1.0);
    unreadable.phase = Phase::Unreadable(text::broke_twice());
    let mut unread = File::new(9, "没读的.xlsx".to_owned(), 1.0);
    unread.phase = Phase::Unread;
    let slow = Notice {
        id: 1,
        kind: NoticeKind::Said,
        text: text::slow(None, 30),
        detail: None,
        offer: Some(Offer::Restart),
    };
    let drawn = [
        rendered::<Start>(first()),
        rendered::<TopBar>(top_bar::Props {
            rules_off: 0,
            place: Place::Check,
            display: Display::default(),
            release: Release::default(),
            breakdown: None,
        }),
        board(false),
        board(true),
        bar_below(file(), None),
        rendered::<FileList>(file_list::Props {
            files: vec![Shared::new(unreadable), Shared::new(unread)],
            rail: Rail::default(),
            selected: Some(8),
            reading: 0,
            waiting: (0, 1),
            removed: None,
            saving: false,
        }),
        rendered::<Notices>(notices::Props { notices: vec![slow] }),
    ];
    let words: Vec<String> = drawn.iter().flat_map(|drawn| buttons(drawn)).collect();
    for (name, word) in quoted_buttons {
        assert!(words.iter().any(|known| known == word), "{name}: no button says {word}, only {words:?}");
    }
}

/// What the help names is a constant's word, and a panel shows that constant.
#[test]
fn what_the_help_names_is_on_the_page() {
    let words = include_str!("../text.rs");
    let constants: Vec<(&str, &str)> = words
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split_once(": &str = \""))
        .filter_map(|(name, rest)| Some((name, rest.strip_suffix("\";")?)))
        .collect();
    let own = ["tests.rs", "help.rs", "text.rs"];
    let panels: String = sources()
        .into_iter()
        .filter(|(path, _)| !own.iter().any(|name| path.ends_with(name)))
        .map(|(_, source)| source)
        .collect();
    let steps = JOBS.iter().flat_map(|job| job.steps);
    let said =
        steps.chain(MARKS.iter().map(|mark| mark.means)).chain(QUESTIONS.iter().map(|(_, answer)| *answer));
    let names: BTreeSet<&str> = said.flat_map(|words| words.iter().skip(1).step_by(2).copied()).collect();
    assert!(names.len() > 25, "{names:?}");
    for name in names {
        let own = constants.iter().filter(|(_, word)| *word == name);
        let shown = own.into_iter().any(|(constant, _)| {
            let function = format!("text::{}(", constant.to_lowercase());
            panels.contains(&format!("text::{constant}")) || panels.contains(&function)
        });
        assert!(shown, "{name} is nowhere on the page");
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// A rectangle of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rect {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Rect {
    const fn right(self) -> f64 {
        self.left + self.width
    }

    const fn bottom(self) -> f64 {
        self.top + self.height
    }

    fn overlaps(self, other: Self) -> bool {
        self.left < other.right()
            && other.left < self.right()
            && self.top < other.bottom()
            && other.top < self.bottom()
    }
}

/// A tag's own pixels; what it does not state is nothing.
fn rect(tag: &str) -> Rect {
    let style = attribute(tag, "style").unwrap_or_default();
    let pixels = |name: &str| {
        let stated = style.split(';').filter_map(|one| one.split_once(':')).find(|(key, _)| *key == name);
        stated.map_or(0.0, |(_, value)| value.trim_end_matches("px").parse().unwrap())
    };
    Rect { left: pixels("left"), top: pixels("top"), width: pixels("width"), height: pixels("height") }
}

fn has_class(tag: &str, class: &str) -> bool {
    attribute(tag, "class").is_some_and(|classes| classes.split(' ').any(|one| one == class))
}

/// The sheet as the user sees it.
struct Seen {
    drawn: String,
    /// By address the tag and the place on the paper.
    cells: BTreeMap<String, (String, Rect)>,
    /// By their text.
    letters: BTreeMap<String, Rect>,
    numbers: BTreeMap<String, Rect>,
}

impl Seen {
    fn of(viewport: Viewport) -> Self {
        let file = file();
        let view = Shared::new(view(&file));
        let props = sheet::Props {
            file: Shared::new(file),
            view,
            viewport,
            drawn_from: viewport.top,
            finding: Some(3),
            scale: 1.0,
            hello: None,
        };
        let drawn = rendered::<Sheet>(props);
        let mut seen = Self {
            drawn: String::new(),
            cells: BTreeMap::new(),
            letters: BTreeMap::new(),
            numbers: BTreeMap::new(),
        };
        let (mut row, mut letter) = (rect(""), rect(""));
        for tag in drawn.lines() {
            let words = tag.split_once('>').and_then(|(_, rest)| rest.split('<').next()).unwrap_or_default();
            // Left in a row from the paper's edge, its height that of the row.
            let own = Rect { top: row.top, height: row.height, ..rect(tag) };
            if has_class(tag, "row") {
                row = rect(tag);
            } else if has_class(tag, "letter") {
                letter = rect(tag);
            } else if has_class(tag, "letter-text") {
                seen.letters.insert(words.to_owned(), letter);
            } else if has_class(tag, "row-number") && !words.is_empty() {
                seen.numbers.insert(words.to_owned(), own);
            } else if let Some(address) = attribute(tag, "data-address") {
                let place = Rect { top: row.top, ..rect(tag) };
                assert!(
                    seen.cells.insert(address.to_owned(), (tag.to_owned(), place)).is_none(),
                    "{address} twice"
                );
            }
        }
        seen.drawn = drawn;
        seen
    }

    fn cell(&self, address: &str) -> (&str, Rect) {
        let (tag, place) = &self.cells[address];
        (tag, *place)
    }

    fn tag(&self, class: &str) -> &str {
        self.drawn.lines().find(|tag| has_class(tag, class)).unwrap()
    }
}

const WHOLE: Viewport = Viewport { left: 0.0, top: 0.0, width: 760.0, height: 560.0 };

#[test]
fn a_sheet_shows_every_cell_once_under_its_letter_and_beside_its_number() {
    let seen = Seen::of(WHOLE);
    // Row 2 is one merged cell; rows 8 and 9 are hidden.
    let rows = (1..=13).filter(|row| ![2, 8, 9].contains(row));
    let mut expected: BTreeSet<String> =
        rows.flat_map(|row| ["A", "B", "C", "D", "E"].map(|letter| format!("{letter}{row}"))).collect();
    expected.insert("A2".to_owned());
    assert_eq!(seen.cells.keys().cloned().collect::<BTreeSet<_>>(), expected);
    for (address, (_, place)) in &seen.cells {
        let (letter, row) = address.split_at(1);
        let (letter, number) = (seen.letters[letter], seen.numbers[row]);
        assert_eq!(
            (place.left, place.top, place.height),
            (letter.left, number.top, number.height),
            "{address}"
        );
        if address == "A2" {
            assert_eq!(
                place.right(),
                seen.letters["E"].right(),
                "a merged cell reaches over all its columns"
            );
        } else {
            assert_eq!(place.width, letter.width, "{address}");
        }
        for (other, (_, beside)) in seen.cells.iter().filter(|(other, _)| *other != address) {
            assert!(!place.overlaps(*beside), "{address} lies over {other}");
        }
    }
    assert!(seen.letters["B"].width > 300.0, "as wide as the file says");
}

#[test]
fn letters_and_numbers_stand_still_and_cover_no_cell() {
    let seen = Seen::of(WHOLE);
    let head = rect(seen.tag("letters"));
    assert_eq!((head.top, head.height), (0.0, COLUMN_LETTERS));
    for (address, (_, place)) in &seen.cells {
        assert!(place.top >= head.bottom() && place.left >= ROW_NUMBERS, "{address}");
    }
    for (row, place) in &seen.numbers {
        assert_eq!((place.left, place.width), (0.0, ROW_NUMBERS), "{row}");
    }
    let style = include_str!("../../../www/style.css");
    for frozen in [".letters {", ".corner-cell {", ".row-number {"] {
        let rule = style.lines().find(|line| line.starts_with(frozen)).unwrap();
        assert!(rule.contains("position: sticky"), "{frozen} scrolls away");
    }
}

#[test]
fn hidden_rows_are_one_thin_mark() {
    let seen = Seen::of(WHOLE);
    let mark = seen.drawn.lines().filter(|tag| has_class(tag, "hidden-rows")).count();
    assert_eq!((mark, seen.drawn.contains(&text::hidden_rows(2))), (1, true));
    let gap = seen.numbers["10"].top - seen.numbers["7"].bottom();
    assert!(gap > 0.0 && gap < seen.numbers["7"].height, "{gap}");
}

#[test]
fn findings_and_changes_are_marked_where_they_are() {
    let seen = Seen::of(WHOLE);
    let classes = |address: &str| attribute(seen.cell(address).0, "class").unwrap().to_owned();
    assert_eq!(classes("C4"), "cell number changed");
    assert_eq!(classes("C5"), "cell spill warning selected");
    assert!(has_class(seen.cell("C7").0, "notice"));
    assert_eq!(classes("D6"), "cell");
    let range = seen.tag("range");
    assert!(has_class(range, "error"));
    let (first, last) = (seen.cell("D5").1, seen.cell("E13").1);
    let range = rect(range);
    assert_eq!((range.left, range.top), (first.left, first.top));
    assert_eq!((range.right(), range.bottom()), (last.right(), last.bottom()));
    let table = rect(seen.tag("table-bracket"));
    assert_eq!((table.left, table.top), (seen.cell("A4").1.left, seen.cell("A4").1.top));
    assert_eq!((table.right(), table.bottom()), (last.right(), last.bottom()));
    assert!(seen.drawn.contains("<s class=\"before\">600家</s>"));
}

#[test]
fn the_field_lies_on_the_selected_cell_and_the_popover_beside_it() {
    let seen = Seen::of(WHOLE);
    let selected = seen.cell("C5").1;
    assert_eq!(rect(seen.tag("editor")), selected);
    let popover = rect(seen.tag("popover"));
    assert!(popover.top >= selected.bottom(), "{popover:?}");
    assert!(popover.left >= ROW_NUMBERS && popover.right() <= WHOLE.width, "{popover:?}");
}

#[test]
fn only_what_is_on_the_screen_is_drawn() {
    // From the last row on, and far to the right: nothing of the first rows and columns.
    let seen = Seen::of(Viewport { left: 0.0, top: 600.0, width: 60.0, height: 60.0 });
    assert!(seen.cells.contains_key("A13") && !seen.cells.contains_key("A1"));
    assert!(!seen.cells.contains_key("E13"));
}

fn first() -> start::Props {
    start::Props {
        hello: Some(hello()),
        shelf: OnShelf::default(),
        release: Release::default(),
        machine: Machine::default(),
    }
}

#[test]
fn first_screen() {
    insta::assert_snapshot!(rendered::<Start>(first()));
}

#[test]
fn report_on_paper() {
    let answered =
        Finding { answer: Some("分母含外地机构".to_owned()), ..file().findings()[2].clone() };
    let mut file = file();
    let mut audit = (**file.audit.as_ref().unwrap()).clone();
    audit.findings.push(Finding {
        id: 5,
        area: Some(cell_area(9)),
        address: Some("C10".to_owned()),
        ..answered
    });
    (audit.city, audit.period) = (Some("成都市".to_owned()), Some("2019-06".to_owned()));
    let (city, period) = ("成都市".to_owned(), "2019-06".to_owned());
    audit.submitted = vec![Submitted { city, period, ..Submitted::default() }];
    file.audit = Some(Shared::new(audit));
    let sheets = Sheets::Report(file.id);
    let other = File::new(99, "未读.xlsx".to_owned(), 1.0);
    let files = vec![Shared::new(file), Shared::new(other)];
    let props = paper::Props { sheets, files, hello: Some(hello()), now: "2026-11-28 14:32".to_owned() };
    insta::assert_snapshot!(rendered::<Paper>(props));
}

#[test]
fn what_was_not_audited_is_not_called_clean_on_paper() {
    let mut broken = File::new(2, "坏.xlsx".to_owned(), 1.0);
    broken.phase = Phase::Unreadable("文件不完整。".to_owned());
    let files = vec![Shared::new(File::new(1, "未读.xlsx".to_owned(), 1.0)), Shared::new(broken)];
    let props = paper::Props { sheets: Sheets::Reports, files, hello: None, now: String::new() };
    let drawn = rendered::<Paper>(props);
    assert_eq!(drawn.matches("data-role=\"report\"").count(), 2);
    assert!(
        drawn.contains(text::NOT_CHECKED) && drawn.contains("文件不完整。") && !drawn.contains(text::CLEAN)
    );
}

#[test]
fn places_of_rules() {
    insta::assert_snapshot!(rendered::<rules::Rules>(rules::Props {
        hello: Some(hello()),
        files: vec![Shared::new(file())],
        off: vec![RuleOff { code: "Q006".to_owned(), reason: "口径 <另定>".to_owned() }],
    }));
}

/// Only what was reported for the period before goes into a form, and of reports that disagree none.
#[test]
fn the_forms_say_how_many_get_the_figures_of_the_period_before() {
    let said = |reports: &[(&str, &str)]| {
        let file = |(at, (period, figure)): (usize, &(&str, &str))| {
            let mut file = file();
            file.id = u32::try_from(at).unwrap();
            let audit = file.audit.as_mut().unwrap().make_mut();
            audit.reported = vec![Reported {
                city: hello().cities[0].clone(),
                period: (*period).to_owned(),
                file: "甲".to_owned(),
                figures: vec![(1, Some((*figure).to_owned()))],
            }];
            Shared::new(file)
        };
        let files = reports.iter().enumerate().map(file).collect();
        let drawn = rendered::<rules::Rules>(rules::Props { hello: Some(hello()), files, off: Vec::new() });
        let start = drawn.split_once("data-role=\"forms-say\"").unwrap().1;
        start.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned()
    };
    let periods = hello().periods.clone();
    assert_eq!(periods, ["2018-12", "2019-06"]);
    assert!(said(&[]).contains("先读入上期报表"));
    // Later than both, or of the last one itself: nothing to fill in.
    assert_eq!(said(&[("2019-06", "1"), ("2019-12", "2")]), said(&[]));
    assert!(said(&[("2018-12", "1")]).contains("其中 1 份按读入的上期报表"));
    assert_eq!(said(&[("2018-12", "1"), ("2018-12", "1")]), said(&[("2018-12", "1")]));
    assert_eq!(said(&[("2018-12", "1"), ("2018-12", "2")]), said(&[]));
}

#[test]
fn places_of_rules_under_another_breakdown() {
    let mut other = hello();
    other.make_mut().breakdown = Some("四市 <附件>.xlsx".to_owned());
    insta::assert_snapshot!(rendered::<rules::Rules>(rules::Props {
        hello: Some(other),
        files: Vec::new(),
        off: Vec::new()
    }));
}

#[test]
fn what_another_breakdown_changes() {
    let picked =
        Picked { file: 9, name: "四市.csv".to_owned(), folder: String::new(), size: 1.0, held: true };
    let new = NewBreakdown {
        name: "四市.csv".to_owned(),
        sha256: "ab12".to_owned(),
        cities: vec!["天府市".to_owned(), "滨江市".to_owned()],
        indicators: 5,
        remarks: vec!["没有“序号”列，按行的先后编号。".to_owned()],
        changes: vec!["增加天府市".to_owned(), "指标 3 的总量：10 个 改为 12 个".to_owned()],
    };
    let props = |proposal| overlay::Props {
        plan: None,
        card: Some(Card::Breakdown),
        release: Release::default(),
        files: Vec::new(),
        proposal: Some(proposal),
        keeping: Keeping::default(),
        reading: 0,
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
        drawn_from: viewport.top,
        finding: None,
        hello: None,
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
    let (city, period) = ("成都市".to_owned(), "2019-06".to_owned());
    audit.submitted = vec![Submitted { city, period, ..Submitted::default() }];
    let placed = File { audit: Some(Shared::new(audit)), ..file.clone() };

    let picked = Picked { file: 5, name: hostile.to_owned(), folder: String::new(), size: 9.0, held: false };
    let release = Release { version: String::new(), build: String::new() };
    let overlay = |card, proposal| {
        rendered::<overlay::Overlay>(overlay::Props {
            plan: None,
            card: Some(card),
            release: release.clone(),
            files: vec![Shared::new(file.clone())],
            proposal,
            keeping: Keeping::default(),
            reading: 0,
        })
    };
    let drawn = [
        (
            "list of files",
            rendered::<FileList>(file_list::Props {
                files: vec![Shared::new(file.clone())],
                rail: Rail::default(),
                selected: None,
                reading: 0,
                waiting: (0, 0),
                removed: None,
                saving: false,
            }),
        ),
        ("findings", {
            rendered::<FindingsPanel>(FindingsProps {
                file: Shared::new(file.clone()),
                filter: Filter::default(),
                settled: None,
                hello: None,
                finding: None,
                draft: None,
                kept: Vec::new(),
            })
        }),
        ("consolidation", {
            rendered::<Consolidate>(consolidate::Props {
                all: false,
                preferred: BTreeSet::new(),
                without: BTreeSet::new(),
                settled: false,
                files: vec![Shared::new(unplaced), Shared::new(placed)],
                cities: vec!["成都市".to_owned()],
                periods: vec!["2019-06".to_owned()],
                period: None,
                consolidation: Consolidation::None,
                changed: BTreeSet::new(),
                shown: None,
                traced: None,
                comparing: None,
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

/// Sources of the page, each with its path.
fn sources() -> Vec<(String, String)> {
    let mut rooms = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app")];
    let mut found = Vec::new();
    while let Some(room) = rooms.pop() {
        for entry in std::fs::read_dir(room).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                rooms.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// rustfmt leaves `html!` and long texts as they are.
#[test]
fn no_line_is_wider_than_a_screen() {
    let width = |line: &str| line.chars().map(|c| 1 + usize::from(u32::from(c) >= 0x2e80)).sum::<usize>();
    for (path, source) in sources() {
        for (at, line) in source.lines().enumerate() {
            assert!(width(line) <= 120, "{path}:{}: {} columns: {line}", at + 1, width(line));
        }
    }
}

/// The compiler asks for a comment only where a name leaves the crate, which in the page few do. A component's `Props`
/// are said by the component.
#[test]
fn what_is_public_has_its_meaning_beside_it() {
    let mut known = 0;
    for (path, source) in sources().into_iter().filter(|(path, _)| !path.ends_with("tests.rs")) {
        let mut told = false;
        for line in source.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).map(str::trim) {
            let kinds = ["pub fn", "pub const fn", "pub struct", "pub enum", "pub trait", "pub type"];
            let plain = line.replacen("pub(super)", "pub", 1);
            if kinds.iter().any(|kind| plain.starts_with(kind)) && plain != "pub struct Props {" {
                known += 1;
                assert!(told, "{path}: what does it mean? {line}");
            }
            let is_attribute = ["#[", ")]", "not(", "expect(", "clippy::", "reason"]
                .iter()
                .any(|start| line.starts_with(start));
            told = line.starts_with("///") || told && is_attribute;
        }
    }
    assert!(known > 200, "only {known} were seen");
}

/// What a table was taken for: a column in doubt, one that is not looked at, a row of its own kind.
fn read_table() -> Understood {
    let column = |column, role: Option<&str>, doubt: Option<&str>| UnderstoodColumn {
        column,
        role: role.map(str::to_owned),
        why: "列名“<b>”的字样。".to_owned(),
        doubt: doubt.map(str::to_owned),
        said: false,
    };
    let row = |row, kind: &str, word| UnderstoodRow {
        row,
        kind: kind.to_owned(),
        word,
        why: "写着合计、小计之类。".to_owned(),
        said: false,
    };
    Understood {
        sheet: 0,
        area: Area { top: 3, left: 0, bottom: 12, right: 4 },
        at: (4, 1),
        city: None,
        period: Some("2019-06".to_owned()),
        whose: Some(Whose {
            cities: vec!["成都市".to_owned(), "绵阳市".to_owned()],
            periods: vec!["2018-12".to_owned(), "2019-06".to_owned()],
        }),
        columns: vec![
            column(2, Some("目标值"), None),
            column(3, Some("本期累计完成"), Some("E 列也写作“本期累计完成”")),
            column(4, None, None),
        ],
        rows: vec![row(4, "指标 1", Some(RowWord::Indicator(1))), row(12, "合计", Some(RowWord::Total))],
        roles: ["目标值", "本期累计完成"].map(str::to_owned).to_vec(),
    }
}

#[test]
fn what_was_understood_can_be_put_right() {
    let asking = |what| {
        rendered::<Asking>(asking::Props {
            table: read_table(),
            what,
            indicators: vec![IndicatorInfo {
                number: 1,
                label: "建设<i>".to_owned(),
                unit: "个".to_owned(),
                targets: Vec::new(),
            }],
            style: String::new(),
            above: false,
        })
    };
    let mut file = file();
    file.audit.as_mut().unwrap().make_mut().understood = vec![read_table()];
    let parts = [
        asking(Asked::Column(3)),
        asking(Asked::Column(4)),
        asking(Asked::Row(12)),
        rendered::<Asks>(whose::Props { file: Shared::new(file) }),
    ];
    insta::assert_snapshot!(parts.join("\n\n"));
}
