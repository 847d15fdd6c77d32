//! The sheet: the cells of the file with what was found and changed marked in them. Draws only what is on the screen.

use std::collections::{BTreeMap, BTreeSet};

use yew::prelude::*;

use super::asking::Asking;
use super::popover::Popover;
use crate::app::Shared;
use crate::app::copied;
use crate::app::file::File;
use crate::app::findings::at_cell;
use crate::app::geometry::{Cells, Geometry, VARIED_ROWS, address, letters};
use crate::app::host::{Page, use_page};
use crate::app::keys::{Editing, KeyPress, OF_INPUT_METHOD, SheetKey, sheet_key};
use crate::app::state::{
    Asked, COLUMN_LETTERS, Clipboard, Command, EDITOR, Message, ROW_NUMBERS, SHEET, View, Viewport,
    table_of_column, table_of_row,
};
use crate::app::text;
use crate::worker::protocol::{
    Area, CellDto, Finding, Hello, OtherTable, Tier, Understood, UnderstoodColumn, Version,
};

/// Drawn beyond each edge of the screen, in pixels.
const MARGIN: f64 = 240.0;
const POPOVER_WIDTH: f64 = 356.0;
const POPOVER_ROOM: f64 = 250.0;
const ASKING_ROOM: f64 = 330.0;
const LEAST_ASKING: f64 = 160.0;
const GRID: &str = "grid";

#[derive(Properties, PartialEq)]
pub struct Props {
    pub file: Shared<File>,
    pub view: Shared<View>,
    pub viewport: Viewport,
    /// From where the rows are drawn, which is not the viewport's top while those of it are awaited.
    pub drawn_from: f64,
    pub finding: Option<u32>,
    pub scale: f64,
    pub hello: Option<Shared<Hello>>,
}

