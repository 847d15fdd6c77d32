//! Family P: the progress form.

use super::rule;
use crate::audit::{Context, Draft, Due};
use crate::fixes::{Edit, Fix, NewValue};
use crate::layout::{Form, Role, Sighting, Source, Table};
use crate::model::{Cell, CellRef, Decimal, Range, Value, column_letters, read_value};
use rust_decimal::RoundingStrategy;

const ANNEX: &str = "实施方案附件《建设指标分解表》";

rule! {
    /// ## 审核内容
    /// 本期累计完成是否少于上期报过的累计完成（给出上期报表时）。
    /// ## 为什么
    /// 累计数只增不减；减少说明本期或上期有一个报错了。
    /// ## 示例
    /// 上期累计 130 家，本期累计 120 家，少 10 家。
    /// ## 怎么改
    /// 请核对两期的数；上期报错的，请在情况说明里写明。
    P001, Error, "累计数比上期少", Each(|context| {
        let (Some(reported), Some(table)) = (context.previous(), progress(context)) else { return Vec::new() };
        context.figures.iter().filter(|figure| figure.role == Role::Current).filter_map(|figure| {
            let (now, before) = (figure.written.certain()?, reported.figure(figure.indicator)?);
            (now < before).then(|| {
                Draft::at(table.sheet, Range::cell(figure.at), format!("本期累计 {}，少于上期报过的 {}（{}），少 {}。累计数只增不减，请核对两期的数。",
                    context.spoken(now, figure.indicator), context.spoken(before, figure.indicator), reported.file, context.spoken(before - now, figure.indicator)))
                    .found(context.raw(figure.at)).indicator(figure.indicator).city(figure.city)
            })
        }).collect()
    })
}

rule! {
    /// ## 审核内容
    /// 与上期相比是否几乎所有指标都没有变化（给出上期报表时，十分之八以上）。
    /// ## 为什么
    /// 半年里毫无进展很少见，多半是把上期的表原样又报了一次。
    /// ## 示例
    /// 9 项指标中 8 项与上期相同。
    /// ## 怎么改
    /// 请核对是否漏填本期数；确无进展的，写情况说明。
    P002, Warning, "与上期几乎没有变化", Each(|context| {
        let (Some(reported), Some(table)) = (context.previous(), progress(context)) else { return Vec::new() };
        let pairs: Vec<bool> = context.figures.iter().filter(|figure| figure.role == Role::Current)
            .filter_map(|figure| Some(match (figure.due, figure.written.certain()) {
                (Due::NotApplicable, _) => figure.written.number().is_none(),
                (_, Some(now)) => now == reported.figure(figure.indicator)?,
                _ => false,
            }))
            .collect();
        let still = pairs.iter().filter(|same| **same).count();
        let moved_at_all = context.figures.iter().any(|figure| figure.role == Role::Current && figure.due != Due::NotApplicable);
        if pairs.len() < 5 || still * 10 < pairs.len() * 8 || !moved_at_all {
            return Vec::new();
        }
        vec![Draft { sheet: Some(table.sheet), ..Draft::on_file(format!("与上期（{}）相比，{} 项指标中 {still} 项没有变化。请核对是否漏填本期数；确无进展的，请写情况说明。", reported.file, pairs.len())) }.city(context.city)]
    })
}

