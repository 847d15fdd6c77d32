//! 这一列是…, 这一行是…, 是哪个市、哪一期: the user's word against what was recognised. A step like any other: it is
//! taken back and done again with the rest, and a new engine is told of it.

use super::{Asked, EDITOR, Effect, State};
use crate::app::text;
use crate::worker::protocol::{Action, Change, Hint, Understood};

/// What is chosen from.
pub const ASKING: &str = "asking";

impl State {
    /// Opens what a column or a row was taken for, where it is one of a table that takes the user's word.
    pub(super) fn ask_about(&mut self, what: Asked, by_key: bool, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let asked = self.sheet.view.as_ref().and_then(|view| view.asking);
        if asked.is_some_and(|(before, _)| before == what) {
            return self.stop_asking(effects);
        }
        let known = self.sheet.view.as_ref().zip(self.selected_file()).is_some_and(|(view, file)| {
            let tables = file.audit.iter().flat_map(|audit| &audit.understood);
            let (row, column) = view.cursor;
            match what {
                // With a key of the table that the cursor is in or under.
                Asked::Column(at) => table_of_column(tables, view.sheet, at, by_key.then_some(row)).is_some(),
                Asked::Row(at) => table_of_row(tables, view.sheet, at, by_key.then_some(column)).is_some(),
            }
        });
        if !known {
            self.notices.announcement = text::NOTHING_TO_ASK.to_owned();
            return;
        }
        if let Some(view) = self.view_mut() {
            view.popover = false;
            view.asking = Some((what, by_key));
            effects.push(Effect::Focus(ASKING));
        }
    }

    /// Closes it again; the focus goes back to where it was opened.
    pub(super) fn stop_asking(&mut self, effects: &mut Vec<Effect>) {
        let Some((what, by_key)) = self.view_mut().and_then(|view| view.asking.take()) else { return };
        effects.push(if by_key { Effect::Focus(EDITOR) } else { Effect::Refocus(text::asked_id(what)) });
    }

    /// Puts the user's word in force.
    pub(super) fn say(&mut self, sheet: u32, hint: Hint, effects: &mut Vec<Effect>) {
        let Some(file) = self.selected_file() else { return };
        let id = file.id;
        let change = Change {
            sheet,
            action: Action::Say(hint),
            rule: None,
            reason: text::BY_YOUR_WORD.to_owned(),
            source: text::BY_YOUR_WORD.to_owned(),
        };
        self.stop_asking(effects);
        let (place, word) = super::change_line(&change);
        self.notices.announcement = text::said(&place, &word);
        self.do_step(id, vec![change], Vec::new(), effects);
    }
}

/// The table that a column belongs to; of several, the one that reaches the row.
pub fn table_of_column<'a>(
    tables: impl Iterator<Item = &'a Understood>,
    sheet: u32,
    column: u32,
    row: Option<u32>,
) -> Option<&'a Understood> {
    let reaches =
        |table: &&Understood| row.is_none_or(|row| (table.area.top..=table.area.bottom).contains(&row));
    let here: Vec<&Understood> = tables
        .filter(|table| table.sheet == sheet && !table.roles.is_empty())
        .filter(|table| table.columns.iter().any(|own| own.column == column))
        .collect();
    here.iter().find(|table| reaches(table)).or(here.first()).copied()
}

/// The table that a row belongs to; of several, the one that reaches the column.
pub fn table_of_row<'a>(
    tables: impl Iterator<Item = &'a Understood>,
    sheet: u32,
    row: u32,
    column: Option<u32>,
) -> Option<&'a Understood> {
    let reaches = |table: &&Understood| {
        column.is_none_or(|column| (table.area.left..=table.area.right).contains(&column))
    };
    let here: Vec<&Understood> = tables
        .filter(|table| table.sheet == sheet && !table.roles.is_empty())
        .filter(|table| table.rows.iter().any(|own| own.row == row))
        .collect();
    here.iter().find(|table| reaches(table)).or(here.first()).copied()
}
