//! Several cells at once: selected, emptied, filled, pasted over. Each is one step, and one request to the engine.

use super::engine::Pending;
use super::message::Clipboard;
use super::sheet::{BLOCK, moved};
use super::{EDITOR, Effect, NoticeKind, State, View};
use crate::app::file::File;
use crate::app::geometry::{Geometry, MAX_COLUMNS, MAX_ROWS};
use crate::app::text;
use crate::worker::protocol::{Action, Area, Change, FileId, Input, Request, Sum};

/// Rows that are looked through for one step; the page keeps no more of a long sheet.
pub const MOST_ROWS: u32 = 2_000;
/// Cells that one step changes.
const MOST_CELLS: usize = 10_000;

/// A cell of the sheet: row and column.
type At = (u32, u32);

/// Cells selected beside the one under the cursor, which is among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    pub area: Area,
    /// The corner that moves; the cursor is the one that stays.
    head: At,
}

/// What the hand has begun in the sheet.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Hand {
    pub selection: Option<Selection>,
    /// The mouse has gone down on a cell and not up yet.
    grabbed: bool,
    /// What is being edited was begun by typing.
    pub typing: bool,
    /// The column where a row of Tabs began: Enter goes back to it.
    home: Option<u32>,
    /// What the selected cells come to, and which these are.
    pub sum: Option<(Area, Sum)>,
    /// What waits for rows that are not here yet, and where it is to be done.
    waiting: Option<(Deed, Area)>,
}

impl Hand {
    /// Only the cell under the cursor is selected.
    pub(super) const fn forget_selection(&mut self) {
        self.selection = None;
        self.home = None;
    }
}

/// What is done to the selected cells.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Deed {
    Clear,
    Fill(String),
    /// The first row into those below it.
    Down,
    /// The first column into those beside it.
    Right,
    Paste(Vec<Vec<Option<String>>>),
    /// Only waits for the cells.
    Copy,
}

/// What of a block finds no place.
#[derive(Default)]
pub struct LeftOut {
    pub merged: Vec<At>,
    pub formulas: Vec<At>,
    pub outside: usize,
}

impl View {
    /// The selected cells; always whole merged ones.
    pub fn selected(&self) -> Area {
        let (row, column) = self.cursor;
        self.hand.selection.map_or_else(|| self.geometry.area_of(row, column), |selection| selection.area)
    }

    /// What the selected cells come to, once that is known.
    pub fn sum(&self) -> Option<&Sum> {
        self.hand.sum.as_ref().filter(|(area, _)| *area == self.selected()).map(|(_, sum)| sum)
    }

    /// Whether a range is selected, and not just the cell under the cursor.
    pub fn selects_several(&self) -> bool {
        self.hand.selection.is_some()
    }

    /// The rows that a deed waits for.
    pub(super) fn awaited(&self) -> Option<(u32, u32)> {
        self.hand.waiting.as_ref().map(|(_, area)| (area.top, area.bottom))
    }

    /// Whether every cell of these rows is here as it is now. `rows` is how many the sheet has.
    pub fn holds(&self, area: Area, rows: u32) -> bool {
        let last = area.bottom.min(rows.saturating_sub(1));
        (area.top / BLOCK..=last / BLOCK)
            .all(|block| self.blocks.get(&block).is_some_and(|block| block.fresh))
    }

    /// The addresses of an area's cells, of a merged one its first.
    fn cells_of(&self, area: Area) -> impl Iterator<Item = At> {
        (area.top..=area.bottom)
            .flat_map(move |row| (area.left..=area.right).map(move |column| (row, column)))
            .filter(|(row, column)| is_first(&self.geometry, (*row, *column)))
    }

    fn raw(&self, (row, column): At) -> &str {
        self.cell(row, column).map_or("", |cell| cell.raw.as_str())
    }

    fn is_formula(&self, (row, column): At) -> bool {
        self.cell(row, column).is_some_and(|cell| cell.formula)
    }
}

