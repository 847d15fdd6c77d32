//! What `check --format json` said: tables, findings, what became of earlier ones, and whether a finding is the
//! wanted one.

use std::collections::BTreeSet;
use std::str::FromStr;

use indicator_companion::model::{Decimal, Range};
use serde_json::{Value as Json, json};

#[derive(Default)]
pub struct Answer {
    pub tables: Vec<Json>,
    pub findings: Vec<Json>,
    pub since: Json,
    seen: BTreeSet<String>,
}

impl Answer {
    /// One object a line. A line holds one table, or several in `tables`, or a file has several lines: all count, and
    /// findings may stand on the object or in its tables.
    pub fn of(out: &str) -> Result<Self, String> {
        let mut answer = Self::default();
        for line in out.lines().map(str::trim).filter(|line| line.starts_with('{')) {
            let object: Json = serde_json::from_str(line).map_err(|error| format!("no JSON: {error}"))?;
            let inner = all(&object["tables"]);
            let listed = inner
                .iter()
                .any(|table| table["sheet"] == object["sheet"] && table["table"] == object["table"]);
            // The first table may stand on the object itself and the others in the list.
            if !listed && (!object["table"].is_null() || inner.is_empty() && !object["form"].is_null()) {
                answer.tables.push(object.clone());
            }
            for table in inner {
                let mut table = table.clone();
                for key in ["form", "sheet", "city", "period"]
                    .into_iter()
                    .filter(|key| table.get(key).is_none())
                    .collect::<Vec<_>>()
                {
                    table[key] = object[key].clone();
                }
                answer.take(&table);
                answer.tables.push(table);
            }
            answer.take(&object);
            answer.since =
                Some(&object["since"]).filter(|since| !since.is_null()).unwrap_or(&answer.since).clone();
        }
        Ok(answer)
    }

    /// The findings of an object or a table; each once, though both may hold it.
    fn take(&mut self, from: &Json) {
        for finding in all(&from["findings"]) {
            let mut finding = finding.clone();
            if finding.get("sheet").is_none() {
                finding["sheet"] = from["sheet"].clone();
            }
            let key =
                ["code", "sheet", "cell", "found", "message", "indicator"].map(|key| finding[key].clone());
            if self.seen.insert(json!(key).to_string()) {
                self.findings.push(finding);
            }
        }
    }

    /// Findings that a clerk has to act on: not folded, not explained, no mere 提示.
    pub fn open(&self) -> Vec<&Json> {
        let empty = |value: &Json| value.is_null() || value == "" || value == &json!([]);
        let is_open = |f: &&Json| {
            (f["tier"] == "错误" || f["tier"] == "警示") && empty(&f["caused_by"]) && empty(&f["answer"])
        };
        self.findings.iter().filter(is_open).collect()
    }

    /// The values that proposed fixes give to exactly this cell.
    pub fn proposed(&self, cell: &str) -> Vec<&Json> {
        let range = area(cell).map(|(_, range)| range);
        let mut edits = Vec::new();
        self.findings.iter().for_each(|finding| edits_in(finding, finding["sheet"].as_str(), &mut edits));
        edits.retain(|(sheet, at, _)| touches(cell, *sheet, at) && area(at).map(|(_, range)| range) == range);
        edits.into_iter().map(|(_, _, value)| value).collect()
    }
}

/// Every want has a finding of its own and no finding is left over.
pub fn assigned(wants: &[Json], found: &[&Json]) -> bool {
    let Some((want, others)) = wants.split_first() else { return found.is_empty() };
    let rest = |index: usize| [&found[..index], &found[index + 1..]].concat();
    wants.len() == found.len()
        && (0..found.len()).any(|index| fits(want, found[index]) && assigned(others, &rest(index)))
}

fn fits(want: &Json, finding: &Json) -> bool {
    let (codes, cells) = (words(&want["code"]), words(&want["cell"]));
    let code = codes.is_empty() || codes.iter().any(|code| *code == "*" || finding["code"] == **code);
    let at = |cell: &&str| touches(cell, finding["sheet"].as_str(), text(finding, "cell"));
    code && (want["tier"].is_null() || want["tier"] == finding["tier"])
        && (cells.is_empty() || cells.iter().any(at))
}

