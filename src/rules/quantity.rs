//! Family Q: how a quantity is written.
//!
//! A cell has one finding about its writing: the most serious oddity speaks, and its fix puts the whole cell right.

use super::{ANNEX, OF_MAGNITUDE, SAME_NUMBER, list, rule};
use crate::audit::{Context, Draft, Due, Figure, HouseStyle, Magnitude, Tier, scaled_columns, with_rates};
use crate::fixes::{Edit, Fix, NewValue};
use crate::layout::{Form, LabelMatch, Role, Row, Table};
use crate::model::{
    CellRef, Decimal, Inexact, Meaning, Oddity, Range, Value, arithmetic, decimal, fraction, hundredth,
    read_quantity, read_value, shown_number,
};

rule! {
    /// ## 审核内容
    /// 数字是否存成了文本：带空格、撇号，或在一列纯数字里带了单位。
    /// ## 为什么
    /// 文本不参加求和，合计会少数。
    /// ## 示例
    /// “ 100”“'600”，或一列 600、300 里写“175家”。
    /// ## 怎么改
    /// 可一并改为数字，数不变。
    Q001, Warning, "数字存成文本", Each(q001)
}

fn q001(context: &Context<'_>) -> Vec<Draft> {
    written(context, Fault::StoredAsText, |_, figure, raw, to| {
        let why = match figure.written.unit {
            _ if figure.written.oddities.first() == Some(&Oddity::Apostrophe) => "多打了撇号或引号，成了文本",
            Some(_) if figure.style == HouseStyle::Plain => "带了单位，成了文本",
            _ => "存成了文本",
        };
        format!("“{raw}”{why}，不参加求和，应为 {to}。可一并改正，数不变。")
    })
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
    Q002, Warning, "全角数字", Each(q002)
}

fn q002(context: &Context<'_>) -> Vec<Draft> {
    written(context, Fault::Odd(Oddity::FullWidth), |_, _, raw, to| {
        format!("“{raw}”是全角数字，不参加计算，应为 {to}。可一并改正，数不变。")
    })
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
    Q003, Warning, "汉字数字", Each(q003)
}

fn q003(context: &Context<'_>) -> Vec<Draft> {
    written(context, Fault::Odd(Oddity::ChineseNumeral), |_, _, raw, to| {
        format!("“{raw}”是汉字数字，不参加计算，应为 {to}。可一并改正，数不变。")
    })
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
    Q004, Notice, "文本里的千位分隔符", Each(q004)
}

fn q004(context: &Context<'_>) -> Vec<Draft> {
    written(context, Fault::Odd(Oddity::Separators), |_, _, raw, to| {
        format!("“{raw}”里的分隔符是文字，应为 {to}。可一并改正，数不变。")
    })
}

rule! {
    /// ## 审核内容
    /// 数字是否带了“万”“千”“亿”等数量级；整列的数是否以万、千、百、十为单位，或整列多打了 0。
    /// ## 为什么
    /// 本表按个数填，带数量级容易错位，汇总时也不能直接相加。
    /// ## 示例
    /// “0.2万”按个数应为 2000。
    /// ## 怎么改
    /// 请逐个确认后改为个数。
    Q005, Warning, "带有数量级", EachOrRoot(q005, q005_root)
}

fn q005(context: &Context<'_>) -> Vec<Draft> {
    written(context, Fault::Odd(Oddity::Magnitude), |context, figure, raw, to| {
        let spoken = figure
            .written
            .number()
            .map(|number| context.spoken(number, figure.indicator))
            .unwrap_or_default();
        format!(
            "写作“{raw}”，按个数应为 {spoken}。请确认是否就是 {}。",
            if to.is_empty() { spoken.as_str() } else { to }
        )
    })
}

