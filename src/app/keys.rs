//! Which keys do what, on the whole page and in the sheet.

/// The code of a key that an input method has taken; some browsers say it of the key that ends a composition.
pub const OF_INPUT_METHOD: u32 = 229;

/// One key as it was pressed; `key` as the browser names it, `"F8"` or `"z"`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct KeyPress {
    pub key: String,
    pub ctrl: bool,
    pub shift: bool,
    pub alt: bool,
}

/// What a key does wherever the focus is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcut {
    Choose,
    Save,
    Print,
    Next,
    Previous,
    Apply,
    Undo,
    Redo,
    Close,
    Check,
    Consolidate,
    Rules,
    Find,
    Help,
    NextArea,
}

/// The shortcut of a key, if it is one.
pub fn shortcut(press: &KeyPress) -> Option<Shortcut> {
    let key = press.key.to_lowercase();
    Some(match (key.as_str(), press.ctrl, press.shift, press.alt) {
        ("o", true, false, false) => Shortcut::Choose,
        ("s", true, false, false) => Shortcut::Save,
        ("p", true, false, false) => Shortcut::Print,
        ("f8", false, false, false) => Shortcut::Next,
        ("f8", false, true, false) => Shortcut::Previous,
        ("enter", false, false, true) => Shortcut::Apply,
        ("z", true, false, false) => Shortcut::Undo,
        ("y", true, false, false) | ("z", true, true, false) => Shortcut::Redo,
        ("escape", false, false, false) => Shortcut::Close,
        ("1", false, false, true) => Shortcut::Check,
        ("2", false, false, true) => Shortcut::Consolidate,
        ("3", false, false, true) => Shortcut::Rules,
        ("f", true, false, false) => Shortcut::Find,
        ("f1", false, false, false) => Shortcut::Help,
        ("f6", false, false, false) => Shortcut::NextArea,
        _ => return None,
    })
}

/// A way through the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Rows down, columns to the right.
    By(i32, i32),
    /// To the end of what is filled there, else on to the next filled cell.
    Edge(i32, i32),
    /// A screenful down (positive) or up.
    Page(i32),
    RowStart,
    Top,
    End,
}

/// What a key does in the sheet. What is being edited is taken over first, but for [`Self::Cancel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetKey {
    Go(Step),
    /// Selects up to there.
    Reach(Step),
    /// A row down, or up; among several selected cells to the next of them.
    Enter(i32),
    /// A column to the right, or to the left; among several selected cells to the next of them.
    Tab(i32),
    /// The table, then the sheet.
    All,
    Edit,
    Clear,
    /// What is being typed goes into every selected cell.
    Fill,
    FillDown,
    FillRight,
    Cancel,
    /// 这一列是….
    AskColumn,
    /// 这一行是….
    AskRow,
}

/// Whether a cell's text is being edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editing {
    No,
    /// Begun by typing: an arrow takes the text over and moves on.
    Typing,
    /// The arrows belong to the text.
    Yes,
}

/// What a key does in the sheet; nothing where it is the field's own or the browser's.
pub fn sheet_key(press: &KeyPress, editing: Editing) -> Option<SheetKey> {
    let on = if press.shift { -1 } else { 1 };
    let key = press.key.as_str();
    match (key, press.ctrl, press.alt) {
        ("Enter", false, false) => return Some(SheetKey::Enter(on)),
        ("Tab", false, false) => return Some(SheetKey::Tab(on)),
        ("Enter", true, false) => return Some(SheetKey::Fill),
        ("Escape", false, false) if editing != Editing::No => return Some(SheetKey::Cancel),
        _ => {}
    }
    let plain = !press.ctrl && !press.shift && !press.alt;
    match editing {
        Editing::Yes => return None,
        Editing::Typing if key == "F2" && plain => return Some(SheetKey::Edit),
        Editing::Typing => {
            return step(press).filter(|step| plain && matches!(step, Step::By(..))).map(SheetKey::Go);
        }
        Editing::No if press.alt && key == "ArrowDown" => {
            return Some(if press.shift { SheetKey::AskRow } else { SheetKey::AskColumn });
        }
        Editing::No if press.alt => return None,
        Editing::No => {}
    }
    if let Some(step) = step(press) {
        return Some(if press.shift { SheetKey::Reach(step) } else { SheetKey::Go(step) });
    }
    Some(match (key, press.ctrl, press.shift) {
        ("F2", false, _) => SheetKey::Edit,
        ("Delete" | "Backspace", false, _) => SheetKey::Clear,
        ("a" | "A", true, false) => SheetKey::All,
        ("d" | "D", true, false) => SheetKey::FillDown,
        ("r" | "R", true, false) => SheetKey::FillRight,
        _ => return None,
    })
}

