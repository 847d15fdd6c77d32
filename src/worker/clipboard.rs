//! What another program put on the clipboard, as rows of cells: the table of a page as WPS, Excel, Word and browsers
//! write it, else a text with tabs.

use crate::model::{Format, Sheet, Unreadable, Workbook};
use crate::reading::{self, Limits};

/// A cell that a merged one covers has no text of its own.
type Rows = Vec<Vec<Option<String>>>;

/// What is pasted at once; each cell becomes a change.
pub const MOST_CELLS: usize = 10_000;
/// No cell of Excel holds more. A quotation mark that nothing closes is looked for no further.
const LONGEST_TEXT: usize = 32_767;

/// The cells; too many of them are the most there may be.
pub fn rows(html: &str, text: &str, limits: &Limits) -> Result<Rows, usize> {
    let plain = from_text(text)?;
    let mut rows = from_html(html, limits)?;
    // The page does not say how far empty cells reach at the end; where the text has the same cells it does.
    if rows.is_empty() || says_the_same(&plain, &rows) {
        rows = plain;
    }
    Ok(rows)
}

/// Its tables as a workbook, to be audited as any other; `None` where it has none.
pub fn workbook(html: &str, text: &str, limits: &Limits) -> Result<Option<Workbook>, Unreadable> {
    let sheets = reading::pasted(html, limits)?;
    if !sheets.is_empty() {
        return Ok(Some(Workbook { format: Format::Html, sheets, date_1904: false, remarks: Vec::new() }));
    }
    let is_table = text.trim().contains(['\t', '\n']);
    is_table.then(|| reading::read("", format!("\u{feff}{text}").as_bytes(), limits)).transpose()
}

/// The tables of a page, one below the other; none where it has none or cannot be read.
fn from_html(html: &str, limits: &Limits) -> Result<Rows, usize> {
    if html.is_empty() {
        return Ok(Rows::new());
    }
    // The mark says that it is Unicode, whatever the page says of itself; what was cut out of a page has no end.
    let page = format!("\u{feff}<html>{html}</body></html>");
    let Ok(read) = reading::read("", page.as_bytes(), limits) else { return Ok(Rows::new()) };
    let mut rows = Rows::new();
    let mut count = 0;
    for sheet in &read.sheets {
        let (height, width) = size(sheet);
        count += height.saturating_mul(width);
        if count > MOST_CELLS {
            return Err(MOST_CELLS);
        }
        let mut cells = vec![vec![Some(String::new()); width]; height];
        let mut put = |row: u32, column: u32, text: Option<String>| {
            if let Some(cell) = cells.get_mut(row as usize).and_then(|row| row.get_mut(column as usize)) {
                *cell = text;
            }
        };
        let [rows_there, columns_there] = [height, width].map(|size| u32::try_from(size).unwrap_or(u32::MAX));
        // Only as far as there are cells: a page may declare any span.
        for range in &sheet.merges {
            for row in range.start.row..rows_there.min(range.end.row.saturating_add(1)) {
                for column in range.start.column..columns_there.min(range.end.column.saturating_add(1)) {
                    put(row, column, None);
                }
            }
        }
        for (at, cell) in sheet.grid.cells() {
            let text = cell.shown().replace('\u{a0}', " ");
            put(at.row, at.column, Some(text.trim().to_owned()));
        }
        rows.append(&mut cells);
    }
    Ok(rows)
}

/// Rows and columns, counted from the first cell.
fn size(sheet: &Sheet) -> (usize, usize) {
    let end = sheet.grid.used().map(|used| used.end);
    end.map_or((0, 0), |end| (end.row as usize + 1, end.column as usize + 1))
}

/// A text with tabs, as spreadsheet programs write it: in quotation marks where a cell has a line end or a tab.
fn from_text(text: &str) -> Result<Rows, usize> {
    let (mut rows, mut row, mut rest, mut count) = (Rows::new(), Vec::new(), text, 0_usize);
    while !(rest.is_empty() && row.is_empty()) {
        let (cell, after) = next_cell(rest);
        count += 1;
        if count > MOST_CELLS {
            return Err(MOST_CELLS);
        }
        row.push(Some(cell.replace('\u{a0}', " ").trim().to_owned()));
        rest = after;
        if let Some(after) = rest.strip_prefix('\t') {
            rest = after;
            continue;
        }
        rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or_default();
        rows.push(std::mem::take(&mut row));
    }
    Ok(rows)
}

/// The first cell of a text, and what follows it.
fn next_cell(text: &str) -> (String, &str) {
    const ENDS: [char; 3] = ['\t', '\r', '\n'];
    if let Some(quoted) = text.strip_prefix('"') {
        let (mut cell, mut chars) = (String::new(), quoted.char_indices().peekable());
        while let Some((at, c)) = chars.next().filter(|(at, _)| *at <= LONGEST_TEXT) {
            if c != '"' {
                cell.push(c);
            } else if chars.next_if(|(_, next)| *next == '"').is_some() {
                cell.push('"');
            } else {
                let after = quoted.get(at + 1..).unwrap_or_default();
                if after.is_empty() || after.starts_with(ENDS) {
                    return (cell.replace("\r\n", "\n"), after);
                }
                break;
            }
        }
    }
    let end = text.find(ENDS).unwrap_or(text.len());
    let (cell, after) = text.split_at(end);
    (cell.to_owned(), after)
}

