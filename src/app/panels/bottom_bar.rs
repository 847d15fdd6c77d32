//! Counts, the way from finding to finding, undo, and what is handed out.

use yew::prelude::*;

use crate::app::Shared;
use crate::app::components::{Glyph, Icon, TierMark};
use crate::app::file::File;
use crate::app::findings::{Filter, Sift, safe_count, visited};
use crate::app::host::use_page;
use crate::app::paper::Sheets;
use crate::app::state::{Arrange, Command, SettledAt};
use crate::app::text;
use crate::worker::protocol::{Record, Tier};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub file: Shared<File>,
    pub filter: Filter,
    pub finding: Option<u32>,
    pub settled: Option<SettledAt>,
    pub record: Option<Record>,
    pub saving: bool,
    /// The findings lie over the sheet, where the screen is narrow.
    pub drawer: bool,
}

/// The bar below: counts, the way from finding to finding, undo, and what is handed out.
#[component]
pub fn BottomBar(Props { file, filter, finding, settled, record, saving, drawer }: &Props) -> Html {
    let page = use_page();
    let list = visited(file, filter);
    let at = list.iter().position(|item| item.is_at(*finding, *settled)).map_or(0, |at| at + 1);
    let safe = safe_count(file);
    let nothing_to_save = file.written().is_empty() || *saving;
    let with_record = *record == Some(Record::Sheet);
    let other = if with_record { Record::None } else { Record::Sheet };
    let tool = |role: &'static str,
                name: &'static str,
                key: &'static str,
                glyph: Glyph,
                disabled: bool,
                what: Command| {
        html! {
            <button type="button" class="button quiet tool" data-role={role} title={format!("{name}（{key}）")}
                disabled={disabled} onclick={page.on(what)}>
                <Icon glyph={glyph} /><span>{ name }</span>
            </button>
        }
    };
    html! {
        <footer class="bottom-bar" aria-label={text::ACTIONS}>
            <div class="group tiers">
                { for [Tier::Error, Tier::Warning, Tier::Notice].into_iter().map(|tier| html! {
                    <span class="tier-count" title={text::tier(tier)}>
                        <TierMark tier={tier} /><b>{ file.count(tier) }</b>
                    </span>
                }) }
                if file.answered() > 0 {
                    <span class="tier-count" data-role="answered" title={text::ANSWERED}>
                        <span class="mark said">{ text::SAID }</span><b>{ file.answered() }</b>
                    </span>
                }
            </div>
            <div class="group narrow-only">
                <button type="button" class="button" data-role="drawer"
                    aria-expanded={if *drawer { "true" } else { "false" }}
                    onclick={page.on(Command::Arrange(Arrange::Drawer))}>
                    <b>{ if *drawer { text::TO_SHEET } else { text::FINDINGS } }</b>
                </button>
            </div>
            <div class="group">
                { tool("previous", text::PREVIOUS, "Shift+F8", Glyph::Up, list.is_empty(), Command::Previous) }
                { tool("next", text::NEXT, "F8", Glyph::Down, list.is_empty(), Command::Next) }
                if at > 0 { <span class="position">{ text::of_findings(at, list.len()) }</span> }
                if filter.is_on() {
                    <button type="button" class="button quiet in-force" data-role="bar-sift-off" title={text::SHOW_ALL}
                        onclick={page.on(Command::Sift(Sift::Off))}>
                        { text::SIFTED }{ " ×" }
                    </button>
                }
            </div>
            <div class="group">
                { tool("undo", text::UNDO, "Ctrl+Z", Glyph::Undo, file.done.is_empty(), Command::Undo) }
                { tool("redo", text::REDO, "Ctrl+Y", Glyph::Redo, file.undone.is_empty(), Command::Redo) }
            </div>
            <div class="group out" id="actions" tabindex="-1">
                <button type="button" class="button" data-role="apply-safe"
                    title={format!("{}：{}", text::APPLY_SAFE, text::SAFE_MEANS)} disabled={safe == 0}
                    aria-haspopup="dialog" onclick={page.on(Command::PlanSafe)}>
                    <Icon glyph={Glyph::Check} /><span>{ text::APPLY_SAFE }</span>
                    if safe > 0 { <b class="badge">{ safe }</b> }
                </button>
                <button type="button" class="button" data-role="save-findings" title={text::SAVE_FINDINGS}
                    onclick={page.on(Command::SaveFindings)}>
                    <Icon glyph={Glyph::List} /><span>{ text::SAVE_FINDINGS }</span>
                </button>
                <button type="button" class="icon-button" data-role="print" title={format!("{}（Ctrl+P）", text::PRINT)}
                    aria-label={text::PRINT} onclick={page.on(Command::Print(Sheets::Report(file.id)))}>
                    <Icon glyph={Glyph::Print} />
                </button>
                <label class="record" title={text::record_means()}>
                    <input type="checkbox" data-role="record" checked={with_record}
                        onchange={page.on(Command::Record(other))} />
                    <span>{ text::RECORD }</span>
                </label>
                <button type="button" class="button primary" data-role="save" title="Ctrl+S"
                    disabled={nothing_to_save} onclick={page.on(Command::Save)}>
                    <Icon glyph={Glyph::Save} /><span>{ if *saving { text::SAVING } else { text::SAVE } }</span>
                </button>
            </div>
        </footer>
    }
}
