//! The bar over the sheet in which a text is looked for.

use yew::prelude::*;

use crate::app::components::{Glyph, Icon};
use crate::app::host::use_page;
use crate::app::keys::OF_INPUT_METHOD;
use crate::app::state::{Command, FIND, Find, Message};
use crate::app::text;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub find: Find,
    pub cursor: (u32, u32),
}

/// Ctrl+F: the text, how many cells show it, and the way from one to the next.
#[component]
pub fn FindBar(Props { find, cursor }: &Props) -> Html {
    let page = use_page();
    let none = find.cells.is_empty();
    let oninput = {
        let page = page.clone();
        Callback::from(move |event: InputEvent| {
            page.send.emit(Message::User(Command::Seek(page.host.0.value(&event))))
        })
    };
    let onkeydown = {
        let send = page.send.clone();
        Callback::from(move |event: KeyboardEvent| {
            let what = match event.key().as_str() {
                "Enter" => Command::SeekOn(event.shift_key()),
                "Escape" => Command::StopSeeking,
                _ => return,
            };
            // The keys that end a composition are the input method's.
            if !event.is_composing() && event.key_code() != OF_INPUT_METHOD {
                event.prevent_default();
                event.stop_propagation();
                send.emit(Message::User(what));
            }
        })
    };
    let tool = |role: &'static str, name: &'static str, key: &'static str, glyph: Glyph, what: Command| {
        html! {
            <button type="button" class="icon-button" data-role={role} aria-label={name}
                title={format!("{name}（{key}）")} disabled={none && what != Command::StopSeeking}
                onclick={page.on(what)}>
                <Icon glyph={glyph} />
            </button>
        }
    };
    html! {
        <div class="find-bar" role="search" data-role="find-bar">
            <input type="search" id={FIND} data-role="find" aria-label={text::FIND_IN_SHEET}
                placeholder={text::FIND_IN_SHEET} autocomplete="off" spellcheck="false" value={find.wanted.clone()}
                {oninput} {onkeydown} />
            <span class="count" data-role="find-count">{ text::found(find, *cursor) }</span>
            { tool("find-previous", text::PREVIOUS, "Shift+Enter", Glyph::Up, Command::SeekOn(true)) }
            { tool("find-next", text::NEXT, "Enter", Glyph::Down, Command::SeekOn(false)) }
            { tool("find-close", text::CLOSE, "Esc", Glyph::Close, Command::StopSeeking) }
        </div>
    }
}
