//! The list of findings, root causes first.

use yew::prelude::*;

use super::reconciliation::Reconciliation;
use super::sifting::Sifting;
use super::whose::Asks;
use crate::app::Shared;
use crate::app::components::{Actions, Difference, Explanation, Glyph, Icon, TierMark};
use crate::app::file::{File, Standing, Step};
use crate::app::findings::{Choices, Filter, Item, Line, before_after, items, lines};
use crate::app::host::use_page;
use crate::app::state::{Command, Draft, SettledAt, change_line};
use crate::app::text;
use crate::worker::protocol::{Action, Finding, Fix, Hello, Input};

/// Cards drawn at once.
const PAGE: usize = 200;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub file: Shared<File>,
    pub filter: Filter,
    pub finding: Option<u32>,
    /// The settled one that was last gone to.
    pub settled: Option<SettledAt>,
    pub hello: Option<Shared<Hello>>,
    /// The explanation being written.
    pub draft: Option<Draft>,
    /// Explanations begun and left.
    pub kept: Vec<Draft>,
}

/// The findings of a file, with what was corrected and explained.
#[component]
pub fn FindingsPanel(Props { file, filter, finding, settled, hello, draft, kept }: &Props) -> Html {
    let limit = use_state(|| PAGE);
    let all = items(file);
    let choices = Choices::of(&all, filter);
    let count = all.len();
    let shown: Vec<Item> = all.into_iter().filter(|item| filter.shows(item)).collect();
    let counts = (shown.len(), count);
    let list = lines(file, shown);
    let more = {
        let limit = limit.clone();
        Callback::from(move |_: MouseEvent| limit.set(*limit + PAGE))
    };
    let any = count > 0;
    let clear = file.standing() == Standing::Clean
        && !file.findings().iter().any(|finding| file.is_open(finding))
        && !filter.is_on();
    let own_draft = draft.as_ref().filter(|draft| draft.file == file.id);
    let of_file: Vec<&Draft> = kept.iter().filter(|draft| draft.file == file.id).collect();
    let at = At { finding: *finding, settled: *settled, draft: own_draft, kept: &of_file };
    html! {
        <aside class="findings" aria-label={text::FINDINGS}>
            <div class="panel-head">
                <h2>{ text::FINDINGS }</h2>
                <Understood file={file.clone()} />
            </div>
            <Asks file={file.clone()} />
            if any {
                <Sifting {choices} filter={filter.clone()} hello={hello.clone()} shown={counts} />
            }
            <div class="finding-scroll" id="findings" tabindex="-1">
                { for file.audit.iter().flat_map(|audit| audit.disputed.iter()).map(|dispute| html! {
                    <p class="remark" data-role="disputed">{ dispute }</p>
                }) }
                <Reconciliation file={file.clone()} />
                if let Some(what) = file.aside() { <p class="none" data-role="aside">{ what }</p> }
                if clear {
                    <div class="all-clear" data-role="all-clear">
                        <span class="seal" aria-hidden="true"><Icon glyph={Glyph::Check} /></span>
                        <p class="headline">
                            { text::nothing_open(file.corrected(), file.answered(), file.put_away(), file.rules_off()) }
                        </p>
                        <p>{ text::CLEAN_SAYS }</p>
                    </div>
                } else if list.is_empty() && filter.is_on() {
                    <p class="none">{ text::NONE_SHOWN }</p>
                }
                <ol class="cards">
                    { for list.iter().take(*limit).map(|line| line_of(line, at)) }
                </ol>
                if list.len() > *limit {
                    <button type="button" class="button quiet wide" onclick={more}>{ text::SHOW_MORE }</button>
                }
                if !file.done.is_empty() { <Steps file={file.clone()} /> }
            </div>
        </aside>
    }
}

/// What the sheet was taken for.
#[component]
fn Understood(OfFile { file }: &OfFile) -> Html {
    let Some(audit) = &file.audit else { return Html::default() };
    let mut parts = vec![text::form(audit.form.as_deref()).to_owned()];
    parts.extend(audit.city.clone());
    parts.extend(audit.period.as_deref().map(text::period));
    if !audit.others.is_empty() {
        parts.push(text::tables(audit.others.len() + 1));
    }
    html! { <p class="understood">{ parts.join(" · ") }</p> }
}