fn step(press: &KeyPress) -> Option<Step> {
    let by = |down, right| if press.ctrl { Step::Edge(down, right) } else { Step::By(down, right) };
    Some(match (press.key.as_str(), press.ctrl) {
        ("ArrowUp", _) => by(-1, 0),
        ("ArrowDown", _) => by(1, 0),
        ("ArrowLeft", _) => by(0, -1),
        ("ArrowRight", _) => by(0, 1),
        ("PageUp", false) => Step::Page(-1),
        ("PageDown", false) => Step::Page(1),
        ("Home", false) => Step::RowStart,
        ("Home", true) => Step::Top,
        ("End", true) => Step::End,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str) -> KeyPress {
        KeyPress { key: key.to_owned(), ..KeyPress::default() }
    }

    #[test]
    fn keys_of_the_page() {
        assert_eq!(shortcut(&KeyPress { ctrl: true, ..press("S") }), Some(Shortcut::Save));
        assert_eq!(shortcut(&KeyPress { shift: true, ..press("F8") }), Some(Shortcut::Previous));
        assert_eq!(shortcut(&KeyPress { alt: true, ..press("Enter") }), Some(Shortcut::Apply));
        assert_eq!(shortcut(&press("s")), None);
    }

    #[test]
    fn arrows_belong_to_the_text_while_it_is_edited() {
        let left = SheetKey::Go(Step::By(0, -1));
        assert_eq!(sheet_key(&press("ArrowLeft"), Editing::No), Some(left));
        assert_eq!(sheet_key(&press("ArrowLeft"), Editing::Typing), Some(left));
        assert_eq!(sheet_key(&press("ArrowLeft"), Editing::Yes), None);
        // Letters of the text, and what the text does with them.
        for key in ["Home", "Delete", "a", "Process"] {
            assert_eq!(sheet_key(&press(key), Editing::Typing), None, "{key}");
            assert_eq!(sheet_key(&KeyPress { ctrl: true, ..press(key) }, Editing::Yes), None, "{key}");
        }
        assert_eq!(sheet_key(&press("F2"), Editing::Typing), Some(SheetKey::Edit));
        assert_eq!(sheet_key(&press("Enter"), Editing::Yes), Some(SheetKey::Enter(1)));
        assert_eq!(
            sheet_key(&KeyPress { shift: true, ..press("Tab") }, Editing::No),
            Some(SheetKey::Tab(-1))
        );
        assert_eq!(sheet_key(&press("Escape"), Editing::No), None);
        let alt = KeyPress { alt: true, ..press("ArrowDown") };
        assert_eq!(sheet_key(&alt, Editing::No), Some(SheetKey::AskColumn));
        assert_eq!(sheet_key(&alt, Editing::Yes), None);
        assert_eq!(sheet_key(&KeyPress { shift: true, ..alt }, Editing::No), Some(SheetKey::AskRow));
    }

    #[test]
    fn shift_selects_on_the_same_ways() {
        for key in ["ArrowUp", "PageDown", "Home"] {
            let Some(SheetKey::Go(way)) = sheet_key(&press(key), Editing::No) else { panic!("{key}") };
            let shift = KeyPress { shift: true, ..press(key) };
            assert_eq!(sheet_key(&shift, Editing::No), Some(SheetKey::Reach(way)));
        }
        let ctrl = KeyPress { ctrl: true, shift: true, ..press("ArrowDown") };
        assert_eq!(sheet_key(&ctrl, Editing::No), Some(SheetKey::Reach(Step::Edge(1, 0))));
        assert_eq!(sheet_key(&KeyPress { ctrl: true, ..press("a") }, Editing::No), Some(SheetKey::All));
    }
}
