//! 全部采用 before it is done: every change, each finding to be taken out.

use yew::prelude::*;

use crate::app::components::{Difference, TierMark};
use crate::app::file::mark;
use crate::app::findings::shown;
use crate::app::host::{Page, use_page};
use crate::app::state::{CARRY_OUT, Command, Plan, change_line};
use crate::app::text;
use crate::worker::protocol::{Action, Change, Planned};

/// Lines drawn at once.
const PAGE: usize = 200;
/// Cells of one finding that are told one by one.
const MOST_CELLS: usize = 6;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub plan: Plan,
}

/// What would be changed.
#[component]
pub fn Planning(Props { plan }: &Props) -> Html {
    let page = use_page();
    let limit = use_state(|| PAGE);
    let more = {
        let limit = limit.clone();
        Callback::from(move |_: MouseEvent| limit.set(*limit + PAGE))
    };
    let all = plan.all();
    html! {
        <>
            <p class="headline">{ text::SAFE_MEANS }{ "。" }{ text::PLAN_LEAD }</p>
            if plan.lines.is_none() {
                <p role="status">{ text::PLANNING }</p>
            }
            <ol class="plan">
                { for all.iter().take(*limit).map(|(planned, done)| line(&page, planned, *done)) }
            </ol>
            if all.len() > *limit {
                <button type="button" class="button quiet wide" onclick={more}>{ text::SHOW_MORE }</button>
            }
        </>
    }
}

fn line(page: &Page, Planned { finding, changes }: &Planned, done: bool) -> Html {
    let address = finding.address.clone().unwrap_or_else(|| text::WHOLE_FILE.to_owned());
    html! {
        <li key={format!("{}-{address}-{}", finding.code, finding.found)} class={(!done).then_some("left-out")}
            data-role="planned" data-code={finding.code.clone()} data-address={address.clone()}>
            <label>
                <input type="checkbox" checked={done} onchange={page.on(Command::LeaveOut(mark(finding)))} />
                <TierMark tier={finding.tier} />
                <span class="chip still">{ address }</span>
                <span class="code">{ &finding.code }</span>
            </label>
            { for changes.iter().take(MOST_CELLS).map(|(change, before)| {
                one_change(change, before, changes.len() > 1)
            }) }
            if changes.len() > MOST_CELLS {
                <p class="fine">{ text::cells_more(changes.len() - MOST_CELLS) }</p>
            }
            <p class="why">{ &finding.message }</p>
        </li>
    }
}

fn one_change(change: &Change, before: &str, several: bool) -> Html {
    let (address, _) = change_line(change);
    let Action::Set { input, .. } = &change.action else {
        return html! { <p class="difference">{ address }{ "：" }{ text::ROW_INSERTED }</p> };
    };
    let after = shown(input);
    html! {
        <div class="planned-change">
            if several { <span class="chip still">{ address }</span> }
            if after == before {
                <p class="difference">{ text::stored_as_number(before) }</p>
            } else {
                <Difference before={before.to_owned()} {after} />
            }
        </div>
    }
}

/// The buttons below it.
pub fn decision(page: &Page, plan: &Plan) -> Html {
    let ready = plan.lines.is_some() && !plan.asked && plan.count() > 0;
    html! {
        <>
            <button type="button" class="button quiet" data-role="drop-plan" onclick={page.on(Command::CloseCard)}>
                { text::DROP_PLAN }
            </button>
            <button type="button" id={CARRY_OUT} class="button primary" data-role="carry-out" disabled={!ready}
                onclick={page.on(Command::ApplySafe)}>
                { text::carry_out(plan.count()) }
            </button>
        </>
    }
}