/// Where the user is in the list.
#[derive(Clone, Copy)]
struct At<'a> {
    finding: Option<u32>,
    settled: Option<SettledAt>,
    draft: Option<&'a Draft>,
    kept: &'a [&'a Draft],
}

fn line_of(line: &Line, at: At<'_>) -> Html {
    match line {
        Line::One(item) => card(item, at),
        Line::Several { title, places, items } => {
            let Some(first) = items.first().map(Item::finding) else { return Html::default() };
            // Whoever is at one of them sees it.
            let is_at = |item: &Item| {
                item.is_at(at.finding, at.settled)
                    || at.draft.is_some_and(|draft| draft.is_about(item.finding()))
            };
            let cards: Html = items.iter().map(|item| card(item, at)).collect();
            html! {
                <SeveralCard key={format!("g{}-{}", first.code, first.id)} title={title.clone()}
                    places={places.clone()} count={items.len()} first={first.clone()}
                    at={items.iter().any(is_at)} {cards} />
            }
        }
    }
}

#[derive(Properties, PartialEq)]
struct SeveralProps {
    title: String,
    places: String,
    count: usize,
    first: Finding,
    /// Whether the user is at one of them.
    at: bool,
    cards: Html,
}

/// Findings of one kind in one column, to be unfolded.
#[component]
fn SeveralCard(SeveralProps { title, places, count, first, at, cards }: &SeveralProps) -> Html {
    let page = use_page();
    let unfolded = use_state(|| false);
    let open = *unfolded || *at;
    let toggle = {
        let unfolded = unfolded.clone();
        Callback::from(move |_: MouseEvent| unfolded.set(!open))
    };
    html! {
        <li class={classes!("several", text::tier_class(first.tier), open.then_some("unfolded"))}
            data-role="several" data-code={first.code.clone()}>
            <div class="several-head">
                <div class="card-head">
                    <TierMark tier={first.tier} />
                    <button type="button" class="chip" onclick={page.on(Command::Finding(first.id))}>{ places }</button>
                    <span class="code">{ &first.code }</span>
                </div>
                <button type="button" class="fold" aria-expanded={if open { "true" } else { "false" }}
                    disabled={*at} onclick={toggle}>
                    <Icon glyph={if open { Glyph::Fold } else { Glyph::Unfold }} />
                    { text::several(title, *count) }
                </button>
            </div>
            if open { <ol class="cards">{ cards.clone() }</ol> }
        </li>
    }
}

fn card(item: &Item, at: At<'_>) -> Html {
    let selected = item.is_at(at.finding, at.settled);
    let draft = at.draft.filter(|draft| draft.is_about(item.finding())).map(|draft| draft.text.clone());
    let begun = at.kept.iter().any(|draft| draft.is_about(item.finding()));
    match item {
        Item::Open { finding, explains, taken_back } => html! {
            <OpenCard key={format!("o{}", finding.id)} finding={finding.clone()} explains={explains.clone()}
                taken_back={*taken_back} {selected} {draft} {begun} />
        },
        Item::Answered(finding) => {
            html! { <AnsweredCard key={format!("a{}", finding.id)} finding={finding.clone()} {draft} {begun} /> }
        }
        Item::Ignored(finding) => {
            html! { <IgnoredCard key={format!("i{}", finding.id)} finding={finding.clone()} /> }
        }
        Item::Settled { finding, step } => {
            let key = format!("s{step}-{}", finding.id);
            html! { <SettledCard {key} finding={finding.clone()} step={*step} {selected} /> }
        }
    }
}

#[derive(Properties, PartialEq)]
struct OpenProps {
    finding: Finding,
    explains: Vec<Finding>,
    taken_back: bool,
    selected: bool,
    draft: Option<String>,
    begun: bool,
}

