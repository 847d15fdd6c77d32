//! Name, the three places, another breakdown where one is in force, how the page looks, and the promise that it stays
//! offline.

use yew::prelude::*;

use crate::app::components::{Glyph, Icon};
use crate::app::host::use_page;
use crate::app::state::{Card, Command, Display, Place, Release, Switch};
use crate::app::text;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub place: Place,
    pub display: Display,
    pub release: Release,
    /// The file of the breakdown in force; nothing for the official one.
    pub breakdown: Option<String>,
    /// How many rules are switched off.
    #[prop_or_default]
    pub rules_off: usize,
}

/// The bar above: name, places, how the page looks.
#[component]
pub fn TopBar(Props { place, display, release, breakdown, rules_off }: &Props) -> Html {
    let page = use_page();
    let places = [
        (Place::Check, text::CHECK, "place-check", "Alt+1"),
        (Place::Consolidate, text::CONSOLIDATE, "place-consolidate", "Alt+2"),
        (Place::Rules, text::RULES, "place-rules", "Alt+3"),
    ];
    let switches = [
        (Switch::Large, text::LARGE, display.large, "switch-large"),
        (Switch::Contrast, text::CONTRAST, display.contrast, "switch-contrast"),
        (Switch::Dark, text::DARK, display.dark, "switch-dark"),
    ];
    html! {
        <header class="top-bar">
            <h1 class="name">{ text::NAME }</h1>
            <nav class="places" aria-label={text::PLACES}>
                { for places.into_iter().map(|(to, name, role, key)| html! {
                    <button type="button" class="place" data-role={role} title={key}
                        aria-current={(to == *place).then_some("page")} onclick={page.on(Command::Go(to))}>
                        { name }</button>
                }) }
            </nav>
            if let Some(name) = breakdown {
                <button type="button" class="other-breakdown" data-role="other-breakdown" title={name.clone()}
                    onclick={page.on(Command::Go(Place::Rules))}>
                    { text::other_breakdown(name) }
                </button>
            }
            if *rules_off > 0 {
                <button type="button" class="other-breakdown" data-role="rules-off"
                    onclick={page.on(Command::Go(Place::Rules))}>
                    { text::rules_off(*rules_off) }
                </button>
            }
            <div class="switches">
                { for switches.into_iter().map(|(switch, name, on, role)| html! {
                    <button type="button" class="switch" data-role={role}
                        aria-pressed={if on { "true" } else { "false" }} onclick={page.on(Command::Display(switch))}>
                        { name }</button>
                }) }
            </div>
            <button type="button" class="offline" title={text::OFFLINE_WHY}
                onclick={page.on(Command::Open(Card::About))}>
                <Icon glyph={Glyph::Lock} />
                <span>{ text::OFFLINE }</span>
                <span class="version">{ &release.version }</span>
            </button>
            <button type="button" class="switch help" title="F1" data-role="help"
                onclick={page.on(Command::Open(Card::Help))}>
                { text::HELP }
            </button>
        </header>
    }
}