impl State {
    /// The mouse goes down on a cell. Nothing scrolls, lest the mouse be over another one at once.
    pub(super) fn grab(&mut self, row: u32, column: u32, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        if let Some(view) = self.view_mut() {
            let area = view.geometry.area_of(row, column);
            view.cursor = (area.top, area.left);
            view.popover = false;
            view.asking = None;
            view.hand = Hand { grabbed: true, waiting: view.hand.waiting.take(), ..Hand::default() };
            effects.push(Effect::Focus(EDITOR));
        }
    }

    /// The mouse passes over a cell with its button down.
    pub(super) fn drag(&mut self, row: u32, column: u32, effects: &mut Vec<Effect>) {
        if self.sheet.view.as_ref().is_some_and(|view| view.hand.grabbed) {
            self.reach(row, column, effects);
        }
    }

    /// The mouse goes up.
    pub(super) fn release_mouse(&mut self) {
        if let Some(view) = self.view_mut().filter(|view| view.hand.grabbed) {
            view.hand.grabbed = false;
        }
    }

    /// Selects from the cursor to a cell.
    pub(super) fn reach(&mut self, row: u32, column: u32, effects: &mut Vec<Effect>) {
        let Some(view) = self.view_mut() else { return };
        let (from_row, from_column) = view.cursor;
        let span = Area {
            top: from_row.min(row),
            left: from_column.min(column),
            bottom: from_row.max(row),
            right: from_column.max(column),
        };
        let head = view.geometry.area_of(row, column);
        self.select_area(span, (row, column));
        effects.extend(self.scroll_to_see(head));
    }

    /// Selects the table under the cursor, or the sheet where that is selected already.
    pub(super) fn select_all(&mut self) {
        let (Some(view), Some(file)) = (self.sheet.view.as_ref(), self.selected_file()) else { return };
        let Some(info) = file.sheet_info(view.sheet) else { return };
        let (row, column) = view.cursor;
        let sheet = Area {
            top: 0,
            left: 0,
            bottom: info.rows.saturating_sub(1).max(row),
            right: info.columns.saturating_sub(1).max(column),
        };
        let holds = |area: &Area| {
            (area.top..=area.bottom).contains(&row) && (area.left..=area.right).contains(&column)
        };
        let table = tables_on(file, view.sheet).find(holds).map(|area| view.geometry.whole(area));
        let area = table.filter(|table| *table != view.selected()).unwrap_or(sheet);
        self.select_area(area, (area.bottom, area.right));
    }

    /// Selects a column: of the table at the cursor or the first that has it, without the title that is merged over it,
    /// else of the sheet.
    pub(super) fn select_column(&mut self, column: u32, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let (Some(view), Some(file)) = (self.sheet.view.as_ref(), self.selected_file()) else { return };
        let Some(info) = file.sheet_info(view.sheet) else { return };
        let row = view.cursor.0;
        let has_it = |table: &Area| (table.left..=table.right).contains(&column);
        let tables: Vec<Area> = tables_on(file, view.sheet).filter(has_it).collect();
        let at_cursor = tables.iter().find(|table| (table.top..=table.bottom).contains(&row));
        let (top, bottom) = at_cursor
            .or(tables.first())
            .map_or((0, info.rows.saturating_sub(1)), |table| (table.top, table.bottom));
        if let Some(view) = self.view_mut() {
            view.cursor = (top, column);
        }
        self.select_area(Area { top, left: column, bottom, right: column }, (bottom, column));
        effects.push(Effect::Focus(EDITOR));
    }

    fn select_area(&mut self, area: Area, head: At) {
        let Some(view) = self.view_mut() else { return };
        let area = view.geometry.whole(area);
        let alone = view.geometry.area_of(view.cursor.0, view.cursor.1) == area;
        view.hand.selection = (!alone).then_some(Selection { area, head });
        view.hand.home = None;
        view.popover = false;
        view.asking = None;
        self.notices.announcement = text::selected(area);
    }

