//! The consolidated table: indicators down, cities across, 合计 last. Every number is a way to its source.

use yew::prelude::*;

use super::Of;
use crate::app::host::{Page, use_page};
use crate::app::state::{Command, Traced};
use crate::app::text;
use crate::worker::protocol::{PeriodSummary, Rate, SummaryCell, SummaryRow, SummaryTotal};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub of: Of,
    pub traced: Option<Traced>,
}

/// The table, in a frame that scrolls while its head and first columns stay.
#[component]
pub fn Table(Props { of, traced }: &Props) -> Html {
    let page = use_page();
    let Some(PeriodSummary { period, rows, .. }) = of.period() else { return Html::default() };
    let cities = of.cities();
    // Whether a city lacks: then 合计 has a rate over the targets of those that are there, and one over the whole.
    let partial = rows.iter().filter_map(|row| row.zone.as_ref()).any(|zone| !zone.lacking.is_empty());
    let zone_captions: &[&str] = if partial {
        &[text::TARGET, text::DONE, text::RATE_OF_PRESENT, text::RATE_OF_WHOLE]
    } else {
        &[text::TARGET, text::DONE, text::RATE]
    };
    let captions = [text::TARGET, text::DONE, text::RATE];
    let heads = |captions: &[&'static str]| -> Html {
        let class = |at| classes!("figure", (at == 0).then_some("first"));
        let captions = captions.iter().enumerate();
        captions.map(|(at, caption)| html! { <th scope="col" class={class(at)}>{ *caption }</th> }).collect()
    };
    html! {
        <div class="table-scroll" tabindex="0" role="region" aria-label={text::TABLE_REGION}>
            <table class="yearbook summary" data-role="summary">
                <caption>{ text::consolidated(period) }</caption>
                <thead>
                    <tr>
                        <th scope="col" rowspan="2" class="narrow stay number-column">{ text::NUMBER }</th>
                        <th scope="col" rowspan="2" class="stay label-column">{ text::INDICATOR }</th>
                        <th scope="col" rowspan="2" class="narrow">{ text::UNIT }</th>
                        { for cities.iter().map(|city| html! {
                            <th scope="colgroup" colspan="3" class="group-head">{ city }</th>
                        }) }
                        <th scope="colgroup" colspan={zone_captions.len().to_string()} class="group-head">
                            { text::WHOLE }
                        </th>
                    </tr>
                    <tr>
                        { for cities.iter().map(|_| heads(&captions)) }
                        { heads(zone_captions) }
                    </tr>
                </thead>
                <tbody>
                    { for rows.iter().map(|row| html! {
                        <tr key={row.number}>
                            <td class="narrow stay number-column">{ row.number }</td>
                            <th scope="row" class="stay label-column">{ &row.label }</th>
                            <td class="narrow unit">{ &row.unit }</td>
                            { for row.cells.iter().enumerate().map(|(at, cell)| {
                                let city = cities.get(at).map_or("", String::as_str);
                                cells(&page, row, (at, city), cell, *traced)
                            }) }
                            { zone(&page, row, partial, *traced) }
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}

/// Target, figure and rate of a city.
fn cells(
    page: &Page,
    row: &SummaryRow,
    (at, city): (usize, &str),
    cell: &SummaryCell,
    traced: Option<Traced>,
) -> Html {
    let here = Traced { row: row.number, city: Some(at) };
    let Some(target) = &cell.target else {
        return html! {
            <>
                <td class="figure first unit">{ text::NOT_APPLICABLE }</td>
                <td class="figure unit">{ text::NOT_APPLICABLE }</td>
                <td class="figure unit">{ text::NOT_APPLICABLE }</td>
            </>
        };
    };
    let done = match (&cell.done, &cell.why) {
        (Some(done), _) => number(page, here, city, &text::grouped(done), traced),
        // There is one, and it counts nowhere: the source says why.
        (None, Some(_)) => number(page, here, city, "—", traced),
        (None, None) => html! { "—" },
    };
    html! {
        <>
            <td class="figure first unit">{ text::grouped(target) }</td>
            <td class="figure">{ done }</td>
            { rate(cell.rate.as_ref()) }
        </>
    }
}

fn zone(page: &Page, row: &SummaryRow, partial: bool, traced: Option<Traced>) -> Html {
    let here = Traced { row: row.number, city: None };
    let Some(SummaryTotal { target, done, rate: of_present, of_whole, lacking, .. }) = &row.zone else {
        let columns = if partial { 4 } else { 3 };
        let class = |at| classes!("figure", "unit", (at == 0).then_some("first"));
        return (0..columns)
            .map(|at| html! { <td class={class(at)}>{ text::NOT_APPLICABLE }</td> })
            .collect();
    };
    let done = done.as_ref().map(|done| number(page, here, text::WHOLE, &text::grouped(done), traced));
    html! {
        <>
            <td class="figure first unit">{ text::grouped(target) }</td>
            <td class="figure" title={(!lacking.is_empty()).then(|| text::lacking(lacking))}>
                { done.unwrap_or_else(|| html! { "—" }) }
                if !lacking.is_empty() {
                    <span class="partial" aria-hidden="true">{ text::NOT_WHOLE }</span>
                    <span class="sr">{ text::lacking(lacking) }</span>
                }
            </td>
            { rate(of_present.as_ref()) }
            if partial { { rate(of_whole.as_ref().or(of_present.as_ref())) } }
        </>
    }
}

/// A number, which leads to its source.
fn number(page: &Page, here: Traced, of: &str, shown: &str, traced: Option<Traced>) -> Html {
    let is_shown = traced == Some(here);
    let to = Command::Trace((!is_shown).then_some(here));
    html! {
        <button type="button" class="source-number" id={text::number_id(here)} data-role="number"
            aria-pressed={super::pressed(is_shown)} title={format!("{of}：{}", text::SOURCE)} onclick={page.on(to)}>
            { shown }</button>
    }
}

/// A cell of the heat map: the number says it, the ground only helps.
fn rate(rate: Option<&Rate>) -> Html {
    html! {
        <td class={classes!("figure", rate.map(|rate| heat(rate.share)))}>
            { rate.map_or("—", |rate| rate.text.as_str()) }
        </td>
    }
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
