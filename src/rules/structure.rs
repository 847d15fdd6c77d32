//! Family T: the form of the table.

use super::rule;
use crate::audit::{Context, Draft, HouseStyle, permutation};
use crate::breakdown::IndicatorId;
use crate::fixes::{Edit, Fix, NewValue};
use crate::layout::{Form, NoTable, Role, RowKind, Table};
use crate::model::{CellRef, Range, Value, decimal, read_value};

const ANNEX: &str = "实施方案附件《建设指标分解表》";

rule! {
    /// ## 审核内容
    /// 各工作表里有没有分解表或进展情况表。
    /// ## 为什么
    /// 没有找到表，就没有审核任何数。
    /// ## 示例
    /// 拖错了文件，或表头被删掉了。
    /// ## 怎么改
    /// 请核对文件；表头应有“指标内容”和市名（或目标值、本期累计完成）。
    T001, Error, "没有找到指标表", Each(|context| {
        let message = match context.table {
            Ok(table) if table.form == Form::Summary => "这是汇总表，不是填报表。请拖入各市的分解表或进展情况表。".to_owned(),
            Ok(_) => return Vec::new(),
            Err(NoTable { nearest: Some(near) }) => {
                let sheet = context.input.workbook.sheets.get(near.sheet).map_or("", |sheet| sheet.name.as_str());
                format!("没有找到指标表。最接近的是工作表“{sheet}”的 {}（认出表头：{}；认出指标 {} 项）。请核对文件和表头。", near.range, near.captions.join("、"), near.labels)
            }
            Err(NoTable { nearest: None }) => "没有找到指标表。请核对是否拖错了文件；表头应有“指标内容”和市名（或目标值、本期累计完成）。".to_owned(),
        };
        vec![Draft::on_file(message)]
    })
}

rule! {
    /// ## 审核内容
    /// 是否有不止一处像指标表的内容。
    /// ## 为什么
    /// 只审核其中一处，请确认取的是要报的那张。
    /// ## 示例
    /// 工作簿里同时有本期表和上期表。
    /// ## 怎么改
    /// 取错了的，请把要报的表单独存为一个文件。
    T002, Notice, "有多处像指标表", Each(|context| {
        let Ok(table) = context.table else { return Vec::new() };
        if table.others.is_empty() {
            return Vec::new();
        }
        let name = |sheet: usize| context.input.workbook.sheets.get(sheet).map_or("", |sheet| sheet.name.as_str());
        let others: Vec<String> = table.others.iter().map(|(sheet, range)| format!("“{}”{range}", name(*sheet))).collect();
        vec![Draft::at(table.sheet, table.range, format!("审核的是“{}”{}（指标最全）；另有 {} 处像指标表：{}。", name(table.sheet), table.range, others.len(), others.join("、")))]
    })
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
    T003, Error, "缺少必需的列", Each(|context| {
        let Some(table) = filled(context) else { return Vec::new() };
        let mut required = vec![Role::Label];
        match table.form {
            Form::Breakdown => required.extend(context.breakdown().city_ids().map(Role::City)),
            _ => required.extend([Role::Target, Role::Current]),
        }
        let header = table.columns.first().map_or(table.range.start, |column| column.header);
        required
            .into_iter()
            .filter(|role| table.column(*role).is_none())
            .map(|role| {
                let caption = role.caption(context.breakdown());
                let city = if let Role::City(city) = role { Some(city) } else { None };
                let range = Range::new(CellRef::new(header.row, table.range.start.column), CellRef::new(header.row, table.range.end.column));
                Draft::at(table.sheet, range, format!("表头没有“{caption}”一列。请按官方表式补上。")).expected(caption).city(city)
            })
            .collect()
    })
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
    T004, Error, "列重复", Each(|context| {
        let Some(table) = filled(context) else { return Vec::new() };
        let telling = |role| matches!(role, Role::City(_) | Role::Label | Role::Serial | Role::Target | Role::Previous | Role::Current | Role::Rate);
        table.repeated.iter().filter(|column| telling(column.role)).filter_map(|column| {
            let first = table.column(column.role)?;
            let city = if let Role::City(city) = column.role { Some(city) } else { None };
            Some(Draft::at(table.sheet, Range::cell(column.header), format!("“{}”出现两次（{} 和 {}），审核按前一列。请删去多余的一列或改正表头。", column.caption, first.header, column.header))
                .found(column.caption.clone()).city(city))
        }).collect()
    })
}

