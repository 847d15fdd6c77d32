//! What is written new: the consolidated workbook, findings to print, the record of changes, and corrected copies of
//! formats that cannot be patched, and the page of the catalogue.
//!
//! Decides nothing and computes no figure that it was not given, save the stored results of its own formulas.

pub mod brief;
pub mod bundle;
pub mod catalogue;
pub mod certificate;
pub mod consolidated;
mod docx;
pub mod findings;
pub mod json;
pub mod long;
pub mod notice;
#[cfg(not(target_arch = "wasm32"))]
pub mod parquet;
pub mod record;
pub mod rewrite;
mod style;
pub mod template;
pub mod text;

/// Why a workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("写不出工作簿，请减少内容后再试")]
pub struct ReportError(#[from] rust_xlsxwriter::XlsxError);