/// The cells on the screen, with what was found and changed in them.
#[component]
pub fn Sheet(props: &Props) -> Html {
    let page = use_page();
    let Props { file, view, viewport, scale, .. } = props;
    let geometry = &*view.geometry;
    let (numbers, head) = (ROW_NUMBERS * scale, COLUMN_LETTERS * scale);
    let awaited = viewport.top - props.drawn_from;
    let held = awaited.abs() >= 1.0;
    // Nothing has to stay at the left: each thing that does is a layer of its own to the browser.
    let whole = geometry.width() + numbers <= viewport.width;
    let (rows, window) = window(geometry, &Viewport { top: props.drawn_from, ..*viewport });
    let columns = drawn_columns(geometry, rows, window);
    // What was found and understood is of the corrected sheet.
    let audited = file.audit.as_ref().filter(|_| view.version == Version::Corrected);
    let marks = audited.map_or_else(Marks::default, |_| Marks::of(file, view, geometry));
    let audit = audited.filter(|audit| audit.sheet == Some(view.sheet));
    let others: Vec<&OtherTable> = audited
        .into_iter()
        .flat_map(|audit| &audit.others)
        .filter(|table| table.sheet == view.sheet)
        .collect();
    let main = audit.map(|audit| &audit.columns);
    let captions: Vec<&(u32, String)> =
        main.into_iter().flatten().chain(others.iter().flat_map(|table| &table.columns)).collect();
    let understood: Vec<&Understood> = audited.into_iter().flat_map(|audit| &audit.understood).collect();
    let read = |column: u32| {
        table_of_column(understood.iter().copied(), view.sheet, column, None)?
            .columns
            .iter()
            .find(|own| own.column == column)
    };
    let selected = geometry.area_of(view.cursor.0, view.cursor.1);
    let block = if view.selects_several() { view.selected() } else { selected };
    let size = format!("width:{}px;height:{}px", geometry.width() + numbers, geometry.height() + head);
    let mut rows_drawn = drawn_rows(geometry, rows, window);
    // Of hidden rows the first stands for all; the others are there for the merged cells that begin in them.
    rows_drawn.retain(|row| {
        geometry.top(row + 1) > geometry.top(*row) || geometry.merges.iter().any(|merge| merge.top == *row)
    });
    let cell_drawn = rows_drawn.contains(&selected.top) && columns.contains(&selected.left);
    let selected_finding =
        props.finding.and_then(|id| file.finding(id)).filter(|finding| finding.sheet == Some(view.sheet));
    let selected_finding = selected_finding.filter(|_| audited.is_some());
    let ranges = marks.ranges.iter().filter(|(area, _)| area.top <= rows.1 && area.bottom >= rows.0);
    let row_style = |row: u32| {
        let (top, bottom) = (geometry.top(row), geometry.top(row + 1));
        format!(
            "top:{}px;height:{}px;width:{}px",
            top + head + awaited,
            bottom - top,
            geometry.width() + numbers
        )
    };
    let box_style = |area: Area, scrolled: f64| {
        let (left, top, width, height) = geometry.place(area);
        let left = left + numbers + scrolled;
        format!("left:{left}px;top:{}px;width:{width}px;height:{height}px", top + head)
    };
    let tables = audit.and_then(|audit| audit.table).into_iter().chain(others.iter().map(|table| table.area));
    let marks_drawn = html! {
        <>
            { for tables.map(|table| html! { <div class="table-bracket" style={box_style(table, 0.0)}></div> }) }
            { for ranges.map(|(area, tier)| html! {
                <div class={classes!("range", text::tier_class(*tier))} style={box_style(*area, 0.0)}></div>
            }) }
            if view.selects_several() {
                <div class="selection" data-role="selection" data-area={text::selected(block)}
                    style={box_style(block, 0.0)}></div>
            }
            if let Some(area) = selected_finding.and_then(|finding| finding.area).filter(|_| view.pulse > 0) {
                <div key={format!("pulse{}", view.pulse)} class="pulse" style={box_style(area, 0.0)}></div>
            }
        </>
    };
    // Rows that only stay until others are here are not where the marks are.
    let marks_drawn = if held { Html::default() } else { marks_drawn };
    html! {
        <div class={classes!("sheet", held.then_some("held"), whole.then_some("whole"))} id={SHEET} data-role="sheet"
            aria-busy={held.then_some("true")} onmouseup={page.on(Command::LetGo)}>
            <div class="canvas" style={size}>
                { marks_drawn.clone() }
                // Letters and numbers count as a row and a column.
                <div class="grid" id={GRID} role="grid" aria-label={text::GRID} aria-multiselectable="true"
                    aria-readonly={(view.version == Version::Original).then_some("true")}
                    aria-rowcount={(geometry.rows() + 1).to_string()}
                    aria-colcount={(geometry.columns() + 1).to_string()}>
                    <div class="letters" role="row" aria-rowindex="1"
                        style={format!("width:{}px;height:{head}px", geometry.width() + numbers)}>
                        <div class="corner-cell" role="columnheader" aria-colindex="1"
                            style={format!("width:{numbers}px;height:{head}px")}
                            onclick={page.on(Command::Key(SheetKey::All))}>
                            <span class="sr">{ text::ROW_NUMBER }</span>
                        </div>
                        { for columns.iter().map(|column| {
                            let caption = captions.iter().find(|(at, _)| at == column);
                            let caption = caption.map(|(_, caption)| caption);
                            let at = (block.left..=block.right).contains(column);
                            letter(&page, view, *column, read(*column), caption, at, numbers)
                        }) }
                    </div>
                    { for rows_drawn.into_iter().map(|row| html! {
                        <div key={row} class="row" role="row" aria-rowindex={(row + 2).to_string()}
                            style={row_style(row)}>
                            { row_number(&page, view, &understood, row, numbers) }
                            { for columns.iter()
                                .map(|column| cell(&page, view, &marks, (row, *column), rows, block, numbers)) }
                        </div>
                    }) }
                </div>
                if geometry.frozen_columns() > 0 {
                    // What lies under the columns that stay, once more above them.
                    <div class="frozen-layer" aria-hidden="true">
                        <div class="frozen-marks" style={format!("width:{}px", geometry.frozen_width() + numbers)}>
                            { marks_drawn }
                        </div>
                    </div>
                }
                <Editor file={file.clone()} view={view.clone()} frozen={geometry.is_frozen(selected)}
                    at={cell_drawn.then_some((selected.top, selected.left))}
                    style={box_style(selected, if geometry.is_frozen(selected) { viewport.left } else { 0.0 })} />
                if !held { { popover(props, selected, numbers, head) } }
                { asking(props, &understood, numbers, head) }
            </div>
        </div>
    }
}

