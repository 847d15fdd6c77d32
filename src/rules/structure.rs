//! Family T: the form of the table.

use super::{ANNEX, code, header_range, list, rule};
use std::collections::{BTreeMap, BTreeSet};

use crate::audit::{Context, Draft, HouseStyle, foreign_form};
use crate::breakdown::{CityId, Indicator, IndicatorId, Plan};
use crate::fixes::{Edit, Fix, NewValue};
use crate::layout::{
    Column, Exclusion, Form, LabelMatch, NearMiss, NoTable, Role, Row, RowKind, Table, fold, periods_in,
};
use crate::model::{CellRef, Range, Span, Value, column_letters, half_width, read_value};

rule! {
    /// ## 审核内容
    /// 各工作表里有没有分解表或进展情况表。
    /// ## 为什么
    /// 没有找到表，就没有审核任何数。
    /// ## 示例
    /// 拖错了文件，或表头被删掉了。
    /// ## 怎么改
    /// 请核对文件；表头应有“指标内容”和市名（或目标值、本期累计完成）。
    T001, Error, "没有找到指标表", File(t001)
}

fn t001(context: &Context<'_>) -> Vec<Draft> {
    vec![match context.table {
        Ok(table) if table.form == Form::Summary => {
            Draft::at(table.sheet, table.range, "这是汇总表，不是填报表。请拖入各市的分解表或进展情况表。")
        }
        Ok(_) => return Vec::new(),
        Err(NoTable { nearest: Some(near) }) => {
            let (sheet, range, captions, labels) =
                (sheet_name(context, near.sheet), near.range, list(&near.captions), near.labels);
            let message = format!(
                "没有找到指标表。最接近的是工作表“{sheet}”的 {range}（认出表头：{captions}；\
                 认出指标 {labels} 项）。请核对文件和表头。"
            );
            Draft::at(near.sheet, range, message)
        }
        Err(NoTable { nearest: None }) => Draft::on_file(
            "没有找到指标表。请核对是否拖错了文件；表头应有“指标内容”和市名（或目标值、本期累计完成）。",
        ),
    }]
}

rule! {
    /// ## 审核内容
    /// 工作簿里是否另有像指标表、但不作为报表审核的表：样表和示例、空白表、隐藏工作表里的表、汇总表、
    /// 与另一张完全相同的副本。
    /// ## 为什么
    /// 这些表不是报送的数，没有审核，请确认没有认错。
    /// ## 示例
    /// “示例”工作表里有一张填好的样表；隐藏的旧稿。
    /// ## 怎么改
    /// 不用改。认错了的，请改工作表名、取消隐藏或填上数再审核。
    T002, Notice, "有不作为报表审核的表", File(t002)
}

fn t002(context: &Context<'_>) -> Vec<Draft> {
    let passed_over = &context.found.passed_over;
    let Some(first) = passed_over.first() else { return Vec::new() };
    let others = list(passed_over.iter().map(|other| {
        format!("“{}”{}（{}）", sheet_name(context, other.sheet), other.range, aside(other.why))
    }));
    let count = passed_over.len();
    let message = format!("另有 {count} 处像指标表，没有作为报表审核：{others}。认错了的，请改正后再审核。");
    vec![Draft::at(first.sheet, first.range, message).found(others)]
}

const fn aside(why: Exclusion) -> &'static str {
    match why {
        Exclusion::Example => "样表或示例",
        Exclusion::Blank => "空白表",
        Exclusion::Hidden => "在隐藏的工作表里",
        Exclusion::Summary => "汇总表",
        Exclusion::Copy => "与另一张完全相同",
    }
}

rule! {
    /// ## 审核内容
    /// 是否有写着各项指标、却认不出列的表。
    /// ## 为什么
    /// 没有认出来就没有审核；其他表没有问题，不等于这张也没有。
    /// ## 示例
    /// 另一个工作表里有九项指标，但表头没有市名，也没有目标值、本期累计完成。
    /// ## 怎么改
    /// 请按官方表式写好表头再审核；不是报表的，可写明或另存。
    T021, Warning, "有像指标表而没有审核的表", File(t021)
}

fn t021(context: &Context<'_>) -> Vec<Draft> {
    let draft = |near: &NearMiss| {
        let (sheet, range, labels) = (sheet_name(context, near.sheet), near.range, near.labels);
        let message = format!(
            "工作表“{sheet}”的 {range} 像指标表（认出指标 {labels} 项），但认不出是哪种表，没有审核。\
             请按官方表式写好表头再审核。"
        );
        Draft::at(near.sheet, range, message).found(list(&near.captions))
    };
    context.found.unread.iter().map(draft).collect()
}