fn q005_root(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = scaled_columns(context, table)?;
    let as_meant = Context::new(context.input, Ok(&found.table), context.found);
    let (first, all) = (*found.cells.first()?, found.cells.len());
    let example = as_meant.figures.iter().find(|figure| figure.at == first)?;
    let (written, meant) =
        (context.raw(first), context.spoken(example.written.certain()?, example.indicator));
    let names = list(found.columns.iter().map(|(role, _)| role.caption(context.breakdown())));
    let (tier, name, message) = match found.magnitude {
        Magnitude::In(name) => {
            let message = format!(
                "{names}的数疑似整列以“{name}”为单位：{first} 写作 {written}，按个数应为 {meant}。\
                 请核对后全部换算为个数。"
            );
            (Tier::Warning, name.to_owned(), message)
        }
        Magnitude::Zeros(zeros) => {
            let message = format!(
                "{names}的数疑似整列多打了 {zeros} 个 0：{first} 写作 {written}，应为 {meant}；\
                 {all} 个数都是这样。请核对后全部改正。"
            );
            (Tier::Error, format!("多 {zeros} 个 0"), message)
        }
    };
    let counted = |at: &CellRef| {
        let figure = as_meant.figures.iter().find(|figure| figure.at == *at)?;
        Some(context.set(*at, context.styled(figure.written.certain()?, figure)))
    };
    let edits = found.cells.iter().filter_map(counted).chain(bare_units(context, table, &name)).collect();
    let columns = || found.columns.iter().map(|(_, column)| *column);
    let rows = || found.cells.iter().map(|at| at.row);
    let range = Range::new(
        CellRef::new(rows().min()?, columns().min()?),
        CellRef::new(rows().max()?, columns().max()?),
    );
    let draft =
        Draft::at(table.sheet, range, message).found(name).tier(tier).fix(Fix::consent(edits, OF_MAGNITUDE));
    Some(with_rates(context, table, draft, found.table))
}

/// The column 计量单位 without the magnitude that the figures lose: 百项 becomes 项.
fn bare_units(context: &Context<'_>, table: &Table, magnitude: &str) -> Vec<Edit> {
    let (Some(sheet), Some(column)) = (context.sheet(), table.column(Role::Unit)) else { return Vec::new() };
    let with_magnitude = |(row, found): (&Row, LabelMatch)| {
        let (at, unit) = (CellRef::new(row.row, column.index), context.unit(found.indicator));
        let shown = sheet.grid.shown(at);
        let is_so = shown.trim().strip_prefix(magnitude) == Some(unit) && !unit.is_empty();
        is_so.then(|| context.set(at, NewValue::Text(unit.to_owned())))
    };
    table.indicator_rows().filter_map(with_magnitude).collect()
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
    Q006, Warning, "单位不是这项指标的", Each(q006)
}

fn q006(context: &Context<'_>) -> Vec<Draft> {
    let mut drafts = written(context, Fault::Unit, |context, figure, raw, to| {
        format!(
            "“{raw}”的单位与这项指标的“{}”不同，应为 {to}。数没有填错的话，可一并改正。",
            context.unit(figure.indicator)
        )
    });
    drafts.extend(unit_column(context));
    drafts
}

/// Units in the column 计量单位 that are another indicator's.
fn unit_column(context: &Context<'_>) -> Vec<Draft> {
    let (Ok(table), Some(sheet)) = (context.table, context.sheet()) else { return Vec::new() };
    let Some(column) = table.column(Role::Unit).filter(|_| !context.is_foreign()) else { return Vec::new() };
    let draft = |(row, found): (&Row, LabelMatch)| {
        let at = CellRef::new(row.row, column.index);
        let (unit, shown) = (context.unit(found.indicator), sheet.grid.shown(at));
        // （项） and 项/家 name the unit; a blank names none.
        if shown.trim().is_empty() || shown.contains(unit) {
            return None;
        }
        let message = format!("计量单位写作“{}”，这项指标按“{unit}”计。可改正，数不变。", shown.trim());
        let edits = vec![context.set(at, NewValue::Text(unit.to_owned()))];
        let draft = Draft::at(table.sheet, Range::cell(at), message).found(shown).expected(unit);
        Some(draft.indicator(found.indicator).fix(Fix::safe(edits, SAME_NUMBER)))
    };
    table.indicator_rows().filter_map(draft).collect()
}

