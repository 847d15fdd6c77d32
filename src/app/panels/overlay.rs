//! What lies over the page: help, about, the certificate of a saved copy, what another breakdown changes.
//! The page behind it stays in use.

use yew::prelude::*;

use super::help::help;
use super::kept;
use super::plan::{self, Planning};
use crate::app::Shared;
use crate::app::components::{Glyph, Icon};
use crate::app::file::File;
use crate::app::host::use_page;
use crate::app::paper::Sheets;
use crate::app::state::{CARD, Card, Command, Keeping, Plan, Proposal, Release};
use crate::app::text;
use crate::worker::protocol::{Certificate, NewBreakdown};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub card: Option<Card>,
    pub release: Release,
    pub files: Vec<Shared<File>>,
    pub proposal: Option<Proposal>,
    pub keeping: Keeping,
    pub plan: Option<Plan>,
    /// How many files are still to be read.
    pub reading: usize,
}

/// The card that lies over the page.
#[component]
pub fn Overlay(Props { card, release, files, proposal, keeping, plan, reading }: &Props) -> Html {
    let page = use_page();
    let Some(card) = card else { return Html::default() };
    let (title, role, body) = match card {
        Card::Help => (text::HELP, "help", help()),
        Card::About => (text::OFFLINE, "about", about(release)),
        Card::Certificate(id) => {
            let Some(saved) =
                files.iter().find(|file| file.id == *id).and_then(|file| file.certificate.clone())
            else {
                return Html::default();
            };
            (text::CERTIFICATE, "certificate", certificate(&saved.0, &saved.1))
        }
        Card::Breakdown => {
            let Some(proposal) = proposal else { return Html::default() };
            (text::CHANGE_BREAKDOWN, "breakdown-proposal", proposed(proposal))
        }
        Card::Kept => (text::KEPT, "kept", kept::handed(&page, keeping)),
        Card::Plan => {
            let Some(plan) = plan else { return Html::default() };
            (text::APPLY_SAFE, "plan", html! { <Planning plan={plan.clone()} /> })
        }
        Card::Returned => {
            let Some(returned) = keeping.returned.front() else { return Html::default() };
            (text::RESTORE_QUESTION, "returned", kept::compared(files, &returned.progress))
        }
    };
    let ready = *card == Card::Breakdown && matches!(proposal, Some(Proposal::Ready(..)));
    let close = page.on(Command::CloseCard);
    let foot = if ready {
        html! {
            <>
                <button type="button" class="button quiet" data-role="keep-breakdown" onclick={close.clone()}>
                    { text::KEEP_BREAKDOWN }
                </button>
                <button type="button" class="button primary" data-role="use-breakdown"
                    onclick={page.on(Command::UseBreakdown)}>
                    { text::USE_BREAKDOWN }
                </button>
            </>
        }
    } else if *card == Card::Returned {
        kept::decision(&page, *reading > 0)
    } else if let Some(plan) = plan.as_ref().filter(|_| *card == Card::Plan) {
        plan::decision(&page, plan)
    } else {
        html! {
            <>
                if let Card::Certificate(file) = *card {
                    <button type="button" class="button quiet" data-role="save-certificate"
                        onclick={page.on(Command::SaveCertificate(file))}>
                        { text::SAVE_CERTIFICATE }
                    </button>
                    <button type="button" class="button quiet" data-role="print-certificate"
                        onclick={page.on(Command::Print(Sheets::Certificate(file)))}>
                        { text::PRINT_THIS }
                    </button>
                }
                if *card == Card::Help {
                    <button type="button" class="button quiet" data-role="print-help"
                        onclick={page.on(Command::Print(Sheets::Help))}>
                        { text::PRINT_THIS }
                    </button>
                }
                <button type="button" class="button primary" onclick={close.clone()}>{ text::GOT_IT }</button>
            </>
        }
    };
    html! {
        <section class={classes!("overlay", role)} role="dialog" aria-label={title} id={CARD} tabindex="-1"
            data-role={role}>
            <div class="overlay-head">
                <h2>{ title }</h2>
                <button type="button" class="icon-button" aria-label={text::CLOSE} title="Esc" onclick={close}>
                    <Icon glyph={Glyph::Close} />
                </button>
            </div>
            <div class="overlay-body" role="group" aria-label={title} tabindex="0">{ body }</div>
            <div class="overlay-foot">{ foot }</div>
        </section>
    }
}

