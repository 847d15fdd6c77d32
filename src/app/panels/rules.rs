//! The breakdown in force and how to change it, and the rules that this version runs.

use yew::prelude::*;

use crate::app::Shared;
use crate::app::components::TierMark;
use crate::app::host::use_page;
use crate::app::state::Command;
use crate::app::text;
use crate::worker::protocol::{Hello, RuleInfo};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub hello: Option<Shared<Hello>>,
}

/// 模板与规则: the breakdown in force and the rules.
#[component]
pub fn Rules(Props { hello }: &Props) -> Html {
    let page = use_page();
    let wanted = use_state(String::new);
    let Some(hello) = hello else {
        return html! { <main class="leaf"><p class="fine">{ text::STARTING }</p></main> };
    };
    let (change, official) = (page.on(Command::ChooseBreakdown), page.on(Command::UseOfficialBreakdown));
    let oninput = {
        let wanted = wanted.clone();
        Callback::from(move |event: InputEvent| wanted.set(page.host.0.value(&event)))
    };
    let found: Vec<&RuleInfo> = hello.rules.iter().filter(|rule| matches(rule, &wanted)).collect();
    html! {
        <main class="leaf">
            <Forms hello={hello.clone()} />
            <div class="section-head" data-role="breakdown-in-force"
                data-name={hello.breakdown.clone().unwrap_or_default()}>
                <h2>{ text::BREAKDOWN_IN_FORCE }</h2>
                if hello.breakdown.is_some() {
                    <button type="button" class="button" data-role="official-breakdown" onclick={official}>
                        { text::OFFICIAL_BREAKDOWN }
                    </button>
                }
                <button type="button" class="button" data-role="change-breakdown" title={text::CHANGE_BREAKDOWN_MEANS}
                    onclick={change}>
                    { text::CHANGE_BREAKDOWN }
                </button>
            </div>
            <BreakdownTable hello={hello.clone()} />
            <p class="fine">{ text::FINGERPRINT }{ " " }<span class="mono">{ &hello.breakdown_sha256 }</span></p>
            <section class="rules">
                <div class="rules-head">
                    <h2>{ text::RULES_TITLE }</h2>
                    <input type="search" class="search" placeholder={text::SEARCH_RULES}
                        aria-label={text::SEARCH_RULES} value={(*wanted).clone()} {oninput} />
                </div>
                <p class="fine">{ text::RULES_LEAD }</p>
                if found.is_empty() { <p class="none">{ text::NO_RULE }</p> }
                { for found.into_iter().map(|rule| html! {
                    <details key={rule.code.clone()} class="rule" data-role="rule" data-code={rule.code.clone()}>
                        <summary>
                            <TierMark tier={rule.tier} />
                            <span class="code">{ &rule.code }</span>
                            <span class="rule-title">{ &rule.title }</span>
                        </summary>
                        { for rule.help.lines().map(line) }
                    </details>
                }) }
            </section>
        </main>
    }
}

/// Blank forms to hand out: of a city or all, of a period or all.
#[component]
fn Forms(TableProps { hello }: &TableProps) -> Html {
    let page = use_page();
    let (city, period) = (use_state(|| None::<String>), use_state(|| None::<String>));
    let choose = |state: &UseStateHandle<Option<String>>| {
        let (page, state) = (page.clone(), state.clone());
        Callback::from(move |event: Event| {
            state.set(Some(page.host.0.value(&event)).filter(|chosen| !chosen.is_empty()));
        })
    };
    let select = |role: &'static str,
                  label: &'static str,
                  every: &'static str,
                  all: &[String],
                  name: fn(&str) -> String,
                  onchange: Callback<Event>| {
        html! {
            <label><span>{ label }</span>
                <select data-role={role} {onchange}>
                    if all.len() > 1 { <option value="" selected=true>{ every }</option> }
                    { for all.iter().map(|one| html! { <option value={one.clone()}>{ name(one) }</option> }) }
                </select>
            </label>
        }
    };
    // Without a plan nobody knows the periods.
    if hello.periods.is_empty() {
        return Html::default();
    }
    let make = page.on(Command::Forms((*city).clone(), (*period).clone()));
    html! {
        <section class="forms" data-role="forms">
            <h2>{ text::FORMS }</h2>
            <p class="fine">{ text::FORMS_LEAD }</p>
            <div class="whose">
                { select("form-city", text::CITY, text::ALL_CITIES, &hello.cities, str::to_owned, choose(&city)) }
                { select("form-period", text::PERIOD, text::ALL_PERIODS, &hello.periods, text::period,
                    choose(&period)) }
                <button type="button" class="button primary" data-role="make-forms" onclick={make}>
                    { text::MAKE_FORMS }
                </button>
                <button type="button" class="button" data-role="breakdown-form"
                    onclick={page.on(Command::BreakdownForm)}>
                    { text::BREAKDOWN_FORM }
                </button>
            </div>
        </section>
    }
}

fn matches(rule: &RuleInfo, wanted: &str) -> bool {
    let wanted = wanted.trim().to_lowercase();
    wanted.is_empty()
        || [&rule.code, &rule.title, &rule.help].iter().any(|text| text.to_lowercase().contains(&wanted))
}

/// A line of a rule's help; one that begins with `#` is a heading.
fn line(text: &str) -> Html {
    let text = text.trim();
    match text.strip_prefix('#') {
        _ if text.is_empty() => Html::default(),
        Some(heading) => html! { <h3>{ heading.trim_start_matches('#').trim() }</h3> },
        None => html! { <p class="rule-help">{ text }</p> },
    }
}

/// The breakdown that is shown as a table.
#[derive(Properties, PartialEq)]
pub struct TableProps {
    pub hello: Shared<Hello>,
}

/// The breakdown in force, as the plan's annex prints it.
#[component]
pub fn BreakdownTable(TableProps { hello }: &TableProps) -> Html {
    html! {
        <section class="breakdown">
            <table class="yearbook">
                <caption>{ text::breakdown_caption(hello.breakdown.as_deref()) }</caption>
                <thead><tr>
                    <th scope="col" class="narrow">{ text::NUMBER }</th>
                    <th scope="col">{ text::INDICATOR }</th>
                    { for hello.cities.iter().map(|city| html! { <th scope="col" class="figure">{ city }</th> }) }
                    <th scope="col" class="narrow">{ text::UNIT }</th>
                </tr></thead>
                <tbody>
                    { for hello.indicators.iter().map(|indicator| html! {
                        <tr key={indicator.number}>
                            <td class="narrow">{ indicator.number }</td>
                            <th scope="row">{ &indicator.label }</th>
                            { for indicator.targets.iter().map(|target| html! {
                                <td class="figure">
                                    { target.clone().unwrap_or_else(|| text::NOT_APPLICABLE.to_owned()) }
                                </td>
                            }) }
                            <td class="narrow unit">{ &indicator.unit }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
            <p class="fine">{ text::BREAKDOWN_NOTE }</p>
        </section>
    }
}
