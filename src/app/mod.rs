//! The page: one pure reducer, the words, and the components that draw what the reducer holds.
//!
//! Sees the protocol's plain data only: no core, no file bytes, and no browser call. What must be done outside is an
//! [`Effect`]; a [`Host`] carries it out.

mod board;
mod components;
mod copied;
mod file;
mod findings;
mod geometry;
mod help;
mod host;
mod keys;
mod machine;
mod panels;
mod paper;
mod rail;
mod root;
mod shared;
mod state;
mod text;

pub use host::{Host, HostHandle};
pub use keys::{KeyPress, OF_INPUT_METHOD, Shortcut, shortcut};
pub use machine::Machine;
pub use root::{App, Props as AppProps};
pub use shared::Shared;
pub use state::{
    CARD, Clipboard, Command, Display, Effect, Guard, Message, Picked, Release, SHEET, Shelf, ShelfSays,
    Viewport,
};
pub use text::page_broke;
// What a host needs of the framework.
pub use yew::Callback;
#[cfg(target_arch = "wasm32")]
pub use yew::Renderer;