/// First and last row and column to be drawn.
fn window(geometry: &Geometry, viewport: &Viewport) -> ((u32, u32), (u32, u32)) {
    let width = if viewport.width > 0.0 { viewport.width } else { 1200.0 };
    let height = if viewport.height > 0.0 { viewport.height } else { 800.0 };
    (
        geometry.rows_between(viewport.top - MARGIN, viewport.top + height + MARGIN),
        geometry.columns_between(viewport.left - MARGIN, viewport.left + width + MARGIN),
    )
}

/// The columns of the window, those that stay, and those at its left whose merged cells reach into it.
fn drawn_columns(geometry: &Geometry, rows: (u32, u32), window: (u32, u32)) -> BTreeSet<u32> {
    let reaching = geometry.merges.iter().filter(|merge| merge.left < window.0 && merge.right >= window.0);
    let mut drawn: BTreeSet<u32> = reaching
        .filter(|merge| merge.top <= rows.1 && merge.bottom >= rows.0)
        .map(|merge| merge.left)
        .collect();
    drawn.extend(0..geometry.frozen_columns());
    drawn.extend(window.0..=window.1);
    drawn
}

/// The rows of the window, and those above it whose merged cells reach into it.
fn drawn_rows(geometry: &Geometry, rows: (u32, u32), columns: (u32, u32)) -> BTreeSet<u32> {
    let reaching = geometry.merges.iter().filter(|merge| merge.top < rows.0 && merge.bottom >= rows.0);
    let mut drawn: BTreeSet<u32> = reaching
        .filter(|merge| merge.left <= columns.1 && merge.right >= columns.0)
        .map(|merge| merge.top)
        .collect();
    drawn.extend(rows.0..=rows.1);
    drawn
}

/// The letter of a column with what the column was taken for, or the mark of hidden ones.
fn letter(
    page: &Page,
    view: &View,
    column: u32,
    read: Option<&UnderstoodColumn>,
    caption: Option<&String>,
    at: bool,
    numbers: f64,
) -> Html {
    let geometry = &*view.geometry;
    let (left, next) = (geometry.left(column), geometry.left(column + 1));
    let style = format!("left:{}px;width:{}px", left + numbers, next - left);
    let frozen = (column < geometry.frozen_columns()).then_some("frozen");
    if geometry.column_is_hidden(column) {
        return geometry.hidden_from(column).map_or_else(Html::default, |count| {
            html! {
                <div key={column} role="columnheader" aria-colindex={(column + 2).to_string()}
                    data-role="hidden-columns" class={classes!("letter", "hidden-columns", frozen)} {style}>
                    <span>{ text::hidden_columns(count) }</span>
                </div>
            }
        });
    }
    html! {
        <div key={column} role="columnheader" aria-colindex={(column + 2).to_string()}
            class={classes!("letter", at.then_some("at"), frozen)} {style}>
            if let Some(read) = read {
                { tab(page, view, read) }
            } else if let Some(caption) = caption {
                <span class="caption" title={caption.clone()}>{ caption }</span>
            }
            <span class="letter-text" onclick={page.on(Command::Column(column))}>{ letters(column) }</span>
        </div>
    }
}

/// What a column was taken for; the way to say otherwise.
fn tab(page: &Page, view: &View, column: &UnderstoodColumn) -> Html {
    let asked = Asked::Column(column.column);
    let open = view.asking.is_some_and(|(what, _)| what == asked);
    let classes = classes!(
        "caption",
        column.role.is_none().then_some("unread"),
        column.doubt.is_some().then_some("doubt"),
        column.said.then_some("told"),
    );
    html! {
        <button type="button" id={text::asked_id(asked)} class={classes} data-role="column-tab" tabindex="-1"
            aria-haspopup="dialog" aria-expanded={if open { "true" } else { "false" }}
            aria-label={text::column_label(column)} title={text::column_label(column)}
            onclick={page.on(Command::Ask(asked))}>
            { text::column_tab(column) }
        </button>
    }
}

