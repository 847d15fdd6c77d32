//! Cell styles (ECMA-376 part 1, 18.8.10 cellXfs): the twin of a style with another number format. Existing styles are
//! never touched; a twin that is missing is appended.

use std::ops::Range as Bytes;

use super::PatchError;
use super::package::Package;
use super::workbook::relationships;
use super::xml::{Kind, Splices, Tags, attributes, tag_name, with_attribute, with_attributes};
use crate::fixes::NewValue;
use crate::model::NumberFormat;

/// The cell styles of a workbook, by index.
pub struct Styles {
    part: String,
    text: String,
    /// Format codes with their number (18.8.30 numFmt).
    codes: Vec<(String, String)>,
    /// Every `xf` of cellXfs, as written.
    styles: Vec<String>,
    /// How many of them the part has itself.
    own: usize,
    /// The start tag of cellXfs, and where its content ends.
    list: Option<(Bytes<usize>, usize)>,
}

impl Styles {
    /// The styles of a workbook; none of them where it has no such part.
    pub fn read(package: &mut Package, workbook: &str) -> Result<Self, PatchError> {
        let part = relationships(package, workbook)?
            .into_iter()
            .find(|r| r.kind == "styles" && !r.external)
            .map(|r| r.target);
        let text = part.as_deref().map(|part| package.optional_text(part)).transpose()?.flatten();
        match (part, text) {
            (Some(part), Some(text)) => Self::of(part, text),
            _ => Ok(Self {
                part: String::new(),
                text: String::new(),
                codes: Vec::new(),
                styles: Vec::new(),
                own: 0,
                list: None,
            }),
        }
    }

    fn of(part: String, text: String) -> Result<Self, PatchError> {
        let (mut codes, mut styles, mut list) = (Vec::new(), Vec::new(), None);
        let mut tags = Tags::of(&part, &text);
        let mut within = false;
        while let Some(tag) = tags.next()? {
            match (tag.depth, tag.local(), tag.kind) {
                (2, "numFmt", Kind::Start | Kind::Empty) => {
                    let id = tag.attribute("numFmtId").unwrap_or_default().into_owned();
                    codes.push((id, tag.attribute("formatCode").unwrap_or_default().into_owned()));
                }
                (1, "cellXfs", Kind::Start) => {
                    within = true;
                    list = Some((tag.span, 0));
                }
                (1, "cellXfs", Kind::End) => {
                    within = false;
                    if let Some((_, end)) = &mut list {
                        *end = tag.span.start;
                    }
                }
                // A choice of styles makes it uncertain which one an index means.
                (2, "AlternateContent", Kind::Start) if within => {
                    return Ok(Self { part, text, codes, own: 0, styles: Vec::new(), list: None });
                }
                (2, "xf", Kind::Start | Kind::Empty) if within => {
                    let start = tag.span.start;
                    let (_, end) = tags.content(&tag)?;
                    styles.push(text.get(start..end.end).unwrap_or("").to_owned());
                }
                _ => {}
            }
        }
        Ok(Self { part, text, codes, own: styles.len(), styles, list })
    }

    /// The index of the style that a cell must take on to hold a value, where its own will not do.
    pub fn instead_of(&mut self, own: Option<&str>, value: &NewValue) -> Option<String> {
        self.list.as_ref()?;
        let style = self.styles.get(own.map_or(Some(0), |index| index.parse::<usize>().ok())?)?.clone();
        let format = value.format_instead_of(&self.format_of(&style))?;
        let id = if format.is_text() { TEXT } else { GENERAL };
        let open = style.get(..=style.find('>')?)?;
        let rest = style.get(open.len()..)?;
        // A quote prefix says that what follows it is text.
        let tag = with_attributes(
            open,
            &["numFmtId", "applyNumberFormat", "quotePrefix"],
            &[("numFmtId", id), ("applyNumberFormat", "1")],
        );
        let twin = format!("{tag}{rest}");
        let index = self.styles.iter().position(|other| look(other) == look(&twin)).unwrap_or_else(|| {
            self.styles.push(twin);
            self.styles.len() - 1
        });
        Some(index.to_string())
    }

    /// Writes the part with the styles that were added.
    pub fn write(self, package: &mut Package) -> Result<(), PatchError> {
        let (Some((tag, end)), Some(added)) =
            (self.list, self.styles.get(self.own..).filter(|added| !added.is_empty()))
        else {
            return Ok(());
        };
        let mut splices = Splices::default();
        let open = self.text.get(tag.clone()).unwrap_or("");
        if attributes(open).any(|a| a.name == "count") {
            splices.replace(tag, with_attribute(open, "count", &self.styles.len().to_string()));
        }
        splices.insert(end, added.concat());
        let text = splices.apply(&self.text);
        package.set_text(&self.part, text)
    }

