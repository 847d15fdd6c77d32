//! The zip package: reads parts under a cap, writes the changed ones and copies every other entry raw.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{PatchError, Patched};
use crate::model::part_name;

/// Most bytes one part may have when inflated.
const PART_LIMIT: u64 = 256 << 20;

/// How much of a part is looked at in one go.
const PIECE: usize = 64 << 10;

/// A package with the changes made to it so far. Part names are as in the package, without a leading slash.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Name as it is compared → entry index and name as stored.
    entries: BTreeMap<String, (usize, String)>,
    changed: BTreeMap<usize, Text>,
    removed: Vec<usize>,
    added: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf8WithMark,
    Utf16Little,
    Utf16Big,
}

struct Text {
    encoding: Encoding,
    original: String,
    text: String,
}

impl<'a> Package<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, PatchError> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(PatchError::Package)?;
        let mut entries = BTreeMap::new();
        for index in 0..archive.len() {
            let file = archive.by_index_raw(index).map_err(PatchError::Package)?;
            let name = stored_name(file.name_raw());
            let encrypted = file.encrypted();
            if encrypted {
                return Err(PatchError::Encrypted { part: name });
            }
            if !file.is_dir() && entries.insert(part_name::compared(&name), (index, name.clone())).is_some() {
                return Err(PatchError::DuplicateEntry(name));
            }
        }
        // The archive reader keeps the last of several entries with one name in silence.
        if declared_entries(bytes)
            .is_some_and(|declared| u64::try_from(archive.len()).is_ok_and(|len| len != declared))
        {
            return Err(PatchError::DuplicateEntry("压缩包".to_owned()));
        }
        Ok(Self { archive, entries, changed: BTreeMap::new(), removed: Vec::new(), added: Vec::new() })
    }

    pub fn has(&self, part: &str) -> bool {
        self.find(part).is_some()
            || self.added.iter().any(|(name, _)| part_name::compared(name) == part_name::compared(part))
    }

    fn find(&self, part: &str) -> Option<usize> {
        let index = self.entries.get(&part_name::compared(part)).map(|(index, _)| *index)?;
        (!self.removed.contains(&index)).then_some(index)
    }

    pub fn part_count(&self) -> usize {
        self.entries.len()
    }

    /// The XML parts in folders of these names, in order.
    pub fn parts_in(&self, folders: &[&str]) -> Vec<String> {
        let inside = |name: &str| {
            name.ends_with(".xml") && name.rsplit('/').nth(1).is_some_and(|folder| folders.contains(&folder))
        };
        let kept =
            self.entries.values().filter(|(index, name)| inside(name) && !self.removed.contains(index));
        kept.map(|(_, name)| name.clone()).collect()
    }

    /// The text of a part with the changes made so far.
    pub fn text(&mut self, part: &str) -> Result<String, PatchError> {
        let index = self.find(part).ok_or_else(|| PatchError::MissingPart(part.to_owned()))?;
        if let Some(text) = self.changed.get(&index) {
            return Ok(text.text.clone());
        }
        Ok(self.load(index, part)?.text)
    }

    /// The text of a part that may be missing.
    pub fn optional_text(&mut self, part: &str) -> Result<Option<String>, PatchError> {
        if self.find(part).is_some() { self.text(part).map(Some) } else { Ok(None) }
    }

    /// Whether a sheet has something like `<f>`, `<f t=` or `<x:f/>`, found without holding the part in memory. A part
    /// in UTF-16 is taken to have it.
    pub fn may_hold_formulas(&mut self, part: &str) -> Result<bool, PatchError> {
        let index = self.find(part).ok_or_else(|| PatchError::MissingPart(part.to_owned()))?;
        let among = |bytes: &[u8]| {
            bytes.windows(3).any(|window| {
                matches!(window, [b'<' | b':', b'f', b'>' | b'/' | b' ' | b'\n' | b'\r' | b'\t'])
            })
        };
        if let Some(text) = self.changed.get(&index) {
            return Ok(among(text.text.as_bytes()));
        }
        let mut file = self.archive.by_index(index).map_err(PatchError::Package)?.take(PART_LIMIT + 1);
        let mut piece = Vec::with_capacity(PIECE + 2);
        loop {
            // A mark may stand across two pieces.
            piece.drain(..piece.len().saturating_sub(2));
            let read = file
                .by_ref()
                .take(PIECE as u64)
                .read_to_end(&mut piece)
                .map_err(|error| PatchError::Package(error.into()))?;
            if among(&piece) || matches!(piece.as_slice(), [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
                return Ok(true);
            }
            if read == 0 {
                return Ok(false);
            }
        }
    }

    pub fn set_text(&mut self, part: &str, text: String) -> Result<(), PatchError> {
        let index = self.find(part).ok_or_else(|| PatchError::MissingPart(part.to_owned()))?;
        if let Some(held) = self.changed.get_mut(&index) {
            held.text = text;
            return Ok(());
        }
        let mut held = self.load(index, part)?;
        if held.text != text {
            held.original = std::mem::replace(&mut held.text, text);
            self.changed.insert(index, held);
        }
        Ok(())
    }

    pub fn add(&mut self, part: String, text: String) {
        self.added.push((part, text));
    }

    pub fn remove(&mut self, part: &str) {
        if let Some(index) = self.find(part) {
            self.removed.push(index);
            self.changed.remove(&index);
        }
    }

    fn load(&mut self, index: usize, part: &str) -> Result<Text, PatchError> {
        let mut bytes = Vec::new();
        let file = self.archive.by_index(index).map_err(PatchError::Package)?;
        file.take(PART_LIMIT + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| PatchError::Package(error.into()))?;
        if u64::try_from(bytes.len()).map_or(true, |len| len > PART_LIMIT) {
            return Err(PatchError::TooLarge { part: part.to_owned(), limit_mib: PART_LIMIT >> 20 });
        }
        decode(bytes).ok_or_else(|| PatchError::Encoding { part: part.to_owned() })
    }

    /// Writes the package: untouched entries with their compressed bytes, in their order; new parts last.
    pub fn finish(mut self) -> Result<Patched, PatchError> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.set_raw_comment(self.archive.comment().into()).map_err(PatchError::Package)?;
        let (mut changed_parts, mut identical_parts) = (Vec::new(), 0);
        for index in 0..self.archive.len() {
            let file = self.archive.by_index_raw(index).map_err(PatchError::Package)?;
            if self.removed.contains(&index) {
                changed_parts.push(stored_name(file.name_raw()));
                continue;
            }
            let Some(text) = self.changed.get(&index).filter(|text| text.text != text.original) else {
                identical_parts += usize::from(!file.is_dir());
                writer.raw_copy_file(file).map_err(PatchError::Package)?;
                continue;
            };
            let method = if file.compression() == CompressionMethod::Stored {
                CompressionMethod::Stored
            } else {
                CompressionMethod::Deflated
            };
            let mut options = SimpleFileOptions::default().compression_method(method);
            if let Some(time) = file.last_modified() {
                options = options.last_modified_time(time);
            }
            let name = stored_name(file.name_raw());
            drop(file);
            writer.start_file(name.as_str(), options).map_err(PatchError::Package)?;
            writer.write_all(&encode(text)).map_err(|error| PatchError::Package(error.into()))?;
            changed_parts.push(name);
        }
        let mut added_parts = Vec::new();
        for (name, text) in self.added {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            writer.start_file(name.as_str(), options).map_err(PatchError::Package)?;
            writer.write_all(text.as_bytes()).map_err(|error| PatchError::Package(error.into()))?;
            added_parts.push(name);
        }
        let bytes = writer.finish().map_err(PatchError::Package)?.into_inner();
        Ok(Patched { bytes, changed_parts, added_parts, identical_parts, stale: BTreeMap::new() })
    }
}