fn row_number(page: &Page, view: &View, understood: &[&Understood], row: u32, width: f64) -> Html {
    let (geometry, selected) = (&*view.geometry, view.selected());
    let at = (selected.top..=selected.bottom).contains(&row);
    let hidden = geometry.hidden_rows.iter().find(|(first, last)| (*first..=*last).contains(&row));
    let style = format!("width:{width}px");
    let asked = Asked::Row(row);
    let open = view.asking.is_some_and(|(what, _)| what == asked);
    let read = table_of_row(understood.iter().copied(), view.sheet, row, None)
        .and_then(|table| table.rows.iter().find(|own| own.row == row));
    match hidden {
        Some((first, last)) if *first == row => {
            html! {
                <div class="row-number hidden-rows" role="rowheader" aria-colindex="1" style={style}>
                    <span>{ text::hidden_rows(last - first + 1) }</span>
                </div>
            }
        }
        Some(_) if geometry.top(row + 1) <= geometry.top(row) => Html::default(),
        _ => {
            html! {
                <div class={classes!("row-number", at.then_some("at"))} role="rowheader" aria-colindex="1"
                    style={style}>
                    if let Some(read) = read {
                        <button type="button" id={text::asked_id(asked)} data-role="row-tag" tabindex="-1"
                            aria-haspopup="dialog" aria-expanded={if open { "true" } else { "false" }}
                            class={read.said.then_some("told")}
                            title={format!("{}。{}", read.kind, text::ASK_ROW)} onclick={page.on(Command::Ask(asked))}>
                            { row + 1 }
                            if let Some(tag) = text::row_tag(read) { <span class="tag">{ tag }</span> }
                        </button>
                    } else {
                        { row + 1 }
                    }
                </div>
            }
        }
    }
}

fn cell(
    page: &Page,
    view: &View,
    marks: &Marks,
    (row, column): (u32, u32),
    rows: (u32, u32),
    selected: Area,
    numbers: f64,
) -> Html {
    let geometry = &*view.geometry;
    let area = geometry.area_of(row, column);
    let frozen = geometry.is_frozen(area).then_some("frozen");
    let merged = area.top != area.bottom || area.left != area.right;
    // Of a merged cell the first is drawn; of a row above the window only what reaches into it.
    if (area.top, area.left) != (row, column) || (row < rows.0 && !merged) {
        return Html::default();
    }
    let (left, _, width, height) = geometry.place(area);
    if height <= 0.0 || width <= 0.0 {
        return Html::default();
    }
    let style = format!("left:{}px;width:{width}px;height:{height}px", left + numbers);
    let alone = Area { top: row, left: column, bottom: row, right: column };
    if geometry.column_is_hidden(column) && (!merged || geometry.is_hidden(area)) {
        return html! { <div key={column} class={classes!("strip", frozen)} {style}></div> };
    }
    if geometry.is_hidden(if merged { area } else { alone }) && geometry.rows() <= VARIED_ROWS {
        return Html::default();
    }
    let found = view.cell(row, column);
    let own = marks.cells.get(&(row, column)).copied();
    let said = marks.answered.contains(&(row, column));
    let is_selected =
        (selected.top..=selected.bottom).contains(&row) && (selected.left..=selected.right).contains(&column);
    let name = address(row, column);
    let shown = found.map(|cell| cell.shown.clone()).unwrap_or_default();
    let before = found.and_then(|cell| cell.before.clone());
    let spills = found.is_some_and(|cell| geometry.spills(cell, &neighbours(view, cell)));
    let long = found.is_some_and(|cell| geometry.overflows(cell)) && !spills;
    let look = found.map(|cell| cell.look).unwrap_or_default();
    // What is found in a cell has a ground of its own.
    let fill = look.fill.filter(|_| own.is_none() && before.is_none()).map(ground).unwrap_or_default();
    let classes = classes!(
        "cell",
        look.bold.then_some("bold"),
        look.align.map(text::align_class),
        found.is_some_and(|cell| cell.number).then_some("number"),
        found.is_some_and(|cell| cell.formula).then_some("formula"),
        merged.then_some("merged"),
        spills.then_some("spill"),
        // What runs over goes with the cells that it runs over.
        frozen.filter(|_| !runs_over(view, row, column)),
        long.then_some("long"),
        own.map(text::tier_class),
        before.is_some().then_some("changed"),
        said.then_some("said"),
        ((row, column) == view.cursor).then_some("selected"),
    );
    html! {
        <div key={column} id={cell_id(row, column)} role="gridcell" data-role="cell" data-address={name}
            aria-colindex={(column + 2).to_string()} aria-rowspan={spans(area.bottom - area.top)}
            aria-colspan={spans(area.right - area.left)} aria-selected={is_selected.then_some("true")} class={classes}
            title={long.then(|| shown.clone())}
            style={style + &fill}
            onmousedown={pressed(page, row, column)} onmouseover={passed(page, row, column)}
            onclick={clicked(page, row, column)} ondblclick={page.on(Command::EditCell(row, column))}>
            if let Some(before) = before.filter(|_| view.version == Version::Corrected) {
                <s class="before">{ if before.is_empty() { text::BLANK.to_owned() } else { before } }</s>
            }
            <span class="shown">{ shown }</span>
            if let Some(tier) = own { <span class="sr">{ text::tier(tier) }</span> }
            if said { <span class="said-mark" title={text::ANSWERED}>{ text::SAID }</span> }
        </div>
    }
}

