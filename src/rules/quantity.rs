//! Family Q: how a quantity is written.
//!
//! A cell has one finding about its writing: the most serious oddity speaks, and its fix puts the whole cell right.

use super::rule;
use crate::audit::{Context, Draft, Due, Figure, HouseStyle};
use crate::fixes::{Edit, Fix};
use crate::layout::Role;
use crate::model::{Inexact, Meaning, Oddity, Value, read_quantity};

const SAME: &str = "原数不变，只改写法";

rule! {
    /// ## 审核内容
    /// 数字是否存成了文本：带空格、撇号，或在一列纯数字里带了单位。
    /// ## 为什么
    /// 文本不参加求和，合计会少数。
    /// ## 示例
    /// “ 100”“'600”，或一列 600、300 里写“175家”。
    /// ## 怎么改
    /// 可一并改为数字，数不变。
    Q001, Warning, "数字存成文本", Each(|context| written(context, Fault::StoredAsText, |_, figure, raw, to| {
        let why = if figure.written.unit.is_some() { "带了单位，成了文本" } else { "存成了文本" };
        format!("“{raw}”{why}，不参加求和，应为 {to}。可一并改正，数不变。")
    }))
}

rule! {
    /// ## 审核内容
    /// 数字或分隔符是否用了全角字符。
    /// ## 为什么
    /// 全角数字是文字，不参加计算。
    /// ## 示例
    /// “６００”应为“600”。
    /// ## 怎么改
    /// 可一并改为半角，数不变。
    Q002, Warning, "全角数字", Each(|context| written(context, Fault::Odd(Oddity::FullWidth), |_, _, raw, to| {
        format!("“{raw}”是全角数字，不参加计算，应写 {to}。可一并改正，数不变。")
    }))
}

rule! {
    /// ## 审核内容
    /// 数字是否用汉字书写。
    /// ## 为什么
    /// 汉字数字不参加计算。
    /// ## 示例
    /// “三百”“叁佰”应为“300”。
    /// ## 怎么改
    /// 可一并改为阿拉伯数字，数不变。
    Q003, Warning, "汉字数字", Each(|context| written(context, Fault::Odd(Oddity::ChineseNumeral), |_, _, raw, to| {
        format!("“{raw}”是汉字数字，不参加计算，应写 {to}。可一并改正，数不变。")
    }))
}

rule! {
    /// ## 审核内容
    /// 文本里是否打了千位分隔符。
    /// ## 为什么
    /// 打在文本里的逗号使数字成了文字；需要分隔显示的，应由单元格格式来做。
    /// ## 示例
    /// “1,600”应为 1600。
    /// ## 怎么改
    /// 可一并去掉分隔符，数不变。
    Q004, Notice, "文本里的千位分隔符", Each(|context| written(context, Fault::Odd(Oddity::Separators), |_, _, raw, to| {
        format!("“{raw}”里的分隔符是文字，应写 {to}。可一并改正，数不变。")
    }))
}

rule! {
    /// ## 审核内容
    /// 数字是否带了“万”“千”“亿”等数量级。
    /// ## 为什么
    /// 本表按个数填，带数量级容易错位，汇总时也不能直接相加。
    /// ## 示例
    /// “0.2万”按个数应为 2000。
    /// ## 怎么改
    /// 请逐个确认后改为个数。
    Q005, Warning, "带有数量级", Each(|context| written(context, Fault::Odd(Oddity::Magnitude), |context, figure, raw, to| {
        let spoken = figure.written.number().map(|number| context.spoken(number, figure.indicator)).unwrap_or_default();
        format!("写作“{raw}”，按个数应为 {spoken}。请确认是否就是 {}。", if to.is_empty() { spoken.as_str() } else { to })
    }))
}

rule! {
    /// ## 审核内容
    /// 单元格里的单位是否是这项指标的计量单位。
    /// ## 为什么
    /// 单位不同，可能填的是另一项指标的数。
    /// ## 示例
    /// “300个”，这项指标的单位是“家”。
    /// ## 怎么改
    /// 数没有填错的，可一并改单位；填错行的请改回。
    Q006, Warning, "单位不是这项指标的", Each(|context| written(context, Fault::Unit, |context, figure, raw, to| {
        format!("“{raw}”的单位与这项指标的“{}”不同，应写 {to}。数没有填错的话，可一并改正。", context.unit(figure.indicator))
    }))
}

rule! {
    /// ## 审核内容
    /// 是否填了约数、区间、上下限，或在数后加了说明。
    /// ## 为什么
    /// 统计数只能是一个确定的数，说明应写在情况说明里。
    /// ## 示例
    /// “约600”“600余”“500-600”“≥600”。
    /// ## 怎么改
    /// 请填一个确定的数；需要说明的，写在情况说明或备注里。
    Q008, Error, "不是一个确定的数", Each(|context| unreadable(context, |meaning| {
        let Meaning::Inexact(kind) = meaning else { return None };
        Some(match kind {
            Inexact::About => "是约数",
            Inexact::Bound => "是上限或下限",
            Inexact::Interval => "是一个区间",
            Inexact::Annotated => "在数后带了说明",
        })
    }, "请填一个确定的数，说明写在情况说明或备注里。"))
}