rule! {
    /// ## 审核内容
    /// 必需的列是否齐全：分解表要有指标内容和每个市；进展情况表要有指标内容、目标值、本期累计完成。
    /// ## 为什么
    /// 缺了列，就缺了一整个市或一整期的数。
    /// ## 示例
    /// 分解表没有“德阳市”一列。
    /// ## 怎么改
    /// 请按官方表式补上缺的列。
    T003, Error, "缺少必需的列", Each(t003)
}

fn t003(context: &Context<'_>) -> Vec<Draft> {
    let Some(table) = context.form() else { return Vec::new() };
    let mut required = vec![Role::Label];
    match table.form {
        Form::Breakdown => required.extend(context.breakdown().city_ids().map(Role::City)),
        _ => required.extend([Role::Target, Role::Current]),
    }
    required.retain(|role| table.column(*role).is_none());
    if required.is_empty() {
        return Vec::new();
    }
    let unread = unread_captions(context, table);
    let draft = |role: Role| {
        let caption = role.caption(context.breakdown());
        let lacks = format!("表头没有“{caption}”一列");
        let message = match unread.as_slice() {
            [] => format!("{lacks}。请按官方表式补上。"),
            [one] => format!("{lacks}；{one}认不出是什么列。是这一列的请改列名，不是的请按官方表式补上。"),
            some => {
                format!("{lacks}；{}认不出是什么列。有这一列的请改列名，没有的请按官方表式补上。", list(some))
            }
        };
        Draft::at(table.sheet, header_range(table), message).expected(caption).city(city_of(role))
    };
    required.into_iter().map(draft).collect()
}

/// Captions over numbers that stand for no column: “已实现数”（F3）.
fn unread_captions(context: &Context<'_>, table: &Table) -> Vec<String> {
    let Some(sheet) = context.sheet().filter(|_| table.is_upright()) else { return Vec::new() };
    let known: BTreeSet<u32> = table.columns.iter().chain(&table.repeated).map(|own| own.index).collect();
    let (header, rows) = (header_range(table), table.indicator_rows().count());
    let counts = |column: u32| {
        let numbers = table.indicator_rows().filter(|(row, _)| {
            read_value(sheet.grid.value(CellRef::new(row.row, column))).certain().is_some()
        });
        numbers.count() * 2 > rows
    };
    let beside = sheet.grid.rows(header.start.row, header.start.row).filter(|(at, _)| {
        (header.start.column..=header.end.column + 1).contains(&at.column) && !known.contains(&at.column)
    });
    let words = beside.filter(|(at, cell)| matches!(cell.value, Value::Text(_)) && counts(at.column));
    words.map(|(at, cell)| format!("“{}”（{at}）", cell.shown().trim())).collect()
}

rule! {
    /// ## 审核内容
    /// 同一列是否出现两次。
    /// ## 为什么
    /// 两列同名，分不清以哪一列为准。
    /// ## 示例
    /// 表头有两个“绵阳市”。
    /// ## 怎么改
    /// 请删去多余的一列，或改正写错的表头。
    T004, Error, "列重复", Each(t004)
}

fn t004(context: &Context<'_>) -> Vec<Draft> {
    let Some(table) = context.form() else { return Vec::new() };
    let draft = |column: &Column| {
        let (caption, here, first) = (&column.caption, column.header, table.column(column.role)?.header);
        let message =
            format!("“{caption}”出现两次（{first} 和 {here}），审核按前一列。请删去多余的一列或改正表头。");
        Some(
            Draft::at(table.sheet, Range::cell(here), message)
                .found(caption.clone())
                .city(city_of(column.role)),
        )
    };
    table.repeated.iter().filter(|column| is_telling(column.role)).filter_map(draft).collect()
}

/// Whether it matters which of two columns of a role is meant.
const fn is_telling(role: Role) -> bool {
    matches!(
        role,
        Role::City(_)
            | Role::Label
            | Role::Serial
            | Role::Target
            | Role::Previous
            | Role::Current
            | Role::Rate
    )
}

rule! {
    /// ## 审核内容
    /// 表头里是否有分解表以外的市。
    /// ## 为什么
    /// 示范区只含分解表所列的市，多出的市没有任务。
    /// ## 示例
    /// 多了“乐山市”一列。
    /// ## 怎么改
    /// 请核对是否用错了表，或删去这一列。
    T006, Error, "有分解表以外的市", Each(t006)
}

fn t006(context: &Context<'_>) -> Vec<Draft> {
    let Some(table) = context.form().filter(|table| table.form == Form::Breakdown) else { return Vec::new() };
    let cities = list(&context.breakdown().cities);
    let draft = |column: &Column| {
        let caption = &column.caption;
        let message = format!("“{caption}”不在分解表中（{cities}）。请核对是否用错了表，或删去这一列。");
        Draft::at(table.sheet, Range::cell(column.header), message).found(caption.clone())
    };
    table.columns.iter().filter(|column| column.role == Role::ForeignCity).map(draft).collect()
}

