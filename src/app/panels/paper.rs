//! The sheets of paper: shown to no screen, only to the printer.

use yew::prelude::*;

use crate::app::Shared;
use crate::app::file::{File, Standing};
use crate::app::findings::Outcome;
use crate::app::paper::{self, Line, Sheets};
use crate::app::text;
use crate::worker::protocol::{Audit, Certificate, Hello, Tier};

#[derive(Properties, PartialEq)]
pub struct Props {
    pub sheets: Sheets,
    /// In the order of the list.
    pub files: Vec<Shared<File>>,
    pub hello: Option<Shared<Hello>>,
    /// `2026-11-28 14:32`.
    pub now: String,
}

/// The report on a file or on all of them, or the certificate of a copy.
#[component]
pub fn Paper(Props { sheets, files, hello, now }: &Props) -> Html {
    let sheet = |file: &Shared<File>| match sheets {
        Sheets::Certificate(_) => match &file.certificate {
            Some(saved) => certificate(file, &saved.0, &saved.1, now),
            None => Html::default(),
        },
        Sheets::Report(_) | Sheets::Reports | Sheets::Help => report(file, hello.as_deref(), now),
    };
    html! {
        <div class="paper" data-role="paper">
            if *sheets == Sheets::Help {
                <article class="sheet-of-paper" data-role="help-paper">
                    <h1>{ text::NAME }{ text::HELP }</h1>
                    { super::help::help() }
                </article>
            }
            { for files.iter().filter(|file| sheets.has(file)).map(sheet) }
        </div>
    }
}

fn report(file: &File, hello: Option<&Hello>, now: &str) -> Html {
    let lines = paper::lines(file);
    let audit = file.audit.as_ref();
    let city = audit.and_then(|audit| audit.city.clone()).unwrap_or_else(|| text::NOT_KNOWN.to_owned());
    let period =
        audit.and_then(|audit| audit.period.as_deref()).map_or(text::NOT_KNOWN.to_owned(), text::period);
    let form = audit.and_then(|audit| audit.form.as_deref());
    // A breakdown is no return of anyone's.
    let whose = |what: &String| {
        if form == Some("breakdown") { text::NOT_APPLICABLE.to_owned() } else { what.clone() }
    };
    let breakdown = hello.map_or("", |hello| hello.breakdown.as_deref().unwrap_or(text::BREAKDOWN));
    let fingerprint = file.workbook.as_ref().map(|workbook| workbook.sha256.clone()).unwrap_or_default();
    let basis =
        hello.map(|hello| text::basis(&hello.version, hello.rules.len().saturating_sub(file.rules_off())));
    let answers: Vec<&Line> = lines.iter().filter(|line| line.answer.is_some()).collect();
    html! {
        <article class="sheet-of-paper" data-role="report">
            <h1>{ text::REPORT }</h1>
            <p class="paper-subtitle">{ text::REPORT_IS }</p>
            { facts(&[
                (text::UNIT_OF_RETURN, whose(&city)),
                (text::PERIOD, whose(&period)),
                (text::FORM, text::form(form).to_owned()),
                (text::FILE_NAME, text::shown(&file.name)),
                (text::FINGERPRINT, fingerprint),
                (text::BASIS, breakdown.to_owned()),
                (text::CHECKED_AT, now.to_owned()),
                (text::VERDICT, verdict(file)),
            ]) }
            if !lines.is_empty() {
                <h2>{ text::FINDINGS }</h2>
                <table class="yearbook paper-lines">
                    <thead><tr>
                        { for text::REPORT_COLUMNS.iter().map(|name| html! { <th scope="col">{ *name }</th> }) }
                    </tr></thead>
                    <tbody>{ for lines.iter().enumerate().map(|(at, line)| row(at + 1, line)) }</tbody>
                </table>
            }
            <h2>{ text::EXPLANATION }</h2>
            if answers.is_empty() {
                <p>{ text::NO_EXPLANATIONS }</p>
            } else {
                <table class="yearbook paper-lines">
                    <tbody>{ for answers.into_iter().map(|line| html! {
                        <tr>
                            <th scope="row" class="mono">{ &line.place }</th>
                            <td class="paper-about">{ text::shown(&line.about) }</td>
                            <td>{ text::shown(line.answer.as_deref().unwrap_or_default()) }</td>
                        </tr>
                    }) }</tbody>
                </table>
            }
            { switched_off(audit) }
            <p class="paper-basis">
                { basis.unwrap_or_default() }
                if file.standing() == Standing::Clean { { text::CLEAN_SAYS } }
            </p>
            { signatures() }
        </article>
    }
}

