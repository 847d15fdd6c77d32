//! Wasm modules as text for the page file, 13 bits in every two characters. The page's, which everything waits for,
//! is LZ4: `www/unpack.js` is done with it in milliseconds in any browser. The engine's, three times as large, is gzip:
//! the browser inflates it while it compiles, and a script where it cannot (`www/inflate.js`). Every module is unpacked
//! again before it goes into the page.

use std::io::Write;
use std::path::Path;

use lz4::liblz4::BlockChecksum;
use lz4::{BlockMode, BlockSize, ContentChecksum};

use crate::shell::{self, Result};
use crate::{npm, paths};

/// LZ4, proved by the script `unpack`.
pub fn quick(unpack: &Path, name: &str, bytes: &[u8]) -> Result<String> {
    packed(lz4, &samples(), ("unpack", unpack), name, bytes)
}

/// gzip, proved by the script `inflate`, with the browser's own inflating and without.
pub fn tight(inflate: &Path, name: &str, bytes: &[u8]) -> Result<String> {
    packed(gzip, &[], ("inflate", inflate), name, bytes)
}

/// Packs a module, and proves that a function of a script gives back every byte of it and of the samples, which hold
/// what a module may lack.
fn packed(
    pack: fn(&[u8]) -> Result<Vec<u8>>,
    samples: &[Vec<u8>],
    (function, script): (&str, &Path),
    name: &str,
    bytes: &[u8],
) -> Result<String> {
    let mut proof = npm::script("xtask/tools/unpacks.mjs");
    proof.arg(function).arg(script);
    let directory = paths::wasm_target().join("packed");
    let mut put = |name: &str, bytes: &[u8]| -> Result<String> {
        let text = as_text(&pack(bytes)?);
        let (original, packed) = (directory.join(name), directory.join(format!("{name}.{function}")));
        shell::write(&original, bytes)?;
        shell::write(&packed, &text)?;
        proof.args([original, packed]);
        Ok(text)
    };
    for (number, sample) in samples.iter().enumerate() {
        put(&format!("sample-{number}"), sample)?;
    }
    let text = put(name, bytes)?;
    shell::output(&mut proof)?;
    Ok(text)
}

/// As tight as deflate gets in some seconds, the same on every machine.
fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let few = std::num::NonZeroU64::new(5).ok_or("no number")?;
    let options = zopfli::Options { iteration_count: few, ..zopfli::Options::default() };
    let written = zopfli::compress(options, zopfli::Format::Gzip, bytes, &mut packed);
    written.map_err(|error| format!("gzip: {error}"))?;
    // The last two characters may hold a byte more than was put in, and behind the end of gzip nothing may stand: it is
    // made longer by a name in its head until they do not.
    let more = (0..13).find(|more| (13 - (packed.len() + more) * 8 % 13) % 13 < 8).unwrap_or(0);
    if let (Some(flags), 1..) = (packed.get_mut(3), more) {
        const NAMED: u8 = 8;
        *flags |= NAMED;
        let name = std::iter::repeat_n(b'-', more - 1).chain([0]);
        packed.splice(10..10, name);
    }
    Ok(packed)
}

/// A frame that says its size and has no checksums: the build proves every byte of it. A module of more than 4 MB, as
/// in a page for looking at, is several blocks.
fn lz4(bytes: &[u8]) -> Result<Vec<u8>> {
    let to_text = |error: std::io::Error| format!("lz4: {error}");
    let mut writer = lz4::EncoderBuilder::new()
        .level(12)
        .block_mode(BlockMode::Independent)
        .block_size(BlockSize::Max4MB)
        .block_checksum(BlockChecksum::NoBlockChecksum)
        .checksum(ContentChecksum::NoChecksum)
        .content_size(bytes.len() as u64)
        .build(Vec::new())
        .map_err(to_text)?;
    writer.write_all(bytes).map_err(to_text)?;
    let (packed, end) = writer.finish();
    end.map_err(to_text)?;
    Ok(packed)
}

/// 13 bits, the lowest first, as two digits to the base of 91: an eighth shorter than base64, which has 12 in them. The
/// last pair is filled up with zeros.
fn as_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() / 13 * 16 + 32);
    let (mut held, mut bits) = (0_u32, 0);
    let mut put = |value: u32| text.extend([digit(value % 8192 / 91), digit(value % 8192 % 91)]);
    for byte in bytes {
        held |= u32::from(*byte) << bits;
        bits += 8;
        if bits >= 13 {
            put(held);
            held >>= 13;
            bits -= 13;
        }
    }
    if bits > 0 {
        put(held);
    }
    text
}

/// The printable characters but for `(`, `<` and `=`: the text ends no element and holds no address of anything.
fn digit(value: u32) -> char {
    let code = value + 33;
    let code = code + u32::from(code >= 40);
    char::from_u32(code + if code >= 60 { 2 } else { 0 }).unwrap_or('!')
}

/// Every byte value; one value for long; noise. A frame of nothing says no size, and no module is nothing.
fn samples() -> Vec<Vec<u8>> {
    let every: Vec<u8> = (0..=u8::MAX).collect();
    let mut seed = 1_u32;
    let noise = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed.to_be_bytes()[0]
    });
    let noise: Vec<u8> = noise.take(300_000).collect();
    // Three blocks.
    let long = every
        .iter()
        .copied()
        .cycle()
        .take(5_000_000)
        .chain(noise.clone())
        .chain(vec![0; 4_000_000])
        .collect();
    vec![every.clone(), vec![0; 70_000], [every.clone(), every].concat(), noise, long]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_give_the_same_text_and_it_ends_no_element() {
        let sample = samples().concat();
        let text = as_text(&lz4(&sample).unwrap());
        assert_eq!(text, as_text(&lz4(&sample).unwrap()));
        assert!(text.chars().all(|digit| digit.is_ascii_graphic() && !"(<=".contains(digit)));
        assert!(text.len() < sample.len() * 5 / 4);
    }

    #[test]
    fn every_digit_is_another_character() {
        let digits: std::collections::BTreeSet<char> = (0..91).map(digit).collect();
        assert_eq!((digits.len(), digits.first(), digits.last()), (91, Some(&'!'), Some(&'~')));
    }
}
