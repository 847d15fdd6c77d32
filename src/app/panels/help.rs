//! The page of help, on the screen and on paper.

use yew::prelude::*;

use crate::app::components::TierMark;
use crate::app::help::{JOBS, MAP, MARKS, Mark, Picture, QUESTIONS, Words};
use crate::app::text;

/// All of it, without its title.
pub fn help() -> Html {
    html! {
        <div class="help-page">
            { picture(&MAP) }
            <h3>{ text::HELP_JOBS }</h3>
            <div class="help-jobs">
                { for JOBS.iter().enumerate().map(|(at, job)| html! {
                    <section>
                        { picture(&job.picture) }
                        <h4>{ job.title }</h4>
                        // The steps count through all three.
                        <ol start={(at * job.steps.len() + 1).to_string()}>
                            { for job.steps.iter().map(|step| html! { <li>{ words(step) }</li> }) }
                        </ol>
                    </section>
                }) }
            </div>
            <h3>{ text::HELP_MARKS }</h3>
            <dl class="help-marks">{ for MARKS.iter().map(mark) }</dl>
            <h3>{ text::KEYS }</h3>
            <dl class="keys-list">
                { for text::key_list().into_iter().map(|(key, does)| html! {
                    <><dt><kbd>{ key }</kbd></dt><dd>{ does }</dd></>
                }) }
            </dl>
            <h3>{ text::HELP_QUESTIONS }</h3>
            { for QUESTIONS.iter().map(|(asked, answer)| html! {
                <section class="help-question"><h4>{ *asked }</h4><p>{ words(answer) }</p></section>
            }) }
        </div>
    }
}

fn words(words: Words) -> Html {
    html! {
        { for words.iter().enumerate().map(|(at, piece)| {
            if at % 2 == 1 { html! { <b>{ *piece }</b> } } else { html! { { *piece } } }
        }) }
    }
}

fn mark(Mark { class, tier, name, cell, before, means }: &Mark) -> Html {
    html! {
        <>
            <dt>
                <span class={classes!("cell", *class)} aria-hidden="true">
                    if let Some(before) = before { <s class="before">{ *before }</s> }
                    <span class="shown">{ *cell }</span>
                    if *class == "said" { <span class="said-mark">{ text::SAID }</span> }
                </span>
            </dt>
            <dd>
                if let Some(tier) = *tier { <TierMark {tier} /> }
                <b>{ *name }</b>{ "：" }{ words(means) }
            </dd>
        </>
    }
}

/// Lines and words in the colour of the text.
fn picture(Picture { size: (width, height), lines, words }: &Picture) -> Html {
    html! {
        <svg class="picture" viewBox={format!("0 0 {width} {height}")} aria-hidden="true" focusable="false"
            style={format!("width:{width}px")}>
            <path d={*lines} fill="none" stroke="currentColor" />
            { for words.iter().map(|(x, y, word)| html! {
                <text x={x.to_string()} y={y.to_string()} fill="currentColor">{ *word }</text>
            }) }
        </svg>
    }
}
