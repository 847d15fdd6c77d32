//! Family L: the wording of labels and city names.

use super::{ANNEX, list, rule};
use crate::audit::{Context, Draft};
use crate::fixes::{Fix, NewValue};
use crate::layout::{
    Alias, Column, Difference, LabelMatch, Role, Row, city_alias, city_names, fold, numbers_in,
};
use crate::model::{CellRef, Range, half_width};

rule! {
    /// ## 审核内容
    /// 指标内容的文字与分解表的官方表述是否一致。
    /// ## 为什么
    /// 表述不同，汇总时可能对不上行，也可能说的不是同一项指标。
    /// ## 示例
    /// “布局建设10个环高校知识经济园”：“园”应为“圈”。
    /// ## 怎么改
    /// 改回官方表述；对应关系有疑问的，请先核对是哪一项指标。
    L001, Warning, "指标内容表述不同", Each(l001)
}

fn l001(context: &Context<'_>) -> Vec<Draft> {
    labels(context, Difference::Wording, |row, official, found| {
        let written = row.label.trim();
        if fold(written).is_empty() {
            return format!("指标内容空着，按序号应为“{official}”。请核对后补上。");
        }
        let slips = slips(written, official).map(|slips| format!("：{slips}")).unwrap_or_default();
        if found.certain {
            format!("指标内容与官方表述不同{slips}。官方表述为“{official}”，请改回。")
        } else {
            format!("指标内容“{written}”最接近“{official}”，但不能确定{slips}。请核对是否就是这一项指标。")
        }
    })
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
    L002, Error, "指标内容里的数字不同", Each(l002)
}

fn l002(context: &Context<'_>) -> Vec<Draft> {
    // In a form of another breakdown other totals are no slips.
    if context.is_foreign() {
        return Vec::new();
    }
    labels(context, Difference::Number, |row, official, found| {
        let words = |text: &str| fold(text).chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
        let more = if words(&row.label) == words(official) { "" } else { "文字也不相同，" };
        let doubt = if found.certain { "" } else { "是不是这一项指标也不能确定，" };
        let (stated, due) = (list(numbers_in(&row.label)), list(numbers_in(official)));
        format!("指标内容里的数字是 {stated}，官方表述为 {due}：“{official}”。{more}{doubt}请核对后改回。")
    })
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
    L003, Notice, "用的是方案正文的表述", Each(l003)
}

fn l003(context: &Context<'_>) -> Vec<Draft> {
    labels(context, Difference::Alias, |_, official, _| {
        format!("这是方案正文的说法，附件分解表写作“{official}”。可改为附件的表述。")
    })
}

rule! {
    /// ## 审核内容
    /// 指标内容只有空格、全半角、标点、不可见字符与官方表述不同，或者前面加了编号、后面加了单位。
    /// ## 为什么
    /// 看起来一样，按文字查找、对行时却对不上。
    /// ## 示例
    /// “孵化企业 1000家”中间多了一个空格；“6.孵化企业1000家”前面多了编号。
    /// ## 怎么改
    /// 可一并改为官方表述。
    L004, Notice, "指标内容有多余空格、标点或编号", Each(l004)
}

fn l004(context: &Context<'_>) -> Vec<Draft> {
    labels(context, Difference::Spacing, |_, official, _| {
        format!("指标内容只差空格、全半角、标点或编号，应为“{official}”。可一并改正。")
    })
}

rule! {
    /// ## 审核内容
    /// 表头里的市名是否用了全称。
    /// ## 为什么
    /// 各表市名写法一致，汇总时才能自动对列。
    /// ## 示例
    /// 只写简称、名称中间有空格、前面加了省名，或写成了某某市科技局，都改为市的全称。
    /// ## 怎么改
    /// 可一并改为全称。
    L005, Notice, "市名不是全称", Each(l005)
}

fn l005(context: &Context<'_>) -> Vec<Draft> {
    let Ok(table) = context.table else { return Vec::new() };
    table.columns.iter().filter_map(|column| not_in_full(context, column)).collect()
}

fn not_in_full(context: &Context<'_>, column: &Column) -> Option<Draft> {
    let Role::City(city) = column.role else { return None };
    let official = context.breakdown().city(city);
    let alias = city_alias(&column.caption, context.breakdown());
    let named =
        alias.filter(|(_, alias)| *alias == Alias::Letters || fold(&column.caption) != fold(official));
    let caption = full_name(&column.caption, official).or_else(|| named.map(|_| official.to_owned()))?;
    let edits = vec![context.set(column.header, NewValue::Text(caption.clone()))];
    // Initials are several places': a guess.
    let (advice, fix) = match alias {
        Some((_, Alias::Letters)) => ("请确认后改正。", Fix::consent(edits, ANNEX)),
        _ => ("可一并改正。", Fix::safe(edits, ANNEX)),
    };
    let message = format!("市名写作“{}”，应为“{caption}”。{advice}", column.caption);
    let draft =
        Draft::at(context.sheet_index(), Range::cell(column.header), message).found(column.caption.clone());
    Some(draft.expected(caption).city(Some(city)).fix(fix))
}

