//! Family B: the breakdown form against the official figures.

use super::rule;
use crate::audit::{Code, Context, Draft, Due, Figure, HouseStyle, copied_column, slip_of_hand};
use crate::breakdown::{CityId, Indicator, IndicatorId, Relation};
use crate::fixes::{Edit, Fix, NewValue};
use crate::layout::{Form, Role, Table};
use crate::model::{CellRef, Decimal, Meaning, Range, Value, read_value};

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
    B001, Error, "各市之和不等于总量", Each(b001)
}

fn b001(context: &Context<'_>) -> Vec<Draft> {
    sums(context, &[Relation::Equal, Relation::AtMost], |context, id, total, sum| {
        let difference = sum.saturating_sub(total);
        let word = if difference.is_sign_negative() { "少" } else { "多" };
        format!(
            "总量 {}，各市之和 {}，{word} {}。请核对是哪一个市的数有误。",
            context.spoken(total, id),
            context.spoken(sum, id),
            context.spoken(difference.abs(), id)
        )
    })
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
    B002, Error, "各市之和没有达到下限", Each(b002)
}

fn b002(context: &Context<'_>) -> Vec<Draft> {
    sums(context, &[Relation::Above, Relation::AtLeast, Relation::Breaking, Relation::Reaching], |context, id, total, sum| {
        let word = context.indicator(id).map_or("", |indicator| indicator.relation.word());
        format!(
            "要求{word} {}，各市之和 {}，少 {}。请核对是哪一个市的数有误。",
            context.spoken(total, id),
            context.spoken(sum, id),
            context.spoken(total.saturating_sub(sum), id)
        )
    })
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
    B003, Error, "与官方分解表不一致", EachOrRoot(b003, b003_root)
}

fn b003(context: &Context<'_>) -> Vec<Draft> {
    let Ok(table) = context.table else { return Vec::new() };
    if table.form != Form::Breakdown {
        return Vec::new();
    }
    context
        .figures
        .iter()
        .filter_map(|figure| {
            let Due::Number(official) = figure.due else { return None };
            let number = figure.written.certain().filter(|number| *number != official && figure.written.unit.as_deref() != Some("%"))?;
            let value = context.in_style(official, figure.indicator, figure.style);
            let difference = number.saturating_sub(official);
            let word = if difference.is_sign_negative() { "少" } else { "多" };
            let slip = slip(context, figure, number, official).map(|slip| format!("，疑似{slip}")).unwrap_or_default();
            let draft = Draft::at(
                table.sheet,
                Range::cell(figure.at),
                format!(
                    "{}填 {}，官方分解表为 {}，{word} {}{slip}。请核对后改为官方数。",
                    context.place(figure),
                    context.spoken(number, figure.indicator),
                    context.spoken(official, figure.indicator),
                    context.spoken(difference.abs(), figure.indicator)
                ),
            )
            .found(context.raw(figure.at))
            .expected(value.shown())
            .indicator(figure.indicator)
            .city(figure.city)
            .fix(Fix::consent(vec![Edit::Set { sheet: table.sheet, cell: figure.at, value }], ANNEX));
            let moved = moved_in_row(context, table, figure.row).is_some_and(|moved| moved.cells.contains(&figure.at));
            Some(if number == -official {
                draft.because(Code("Q011"), figure.at)
            } else if moved {
                draft.because(Code("B006"), figure.at)
            } else {
                draft
            })
        })
        .collect()
}

fn b003_root(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = copied_column(context, table)?;
    let (city, from) = (context.breakdown().city(found.city), context.breakdown().city(found.from));
    let figures: Vec<&Figure> = context.figures.iter().filter(|figure| figure.role == Role::City(found.city)).collect();
    let (first, last) = (figures.first()?, figures.last()?);
    let edits = figures
        .iter()
        .filter_map(|figure| {
            let value = match figure.due {
                Due::Number(official) if figure.written.certain() != Some(official) => {
                    context.in_style(official, figure.indicator, figure.style)
                }
                Due::NotApplicable if figure.written.meaning != Meaning::NotApplicable => NewValue::Text("/".to_owned()),
                _ => return None,
            };
            Some(Edit::Set { sheet: table.sheet, cell: figure.at, value })
        })
        .collect();
    let message = format!(
        "{city}一列 {}/{} 行填的是{from}的数，疑似把{from}的一列又填了一遍。请核对后改为{city}的官方数。",
        found.agreeing, found.rows
    );
    let draft = Draft::at(table.sheet, Range::new(first.at, last.at), message)
        .found(from)
        .expected(city)
        .city(Some(found.city))
        .fix(Fix::consent(edits, ANNEX));
    Some((draft, found.table))
}

