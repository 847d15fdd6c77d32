//! 保存进度 as a file: what the engine puts in comes out again, older ones open, damaged and strange ones are refused.

use crate::worker::Engine;
use indicator_companion::reading::Limits;
use indicator_companion::reading::bundle::Bundle;
use indicator_companion::report::bundle;
use indicator_companion::worker::protocol::{
    Action, Beside, Change, Document, Hint, Input, KeptDraft, KeptFile, KeptStep, Mark, PROGRESS_VERSION,
    Progress, Record, Request, Response,
};

const CONTENTS: &str = "指标校核进度.json";
const FIRST: &str = "fixtures/progress/第1版.zip";

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("fixtures/workbooks/samples/{name}")).unwrap()
}

fn set(row: u32, column: u32, input: Input) -> Change {
    let action = Action::Set { row, column, input };
    Change { sheet: 0, action, rule: None, reason: "手工".to_owned(), source: String::new() }
}

fn work() -> (Progress, Vec<Vec<u8>>) {
    let of = Mark {
        code: "P001".to_owned(),
        sheet: Some(0),
        address: Some("F7".to_owned()),
        found: "1".to_owned(),
    };
    let typed = set(9, 5, Input::Typed("0".to_owned()));
    let said = Change { action: Action::Say(Hint::Column { column: 3, role: None }), ..typed.clone() };
    let step = |changes| KeptStep { changes, settles: Vec::new() };
    let file = |name: &str| KeptFile { name: name.to_owned(), ..KeptFile::default() };
    let progress = Progress {
        at: "2026-11-28 14:32".to_owned(),
        files: vec![
            KeptFile {
                done: vec![step(vec![typed]), step(vec![said])],
                undone: vec![step(vec![set(3, 3, Input::Blank)])],
                saved: vec![0],
                put_away: vec![of.clone()],
                drafts: vec![KeptDraft { of, text: "企业停产".to_owned() }],
                preferred: true,
                ..file("绵阳市-2019年6月.xlsx")
            },
            // Of one name, and of another folder.
            KeptFile { folder: "旧".to_owned(), ..file("绵阳市-2019年6月.xlsx") },
        ],
        breakdown: Some(file("四市.csv")),
        record: Some(Record::Sheet),
        period: Some("2019-06".to_owned()),
        ..Progress::default()
    };
    let breakdown = std::fs::read("fixtures/breakdowns/四市.csv").unwrap();
    (progress, vec![sample("绵阳市-2019年6月.xlsx"), sample("绵阳市-2018年12月.xlsx"), breakdown])
}

fn kept(progress: Progress, bytes: Vec<Vec<u8>>) -> Document {
    match Engine::new().handle(Request::Keep { progress, files: vec![1, 2, 3], bytes }) {
        Response::Kept(document) => document,
        other => panic!("{other:?}"),
    }
}

fn open(bytes: Vec<u8>) -> Response {
    let (name, changes) = ("改了名字.dat".to_owned(), Vec::new());
    Engine::new().handle(Request::Open { file: 7, name, bytes, changes, beside: Beside::default() })
}

fn opened(bytes: Vec<u8>) -> (Progress, Vec<Vec<u8>>) {
    match open(bytes) {
        Response::Progress { file: 7, progress, documents } => {
            (progress, documents.into_iter().map(|document| document.bytes).collect())
        }
        other => panic!("{other:?}"),
    }
}

fn refused(bytes: Vec<u8>) -> String {
    match open(bytes) {
        Response::Failed { message } => message,
        other => panic!("{other:?}"),
    }
}

/// Packed again with other contents.
fn with_contents(document: &Document, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut bundle = Bundle::open(&document.bytes, &Limits::default()).unwrap();
    let contents = String::from_utf8(bundle.file(CONTENTS).unwrap().unwrap()).unwrap();
    let progress: Progress = serde_json::from_str(&contents).unwrap();
    let mut entries = Vec::new();
    for file in progress.files.iter().chain(&progress.breakdown) {
        entries.push((file.path.clone(), bundle.file(&file.path).unwrap().unwrap()));
    }
    // Behind the files, as another program might have it.
    entries.push((CONTENTS.to_owned(), change(&contents).into_bytes()));
    bundle::zip(&entries).unwrap()
}

