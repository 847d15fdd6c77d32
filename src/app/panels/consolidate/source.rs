//! Where a number of the consolidated table comes from, beside it.

use yew::prelude::*;

use super::Of;
use crate::app::components::{Glyph, Icon};
use crate::app::host::{Page, use_page};
use crate::app::state::{Command, Traced};
use crate::app::text;
use crate::worker::protocol::{SummaryCell, SummaryRow, SummarySource};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub of: Of,
    pub traced: Traced,
}

/// The source of a figure, or the parts of a sum.
#[component]
pub fn Source(Props { of, traced }: &Props) -> Html {
    let page = use_page();
    let row = of.period().and_then(|one| one.rows.iter().find(|row| row.number == traced.row));
    let Some(row) = row else { return Html::default() };
    let city = |at: usize| of.cities().get(at).map_or("", String::as_str);
    let whose = traced.city.map_or(text::WHOLE, city);
    html! {
        <aside class="source" data-role="source" aria-label={text::SOURCE}>
            <div class="source-head">
                <h3>{ whose }</h3>
                <button type="button" class="icon-button" aria-label={text::CLOSE} title="Esc"
                    onclick={page.on(Command::Trace(None))}><Icon glyph={Glyph::Close} /></button>
            </div>
            <p class="fine">{ row.number }{ " " }{ &row.label }</p>
            { match traced.city.map(|at| row.cells.get(at)) {
                Some(Some(cell)) => of_city(&page, row, cell),
                Some(None) => Html::default(),
                None => of_zone(&page, row, of.cities()),
            } }
        </aside>
    }
}

fn of_city(page: &Page, row: &SummaryRow, cell: &SummaryCell) -> Html {
    let Some(SummarySource { file, name, sheet, sheet_name, row: at, column, address, raw }) = &cell.source
    else {
        return html! { <p>{ cell.why.as_deref().unwrap_or(text::NO_SOURCE) }</p> };
    };
    let done = cell.done.as_deref().unwrap_or_default();
    html! {
        <>
            <dl class="facts">
                <dt>{ text::TAKEN_AS }</dt><dd><b>{ text::grouped(done) }</b>{ " " }{ &row.unit }</dd>
                <dt>{ text::RAW }</dt><dd class="raw">{ raw }</dd>
                <dt>{ text::CELL }</dt><dd class="mono">{ address }</dd>
                <dt>{ text::SHEET_NAME }</dt><dd>{ sheet_name }</dd>
                <dt>{ text::FILE_NAME }</dt><dd>{ name }</dd>
            </dl>
            <button type="button" class="button" data-role="to-sheet"
                onclick={page.on(Command::ToSource(*file, *sheet, *at, *column))}>{ text::TO_SOURCE }</button>
        </>
    }
}

/// The parts of a sum, each a way to its own source.
fn of_zone(page: &Page, row: &SummaryRow, cities: &[String]) -> Html {
    let parts = row.cells.iter().enumerate().filter(|(_, cell)| cell.target.is_some());
    let lacking = row.zone.as_ref().map_or(&[][..], |zone| &zone.lacking);
    html! {
        <>
            <p class="fine">{ text::ADDED_UP }</p>
            <ul class="parts">
                { for parts.map(|(at, cell)| html! {
                    <li>
                        <span>{ cities.get(at).map_or("", String::as_str) }</span>
                        { match &cell.done {
                            Some(done) => html! {
                                <button type="button" class="source-number" data-role="part"
                                    onclick={page.on(Command::Trace(Some(Traced { row: row.number, city: Some(at) })))}>
                                    { text::grouped(done) }</button>
                            },
                            None => html! { <span class="unit">{ text::NOT_REPORTED }</span> },
                        } }
                    </li>
                }) }
                <li class="sum">
                    <span>{ text::WHOLE }</span>
                    <b>
                        { row.zone.as_ref().and_then(|zone| zone.done.as_deref()).map(text::grouped) }
                        { " " }{ &row.unit }
                    </b>
                </li>
            </ul>
            if !lacking.is_empty() { <p class="fine">{ text::lacking(lacking) }</p> }
        </>
    }
}
