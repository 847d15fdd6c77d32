//! A small writer of Word documents: paragraphs, tables, upright and wide pages, in the measures and typefaces of
//! official documents (GB/T 9704). Knows nothing of what is written.

use std::fmt::Write;

use super::bundle::{BundleError, package};
use crate::model::visible;

/// How a paragraph is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Title,
    Subtitle,
    Heading,
    Body,
    /// Over a table.
    Caption,
    /// Under a table.
    Note,
}

impl Style {
    const fn id(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Subtitle => "Subtitle",
            Self::Heading => "Heading1",
            Self::Body => "BodyText",
            Self::Caption => "Caption",
            Self::Note => "Note",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Upright,
    Wide,
}

/// Width of what is written on a wide page, in twentieths of a point.
pub const WIDE: u32 = 16_838 - 2_098 - 1_984;

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    text: String,
    /// How many columns it takes.
    columns: usize,
    down: Down,
    to_the_left: bool,
}

/// How a cell stands to the one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Down {
    Alone,
    First,
    Continued,
}

impl Cell {
    pub fn centred(text: impl Into<String>) -> Self {
        Self { text: text.into(), columns: 1, down: Down::Alone, to_the_left: false }
    }

    pub fn left(text: impl Into<String>) -> Self {
        Self { to_the_left: true, ..Self::centred(text) }
    }

    pub fn across(text: impl Into<String>, columns: usize) -> Self {
        Self { columns, ..Self::centred(text) }
    }

    /// Goes on into the [`Cell::continued`] below.
    pub fn down(text: impl Into<String>) -> Self {
        Self { down: Down::First, ..Self::centred(text) }
    }

    pub fn continued() -> Self {
        Self { down: Down::Continued, ..Self::centred("") }
    }
}

pub struct Table {
    /// Of the columns, in twentieths of a point.
    pub widths: Vec<u32>,
    /// Repeated on every page.
    pub header: Vec<Vec<Cell>>,
    pub rows: Vec<Vec<Cell>>,
}

enum Block {
    /// The lead stands out; with the page that ends here, if one does.
    Paragraph {
        style: Style,
        lead: String,
        text: String,
        ends: Option<Page>,
    },
    Table(Table),
}

/// A document in the making.
#[derive(Default)]
pub struct Document {
    blocks: Vec<Block>,
}

impl Document {
    pub fn paragraph(&mut self, style: Style, text: &str) {
        self.led(style, "", text);
    }

    /// A paragraph that begins with its own small heading.
    pub fn led(&mut self, style: Style, lead: &str, text: &str) {
        let (lead, text) = (lead.to_owned(), text.to_owned());
        self.blocks.push(Block::Paragraph { style, lead, text, ends: None });
    }

    /// A paragraph has to follow it.
    pub fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table));
    }

    /// Ends the pages of this kind behind the last paragraph.
    pub fn end_pages(&mut self, page: Page) {
        if let Some(Block::Paragraph { ends, .. }) = self.blocks.last_mut() {
            *ends = Some(page);
        }
    }

    /// The same document gives the same bytes.
    pub fn finish(self, last: Page) -> Result<Vec<u8>, BundleError> {
        let mut body = format!("{DECLARATION}<w:document {NAMESPACES}><w:body>");
        for block in &self.blocks {
            match block {
                Block::Paragraph { style, lead, text, ends } => {
                    paragraph(&mut body, *style, (lead, text), *ends);
                }
                Block::Table(table) => write_table(&mut body, table),
            }
        }
        body.push_str(section(last));
        body.push_str("</w:body></w:document>");
        let part = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        package(&[
            part("[Content_Types].xml", include_str!("docx/content_types.xml")),
            part("_rels/.rels", include_str!("docx/rels.xml")),
            part("word/document.xml", &body),
            part("word/_rels/document.xml.rels", include_str!("docx/document_rels.xml")),
            part("word/styles.xml", include_str!("docx/styles.xml")),
            part("word/fontTable.xml", include_str!("docx/font_table.xml")),
            part("word/footer1.xml", include_str!("docx/footer.xml")),
        ])
    }
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const NAMESPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

const fn section(page: Page) -> &'static str {
    match page {
        Page::Upright => {
            "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId3\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
             <w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1588\" w:header=\"851\" \
             w:footer=\"1400\" w:gutter=\"0\"/></w:sectPr>"
        }
        Page::Wide => {
            "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId3\"/>\
             <w:pgSz w:w=\"16838\" w:h=\"11906\" w:orient=\"landscape\"/>\
             <w:pgMar w:top=\"1588\" w:right=\"1984\" w:bottom=\"1474\" w:left=\"2098\" w:header=\"851\" \
             w:footer=\"900\" w:gutter=\"0\"/></w:sectPr>"
        }
    }
}

fn paragraph(out: &mut String, style: Style, (lead, text): (&str, &str), ends: Option<Page>) {
    // Writing to a string cannot fail, here and below.
    write!(out, "<w:p><w:pPr><w:pStyle w:val=\"{}\"/>", style.id()).ok();
    out.push_str(ends.map_or("", section));
    out.push_str("</w:pPr>");
    run(out, "<w:rStyle w:val=\"Lead\"/>", lead);
    run(out, "", text);
    out.push_str("</w:p>");
}

fn run(out: &mut String, properties: &str, text: &str) {
    if !text.is_empty() {
        // Quotation marks are Chinese ones.
        let properties = format!("<w:rPr>{properties}<w:rFonts w:hint=\"eastAsia\"/></w:rPr>");
        write!(out, "<w:r>{properties}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(text)).ok();
    }
}

fn write_table(out: &mut String, table: &Table) {
    let whole: u32 = table.widths.iter().sum();
    write!(
        out,
        "<w:tbl><w:tblPr><w:tblStyle w:val=\"Figures\"/><w:tblW w:w=\"{whole}\" w:type=\"dxa\"/>\
         <w:jc w:val=\"center\"/><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>"
    )
    .ok();
    for width in &table.widths {
        write!(out, "<w:gridCol w:w=\"{width}\"/>").ok();
    }
    out.push_str("</w:tblGrid>");
    for row in &table.header {
        write_row(out, row, &table.widths, "<w:cantSplit/><w:tblHeader/>", "TableHead");
    }
    for row in &table.rows {
        write_row(out, row, &table.widths, "<w:cantSplit/>", "TableText");
    }
    out.push_str("</w:tbl>");
}

fn write_row(out: &mut String, row: &[Cell], widths: &[u32], properties: &str, style: &str) {
    write!(out, "<w:tr><w:trPr>{properties}</w:trPr>").ok();
    let mut column = 0usize;
    for cell in row {
        let width: u32 = widths.iter().skip(column).take(cell.columns).sum();
        column = column.saturating_add(cell.columns);
        write!(out, "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>").ok();
        if cell.columns > 1 {
            write!(out, "<w:gridSpan w:val=\"{}\"/>", cell.columns).ok();
        }
        out.push_str(match cell.down {
            Down::Alone => "",
            Down::First => "<w:vMerge w:val=\"restart\"/>",
            Down::Continued => "<w:vMerge/>",
        });
        let side = if cell.to_the_left { "<w:jc w:val=\"left\"/>" } else { "" };
        write!(
            out,
            "<w:vAlign w:val=\"center\"/></w:tcPr><w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{side}</w:pPr>"
        )
        .ok();
        run(out, "", &cell.text);
        out.push_str("</w:p></w:tc>");
    }
    out.push_str("</w:tr>");
}

/// As text of XML; what XML cannot hold is a sign of itself.
fn escaped(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
