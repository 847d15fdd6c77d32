//! The tabs of a workbook's sheets, under the sheet as in WPS.

use yew::prelude::*;

use crate::app::Shared;
use crate::app::components::{Glyph, Icon};
use crate::app::file::File;
use crate::app::host::use_page;
use crate::app::state::{Arrange, Command, Panels, Side};
use crate::app::text;
use crate::worker::protocol::{Area, Sum, Version};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub file: Shared<File>,
    /// Several cells that are selected.
    pub selected: Option<Area>,
    /// What they come to.
    pub sum: Option<Sum>,
    pub panels: Panels,
    pub version: Version,
}

/// The sheets of a file, to choose one.
#[component]
pub fn SheetTabs(Props { file, selected, sum, panels, version }: &Props) -> Html {
    let page = use_page();
    let Some(workbook) = &file.workbook else { return Html::default() };
    let form = |sheet: u32| {
        let audit = file.audit.as_ref()?;
        let main = (audit.sheet == Some(sheet)).then_some(audit.form.as_deref());
        main.or_else(|| {
            audit.others.iter().find(|table| table.sheet == sheet).map(|table| Some(table.form.as_str()))
        })
    };
    let fold = |side: Side, glyph: Glyph| {
        let (name, class) = text::side(side);
        html! {
            if !panels.is_folded(side) {
                <button type="button" class={classes!("icon-button", "fold-panel", class)}
                    data-role={format!("fold-{class}")} aria-label={text::fold(name)} title={text::fold(name)}
                    onclick={page.on(Command::Arrange(Arrange::Fold(side)))}>
                    <Icon {glyph} />
                </button>
            }
        }
    };
    html! {
        <div class="sheet-foot">
            { fold(Side::Files, Glyph::Left) }
            <div class="sheet-tabs" role="tablist" aria-label={text::SHEETS}>
                { for (0u32..).zip(&workbook.sheets).map(|(index, sheet)| {
                    let current = index == file.sheet;
                    html! {
                        <button type="button" role="tab" key={index}
                            class={classes!("sheet-tab", sheet.hidden.then_some("hidden-sheet"))} data-role="sheet-tab"
                            aria-selected={if current { "true" } else { "false" }}
                            title={sheet.hidden.then_some(text::HIDDEN_SHEET)} onclick={page.on(Command::Sheet(index))}>
                            { &sheet.name }
                            if let Some(form) = form(index) { <span class="tab-dot" title={text::form(form)}></span> }
                        </button>
                    }
                }) }
            </div>
            if file.change_count() > 0 {
                <div class="versions" role="group" aria-label={text::VERSIONS}>
                    { for [Version::Corrected, Version::Original].into_iter().map(|one| html! {
                        <button type="button" data-role={text::version_role(one)}
                            aria-pressed={if one == *version { "true" } else { "false" }}
                            onclick={page.on(Command::Version(one))}>
                            { text::version(one) }
                        </button>
                    }) }
                </div>
            }
            // What a screen reader is told elsewhere, when it changes.
            <p class="sheet-hint" aria-hidden="true" data-role="sheet-hint">
                if let Some(area) = selected { <span class="selected-cells">{ text::selected(*area) }</span> }
                if let Some(sum) = sum.as_ref().and_then(text::sum) {
                    <span class="selected-cells" data-role="sum">{ sum }</span>
                }
                <span class="leave">{ text::LEAVE_SHEET }</span>
            </p>
            { fold(Side::Findings, Glyph::Right) }
        </div>
    }
}

/// What is looked at instead of the corrected sheet.
#[derive(Properties, PartialEq)]
pub struct OriginalProps {
    /// How many places were changed since.
    pub changed: usize,
}

/// Stands over the sheet while it is shown as the file has it.
#[component]
pub fn Original(OriginalProps { changed }: &OriginalProps) -> Html {
    let page = use_page();
    html! {
        <p class="original-bar" data-role="original-bar">
            <span>{ text::is_original(*changed) }</span>
            <button type="button" class="button quiet" onclick={page.on(Command::Version(Version::Corrected))}>
                { text::back_to_corrected() }
            </button>
        </p>
    }
}
