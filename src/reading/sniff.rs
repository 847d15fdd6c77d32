//! What a file is, told by its first bytes and its structure, never by its name.

use encoding_rs::UTF_8;

use super::cfb::Cfb;
use super::limits::Limits;
use super::package::Package;
use super::text::{self, Decoded};
use super::xml::Xml;
use crate::model::{Format, Unreadable};

/// What the bytes of a file are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Spreadsheet(Format),
    /// Encrypted: nothing more can be told without the password.
    Encrypted,
    /// The same, of a whole package in a container; some are encrypted with a password that everyone knows.
    EncryptedPackage,
    /// A container of a known kind that cannot be opened.
    Damaged {
        part: String,
        detail: String,
    },
    /// Something else, named in Chinese.
    Other(&'static str),
}

/// Tells what a file is. Looks at the directory of a container and at a few hundred bytes of anything else; a text is
/// decoded whole to tell it from binary data.
pub fn sniff(bytes: &[u8]) -> Content {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return opened(sniff_zip(bytes));
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return opened(sniff_cfb(bytes));
    }
    if let Some(kind) = by_magic(bytes) {
        return Content::Other(kind);
    }
    // A BIFF stream without its container: BIFF5 and 8 are read, the older ones are not.
    match bytes.get(..4) {
        Some([0x09, 0x08, 0x08 | 0x10, 0x00]) => return Content::Spreadsheet(Format::Xls),
        Some([0x09, 0x00 | 0x02 | 0x04, 0x04 | 0x06 | 0x08, 0x00]) => {
            return Content::Other("Excel 4.0 或更早的工作簿，请用 WPS 或 Excel 另存为 .xlsx");
        }
        _ => {}
    }
    match text::decode(bytes) {
        Some(decoded) => sniff_text(&decoded),
        None => Content::Other("二进制文件"),
    }
}

fn opened(result: Result<Content, Unreadable>) -> Content {
    match result {
        Ok(content) => content,
        Err(Unreadable::Password) => Content::Encrypted,
        Err(Unreadable::Damaged { part, detail }) => Content::Damaged { part, detail },
        // The format's own reader will say the same, with its own words.
        Err(_) => Content::Spreadsheet(Format::Xlsx),
    }
}

fn sniff_zip(bytes: &[u8]) -> Result<Content, Unreadable> {
    let mut package = Package::open(bytes, &Limits::default())?;
    let declared = package.part("mimetype")?.map(|mimetype| UTF_8.decode(&mimetype).0.trim().to_owned());
    // Some writers leave it out; the manifest says the same (ODF 1.2 part 3, 3.2 and 4.9).
    let manifest = package.text("META-INF/manifest.xml")?;
    if let Some(mimetype) =
        declared.filter(|mimetype| !mimetype.is_empty()).or_else(|| manifest.as_deref().and_then(manifested))
    {
        let encrypted = manifest.is_some_and(|manifest| manifest.contains("encryption-data"));
        match mimetype.strip_prefix("application/vnd.oasis.opendocument.") {
            Some("spreadsheet" | "spreadsheet-template") if encrypted => return Ok(Content::Encrypted),
            Some("spreadsheet" | "spreadsheet-template") => return Ok(Content::Spreadsheet(Format::Ods)),
            Some("text" | "text-template") => {
                return Ok(Content::Other("文字文档（.odt），请另存为 .docx 再拖入"));
            }
            Some("presentation" | "presentation-template") => return Ok(Content::Other("演示文稿（.odp）")),
            Some(_) => return Ok(Content::Other("OpenDocument 文档，但不是表格")),
            None if mimetype == "application/epub+zip" => return Ok(Content::Other("电子书")),
            None => {}
        }
    }
    let root = package.relationships("")?;
    if let Some(main) = root.iter().find(|relationship| relationship.kind == "officeDocument") {
        let kind = content_type(&mut package, &main.target)?;
        if main.target.starts_with("word/") || kind.contains("wordprocessingml") {
            return Ok(Content::Spreadsheet(Format::Docx));
        }
        if main.target.starts_with("ppt/") || kind.contains("presentationml") {
            return Ok(Content::Other("演示文稿（PPT）"));
        }
        if kind.contains("sheet.binary") || main.target.ends_with(".bin") {
            return Ok(Content::Spreadsheet(Format::Xlsb));
        }
        if kind.contains("macroEnabled") {
            return Ok(Content::Spreadsheet(Format::Xlsm));
        }
        if kind.contains("spreadsheetml") || main.target.starts_with("xl/") {
            return Ok(Content::Spreadsheet(Format::Xlsx));
        }
    }
    Ok(if package.has("xl/workbook.xml") {
        Content::Spreadsheet(Format::Xlsx)
    } else if package.has("xl/workbook.bin") {
        Content::Spreadsheet(Format::Xlsb)
    } else if package.text("content.xml")?.is_some_and(|content| content.contains("office:spreadsheet")) {
        Content::Spreadsheet(Format::Ods)
    } else if package.has("word/document.xml") {
        Content::Spreadsheet(Format::Docx)
    } else if package.has("ppt/presentation.xml") {
        Content::Other("演示文稿（PPT）")
    } else if package.has("OFD.xml") {
        Content::Other("OFD 版式文件")
    } else if package.any_name(|name| name.ends_with(".iwa")) {
        Content::Other("苹果 Numbers 或 Pages 文件，请导出为 .xlsx")
    } else {
        Content::Other("压缩包，请解压后再拖入")
    })
}

