//! The page's host: starts the page and carries out its effects.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::{
    Element, Event, FocusOptions, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement,
    ResizeObserver, ScrollIntoViewOptions, ScrollLogicalPosition,
};

use super::engine::Engine;
use super::files::{self, Files};
use super::shelf::Cupboard;
use super::{boot, clipboard, download, drag, element, listen, panic};
use crate::app::{
    App, AppProps, CARD, Callback, Clipboard, Display, Effect, Guard, Host, HostHandle, Machine, Message,
    Picked, Renderer, SHEET, Viewport,
};

const DISPLAY: &str = "companion.display";

/// Mounts the page into `#app`. An error is thrown to the first script, which shows it.
pub fn start() {
    panic::hook();
    let Some(root) = element("app") else { wasm_bindgen::throw_str("no #app") };
    Renderer::<App>::with_root_and_props(root, AppProps { host: HostHandle(Rc::new(WebHost::default())) })
        .render();
}

#[derive(Default)]
struct WebHost {
    send: RefCell<Option<Callback<Message>>>,
    files: Rc<RefCell<Files>>,
    engine: RefCell<Option<Engine>>,
    input: RefCell<Option<HtmlInputElement>>,
    breakdown_input: RefCell<Option<HtmlInputElement>>,
    shelf: Cupboard,
    unsaved: Rc<Cell<bool>>,
    viewport: Rc<Cell<Viewport>>,
    sizes: RefCell<Option<ResizeObserver>>,
    /// The sheet whose size is watched: it is another element after the page has shown something else.
    watched: RefCell<Option<Element>>,
    /// What had the focus before a card took it.
    before_card: RefCell<Option<HtmlElement>>,
}

impl WebHost {
    fn send(&self) -> Callback<Message> {
        self.send.borrow().clone().unwrap_or_else(Callback::noop)
    }

    /// Keeps what has the focus, where that is not the card itself.
    fn remember_focus(&self) -> Result<(), JsValue> {
        let active = super::document()?.active_element();
        let inside =
            element(CARD).is_some_and(|card| active.as_ref().is_some_and(|own| card.contains(Some(own))));
        if !inside {
            self.before_card.replace(active.and_then(|own| own.dyn_into().ok()));
        }
        Ok(())
    }

    /// Listens to the page and marks the document as ready.
    fn begin(&self) -> Result<(), JsValue> {
        let release = boot::release()?;
        let send = self.send();
        listen::keys(send.clone())?;
        listen::seconds(send.clone())?;
        listen::pastes(send.clone())?;
        drag::beyond_the_edge(send.clone())?;
        listen::drops(Rc::clone(&self.files), send.clone())?;
        listen::leaving(Rc::clone(&self.unsaved))?;
        let (viewport, scrolled) = (Rc::clone(&self.viewport), send.clone());
        listen::scrolling(move || report(&viewport, &scrolled))?;
        let (viewport, resized) = (Rc::clone(&self.viewport), send.clone());
        let on_size = Closure::<dyn FnMut()>::new(move || report(&viewport, &resized));
        self.sizes.replace(Some(ResizeObserver::new(on_size.as_ref().unchecked_ref())?));
        on_size.forget();
        let chosen = send.clone();
        let input = file_input("file-input", Rc::clone(&self.files), move |picked, coming| {
            listen::chosen(&chosen, picked, coming)
        })?;
        input.set_multiple(true);
        self.input.replace(Some(input));
        let chosen = send.clone();
        let one = move |picked: Vec<Picked>, _| {
            picked.into_iter().for_each(|file| chosen.emit(Message::BreakdownChosen(file)))
        };
        self.breakdown_input.replace(Some(file_input("breakdown-input", Rc::clone(&self.files), one)?));
        send.emit(Message::Started(release, remembered()));
        send.emit(Message::Machine(machine()?));
        self.shelf.begin(&send);
        let root = super::document()?.document_element().ok_or_else(|| JsValue::from_str("no root"))?;
        root.set_attribute("data-state", "ready")
    }