fn cell_id(row: u32, column: u32) -> String {
    format!("cell-{row}-{column}")
}

/// Of how many rows or columns a merged cell is, where it reaches `beyond` its first.
fn spans(beyond: u32) -> Option<String> {
    (beyond > 0).then(|| (beyond + 1).to_string())
}

/// Whether a text runs over this cell, its own or that of an earlier cell.
fn runs_over(view: &View, row: u32, column: u32) -> bool {
    let text = (0..=column).rev().find_map(|at| view.cell(row, at).filter(|cell| !cell.shown.is_empty()));
    let geometry = &view.geometry;
    text.is_some_and(|cell| geometry.spills(cell, &neighbours(view, cell)) && geometry.is_longer(cell))
}

/// A ground with ink that can be read on it.
fn ground([red, green, blue]: [u8; 3]) -> String {
    let light = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue) > 140_000;
    let ink = if light { "#1f2328" } else { "#ffffff" };
    format!(";background:rgb({red},{green},{blue});color:{ink}")
}

/// The mouse goes down on a cell. The field of the sheet keeps the focus, and no text is marked.
fn pressed(page: &Page, row: u32, column: u32) -> Callback<MouseEvent> {
    let send = page.send.clone();
    Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        if event.button() == 0 {
            let command =
                if event.shift_key() { Command::Reach(row, column) } else { Command::Grab(row, column) };
            send.emit(Message::User(command));
        }
    })
}

/// The mouse passes over a cell.
fn passed(page: &Page, row: u32, column: u32) -> Callback<MouseEvent> {
    let send = page.send.clone();
    Callback::from(move |event: MouseEvent| {
        if event.buttons() & 1 != 0 {
            send.emit(Message::User(Command::Drag(row, column)));
        }
    })
}

fn clicked(page: &Page, row: u32, column: u32) -> Callback<MouseEvent> {
    let send = page.send.clone();
    Callback::from(move |event: MouseEvent| {
        if !event.shift_key() {
            send.emit(Message::User(Command::Cell(row, column)));
        }
    })
}

fn neighbours(view: &View, cell: &CellDto) -> Cells {
    view.cell(cell.row, cell.column + 1)
        .map(|next| ((next.row, next.column), next.clone()))
        .into_iter()
        .collect()
}