/// The media type that an OpenDocument manifest gives the whole package. A manifest that cannot be read gives none.
fn manifested(manifest: &str) -> Option<String> {
    let limits = Limits::default();
    let mut xml = Xml::new("META-INF/manifest.xml", manifest, &limits);
    while let Ok(Some(event)) = xml.next() {
        let Some(entry) = event.start("file-entry") else { continue };
        if entry.attribute("manifest:full-path").as_deref() == Some("/") {
            return entry.attribute("manifest:media-type").filter(|media_type| !media_type.is_empty());
        }
    }
    None
}

/// The content type that a package declares for a part (ECMA-376 part 2, 10.1.2.2); empty where it declares none.
fn content_type(package: &mut Package<'_>, part: &str) -> Result<String, Unreadable> {
    const TYPES: &str = "[Content_Types].xml";
    let Some(text) = package.text(TYPES)? else { return Ok(String::new()) };
    let limits = Limits::default();
    let mut xml = Xml::new(TYPES, &text, &limits);
    while let Some(event) = xml.next()? {
        let Some(element) = event.start("Override") else { continue };
        if element
            .attribute("PartName")
            .is_some_and(|name| name.trim_start_matches('/').eq_ignore_ascii_case(part))
        {
            return Ok(element.attribute("ContentType").unwrap_or_default());
        }
    }
    Ok(String::new())
}

fn sniff_cfb(bytes: &[u8]) -> Result<Content, Unreadable> {
    let cfb = Cfb::open(bytes)?;
    Ok(if cfb.has("EncryptedPackage") {
        Content::EncryptedPackage
    } else if cfb.has("Workbook") || cfb.has("Book") {
        Content::Spreadsheet(Format::Xls)
    } else if cfb.has("WordDocument") {
        Content::Other("旧格式的文字文档（.doc、.wps），请在 Word 或 WPS 中另存为 .docx 再拖入")
    } else if cfb.has("PowerPoint Document") {
        Content::Other("演示文稿（.ppt）")
    } else if cfb.has("__properties_version1.0") {
        Content::Other("Outlook 邮件")
    } else {
        Content::Other("复合文档，但里面没有工作簿")
    })
}

fn by_magic(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"%PDF", "PDF 文件"),
        (b"\x89PNG", "图片（PNG）"),
        (b"\xFF\xD8\xFF", "图片（JPEG）"),
        (b"GIF8", "图片（GIF）"),
        (b"II*\0", "图片（TIFF）"),
        (b"MM\0*", "图片（TIFF）"),
        (b"Rar!\x1A\x07", "压缩包（RAR），请解压后再拖入"),
        (b"7z\xBC\xAF\x27\x1C", "压缩包（7z），请解压后再拖入"),
        (b"\x1F\x8B", "压缩包（gz），请解压后再拖入"),
        (b"{\\rtf", "RTF 文档，请在 Word 或 WPS 中另存为 .docx 再拖入"),
        (b"\0\x01\0\0Standard", "Access 数据库"),
        (b"SQLite format 3\0", "SQLite 数据库"),
        (b"\0asm", "程序文件"),
        (b"\x7FELF", "程序文件"),
    ];
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(kind);
    }
    let head = bytes.get(..bytes.len().min(64)).unwrap_or(bytes);
    if bytes.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some("图片（WebP）");
    }
    // Two letters alone could begin a text.
    if head.contains(&0) {
        if bytes.starts_with(b"BM") {
            return Some("图片（BMP）");
        }
        if bytes.starts_with(b"MZ") {
            return Some("程序文件");
        }
    }
    None
}

fn sniff_text(decoded: &Decoded) -> Content {
    let head: String = decoded.text.trim_start().chars().take(4096).collect::<String>().to_ascii_lowercase();
    if head.starts_with("mime-version:") {
        return Content::Other("单个文件网页（.mht），请用 WPS 或 Excel 另存为 .xlsx");
    }
    if head.starts_with('<') {
        if (head.contains("urn:schemas-microsoft-com:office:spreadsheet")
            || head.contains("progid=\"excel.sheet\""))
            && !head.contains("<html")
        {
            return Content::Other("XML 电子表格 2003，请用 WPS 或 Excel 另存为 .xlsx");
        }
        if head.contains("urn:oasis:names:tc:opendocument") {
            return Content::Other("单一 XML 的 OpenDocument 文件，请用 WPS 或 Excel 另存为 .xlsx");
        }
        const HTML: &[&str] = &[
            "<html",
            "<!doctype html",
            "<table",
            "<head",
            "<meta",
            "<body",
            "<style",
            "<div",
            "<tr",
            "<!--",
        ];
        if HTML.iter().any(|tag| head.contains(tag)) {
            return Content::Spreadsheet(Format::Html);
        }
        if head.starts_with("<?xml") {
            return Content::Other("XML 文件");
        }
    }
    Content::Spreadsheet(Format::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_spreadsheet_is_named() {
        assert_eq!(sniff(b"%PDF-1.7 ..."), Content::Other("PDF 文件"));
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n"), Content::Other("图片（PNG）"));
        assert_eq!(sniff(b"\x01\x02\x00\x03\x00\x00\x00\x09\x11\x00"), Content::Other("二进制文件"));
        assert_eq!(
            sniff("<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>".as_bytes()),
            Content::Other("XML 电子表格 2003，请用 WPS 或 Excel 另存为 .xlsx")
        );
    }

    #[test]
    fn texts_and_pages_are_told_apart() {
        assert_eq!(sniff("序号,指标内容\n1,甲".as_bytes()), Content::Spreadsheet(Format::Text));
        assert_eq!(sniff(b"<HTML><body><table><tr><td>1"), Content::Spreadsheet(Format::Html));
        assert_eq!(sniff(b"BM,1\nGIF,2"), Content::Spreadsheet(Format::Text));
    }

    #[test]
    fn a_cut_package_is_damaged() {
        assert!(matches!(sniff(b"PK\x03\x04\x14\0\0\0"), Content::Damaged { .. }));
    }
}