    fn carry_out(&self, effect: Effect) -> Result<(), JsValue> {
        match effect {
            Effect::StartEngine => {
                // The old one is ended first.
                self.engine.replace(None);
                let engine = Engine::start(&self.send());
                match engine {
                    Ok(engine) => {
                        self.engine.replace(Some(engine));
                    }
                    Err(error) => self.send().emit(Message::Broke(super::words(&error))),
                }
            }
            Effect::Send(envelope) => {
                let engine = self.engine.borrow();
                let Some(engine) = engine.as_ref() else { return Ok(()) };
                let files = self.files.borrow();
                let bytes = envelope.body.carries().iter().map(|file| files.bytes(*file));
                engine.send(&envelope, bytes)?;
            }
            Effect::Read(file) => files::read(&self.files, file, &self.send()),
            Effect::Keep(documents) => {
                let picked = self.files.borrow_mut().keep(documents);
                self.send().emit(Message::Chosen(picked));
            }
            Effect::Return(progress, documents) => {
                let picked = self.files.borrow_mut().keep(documents);
                self.send().emit(Message::Returned(progress, picked));
            }
            Effect::Shelf(what) => self.shelf.carry_out(what, &self.files, &self.send()),
            Effect::Release(file) => self.files.borrow_mut().release(file),
            Effect::Choose => {
                if let Some(input) = self.input.borrow().as_ref() {
                    input.click();
                }
            }
            Effect::ChooseBreakdown => {
                if let Some(input) = self.breakdown_input.borrow().as_ref() {
                    input.click();
                }
            }
            Effect::Download(document) => download::download(&document)?,
            Effect::Print => super::window()?.print()?,
            Effect::ScrollTo { left, top } => {
                if let Some(sheet) = element(SHEET) {
                    sheet.set_scroll_left(pixels(left));
                    sheet.set_scroll_top(pixels(top));
                }
            }
            Effect::Copy(id) => self.send().emit(Message::Copied(clipboard::copy(id))),
            Effect::Focus(id) => {
                if id == CARD {
                    self.remember_focus()?;
                }
                focus(id)?;
            }
            Effect::FocusBack(id) => match self.before_card.take().filter(|element| element.is_connected()) {
                Some(element) => element.focus()?,
                None => focus(id)?,
            },
            Effect::Refocus(id) => {
                if focus_is_lost()? {
                    focus(&id)?;
                }
            }
            Effect::FocusAlong(id) => {
                if is_on_other_card(&id)? {
                    focus(&id)?;
                }
            }
            Effect::Reveal(id) => {
                reveal(&id);
            }
            Effect::NextArea(areas) => next_area(areas)?,
            Effect::Guard(guard) => self.unsaved.set(guard == Guard::On),
            Effect::Display(display) => show(display)?,
        }
        Ok(())
    }
}

impl Host for WebHost {
    fn connect(&self, send: Callback<Message>) {
        self.send.replace(Some(send));
    }

    fn run(&self, effect: Effect) {
        if let Err(error) = self.carry_out(effect) {
            web_sys::console::error_1(&error);
            self.send().emit(Message::Refused(super::words(&error)));
        }
    }

    fn mounted(&self) {
        if let Err(error) = self.begin() {
            // The first script shows it: the document is not ready yet.
            wasm_bindgen::throw_val(error);
        }
    }

    fn rendered(&self) {
        let sheet = element(SHEET);
        if sheet != *self.watched.borrow() {
            if let Some(sizes) = self.sizes.borrow().as_ref() {
                sizes.disconnect();
                if let Some(sheet) = &sheet {
                    sizes.observe(sheet);
                }
            }
            self.watched.replace(sheet);
        }
        report(&self.viewport, &self.send());
    }

    fn value(&self, event: &Event) -> String {
        let Some(target) = event.target() else { return String::new() };
        let area = target.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value);
        area.or_else(|| Some(target.dyn_ref::<HtmlSelectElement>()?.value()))
            .or_else(|| Some(target.dyn_ref::<HtmlInputElement>()?.value()))
            .unwrap_or_default()
    }

    fn put_on_clipboard(&self, event: &Event, copied: &Clipboard) {
        if let Err(error) = clipboard::put(event, copied) {
            self.send().emit(Message::Refused(super::words(&error)));
        }
    }

    fn on_clipboard(&self, event: &Event) -> Clipboard {
        clipboard::take(event)
    }
}

/// Reports what of the sheet is on the screen, where it is another than last time.
fn report(last: &Cell<Viewport>, send: &Callback<Message>) {
    let Some(sheet) = element(SHEET) else { return };
    let now = Viewport {
        left: f64::from(sheet.scroll_left()),
        top: f64::from(sheet.scroll_top()),
        width: f64::from(sheet.client_width()),
        height: f64::from(sheet.client_height()),
    };
    if last.replace(now) != now {
        send.emit(Message::Scrolled(now));
    }
}

