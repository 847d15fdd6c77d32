//! Several files in one .zip, for whoever can save only one.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Why no bundle could be made.
#[derive(Debug, thiserror::Error)]
#[error("没有打成压缩包，请减少文件后再试")]
pub struct BundleError(#[from] zip::result::ZipError);

/// The files under their names, in their order. The same files give the same bytes: the core has no clock. They are
/// workbooks, compressed already.
pub fn zip(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, BundleError> {
    packed(files, CompressionMethod::Stored)
}

/// The parts of a package, likewise; they are text, and made smaller.
pub fn package(parts: &[(String, Vec<u8>)]) -> Result<Vec<u8>, BundleError> {
    packed(parts, CompressionMethod::Deflated)
}

fn packed(files: &[(String, Vec<u8>)], method: CompressionMethod) -> Result<Vec<u8>, BundleError> {
    let options =
        SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name.as_str(), options)?;
        writer.write_all(bytes).map_err(zip::result::ZipError::from)?;
    }
    Ok(writer.finish()?.into_inner())
}
