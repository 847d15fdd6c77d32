//! What lies over the page: keys, about, the certificate of a saved copy. The page behind it stays in use.

use yew::prelude::*;

use crate::app::Shared;
use crate::app::components::{Glyph, Icon};
use crate::app::file::File;
use crate::app::host::use_page;
use crate::app::state::{CARD, Card, Do, Message, Shell};
use crate::app::text;
use crate::worker::protocol::Certificate;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub card: Option<Card>,
    pub shell: Shell,
    pub files: Vec<Shared<File>>,
}

#[component]
pub fn Overlay(Props { card, shell, files }: &Props) -> Html {
    let page = use_page();
    let Some(card) = card else { return Html::default() };
    let (title, role, body) = match card {
        Card::Keys => (text::KEYS, "keys", keys()),
        Card::About => (text::OFFLINE, "about", about(shell)),
        Card::Certificate(id) => {
            let Some(saved) = files.iter().find(|file| file.id == *id).and_then(|file| file.certificate.clone()) else {
                return Html::default();
            };
            (text::CERTIFICATE, "certificate", certificate(&saved.0, &saved.1))
        }
    };
    html! {
        <section class={classes!("overlay", role)} role="dialog" aria-label={title} id={CARD} tabindex="-1" data-role={role}>
            <div class="overlay-head">
                <h2>{ title }</h2>
                <button type="button" class="icon-button" aria-label={text::CLOSE} title="Esc" onclick={page.on(Message::User(Do::CloseCard))}><Icon glyph={Glyph::Close} /></button>
            </div>
            <div class="overlay-body">{ body }</div>
            <div class="overlay-foot"><button type="button" class="button primary" onclick={page.on(Message::User(Do::CloseCard))}>{ text::GOT_IT }</button></div>
        </section>
    }
}

fn keys() -> Html {
    html! {
        <dl class="keys-list">
            { for text::KEY_LIST.iter().map(|(key, does)| html! { <><dt><kbd>{ *key }</kbd></dt><dd>{ *does }</dd></> }) }
        </dl>
    }
}

fn about(shell: &Shell) -> Html {
    html! {
        <>
            <p>{ text::OFFLINE_WHY }</p>
            <dl class="facts">
                <dt>{ text::VERSION }</dt><dd>{ &shell.version }</dd>
                <dt>{ text::BUILD }</dt><dd class="mono">{ &shell.build }</dd>
            </dl>
        </>
    }
}

fn certificate(name: &str, proven: &Certificate) -> Html {
    html! {
        <>
            <p class="headline">{ text::downloaded(name) }{ text::saved_line(proven.cells.len(), proven.identical_parts) }</p>
            if proven.explained > 0 { <p data-role="explained">{ text::explained_in_record(proven.explained) }</p> }
            if !proven.losses.is_empty() {
                <p>{ text::LOSSES }</p>
                <ul>{ for proven.losses.iter().map(|loss| html! { <li>{ loss }</li> }) }</ul>
            }
            <table class="yearbook compact">
                <thead><tr>
                    <th scope="col">{ text::CELL }</th><th scope="col">{ text::BEFORE }</th><th scope="col">{ text::AFTER }</th><th scope="col">{ text::BASIS }</th>
                </tr></thead>
                <tbody>
                    { for proven.cells.iter().map(|cell| html! {
                        <tr>
                            <td class="mono" title={cell.sheet.clone()}>{ &cell.address }</td>
                            <td><s>{ if cell.before.is_empty() { text::BLANK } else { cell.before.as_str() } }</s></td>
                            <td>{ if cell.after.is_empty() { text::BLANK } else { cell.after.as_str() } }</td>
                            <td class="mono">{ &cell.rule }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
            if !proven.changed_parts.is_empty() { <p class="fine">{ text::changed_parts(&proven.changed_parts) }</p> }
            <dl class="facts">
                <dt>{ text::ORIGINAL_HASH }</dt><dd class="mono">{ &proven.original_sha256 }</dd>
                <dt>{ text::RESULT_HASH }</dt><dd class="mono">{ &proven.result_sha256 }</dd>
            </dl>
        </>
    }
}
