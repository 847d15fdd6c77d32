//! The official breakdown: indicators, their totals and units, and one target a city.
//!
//! The plan's annex is data (`breakdown.csv`); another zone's breakdown, with other cities, is another file of the
//! same form. Indicators and cities are indices everywhere past `layout`.

mod captions;
mod difference;
mod relation;
mod stated_total;
mod table;

pub use captions::{OfficialColumn, official_column};
pub use difference::Change;
pub use relation::Relation;
pub use stated_total::{StatedTotal, stated_total, stated_totals};
pub use table::{BadBreakdown, Remark};

use std::sync::OnceLock;

use crate::model::{Decimal, Sha256, Workbook};

/// Index of a city in [`Breakdown::cities`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CityId(pub usize);

/// Index of an indicator in [`Breakdown::indicators`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorId(pub usize);

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

impl Indicator {
    /// Whether its figures add up over the cities: shares of different wholes do not.
    pub fn adds_up(&self) -> bool {
        self.unit != "%"
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Breakdown {
    /// Official names, as 成都市.
    pub cities: Vec<String>,
    pub indicators: Vec<Indicator>,
    /// Of the file it was read from.
    pub fingerprint: Sha256,
    /// The plan it is annexed to, where it is known.
    pub plan: Option<Plan>,
}

/// The plan that a breakdown belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The zone's official name.
    pub zone: String,
    /// First and last year of the plan.
    pub years: (u16, u16),
}

impl Plan {
    /// The plan of the embedded annex: 三年示范, 到2020年.
    fn official() -> Self {
        Self { zone: "成德绵国家科技成果转移转化示范区".to_owned(), years: (2018, 2020) }
    }
}

const EMBEDDED: &str = include_str!("breakdown.csv");

impl Breakdown {
    /// The annex of the plan: 9 indicators, 成都市, 绵阳市, 德阳市.
    pub fn official() -> &'static Self {
        static OFFICIAL: OnceLock<Breakdown> = OnceLock::new();
        OFFICIAL.get_or_init(|| {
            // The embedded file is checked by a test; an empty breakdown would recognise no table.
            let read = Self::from_csv(EMBEDDED).unwrap_or(Self {
                cities: Vec::new(),
                indicators: Vec::new(),
                fingerprint: Sha256::of(b""),
                plan: None,
            });
            Self { plan: Some(Plan::official()), ..read }
        })
    }

    /// Reads `序号,指标内容,总量,关系,单位,<city>…,正文别名` (UTF-8, with or without BOM; aliases separated by `|`).
    pub fn from_csv(text: &str) -> Result<Self, BadBreakdown> {
        table::from_csv(text).map(|(breakdown, _)| breakdown)
    }

    /// Reads the machine form or the annex form from the first sheet that has one. `fingerprint` is that of the file.
    /// What was taken for granted comes beside it.
    pub fn from_workbook(
        workbook: &Workbook,
        fingerprint: Sha256,
    ) -> Result<(Self, Vec<Remark>), BadBreakdown> {
        table::from_workbook(workbook, fingerprint)
    }

    /// The annex form names no other wordings: those of an indicator that keeps its label are kept.
    pub fn keep_aliases(&mut self, from: &Self) {
        for indicator in self.indicators.iter_mut().filter(|indicator| indicator.aliases.is_empty()) {
            if let Some(same) = from.indicators.iter().find(|other| other.label == indicator.label) {
                indicator.aliases.clone_from(&same.aliases);
            }
        }
    }

