//! The breakdown in force and how to change it, and the rules that this version runs.

use std::collections::BTreeMap;

use yew::prelude::*;

use super::rule_line::{Found, RuleLine};
use crate::app::Shared;
use crate::app::file::File;
use crate::app::host::use_page;
use crate::app::state::Command;
use crate::app::text;
use crate::worker::protocol::{Hello, IndicatorInfo, RuleInfo, RuleOff, Tier};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub hello: Option<Shared<Hello>>,
    pub files: Vec<Shared<File>>,
    /// The rules that are switched off.
    pub off: Vec<RuleOff>,
}

/// 模板与规则: the breakdown in force and the rules.
#[component]
pub fn Rules(Props { hello, files, off }: &Props) -> Html {
    let page = use_page();
    let Some(hello) = hello else {
        return html! { <main class="leaf"><p class="fine">{ text::STARTING }</p></main> };
    };
    let (change, official) = (page.on(Command::ChooseBreakdown), page.on(Command::UseOfficialBreakdown));
    html! {
        <main class="leaf wide">
            <Forms hello={hello.clone()} files={files.clone()} />
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
            <Catalogue hello={hello.clone()} files={files.clone()} off={off.clone()} />
        </main>
    }
}

#[derive(Properties, PartialEq)]
struct FormsProps {
    hello: Shared<Hello>,
    files: Vec<Shared<File>>,
}

/// Blank forms to hand out: of a city or all, of a period or all.
#[component]
fn Forms(FormsProps { hello, files }: &FormsProps) -> Html {
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
    let of = city.as_deref().or(hello.cities.first().map(String::as_str)).unwrap_or_default();
    let at = hello.cities.iter().position(|known| known == of).unwrap_or(0);
    let when = period.as_deref().or(hello.periods.first().map(String::as_str)).unwrap_or_default();
    let first = hello.indicators.iter().take(SHOWN_ROWS);
    let target = |indicator: &IndicatorInfo, at: usize| {
        let target = indicator.targets.get(at).cloned().flatten();
        target.unwrap_or_else(|| text::NOT_APPLICABLE.to_owned())
    };
    let progress: Vec<Vec<String>> = first
        .clone()
        .map(|one| vec![one.number.to_string(), one.label.clone(), one.unit.clone(), target(one, at)])
        .collect();
    let breakdown: Vec<Vec<String>> =
        first.map(|one| vec![one.number.to_string(), one.label.clone()]).collect();
    let mut captions = vec![text::NUMBER.to_owned(), text::INDICATOR.to_owned()];
    captions.extend(hello.cities.iter().cloned());
    let of_progress = text::FORM_COLUMNS.map(str::to_owned);
    let (cities, periods) = (meant(&city, &hello.cities), meant(&period, &hello.periods));
    let filled = filled(files, cities, periods);
    html! {
        <section class="forms" data-role="forms">
            <h2>{ text::FORMS }</h2>
            <div class="form-cards">
                <div class="form-card">
                    <h3>{ text::PROGRESS_FORM }</h3>
                    <p class="fine">{ text::FORMS_LEAD }</p>
                    <div class="whose">
                        { select("form-city", text::CITY, text::ALL_CITIES, &hello.cities, str::to_owned,
                            choose(&city)) }
                        { select("form-period", text::PERIOD, text::ALL_PERIODS, &hello.periods, text::period,
                            choose(&period)) }
                        <button type="button" class="button primary" data-role="make-forms" onclick={make}>
                            { text::MAKE_FORMS }
                        </button>
                    </div>
                    <p class="fine" data-role="forms-say">
                        { text::forms_made(
                            cities.len(),
                            periods.len(),
                            filled,
                        ) }
                    </p>
                    { preview(&text::form_head(of, when), &of_progress, &progress) }
                </div>
                <div class="form-card">
                    <h3>{ text::BLANK_BREAKDOWN }</h3>
                    <p class="fine">{ text::BREAKDOWN_FORM_LEAD }</p>
                    <div class="whose">
                        <button type="button" class="button" data-role="breakdown-form"
                            onclick={page.on(Command::BreakdownForm)}>
                            { text::BREAKDOWN_FORM }
                        </button>
                    </div>
                    { preview(text::BLANK_BREAKDOWN, &captions, &breakdown) }
                </div>
            </div>
        </section>
    }
}

/// The one that is chosen, or all.
fn meant<'a>(chosen: &'a Option<String>, all: &'a [String]) -> &'a [String] {
    chosen.as_ref().map_or(all, std::slice::from_ref)
}

/// How many of these forms get what was reported for the period before: as the engine takes it, of reports that
/// disagree none.
fn filled(files: &[Shared<File>], cities: &[String], periods: &[String]) -> usize {
    let reported = || files.iter().filter_map(|file| file.audit.as_ref()).flat_map(|audit| &audit.reported);
    let is_known = |city: &String, before: &str| {
        let mut stated: BTreeMap<u32, &str> = BTreeMap::new();
        let own = reported().filter(|one| one.city == *city && one.period == before);
        let mut figures =
            own.flat_map(|one| &one.figures).filter_map(|(at, figure)| Some((*at, figure.as_deref()?)));
        figures.all(|(at, figure)| *stated.entry(at).or_insert(figure) == figure) && !stated.is_empty()
    };
    let before: Vec<String> = periods.iter().filter_map(|period| text::period_before(period)).collect();
    cities.iter().map(|city| before.iter().filter(|before| is_known(city, before)).count()).sum()
}

