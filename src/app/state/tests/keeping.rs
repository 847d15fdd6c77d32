//! 保存进度, what comes back of it, and what a file name says.

use super::*;
use crate::worker::protocol::{CertifiedCell, KeptDraft, KeptFile, KeptStep, Progress};

/// The answer to 保存进度, as the engine gives it.
fn keep(state: &mut State) -> Progress {
    let effects = user(state, Command::SaveProgress);
    let (id, request) = sent(&effects).pop().unwrap();
    let Request::Keep { progress, files, .. } = request else { panic!("{request:?}") };
    assert_eq!(progress.files.len() + usize::from(progress.breakdown.is_some()), files.len());
    let document =
        Document { name: "指标校核进度.zip".to_owned(), mime: String::new(), bytes: vec![1] };
    let effects = answer(state, id, Response::Kept(document.clone()));
    assert!(effects.contains(&Effect::Download(document)));
    progress
}

/// As the engine gives it back: every file with its fingerprint.
fn returned(progress: &Progress, from: FileId) -> Message {
    let picked = (from..).zip(progress.files.iter().chain(&progress.breakdown));
    let picked = picked.map(|(id, kept)| Picked { name: kept.name.clone(), held: true, ..picked_as(id) });
    Message::Returned(Box::new(progress.clone()), picked.collect())
}

fn picked_as(id: FileId) -> Picked {
    picked(id)
}

fn names(state: &State) -> Vec<&str> {
    state.files.iter().map(|file| file.name.as_str()).collect()
}

/// A file with one change, an explanation half written, a 提示 put away.
fn at_work() -> State {
    let notice = Finding { tier: Tier::Notice, ..finding(3, (6, 2), None) };
    let mut state = opened(vec![safe(1, (4, 2)), finding(2, (5, 2), None), notice]);
    state.update(Message::Clock("2026-11-28 14:32".to_owned()));
    user(&mut state, Command::Apply(1));
    user(&mut state, Command::Ignore(3));
    user(&mut state, Command::Explain(2));
    user(&mut state, Command::Explaining("企业停产".to_owned()));
    state
}

#[test]
fn everything_that_was_done_comes_back_into_an_empty_page() {
    let mut state = at_work();
    let progress = keep(&mut state);
    assert_eq!(progress.at, "2026-11-28 14:32");
    let mut fresh = State::default();
    let effects = fresh.update(returned(&progress, 1));
    assert!(fresh.notices.list.last().unwrap().text.contains("1 个文件，1 处修改"));
    let opening = sent(&effects).into_iter().find_map(|(_, request)| match request {
        Request::Open { changes, .. } => Some(changes),
        _ => None,
    });
    assert_eq!(opening.unwrap(), state.file(1).unwrap().changes());
    let (before, after) = (state.file(1).unwrap(), fresh.file(1).unwrap());
    assert_eq!((&before.ignored, &before.name), (&after.ignored, &after.name));
    assert!(after.unsaved());
    let text = |state: &State| state.drafts().map(|draft| draft.text.clone()).collect::<Vec<_>>();
    assert_eq!(text(&fresh), ["企业停产"]);
    // And so does all of it when it is kept again.
    assert_eq!(fresh.progress().files.first().unwrap().done, progress.files.first().unwrap().done);
}

#[test]
fn what_is_kept_need_not_be_asked_about_before_leaving() {
    let mut state = at_work();
    let guards = |effects: &[Effect]| effects.contains(&Effect::Guard(Guard::Off));
    let effects = user(&mut state, Command::SaveProgress);
    let (id, _) = sent(&effects).pop().unwrap();
    // Only when it is there, and no longer than until the next word.
    assert!(!guards(&effects));
    let document = Document { name: String::new(), mime: String::new(), bytes: Vec::new() };
    assert!(guards(&answer(&mut state, id, Response::Kept(document))));
    let effects = user(&mut state, Command::Explaining("企业停产。".to_owned()));
    assert!(effects.contains(&Effect::Guard(Guard::On)));
}

