//! The files, each with its state.

use yew::prelude::*;

use crate::app::Shared;
use crate::app::components::{Glyph, Icon};
use crate::app::file::{File, Phase, Standing};
use crate::app::host::{Page, use_page};
use crate::app::rail::{self, MANY, Order, Rail};
use crate::app::state::{Card, Command, Message, Offer, READ_REST, STOP_READING};
use crate::app::text;
use crate::worker::protocol::Tier;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub files: Vec<Shared<File>>,
    pub rail: Rail,
    pub selected: Option<u32>,
    /// How many are still to be read.
    pub reading: usize,
    /// How many of them wait for their turn, and how many were left unread.
    pub waiting: (usize, usize),
    /// Files that were removed and can be put back: how many, and the last.
    pub removed: Option<(usize, u32)>,
    /// 保存进度 is at work.
    pub saving: bool,
}

/// The files, each with its state.
#[component]
pub fn FileList(Props { files, rail, selected, reading, waiting, removed, saving }: &Props) -> Html {
    let page = use_page();
    let shown = rail.arranged(files);
    let mut apart = rail::apart(files);
    let search = {
        let page = page.clone();
        Callback::from(move |event: InputEvent| {
            page.send.emit(Message::User(Command::SearchFiles(page.host.0.value(&event))));
        })
    };
    let sort = {
        let page = page.clone();
        Callback::from(move |event: Event| {
            if let Some(order) = Order::of(&page.host.0.value(&event)) {
                page.send.emit(Message::User(Command::OrderFiles(order)));
            }
        })
    };
    let read =
        files.iter().filter(|file| !matches!(file.standing(), Standing::Reading | Standing::Unread)).count();
    // With those of a long list that are not here yet.
    let all = read + reading + waiting.1;
    html! {
        <aside class="rail" aria-label={text::FILES}>
            <div class="rail-head">
                <h2>{ text::FILES }</h2>
                <span class="count">
                    { if *reading > 0 { text::progress(read, all) } else { files.len().to_string() } }
                </span>
            </div>
            if *reading > 0 {
                <progress class="progress" value={read.to_string()} max={all.to_string()}
                    aria-label={text::READING} />
            }
            if waiting.0 > 0 {
                <div class="rail-keep" key="stop">
                    <button type="button" class="button" data-role="stop-reading" id={STOP_READING}
                        title={text::STOP_READING_MEANS} onclick={page.on(Command::StopReading)}>
                        { text::STOP_READING }
                    </button>
                </div>
            }
            if waiting.1 > 0 {
                <div class="rail-keep" key="rest">
                    <button type="button" class="button" data-role="read-rest" id={READ_REST}
                        onclick={page.on(Command::ReadRest)}>
                        { text::read_rest(waiting.1) }
                    </button>
                </div>
            }
            if files.len() >= MANY {
                <div class="rail-tools">
                    <input type="search" class="search" data-role="search-files" placeholder={text::SEARCH_FILES}
                        aria-label={text::SEARCH_FILES} value={rail.wanted.clone()} oninput={search} />
                    <select data-role="order-files" aria-label={text::ORDER_FILES} onchange={sort}>
                        { for Order::ALL.into_iter().map(|order| html! {
                            <option value={order.key()} selected={order == rail.order}>{ text::order(order) }</option>
                        }) }
                    </select>
                </div>
                if shown.len() < files.len() {
                    <p class="fine" role="status" data-role="files-shown">
                        { text::files_shown(shown.len(), files.len()) }
                    </p>
                }
            }
            <ul class="files" id="files" tabindex="-1">
                { for shown.into_iter().map(|file| html! {
                    <Line key={file.id} file={file.clone()} current={*selected == Some(file.id)}
                        apart={apart.remove(&file.id)} />
                }) }
            </ul>
            <div class="rail-foot">
                if let Some((count, last)) = removed {
                    <button type="button" class="button quiet wide" data-role="restore-removed"
                        onclick={page.on(Command::Accept(Offer::Restore(*last)))}>
                        { text::restore_removed(*count) }
                    </button>
                }
                <div class="rail-keep">
                    <button type="button" class="button" data-role="save-progress" disabled={*saving}
                        title={text::SAVE_PROGRESS_WHY} onclick={page.on(Command::SaveProgress)}>
                        { if *saving { text::saving_progress() } else { text::SAVE_PROGRESS.to_owned() } }
                    </button>
                    <button type="button" class="button quiet" data-role="kept" title={text::KEPT}
                        onclick={page.on(Command::Open(Card::Kept))}>
                        { text::KEPT_SHORT }
                    </button>
                </div>
                <button type="button" class="button wide" data-role="choose" title="Ctrl+O"
                    onclick={page.on(Command::Choose)}>
                    <Icon glyph={Glyph::Plus} />{ text::CHOOSE_MORE }
                </button>
            </div>
        </aside>
    }
}

#[derive(Properties, PartialEq)]
struct LineProps {
    file: Shared<File>,
    current: bool,
    /// What tells it from another one of the same name.
    apart: Option<String>,
}