/// The parts that two packages have with the same compressed bytes, in the order of the first.
pub fn identical_parts(before: &[u8], after: &[u8]) -> Result<Vec<String>, PatchError> {
    let (mut old, mut new) = (Package::open(before)?, Package::open(after)?);
    let mut same = Vec::new();
    for index in 0..old.archive.len() {
        let (name, held) = raw_entry(&mut old.archive, before, index)?;
        let twin = new.entries.get(&part_name::compared(&name)).map(|(index, _)| *index);
        if held.is_some()
            && twin.is_some_and(|twin| {
                raw_entry(&mut new.archive, after, twin).is_ok_and(|(_, other)| other == held)
            })
        {
            same.push(name);
        }
    }
    Ok(same)
}

/// An entry's name and, unless it is a folder, how it is packed, its checksum and its bytes as they stand in the file.
type RawEntry<'a> = (String, Option<(CompressionMethod, u32, &'a [u8])>);

fn raw_entry<'a>(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    bytes: &'a [u8],
    index: usize,
) -> Result<RawEntry<'a>, PatchError> {
    let file = archive.by_index_raw(index).map_err(PatchError::Package)?;
    let span = |start: u64| {
        Some(usize::try_from(start).ok()?..usize::try_from(start.checked_add(file.compressed_size())?).ok()?)
    };
    let held = file.data_start().and_then(span).and_then(|span| bytes.get(span)).filter(|_| !file.is_dir());
    Ok((stored_name(file.name_raw()), held.map(|held| (file.compression(), file.crc32(), held))))
}

