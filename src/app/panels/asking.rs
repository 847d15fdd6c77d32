//! 这一列是…, 这一行是…: why it was taken for what it is, and what it may be said to be.

use yew::prelude::*;

use crate::app::components::{Glyph, Icon};
use crate::app::host::use_page;
use crate::app::state::{ASKING, Asked, Command};
use crate::app::text;
use crate::worker::protocol::{Hint, IndicatorInfo, RowWord, Understood};

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The table that it is of.
    pub table: Understood,
    pub what: Asked,
    pub indicators: Vec<IndicatorInfo>,
    pub style: String,
    pub above: bool,
}

/// One of what is chosen from.
struct Choice {
    label: String,
    /// What it is in full, where the label is short of it.
    more: Option<String>,
    hint: Hint,
    /// What it is taken for now.
    now: bool,
}

/// What a column or a row was taken for, with what it may be said to be.
#[component]
pub fn Asking(Props { table, what, indicators, style, above }: &Props) -> Html {
    let page = use_page();
    let (title, place, why, doubt, choices) = match *what {
        Asked::Column(at) => {
            let Some(column) = table.columns.iter().find(|own| own.column == at) else {
                return Html::default();
            };
            let one = |role: Option<String>, label: String| Choice {
                now: role == column.role,
                hint: Hint::Column { column: at, role },
                label,
                more: None,
            };
            let roles = table.roles.iter().map(|role| one(Some(role.clone()), role.clone()));
            let choices: Vec<Choice> = roles.chain([one(None, text::NOT_NEEDED.to_owned())]).collect();
            let why = text::why_read(column.role.as_deref(), column.said, &column.why);
            (text::ASK_COLUMN, text::column_address(at), why, column.doubt.clone(), choices)
        }
        Asked::Row(at) => {
            let Some(row) = table.rows.iter().find(|own| own.row == at) else { return Html::default() };
            let one = |word: RowWord, more: Option<String>| Choice {
                label: text::row_word(word),
                more,
                hint: Hint::Row { row: at, word },
                now: row.word == Some(word),
            };
            let of = |info: &IndicatorInfo| one(RowWord::Indicator(info.number), Some(info.label.clone()));
            let others = [RowWord::Total, RowWord::Part, RowWord::Aside].map(|word| one(word, None));
            let choices: Vec<Choice> = indicators.iter().map(of).chain(others).collect();
            let why = text::why_read(Some(&row.kind), row.said, &row.why);
            (text::ASK_ROW, text::row_address(at), why, None, choices)
        }
    };
    // The focus goes to what it is now, else to the first.
    let first = choices.iter().position(|choice| choice.now).unwrap_or(0);
    html! {
        <div class={classes!("popover", "asking", above.then_some("above"))} style={style.clone()} role="dialog"
            aria-label={format!("{place}，{title}")} data-role="asking">
            <div class="card-head">
                <span class="chip still">{ place }</span>
                <h3>{ title }</h3>
                <button type="button" class="icon-button" aria-label={text::CLOSE} title="Esc"
                    onclick={page.on(Command::StopAsking)}>
                    <Icon glyph={Glyph::Close} />
                </button>
            </div>
            <p class="why">{ why }</p>
            if let Some(doubt) = doubt { <p class="doubt-why">{ text::doubtful(&doubt) }</p> }
            <ul class={classes!("choices", matches!(what, Asked::Row(_)).then_some("long"))}>
                { for choices.into_iter().enumerate().map(|(at, choice)| html! {
                    <li key={at}>
                        <button type="button" id={(at == first).then_some(ASKING)} class="choice"
                            title={choice.more.clone()} aria-pressed={if choice.now { "true" } else { "false" }}
                            onclick={page.on(Command::Say(table.sheet, choice.hint))}>
                            <b>{ choice.label }</b>
                            if let Some(more) = choice.more { <span>{ more }</span> }
                        </button>
                    </li>
                }) }
            </ul>
        </div>
    }
}
