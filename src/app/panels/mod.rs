//! The panels of the page, one a file.

mod asking;
mod bottom_bar;
mod brief;
mod consolidate;
mod edges;
mod file_list;
mod find;
mod findings;
mod help;
mod kept;
mod notices;
mod overlay;
mod paper;
mod plan;
mod popover;
mod reconciliation;
mod rule_line;
mod rules;
mod sheet;
mod sheet_tabs;
mod sifting;
mod start;
mod top_bar;
mod whose;

pub use bottom_bar::BottomBar;
pub use consolidate::Consolidate;
pub use edges::Edges;
pub use file_list::FileList;
pub use find::FindBar;
pub use findings::FindingsPanel;
pub use notices::Notices;
pub use overlay::Overlay;
pub use paper::Paper;
pub use rules::Rules;
pub use sheet::Sheet;
pub use sheet_tabs::{Original, SheetTabs};
pub use start::Start;
pub use top_bar::TopBar;

#[cfg(test)]
mod tests;
