//! The lines of `check --format json`, read back: as far as 整改对账 needs them, of either version of the contract.

use serde::Deserialize;

use crate::audit::Tier;
use crate::audit::noted::{Noted, Record};
use crate::model::visible;

/// A file's object, as `report::json` writes it. Version 1 had one table a file, on the object itself; version 2 has a
/// list of them, the main one first.
#[derive(Deserialize)]
struct File {
    file: Option<String>,
    sha256: Option<String>,
    form: Option<String>,
    city: Option<String>,
    period: Option<String>,
    findings: Vec<Finding>,
    #[serde(default)]
    tables: Vec<Table>,
}

#[derive(Deserialize)]
struct Table {
    form: Option<String>,
    city: Option<String>,
    period: Option<String>,
    #[serde(default)]
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Finding {
    id: Option<u32>,
    code: String,
    tier: Option<String>,
    sheet: Option<String>,
    cell: Option<String>,
    indicator: Option<u32>,
    city: Option<String>,
    found: Option<String>,
    expected: Option<String>,
    message: Option<String>,
    answer: Option<String>,
    caused_by: Option<u32>,
}

/// The lists of findings in a text: one object a file, one after the other. `None` where it is anything else.
pub(super) fn lists_in(text: &str) -> Option<Vec<Record>> {
    let files: Vec<File> =
        serde_json::Deserializer::from_str(text).into_iter().collect::<Result<_, _>>().ok()?;
    Some(files.into_iter().map(record).collect())
}

fn record(object: File) -> Record {
    let File { file, sha256, form, city, period, findings, mut tables } = object;
    let mut findings: Vec<Noted> = findings
        .into_iter()
        .chain(tables.iter_mut().flat_map(|table| table.findings.drain(..)))
        .map(noted)
        .collect();
    findings.sort_by_key(|noted| noted.id);
    let main = tables.into_iter().next();
    let (of_form, of_city, of_period) =
        main.map_or((None, None, None), |table| (table.form, table.city, table.period));
    Record {
        file,
        sha256,
        form: form.or(of_form),
        city: city.or(of_city),
        period: period.or(of_period),
        findings,
    }
}

fn noted(finding: Finding) -> Noted {
    let tier = finding.tier.and_then(|word| {
        [Tier::Error, Tier::Warning, Tier::Notice].into_iter().find(|tier| tier.chinese() == word)
    });
    // As in a record: what is not data is as it is shown.
    let words = |text: Option<String>| text.map(|text| visible(&text).into_owned());
    Noted {
        id: finding.id.unwrap_or(0),
        code: finding.code,
        tier,
        sheet: words(finding.sheet),
        cell: finding.cell,
        indicator: finding.indicator,
        city: words(finding.city),
        found: words(finding.found).unwrap_or_default(),
        expected: words(finding.expected),
        message: words(finding.message).unwrap_or_default(),
        answer: words(finding.answer),
        caused_by: finding.caused_by,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_read() {
        let found = lists_in(
            "{\"file\":\"a.xlsx\",\"city\":\"成都市\",\"findings\":[{\"id\":1,\"code\":\"Q002\",\"tier\":\"错误\"}]}\n\
             {\"file\":\"b.xlsx\",\"schema\":2,\"findings\":[{\"id\":2,\"code\":\"T001\"}],\
             \"tables\":[{\"city\":\"绵阳市\",\"findings\":\
             [{\"id\":1,\"code\":\"\\u0051002\",\"found\":\"\\ud83d\\ude00\"}]}]}\n",
        )
        .unwrap();
        let [first, second] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((first.city.as_deref(), first.findings[0].tier), (Some("成都市"), Some(Tier::Error)));
        assert_eq!(second.city.as_deref(), Some("绵阳市"));
        let findings: Vec<_> = second
            .findings
            .iter()
            .map(|noted| (noted.id, noted.code.as_str(), noted.found.as_str()))
            .collect();
        assert_eq!(findings, [(1, "Q002", "😀"), (2, "T001", "")]);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let deep = "[".repeat(100_000);
        for text in [
            "{",
            "{\"a\"}",
            "[1,]",
            "\"a",
            "\"\\ud83d\"",
            "\"\\x\"",
            "nul",
            "{a:1}",
            deep.as_str(),
            "序号,指标",
        ] {
            assert!(lists_in(text).is_none(), "{}", text.chars().take(20).collect::<String>());
        }
    }
}
