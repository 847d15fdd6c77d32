//! 情况综述: the text to copy, and in Word.

use yew::prelude::*;

use crate::app::Shared;
use crate::app::components::{Glyph, Icon};
use crate::app::host::use_page;
use crate::app::state::{BRIEF, Command};
use crate::app::text;
use crate::worker::protocol::ConsolidationSummary;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub summary: Shared<ConsolidationSummary>,
    /// Nothing of it is to leave the page any more.
    pub outdated: bool,
}

/// 情况综述 below the consolidated table.
#[component]
pub fn Brief(Props { summary, outdated }: &Props) -> Html {
    let page = use_page();
    html! {
        <section data-role="brief">
            <h3>{ text::BRIEF }</h3>
            { match &summary.brief {
                Err(why) => html! { <p>{ why }</p> },
                Ok(brief) => html! {
                    <>
                        <p class="fine">{ text::BRIEF_MEANS }</p>
                        <textarea id={BRIEF} class="brief" readonly=true rows="16" spellcheck="false"
                            aria-label={text::BRIEF} value={brief.clone()} />
                        <div class="section-head">
                            <button type="button" class="button" data-role="copy-brief" disabled={*outdated}
                                onclick={page.on(Command::CopyBrief)}>
                                { text::COPY }
                            </button>
                            <button type="button" class="button" data-role="download-brief" disabled={*outdated}
                                onclick={page.on(Command::DownloadBrief)}>
                                <Icon glyph={Glyph::Save} />{ text::DOWNLOAD_WORD }
                            </button>
                        </div>
                    </>
                },
            } }
        </section>
    }
}