#[test]
fn an_explanation_half_written_is_asked_about_before_leaving() {
    let mut state = opened(vec![finding(2, (5, 2), None)]);
    user(&mut state, Command::Explain(2));
    let effects = user(&mut state, Command::Explaining("停".to_owned()));
    assert!(effects.contains(&Effect::Guard(Guard::On)));
}

#[test]
fn what_comes_back_beside_other_work_waits_for_the_user() {
    let mut state = at_work();
    let progress = keep(&mut state);
    // The same file, and in the meantime something else was done in it.
    user(&mut state, Command::Undo);
    let own = set(9, 2, "别的");
    state.do_step(1, vec![own.clone()], Vec::new(), &mut Vec::new());
    let before = state.files.clone();
    state.update(returned(&progress, 5));
    assert_eq!((state.card, &state.files), (Some(Card::Returned), &before));
    // 取消: as if nothing had been.
    let effects = user(&mut state, Command::Decide(None));
    assert!(effects.contains(&Effect::Release(5)));
    assert_eq!((state.card, &state.files), (None, &before));
    // 合并: both are there, and it is said.
    state.update(returned(&progress, 5));
    user(&mut state, Command::Decide(Some(TakeIn::Beside)));
    assert_eq!(names(&state), ["1.xlsx", "1（进度文件）.xlsx"]);
    assert_eq!(state.file(1).unwrap().changes(), [own]);
    assert_eq!(state.file(5).unwrap().changes(), [set(4, 2, "改")]);
    assert!(state.notices.list.last().unwrap().text.contains("1（进度文件）.xlsx"));
}

#[test]
fn the_same_work_is_not_there_twice() {
    let mut state = at_work();
    let progress = keep(&mut state);
    state.update(returned(&progress, 5));
    let effects = user(&mut state, Command::Decide(Some(TakeIn::Beside)));
    assert_eq!((names(&state), state.drafts().count()), (vec!["1.xlsx"], 1));
    assert!(effects.contains(&Effect::Release(5)));
    // Nothing was done here yet: what was done there is taken over.
    user(&mut state, Command::Undo);
    state.update(returned(&progress, 6));
    user(&mut state, Command::Decide(Some(TakeIn::Beside)));
    assert_eq!(state.file(1).unwrap().changes(), [set(4, 2, "改")]);
}

#[test]
fn what_gives_way_to_a_file_of_progress_can_be_put_back() {
    let mut state = at_work();
    let other = Progress {
        version: 1,
        files: vec![KeptFile {
            name: "另.xlsx".to_owned(),
            sha256: "不同".to_owned(),
            done: vec![KeptStep { changes: vec![set(1, 1, "甲")], settles: Vec::new() }],
            drafts: vec![KeptDraft { of: mark(&finding(7, (1, 1), None)), text: "半".to_owned() }],
            ..KeptFile::default()
        }],
        ..Progress::default()
    };
    state.update(returned(&other, 5));
    user(&mut state, Command::Decide(Some(TakeIn::Instead)));
    assert_eq!((names(&state), state.selected), (vec!["另.xlsx"], Some(5)));
    let (count, last) = state.removed_files().unwrap();
    assert_eq!(count, 1);
    user(&mut state, Command::Accept(Offer::Restore(last)));
    assert_eq!(state.file(1).unwrap().changes(), [set(4, 2, "改")]);
}

#[test]
fn a_step_that_a_saved_copy_had_and_that_is_taken_back_stays_unsaved() {
    let mut state = opened(vec![safe(1, (4, 2)), safe(2, (5, 2))]);
    user(&mut state, Command::Apply(1));
    user(&mut state, Command::Apply(2));
    let serials = state.file(1).unwrap().serials();
    state.file_mut(1).unwrap().saved = serials;
    user(&mut state, Command::Undo);
    let progress = keep(&mut state);
    let mut fresh = State::default();
    fresh.update(returned(&progress, 1));
    assert!(fresh.file(1).unwrap().unsaved());
    assert_eq!(fresh.file(1).unwrap().undone.len(), 1);
}

