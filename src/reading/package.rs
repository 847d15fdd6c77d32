//! A zip package opened with care: entries, names, sizes and checksums are checked before anything relies on them.
//!
//! Writes nothing and knows no spreadsheet format.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read, Write};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::limits::{Limits, beyond, damaged, size, too_large};
use super::xml::Xml;
use crate::model::{Unreadable, part_name};

/// A part up to this size may be as compressible as it likes.
const LIKELY: u64 = 32 << 20;

/// Bytes that one relationship takes in its part, at most and on the average.
const RELATIONSHIP: u64 = 512;

/// Deflate never expands further than this.
const DEFLATE_RATIO: u64 = 1_032;

pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// Index of an entry by its name in lower case with forward slashes, as spreadsheet programs look parts up.
    entries: HashMap<String, usize>,
    /// The entries whose text was in another encoding than UTF-8.
    recoded: HashSet<usize>,
    /// Bytes that may still be inflated.
    left: u64,
    limits: Limits,
}

/// One relationship of a package part (ECMA-376 part 2, 9.3), its target as a part name without leading slash.
#[derive(Clone, Debug)]
pub(super) struct Relationship {
    pub id: String,
    /// The last segment of the type's URI, as `worksheet`: the same in Transitional and Strict.
    pub kind: String,
    pub target: String,
    pub external: bool,
}

impl<'b> Package<'b> {
    /// Opens the directory of a package. Refuses doubled names, overlapping entries and encrypted entries.
    pub fn open(bytes: &'b [u8], limits: &Limits) -> Result<Self, Unreadable> {
        let part = "压缩包";
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
            if bytes.windows(4).rev().take(0x1_0000 + 22).any(|window| window == b"PK\x05\x06") {
                damaged(part, error)
            } else {
                damaged(part, "结尾缺失，文件可能没有下载或拷贝完整")
            }
        })?;
        if archive.len() > limits.entries {
            return Err(too_large(
                &format!("压缩包里有 {} 个文件", archive.len()),
                &format!("{} 个", limits.entries),
            ));
        }
        if archive.has_duplicate_names() {
            return Err(damaged(part, "同一个文件名出现两次"));
        }
        if archive.has_overlapping_entries().map_err(|error| damaged(part, error))? {
            return Err(damaged(part, "文件互相重叠"));
        }
        let mut entries = HashMap::new();
        for index in 0..archive.len() {
            let name = match archive.name_for_index(index) {
                Some(Ok(name)) => part_name::compared(&name),
                Some(Err(error)) => return Err(damaged(part, error)),
                None => return Err(damaged(part, "目录不完整")),
            };
            if name.ends_with('/') {
                continue;
            }
            if name.split('/').any(|segment| segment == "..") {
                return Err(damaged(part, "文件名指向压缩包之外"));
            }
            if entries.insert(name, index).is_some() {
                return Err(damaged(part, "同一个文件名出现两次"));
            }
        }
        Ok(Self {
            archive,
            entries,
            recoded: HashSet::new(),
            left: limits.total_bytes,
            limits: limits.clone(),
        })
    }

    pub fn has(&self, name: &str) -> bool {
        self.entries.contains_key(&part_name::compared(name))
    }

    /// Whether any entry's name, in lower case, satisfies the test.
    pub fn any_name(&self, test: impl Fn(&str) -> bool) -> bool {
        self.entries.keys().any(|name| test(name))
    }

    /// The size that the directory states for a part; nothing is read by it. Nought where there is no such part.
    fn size(&mut self, name: &str) -> u64 {
        let index = self.entries.get(&part_name::compared(name)).copied();
        index.and_then(|index| self.archive.by_index_raw(index).ok()).map_or(0, |file| file.size())
    }

    /// Inflates a part whole, under the limits; its checksum is verified. `None` where the package has no such part.
    pub fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        let Some(&index) = self.entries.get(&part_name::compared(name)) else { return Ok(None) };
        let limit = self.limits.part_bytes.min(self.left);
        let (one, all, left) = (self.limits.part_bytes, self.limits.total_bytes, self.left);
        let over = |bytes: u64| {
            if bytes > one {
                return too_large(&format!("{name} 解压后有 {}", size(bytes)), &size(one));
            }
            too_large(
                &format!("全部解压后至少有 {}", size(all.saturating_sub(left).saturating_add(bytes))),
                &size(all),
            )
        };
        let file = self.archive.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(reason) if reason.contains("Password") => Unreadable::Password,
            error => damaged(name, error),
        })?;
        if file.size() > limit {
            return Err(over(file.size()));
        }
        let packed = file.compressed_size();
        let ratio = self.limits.ratio;
        let unlikely = |inflated: u64| {
            let bombs = inflated > LIKELY && inflated / ratio.max(1) > packed;
            bombs.then(|| {
                too_large(
                    &format!("{name} 解压后是压缩时的 {} 倍", inflated / packed.max(1)),
                    &format!("{ratio} 倍"),
                )
            })
        };
        if let Some(error) = unlikely(file.size()) {
            return Err(error);
        }
        let possible = file.compressed_size().saturating_mul(DEFLATE_RATIO).saturating_add(64);
        let capacity = usize::try_from(file.size().min(possible)).unwrap_or(0);
        let mut bytes = Vec::with_capacity(capacity);
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| damaged(name, error))?;
        let read = bytes.len() as u64;
        if read > limit {
            // It holds more than it states, and is not read to its end.
            let (what, bound) = if left < one { ("全部", all) } else { (name, one) };
            return Err(too_large(&format!("{what} 解压后超过 {}", size(bound)), &size(bound)));
        }
        self.left = self.left.saturating_sub(read);
        Ok(Some(bytes))
    }

    /// A part as text: UTF-8, UTF-16 with or without a byte order mark, or what its XML declaration names.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Unreadable> {
        let Some(bytes) = self.part(name)? else { return Ok(None) };
        if let Some(encoding) = other_encoding(&bytes) {
            self.recoded.extend(self.entries.get(&part_name::compared(name)));
            return Ok(Some(without_declaration(encoding.decode(&bytes).0.into_owned())));
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            // Some writers cut a text in the middle of a character.
            Err(error) => UTF_8.decode(error.as_bytes()).0.into_owned(),
        };
        Ok(Some(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        }))
    }

    /// Whether the text of a part that was read is not in UTF-8 in the package.
    pub fn is_recoded(&self, name: &str) -> bool {
        self.entries.get(&part_name::compared(name)).is_some_and(|index| self.recoded.contains(index))
    }

    /// The same, for a part that must be there.
    pub fn required_text(&mut self, name: &str) -> Result<String, Unreadable> {
        self.text(name)?.ok_or_else(|| damaged(name, "文件里缺这一部分"))
    }

    /// The relationships of a part; of the package itself for an empty name. None where there is no such part.
    pub fn relationships(&mut self, of: &str) -> Result<Vec<Relationship>, Unreadable> {
        let name = part_name::relationships_of(of);
        let most = self.limits.relationships;
        // Counted before it is inflated: no relationship is longer than this on the average.
        let stated = self.size(&name);
        if stated > (most as u64).saturating_mul(RELATIONSHIP) {
            let bound = format!("{}（{most} 条）", size((most as u64).saturating_mul(RELATIONSHIP)));
            return Err(too_large(&format!("文件内部的关系占 {}", size(stated)), &bound));
        }
        let Some(text) = self.text(&name)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let mut xml = Xml::new(&name, &text, &self.limits);
        while let Some(event) = xml.next()? {
            let Some(element) = event.start("Relationship") else { continue };
            if found.len() >= most {
                return Err(beyond("文件内部的关系", most, "条"));
            }
            let attribute = |key| element.attribute(key).unwrap_or_default();
            found.push(Relationship {
                id: attribute("Id"),
                kind: attribute("Type").rsplit('/').next().unwrap_or_default().to_owned(),
                target: part_name::target(of, &attribute("Target")),
                external: attribute("TargetMode") == "External",
            });
        }
        Ok(found)
    }

    /// The index and the archive, for a reader that streams a part by itself. The part must have been read once, so
    /// that its size and checksum are known to be true.
    pub fn stream(&mut self, name: &str) -> Result<zip::read::ZipFile<'_, Cursor<&'b [u8]>>, Unreadable> {
        let index = self
            .entries
            .get(&part_name::compared(name))
            .copied()
            .ok_or_else(|| damaged(name, "文件里缺这一部分"))?;
        self.archive.by_index(index).map_err(|error| damaged(name, error))
    }
}