#[component]
fn Line(LineProps { file, current, apart }: &LineProps) -> Html {
    let page = use_page();
    let standing = file.standing();
    let (mark, state) = match &standing {
        Standing::Reading => (
            "…",
            if file.phase == Phase::Waiting { text::WAITING.to_owned() } else { text::READING.to_owned() },
        ),
        Standing::Unread => ("未", text::UNREAD.to_owned()),
        Standing::Clean => (
            "✓",
            text::clean(
                file.corrected(),
                file.answered(),
                file.count(Tier::Notice),
                file.put_away(),
                file.rules_off(),
            ),
        ),
        Standing::Aside(what) => ("参", (*what).to_owned()),
        Standing::Warnings(count) => ("警", text::warnings(*count)),
        Standing::Errors(count) => ("错", text::errors(*count)),
        Standing::Unreadable(_) if file.size == 0.0 => ("空", text::EMPTY.to_owned()),
        Standing::Unreadable(_) => ("×", text::UNREADABLE.to_owned()),
    };
    let of = file.audit.as_ref().and_then(|audit| match (&audit.city, &audit.period) {
        (Some(city), Some(period)) => Some(format!("{city} {}", text::period(period))),
        // 汇总表 says so itself.
        (None, Some(period)) if file.aside().is_some() => Some(text::period(period)),
        _ => audit
            .form
            .as_deref()
            .filter(|_| file.aside().is_none())
            .map(|form| text::form(Some(form)).to_owned()),
    });
    let why = if let Standing::Unreadable(why) = &standing { Some(why.clone()) } else { None };
    let count = file
        .audit
        .as_ref()
        .filter(|audit| !audit.others.is_empty())
        .map_or(0, |audit| audit.others.len() + 1);
    let name = text::shown(&file.name);
    let (head, tail) = rail::cut(&name);
    let retry = match file.phase {
        Phase::Unreadable(_) if file.size > 0.0 => Some(text::RETRY),
        Phase::Unread => Some(text::READ_AGAIN),
        _ => None,
    };
    html! {
        <li class={classes!("file", standing.name(), current.then_some("current"))} data-role="file"
            data-file-name={name.clone()} data-state={standing.name()}>
            <button type="button" class="file-main" aria-current={current.then_some("true")} title={name.clone()}
                onclick={page.on(Command::Select(file.id))}>
                <span class="file-mark" aria-hidden="true">{ mark }</span>
                <span class="file-name"><span class="name-head">{ head }</span><span>{ tail }</span></span>
                if let Some(apart) = apart { <span class="file-state" data-role="apart">{ apart }</span> }
                <span class="file-state">
                    { state }
                    if count > 0 {
                        <span class="file-of">{ text::table_count(count) }</span>
                    } else if let Some(of) = of {
                        <span class="file-of">{ of }</span>
                    }
                    if file.unsaved() {
                        <span class="file-unsaved" title={text::UNSAVED}>
                            { text::CHANGED }{ " " }{ file.change_count() }
                        </span>
                    }
                </span>
            </button>
            <span class="file-tools">
                if let Some(retry) = retry {
                    <button type="button" class="icon-button" data-role="retry"
                        aria-label={retry} title={retry}
                        onclick={page.on(Command::Retry(file.id))}>
                        <Icon glyph={Glyph::Repeat} />
                    </button>
                }
                <button type="button" class="icon-button" aria-label={format!("{}：{name}", text::REMOVE)}
                    title={text::REMOVE} onclick={page.on(Command::Close(file.id))}>
                    <Icon glyph={Glyph::Close} /></button>
            </span>
            if let Some(why) = why.filter(|_| *current) { <p class="file-why">{ why }</p> }
            if *current && count > 0 { { tables(&page, file) } }
        </li>
    }
}

/// The tables of the file that is on the screen, each a way to it.
fn tables(page: &Page, file: &File) -> Html {
    let sheet = |at: u32| {
        let sheets = file.workbook.as_ref().map_or(&[][..], |workbook| &workbook.sheets);
        usize::try_from(at)
            .ok()
            .and_then(|at| sheets.get(at))
            .map(|sheet| text::shown(&sheet.name))
            .unwrap_or_default()
    };
    html! {
        <ul class="tables" data-role="tables" aria-label={text::TABLES}>
            { for rail::tables(file).into_iter().map(|table| {
                let of = match (table.city, table.period) {
                    (Some(city), Some(period)) => format!("{city} {}", text::period(period)),
                    (Some(city), None) => format!("{city} {}", text::form(table.form)),
                    (None, Some(period)) => format!("{} {}", text::form(table.form), text::period(period)),
                    (None, None) => text::form(table.form).to_owned(),
                };
                let (state, counted) = match (table.errors, table.warnings) {
                    (0, 0) => ("clean", "✓".to_owned()),
                    (0, warnings) => ("warnings", text::warnings(warnings)),
                    (errors, _) => ("errors", text::errors(errors)),
                };
                let name = sheet(table.sheet);
                html! {
                    <li>
                        <button type="button" class={classes!("table-line", state)} data-role="table"
                            title={format!("{name} {of}")}
                            onclick={page.on(Command::Table(table.sheet, table.area.top, table.area.left))}>
                            <span class="table-of">{ of }</span>
                            <span class="table-count">{ counted }</span>
                            <span class="table-sheet">{ name }</span>
                        </button>
                    </li>
                }
            }) }
        </ul>
    }
}