rule! {
    /// ## 审核内容
    /// 各市的数是否整列填到了别的市名下。
    /// ## 为什么
    /// 方案里市的顺序与附件的列顺序不同，整列对调是最常见的差错；一处差错不应报成几十处。
    /// ## 示例
    /// 绵阳市与德阳市两列的数对调。
    /// ## 怎么改
    /// 核对后点“换回”，各列的数回到自己的市名下。
    T005, Error, "市的列对调", Root(|context, table| {
        let found = permutation(context, table)?;
        let names: Vec<&str> = found.moved.iter().map(|(city, ..)| context.breakdown().city(*city)).collect();
        let rows: Vec<u32> = table.indicator_rows().map(|(row, _)| row.row).collect();
        let (top, bottom) = (*rows.first()?, *rows.last()?);
        let columns = found.moved.iter().map(|(_, own, _)| *own);
        let range = Range::new(CellRef::new(top, columns.clone().min()?), CellRef::new(bottom, columns.max()?));
        let sheet = context.sheet()?;
        let mut edits = Vec::new();
        for row in rows {
            for (_, own, from) in &found.moved {
                let (to, source) = (CellRef::new(row, *own), CellRef::new(row, *from));
                if sheet.grid.value(to) != sheet.grid.value(source) {
                    edits.push(Edit::Set { sheet: table.sheet, cell: to, value: copied(sheet.grid.value(source)) });
                }
            }
        }
        let (pair, verb) = if names.len() == 2 { (names.join("与"), "对调") } else { (names.join("、"), "错位") };
        let message = format!("{pair}{}列的数疑似{verb}：换回后 {}/{} 行与分解表一致。请核对后点“换回”。", chinese_count(names.len()), found.rows_right, found.rows);
        let draft = Draft::at(table.sheet, range, message).found(names.join("、")).fix(Fix::consent(edits, "本表内各列的数，换回各自市名下"));
        Some((draft, found.table))
    })
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
    T006, Error, "有分解表以外的市", Each(|context| {
        let Some(table) = filled(context).filter(|table| table.form == Form::Breakdown) else { return Vec::new() };
        table.columns.iter().filter(|column| column.role == Role::ForeignCity)
            .map(|column| Draft::at(table.sheet, Range::cell(column.header), format!("“{}”不在分解表中（{}）。请核对是否用错了表，或删去这一列。", column.caption, context.breakdown().cities.join("、"))).found(column.caption.clone()))
            .collect()
    })
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
    T007, Error, "缺少指标", Each(|context| {
        let Some(table) = filled(context) else { return Vec::new() };
        context
            .breakdown()
            .indicator_ids()
            .filter(|id| table.row_of(*id).is_none())
            .filter_map(|id| {
                let indicator = context.indicator(id)?;
                let ending = if table.form == Form::Breakdown { "可插入官方的一行。" } else { "请补上这一行并填数。" };
                let mut draft = Draft { sheet: Some(table.sheet), ..Draft::on_file(format!("缺少指标 {}“{}”。{ending}", indicator.number, indicator.label)) }
                    .expected(indicator.label.clone())
                    .indicator(id);
                if table.form == Form::Breakdown {
                    draft.fix = insertion(context, table, id);
                }
                Some(draft)
            })
            .collect()
    })
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
    T008, Error, "指标重复", Each(|context| {
        let Some(table) = filled(context) else { return Vec::new() };
        table.rows.iter().filter_map(|row| {
            let RowKind::Duplicate(found) = row.kind else { return None };
            let indicator = context.indicator(found.indicator)?;
            let first = table.row_of(found.indicator)?;
            Some(Draft::at(table.sheet, table.row_range(row.row), format!("指标 {}“{}”出现两次（第 {} 行和第 {} 行），审核按第 {} 行。请删去多余的一行。",
                indicator.number, indicator.label, first.row + 1, row.row + 1, first.row + 1)).found(row.label.clone()).indicator(found.indicator))
        }).collect()
    })
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
    T009, Error, "有分解表以外的行", Each(|context| {
        let Some(table) = filled(context) else { return Vec::new() };
        table.rows.iter().filter(|row| row.kind == RowKind::Stranger)
            .map(|row| {
                let name = if row.label.trim().is_empty() { "没有写指标内容".to_owned() } else { format!("“{}”不在分解表中", row.label.trim()) };
                Draft::at(table.sheet, table.row_range(row.row), format!("第 {} 行{name}。写错的请改正指标内容，多余的请删去。", row.row + 1)).found(row.label.clone())
            })
            .collect()
    })
}

