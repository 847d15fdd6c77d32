//! The sheet on the screen: which cells are there, the cursor, the field in which a cell is edited.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::block::{Deed, Hand};
use super::engine::Pending;
use super::{Effect, Find, NoticeKind, State};
use crate::app::Shared;
use crate::app::file::File;
use crate::app::findings;
use crate::app::geometry::{Cells, Geometry, VARIED_ROWS};
use crate::app::keys::{Editing, SheetKey, Step};
use crate::app::text;
use crate::worker::protocol::{Action, Area, CellDto, Change, FileId, Input, Request, Version};

/// Rows asked for at once.
pub(super) const BLOCK: u32 = 100;

/// Requests for rows under way at a time: a scroll bar that is dragged passes over more than anyone will see.
const ASKED_AT_ONCE: usize = 3;

/// Blocks kept of one sheet.
pub(super) const MOST_BLOCKS: usize = 40;

/// Width of the row numbers and height of the column letters, at the usual size of type.
pub const ROW_NUMBERS: f64 = 44.0;

pub const COLUMN_LETTERS: f64 = 46.0;

/// The element that scrolls the sheet.
pub const SHEET: &str = "sheet";

pub const EDITOR: &str = "cell-editor";

/// What of the sheet is on the screen, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Viewport {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// A hundred rows of cells, as they came from the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub cells: Shared<Cells>,
    /// Shown until the new cells are here.
    pub(super) fresh: bool,
}

/// What the user may have his word on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Column(u32),
    Row(u32),
}

/// The sheet on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub file: FileId,
    pub sheet: u32,
    pub blocks: BTreeMap<u32, Block>,
    pub geometry: Shared<Geometry>,
    pub cursor: (u32, u32),
    /// The text of the cell under the cursor while it is edited.
    pub editing: Option<String>,
    pub popover: bool,
    /// Which state of the sheet is shown.
    pub version: Version,
    /// What is being asked of, and whether by a key of the sheet.
    pub asking: Option<(Asked, bool)>,
    /// Grows with every finding gone to, so that its cell pulses once.
    pub pulse: u32,
    pub hand: Hand,
}

impl Block {
    /// Cells that were just read.
    pub fn new(cells: Cells) -> Self {
        Self { cells: Shared::new(cells), fresh: true }
    }
}

impl View {
    /// What is known of a cell.
    pub fn cell(&self, row: u32, column: u32) -> Option<&CellDto> {
        self.blocks.get(&(row / BLOCK)).and_then(|block| block.cells.get(&(row, column)))
    }

    /// Whether a cell is being edited, and how that was begun.
    pub const fn edits(&self) -> Editing {
        match (&self.editing, self.hand.typing) {
            (None, _) => Editing::No,
            (Some(_), true) => Editing::Typing,
            (Some(_), false) => Editing::Yes,
        }
    }
}

/// The sheet on the screen, and what of it can be seen.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OnScreen {
    pub view: Option<Shared<View>>,
    pub viewport: Viewport,
    /// From where the sheet is drawn: from the top of the viewport, or, until its rows are here, from where they last
    /// were.
    pub drawn_from: f64,
    /// Ctrl+F is open.
    pub find: Option<Find>,
}

impl State {
    /// Puts the selected file's sheet on the screen.
    pub(super) fn show(&mut self, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_file() else { return };
        let sheet = file.sheet;
        let same = self.sheet.view.as_ref().is_some_and(|view| view.file == file.id && view.sheet == sheet);
        if same { self.refresh(effects) } else { self.show_sheet(sheet, effects) }
    }

