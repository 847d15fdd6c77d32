//! Where every row, column and cell of a sheet stands on the screen, in CSS pixels from the first cell's corner.
//!
//! The formats give column widths but no reliable row heights, so that a row is as high as its longest text needs.
//! Past [`VARIED_ROWS`] rows all are equally high: a place is then known without the cells above it.

mod merges;

use std::collections::BTreeMap;

use merges::Merges;

use crate::worker::protocol::{Action, Area, CellDto, Change, SheetInfo};

/// The cells of a sheet by row and column.
pub type Cells = BTreeMap<(u32, u32), CellDto>;

/// Up to here each row has its own height.
pub const VARIED_ROWS: u32 = 600;
const ROW: f64 = 28.0;
/// In large type, so that a finger finds a row.
const LARGE_ROW: f64 = 44.0;
const LINE: f64 = 20.0;
const MOST_LINES: f64 = 6.0;
/// Room for “隐藏 2 行”, “隐藏 2 列”.
const HIDDEN: f64 = 18.0;
const PADDING: f64 = 17.0;
/// Empty paper thinner than a cell's own padding would stick out and call up scroll bars.
const THINNEST_ROW: f64 = 10.0;
const THINNEST_COLUMN: f64 = 20.0;
const EM: f64 = 13.0;
const WIDEST_LETTER: f64 = 0.64;
const DEFAULT_WIDTH: f64 = 72.0;
/// A column whose width the file does not state is as wide as its text, between these.
const NARROWEST_BY_TEXT: f64 = 48.0;
const WIDEST_BY_TEXT: f64 = 260.0;
/// A text is not squeezed into less, so that a table fits its room.
const NARROWEST_WRAPPED: f64 = 140.0;
/// A sheet so much wider than its room, and no wider, is drawn narrower than its file states.
const MOST_SQUEEZED: f64 = 1.6;
pub const MAX_ROWS: u32 = 1_048_576;
pub const MAX_COLUMNS: u32 = 16_384;
/// The share of the room that columns which stay may take, so that the others can be read.
const MOST_FROZEN: f64 = 0.6;
/// A browser cannot scroll further than this.
const HIGHEST: f64 = 16_000_000.0;

/// The places of a sheet's rows, columns and merged cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    /// Left edges of the columns shown, and the right edge of the last.
    lefts: Vec<f64>,
    tops: Tops,
    pub merges: Merges,
    pub hidden_rows: Vec<(u32, u32)>,
    pub hidden_columns: Vec<(u32, u32)>,
    /// How many of the first columns stay while the others scroll.
    frozen: u32,
    scale: f64,
}

#[derive(Clone, Debug, PartialEq)]
enum Tops {
    Even {
        height: f64,
        rows: u32,
    },
    /// Top edges of the rows shown, and the bottom edge of the last.
    Varied(Vec<f64>),
}

impl Geometry {
    /// `scale` is 1 at the usual size of type; `width` and `height` are the room to be filled at least.
    pub fn new(
        sheet: &SheetInfo,
        index: u32,
        changes: &[Change],
        cells: &Cells,
        scale: f64,
        (width, height): (f64, f64),
    ) -> Self {
        let (mut merges, mut hidden_rows) = (sheet.merges.clone(), sheet.hidden_rows.clone());
        for change in changes.iter().filter(|change| change.sheet == index) {
            if let Action::InsertRow { row, .. } = change.action {
                for merge in &mut merges {
                    merge.top += u32::from(merge.top >= row);
                    merge.bottom += u32::from(merge.bottom >= row);
                }
                for (first, last) in &mut hidden_rows {
                    *first += u32::from(*first >= row);
                    *last += u32::from(*last >= row);
                }
            }
        }
        let merges = Merges::new(merges);
        let lefts = lefts(sheet, &merges, cells, scale, width);
        let mut geometry = Self {
            lefts,
            tops: Tops::Even { height: row_of(1.0, scale), rows: sheet.rows.max(1) },
            merges,
            hidden_rows,
            hidden_columns: sheet.hidden_columns.clone(),
            frozen: 0,
            scale,
        };
        if sheet.rows <= VARIED_ROWS {
            geometry.tops = Tops::Varied(geometry.varied(sheet.rows, cells, height));
        }
        geometry
    }

    /// With so many of the first columns staying in sight, where the sheet is wider than its room and the others keep
    /// enough of it.
    pub fn frozen(mut self, columns: u32, room: f64) -> Self {
        let fits = self.width() <= room || self.left(columns) > room * MOST_FROZEN;
        self.frozen = if fits { 0 } else { columns };
        self
    }

