//! What `check --format json` said: tables, findings, what became of earlier ones, and whether a finding is the wanted one.

use std::collections::BTreeSet;
use std::str::FromStr;

use indicator_companion::model::{Decimal, Range};
use serde_json::{Map, Value as Json, json};

use super::case::Wanted;

#[derive(Default)]
pub struct Answer {
    pub tables: Vec<Map<String, Json>>,
    pub findings: Vec<Json>,
    pub since: Json,
}

impl Answer {
    /// One object a line. A line holds one table, or several in `tables`, or a file has several lines: all count, and
    /// findings may stand on the object or in its tables.
    pub fn of(out: &str) -> Result<Self, String> {
        let mut answer = Self::default();
        let mut seen = BTreeSet::new();
        for line in out.lines().map(str::trim).filter(|line| line.starts_with('{')) {
            let object: Map<String, Json> = serde_json::from_str(line).map_err(|error| format!("no JSON: {error}"))?;
            let place = |table: &Map<String, Json>| [table.get("sheet").cloned(), table.get("table").cloned()];
            let inner: Vec<&Map<String, Json>> = list(object.get("tables")).iter().filter_map(Json::as_object).collect();
            let on_the_object = object.get("table").is_some_and(|table| !table.is_null());
            if inner.is_empty() {
                if on_the_object || object.get("form").is_some_and(|form| !form.is_null()) {
                    answer.tables.push(object.clone());
                }
            } else if on_the_object && !inner.iter().any(|table| place(table) == place(&object)) {
                // The first table on the object itself, the others in the list.
                answer.tables.push(object.clone());
            }
            for table in inner {
                let mut table = table.clone();
                for key in ["form", "sheet", "city", "period"] {
                    table.entry(key).or_insert_with(|| object.get(key).cloned().unwrap_or_default());
                }
                answer.take(&table, &mut seen);
                answer.tables.push(table);
            }
            answer.take(&object, &mut seen);
            if let Some(since) = object.get("since").filter(|since| !since.is_null()) {
                answer.since = since.clone();
            }
        }
        Ok(answer)
    }

    fn take(&mut self, from: &Map<String, Json>, seen: &mut BTreeSet<String>) {
        for finding in list(from.get("findings")) {
            let mut finding = finding.clone();
            if finding.get("sheet").is_none() {
                finding["sheet"] = from.get("sheet").cloned().unwrap_or_default();
            }
            let key = ["code", "sheet", "cell", "found", "message", "indicator"].map(|key| finding.get(key).cloned());
            if seen.insert(json!(key).to_string()) {
                self.findings.push(finding);
            }
        }
    }

    /// Findings that a clerk has to act on: not folded, not explained, no mere hint.
    pub fn open(&self) -> Vec<&Json> {
        let empty = |value: &Json| value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty);
        let is_open = |f: &&Json| ["错误", "警示"].contains(&text(f, "tier")) && empty(&f["caused_by"]) && empty(&f["answer"]);
        self.findings.iter().filter(is_open).collect()
    }

    /// The values that proposed fixes give to exactly this cell.
    pub fn proposed(&self, cell: &str) -> Vec<&Json> {
        let mut edits = Vec::new();
        for finding in &self.findings {
            edits_in(finding, finding["sheet"].as_str(), &mut edits);
        }
        let wanted = Area::of(cell).expect("an address");
        let here = |sheet: Option<&str>, at: &str| touches(cell, sheet, at) && Area::of(at).is_some_and(|area| area.range == wanted.range);
        edits.into_iter().filter(|(sheet, at, _)| here(*sheet, at)).map(|(_, _, value)| value).collect()
    }
}

/// Every want has a finding of its own and no finding is left over.
pub fn assigned(wants: &[Wanted], found: &[&Json]) -> bool {
    let Some((first, others)) = wants.split_first() else { return found.is_empty() };
    wants.len() == found.len()
        && (0..found.len()).any(|index| {
            let rest = || [&found[..index], &found[index + 1..]].concat();
            fits(first, found[index]) && assigned(others, &rest())
        })
}

fn fits(want: &Wanted, finding: &Json) -> bool {
    let (codes, cells) = (want.code.all(), want.cell.all());
    let code = codes.is_empty() || codes.iter().any(|code| code == "*" || code == text(finding, "code"));
    let tier = want.tier.as_ref().is_none_or(|tier| tier == text(finding, "tier"));
    let at = |cell: &String| touches(cell, finding["sheet"].as_str(), text(finding, "cell"));
    code && tier && (cells.is_empty() || cells.iter().any(at))
}

/// `Sheet!D4:F12`, the sheet optional.
pub struct Area {
    pub sheet: Option<String>,
    pub range: Range,
}

impl Area {
    pub fn of(address: &str) -> Option<Self> {
        let (sheet, cells) = address.rsplit_once('!').map_or((None, address), |(sheet, cells)| (Some(sheet), cells));
        Some(Self { sheet: sheet.map(|sheet| sheet.trim_matches('\'').to_owned()), range: cells.trim().parse().ok()? })
    }
}

/// Whether two places share a cell, and the sheet where the wanted place names one.
fn touches(wanted: &str, sheet: Option<&str>, cell: &str) -> bool {
    let (Some(a), Some(b)) = (Area::of(wanted), Area::of(cell)) else { return wanted == cell };
    let sheet = b.sheet.as_deref().or(sheet);
    let (a, b, same_sheet) = (a.range, b.range, a.sheet.is_none() || a.sheet.as_deref() == sheet);
    let rows = a.start.row <= b.end.row && b.start.row <= a.end.row;
    same_sheet && rows && a.start.column <= b.end.column && b.start.column <= a.end.column
}

/// As numbers where both are numbers, else as texts.
pub fn same(a: &Json, b: &Json) -> bool {
    let word = |value: &Json| value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned());
    let (a, b) = (word(a), word(b));
    matches!((Decimal::from_str(&a), Decimal::from_str(&b)), (Ok(a), Ok(b)) if a == b) || a == b
}

fn edits_in<'a>(value: &'a Json, sheet: Option<&'a str>, edits: &mut Vec<(Option<&'a str>, &'a str, &'a Json)>) {
    match value {
        Json::Object(object) => {
            if let (Some(Json::String(cell)), Some(value)) = (object.get("cell"), object.get("value")) {
                edits.push((sheet, cell, value));
            }
            object.values().for_each(|inner| edits_in(inner, sheet, edits));
        }
        Json::Array(all) => all.iter().for_each(|inner| edits_in(inner, sheet, edits)),
        _ => {}
    }
}

pub fn list(value: Option<&Json>) -> &[Json] {
    value.and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

pub fn text<'a>(value: &'a Json, key: &str) -> &'a str {
    value.get(key).and_then(Json::as_str).unwrap_or_default()
}