rule! {
    /// ## 审核内容
    /// 是否填了约数、区间、上下限、几个数、算式，或在数的前后加了说明。
    /// ## 为什么
    /// 统计数只能是一个确定的数，说明应写在情况说明里。带圆括号的数，会计上是负数，别处多是附带的数，不能当一个数用。
    /// ## 示例
    /// “约600”“600余”“500-600”“≥600”“600或700”“300+300”“(600)”“1,60”。
    /// ## 怎么改
    /// 请填一个确定的数；需要说明的，写在情况说明或备注里。分隔符看不准的（“1.600项”），按最可能的读法提出，
    /// 须由填报单位确认。
    Q008, Error, "不是一个确定的数", Each(q008)
}

fn q008(context: &Context<'_>) -> Vec<Draft> {
    let mut drafts = unreadable(context, inexact, "请填一个确定的数，说明写在情况说明或备注里。");
    drafts.extend(context.figures.iter().filter_map(|figure| guessed(context, figure)));
    drafts
}

fn inexact(figure: &Figure, raw: &str) -> Option<String> {
    let Meaning::Inexact(kind) = figure.written.meaning else { return None };
    let said = match kind {
        Inexact::About => "是约数",
        Inexact::Bound => "是上限或下限",
        Inexact::Interval => "是一个区间",
        Inexact::Alternatives => "是几个数",
        Inexact::Annotated => "带了说明",
        Inexact::Arithmetic => {
            return Some(
                arithmetic(raw).map_or("是算式".to_owned(), |result| format!("是算式（得数 {result}）")),
            );
        }
        Inexact::Bracketed => "加了圆括号，分不清是负数还是附带的数",
        Inexact::Grouping => "里的分隔符位置不对，看不出是哪个数",
    };
    Some(said.to_owned())
}

/// A way of writing that is most likely one number: 1.600项.
fn guessed(context: &Context<'_>, figure: &Figure) -> Option<Draft> {
    let Meaning::Guessed(number) = figure.written.meaning else { return None };
    if figure.due == Due::NotApplicable || figure.written.oddities.contains(&Oddity::Letter) {
        return None;
    }
    let value = context.styled(number, figure);
    let (place, raw, to) = (context.place(figure), context.raw(figure.at), value.shown());
    let draft = context
        .draft(figure, format!("{place}的“{raw}”看不准是哪个数，可能是 {to}。请确认，或填一个确定的数。"));
    if number.fract().is_zero() && !number.is_sign_negative() {
        let edits = vec![context.set(figure.at, value)];
        return Some(draft.expected(to).fix(Fix::consent(edits, "按写法推定，由填报单位确认")));
    }
    Some(draft)
}

rule! {
    /// ## 审核内容
    /// 该填数的单元格里是否填了文字。
    /// ## 为什么
    /// 文字无法汇总。
    /// ## 示例
    /// “待定”“正在统计”，或在个数处填“60%”。
    /// ## 怎么改
    /// 请填实际的数；没有进展填 0，情况写在情况说明里。
    Q010, Error, "该填数处填了文字", Each(q010)
}

fn q010(context: &Context<'_>) -> Vec<Draft> {
    let words = |figure: &Figure, _: &str| {
        let said = if figure.written.is_share() { "是百分数，不是个数" } else { "不是数" };
        (figure.written.meaning == Meaning::Words).then(|| said.to_owned())
    };
    unreadable(context, words, "请填实际的数，没有进展填 0。")
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
    Q011, Error, "负数", Each(q011)
}

