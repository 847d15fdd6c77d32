//! A pull reader over one XML part that holds every element against the limits: no document type, bounded depth,
//! attributes and text. Namespaces are told by local name, so that prefixed and Strict documents read alike.

use std::borrow::Cow;

use quick_xml::events::{BytesEnd, BytesStart, Event as Raw};
use quick_xml::{Reader, XmlVersion};

use super::limits::{Limits, beyond, damaged};
use crate::model::Unreadable;

pub(super) struct Xml<'t, 'l> {
    part: &'t str,
    text: &'t str,
    reader: Reader<&'t [u8]>,
    limits: &'l Limits,
    depth: usize,
}

pub(super) enum Event<'t> {
    Start(Element<'t>),
    /// An empty element ends too.
    End(BytesEnd<'t>),
    /// Character data, entities resolved.
    Text(Cow<'t, str>),
}

pub(super) struct Element<'t>(BytesStart<'t>);

impl<'t, 'l> Xml<'t, 'l> {
    pub fn new(part: &'t str, text: &'t str, limits: &'l Limits) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { part, text, reader, limits, depth: 0 }
    }

    /// The next event; `None` at the end of a complete document.
    pub fn next(&mut self) -> Result<Option<Event<'t>>, Unreadable> {
        loop {
            match self.reader.read_event().map_err(|error| damaged(self.part, error))? {
                Raw::Start(start) => {
                    self.depth += 1;
                    if self.depth > self.limits.xml_depth {
                        return Err(beyond("文件内部的嵌套", self.limits.xml_depth, "层"));
                    }
                    let attributes = start.attributes_raw();
                    if attributes.len() > self.limits.xml_attributes
                        && attributes.bytes().filter(|b| *b == b'=').count() > self.limits.xml_attributes
                    {
                        // A formula or an address may hold `=`: count again, exactly.
                        let exact = start
                            .attributes()
                            .with_checks(false)
                            .take(self.limits.xml_attributes + 1)
                            .count();
                        if exact > self.limits.xml_attributes {
                            return Err(beyond("文件内部一处的属性", self.limits.xml_attributes, "个"));
                        }
                    }
                    return Ok(Some(Event::Start(Element(start))));
                }
                Raw::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Some(Event::End(end)));
                }
                Raw::Text(text) => {
                    self.limits.check_text(text.len())?;
                    return Ok(Some(Event::Text(normal_newlines(text.into_inner()))));
                }
                Raw::CData(text) => {
                    self.limits.check_text(text.len())?;
                    return Ok(Some(Event::Text(normal_newlines(text.into_inner()))));
                }
                Raw::GeneralRef(reference) => {
                    let resolved = match reference.resolve_char_ref() {
                        Ok(Some(c)) => Some(c),
                        Ok(None) => predefined(reference.xml10_content().as_ref()),
                        Err(_) => None,
                    };
                    let c = resolved.ok_or_else(|| damaged(self.part, "有不认识的实体"))?;
                    return Ok(Some(Event::Text(Cow::Owned(c.to_string()))));
                }
                // ECMA-376 part 2, 8.1.4 forbids them; they are how entity bombs come in.
                Raw::DocType(_) => return Err(damaged(self.part, "含有不允许的文档类型声明（DOCTYPE）")),
                Raw::Eof if self.depth > 0 => return Err(damaged(self.part, "内容不完整")),
                Raw::Eof => return Ok(None),
                Raw::Comment(_) | Raw::Decl(_) | Raw::PI(_) | Raw::Empty(_) => {}
            }
        }
    }

    /// The cell of a worksheet that comes next, where it is written as nearly all are: `<c r="B3" s="1"
    /// t="s"><v>7</v></c>` without anything else in it. Anything else is left to [`Self::next`], which reads it all.
    /// Nine cells of ten in a large workbook take this way, at a third of the cost.
    pub fn plain_cell(&mut self) -> Option<PlainCell<'t>> {
        let rest = self.reader.get_mut();
        let read = self.text.len().checked_sub(rest.len())?;
        let (cell, length) = PlainCell::take(self.text.get(read..)?)?;
        *rest = rest.get(length..)?;
        Some(cell)
    }

    /// How many elements are open.
    pub const fn depth(&self) -> usize {
        self.depth
    }
}

/// The kind of a cell that holds its text itself.
pub(super) const INLINE: &str = "inlineStr";

/// The attributes and the value of a plain cell, as they are written: nothing in them is escaped.
pub(super) struct PlainCell<'t> {
    pub address: &'t str,
    pub style: Option<&'t str>,
    pub kind: Option<&'t str>,
    pub value: &'t str,
}

