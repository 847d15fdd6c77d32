//! Faults of the file itself: what cannot be read, what is not what it says, what is protected or signed.

use indicator_companion::model::{CellRef, Format, Workbook};
use indicator_companion::reading::{Limits, read};

use crate::carry::{bytes, fixture};
use crate::faults::Planted;
use crate::layouts::{Carrier, Form, Kind, build};
use crate::random::Rng;

/// A file and the finding that is due.
pub struct Special {
    pub form: Form,
    pub bytes: Vec<u8>,
    pub planted: Planted,
}

pub type Make = fn(&mut Rng) -> Special;

pub const SPECIALS: &[(&str, &str, Make)] = &[
    ("password", "F001", password),
    ("cut or damaged", "F002", damaged),
    ("not a spreadsheet", "F003", not_a_spreadsheet),
    ("macros", "F004", macros),
    ("another workbook", "F005", external),
    ("protected", "F007", protected),
    ("signed", "F008", signed),
    ("named otherwise", "F009", named_otherwise),
    ("text file", "F010", text_file),
    ("another table", "T001", other_table),
];

fn form(rng: &mut Rng, carrier: Carrier) -> Form {
    let kind = rng.pick(&[Kind::Breakdown, Kind::Progress]);
    build(rng, kind, carrier)
}

fn xlsx(rng: &mut Rng) -> (Form, Vec<u8>) {
    let form = form(rng, Carrier::Xlsx);
    let bytes = bytes(&form, &form.workbook).expect("bytes");
    (form, bytes)
}

fn given(rng: &mut Rng, path: &str) -> Special {
    let mut form = form(rng, Carrier::Memory);
    form.file_name = path.rsplit('/').next().expect("a name").to_owned();
    form.reported.clear();
    form.words = vec![path.to_owned()];
    let bytes = fixture(path);
    if let Ok(workbook) = read(&form.file_name, &bytes, &Limits::default()) {
        form.clean = workbook;
    }
    Special { form, bytes, planted: Planted::on_file("F000", path) }
}

impl Special {
    fn says(mut self, rule: &'static str) -> Self {
        self.planted.rule = rule;
        self.planted.codes = vec![rule];
        self
    }
}

fn password(rng: &mut Rng) -> Special {
    given(rng, "samples/有密码.xlsx").says("F001")
}

fn damaged(rng: &mut Rng) -> Special {
    let (form, mut bytes) = xlsx(rng);
    let what = match rng.below(3) {
        0 => {
            bytes.truncate(bytes.len() * (20 + rng.below(70)) / 100);
            "cut"
        }
        1 => {
            // The XML of the table stops in the middle.
            let sheet = format!("xl/worksheets/sheet{}.xml", form.sheet + 1);
            bytes = crate::carry::rewritten(&bytes, |name, text| {
                if name == sheet { text.chars().take(text.chars().count() / 2).collect() } else { text }
            });
            "XML stops in the middle"
        }
        _ => {
            // The compressed bytes of the parts are overwritten.
            let end = bytes.len() * 6 / 10;
            for byte in &mut bytes[60..end] {
                *byte ^= 0x5A;
            }
            "overwritten"
        }
    };
    Special { form, bytes, planted: Planted::on_file("F002", what) }
}

fn not_a_spreadsheet(rng: &mut Rng) -> Special {
    let mut form = form(rng, Carrier::Memory);
    let (name, bytes): (&str, Vec<u8>) = match rng.below(5) {
        0 => ("实施方案.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n".to_vec()),
        1 => ("扫描件.png", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &[0; 64]].concat()),
        2 => ("照片.jpg", [b"\xFF\xD8\xFF\xE0\0\x10JFIF\0".as_slice(), &[7; 64]].concat()),
        3 => (
            "进展情况表.xlsx",
            package(&[
                (
                    "[Content_Types].xml",
                    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                     <Override PartName=\"/word/document.xml\" ContentType=\"application/\
                     vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>",
                ),
                (
                    "word/document.xml",
                    "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"/>",
                ),
            ]),
        ),
        _ => ("上报材料.zip", package(&[("说明.txt", "见附件"), ("照片/1.txt", "1")])),
    };
    form.file_name = name.to_owned();
    Special { form, bytes, planted: Planted::on_file("F003", name) }
}

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write;
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        out.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        out.write_all(text.as_bytes()).expect("a part's content");
    }
    out.finish().expect("a package").into_inner()
}

fn macros(rng: &mut Rng) -> Special {
    given(rng, "openpyxl/带宏.xlsm").says("F004")
}

fn external(rng: &mut Rng) -> Special {
    given(rng, "openpyxl/外部链接-保护.xlsx").says("F005").beside(&["F007", "T001"])
}

