//! Family N: `/`, not applicable.

use super::{ANNEX, rule};
use crate::audit::{Context, Draft, Due, Figure};
use crate::fixes::{Edit, Fix, NewValue};
use crate::layout::Role;
use crate::model::{Decimal, Meaning};

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
    not_applicable(context, Fix::consent, |context, figure| {
        let number = figure.written.number().filter(|number| !number.is_zero())?;
        let (place, spoken) = (context.place(figure), context.spoken(number, figure.indicator));
        Some(format!(
            "{place}在分解表中为“/”（不适用），现填 {spoken}。请核对是否填错了行或列；确实不适用的改为“/”。"
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
    let refused =
        |figure: &&Figure| figure.written.meaning == Meaning::NotApplicable && figure.role != Role::Target;
    // Before the first period of all nothing can have been reported; without a plan none is known to be the first.
    let first = context.is_first_period()
        || context.breakdown().plan.is_none() && context.is_first_return(Role::Previous);
    let could_be = |figure: &&Figure| !(figure.role == Role::Previous && first);
    context
        .figures
        .iter()
        .filter(refused)
        .filter(could_be)
        .filter_map(|figure| task_refused(context, figure))
        .collect()
}

fn task_refused(context: &Context<'_>, figure: &Figure) -> Option<Draft> {
    let said = format!("{}填了“{}”", context.place(figure), context.raw(figure.at));
    match figure.due {
        Due::Number(official) if context.breakdown_form().is_some() => {
            let value = context.styled(official, figure);
            let spoken = context.spoken(official, figure.indicator);
            let draft = context
                .draft(figure, format!("{said}，分解表为 {spoken}。请核对后改为官方数。"))
                .expected(value.shown());
            Some(draft.fix(Fix::consent(vec![context.set(figure.at, value)], ANNEX)))
        }
        Due::Figure => Some(
            context.draft(figure, format!("{said}，但分解表给该市定了任务。请填实际完成数，没有进展填 0。")),
        ),
        _ => None,
    }
}

rule! {
    /// ## 审核内容
    /// 不适用的单元格用了别的记号或空着，而不是“/”。
    /// ## 为什么
    /// 空白和“—”分不清是没填还是不适用；官方表统一用“/”。
    /// ## 示例
    /// “—”“无”“N/A”或空白。
    /// ## 怎么改
    /// 可一并改为“/”。
    N003, Notice, "不适用的记号不是“/”", Each(n003)
}

fn n003(context: &Context<'_>) -> Vec<Draft> {
    not_applicable(context, Fix::safe, |context, figure| {
        let raw = context.raw(figure.at);
        let written = match figure.written.meaning {
            Meaning::NotApplicable if raw != "/" => format!("写作“{raw}”"),
            Meaning::Blank if !figure.formula && !context.is_first_return(figure.role) => {
                "现为空白".to_owned()
            }
            _ => return None,
        };
        Some(format!("{}不适用，{written}，应为“/”。可一并改正。", context.place(figure)))
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
    not_applicable(context, Fix::consent, |context, figure| {
        figure.written.number().filter(Decimal::is_zero)?;
        Some(format!(
            "{}在分解表中为“/”（不适用），现填 0。0 与不适用不同，请核对后改为“/”。",
            context.place(figure)
        ))
    })
}

type MakeFix = fn(Vec<Edit>, &'static str) -> Fix;

/// Cells that should hold `/`, except numbers in the target column, whose figures are official (P006).
fn not_applicable(
    context: &Context<'_>,
    fix: MakeFix,
    message: fn(&Context<'_>, &Figure) -> Option<String>,
) -> Vec<Draft> {
    let is_number = |figure: &Figure| figure.written.number().is_some_and(|number| !number.is_zero());
    let left_to_p006 = |figure: &Figure| figure.role == Role::Target && is_number(figure);
    let due =
        context.figures.iter().filter(|figure| figure.due == Due::NotApplicable && !left_to_p006(figure));
    due.filter_map(|figure| {
        let edits = vec![context.set(figure.at, NewValue::Text("/".to_owned()))];
        Some(context.draft(figure, message(context, figure)?).expected("/").fix(fix(edits, ANNEX)))
    })
    .collect()
}
