//! Family B: the breakdown form against the official figures.

use super::{ANNEX, code, list, rule};
use crate::audit::{Code, Context, Draft, Due, Figure, HouseStyle, copied_column, slip_of_hand};
use crate::breakdown::{CityId, IndicatorId, Relation};
use crate::fixes::{Edit, Fix, NewValue};
use crate::layout::{LabelMatch, Role, Row, Table};
use crate::model::{CellRef, Decimal, Meaning, Range, Value, read_value};

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
        let (spoken, apart) =
            (|number| context.spoken(number, id), context.apart(sum.saturating_sub(total), id));
        format!("总量 {}，各市之和 {}，{apart}。请核对是哪一个市的数有误。", spoken(total), spoken(sum))
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
    sums(
        context,
        &[Relation::Above, Relation::AtLeast, Relation::Breaking, Relation::Reaching],
        |context, id, total, sum| {
            let (spoken, apart) =
                (|number| context.spoken(number, id), context.apart(sum.saturating_sub(total), id));
            let word = context.indicator(id).map_or("", |indicator| indicator.relation.word());
            format!(
                "要求{word} {}，各市之和 {}，{apart}。请核对是哪一个市的数有误。",
                spoken(total),
                spoken(sum)
            )
        },
    )
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
    if context.breakdown_form().is_none() {
        return Vec::new();
    }
    context.figures.iter().filter_map(|figure| unofficial(context, figure)).collect()
}

fn unofficial(context: &Context<'_>, figure: &Figure) -> Option<Draft> {
    let Due::Number(official) = figure.due else { return None };
    let number = figure.written.certain().filter(|number| *number != official && !figure.is_percentage())?;
    let value = context.styled(official, figure);
    let draft = context
        .draft(figure, unofficial_message(context, figure, number, official))
        .expected(value.shown())
        .fix(Fix::consent(vec![context.set(figure.at, value)], ANNEX));
    let moved = || moved_in_row(context, figure.row).is_some_and(|moved| moved.cells.contains(&figure.at));
    Some(if number == -official {
        draft.because(code::Q011, figure.at)
    } else if moved() {
        draft.because(code::B006, figure.at)
    } else {
        draft
    })
}

fn unofficial_message(context: &Context<'_>, figure: &Figure, number: Decimal, official: Decimal) -> String {
    let spoken = |number| context.spoken(number, figure.indicator);
    let (place, apart) =
        (context.place(figure), context.apart(number.saturating_sub(official), figure.indicator));
    let slip =
        slip(context, figure, number, official).map(|slip| format!("，疑似{slip}")).unwrap_or_default();
    format!(
        "{place}填 {}，官方分解表为 {}，{apart}{slip}。请核对后改为官方数。",
        spoken(number),
        spoken(official)
    )
}

fn b003_root(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = copied_column(context, table)?;
    let (city, from) = (context.breakdown().city(found.city), context.breakdown().city(found.from));
    let figures: Vec<&Figure> = context.figures_of(Role::City(found.city)).collect();
    let (first, last) = (figures.first()?, figures.last()?);
    let edit = |figure: &&Figure| {
        let value = match figure.due {
            Due::Number(official) if figure.written.certain() != Some(official) => {
                context.styled(official, figure)
            }
            Due::NotApplicable if figure.written.meaning != Meaning::NotApplicable => {
                NewValue::Text("/".to_owned())
            }
            _ => return None,
        };
        Some(context.set(figure.at, value))
    };
    let edits = figures.iter().filter_map(edit).collect();
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
    let Some(table) = context.breakdown_form() else { return Vec::new() };
    let Some(column) = table.column(Role::Total) else { return Vec::new() };
    let total = |(row, found): (&Row, LabelMatch)| {
        wrong_total(context, row.row, table.place(row.row, column.index)?, found.indicator)
    };
    table.indicator_rows().filter_map(total).collect()
}