    /// Puts a sheet of the selected file on the screen, from its upper left corner.
    pub(super) fn show_sheet(&mut self, sheet: u32, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let Some(file) = self.selected_mut() else { return };
        file.sheet = sheet;
        let id = file.id;
        // Who compares one sheet goes on to compare the next.
        let version = self.sheet.view.as_ref().filter(|view| view.file == id).map(|view| view.version);
        let version = version.unwrap_or_default();
        let Some(file) = self.selected_mut() else { return };
        let Some(info) = file.sheet_info(sheet) else {
            self.sheet.view = None;
            return;
        };
        let table =
            file.audit.as_ref().filter(|audit| audit.sheet == Some(sheet)).and_then(|audit| audit.table);
        let cursor = table.map_or((0, 0), |table| (table.top, table.left));
        let geometry =
            Shared::new(Geometry::new(&info, sheet, &[], &Cells::new(), self.display.scale(), (0.0, 0.0)));
        self.sheet.view = Some(Shared::new(View {
            file: id,
            sheet,
            blocks: BTreeMap::new(),
            geometry,
            cursor,
            editing: None,
            popover: false,
            version,
            asking: None,
            pulse: 0,
            hand: Hand::default(),
        }));
        self.sheet.viewport.left = 0.0;
        self.sheet.viewport.top = 0.0;
        self.sheet.drawn_from = 0.0;
        self.measure();
        effects.push(Effect::ScrollTo { left: 0.0, top: 0.0 });
        self.ask(effects);
        self.ask_find(effects);
    }

    /// The cells are no longer those of the file: asks for them anew, showing the old ones until then.
    pub(super) fn refresh(&mut self, effects: &mut Vec<Effect>) {
        if let Some(view) = self.view_mut() {
            for block in view.blocks.values_mut() {
                block.fresh = false;
            }
            view.hand.sum = None;
        }
        self.engine
            .pending
            .retain(|_, pending| !matches!(pending, Pending::Window { .. } | Pending::Sum { .. }));
        self.measure();
        self.ask(effects);
        self.ask_find(effects);
    }

    /// Asks for the blocks that are on the screen and not there, then for those around it; a few at a time, and again
    /// when one is here.
    pub(super) fn ask(&mut self, effects: &mut Vec<Effect>) {
        let Some(view) = self.sheet.view.as_ref() else { return };
        let (file, sheet, version) = (view.file, view.sheet, view.version);
        if self.file(file).is_none_or(|file| file.sent_steps.is_none()) {
            return;
        }
        let Some(info) = self.shown_info() else { return };
        let rows = info.rows;
        let (first, last) = if rows <= VARIED_ROWS {
            (0, rows.saturating_sub(1))
        } else {
            let top = self.sheet.viewport.top;
            view.geometry
                .rows_between(top - self.sheet.viewport.height, top + self.sheet.viewport.height * 2.0)
        };
        let mut near: BTreeSet<u32> = (first / BLOCK..=last / BLOCK).collect();
        if let Some((first, last)) = view.awaited() {
            near.extend(first / BLOCK..=last.min(rows.saturating_sub(1)) / BLOCK);
        }
        near.extend(self.blocks_from(view, self.sheet.drawn_from));
        let seen = self.blocks_from(view, self.sheet.viewport.top);
        let asked = self.engine.pending.values().filter(|one| matches!(one, Pending::Window { .. })).count();
        let mut wanted: Vec<u32> = near
            .iter()
            .copied()
            .filter(|block| !view.blocks.get(block).is_some_and(|block| block.fresh))
            .filter(|block| {
                !self.engine.pending.values().any(|p| *p == Pending::Window { file, sheet, block: *block })
            })
            .collect();
        wanted.sort_by_key(|block| !seen.contains(block));
        wanted.truncate(ASKED_AT_ONCE.saturating_sub(asked));
        if view.blocks.len() > MOST_BLOCKS
            && let Some(view) = self.view_mut()
        {
            view.blocks.retain(|block, _| near.contains(block));
        }
        for block in wanted {
            let (first, last) = (block * BLOCK, block * BLOCK + BLOCK - 1);
            let request = Request::Window { file, sheet, first, last, version };
            self.send(request, Pending::Window { file, sheet, block }, effects);
        }
    }

    /// The blocks of the rows that fill the screen from a distance down the sheet.
    fn blocks_from(&self, view: &View, top: f64) -> RangeInclusive<u32> {
        let (first, last) = view.geometry.rows_between(top, top + self.sheet.viewport.height);
        first / BLOCK..=last / BLOCK
    }

