//! Family B: the breakdown form against the official figures.

use super::rule;
use crate::audit::{Code, Context, Draft, Due, Figure};
use crate::breakdown::{Indicator, IndicatorId, Relation};
use crate::fixes::{Edit, Fix};
use crate::layout::{Form, Role};
use crate::model::{CellRef, Decimal, Meaning, Range};

const ANNEX: &str = "实施方案附件《建设指标分解表》";

rule! {
    /// ## 审核内容
    /// 各市之和是否等于指标总量。
    /// ## 为什么
    /// 总量分解到各市，加起来应当不多不少。
    /// ## 示例
    /// 总量 1000 项，三市之和 990 项，少 10 项。
    /// ## 怎么改
    /// 请核对是哪一个市的数有误。
    B001, Error, "各市之和不等于总量", Each(|context| sums(context, &[Relation::Equal, Relation::AtMost], |context, id, total, sum| {
        let difference = sum - total;
        let word = if difference.is_sign_negative() { "少" } else { "多" };
        format!("总量 {}，各市之和 {}，{word} {}。请核对是哪一个市的数有误。",
            context.spoken(total, id), context.spoken(sum, id), context.spoken(difference.abs(), id))
    }))
}

rule! {
    /// ## 审核内容
    /// 总量写作“超过”“不少于”“突破”“达到”的指标，各市之和是否达到下限。
    /// ## 为什么
    /// “超过800家”是最低要求，各市之和不能更少。
    /// ## 示例
    /// 要求超过 800 家，各市之和 780 家，少 20 家。
    /// ## 怎么改
    /// 请核对是哪一个市的数有误。
    B002, Error, "各市之和没有达到下限", Each(|context| sums(context, &[Relation::Above, Relation::AtLeast, Relation::Breaking, Relation::Reaching], |context, id, total, sum| {
        let word = context.indicator(id).map_or("", |indicator| indicator.relation.word());
        format!("要求{word} {}，各市之和 {}，少 {}。请核对是哪一个市的数有误。",
            context.spoken(total, id), context.spoken(sum, id), context.spoken(total - sum, id))
    }))
}

rule! {
    /// ## 审核内容
    /// 分解表的每个数是否与官方分解表一致。
    /// ## 为什么
    /// 分解任务已经文件下达，不能自行改动。
    /// ## 示例
    /// 成都市“环高校知识经济圈创新创业团队”填 1060，官方为 1600。
    /// ## 怎么改
    /// 核对后改为官方数。
    B003, Error, "与官方分解表不一致", Each(|context| {
        let Ok(table) = context.table else { return Vec::new() };
        if table.form != Form::Breakdown {
            return Vec::new();
        }
        context.figures.iter().filter_map(|figure| {
            let Due::Number(official) = figure.due else { return None };
            let number = figure.written.certain().filter(|number| *number != official && figure.written.unit.as_deref() != Some("%"))?;
            let value = context.in_style(official, figure.indicator, figure.style);
            let difference = number - official;
            let word = if difference.is_sign_negative() { "少" } else { "多" };
            let slip = slip(context, figure, number, official).map(|slip| format!("，疑似{slip}")).unwrap_or_default();
            Some(
                Draft::at(table.sheet, Range::cell(figure.at), format!("{}填 {}，官方分解表为 {}，{word} {}{slip}。请核对后改为官方数。",
                    context.place(figure), context.spoken(number, figure.indicator), context.spoken(official, figure.indicator), context.spoken(difference.abs(), figure.indicator)))
                    .found(context.raw(figure.at))
                    .expected(value.shown())
                    .indicator(figure.indicator)
                    .city(figure.city)
                    .fix(Fix::consent(vec![Edit::Set { sheet: table.sheet, cell: figure.at, value }], ANNEX)),
            )
        }).collect()
    })
}

