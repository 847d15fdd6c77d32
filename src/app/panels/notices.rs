//! What the user is told, until it is put away.

use yew::prelude::*;

use crate::app::components::{Glyph, Icon};
use crate::app::host::use_page;
use crate::app::state::{Command, Notice, NoticeKind, Offer};
use crate::app::text;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub notices: Vec<Notice>,
}

/// What the user is told, a line each.
#[component]
pub fn Notices(Props { notices }: &Props) -> Html {
    let page = use_page();
    if notices.is_empty() {
        return Html::default();
    }
    html! {
        <section class="notices" aria-label={text::NOTICES}>
            { for notices.iter().map(|notice| html! {
                <div key={notice.id}
                    class={classes!("notice-line", (notice.kind == NoticeKind::Trouble).then_some("trouble"))}
                    data-role="message">
                    <p>{ text::shown(&notice.text) }</p>
                    if let Some(offer) = notice.offer {
                        <button type="button" class="button" data-role="accept"
                            onclick={page.on(Command::Accept(offer))}>
                            { match offer {
                                Offer::Restore(_) => text::RESTORE,
                                Offer::Remove(_) => text::REMOVE,
                                Offer::Restart => text::RESTART,
                            } }
                        </button>
                    }
                    if let Some(detail) = &notice.detail {
                        <details>
                            <summary>{ text::DETAIL }</summary><p class="mono">{ text::shown(detail) }</p>
                        </details>
                    }
                    <button type="button" class="icon-button" aria-label={text::CLOSE} title={text::CLOSE}
                        onclick={page.on(Command::PutAway(notice.id))}>
                        <Icon glyph={Glyph::Close} />
                    </button>
                </div>
            }) }
        </section>
    }
}