    /// Draws the rows that are scrolled to as soon as all of them are here; until then those that were there stay.
    pub(super) fn hold_rows(&mut self) {
        let Some(view) = self.sheet.view.as_ref() else { return };
        let whole = |top| self.blocks_from(view, top).all(|block| view.blocks.contains_key(&block));
        let top = self.sheet.viewport.top;
        if whole(top) || !whole(self.sheet.drawn_from) {
            self.sheet.drawn_from = top;
        }
    }

    /// Works out the places of rows and columns again.
    pub(super) fn measure(&mut self) {
        let scale = self.display.scale();
        let room = (
            self.sheet.viewport.width - ROW_NUMBERS * scale,
            self.sheet.viewport.height - COLUMN_LETTERS * scale,
        );
        let Some(view) = self.sheet.view.as_ref() else { return };
        let Some(file) = self.file(view.file) else { return };
        let Some(info) = self.shown_info() else { return };
        let changes = if view.version == Version::Original { Vec::new() } else { file.changes() };
        let cells: Cells = if info.rows <= VARIED_ROWS {
            view.blocks
                .values()
                .flat_map(|block| block.cells.iter().map(|(at, cell)| (*at, cell.clone())))
                .collect()
        } else {
            Cells::new()
        };
        let geometry = Geometry::new(&info, view.sheet, &changes, &cells, scale, room)
            .frozen(labels(file, view.sheet), room.0);
        if let Some(view) = self.view_mut()
            && *view.geometry != geometry
        {
            view.geometry = Shared::new(geometry);
        }
    }

    /// Another part of the sheet is on the screen.
    pub(super) fn scrolled(&mut self, viewport: Viewport, effects: &mut Vec<Effect>) {
        let resized =
            (viewport.width, viewport.height) != (self.sheet.viewport.width, self.sheet.viewport.height);
        self.sheet.viewport = viewport;
        if resized {
            self.measure();
        }
        self.ask(effects);
        self.hold_rows();
    }

    /// Takes in what the field of the sheet holds now. A block of cells does not go into one of them.
    pub(super) fn typed(&mut self, text: &str) {
        let before = self.sheet.view.as_ref().and_then(|view| view.editing.clone());
        let taken = one_cell(before.as_deref().unwrap_or_default(), text);
        if taken.is_none() {
            self.tell(NoticeKind::Said, text::ONE_CELL.to_owned(), None);
        }
        if let Some(view) = self.view_mut() {
            view.hand.typing |= before.is_none();
            view.editing = taken.or(before);
            view.popover = false;
        }
    }

    /// Selects a cell and scrolls as far as is needed to see it.
    pub(super) fn put_cursor(&mut self, row: u32, column: u32, effects: &mut Vec<Effect>) {
        let Some(view) = self.view_mut() else { return };
        let area = view.geometry.area_of(row, column);
        view.cursor = (area.top, area.left);
        view.popover = false;
        view.asking = None;
        view.hand.forget_selection();
        if let Some(effect) = self.scroll_to_see(area) {
            effects.push(effect);
        }
    }

    /// After the cursor was put somewhere: opens what is to be said there and selects it in the list.
    pub(super) fn point_out(&mut self, effects: &mut Vec<Effect>) {
        let (Some(view), Some(file)) = (self.sheet.view.as_ref(), self.selected_file()) else { return };
        // What is found is found in the corrected sheet.
        if view.version == Version::Original {
            return;
        }
        let (row, column) = view.cursor;
        let found = findings::at_cell(file, view.sheet, row, column);
        let Some(first) = found.first() else { return };
        let listed = first.caused_by.unwrap_or(first.id);
        self.findings.selected = Some(listed);
        effects.push(Effect::Reveal(text::card_id(listed)));
        if let Some(view) = self.view_mut() {
            view.popover = true;
        }
    }

