//! Our own small drawings, 16 by 16, one stroke width.

use yew::prelude::*;

/// The drawings in use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    Plus,
    Close,
    Up,
    Down,
    Left,
    Right,
    Undo,
    Redo,
    Save,
    List,
    Check,
    Fold,
    Unfold,
    Lock,
    Repeat,
    Print,
}

#[derive(Properties, PartialEq)]
pub struct Props {
    pub glyph: Glyph,
}

/// A drawing of 16 by 16 pixels, which a screen reader passes over.
#[component]
pub fn Icon(Props { glyph }: &Props) -> Html {
    let path = match glyph {
        Glyph::Plus => "M8 3v10M3 8h10",
        Glyph::Close => "M4 4l8 8M12 4l-8 8",
        Glyph::Up => "M8 13V3M4 7l4-4 4 4",
        Glyph::Down => "M8 3v10M4 9l4 4 4-4",
        Glyph::Left => "M10 4l-4 4 4 4",
        Glyph::Right => "M6 4l4 4-4 4",
        Glyph::Undo => "M5.5 3L2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6",
        Glyph::Redo => "M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8H10",
        Glyph::Save => "M8 2v8M4.5 6.5L8 10l3.5-3.5M2.5 11v3h11v-3",
        Glyph::List => "M6 4h8M6 8h8M6 12h8M2 4h1M2 8h1M2 12h1",
        Glyph::Check => "M3 8.5l3.5 3.5L13 4.5",
        Glyph::Fold => "M4 6l4 4 4-4",
        Glyph::Unfold => "M6 4l4 4-4 4",
        Glyph::Lock => "M4 7h8v7H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
        Glyph::Print => "M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z",
        Glyph::Repeat => "M13 3v4H9M13 7a5.5 5.5 0 1 0 .5 3",
    };
    html! {
        <svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={path} fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"
                stroke-linejoin="round" />
        </svg>
    }
}