    /// How many of the first columns stay while the others scroll.
    pub const fn frozen_columns(&self) -> u32 {
        self.frozen
    }

    /// The width of the columns that stay.
    pub fn frozen_width(&self) -> f64 {
        self.left(self.frozen)
    }

    /// Whether a rectangle lies among the columns that stay. One that reaches out of them scrolls.
    pub const fn is_frozen(&self, area: Area) -> bool {
        area.right < self.frozen
    }

    /// How many columns are shown, with the empty ones that fill the screen.
    pub fn columns(&self) -> u32 {
        u32::try_from(self.lefts.len().saturating_sub(1)).unwrap_or(MAX_COLUMNS)
    }

    /// How many rows are shown, with the empty ones that fill the screen.
    pub fn rows(&self) -> u32 {
        match &self.tops {
            Tops::Even { rows, .. } => *rows,
            Tops::Varied(tops) => u32::try_from(tops.len().saturating_sub(1)).unwrap_or(MAX_ROWS),
        }
    }

    /// The left edge of a column; past the last one the right edge of the sheet.
    pub fn left(&self, column: u32) -> f64 {
        let last = self.lefts.last().copied().unwrap_or(0.0);
        usize::try_from(column).ok().and_then(|at| self.lefts.get(at)).copied().unwrap_or(last)
    }

    /// The top edge of a row; past the last one the bottom edge of the sheet.
    pub fn top(&self, row: u32) -> f64 {
        match &self.tops {
            Tops::Even { height, .. } => f64::from(row) * height,
            Tops::Varied(tops) => {
                let last = tops.last().copied().unwrap_or(0.0);
                usize::try_from(row).ok().and_then(|at| tops.get(at)).copied().unwrap_or(last)
            }
        }
    }

    /// The width of all columns.
    pub fn width(&self) -> f64 {
        self.left(self.columns())
    }

    /// The height of all rows, as far as a browser can scroll.
    pub fn height(&self) -> f64 {
        self.top(self.rows()).min(HIGHEST)
    }

    /// Left, top, width and height of a rectangle of cells.
    pub fn place(&self, area: Area) -> (f64, f64, f64, f64) {
        let (left, top) = (self.left(area.left), self.top(area.top));
        (
            left,
            top,
            self.left(area.right.saturating_add(1)) - left,
            self.top(area.bottom.saturating_add(1)) - top,
        )
    }

    /// The merged rectangle that a cell belongs to, or the cell itself.
    pub fn area_of(&self, row: u32, column: u32) -> Area {
        let alone = Area { top: row, left: column, bottom: row, right: column };
        self.merges.covering(row, column).unwrap_or(alone)
    }

    /// The rectangle with every merged one whole that it touches.
    pub fn whole(&self, mut area: Area) -> Area {
        // One that grows may touch others; in no sheet that a person made does that go on for long.
        for _ in 0..64 {
            let before = area;
            let touches = |merge: &&Area| {
                merge.top <= before.bottom
                    && merge.bottom >= before.top
                    && merge.left <= before.right
                    && merge.right >= before.left
            };
            for merge in self.merges.iter().filter(touches) {
                area.top = area.top.min(merge.top);
                area.left = area.left.min(merge.left);
                area.bottom = area.bottom.max(merge.bottom);
                area.right = area.right.max(merge.right);
            }
            if area == before {
                break;
            }
        }
        area
    }

    /// First and last row between two heights.
    pub fn rows_between(&self, from: f64, to: f64) -> (u32, u32) {
        let last = self.rows().saturating_sub(1);
        match &self.tops {
            Tops::Even { height, .. } => (whole(from / height).min(last), whole(to / height).min(last)),
            Tops::Varied(tops) => {
                let at = |y: f64| {
                    u32::try_from(tops.partition_point(|top| *top <= y).saturating_sub(1))
                        .unwrap_or(0)
                        .min(last)
                };
                (at(from), at(to))
            }
        }
    }

    /// First and last column between two distances from the left.
    pub fn columns_between(&self, from: f64, to: f64) -> (u32, u32) {
        let last = self.columns().saturating_sub(1);
        let at = |x: f64| {
            u32::try_from(self.lefts.partition_point(|left| *left <= x).saturating_sub(1))
                .unwrap_or(0)
                .min(last)
        };
        (at(from), at(to))
    }

