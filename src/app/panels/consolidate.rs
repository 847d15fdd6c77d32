//! The board of what was reported, and the consolidation of one period.

use std::collections::BTreeSet;

use yew::prelude::*;

use super::brief::Brief;
use crate::app::Shared;
use crate::app::components::{Glyph, Icon};
use crate::app::file::{File, Standing};
use crate::app::host::use_page;
use crate::app::paper::Sheets;
use crate::app::state::{Command, Consolidation};
use crate::app::text;
use crate::worker::protocol::{ConsolidationSummary, FileId};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub files: Vec<Shared<File>>,
    pub cities: Vec<String>,
    /// The latest first.
    pub periods: Vec<String>,
    pub period: Option<String>,
    /// All periods in one workbook.
    pub all: bool,
    /// Of several submissions of a city these count.
    pub preferred: BTreeSet<FileId>,
    /// Cities whose returns are passed over.
    pub without: BTreeSet<String>,
    /// Only returns with nothing open are taken.
    pub settled: bool,
    pub consolidation: Consolidation,
    /// What was consolidated is another now.
    pub outdated: bool,
}

/// 汇总: the board of what was reported, and the consolidation of one period.
#[component]
pub fn Consolidate(
    Props { files, cities, periods, period, all, preferred, without, settled, consolidation, outdated }: &Props,
) -> Html {
    let page = use_page();
    let working = *consolidation == Consolidation::Working;
    let done = matches!(consolidation, Consolidation::Done { .. });
    let is_return = |file: &&Shared<File>| {
        file.audit.as_ref().is_some_and(|audit| audit.form.as_deref() == Some("progress"))
    };
    let unplaced: Vec<&Shared<File>> = files
        .iter()
        .filter(is_return)
        .filter(|file| {
            file.audit.as_ref().is_some_and(|audit| audit.city.is_none() || audit.period.is_none())
        })
        .collect();
    html! {
        <main class="leaf consolidate">
            <section class="board">
                <div class="section-head">
                    <h2>{ text::BOARD }</h2>
                    <button type="button" class="button" data-role="choose" title="Ctrl+O"
                        onclick={page.on(Command::Choose)}>
                        <Icon glyph={Glyph::Plus} />{ text::CHOOSE_MORE }
                    </button>
                    if !files.is_empty() {
                        <button type="button" class="button" data-role="print-all"
                            onclick={page.on(Command::Print(Sheets::Reports))}>
                            <Icon glyph={Glyph::Print} />{ text::PRINT_ALL }
                        </button>
                    }
                </div>
                if periods.is_empty() {
                    <p class="none">{ text::BOARD_EMPTY }</p>
                    if files.is_empty() {
                        <button type="button" class="button" data-role="demo" onclick={page.on(Command::Demo)}>
                            { text::DEMO }
                        </button>
                    }
                } else {
                    <p class="fine">{ text::board_lead() }</p>
                    <table class="yearbook board-table">
                        <thead>
                            <tr>
                                <th scope="col">{ text::CITY }</th>
                                { for periods.iter().map(|period| html! {
                                    <th scope="col">{ text::period(period) }</th>
                                }) }
                            </tr>
                        </thead>
                        <tbody>
                            { for cities.iter().map(|city| html! {
                                <tr key={city.clone()}>
                                    <th scope="row">
                                        { city }
                                        if cities.len() > 1 {
                                            <button type="button" class="button quiet" data-role="pass-over"
                                                title={text::PASS_OVER_MEANS}
                                                aria-pressed={pressed(without.contains(city))}
                                                onclick={page.on(Command::PassOver(city.clone()))}>
                                                { if without.contains(city) {
                                                    text::PASSED_OVER
                                                } else {
                                                    text::PASS_OVER
                                                } }
                                            </button>
                                        }
                                    </th>
                                    { for periods.iter().map(|period| html! {
                                        <td>
                                            <Reported files={files.clone()} city={city.clone()}
                                                period={period.clone()} preferred={preferred.clone()} />
                                        </td>
                                    }) }
                                </tr>
                            }) }
                        </tbody>
                    </table>
                }
                if !unplaced.is_empty() {
                    <h3>{ text::UNPLACED }</h3>
                    <ul class="plain">{ for unplaced.iter().map(|file| html! {
                        <li key={file.id}>
                            <button type="button" class="link" onclick={page.on(Command::Select(file.id))}>
                                { text::shown(&file.name) }
                            </button>
                        </li>
                    }) }</ul>
                }
            </section>
            if !periods.is_empty() {
                <section class="run">
                    <div class="section-head">
                        <div class="filters" role="group" aria-label={text::PERIOD}>
                            { for periods.iter().map(|one| html! {
                                <button type="button" key={one.clone()} class="filter"
                                    aria-pressed={pressed(!*all && period.as_ref() == Some(one))}
                                    onclick={page.on(Command::Period(one.clone()))}>
                                    { text::period(one) }</button>
                            }) }
                            if periods.len() > 1 {
                                <button type="button" class="filter" data-role="all-periods"
                                    title={text::ALL_PERIODS_MEANS} aria-pressed={pressed(*all)}
                                    onclick={page.on(Command::AllPeriods)}>
                                    { text::ALL_PERIODS }</button>
                            }
                            <button type="button" class="filter" data-role="settled-only"
                                title={text::SETTLED_ONLY_MEANS} aria-pressed={pressed(*settled)}
                                onclick={page.on(Command::SettledOnly)}>
                                { text::SETTLED_ONLY }</button>
                        </div>
                        <button type="button" class="button primary" data-role="consolidate" disabled={working}
                            onclick={page.on(Command::Consolidate)}>
                            { if working {
                                text::RUNNING
                            } else if done && *outdated {
                                text::RUN_AGAIN
                            } else {
                                text::RUN
                            } }
                        </button>
                        if done && !*outdated {
                            <button type="button" class="button" data-role="download-consolidated"
                                onclick={page.on(Command::DownloadConsolidated)}>
                                <Icon glyph={Glyph::Save} />{ text::DOWNLOAD_CONSOLIDATED }
                            </button>
                        }
                    </div>
                    { match consolidation {
                        Consolidation::Done { summary, .. } => html! {
                            <div class={classes!((*outdated).then_some("outdated"))}>
                                if *outdated {
                                    <p class="remark" data-role="outdated">
                                        <b>{ text::OUTDATED }</b>{ "：" }{ text::outdated_why() }
                                    </p>
                                }
                                <Summary summary={summary.clone()} />
                                <Brief summary={summary.clone()} outdated={*outdated} />
                            </div>
                        },
                        // Said of other returns than are there now.
                        Consolidation::Failed(_) if *outdated => Html::default(),
                        Consolidation::Failed(why) => html! { <p class="failed" data-role="message">{ why }</p> },
                        Consolidation::None | Consolidation::Working => Html::default(),
                    } }
                </section>
            }
        </main>
    }
}