rule! {
    /// ## 审核内容
    /// 完成率是否等于本期累计完成 ÷ 目标值（按显示的位数比较）。
    /// ## 为什么
    /// 完成率由前两列算出，不一致说明改了数没有重算。
    /// ## 示例
    /// 完成 420、目标 600，完成率应为 70.0%，填了 60.0%。
    /// ## 怎么改
    /// 可一并重算；该列用公式的，补为公式。
    P004, Error, "完成率与完成数对不上", Each(|context| {
        let Ok(table) = context.table else { return Vec::new() };
        let (Some(rate), Some(current), Some(target)) = (table.column(Role::Rate), table.column(Role::Current), table.column(Role::Target)) else { return Vec::new() };
        let by_formula = table.indicator_rows().filter(|(row, _)| context.cell(CellRef::new(row.row, rate.index)).is_some_and(|cell| cell.formula.is_some())).count() * 2
            > table.indicator_rows().count();
        let mut drafts = Vec::new();
        for (row, found) in table.indicator_rows() {
            let at = CellRef::new(row.row, rate.index);
            let number = |role| context.figure(found.indicator, role).and_then(|figure| figure.written.certain());
            let (Some(done), Some(goal)) = (number(Role::Current), number(Role::Target).filter(|goal| !goal.is_zero())) else { continue };
            let Some(cell) = context.cell(at) else { continue };
            let quotient = format!("{}{}/{}{}", column_letters(current.index), row.row + 1, column_letters(target.index), row.row + 1);
            if cell.formula.as_deref().is_some_and(|formula| is_quotient(formula, &quotient)) {
                continue;
            }
            let (Some(stated), Some(exact)) = (Stated::read(cell), done.checked_div(goal)) else { continue };
            if stated.agrees(exact) {
                continue;
            }
            let value = if by_formula { NewValue::Formula(quotient) } else { stated.rewritten(exact) };
            let shown = Stated::percent(exact, stated.places);
            drafts.push(
                Draft::at(table.sheet, Range::cell(at), format!("完成率写作 {}，按 {} ÷ {} 应为 {shown}。可一并重算。", cell.shown(), done.normalize(), goal.normalize()))
                    .found(context.raw(at))
                    .expected(shown)
                    .indicator(found.indicator)
                    .city(context.city)
                    .fix(Fix::safe(vec![Edit::Set { sheet: table.sheet, cell: at, value }], "本期累计完成 ÷ 目标值")),
            );
        }
        drafts
    })
}

rule! {
    /// ## 审核内容
    /// 目标值一列是否与官方分解表一致。
    /// ## 为什么
    /// 目标已经文件下达，改动目标会使完成率失真。
    /// ## 示例
    /// 绵阳市“双向转移转化”目标填 310，官方为 300。
    /// ## 怎么改
    /// 核对后改为官方目标。
    P006, Error, "目标值不是官方目标", Each(|context| {
        let Ok(table) = context.table else { return Vec::new() };
        context.figures.iter().filter(|figure| figure.role == Role::Target).filter_map(|figure| {
            let raw = context.raw(figure.at);
            let (official, message) = match figure.due {
                Due::Number(official) => {
                    // What could not be read as a number is said by family Q.
                    let wrong = match figure.written.certain() {
                        Some(number) => number != official,
                        None => matches!(figure.written.meaning, crate::model::Meaning::Blank | crate::model::Meaning::NotApplicable) && !figure.formula,
                    };
                    if !wrong {
                        return None;
                    }
                    let spoken = context.spoken(official, figure.indicator);
                    let written = if raw.trim().is_empty() { "空白".to_owned() } else { raw.clone() };
                    (Some(official), format!("目标值为{written}，官方分解表为 {spoken}。请核对后改为官方目标。"))
                }
                Due::NotApplicable => {
                    figure.written.number().filter(|number| !number.is_zero())?;
                    (None, format!("目标值填了 {raw}，官方分解表为“/”（不适用）。请核对是否填错了行；确实不适用的改为“/”。"))
                }
                _ => return None,
            };
            let value = official.map_or_else(|| NewValue::Text("/".to_owned()), |official| context.in_style(official, figure.indicator, figure.style));
            Some(
                Draft::at(table.sheet, Range::cell(figure.at), message)
                    .found(raw)
                    .expected(value.shown())
                    .indicator(figure.indicator)
                    .city(figure.city)
                    .fix(Fix::consent(vec![Edit::Set { sheet: table.sheet, cell: figure.at, value }], ANNEX)),
            )
        }).collect()
    })
}

