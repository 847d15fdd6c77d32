//! Family T, the accidents that befall a whole table: one finding instead of dozens, and one click to undo them.

use super::{list, rule};
use crate::audit::{
    Context, Draft, ExchangedRows, Moved, PushedRows, TornRow, changing, copied, exchanged_rows,
    moved_columns, permutation, pushed_rows, shifted_rows, torn_row, with_rates, wrong_header,
};
use crate::fixes::{Edit, Fix, NewValue};
use crate::layout::{Arrangement, Direction, Form, Role, Shift, Table};
use crate::model::{CellRef, Range, column_letters, dragged};

rule! {
    /// ## 审核内容
    /// 整列的数是否填到了别的列名下：分解表的各市之间，进展情况表的目标、上期、本期、完成率之间。
    /// ## 为什么
    /// 方案里市的顺序与附件的列顺序不同，整列对调是最常见的差错；一处差错不应报成几十处。
    /// ## 示例
    /// 绵阳市与德阳市两列的数对调；“上期累计完成”与“本期累计完成”填反了。
    /// ## 怎么改
    /// 核对后换回，各列的数回到自己的列名下。
    T005, Error, "列对调", Root(t005)
}

fn t005(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = permutation(context, table)?;
    let names: Vec<String> =
        found.columns.iter().map(|(role, ..)| role.caption(context.breakdown())).collect();
    let (pair, verb) =
        if names.len() == 2 { (names.join("与"), "对调") } else { (list(&names), "错位") };
    let message = format!(
        "{pair}{}列的数疑似{verb}：换回后 {}/{} 行{}。请核对后换回。",
        chinese_count(names.len()),
        found.rows_right,
        found.rows,
        agreement(&found)
    );
    let edits = back(context, table, &found);
    let draft = Draft::at(table.sheet, own_range(table, &found)?, message)
        .found(list(&names))
        .fix(Fix::consent(edits, "本表内各列的数，换回各自列名下"));
    Some(with_rates(context, table, draft, found.table))
}

rule! {
    /// ## 审核内容
    /// 数是否整体错了一行或一列：与左边的指标、上边的表头都错开一格。
    /// ## 为什么
    /// 插入或删除一个单元格，后面的数就全错了位；这是一处差错，不是几十处。
    /// ## 示例
    /// 各市的数都比指标低一行；成都市的数填在绵阳市下，绵阳市的数填在德阳市下。
    /// ## 怎么改
    /// 核对后移回。移动时被挤掉的数无法恢复，会留空，请补填。
    T013, Error, "错行或错列", Root(t013)
}

fn t013(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let (draft, as_meant) =
        by_column(context, table).or_else(|| by_row(context, table)).or_else(|| pushed(context, table))?;
    Some(with_rates(context, table, draft, as_meant))
}

fn by_column(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = moved_columns(context, table)?;
    let sources = || found.columns.iter().filter_map(|(_, own, source)| source.map(|source| (*own, source)));
    let side = if sources().next().is_some_and(|(own, source)| source > own) { "右" } else { "左" };
    let captions = |stayed: bool| {
        let columns = found.columns.iter().filter(move |(.., source)| source.is_some() == stayed);
        list(columns.map(|(role, ..)| role.caption(context.breakdown())))
    };
    let (names, gone) = (captions(true), captions(false));
    let lost = if gone.is_empty() {
        gone
    } else {
        format!("{gone}的数已被挤掉，移回后留空，请补填。")
    };
    let message = format!(
        "{names}的数疑似整体向{side}错了一列：移回后 {}/{} 行{}。{lost}请核对后移回。",
        found.rows_right,
        found.rows,
        agreement(&found)
    );
    let taken = sources().map(|(_, source)| source).chain(found.along.iter().map(|own| own + 1));
    let range = taken.fold(own_range(table, &found)?, |range, column| Range {
        start: CellRef::new(range.start.row, range.start.column.min(column)),
        end: CellRef::new(range.end.row, range.end.column.max(column)),
    });
    let fix = Fix::consent(back(context, table, &found), "本表内各列的数，移回各自列名下");
    Some((Draft::at(table.sheet, range, message).found(names).fix(fix), found.table))
}