/// The caption with the city's full name, where it has it otherwise: short, with spaces in it, or as an office's name.
/// What stands in brackets after it stays.
fn full_name(caption: &str, official: &str) -> Option<String> {
    let (name, tail) = match caption.find(['（', '(']) {
        Some(at) if at > 0 => caption.split_at(at),
        _ => (caption, ""),
    };
    let bare = fold(name);
    let official_folded = fold(official);
    let (_, short) = city_names(official);
    let office = bare
        .strip_prefix(&official_folded)
        .is_some_and(|rest| ["局", "委", "厅", "政府"].iter().any(|word| rest.ends_with(word)));
    let of_province = bare.strip_suffix(&official_folded).is_some_and(|before| before.ends_with('省'));
    let other = short.is_some_and(|short| bare == fold(short))
        || bare == official_folded && name != official
        || office
        || of_province;
    other.then(|| format!("{official}{tail}"))
}

fn labels(
    context: &Context<'_>,
    difference: Difference,
    message: fn(&Row, &str, &LabelMatch) -> String,
) -> Vec<Draft> {
    let Ok(table) = context.table else { return Vec::new() };
    let Some(column) = table.column(Role::Label) else { return Vec::new() };
    let draft = |(row, found): (&Row, LabelMatch)| {
        let official = context.indicator(found.indicator)?.label.as_str();
        let at = CellRef::new(row.row, column.index);
        let edits = vec![context.set(at, NewValue::Text(official.to_owned()))];
        let fix = if found.certain && difference != Difference::Number {
            Fix::safe(edits, ANNEX)
        } else {
            Fix::consent(edits, ANNEX)
        };
        let draft = Draft::at(table.sheet, Range::cell(at), message(row, official, &found))
            .found(row.label.clone())
            .expected(official);
        Some(draft.indicator(found.indicator).fix(fix))
    };
    table.indicator_rows().filter(|(_, found)| found.difference == difference).filter_map(draft).collect()
}

/// The characters that differ, in words: “园”应为“圈”，少“科技”，多“其中”. `None` where the texts are too far apart for
/// such a list to help.
fn slips(written: &str, official: &str) -> Option<String> {
    const MOST: usize = 3;
    let plain = |text: &str| -> Vec<char> {
        text.chars().map(half_width).filter(|c| c.is_alphanumeric()).take(120).collect()
    };
    let (a, b) = (plain(written), plain(official));
    let runs = runs_apart(&a, &b);
    let changed: usize = runs.iter().map(|(old, new)| old.chars().count().max(new.chars().count())).sum();
    if runs.is_empty() || runs.len() > MOST || changed * 2 > b.len() {
        return None;
    }
    let said = runs.iter().map(|(old, new)| match (old.as_str(), new.as_str()) {
        ("", new) => format!("少“{new}”"),
        (old, "") => format!("多“{old}”"),
        (old, new) => format!("“{old}”应为“{new}”"),
    });
    Some(said.collect::<Vec<_>>().join("，"))
}

/// Where two texts part: what the one has and what the other has there, along their longest common subsequence.
fn runs_apart(a: &[char], b: &[char]) -> Vec<(String, String)> {
    let mut common = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    let at = |common: &[Vec<usize>], i: usize, j: usize| {
        common.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0)
    };
    for (i, x) in a.iter().enumerate().rev() {
        for (j, y) in b.iter().enumerate().rev() {
            let best = if x == y {
                at(&common, i + 1, j + 1) + 1
            } else {
                at(&common, i + 1, j).max(at(&common, i, j + 1))
            };
            if let Some(slot) = common.get_mut(i).and_then(|row| row.get_mut(j)) {
                *slot = best;
            }
        }
    }
    let mut runs: Vec<(String, String)> = Vec::new();
    let mut open = false;
    let (mut i, mut j) = (0, 0);
    loop {
        let (x, y) = (a.get(i), b.get(j));
        if x.is_none() && y.is_none() {
            return runs;
        }
        if x == y {
            (i, j, open) = (i + 1, j + 1, false);
            continue;
        }
        if !open {
            runs.push((String::new(), String::new()));
            open = true;
        }
        let Some((old, new)) = runs.last_mut() else { return runs };
        match (x, y) {
            (Some(x), y) if y.is_none() || at(&common, i + 1, j) >= at(&common, i, j + 1) => {
                old.push(*x);
                i += 1;
            }
            (_, Some(y)) => {
                new.push(*y);
                j += 1;
            }
            _ => return runs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_characters_that_differ() {
        for (written, official, said) in [
            ("布局建设10个环高校知识经济园", "布局建设10个环高校知识经济圈", Some("“园”应为“圈”")),
            ("培育成果转移转化示范企业600家", "培育科技成果转移转化示范企业600家", Some("少“科技”")),
            ("其中：孵化企业1000家", "孵化企业1000家", Some("多“其中”")),
            ("新增高校院所转移孵化项目", "新增高校院所转移孵化项目3000项", Some("少“3000项”")),
            ("孵化企业一千家", "孵化企业1000家", Some("“一千”应为“1000”")),
            ("企业孵化", "孵化企业1000家", None),
        ] {
            assert_eq!(slips(written, official).as_deref(), said, "{written}");
        }
    }

    #[test]
    fn a_caption_gets_the_full_name() {
        for (caption, due) in [
            ("云山", Some("云山市")),
            ("云 山 市", Some("云山市")),
            ("云山（项）", Some("云山市（项）")),
            ("云山市科技局", Some("云山市")),
            ("云山市（含开发区）", None),
            ("云山市分解数", None),
            ("云山市", None),
        ] {
            assert_eq!(full_name(caption, "云山市").as_deref(), due, "{caption}");
        }
    }
}
