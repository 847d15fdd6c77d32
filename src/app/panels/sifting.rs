//! Which of the findings are shown. A way to choose appears only where it divides anything.

use yew::prelude::*;

use crate::app::Shared;
use crate::app::findings::{Choices, Filter, Outcome, Sift};
use crate::app::host::{Page, use_page};
use crate::app::state::{Command, Message};
use crate::app::text;
use crate::worker::protocol::Hello;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub choices: Choices,
    pub filter: Filter,
    pub hello: Option<Shared<Hello>>,
    /// Lines of the list that are shown, and all.
    pub shown: (usize, usize),
}

/// The ways to leave findings out of the list, and what is in force of them.
#[component]
pub fn Sifting(Props { choices, filter, hello, shown }: &Props) -> Html {
    let page = use_page();
    let title = |code: &str| {
        let rules = hello.iter().flat_map(|hello| &hello.rules);
        let title = rules.clone().find(|rule| rule.code == code).map(|rule| rule.title.as_str());
        format!("{code} {}", title.unwrap_or_default())
    };
    let rules = choices.rules.iter().map(|(code, count)| (code.clone(), title(code), *count));
    let cities = choices.cities.iter().map(|(city, count)| (city.clone(), city.clone(), *count));
    let outcomes = choices
        .outcomes
        .iter()
        .map(|(outcome, count)| (outcome.key().to_owned(), text::outcome(*outcome).to_owned(), *count));
    let outcome = filter.outcome.map(|outcome| outcome.key().to_owned());
    let selects = [
        select(&page, ("sift-rule", text::ANY_RULE), rules.collect(), filter.rule.clone(), Sift::Rule),
        select(&page, ("sift-city", text::ANY_CITY), cities.collect(), filter.city.clone(), Sift::City),
        select(&page, ("sift-outcome", text::ANY_OUTCOME), outcomes.collect(), outcome, |key| {
            Sift::Outcome(Outcome::ALL.into_iter().find(|one| Some(one.key()) == key.as_deref()))
        }),
    ];
    html! {
        <>
            <div class="filters">
                { for choices.tiers.iter().map(|(tier, count)| html! {
                    <button type="button" class="filter" data-role="filter"
                        aria-pressed={if filter.tier == *tier { "true" } else { "false" }}
                        onclick={page.on(Command::Sift(Sift::Tier(*tier)))}>
                        { tier.map_or(text::ALL, text::tier) }<span class="number">{ count }</span>
                    </button>
                }) }
            </div>
            if selects.iter().any(Option::is_some) {
                <div class="sifts">{ for selects.into_iter().flatten() }</div>
            }
            if filter.is_on() {
                <p class="sifted" data-role="sifted">
                    <span>{ text::sifted(shown.0, shown.1) }</span>
                    <button type="button" class="button quiet" data-role="sift-off"
                        onclick={page.on(Command::Sift(Sift::Off))}>
                        { text::SHOW_ALL }
                    </button>
                </p>
            }
        </>
    }
}

/// A way to choose one of several; none where there is nothing to choose.
fn select(
    page: &Page,
    (role, any): (&'static str, &'static str),
    options: Vec<(String, String, usize)>,
    chosen: Option<String>,
    sift: impl Fn(Option<String>) -> Sift + 'static,
) -> Option<Html> {
    if options.len() < 2 && chosen.is_none() {
        return None;
    }
    let onchange = {
        let page = page.clone();
        Callback::from(move |event: Event| {
            let value = Some(page.host.0.value(&event)).filter(|value| !value.is_empty());
            page.send.emit(Message::User(Command::Sift(sift(value))));
        })
    };
    Some(html! {
        <select data-role={role} aria-label={any} class={chosen.is_some().then_some("in-force")} {onchange}>
            { option(String::new(), any.to_owned(), chosen.is_none()) }
            { for options.into_iter().map(|(value, name, count)| {
                let selected = chosen.as_ref() == Some(&value);
                option(value, text::counted(&name, count), selected)
            }) }
        </select>
    })
}

/// One that is chosen or no longer is made anew: what the attribute says counts only while nobody has chosen.
fn option(value: String, words: String, selected: bool) -> Html {
    html! { <option key={format!("{value} {selected}")} {value} {selected}>{ words }</option> }
}