/// A file dialog. Without `accept`: a list of endings would hide files that can be read.
fn file_input(
    role: &str,
    files: Rc<RefCell<Files>>,
    chosen: impl Fn(Vec<Picked>, usize) + Clone + 'static,
) -> Result<HtmlInputElement, JsValue> {
    let document = super::document()?;
    let input: HtmlInputElement = document.create_element("input")?.unchecked_into();
    input.set_type("file");
    input.set_hidden(true);
    input.set_attribute("data-role", role)?;
    let field = input.clone();
    listen::on(&input, "change", move |_: Event| {
        let list = files::listed(field.files());
        // So that the same file can be chosen again.
        field.set_value("");
        if !list.is_empty() {
            files::take_in(Rc::clone(&files), list, chosen.clone());
        }
    })?;
    document.body().ok_or_else(|| JsValue::from_str("no body"))?.append_child(&input)?;
    Ok(input)
}

fn focus(id: &str) -> Result<(), JsValue> {
    let Some(target) = element(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) else {
        return Ok(());
    };
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    target.focus_with_options(&options)
}

fn reveal(id: &str) {
    if let Some(element) = element(id) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Nothing has the focus, or a button that has been switched off since.
fn focus_is_lost() -> Result<bool, JsValue> {
    let active = super::document()?.active_element();
    Ok(active.is_none_or(|active| active.tag_name() == "BODY" || active.has_attribute("disabled")))
}

/// Whether a card of the findings has the focus, but not the one that holds this element.
fn is_on_other_card(id: &str) -> Result<bool, JsValue> {
    let Some(active) = super::document()?.active_element() else { return Ok(false) };
    // What is being written is not taken from the hand.
    let Some(card) = active.closest("button")?.map(|own| own.closest(".card")).transpose()?.flatten() else {
        return Ok(false);
    };
    Ok(element(id).is_some_and(|target| !card.contains(Some(&target))))
}

fn next_area(areas: &[&'static str]) -> Result<(), JsValue> {
    let active = super::document()?.active_element();
    let holds = |id: &&'static str| {
        element(id).is_some_and(|area| active.as_ref().is_some_and(|active| area.contains(Some(active))))
    };
    let at = areas.iter().position(holds).map_or(0, |at| at + 1);
    let next = areas.iter().cycle().skip(at).take(areas.len()).find(|id| element(id).is_some());
    let Some(id) = next else { return Ok(()) };
    focus(id)?;
    // On a small screen the areas stand one below the other.
    reveal(id);
    Ok(())
}

fn show(display: Display) -> Result<(), JsValue> {
    let Some(root) = super::document()?.document_element() else { return Ok(()) };
    root.set_attribute("data-type", if display.large { "large" } else { "usual" })?;
    root.set_attribute("data-contrast", if display.contrast { "high" } else { "usual" })?;
    root.set_attribute("data-theme", if display.dark { "dark" } else { "light" })?;
    let words = [("large", display.large), ("contrast", display.contrast), ("dark", display.dark)];
    let on: Vec<&str> = words.into_iter().filter_map(|(word, on)| on.then_some(word)).collect();
    // A browser that forbids storage shows the page all the same.
    if let Ok(Some(storage)) = super::window()?.local_storage() {
        storage.set_item(DISPLAY, &on.join(" ")).ok();
    }
    Ok(())
}

/// What the browser says of itself; nothing is tried out that would leave a trace.
fn machine() -> Result<Machine, JsValue> {
    let (window, document) = (super::window()?, super::document()?);
    let navigator = window.navigator();
    let says = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let anchor = document.create_element("a")?;
    Ok(Machine {
        agent: navigator.user_agent()?,
        cores: says(&navigator, "hardwareConcurrency").and_then(|cores| cores.as_f64()).map_or(1, whole),
        memory: says(&navigator, "deviceMemory").and_then(|memory| memory.as_f64()),
        download: says(&anchor, "download").is_some_and(|name| name.is_string()),
        storage: window.local_storage().ok().flatten().is_some(),
        closed: document.query_selector("meta[http-equiv=Content-Security-Policy]")?.is_some(),
    })
}

fn remembered() -> Display {
    let storage = super::window().ok().and_then(|window| window.local_storage().ok().flatten());
    let words = storage.and_then(|storage| storage.get_item(DISPLAY).ok().flatten()).unwrap_or_default();
    let has = |wanted: &str| words.split(' ').any(|word| word == wanted);
    Display { large: has("large"), contrast: has("contrast"), dark: has("dark") }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of processors")]
fn whole(count: f64) -> u32 {
    count as u32
}

#[expect(clippy::cast_possible_truncation, reason = "a sheet is at most 16 million pixels high")]
fn pixels(offset: f64) -> i32 {
    offset.round() as i32
}
