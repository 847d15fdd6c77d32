//! What was saved, and what is on the screen beside what came back.

use yew::prelude::*;

use crate::app::Shared;
use crate::app::file::File;
use crate::app::host::Page;
use crate::app::state::{Command, Keeping, OnShelf, TakeIn, changes_of, is_same};
use crate::app::text;
use crate::worker::protocol::{KeptFile, Progress};

/// Everything that was handed out since the page was opened, the last on top.
pub fn handed(page: &Page, keeping: &Keeping) -> Html {
    html! {
        <>
            <p>{ text::kept_lead() }</p>
            <h3>{ text::SHELF }</h3>
            <p>{ text::SHELF_LEAD }</p>
            if keeping.shelf.refused { <p data-role="shelf-refused">{ text::shelf_refused() }</p> }
            <button type="button" class="button" data-role="shelf" onclick={page.on(Command::SwitchShelf)}
                aria-pressed={if keeping.shelf.on { "true" } else { "false" }}>
                { if keeping.shelf.on { text::SHELF_OFF } else { text::SHELF_ON } }
            </button>
            { left(page, &keeping.shelf) }
            <h3>{ text::HANDED }</h3>
            if keeping.handed.is_empty() {
                <p class="fine">{ text::NOTHING_HANDED }</p>
            } else {
                <table class="yearbook compact" data-role="handed">
                    <thead><tr>
                        <th scope="col">{ text::TIME }</th><th scope="col">{ text::FILE_NAME }</th>
                    </tr></thead>
                    <tbody>
                        { for keeping.handed.iter().rev().map(|file| html! {
                            <tr><td>{ &file.at }</td><td class="full-name">{ text::shown(&file.name) }</td></tr>
                        }) }
                    </tbody>
                </table>
            }
        </>
    }
}

/// What an earlier session left, and what can be done about it.
pub fn left(page: &Page, shelf: &OnShelf) -> Html {
    let Some(left) = &shelf.left else { return Html::default() };
    let changes = left.files.iter().map(changes_of).sum();
    html! {
        <div class="left-over" data-role="left">
            <p>{ text::left(&text::shown(&left.at), left.files.len(), changes) }</p>
            <button type="button" class="button primary" data-role="restore-left"
                onclick={page.on(Command::RestoreLeft)}>
                { text::RESTORE_LEFT }
            </button>
            <button type="button" class="button quiet" data-role="clear-left" onclick={page.on(Command::ClearLeft)}>
                { text::CLEAR_LEFT }
            </button>
        </div>
    }
}

/// Every file of the two, a line each: how much was done to it here and there.
pub fn compared(files: &[Shared<File>], progress: &Progress) -> Html {
    let here = files.iter().map(|file| {
        let there = progress.files.iter().find(|kept| is_same(file, kept));
        (file.name.as_str(), Some(file.change_count()), there.map(changes_of))
    });
    let only_there = progress.files.iter().filter(|kept| !files.iter().any(|file| is_same(file, kept)));
    let there = only_there.map(|kept: &KeptFile| (kept.name.as_str(), None, Some(changes_of(kept))));
    let all_here = files.iter().map(|file| file.change_count()).sum();
    let all_there = progress.files.iter().map(changes_of).sum();
    let side = |count: Option<usize>| count.map_or_else(|| text::NO_SUCH_FILE.to_owned(), text::changes_in);
    html! {
        <>
            <p class="headline">{ text::kept_at(&text::shown(&progress.at)) }</p>
            <table class="yearbook compact" data-role="compared">
                <thead><tr>
                    <th scope="col">{ text::FILE_NAME }</th>
                    <th scope="col">{ text::ON_SCREEN }</th>
                    <th scope="col">{ text::IN_PROGRESS }</th>
                </tr></thead>
                <tbody>
                    <tr>
                        <th scope="row">{ text::ALL }</th>
                        <td>{ text::work_size(files.len(), all_here) }</td>
                        <td>{ text::work_size(progress.files.len(), all_there) }</td>
                    </tr>
                    { for here.chain(there).map(|(name, here, there)| html! {
                        <tr>
                            <td class="full-name">{ text::shown(name) }</td>
                            <td>{ side(here) }</td><td>{ side(there) }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
            <p class="fine">{ text::RETURNED_BESIDE_EFFECT }</p>
            <p class="fine">{ text::RETURNED_INSTEAD_EFFECT }</p>
        </>
    }
}

/// What can be done about it. Not while files are read: some of them may be the same.
pub fn decision(page: &Page, reading: bool) -> Html {
    html! {
        <>
            <button type="button" class="button quiet" data-role="returned-not"
                onclick={page.on(Command::Decide(None))}>
                { text::RETURNED_NOT }
            </button>
            <button type="button" class="button" data-role="returned-instead" disabled={reading}
                onclick={page.on(Command::Decide(Some(TakeIn::Instead)))}>
                { text::RETURNED_INSTEAD }
            </button>
            <button type="button" class="button primary" data-role="returned-beside" disabled={reading}
                onclick={page.on(Command::Decide(Some(TakeIn::Beside)))}>
                { text::RETURNED_BESIDE }
            </button>
        </>
    }
}