#[test]
fn what_is_put_in_comes_out() {
    let (progress, bytes) = work();
    let document = kept(progress.clone(), bytes.clone());
    assert_eq!(document.name, "指标校核进度-2026-11-28-1432.zip");
    let (back, files) = opened(document.bytes);
    assert_eq!(files, bytes);
    let stripped = |mut progress: Progress| {
        for file in progress.files.iter_mut().chain(&mut progress.breakdown) {
            assert_eq!(file.sha256.len(), 64);
            (file.sha256, file.path) = (String::new(), String::new());
        }
        progress
    };
    assert_eq!(stripped(back), Progress { version: PROGRESS_VERSION, ..progress });
}

/// Made by the first version and never written again: whatever [`Progress`] becomes, this opens.
#[test]
fn the_first_version_still_opens() {
    let (back, files) = opened(std::fs::read(FIRST).unwrap());
    let (progress, bytes) = work();
    assert_eq!((back.version, &back.at, files), (1, &progress.at, bytes));
    let did = |progress: &Progress| -> Vec<_> {
        let of = |file: &KeptFile| (file.done.clone(), file.undone.clone(), file.drafts.clone());
        progress.files.iter().map(of).collect()
    };
    assert_eq!(did(&back), did(&progress));
    // What an older one did not know is as at the start.
    let document =
        Document { name: String::new(), mime: String::new(), bytes: std::fs::read(FIRST).unwrap() };
    let less = with_contents(&document, |contents| contents.replace("\"record\"", "\"another\""));
    assert_eq!(opened(less).0.record, None);
}

#[test]
fn damaged_and_strange_ones_are_refused_whole() {
    let (progress, bytes) = work();
    let document = kept(progress, bytes.clone());
    let whole = document.bytes.len();
    for length in [whole / 2, whole - 1, 100] {
        let said = refused(document.bytes[..length].to_vec());
        assert!(said.contains("没有恢复任何内容") && said.contains('请'), "{length}: {said}");
    }
    // A byte of a file is another one: found by the checksum or by the fingerprint, wherever it is.
    for at in (4..whole).step_by(whole / 40) {
        let mut other = document.bytes.clone();
        other[at] ^= 0x41;
        match open(other) {
            Response::Failed { .. } => {}
            // In what no reader minds, such as a date.
            Response::Progress { documents, .. } => {
                assert!(documents.iter().map(|document| &document.bytes).eq(&bytes), "{at}");
            }
            other => panic!("{at}: {other:?}"),
        }
    }
    let newer = with_contents(&document, |contents| contents.replace("\"version\": 1", "\"version\": 2"));
    assert!(refused(newer).contains("较新的版本"));
    let none = with_contents(&document, |_| "{}".to_owned());
    assert!(refused(none).contains("已损坏"));
    let swapped = with_contents(&document, |contents| contents.replace("\"sha256\": \"", "\"sha256\": \"0"));
    assert!(refused(swapped).contains("与保存时不一致"));
}

#[test]
fn nothing_comes_back_that_no_correction_would_write() {
    for action in [
        Action::Set { row: 3, column: 3, input: Input::Formula("HYPERLINK(\"http://a.b\",1)".to_owned()) },
        Action::Set { row: u32::MAX, column: 3, input: Input::Blank },
        Action::InsertRow { row: 4, cells: vec![(1, Input::Formula("[1]a!A1".to_owned()))] },
    ] {
        let (mut progress, bytes) = work();
        let change = Change { action, ..set(0, 0, Input::Blank) };
        progress.files[0].undone = vec![KeptStep { changes: vec![change], settles: Vec::new() }];
        assert!(refused(kept(progress, bytes).bytes).contains("不是本工具做的"));
    }
}