/// What the findings mark: single cells by their gravest tier, and rectangles.
#[derive(Default)]
struct Marks {
    cells: BTreeMap<(u32, u32), Tier>,
    ranges: Vec<(Area, Tier)>,
    /// Cells whose 警示 is explained.
    answered: BTreeSet<(u32, u32)>,
}

impl Marks {
    fn of(file: &File, view: &View, geometry: &Geometry) -> Self {
        let (mut cells, mut ranges) = (BTreeMap::new(), Vec::new());
        let here = |finding: &&Finding| finding.sheet == Some(view.sheet) && file.is_open(finding);
        let said = file
            .findings()
            .iter()
            .filter(|finding| finding.sheet == Some(view.sheet) && finding.answer.is_some());
        let answered = said.filter_map(|finding| finding.area.map(|area| (area.top, area.left))).collect();
        for finding in file.findings().iter().filter(here) {
            let Some(area) = finding.area else { continue };
            if geometry.area_of(area.top, area.left) == area
                || (area.top, area.left) == (area.bottom, area.right)
            {
                let tier = cells.entry((area.top, area.left)).or_insert(finding.tier);
                *tier = finding.tier.min(*tier);
            } else {
                ranges.push((area, finding.tier));
            }
        }
        Self { cells, ranges, answered }
    }
}

fn popover(props: &Props, selected: Area, numbers: f64, head: f64) -> Html {
    let Props { file, view, viewport, .. } = props;
    if !view.popover || view.editing.is_some() {
        return Html::default();
    }
    let findings = at_cell(file, view.sheet, view.cursor.0, view.cursor.1);
    if findings.is_empty() {
        return Html::default();
    }
    let (left, top, _, height) = view.geometry.place(selected);
    let bottom = top + height + head;
    let right_most = viewport.left + viewport.width - POPOVER_WIDTH - 12.0;
    let left = if view.geometry.is_frozen(selected) { left + viewport.left } else { left };
    let x = (left + numbers).min(right_most).max(viewport.left + numbers + 4.0);
    let below = viewport.top + viewport.height - bottom;
    let above = below < POPOVER_ROOM && top - viewport.top > below;
    let y = if above { top + head - 8.0 } else { bottom + 8.0 };
    html! {
        <Popover findings={findings} style={format!("left:{x}px;top:{y}px;width:{POPOVER_WIDTH}px")} above={above} />
    }
}

/// What a column or a row was taken for, beside its tab.
fn asking(props: &Props, understood: &[&Understood], numbers: f64, head: f64) -> Html {
    let Props { view, viewport, hello, .. } = props;
    let Some((what, by_key)) = view.asking else { return Html::default() };
    let tables = understood.iter().copied();
    let (row, column) = view.cursor;
    let table = match what {
        Asked::Column(at) => table_of_column(tables, view.sheet, at, by_key.then_some(row)),
        Asked::Row(at) => table_of_row(tables, view.sheet, at, by_key.then_some(column)),
    };
    let Some(table) = table else { return Html::default() };
    let most_left = viewport.left + viewport.width - POPOVER_WIDTH - 12.0;
    let (x, y, above) = match what {
        Asked::Column(at) if at < view.geometry.frozen_columns() => {
            (view.geometry.left(at) + numbers + viewport.left, viewport.top + head + 4.0, false)
        }
        Asked::Column(at) => (view.geometry.left(at) + numbers, viewport.top + head + 4.0, false),
        Asked::Row(at) => {
            let (top, bottom) = (view.geometry.top(at) + head, view.geometry.top(at + 1) + head);
            let below = viewport.top + viewport.height - bottom;
            let above = below < ASKING_ROOM && top - viewport.top - head > below;
            (viewport.left + numbers + 4.0, if above { top - 4.0 } else { bottom + 4.0 }, above)
        }
    };
    let x = x.min(most_left).max(viewport.left + numbers + 4.0);
    // No longer than what of the sheet is seen: the rest of it scrolls.
    let room = if above { y - viewport.top - head } else { viewport.top + viewport.height - y } - 8.0;
    let most = room.max(LEAST_ASKING);
    let indicators = hello.as_ref().map(|hello| hello.indicators.clone()).unwrap_or_default();
    html! {
        <Asking table={table.clone()} {what} {indicators} {above}
            style={format!("left:{x}px;top:{y}px;width:{POPOVER_WIDTH}px;max-height:{most}px")} />
    }
}