fn sums(context: &Context<'_>, relations: &[Relation], message: fn(&Context<'_>, IndicatorId, Decimal, Decimal) -> String) -> Vec<Draft> {
    let Ok(table) = context.table else { return Vec::new() };
    if table.form != Form::Breakdown {
        return Vec::new();
    }
    let mut drafts = Vec::new();
    for (row, found) in table.indicator_rows() {
        // Shares of different wholes do not add up.
        let adds = |indicator: &&Indicator| relations.contains(&indicator.relation) && indicator.unit != "%";
        let Some(indicator) = context.indicator(found.indicator).filter(adds) else { continue };
        let figures: Vec<&Figure> =
            context.figures.iter().filter(|figure| figure.at.row == row.row && matches!(figure.role, Role::City(_))).collect();
        if figures.len() < context.breakdown().cities.len() {
            continue;
        }
        // A sum is told only where every part is known.
        let parts: Option<Vec<Decimal>> = figures
            .iter()
            .map(|figure| match figure.written.meaning {
                Meaning::Number(number) => Some(number),
                Meaning::NotApplicable => Some(Decimal::ZERO),
                Meaning::Blank if figure.due == Due::NotApplicable => Some(Decimal::ZERO),
                _ => None,
            })
            .collect();
        let Some(parts) = parts else { continue };
        let Some(sum) = parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part)) else { continue };
        if indicator.relation.holds(sum, indicator.total) {
            continue;
        }
        let (Some(first), Some(last)) = (figures.first(), figures.last()) else { continue };
        let range = Range::new(first.at, last.at);
        let mut draft = Draft::at(table.sheet, range, message(context, found.indicator, indicator.total, sum))
            .found(sum.normalize().to_string())
            .expected(indicator.total.normalize().to_string())
            .indicator(found.indicator);
        if let Some((code, at)) = culprit(&figures) {
            draft = draft.because(code, at);
        }
        drafts.push(draft);
    }
    drafts
}

/// The cell of the row whose own finding explains a wrong sum.
fn culprit(figures: &[&Figure]) -> Option<(Code, CellRef)> {
    figures.iter().find_map(|figure| match (figure.due, &figure.written.meaning) {
        (Due::Number(official), Meaning::Number(number)) if *number != official => Some((Code("B003"), figure.at)),
        (Due::Number(_), Meaning::NotApplicable) => Some((Code("N002"), figure.at)),
        (Due::NotApplicable, Meaning::Number(number)) if !number.is_zero() => Some((Code("N001"), figure.at)),
        _ => None,
    })
}

/// A likely slip of the hand, in words.
fn slip(context: &Context<'_>, figure: &Figure, number: Decimal, official: Decimal) -> Option<String> {
    let (written, due) = (number.normalize().to_string(), official.normalize().to_string());
    if number == official * Decimal::TEN {
        return Some("多打了一个 0".to_owned());
    }
    if number * Decimal::TEN == official {
        return Some("少打了一个 0".to_owned());
    }
    let sorted = |text: &str| {
        let mut chars: Vec<char> = text.chars().collect();
        chars.sort_unstable();
        chars
    };
    if written.len() == due.len() && sorted(&written) == sorted(&due) {
        return Some("数字前后颠倒".to_owned());
    }
    if written.len() == due.len() + 1
        && (0..written.len()).any(|i| written.char_indices().filter(|(at, _)| *at != i).map(|(_, c)| c).eq(due.chars()))
    {
        return Some("多打了一位".to_owned());
    }
    if written.len() + 1 == due.len()
        && (0..due.len()).any(|i| due.char_indices().filter(|(at, _)| *at != i).map(|(_, c)| c).eq(written.chars()))
    {
        return Some("少打了一位".to_owned());
    }
    let city = figure.city?;
    let other =
        context.breakdown().city_ids().find(|other| *other != city && context.breakdown().target(figure.indicator, *other) == Some(number));
    if let Some(other) = other {
        return Some(format!("填成了{}的数", context.breakdown().city(other)));
    }
    let neighbour = [figure.indicator.0.checked_sub(1), figure.indicator.0.checked_add(1)]
        .into_iter()
        .flatten()
        .map(IndicatorId)
        .find(|other| context.breakdown().target(*other, city) == Some(number))?;
    context.indicator(neighbour).map(|indicator| format!("填成了指标 {} 的数", indicator.number))
}
