//! The text for programs: every sentence with what it says in numbers, and the cells that they rest on.

use serde_json::{Value, json};

use crate::breakdown::Breakdown;
use crate::report::brief::{Brief, Kind, Sentence, Stated};

pub fn brief_json(brief: &Brief, breakdown: &Breakdown) -> Value {
    let stated = |one: &Stated| {
        let from = one.from.iter().map(|(period, source)| {
            json!({
                "city": breakdown.city(source.city),
                "number": breakdown.indicator(source.indicator).map(|found| found.number),
                "period": period.to_string(),
                "value": source.value.normalize().to_string(), "raw": source.raw,
                "file": source.file, "sheet": source.sheet, "cell": source.cell.to_string(),
                "sha256": source.sha256.to_string(),
            })
        });
        let from: Vec<Value> = from.collect();
        json!({ "written": one.written, "what": one.what, "from": from })
    };
    let sentence = |one: &Sentence| {
        let figures: Vec<Value> = one.figures.iter().map(stated).collect();
        json!({ "text": one.text, "figures": figures })
    };
    let paragraphs = brief.paragraphs.iter().map(|paragraph| {
        let kind = match paragraph.kind {
            Kind::Title => "title",
            Kind::Subtitle => "subtitle",
            Kind::Heading => "heading",
            Kind::Body => "body",
        };
        let sentences: Vec<Value> = paragraph.whole().map(sentence).collect();
        json!({ "kind": kind, "sentences": sentences })
    });
    json!({
        "schema": 1,
        "period": brief.period.to_string(),
        "paragraphs": paragraphs.collect::<Vec<_>>(),
        "text": brief.text(),
    })
}