#[derive(Properties, PartialEq)]
struct EditorProps {
    file: Shared<File>,
    view: Shared<View>,
    style: String,
    frozen: bool,
    /// The selected cell, where it is drawn.
    at: Option<(u32, u32)>,
}

/// The field that has the focus of the sheet. It waits unseen at the selected cell, so that an input method finds a
/// field as soon as somebody types.
#[component]
fn Editor(EditorProps { file, view, style, frozen, at }: &EditorProps) -> Html {
    let page = use_page();
    let (row, column) = view.cursor;
    let shown = view.cell(row, column).map(|cell| cell.shown.clone()).unwrap_or_default();
    let editing = view.edits();
    let onkeydown = {
        let send = page.send.clone();
        Callback::from(move |event: KeyboardEvent| {
            // Keys of an input method are its own, to the one that ends it.
            if event.is_composing() || event.key_code() == OF_INPUT_METHOD {
                return;
            }
            let press = KeyPress {
                key: event.key(),
                ctrl: event.ctrl_key() || event.meta_key(),
                shift: event.shift_key(),
                alt: event.alt_key(),
            };
            if let Some(key) = sheet_key(&press, editing) {
                event.prevent_default();
                event.stop_propagation();
                send.emit(Message::User(Command::Key(key)));
            } else if editing != Editing::No && press.ctrl && matches!(press.key.as_str(), "z" | "y" | "Z") {
                // Taking back letters, not changes.
                event.stop_propagation();
            }
        })
    };
    let oninput = {
        let page = page.clone();
        Callback::from(move |event: InputEvent| {
            page.send.emit(Message::User(Command::Typed(page.host.0.value(&event))))
        })
    };
    // While a text is edited, the clipboard is the text's.
    let oncopy = copying(&page, file, view, false);
    let oncut = copying(&page, file, view, true);
    let onpaste = {
        let page = page.clone();
        Callback::from(move |event: Event| {
            if editing == Editing::No {
                page.send.emit(Message::User(Command::Paste(page.host.0.on_clipboard(&event))));
            }
        })
    };
    html! {
        <textarea id={EDITOR}
            class={classes!("editor", view.editing.is_some().then_some("editing"), frozen.then_some("frozen"))}
            style={style.clone()} rows="1" spellcheck="false" autocomplete="off"
            aria-label={text::cell_label(&address(row, column), &shown)} aria-controls={GRID}
            aria-activedescendant={at.filter(|_| editing == Editing::No).map(|(row, column)| cell_id(row, column))}
            title={view.editing.is_some().then_some(text::EDITOR_HINT)}
            readonly={view.version == Version::Original}
            value={view.editing.clone().unwrap_or_default()} {onkeydown} {oninput} {oncopy} {oncut} {onpaste}
            onblur={page.on(Command::LeaveEditor)} />
    }
}

/// What copies the selected cells, or cuts them out.
fn copying(page: &Page, file: &Shared<File>, view: &Shared<View>, cut: bool) -> Callback<Event> {
    let (page, file, view) = (page.clone(), file.clone(), view.clone());
    Callback::from(move |event: Event| {
        if view.edits() != Editing::No {
            return;
        }
        let rows = file.sheet_info(view.sheet).map_or(0, |info| info.rows);
        let Some(copied) = copied::of(&view, rows) else {
            page.host.0.put_on_clipboard(&event, &Clipboard::default());
            return page.send.emit(Message::User(Command::CopyLater));
        };
        page.host.0.put_on_clipboard(&event, &copied);
        page.send.emit(Message::User(Command::Copied));
        if cut {
            page.send.emit(Message::User(Command::Key(SheetKey::Clear)));
        }
    })
}