rule! {
    /// ## 审核内容
    /// 标题、填报单位、工作表名、文件名里的市和报告期是否一致。
    /// ## 为什么
    /// 拿旧表改新表时常漏改一处，汇总会归到别的市或别的期。
    /// ## 示例
    /// 表内写“2019年6月底”，文件名写“2018年12月”。
    /// ## 怎么改
    /// 请核对后改正写错的一处。
    P007, Warning, "市或报告期前后不一致", Each(|context| {
        let Some(table) = progress(context) else { return Vec::new() };
        let mut drafts = Vec::new();
        let identity = &table.identity;
        if let Some((a, b)) = disagreement(&identity.cities) {
            let breakdown = context.breakdown();
            drafts.push(at_source(table, b.source, format!("{}写的是{}，{}写的是{}。请核对后改正。", place(a.source), breakdown.city(a.value), place(b.source), breakdown.city(b.value)))
                .found(breakdown.city(b.value)).expected(breakdown.city(a.value)));
        }
        if let Some((a, b)) = disagreement(&identity.periods) {
            drafts.push(at_source(table, b.source, format!("{}写的是{}，{}写的是{}。请核对后改正。", place(a.source), a.value.chinese(), place(b.source), b.value.chinese()))
                .found(b.value.chinese()).expected(a.value.chinese()));
        }
        drafts
    })
}

rule! {
    /// ## 审核内容
    /// 能否认出是哪个市、哪一期的报表。
    /// ## 为什么
    /// 认不出市，就无法核对目标；认不出报告期，就无法汇总。
    /// ## 示例
    /// 标题、填报单位、工作表名、文件名都没有写市名。
    /// ## 怎么改
    /// 请在“填报单位”“报告期”一行写明，或在文件名里写明，如“成都市-2019年6月”。
    P008, Error, "认不出市或报告期", Each(|context| {
        let Some(table) = progress(context) else { return Vec::new() };
        let missing = match (table.identity.city(), table.identity.period()) {
            (Some(_), Some(_)) => return Vec::new(),
            (None, None) => "是哪个市、哪一期",
            (None, Some(_)) => "是哪个市",
            (Some(_), None) => "是哪一期",
        };
        vec![Draft { sheet: Some(table.sheet), ..Draft::on_file(format!("认不出这张进展情况表{missing}的。请在“填报单位”“报告期”一行写明，或写在文件名里。")) }]
    })
}

rule! {
    /// ## 审核内容
    /// “上期累计完成”一列是否等于上期报过的数（给出上期报表时）。
    /// ## 为什么
    /// 已经报过的数不能在下一期悄悄改动。
    /// ## 示例
    /// 上期报 0 个，本表“上期累计完成”填 2 个。
    /// ## 怎么改
    /// 核对后改为上期报过的数；上期报错的，按更正程序办理。
    P009, Error, "上期数与报过的不一致", Each(|context| {
        let (Some(reported), Some(table)) = (context.previous(), progress(context)) else { return Vec::new() };
        context.figures.iter().filter(|figure| figure.role == Role::Previous).filter_map(|figure| {
            let (stated, before) = (figure.written.certain()?, reported.figure(figure.indicator)?);
            if stated == before {
                return None;
            }
            let value = context.in_style(before, figure.indicator, figure.style);
            Some(Draft::at(table.sheet, Range::cell(figure.at), format!("“上期累计完成”填 {}，上期报过的是 {}（{}）。请核对后改为报过的数。",
                    context.spoken(stated, figure.indicator), context.spoken(before, figure.indicator), reported.file))
                .found(context.raw(figure.at)).expected(value.shown()).indicator(figure.indicator).city(figure.city)
                .fix(Fix::consent(vec![Edit::Set { sheet: table.sheet, cell: figure.at, value }], format!("上期报表 {}", reported.file))))
        }).collect()
    })
}

