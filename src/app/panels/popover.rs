//! What is to be said of one cell, beside it.

use yew::prelude::*;

use super::findings::Proposal;
use crate::app::components::{Actions, Glyph, Icon, TierMark};
use crate::app::host::use_page;
use crate::app::state::Command;
use crate::app::text;
use crate::worker::protocol::Finding;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// At least one; the first is shown in full.
    pub findings: Vec<Finding>,
    pub style: String,
    pub above: bool,
}

/// What is to be said of the cell under the cursor.
#[component]
pub fn Popover(Props { findings, style, above }: &Props) -> Html {
    let page = use_page();
    let Some(finding) = findings.first() else { return Html::default() };
    let rest = findings.get(1..).unwrap_or_default();
    html! {
        <div class={classes!("popover", above.then_some("above"), text::tier_class(finding.tier))}
            style={style.clone()} role="group" aria-label={text::tier(finding.tier)} data-role="popover">
            <div class="card-head">
                <TierMark tier={finding.tier} />
                <span class="chip still">{ finding.address.clone().unwrap_or_default() }</span>
                <span class="code">{ &finding.code }</span>
                <button type="button" class="icon-button" aria-label={text::CLOSE} title="Esc"
                    onclick={page.on(Command::HidePopover)}>
                    <Icon glyph={Glyph::Close} />
                </button>
            </div>
            <p class="message">{ &finding.message }</p>
            if let Some(answer) = &finding.answer {
                <p class="answer"><span class="mark said">{ text::SAID }</span>{ text::shown(answer) }</p>
            } else {
                <Proposal finding={finding.clone()} />
            }
            if !finding.why.is_empty() { <p class="why">{ &finding.why }</p> }
            <Actions finding={finding.clone()} prominent={true} />
            if !rest.is_empty() {
                <div class="rest">
                    <p>{ text::more_at_cell(rest.len()) }</p>
                    <ul>
                        { for rest.iter().map(|other| html! {
                            <li key={other.id}><TierMark tier={other.tier} />{ &other.message }</li>
                        }) }
                    </ul>
                </div>
            }
        </div>
    }
}
