//! What is shown is only text, wherever it is shown; what is data stays data: through the engine's answers and the
//! workbooks that it writes, read again.

use crate::worker::Engine;
use indicator_companion::model::{Cell, CellRef, Grid, Value, Workbook, visible};
use indicator_companion::reading::{Limits, read};
use indicator_companion::report::rewrite;
use indicator_companion::worker::protocol::{
    Action, Beside, Change, Choice, Input, Periods, Record, Request, Response, Version,
};
use serde_json::Value as Json;

const NAME: &str = "绵阳市-2019年6月\u{202e}slx.\u{200b}.xlsx";
const SHEET: &str = "进展\u{202e}情况\u{2066}";
const FIGURE: &str = "175\u{1b}]0;PWN\u{7}\u{202e}\u{e0041}\u{fe0f}\u{2028}家";
const WORDS: &str = "本期\u{202d}新增\u{feff}两家\u{1b}[2J";

fn read_again(bytes: &[u8]) -> Workbook {
    read("x.xlsx", bytes, &Limits::default()).unwrap()
}

/// A return with unseen characters in its name, in its sheet's name, in a figure and in the words beside it.
fn hostile() -> Vec<u8> {
    let mut book = read_again(&std::fs::read("fixtures/workbooks/samples/绵阳市-2019年6月.xlsx").unwrap());
    let sheet = &mut book.sheets[0];
    sheet.name = SHEET.to_owned();
    let mut cells: Vec<(CellRef, Cell)> = sheet.grid.cells().map(|(at, cell)| (at, cell.clone())).collect();
    for (address, text) in [("F5", FIGURE), ("H5", WORDS)] {
        let at: CellRef = address.parse().unwrap();
        cells.retain(|(other, _)| *other != at);
        cells.push((at, Cell { value: Value::Text(text.into()), ..Cell::default() }));
    }
    sheet.grid = Grid::from_cells(cells);
    rewrite::write(&book).unwrap().bytes
}