rule! {
    /// ## 审核内容
    /// 分解表的每项指标是否都有一行。
    /// ## 为什么
    /// 缺一行，就漏报一项指标。
    /// ## 示例
    /// 没有“聚集生物医药企业超过800家”一行。
    /// ## 怎么改
    /// 分解表可插入官方的一行；进展情况表请补上这一行并填数。
    T007, Error, "缺少指标", Each(t007)
}

fn t007(context: &Context<'_>) -> Vec<Draft> {
    let Some(table) = context.form() else { return Vec::new() };
    let breakdown = table.form == Form::Breakdown;
    let ending = if breakdown { "可插入官方的一行。" } else { "请补上这一行并填数。" };
    let rows = IndicatorRows::of(context, table);
    let misnamed: BTreeMap<IndicatorId, u32> =
        table.rows.iter().filter_map(|row| Some((meant_by(context, table, row, &rows)?, row.row))).collect();
    let draft = |id: IndicatorId| {
        let indicator = context.indicator(id)?;
        let message = format!("缺少指标 {}“{}”。{ending}", indicator.number, indicator.label);
        let mut draft = Draft::at(table.sheet, labels_range(table), message)
            .expected(indicator.label.clone())
            .indicator(id);
        if let Some(row) = misnamed.get(&id) {
            return Some(draft.because(code::T008, table.row_range(*row).start));
        }
        draft.fix = if breakdown { insertion(context, table, id) } else { None };
        Some(draft)
    };
    context.breakdown().indicator_ids().filter(|id| table.row_of(*id).is_none()).filter_map(draft).collect()
}

/// The official row of a missing indicator, put before the first row with a greater number.
fn insertion(context: &Context<'_>, table: &Table, id: IndicatorId) -> Option<Fix> {
    let indicator = context.indicator(id)?;
    let next = table.indicator_rows().filter(|(_, found)| found.indicator > id).map(|(row, _)| row.row).min();
    let row = next.or_else(|| table.indicator_rows().map(|(row, _)| row.row + 1).max())?;
    let task = |city: CityId| match context.breakdown().target(id, city) {
        None => NewValue::Text("/".to_owned()),
        Some(target) => {
            let style = context
                .figures_of(Role::City(city))
                .next()
                .map_or(HouseStyle::WithUnit, |figure| figure.style);
            context.in_style(target, id, style)
        }
    };
    let cell = |column: &Column| {
        let value = match column.role {
            Role::Serial => NewValue::Number(indicator.number.into()),
            Role::Label => NewValue::Text(indicator.label.clone()),
            Role::Unit => NewValue::Text(indicator.unit.clone()),
            Role::City(city) => task(city),
            _ => return None,
        };
        Some((column.index, value))
    };
    let cells = table.columns.iter().filter_map(cell).collect();
    Some(Fix::consent(vec![Edit::InsertRow { sheet: table.sheet, row, cells }], ANNEX))
}

rule! {
    /// ## 审核内容
    /// 同一项指标是否有两行。
    /// ## 为什么
    /// 两行都计入会重复，只计一行又分不清以哪行为准。
    /// ## 示例
    /// “新增高校院所转移孵化项目3000项”出现两次。
    /// ## 怎么改
    /// 请删去多余的一行，或改正写错的指标内容。
    T008, Error, "指标重复", Each(t008)
}

fn t008(context: &Context<'_>) -> Vec<Draft> {
    let Some(table) = context.form() else { return Vec::new() };
    // Looked up once: a sheet may repeat its indicators thousands of times.
    let standing: BTreeMap<IndicatorId, u32> =
        table.indicator_rows().map(|(row, found)| (found.indicator, row.row)).collect();
    let rows = IndicatorRows::of(context, table);
    let draft = |row: &Row| {
        let RowKind::Duplicate(found) = row.kind else { return None };
        let Indicator { number, label, .. } = context.indicator(found.indicator)?;
        let (first, here) = (standing.get(&found.indicator)? + 1, row.row + 1);
        if let Some(meant) = meant_by(context, table, row, &rows)
            && let Some(indicator) = context.indicator(meant)
            && let Some(column) = table.column(Role::Label)
        {
            let message = format!(
                "第 {here} 行的指标内容与第 {first} 行重复；按序号和前后各行，这一行应是指标 {}“{}”。\
                 请核对后改正指标内容。",
                indicator.number, indicator.label
            );
            let own = NewValue::Text(indicator.label.clone());
            return Some(
                Draft::at(table.sheet, table.row_range(row.row), message)
                    .found(row.label.clone())
                    .expected(indicator.label.clone())
                    .indicator(meant)
                    .fix(Fix::consent(vec![context.set(CellRef::new(row.row, column.index), own)], ANNEX)),
            );
        }
        let message = format!(
            "指标 {number}“{label}”出现两次（第 {first} 行和第 {here} 行），审核按第 {first} 行。请删去多余的一行。"
        );
        Some(
            Draft::at(table.sheet, table.row_range(row.row), message)
                .found(row.label.clone())
                .indicator(found.indicator),
        )
    };
    table.rows.iter().filter_map(draft).collect()
}

