//! The records of a BIFF stream, with what is continued in further ones (MS-XLS 2.1.4).
//!
//! Knows where a record ends and how a string goes on over that end; what it means, `xls` says.

use super::cfb::u16_at;
use super::limits::damaged;
use crate::model::{CellRef, Unreadable};

pub(super) const PART: &str = "工作簿数据流";

/// The kinds of record that are read (MS-XLS 2.3).
pub(super) mod record {
    pub const FORMULA: u16 = 0x0006;
    pub const EOF: u16 = 0x000A;
    pub const PROTECT: u16 = 0x0012;
    pub const EXTERN_SHEET: u16 = 0x0017;
    pub const NAME: u16 = 0x0018;
    pub const WINDOW_PROTECT: u16 = 0x0019;
    pub const EXTERN_NAME: u16 = 0x0023;
    pub const DATE_MODE: u16 = 0x0022;
    pub const FONT: u16 = 0x0031;
    pub const CONTINUE: u16 = 0x003C;
    pub const CODE_PAGE: u16 = 0x0042;
    pub const COLUMN_INFO: u16 = 0x007D;
    pub const BOUND_SHEET: u16 = 0x0085;
    pub const PALETTE: u16 = 0x0092;
    pub const MULTIPLE_RK: u16 = 0x00BD;
    pub const RICH_STRING: u16 = 0x00D6;
    pub const XF: u16 = 0x00E0;
    pub const MERGE_CELLS: u16 = 0x00E5;
    pub const SHARED_STRINGS: u16 = 0x00FC;
    pub const LABEL_SHARED: u16 = 0x00FD;
    pub const SUP_BOOK: u16 = 0x01AE;
    pub const RECALC_ID: u16 = 0x01C1;
    pub const NUMBER: u16 = 0x0203;
    pub const LABEL: u16 = 0x0204;
    pub const BOOL_OR_ERROR: u16 = 0x0205;
    pub const STRING: u16 = 0x0207;
    pub const ROW: u16 = 0x0208;
    pub const ARRAY: u16 = 0x0221;
    pub const RK: u16 = 0x027E;
    pub const FORMAT: u16 = 0x041E;
    pub const SHARED_FORMULA: u16 = 0x04BC;
    pub const BOF: u16 = 0x0809;
}

/// One record with the bodies of the CONTINUE records behind it.
pub(super) struct Record<'s> {
    pub kind: u16,
    pub data: &'s [u8],
    continued: Vec<&'s [u8]>,
}

pub(super) struct Records<'s> {
    pub rest: &'s [u8],
}

impl<'s> Records<'s> {
    pub fn next(&mut self) -> Result<Option<Record<'s>>, Unreadable> {
        let Some((kind, data)) = self.take()? else { return Ok(None) };
        let mut continued = Vec::new();
        while self.rest.first_chunk() == Some(&record::CONTINUE.to_le_bytes()) {
            match self.take()? {
                Some((_, data)) => continued.push(data),
                None => break,
            }
        }
        Ok(Some(Record { kind, data, continued }))
    }

    fn take(&mut self) -> Result<Option<(u16, &'s [u8])>, Unreadable> {
        let Some((head, body)) = self.rest.split_at_checked(4) else { return Ok(None) };
        let (kind, length) = (u16_at(head, 0), usize::from(u16_at(head, 2)));
        let (data, rest) =
            body.split_at_checked(length).ok_or_else(|| damaged(PART, format!("记录 {kind:04X} 不完整")))?;
        self.rest = rest;
        Ok(Some((kind, data)))
    }
}

impl<'s> Record<'s> {
    pub fn pieces(&self) -> Pieces<'s> {
        let mut all = vec![self.data];
        all.extend(&self.continued);
        Pieces { all, index: 0, at: 0 }
    }

    pub fn at(&self) -> CellRef {
        CellRef::new(u32::from(u16_at(self.data, 0)), u32::from(u16_at(self.data, 2)))
    }
}

/// A record's bytes across its continuations.
pub(super) struct Pieces<'s> {
    all: Vec<&'s [u8]>,
    index: usize,
    at: usize,
}

impl<'s> Pieces<'s> {
    /// What is left of the present piece, moving on when it is used up.
    pub fn rest(&mut self) -> Option<&'s [u8]> {
        loop {
            let piece = self.all.get(self.index)?;
            let rest = piece.get(self.at..).unwrap_or(&[]);
            if !rest.is_empty() {
                return Some(rest);
            }
            self.index += 1;
            self.at = 0;
        }
    }

    pub fn byte(&mut self) -> Option<u8> {
        let byte = self.rest()?.first().copied();
        self.at += 1;
        byte
    }

    pub fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    pub fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes([self.byte()?, self.byte()?, self.byte()?, self.byte()?]))
    }

    pub fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let step = self.rest()?.len().min(count);
            self.at += step;
            count -= step;
        }
        Some(())
    }

    /// A BIFF8 string of `count` characters, flags and trailing runs included (2.5.294).
    pub fn string(&mut self, count: usize) -> Option<String> {
        let flags = self.byte()?;
        let runs = if flags & 0x08 != 0 { usize::from(self.u16()?) * 4 } else { 0 };
        let extra = if flags & 0x04 != 0 { usize::try_from(self.u32()?).ok()? } else { 0 };
        let mut wide = flags & 1 != 0;
        let mut units: Vec<u16> = Vec::new();
        while units.len() < count {
            let fresh = self.index;
            let rest = self.rest()?;
            if self.index != fresh {
                // A string goes on in the next record behind a byte that says how.
                wide = self.byte()? & 1 != 0;
                continue;
            }
            let left = count - units.len();
            if wide {
                let pairs = rest.as_chunks::<2>().0;
                let taken = pairs.len().min(left);
                units.extend(pairs.iter().take(taken).map(|pair| u16::from_le_bytes(*pair)));
                self.at += taken * 2;
                if taken == 0 {
                    self.at += 1;
                }
            } else {
                let taken = rest.len().min(left);
                units.extend(rest.iter().take(taken).map(|byte| u16::from(*byte)));
                self.at += taken;
            }
        }
        // What follows the letters is only formatting; a writer may leave it out.
        let _ = self.skip(runs).and_then(|()| self.skip(extra));
        Some(String::from_utf16_lossy(&units))
    }
}
