//! What can be done about a finding: 采用, 写情况说明, and for a 提示 收起.

use yew::prelude::*;

use crate::app::findings::{can_be_explained, can_be_put_away};
use crate::app::host::use_page;
use crate::app::state::Command;
use crate::app::text;
use crate::worker::protocol::Finding;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub finding: Finding,
    /// The one the user is at: its button stands out.
    pub prominent: bool,
    /// An explanation was begun and left.
    #[prop_or_default]
    pub begun: bool,
}

/// The buttons of an open finding: 采用, 写情况说明, 收起.
#[component]
pub fn Actions(Props { finding, prominent, begun }: &Props) -> Html {
    let page = use_page();
    if finding.answer.is_some() {
        return html! {
            <div class="actions">
                <button type="button" data-role="explain" class="button quiet"
                    onclick={page.on(Command::Explain(finding.id))}>
                    { if *begun { text::EXPLAIN_ON } else { text::EXPLAIN_AGAIN } }
                </button>
                <button type="button" data-role="take-answer-back" class="button quiet"
                    onclick={page.on(Command::TakeAnswerBack(finding.id))}>
                    { text::TAKE_ANSWER_BACK }
                </button>
            </div>
        };
    }
    let fix = finding.fix.as_ref().filter(|fix| !fix.changes.is_empty());
    html! {
        <div class="actions">
            if let Some(fix) = fix {
                <button type="button" data-role="apply"
                    class={classes!("button", if *prominent { "primary" } else { "quiet" })}
                    title={if fix.safe { text::SAFE_MEANS } else { text::CONSENT }}
                    onclick={page.on(Command::Apply(finding.id))}>
                    { text::apply(&finding.code) }
                </button>
            }
            if can_be_explained(finding) {
                <button type="button" data-role="explain" class="button quiet"
                    onclick={page.on(Command::Explain(finding.id))}>
                    { if *begun { text::EXPLAIN_ON } else { text::EXPLAIN } }
                </button>
            }
            if can_be_put_away(finding) {
                <button type="button" data-role="ignore" class="button quiet"
                    onclick={page.on(Command::Ignore(finding.id))}>
                    { text::IGNORE }
                </button>
            }
            if let Some(fix) = fix {
                <span class="certainty">{ if fix.safe { text::SAFE_MEANS } else { text::CONSENT } }</span>
            }
        </div>
    }
}
