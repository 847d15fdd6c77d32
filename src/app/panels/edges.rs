//! The edges between the sheet and the panels beside it, to be dragged, and what a folded panel leaves.

use yew::prelude::*;

use crate::app::Message;
use crate::app::components::{Glyph, Icon};
use crate::app::host::{Page, use_page};
use crate::app::state::{Arrange, Command, NARROWEST, Panels, Side};
use crate::app::text;

/// A key makes a panel wider by so much.
const STEP: f64 = 16.0;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub panels: Panels,
    /// In large type.
    pub large: bool,
    /// How much of the width the sheet has.
    pub sheet: f64,
}

/// Both edges.
#[component]
pub fn Edges(Props { panels, large, sheet }: &Props) -> Html {
    let page = use_page();
    html! {
        <aside class="edges" aria-label={text::EDGES}>
            { edge(&page, panels, Side::Files, panels.wide(Side::Files, *large), *sheet) }
            { edge(&page, panels, Side::Findings, panels.wide(Side::Findings, *large), *sheet) }
            if panels.is_held() {
                // Over everything, so that the mouse is heard wherever it goes.
                <div class="drag-veil" onmousemove={dragged(&page)}
                    onmouseup={page.on(Command::Arrange(Arrange::LetGo))}></div>
            }
        </aside>
    }
}

fn edge(page: &Page, panels: &Panels, side: Side, width: f64, sheet: f64) -> Html {
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
            aria-valuenow={width.to_string()} aria-valuemin={side.of(NARROWEST).to_string()}
            aria-valuemax={(width + sheet).round().to_string()} data-role={format!("edge-{class}")}
            aria-label={text::edge(name)} title={text::edge(name)}
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