impl Special {
    /// What else is true of a given file.
    fn beside(mut self, codes: &[&'static str]) -> Self {
        let everywhere = indicator_companion::model::Range::new(CellRef::new(0, 0), CellRef::new(200, 50));
        self.planted = self.planted.also(codes, everywhere);
        self.planted.codes.extend(codes.iter().filter(|code| **code == "T001"));
        self
    }
}

fn protected(rng: &mut Rng) -> Special {
    let (form, bytes) = xlsx(rng);
    let sheet = format!("xl/worksheets/sheet{}.xml", form.sheet + 1);
    let bytes = crate::carry::rewritten(&bytes, |name, text| {
        if name == sheet {
            text.replace(
                "</sheetData>",
                "</sheetData><sheetProtection sheet=\"1\" objects=\"1\" scenarios=\"1\"/>",
            )
        } else {
            text
        }
    });
    Special { form, bytes, planted: Planted::on_file("F007", "a protected sheet") }
}

fn signed(rng: &mut Rng) -> Special {
    use std::io::{Read, Write};
    let (form, bytes) = xlsx(rng);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a package");
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("content");
        let name = part.name().expect("a name").into_owned();
        let mut text = content;
        if name == "[Content_Types].xml" {
            text = String::from_utf8(text)
                .expect("text")
                .replace(
                    "</Types>",
                    "<Default Extension=\"sigs\" \
                     ContentType=\"application/vnd.openxmlformats-package.digital-signature-origin\"/>\
                     <Override PartName=\"/_xmlsignatures/sig1.xml\" \
                     ContentType=\"application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml\"/>\
                     </Types>",
                )
                .into_bytes();
        }
        if name == "_rels/.rels" {
            text = String::from_utf8(text)
                .expect("text")
                .replace(
                    "</Relationships>",
                    "<Relationship Id=\"rIdSig\" Type=\"http://schemas.openxmlformats.org/package/2006/\
                     relationships/digital-signature/origin\" Target=\"_xmlsignatures/origin.sigs\"/>\
                     </Relationships>",
                )
                .into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        out.write_all(&text).expect("content");
    }
    for (name, text) in [
        ("_xmlsignatures/origin.sigs", ""),
        (
            "_xmlsignatures/_rels/origin.sigs.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/\
             digital-signature/signature\" Target=\"sig1.xml\"/></Relationships>",
        ),
        ("_xmlsignatures/sig1.xml", "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>"),
    ] {
        out.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        out.write_all(text.as_bytes()).expect("content");
    }
    let bytes = out.finish().expect("a package").into_inner();
    Special { form, bytes, planted: Planted::on_file("F008", "a digital signature") }
}

fn named_otherwise(rng: &mut Rng) -> Special {
    let carrier = rng.pick(&[Carrier::Html, Carrier::CsvUtf8, Carrier::CsvGb18030]);
    let mut form = form(rng, carrier);
    let stem = form.file_name.rsplit_once('.').expect("an extension").0.to_owned();
    form.file_name = format!("{stem}.xls");
    let bytes = bytes(&form, &form.workbook).expect("bytes");
    Special { form, bytes, planted: Planted::on_file("F009", format!("{carrier:?} named .xls")) }
}

fn text_file(rng: &mut Rng) -> Special {
    let carrier = rng.pick(&[Carrier::CsvUtf8, Carrier::CsvGb18030]);
    let form = form(rng, carrier);
    let bytes = bytes(&form, &form.workbook).expect("bytes");
    Special { form, bytes, planted: Planted::on_file("F010", format!("{carrier:?}")) }
}

fn other_table(rng: &mut Rng) -> Special {
    if rng.chance(30) {
        return given(rng, "samples/别的表.xlsx").says("T001");
    }
    let (mut form, _) = xlsx(rng);
    let mut grid = indicator_companion::model::Grid::default();
    let rows: [&[&str]; 5] = match rng.below(3) {
        0 => [
            &["序号", "姓名", "单位", "电话"],
            &["1", "张三", "科技局", "028-1"],
            &["2", "李四", "财政局", "028-2"],
            &["3", "王五", "发改委", "028-3"],
            &[],
        ],
        1 => [
            &["年度预算执行情况表"],
            &["科目", "预算数", "执行数", "完成率"],
            &["人员经费", "100", "60", "60%"],
            &["公用经费", "50", "20", "40%"],
            &["合计", "150", "80", "53%"],
        ],
        _ => [
            &["区县", "企业数", "产值"],
            &["涪城区", "30", "120"],
            &["游仙区", "25", "90"],
            &["安州区", "12", "33"],
            &[],
        ],
    };
    for (row, texts) in (0u32..).zip(rows) {
        for (column, text) in (0u32..).zip(texts) {
            let value = text
                .parse::<f64>()
                .map_or_else(|_| (*text).into(), indicator_companion::model::Value::Number);
            grid.set(CellRef::new(row, column), indicator_companion::model::Cell::new(value));
        }
    }
    let sheet = indicator_companion::model::Sheet { name: "Sheet1".into(), grid, ..Default::default() };
    form.workbook =
        Workbook { format: Format::Xlsx, sheets: vec![sheet], date_1904: false, remarks: Vec::new() };
    form.clean = form.workbook.clone();
    form.sheet = 0;
    form.reported.clear();
    let bytes = bytes(&form, &form.workbook).expect("bytes");
    Special { form, bytes, planted: Planted::on_file("T001", "another table") }
}
