//! 汇总: the board of what was reported, and the consolidation of one period or all.

mod board;
mod conflict;
mod figures;
mod source;
mod table;

use std::collections::BTreeSet;

use yew::prelude::*;

use self::board::Board;
use self::conflict::Conflict;
use self::figures::{TimeBars, Trends};
use self::source::Source;
use self::table::Table;
use super::brief::Brief;
use crate::app::Shared;
use crate::app::components::{Glyph, Icon};
use crate::app::file::File;
use crate::app::host::{Page, use_page};
use crate::app::state::{Command, Consolidation, NOTICES, Traced};
use crate::app::text;
use crate::worker::protocol::{Comparison, ConsolidationSummary, FileId, PeriodSummary};

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
    /// These returns have changed, or are new, since then.
    pub changed: BTreeSet<FileId>,
    /// The period whose table was asked for.
    pub shown: Option<String>,
    /// The number whose source is shown.
    pub traced: Option<Traced>,
    /// Submissions side by side, once the engine has answered.
    pub comparing: Option<(String, String, Option<Shared<Comparison>>)>,
}

/// 汇总: the board of what was reported, and the consolidation of one period.
#[component]
pub fn Consolidate(props: &Props) -> Html {
    let page = use_page();
    let Props { files, periods, preferred, consolidation, outdated, .. } = props;
    // On a wide screen a small board stands beside the table.
    let beside = (1..=2).contains(&periods.len()) && props.cities.len() <= 4 && props.comparing.is_none();
    html! {
        <main class={classes!("leaf", "consolidate", beside.then_some("beside"))}>
            <Board files={files.clone()} cities={props.cities.clone()} periods={periods.clone()}
                preferred={preferred.clone()} without={props.without.clone()} settled={props.settled}
                changed={props.changed.clone()} />
            if let Some((city, period, Some(comparison))) = &props.comparing {
                <Conflict files={files.clone()} preferred={preferred.clone()} city={city.clone()}
                    period={period.clone()} comparison={comparison.clone()} />
            }
            if !periods.is_empty() {
                <section class="run">
                    { run(&page, props) }
                    { match consolidation {
                        Consolidation::Done { summary, .. } => html! {
                            <div class={classes!((*outdated).then_some("outdated"))}>
                                if *outdated {
                                    <p class="remark" data-role="outdated">
                                        <b>{ text::OUTDATED }</b>{ "：" }{ text::outdated_why() }
                                    </p>
                                }
                                <Summary of={Of::asked(summary, props.shown.as_deref())} traced={props.traced}
                                    outdated={*outdated} />
                            </div>
                        },
                        // Said of other returns than are there now.
                        Consolidation::Failed(_) if *outdated => Html::default(),
                        Consolidation::Failed(why) => html! { <p class="failed" data-role="message">{ why }</p> },
                        Consolidation::None => html! {
                            <div class="not-yet">
                                <b>{ text::NOT_PUT_TOGETHER }</b><p>{ text::not_put_together() }</p>
                            </div>
                        },
                        Consolidation::Working => Html::default(),
                    } }
                </section>
            }
        </main>
    }
}

/// What is put together, and what of it can be taken away.
fn run(page: &Page, Props { periods, period, all, settled, consolidation, outdated, .. }: &Props) -> Html {
    let working = *consolidation == Consolidation::Working;
    let done = matches!(consolidation, Consolidation::Done { .. });
    html! {
        <div class="section-head">
            <div class="filters" role="group" aria-label={text::PERIOD}>
                { for periods.iter().map(|one| html! {
                    <button type="button" key={one.clone()} class="filter"
                        aria-pressed={pressed(!*all && period.as_ref() == Some(one))}
                        onclick={page.on(Command::Period(one.clone()))}>
                        { text::period(one) }</button>
                }) }
                if periods.len() > 1 {
                    <button type="button" class="filter" data-role="all-periods" title={text::ALL_PERIODS_MEANS}
                        aria-pressed={pressed(*all)} onclick={page.on(Command::AllPeriods)}>
                        { text::ALL_PERIODS }</button>
                }
                <button type="button" class="filter" data-role="settled-only" title={text::SETTLED_ONLY_MEANS}
                    aria-pressed={pressed(*settled)} onclick={page.on(Command::SettledOnly)}>
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
                <button type="button" class="button" data-role="download-long" onclick={page.on(Command::LongTable)}>
                    <Icon glyph={Glyph::Save} />{ text::DOWNLOAD_LONG }
                </button>
            }
        </div>
    }
}