fn proposed(proposal: &Proposal) -> Html {
    match proposal {
        Proposal::Reading(picked) => {
            html! { <p class="headline">{ text::shown(&picked.name) }{ "：" }{ text::READING }</p> }
        }
        Proposal::Refused(name, why) => html! {
            <>
                <p class="headline">{ text::BREAKDOWN_REFUSED }{ "：" }{ text::shown(name) }</p>
                <p data-role="message">{ text::shown(why) }</p>
            </>
        },
        Proposal::Ready(_, new) => differences(new),
    }
}

fn differences(new: &NewBreakdown) -> Html {
    html! {
        <>
            <p class="headline">
                <b>{ &new.name }</b>{ "：" }{ text::breakdown_size(new.cities.len(), new.indicators) }
            </p>
            <p>{ new.cities.join("、") }</p>
            if !new.remarks.is_empty() {
                <h3>{ text::BREAKDOWN_REMARKS }</h3>
                <ul class="plain">{ for new.remarks.iter().map(|remark| html! { <li>{ remark }</li> }) }</ul>
            }
            if new.changes.is_empty() {
                <p>{ text::BREAKDOWN_SAME }</p>
            } else {
                <h3>{ text::BREAKDOWN_CHANGES }</h3>
                <ul class="plain" data-role="breakdown-changes">
                    { for new.changes.iter().map(|change| html! { <li>{ change }</li> }) }
                </ul>
            }
            <p class="fine">{ text::BREAKDOWN_EFFECT }</p>
            <dl class="facts"><dt>{ text::FINGERPRINT }</dt><dd class="mono">{ &new.sha256 }</dd></dl>
        </>
    }
}

fn about(release: &Release) -> Html {
    html! {
        <>
            <p>{ text::OFFLINE_WHY }</p>
            <dl class="facts">
                <dt>{ text::VERSION }</dt><dd>{ &release.version }</dd>
                <dt>{ text::BUILD }</dt><dd class="mono">{ &release.build }</dd>
            </dl>
        </>
    }
}

fn certificate(name: &str, proven: &Certificate) -> Html {
    html! {
        <>
            <p class="headline">{ text::downloaded(&text::shown(name)) }</p>
            { self::proven(proven) }
            <dl class="facts">
                <dt>{ text::ORIGINAL_HASH }</dt><dd class="mono">{ &proven.original_sha256 }</dd>
                <dt>{ text::RESULT_HASH }</dt><dd class="mono">{ &proven.result_sha256 }</dd>
            </dl>
        </>
    }
}

/// What was proven of a copy, on the screen and on paper.
pub fn proven(proven: &Certificate) -> Html {
    html! {
        <>
            <p>{ text::saved_line(proven.cells.len(), proven.identical_parts) }</p>
            if proven.explained > 0 { <p data-role="explained">{ text::explained_in_record(proven.explained) }</p> }
            if !proven.losses.is_empty() {
                <p>{ text::LOSSES }</p>
                <ul>{ for proven.losses.iter().map(|loss| html! { <li>{ loss }</li> }) }</ul>
            }
            <table class="yearbook compact">
                <thead><tr>
                    <th scope="col">{ text::CELL }</th>
                    <th scope="col">{ text::BEFORE }</th>
                    <th scope="col">{ text::AFTER }</th>
                    <th scope="col">{ text::RULE_CODE }</th>
                </tr></thead>
                <tbody>
                    { for proven.cells.iter().map(|cell| html! {
                        <tr>
                            <td class="mono" title={cell.sheet.clone()}>{ &cell.address }</td>
                            <td><s>{ if cell.before.is_empty() { text::BLANK } else { cell.before.as_str() } }</s></td>
                            <td>{ if cell.after.is_empty() { text::BLANK } else { cell.after.as_str() } }</td>
                            <td class="mono">{ &cell.rule }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
            if !proven.changed_parts.is_empty() {
                <details class="fine">
                    <summary>{ text::DETAIL }</summary>
                    <p>{ text::changed_parts(&proven.changed_parts) }</p>
                </details>
            }
        </>
    }
}