/// Whether two readings of one clipboard have the same cells, apart from empty ones at the end.
fn says_the_same(text: &Rows, page: &Rows) -> bool {
    fn at(rows: &Rows, row: usize, column: usize) -> &str {
        let cell = rows.get(row).and_then(|row| row.get(column)).and_then(Option::as_deref);
        cell.unwrap_or_default()
    }
    let width = |rows: &Rows| rows.iter().map(Vec::len).max().unwrap_or_default();
    // A merged cell says how it is covered only in the page.
    let covered = page.iter().flatten().any(Option::is_none);
    !covered
        && text.len() >= page.len()
        && width(text) >= width(page)
        && text
            .iter()
            .enumerate()
            .all(|(row, cells)| (0..cells.len()).all(|column| at(text, row, column) == at(page, row, column)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str, text: &str) -> Vec<String> {
        let rows = rows(html, text, &Limits::default()).unwrap();
        let line = |row: &Vec<Option<String>>| {
            row.iter().map(|cell| cell.as_deref().unwrap_or("^")).collect::<Vec<_>>().join("|")
        };
        rows.iter().map(line).collect()
    }

    #[test]
    fn text_as_excel_writes_it() {
        assert_eq!(read("", "600\t300\r\n101\t52\r\n"), ["600|300", "101|52"]);
        assert_eq!(read("", "\"第一行\n第\"\"二\"\"行\"\t2\n"), ["第一行\n第\"二\"行|2"]);
        // Quotation marks that enclose nothing are the text's own; an empty cell at the end counts.
        assert_eq!(read("", "\"双创\"基地\t\n\t1"), ["\"双创\"基地|", "|1"]);
        assert_eq!(read("", "\"没有合上\t1\n2"), ["\"没有合上|1", "2"]);
        assert_eq!(read("", "600"), ["600"]);
        assert!(read("", "").is_empty());
    }

    #[test]
    fn a_table_as_office_programs_write_it() {
        let html = "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head><meta charset=gb2312>\
            <style>td{mso-number-format:General}</style></head><body><!--StartFragment--><table>\
            <col width=72><tr><td rowspan=2>成都市</td><td colspan=2 class=xl65>600&nbsp;</td></tr>\
            <tr><td x:num=\"0.853\">85.3%</td><td>甲<br style='mso-data-placement:same-cell'>\r\n  乙</td></tr>\
            <tr><td style='mso-number-format:\"\\@\"'>007</td><td><p class=MsoNormal><o:p>&nbsp;</o:p></p></td>\
            <td>=1+1</td></tr></table><!--EndFragment--><script>document.title = '脚本'</script>";
        assert_eq!(read(html, "别的"), ["成都市|600|^", "^|0.853|甲\n乙", "007||=1+1"]);
    }

    #[test]
    fn the_text_says_how_far_empty_cells_reach() {
        let html = "<table><tr><td>600</td><td></td></tr><tr><td></td><td></td></tr></table>";
        assert_eq!(read(html, "600\t\n\t\n"), ["600|", "|"]);
        assert_eq!(read(html, "601\t\n\t\n"), ["600"]);
        // A page without a table is its text.
        assert_eq!(read("<p>600</p><p>300</p>", "600\n300\n"), ["600", "300"]);
    }

    #[test]
    fn a_workbook_of_what_is_pasted() {
        let sheets = |html: &str, text: &str| {
            workbook(html, text, &Limits::default()).unwrap().map(|read| read.sheets)
        };
        let of = |sheets: Option<Vec<Sheet>>| {
            let first = sheets.unwrap().swap_remove(0);
            first.grid.cells().map(|(at, cell)| format!("{at}={}", cell.shown())).collect::<Vec<_>>()
        };
        let html = "<!--StartFragment--><p>德阳市</p><table><tr><td>1<td>600";
        assert_eq!(
            of(sheets(&format!("{html}</table><!--EndFragment-->"), "")),
            ["A1=德阳市", "A2=1", "B2=600"]
        );
        // Cut off in the middle of a table, as of some browsers.
        assert_eq!(of(sheets(html, "别的")), ["A1=德阳市", "A2=1", "B2=600"]);
        assert_eq!(
            of(sheets("<b>序号</b>", "序号\t目标\r\n1\t600\r\n")),
            ["A1=序号", "B1=目标", "A2=1", "B2=600"]
        );
        assert_eq!((sheets("<p>一句话", "一句话"), sheets("", " \n")), (None, None));
    }

    #[test]
    fn too_much_is_refused() {
        let many = "1\t".repeat(MOST_CELLS + 1);
        assert_eq!(rows("", &many, &Limits::default()), Err(MOST_CELLS));
        let wide = format!("<table>{}</table>", "<tr><td>1<td>2".repeat(MOST_CELLS));
        assert_eq!(rows(&wide, "", &Limits::default()), Err(MOST_CELLS));
        // What is declared and not there costs nothing.
        assert_eq!(read("<table><tr><td rowspan=60000 colspan=900>1</table>", "").len(), 1);
    }
}