rule! {
    /// ## 审核内容
    /// 该填数的单元格里是否填了文字。
    /// ## 为什么
    /// 文字无法汇总。
    /// ## 示例
    /// “待定”“正在统计”。
    /// ## 怎么改
    /// 请填实际的数；没有进展填 0，情况写在情况说明里。
    Q010, Error, "该填数处填了文字", Each(|context| unreadable(context, |meaning| (*meaning == Meaning::Words).then_some("不是数"), "请填实际的数，没有进展填 0。"))
}

rule! {
    /// ## 审核内容
    /// 是否出现负数。
    /// ## 为什么
    /// 项数、家数不会小于 0，多半是误输了减号。
    /// ## 示例
    /// “-300”。
    /// ## 怎么改
    /// 请核对后填实际的数。
    Q011, Error, "负数", Each(|context| {
        figures(context, |figure| figure.written.certain().is_some_and(|number| number.is_sign_negative() && !number.is_zero()), |context, figure| {
            format!("{}填了 {}，{}数不会小于 0。请核对后填实际的数。", context.place(figure), context.raw(figure.at), context.unit(figure.indicator))
        })
    })
}

rule! {
    /// ## 审核内容
    /// 按个数计的指标是否填了小数。
    /// ## 为什么
    /// 项目、企业不会有半个，小数多半是单位或公式有误。
    /// ## 示例
    /// “599.6”。
    /// ## 怎么改
    /// 请核对后填整数。显示为整数而存着小数的，见 Q020。
    Q012, Error, "小数", Each(|context| {
        figures(
            context,
            |figure| figure.written.certain().is_some_and(|number| !number.fract().is_zero()) && figure.written.unit.as_deref() != Some("%") && hidden_decimals(context, figure).is_none(),
            |context, figure| format!("{}填了 {}，按{}计的数应为整数。请核对后填整数。", context.place(figure), context.raw(figure.at), context.unit(figure.indicator)),
        )
    })
}

rule! {
    /// ## 审核内容
    /// 单元格是否是公式错误值。
    /// ## 为什么
    /// 公式引用的单元格已删除或除数为 0，数已经丢失。
    /// ## 示例
    /// #REF!、#DIV/0!、#NAME?。
    /// ## 怎么改
    /// 请修正公式或直接填数。
    Q013, Error, "公式错误", Each(|context| unreadable(context, |meaning| (*meaning == Meaning::Error).then_some("是公式错误"), "请修正公式或直接填数。"))
}

rule! {
    /// ## 审核内容
    /// 该填数的单元格是否空着。
    /// ## 为什么
    /// 空白分不清是没有进展还是漏填；没有进展应填 0。
    /// ## 示例
    /// 本期累计完成一格空白。
    /// ## 怎么改
    /// 请填实际的数，没有进展填 0。
    Q015, Error, "漏填", Each(|context| {
        figures(
            context,
            |figure| figure.written.meaning == Meaning::Blank && !figure.formula && figure.role != Role::Target
                && matches!(figure.due, Due::Number(_) | Due::Figure) && !context.is_first_return(figure.role),
            |context, figure| format!("{}是空白。请填实际的数，没有进展填 0。", context.place(figure)),
        )
    })
}

rule! {
    /// ## 审核内容
    /// 数字里是否混进了字母。
    /// ## 为什么
    /// 字母 O、l 与数字 0、1 看起来一样，却不参加计算。
    /// ## 示例
    /// “4OO”应为 400。
    /// ## 怎么改
    /// 请确认后改为数字。
    Q018, Error, "字母当数字", Each(|context| written(context, Fault::Odd(Oddity::Letter), |_, _, raw, to| {
        format!("“{raw}”里有字母，看起来是 {to}。请确认是否就是这个数。")
    }))
}

rule! {
    /// ## 审核内容
    /// 数字前后是否有不可见字符、多余的空格或标点。
    /// ## 为什么
    /// 看不出来，却会使数字成为文字。
    /// ## 示例
    /// “600 项”。
    /// ## 怎么改
    /// 可一并去掉，数不变。
    Q019, Notice, "数字带空格或不可见字符", Each(|context| written(context, Fault::Stray, |_, figure, raw, to| {
        let what = if figure.written.oddities.contains(&Oddity::Invisible) { "不可见字符" } else { "多余的空格或标点" };
        format!("“{}”带有{what}，应写 {to}。可一并改正，数不变。", raw.trim())
    }))
}