/// A package of one part, for a reader that streams UTF-8 alone.
pub(super) fn repacked(name: &str, text: &str) -> Result<Vec<u8>, Unreadable> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
        .map_err(|error| damaged(name, error))?;
    writer.write_all(text.as_bytes()).map_err(|error| damaged(name, error))?;
    Ok(writer.finish().map_err(|error| damaged(name, error))?.into_inner())
}

/// The encoding of a part that is not UTF-8 (XML 1.0, appendix F): by its mark, by where the zero bytes of `<` stand,
/// or by its declaration where the bytes are no UTF-8.
fn other_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some(UTF_16BE),
        _ if std::str::from_utf8(bytes).is_ok() => None,
        _ => {
            let head =
                String::from_utf8_lossy(bytes.get(..bytes.len().min(200)).unwrap_or(bytes)).into_owned();
            let declaration = head.strip_prefix("<?xml")?.split("?>").next()?.to_owned();
            let (_, value) = declaration.split_once("encoding")?;
            let label = value.trim_start_matches([' ', '=', '"', '\'']).split(['"', '\'', ' ']).next()?;
            // A declaration that can be read byte by byte is not in UTF-16, whatever it says.
            Encoding::for_label(label.as_bytes())
                .filter(|encoding| ![UTF_8, UTF_16LE, UTF_16BE].contains(encoding))
        }
    }
}

/// A text without the XML declaration, which names an encoding that it no longer has.
fn without_declaration(text: String) -> String {
    match text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest.to_owned(),
        None => text,
    }
}