#[derive(Properties, PartialEq)]
struct ReportedProps {
    files: Vec<Shared<File>>,
    city: String,
    period: String,
    preferred: BTreeSet<FileId>,
}

/// What a city has reported for a period.
#[component]
fn Reported(ReportedProps { files, city, period, preferred }: &ReportedProps) -> Html {
    let page = use_page();
    let found: Vec<&Shared<File>> = files
        .iter()
        .filter(|file| file.audit.as_ref().is_some_and(|audit| audit.form.as_deref() == Some("progress")))
        .filter(|file| file.reports_for(city, period))
        .collect();
    if found.is_empty() {
        return html! { <span class="not-reported">{ text::NOT_REPORTED }</span> };
    }
    let several = found.len() > 1;
    html! {
        { for found.into_iter().map(|file| {
            let standing = file.standing();
            let state = match &standing {
                Standing::Errors(count) => text::errors(*count),
                Standing::Warnings(count) => text::warnings(*count),
                Standing::Unreadable(_) => text::UNREADABLE.to_owned(),
                Standing::Reading => text::READING.to_owned(),
                Standing::Unread => text::UNREAD.to_owned(),
                Standing::Clean => text::clean(file.corrected(), file.answered(), 0, file.put_away()),
                Standing::Aside(what) => (*what).to_owned(),
            };
            let goes_back = matches!(standing, Standing::Errors(_) | Standing::Warnings(_));
            let chosen = preferred.contains(&file.id);
            html! {
                <div key={file.id} class="submission">
                    <button type="button" class={classes!("reported", standing.name())}
                        title={text::shown(&file.name)} onclick={page.on(Command::Select(file.id))}>
                        <span class="file-state">{ state }</span>
                        <span class="reported-name">{ text::shown(&file.name) }</span>
                    </button>
                    if several {
                        <button type="button" class="button quiet" data-role="prefer" aria-pressed={pressed(chosen)}
                            title={text::PREFER_MEANS} onclick={page.on(Command::Prefer(file.id))}>
                            { if chosen { text::PREFERRED } else { text::PREFER } }
                        </button>
                    }
                    if goes_back {
                        <button type="button" class="button quiet" data-role="send-back" title={text::SEND_BACK_MEANS}
                            onclick={page.on(Command::SendBack(file.id))}>
                            { text::SEND_BACK }
                        </button>
                    }
                </div>
            }
        }) }
    }
}