    /// Does what a key means in the sheet.
    pub(super) fn key(&mut self, key: SheetKey, effects: &mut Vec<Effect>) {
        let Some(view) = self.sheet.view.as_ref() else { return };
        let (row, column) = view.cursor;
        match key {
            SheetKey::Cancel => {
                if let Some(view) = self.view_mut() {
                    view.editing = None;
                    view.hand.typing = false;
                }
            }
            SheetKey::Edit => self.edit(effects),
            SheetKey::Clear if view.selects_several() => self.deed(Deed::Clear, effects),
            SheetKey::Clear => self.type_over(String::new(), effects),
            SheetKey::Fill => self.fill(effects),
            SheetKey::FillDown => self.deed(Deed::Down, effects),
            SheetKey::FillRight => self.deed(Deed::Right, effects),
            SheetKey::All => {
                self.select_all();
                // Asked for at the corner, it is the sheet's all the same.
                effects.push(Effect::Focus(EDITOR));
            }
            SheetKey::AskColumn => self.ask_about(Asked::Column(column), true, effects),
            SheetKey::AskRow => self.ask_about(Asked::Row(row), true, effects),
            SheetKey::Enter(down) => {
                self.leave_editor(effects);
                self.go_on(down, 0, effects);
            }
            SheetKey::Tab(right) => {
                self.leave_editor(effects);
                self.go_on(0, right, effects);
            }
            SheetKey::Go(step) => {
                self.leave_editor(effects);
                let (row, column) = self.after((row, column), step);
                self.put_cursor(row, column, effects);
            }
            SheetKey::Reach(step) => {
                let (row, column) = self.after(self.head().unwrap_or((row, column)), step);
                self.reach(row, column, effects);
            }
        }
    }

    /// Where a step through the sheet leads.
    fn after(&self, (row, column): (u32, u32), step: Step) -> (u32, u32) {
        let Some(view) = self.sheet.view.as_ref() else { return (row, column) };
        let geometry = &view.geometry;
        let info = self.shown_info();
        let last = info.map_or((0, 0), |info| (info.rows.saturating_sub(1), info.columns.saturating_sub(1)));
        match step {
            Step::By(down, right) => self.by((row, column), down, right),
            Step::Edge(down, right) => {
                let next = |at| self.by(at, down, right);
                let filled = |(row, column): (u32, u32)| {
                    view.cell(row, column).is_some_and(|cell| !cell.shown.is_empty())
                };
                let inside = |(row, column): (u32, u32)| row <= last.0 && column <= last.1;
                let mut at = next((row, column));
                let along = filled((row, column)) && filled(at);
                // Past the last filled cell there is nothing to come to.
                while next(at) != at && inside(next(at)) && filled(if along { next(at) } else { at }) == along
                {
                    at = next(at);
                }
                at
            }
            Step::Page(pages) => {
                let y = geometry.top(row)
                    + f64::from(pages) * (self.sheet.viewport.height - COLUMN_LETTERS) * 0.9;
                (geometry.rows_between(y, y).0, column)
            }
            Step::RowStart => (row, 0),
            Step::Top => (0, 0),
            Step::End => last,
        }
    }

    /// So many rows down and columns to the right, past what is hidden and out of a merged cell.
    pub(super) fn by(&self, (row, column): (u32, u32), down: i32, right: i32) -> (u32, u32) {
        let Some(view) = self.sheet.view.as_ref() else { return (row, column) };
        let geometry = &view.geometry;
        let area = geometry.area_of(row, column);
        let to_row = moved(if down > 0 { area.bottom } else { area.top }, down, geometry.rows(), |at| {
            geometry.row_is_hidden(at)
        });
        let to_column =
            moved(if right > 0 { area.right } else { area.left }, right, geometry.columns(), |at| {
                geometry.column_is_hidden(at)
            });
        (if down == 0 { area.top } else { to_row }, if right == 0 { area.left } else { to_column })
    }

    /// Opens the cell under the cursor to be edited.
    pub(super) fn edit(&mut self, effects: &mut Vec<Effect>) {
        if let Some(view) = self.view_mut() {
            let (row, column) = view.cursor;
            let raw = view.cell(row, column).map(|cell| cell.raw.clone()).unwrap_or_default();
            view.editing.get_or_insert(raw);
            view.hand.typing = false;
            view.popover = false;
            effects.push(Effect::Focus(EDITOR));
        }
    }