/// Where the indicators stand, looked up once: a sheet may repeat them thousands of times.
struct IndicatorRows {
    by_row: BTreeMap<u32, IndicatorId>,
    missing: Vec<IndicatorId>,
}

impl IndicatorRows {
    fn of(context: &Context<'_>, table: &Table) -> Self {
        let by_row: BTreeMap<u32, IndicatorId> =
            table.indicator_rows().map(|(row, found)| (row.row, found.indicator)).collect();
        let there: BTreeSet<IndicatorId> = by_row.values().copied().collect();
        let missing = context.breakdown().indicator_ids().filter(|id| !there.contains(id)).collect();
        Self { by_row, missing }
    }
}

/// The missing indicator whose row was given another one's label: its number stands there, or it is due between the
/// rows around; and its unit, where there is one, is the row's.
fn meant_by(
    context: &Context<'_>,
    table: &Table,
    row: &Row,
    IndicatorRows { by_row, missing }: &IndicatorRows,
) -> Option<IndicatorId> {
    let RowKind::Duplicate(found) = row.kind else { return None };
    if missing.is_empty() {
        return None;
    }
    let text = |role: Role| table.column(role).map(|column| context.raw(CellRef::new(row.row, column.index)));
    let serial: Option<u32> = text(Role::Serial).and_then(|text| text.trim().parse().ok());
    let before = by_row.range(..row.row).next_back().map(|(_, indicator)| indicator.0);
    let after = by_row.range(row.row + 1..).next().map(|(_, indicator)| indicator.0);
    let between = |id: IndicatorId| {
        before.map_or(id.0 == 0, |own| own + 1 == id.0)
            && after.map_or(id.0 + 1 == context.breakdown().indicators.len(), |own| own == id.0 + 1)
    };
    let unit = text(Role::Unit).filter(|unit| !unit.trim().is_empty());
    let fits = |id: &IndicatorId| {
        let Some(indicator) = context.indicator(*id) else { return false };
        let placed = match serial {
            Some(serial) if context.indicator(found.indicator).is_none_or(|own| own.number != serial) => {
                serial == indicator.number
            }
            _ => between(*id),
        };
        placed && unit.as_ref().is_none_or(|unit| unit.trim() == indicator.unit)
    };
    missing.iter().copied().find(fits)
}

rule! {
    /// ## 审核内容
    /// 是否有分解表以外的行填了数。
    /// ## 为什么
    /// 分解表以外的指标不在考核之列，也可能是指标内容写错了。
    /// ## 示例
    /// 多了“技术合同交易额突破700亿元”一行。
    /// ## 怎么改
    /// 写错的请改正指标内容；确属多余的请删去。
    T009, Error, "有分解表以外的行", Each(t009)
}

fn t009(context: &Context<'_>) -> Vec<Draft> {
    let Some(table) = context.form() else { return Vec::new() };
    let draft = |row: &Row| {
        let label = row.label.trim();
        let name = if label.is_empty() {
            "没有写指标内容".to_owned()
        } else {
            format!("“{label}”不在分解表中")
        };
        let message = format!("第 {} 行{name}。写错的请改正指标内容，多余的请删去。", row.row + 1);
        Draft::at(table.sheet, table.row_range(row.row), message).found(row.label.clone())
    };
    table.rows.iter().filter(|row| row.kind == RowKind::Stranger).map(draft).collect()
}

rule! {
    /// ## 审核内容
    /// 序号是否缺失、重复或错乱。
    /// ## 为什么
    /// 序号与指标对应，错了会使人看错行。
    /// ## 示例
    /// 序号 1、2、4、4。填报单位自己的编号（A-01、A-02）不算。
    /// ## 怎么改
    /// 可一并改为官方序号。
    T011, Notice, "序号缺失或错乱", Each(t011)
}

fn t011(context: &Context<'_>) -> Vec<Draft> {
    let Some(table) = context.form() else { return Vec::new() };
    let known = table.columns.iter().chain(&table.repeated).filter(|column| column.role == Role::Serial);
    let columns: Vec<Vec<Serial>> = known.map(|known| serials(context, table, known.index)).collect();
    // A column of the office's own numbers beside a good one is none of ours.
    if columns.iter().any(|rows| are_in_order(rows)) {
        return Vec::new();
    }
    // Codes such as A-01 or 101 are the office's own.
    let Some(rows) = columns.into_iter().next().filter(|rows| are_ordinals(rows)) else { return Vec::new() };
    rows.iter().filter(|row| row.stated != Some(row.official)).map(|row| wrong_serial(context, row)).collect()
}