fn q011(context: &Context<'_>) -> Vec<Draft> {
    let draft = |figure: &Figure| {
        let signed =
            matches!(figure.due, Due::Number(official) if figure.written.certain() == Some(-official));
        let slip = if signed { "，疑似多了负号" } else { "" };
        let (place, raw, unit) =
            (context.place(figure), context.raw(figure.at), context.unit(figure.indicator));
        context.draft(figure, format!("{place}填了 {raw}，{unit}数不会小于 0{slip}。请核对后填实际的数。"))
    };
    context.figures.iter().filter(|figure| is_negative(figure)).map(draft).collect()
}

rule! {
    /// ## 审核内容
    /// 按个数计的指标是否填了小数。
    /// ## 为什么
    /// 项目、企业不会有半个，小数多半是单位或公式有误。
    /// ## 示例
    /// “599.6”。“600.0”是整数，不在此列；按元、米、吨等计量的指标可以有小数。
    /// ## 怎么改
    /// 请核对后填整数。显示为整数而存着小数的，见 Q020。
    Q012, Error, "小数", Each(q012)
}

fn q012(context: &Context<'_>) -> Vec<Draft> {
    let shown_fraction =
        |figure: &&Figure| is_fraction(context, figure) && hidden_decimals(context, figure).is_none();
    let draft = |figure: &Figure| {
        let (place, raw, unit) =
            (context.place(figure), context.raw(figure.at), context.unit(figure.indicator));
        context.draft(figure, format!("{place}填了 {raw}，按{unit}计的数应为整数。请核对后填整数。"))
    };
    context.figures.iter().filter(shown_fraction).map(draft).collect()
}

rule! {
    /// ## 审核内容
    /// 单元格是否是公式错误值。
    /// ## 为什么
    /// 公式引用的单元格已删除或除数为 0，数已经丢失。
    /// ## 示例
    /// #REF!、#DIV/0!、#NAME?、#N/A，文本文件里的同样字样也算。
    /// ## 怎么改
    /// 请改正公式或直接填数。
    Q013, Error, "公式错误", Each(q013)
}

fn q013(context: &Context<'_>) -> Vec<Draft> {
    let error = |figure: &Figure, _: &str| {
        (figure.written.meaning == Meaning::Error).then(|| "是公式错误".to_owned())
    };
    let mut drafts = unreadable(context, error, "请改正公式或直接填数。");
    drafts.extend(rates_of_nothing(context));
    drafts
}

/// 完成率 of an indicator that does not apply: the formula dragged down divides `/` by `/`.
fn rates_of_nothing(context: &Context<'_>) -> Vec<Draft> {
    let Ok(table) = context.table else { return Vec::new() };
    let Some(rate) = table.column(Role::Rate) else { return Vec::new() };
    let draft = |(row, found): (&Row, LabelMatch)| {
        let at = table.place(row.row, rate.index)?;
        let cell = context.cell(at)?;
        let due = context.figure(found.indicator, Role::Current)?.due;
        if due != Due::NotApplicable || read_value(&cell.value).meaning != Meaning::Error {
            return None;
        }
        let message = format!("这项指标不适用，完成率显示为“{}”，应为“/”。可改正。", cell.shown());
        let fix =
            Fix::consent(vec![context.set(at, NewValue::Text("/".to_owned()))], "不适用的指标没有完成率");
        let draft = Draft::at(table.sheet, Range::cell(at), message).found(cell.shown()).expected("/");
        Some(draft.indicator(found.indicator).city(context.city).fix(fix))
    };
    table.indicator_rows().filter_map(draft).collect()
}

rule! {
    /// ## 审核内容
    /// 该填数的单元格是否成了日期或时间。
    /// ## 为什么
    /// 键入 6-12、1/1、8:30 这样的内容，WPS、Excel 会自动改存为日期或时间，原来键入的就丢了；单元格先设成了日期格式的，
    /// 填的数也显示成日期。
    /// ## 示例
    /// 键入“6-12”成了“6月12日”；600 显示为“1901/8/22”。
    /// ## 怎么改
    /// 日期只是格式、存的就是那个数的，请确认后改回；其余请把单元格格式改为“常规”，再填实际的数。
    Q014, Error, "成了日期", Each(q014)
}