fn by_row(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = shifted_rows(context, table)?;
    let shift = &found.shift;
    let rows: Vec<u32> = table
        .indicator_rows()
        .map(|(row, _)| row.row)
        .filter(|row| (shift.first..=shift.last).contains(row))
        .collect();
    let top = rows.iter().copied().chain(shift.end).min()?;
    let bottom = rows.iter().copied().chain(shift.end).max()?;
    let range = Range::new(
        CellRef::new(top, *shift.columns.iter().min()?),
        CellRef::new(bottom, *shift.columns.iter().max()?),
    );
    let names = if found.roles.len() == 1 {
        found.roles.first()?.caption(context.breakdown())
    } else {
        "各列".to_owned()
    };
    let side = if shift.direction == Direction::Down { "下" } else { "上" };
    let lost = if shift.end.is_none() { "被挤掉的一格移回后留空，请补填。" } else { "" };
    let message = format!(
        "{names}的数从第 {} 行起疑似整体向{side}错了一行：移回后 {}/{} 行对得上。{lost}请核对后移回。",
        shift.first + 1,
        found.rows_right,
        found.rows
    );
    let fix = Fix::consent(shifted_back(context, shift, &rows)?, "本表内的数，移回各自的行");
    Some((Draft::at(table.sheet, range, message).found(names).fix(fix), found.table))
}

fn shifted_back(context: &Context<'_>, shift: &Shift, rows: &[u32]) -> Option<Vec<Edit>> {
    let sheet = context.sheet()?;
    let mut edits = Vec::new();
    for column in &shift.columns {
        for row in rows {
            let value = shift
                .source(*row)
                .map_or(NewValue::Blank, |source| copied(sheet.grid.value(CellRef::new(source, *column))));
            edits.push((CellRef::new(*row, *column), value));
        }
        // The cell beyond the table that took the pushed-out value.
        if let Some(end) = shift.end.filter(|end| !rows.contains(end)) {
            edits.push((CellRef::new(end, *column), NewValue::Blank));
        }
    }
    Some(changing(context, edits))
}

/// Single rows that were pushed one cell to the right.
fn pushed(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = pushed_rows(context, table)?;
    let beyond = found.last + 1;
    let (first, last) = (found.rows.first()?, found.rows.last()?);
    let range = Range::new(CellRef::new(*first, found.first), CellRef::new(*last, beyond));
    let rows = list(found.rows.iter().map(|row| row + 1));
    let message = format!(
        "第 {rows} 行的数疑似从 {} 列起整体向右错了一格：移回后都对得上，{} 个数各归各列。请核对后移回。",
        column_letters(found.first),
        found.rows.len() * usize::try_from(beyond - found.first).unwrap_or(0)
    );
    let edits = pulled_back(context, table, &found)?;
    let draft = Draft::at(table.sheet, range, message)
        .found(format!("第 {rows} 行"))
        .fix(Fix::consent(edits, "本行内的数，移回各自的列"));
    Some((draft, found.table))
}

fn pulled_back(context: &Context<'_>, table: &Table, found: &PushedRows) -> Option<Vec<Edit>> {
    let sheet = context.sheet()?;
    let beyond = found.last + 1;
    let mut edits = Vec::new();
    for row in &found.rows {
        for column in found.first..=beyond {
            // What was pushed out of the last column; what stood beyond it was pushed along.
            edits
                .push((CellRef::new(*row, column), copied(sheet.grid.value(CellRef::new(*row, column + 1)))));
        }
        if !sheet.grid.value(CellRef::new(*row, beyond + 1)).is_empty() {
            edits.push((CellRef::new(*row, beyond + 1), NewValue::Blank));
        }
    }
    // Where the rate was computed it is computed again.
    let rate = table.column(Role::Rate).filter(|rate| (found.first..=beyond).contains(&rate.index));
    let model = rate.and_then(|rate| {
        let formula = |row: u32| context.cell(CellRef::new(row, rate.index))?.formula.clone();
        table.indicator_rows().find_map(|(row, _)| Some((formula(row.row)?, row.row, rate.index)))
    });
    if let Some((formula, from, column)) = model {
        for (at, value) in edits.iter_mut().filter(|(at, _)| at.column == column) {
            *value = NewValue::Formula(dragged(&formula, from, at.row));
        }
    }
    Some(changing(context, edits))
}

rule! {
    /// ## 审核内容
    /// 文本文件（.csv）里是否有一行比表头多出字段，多出的字段来自数里没有加引号的千位逗号。
    /// ## 为什么
    /// 逗号是分隔符：1,200 成了 1 和 200 两格，后面的数都错到右边一格，一处差错看上去像许多处。
    /// ## 示例
    /// 表头有 8 个字段，这一行有 9 个：“2000,0,1,200,60.0%”，本期累计完成应是 1200。
    /// ## 怎么改
    /// 接起来后整行都对得上的，核对后可接回；否则请对照原表改正这一行，数里不要写逗号。
    T022, Error, "数里的逗号把一行拆开了", Root(t022)
}

