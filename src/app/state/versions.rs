//! 原表 / 校正后: the sheet as the file has it, to be compared and not to be changed.

use super::{Command, Effect, NoticeKind, State};
use crate::app::keys::SheetKey;
use crate::app::text;
use crate::worker::protocol::{SheetInfo, Version};

impl State {
    /// Which state of the sheet is on the screen.
    pub(super) fn version(&self) -> Version {
        self.sheet.view.as_ref().map_or_else(Version::default, |view| view.version)
    }

    /// Shows the other state of the sheet; the original only where something was changed.
    pub(super) fn show_version(&mut self, version: Version, effects: &mut Vec<Effect>) {
        self.leave_editor(effects);
        let changed = self.selected_file().is_some_and(|file| file.change_count() > 0);
        let wanted = if changed { version } else { Version::Corrected };
        if self.version() == wanted {
            return;
        }
        if let Some(view) = self.view_mut() {
            view.version = wanted;
            view.popover = false;
            view.asking = None;
        }
        self.notices.announcement = text::version(wanted).to_owned();
        self.refresh(effects);
    }

    /// Whether something is asked for that cannot be done to the original; that is said.
    pub(super) fn is_kept_as_it_is(&mut self, what: &Command) -> bool {
        let edits = match what {
            Command::EditCell(..)
            | Command::Paste(_)
            | Command::Typed(_)
            | Command::Ask(_)
            | Command::Say(..) => true,
            Command::Key(key) => matches!(
                key,
                SheetKey::Edit
                    | SheetKey::Clear
                    | SheetKey::Fill
                    | SheetKey::FillDown
                    | SheetKey::FillRight
                    | SheetKey::AskColumn
                    | SheetKey::AskRow
            ),
            _ => false,
        };
        let kept = edits && self.version() == Version::Original;
        if kept {
            self.tell(NoticeKind::Said, text::original_stays(), None);
        }
        kept
    }

    /// The sheet that is on the screen, with its size.
    pub(super) fn shown_info(&self) -> Option<SheetInfo> {
        let view = self.sheet.view.as_ref()?;
        let file = self.file(view.file)?;
        match view.version {
            Version::Corrected => file.sheet_info(view.sheet),
            Version::Original => {
                file.workbook.as_ref()?.sheets.get(usize::try_from(view.sheet).ok()?).cloned()
            }
        }
    }
}