rule! {
    /// ## 审核内容
    /// 合计列是否等于各市之和。
    /// ## 为什么
    /// 合计由各市相加得出，不等说明改了数没有重算，或有一个市的数填错了。
    /// ## 示例
    /// 三市之和 1000 项，合计列写 990 项，少 10 项。
    /// ## 怎么改
    /// 各市的数无误的，核对后改为各市之和；该列用公式的，改为求和公式。
    B004, Error, "合计列不等于各市之和", Each(b004)
}

fn b004(context: &Context<'_>) -> Vec<Draft> {
    let (Ok(table), Some(sheet)) = (context.table, context.sheet()) else { return Vec::new() };
    let Some(column) = table.column(Role::Total).filter(|_| table.form == Form::Breakdown && !table.righting.foreign) else {
        return Vec::new();
    };
    let mut drafts = Vec::new();
    for (row, found) in table.indicator_rows() {
        let Some(at) = table.place(row.row, column.index) else { continue };
        let written = read_value(sheet.grid.value(at));
        let figures = row_figures(context, row.row);
        let (Some(stated), Some(sum), Some(indicator)) = (written.certain(), sum_of(context, &figures), context.indicator(found.indicator))
        else {
            continue;
        };
        if stated == sum {
            continue;
        }
        let spoken = |number: Decimal| context.spoken(number, found.indicator);
        let word = if stated < sum { "少" } else { "多" };
        let message =
            format!("合计为 {}，各市之和 {}，{word} {}。请核对。", spoken(stated), spoken(sum), spoken(stated.saturating_sub(sum).abs()));
        let draft = Draft::at(table.sheet, Range::cell(at), message).found(context.raw(at)).indicator(found.indicator);
        let culprit = culprit(&figures);
        // Where a city's own finding explains the difference, the total is right.
        if let Some((code, cell)) = culprit.filter(|_| stated == indicator.total) {
            drafts.push(draft.because(code, cell));
            continue;
        }
        let due = if culprit.is_some() { indicator.total } else { sum };
        let style = if written.unit.is_some() { HouseStyle::WithUnit } else { HouseStyle::Plain };
        let shown = context.in_style(due, found.indicator, style);
        let value = match (sheet.grid.get(at), figures.first(), figures.last()) {
            (Some(cell), Some(first), Some(last)) if cell.formula.is_some() => NewValue::Formula(format!("SUM({}:{})", first.at, last.at)),
            (Some(cell), ..) if matches!(cell.value, Value::Text(_)) => NewValue::Text(shown.shown()),
            _ => shown.clone(),
        };
        drafts
            .push(draft.expected(shown.shown()).fix(Fix::consent(vec![Edit::Set { sheet: table.sheet, cell: at, value }], "本表各市之和")));
    }
    drafts
}

rule! {
    /// ## 审核内容
    /// 一行的合计没有变，但数从一个市挪到了另一个市。
    /// ## 为什么
    /// 只看合计发现不了；各市的任务是分别下达的，不能互相调剂。
    /// ## 示例
    /// 成都市 590、绵阳市 310，官方为 600、300：合计仍是 1000，10 项从成都市挪到了绵阳市。
    /// ## 怎么改
    /// 请核对后改回各市的官方数。
    B006, Error, "数在市之间挪动", Each(b006)
}

