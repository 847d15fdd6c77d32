//! Family S: what hides in a workbook.

use super::{OF_MAGNITUDE, SAME_NUMBER, rule};
use crate::audit::{Context, Draft, Figure};
use crate::fixes::{Fix, NewValue};
use crate::layout::FORM_SHEET;
use crate::model::{Cell, CellRef, Decimal, Format, Oddity, Range, Value, Visibility, runs_as_formula};

rule! {
    /// ## 审核内容
    /// 报表所在工作表里，有没有会被 WPS、Excel 当作公式执行的文字（以 = + - @ 开头，前面有制表符、换行、
    /// 不可见字符的也算）。
    /// 负数、破折号、项目符号、电话号码和“@某人”不算；已设为“文本”格式的单元格不算。
    /// ## 为什么
    /// 这样的文字一经重新键入，或存成文本文件再打开，就会被当作公式计算，甚至去运行别的程序。
    /// ## 示例
    /// 情况说明里的“=cmd|'/c calc'!A0”，填数处的文字“=600”。
    /// ## 怎么改
    /// 可一并处理：填数处的“=600”改为数 600；其余原文不变，单元格设为“文本”格式，不再被执行，绝不会写成公式。
    /// 文本文件（.csv、.txt）没有“文本”格式：经您确认后在文字前加一个撇号（'），用 WPS、Excel 打开时就不会执行；
    /// 要一字不动，请先另存为 .xlsx。填数处的算式不加撇号，请改填数。
    S001, Warning, "会被当作公式执行的文字", Each(s001)
}

fn s001(context: &Context<'_>) -> Vec<Draft> {
    let Some(sheet) = context.sheet() else { return Vec::new() };
    sheet.grid.cells().filter_map(|(at, cell)| runnable(context, at, cell)).collect()
}

fn runnable(context: &Context<'_>, at: CellRef, cell: &Cell) -> Option<Draft> {
    let Value::Text(text) = &cell.value else { return None };
    if cell.formula.is_some() || cell.number_format.is_text() || !runs_as_formula(text) {
        return None;
    }
    let figure = context.figures.iter().find(|figure| figure.at == at);
    let number = |figure: &Figure| figure.written.certain().filter(|_| !figure.written.is_share());
    let (message, expected, fix) = match figure.and_then(|figure| Some((figure, number(figure)?))) {
        Some((figure, number)) => as_number(context, figure, number, text.trim()),
        None if context.input.workbook.format == Format::Text => {
            in_text_file(context, at, text, figure.is_some())
        }
        None => {
            let message = format!(
                "“{}”会被 WPS、Excel 当作公式执行。可一并设为文本格式，原文不变，不再执行。",
                abridged(text.trim())
            );
            let kept = vec![context.set(at, NewValue::Text(text.to_string()))];
            (message, None, Some(Fix::safe(kept, "原文不变，设为文本格式")))
        }
    };
    let draft = match figure {
        Some(figure) => context.draft(figure, message),
        None => Draft::at(context.sheet_index(), Range::cell(at), message),
    };
    let mut draft = draft.found(text.to_string());
    draft.expected = expected;
    draft.fix = fix;
    Some(draft)
}

/// Message, what is expected, and how it is put right.
type Advice = (String, Option<String>, Option<Fix>);

/// `=600` where a figure is due.
fn as_number(context: &Context<'_>, figure: &Figure, number: Decimal, shown: &str) -> Advice {
    let value = context.styled(number, figure);
    let to = value.shown();
    let edits = vec![context.set(figure.at, value)];
    let in_magnitude = figure.written.oddities.contains(&Oddity::Magnitude);
    let fix = if in_magnitude { Fix::consent(edits, OF_MAGNITUDE) } else { Fix::safe(edits, SAME_NUMBER) };
    (format!("“{shown}”是文字，会被 WPS、Excel 当作公式，应为 {to}。可改正，数不变。"), Some(to), Some(fix))
}

/// A text file has no text cells. An apostrophe changes the field's text, so it takes consent; before a figure it
/// would be another slip.
fn in_text_file(context: &Context<'_>, at: CellRef, text: &str, is_figure: bool) -> Advice {
    let said = format!("“{}”会被 WPS、Excel 当作公式执行。", abridged(text.trim()));
    if is_figure {
        return (said + "请改填数。", None, None);
    }
    let to = format!("'{text}");
    let expected = abridged(&to);
    let fix = Fix::consent(vec![context.set(at, NewValue::Text(to))], "只在前面加一个撇号，由填报单位确认");
    let message = said
        + "文本文件里没有文本格式，可在前面加一个撇号（'），使它不再执行；要一字不动，请先另存为 .xlsx。";
    (message, Some(expected), Some(fix))
}

/// The beginning of a long text.
fn abridged(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut short: String = text.chars().take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        short.push('…');
    }
    short
}

rule! {
    /// ## 审核内容
    /// 是否有深度隐藏的工作表（在菜单里也取消不了隐藏）。
    /// ## 为什么
    /// 报送的文件里可能带着不想公开的底稿。
    /// ## 示例
    /// 用宏或开发工具设为“深度隐藏”的底稿表。
    /// ## 怎么改
    /// 不影响审核；报送前请确认其中没有不宜外传的内容。
    S002, Notice, "有深度隐藏的工作表", File(s002)
}

fn s002(context: &Context<'_>) -> Vec<Draft> {
    let hidden =
        context.input.workbook.sheets.iter().filter(|sheet| sheet.visibility == Visibility::VeryHidden);
    // Of a form that we made.
    let hidden = hidden.filter(|sheet| sheet.name != FORM_SHEET);
    let names: Vec<&str> = hidden.map(|sheet| sheet.name.as_str()).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let message = format!("工作表“{}”是深度隐藏的。报送前请确认其中没有不宜外传的内容。", names.join("”“"));
    vec![Draft::on_file(message).found(names.join("，"))]
}
