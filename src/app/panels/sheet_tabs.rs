//! The tabs of a workbook's sheets, under the sheet as in WPS.

use yew::prelude::*;

use crate::app::Shared;
use crate::app::file::File;
use crate::app::host::use_page;
use crate::app::state::{Do, Message};
use crate::app::text;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub file: Shared<File>,
}

#[component]
pub fn SheetTabs(Props { file }: &Props) -> Html {
    let page = use_page();
    let Some(workbook) = &file.workbook else { return Html::default() };
    let table = file.audit.as_ref().and_then(|audit| audit.sheet);
    html! {
        <div class="sheet-tabs" role="tablist" aria-label={text::SHEETS}>
            { for (0u32..).zip(&workbook.sheets).map(|(index, sheet)| {
                let current = index == file.sheet;
                html! {
                    <button type="button" role="tab" key={index} class={classes!("sheet-tab", sheet.hidden.then_some("hidden-sheet"))} data-role="sheet-tab"
                        aria-selected={if current { "true" } else { "false" }} title={sheet.hidden.then_some(text::HIDDEN_SHEET)}
                        onclick={page.on(Message::User(Do::Sheet(index)))}>
                        { &sheet.name }
                        if table == Some(index) { <span class="tab-dot" title={text::form(file.audit.as_ref().and_then(|audit| audit.form.as_deref()))}></span> }
                    </button>
                }
            }) }
        </div>
    }
}
