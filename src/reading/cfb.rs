//! The compound file container of .xls and of encrypted packages (MS-CFB), read without trusting one of its numbers:
//! every sector lies inside the file, every chain is as long as the file at most.

use std::collections::HashMap;

use super::limits::damaged;
use crate::model::Unreadable;

const PART: &str = "复合文档";
const MAX_REGULAR: u32 = 0xFFFF_FFFA;
const MINI_SECTOR: usize = 64;
/// Streams shorter than this lie in the mini stream (2.2).
const MINI_CUTOFF: u64 = 4_096;

pub(super) struct Cfb<'b> {
    bytes: &'b [u8],
    sector_size: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini_stream: Vec<u8>,
    /// First sector and length by name in lower case.
    streams: HashMap<String, (u32, u64)>,
}

impl<'b> Cfb<'b> {
    pub fn open(bytes: &'b [u8]) -> Result<Self, Unreadable> {
        let header = bytes.get(..512).ok_or_else(|| damaged(PART, "文件太短"))?;
        let sector_size = match u16_at(header, 30) {
            9 => 512,
            12 => 4096,
            _ => return Err(damaged(PART, "扇区大小不成立")),
        };
        let mut cfb = Self {
            bytes,
            sector_size,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini_stream: Vec::new(),
            streams: HashMap::new(),
        };
        cfb.read_fat(header)?;
        let directory = cfb.chain(u32_at(header, 48), u64::MAX)?;
        let mini_fat = cfb.chain(u32_at(header, 60), u64::MAX).unwrap_or_default();
        cfb.mini_fat = mini_fat.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        for (index, entry) in directory.chunks_exact(128).enumerate() {
            let kind = entry.get(66).copied().unwrap_or(0);
            let start = u32_at(entry, 116);
            let high = if sector_size == 512 { 0 } else { u64::from(u32_at(entry, 124)) << 32 };
            let length = u64::from(u32_at(entry, 120)) | high;
            if index == 0 {
                cfb.mini_stream = cfb.chain(start, length).unwrap_or_default();
            } else if kind == 2 {
                // Of two streams of one name the one nearer the root comes first.
                cfb.streams.entry(entry_name(entry)).or_insert((start, length));
            } else if kind == 1 {
                cfb.streams.entry(entry_name(entry)).or_insert((MAX_REGULAR, 0));
            }
        }
        Ok(cfb)
    }

    /// Whether there is a stream or a storage of this name.
    pub fn has(&self, name: &str) -> bool {
        self.streams.contains_key(&name.to_lowercase())
    }

    pub fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        let Some(&(start, length)) = self.streams.get(&name.to_lowercase()) else { return Ok(None) };
        let bytes =
            if length < MINI_CUTOFF { self.mini_chain(start, length)? } else { self.chain(start, length)? };
        Ok(Some(bytes))
    }

    /// The sector allocation table: from the header's list, then along the DIFAT sectors (2.5).
    fn read_fat(&mut self, header: &[u8]) -> Result<(), Unreadable> {
        let mut sectors: Vec<u32> = header
            .get(76..512)
            .unwrap_or(&[])
            .as_chunks::<4>()
            .0
            .iter()
            .map(|b| u32::from_le_bytes(*b))
            .collect();
        let all = self.bytes.len() / self.sector_size + 1;
        let mut next = u32_at(header, 68);
        let mut steps = 0;
        while next < MAX_REGULAR {
            steps += 1;
            if steps > all {
                return Err(damaged(PART, "分配表首尾相接，成了圈"));
            }
            let sector = self.sector(next)?;
            let (list, link) = sector.split_at(sector.len().saturating_sub(4));
            sectors.extend(list.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)));
            next = u32_at(link, 0);
        }
        sectors.retain(|sector| *sector < MAX_REGULAR);
        if sectors.len() > all {
            return Err(damaged(PART, "分配表比文件还大"));
        }
        for sector in sectors {
            let entries: Vec<u32> =
                self.sector(sector)?.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)).collect();
            self.fat.extend(entries);
        }
        Ok(())
    }

    /// One sector; the last one of a file may be short.
    fn sector(&self, id: u32) -> Result<&'b [u8], Unreadable> {
        let start = usize::try_from(id).ok().and_then(|id| id.checked_add(1)?.checked_mul(self.sector_size));
        start
            .and_then(|start| {
                self.bytes.get(start..self.bytes.len().min(start.checked_add(self.sector_size)?))
            })
            .filter(|sector| !sector.is_empty())
            .ok_or_else(|| damaged(PART, format!("第 {id} 个扇区在文件之外")))
    }

    /// The bytes along a chain of sectors, cut to `length`.
    fn chain(&self, start: u32, length: u64) -> Result<Vec<u8>, Unreadable> {
        let mut bytes = Vec::new();
        let mut id = start;
        while id < MAX_REGULAR && (bytes.len() as u64) < length {
            bytes.extend_from_slice(self.sector(id)?);
            if bytes.len() > self.bytes.len() {
                return Err(damaged(PART, "扇区链成了圈"));
            }
            id = usize::try_from(id)
                .ok()
                .and_then(|id| self.fat.get(id))
                .copied()
                .ok_or_else(|| damaged(PART, "扇区链断了"))?;
        }
        bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(bytes)
    }

    fn mini_chain(&self, start: u32, length: u64) -> Result<Vec<u8>, Unreadable> {
        let mut bytes = Vec::new();
        let mut id = start;
        while id < MAX_REGULAR && (bytes.len() as u64) < length {
            let index = usize::try_from(id).unwrap_or(usize::MAX);
            let from = index.saturating_mul(MINI_SECTOR);
            let sector =
                self.mini_stream.get(from..self.mini_stream.len().min(from.saturating_add(MINI_SECTOR)));
            bytes.extend_from_slice(
                sector.filter(|s| !s.is_empty()).ok_or_else(|| damaged(PART, "小扇区在文件之外"))?,
            );
            id = self.mini_fat.get(index).copied().ok_or_else(|| damaged(PART, "小扇区链断了"))?;
        }
        bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(bytes)
    }
}

/// A little-endian number, 0 past the end.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

pub(super) fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map(|bytes| f64::from_le_bytes(*bytes))
        .filter(|number| number.is_finite())
}

/// A number packed into 30 bits (MS-XLS 2.5.217, MS-XLSB 2.5.122).
pub(super) fn rk_number(rk: u32) -> f64 {
    let number = if rk & 2 == 0 {
        f64::from_bits(u64::from(rk & 0xFFFF_FFFC) << 32)
    } else {
        f64::from(rk.cast_signed() >> 2)
    };
    if rk & 1 == 0 { number } else { number / 100.0 }
}

/// An error value by its code (MS-XLS 2.5.10).
pub(super) const fn error_text(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        _ => "#ERROR!",
    }
}

/// The name of a directory entry, as names are compared.
fn entry_name(entry: &[u8]) -> String {
    let units = usize::from(u16_at(entry, 64).min(64)).saturating_sub(2) / 2;
    let name: Vec<u16> =
        entry.as_chunks::<2>().0.iter().take(units).map(|bytes| u16::from_le_bytes(*bytes)).collect();
    String::from_utf16_lossy(&name).to_lowercase()
}
