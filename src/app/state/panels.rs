//! The panels beside the sheet: how wide they are, whether they are folded away.

use super::{Effect, State};
use crate::app::state::{EDITOR, findings::LIST};

/// Files and findings, at their narrowest.
pub const NARROWEST: [f64; 2] = [160.0, 260.0];

/// What the panels leave to the sheet, of the width of all three.
const LEAST_SHEET: f64 = 0.55;

/// A panel by what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Files,
    Findings,
}

/// How the user arranges the panels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arrange {
    /// Folds a panel away, or out again.
    Fold(Side),
    /// Takes hold of its edge with the mouse, at this distance from the left.
    Grab(Side, f64),
    Drag(f64),
    LetGo,
    /// Wider by so many pixels, by a key.
    Widen(Side, f64),
    /// On a narrow screen the findings lie over the sheet: shows them, or puts them away.
    Drawer,
}

/// The panels, for as long as the page is open.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Panels {
    /// Of files and findings; nothing where it is as the page has it.
    widths: [Option<f64>; 2],
    folded: [bool; 2],
    /// Whose edge the mouse holds, where it was taken hold of, and how wide the panel was then.
    held: Option<(Side, f64, f64)>,
    pub drawer: bool,
}

impl Side {
    /// This side's of a pair.
    pub const fn of<T: Copy>(self, pair: [T; 2]) -> T {
        let [files, findings] = pair;
        match self {
            Self::Files => files,
            Self::Findings => findings,
        }
    }

    fn in_pair<T>(self, pair: &mut [T; 2]) -> &mut T {
        let [files, findings] = pair;
        match self {
            Self::Files => files,
            Self::Findings => findings,
        }
    }
}

impl Panels {
    /// How wide the user made it.
    pub const fn width(&self, side: Side) -> Option<f64> {
        side.of(self.widths)
    }

    /// How wide it is, in large type or the usual one.
    pub fn wide(&self, side: Side, large: bool) -> f64 {
        // As style.css has them, `--rail` and `--panel`.
        let usual = if large { [224.0, 356.0] } else { [232.0, 368.0] };
        self.width(side).unwrap_or_else(|| side.of(usual))
    }

    /// Whether it is folded away, where the screen is wide.
    pub const fn is_folded(&self, side: Side) -> bool {
        side.of(self.folded)
    }

    /// Whether the mouse holds an edge.
    pub const fn is_held(&self) -> bool {
        self.held.is_some()
    }
}

impl State {
    /// Arranges the panels as the user wants them.
    pub(super) fn arrange(&mut self, what: Arrange, effects: &mut Vec<Effect>) {
        match what {
            Arrange::Fold(side) => {
                let folded = side.in_pair(&mut self.panels.folded);
                *folded = !*folded;
            }
            Arrange::Grab(side, x) => self.panels.held = Some((side, x, self.panel_width(side))),
            Arrange::Drag(x) => {
                if let Some((side, from, width)) = self.panels.held {
                    let by = if side == Side::Files { x - from } else { from - x };
                    self.set_panel_width(side, width + by);
                }
            }
            Arrange::LetGo => self.panels.held = None,
            Arrange::Widen(side, by) => self.set_panel_width(side, self.panel_width(side) + by),
            Arrange::Drawer => {
                self.panels.drawer = !self.panels.drawer;
                effects.push(Effect::Focus(if self.panels.drawer { LIST } else { EDITOR }));
            }
        }
    }

    fn panel_width(&self, side: Side) -> f64 {
        self.panels.wide(side, self.display.large)
    }

    fn set_panel_width(&mut self, side: Side, width: f64) {
        let other = if side == Side::Files { Side::Findings } else { Side::Files };
        let beside = if self.panels.is_folded(other) { 0.0 } else { self.panel_width(other) };
        let all = self.sheet.viewport.width + self.panel_width(side) + beside;
        let most = all * (1.0 - LEAST_SHEET) - beside;
        let least = side.of(NARROWEST);
        *side.in_pair(&mut self.panels.widths) = Some(width.min(most).max(least).round());
    }
}