    /// Takes over what is being edited.
    pub(super) fn leave_editor(&mut self, effects: &mut Vec<Effect>) {
        let typed = self.sheet.view.as_ref().and_then(|view| view.editing.clone());
        if let Some(typed) = typed {
            self.type_over(typed, effects);
        }
    }

    /// Sets the cell under the cursor by hand, where that is another text.
    pub(super) fn type_over(&mut self, typed: String, effects: &mut Vec<Effect>) {
        let Some(view) = self.view_mut() else { return };
        view.editing = None;
        view.hand.typing = false;
        let (id, sheet, (row, column)) = (view.file, view.sheet, view.cursor);
        let before = view.cell(row, column).map(|cell| cell.raw.clone()).unwrap_or_default();
        if before == typed {
            return;
        }
        let change = Change {
            sheet,
            action: Action::Set { row, column, input: Input::Typed(typed) },
            rule: None,
            reason: text::BY_HAND.to_owned(),
            source: text::BY_HAND_SOURCE.to_owned(),
        };
        self.do_step(id, vec![change], Vec::new(), effects);
    }

    /// The least scrolling that shows a rectangle.
    pub(super) fn scroll_to_see(&self, area: Area) -> Option<Effect> {
        let view = self.sheet.view.as_ref()?;
        let scale = self.display.scale();
        let (left, top, width, height) = view.geometry.place(area);
        let room = (
            self.sheet.viewport.width - ROW_NUMBERS * scale,
            self.sheet.viewport.height - COLUMN_LETTERS * scale,
        );
        let frozen = view.geometry.frozen_width();
        let to_left = if view.geometry.is_frozen(area) {
            self.sheet.viewport.left
        } else {
            nearest(self.sheet.viewport.left, room.0 - frozen, left - frozen, width).max(0.0)
        };
        let to_top = nearest(self.sheet.viewport.top, room.1, top, height);
        ((to_left, to_top) != (self.sheet.viewport.left, self.sheet.viewport.top))
            .then_some(Effect::ScrollTo { left: to_left, top: to_top })
    }
}

/// The first columns of a sheet up to the one that says what each row is about.
fn labels(file: &File, sheet: u32) -> u32 {
    let tables = file.audit.iter().flat_map(|audit| &audit.understood);
    let mut own = tables.filter(|table| table.sheet == sheet && !table.columns.is_empty());
    let Some(first) = own.next() else { return 0 };
    // Of tables side by side each has its own.
    if own.all(|other| other.at.1 == first.at.1) { first.at.1 + 1 } else { 0 }
}

/// The text after something was put into it; nothing where that was a block of cells. A single cell is copied with the
/// end of its line, which goes.
pub(super) fn one_cell(before: &str, after: &str) -> Option<String> {
    let head = before
        .chars()
        .zip(after.chars())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum::<usize>();
    let (old, new) = (before.get(head..)?, after.get(head..)?);
    let tail = old
        .chars()
        .rev()
        .zip(new.chars().rev())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum::<usize>();
    let end = new.len().checked_sub(tail)?;
    let put = new.get(..end)?.trim_end_matches(['\r', '\n']);
    (!put.contains(['\t', '\r', '\n'])).then(|| {
        format!("{}{put}{}", after.get(..head).unwrap_or_default(), new.get(end..).unwrap_or_default())
    })
}

/// The next place in a direction that is not hidden; stays where there is none.
pub(super) fn moved(from: u32, by: i32, count: u32, hidden: impl Fn(u32) -> bool) -> u32 {
    let mut at = from;
    loop {
        let Some(next) = at.checked_add_signed(by.signum()).filter(|next| by != 0 && *next < count) else {
            return from;
        };
        at = next;
        if !hidden(at) {
            return at;
        }
    }
}

/// The scroll offset nearest to `now` that shows `length` pixels at `start`.
pub(super) fn nearest(now: f64, room: f64, start: f64, length: f64) -> f64 {
    if start < now || length > room {
        start
    } else if start + length > now + room {
        start + length - room
    } else {
        now
    }
}
