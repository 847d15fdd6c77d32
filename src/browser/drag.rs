//! A selection that is drawn beyond the edge of the sheet goes on: the sheet scrolls, and the cell at its edge is
//! reached.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Element, MouseEvent};

use super::listen::on;
use crate::app::{Callback, Command, Message, SHEET};

/// Milliseconds between two steps.
const STEP: i32 = 50;

/// Pixels of a step at the most.
const FASTEST: f64 = 60.0;

/// The column letters and the row numbers, and somewhat more: what is reached lies beside them.
const HEADS: f64 = 60.0;

/// The mouse, while it is held down on a cell.
#[derive(Default)]
struct Held {
    down: Cell<bool>,
    followed: Cell<bool>,
    x: Cell<f64>,
    y: Cell<f64>,
}

impl Held {
    fn is_at(&self, event: &MouseEvent) {
        self.x.set(f64::from(event.client_x()));
        self.y.set(f64::from(event.client_y()));
    }
}

pub(super) fn beyond_the_edge(send: Callback<Message>) -> Result<(), JsValue> {
    let document = super::document()?;
    let held = Rc::new(Held::default());
    {
        let held = Rc::clone(&held);
        on(&document, "mousedown", move |event: MouseEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let on_cell = target.and_then(|target| target.closest(".cell").ok().flatten()).is_some();
            held.is_at(&event);
            if !on_cell || event.button() != 0 {
                return;
            }
            held.down.set(true);
            if !held.followed.replace(true) {
                follow(Rc::clone(&held), send.clone());
            }
        })?;
    }
    {
        let held = Rc::clone(&held);
        on(&document, "mousemove", move |event: MouseEvent| {
            held.is_at(&event);
            held.down.set(held.down.get() && event.buttons() & 1 != 0);
        })?;
    }
    on(&document, "mouseup", move |_: MouseEvent| held.down.set(false))
}

/// A step, and the next one, for as long as the mouse is held down.
fn follow(held: Rc<Held>, send: Callback<Message>) {
    held.followed.set(held.down.get());
    if !held.down.get() {
        return;
    }
    if let Some((row, column)) = step(held.x.get(), held.y.get()) {
        send.emit(Message::User(Command::Drag(row, column)));
    }
    super::later(STEP, move || follow(held, send)).unwrap_or_else(|error| web_sys::console::error_1(&error));
}

/// Scrolls the sheet towards the mouse, where that is beyond it; the cell that is reached.
fn step(x: f64, y: f64) -> Option<(u32, u32)> {
    let sheet = super::element(SHEET)?;
    let frame = sheet.get_bounding_client_rect();
    let (right, bottom) =
        (frame.left() + f64::from(sheet.client_width()), frame.top() + f64::from(sheet.client_height()));
    let beyond =
        |at: f64, first: f64, last: f64| (at - at.clamp(first, last.max(first))).clamp(-FASTEST, FASTEST);
    let (over, down) = (beyond(x, frame.left(), right), beyond(y, frame.top(), bottom));
    if over == 0.0 && down == 0.0 {
        return None;
    }
    sheet.scroll_by_with_x_and_y(over, down);
    let inside = |at: f64, first: f64, last: f64| at.clamp(first + HEADS, (last - 4.0).max(first + HEADS));
    let (x, y) = (inside(x, frame.left(), right), inside(y, frame.top(), bottom));
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a window")]
    let there = super::document().ok()?.element_from_point(x as f32, y as f32)?;
    let id = there.closest(".cell").ok().flatten()?.id();
    let (row, column) = id.strip_prefix("cell-")?.split_once('-')?;
    Some((row.parse().ok()?, column.parse().ok()?))
}
