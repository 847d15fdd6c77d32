//! Several cells at once.

use super::*;
use crate::app::copied;
use crate::app::keys::Step;
use crate::worker::protocol::{CellDto, Look, Sum, Total};

fn cell(row: u32, column: u32, shown: &str) -> CellDto {
    CellDto {
        row,
        column,
        shown: shown.to_owned(),
        raw: shown.to_owned(),
        number: shown.chars().all(|c| c.is_ascii_digit()),
        look: Look::default(),
        formula: false,
        before: None,
    }
}

/// Rows 4 to 6 and columns C to E filled: numbers, a formula in E6, and D8:E8 merged.
fn sheet() -> State {
    let mut state = opened(Vec::new());
    let file = state.file_mut(1).unwrap();
    let mut info = (**file.workbook.as_ref().unwrap()).clone();
    info.sheets[0].merges = vec![Area { top: 7, left: 3, bottom: 7, right: 4 }];
    file.workbook = Some(Shared::new(info));
    let mut cells: Vec<CellDto> = (3..6)
        .flat_map(|row| (2..5).map(move |column| cell(row, column, &format!("{row}{column}"))))
        .collect();
    cells.last_mut().unwrap().formula = true;
    cells.push(cell(7, 3, "两市合计\n其中"));
    let id = window_request(&state);
    answer(&mut state, id, Response::Window { file: 1, sheet: 0, first: 0, last: 99, cells });
    state
}

fn window_request(state: &State) -> u32 {
    let is_window = |pending: &&Pending| matches!(pending, Pending::Window { .. });
    let (id, _) = state.engine.pending.iter().find(|(_, pending)| is_window(pending)).unwrap();
    *id
}

fn key(state: &mut State, key: SheetKey) -> Vec<Effect> {
    user(state, Command::Key(key))
}

fn selected(state: &State) -> Area {
    state.sheet.view.as_ref().unwrap().selected()
}

fn cursor(state: &State) -> (u32, u32) {
    state.sheet.view.as_ref().unwrap().cursor
}

/// Selects from one cell to another with the mouse.
fn drag(state: &mut State, from: (u32, u32), to: (u32, u32)) {
    user(state, Command::Grab(from.0, from.1));
    user(state, Command::Drag(to.0, to.1));
    user(state, Command::LetGo);
}

/// What is set where, in the last step that was sent.
fn set_cells(effects: &[Effect]) -> Vec<(String, String)> {
    let (_, changes) = change_request(effects);
    let set = |change: &Change| match &change.action {
        Action::Set { row, column, input: Input::Typed(text) } => (address(*row, *column), text.clone()),
        other => panic!("{other:?}"),
    };
    changes.iter().map(set).collect()
}

fn put(cells: &[(&str, &str)]) -> Vec<(String, String)> {
    cells.iter().map(|(at, text)| ((*at).to_owned(), (*text).to_owned())).collect()
}

/// Pastes a text; the engine reads it as these rows.
fn paste(state: &mut State, rows: &[&[&str]]) -> Vec<Effect> {
    let clipboard = Clipboard { html: String::new(), text: "如下".to_owned() };
    let (id, request) = sent(&user(state, Command::Paste(clipboard))).pop().unwrap();
    assert!(matches!(request, Request::ReadClipboard { .. }));
    let row = |row: &&[&str]| row.iter().map(|cell| (*cell != "^").then(|| (*cell).to_owned())).collect();
    answer(state, id, Response::Pasted { rows: rows.iter().map(row).collect() })
}

#[test]
fn a_range_is_selected_by_mouse_and_keys_and_takes_merged_cells_whole() {
    let mut state = sheet();
    drag(&mut state, (3, 2), (5, 3));
    assert_eq!(selected(&state), Area { top: 3, left: 2, bottom: 5, right: 3 });
    assert_eq!((cursor(&state), state.notices.announcement.as_str()), ((3, 2), "已选 C4:D6，3 行 2 列"));
    // The mouse has let go.
    user(&mut state, Command::Drag(9, 4));
    assert_eq!(selected(&state).bottom, 5);
    user(&mut state, Command::Reach(7, 3));
    assert_eq!(selected(&state), Area { top: 3, left: 2, bottom: 7, right: 4 });
    key(&mut state, SheetKey::Reach(Step::By(-1, 0)));
    assert_eq!(selected(&state), Area { top: 3, left: 2, bottom: 6, right: 3 });
    key(&mut state, SheetKey::Go(Step::By(1, 0)));
    assert_eq!(selected(&state), Area { top: 4, left: 2, bottom: 4, right: 2 });
    key(&mut state, SheetKey::Reach(Step::Edge(1, 0)));
    assert_eq!(selected(&state), Area { top: 4, left: 2, bottom: 5, right: 2 });
}

