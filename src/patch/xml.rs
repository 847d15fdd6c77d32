//! Where the tags of an XML text stand, byte by byte, and splicing into it. Never re-serialises what it did not touch.

use std::borrow::Cow;
use std::ops::Range as Bytes;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::PatchError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Start,
    Empty,
    End,
}

/// One tag: `<x:c r="A1">`, `<c/>` or `</c>`.
#[derive(Clone, Debug)]
pub struct Tag<'a> {
    pub kind: Kind,
    /// With its prefix.
    pub name: &'a str,
    pub span: Bytes<usize>,
    /// The tag as written, brackets included.
    pub text: &'a str,
    /// Number of elements around it.
    pub depth: usize,
}

impl<'a> Tag<'a> {
    pub fn local(&self) -> &'a str {
        local(self.name)
    }

    /// The prefix with its colon, or nothing.
    pub fn prefix(&self) -> &'a str {
        prefix(self.name)
    }

    pub fn opens(&self) -> bool {
        self.kind != Kind::End
    }

    /// The decoded value of an attribute, by its name as written.
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        attributes(self.text)
            .find(|attribute| attribute.name == name)
            .map(|attribute| decoded(attribute.value))
    }

    /// The decoded value of an attribute, by its name without prefix.
    pub fn attribute_local(&self, name: &str) -> Option<Cow<'a, str>> {
        attributes(self.text)
            .find(|attribute| local(attribute.name) == name)
            .map(|attribute| decoded(attribute.value))
    }
}

pub fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

pub fn prefix(name: &str) -> &str {
    name.find(':').and_then(|colon| name.get(..=colon)).unwrap_or("")
}

/// The tags of a part in order. Ends with an error where the XML is broken or has a DOCTYPE.
pub struct Tags<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    part: &'a str,
    depth: usize,
}

impl<'a> Tags<'a> {
    pub fn of(part: &'a str, text: &'a str) -> Self {
        Self { reader: Reader::from_str(text), text, part, depth: 0 }
    }

    /// The next tag; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Tag<'a>>, PatchError> {
        loop {
            let start = offset(self.reader.buffer_position());
            let event = self
                .reader
                .read_event()
                .map_err(|source| PatchError::Xml { part: self.part.to_owned(), source })?;
            let span = start..offset(self.reader.buffer_position());
            let kind = match event {
                Event::Start(_) => Kind::Start,
                Event::Empty(_) => Kind::Empty,
                Event::End(_) => Kind::End,
                Event::DocType(_) => return Err(PatchError::DocumentType { part: self.part.to_owned() }),
                Event::Eof => return Ok(None),
                _ => continue,
            };
            let text = self.text.get(span.clone()).unwrap_or("");
            if kind == Kind::End {
                self.depth = self.depth.saturating_sub(1);
            }
            let depth = self.depth;
            if kind == Kind::Start {
                self.depth += 1;
            }
            return Ok(Some(Tag { kind, name: tag_name(text), span, text, depth }));
        }
    }

    /// The span of the content of the element whose start tag was just read, and of its end tag; reads past it.
    /// An empty element has empty content.
    pub fn content(&mut self, tag: &Tag<'a>) -> Result<(Bytes<usize>, Bytes<usize>), PatchError> {
        if tag.kind == Kind::Empty {
            return Ok((tag.span.end..tag.span.end, tag.span.end..tag.span.end));
        }
        while let Some(inner) = self.next()? {
            if inner.kind == Kind::End && inner.depth == tag.depth {
                return Ok((tag.span.end..inner.span.start, inner.span));
            }
        }
        Err(PatchError::DamagedPart { part: self.part.to_owned(), detail: "有元素没有结束" })
    }
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// The name in a tag as written, with its prefix.
pub fn tag_name(tag: &str) -> &str {
    let bare = tag.trim_start_matches(['<', '/']);
    bare.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>')
        .and_then(|end| bare.get(..end))
        .unwrap_or(bare)
}

/// An attribute as written. Spans count from the start of the tag.
#[derive(Clone, Debug)]
pub struct Attribute<'a> {
    pub name: &'a str,
    pub value: &'a str,
    /// Of the name up to the closing quote, with the white space before it.
    pub whole: Bytes<usize>,
    /// Between the quotes.
    pub value_span: Bytes<usize>,
}

/// The attributes of a tag's text, in order; stops at the first that is not well-formed.
pub fn attributes(tag: &str) -> impl Iterator<Item = Attribute<'_>> {
    let mut at = tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len());
    std::iter::from_fn(move || {
        let from = at;
        let name_start = from + skip(tag.get(from..)?, |c| c.is_ascii_whitespace());
        let name_len =
            skip(tag.get(name_start..)?, |c| !c.is_ascii_whitespace() && !matches!(c, '=' | '/' | '>'));
        if name_len == 0 {
            return None;
        }
        let name = tag.get(name_start..name_start + name_len)?;
        let mut next = name_start + name_len;
        next += skip(tag.get(next..)?, |c| c.is_ascii_whitespace());
        if !tag.get(next..)?.starts_with('=') {
            return None;
        }
        next += 1;
        next += skip(tag.get(next..)?, |c| c.is_ascii_whitespace());
        let quote = tag.get(next..)?.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let start = next + 1;
        let len = tag.get(start..)?.find(quote)?;
        at = start + len + 1;
        Some(Attribute {
            name,
            value: tag.get(start..start + len)?,
            whole: from..at,
            value_span: start..start + len,
        })
    })
}