fn q014(context: &Context<'_>) -> Vec<Draft> {
    context
        .figures
        .iter()
        .filter(|figure| figure.written.meaning == Meaning::Date)
        .map(|figure| a_date(context, figure))
        .collect()
}

fn a_date(context: &Context<'_>, figure: &Figure) -> Draft {
    let (place, raw) = (context.place(figure), dated(context, figure));
    let Some((number, told)) = before_the_date(context, figure, &raw) else {
        let message = format!(
            "{place}成了日期或时间“{raw}”，原来键入的数已经看不出来。请把单元格格式改为“常规”，再填实际的数。"
        );
        return context.draft(figure, message).found(raw).gathers();
    };
    let value = context.styled(number, figure);
    let to = value.shown();
    let message = match told {
        Told::Stored => {
            format!("{place}设成了日期格式，存的数 {} 显示为“{raw}”。请确认后改回 {to}。", number.normalize())
        }
        Told::Official => {
            format!("{place}成了日期或时间“{raw}”，从字样看原是 {to}，与官方分解表相同。请确认后改回。")
        }
    };
    let fix =
        Fix::consent(vec![context.set(figure.at, value)], "按成为日期以前键入的内容推定，由填报单位确认");
    context.draft(figure, message).found(raw).expected(to).fix(fix).gathers()
}

/// What a cell that became a date shows.
fn dated(context: &Context<'_>, figure: &Figure) -> String {
    match context.cell(figure.at).map(|cell| (&cell.value, cell)) {
        Some((Value::Number(serial), cell)) => {
            let days = if context.input.workbook.date_1904 { FROM_1900_TO_1904 } else { 0.0 };
            shown_number(serial + days, &cell.number_format)
        }
        _ => context.raw(figure.at),
    }
}

/// Days between the first days of the two date systems (ECMA-376 part 1, 18.17.4.1).
const FROM_1900_TO_1904: f64 = 1462.0;
/// 2000-01-01, counted from 1900. A date that a program made of typed text carries the year of typing.
const YEAR_2000: f64 = 36_526.0;

/// How the number before the date is known.
enum Told {
    /// It is what the cell stores: only the format is a date's.
    Stored,
    /// A part of the date is the official number of that very cell.
    Official,
}

/// The number that was typed, where one can be told: a small whole number under a date format is itself; in the
/// breakdown form a part of the date that is the official number of the cell is that number.
fn before_the_date(context: &Context<'_>, figure: &Figure, shown: &str) -> Option<(Decimal, Told)> {
    if figure.due == Due::NotApplicable {
        return None;
    }
    if let Some((Value::Number(serial), cell)) = context.cell(figure.at).map(|cell| (&cell.value, cell)) {
        let first_dates =
            if context.input.workbook.date_1904 { YEAR_2000 - FROM_1900_TO_1904 } else { YEAR_2000 };
        // 5-60 becomes May 1960 under a format without days.
        let typed_month =
            *serial >= 10_000.0 && !cell.number_format.code().to_ascii_lowercase().contains('d');
        if serial.fract() == 0.0 && (0.0..first_dates).contains(serial) && !typed_month {
            return Some((decimal(*serial)?, Told::Stored));
        }
    }
    let Due::Number(official) = figure.due else { return None };
    let form = context.table.ok()?.form;
    let parts = shown.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<Decimal>().ok());
    (form == Form::Breakdown && parts.into_iter().any(|part| part == official))
        .then_some((official, Told::Official))
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
    Q015, Error, "漏填", Each(q015)
}

fn q015(context: &Context<'_>) -> Vec<Draft> {
    let left_out = |figure: &&Figure| {
        figure.written.meaning == Meaning::Blank
            && !is_uncomputed(context, figure)
            && figure.role != Role::Target
            && is_due(figure)
            && !context.is_first_return(figure.role)
    };
    let draft = |figure| {
        context.draft(figure, format!("{}是空白。请填实际的数，没有进展填 0。", context.place(figure)))
    };
    context.figures.iter().filter(left_out).map(draft).collect()
}

