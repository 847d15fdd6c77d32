//! The edges between the sheet and the panels beside it, to be dragged, and what a folded panel leaves.

use yew::prelude::*;

use crate::app::Message;
use crate::app::components::{Glyph, Icon};
use crate::app::host::{Page, use_page};
use crate::app::state::{Arrange, Command, Panels, Side};
use crate::app::text;

/// A key makes a panel wider by so much.
const STEP: f64 = 16.0;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub panels: Panels,
}

/// Both edges.
#[component]
pub fn Edges(Props { panels }: &Props) -> Html {
    let page = use_page();
    html! {
        <>
            { edge(&page, panels, Side::Files) }
            { edge(&page, panels, Side::Findings) }
            if panels.is_held() {
                // Over everything, so that the mouse is heard wherever it goes.
                <div class="drag-veil" onmousemove={dragged(&page)}
                    onmouseup={page.on(Command::Arrange(Arrange::LetGo))}></div>
            }
        </>
    }
}

fn edge(page: &Page, panels: &Panels, side: Side) -> Html {
    let fold = page.on(Command::Arrange(Arrange::Fold(side)));
    let (name, class) = text::side(side);
    if panels.is_folded(side) {
        return html! {
            <button type="button" class={classes!("folded-panel", class)} data-role={format!("unfold-{class}")}
                title={text::unfold(name)} aria-expanded="false" onclick={fold}>
                <Icon glyph={if side == Side::Files { Glyph::Right } else { Glyph::Left }} />
                <span>{ name }</span>
            </button>
        };
    }
    let onmousedown = {
        let send = page.send.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            let x = f64::from(event.client_x());
            send.emit(Message::User(Command::Arrange(Arrange::Grab(side, x))));
        })
    };
    let onkeydown = {
        let send = page.send.clone();
        Callback::from(move |event: KeyboardEvent| {
            let outward = if side == Side::Files { STEP } else { -STEP };
            let what = match event.key().as_str() {
                "ArrowRight" => Arrange::Widen(side, outward),
                "ArrowLeft" => Arrange::Widen(side, -outward),
                "Enter" => Arrange::Fold(side),
                _ => return,
            };
            event.prevent_default();
            send.emit(Message::User(Command::Arrange(what)));
        })
    };
    html! {
        <div class={classes!("edge", class)} role="separator" aria-orientation="vertical" tabindex="0"
            data-role={format!("edge-{class}")} aria-label={text::edge(name)} title={text::edge(name)}
            {onmousedown} {onkeydown} ondblclick={fold}></div>
    }
}

fn dragged(page: &Page) -> Callback<MouseEvent> {
    let send = page.send.clone();
    Callback::from(move |event: MouseEvent| {
        // The button may have been let go outside the window.
        let what = if event.buttons() & 1 == 0 {
            Arrange::LetGo
        } else {
            Arrange::Drag(f64::from(event.client_x()))
        };
        send.emit(Message::User(Command::Arrange(what)));
    })
}