/// Every text of an answer that is shown and holds what is not seen. Data is what goes back as it came.
fn unseen(answer: &Response) -> Vec<String> {
    // What an editor starts from, what a fix and an explanation write, names that files are known by or saved under.
    const DATA: [&str; 8] =
        ["raw", "input", "explain_in", "answer", "reported", "lists", "document", "bytes"];
    fn walk(path: &str, value: &Json, found: &mut Vec<String>) {
        match value {
            Json::String(text) if visible(text) != text.as_str() => {
                found.push(format!("{path}: {}", visible(text)))
            }
            Json::Array(items) => items.iter().for_each(|item| walk(path, item, found)),
            Json::Object(fields) => {
                for (name, value) in fields.iter().filter(|(name, _)| !DATA.contains(&name.as_str())) {
                    walk(&format!("{path}.{name}"), value, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk("", &serde_json::to_value(answer).unwrap(), &mut found);
    found
}

/// All texts of a workbook, its sheets' names among them.
fn texts(book: &Workbook) -> Vec<String> {
    let cells = book.sheets.iter().flat_map(|sheet| sheet.grid.cells().map(|(at, _)| sheet.grid.shown(at)));
    cells.chain(book.sheets.iter().map(|sheet| sheet.name.clone())).collect()
}

fn open(engine: &mut Engine, changes: Vec<Change>) -> Response {
    engine.handle(Request::Open {
        file: 1,
        name: NAME.to_owned(),
        bytes: hostile(),
        changes,
        beside: Beside::default(),
    })
}

#[test]
fn the_page_is_given_nothing_unseen_to_show() {
    let mut engine = Engine::new();
    let opened = open(&mut engine, Vec::new());
    assert_eq!(unseen(&opened), Vec::<String>::new());
    let Response::Opened { workbook, audit, .. } = &opened else { panic!("{opened:?}") };
    assert_eq!(workbook.sheets[0].name, "进展⟨RLO⟩情况⟨LRI⟩");
    let found: Vec<&str> = audit
        .findings
        .iter()
        .filter(|one| one.address.as_deref() == Some("F5"))
        .map(|one| one.found.as_str())
        .collect();
    let shown = "175␛]0;PWN␇⟨RLO⟩⟨U+E0041⟩⟨U+FE0F⟩⟨LS⟩家";
    assert!(found.contains(&shown), "{found:?}");

    let window =
        engine.handle(Request::Window { file: 1, sheet: 0, first: 0, last: 20, version: Version::Corrected });
    assert_eq!(unseen(&window), Vec::<String>::new());
    let Response::Window { cells, .. } = &window else { panic!("{window:?}") };
    let cell = cells.iter().find(|cell| (cell.row, cell.column) == (4, 5)).unwrap();
    // An editor starts from what is there.
    assert_eq!((cell.shown.as_str(), cell.raw.as_str()), (shown, FIGURE));

    let typed = |row, column, text: &str| Change {
        sheet: 0,
        action: Action::Set { row, column, input: Input::Typed(text.to_owned()) },
        rule: None,
        reason: String::new(),
        source: String::new(),
    };
    let changed =
        engine.handle(Request::Change { file: 1, changes: vec![typed(4, 5, "175"), typed(5, 7, WORDS)] });
    assert_eq!(unseen(&changed), Vec::<String>::new());
    let window =
        engine.handle(Request::Window { file: 1, sheet: 0, first: 0, last: 20, version: Version::Corrected });
    assert_eq!(unseen(&window), Vec::<String>::new());
    let Response::Window { cells, .. } = &window else { panic!("{window:?}") };
    assert_eq!(
        cells.iter().find(|cell| (cell.row, cell.column) == (4, 5)).unwrap().before.as_deref(),
        Some(shown)
    );

    let saved = engine.handle(Request::Save { file: 1, record: Record::Sheet });
    assert_eq!(unseen(&saved), Vec::<String>::new());
    let Response::Saved { document, certificate, .. } = saved else { panic!("{saved:?}") };
    assert!(
        certificate.cells.iter().any(|cell| cell.before == shown && cell.after == "175"),
        "{:?}",
        certificate.cells
    );

    // The copy: the unit's own cells are data, our record of them is not.
    let copy = read_again(&document.bytes);
    assert_eq!(copy.sheets[0].name, SHEET);
    assert_eq!(copy.sheets[0].grid.shown("H5".parse().unwrap()), WORDS);
    assert_eq!(copy.sheets[0].grid.shown("H6".parse().unwrap()), WORDS);
    let record = texts(&Workbook { sheets: copy.sheets[1..].to_vec(), ..copy });
    assert_eq!(
        record.iter().filter(|text| visible(text) != text.as_str()).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    assert!(
        record.iter().any(|text| text == shown)
            && record.iter().any(|text| text.contains("⟨RLO⟩slx.⟨ZWSP⟩.xlsx")),
        "{record:?}"
    );
}

#[test]
fn workbooks_of_ours_hold_nothing_unseen() {
    let mut engine = Engine::new();
    open(&mut engine, Vec::new());
    let Response::Document(list) = engine.handle(Request::Findings { file: 1 }) else { panic!() };
    let Response::Consolidated { document, summary } = engine.handle(Request::Consolidate {
        files: vec![1],
        preferred: Vec::new(),
        periods: Periods::Latest,
        choice: Choice::default(),
        earlier: Vec::new(),
    }) else {
        panic!()
    };
    let summary = Response::Consolidated { document: document.clone(), summary };
    assert_eq!(unseen(&summary), Vec::<String>::new());
    for (what, bytes) in [("list", &list.bytes), ("consolidation", &document.bytes)] {
        let written = texts(&read_again(bytes));
        assert_eq!(
            written.iter().filter(|text| visible(text) != text.as_str()).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "{what}"
        );
        for shown in ["⟨RLO⟩slx.⟨ZWSP⟩.xlsx", "进展⟨RLO⟩情况⟨LRI⟩"] {
            assert!(written.iter().any(|text| text.contains(shown)), "{what}: {shown} is not in {written:?}");
        }
    }
    // The name that it is saved under is the unit's, without what turns it round and without a sign of it.
    assert_eq!(list.name, "绵阳市-2019年6月slx.（问题清单）.xlsx");
}

#[test]
fn a_list_of_what_is_unseen_is_known_again() {
    let mut engine = Engine::new();
    let Response::Opened { audit: before, .. } = open(&mut engine, Vec::new()) else { panic!() };
    let Response::Document(list) = engine.handle(Request::Findings { file: 1 }) else { panic!() };
    let request = Request::Open {
        file: 2,
        name: list.name,
        bytes: list.bytes,
        changes: Vec::new(),
        beside: Beside::default(),
    };
    let Response::Opened { audit: listed, .. } = engine.handle(request) else { panic!() };
    assert_eq!(listed.lists[0].plain_name.as_deref(), Some(before.plain_name.as_str()));
    let beside = Beside { previous: Vec::new(), list: Some(listed.lists[0].clone()), off: Vec::new() };
    let answer = engine.handle(Request::Recheck { file: 1, beside });
    assert_eq!(unseen(&answer), Vec::<String>::new());
    let Response::Audited { audit, .. } = answer else { panic!() };
    let since = audit.since.unwrap();
    assert_eq!((since.fixed.len(), since.new.len()), (0, 0), "{since:?}");
    assert!(!since.left.is_empty());
}

#[test]
fn what_is_refused_is_refused_in_words_that_are_seen() {
    let mut engine = Engine::new();
    let request = Request::ReadBreakdown { file: 1, name: NAME.to_owned(), bytes: hostile() };
    assert_eq!(unseen(&engine.handle(request)), Vec::<String>::new());
    let request = Request::Open {
        file: 3,
        name: NAME.to_owned(),
        bytes: b"PK\x03\x04".to_vec(),
        changes: Vec::new(),
        beside: Beside::default(),
    };
    assert_eq!(unseen(&engine.handle(request)), Vec::<String>::new());
}