rule! {
    /// ## 审核内容
    /// 填数的单元格里是公式的，文件里是否存有算好的数（完成率一列不查）。
    /// ## 为什么
    /// 有的程序写出的文件只有公式没有得数，不打开重算就不知道是多少，审核和汇总都取不到数。该填数的是错误，别处是警示。
    /// ## 示例
    /// “本期累计完成”一格是 =E4+60，没有存得数。
    /// ## 怎么改
    /// 请在 WPS 或 Excel 里打开，保存一次，再来校核。
    Q016, Error, "公式没有存算好的数", Each(q016)
}

fn q016(context: &Context<'_>) -> Vec<Draft> {
    let draft = |figure: &Figure| {
        let formula = context.cell(figure.at).and_then(|cell| cell.formula.as_deref()).unwrap_or_default();
        let needed = matches!(figure.role, Role::City(_) | Role::Target | Role::Current) && is_due(figure);
        let message = format!(
            "{}有公式而没有存算好的数。请在 WPS 或 Excel 里打开，保存一次，再来校核。",
            context.place(figure)
        );
        let tier = if needed { Tier::Error } else { Tier::Warning };
        context.draft(figure, message).found(format!("={formula}")).gathers().tier(tier)
    };
    context.figures.iter().filter(|figure| is_uncomputed(context, figure)).map(draft).collect()
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
    Q018, Error, "字母当数字", Each(q018)
}

fn q018(context: &Context<'_>) -> Vec<Draft> {
    written(context, Fault::Odd(Oddity::Letter), |context, figure, raw, to| {
        let readings = letter_readings(context, figure);
        let other = readings
            .into_iter()
            .map(|number| context.styled(number, figure).shown())
            .find(|other| other != to);
        match other {
            Some(other) => format!("“{raw}”里有字母，可能是 {to}，也可能是 {other}。请确认是哪个数。"),
            None => format!("“{raw}”里有字母，看起来是 {to}。请确认是否就是这个数。"),
        }
    })
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
    Q019, Notice, "数字带空格或不可见字符", Each(q019)
}

fn q019(context: &Context<'_>) -> Vec<Draft> {
    written(context, Fault::Stray, |_, figure, raw, to| {
        let what = if figure.written.oddities.contains(&Oddity::Invisible) {
            "不可见字符"
        } else {
            "多余的空格或标点"
        };
        format!("“{}”带有{what}，应为 {to}。可一并改正，数不变。", raw.trim())
    })
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
    Q020, Warning, "存的数与显示的不同", Each(q020)
}

fn q020(context: &Context<'_>) -> Vec<Draft> {
    // In another magnitude, or pushed under a format of rates, the cell is said to be that.
    let draft = |figure: &Figure| {
        let shown = hidden_decimals(context, figure)?;
        Some(context.draft(
            figure,
            format!("存的是 {}，显示为 {shown}。请核对后填确定的数。", context.raw(figure.at)),
        ))
    };
    context.figures.iter().filter(|figure| context.is_as_meant(figure)).filter_map(draft).collect()
}

/// The kinds of fault in the writing of a number, one a cell.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Odd(Oddity),
    Unit,
    StoredAsText,
    Stray,
}

