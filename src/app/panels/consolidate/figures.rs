//! The figures below the table: completion beside the time that has passed, and the trend of each indicator. Drawn with
//! labels where they belong; what they show stands in words, too.

use yew::prelude::*;

use super::Of;
use crate::app::text;
use crate::worker::protocol::{PeriodSummary, Rate, SummaryRow};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub of: Of,
}

/// Width of a bar that is all done, and of its frame, which has room for more.
const FULL: f64 = 100.0;
const BAR: f64 = 120.0;

/// A bar for the whole zone and each city, with a line where the time stands.
#[component]
pub fn TimeBars(Props { of }: &Props) -> Html {
    let Some(PeriodSummary { period, rows, elapsed, .. }) = of.period() else { return Html::default() };
    let Some(elapsed) = elapsed else {
        return html! { <><h3>{ text::ELAPSED }</h3><p class="fine">{ text::ELAPSED_UNKNOWN }</p></> };
    };
    html! {
        <>
            <h3>{ text::ELAPSED }</h3>
            <p class="fine">{ text::elapsed_lead(period, &elapsed.text) }</p>
            <div class="board-scroll" role="group" aria-label={text::ELAPSED} tabindex="0">
                <table class="yearbook compact time-bars" data-role="time-bars">
                    <thead>
                        <tr>
                            <th scope="col">{ text::INDICATOR }</th>
                            <th scope="col">{ text::WHOLE }</th>
                            { for of.cities().iter().map(|city| html! { <th scope="col">{ city }</th> }) }
                        </tr>
                    </thead>
                    <tbody>
                        { for rows.iter().map(|row| html! {
                            <tr key={row.number}>
                                <th scope="row">{ row.number }{ " " }{ &row.label }</th>
                                { match &row.zone {
                                    Some(zone) => bar(zone.rate.as_ref(), elapsed),
                                    None => html! { <td class="unit">{ text::NOT_APPLICABLE }</td> },
                                } }
                                { for row.cells.iter().map(|cell| match cell.target {
                                    Some(_) => bar(cell.rate.as_ref(), elapsed),
                                    None => html! { <td class="unit">{ text::NOT_APPLICABLE }</td> },
                                }) }
                            </tr>
                        }) }
                    </tbody>
                </table>
            </div>
        </>
    }
}

fn bar(rate: Option<&Rate>, elapsed: &Rate) -> Html {
    let Some(rate) = rate else { return html! { <td class="unit">{ "—" }</td> } };
    let width = |share: f64| (share.max(0.0) * FULL).min(BAR);
    let behind = rate.share < elapsed.share;
    html! {
        <td>
            <svg class={classes!("bar", behind.then_some("behind"))} width="124" height="18" viewBox="0 0 124 18"
                aria-hidden="true" focusable="false">
                <path class="track" d={format!("M1.5 13.5h{FULL}")} />
                <rect class="done" x="1.5" y="4.5" height="9" width={format!("{:.1}", width(rate.share))} />
                <path class="time" d={format!("M{:.1} 0v18", 1.5 + width(elapsed.share))} />
            </svg>
            <b>{ &rate.text }</b>
            <span class="unit">{ text::beside_time(rate.share, elapsed.share) }</span>
        </td>
    }
}

/// A small picture for each indicator that adds up.
#[component]
pub fn Trends(Props { of }: &Props) -> Html {
    let periods = &of.summary.periods;
    let Some(last) = periods.last().filter(|_| periods.len() > 1) else {
        return html! { <><h3>{ text::TREND }</h3><p class="fine">{ text::TREND_ONE }</p></> };
    };
    html! {
        <>
            <h3>{ text::TREND }</h3>
            <ul class="trends" data-role="trends">
                { for last.rows.iter().filter_map(|row| {
                    Some(trend(row, row.zone.as_ref()?.target.as_str(), periods))
                }) }
            </ul>
        </>
    }
}

/// Where the drawing begins and ends; the labels stand around it.
const LEFT: f64 = 12.0;
const RIGHT: f64 = 188.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 92.0;

/// How far an indicator was over the whole zone; nothing where a city lacks.
fn whole(period: &PeriodSummary, number: u32) -> Option<String> {
    let row = period.rows.iter().find(|row| row.number == number)?;
    row.zone.as_ref().filter(|zone| zone.lacking.is_empty())?.done.clone()
}

fn trend(row: &SummaryRow, target: &str, of: &[PeriodSummary]) -> Html {
    let stages: Vec<(String, Option<String>)> =
        of.iter().map(|one| (one.period.clone(), whole(one, row.number))).collect();
    let value = |text: &str| text.parse::<f64>().unwrap_or_default();
    let most = stages.iter().filter_map(|(_, done)| done.as_deref()).map(value).fold(value(target), f64::max);
    let scale = if most > 0.0 { (BOTTOM - TOP) / most } else { 0.0 };
    let y = |text: &str| BOTTOM - value(text) * scale;
    let periods = u32::try_from(stages.len()).unwrap_or(1);
    let step = (RIGHT - LEFT) / f64::from(periods.saturating_sub(1).max(1));
    let points: Vec<(f64, f64, &str)> = (0u32..)
        .zip(&stages)
        .filter_map(|(at, (_, done))| {
            done.as_deref().map(|done| (LEFT + f64::from(at) * step, y(done), done))
        })
        .collect();
    // A line only between periods that follow each other.
    let next = |pair: &[(f64, f64, &str)]| match pair {
        [(x, y, _), (to_x, to_y, _)] if to_x - x < step * 1.5 => {
            Some(format!("M{x:.1} {y:.1}L{to_x:.1} {to_y:.1}"))
        }
        _ => None,
    };
    let line: String = points.windows(2).filter_map(next).collect();
    let aim = y(target);
    let first = stages.first().map(|(of, _)| text::period(of));
    let last = stages.last().map(|(of, _)| text::period(of));
    let named = text::trend(&row.label, &row.unit, target, &stages);
    html! {
        <li>
            <p>{ row.number }{ " " }{ &row.label }</p>
            <svg class="trend" viewBox="0 0 260 112" role="img" aria-label={named}>
                <path class="base" d={format!("M{LEFT} {BOTTOM}H{RIGHT}")} />
                <path class="target" d={format!("M{LEFT} {aim:.1}H{RIGHT}")} />
                <text x="194" y={format!("{:.1}", aim + 4.0)}>{ text::TARGET }{ " " }{ text::grouped(target) }</text>
                <path class="line" d={line} />
                { for points.iter().map(|(x, y, _)| html! {
                    <circle cx={format!("{x:.1}")} cy={format!("{y:.1}")} r="2.5" />
                }) }
                if points.is_empty() {
                    <text x={LEFT.to_string()} y="60">{ text::NO_WHOLE_PERIOD }</text>
                }
                if let Some((x, y, done)) = points.last() {
                    // Towards the middle: where the first period is the only whole one, there is no room before it.
                    <text class="now" x={format!("{:.1}", (x - 4.0).max(LEFT))}
                        y={format!("{:.1}", (y - 7.0).max(10.0))}
                        text-anchor={if *x > RIGHT / 2.0 { "end" } else { "start" }}>
                        { text::grouped(done) }{ &row.unit }</text>
                }
                <text x={LEFT.to_string()} y="108">{ first }</text>
                <text x={RIGHT.to_string()} y="108" text-anchor="end">{ last }</text>
            </svg>
        </li>
    }
}