    /// Asks what the selected cells come to, where that is not known; not again before the last answer.
    pub(super) fn ask_sum(&mut self, effects: &mut Vec<Effect>) {
        let Some(view) = self.sheet.view.as_ref().filter(|view| view.selects_several()) else { return };
        let (file, sheet, version, area) = (view.file, view.sheet, view.version, view.selected());
        let asked = || self.engine.pending.values().any(|pending| matches!(pending, Pending::Sum { .. }));
        if view.sum().is_some() || asked() || self.file(file).is_none_or(|file| file.sent_steps.is_none()) {
            return;
        }
        let request = Request::Sum { file, sheet, version, area };
        self.send(request, Pending::Sum { file, sheet, area }, effects);
    }

    /// The engine has added them up.
    pub(super) fn summed(&mut self, (file, sheet, area): (FileId, u32, Area), sum: Sum) {
        let Some(view) = self.view_mut().filter(|view| (view.file, view.sheet) == (file, sheet)) else {
            return;
        };
        if view.selects_several() && view.selected() == area {
            let said = [text::selected(area)].into_iter().chain(text::sum(&sum)).collect::<Vec<_>>();
            view.hand.sum = Some((area, sum));
            self.notices.announcement = said.join("。");
        }
    }

    /// Where a way on with the selection starts.
    pub(super) fn head(&self) -> Option<At> {
        let view = self.sheet.view.as_ref()?;
        Some(view.hand.selection.map_or(view.cursor, |selection| selection.head))
    }

    /// Enter or Tab: a row down or a column on; among several selected cells to the next of them.
    pub(super) fn go_on(&mut self, down: i32, right: i32, effects: &mut Vec<Effect>) {
        let Some(view) = self.sheet.view.as_ref() else { return };
        let (row, column) = view.cursor;
        let geometry = view.geometry.clone();
        if let Some(selection) = view.hand.selection {
            let (row, column) = next_within(&geometry, selection.area, (row, column), (down, right));
            if let Some(view) = self.view_mut() {
                view.cursor = (row, column);
                view.popover = false;
            }
            effects.extend(self.scroll_to_see(geometry.area_of(row, column)));
            return;
        }
        let home = view.hand.home;
        let (mut to_row, mut to_column) = self.by((row, column), down, right);
        if down != 0
            && let Some(home) = home
        {
            (to_row, to_column) = (to_row, home);
        }
        self.put_cursor(to_row, to_column, effects);
        if right != 0
            && let Some(view) = self.view_mut()
        {
            view.hand.home = home.or(Some(column));
        }
    }

    /// What is being typed, or stands under the cursor, goes into every selected cell.
    pub(super) fn fill(&mut self, effects: &mut Vec<Effect>) {
        let Some(view) = self.view_mut() else { return };
        let typed = view.editing.take();
        view.hand.typing = false;
        if !view.selects_several() {
            if let Some(typed) = typed {
                self.type_over(typed, effects);
            }
            return;
        }
        let cursor = view.cursor;
        if typed.is_none() && view.is_formula(cursor) {
            return self.tell(NoticeKind::Said, text::NO_FORMULAS.to_owned(), None);
        }
        let text = typed.unwrap_or_else(|| view.raw(cursor).to_owned());
        self.deed(Deed::Fill(text), effects);
    }

    /// Cells of another program: the engine reads what they are.
    pub(super) fn paste(&mut self, Clipboard { html, text }: Clipboard, effects: &mut Vec<Effect>) {
        let Some(view) = self.sheet.view.as_ref() else { return };
        if html.is_empty() && text.is_empty() {
            return self.tell(NoticeKind::Said, text::NOTHING_TO_PASTE.to_owned(), None);
        }
        let pending = Pending::Paste { file: view.file, sheet: view.sheet, selected: view.selected() };
        self.send(Request::ReadClipboard { html, text }, pending, effects);
    }

