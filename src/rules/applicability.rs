//! Family N: `/`, not applicable.

use super::rule;
use crate::audit::{Context, Draft, Due, Figure};
use crate::fixes::{Edit, Fix, NewValue};
use crate::layout::{Form, Role};
use crate::model::Meaning;

const ANNEX: &str = "实施方案附件《建设指标分解表》";

rule! {
    /// ## 审核内容
    /// 分解表标“/”（不适用）的单元格里填了数。
    /// ## 为什么
    /// 该市没有这项任务，填数会使合计虚增，多半是填错了行或列。
    /// ## 示例
    /// 绵阳市“转化国家新药创制重大科技专项成果”填了 12 项。
    /// ## 怎么改
    /// 核对数是不是该填在别处；确实不适用的改为“/”。
    N001, Error, "不适用处填了数", Each(n001)
}

fn n001(context: &Context<'_>) -> Vec<Draft> {
    not_applicable(context, |context, figure| {
        let number = figure.written.number().filter(|number| !number.is_zero())?;
        Some((
            format!(
                "{}在分解表中为“/”（不适用），现填 {}。请核对是否填错了行或列；确实不适用的改为“/”。",
                context.place(figure),
                context.spoken(number, figure.indicator)
            ),
            Fix::consent,
        ))
    })
}

rule! {
    /// ## 审核内容
    /// 分解表有任务数的单元格里填了“/”。
    /// ## 为什么
    /// 填“/”等于说该市没有这项任务，与分解表不符。
    /// ## 示例
    /// 德阳市“孵化企业1000家”填了“/”，分解表为 100 家。
    /// ## 怎么改
    /// 分解表按官方数改；进展情况表请填实际完成数，没有进展填 0。
    N002, Error, "有任务处填了“/”", Each(n002)
}

fn n002(context: &Context<'_>) -> Vec<Draft> {
    let Ok(table) = context.table else { return Vec::new() };
    context
        .figures
        .iter()
        .filter(|figure| figure.written.meaning == Meaning::NotApplicable && figure.role != Role::Target)
        // Before the first period of all nothing can have been reported.
        .filter(|figure| !(figure.role == Role::Previous && context.is_first_period()))
        .filter_map(|figure| {
            let raw = context.raw(figure.at);
            let draft = |message: String| {
                Draft::at(table.sheet, context.range_of(figure), message).found(raw.clone()).indicator(figure.indicator).city(figure.city)
            };
            match figure.due {
                Due::Number(official) if table.form == Form::Breakdown => {
                    let value = context.in_style(official, figure.indicator, figure.style);
                    Some(
                        draft(format!(
                            "{}填了“{raw}”，分解表为 {}。请核对后改为官方数。",
                            context.place(figure),
                            context.spoken(official, figure.indicator)
                        ))
                        .expected(value.shown())
                        .fix(Fix::consent(vec![Edit::Set { sheet: table.sheet, cell: figure.at, value }], ANNEX)),
                    )
                }
                Due::Figure => {
                    Some(draft(format!("{}填了“{raw}”，但分解表给该市定了任务。请填实际完成数，没有进展填 0。", context.place(figure))))
                }
                _ => None,
            }
        })
        .collect()
}

rule! {
    /// ## 审核内容
    /// 不适用的单元格用了别的记号或空着，而不是“/”。
    /// ## 为什么
    /// 空格和“—”分不清是没填还是不适用；官方表统一用“/”。
    /// ## 示例
    /// “—”“无”“N/A”或空白。
    /// ## 怎么改
    /// 可一并改为“/”。
    N003, Notice, "不适用的记号不是“/”", Each(n003)
}

fn n003(context: &Context<'_>) -> Vec<Draft> {
    not_applicable(context, |context, figure| {
        let raw = context.raw(figure.at);
        match figure.written.meaning {
            Meaning::NotApplicable if raw != "/" => {
                Some((format!("{}不适用，写作“{raw}”，应为“/”。可一并改正。", context.place(figure)), Fix::safe))
            }
            Meaning::Blank if !figure.formula && !context.is_first_return(figure.role) => {
                Some((format!("{}不适用，现为空白，应为“/”。可一并改正。", context.place(figure)), Fix::safe))
            }
            _ => None,
        }
    })
}

rule! {
    /// ## 审核内容
    /// 不适用的单元格填了 0。
    /// ## 为什么
    /// 0 表示有任务而没有完成，“/”表示没有任务，两者不同。
    /// ## 示例
    /// 绵阳市“聚集生物医药企业超过800家”填 0，分解表为“/”。
    /// ## 怎么改
    /// 核对后改为“/”。
    N004, Warning, "不适用处填了 0", Each(n004)
}

fn n004(context: &Context<'_>) -> Vec<Draft> {
    not_applicable(context, |context, figure| {
        figure.written.number().filter(rust_decimal::Decimal::is_zero)?;
        Some((format!("{}在分解表中为“/”（不适用），现填 0。0 与不适用不同，请核对后改为“/”。", context.place(figure)), Fix::consent))
    })
}

type MakeFix = fn(Vec<Edit>, &'static str) -> Fix;

/// Cells that should hold `/`, except numbers in the target column, whose figures are official (P006).
fn not_applicable(context: &Context<'_>, test: fn(&Context<'_>, &Figure) -> Option<(String, MakeFix)>) -> Vec<Draft> {
    let Ok(table) = context.table else { return Vec::new() };
    context
        .figures
        .iter()
        .filter(|figure| {
            figure.due == Due::NotApplicable
                && !(figure.role == Role::Target && figure.written.number().is_some_and(|number| !number.is_zero()))
        })
        .filter_map(|figure| {
            let (message, fix) = test(context, figure)?;
            let edits = vec![Edit::Set { sheet: table.sheet, cell: figure.at, value: NewValue::Text("/".to_owned()) }];
            Some(
                Draft::at(table.sheet, context.range_of(figure), message)
                    .found(context.raw(figure.at))
                    .expected("/")
                    .indicator(figure.indicator)
                    .city(figure.city)
                    .fix(fix(edits, ANNEX)),
            )
        })
        .collect()
}
