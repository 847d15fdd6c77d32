//! Before and after, with the characters that differ marked.

use yew::prelude::*;

use crate::app::text;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub before: AttrValue,
    pub after: AttrValue,
}

/// A value before and after, with the letters marked that differ.
#[component]
pub fn Difference(Props { before, after }: &Props) -> Html {
    // What is found is shown so already, a new value is not.
    let (before, after) = (text::shown(before), text::shown(after));
    let (head, old, new, tail) = split(&before, &after);
    let side = |changed: &str, inner: fn(String) -> Html| {
        html! { <span class="value">{ head.clone() }{ inner(spaced(changed)) }{ tail.clone() }</span> }
    };
    let empty = html! { <span class="value blank">{ text::BLANK }</span> };
    html! {
        <p class="difference">
            <span class="label">{ text::WAS }</span>
            { if before.is_empty() {
                empty.clone()
            } else {
                side(&old, |old| if old.is_empty() { Html::default() } else { html! { <del>{ old }</del> } })
            } }
            <span class="arrow" aria-hidden="true">{ "→" }</span>
            <span class="label">{ text::SHOULD_BE }</span>
            { if after.is_empty() {
                empty
            } else {
                side(&new, |new| if new.is_empty() { Html::default() } else { html! { <ins>{ new }</ins> } })
            } }
        </p>
    }
}

/// Common head, the two middles, common tail.
fn split(before: &str, after: &str) -> (String, String, String, String) {
    let (a, b): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let rest = a.len().min(b.len()) - head;
    let tail = a.iter().rev().zip(b.iter().rev()).take(rest).take_while(|(x, y)| x == y).count();
    let part = |text: &[char], from: usize, to: usize| {
        text.get(from..to).unwrap_or_default().iter().collect::<String>()
    };
    (
        part(&a, 0, head),
        part(&a, head, a.len() - tail),
        part(&b, head, b.len() - tail),
        part(&a, a.len() - tail, a.len()),
    )
}

/// White space that would not be seen gets a sign.
fn spaced(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            ' ' | '\u{a0}' | '\u{3000}' => '␣',
            '\t' => '⇥',
            '\n' | '\r' => '↵',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_differing_middle_is_found() {
        assert_eq!(split("600家", "600项"), ("600".into(), "家".into(), "项".into(), String::new()));
        assert_eq!(split("100", "1000"), ("100".into(), String::new(), "0".into(), String::new()));
        assert_eq!(split("", "/"), (String::new(), String::new(), "/".into(), String::new()));
        assert_eq!(spaced(" 100"), "␣100");
        assert_eq!(spaced("1\u{a0}\n"), "1␣↵");
    }
}