#[test]
fn all_is_the_table_then_the_sheet() {
    let mut state = sheet();
    user(&mut state, Command::Cell(4, 2));
    key(&mut state, SheetKey::All);
    assert_eq!(selected(&state), Area { top: 3, left: 0, bottom: 12, right: 4 });
    key(&mut state, SheetKey::All);
    assert_eq!(selected(&state), Area { top: 0, left: 0, bottom: 12, right: 4 });
    assert_eq!(cursor(&state), (4, 2));
}

#[test]
fn a_letter_selects_its_column_of_the_table() {
    let mut state = sheet();
    let effects = user(&mut state, Command::Column(2));
    assert_eq!(selected(&state), Area { top: 3, left: 2, bottom: 12, right: 2 });
    assert_eq!(cursor(&state), (3, 2));
    assert!(effects.contains(&Effect::Focus(EDITOR)));
    // No table has it.
    user(&mut state, Command::Column(6));
    assert_eq!(selected(&state), Area { top: 0, left: 6, bottom: 12, right: 6 });
}

#[test]
fn a_range_is_emptied_in_one_step_and_taken_back() {
    let mut state = sheet();
    drag(&mut state, (2, 1), (4, 2));
    let effects = key(&mut state, SheetKey::Clear);
    assert_eq!(set_cells(&effects), put(&[("C4", ""), ("C5", "")]));
    assert_eq!(state.notices.announcement, "清空了 2 格。");
    assert_eq!(state.selected_file().unwrap().done.len(), 1);
    let (_, changes) = change_request(&user(&mut state, Command::Undo));
    assert!(changes.is_empty());
}

#[test]
fn a_block_is_pasted_in_one_step_and_what_does_not_fit_is_said() {
    let mut state = sheet();
    user(&mut state, Command::Cell(5, 3));
    let effects = paste(&mut state, &[&["=1+1", "85%"], &["", "^"], &["总", "数"]]);
    // D7 is empty already, E6 a formula, and E8 is in a merged cell.
    assert_eq!(set_cells(&effects), put(&[("D6", "=1+1"), ("D8", "总")]));
    let told = &state.notices.list.last().unwrap().text;
    assert_eq!(told, "改了 2 格。E6 是公式，没有改。E8 在合并单元格里，不是它的第一格，没有填。");
    assert_eq!(selected(&state), Area { top: 5, left: 3, bottom: 7, right: 4 });
    let (_, changes) = change_request(&user(&mut state, Command::Undo));
    assert!(changes.is_empty());
    // Beyond the last column of any sheet.
    let mut state = sheet();
    user(&mut state, Command::Cell(0, 16_383));
    let effects = paste(&mut state, &[&["1", "2"]]);
    assert_eq!(set_cells(&effects), put(&[("XFD1", "1")]));
    assert!(state.notices.list.last().unwrap().text.contains("有 1 格超出"));
}

#[test]
fn one_cell_that_is_pasted_fills_what_is_selected() {
    let mut state = sheet();
    drag(&mut state, (3, 2), (4, 3));
    let effects = paste(&mut state, &[&["32"]]);
    assert_eq!(set_cells(&effects), put(&[("D4", "32"), ("C5", "32"), ("D5", "32")]));
    let nothing = paste(&mut state, &[]);
    assert!(sent(&nothing).is_empty());
    assert_eq!(state.notices.list.last().unwrap().text, text::NOTHING_TO_PASTE);
}

#[test]
fn what_is_typed_fills_the_selection_or_goes_on_by_an_arrow() {
    let mut state = sheet();
    drag(&mut state, (3, 2), (4, 2));
    user(&mut state, Command::Typed("7".to_owned()));
    let effects = key(&mut state, SheetKey::Fill);
    assert_eq!(set_cells(&effects), put(&[("C4", "7"), ("C5", "7")]));
    let id = change_request(&effects).0;
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(Vec::new()) });
    user(&mut state, Command::Cell(3, 3));
    user(&mut state, Command::Typed("8".to_owned()));
    assert_eq!(state.sheet.view.as_ref().unwrap().edits(), crate::app::keys::Editing::Typing);
    let effects = key(&mut state, SheetKey::Go(Step::By(0, 1)));
    assert_eq!(set_cells(&effects).last().unwrap(), &("D4".to_owned(), "8".to_owned()));
    assert_eq!(cursor(&state), (3, 4));
    // F2 keeps what was typed, and the arrows are the text's.
    user(&mut state, Command::Typed("9".to_owned()));
    key(&mut state, SheetKey::Edit);
    let view = state.sheet.view.as_ref().unwrap();
    assert_eq!((view.editing.as_deref(), view.edits()), (Some("9"), crate::app::keys::Editing::Yes));
}

