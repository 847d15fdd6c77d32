//! Many files: how far they have come, and 取消读取.

use super::*;

/// Four files: the engine is at the first, the bytes of the second are fetched.
fn four() -> (State, u32) {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    state.update(Message::Chosen((1..=4).map(picked).collect()));
    let (id, request) = sent(&state.update(Message::Held(1))).pop().unwrap();
    assert!(matches!(request, Request::Open { file: 1, .. }));
    (state, id)
}

fn read(state: &mut State, id: u32, file: FileId) -> Vec<Effect> {
    let workbook = workbook(&format!("{file}.xlsx"));
    answer(state, id, Response::Opened { file, workbook, audit: audit(Vec::new()) })
}

fn unread(state: &State) -> Vec<FileId> {
    state.files.iter().filter(|file| file.standing() == Standing::Unread).map(|file| file.id).collect()
}

#[test]
fn what_was_read_stays_and_the_rest_is_left_unread_and_can_be_read_after_all() {
    let (mut state, id) = four();
    assert_eq!(state.waiting(), (3, 0));
    let effects = user(&mut state, Command::StopReading);
    assert!(effects.contains(&Effect::Refocus(READ_REST.to_owned())));
    assert_eq!((unread(&state), state.waiting()), (vec![2, 3, 4], (0, 3)));
    // Its bytes come when nobody wants them any more.
    assert!(sent(&state.update(Message::Held(2))).is_empty());
    let effects = read(&mut state, id, 1);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Read(_))));
    assert_eq!(state.notices.announcement, text::reading_stopped(1, 3));
    assert_eq!((state.file(1).unwrap().standing(), state.reading()), (Standing::Clean, 0));
    // A city's return may be among them.
    user(&mut state, Command::Consolidate);
    assert_eq!(state.notices.list.last().unwrap().text, text::still_unread(3));
    // One of them, then the others.
    let effects = user(&mut state, Command::Retry(2));
    let (id, request) = sent(&effects).pop().unwrap();
    assert!(matches!(request, Request::Open { file: 2, .. }));
    let effects = user(&mut state, Command::ReadRest);
    assert!(effects.contains(&Effect::Read(3)) && !effects.contains(&Effect::Read(4)));
    assert!(unread(&state).is_empty());
    assert!(read(&mut state, id, 2).contains(&Effect::Read(4)));
}

#[test]
fn what_is_left_unread_stays_so_when_the_engine_is_lost() {
    let (mut state, _) = four();
    user(&mut state, Command::StopReading);
    let effects = state.update(Message::Broke("unreachable".to_owned()));
    assert!(effects.contains(&Effect::StartEngine));
    assert_eq!(unread(&state), [2, 3, 4]);
    assert_eq!(state.waiting(), (0, 3));
}

#[test]
fn the_next_file_takes_its_turn_when_the_one_ahead_leaves_the_list() {
    let (mut state, id) = four();
    assert!(user(&mut state, Command::Close(2)).contains(&Effect::Read(3)));
    state.update(Message::Held(3));
    let effects = read(&mut state, id, 1);
    let opens = sent(&effects).into_iter().find(|(_, request)| matches!(request, Request::Open { .. }));
    assert!(matches!(opens, Some((_, Request::Open { file: 3, .. }))));
}

#[test]
fn a_long_reading_says_how_far_it_is_now_and_then() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    state.update(Message::Chosen((1..=30).map(picked).collect()));
    let mut said = Vec::new();
    for file in 1..=30 {
        let opens = |(id, request): (u32, Request)| matches!(request, Request::Open { .. }).then_some(id);
        let held = state.update(Message::Held(file));
        let id = sent(&held).into_iter().find_map(opens).unwrap();
        read(&mut state, id, file);
        if said.last() != Some(&state.notices.announcement) {
            said.push(state.notices.announcement.clone());
        }
    }
    said.retain(|said| !said.is_empty());
    assert_eq!(said, [text::progress(10, 30), text::progress(20, 30), text::all_read(30, 0)]);
}