/// `Sheet!D4:F12`, the sheet optional.
pub fn area(address: &str) -> Option<(Option<&str>, Range)> {
    let (sheet, cells) = address
        .rsplit_once('!')
        .map_or((None, address), |(sheet, cells)| (Some(sheet.trim_matches('\'')), cells));
    Some((sheet, cells.trim().parse().ok()?))
}

/// Whether two places share a cell, and the sheet where the wanted place names one.
fn touches(wanted: &str, sheet: Option<&str>, cell: &str) -> bool {
    let (Some((wanted_sheet, a)), Some((own_sheet, b))) = (area(wanted), area(cell)) else {
        return wanted == cell;
    };
    let rows = a.start.row <= b.end.row && b.start.row <= a.end.row;
    let columns = a.start.column <= b.end.column && b.start.column <= a.end.column;
    rows && columns && (wanted_sheet.is_none() || wanted_sheet == own_sheet.or(sheet))
}

/// As numbers where both are numbers, else as texts.
pub fn same(a: &Json, b: &Json) -> bool {
    let [a, b] =
        [a, b].map(|value| value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned()));
    matches!((Decimal::from_str(&a), Decimal::from_str(&b)), (Ok(a), Ok(b)) if a == b) || a == b
}

fn edits_in<'a>(
    value: &'a Json,
    sheet: Option<&'a str>,
    edits: &mut Vec<(Option<&'a str>, &'a str, &'a Json)>,
) {
    if let (Some(cell), Some(new)) = (value["cell"].as_str(), value.get("value")) {
        edits.push((sheet, cell, new));
    }
    let inner = value.as_object().into_iter().flat_map(|object| object.values());
    inner.chain(value.as_array().into_iter().flatten()).for_each(|inner| edits_in(inner, sheet, edits));
}

/// The items of a list; one value is a list of one, no value an empty one.
pub fn all(value: &Json) -> &[Json] {
    match value {
        Json::Null => &[],
        Json::Array(all) => all,
        one => std::slice::from_ref(one),
    }
}

pub fn words(value: &Json) -> Vec<&str> {
    all(value).iter().filter_map(Json::as_str).collect()
}

pub fn text<'a>(value: &'a Json, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

#[test]
fn tables_count_however_they_are_told() {
    let finding = json!({
        "code": "Q011", "tier": "警示", "cell": "F4", "message": "",
        "fix": {"edits": [{"cell": "F4", "value": 5}]},
    });
    let table = |sheet: &str, findings: &[&Json]| {
        json!({
            "form": "progress", "sheet": sheet, "table": "A3:H12",
            "findings": findings,
        })
    };
    let (first, second) = (table("甲", &[]), table("乙", &[&finding]));
    let mut both = first.clone();
    both["tables"] = json!([second]);
    let lines = format!("{first}\n{second}");
    let told = [lines, json!({"sheet": null, "tables": [first, second]}).to_string(), both.to_string()];
    for out in told {
        let answer = Answer::of(&out).unwrap();
        assert_eq!((answer.tables.len(), answer.open().len()), (2, 1), "{out}");
        assert!(assigned(&[json!({"code": ["*"], "cell": "乙!E4:G4"})], &answer.open()), "{out}");
        assert!(
            !assigned(&[json!({"cell": "甲!F4"})], &answer.open()) && !assigned(&[], &answer.open()),
            "{out}"
        );
        assert!(
            answer.proposed("乙!F4") == [&json!(5)]
                && answer.proposed("甲!F4").is_empty()
                && same(&json!(5), &json!("5.0")),
            "{out}"
        );
    }
    let nothing = Answer::of(r#"{"form":null,"sheet":null,"table":null,"findings":[]}"#).unwrap();
    assert!(nothing.tables.is_empty() && nothing.open().is_empty());
}