/// The rules that the file was not audited by, each with its reason.
fn switched_off(audit: Option<&Shared<Audit>>) -> Html {
    let off = audit.map_or(&[][..], |audit| &audit.off);
    if off.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h2>{ text::RULES_OFF }</h2>
            <table class="yearbook paper-lines" data-role="paper-rules-off">
                <tbody>{ for off.iter().map(|one| html! {
                    <tr><th scope="row" class="mono">{ &one.code }</th><td>{ text::shown(&one.reason) }</td></tr>
                }) }</tbody>
            </table>
        </>
    }
}

/// What the audit comes to; nothing that was not audited is called clean.
fn verdict(file: &File) -> String {
    let counts = [Tier::Error, Tier::Warning, Tier::Notice].map(|tier| (text::tier(tier), file.count(tier)));
    match file.standing() {
        Standing::Clean => text::clean(
            file.corrected(),
            file.answered(),
            file.count(Tier::Notice),
            file.put_away(),
            file.rules_off(),
        ),
        Standing::Errors(_) => text::goes_back(&counts),
        Standing::Warnings(_) => text::to_explain(&counts),
        Standing::Unreadable(why) => format!("{}。{why}", text::UNREADABLE),
        Standing::Aside(what) => what.to_owned(),
        Standing::Reading | Standing::Unread => text::NOT_CHECKED.to_owned(),
    }
}

fn row(number: usize, line: &Line) -> Html {
    let outcome = match line.outcome {
        Outcome::Open if line.tier == Tier::Notice => String::new(),
        outcome => text::outcome(outcome).to_owned(),
    };
    html! {
        <tr>
            <td class="figure">{ number }</td>
            <td>{ text::tier(line.tier) }<br /><span class="mono">{ &line.code }</span></td>
            <td class="mono">{ &line.place }</td>
            <td class="paper-about">{ text::shown(&line.about) }</td>
            <td>
                { &line.message }
                if line.explains > 0 { { text::explains_so_many(line.explains) } }
                if let Some((before, after)) = &line.change {
                    <div>{ text::from_to(before, after) }</div>
                }
            </td>
            <td>{ outcome }</td>
        </tr>
    }
}

fn certificate(file: &File, copy: &str, proven: &Certificate, now: &str) -> Html {
    html! {
        <article class="sheet-of-paper" data-role="certificate-paper">
            <h1>{ text::CERTIFICATE }</h1>
            { facts(&[
                (text::ORIGINAL, text::shown(&file.name)),
                (text::ORIGINAL_HASH, proven.original_sha256.clone()),
                (text::COPY_OF, text::shown(copy)),
                (text::RESULT_HASH, proven.result_sha256.clone()),
                (text::CHECKED_AT, now.to_owned()),
            ]) }
            { super::overlay::proven(proven) }
            { signatures() }
        </article>
    }
}

fn facts(facts: &[(&'static str, String)]) -> Html {
    html! {
        <table class="paper-facts"><tbody>{ for facts.iter().map(|(name, what)| html! {
            <tr><th scope="row">{ *name }</th><td>{ what }</td></tr>
        }) }</tbody></table>
    }
}

fn signatures() -> Html {
    html! {
        <p class="signatures">{ for text::SIGNATURES.iter().map(|who| html! { <span>{ *who }</span> }) }</p>
    }
}