    /// Whether the file hides a row.
    pub fn row_is_hidden(&self, row: u32) -> bool {
        self.hidden_rows.iter().any(|(first, last)| (*first..=*last).contains(&row))
    }

    /// Whether the file hides a column.
    pub fn column_is_hidden(&self, column: u32) -> bool {
        self.hidden_columns.iter().any(|(first, last)| (*first..=*last).contains(&column))
    }

    /// Whether nothing of a rectangle is shown.
    pub fn is_hidden(&self, area: Area) -> bool {
        (area.top..=area.bottom).all(|row| self.row_is_hidden(row))
            || (area.left..=area.right).all(|column| self.column_is_hidden(column))
    }

    /// The hidden columns that begin here: how many they are.
    pub fn hidden_from(&self, column: u32) -> Option<u32> {
        self.hidden_columns.iter().find(|(first, _)| *first == column).map(|(first, last)| last - first + 1)
    }

    /// Whether a text runs over into the empty cells at its right, as spreadsheet programs show it.
    pub fn spills(&self, cell: &CellDto, cells: &Cells) -> bool {
        let area = self.area_of(cell.row, cell.column);
        let alone = area.left == area.right && area.top == area.bottom;
        let next_is_empty = cells.get(&(cell.row, cell.column + 1)).is_none_or(|next| next.shown.is_empty());
        // Also where it nearly fills its cell: how wide the letters really are only the browser knows.
        let one_line = !cell.look.wrap && !cell.shown.contains('\n');
        alone && !cell.number && next_is_empty && one_line && self.lines_in(cell, 0.8) > 1.0
    }

    /// Whether a text is longer than its cell is wide.
    pub fn is_longer(&self, cell: &CellDto) -> bool {
        self.lines(cell) > 1.0
    }

    fn lines(&self, cell: &CellDto) -> f64 {
        self.lines_in(cell, 1.0)
    }

    /// Lines that a text takes in a share of its cell's width.
    fn lines_in(&self, cell: &CellDto, share: f64) -> f64 {
        let (_, _, width, _) = self.place(self.area_of(cell.row, cell.column));
        let room = ((width - PADDING) * share).max(EM * self.scale);
        cell.shown.lines().map(|line| wrapped(line, room / (EM * self.scale))).sum::<f64>().max(1.0)
    }

    /// Whether a cell's text needs more lines than its row is given, so that only the first are shown.
    pub fn overflows(&self, cell: &CellDto) -> bool {
        let area = self.area_of(cell.row, cell.column);
        area.top == area.bottom
            && !cell.number
            && self.lines(cell) > MOST_LINES
            && self.tall_enough_for(cell) < self.lines(cell)
    }

    fn tall_enough_for(&self, cell: &CellDto) -> f64 {
        (self.top(cell.row + 1) - self.top(cell.row)) / (LINE * self.scale)
    }

    fn varied(&self, rows: u32, cells: &Cells, room: f64) -> Vec<f64> {
        let mut tops = vec![0.0];
        let mut top = 0.0;
        let mut row = 0;
        while (row < rows || room - top >= THINNEST_ROW) && row < MAX_ROWS {
            top += if self.row_is_hidden(row) {
                if self.hidden_rows.iter().any(|(first, _)| *first == row) {
                    HIDDEN * self.scale
                } else {
                    0.0
                }
            } else if row < rows {
                self.row_height(row, cells)
            } else {
                // Empty paper to the edge of the screen, and no further.
                row_of(1.0, self.scale).min(room - top)
            };
            tops.push(top);
            row += 1;
        }
        tops
    }

    fn row_height(&self, row: u32, cells: &Cells) -> f64 {
        let lines = cells
            .range((row, 0)..=(row, u32::MAX))
            .filter(|(_, cell)| {
                let area = self.area_of(cell.row, cell.column);
                // In a hidden column a text has no room and would ask for a line a character.
                area.top == area.bottom && !self.is_hidden(area)
            })
            .map(|(_, cell)| {
                let text = if cell.number || self.spills(cell, cells) { 1.0 } else { self.lines(cell) };
                text + if cell.before.is_some() { 1.0 } else { 0.0 }
            })
            .fold(1.0_f64, f64::max)
            .min(MOST_LINES);
        row_of(lines, self.scale)
    }
}

/// How high a row of so many lines is.
fn row_of(lines: f64, scale: f64) -> f64 {
    let high = (ROW + (lines - 1.0) * LINE) * scale;
    if scale > 1.0 { high.max(LARGE_ROW) } else { high }
}