rule! {
    /// ## 审核内容
    /// 序号是否缺失、重复或错乱。
    /// ## 为什么
    /// 序号与指标对应，错了会使人看错行。
    /// ## 示例
    /// 序号 1、2、4、4。
    /// ## 怎么改
    /// 可一并改为官方序号。
    T011, Notice, "序号缺失或错乱", Each(|context| {
        let Some(table) = filled(context) else { return Vec::new() };
        let (Some(column), Some(sheet)) = (table.column(Role::Serial), context.sheet()) else { return Vec::new() };
        let rows: Vec<(u32, u32, Option<u32>, IndicatorId)> = table.indicator_rows().filter_map(|(row, found)| {
            let stated = read_value(sheet.grid.value(CellRef::new(row.row, column.index))).certain().and_then(|number| number.to_string().parse().ok());
            Some((row.row, context.indicator(found.indicator)?.number, stated, found.indicator))
        }).collect();
        // Either the official numbers, or 1, 2, 3 … down the sheet as it stands.
        let running = rows.iter().zip(1u32..).all(|((_, _, stated, _), position)| *stated == Some(position));
        if running {
            return Vec::new();
        }
        rows.into_iter().filter(|(_, official, stated, _)| *stated != Some(*official)).map(|(row, official, _, id)| {
            let at = CellRef::new(row, column.index);
            let raw = context.raw(at);
            let message = if raw.trim().is_empty() { format!("序号空白，应为 {official}。可一并改正。") } else { format!("序号写作“{raw}”，这项指标的序号是 {official}。可一并改正。") };
            let value = match sheet.grid.value(at) {
                Value::Text(_) if context.is_text_format() => NewValue::Text(official.to_string()),
                _ => NewValue::Number(official.into()),
            };
            Draft::at(table.sheet, Range::cell(at), message).found(raw).expected(official.to_string()).indicator(id)
                .fix(Fix::safe(vec![Edit::Set { sheet: table.sheet, cell: at, value }], ANNEX))
        }).collect()
    })
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
    T017, Notice, "不同单位相加的合计行", Each(|context| {
        let Some(table) = filled(context) else { return Vec::new() };
        let mut units: Vec<&str> = table.indicator_rows().map(|(_, found)| context.unit(found.indicator)).collect();
        units.sort_unstable();
        units.dedup();
        if units.len() < 2 {
            return Vec::new();
        }
        table.rows.iter().filter(|row| row.kind == RowKind::Total)
            .filter(|row| context.sheet().is_some_and(|sheet| table.figure_columns().any(|column| read_value(sheet.grid.value(CellRef::new(row.row, column.index))).number().is_some())))
            .map(|row| Draft::at(table.sheet, table.row_range(row.row), format!("第 {} 行把{}等不同单位的数加在一起，没有意义。建议删去；审核与汇总都不计这一行。", row.row + 1, units.join("、"))).found(row.label.clone()))
            .collect()
    })
}

/// The table, where it is a form that units fill in.
fn filled<'a>(context: &Context<'a>) -> Option<&'a Table> {
    context.table.ok().filter(|table| table.form != Form::Summary)
}

/// The official row of a missing indicator, put before the first row with a greater number.
fn insertion(context: &Context<'_>, table: &Table, id: IndicatorId) -> Option<Fix> {
    let indicator = context.indicator(id)?;
    let next = table.indicator_rows().filter(|(_, found)| found.indicator > id).map(|(row, _)| row.row).min();
    let row = next.or_else(|| table.indicator_rows().map(|(row, _)| row.row + 1).max())?;
    let mut cells = Vec::new();
    for column in &table.columns {
        let value = match column.role {
            Role::Serial => NewValue::Number(indicator.number.into()),
            Role::Label => NewValue::Text(indicator.label.clone()),
            Role::Unit => NewValue::Text(indicator.unit.clone()),
            Role::City(city) => match context.breakdown().target(id, city) {
                None => NewValue::Text("/".to_owned()),
                Some(target) => {
                    let style = context
                        .figures
                        .iter()
                        .find(|figure| figure.role == column.role)
                        .map_or(HouseStyle::WithUnit, |figure| figure.style);
                    context.in_style(target, id, style)
                }
            },
            _ => continue,
        };
        cells.push((column.index, value));
    }
    Some(Fix::consent(vec![Edit::InsertRow { sheet: table.sheet, row, cells }], ANNEX))
}

/// A stored value as an edit would write it.
fn copied(value: &Value) -> NewValue {
    match value {
        Value::Empty => NewValue::Blank,
        Value::Number(number) => decimal(*number).map_or(NewValue::Blank, NewValue::Number),
        Value::Text(text) | Value::Error(text) => NewValue::Text(text.to_string()),
        Value::Bool(flag) => NewValue::Text(if *flag { "TRUE" } else { "FALSE" }.to_owned()),
    }
}

fn chinese_count(count: usize) -> &'static str {
    ["", "", "两", "三", "四", "五", "六", "七"].get(count).copied().unwrap_or("几")
}