/// One row of a column of ordinals.
struct Serial {
    at: CellRef,
    /// The number that stands there, where it is one.
    stated: Option<u32>,
    official: u32,
    indicator: IndicatorId,
    blank: bool,
}

fn serials(context: &Context<'_>, table: &Table, column: u32) -> Vec<Serial> {
    let Some(sheet) = context.sheet() else { return Vec::new() };
    let serial = |(row, found): (&Row, LabelMatch)| {
        let at = CellRef::new(row.row, column);
        let stated =
            read_value(sheet.grid.value(at)).certain().and_then(|number| number.to_string().parse().ok());
        let official = context.indicator(found.indicator)?.number;
        Some(Serial {
            at,
            stated,
            official,
            indicator: found.indicator,
            blank: sheet.grid.shown(at).trim().is_empty(),
        })
    };
    table.indicator_rows().filter_map(serial).collect()
}

/// Either the official numbers, or 1, 2, 3 … down the sheet as it stands.
fn are_in_order(rows: &[Serial]) -> bool {
    let official = rows.iter().all(|row| row.stated == Some(row.official));
    official || rows.iter().zip(1u32..).all(|(row, position)| row.stated == Some(position))
}

fn are_ordinals(rows: &[Serial]) -> bool {
    let filled = rows.iter().filter(|row| !row.blank).count();
    let ordinals = rows
        .iter()
        .filter(|row| row.stated.is_some_and(|stated| (stated as usize) <= rows.len() * 2))
        .count();
    ordinals * 2 >= filled
}

fn wrong_serial(context: &Context<'_>, row: &Serial) -> Draft {
    let (raw, official) = (context.raw(row.at), row.official);
    let message = if row.blank {
        format!("序号空白，应为 {official}。可一并改正。")
    } else {
        format!("序号写作“{raw}”，这项指标的序号是 {official}。可一并改正。")
    };
    let is_text = context.cell(row.at).is_some_and(|cell| matches!(cell.value, Value::Text(_)));
    let value = if is_text && context.is_text_format() {
        NewValue::Text(official.to_string())
    } else {
        NewValue::Number(official.into())
    };
    Draft::at(context.sheet_index(), Range::cell(row.at), message)
        .found(raw)
        .expected(official.to_string())
        .indicator(row.indicator)
        .fix(Fix::safe(vec![context.set(row.at, value)], ANNEX))
}

rule! {
    /// ## 审核内容
    /// 合计行是否把不同计量单位的指标加在一起。
    /// ## 为什么
    /// 项、家、个不能相加，这样的合计没有意义。
    /// ## 示例
    /// 表末“合计 8800项”。
    /// ## 怎么改
    /// 建议删去合计行；审核与汇总都不计这一行。
    T017, Notice, "不同单位相加的合计行", Each(t017)
}

fn t017(context: &Context<'_>) -> Vec<Draft> {
    let Some(table) = context.form() else { return Vec::new() };
    let mut units: Vec<&str> =
        table.indicator_rows().map(|(_, found)| context.unit(found.indicator)).collect();
    units.sort_unstable();
    units.dedup();
    if units.len() < 2 {
        return Vec::new();
    }
    let number = |at: CellRef| context.cell(at).and_then(|cell| read_value(&cell.value).number());
    let sums = |row: &&Row| {
        table.figure_columns().any(|column| number(CellRef::new(row.row, column.index)).is_some())
    };
    let units = list(units);
    let draft = |row: &Row| {
        let message = format!(
            "第 {} 行把{units}等不同单位的数加在一起，没有意义。建议删去；审核与汇总都不计这一行。",
            row.row + 1
        );
        Draft::at(table.sheet, table.row_range(row.row), message).found(row.label.clone())
    };
    table.rows.iter().filter(|row| row.kind == RowKind::Total).filter(sums).map(draft).collect()
}

rule! {
    /// ## 审核内容
    /// 指标的行序、各市的列序是否与分解表一致（数跟着走，没有错位）。
    /// ## 为什么
    /// 按指标名和市名对应，顺序不影响审核；但照着官方表抄数时容易看错行。
    /// ## 示例
    /// 德阳市一列排在绵阳市前面；指标 6 排在指标 2 前面。
    /// ## 怎么改
    /// 可不改；方便的话请按官方顺序排列。
    T010, Notice, "顺序与官方表不同", Each(t010)
}

fn t010(context: &Context<'_>) -> Vec<Draft> {
    let Some(table) = context.form() else { return Vec::new() };
    rows_out_of_order(context, table).into_iter().chain(cities_out_of_order(context, table)).collect()
}

