//! Small pieces that several panels use.

mod actions;
mod difference;
mod icon;
mod tier_mark;

pub use actions::Actions;
pub use difference::Difference;
pub use icon::{Glyph, Icon};
pub use tier_mark::TierMark;
