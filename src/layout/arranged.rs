//! Tables that stand otherwise than the official form: on their side, with the cities down, with the cities' targets
//! and figures side by side.
//!
//! Each is put as the official form into a sheet of its own and read there; every address goes back through
//! [`Arranged`]. What a sheet holds besides a breakdown, one return a city, comes beside it.

use std::collections::BTreeMap;

use crate::breakdown::{Breakdown, CityId};
use crate::model::{Cell, CellRef, Grid, Range, Sheet, Value, Visibility, Workbook};

use super::candidates::candidates;
use super::cities_down::cities_down;
use super::columns::{Captions, Vocabulary};
use super::hints::Hints;
use super::identity::{Identity, Sighting, Source, identity};
use super::pairs::pairs;
use super::record::is_set_apart;
use super::table::{Arrangement, Column, Form, Row, Table};
use super::transposed::{exchanged, exchanged_range, find_transposed};

/// Beyond this it is a data table of another kind.
const MOST_CELLS: usize = 20_000;

/// A table put as the official form.
#[derive(Clone, Debug)]
pub struct Arranged {
    /// The workbook with the table's sheet put so.
    pub workbook: Workbook,
    /// The table in it.
    pub table: Table,
    places: Places,
}

#[derive(Clone, Debug)]
enum Places {
    Exchanged,
    /// Where each cell stands in the file.
    Listed(BTreeMap<CellRef, CellRef>),
}

impl Arranged {
    /// Where a cell stands in the file.
    pub fn cell(&self, at: CellRef) -> Option<CellRef> {
        match &self.places {
            Places::Exchanged => Some(exchanged(at)),
            Places::Listed(places) => places.get(&at).copied(),
        }
    }

    /// The smallest range of the file that holds all cells of a range.
    pub fn range(&self, range: Range) -> Option<Range> {
        match &self.places {
            Places::Exchanged => Some(exchanged_range(range)),
            Places::Listed(places) => {
                let inside = places.range(range.start..=range.end).filter(|(at, _)| range.contains(**at));
                inside.map(|(_, place)| Range::cell(*place)).reduce(|all, one| {
                    let (a, b) = (all.start, all.end);
                    Range {
                        start: CellRef::new(a.row.min(one.start.row), a.column.min(one.start.column)),
                        end: CellRef::new(b.row.max(one.end.row), b.column.max(one.end.column)),
                    }
                })
            }
        }
    }

    /// The table as it stands in the file. Its columns and rows are there only where they are the sheet's own.
    pub fn in_place(&self) -> Table {
        let table = &self.table;
        let range = self.range(table.range).unwrap_or(table.range);
        let bare =
            Table { range, columns: Vec::new(), repeated: Vec::new(), rows: Vec::new(), ..table.clone() };
        let Places::Listed(_) = &self.places else { return bare };
        if table.arrangement == Arrangement::CitiesDown {
            return bare;
        }
        let first = table.rows.first().map_or(0, |row| row.row);
        let column = |own: &Column| {
            let header = self.cell(own.header)?;
            let index = self.cell(CellRef::new(first, own.index))?.column;
            Some(Column { index, header, ..own.clone() })
        };
        let columns: Vec<Column> = table.columns.iter().filter_map(column).collect();
        // A label stands over the rows of several cities; the figures' row is the one that counts.
        let figure = table.figure_columns().next().map_or(0, |column| column.index);
        let row = |own: &Row| Some(Row { row: self.cell(CellRef::new(own.row, figure))?.row, ..own.clone() });
        Table { columns, rows: table.rows.iter().filter_map(row).collect(), ..bare }
    }
}

/// A sheet in the making: its cells, and where each of them stands in the file.
#[derive(Default)]
pub(super) struct Board {
    cells: Vec<(CellRef, Cell)>,
    places: BTreeMap<CellRef, CellRef>,
}

impl Board {
    /// Puts a cell of the file.
    pub fn put(&mut self, at: CellRef, from: CellRef, sheet: &Sheet) {
        self.cells.extend(sheet.grid.get(from).map(|cell| (at, cell.clone())));
        self.places.insert(at, from);
    }

    /// Puts words where the file says the same in others.
    pub fn say(&mut self, at: CellRef, from: CellRef, words: &str) {
        self.cells.push((at, Cell::new(Value::from(words))));
        self.places.insert(at, from);
    }
}

/// A board, whose it is where it is one city's, and how it stands in the file.
pub(super) struct Laid {
    pub board: Board,
    pub city: Option<(CityId, CellRef)>,
    pub arrangement: Arrangement,
}

/// Every table of a workbook that stands otherwise than the official form. Of what the user said only whose and of when
/// it is bears on it: its columns and rows are not the sheet's.
pub fn find_arranged(
    workbook: &Workbook,
    file_name: &str,
    vocabulary: &Vocabulary<'_>,
    hints: &Hints,
) -> Vec<Arranged> {
    let breakdown = vocabulary.breakdown;
    let mut found: Vec<Arranged> = Vec::new();
    for (index, sheet) in workbook.sheets.iter().enumerate() {
        if is_set_apart(workbook, sheet)
            || sheet.visibility != Visibility::Visible
            || sheet.grid.len() > MOST_CELLS
        {
            continue;
        }
        let words = Captions::of(sheet, vocabulary);
        let mut laid = cities_down(&words);
        if laid.is_empty() {
            laid = pairs(&words);
        }
        if laid.is_empty() {
            continue;
        }
        let bare = Workbook {
            sheets: workbook
                .sheets
                .iter()
                .map(|sheet| Sheet { name: sheet.name.clone(), ..Sheet::default() })
                .collect(),
            format: workbook.format,
            date_1904: workbook.date_1904,
            remarks: Vec::new(),
        };
        found.extend(
            laid.into_iter()
                .filter_map(|one| arranged(&bare, index, sheet, one, (file_name, hints), breakdown)),
        );
    }
    if found.is_empty() {
        let lying = find_transposed(workbook, file_name, vocabulary, hints);
        found.extend(lying.map(|(workbook, table)| Arranged { workbook, table, places: Places::Exchanged }));
    }
    found
}

fn arranged(
    bare: &Workbook,
    index: usize,
    sheet: &Sheet,
    laid: Laid,
    (file_name, hints): (&str, &Hints),
    breakdown: &Breakdown,
) -> Option<Arranged> {
    let put =
        Sheet { name: sheet.name.clone(), grid: Grid::from_cells(laid.board.cells), ..Sheet::default() };
    let form = if laid.city.is_some() { Form::Progress } else { Form::Breakdown };
    let (_, table) = candidates(index, &put, &Vocabulary::of(breakdown), Hints::NONE)
        .into_iter()
        .flatten()
        .filter(|(_, table)| table.form == form)
        .max_by_key(|(score, _)| *score)?;
    let mut workbook = bare.clone();
    *workbook.sheets.get_mut(index)? = put;
    let table = Table { arrangement: laid.arrangement, ..table };
    let mut one = Arranged { workbook, table, places: Places::Listed(laid.board.places) };
    let lying = Table { range: one.range(one.table.range)?, ..one.table.clone() };
    let mut read = identity(sheet, &lying, &[], file_name, breakdown, hints);
    if let Some((value, header)) = laid.city {
        read.cities = vec![Sighting { value, source: Source::Header(header) }];
        one.table.identity = read;
    } else {
        one.table.identity = Identity::default();
    }
    Some(one)
}
