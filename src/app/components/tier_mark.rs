//! The mark of a tier: form and character, never colour alone.

use yew::prelude::*;

use crate::app::text;
use crate::worker::protocol::Tier;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub tier: Tier,
}

/// The one character of a tier in its colour.
#[component]
pub fn TierMark(Props { tier }: &Props) -> Html {
    html! {
        <span class={classes!("mark", text::tier_class(*tier))} title={text::tier(*tier)}>
            { text::tier_mark(*tier) }
        </span>
    }
}