fn skip(text: &str, while_: impl Fn(char) -> bool) -> usize {
    text.find(|c| !while_(c)).unwrap_or(text.len())
}

/// Character data as its reader sees it: entities, character references and CDATA resolved, comments dropped.
pub fn decoded(raw: &str) -> Cow<'_, str> {
    if !raw.contains(['&', '<']) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('<') {
        out.push_str(&unescaped(rest.get(..at).unwrap_or("")));
        rest = rest.get(at..).unwrap_or("");
        let (inside, end) =
            if let Some(data) = rest.strip_prefix("<![CDATA[") { (Some(data), "]]>") } else { (None, ">") };
        let end = if rest.starts_with("<!--") { "-->" } else { end };
        let Some(stop) = rest.find(end) else { return Cow::Owned(out) };
        if let Some(data) = inside {
            out.push_str(data.split("]]>").next().unwrap_or(""));
        }
        rest = rest.get(stop + end.len()..).unwrap_or("");
    }
    out.push_str(&unescaped(rest));
    Cow::Owned(out)
}

fn unescaped(raw: &str) -> Cow<'_, str> {
    quick_xml::escape::unescape(raw).unwrap_or(Cow::Borrowed(raw))
}

/// Escapes for character data and attribute values.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// Replacements of byte ranges, collected in any order; of two at one place the earlier one comes first.
#[derive(Default)]
pub struct Splices {
    list: Vec<(Bytes<usize>, String)>,
}

impl Splices {
    pub fn replace(&mut self, span: Bytes<usize>, with: impl Into<String>) {
        self.list.push((span, with.into()));
    }

    pub fn insert(&mut self, at: usize, what: impl Into<String>) {
        self.list.push((at..at, what.into()));
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The text with everything replaced. Ranges do not overlap.
    pub fn apply(mut self, text: &str) -> String {
        self.list.sort_by_key(|(span, _)| (span.start, span.end));
        let grown: usize = self.list.iter().map(|(_, with)| with.len()).sum();
        let mut out = String::with_capacity(text.len() + grown);
        let mut done = 0;
        for (span, with) in &self.list {
            debug_assert!(span.start >= done, "splices overlap");
            out.push_str(text.get(done..span.start).unwrap_or(""));
            out.push_str(with);
            done = span.end.max(done);
        }
        out.push_str(text.get(done..).unwrap_or(""));
        out
    }
}

/// A start or empty tag with some attributes taken out, by name as written, and others appended.
pub fn with_attributes(tag: &str, without: &[&str], add: &[(&str, &str)]) -> String {
    let mut splices = Splices::default();
    let mut end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(tag.len());
    for attribute in attributes(tag) {
        end = attribute.whole.end;
        if without.contains(&attribute.name) {
            splices.replace(attribute.whole, "");
        }
    }
    for (name, value) in add {
        splices.insert(end, format!(" {name}=\"{}\"", escaped(value)));
    }
    splices.apply(tag)
}

/// The tag with one attribute's value set, in its place if it is there, else appended.
pub fn with_attribute(tag: &str, name: &str, value: &str) -> String {
    match attributes(tag).find(|attribute| attribute.name == name) {
        Some(attribute) => {
            let mut splices = Splices::default();
            splices.replace(attribute.value_span, escaped(value));
            splices.apply(tag)
        }
        None => with_attributes(tag, &[], &[(name, value)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_found_where_they_stand() {
        let tag = "<x:c r=\"A1\"\n s = '3' x14:t=\"a&amp;b\"/>";
        let found: Vec<_> = attributes(tag).map(|a| (a.name, a.value)).collect();
        assert_eq!(found, [("r", "A1"), ("s", "3"), ("x14:t", "a&amp;b")]);
        assert_eq!(
            with_attributes(tag, &["s"], &[("t", "<")]),
            "<x:c r=\"A1\" x14:t=\"a&amp;b\" t=\"&lt;\"/>"
        );
        assert_eq!(with_attribute(tag, "r", "B2"), "<x:c r=\"B2\"\n s = '3' x14:t=\"a&amp;b\"/>");
        assert_eq!(with_attribute("<c/>", "r", "B2"), "<c r=\"B2\"/>");
    }

    #[test]
    fn character_data_is_decoded() {
        assert_eq!(decoded("a&lt;<![CDATA[<&>]]>b<!-- no -->&#65;"), "a<<&>bA");
    }

    #[test]
    fn splices_keep_their_order() {
        let mut splices = Splices::default();
        splices.insert(1, "x");
        splices.insert(1, "y");
        splices.replace(1..2, "B");
        assert_eq!(splices.apply("abc"), "axyBc");
    }

    #[test]
    fn a_document_type_is_refused() {
        let mut tags = Tags::of("p", "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>");
        assert!(matches!(tags.next(), Err(PatchError::DocumentType { .. })));
    }
}
