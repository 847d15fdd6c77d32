//! 是哪个市、哪一期: asked where it cannot be read or is contradicted.

use yew::prelude::*;

use crate::app::Shared;
use crate::app::file::File;
use crate::app::host::use_page;
use crate::app::state::{Command, Message};
use crate::app::text;
use crate::worker::protocol::{Hint, Understood, Whose};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub file: Shared<File>,
}

/// Whose and of when a return is, where that is to be asked or was said.
#[component]
pub fn Asks(Props { file }: &Props) -> Html {
    let Some(audit) = &file.audit else { return Html::default() };
    let several = audit.understood.len() > 1;
    let sheet = |index: u32| {
        let sheets = file.workbook.as_ref().map(|workbook| workbook.sheets.as_slice()).unwrap_or_default();
        usize::try_from(index).ok().and_then(|at| sheets.get(at)).map(|sheet| sheet.name.clone())
    };
    html! {
        { for audit.understood.iter().filter_map(|table| Some((table, table.whose.as_ref()?))).map(|(table, whose)| {
            let place = several.then(|| text::table_address(&sheet(table.sheet).unwrap_or_default(), table.area));
            html! { <AskWhose table={table.clone()} whose={whose.clone()} {place} /> }
        }) }
    }
}

#[derive(Properties, PartialEq)]
struct AskProps {
    table: Understood,
    whose: Whose,
    /// Where it is, among several.
    place: Option<String>,
}

#[component]
fn AskWhose(AskProps { table, whose, place }: &AskProps) -> Html {
    let page = use_page();
    let choose = |hint: fn((u32, u32), String) -> Hint| {
        let (page, sheet, at) = (page.clone(), table.sheet, table.at);
        Callback::from(move |event: Event| {
            let chosen = page.host.0.value(&event);
            if !chosen.is_empty() {
                page.send.emit(Message::User(Command::Say(sheet, hint(at, chosen))));
            }
        })
    };
    let select = |role: &'static str,
                  label: &'static str,
                  all: &[String],
                  now: &Option<String>,
                  name: fn(&str) -> String,
                  onchange: Callback<Event>| {
        html! {
            <label><span>{ label }</span>
                <select data-role={role} {onchange}>
                    <option value="" selected={now.is_none()} disabled=true>{ text::CHOOSE_ONE }</option>
                    { for all.iter().map(|one| html! {
                        <option value={one.clone()} selected={now.as_ref() == Some(one)}>{ name(one) }</option>
                    }) }
                </select>
            </label>
        }
    };
    html! {
        <div class="whose" role="group" aria-label={text::WHOSE} data-role="whose">
            if let Some(place) = place { <p>{ place }</p> }
            { select("which-city", text::WHICH_CITY, &whose.cities, &table.city, str::to_owned,
                choose(|at, city| Hint::City { at, city })) }
            { select("which-period", text::WHICH_PERIOD, &whose.periods, &table.period, text::period,
                choose(|at, period| Hint::Period { at, period })) }
        </div>
    }
}