    /// Another program's tables become a file of their own.
    pub(super) fn paste_file(&mut self, Clipboard { html, text }: Clipboard, effects: &mut Vec<Effect>) {
        if html.is_empty() && text.is_empty() {
            return self.tell(NoticeKind::Said, text::NOTHING_TO_PASTE.to_owned(), None);
        }
        let is_free = |name: &String| self.files.iter().all(|file| file.name != *name);
        let name = (1..).map(text::pasted_name).find(is_free).unwrap_or_default();
        self.send(Request::PasteFile { html, text, name }, Pending::PasteFile, effects);
    }

    /// The engine has read them.
    pub(super) fn pasted(
        &mut self,
        mut rows: Vec<Vec<Option<String>>>,
        selected: Area,
        effects: &mut Vec<Effect>,
    ) {
        let alone = match rows.as_mut_slice() {
            [row] => match row.as_mut_slice() {
                [cell] => cell.take(),
                _ => None,
            },
            _ => None,
        };
        // One cell goes into every selected one.
        if let Some(text) = alone {
            let several = (selected.top, selected.left) != (selected.bottom, selected.right);
            let fills = several && self.sheet.view.as_ref().is_some_and(|view| view.selects_several());
            if fills {
                return self.do_to(Deed::Fill(text), selected, effects);
            }
            rows = vec![vec![Some(text)]];
        }
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        if width == 0 {
            return self.tell(NoticeKind::Said, text::NOTHING_TO_PASTE.to_owned(), None);
        }
        let end = |start: u32, count: usize| {
            start.saturating_add(u32::try_from(count).unwrap_or(u32::MAX).saturating_sub(1))
        };
        let area =
            Area { bottom: end(selected.top, rows.len()), right: end(selected.left, width), ..selected };
        self.do_to(Deed::Paste(rows), area, effects);
    }

    /// The selected cells are on the clipboard.
    pub(super) fn copied(&mut self) {
        let Some(view) = self.sheet.view.as_ref() else { return };
        self.notices.announcement = text::copied(view.selected());
    }

    /// Does something to the selected cells.
    pub(super) fn deed(&mut self, deed: Deed, effects: &mut Vec<Effect>) {
        let Some(selected) = self.sheet.view.as_ref().map(|view| view.selected()) else { return };
        self.do_to(deed, selected, effects);
    }

    /// What waited for rows is done when they are here.
    pub(super) fn do_waiting(&mut self, effects: &mut Vec<Effect>) {
        if let Some((deed, area)) = self.view_mut().and_then(|view| view.hand.waiting.take()) {
            self.do_to(deed, area, effects);
        }
    }

    /// What is waiting is not done; whether there was anything.
    pub(super) fn call_off(&mut self) -> bool {
        self.sheet.view.as_ref().is_some_and(|view| view.hand.waiting.is_some())
            && self.view_mut().and_then(|view| view.hand.waiting.take()).is_some()
    }