fn progress<'a>(context: &Context<'a>) -> Option<&'a Table> {
    context.table.ok().filter(|table| table.form == Form::Progress)
}

/// The most telling sighting and the first other one that says something else.
fn disagreement<T: Copy + PartialEq>(sightings: &[Sighting<T>]) -> Option<(Sighting<T>, Sighting<T>)> {
    let first = sightings.iter().min_by_key(|sighting| sighting.source)?;
    let other = sightings.iter().filter(|other| other.value != first.value).min_by_key(|sighting| sighting.source)?;
    Some((*first, *other))
}

fn place(source: Source) -> String {
    match source {
        Source::Line(at) | Source::Title(at) => format!("表内 {at} "),
        Source::SheetName => "工作表名".to_owned(),
        Source::FileName => "文件名".to_owned(),
    }
}

fn at_source(table: &Table, source: Source, message: String) -> Draft {
    match source {
        Source::Line(at) | Source::Title(at) => Draft::at(table.sheet, Range::cell(at), message),
        Source::SheetName | Source::FileName => Draft { sheet: Some(table.sheet), ..Draft::on_file(message) },
    }
}

/// Whether a formula gives the quotient, perhaps with `$`, IF, IFERROR or ROUND around it.
fn is_quotient(formula: &str, quotient: &str) -> bool {
    let bare: String = formula.chars().filter(|c| !matches!(c, '$' | ' ')).collect::<String>().to_uppercase();
    bare.split(['(', ')', ',']).any(|part| part.strip_suffix("*100").unwrap_or(part) == quotient)
}

/// A rate as it stands in its cell.
struct Stated {
    /// As a share: 0.7 for 70%.
    share: Decimal,
    /// Decimals of the percentage that are shown.
    places: u32,
    text: Option<&'static str>,
    /// Written in percentage points without a sign: 70 for 70%.
    points: bool,
}

impl Stated {
    fn read(cell: &Cell) -> Option<Self> {
        let shown = cell.shown();
        let places = |text: &str| {
            text.trim_end_matches('%')
                .split_once('.')
                .map_or(0, |(_, decimals)| u32::try_from(decimals.chars().filter(char::is_ascii_digit).count()).unwrap_or(0))
        };
        let written = read_value(&cell.value);
        let number = written.certain()?;
        match (&cell.value, written.unit.as_deref()) {
            (Value::Number(_), _) if cell.number_format.is_percent() => {
                Some(Self { share: number, places: places(&shown), text: None, points: false })
            }
            (Value::Number(_), _) if number > Decimal::new(15, 1) => {
                Some(Self { share: number / Decimal::ONE_HUNDRED, places: places(&shown), text: None, points: true })
            }
            (Value::Number(_), _) => Some(Self { share: number, places: places(&shown).saturating_sub(2), text: None, points: false }),
            (Value::Text(text), Some("%")) => {
                Some(Self { share: number / Decimal::ONE_HUNDRED, places: places(text), text: Some("%"), points: false })
            }
            _ => None,
        }
    }

    fn agrees(&self, exact: Decimal) -> bool {
        let rounded =
            |share: Decimal| (share * Decimal::ONE_HUNDRED).round_dp_with_strategy(self.places, RoundingStrategy::MidpointAwayFromZero);
        rounded(self.share) == rounded(exact)
    }

    fn rewritten(&self, exact: Decimal) -> NewValue {
        if self.text.is_some() {
            return NewValue::Text(Self::percent(exact, self.places));
        }
        let share = exact.round_dp_with_strategy(self.places + 2, RoundingStrategy::MidpointAwayFromZero);
        NewValue::Number(if self.points { (share * Decimal::ONE_HUNDRED).normalize() } else { share.normalize() })
    }

    fn percent(share: Decimal, places: u32) -> String {
        let rounded = (share * Decimal::ONE_HUNDRED).round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        format!("{rounded:.*}%", places as usize)
    }
}