/// The first rows of the windows that are asked for.
#[test]
fn a_long_list_that_is_still_coming_is_counted_and_called_off_as_a_whole() {
    let mut state = State::default();
    state.update(Message::Started(Release::default(), Display::default()));
    state.update(Message::Coming(2));
    state.update(Message::Chosen((1..=4).map(picked).collect()));
    let (id, _) = sent(&state.update(Message::Held(1))).pop().unwrap();
    assert_eq!((state.reading(), state.waiting()), (6, (3, 0)));
    user(&mut state, Command::StopReading);
    assert_eq!((state.reading(), state.waiting()), (1, (0, 5)));
    // Those that come now are left unread, too.
    state.update(Message::Coming(0));
    state.update(Message::Chosen((5..=6).map(picked).collect()));
    read(&mut state, id, 1);
    assert_eq!((unread(&state), state.reading()), (vec![2, 3, 4, 5, 6], 0));
    // What is chosen later is read.
    state.update(Message::Chosen(vec![picked(7)]));
    assert_eq!((state.reading(), state.waiting()), (1, (0, 5)));
}

fn windows(effects: &[Effect]) -> Vec<(u32, u32)> {
    let first = |(id, request): (u32, Request)| match request {
        Request::Window { first, .. } => Some((id, first)),
        _ => None,
    };
    sent(effects).into_iter().filter_map(first).collect()
}

fn with_a_long_sheet() -> State {
    let mut state = opened(Vec::new());
    let file = state.file_mut(1).unwrap();
    let mut info = (**file.workbook.as_ref().unwrap()).clone();
    info.sheets[0].rows = 100_000;
    file.workbook = Some(Shared::new(info));
    user(&mut state, Command::Sheet(0));
    state
}

#[test]
fn of_a_long_sheet_that_is_dragged_along_only_what_is_seen_at_last_is_waited_for() {
    let mut state = with_a_long_sheet();
    let at = |top: f64| Message::Scrolled(Viewport { left: 0.0, top, width: 900.0, height: 600.0 });
    for step in 1..=20 {
        state.update(at(f64::from(step) * 100_000.0));
    }
    let is_window = |pending: &&Pending| matches!(pending, Pending::Window { .. });
    let pending = state.engine.pending.iter();
    let under_way: Vec<u32> = pending.filter(|(_, one)| is_window(one)).map(|(id, _)| *id).collect();
    assert!((1..=3).contains(&under_way.len()), "{under_way:?}");
    // The first answer, of rows long gone by, makes way for those that are seen.
    let id = *under_way.first().unwrap();
    let cells = Vec::new();
    let effects = answer(&mut state, id, Response::Window { file: 1, sheet: 0, first: 0, last: 99, cells });
    let geometry = state.sheet.view.as_ref().unwrap().geometry.clone();
    let (seen, _) = geometry.rows_between(2_000_000.0, 2_000_600.0);
    let first = windows(&effects).first().unwrap().1;
    assert_eq!(first, seen / 100 * 100);
}

#[test]
fn the_rows_of_a_long_sheet_stay_until_those_that_are_scrolled_to_are_here() {
    let mut state = with_a_long_sheet();
    let scroll = |state: &mut State, top: f64| {
        windows(&state.update(Message::Scrolled(Viewport { left: 0.0, top, width: 900.0, height: 600.0 })))
    };
    let here = |state: &mut State, asked: Vec<(u32, u32)>| {
        let mut asked = VecDeque::from(asked);
        while let Some((id, first)) = asked.pop_front() {
            let rows = Response::Window { file: 1, sheet: 0, first, last: first + 99, cells: Vec::new() };
            asked.extend(windows(&answer(state, id, rows)));
        }
    };
    let first = scroll(&mut state, 0.0);
    let asked: Vec<(u32, u32)> = state
        .engine
        .pending
        .iter()
        .filter_map(|(id, one)| match one {
            Pending::Window { block, .. } => Some((*id, block * 100)),
            _ => None,
        })
        .collect();
    here(&mut state, if first.is_empty() { asked } else { first });
    let far = scroll(&mut state, 1_000_000.0);
    assert!(!far.is_empty());
    assert_eq!(state.sheet.drawn_from, 0.0);
    here(&mut state, far);
    assert_eq!(state.sheet.drawn_from, 1_000_000.0);
    // Nearby everything is here already.
    scroll(&mut state, 1_000_200.0);
    assert_eq!(state.sheet.drawn_from, 1_000_200.0);
}