#[test]
fn the_first_row_is_filled_down_but_no_formula() {
    let mut state = sheet();
    drag(&mut state, (3, 3), (5, 4));
    let effects = key(&mut state, SheetKey::FillDown);
    assert_eq!(set_cells(&effects), put(&[("D5", "33"), ("E5", "34"), ("D6", "33")]));
    assert_eq!(state.notices.list.last().unwrap().text, "改了 3 格。E6 是公式，没有改。");
}

#[test]
fn enter_and_tab_go_round_in_a_selection_and_back_to_where_a_row_began() {
    let mut state = sheet();
    drag(&mut state, (3, 2), (4, 3));
    let mut seen = Vec::new();
    for _ in 0..4 {
        key(&mut state, SheetKey::Tab(1));
        seen.push(cursor(&state));
    }
    assert_eq!(seen, [(3, 3), (4, 2), (4, 3), (3, 2)]);
    key(&mut state, SheetKey::Enter(-1));
    assert_eq!((cursor(&state), selected(&state).bottom), ((4, 3), 4));
    // Without a selection.
    user(&mut state, Command::Cell(3, 2));
    key(&mut state, SheetKey::Tab(1));
    key(&mut state, SheetKey::Tab(1));
    key(&mut state, SheetKey::Enter(1));
    assert_eq!(cursor(&state), (4, 2));
    key(&mut state, SheetKey::Enter(1));
    assert_eq!(cursor(&state), (5, 2));
}

#[test]
fn what_is_copied_is_what_is_shown() {
    let mut state = sheet();
    drag(&mut state, (5, 2), (7, 4));
    let copied = copied::of(state.sheet.view.as_ref().unwrap(), 13).unwrap();
    assert_eq!(copied.text, "52\t53\t54\r\n\t\t\r\n\t\"两市合计\n其中\"\t\r\n");
    assert!(copied.html.contains("<tr><td>52</td><td>53</td><td>54</td></tr>"));
    let merged = " colspan=\"2\" style='mso-number-format:\"\\@\"'>两市合计<br>其中</td>";
    assert!(copied.html.contains(merged), "{}", copied.html);
}

#[test]
fn what_is_not_here_is_waited_for_and_can_be_called_off() {
    let mut state = sheet();
    drag(&mut state, (3, 2), (4, 2));
    let (id, _) = change_request(&key(&mut state, SheetKey::Clear));
    drag(&mut state, (3, 3), (3, 4));
    // The cells are being read again: what they hold is not known.
    assert!(copied::of(state.sheet.view.as_ref().unwrap(), 13).is_none());
    assert!(sent(&key(&mut state, SheetKey::Clear)).is_empty());
    user(&mut state, Command::Undo);
    assert_eq!(state.selected_file().unwrap().done.len(), 1);
    key(&mut state, SheetKey::Clear);
    answer(&mut state, id, Response::Audited { file: 1, audit: audit(Vec::new()) });
    let cells = vec![cell(3, 3, "33"), cell(3, 4, "34")];
    let id = window_request(&state);
    let effects = answer(&mut state, id, Response::Window { file: 1, sheet: 0, first: 0, last: 99, cells });
    let added: Vec<_> = set_cells(&effects).into_iter().skip(2).collect();
    assert_eq!(added, put(&[("D4", ""), ("E4", "")]));
}

/// The text that the engine is asked to look for, and the number of the request.
fn looked_for(effects: &[Effect]) -> Option<(u32, String)> {
    sent(effects).into_iter().find_map(|(id, request)| match request {
        Request::Find { wanted, .. } => Some((id, wanted)),
        _ => None,
    })
}

/// The cells that the engine is asked to add up, and the number of the request.
fn to_sum(effects: &[Effect]) -> Option<(u32, Area)> {
    sent(effects).into_iter().find_map(|(id, request)| match request {
        Request::Sum { area, .. } => Some((id, area)),
        _ => None,
    })
}