#[test]
fn what_programs_leave_beside_a_file_is_not_taken_into_the_list() {
    let mut state = State::default();
    let named = |id, name: &str| Picked { name: name.to_owned(), ..picked(id) };
    let list = vec![named(1, "~$六月.xlsx"), named(2, "Thumbs.db"), named(3, "六月.xlsx")];
    let effects = state.update(Message::Chosen(list));
    assert_eq!(names(&state), ["六月.xlsx"]);
    assert!(effects.contains(&Effect::Release(1)) && effects.contains(&Effect::Release(2)));
    assert!(state.notices.list.last().unwrap().text.contains("~$六月.xlsx"));
    let empty = Picked { size: 0.0, ..named(4, "七月.xlsx") };
    state.update(Message::Chosen(vec![empty]));
    assert_eq!(state.file(4).unwrap().phase, Phase::Unreadable(text::EMPTY_FILE.to_owned()));
}

#[test]
fn files_of_one_name_are_told_apart() {
    let mut state = State::default();
    let of =
        |id, folder: &str| Picked { name: "六月.xlsx".to_owned(), folder: folder.to_owned(), ..picked(id) };
    state.update(Message::Chosen(vec![of(1, "成都"), of(2, "绵阳"), picked(3)]));
    let apart = crate::app::rail::apart(&state.files);
    let words: Vec<&str> = apart.values().map(String::as_str).collect();
    assert_eq!(words, ["文件夹 成都", "文件夹 绵阳"]);
    state.update(Message::Chosen(vec![of(4, "绵阳")]));
    let apart = crate::app::rail::apart(&state.files);
    assert_eq!(apart.get(&4).unwrap(), "同名的第 3 个");
}

#[test]
fn a_name_is_cut_ahead_of_its_end() {
    use crate::app::rail::cut;
    assert_eq!(cut("德阳市-2018年12月.xlsx"), ("德阳市-2018年", "12月.xlsx"));
    assert_eq!(cut("德阳市-2019年6月(12).xls"), ("德阳市-2019年6月", "(12).xls"));
    assert_eq!(cut("德阳市（盖章以后又改过一次的）.xls"), ("德阳市（盖章以后又改过一次", "的）.xls"));
    assert_eq!(cut("六.xlsx"), ("六.xlsx", ""));
    assert_eq!(cut("没有后缀的一个名字"), ("没有后缀的一个", "名字"));
    assert_eq!(cut(""), ("", ""));
}

/// What the store is told, of the effects.
fn shelf(effects: &[Effect]) -> Vec<Shelf> {
    let told =
        effects.iter().filter_map(|effect| if let Effect::Shelf(what) = effect { Some(what) } else { None });
    told.cloned().collect()
}

#[test]
fn nothing_goes_into_the_store_unless_it_is_chosen() {
    let mut state = at_work();
    assert!(shelf(&state.update(Message::Second)).is_empty());
    assert_eq!(shelf(&user(&mut state, Command::SwitchShelf)), [Shelf::On]);
    // Not before the browser has said that it can.
    assert!(shelf(&state.update(Message::Second)).is_empty());
    let put = shelf(&state.update(Message::Shelf(ShelfSays::On)));
    assert!(matches!(put.as_slice(), [Shelf::Put { files, instead: false, .. }] if *files == [1]), "{put:?}");
    // Once, until something else is done.
    assert!(shelf(&state.update(Message::Second)).is_empty());
    user(&mut state, Command::Explaining("企业停产，九月恢复".to_owned()));
    assert_eq!(shelf(&state.update(Message::Second)).len(), 1);
    // A file of 保存进度 has all of it: it is not kept here any longer.
    keep(&mut state);
    assert_eq!(shelf(&state.update(Message::Second)), [Shelf::Empty]);
    assert_eq!(shelf(&user(&mut state, Command::SwitchShelf)), [Shelf::Off]);
    user(&mut state, Command::Explaining("企业停产，十月恢复".to_owned()));
    assert!(shelf(&state.update(Message::Second)).is_empty());
}