fn rows_out_of_order(context: &Context<'_>, table: &Table) -> Option<Draft> {
    let rows: Vec<(u32, IndicatorId)> =
        table.indicator_rows().map(|(row, found)| (row.row, found.indicator)).collect();
    let (first, last) = disorder(&rows)?;
    let column = table.column(Role::Label).or_else(|| table.column(Role::Serial))?.index;
    let numbers =
        list(rows.iter().filter_map(|(_, id)| context.indicator(*id)).map(|indicator| indicator.number));
    let range = Range::new(CellRef::new(first, column), CellRef::new(last, column));
    let message = format!("指标的顺序与官方表不同（现为 {numbers}）。不影响审核，可按官方顺序排列。");
    Some(Draft::at(table.sheet, range, message).found(numbers))
}

fn cities_out_of_order(context: &Context<'_>, table: &Table) -> Option<Draft> {
    let cities = || table.columns.iter().filter_map(|column| Some((column.header, city_of(column.role)?)));
    let placed: Vec<(u32, usize)> = cities().map(|(header, city)| (header.column, city.0)).collect();
    let (first, last) = disorder(&placed)?;
    let row = cities().next()?.0.row;
    let names = list(cities().map(|(_, city)| context.breakdown().city(city)));
    let range = Range::new(CellRef::new(row, first), CellRef::new(row, last));
    let message = format!("各市的列序与官方表不同（现为 {names}）。不影响审核，可按官方顺序排列。");
    Some(Draft::at(table.sheet, range, message).found(names))
}

/// First and last place of what is out of order; `None` where everything follows.
fn disorder<T: Ord + Copy>(placed: &[(u32, T)]) -> Option<(u32, u32)> {
    let mut sorted: Vec<T> = placed.iter().map(|(_, value)| *value).collect();
    sorted.sort_unstable();
    let out: Vec<u32> = placed
        .iter()
        .zip(&sorted)
        .filter(|((_, value), due)| value != *due)
        .map(|((at, _), _)| *at)
        .collect();
    Some((*out.iter().min()?, *out.iter().max()?))
}

rule! {
    /// ## 审核内容
    /// 数据区里是否有合并单元格。
    /// ## 为什么
    /// 合并后只有左上角一格存数，其余各格取不到自己的数，求和、排序、汇总都会出错。
    /// ## 示例
    /// D11:E11 合并成一格，写一个“/”。
    /// ## 怎么改
    /// 请取消合并，每格各填各的数。标题、备注和情况说明的合并不受影响。
    T012, Warning, "数据区有合并单元格", Each(t012)
}

fn t012(context: &Context<'_>) -> Vec<Draft> {
    let (Some(table), Some(sheet)) = (context.form(), context.sheet()) else { return Vec::new() };
    // A label over two columns and a heading over all of them cover no figure.
    let holds = |role: Role| role.is_figure() || matches!(role, Role::Rate | Role::Total);
    let inside = |column: u32| table.columns.iter().any(|known| known.index == column && holds(known.role));
    let over_figures =
        |merge: &Range| (merge.start.column..=merge.end.column.min(merge.start.column + 64)).any(inside);
    let rows: Vec<u32> = table.indicator_rows().map(|(row, _)| row.row).collect();
    // From top to bottom: those of a merge stand together.
    let within = |merge: &Range| {
        rows.get(
            rows.partition_point(|row| *row < merge.start.row)
                ..rows.partition_point(|row| *row <= merge.end.row),
        )
        .unwrap_or_default()
    };
    let over = sheet.merges.iter().filter(|merge| !within(merge).is_empty() && over_figures(merge));
    over.filter_map(|merge| merged(context, table, within(merge), *merge)).collect()
}

fn merged(context: &Context<'_>, table: &Table, rows: &[u32], merge: Range) -> Option<Draft> {
    let cells =
        rows.iter().flat_map(|row| table.columns.iter().map(move |column| CellRef::new(*row, column.index)));
    let covered: Vec<CellRef> = cells.filter(|at| merge.contains(*at) && *at != merge.start).collect();
    // Over a spacer column beside it a merge covers nothing.
    if covered.is_empty() {
        return None;
    }
    let message = format!("{merge} 合并成了一格，除左上角外都取不到自己的数。请取消合并，每格各填各的数。");
    Some(Draft::at(table.sheet, merge, message).found(context.raw(merge.start)).explains(covered))
}

rule! {
    /// ## 审核内容
    /// 表内是否有隐藏的行或列。
    /// ## 为什么
    /// 隐藏的行列照样参加审核和汇总，填报人和审核人却看不见。
    /// ## 示例
    /// 第 11 行被隐藏，其中的数没有更新。
    /// ## 怎么改
    /// 请取消隐藏并核对其中的内容；确实不要的请删去。
    T014, Warning, "表内有隐藏的行或列", Each(t014)
}

