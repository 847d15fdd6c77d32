//! Small pieces that several panels use.

mod actions;
mod difference;
mod explanation;
mod icon;
mod tier_mark;

pub use actions::Actions;
pub use difference::Difference;
pub use explanation::Explanation;
pub use icon::{Glyph, Icon};
pub use tier_mark::TierMark;