#[test]
fn what_an_earlier_session_left_goes_only_when_it_is_here() {
    let progress = at_work().progress();
    let mut state = State::default();
    state.update(Message::Shelf(ShelfSays::On));
    state.update(Message::Shelf(ShelfSays::Left(Box::new(progress.clone()))));
    assert_eq!(shelf(&user(&mut state, Command::RestoreLeft)), [Shelf::Restore]);
    assert!(state.keeping.shelf.left.is_some());
    let effects = state.update(returned(&progress, 1));
    assert!(shelf(&effects).is_empty() && state.keeping.shelf.left.is_none());
    let put = shelf(&state.update(Message::Second));
    assert!(matches!(put.as_slice(), [Shelf::Put { instead: true, .. }]), "{put:?}");
    // A browser that keeps nothing more says so for all to see, and nothing is lost.
    state.update(Message::Shelf(ShelfSays::Refused("QuotaExceededError".to_owned())));
    assert!(state.keeping.shelf.refused && !state.keeping.shelf.on && state.files.len() == 1);
    assert!(state.notices.list.last().unwrap().text.contains("断电保护停了"));
}

#[test]
fn what_was_left_goes_also_where_all_of_it_is_kept_before_it_was_put_down_again() {
    let progress = at_work().progress();
    let mut state = State::default();
    state.update(Message::Shelf(ShelfSays::On));
    state.update(Message::Shelf(ShelfSays::Left(Box::new(progress.clone()))));
    state.update(returned(&progress, 1));
    keep(&mut state);
    assert_eq!(shelf(&state.update(Message::Second)), [Shelf::Clear]);
    assert!(shelf(&state.update(Message::Second)).is_empty());
}

#[test]
fn what_is_printed_is_drawn_until_something_else_is_done() {
    let mut state = opened(Vec::new());
    let effects = state.update(Message::Shortcut(Shortcut::Print));
    assert_eq!((state.paper, effects.contains(&Effect::Print)), (Some(Sheets::Report(1)), true));
    state.update(Message::Second);
    assert!(state.paper.is_some());
    user(&mut state, Command::Next);
    assert_eq!(state.paper, None);
}

#[test]
fn a_certificate_is_a_file_too() {
    let mut state = opened(Vec::new());
    assert!(user(&mut state, Command::SaveCertificate(1)).is_empty());
    let cell = CertifiedCell {
        sheet: "表".to_owned(),
        address: "C5".to_owned(),
        before: String::new(),
        after: "600".to_owned(),
        rule: "Q002".to_owned(),
    };
    let proven = Certificate {
        cells: vec![cell],
        identical_parts: Some(3),
        changed_parts: Vec::new(),
        original_sha256: "aa".to_owned(),
        result_sha256: "bb".to_owned(),
        losses: Vec::new(),
        explained: 0,
    };
    state.file_mut(1).unwrap().certificate = Some(Shared::new(("德阳市（校正）.xlsx".to_owned(), proven)));
    let effects = user(&mut state, Command::SaveCertificate(1));
    let Some(Effect::Download(document)) = effects.first() else { panic!("{effects:?}") };
    let text = String::from_utf8(document.bytes.clone()).unwrap();
    assert_eq!(document.name, "德阳市（校正）-保存证明.txt");
    assert!(text.starts_with('\u{feff}') && text.contains("表!C5  （空） → 600  Q002\r\n"), "{text}");
    assert!(text.contains("原文件指纹（SHA-256） aa\r\n副本指纹（SHA-256） bb\r\n"), "{text}");
}