fn t014(context: &Context<'_>) -> Vec<Draft> {
    let (Some(table), Some(sheet)) = (context.form(), context.sheet()) else { return Vec::new() };
    let Range { start, end } = table.range;
    let rows = spans_within(&sheet.hidden_rows, start.row, end.row).map(|(from, to)| {
        let name = if from == to {
            format!("第 {} 行", from + 1)
        } else {
            format!("第 {} 至 {} 行", from + 1, to + 1)
        };
        (Range::new(CellRef::new(from, start.column), CellRef::new(to, end.column)), name)
    });
    let columns = spans_within(&sheet.hidden_columns, start.column, end.column).map(|(from, to)| {
        let (first, last) = (column_letters(from), column_letters(to));
        let name = if from == to { format!("{first} 列") } else { format!("{first} 至 {last} 列") };
        (Range::new(CellRef::new(start.row, from), CellRef::new(end.row, to)), name)
    });
    let draft = |(range, name): (Range, String)| {
        let message = format!("表内{name}被隐藏，仍参加审核和汇总。请取消隐藏并核对；不要的请删去。");
        Draft::at(table.sheet, range, message).found(name)
    };
    rows.chain(columns).map(draft).collect()
}

/// What of the spans lies between the first and the last.
fn spans_within(spans: &[Span], first: u32, last: u32) -> impl Iterator<Item = (u32, u32)> {
    merged_spans(spans)
        .into_iter()
        .map(move |span| (span.first.max(first), span.last.min(last)))
        .filter(|(from, to)| from <= to)
}

/// Neighbouring spans as one.
fn merged_spans(spans: &[Span]) -> Vec<Span> {
    let mut sorted = spans.to_vec();
    sorted.sort_unstable_by_key(|span| span.first);
    let mut merged: Vec<Span> = Vec::new();
    for span in sorted {
        match merged.last_mut() {
            Some(last) if span.first <= last.last.saturating_add(1) => last.last = last.last.max(span.last),
            _ => merged.push(span),
        }
    }
    merged
}

rule! {
    /// ## 审核内容
    /// 表的标题是否是官方标题。
    /// ## 为什么
    /// 标题说明这是哪一张表；写法一致便于归档和汇总。
    /// ## 示例
    /// “成德绵示范区指标表”，官方标题为“成德绵国家科技成果转移转化示范区建设指标分解表”。
    /// ## 怎么改
    /// 可不改；方便的话请改为官方标题。
    T016, Notice, "标题与官方的不同", Each(t016)
}

fn t016(context: &Context<'_>) -> Vec<Draft> {
    other_title(context).into_iter().collect()
}

fn other_title(context: &Context<'_>) -> Option<Draft> {
    let (table, plan) = (context.form()?, context.breakdown().plan.as_ref()?);
    let kind =
        if table.form == Form::Breakdown { "建设指标分解表" } else { "建设指标进展情况表" };
    let titles = context.titles();
    let all: String = titles.iter().map(|(_, text)| fold(text)).collect();
    // The annex has a title for the breakdown only; of the progress form the zone's name is asked.
    if all.contains(&fold(&plan.zone)) && (table.form == Form::Progress || all.contains(kind)) {
        return None;
    }
    // Only what speaks of the matter is a title; a heading such as 附件 is not.
    let about = ["示范区", "转移转化", "分解表", "进展情况", "指标"];
    let titles = titles.into_iter().filter(|(_, text)| about.iter().any(|word| text.contains(word)));
    let (at, text) = titles.max_by_key(|(at, text)| (text.chars().count(), std::cmp::Reverse(*at)))?;
    if names_other_zone(text, plan) {
        return None;
    }
    let official = format!("{}{kind}", plan.zone);
    let message = format!("标题写作“{}”，官方标题为“{official}”。不影响审核，可改为官方标题。", text.trim());
    Some(Draft::at(table.sheet, Range::cell(at), message).found(text).expected(official))
}

rule! {
    /// ## 审核内容
    /// 表是不是这个示范区、这几年、这份分解表的：标题里的示范区和年份，进展情况表的报告期，各指标写明的总量。
    /// ## 为什么
    /// 用了别的示范区或别的年份的模板，逐格比对没有意义。
    /// ## 示例
    /// 标题写“苏南国家科技成果转移转化示范区”或“2021—2023年”；报告期写 2016年6月；多数指标的总量都与分解表不同。
    /// ## 怎么改
    /// 请换用官方的表重新填报；用的是新分解表的，请先换分解表再审核。
    T015, Error, "不是这份分解表的表", EachOrRoot(t015, t015_root)
}

fn t015(context: &Context<'_>) -> Vec<Draft> {
    let (Some(table), Some(plan)) = (context.form(), &context.breakdown().plan) else { return Vec::new() };
    // The form is another plan's altogether: said once.
    if context.is_foreign() {
        return Vec::new();
    }
    let titles =
        context.titles().into_iter().filter_map(|(at, text)| title_of_other_plan(table, plan, at, text));
    titles.chain(period_of_other_plan(table, plan)).collect()
}