    /// What `new` changes of this one.
    pub fn difference(&self, new: &Self) -> Vec<Change> {
        difference::difference(self, new)
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_annex_is_whole_and_adds_up() {
        let breakdown = Breakdown::from_csv(EMBEDDED).unwrap();
        assert_eq!(breakdown.cities, ["成都市", "绵阳市", "德阳市"]);
        assert_eq!(breakdown.indicators.len(), 9);
        for indicator in &breakdown.indicators {
            let sum = crate::model::total(indicator.targets.iter().flatten());
            assert_eq!(sum, indicator.total, "{}", indicator.label);
        }
    }

    fn refused(text: &str) -> String {
        Breakdown::from_csv(text).unwrap_err().to_string()
    }

    #[test]
    fn says_what_is_wrong_with_a_breakdown() {
        assert_eq!(
            refused(&EMBEDDED.replacen("600", "六百", 1)),
            "分解表第 2 行“成都市”应为数字或 /，现为“六百”。请改正分解表后再读入。"
        );
        assert!(refused("a,b\n1,2\n").starts_with("没有找到分解表的表头"));
        assert_eq!(
            refused(&EMBEDDED.replacen(",600,300", ",590,300", 1)),
            "分解表第 2 行“推进军民科技成果双向转移转化1000项”：各市之和 990，\
             指标总量等于 1000，少 10。请先核对分解表。"
        );
        assert_eq!(
            refused(&EMBEDDED.replacen("\n2,", "\n1,", 1)),
            "分解表第 3 行与第 2 行的序号都是 1，序号不能重复。请改正分解表后再读入。"
        );
        assert!(refused(&EMBEDDED.replacen("等于", "约", 1)).contains("“关系”应为等于、超过"));
        assert!(refused("序号,指标内容,成都市,成都市\n1,甲10项,5,5\n").contains("出现了两次"));
        assert!(refused("序号,指标内容,备注\n1,甲10项,无\n").contains("没有一个市"));
        assert!(refused("序号,指标内容,成都市\n").contains("没有一项指标"));
        assert!(refused("序号,指标内容,成都市\n1,甲10项,10\n2,甲 10 项,10\n").contains("指标内容相同"));
        assert!(refused("序号,指标内容,合计,成都市\n1,甲10项,12,10\n").contains("两者不一致"));
    }

    #[test]
    fn the_annex_form_states_its_totals_in_its_labels() {
        let text = "建设指标分解表\n序号,指标内容,天府市,滨江市,备注\n\
            1,聚集企业超过800家,800家,/,\n\
            2,交易额突破700亿元,400亿元,300亿元,\n3,引进人才10万名,6万名,40000名,\n";
        let breakdown = Breakdown::from_csv(text).unwrap();
        assert_eq!(breakdown.cities, ["天府市", "滨江市"]);
        let rows: Vec<String> = breakdown
            .indicators
            .iter()
            .map(|i| format!("{} {} {} {:?}", i.total, i.relation.word(), i.unit, i.targets))
            .collect();
        assert_eq!(
            rows,
            [
                "800 超过 家 [Some(800), None]",
                "700 突破 亿元 [Some(400), Some(300)]",
                "100000 等于 名 [Some(60000), Some(40000)]"
            ]
        );
    }

    #[test]
    fn a_unit_with_a_magnitude_is_the_rows_where_label_and_cells_write_it() {
        let of = |rows: &str| {
            let breakdown =
                Breakdown::from_csv(&format!("序号,指标内容,单位,天府市,滨江市\n{rows}")).unwrap();
            let one = breakdown.indicators.first().unwrap();
            format!("{} {} {:?}", one.total, one.unit, one.targets)
        };
        assert_eq!(of("1,引进人才2万人次,,1.2万人次,0.8万人次\n"), "2 万人次 [Some(1.2), Some(0.8)]");
        assert_eq!(of("1,引进人才2万人次,万人次,1.2,0.8\n"), "2 万人次 [Some(1.2), Some(0.8)]");
        assert_eq!(of("1,引进人才2万人次,人次,12000,8000\n"), "20000 人次 [Some(12000), Some(8000)]");
    }

    #[test]
    fn tells_what_another_breakdown_changes() {
        let official = Breakdown::official();
        assert!(official.difference(official).is_empty());
        let new = EMBEDDED
            .replace("绵阳市", "绵阳科技城")
            .replace("8,1,1,", "7,2,1,")
            .replace("孵化企业1000家,1000,等于,家,600", "孵化科技企业1100家,1100,等于,家,700")
            .replace("等于,项,2000", "不少于,项,2000")
            .lines()
            .filter(|line| !line.starts_with("9,"))
            .chain(["10,技术合同交易额突破700亿元,700,突破,亿元,400,200,100,"])
            .collect::<Vec<_>>()
            .join("\n");
        let told: Vec<String> = official
            .difference(&Breakdown::from_csv(&new).unwrap())
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            told,
            [
                "增加绵阳科技城",
                "去掉绵阳市",
                "指标 3 成都市：8 改为 7",
                "指标 5 与总量的关系：等于 改为 不少于",
                "指标 6 的内容：“孵化企业1000家”改为“孵化科技企业1100家”",
                "指标 6 的总量：1000 家 改为 1100 家",
                "指标 6 成都市：600 改为 700",
                "增加指标 10：技术合同交易额突破700亿元",
                "去掉指标 9：培育科技成果转移转化示范企业600家",
            ]
        );
        let renamed = Breakdown::from_csv(&EMBEDDED.replace("绵阳市", "绵州市")).unwrap();
        assert_eq!(
            official.difference(&renamed),
            [Change::CityRenamed { before: "绵阳市".to_owned(), after: "绵州市".to_owned() }]
        );
    }

    proptest! {
        #[test]
        fn no_table_panics(
            rows in prop::collection::vec(
                prop::collection::vec(
                    "序号|指标内容|成都市|单位|总量|关系|[0-9]{0,30}|[0-9]{1,3}[项家万亿%]|/|.{0,6}",
                    0..7,
                ),
                0..8,
            ),
        ) {
            let text: String = rows.iter().map(|row| row.join(",") + "\n").collect();
            if let Ok((read, _)) = table::from_csv(&format!("序号,指标内容,成都市,绵阳市\n{text}")) {
                prop_assert!(read.indicators.iter().all(|indicator| indicator.targets.len() == read.cities.len()));
                Breakdown::official().difference(&read);
            }
            drop(table::from_csv(&text));
        }
    }
}
