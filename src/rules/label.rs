//! Family L: the wording of labels and city names.

use super::rule;
use crate::audit::{Context, Draft};
use crate::fixes::{Edit, Fix, NewValue};
use crate::layout::{Difference, LabelMatch, Role, Row, city_names};
use crate::model::{CellRef, Range};

const ANNEX: &str = "实施方案附件《建设指标分解表》";

rule! {
    /// ## 审核内容
    /// 指标内容的文字与分解表的官方表述是否一致。
    /// ## 为什么
    /// 表述不同，汇总时可能对不上行，也可能说的不是同一项指标。
    /// ## 示例
    /// “环高校知识经济园”应为“环高校知识经济圈”。
    /// ## 怎么改
    /// 改回官方表述；对应关系有疑问的，请先核对是哪一项指标。
    L001, Warning, "指标内容表述不同", Each(|context| labels(context, Difference::Wording, |row, official, certain| {
        if certain {
            format!("指标内容与官方表述不同：“{}”应为“{official}”。请改回官方表述。", row.label.trim())
        } else {
            format!("指标内容“{}”最接近“{official}”，但不能确定。请核对是否就是这一项指标。", row.label.trim())
        }
    }))
}

rule! {
    /// ## 审核内容
    /// 指标内容里的总量数字与官方表述是否一致。
    /// ## 为什么
    /// 总量是分解的依据，写错会误导填报和审核。
    /// ## 示例
    /// “双向转移转化100项”应为“双向转移转化1000项”。
    /// ## 怎么改
    /// 核对后改回官方表述。
    L002, Error, "指标内容里的数字不同", Each(|context| labels(context, Difference::Number, |row, official, _| {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let written: String = row.label.chars().map(crate::model::half_width).collect();
        format!("指标内容里的数字是 {}，官方表述为 {}：“{official}”。请核对后改回。", digits(&written), digits(official))
    }))
}

rule! {
    /// ## 审核内容
    /// 指标内容用的是方案正文的说法，而不是附件分解表的说法。
    /// ## 为什么
    /// 两种说法是同一项指标，统一用附件的说法便于汇总。
    /// ## 示例
    /// “落地转化科技专项成果100项”在附件中为“转化国家新药创制重大科技专项成果100项”。
    /// ## 怎么改
    /// 可一并改为附件的表述。
    L003, Notice, "用的是方案正文的表述", Each(|context| labels(context, Difference::Alias, |_, official, _| {
        format!("这是方案正文的说法，附件分解表写作“{official}”。可改为附件的表述。")
    }))
}

rule! {
    /// ## 审核内容
    /// 指标内容只有空格、全半角、标点或不可见字符与官方表述不同。
    /// ## 为什么
    /// 看起来一样，按文字查找、对行时却对不上。
    /// ## 示例
    /// “孵化企业 1000家”中间多了一个空格。
    /// ## 怎么改
    /// 可一并改为官方表述。
    L004, Notice, "指标内容有多余空格或标点", Each(|context| labels(context, Difference::Spacing, |_, official, _| {
        format!("指标内容只差空格、全半角或标点，应为“{official}”。可一并改正。")
    }))
}

rule! {
    /// ## 审核内容
    /// 表头里的市名是否用了全称。
    /// ## 为什么
    /// 各表市名写法一致，汇总时才能自动对列。
    /// ## 示例
    /// “绵阳”应为“绵阳市”。
    /// ## 怎么改
    /// 可一并改为全称。
    L005, Notice, "市名不是全称", Each(|context| {
        let Ok(table) = context.table else { return Vec::new() };
        let mut drafts = Vec::new();
        for column in &table.columns {
            let Role::City(city) = column.role else { continue };
            let official = context.breakdown().city(city);
            let bare: String = column.caption.chars().filter(|c| !c.is_whitespace()).collect();
            let (_, short) = city_names(official);
            if column.caption == official || !(short == Some(bare.as_str()) || bare == official) {
                continue;
            }
            let edit = Edit::Set { sheet: table.sheet, cell: column.header, value: NewValue::Text(official.to_owned()) };
            drafts.push(
                Draft::at(table.sheet, Range::cell(column.header), format!("市名写作“{}”，应为“{official}”。可一并改正。", column.caption))
                    .found(column.caption.clone())
                    .expected(official)
                    .city(Some(city))
                    .fix(Fix::safe(vec![edit], ANNEX)),
            );
        }
        drafts
    })
}

fn labels(context: &Context<'_>, difference: Difference, message: fn(&Row, &str, bool) -> String) -> Vec<Draft> {
    let Ok(table) = context.table else { return Vec::new() };
    let Some(column) = table.column(Role::Label) else { return Vec::new() };
    let differs = |found: &LabelMatch| found.difference == difference;
    table
        .indicator_rows()
        .filter(|(_, found)| differs(found))
        .filter_map(|(row, found)| {
            let official = context.indicator(found.indicator)?.label.as_str();
            let at = CellRef::new(row.row, column.index);
            let edits = vec![Edit::Set { sheet: table.sheet, cell: at, value: NewValue::Text(official.to_owned()) }];
            let fix = if found.certain && difference != Difference::Number { Fix::safe(edits, ANNEX) } else { Fix::consent(edits, ANNEX) };
            Some(
                Draft::at(table.sheet, Range::cell(at), message(row, official, found.certain))
                    .found(row.label.clone())
                    .expected(official)
                    .indicator(found.indicator)
                    .fix(fix),
            )
        })
        .collect()
}