/// A consolidation, and the period of it whose table is shown.
#[derive(Clone, PartialEq)]
pub struct Of {
    pub summary: Shared<ConsolidationSummary>,
    at: usize,
}

impl Of {
    /// The latest where none is asked for, or one that is not there.
    fn asked(summary: &Shared<ConsolidationSummary>, period: Option<&str>) -> Self {
        let asked = summary.periods.iter().position(|one| Some(one.period.as_str()) == period);
        Self { at: asked.unwrap_or(summary.periods.len().saturating_sub(1)), summary: summary.clone() }
    }

    /// What is shown.
    pub fn period(&self) -> Option<&PeriodSummary> {
        self.summary.periods.get(self.at)
    }

    /// In the order of the columns.
    pub fn cities(&self) -> &[String] {
        &self.summary.cities
    }
}

#[derive(Properties, PartialEq)]
struct SummaryProps {
    of: Of,
    traced: Option<Traced>,
    outdated: bool,
}

/// The table with its sources, what is left to do, the figures and the text.
#[component]
fn Summary(SummaryProps { of, traced, outdated }: &SummaryProps) -> Html {
    let page = use_page();
    let Some(summary) = of.period() else { return Html::default() };
    let all = &of.summary.periods;
    html! {
        <>
            if all.len() > 1 {
                <div class="filters tables" role="group" aria-label={text::TABLE_OF}>
                    <span class="fine">{ text::TABLE_OF }</span>
                    { for all.iter().rev().map(|one| html! {
                        <button type="button" key={one.period.clone()} class="filter" data-role="table-of"
                            data-period={one.period.clone()} aria-pressed={pressed(one.period == summary.period)}
                            onclick={page.on(Command::ShowPeriod(one.period.clone()))}>
                            { text::period(&one.period) }</button>
                    }) }
                </div>
            }
            <div class={classes!("traceable", traced.is_some().then_some("traced"))}>
                <Table of={of.clone()} traced={*traced} />
                if let Some(traced) = traced { <Source of={of.clone()} traced={*traced} /> }
            </div>
            { for of.summary.rules_off.iter().map(|off| html! {
                <p class="remark" data-role="rules-not-run">{ off }</p>
            }) }
            <p class="fine">{ text::TRACE }</p>
            <div class="columns">
                <div>
                    if !summary.missing.is_empty() {
                        <h3>{ text::MISSING }</h3>
                        <p>{ summary.missing.join("、") }</p>
                    }
                    if !summary.kept_out.is_empty() {
                        <h3>{ text::KEPT_OUT }</h3>
                        <ul class="plain" data-role="kept-out">
                            { for summary.kept_out.iter().map(|(name, why)| html! {
                                <li><b>{ name }</b>{ "：" }{ why }</li>
                            }) }
                        </ul>
                    }
                    if !summary.remarks.is_empty() {
                        <h3>{ text::STILL_OPEN }</h3>
                        <ul class="plain" data-role="still-open">
                            { for summary.remarks.iter().map(|remark| html! { <li>{ remark }</li> }) }
                        </ul>
                    }
                </div>
                if !summary.notices.is_empty() {
                    <div>
                        <h3>{ text::NOTICES_TO_PASTE }</h3>
                        <textarea id={NOTICES} class="brief" data-role="to-paste" readonly=true spellcheck="false"
                            rows={(summary.notices.len() * 2).min(10).to_string()}
                            aria-label={text::NOTICES_TO_PASTE} value={summary.notices.join("\n")} />
                        <button type="button" class="button" data-role="copy-notices" disabled={*outdated}
                            onclick={page.on(Command::CopyNotices)}>{ text::COPY_NOTICES }</button>
                    </div>
                }
            </div>
            <TimeBars of={of.clone()} />
            <Trends of={of.clone()} />
            <Brief summary={of.summary.clone()} outdated={*outdated} />
        </>
    }
}

const fn pressed(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}
