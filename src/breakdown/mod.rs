//! The official breakdown: indicators, their totals and units, and one target a city.
//!
//! The plan's annex is data (`breakdown.csv`); another zone's breakdown, with other cities, is another file of the
//! same form. Indicators and cities are indices everywhere past `layout`.

use std::sync::OnceLock;

use crate::model::{Decimal, Sha256};

/// Index of a city in [`Breakdown::cities`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CityId(pub usize);

/// Index of an indicator in [`Breakdown::indicators`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorId(pub usize);

/// How the cities' targets relate to the indicator's total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// 等于: the cities add up to the total.
    Equal,
    /// 超过: the total is a lower bound.
    Above,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Indicator {
    /// 序号, from 1.
    pub number: u32,
    /// The official wording.
    pub label: String,
    pub total: Decimal,
    pub relation: Relation,
    pub unit: String,
    /// One target a city; `None` is `/`, not applicable.
    pub targets: Vec<Option<Decimal>>,
    /// Other official wordings, as in the body of the plan.
    pub aliases: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Breakdown {
    /// Official names, as 成都市.
    pub cities: Vec<String>,
    pub indicators: Vec<Indicator>,
    /// Of the file it was read from.
    pub fingerprint: Sha256,
}

/// Why a breakdown could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBreakdown {
    #[error("分解表文件读不出来：{0}")]
    Csv(String),
    #[error("分解表的表头应为 序号,指标内容,总量,关系,单位,各市…,正文别名，现为 {0}")]
    Header(String),
    #[error("分解表第 {line} 行“{column}”应为{expected}，现为“{found}”")]
    Field { line: usize, column: String, expected: &'static str, found: String },
}

const EMBEDDED: &str = include_str!("breakdown.csv");

impl Breakdown {
    /// The annex of the plan: 9 indicators, 成都市, 绵阳市, 德阳市.
    pub fn official() -> &'static Self {
        static OFFICIAL: OnceLock<Breakdown> = OnceLock::new();
        OFFICIAL.get_or_init(|| {
            // The embedded file is checked by a test; an empty breakdown would recognise no table.
            Self::from_csv(EMBEDDED).unwrap_or(Self { cities: Vec::new(), indicators: Vec::new(), fingerprint: Sha256::of(b"") })
        })
    }

    /// Reads `序号,指标内容,总量,关系,单位,<city>…,正文别名` (UTF-8, with or without BOM; aliases separated by `|`).
    pub fn from_csv(text: &str) -> Result<Self, BadBreakdown> {
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bare.as_bytes());
        let header = reader.headers().map_err(|error| BadBreakdown::Csv(error.to_string()))?.clone();
        let names: Vec<&str> = header.iter().map(str::trim).collect();
        let last = names.len().saturating_sub(1);
        if names.len() < 7 || names.get(..5) != Some(&["序号", "指标内容", "总量", "关系", "单位"]) || names.get(last) != Some(&"正文别名")
        {
            return Err(BadBreakdown::Header(names.join(",")));
        }
        let cities: Vec<String> = names.get(5..last).unwrap_or_default().iter().map(|name| (*name).to_owned()).collect();
        let mut indicators = Vec::new();
        for (index, record) in reader.records().enumerate() {
            let line = index + 2;
            let record = record.map_err(|error| BadBreakdown::Csv(error.to_string()))?;
            let field = |at: usize| record.get(at).unwrap_or("").trim();
            let wrong = |at: usize, expected: &'static str| BadBreakdown::Field {
                line,
                column: names.get(at).copied().unwrap_or("").to_owned(),
                expected,
                found: field(at).to_owned(),
            };
            let targets = (5..last)
                .map(|at| match field(at) {
                    "/" => Ok(None),
                    text => text.parse().map(Some).map_err(|_| wrong(at, "数字或 /")),
                })
                .collect::<Result<_, _>>()?;
            indicators.push(Indicator {
                number: field(0).parse().map_err(|_| wrong(0, "整数"))?,
                label: if field(1).is_empty() { return Err(wrong(1, "指标内容")) } else { field(1).to_owned() },
                total: field(2).parse().map_err(|_| wrong(2, "数字"))?,
                relation: match field(3) {
                    "等于" => Relation::Equal,
                    "超过" => Relation::Above,
                    _ => return Err(wrong(3, "等于 或 超过")),
                },
                unit: field(4).to_owned(),
                targets,
                aliases: field(last).split('|').map(str::trim).filter(|alias| !alias.is_empty()).map(str::to_owned).collect(),
            });
        }
        Ok(Self { cities, indicators, fingerprint: Sha256::of(text.as_bytes()) })
    }

    pub fn city(&self, id: CityId) -> &str {
        self.cities.get(id.0).map_or("", String::as_str)
    }

    pub fn indicator(&self, id: IndicatorId) -> Option<&Indicator> {
        self.indicators.get(id.0)
    }

    /// The target of an indicator for a city; `None` is `/`.
    pub fn target(&self, indicator: IndicatorId, city: CityId) -> Option<Decimal> {
        self.indicator(indicator)?.targets.get(city.0).copied().flatten()
    }

    pub fn city_ids(&self) -> impl DoubleEndedIterator<Item = CityId> + use<> {
        (0..self.cities.len()).map(CityId)
    }

    pub fn indicator_ids(&self) -> impl DoubleEndedIterator<Item = IndicatorId> + use<> {
        (0..self.indicators.len()).map(IndicatorId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_annex_is_whole_and_adds_up() {
        let breakdown = Breakdown::from_csv(EMBEDDED).unwrap();
        assert_eq!(breakdown.cities, ["成都市", "绵阳市", "德阳市"]);
        assert_eq!(breakdown.indicators.len(), 9);
        for indicator in &breakdown.indicators {
            let sum: Decimal = indicator.targets.iter().flatten().sum();
            assert_eq!(sum, indicator.total, "{}", indicator.label);
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_breakdown() {
        let bad = EMBEDDED.replacen("600", "六百", 1);
        assert_eq!(Breakdown::from_csv(&bad).unwrap_err().to_string(), "分解表第 2 行“成都市”应为数字或 /，现为“六百”");
        assert!(matches!(Breakdown::from_csv("a,b\n1,2\n"), Err(BadBreakdown::Header(_))));
    }
}
