//! Which keys do what, on the whole page and in the sheet.

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
    Next,
    Previous,
    Apply,
    Undo,
    Redo,
    Close,
    Check,
    Consolidate,
    Rules,
    Help,
    NextArea,
}

/// The shortcut of a key, if it is one.
pub fn shortcut(press: &KeyPress) -> Option<Shortcut> {
    let key = press.key.to_lowercase();
    Some(match (key.as_str(), press.ctrl, press.shift, press.alt) {
        ("o", true, false, false) => Shortcut::Choose,
        ("s", true, false, false) => Shortcut::Save,
        ("f8", false, false, false) => Shortcut::Next,
        ("f8", false, true, false) => Shortcut::Previous,
        ("enter", false, false, true) => Shortcut::Apply,
        ("z", true, false, false) => Shortcut::Undo,
        ("y", true, false, false) | ("z", true, true, false) => Shortcut::Redo,
        ("escape", false, false, false) => Shortcut::Close,
        ("1", false, false, true) => Shortcut::Check,
        ("2", false, false, true) => Shortcut::Consolidate,
        ("3", false, false, true) => Shortcut::Rules,
        ("f1", false, false, false) => Shortcut::Help,
        ("f6", false, false, false) => Shortcut::NextArea,
        _ => return None,
    })
}

/// What a key does in the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetKey {
    /// Rows down, columns to the right; what is being edited is taken over first.
    Move(i32, i32),
    /// A screenful down (positive) or up.
    Page(i32),
    RowStart,
    Top,
    End,
    Edit,
    Clear,
    Cancel,
    /// 这一列是….
    AskColumn,
    /// 这一行是….
    AskRow,
}

/// Whether a cell's text is being edited: then the arrows belong to the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editing {
    No,
    Yes,
}

/// What a key does in the sheet; nothing where it is the field's own or the browser's.
pub fn sheet_key(press: &KeyPress, editing: Editing) -> Option<SheetKey> {
    let down = if press.shift { -1 } else { 1 };
    match (press.key.as_str(), press.ctrl, press.alt) {
        ("Enter", false, false) => return Some(SheetKey::Move(down, 0)),
        ("Tab", false, false) => return Some(SheetKey::Move(0, down)),
        ("Escape", false, false) if editing == Editing::Yes => return Some(SheetKey::Cancel),
        _ => {}
    }
    if editing == Editing::No && press.alt && press.key == "ArrowDown" {
        return Some(if press.shift { SheetKey::AskRow } else { SheetKey::AskColumn });
    }
    if editing == Editing::Yes || press.alt {
        return None;
    }
    Some(match (press.key.as_str(), press.ctrl) {
        ("ArrowUp", false) => SheetKey::Move(-1, 0),
        ("ArrowDown", false) => SheetKey::Move(1, 0),
        ("ArrowLeft", false) => SheetKey::Move(0, -1),
        ("ArrowRight", false) => SheetKey::Move(0, 1),
        ("PageUp", false) => SheetKey::Page(-1),
        ("PageDown", false) => SheetKey::Page(1),
        ("Home", false) => SheetKey::RowStart,
        ("Home", true) => SheetKey::Top,
        ("End", true) => SheetKey::End,
        ("F2", false) => SheetKey::Edit,
        ("Delete" | "Backspace", false) => SheetKey::Clear,
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
        assert_eq!(sheet_key(&press("ArrowLeft"), Editing::No), Some(SheetKey::Move(0, -1)));
        assert_eq!(sheet_key(&press("ArrowLeft"), Editing::Yes), None);
        assert_eq!(sheet_key(&press("Enter"), Editing::Yes), Some(SheetKey::Move(1, 0)));
        assert_eq!(
            sheet_key(&KeyPress { shift: true, ..press("Tab") }, Editing::No),
            Some(SheetKey::Move(0, -1))
        );
        assert_eq!(sheet_key(&press("Escape"), Editing::No), None);
        let alt = KeyPress { alt: true, ..press("ArrowDown") };
        assert_eq!(sheet_key(&alt, Editing::No), Some(SheetKey::AskColumn));
        assert_eq!(sheet_key(&alt, Editing::Yes), None);
        assert_eq!(sheet_key(&KeyPress { shift: true, ..alt }, Editing::No), Some(SheetKey::AskRow));
    }
}