/// Rows of a form that are shown of it.
const SHOWN_ROWS: usize = 3;

/// The head of a form and its first rows; what is to be filled in is blank.
fn preview(caption: &str, columns: &[String], rows: &[Vec<String>]) -> Html {
    html! {
        <table class="yearbook compact preview">
            <caption>{ caption }</caption>
            <thead><tr>{ for columns.iter().map(|name| html! { <th scope="col">{ name }</th> }) }</tr></thead>
            <tbody>{ for rows.iter().map(|row| html! {
                <tr>{ for (0..columns.len()).map(|at| html! {
                    <td>{ row.get(at).cloned().unwrap_or_default() }</td>
                }) }</tr>
            }) }</tbody>
        </table>
    }
}

#[derive(Properties, PartialEq)]
struct CatalogueProps {
    hello: Shared<Hello>,
    files: Vec<Shared<File>>,
    off: Vec<RuleOff>,
}

/// Which rules are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listed {
    All,
    Of(Tier),
    Off,
}

/// The rules, to be searched, with what each has found in the open files.
#[component]
fn Catalogue(CatalogueProps { hello, files, off }: &CatalogueProps) -> Html {
    let page = use_page();
    let (wanted, family, listed) =
        (use_state(String::new), use_state(String::new), use_state(|| Listed::All));
    let search = {
        let (page, wanted) = (page.clone(), wanted.clone());
        Callback::from(move |event: InputEvent| wanted.set(page.host.0.value(&event)))
    };
    let onchange = {
        let (page, family) = (page.clone(), family.clone());
        Callback::from(move |event: Event| family.set(page.host.0.value(&event)))
    };
    let why = |rule: &RuleInfo| off.iter().find(|one| one.code == rule.code).map(|one| one.reason.clone());
    let is_listed = |rule: &RuleInfo, listed: Listed| match listed {
        Listed::All => true,
        Listed::Of(tier) => rule.tier == tier,
        Listed::Off => off.iter().any(|one| one.code == rule.code),
    };
    let meant: Vec<&RuleInfo> = (hello.rules.iter())
        .filter(|rule| rule.code.starts_with(family.as_str()) && matches(rule, &wanted))
        .collect();
    let mut ways = vec![
        (Listed::All, text::ALL),
        (Listed::Of(Tier::Error), text::tier(Tier::Error)),
        (Listed::Of(Tier::Warning), text::tier(Tier::Warning)),
        (Listed::Of(Tier::Notice), text::tier(Tier::Notice)),
    ];
    if !off.is_empty() || *listed == Listed::Off {
        ways.push((Listed::Off, text::IS_OFF));
    }
    let way = |(way, name): (Listed, &'static str)| {
        let listed = listed.clone();
        let count = meant.iter().filter(|rule| is_listed(rule, way)).count();
        html! {
            <button type="button" class="filter" data-role="list-rules"
                aria-pressed={if *listed == way { "true" } else { "false" }}
                onclick={Callback::from(move |_: MouseEvent| listed.set(way))}>
                { name }<span class="number">{ count }</span>
            </button>
        }
    };
    let mut found = found_in(files);
    let shown: Vec<&RuleInfo> = meant.iter().copied().filter(|rule| is_listed(rule, *listed)).collect();
    html! {
        <section class="rules">
            <div class="rules-head">
                <h2>{ text::RULES_TITLE }</h2>
                <select data-role="rule-family" aria-label={text::FAMILY} {onchange}>
                    <option value="" selected=true>{ text::ANY_FAMILY }</option>
                    { for text::FAMILIES.iter().map(|(letter, name)| html! {
                        <option value={*letter}>{ format!("{letter} {name}") }</option>
                    }) }
                </select>
                <input type="search" class="search" data-role="search-rules" placeholder={text::SEARCH_RULES}
                    aria-label={text::SEARCH_RULES} value={(*wanted).clone()} oninput={search} />
            </div>
            <p class="fine">{ text::RULES_LEAD }</p>
            <div class="filters">{ for ways.into_iter().map(way) }</div>
            if shown.is_empty() { <p class="none">{ text::NO_RULE }</p> }
            { for shown.into_iter().map(|rule| html! {
                <RuleLine key={rule.code.clone()} rule={rule.clone()} off={why(rule)}
                    found={found.remove(&rule.code).unwrap_or_default()} />
            }) }
        </section>
    }
}

/// By rule the files in which it has found something that stands for itself.
fn found_in(files: &[Shared<File>]) -> BTreeMap<String, Vec<Found>> {
    let mut found: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for file in files {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in file.findings().iter().filter(|finding| finding.caused_by.is_none()) {
            *counts.entry(&finding.code).or_default() += 1;
        }
        for (code, count) in counts {
            let name = text::shown(&file.name);
            found.entry(code.to_owned()).or_default().push(Found { file: file.id, name, count });
        }
    }
    found
}

fn matches(rule: &RuleInfo, wanted: &str) -> bool {
    let wanted = wanted.trim().to_lowercase();
    wanted.is_empty()
        || [&rule.code, &rule.title, &rule.help].iter().any(|text| text.to_lowercase().contains(&wanted))
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
