//! The board: city by period, what was reported and what would become of it.

use std::collections::BTreeSet;

use yew::prelude::*;

use super::pressed;
use crate::app::Shared;
use crate::app::board::{Entry, Fate, Said, place, unplaced};
use crate::app::components::{Glyph, Icon};
use crate::app::file::{File, Standing};
use crate::app::host::{Page, use_page};
use crate::app::paper::Sheets;
use crate::app::state::Command;
use crate::app::text;
use crate::worker::protocol::FileId;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub files: Vec<Shared<File>>,
    pub cities: Vec<String>,
    pub periods: Vec<String>,
    pub preferred: BTreeSet<FileId>,
    pub without: BTreeSet<String>,
    pub settled: bool,
    pub changed: BTreeSet<FileId>,
}

/// What was reported, by city and period.
#[component]
pub fn Board(props: &Props) -> Html {
    let Props { files, cities, periods, preferred, without, settled, .. } = props;
    let page = use_page();
    let said = Said { preferred, without, settled: *settled };
    let places: Vec<Vec<Vec<Entry>>> = cities
        .iter()
        .map(|city| periods.iter().map(|period| place(files, city, period, &said)).collect())
        .collect();
    let back: BTreeSet<FileId> =
        places.iter().flatten().flatten().filter(|one| one.goes_back()).map(|one| one.file).collect();
    let left = unplaced(files);
    html! {
        <section class="board">
            <div class="section-head">
                <h2>{ text::BOARD }</h2>
                if back.len() > 1 {
                    <button type="button" class="button" data-role="send-back-all"
                        onclick={page.on(Command::SendBackAll(back.iter().copied().collect()))}>
                        <Icon glyph={Glyph::Save} />{ text::SEND_BACK_ALL }
                    </button>
                }
                if !files.is_empty() {
                    <button type="button" class="button" data-role="print-all"
                        onclick={page.on(Command::Print(Sheets::Reports))}>
                        <Icon glyph={Glyph::Print} />{ text::PRINT_ALL }
                    </button>
                }
                <button type="button" class="button" data-role="choose" title="Ctrl+O"
                    onclick={page.on(Command::Choose)}>
                    <Icon glyph={Glyph::Plus} />{ text::CHOOSE_MORE }
                </button>
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
                <div class="board-scroll" role="group" aria-label={text::BOARD} tabindex="0">
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
                            { for cities.iter().zip(&places).map(|(city, row)| html! {
                                <tr key={city.clone()}>
                                    { city_head(&page, city, cities.len(), without) }
                                    { for periods.iter().zip(row).map(|(period, entries)| html! {
                                        <td>{ place_of(&page, props, (city, period), entries) }</td>
                                    }) }
                                </tr>
                            }) }
                        </tbody>
                        <tfoot>
                            <tr>
                                <th scope="row">{ text::WHOLE }</th>
                                { for (0..periods.len()).map(|at| counts(cities, &places, at, without)) }
                            </tr>
                        </tfoot>
                    </table>
                </div>
            }
            if !left.is_empty() {
                <h3>{ text::READ_TO_BE_PLACED }</h3>
                <ul class="plain" data-role="unplaced">{ for left.iter().map(|file| html! {
                    <li key={file.id}>
                        <button type="button" class="link" onclick={page.on(Command::Select(file.id))}>
                            { text::shown(&file.name) }
                        </button>
                        { "：" }{ why_unplaced(file) }
                    </li>
                }) }</ul>
            }
        </section>
    }
}

fn city_head(page: &Page, city: &str, cities: usize, without: &BTreeSet<String>) -> Html {
    let passed = without.contains(city);
    html! {
        <th scope="row">
            { city }
            if cities > 1 {
                <button type="button" class="button quiet" data-role="pass-over" title={text::PASS_OVER_MEANS}
                    aria-pressed={pressed(passed)} onclick={page.on(Command::PassOver(city.to_owned()))}>
                    { if passed { text::PASSED_OVER } else { text::PASS_OVER } }
                </button>
            }
        </th>
    }
}

