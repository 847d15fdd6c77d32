//! Several submissions of one city and period side by side, and the word which of them counts.

use std::collections::BTreeSet;

use yew::prelude::*;

use super::pressed;
use crate::app::Shared;
use crate::app::components::{Glyph, Icon};
use crate::app::file::File;
use crate::app::host::use_page;
use crate::app::state::Command;
use crate::app::text;
use crate::worker::protocol::{Comparison, FileId};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub files: Vec<Shared<File>>,
    pub preferred: BTreeSet<FileId>,
    pub city: String,
    pub period: String,
    pub comparison: Shared<Comparison>,
}

/// The submissions with what differs marked.
#[component]
pub fn Conflict(Props { files, preferred, city, period, comparison }: &Props) -> Html {
    let page = use_page();
    let name = |id: &FileId| {
        files.iter().find(|file| file.id == *id).map(|file| text::shown(&file.name)).unwrap_or_default()
    };
    let span = comparison.captions.len().to_string();
    html! {
        <section class="conflict" data-role="conflict">
            <div class="section-head">
                <h2>{ text::comparison(city, period, comparison.files.len()) }</h2>
                <button type="button" class="icon-button" aria-label={text::CLOSE}
                    onclick={page.on(Command::Compare(None))}><Icon glyph={Glyph::Close} /></button>
            </div>
            <p class="fine">{ text::COMPARE_LEAD }</p>
            <div class="board-scroll" role="group" tabindex="0"
                aria-label={text::comparison(city, period, comparison.files.len())}>
                <table class="yearbook compact">
                    <thead>
                        <tr>
                            <th scope="col" rowspan="2">{ text::INDICATOR }</th>
                            { for comparison.files.iter().map(|id| html! {
                                <th scope="colgroup" colspan={span.clone()} class="group-head">
                                    { name(id) }
                                    <button type="button" class="button" data-role="decide"
                                        aria-pressed={pressed(preferred.contains(id))} title={text::PREFER_MEANS}
                                        onclick={page.on(Command::Prefer(*id))}>
                                        { if preferred.contains(id) { text::PREFERRED } else { text::PREFER } }
                                    </button>
                                </th>
                            }) }
                        </tr>
                        <tr>
                            { for comparison.files.iter().flat_map(|_| comparison.captions.iter().enumerate()).map(
                                |(at, caption)| html! {
                                    <th scope="col" class={classes!((at == 0).then_some("first"))}>{ caption }</th>
                                },
                            ) }
                        </tr>
                    </thead>
                    <tbody>
                        { for comparison.rows.iter().map(|(label, said)| html! {
                            <tr>
                                <th scope="row">{ label }</th>
                                { for said.iter().flat_map(|own| own.iter().enumerate()).map(|(at, shown)| {
                                    let differs = said.iter().any(|other| other.get(at) != Some(shown));
                                    let first = (at == 0).then_some("first");
                                    html! {
                                        <td class={classes!(first, differs.then_some("differs"))}>
                                            { shown }
                                            if differs { <span class="differs-mark">{ text::DIFFERS }</span> }
                                        </td>
                                    }
                                }) }
                            </tr>
                        }) }
                    </tbody>
                </table>
            </div>
        </section>
    }
}
