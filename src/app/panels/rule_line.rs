//! A rule: what it looks for with its example, what it has found in the open files, and the switch.

use yew::prelude::*;

use crate::app::components::TierMark;
use crate::app::findings::says_something;
use crate::app::host::use_page;
use crate::app::state::{Command, Message};
use crate::app::text;
use crate::worker::protocol::{FileId, RuleInfo};

/// Files named at a rule; more are counted.
const MOST_FILES: usize = 12;

/// A file in which a rule has found something: name and number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub file: FileId,
    pub name: String,
    pub count: usize,
}

#[derive(Properties, PartialEq)]
pub struct Props {
    pub rule: RuleInfo,
    /// Why it is switched off; nothing where it is on.
    pub off: Option<String>,
    pub found: Vec<Found>,
}

/// A rule of the list.
#[component]
pub fn RuleLine(Props { rule, off, found }: &Props) -> Html {
    let page = use_page();
    let all: usize = found.iter().map(|one| one.count).sum();
    html! {
        <details class={classes!("rule", off.is_some().then_some("off"))} data-role="rule"
            data-code={rule.code.clone()}>
            <summary>
                <TierMark tier={rule.tier} />
                <span class="code">{ &rule.code }</span>
                <span class="rule-about">
                    <span class="rule-title">{ &rule.title }</span>
                    { example(rule) }
                </span>
                if off.is_some() { <span class="rule-off" data-role="rule-is-off">{ text::IS_OFF }</span> }
                if all > 0 { <span class="rule-count">{ text::found_by(all, found.len()) }</span> }
            </summary>
            { for rule.help.lines().map(line) }
            if all > 0 {
                <p class="rule-found">
                    { for found.iter().take(MOST_FILES).map(|one| html! {
                        <button type="button" class="button" data-role="show-rule"
                            onclick={page.on(Command::ShowRule(one.file, rule.code.clone()))}>
                            { text::counted(&one.name, one.count) }
                        </button>
                    }) }
                    if found.len() > MOST_FILES { <span>{ text::and_more(found.len() - MOST_FILES) }</span> }
                </p>
            }
            <Turn code={rule.code.clone()} stays_on={rule.stays_on.clone()} off={off.clone()} />
        </details>
    }
}

/// A small real slip; where the rule speaks of more than a cell, what stands under 示例 in its help.
fn example(rule: &RuleInfo) -> Html {
    if let Some((written, meant)) = &rule.sample {
        return html! {
            <span class="rule-example" data-role="rule-sample">
                { text::FILLED_IN }<b>{ written }</b>{ " → " }{ text::SHOULD_BE }{ "：" }<b>{ meant }</b>
            </span>
        };
    }
    let mut lines = rule.help.lines().map(str::trim);
    lines.by_ref().find(|line| line.strip_prefix("##").is_some_and(|title| title.trim() == text::EXAMPLE));
    let example = lines.find(|line| !line.is_empty()).unwrap_or_default();
    html! { <span class="rule-example">{ text::EXAMPLE_OF }{ example }</span> }
}

/// A line of a rule's help; one that begins with `#` is a heading.
fn line(text: &str) -> Html {
    let text = text.trim();
    match text.strip_prefix('#') {
        _ if text.is_empty() => Html::default(),
        Some(heading) => html! { <h3>{ heading.trim_start_matches('#').trim() }</h3> },
        None => html! { <p class="rule-help">{ text }</p> },
    }
}

#[derive(Properties, PartialEq)]
struct TurnProps {
    code: String,
    stays_on: Option<String>,
    off: Option<String>,
}

/// The switch, with the field for the reason.
#[component]
fn Turn(TurnProps { code, stays_on, off }: &TurnProps) -> Html {
    let page = use_page();
    let reason = use_state(String::new);
    if let Some(why) = stays_on {
        return html! { <p class="rule-turn fine" data-role="stays-on">{ why }</p> };
    }
    if let Some(why) = off {
        return html! {
            <p class="rule-turn">
                <span data-role="why-off">{ text::off_because(why) }</span>
                <button type="button" class="button" data-role="switch-on"
                    onclick={page.on(Command::SwitchOn(code.clone()))}>{ text::SWITCH_ON }</button>
            </p>
        };
    }
    let oninput = {
        let (page, reason) = (page.clone(), reason.clone());
        Callback::from(move |event: InputEvent| reason.set(page.host.0.value(&event)))
    };
    let onsubmit = {
        let (page, reason, code) = (page.clone(), reason.clone(), code.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            page.send.emit(Message::User(Command::SwitchOff(code.clone(), (*reason).clone())));
        })
    };
    html! {
        <form class="rule-turn" {onsubmit}>
            <label><span>{ text::REASON_TO_SWITCH_OFF }</span>
                <input type="text" class="search" data-role="off-reason" maxlength="200" value={(*reason).clone()}
                    {oninput} />
            </label>
            <button type="submit" class="button" data-role="switch-off" disabled={!says_something(&reason)}>
                { text::SWITCH_OFF }
            </button>
        </form>
    }
}