/// `A`, `Z`, `AA` … of a zero-based column.
pub fn letters(column: u32) -> String {
    let mut text = String::new();
    let mut rest = column.saturating_add(1);
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        text.insert(0, char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    text
}

/// `C5` of zero-based row and column.
pub fn address(row: u32, column: u32) -> String {
    format!("{}{}", letters(column), row.saturating_add(1))
}

fn lefts(sheet: &SheetInfo, merges: &Merges, cells: &Cells, scale: f64, room: f64) -> Vec<f64> {
    let texts = text_widths(merges, cells, |_| true);
    // A number that is cut would be another one, and what the file does not wrap is not to be wrapped here.
    let stays_whole = |cell: &CellDto| cell.number || (cell.look.known && !cell.look.wrap);
    let whole = text_widths(merges, cells, stays_whole);
    let stated = |column: u32| {
        let mut widths = sheet.column_widths.iter();
        widths
            .find(|(first, last, _)| (*first..=*last).contains(&column))
            .map(|(_, _, characters)| *characters)
    };
    let hidden =
        |column: u32| sheet.hidden_columns.iter().any(|(first, last)| (*first..=*last).contains(&column));
    let mark = |column: u32| {
        let begins = sheet.hidden_columns.iter().any(|(first, _)| *first == column);
        if begins { HIDDEN } else { 0.0 }
    };
    let columns = sheet.columns.min(MAX_COLUMNS);
    let mut widths: Vec<f64> = (0..columns)
        .map(|column| match (hidden(column), stated(column), texts.get(&column)) {
            (true, ..) => mark(column),
            // A width counts digits of the default font, 7 px each, and 5 px of padding (ECMA-376 part 1, 18.3.1.13).
            (_, Some(characters), _) => {
                let whole = whole.get(&column).map_or(0.0, |text| (text + PADDING).min(WIDEST_BY_TEXT));
                (f64::from(characters) * 7.0 + 5.0).clamp(28.0, 560.0).max(whole)
            }
            (_, None, Some(text)) => (text + PADDING).clamp(NARROWEST_BY_TEXT, WIDEST_BY_TEXT),
            (_, None, None) => DEFAULT_WIDTH,
        })
        .collect();
    // In large type the figures stay on the screen: long texts take more lines instead.
    let (free, large) = (sheet.column_widths.is_empty(), scale > 1.0);
    let (all, space) = (widths.iter().sum::<f64>(), room / scale);
    if free || large {
        let wanted = |column: usize| {
            let column = u32::try_from(column).ok().filter(|column| free && !hidden(*column));
            column.and_then(|column| texts.get(&column)).map_or(0.0, |text| text + PADDING)
        };
        fit(&mut widths, wanted, space, large);
    } else if all > space && all <= space * MOST_SQUEEZED {
        let usual = widths.clone();
        let figures = text_widths(merges, cells, |cell| cell.number);
        let number = |at: usize| u32::try_from(at).unwrap_or(MAX_COLUMNS);
        // What is too long for its column as the file has it takes several lines anyway.
        let fits = |cell: &CellDto| {
            let width = usize::try_from(cell.column).ok().and_then(|at| usual.get(at)).copied();
            cell.number || width.is_some_and(|width| text_width(&cell.shown, 1.0) + PADDING <= width)
        };
        let whole = text_widths(merges, cells, |cell| stays_whole(cell) && fits(cell));
        // First with what fits on one line left so; where that is too much, in whole lines.
        for kept in [&whole, &figures] {
            let least = |at: usize| {
                let of =
                    |texts: &BTreeMap<u32, f64>| texts.get(&number(at)).map_or(0.0, |text| text + PADDING);
                let wrapped = texts.get(&number(at)).map_or(0.0, |text| least_wrapped(*text));
                if hidden(number(at)) { HIDDEN } else { of(kept).max(wrapped).max(NARROWEST_BY_TEXT) }
            };
            if squeeze(&mut widths, least, |at| figures.contains_key(&number(at)), all - space) {
                break;
            }
        }
    }
    let mut lefts = vec![0.0];
    let mut left = 0.0;
    let mut column = 0;
    while (column < columns || room - left >= THINNEST_COLUMN) && column < MAX_COLUMNS {
        let own = usize::try_from(column).ok().and_then(|at| widths.get(at));
        left += match own {
            Some(width) => (width * scale).round(),
            None if hidden(column) => mark(column) * scale,
            // Empty paper to the edge of the screen, and no further.
            None => (DEFAULT_WIDTH * scale).round().min(room - left),
        };
        lefts.push(left);
        column += 1;
    }
    lefts
}

/// Columns that the file gives no width: where their texts in two lines would bring all of them into the room, the
/// widest are made narrower, or where it brings in as many as can be; what room is left goes to those that hold more.
fn fit(widths: &mut [f64], wanted: impl Fn(usize) -> f64, room: f64, as_many: bool) {
    let with = |widths: &[f64], cap: f64| widths.iter().map(|width| width.min(cap)).sum::<f64>();
    if with(widths, f64::MAX) > room && (as_many || with(widths, NARROWEST_WRAPPED) <= room) {
        let (mut low, mut high) = (NARROWEST_WRAPPED, WIDEST_BY_TEXT);
        while high - low > 0.5 {
            let middle = f64::midpoint(low, high);
            if with(widths, middle) <= room { low = middle } else { high = middle }
        }
        for width in widths.iter_mut() {
            *width = width.min(low.floor());
        }
        return;
    }
    let mut left = room - with(widths, f64::MAX);
    for (column, width) in widths.iter_mut().enumerate() {
        let more = (wanted(column) - *width).min(left).floor();
        if more > 0.0 {
            *width += more;
            left -= more;
        }
    }
}

/// Columns that the file makes somewhat wider than the room are drawn narrower, so that nothing is out of sight: in
/// proportion to what each can spare, and those of figures only where those of texts cannot spare enough. `over` is
/// what all of them must spare; whether they can: if not, none is drawn narrower.
fn squeeze(
    widths: &mut [f64],
    least: impl Fn(usize) -> f64,
    has_figures: impl Fn(usize) -> bool,
    mut over: f64,
) -> bool {
    let spares: Vec<f64> = (0..).zip(&*widths).map(|(at, width)| (width - least(at)).max(0.0)).collect();
    if over > spares.iter().sum() {
        return false;
    }
    for figures in [false, true] {
        let spare = |at: usize| spares.get(at).copied().filter(|_| has_figures(at) == figures).unwrap_or(0.0);
        let most: f64 = (0..widths.len()).map(spare).sum();
        let share = (over / most.max(1.0)).min(1.0);
        for (at, width) in widths.iter_mut().enumerate() {
            *width -= spare(at) * share;
        }
        over -= most * share;
    }
    for width in widths.iter_mut() {
        *width = width.floor();
    }
    true
}

/// The least room of a text that wraps: a short one takes two lines, a long one no more than are shown.
fn least_wrapped(text: f64) -> f64 {
    let half = (text / 2.0 / EM).ceil() * EM;
    half.min(NARROWEST_WRAPPED).max(text / (MOST_LINES - 1.0)) + PADDING
}

/// The width of the longest text that counts of each column at the usual size of type, apart from titles, which run
/// over, and cells merged with others beside them.
fn text_widths(merges: &Merges, cells: &Cells, counts: impl Fn(&CellDto) -> bool) -> BTreeMap<u32, f64> {
    let has_text = |at: &(u32, u32)| cells.get(at).is_some_and(|cell| !cell.shown.is_empty());
    // Of every row how many cells have a text, and the last of them.
    let mut texts: BTreeMap<u32, (usize, u32)> = BTreeMap::new();
    for (row, column) in cells.keys().filter(|at| has_text(at)) {
        let (count, last) = texts.entry(*row).or_default();
        (*count, *last) = (*count + 1, *column);
    }
    let mut widths = BTreeMap::new();
    for ((row, column), cell) in cells {
        let (count, last) = texts.get(row).copied().unwrap_or_default();
        // A title stands alone in its row; 填报单位 has empty cells at its right.
        let runs_over = count == 1 || (!has_text(&(*row, column.saturating_add(1))) && last != *column);
        let alone = merges.covering(*row, *column).is_none_or(|area| area.left == area.right);
        if counts(cell) && (cell.number || !runs_over) && alone {
            let widest = cell.shown.lines().map(|line| text_width(line, 1.0)).fold(0.0, f64::max);
            let known: &mut f64 = widths.entry(*column).or_default();
            *known = known.max(widest);
        }
    }
    widths
}

/// Lines that a text takes where so many ems fit into one: Chinese breaks anywhere, a word or number only where it is
/// longer than a line.
fn wrapped(text: &str, ems: f64) -> f64 {
    let (mut lines, mut at, mut word) = (1.0, 0.0, 0.0);
    for c in text.chars() {
        // As wide as the widest type of the desk has letters: a line too many is better than one that is cut.
        let wide = if c.is_ascii_graphic() { WIDEST_LETTER } else { ems_of(c) };
        if c.is_ascii_graphic() {
            word += wide;
        } else {
            word = 0.0;
        }
        at += wide;
        if at > ems && c != ' ' {
            lines += 1.0;
            // The word goes down as a whole where it fits.
            at = if word > wide && word <= ems { word } else { wide };
            if word > ems {
                word = wide;
            }
        }
    }
    lines
}

/// Width of a text in the sheet's type: a Chinese character one em, a digit or letter a bit more than half.
fn text_width(text: &str, scale: f64) -> f64 {
    text.chars().map(ems_of).sum::<f64>() * EM * scale
}

fn ems_of(c: char) -> f64 {
    if u32::from(c) < 0x1100 { 0.58 } else { 1.0 }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the rows of a sheet first"
)]
fn whole(number: f64) -> u32 {
    number.clamp(0.0, f64::from(MAX_ROWS)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::protocol::Look;

    fn sheet(rows: u32, columns: u32) -> SheetInfo {
        SheetInfo {
            name: "表".to_owned(),
            hidden: false,
            rows,
            columns,
            merges: Vec::new(),
            hidden_rows: Vec::new(),
            hidden_columns: Vec::new(),
            column_widths: vec![(1, 1, 40.0)],
        }
    }

    fn cell(row: u32, column: u32, shown: &str) -> ((u32, u32), CellDto) {
        let cell = CellDto {
            row,
            column,
            shown: shown.to_owned(),
            raw: shown.to_owned(),
            number: false,
            look: Look::default(),
            formula: false,
            before: None,
        };
        ((row, column), cell)
    }

    #[test]
    fn letters_of_columns() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
        assert_eq!(address(4, 2), "C5");
    }

    #[test]
    fn a_long_text_makes_its_row_higher_unless_it_can_run_over() {
        let long = "成德绵国家科技成果转移转化示范区";
        let run_over = Cells::from([cell(0, 0, long)]);
        let hemmed_in = Cells::from([cell(0, 0, long), cell(0, 1, "x")]);
        let narrow = SheetInfo { column_widths: vec![(0, 0, 10.0)], ..sheet(1, 2) };
        let height = |cells: &Cells| Geometry::new(&narrow, 0, &[], cells, 1.0, (0.0, 0.0)).height();
        assert_eq!(height(&run_over), ROW);
        assert!(height(&hemmed_in) > ROW * 2.0);
    }

    #[test]
    fn a_line_holds_whole_characters() {
        // Four fit, and a bit: twenty-one take six lines, not five.
        assert_eq!(wrapped(&"示".repeat(21), 4.23), 6.0);
        assert_eq!(wrapped("示范区", 4.23), 1.0);
        assert_eq!(wrapped("完成600项", 3.0), 2.0);
        assert_eq!(wrapped("1234567890", 3.3), 2.0);
        // Seven and three digits and one: more than nine and three quarters in a wide type.
        assert_eq!(wrapped("转化国家新药创制重大科技专项成果100项", 9.77), 3.0);
    }

    #[test]
    fn a_column_without_a_width_is_as_wide_as_its_text() {
        let bare = SheetInfo { column_widths: Vec::new(), ..sheet(2, 3) };
        let label = "建设国家技术转移机构";
        let cells = Cells::from([
            cell(0, 0, "成德绵国家科技成果转移转化示范区建设任务分解表"),
            cell(1, 0, "1"),
            cell(1, 1, label),
            cell(1, 2, "600"),
        ]);
        let geometry = Geometry::new(&bare, 0, &[], &cells, 1.0, (0.0, 0.0));
        assert_eq!(geometry.left(1), NARROWEST_BY_TEXT, "a title that runs over widens nothing");
        let line = Cells::from([cell(0, 0, "填报单位：绵阳市科学技术局"), cell(0, 2, "单位：项")]);
        assert_eq!(Geometry::new(&bare, 0, &[], &line, 1.0, (0.0, 0.0)).left(1), DEFAULT_WIDTH);
        assert!(geometry.left(2) - geometry.left(1) >= 10.0 * EM);
        assert_eq!(geometry.height(), 2.0 * ROW);
    }

    #[test]
    fn a_table_without_widths_fits_its_room_where_it_can() {
        let bare = SheetInfo { column_widths: Vec::new(), ..sheet(2, 3) };
        let cells = Cells::from([
            cell(0, 0, &"示".repeat(18)),
            cell(0, 1, "600"),
            cell(0, 2, "本期累计完成"),
            cell(1, 2, "1"),
        ]);
        let right = |room: f64| {
            let geometry = Geometry::new(&bare, 0, &[], &cells, 1.0, (room, 0.0));
            (geometry.left(1), geometry.left(3))
        };
        let (label, all) = right(340.0);
        assert!(
            (NARROWEST_WRAPPED..251.0).contains(&label) && (335.0..=340.0).contains(&all),
            "{label} {all}"
        );
        assert_eq!(right(200.0), right(0.0), "too little room for that: it scrolls");
        let long = Cells::from([cell(0, 0, &"示".repeat(40)), cell(0, 1, "600"), cell(0, 2, "1")]);
        let wide = Geometry::new(&bare, 0, &[], &long, 1.0, (900.0, 0.0));
        assert!(
            wide.left(1) >= 40.0 * EM && wide.height() == 2.0 * ROW,
            "what room there is goes to the text"
        );
    }

    #[test]
    fn a_table_that_states_wide_columns_is_drawn_narrower() {
        let stated = vec![(0, 0, 8.0), (1, 1, 32.0), (2, 4, 18.0), (5, 5, 45.0)];
        let form = SheetInfo { column_widths: stated, ..sheet(2, 6) };
        let wrap = Look { known: true, wrap: true, ..Look::default() };
        let row = ["序号", "指标内容", "年度目标", "上期累计完成", "本期累计完成", "情况说明"];
        let texts = ["1", "国家技术转移机构", "600", "12345678", "480", "在建，年底前建成"];
        let mut cells: Cells = [row, texts]
            .iter()
            .zip(0..)
            .flat_map(|(row, at)| row.iter().zip(0..).map(move |(text, column)| cell(at, column, text)))
            .collect();
        for ((row, column), cell) in &mut cells {
            cell.look = wrap;
            cell.number = *row == 1 && (2..5).contains(column);
        }
        let widths = |room: f64| -> Vec<f64> {
            let geometry = Geometry::new(&form, 0, &[], &cells, 1.0, (room, 0.0));
            (0..6).map(|column| geometry.left(column + 1) - geometry.left(column)).collect()
        };
        let usual = [61.0, 229.0, 131.0, 131.0, 131.0, 320.0];
        assert_eq!(widths(1_100.0)[..6], usual);
        let narrower = widths(760.0);
        let all: f64 = narrower.iter().sum();
        assert!((750.0..=760.0).contains(&all), "{narrower:?}");
        assert_eq!(narrower[2..5], usual[2..5], "texts give first");
        let least = widths(640.0);
        assert!(least.iter().sum::<f64>() <= 640.0 && least[1] < narrower[1], "{least:?}");
        assert!(least[3] >= 8.0 * 0.58 * EM + PADDING, "a figure stays whole: {least:?}");
        assert_eq!(widths(600.0), usual, "far wider than its room: it scrolls");
        for cell in cells.values_mut().filter(|cell| !cell.number) {
            cell.look.wrap = false;
        }
        if let Some(long) = cells.get_mut(&(1, 5)) {
            long.shown = "已建成两家，其余三家在建，预计年底前建成并投入使用，另有一家已经签约。".to_owned();
        }
        let geometry = Geometry::new(&form, 0, &[], &cells, 1.0, (760.0, 0.0));
        assert!(geometry.left(6) <= 760.0, "what takes several lines anyway gives way: {}", geometry.left(6));
        assert!(
            geometry.left(2) - geometry.left(1) >= 8.0 * EM + PADDING,
            "what stood in one line still does"
        );
    }

    #[test]
    fn the_first_columns_stay_where_the_others_scroll() {
        let cells = Cells::from([cell(0, 0, "序号"), cell(0, 1, "指标内容"), cell(0, 5, "说明")]);
        let wide = SheetInfo { column_widths: vec![(0, 0, 6.0), (1, 1, 40.0), (2, 5, 45.0)], ..sheet(1, 6) };
        let frozen = |room: f64| {
            Geometry::new(&wide, 0, &[], &cells, 1.0, (room, 0.0)).frozen(2, room).frozen_columns()
        };
        assert_eq!(frozen(720.0), 2);
        assert_eq!(frozen(1_200.0), 0, "nothing scrolls: all of it is drawn narrower");
        assert_eq!(frozen(400.0), 0, "nothing would be left to read");
    }

    #[test]
    fn what_the_file_does_not_wrap_is_given_a_wider_column() {
        let narrow = SheetInfo { column_widths: vec![(0, 2, 6.0)], ..sheet(1, 3) };
        let with = |look: Look| {
            let mut cells = Cells::from([
                cell(0, 0, "本期累计完成"),
                cell(0, 1, "12345678"),
                cell(0, 2, "在建，年底前建成"),
            ]);
            for cell in cells.values_mut() {
                cell.look = look;
                cell.number = cell.column == 1;
            }
            let geometry = Geometry::new(&narrow, 0, &[], &cells, 1.0, (0.0, 0.0));
            (geometry.left(1), geometry.left(2) - geometry.left(1), geometry.height())
        };
        let (wrapped, number, high) = with(Look { known: true, wrap: true, ..Look::default() });
        // The last one has room at its right and wraps all the same.
        assert!(wrapped < 60.0 && number > 70.0 && high > ROW + 2.0 * LINE, "{wrapped} {number} {high}");
        let (whole, _, height) = with(Look { known: true, ..Look::default() });
        assert!(whole >= 6.0 * EM && height == ROW, "{whole} {height}");
    }

    #[test]
    fn a_wide_row_full_of_merges_is_measured_at_once() {
        // 100 rows of 2,000 merged pairs: looking at all of a row or at all merges for each cell takes minutes.
        let pairs = |row: u32| {
            (0..2_000).map(move |pair| Area { top: row, left: pair * 2, bottom: row, right: pair * 2 + 1 })
        };
        let bare = SheetInfo {
            merges: (0..100).flat_map(pairs).collect(),
            column_widths: Vec::new(),
            ..sheet(100, 4_000)
        };
        let cells: Cells =
            (0..100).flat_map(|row| (0..2_000).map(move |pair| cell(row, pair * 2, "示范区"))).collect();
        let started = std::time::Instant::now();
        let geometry = Geometry::new(&bare, 0, &[], &cells, 1.0, (0.0, 0.0));
        assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
        assert_eq!(geometry.area_of(50, 777), Area { top: 50, left: 776, bottom: 50, right: 777 });
        assert_eq!(geometry.width(), 4_000.0 * DEFAULT_WIDTH);
    }

    #[test]
    fn a_hidden_column_asks_for_no_room() {
        let hidden = SheetInfo { hidden_columns: vec![(1, 1)], ..sheet(1, 3) };
        let cells = Cells::from([cell(0, 0, "a"), cell(0, 1, "较上期增长百分比说明"), cell(0, 2, "b")]);
        let geometry = Geometry::new(&hidden, 0, &[], &cells, 1.0, (0.0, 0.0));
        assert_eq!(geometry.height(), ROW);
        assert_eq!(geometry.left(2) - geometry.left(1), HIDDEN, "but for its mark");
    }

    #[test]
    fn hidden_rows_shrink_to_a_mark_and_move_with_an_inserted_row() {
        let mut sheet = sheet(10, 2);
        sheet.hidden_rows = vec![(3, 4)];
        let plain = Geometry::new(&sheet, 0, &[], &Cells::new(), 1.0, (0.0, 0.0));
        assert_eq!(plain.top(5) - plain.top(3), HIDDEN);
        let insert = Change {
            sheet: 0,
            action: Action::InsertRow { row: 1, cells: Vec::new() },
            rule: None,
            reason: String::new(),
            source: String::new(),
        };
        let moved = Geometry::new(&sheet, 0, &[insert], &Cells::new(), 1.0, (0.0, 0.0));
        assert_eq!(moved.hidden_rows, [(4, 5)]);
    }

    #[test]
    fn empty_paper_fills_the_screen_and_never_overflows_it() {
        for room in [150.0, 158.0, 163.0, 900.0] {
            let geometry = Geometry::new(&sheet(1, 1), 0, &[], &Cells::new(), 1.0, (room, room));
            assert!(geometry.width() <= room && geometry.height() <= room, "{room}");
            assert!(
                room - geometry.width() < THINNEST_COLUMN && room - geometry.height() < THINNEST_ROW,
                "{room}"
            );
        }
    }

    #[test]
    fn places_and_rows_agree_in_a_long_sheet() {
        let geometry = Geometry::new(&sheet(100_000, 3), 0, &[], &Cells::new(), 1.25, (0.0, 0.0));
        let top = geometry.top(70_000);
        assert_eq!(geometry.rows_between(top + 1.0, top + 2.0), (70_000, 70_000));
        assert_eq!(geometry.columns_between(geometry.left(2), geometry.left(2)), (2, 2));
    }
}
