//! What the page asks of the browser. Implemented once, in `browser`; in native tests by a host that does nothing.

use std::rc::Rc;

use yew::prelude::*;

use super::state::{Clipboard, Command};
use super::{Effect, Message};

/// Carries out what the page cannot do itself, and tells it what happens outside.
pub trait Host {
    /// Where the host reports what happens outside. Called once, before any effect.
    fn connect(&self, send: Callback<Message>);
    /// Called once, when the page stands: the host begins to listen.
    fn mounted(&self);
    /// Carries out one effect.
    fn run(&self, effect: Effect);
    /// Called after every drawing: reports the sheet's viewport where it is another now.
    fn rendered(&self);
    /// The text in the field that an event came from.
    fn value(&self, event: &Event) -> String;
    /// Answers a copy or a cut: these go on the clipboard.
    fn put_on_clipboard(&self, event: &Event, copied: &Clipboard);
    /// Takes a paste over: what is on the clipboard.
    fn on_clipboard(&self, event: &Event) -> Clipboard;
}

/// A host as a property of components.
#[derive(Clone)]
pub struct HostHandle(pub Rc<dyn Host>);

impl PartialEq for HostHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// What every component may use: where messages go, and the host.
#[derive(Clone, PartialEq)]
pub struct Page {
    pub send: Callback<Message>,
    pub host: HostHandle,
}

impl Page {
    /// A handler of an event: the user does this.
    pub fn on<E>(&self, command: Command) -> Callback<E> {
        let send = self.send.clone();
        Callback::from(move |_| send.emit(Message::User(command.clone())))
    }
}

/// Where messages go and the host, from the page that the component stands in.
#[hook]
pub fn use_page() -> Page {
    use_context::<Page>()
        .unwrap_or_else(|| Page { send: Callback::noop(), host: HostHandle(Rc::new(Nobody)) })
}

/// The host of a component that stands alone.
struct Nobody;

impl Host for Nobody {
    fn connect(&self, _: Callback<Message>) {}

    fn mounted(&self) {}

    fn run(&self, _: Effect) {}

    fn rendered(&self) {}

    fn value(&self, _: &Event) -> String {
        String::new()
    }

    fn put_on_clipboard(&self, _: &Event, _: &Clipboard) {}

    fn on_clipboard(&self, _: &Event) -> Clipboard {
        Clipboard::default()
    }
}
