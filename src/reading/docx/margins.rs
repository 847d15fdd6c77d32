//! What stands beside the text of a document: page headers, footers, footnotes and endnotes (ECMA-376 part 1, 17.10 and
//! 17.11). A header tells whose the tables of its section are; of the rest it is said that nobody audited it.

use std::collections::HashMap;

use super::{Document, LINES, is_note};
use crate::model::{ReadRemark, Unreadable};
use crate::reading::limits::Budget;
use crate::reading::package::{Package, Relationship};

/// A section has a header for its first page, one for even and one for all other pages; footers likewise.
const KINDS: usize = 3;
/// Bytes of a relationship's name: every section that names no header takes over those of the one before.
const NAME: usize = 255;
/// Characters of a text that are quoted.
const QUOTED: usize = 40;

/// A section of the document: the last of its tables, and the headers on its pages, by their relationships.
#[derive(Clone, Default)]
pub(super) struct Section {
    pub tables: usize,
    headers: Vec<String>,
}

impl Section {
    pub fn header(&mut self, id: Option<String>) {
        if self.headers.len() < KINDS {
            self.headers.extend(id.filter(|id| id.len() <= NAME));
        }
    }

    /// The section that ends here, which goes on from the one before.
    pub fn end(&mut self, tables: usize, before: Option<&Self>) -> Self {
        let mut ended = std::mem::take(self);
        ended.tables = tables;
        if let Some(before) = before.filter(|_| ended.headers.is_empty()) {
            ended.headers.clone_from(&before.headers);
        }
        ended
    }
}

/// The lines in the headers of each section, with the last table of it; and what is said of the rest.
#[derive(Default)]
pub(super) struct Margins {
    sections: Vec<(usize, Vec<String>)>,
    pub remarks: Vec<ReadRemark>,
}

impl Margins {
    pub fn read(
        package: &mut Package<'_>,
        relationships: &[Relationship],
        sections: &[Section],
        budget: &mut Budget<'_>,
    ) -> Result<Self, Unreadable> {
        let mut found = Self::default();
        let mut headers: HashMap<&str, Vec<String>> = HashMap::new();
        // However many relationships lead to one part, it is read once.
        let mut read: HashMap<&str, Vec<String>> = HashMap::new();
        for related in relationships.iter().filter(|related| !related.external) {
            let place = match related.kind.as_str() {
                "header" => "页眉",
                "footer" => "页脚",
                "footnotes" => "脚注",
                "endnotes" => "尾注",
                _ => continue,
            };
            if !read.contains_key(related.target.as_str()) {
                let Some(text) = package.text(&related.target)? else { continue };
                let mut part = Document::default();
                part.read(&related.target, &text, budget)?;
                let (lines, has_figures) = part.lines();
                let telling = match place {
                    "页眉" => lines.first().filter(|_| has_figures),
                    "页脚" => lines.iter().find(|line| has_figures || is_about_the_form(line)),
                    _ => lines.first(),
                };
                let told = telling.map(|line| line.chars().take(QUOTED).collect());
                found.remarks.extend(told.map(|text| ReadRemark::Unaudited { place, text }));
                read.insert(&related.target, lines);
            }
            if place == "页眉" {
                let lines = read.get(related.target.as_str()).cloned().unwrap_or_default();
                headers.insert(&related.id, lines);
            }
        }
        for section in sections {
            let lines = section.headers.iter().filter_map(|id| headers.get(id.as_str())).flatten();
            let mut own: Vec<String> = Vec::new();
            for line in lines.take(LINES) {
                if !own.contains(line) {
                    own.push(line.clone());
                }
            }
            found.sections.push((section.tables, own));
        }
        Ok(found)
    }

    /// The lines in the headers of the pages on which a table begins.
    pub fn of(&self, table: usize) -> &[String] {
        let at = self.sections.partition_point(|(last, _)| *last < table);
        self.sections.get(at).map_or(&[], |(_, lines)| lines)
    }
}

/// What a foot of a page says that is more than its number.
fn is_about_the_form(line: &str) -> bool {
    is_note(line) || ["填报单位", "报告期"].iter().any(|word| line.contains(word))
}