#[derive(Properties, PartialEq)]
struct SummaryProps {
    summary: Shared<ConsolidationSummary>,
}

#[component]
fn Summary(SummaryProps { summary }: &SummaryProps) -> Html {
    html! {
        <>
            <table class="yearbook summary" data-role="summary">
                <caption>{ text::consolidated(&summary.period) }</caption>
                <thead>
                    <tr>
                        <th scope="col" rowspan="2" class="narrow">{ text::NUMBER }</th>
                        <th scope="col" rowspan="2">{ text::INDICATOR }</th>
                        <th scope="col" rowspan="2" class="narrow">{ text::UNIT }</th>
                        { for summary.cities.iter().map(|city| html! {
                            <th scope="colgroup" colspan="3" class="group-head">{ city }</th>
                        }) }
                    </tr>
                    <tr>
                        { for summary.cities.iter().map(|_| html! {
                            <>
                                <th scope="col" class="figure first">{ text::TARGET }</th>
                                <th scope="col" class="figure">{ text::DONE }</th>
                                <th scope="col" class="figure">{ text::RATE }</th>
                            </>
                        }) }
                    </tr>
                </thead>
                <tbody>
                    { for summary.rows.iter().map(|row| html! {
                        <tr key={row.number}>
                            <td class="narrow">{ row.number }</td>
                            <th scope="row">{ &row.label }</th>
                            <td class="narrow unit">{ &row.unit }</td>
                            { for row.cells.iter().map(|(target, figure)| {
                                let none = if target.is_some() { "—" } else { text::NOT_APPLICABLE };
                                let rate = rate(target.as_deref(), figure.as_deref());
                                html! {
                                    <>
                                        <td class="figure first unit">
                                            { target.clone().unwrap_or_else(|| text::NOT_APPLICABLE.to_owned()) }
                                        </td>
                                        <td class="figure">{ figure.clone().unwrap_or_else(|| none.to_owned()) }</td>
                                        <td class={classes!("figure", rate.map(heat))}>
                                            { rate.map(|rate| format!("{:.1}%", rate * 100.0)).unwrap_or_default() }
                                        </td>
                                    </>
                                }
                            }) }
                        </tr>
                    }) }
                </tbody>
            </table>
            <p class="fine">{ text::TRACE }</p>
            if !summary.missing.is_empty() {
                <h3>{ text::MISSING }</h3>
                <p>{ summary.missing.join("、") }</p>
            }
            if !summary.remarks.is_empty() {
                <h3>{ text::STILL_OPEN }</h3>
                <ul class="plain" data-role="still-open">
                    { for summary.remarks.iter().map(|remark| html! { <li>{ remark }</li> }) }
                </ul>
            }
            if !summary.notices.is_empty() {
                <h3>{ text::NOTICES_TO_PASTE }</h3>
                <div class="to-paste" data-role="to-paste" tabindex="0">
                    { for summary.notices.iter().map(|notice| html! { <p>{ notice }</p> }) }
                </div>
            }
            if !summary.kept_out.is_empty() {
                <h3>{ text::KEPT_OUT }</h3>
                <ul class="plain" data-role="kept-out">
                    { for summary.kept_out.iter().map(|(name, why)| html! {
                        <li><b>{ name }</b>{ "：" }{ why }</li>
                    }) }
                </ul>
            }
        </>
    }
}

const fn pressed(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}

/// Figure over target, to be shown only: what is exact stands in the workbook.
fn rate(target: Option<&str>, figure: Option<&str>) -> Option<f64> {
    let (target, figure) = (target?.parse::<f64>().ok()?, figure?.parse::<f64>().ok()?);
    (target > 0.0).then(|| figure / target)
}

fn heat(rate: f64) -> &'static str {
    if rate >= 1.0 {
        "heat-4"
    } else if rate >= 0.75 {
        "heat-3"
    } else if rate >= 0.5 {
        "heat-2"
    } else {
        "heat-1"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_needs_both_numbers() {
        assert_eq!(rate(Some("600"), Some("300")), Some(0.5));
        assert_eq!(rate(None, Some("300")), None);
        assert_eq!(rate(Some("0"), Some("3")), None);
        assert_eq!(heat(0.5), "heat-2");
    }
}