#[component]
fn OpenCard(OpenProps { finding, explains, taken_back, selected, draft, begun }: &OpenProps) -> Html {
    let page = use_page();
    let unfolded = use_state(|| false);
    let toggle = {
        let unfolded = unfolded.clone();
        Callback::from(move |_: MouseEvent| unfolded.set(!*unfolded))
    };
    let go = page.on(Command::Finding(finding.id));
    let root = !explains.is_empty();
    let tier = text::tier_class(finding.tier);
    let class = classes!("card", tier, root.then_some("root"), selected.then_some("selected"));
    html! {
        <li id={text::card_id(finding.id)}
            {class} data-role="finding" data-code={finding.code.clone()} data-address={finding.address.clone()}
            data-tier={text::tier(finding.tier)}>
            <div class="card-head">
                <TierMark tier={finding.tier} />
                <button type="button" class="chip" onclick={go.clone()}>
                    { finding.address.clone().unwrap_or_else(|| text::WHOLE_FILE.to_owned()) }
                </button>
                if *taken_back { <span class="taken-back" data-role="taken-back">{ text::TAKEN_BACK }</span> }
                <span class="code">{ &finding.code }</span>
            </div>
            <button type="button" id={text::card_main_id(finding.id)} class="card-main"
                aria-current={selected.then_some("true")} onclick={go}>
                { &finding.message }
            </button>
            <Proposal finding={finding.clone()} />
            if *selected && !finding.why.is_empty() { <p class="why">{ &finding.why }</p> }
            if root {
                <button type="button" class="fold" aria-expanded={if *unfolded { "true" } else { "false" }}
                    onclick={toggle}>
                    <Icon glyph={if *unfolded { Glyph::Fold } else { Glyph::Unfold }} />
                    { text::explains(explains.len()) }
                </button>
                if *unfolded {
                    <ul class="explained">
                        { for explains.iter().map(|folded| html! {
                            <li key={folded.id} data-role="finding" data-code={folded.code.clone()}
                                data-address={folded.address.clone()} data-tier={text::tier(folded.tier)}
                                data-folded="true">
                                <button type="button" class="chip" onclick={page.on(Command::Finding(folded.id))}>
                                    { folded.address.clone().unwrap_or_default() }
                                </button>
                                <span>{ &folded.message }</span>
                            </li>
                        }) }
                    </ul>
                }
            }
            if let Some(text) = draft {
                <Explanation text={text.clone()} />
            } else {
                <Actions finding={finding.clone()} prominent={*selected} begun={*begun} />
            }
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct AnsweredProps {
    finding: Finding,
    draft: Option<String>,
    begun: bool,
}

/// A 警示 with its 情况说明.
#[component]
fn AnsweredCard(AnsweredProps { finding, draft, begun }: &AnsweredProps) -> Html {
    let page = use_page();
    let go = page.on(Command::Finding(finding.id));
    html! {
        <li class="card answered" id={text::card_id(finding.id)} data-role="answered-finding"
            data-code={finding.code.clone()} data-address={finding.address.clone()}>
            <div class="card-head">
                <span class="mark said" title={text::ANSWERED}>{ text::SAID }</span>
                <button type="button" class="chip" onclick={go.clone()}>
                    { finding.address.clone().unwrap_or_else(|| text::WHOLE_FILE.to_owned()) }
                </button>
                <span class="code">{ &finding.code }</span>
            </div>
            <button type="button" class="card-main" onclick={go}>{ &finding.message }</button>
            if let Some(text) = draft {
                <Explanation text={text.clone()} />
            } else {
                <p class="answer" data-role="answer">
                    { text::EXPLANATION }{ "：" }{ text::shown(finding.answer.as_deref().unwrap_or_default()) }
                </p>
                <Actions finding={finding.clone()} prominent={false} begun={*begun} />
            }
        </li>
    }
}

/// The finding whose proposal is shown.
#[derive(Properties, PartialEq)]
pub struct ProposalProps {
    pub finding: Finding,
}

/// What would be changed.
#[component]
pub fn Proposal(ProposalProps { finding }: &ProposalProps) -> Html {
    if let Some((before, after)) = before_after(finding) {
        return html! { <Difference before={before} after={after} /> };
    }
    let Some(fix) = &finding.fix else { return Html::default() };
    let inserted = fix
        .changes
        .iter()
        .find_map(|change| if let Action::InsertRow { row, .. } = change.action { Some(row) } else { None });
    match (inserted, fix.changes.len()) {
        (_, 0) => Html::default(),
        // The same characters, stored otherwise.
        (None, 1) if finding.fix.as_ref().is_some_and(stores_number) => {
            html! { <p class="difference">{ text::stored_as_number(&finding.found) }</p> }
        }
        (Some(row), _) => html! { <p class="difference">{ text::row_will_be_inserted(row) }</p> },
        (None, count) => html! { <p class="difference">{ text::cells_changed(count) }</p> },
    }
}

fn stores_number(fix: &Fix) -> bool {
    fix.changes.iter().all(|change| matches!(change.action, Action::Set { input: Input::Number(_), .. }))
}

#[derive(Properties, PartialEq)]
struct OneProps {
    finding: Finding,
}

#[component]
fn IgnoredCard(OneProps { finding }: &OneProps) -> Html {
    let page = use_page();
    html! {
        <li class="card settled ignored" id={text::card_id(finding.id)} data-role="put-away">
            <span class="mark plain">{ text::AWAY }</span>
            <button type="button" class="chip" onclick={page.on(Command::Finding(finding.id))}>
                { finding.address.clone().unwrap_or_else(|| text::WHOLE_FILE.to_owned()) }
            </button>
            <span class="settled-text">{ text::IGNORED }{ "：" }{ &finding.message }</span>
            <button type="button" class="button quiet" onclick={page.on(Command::TakeUp(finding.id))}>
                { text::TAKE_UP }
            </button>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct SettledProps {
    finding: Finding,
    step: u32,
    selected: bool,
}

#[component]
fn SettledCard(SettledProps { finding, step, selected }: &SettledProps) -> Html {
    let page = use_page();
    let go = page.on(Command::Settled(*step, finding.id));
    html! {
        <li class={classes!("card", "settled", selected.then_some("selected"))}
            id={text::settled_id(*step, finding.id)} data-role="settled" data-code={finding.code.clone()}
            data-address={finding.address.clone()}>
            <span class="mark changed">{ "改" }</span>
            <button type="button" class="chip" onclick={go}>
                { finding.address.clone().unwrap_or_else(|| text::WHOLE_FILE.to_owned()) }
            </button>
            <span class="settled-text">
                { match before_after(finding) {
                    Some((before, after)) => html! {
                        <><s>{ shown_or_blank(&before) }</s>{ " → " }{ shown_or_blank(&after) }</>
                    },
                    None => html! { { &finding.message } },
                } }
            </span>
            <button type="button" class="button quiet" onclick={page.on(Command::TakeBack(*step))}>
                { text::TAKE_BACK }
            </button>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct OfFile {
    file: Shared<File>,
}

/// Everything that was changed, by step.
#[component]
fn Steps(OfFile { file }: &OfFile) -> Html {
    let unfolded = use_state(|| false);
    let toggle = {
        let unfolded = unfolded.clone();
        Callback::from(move |_: MouseEvent| unfolded.set(!*unfolded))
    };
    html! {
        <section class="steps">
            <button type="button" class="fold" aria-expanded={if *unfolded { "true" } else { "false" }}
                onclick={toggle}>
                <Icon glyph={if *unfolded { Glyph::Fold } else { Glyph::Unfold }} />
                { text::steps(file.change_count(), file.said_count()) }
            </button>
            if *unfolded {
                <ol>
                    { for file.done.iter().map(|step| html! { <StepLine key={step.serial} step={step.clone()} /> }) }
                </ol>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct StepProps {
    step: Shared<Step>,
}

#[component]
fn StepLine(StepProps { step }: &StepProps) -> Html {
    let page = use_page();
    let name = match (step.changes.first(), step.changes.len()) {
        (Some(change), 1) => {
            let (address, after) = change_line(change);
            format!(
                "{address} → {}",
                if after.is_empty() { text::BLANK.to_owned() } else { text::shown(&after) }
            )
        }
        _ => text::batch(step.settles.len()),
    };
    let by = step
        .changes
        .first()
        .map_or(text::HAND.to_owned(), |change| change.rule.clone().unwrap_or_else(|| text::HAND.to_owned()));
    html! {
        <li>
            <span class="step-name">{ name }</span>
            <span class="code">{ by }</span>
            <button type="button" class="button quiet" onclick={page.on(Command::TakeBack(step.serial))}>
                { text::TAKE_BACK }
            </button>
        </li>
    }
}

fn shown_or_blank(text: &str) -> String {
    if text.is_empty() { text::BLANK.to_owned() } else { text::shown(text) }
}