fn t022(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = torn_row(context, table)?;
    let sheet = context.sheet()?;
    let own = found.fields.0;
    let range = Range::new(CellRef::new(found.row, 0), CellRef::new(found.row, own.saturating_sub(1)));
    let draft = Draft::at(table.sheet, range, torn_message(&found)).found(format!("{own} 个字段"));
    if found.joined.is_empty() {
        return Some((draft, found.table));
    }
    let edits = (0..own).map(|column| {
        let place = found.table.interpretation.place(found.row, column);
        let value = match (found.table.interpretation.joined(found.row, column), place) {
            (Some(number), _) => NewValue::Number(number),
            (None, Some(from)) => copied(sheet.grid.value(from)),
            // A field too many.
            (None, None) => NewValue::Blank,
        };
        (CellRef::new(found.row, column), value)
    });
    let edits = changing(context, edits.collect());
    let draft = draft.expected(list(&found.joined)).fix(Fix::consent(edits, "本行内的字段，接回后各归各列"));
    Some((draft, found.table))
}

fn torn_message(found: &TornRow) -> String {
    let (own, header) = found.fields;
    let said = format!("第 {} 行有 {own} 个字段，表头只有 {header} 个", found.row + 1);
    if found.joined.is_empty() {
        return said
            + "：多半是数里有没加引号的千位逗号，后面的数都错了位。怎样接都不能使整行对得上，\
               这一行没有审核，请对照原表改正，数里不要写逗号。";
    }
    format!(
        "{said}：数里没加引号的千位逗号把 {} 拆成了几格，后面的数都错到了右边。接起来后整行都对得上，\
         请核对后接回，数里不要写逗号。",
        list(&found.joined)
    )
}

rule! {
    /// ## 审核内容
    /// 表是否行列颠倒：市（或目标、完成）排成行，指标排成列；或者每项指标下面一市一行。
    /// ## 为什么
    /// 官方表式是一项指标一行、一市一列；颠倒的表人看着别扭，别的程序也对不上。
    /// ## 示例
    /// 第一行是九项指标，下面三行是三个市。
    /// ## 怎么改
    /// 本工具已按颠倒的样子审核，其余问题都标在原来的单元格。请改为官方表式后报送。
    T018, Error, "行列颠倒", Root(t018)
}

fn t018(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let rows = table.indicator_rows().count();
    let message = match table.arrangement {
        Arrangement::Transposed => format!(
            "表的行列颠倒了：{rows} 项指标排成了列。已按这个样子审核；请复制后“选择性粘贴—转置”，改为官方表式再报送。"
        ),
        Arrangement::CitiesDown => format!(
            "各市写成了行：{rows} 项指标，每项下面一市一行。已按这个样子审核；请改为官方表式（一项指标一行，\
             一市一列）再报送。"
        ),
        Arrangement::Upright | Arrangement::SideBySide => return None,
    };
    let as_meant = Table { arrangement: Arrangement::Upright, ..table.clone() };
    Some((Draft::at(context.sheet_index(), table.range, message).found("行列颠倒"), as_meant))
}

rule! {
    /// ## 审核内容
    /// 一列的数逐行都是分解表中某个市的，列名却不是这个市：别的市名写了两遍，写成了分解表以外的市，或写了别字。
    /// ## 为什么
    /// 错的只是列名，数没有错；按错的列名看，会显得缺一个市、多一个市，整列都对不上。
    /// ## 示例
    /// 表头是“德阳市、绵阳市、德阳市”，前一个“德阳市”下面 9 行都是成都市的数。
    /// ## 怎么改
    /// 请核对后改正列名，数不动。
    T019, Error, "列名写错", Root(t019)
}

fn t019(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = wrong_header(context, table)?;
    let city = context.breakdown().city(found.city);
    let caption = found.caption.trim();
    let named =
        if caption.is_empty() { "没有列名".to_owned() } else { format!("列名写作“{caption}”") };
    let message = format!(
        "这一列{named}，而 {}/{} 行的数是分解表中{city}的，错的是列名，应为“{city}”。请核对后改正列名，数不动。",
        found.agreeing, found.rows
    );
    let edits = vec![context.set(found.header, NewValue::Text(city.to_owned()))];
    let draft = Draft::at(table.sheet, Range::cell(found.header), message)
        .found(caption)
        .expected(city)
        .city(Some(found.city))
        .fix(Fix::consent(edits, "这一列的数与分解表中该市的一致"));
    Some((draft, found.table))
}

rule! {
    /// ## 审核内容
    /// 两项指标的数是否填到了对方的行里。
    /// ## 为什么
    /// 一处填反，两行各市的数都与分解表不符；换回一次就都对了。
    /// ## 示例
    /// 指标 4 一行填的是指标 5 的数，指标 5 一行填的是指标 4 的数。
    /// ## 怎么改
    /// 请核对后换回。
    T020, Error, "两行对调", Root(t020)
}