/// The fault that speaks for a cell: the most serious one. A number that is negative, a fraction or out of place is
/// said to be that (Q011, Q012, N001, N004), `=600` that it would be run (S001), a guess that it is one (Q008).
fn fault(context: &Context<'_>, figure: &Figure) -> Option<Fault> {
    let written = &figure.written;
    written.number()?;
    if figure.due == Due::NotApplicable || is_negative(figure) || is_fraction(context, figure) {
        return None;
    }
    let unit = context.unit(figure.indicator);
    let other_unit = written.unit.as_deref().filter(|other| *other != unit);
    // 600家企业 has the right unit, and a word too many.
    let longer_unit = other_unit.is_some_and(|other| !unit.is_empty() && other.starts_with(unit));
    let stray = || {
        if figure.style == HouseStyle::WithUnit && written.unit.is_some() || context.is_text_format() {
            Fault::Stray
        } else {
            Fault::StoredAsText
        }
    };
    // 7万人次 where the breakdown itself counts 12万人次.
    let official_magnitude = || {
        let raw = context.raw(figure.at);
        let label = context.indicator(figure.indicator).map_or("", |indicator| indicator.label.as_str());
        ["万", "千", "百", "亿"]
            .iter()
            .map(|magnitude| format!("{magnitude}{unit}"))
            .any(|counted| !unit.is_empty() && raw.ends_with(&counted) && label.contains(&counted))
    };
    match written.oddities.first() {
        Some(Oddity::Formula) => return None,
        Some(Oddity::Magnitude) if written.oddities.len() == 1 && official_magnitude() => return None,
        Some(Oddity::Letter) => return Some(Fault::Odd(Oddity::Letter)),
        _ if written.certain().is_none() => return None,
        Some(odd @ (Oddity::Magnitude | Oddity::ChineseNumeral | Oddity::FullWidth)) => {
            return Some(Fault::Odd(*odd));
        }
        _ if other_unit.is_some() && !longer_unit => return Some(Fault::Unit),
        Some(Oddity::Separators) => return Some(Fault::Odd(Oddity::Separators)),
        Some(Oddity::Scientific | Oddity::Apostrophe) => return Some(Fault::StoredAsText),
        Some(Oddity::Invisible) if written.oddities.contains(&Oddity::Stray) => return Some(stray()),
        Some(Oddity::Invisible) => return Some(Fault::Stray),
        Some(Oddity::Stray) => return Some(stray()),
        None if longer_unit => return Some(stray()),
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

fn written(
    context: &Context<'_>,
    kind: Fault,
    message: fn(&Context<'_>, &Figure, &str, &str) -> String,
) -> Vec<Draft> {
    let draft = |figure: &Figure| {
        let read = figure.written.number()?;
        let by_letters = || letter_readings(context, figure).first().copied();
        let number = if kind == Fault::Odd(Oddity::Letter) { by_letters().unwrap_or(read) } else { read };
        let value = context.styled(number, figure);
        let to = value.shown();
        let edits = vec![context.set(figure.at, value)];
        let fix = match kind {
            Fault::Odd(Oddity::Letter) => Fix::consent(edits, "按字形推定，由填报单位确认"),
            Fault::Odd(Oddity::Magnitude) => Fix::consent(edits, OF_MAGNITUDE),
            _ if figure.formula => Fix::consent(edits, "以公式现有的结果代替公式，由填报单位确认"),
            _ => Fix::safe(edits, SAME_NUMBER),
        };
        let message = message(context, figure, &context.raw(figure.at), &to);
        Some(context.draft(figure, message).expected(to).fix(fix).gathers())
    };
    context.figures.iter().filter(|figure| fault(context, figure) == Some(kind)).filter_map(draft).collect()
}

/// What a number with letters in it may be, the likeliest first: with a digit for each letter (4OO), or with the
/// letters behind the digits left out (600O). The official number speaks first, then what fits the neighbouring
/// figures.
fn letter_readings(context: &Context<'_>, figure: &Figure) -> Vec<Decimal> {
    let Some(read) = figure.written.number() else { return Vec::new() };
    let bare = figure.written.text.trim_end_matches(|c: char| c.is_alphabetic());
    let without = Some(bare)
        .filter(|bare| bare.len() < figure.written.text.len())
        .and_then(|bare| read_quantity(bare).certain());
    let Some(without) = without.filter(|without| *without != read) else { return vec![read] };
    let neighbour = |role| context.figure(figure.indicator, role).and_then(|other| other.written.certain());
    let target = context
        .figure(figure.indicator, Role::Target)
        .and_then(|target| if let Due::Number(official) = target.due { Some(official) } else { None });
    let fits = |number: Decimal| match figure.due {
        Due::Number(official) => number == official,
        _ => {
            target.is_none_or(|target| number <= target.saturating_mul(fraction(12, 1)))
                && neighbour(Role::Previous).is_none_or(|before| number >= before)
        }
    };
    if fits(without) && !fits(read) { vec![without, read] } else { vec![read, without] }
}

/// Cells that hold no number, where a number is due: `what` says what they hold.
fn unreadable(context: &Context<'_>, what: fn(&Figure, &str) -> Option<String>, todo: &str) -> Vec<Draft> {
    let draft = |figure: &Figure| {
        let raw = context.raw(figure.at);
        let said = format!("{}的“{}”{}", context.place(figure), raw.trim(), what(figure, &raw)?);
        let Some(official) = official_within(figure).filter(|_| figure.role == Role::Target) else {
            return Some(context.draft(figure, format!("{said}。{todo}")));
        };
        let value = context.styled(official, figure);
        let to = value.shown();
        let draft =
            context.draft(figure, format!("{said}，官方分解表为 {to}。请核对后改为 {to}。")).expected(to);
        Some(draft.fix(Fix::consent(vec![context.set(figure.at, value)], ANNEX)))
    };
    let told = |figure: &&Figure| !(figure.written.meaning == Meaning::Words && figure.due == Due::Unknown);
    context.figures.iter().filter(told).filter_map(draft).collect()
}

/// The official number, where it is the one that a bound, an estimate or a remark stands around: 超过800家.
fn official_within(figure: &Figure) -> Option<Decimal> {
    let Due::Number(official) = figure.due else { return None };
    let around = matches!(
        figure.written.meaning,
        Meaning::Inexact(Inexact::Bound | Inexact::About | Inexact::Annotated | Inexact::Bracketed)
    );
    (around && read_quantity(&figure.written.text).certain() == Some(official)).then_some(official)
}

/// Whether a number is asked for, and not `/`.
const fn is_due(figure: &Figure) -> bool {
    matches!(figure.due, Due::Number(_) | Due::Figure)
}

fn is_negative(figure: &Figure) -> bool {
    figure.written.certain().is_some_and(|number| number.is_sign_negative() && !number.is_zero())
}

/// A fraction of a thing that is counted; money, lengths and weights are measured.
fn is_fraction(context: &Context<'_>, figure: &Figure) -> bool {
    const MEASURED: [&str; 11] = ["%", "‰", "元", "米", "吨", "亩", "克", "升", "公里", "公顷", "千瓦"];
    let unit = context.unit(figure.indicator);
    figure.written.certain().is_some_and(|number| !number.fract().is_zero())
        && !MEASURED.iter().any(|measure| unit.ends_with(measure))
        // 0.05 of 亿元 or 2.5 of 万人次 is no fraction of a thing.
        && !unit.starts_with(['十', '百', '千', '万', '亿'])
}

/// A formula without any stored result; a stored empty text is a result.
fn is_uncomputed(context: &Context<'_>, figure: &Figure) -> bool {
    figure.formula && context.cell(figure.at).is_some_and(|cell| cell.value.is_empty())
}

/// The shown text of a stored number whose format hides part of it.
fn hidden_decimals(context: &Context<'_>, figure: &Figure) -> Option<String> {
    let cell = context.cell(figure.at)?;
    if !matches!(cell.value, Value::Number(_)) || figure.written.is_share() {
        return None;
    }
    let stored = read_value(&cell.value).certain()?;
    let shown = cell.shown();
    if shown.trim().is_empty() {
        return Some("空白".to_owned());
    }
    let read = read_quantity(&shown);
    let as_shown = read.number().map(|number| if read.is_share() { hundredth(number) } else { number });
    if cell.number_format.is_percent() && !stored.is_zero() {
        return Some(shown);
    }
    // A binary fraction's last digits are no fault of the clerk.
    (as_shown?.saturating_sub(stored).abs() > fraction(1, 9)).then_some(shown)
}