fn title_of_other_plan(table: &Table, plan: &Plan, at: CellRef, text: &str) -> Option<Draft> {
    let said = |message: String| {
        Draft::at(table.sheet, Range::cell(at), message)
            .found(text)
            .because(code::T015, labels_range(table).start)
    };
    if names_other_zone(text, plan) {
        let message = format!("标题写的是“{}”，分解表是“{}”的。请换用官方的表。", text.trim(), plan.zone);
        return Some(said(message).expected(plan.zone.clone()));
    }
    let (first, last) = plan.years;
    let years = years_in(text);
    // A title with the return's own period is judged by that.
    let judged = table.form == Form::Breakdown || periods_in(text).is_empty();
    if !judged || years.is_empty() || years.iter().any(|year| (first..=last).contains(year)) {
        return None;
    }
    let years = list(years.iter().map(|year| format!("{year}年")));
    Some(said(format!("标题写的是{years}，分解表是 {first}—{last} 年的。请换用官方的表。")))
}

fn period_of_other_plan(table: &Table, plan: &Plan) -> Option<Draft> {
    let (first, last) = plan.years;
    let sighting = table.identity.periods.iter().min_by_key(|sighting| sighting.source)?;
    if (first..=last).contains(&sighting.value.year) {
        return None;
    }
    let range = sighting.source.cell().map_or_else(|| header_range(table), Range::cell);
    let period = sighting.value.chinese();
    let message =
        format!("报告期是 {period}，不在规划期 {first}—{last} 年内。请核对是否用错了表或写错了年份。");
    Some(Draft::at(table.sheet, range, message).found(period))
}

/// Years that a title names, as in 2021—2023年 or 到2025年; not those of document numbers and dates of filling in.
fn years_in(text: &str) -> Vec<u16> {
    if ["填报", "日期", "制表", "打印", "号"].iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    const FIVE_YEARS: [(&str, u16); 4] =
        [("十二五", 2011), ("十三五", 2016), ("十四五", 2021), ("十五五", 2026)];
    let mut years: Vec<u16> = FIVE_YEARS
        .iter()
        .filter(|(name, _)| text.contains(name))
        .flat_map(|(_, first)| [*first, *first + 4])
        .collect();
    let text: Vec<char> = text.chars().map(half_width).collect();
    let mut at = 0;
    while at < text.len() {
        let run: String = text.iter().skip(at).take_while(|c| c.is_ascii_digit()).collect();
        let after = text.get(at + run.len()).copied();
        if run.len() == 4
            && matches!(after, Some('年' | '-' | '—' | '–' | '~' | '至' | '到'))
            && let Ok(year) = run.parse::<u16>()
            && (1990..2100).contains(&year)
        {
            years.push(year);
        }
        at += run.len().max(1);
    }
    years
}

/// Whether a title speaks of a zone of this kind that is another one.
fn names_other_zone(text: &str, plan: &Plan) -> bool {
    let (text, zone) = (fold(text), fold(&plan.zone));
    // 成德绵 + 国家科技成果转移转化示范区: the last words of the zone's name are those of every such zone.
    let Some(kind) = zone.find("国家").and_then(|at| zone.get(at..)) else { return false };
    let own: Vec<char> = zone.strip_suffix(kind).unwrap_or("").chars().collect();
    let Some(before) = text.split_once(kind).map(|(before, _)| before) else { return false };
    let named: Vec<char> = before.chars().rev().take(own.len()).collect();
    // A slip in the name or its cities in another order is another wording, not another zone.
    !named.is_empty() && named.iter().filter(|c| own.contains(c)).count() * 2 < own.len()
}

fn t015_root(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let (others, as_meant) = foreign_form(context, table)?;
    let rows = table.indicator_rows().count();
    let message = format!(
        "{rows} 项指标中有 {others} 项写明的总量与分解表不同，数也对不上，疑似用了别的年份或别的分解表。\
         请换用官方的表；用的是新分解表的，请先换分解表再审核。"
    );
    Some((
        Draft::at(table.sheet, labels_range(table), message).found(format!("{others} 项总量不同")),
        as_meant,
    ))
}

fn sheet_name<'a>(context: &Context<'a>, sheet: usize) -> &'a str {
    context.input.workbook.sheets.get(sheet).map_or("", |sheet| sheet.name.as_str())
}

/// The labels from the first indicator to the last.
fn labels_range(table: &Table) -> Range {
    let column = table.column(Role::Label).map_or(table.range.start.column, |column| column.index);
    let (top, bottom) = table.data_rows().unwrap_or((table.range.start.row, table.range.end.row));
    Range::new(CellRef::new(top, column), CellRef::new(bottom, column))
}

/// The city of a column of one.
const fn city_of(role: Role) -> Option<CityId> {
    if let Role::City(city) = role { Some(city) } else { None }
}
