//! 整改对账: what has become of earlier findings, in three groups.

use yew::prelude::*;

use crate::app::Shared;
use crate::app::components::{Glyph, Icon};
use crate::app::file::File;
use crate::app::host::use_page;
use crate::app::state::Command;
use crate::app::text;
use crate::worker::protocol::{Noted, Since};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub file: Shared<File>,
}

/// 整改对账: what of an earlier list was corrected, what was left and what is new.
#[component]
pub fn Reconciliation(Props { file }: &Props) -> Html {
    let unfolded = use_state(|| false);
    let Some(since) = file.audit.as_ref().and_then(|audit| audit.since.as_ref()) else {
        return Html::default();
    };
    let toggle = {
        let unfolded = unfolded.clone();
        Callback::from(move |_: MouseEvent| unfolded.set(!*unfolded))
    };
    let counts = [
        (text::CHANGED, "fixed", since.fixed.len()),
        (text::LEFT, "left", since.left.len()),
        (text::NEW, "new", since.new.len()),
    ];
    html! {
        <section class="since" data-role="since" aria-label={text::SINCE}>
            <button type="button" class="fold" data-role="since-toggle"
                aria-expanded={if *unfolded { "true" } else { "false" }} onclick={toggle}>
                <Icon glyph={if *unfolded { Glyph::Fold } else { Glyph::Unfold }} />
                <b>{ text::SINCE }</b>
                { for counts.iter().map(|(name, role, count)| html! {
                    <span class={classes!("since-count", *role)} data-role={format!("since-{role}")}>
                        { *name }{ " " }<b>{ *count }</b>
                    </span>
                }) }
            </button>
            if *unfolded {
                <p class="fine">{ text::compared_with(&since.source) }</p>
                <Groups file={file.clone()} />
            }
        </section>
    }
}

#[component]
fn Groups(Props { file }: &Props) -> Html {
    let Some(since) = file.audit.as_ref().and_then(|audit| audit.since.as_ref()) else {
        return Html::default();
    };
    let Since { fixed, left, new, .. } = since;
    let new = new.iter().filter_map(|id| file.finding(*id));
    html! {
        <>
            if !fixed.is_empty() {
                <h3>{ text::CHANGED }</h3>
                <ul>{ for fixed.iter().map(|noted| html! { <li><s>{ line(noted) }</s></li> }) }</ul>
            }
            if !left.is_empty() {
                <h3>{ text::LEFT }</h3>
                <ul>{ for left.iter().map(|(noted, id)| html! { <li><Link id={*id} text={line(noted)} /></li> }) }</ul>
            }
            if !since.new.is_empty() {
                <h3>{ text::NEW }</h3>
                <ul>{ for new.map(|finding| {
                    let address = finding.address.as_deref().unwrap_or_default();
                    let text = format!("{} {address} {}", finding.code, finding.message);
                    html! { <li><Link id={finding.id} {text} /></li> }
                }) }</ul>
            }
        </>
    }
}

fn line(noted: &Noted) -> String {
    format!("{} {} {}", noted.code, noted.address.as_deref().unwrap_or_default(), noted.message)
}

#[derive(Properties, PartialEq)]
struct LinkProps {
    id: u32,
    text: String,
}

#[component]
fn Link(LinkProps { id, text }: &LinkProps) -> Html {
    let page = use_page();
    html! { <button type="button" class="card-main" onclick={page.on(Command::Finding(*id))}>{ text }</button> }
}
