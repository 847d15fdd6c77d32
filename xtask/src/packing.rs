//! Wasm modules as text for the page file, in base64. `www/unpack.js` is the other side; every module is unpacked by
//! it again before it goes into the page. The page's module is LZ4, which a script unpacks in milliseconds, since
//! the first view waits for it: inflating it by script took a sixth of the start in Chromium 69. The engine's is
//! gzip, which newer browsers inflate by themselves while they compile.

use std::io::Write;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::{Compression, GzBuilder};
use lz4::{BlockMode, BlockSize, ContentChecksum};

use crate::shell::{self, Result};
use crate::{npm, paths};

/// How a module stands in the page file, below the base64.
#[derive(Clone, Copy, Debug)]
pub enum Packing {
    /// Quick to unpack by script.
    Lz4,
    /// Small, and unpacked by newer browsers.
    Gzip,
}

/// Packs modules, each with its name, and proves that the script `unpack` gives back every byte of them, and of samples
/// that hold what a module may lack.
pub fn packed<const COUNT: usize>(
    unpack: &Path,
    modules: [(&str, Packing, &[u8]); COUNT],
) -> Result<[String; COUNT]> {
    let mut proof = npm::script("xtask/tools/unpacks.mjs");
    proof.arg(unpack);
    let directory = paths::wasm_target().join("packed");
    let mut pack = |name: &str, packing: Packing, bytes: &[u8]| -> Result<String> {
        let text = match packing {
            Packing::Lz4 => BASE64_STANDARD.encode(lz4(bytes)?),
            Packing::Gzip => BASE64_STANDARD.encode(gzip(bytes)?),
        };
        let (original, packed) = (directory.join(name), directory.join(format!("{name}.packed")));
        shell::write(&original, bytes)?;
        shell::write(&packed, &text)?;
        proof.args([original, packed]);
        Ok(text)
    };
    for (number, sample) in samples().iter().enumerate() {
        pack(&format!("sample-{number}"), Packing::Gzip, sample)?;
        // A frame of nothing says no size; no module is nothing.
        if !sample.is_empty() {
            pack(&format!("lz4-{number}"), Packing::Lz4, sample)?;
        }
    }
    let mut texts = [const { String::new() }; COUNT];
    for (packed, (name, packing, bytes)) in texts.iter_mut().zip(modules) {
        *packed = pack(name, packing, bytes)?;
    }
    shell::output(&mut proof)?;
    Ok(texts)
}

/// Without a time in its head, so that the same module gives the same text.
fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let to_text = |error: std::io::Error| format!("gzip: {error}");
    let mut writer = GzBuilder::new().write(Vec::new(), Compression::best());
    writer.write_all(bytes).map_err(to_text)?;
    writer.finish().map_err(to_text)
}

/// A frame of one block that says its size and has no checksums: the build proves every byte of it.
fn lz4(bytes: &[u8]) -> Result<Vec<u8>> {
    let to_text = |error: std::io::Error| format!("lz4: {error}");
    let mut writer = lz4::EncoderBuilder::new()
        .level(12)
        .block_mode(BlockMode::Independent)
        .block_size(BlockSize::Max4MB)
        .checksum(ContentChecksum::NoChecksum)
        .content_size(bytes.len() as u64)
        .build(Vec::new())
        .map_err(to_text)?;
    writer.write_all(bytes).map_err(to_text)?;
    let (packed, end) = writer.finish();
    end.map_err(to_text)?;
    Ok(packed)
}

/// Nothing; every byte value; one value for long; noise.
fn samples() -> Vec<Vec<u8>> {
    let every: Vec<u8> = (0..=u8::MAX).collect();
    let mut seed = 1_u32;
    let noise = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed.to_be_bytes()[0]
    });
    vec![
        Vec::new(),
        every.clone(),
        vec![0; 70_000],
        [every.clone(), every].concat(),
        noise.take(300_000).collect(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_give_the_same_text_and_it_ends_no_element() {
        let sample = samples().concat();
        let text = BASE64_STANDARD.encode(gzip(&sample).unwrap());
        assert_eq!(text, BASE64_STANDARD.encode(gzip(&sample).unwrap()));
        assert!(text.chars().all(|digit| digit.is_ascii_alphanumeric() || "+/=".contains(digit)));
        assert!(text.len() < sample.len() * 5 / 4);
    }
}
