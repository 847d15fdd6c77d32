//! Wasm modules as text for the page file: LZMA, then 13 bits in every two printable characters. `www/unpack.js` is the
//! other side and says what the text is made of; every module is unpacked by it again before it goes into the page.

use std::io::Write;

use lzma_rust2::{EncodeMode, LzmaOptions, LzmaWriter, MfType};

use crate::shell::{self, Result};
use crate::{npm, paths};

/// Packs modules, each with its name, and proves that `www/unpack.js` gives back every byte of them, and of samples
/// that hold what a module may lack.
pub fn packed<const COUNT: usize>(modules: [(&str, &[u8]); COUNT]) -> Result<[String; COUNT]> {
    let mut proof = npm::script("xtask/tools/unpacks.mjs");
    proof.arg(paths::www("unpack.js"));
    let directory = paths::wasm_target().join("packed");
    let mut pack = |name: &str, bytes: &[u8]| -> Result<String> {
        let text = text(&packed_bytes(bytes)?);
        let (original, packed) = (directory.join(name), directory.join(format!("{name}.packed")));
        shell::write(&original, bytes)?;
        shell::write(&packed, &text)?;
        proof.args([original, packed]);
        Ok(text)
    };
    for (number, sample) in samples().iter().enumerate() {
        pack(&format!("sample-{number}"), sample)?;
    }
    let mut texts = [const { String::new() }; COUNT];
    for (packed, (name, bytes)) in texts.iter_mut().zip(modules) {
        *packed = pack(name, bytes)?;
    }
    shell::output(&mut proof)?;
    Ok(texts)
}

/// The size in four bytes, the highest first, and the LZMA stream.
fn packed_bytes(bytes: &[u8]) -> Result<Vec<u8>> {
    let size = u32::try_from(bytes.len()).map_err(|error| error.to_string())?;
    let options = LzmaOptions {
        lc: 3,
        lp: 0,
        pb: 0,
        dict_size: size.next_power_of_two().max(1 << 16),
        mode: EncodeMode::Normal,
        mf: MfType::Bt4,
        // Longer ones make it no smaller.
        nice_len: 64,
        depth_limit: 1000,
        ..LzmaOptions::default()
    };
    let to_text = |error: std::io::Error| format!("LZMA: {error}");
    let mut writer = LzmaWriter::new_no_header(size.to_be_bytes().to_vec(), &options, false).map_err(to_text)?;
    writer.write_all(bytes).map_err(to_text)?;
    writer.finish().map_err(to_text)
}

/// Thirteen bits, the highest first, in every two digits of base 91; the last bits are 0.
fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 16 / 13 + 2);
    let (mut held, mut bits) = (0_u32, 0);
    let mut push = |pair: u32| text.extend([digit(pair / 91), digit(pair % 91)]);
    for byte in bytes {
        held = (held << 8 | u32::from(*byte)) & 0xf_ffff;
        bits += 8;
        if bits >= 13 {
            bits -= 13;
            push(held >> bits & 0x1fff);
        }
    }
    if bits > 0 {
        push(held << (13 - bits) & 0x1fff);
    }
    text
}

/// The printable characters in their order, without “/”, “<” and “=”.
fn digit(value: u32) -> char {
    let code = value
        + if value > 25 {
            36
        } else if value > 13 {
            34
        } else {
            33
        };
    char::from_u32(code).unwrap_or_default()
}

/// Nothing; every byte value; one value for long; far repetitions of every length; noise.
fn samples() -> Vec<Vec<u8>> {
    let every: Vec<u8> = (0..=u8::MAX).collect();
    let mut seed = 1_u32;
    let mut noise = |length: usize| -> Vec<u8> {
        std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()[0]
        })
        .take(length)
        .collect()
    };
    let far: Vec<u8> = {
        let source = noise(300_000);
        let parts = (2..600).flat_map(|length| {
            let from = length * 487;
            source.get(from..from + length).unwrap_or_default().iter().copied().chain(length.to_be_bytes())
        });
        source.iter().copied().chain(parts).collect()
    };
    vec![Vec::new(), every.clone(), vec![0; 70_000], [every.clone(), every].concat(), far, noise(5_000)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_is_printable_and_ends_no_element() {
        let digits: Vec<char> = (0..91).map(digit).collect();
        let wanted: Vec<char> = ('!'..='~').filter(|character| !"/<=".contains(*character)).collect();
        assert_eq!(digits, wanted);
    }

    #[test]
    fn two_digits_hold_thirteen_bits() {
        assert_eq!(text(&[]), "");
        assert_eq!(text(&[0; 13]), "!".repeat(16));
        // 8191 = 90 · 91 + 1
        assert_eq!(text(&[0xff; 13]), "~\"".repeat(8));
        assert_eq!(text(&[0xff]).len(), 2);
    }

    #[test]
    fn the_size_comes_first() {
        assert_eq!(packed_bytes(&[7; 258]).unwrap().get(..5).unwrap(), [0, 0, 1, 2, 0]);
    }
}
