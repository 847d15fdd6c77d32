//! The field for 情况说明, on the card of the 警示 that it answers.

use yew::prelude::*;

use crate::app::host::use_page;
use crate::app::state::{Command, EXPLANATION, Message};
use crate::app::text;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub text: String,
}

/// The field in which an explanation is written.
#[component]
pub fn Explanation(Props { text }: &Props) -> Html {
    let page = use_page();
    let oninput = {
        let page = page.clone();
        Callback::from(move |event: InputEvent| {
            page.send.emit(Message::User(Command::Explaining(page.host.0.value(&event))))
        })
    };
    let onkeydown = {
        let send = page.send.clone();
        Callback::from(move |event: KeyboardEvent| {
            let ctrl = event.ctrl_key() || event.meta_key();
            match event.key().as_str() {
                _ if event.is_composing() => {}
                "Enter" if ctrl => send.emit(Message::User(Command::SaveExplanation)),
                // Closes the field; what was written is kept.
                "Escape" => {
                    event.stop_propagation();
                    send.emit(Message::User(Command::LeaveExplanation));
                }
                // Taking back letters, not changes.
                "z" | "y" | "Z" if ctrl => event.stop_propagation(),
                _ => {}
            }
        })
    };
    html! {
        <div class="explanation">
            <label for={EXPLANATION}>{ text::EXPLANATION }</label>
            <textarea id={EXPLANATION} data-role="explanation" rows="3" placeholder={text::EXPLANATION_HINT}
                value={text.clone()} {oninput} {onkeydown} />
            <div class="actions">
                <button type="button" class="button primary" data-role="save-explanation" title="Ctrl+Enter"
                    onclick={page.on(Command::SaveExplanation)}>
                    { text::SAVE_EXPLANATION }
                </button>
                <button type="button" class="button quiet" data-role="drop-explanation"
                    onclick={page.on(Command::DropExplanation)}>
                    { text::DROP_EXPLANATION }
                </button>
            </div>
        </div>
    }
}