/// 已报 and 可汇总, of the cities that are asked for.
fn counts(cities: &[String], places: &[Vec<Vec<Entry>>], at: usize, without: &BTreeSet<String>) -> Html {
    let asked = cities.iter().zip(places).filter(|(city, _)| !without.contains(*city));
    let (mut all, mut reported, mut taken) = (0, 0, 0);
    for entries in asked.filter_map(|(_, row)| row.get(at)) {
        all += 1;
        reported += usize::from(entries.iter().any(|one| !matches!(one.fate, Fate::District(_))));
        taken += usize::from(entries.iter().any(|one| one.fate == Fate::Taken));
    }
    html! {
        <td data-role="counts">
            { text::REPORTED_COUNT }{ " " }<b>{ reported }{ "/" }{ all }</b>
            <span class="apart">{ text::WOULD_COUNT }{ " " }<b>{ taken }</b></span>
        </td>
    }
}

fn place_of(page: &Page, props: &Props, (city, period): (&str, &str), entries: &[Entry]) -> Html {
    let here = || (city.to_owned(), period.to_owned());
    let missing = entries.iter().all(|one| matches!(one.fate, Fate::District(_)));
    let rivals = entries.iter().filter(|one| one.rival).count();
    let ondrop = page.on(Command::DropOn(here().0, here().1));
    html! {
        <div class="place-on-board" ondrop={ondrop}>
            { for entries.iter().map(|entry| reported(page, entry, props.changed.contains(&entry.file))) }
            if rivals > 1 {
                <button type="button" class="button quiet" data-role="compare" title={text::COMPARE_MEANS}
                    onclick={page.on(Command::Compare(Some(here())))}>{ text::COMPARE }</button>
            }
            if missing && !props.without.contains(city) {
                <button type="button" class="not-reported" data-role="empty-place" data-city={here().0}
                    data-period={here().1} aria-label={text::empty_place(city, period)}
                    onclick={page.on(Command::ChooseFor(here().0, here().1))}>
                    <b>{ text::NOT_REPORTED }</b><span>{ text::DROP_OR_CHOOSE }</span>
                </button>
            }
        </div>
    }
}

/// One return: what would become of it, and what can be done about it.
fn reported(page: &Page, entry: &Entry, changed: bool) -> Html {
    let (word, why) = text::fate(entry);
    let open = (entry.fate == Fate::Taken && !why.is_empty()).then_some("open");
    let replaced = entry.replaced.then_some("replaced");
    let name = text::shown(&entry.name);
    html! {
        <div key={entry.file} class="submission" data-role="submission" data-fate={entry.fate.name()}>
            <button type="button" class={classes!("reported", entry.fate.name(), open, replaced)} title={name.clone()}
                onclick={page.on(Command::Select(entry.file))}>
                <span class="fate">
                    <b>{ if entry.reading { text::READING } else { word } }</b>{ " " }
                    if entry.again {
                        <span class="again" title={text::REPORTED_AGAIN_MEANS}>{ text::REPORTED_AGAIN }</span>{ " " }
                    }
                    { why }
                </span>
                <span class="reported-name">{ name }</span>
                if changed { <span class="since-then">{ text::CHANGED_SINCE }</span> }
            </button>
            if entry.rival {
                <button type="button" class="button quiet" data-role="prefer" aria-pressed={pressed(entry.preferred)}
                    title={text::PREFER_MEANS} onclick={page.on(Command::Prefer(entry.file))}>
                    { if entry.preferred { text::PREFERRED } else { text::PREFER } }
                </button>
            }
            if entry.goes_back() {
                <button type="button" class="button quiet" data-role="send-back" title={text::SEND_BACK_MEANS}
                    onclick={page.on(Command::SendBack(entry.file))}>
                    { text::SEND_BACK }
                </button>
            }
        </div>
    }
}

fn why_unplaced(file: &File) -> String {
    match file.standing() {
        Standing::Reading => text::READING.to_owned(),
        Standing::Unread => text::UNREAD.to_owned(),
        Standing::Unreadable(why) => why,
        _ => text::UNPLACED.to_owned(),
    }
}
