//! The first screen: what this is for, how to begin, and what is checked against.

use yew::prelude::*;

use super::kept;
use super::rules::BreakdownTable;
use crate::app::Shared;
use crate::app::host::use_page;
use crate::app::state::{Card, Command, OnShelf};
use crate::app::text;
use crate::worker::protocol::Hello;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub hello: Option<Shared<Hello>>,
    pub shelf: OnShelf,
}

/// The first screen, while there is no file.
#[component]
pub fn Start(Props { hello, shelf }: &Props) -> Html {
    let page = use_page();
    html! {
        <main class="start" data-role="start">
            <section class="start-left">
                <h2>{ text::START_TITLE }</h2>
                { kept::left(&page, shelf) }
                <div class="drop">
                    <p class="lead">{ text::start_lead() }</p>
                    <div class="start-buttons">
                        <button type="button" class="button primary large" data-role="choose" title="Ctrl+O"
                            onclick={page.on(Command::Choose)}>
                            { text::CHOOSE }
                        </button>
                        <button type="button" class="button large" data-role="demo" onclick={page.on(Command::Demo)}>
                            { text::DEMO }
                        </button>
                    </div>
                    <p class="fine">{ text::START_FORMATS }</p>
                    <button type="button" class="button quiet" data-role="restore-progress"
                        title={text::RESTORE_PROGRESS_WHY} onclick={page.on(Command::Choose)}>
                        { text::RESTORE_PROGRESS }
                    </button>
                    <button type="button" class="button quiet" data-role="kept"
                        onclick={page.on(Command::Open(Card::Kept))}>
                        { text::SHELF }
                    </button>
                </div>
                <ol class="start-steps">
                    { for text::START_STEPS.iter().map(|(name, says)| html! {
                        <li><h3>{ *name }</h3><p>{ *says }</p></li>
                    }) }
                </ol>
                <p class="fine">{ text::START_PRIVATE }</p>
            </section>
            <section class="start-right">
                { match hello {
                    Some(hello) => html! { <BreakdownTable hello={hello.clone()} /> },
                    None => html! { <p class="fine">{ text::STARTING }</p> },
                } }
            </section>
        </main>
    }
}