rule! {
    /// ## 审核内容
    /// 存的数与显示的数是否相同。
    /// ## 为什么
    /// 单元格格式把小数藏了起来，打印出来的合计会对不上。
    /// ## 示例
    /// 存的是 599.6，显示为 600。
    /// ## 怎么改
    /// 请核对后填确定的整数。
    Q020, Warning, "存的数与显示的不同", Each(|context| {
        context.figures.iter().filter_map(|figure| {
            let shown = hidden_decimals(context, figure)?;
            let raw = context.raw(figure.at);
            Some(about(context, figure, format!("存的是 {raw}，显示为 {shown}。请核对后填确定的数。")).found(raw))
        }).collect()
    })
}

/// The kinds of fault in the writing of a number, one a cell.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Odd(Oddity),
    Unit,
    StoredAsText,
    Stray,
}

/// The fault that speaks for a cell: the most serious one.
fn fault(context: &Context<'_>, figure: &Figure) -> Option<Fault> {
    let written = &figure.written;
    written.number()?;
    if written.unit.as_deref() == Some("%") {
        return None;
    }
    let wrong_unit = written.unit.as_deref().is_some_and(|unit| unit != context.unit(figure.indicator));
    match written.oddities.first() {
        Some(odd @ (Oddity::Letter | Oddity::Magnitude | Oddity::ChineseNumeral | Oddity::FullWidth)) => return Some(Fault::Odd(*odd)),
        _ if wrong_unit => return Some(Fault::Unit),
        Some(Oddity::Separators) => return Some(Fault::Odd(Oddity::Separators)),
        Some(Oddity::Scientific | Oddity::Apostrophe) => return Some(Fault::StoredAsText),
        Some(Oddity::Invisible) => return Some(Fault::Stray),
        Some(Oddity::Stray) if figure.style == HouseStyle::WithUnit && written.unit.is_some() => return Some(Fault::Stray),
        Some(Oddity::Stray) => return Some(if context.is_text_format() { Fault::Stray } else { Fault::StoredAsText }),
        None => {}
    }
    if figure.stored_number {
        return None;
    }
    let as_house = match figure.style {
        HouseStyle::Plain => written.unit.is_none() && context.is_text_format(),
        HouseStyle::WithUnit => written.unit.is_some() || context.is_text_format(),
    };
    (!as_house).then_some(Fault::StoredAsText)
}

fn written(context: &Context<'_>, kind: Fault, message: fn(&Context<'_>, &Figure, &str, &str) -> String) -> Vec<Draft> {
    context
        .figures
        .iter()
        .filter(|figure| fault(context, figure) == Some(kind))
        .filter_map(|figure| {
            let number = figure.written.number()?;
            let raw = context.raw(figure.at);
            let value = context.in_style(number, figure.indicator, figure.style);
            let to = value.shown();
            let message = message(context, figure, &raw, &to);
            let edits = vec![Edit::Set { sheet: context.sheet_index(), cell: figure.at, value }];
            let fix = match kind {
                Fault::Odd(Oddity::Letter) => Fix::consent(edits, "按字形推定，由填报单位确认"),
                Fault::Odd(Oddity::Magnitude) => Fix::consent(edits, "按数量级换算，由填报单位确认"),
                _ => Fix::safe(edits, SAME),
            };
            Some(about(context, figure, message).found(raw).expected(to).fix(fix).gathers())
        })
        .collect()
}

/// Cells that hold no number, where a number is due.
fn unreadable(context: &Context<'_>, what: fn(&Meaning) -> Option<&'static str>, todo: &str) -> Vec<Draft> {
    context
        .figures
        .iter()
        .filter(|figure| !(figure.written.meaning == Meaning::Words && figure.due == Due::Unknown))
        .filter_map(|figure| {
            let percent = figure.written.unit.as_deref() == Some("%") && figure.written.number().is_some();
            let what = if percent { what(&Meaning::Words).map(|_| "是百分数，不是个数") } else { what(&figure.written.meaning) }?;
            let raw = context.raw(figure.at);
            Some(about(context, figure, format!("{}的“{raw}”{what}。{todo}", context.place(figure))).found(raw))
        })
        .collect()
}

fn figures(context: &Context<'_>, test: impl Fn(&Figure) -> bool, message: fn(&Context<'_>, &Figure) -> String) -> Vec<Draft> {
    context
        .figures
        .iter()
        .filter(|figure| test(figure))
        .map(|figure| about(context, figure, message(context, figure)).found(context.raw(figure.at)))
        .collect()
}

fn about(context: &Context<'_>, figure: &Figure, message: String) -> Draft {
    Draft::at(context.sheet_index(), context.range_of(figure), message).indicator(figure.indicator).city(figure.city)
}

/// The shown text of a stored number whose format hides part of it.
fn hidden_decimals(context: &Context<'_>, figure: &Figure) -> Option<String> {
    let cell = context.cell(figure.at)?;
    if !matches!(cell.value, Value::Number(_)) || cell.number_format.is_date() || cell.number_format.is_percent() {
        return None;
    }
    let stored = figure.written.certain()?;
    let shown = cell.shown();
    let read = read_quantity(&shown).number()?;
    // A binary fraction's last digits are no fault of the clerk.
    ((read - stored).abs() > rust_decimal::Decimal::new(1, 9)).then_some(shown)
}