#[test]
fn what_several_cells_come_to_is_asked_once_and_anew_after_a_change() {
    let mut state = sheet();
    user(&mut state, Command::Grab(3, 2));
    let (first, area) = to_sum(&user(&mut state, Command::Drag(4, 2))).unwrap();
    assert_eq!((area.top, area.bottom, area.left, area.right), (3, 4, 2, 2));
    // The mouse goes on meanwhile.
    assert!(to_sum(&user(&mut state, Command::Drag(5, 2))).is_none());
    let sum = |filled| Sum {
        filled,
        numbers: 2,
        total: Some(Total { sum: "74".to_owned(), average: "37".to_owned(), unit: "项".to_owned() }),
    };
    let (second, area) = to_sum(&answer(&mut state, first, Response::Summed(sum(2)))).unwrap();
    assert!(state.sheet.view.as_ref().unwrap().sum().is_none());
    assert_eq!(area.bottom, 5);
    answer(&mut state, second, Response::Summed(sum(3)));
    let told = state.sheet.view.as_ref().unwrap().sum().and_then(text::sum).unwrap();
    assert_eq!(told, "求和=74项　平均值=37项　计数=3，其中数值 2");
    assert!(state.notices.announcement.ends_with(&told));
    assert!(to_sum(&key(&mut state, SheetKey::Clear)).is_some());
    assert_eq!(text::sum(&Sum { filled: 3, ..Sum::default() }), None);
}

#[test]
fn a_text_is_looked_for_on_and_back_round_the_sheet() {
    let mut state = sheet();
    user(&mut state, Command::Cell(4, 2));
    assert!(state.update(Message::Shortcut(Shortcut::Find)).contains(&Effect::Focus(FIND)));
    let (id, wanted) = looked_for(&user(&mut state, Command::Seek("1".to_owned()))).unwrap();
    assert_eq!(wanted, "1");
    // What is typed meanwhile is asked for when the answer is here.
    assert!(looked_for(&user(&mut state, Command::Seek("12".to_owned()))).is_none());
    let effects = answer(&mut state, id, Response::Found { cells: vec![(0, 0)] });
    let (id, wanted) = looked_for(&effects).unwrap();
    assert_eq!((wanted.as_str(), cursor(&state)), ("12", (4, 2)));
    answer(&mut state, id, Response::Found { cells: vec![(3, 2), (5, 3), (7, 3)] });
    assert_eq!((cursor(&state), state.notices.announcement.as_str()), ((5, 3), "第 2 个，共 3 个"));
    let seen = [false, false, true, true].map(|back| {
        user(&mut state, Command::SeekOn(back));
        cursor(&state)
    });
    assert_eq!(seen, [(7, 3), (3, 2), (7, 3), (5, 3)]);
    // After a change the places are looked for again, and the cursor stays.
    let (id, _) = looked_for(&key(&mut state, SheetKey::Clear)).unwrap();
    answer(&mut state, id, Response::Found { cells: vec![(3, 2), (7, 3)] });
    assert_eq!(cursor(&state), (5, 3));
    assert!(user(&mut state, Command::StopSeeking).contains(&Effect::Focus(EDITOR)));
}

#[test]
fn a_table_pasted_beside_the_sheet_is_a_file_of_its_own() {
    let mut state = sheet();
    user(&mut state, Command::Go(Place::Rules));
    assert!(user(&mut state, Command::PasteFile(Clipboard::default())).is_empty());
    assert_eq!(state.notices.list.last().map(|notice| notice.text.as_str()), Some(text::NOTHING_TO_PASTE));
    let clipboard = || Clipboard { html: "<table>".to_owned(), text: String::new() };
    let (id, request) = sent(&user(&mut state, Command::PasteFile(clipboard()))).pop().unwrap();
    let Request::PasteFile { name, .. } = request else { panic!("{request:?}") };
    assert_eq!(name, "粘贴的表 1.xlsx");
    let effects = answer(&mut state, id, Response::TakeIn(Vec::new()));
    assert!(effects.contains(&Effect::Keep(Vec::new())));
    let picked = Picked { name: name.clone(), ..picked(9) };
    state.update(Message::Chosen(vec![picked]));
    assert_eq!((state.selected, state.place), (Some(9), Place::Check));
    let (_, request) = sent(&user(&mut state, Command::PasteFile(clipboard()))).pop().unwrap();
    assert!(matches!(request, Request::PasteFile { name, .. } if name == "粘贴的表 2.xlsx"));
}