fn b006(context: &Context<'_>) -> Vec<Draft> {
    let Ok(table) = context.table else { return Vec::new() };
    if table.form != Form::Breakdown {
        return Vec::new();
    }
    table
        .indicator_rows()
        .filter_map(|(row, found)| {
            let moved = moved_in_row(context, table, row.row)?;
            let (first, last) = (moved.cells.first()?, moved.cells.last()?);
            let list = |numbers: &[(CityId, Decimal)]| {
                numbers
                    .iter()
                    .map(|(city, number)| format!("{} {}", context.breakdown().city(*city), number.normalize()))
                    .collect::<Vec<_>>()
                    .join("、")
            };
            let message = format!(
                "指标 {} 的各市之和仍为 {}，但写的是{}，官方为{}，疑似数在市之间挪动或填反。请核对后改回各市的官方数。",
                context.indicator(found.indicator)?.number,
                context.spoken(moved.sum, found.indicator),
                list(&moved.written),
                list(&moved.official)
            );
            let draft =
                Draft::at(table.sheet, Range::new(*first, *last), message).found(list(&moved.written)).expected(list(&moved.official));
            Some(draft.indicator(found.indicator).fix(Fix::consent(moved.edits, ANNEX)))
        })
        .collect()
}

/// Two or more cells of a row that differ from the breakdown while the sum is kept.
struct MovedInRow {
    cells: Vec<CellRef>,
    written: Vec<(CityId, Decimal)>,
    official: Vec<(CityId, Decimal)>,
    sum: Decimal,
    /// Every cell back to its official number.
    edits: Vec<Edit>,
}

fn moved_in_row(context: &Context<'_>, table: &Table, row: u32) -> Option<MovedInRow> {
    if table.righting.foreign {
        return None;
    }
    let figures = row_figures(context, row);
    let sum = sum_of(context, &figures)?;
    let mut moved = MovedInRow { cells: Vec::new(), written: Vec::new(), official: Vec::new(), sum, edits: Vec::new() };
    let mut due = Decimal::ZERO;
    for figure in figures {
        let Due::Number(official) = figure.due else { continue };
        due = due.checked_add(official)?;
        if let (Some(number), Some(city)) = (figure.written.certain().filter(|number| *number != official), figure.city) {
            moved.cells.push(figure.at);
            let value = context.in_style(official, figure.indicator, figure.style);
            moved.edits.push(Edit::Set { sheet: table.sheet, cell: figure.at, value });
            moved.written.push((city, number));
            moved.official.push((city, official));
        }
    }
    (sum == due && moved.cells.len() >= 2).then_some(moved)
}

fn row_figures<'a>(context: &'a Context<'_>, row: u32) -> Vec<&'a Figure> {
    context.figures.iter().filter(|figure| figure.row == row && matches!(figure.role, Role::City(_))).collect()
}

/// The sum of a row; told only where every city has a column and every part is known.
fn sum_of(context: &Context<'_>, figures: &[&Figure]) -> Option<Decimal> {
    if figures.len() < context.breakdown().cities.len() {
        return None;
    }
    figures.iter().try_fold(Decimal::ZERO, |sum, figure| {
        let part = match figure.written.meaning {
            Meaning::Number(number) => number,
            Meaning::NotApplicable => Decimal::ZERO,
            Meaning::Blank if figure.due == Due::NotApplicable => Decimal::ZERO,
            _ => return None,
        };
        sum.checked_add(part)
    })
}

fn sums(context: &Context<'_>, relations: &[Relation], message: fn(&Context<'_>, IndicatorId, Decimal, Decimal) -> String) -> Vec<Draft> {
    let Ok(table) = context.table else { return Vec::new() };
    if table.form != Form::Breakdown || table.righting.foreign {
        return Vec::new();
    }
    let mut drafts = Vec::new();
    for (row, found) in table.indicator_rows() {
        // Shares of different wholes do not add up.
        let adds = |indicator: &&Indicator| relations.contains(&indicator.relation) && indicator.unit != "%";
        let Some(indicator) = context.indicator(found.indicator).filter(adds) else { continue };
        let figures = row_figures(context, row.row);
        let Some(sum) = sum_of(context, &figures) else { continue };
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
    if let Some(slip) = slip_of_hand(number, official) {
        return Some(slip.to_owned());
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