fn t020(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = exchanged_rows(context, table)?;
    let sheet = context.sheet()?;
    let (upper, lower) = found.rows;
    let columns = if found.columns.is_empty() {
        exchanged_columns(context, table, &found)
    } else {
        found.columns.clone()
    };
    let both = |column: &u32| {
        let (above, below) = (CellRef::new(upper, *column), CellRef::new(lower, *column));
        [(above, copied(sheet.grid.value(below))), (below, copied(sheet.grid.value(above)))]
    };
    let edits = changing(context, columns.iter().flat_map(both).collect());
    let range =
        Range::new(CellRef::new(upper, *columns.iter().min()?), CellRef::new(lower, *columns.iter().max()?));
    let draft = Draft::at(table.sheet, range, exchanged_message(context, table, &found))
        .found(format!("第 {}、{} 行", upper + 1, lower + 1))
        .fix(Fix::consent(edits, "本表内两行的数，换回各自的行"));
    Some((draft, found.table))
}

/// The columns of figures, and those of the total and the rates that went along, where they are typed.
fn exchanged_columns(context: &Context<'_>, table: &Table, found: &ExchangedRows) -> Vec<u32> {
    let (upper, lower) = found.rows;
    let pairs = &found.table.interpretation.exchanged;
    let along =
        |column: u32| pairs.iter().any(|pair| pair.columns.is_empty() || pair.columns.contains(&column));
    let typed = |at: CellRef| context.cell(at).is_none_or(|cell| cell.formula.is_none());
    let beside = [Role::Total, Role::Rate].into_iter().filter_map(|role| table.column(role));
    let beside = beside.map(|column| column.index).filter(|column| {
        along(*column) && typed(CellRef::new(upper, *column)) && typed(CellRef::new(lower, *column))
    });
    let mut columns: Vec<u32> = table.figure_columns().map(|column| column.index).chain(beside).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

fn exchanged_message(context: &Context<'_>, table: &Table, found: &ExchangedRows) -> String {
    let number = |id| context.indicator(id).map_or(0, |indicator| indicator.number);
    if !found.columns.is_empty() {
        let concerned = table.columns.iter().filter(|column| found.columns.contains(&column.index));
        return format!(
            "指标 {} 与指标 {} 两行的{}疑似对调（第 {} 行和第 {} 行）：换回后两行的完成率都对得上，\
             都不用改。请核对后换回。",
            number(found.indicators.0),
            number(found.indicators.1),
            list(concerned.map(|column| column.role.caption(context.breakdown()))),
            found.rows.0 + 1,
            found.rows.1 + 1
        );
    }
    let (right, ending) = if table.form == Form::Progress {
        ("换回后两行的目标值都与分解表一致", "请核对后换回；只是目标值填反的，只换目标值。")
    } else {
        ("换回后各市的数都与分解表一致", "请核对后换回。")
    };
    format!(
        "指标 {} 与指标 {} 两行的数疑似对调（第 {} 行和第 {} 行）：{right}，{} 处差错都由此而来。{ending}",
        number(found.indicators.0),
        number(found.indicators.1),
        found.rows.0 + 1,
        found.rows.1 + 1,
        found.explained
    )
}

fn agreement(found: &Moved) -> &'static str {
    let cities = found.columns.iter().all(|(role, ..)| matches!(role, Role::City(_)));
    if cities { "与分解表一致" } else { "前后对得上" }
}

/// Every moved column's figures back under their own header; a column outside that took some is emptied.
fn back(context: &Context<'_>, table: &Table, found: &Moved) -> Vec<Edit> {
    let Some(sheet) = context.sheet() else { return Vec::new() };
    let rows: Vec<u32> = table.indicator_rows().map(|(row, _)| row.row).collect();
    let owned: Vec<u32> =
        found.columns.iter().map(|(_, own, _)| *own).chain(found.along.iter().copied()).collect();
    let sources =
        found.columns.iter().filter_map(|(.., source)| *source).chain(found.along.iter().map(|own| own + 1));
    let outside: Vec<u32> = sources.filter(|source| !owned.contains(source)).collect();
    let mut edits = Vec::new();
    for row in rows {
        for (_, own, source) in &found.columns {
            let value =
                source.map_or(NewValue::Blank, |source| copied(sheet.grid.value(CellRef::new(row, source))));
            edits.push((CellRef::new(row, *own), value));
        }
        edits.extend(
            found
                .along
                .iter()
                .map(|own| (CellRef::new(row, *own), copied(sheet.grid.value(CellRef::new(row, *own + 1))))),
        );
        edits.extend(outside.iter().map(|column| (CellRef::new(row, *column), NewValue::Blank)));
    }
    changing(context, edits)
}

fn own_range(table: &Table, found: &Moved) -> Option<Range> {
    let (top, bottom) = table.data_rows()?;
    let columns = || found.columns.iter().map(|(_, own, _)| *own);
    Some(Range::new(CellRef::new(top, columns().min()?), CellRef::new(bottom, columns().max()?)))
}

fn chinese_count(count: usize) -> &'static str {
    ["", "", "两", "三", "四", "五", "六", "七"].get(count).copied().unwrap_or("几")
}