fn wrong_total(context: &Context<'_>, row: u32, at: CellRef, id: IndicatorId) -> Option<Draft> {
    let cell = context.cell(at)?;
    let written = read_value(&cell.value);
    let figures = row_figures(context, row);
    let (stated, sum, total) = (written.certain()?, sum_of(context, &figures)?, context.additive(id)?.total);
    if stated == sum {
        return None;
    }
    let spoken = |number| context.spoken(number, id);
    let apart = context.apart(stated.saturating_sub(sum), id);
    let message = format!("合计为 {}，各市之和 {}，{apart}。请核对。", spoken(stated), spoken(sum));
    let draft =
        Draft::at(context.sheet_index(), Range::cell(at), message).found(context.raw(at)).indicator(id);
    let culprit = culprit(&figures);
    // Where a city's own finding explains the difference, the total is right.
    if let Some((code, cell)) = culprit.filter(|_| stated == total) {
        return Some(draft.because(code, cell));
    }
    let due = if culprit.is_some() { total } else { sum };
    let style = if written.unit.is_some() { HouseStyle::WithUnit } else { HouseStyle::Plain };
    let shown = context.in_style(due, id, style);
    let value = match (&cell.value, figures.first(), figures.last()) {
        (_, Some(first), Some(last)) if cell.formula.is_some() => {
            NewValue::Formula(format!("SUM({}:{})", first.at, last.at))
        }
        (Value::Text(_), ..) => NewValue::Text(shown.shown()),
        _ => shown.clone(),
    };
    Some(draft.expected(shown.shown()).fix(Fix::consent(vec![context.set(at, value)], "本表各市之和")))
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
    let Some(table) = context.breakdown_form() else { return Vec::new() };
    let draft = |(row, found): (&Row, LabelMatch)| {
        let moved = moved_in_row(context, row.row)?;
        let (first, last) = (moved.cells.first()?, moved.cells.last()?);
        let (written, official) = (listed(context, &moved.written), listed(context, &moved.official));
        let message = format!(
            "指标 {} 的各市之和仍为 {}，但写的是{written}，官方为{official}，疑似数在市之间挪动或填反。\
             请核对后改回各市的官方数。",
            context.indicator(found.indicator)?.number,
            context.spoken(moved.sum, found.indicator)
        );
        let draft =
            Draft::at(table.sheet, Range::new(*first, *last), message).found(written).expected(official);
        Some(draft.indicator(found.indicator).fix(Fix::consent(moved.edits, ANNEX)))
    };
    table.indicator_rows().filter_map(draft).collect()
}

/// 成都市 590、绵阳市 310.
fn listed(context: &Context<'_>, numbers: &[(CityId, Decimal)]) -> String {
    list(
        numbers
            .iter()
            .map(|(city, number)| format!("{} {}", context.breakdown().city(*city), number.normalize())),
    )
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

fn moved_in_row(context: &Context<'_>, row: u32) -> Option<MovedInRow> {
    let figures = row_figures(context, row);
    let sum = sum_of(context, &figures)?;
    let mut moved =
        MovedInRow { cells: Vec::new(), written: Vec::new(), official: Vec::new(), sum, edits: Vec::new() };
    let mut due = Decimal::ZERO;
    for figure in figures {
        let Due::Number(official) = figure.due else { continue };
        due = due.checked_add(official)?;
        if let (Some(number), Some(city)) =
            (figure.written.certain().filter(|number| *number != official), figure.city)
        {
            moved.cells.push(figure.at);
            moved.edits.push(context.set(figure.at, context.styled(official, figure)));
            moved.written.push((city, number));
            moved.official.push((city, official));
        }
    }
    (sum == due && moved.cells.len() >= 2).then_some(moved)
}

fn row_figures<'a>(context: &'a Context<'_>, row: u32) -> Vec<&'a Figure> {
    context
        .figures
        .iter()
        .filter(|figure| figure.row == row && matches!(figure.role, Role::City(_)))
        .collect()
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

fn sums(
    context: &Context<'_>,
    relations: &[Relation],
    message: fn(&Context<'_>, IndicatorId, Decimal, Decimal) -> String,
) -> Vec<Draft> {
    let Some(table) = context.breakdown_form() else { return Vec::new() };
    let draft = |(row, found): (&Row, LabelMatch)| {
        let indicator =
            context.additive(found.indicator).filter(|indicator| relations.contains(&indicator.relation))?;
        let figures = row_figures(context, row.row);
        let sum = sum_of(context, &figures)?;
        if indicator.relation.holds(sum, indicator.total) {
            return None;
        }
        let range = Range::new(figures.first()?.at, figures.last()?.at);
        let draft = Draft::at(table.sheet, range, message(context, found.indicator, indicator.total, sum))
            .found(sum.normalize().to_string())
            .expected(indicator.total.normalize().to_string())
            .indicator(found.indicator);
        Some(match culprit(&figures) {
            Some((code, at)) => draft.because(code, at),
            None => draft,
        })
    };
    table.indicator_rows().filter_map(draft).collect()
}

/// The cell of the row whose own finding explains a wrong sum.
fn culprit(figures: &[&Figure]) -> Option<(Code, CellRef)> {
    figures.iter().find_map(|figure| match (figure.due, &figure.written.meaning) {
        (Due::Number(official), Meaning::Number(number)) if *number != official => {
            Some((code::B003, figure.at))
        }
        (Due::Number(_), Meaning::NotApplicable) => Some((code::N002, figure.at)),
        (Due::NotApplicable, Meaning::Number(number)) if !number.is_zero() => Some((code::N001, figure.at)),
        _ => None,
    })
}

/// A likely slip of the hand, in words.
fn slip(context: &Context<'_>, figure: &Figure, number: Decimal, official: Decimal) -> Option<String> {
    if let Some(slip) = slip_of_hand(number, official) {
        return Some(slip.to_owned());
    }
    let city = figure.city?;
    let other = context
        .breakdown()
        .city_ids()
        .find(|other| *other != city && context.breakdown().target(figure.indicator, *other) == Some(number));
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
