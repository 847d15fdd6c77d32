//! The first screen: what this is for, how to begin, and what is checked against.

use yew::prelude::*;

use super::kept;
use super::rules::BreakdownTable;
use crate::app::Shared;
use crate::app::host::use_page;
use crate::app::machine::Machine;
use crate::app::state::{Card, Command, OnShelf, Release, SELF_CHECK};
use crate::app::text;
use crate::worker::protocol::Hello;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub hello: Option<Shared<Hello>>,
    pub shelf: OnShelf,
    pub release: Release,
    pub machine: Machine,
}

/// The first screen, while there is no file.
#[component]
pub fn Start(Props { hello, shelf, release, machine }: &Props) -> Html {
    let page = use_page();
    html! {
        <main class="start" data-role="start">
            <section class="start-left">
                <h2>{ text::START_TITLE }</h2>
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
                // Below the buttons: it comes a moment later, and no button goes from under the mouse.
                { kept::left(&page, shelf) }
                <ol class="start-steps">
                    { for text::START_STEPS.iter().map(|(name, says)| html! {
                        <li><h3>{ *name }</h3><p>{ *says }</p></li>
                    }) }
                </ol>
                <p class="fine">{ text::START_PRIVATE }</p>
                <details class="self-check" data-role="self-check">
                    <summary>{ text::SELF_CHECK }</summary>
                    <p class="fine">{ text::SELF_CHECK_WHY }</p>
                    <textarea id={SELF_CHECK} readonly=true rows="11" spellcheck="false" aria-label={text::SELF_CHECK}
                        value={checked(machine, release, hello.as_deref())} />
                    <button type="button" class="button" data-role="copy-self-check"
                        onclick={page.on(Command::CopySelfCheck)}>
                        { text::COPY }
                    </button>
                </details>
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

/// A line each, as it is copied.
fn checked(machine: &Machine, release: &Release, hello: Option<&Hello>) -> String {
    let lines = machine.checked(&release.version, &release.build, hello);
    let lines = lines.into_iter().map(|(what, how)| format!("{what}：{}\n", text::shown(&how)));
    std::iter::once(format!("{}{}\n", text::NAME, text::SELF_CHECK)).chain(lines).collect()
}
