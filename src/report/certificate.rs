//! What was proven of a corrected copy, in words. Proves nothing itself and knows no format.

use crate::model::{CellRef, Sha256};

/// What a corrected copy was found to be when it was opened again.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// In the order of sheets and addresses.
    pub cells: Vec<CertifiedCell>,
    /// Package parts with the same compressed bytes in original and copy, none of them in a text;
    /// `None` where a new workbook had to be written.
    pub identical_parts: Option<Vec<String>>,
    /// Parts that differ or were removed.
    pub changed_parts: Vec<String>,
    pub original: Sha256,
    pub result: Sha256,
    /// What could not be kept, in Chinese.
    pub losses: Vec<String>,
}

/// One changed cell, where it stands in the copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedCell {
    pub sheet: String,
    pub at: CellRef,
    pub before: String,
    pub after: String,
    /// The rule's code, 手工 or 情况说明.
    pub rule: String,
}

/// Lines for a terminal: each cell before and after, the parts that stayed, both fingerprints.
pub fn text(certificate: &Certificate) -> String {
    let mut out = format!("只改了 {} 个单元格：\n", certificate.cells.len());
    if certificate.cells.is_empty() {
        out = "没有改单元格。\n".to_owned();
    }
    let shown =
        |text: &str| if text.is_empty() { "（空）".to_owned() } else { text.replace(['\r', '\n'], " ") };
    for CertifiedCell { sheet, at, before, after, rule } in &certificate.cells {
        out.push_str(&format!("  {sheet}!{at}  {} → {}  {rule}\n", shown(before), shown(after)));
    }
    match &certificate.identical_parts {
        Some(parts) if parts.is_empty() => out.push_str("其余内容原样未变。\n"),
        Some(parts) => {
            out.push_str(&format!("其余 {} 项内容原样未变。技术细节：{}\n", parts.len(), parts.join(" ")))
        }
        None => out
            .push_str(&format!("原格式不能原样修改，已另存为新的 .xlsx。{}\n", certificate.losses.join(" "))),
    }
    if certificate.identical_parts.is_some() && !certificate.losses.is_empty() {
        out.push_str(&format!("未能保留：{}\n", certificate.losses.join(" ")));
    }
    out.push_str(&format!(
        "原文件指纹（SHA-256）{}\n校正副本指纹（SHA-256）{}\n",
        certificate.original, certificate.result
    ));
    out
}