    fn do_to(&mut self, deed: Deed, mut area: Area, effects: &mut Vec<Effect>) {
        let (Some(view), Some(file)) = (self.sheet.view.as_ref(), self.selected_file()) else { return };
        let Some(info) = file.sheet_info(view.sheet) else { return };
        if file.settling() {
            return self.tell(NoticeKind::Said, text::SETTLING.to_owned(), None);
        }
        if matches!(deed, Deed::Clear | Deed::Copy) {
            // Below and beside what is filled there is nothing to do.
            area.bottom = area.bottom.min(info.rows.saturating_sub(1)).max(area.top);
            area.right = area.right.min(info.columns.saturating_sub(1)).max(area.left);
        }
        let across = usize::try_from(area.right.saturating_sub(area.left)).unwrap_or(usize::MAX);
        let down = area.bottom.saturating_sub(area.top).saturating_add(1);
        let cells = across.saturating_add(1).saturating_mul(usize::try_from(down).unwrap_or(usize::MAX));
        if down > MOST_ROWS || (cells > MOST_CELLS && deed != Deed::Clear) {
            return self.tell(NoticeKind::Said, text::too_many_cells(MOST_ROWS, MOST_CELLS), None);
        }
        if !view.holds(area, info.rows) {
            let is_copy = deed == Deed::Copy;
            if let Some(view) = self.view_mut() {
                view.hand.waiting = Some((deed, area));
            }
            if is_copy {
                self.tell(NoticeKind::Said, text::COPY_SOON.to_owned(), None);
            }
            return self.ask(effects);
        }
        let mut left_out = LeftOut::default();
        let values = match &deed {
            Deed::Copy => return self.tell(NoticeKind::Said, text::COPY_NOW.to_owned(), None),
            Deed::Clear => {
                let filled = view.blocks.values().flat_map(|block| block.cells.iter());
                let inside = filled.filter(|((row, column), cell)| {
                    (area.top..=area.bottom).contains(row)
                        && (area.left..=area.right).contains(column)
                        && !cell.raw.is_empty()
                });
                inside.map(|(at, _)| (*at, String::new())).collect()
            }
            Deed::Fill(text) => view.cells_of(area).map(|at| (at, text.clone())).collect(),
            Deed::Down | Deed::Right => from_the_first(view, area, &deed, &mut left_out),
            Deed::Paste(rows) => placed(view, rows, area, &mut left_out),
        };
        self.set_all(&deed, area, values, &left_out, effects);
    }

    /// Sets many cells in one step and says what was left out.
    fn set_all(
        &mut self,
        deed: &Deed,
        area: Area,
        mut values: Vec<(At, String)>,
        left_out: &LeftOut,
        effects: &mut Vec<Effect>,
    ) {
        let Some(view) = self.sheet.view.as_ref() else { return };
        values.retain(|(at, text)| view.raw(*at) != text);
        if values.len() > MOST_CELLS {
            return self.tell(NoticeKind::Said, text::too_many_cells(MOST_ROWS, MOST_CELLS), None);
        }
        let (id, sheet, geometry) = (view.file, view.sheet, view.geometry.clone());
        let unseen = values
            .iter()
            .filter(|((row, column), _)| geometry.row_is_hidden(*row) || geometry.column_is_hidden(*column))
            .count();
        let count = values.len();
        let pasted = matches!(deed, Deed::Paste(_));
        let reason = if pasted { text::PASTED } else { text::BY_HAND };
        let change = |((row, column), text): (At, String)| Change {
            sheet,
            action: Action::Set { row, column, input: Input::Typed(text) },
            rule: None,
            reason: reason.to_owned(),
            source: text::BY_HAND_SOURCE.to_owned(),
        };
        let changes: Vec<Change> = values.into_iter().map(change).collect();
        if count > 0 {
            self.do_step(id, changes, Vec::new(), effects);
        }
        if pasted {
            let last = Area {
                bottom: area.bottom.min(MAX_ROWS - 1),
                right: area.right.min(MAX_COLUMNS - 1),
                ..area
            };
            self.put_cursor(area.top, area.left, effects);
            self.select_area(last, (last.bottom, last.right));
        }
        let told = text::changed_cells(deed == &Deed::Clear, count, unseen, left_out);
        if unseen > 0 || !left_out.is_empty() {
            self.tell(NoticeKind::Said, told, None);
        } else {
            self.notices.announcement = told;
        }
    }
}

impl LeftOut {
    const fn is_empty(&self) -> bool {
        self.merged.is_empty() && self.formulas.is_empty() && self.outside == 0
    }
}

