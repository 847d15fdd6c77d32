//! What is listened for on the whole page: keys, dropped files, scrolling, leaving, the seconds.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::convert::FromWasmAbi;
use wasm_bindgen::prelude::*;
use web_sys::{
    AddEventListenerOptions, BeforeUnloadEvent, DragEvent, Element, Event, EventTarget, HtmlInputElement,
    KeyboardEvent,
};

use super::files::{self, Files};
use super::{clipboard, folder};
use crate::app::{
    CARD, Callback, Command, KeyPress, Message, OF_INPUT_METHOD, Picked, SHEET, Shortcut, shortcut,
};

pub(super) fn keys(send: Callback<Message>) -> Result<(), JsValue> {
    on(super::window()?.as_ref(), "keydown", move |event: KeyboardEvent| {
        let press = KeyPress {
            key: event.key(),
            ctrl: event.ctrl_key() || event.meta_key(),
            shift: event.shift_key(),
            alt: event.alt_key(),
        };
        let Some(shortcut) =
            shortcut(&press).filter(|_| !event.is_composing() && event.key_code() != OF_INPUT_METHOD)
        else {
            return;
        };
        let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let in_search = field.is_some_and(|input| input.type_() == "search");
        // In a search field these take back letters.
        if in_search && matches!(shortcut, Shortcut::Undo | Shortcut::Redo) {
            return;
        }
        // Where there is no sheet, the browser looks, and prints, in its own way; the help is ours to print.
        let helps = super::element(CARD)
            .is_some_and(|card| card.get_attribute("data-role").as_deref() == Some("help"));
        let ours = super::element(SHEET).is_some() || helps && shortcut == Shortcut::Print;
        if matches!(shortcut, Shortcut::Find | Shortcut::Print) && !ours {
            return;
        }
        event.prevent_default();
        send.emit(Message::Shortcut(shortcut));
    })
}

/// What is pasted where nothing is written.
pub(super) fn pastes(send: Callback<Message>) -> Result<(), JsValue> {
    on(super::document()?.as_ref(), "paste", move |event: Event| {
        let field = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if field.is_none_or(|field| !matches!(field.tag_name().as_str(), "INPUT" | "TEXTAREA")) {
            send.emit(Message::User(Command::PasteFile(clipboard::take(&event))));
        }
    })
}

pub(super) fn drops(files: Rc<RefCell<Files>>, send: Callback<Message>) -> Result<(), JsValue> {
    let document = super::document()?;
    let over = Rc::new(Cell::new(false));
    {
        let (over, send) = (Rc::clone(&over), send.clone());
        on(&document, "dragover", move |event: DragEvent| {
            event.prevent_default();
            if !over.replace(true) {
                send.emit(Message::Dragging(true));
            }
        })?;
    }
    {
        let (over, send) = (Rc::clone(&over), send.clone());
        on(&document, "dragleave", move |event: DragEvent| {
            // Left the page, not just one of its elements.
            if event.related_target().is_none() && over.replace(false) {
                send.emit(Message::Dragging(false));
            }
        })?;
    }
    on(&document, "drop", move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        let data = event.data_transfer();
        let (found, told) = (Rc::clone(&files), send.clone());
        let take = move |inside| {
            files::take_in(found, inside, move |picked, coming| chosen(&told, picked, coming));
        };
        send.emit(Message::Dragging(false));
        if let Some(data) = data {
            folder::walk(&data, take);
        }
    })
}

/// Files are chosen, and so many more will be.
pub(super) fn chosen(send: &Callback<Message>, picked: Vec<Picked>, coming: usize) {
    send.emit(Message::Coming(coming));
    send.emit(Message::Chosen(picked));
}

/// Calls back when the sheet may show another part of itself.
pub(super) fn scrolling(report: impl Fn() + Clone + 'static) -> Result<(), JsValue> {
    let resized = report.clone();
    on(super::window()?.as_ref(), "resize", move |_: Event| resized())?;
    let listener = Closure::<dyn FnMut(Event)>::new(move |_: Event| report());
    let options = AddEventListenerOptions::new();
    // Scrolling does not bubble; it can be caught on its way down.
    options.set_capture(true);
    options.set_passive(true);
    super::document()?.add_event_listener_with_callback_and_add_event_listener_options(
        "scroll",
        listener.as_ref().unchecked_ref(),
        &options,
    )?;
    listener.forget();
    Ok(())
}

/// Counts the seconds for as long as the browser lets the page run.
pub(super) fn seconds(send: Callback<Message>) -> Result<(), JsValue> {
    let last = RefCell::new(String::new());
    let tick = move || {
        let now = minute();
        if *last.borrow() != now {
            last.replace(now.clone());
            send.emit(Message::Clock(now));
        }
        send.emit(Message::Second);
    };
    tick();
    let second = Closure::<dyn FnMut()>::new(tick);
    super::window()?
        .set_interval_with_callback_and_timeout_and_arguments_0(second.as_ref().unchecked_ref(), 1000)?;
    second.forget();
    Ok(())
}

/// The time of day where the computer stands: `2026-11-28 14:32`.
fn minute() -> String {
    let now = js_sys::Date::new_0();
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}",
        now.get_full_year(),
        now.get_month() + 1,
        now.get_date(),
        now.get_hours(),
        now.get_minutes()
    )
}

/// Asks before the page is left while `unsaved` is set.
pub(super) fn leaving(unsaved: Rc<Cell<bool>>) -> Result<(), JsValue> {
    on(super::window()?.as_ref(), "beforeunload", move |event: BeforeUnloadEvent| {
        if unsaved.get() {
            event.prevent_default();
            // The words are the browser's own; older ones need a value.
            event.set_return_value("1");
        }
    })
}

/// Listens for as long as the page lives.
pub(super) fn on<E: FromWasmAbi + 'static>(
    target: &EventTarget,
    name: &str,
    mut react: impl FnMut(E) + 'static,
) -> Result<(), JsValue> {
    let listener = Closure::<dyn FnMut(E)>::new(move |event: E| react(event));
    target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref())?;
    listener.forget();
    Ok(())
}