    fn format_of(&self, style: &str) -> NumberFormat {
        let Some(id) = attributes(style).find(|a| a.name == "numFmtId").map(|a| a.value) else {
            return NumberFormat::GENERAL;
        };
        if let Some((_, code)) = self.codes.iter().find(|(own, _)| own == id) {
            return NumberFormat::new(code);
        }
        match id.parse::<u32>() {
            // Dates and times (18.8.30, with the zh-CN column), elapsed times; text.
            Ok(14..=22 | 27..=36 | 45..=47 | 50..=58) => NumberFormat::new("yyyy/m/d"),
            Ok(49) => NumberFormat::new("@"),
            _ => NumberFormat::GENERAL,
        }
    }
}

const GENERAL: &str = "0";
const TEXT: &str = "49";

/// What a style looks like: its attributes in order of their names, and its children.
fn look(style: &str) -> (Vec<(&str, &str)>, &str) {
    let open = style.find('>').and_then(|end| style.get(..=end)).unwrap_or(style);
    let mut look: Vec<(&str, &str)> = attributes(open)
        .map(|a| (a.name, a.value))
        .filter(|(name, _)| *name != "applyNumberFormat")
        .collect();
    look.sort_unstable();
    let empty = open.ends_with("/>");
    let close = format!("</{}>", tag_name(open));
    let children = style.get(open.len()..).and_then(|rest| rest.strip_suffix(&close));
    (look, if empty { "" } else { children.unwrap_or("") })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PART: &str = "<styleSheet><numFmts count=\"1\">\
        <numFmt numFmtId=\"176\" formatCode=\"m&quot;月&quot;d&quot;日&quot;\"/></numFmts>\
        <cellStyleXfs count=\"1\"><xf numFmtId=\"14\"/></cellStyleXfs>\
        <cellXfs count=\"5\"><xf numFmtId=\"0\" fontId=\"0\"/>\
        <xf numFmtId=\"176\" fontId=\"0\" applyNumberFormat=\"1\"/>\
        <xf numFmtId=\"49\" fontId=\"2\" quotePrefix=\"1\"><alignment horizontal=\"center\"/></xf>\
        <xf numFmtId=\"14\" fontId=\"7\"/><xf numFmtId=\"2\" fontId=\"7\"/></cellXfs></styleSheet>";

    fn number() -> NewValue {
        NewValue::Number(600.into())
    }

    #[test]
    fn a_number_leaves_a_date_or_text_format() {
        let mut styles = Styles::of("s.xml".to_owned(), PART.to_owned()).unwrap();
        assert_eq!(styles.instead_of(None, &number()), None);
        assert_eq!(styles.instead_of(Some("4"), &number()), None);
        // The plain twin is there already.
        assert_eq!(styles.instead_of(Some("1"), &number()).as_deref(), Some("0"));
        assert_eq!(styles.instead_of(Some("3"), &number()).as_deref(), Some("5"));
        assert_eq!(styles.instead_of(Some("2"), &number()).as_deref(), Some("6"));
        assert_eq!(styles.instead_of(Some("3"), &number()).as_deref(), Some("5"));
        assert_eq!(styles.instead_of(Some("99"), &number()), None);
        assert_eq!(
            styles.styles[6],
            "<xf fontId=\"2\" numFmtId=\"0\" applyNumberFormat=\"1\"><alignment horizontal=\"center\"/></xf>"
        );
    }

    #[test]
    fn a_choice_of_styles_is_left_alone() {
        let choice = PART.replace(
            "<xf numFmtId=\"14\" fontId=\"7\"/>",
            "<mc:AlternateContent><mc:Choice><xf/></mc:Choice></mc:AlternateContent>",
        );
        let mut styles = Styles::of("s.xml".to_owned(), choice).unwrap();
        assert_eq!(styles.instead_of(Some("3"), &number()), None);
    }

    #[test]
    fn what_would_be_run_goes_into_the_text_format() {
        let mut styles = Styles::of("s.xml".to_owned(), PART.to_owned()).unwrap();
        let text = |text: &str| NewValue::Text(text.to_owned());
        assert_eq!(styles.instead_of(Some("0"), &text("600项")), None);
        assert_eq!(styles.instead_of(Some("2"), &text("=1+1")), None);
        // Words in the place of a date would become one again when they are typed over.
        assert_eq!(styles.instead_of(Some("3"), &text("3/5")).as_deref(), Some("5"));
        assert_eq!(
            styles.styles.pop().as_deref(),
            Some("<xf fontId=\"7\" numFmtId=\"49\" applyNumberFormat=\"1\"/>")
        );
        assert_eq!(styles.instead_of(Some("0"), &text("=1+1")).as_deref(), Some("5"));
        assert_eq!(styles.styles[5], "<xf fontId=\"0\" numFmtId=\"49\" applyNumberFormat=\"1\"/>");
    }
}