/// The tables that were found on a sheet.
fn tables_on(file: &File, sheet: u32) -> impl Iterator<Item = Area> {
    file.audit.iter().flat_map(move |audit| {
        let main = audit.table.filter(|_| audit.sheet == Some(sheet));
        let others = audit.others.iter().filter(move |table| table.sheet == sheet);
        main.into_iter().chain(others.map(|table| table.area))
    })
}

fn is_first(geometry: &Geometry, (row, column): At) -> bool {
    let area = geometry.area_of(row, column);
    (area.top, area.left) == (row, column)
}

/// What a block puts where. A formula is not written over, and of a merged cell only the first takes a text.
fn placed(
    view: &View,
    rows: &[Vec<Option<String>>],
    area: Area,
    left_out: &mut LeftOut,
) -> Vec<(At, String)> {
    let mut values = Vec::new();
    for (row, cells) in (area.top..).zip(rows) {
        for (column, text) in (area.left..).zip(cells) {
            let Some(text) = text else { continue };
            let at = (row, column);
            let shown = view.cell(row, column).map_or("", |cell| cell.shown.as_str());
            if row >= MAX_ROWS || column >= MAX_COLUMNS {
                left_out.outside += usize::from(!text.is_empty());
            } else if !is_first(&view.geometry, at) {
                if !text.is_empty() {
                    left_out.merged.push(at);
                }
            } else if view.is_formula(at) {
                if text != shown {
                    left_out.formulas.push(at);
                }
            } else {
                values.push((at, text.clone()));
            }
        }
    }
    values
}

/// The first row into those below it, or the first column into those beside it; of a single cell the one before it.
fn from_the_first(view: &View, area: Area, deed: &Deed, left_out: &mut LeftOut) -> Vec<(At, String)> {
    let alone = !view.selects_several();
    let down = *deed == Deed::Down;
    let source = |(row, column): At| match (down, alone) {
        (true, false) => (area.top, column),
        (true, true) => (row.saturating_sub(1), column),
        (false, false) => (row, area.left),
        (false, true) => (row, column.saturating_sub(1)),
    };
    let mut values = Vec::new();
    for at in view.cells_of(area) {
        let (row, column) = source(at);
        let first = view.geometry.area_of(row, column);
        let from = (first.top, first.left);
        if from == view_first(view, at) {
            continue;
        }
        if view.is_formula(from) || view.is_formula(at) {
            left_out.formulas.push(at);
        } else {
            values.push((at, view.raw(from).to_owned()));
        }
    }
    values
}

fn view_first(view: &View, (row, column): At) -> At {
    let area = view.geometry.area_of(row, column);
    (area.top, area.left)
}

/// The next of several selected cells, round and round.
fn next_within(geometry: &Geometry, area: Area, from: At, (down, right): (i32, i32)) -> At {
    let hidden_row = |row: u32| geometry.row_is_hidden(row);
    let hidden_column = |column: u32| geometry.column_is_hidden(column);
    let by = if down == 0 { right } else { down };
    // Along one side, then a step along the other.
    let turn = |at: u32, first: u32, last: u32, hidden: &dyn Fn(u32) -> bool| {
        let next = moved(at, by, last.saturating_add(1), hidden);
        if next != at && next >= first {
            return (next, false);
        }
        let start = if by > 0 { first } else { last };
        (if hidden(start) { moved(start, by, last.saturating_add(1), hidden) } else { start }, true)
    };
    let (mut row, mut column) = from;
    for _ in 0..MOST_CELLS {
        let turned;
        if down == 0 {
            (column, turned) = turn(column, area.left, area.right, &hidden_column);
            if turned {
                (row, _) = turn(row, area.top, area.bottom, &hidden_row);
            }
        } else {
            (row, turned) = turn(row, area.top, area.bottom, &hidden_row);
            if turned {
                (column, _) = turn(column, area.left, area.right, &hidden_column);
            }
        }
        if is_first(geometry, (row, column)) {
            break;
        }
    }
    (row, column)
}