impl<'t> PlainCell<'t> {
    /// The cell that the text begins with, and how long it is written; `None` where it is no plain one. A module made
    /// small calls what a fast one does in place, so that nothing is called here for a byte.
    fn take(text: &'t str) -> Option<(Self, usize)> {
        let from = |place: usize| text.as_bytes().get(place..).unwrap_or_default();
        let [b'<', b'c', ..] = from(0) else { return None };
        let mut place = 2;
        let (mut address, mut style, mut kind) = (None, None, None);
        let mut inline = false;
        let (value, length) = loop {
            match from(place) {
                [b' ', name, b'=', b'"', ..] => {
                    let (value, end) = plain_from(text, place + 4)?;
                    let ([b'"', ..], b'r' | b's' | b't') = (from(end), name) else { return None };
                    match name {
                        b'r' => address = Some(value),
                        b's' => style = Some(value),
                        _ => kind = Some(value),
                    }
                    place = end + 1;
                }
                [b'/', b'>', ..] => break ("", place + 2),
                [b'>', b'<', b'/', b'c', b'>', ..] => break ("", place + 5),
                [b'>', b'<', b'v', b'>', ..] => {
                    let (value, end) = plain_from(text, place + 4)?;
                    let [b'<', b'/', b'v', b'>', b'<', b'/', b'c', b'>', ..] = from(end) else { return None };
                    break (value, end + 8);
                }
                [b'>', b'<', b'i', b's', b'>', b'<', b't', b'>', ..] => {
                    let (text, end) = plain_from(text, place + 8)?;
                    let b"</t></is></c>" = from(end).get(..13)? else { return None };
                    // Spaces at its ends and escaped characters are read with care.
                    if text.is_empty() || text.trim() != text || text.contains("_x") {
                        return None;
                    }
                    inline = true;
                    break (text, end + 13);
                }
                _ => return None,
            }
        };
        if inline != (kind == Some(INLINE)) {
            return None;
        }
        Some((Self { address: address?, style, kind, value }, length))
    }
}

/// What stands there as it is read, and where it ends: before what ends it, or what XML would read as something else.
fn plain_from(text: &str, from: usize) -> Option<(&str, usize)> {
    let mut end = from;
    while let Some(byte) = text.as_bytes().get(end) {
        if matches!(byte, b'"' | b'<' | b'&' | b'\r' | b'\n' | b'\t') {
            return Some((text.get(from..end)?, end));
        }
        end += 1;
    }
    None
}

/// Line ends as XML reads them (XML 1.0, 2.11).
fn normal_newlines(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { text }
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

impl<'t> Event<'t> {
    /// The element that starts here, if it has this local name.
    pub fn start(&self, name: &str) -> Option<&Element<'t>> {
        match self {
            Self::Start(element) if element.is(name) => Some(element),
            _ => None,
        }
    }

    pub fn ends(&self, name: &str) -> bool {
        self.ended() == Some(name)
    }

    /// The local name of the element that ends here.
    pub fn ended(&self) -> Option<&str> {
        match self {
            Self::End(end) => Some(local(end.name().into_inner())),
            Self::Start(_) | Self::Text(_) => None,
        }
    }
}

/// Whether the value of an attribute says yes.
pub(super) fn is_set(value: &str) -> bool {
    matches!(value, "1" | "true" | "on")
}

/// A name without its prefix. Names are short: a look at every byte is faster than a search.
fn local(name: &str) -> &str {
    name.bytes().rposition(|byte| byte == b':').and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

impl Element<'_> {
    pub fn is(&self, name: &str) -> bool {
        self.name() == name
    }

    pub fn name(&self) -> &str {
        local(self.0.name().into_inner())
    }

    /// The value of the attribute with this local name, entities resolved. Of two with one local name (`id`, `r:id`),
    /// the prefixed one stands only if `name` itself carries a prefix.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let (prefixed, local) = name.split_once(':').map_or((false, name), |(_, local)| (true, local));
        self.0
            .attributes()
            .with_checks(false)
            .filter_map(Result::ok)
            .find(|attribute| {
                let key = attribute.key;
                key.local_name().as_ref() == local && (prefixed == key.prefix().is_some())
            })
            .map(|attribute| match attribute.normalized_value(XmlVersion::Explicit1_0) {
                Ok(value) => value.into_owned(),
                Err(_) => attribute.value.to_string(),
            })
    }

    /// Name and raw value of each attribute, for values that hold no entities. One walk where [`Self::attribute`] takes
    /// one a name.
    pub fn plain_attributes(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        attributes.filter_map(Result::ok).map(|attribute| (attribute.key.into_inner(), attribute.value))
    }

    /// Whether an attribute is set (`1`, `true`, `on`).
    pub fn flag(&self, name: &str) -> bool {
        self.attribute(name).is_some_and(|value| is_set(&value))
    }

    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.attribute(name)?.trim().parse().ok()
    }
}