/// An entry's name; one that is not UTF-8 belongs to no part, but has to stay told from the others.
fn stored_name(raw: &[u8]) -> String {
    std::str::from_utf8(raw)
        .map_or_else(|_| raw.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

/// How many entries the end of the central directory declares (APPNOTE 4.3.16; 4.3.14 where that is 65535).
fn declared_entries(bytes: &[u8]) -> Option<u64> {
    let from = bytes.len().saturating_sub(22 + 65_535);
    let end = from + bytes.get(from..)?.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let declared = u16::from_le_bytes(bytes.get(end + 10..end + 12)?.try_into().ok()?);
    if declared < u16::MAX {
        return Some(u64::from(declared));
    }
    let Some(locator) = end
        .checked_sub(20)
        .and_then(|at| bytes.get(at..end))
        .filter(|found| found.starts_with(b"PK\x06\x07"))
    else {
        return Some(u64::from(declared));
    };
    let at = usize::try_from(u64::from_le_bytes(locator.get(8..16)?.try_into().ok()?)).ok()?;
    let record = bytes.get(at..)?.get(..40).filter(|found| found.starts_with(b"PK\x06\x06"))?;
    Some(u64::from_le_bytes(record.get(32..40)?.try_into().ok()?))
}

fn decode(bytes: Vec<u8>) -> Option<Text> {
    let held = |encoding, text| Text { encoding, original: String::new(), text };
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(unit));
        char::decode_utf16(units)
            .collect::<Result<String, _>>()
            .ok()
            .filter(|_| bytes.len().is_multiple_of(2))
    };
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => {
            wide(rest, u16::from_le_bytes).map(|text| held(Encoding::Utf16Little, text))
        }
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes).map(|text| held(Encoding::Utf16Big, text)),
        [0xEF, 0xBB, 0xBF, rest @ ..] => {
            String::from_utf8(rest.to_vec()).ok().map(|text| held(Encoding::Utf8WithMark, text))
        }
        _ => String::from_utf8(bytes)
            .ok()
            .filter(|text| declares_utf8(text))
            .map(|text| held(Encoding::Utf8, text)),
    }
}

/// Whether the XML declaration, if there is one, leaves UTF-8 as the encoding.
fn declares_utf8(text: &str) -> bool {
    let Some(declaration) = text.strip_prefix("<?xml").and_then(|rest| rest.split("?>").next()) else {
        return true;
    };
    let Some((_, value)) = declaration.split_once("encoding") else { return true };
    let value = value.trim_start_matches([' ', '\t', '\r', '\n', '=', '"', '\'']).to_ascii_lowercase();
    value.starts_with("utf-8") || value.starts_with("utf8")
}

fn encode(text: &Text) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.text.len() + 3);
    match text.encoding {
        Encoding::Utf8 => out.extend_from_slice(text.text.as_bytes()),
        Encoding::Utf8WithMark => {
            out.extend_from_slice(&[0xEF, 0xBB, 0xBF]);
            out.extend_from_slice(text.text.as_bytes());
        }
        Encoding::Utf16Little => {
            out.extend_from_slice(&[0xFF, 0xFE]);
            text.text.encode_utf16().for_each(|unit| out.extend_from_slice(&unit.to_le_bytes()));
        }
        Encoding::Utf16Big => {
            out.extend_from_slice(&[0xFE, 0xFF]);
            text.text.encode_utf16().for_each(|unit| out.extend_from_slice(&unit.to_be_bytes()));
        }
    }
    out
}
