//! Family P: the progress form.

use super::{ANNEX, code, header_range, list, rule};
use crate::audit::{
    Context, Draft, Due, Figure, Reported, Tier, growth_for_figures, other_city, percent, rates_anew,
    rates_for_figures, rates_of_unknown, totals_for_targets, with_rates,
};
use crate::breakdown::{CityId, IndicatorId};
use crate::fixes::{Edit, Fix, NewValue};
use crate::layout::{Role, Sighting, Source, Table, city_names};
use crate::model::{CellRef, Decimal, Meaning, Period, Range, Value, fraction, whole};

rule! {
    /// ## 审核内容
    /// 本期累计完成是否少于上期的累计完成：给出上期报表时与报过的数比，否则与本表“上期累计完成”一列比。
    /// 百分比不是累计数，可升可降，不比。
    /// ## 为什么
    /// 累计数只增不减；减少说明本期或上期有一个报错了。
    /// ## 示例
    /// 上期累计 130 家，本期累计 120 家，少 10 家。
    /// ## 怎么改
    /// 请核对两期的数；上期报错的，请在情况说明里写明。
    P001, Error, "累计数比上期少", Each(p001)
}

fn p001(context: &Context<'_>) -> Vec<Draft> {
    done(context).filter_map(|figure| less_than_before(context, figure)).collect()
}

fn less_than_before(context: &Context<'_>, figure: &Figure) -> Option<Draft> {
    // A percentage is a level, not what has come together: it may fall.
    if context.unit(figure.indicator) == "%" {
        return None;
    }
    let (now, before) = (count(figure)?, before(context, figure.indicator)?);
    let spoken = |number| context.spoken(number, figure.indicator);
    let less = before.value.saturating_sub(now);
    // A figure of the past that is itself far over the target is more likely to be the wrong one.
    let over = |target: Decimal| before.value > target.saturating_mul(fraction(12, 1));
    let doubtful = before.from.is_none() && target(context, figure.indicator).is_some_and(over);
    let (was, is, apart) = (spoken(before.value), spoken(now), spoken(less));
    if doubtful {
        let past = context.figure(figure.indicator, Role::Previous).filter(|_| less >= FEW)?;
        let message = format!(
            "“上期累计完成”填 {was}，远超目标，也多于本期累计 {is}，多 {apart}，疑似填错了。请核对上期数。"
        );
        return Some(context.draft(past, message));
    }
    if now >= before.value {
        return None;
    }
    let source =
        before.from.map_or_else(|| "本表“上期累计完成”".to_owned(), |file| format!("上期报过，{file}"));
    let message =
        format!("本期累计 {is}，少于上期的 {was}（{source}），少 {apart}。累计数只增不减，请核对两期的数。");
    Some(context.draft(figure, message))
}

rule! {
    /// ## 审核内容
    /// 与上期相比是否几乎所有指标（十分之八以上）都没有变化：给出上期报表时与报过的数比，
    /// 否则与本表“上期累计完成”一列比。
    /// ## 为什么
    /// 半年里毫无进展很少见，多半是把上期的表原样又报了一次。
    /// ## 示例
    /// 9 项指标中 8 项与上期相同。
    /// ## 怎么改
    /// 请核对是否漏填本期数；确无进展的，在情况说明里写明原因。
    P002, Warning, "与上期几乎没有变化", Each(p002)
}

fn p002(context: &Context<'_>) -> Vec<Draft> {
    unchanged(context).into_iter().collect()
}

fn unchanged(context: &Context<'_>) -> Option<Draft> {
    let table = context.progress_form()?;
    let pairs: Vec<bool> =
        context.figures_of(Role::Current).filter_map(|figure| is_as_before(context, figure)).collect();
    let (all, still) = (pairs.len(), pairs.iter().filter(|same| **same).count());
    let has_tasks = context.figures_of(Role::Current).any(|figure| figure.due != Due::NotApplicable);
    if all < 5 || still * 10 < all * 8 || !has_tasks {
        return None;
    }
    let past = context.previous().map_or("本表“上期累计完成”", |reported| reported.file.as_str());
    let said = format!("与上期（{past}）相比，{all} 项指标中 {still} 项没有变化");
    let draft = |ending: String| {
        Draft::at(table.sheet, current_range(context, table), said + &ending).city(context.city)
    };
    // Rates of other figures say that the figures of this period were known.
    let others = rates_of_unknown(context, table);
    Some(if others * 2 > still {
        let ending =
            format!("，而 {others} 行的完成率不是这些数的，疑似完成率更新了、本期数没有更新。请补填本期数。");
        draft(ending).tier(Tier::Error)
    } else {
        draft("。请核对是否漏填本期数；确无进展的，请写明原因。".to_owned())
    })
}

/// Whether a figure is that of the period before; `None` where that is not known.
fn is_as_before(context: &Context<'_>, figure: &Figure) -> Option<bool> {
    Some(match (figure.due, figure.written.certain()) {
        (Due::NotApplicable, _) => figure.written.number().is_none(),
        (_, Some(now)) => now == before(context, figure.indicator)?.value,
        _ => false,
    })
}

rule! {
    /// ## 审核内容
    /// 一个半年里新增的数，是否远超这项指标过去的速度，也远超按剩余时间应有的速度（都超过 2.5 倍，
    /// 且新增占目标一半以上）。
    /// ## 为什么
    /// 突然的跃升多半是多打了一位数、填成了别行的数，或改了统计口径；确有其事的，需要说明。
    /// ## 示例
    /// 前两期共完成 60 家，本期跃到 580 家（目标 600 家）。
    /// ## 怎么改
    /// 请核对本期数；属实的，在情况说明里写明原因。
    P003, Warning, "本期跃升过大", Each(p003)
}

fn p003(context: &Context<'_>) -> Vec<Draft> {
    let Some(clock) = Clock::of(context) else { return Vec::new() };
    done(context).filter_map(|figure| leap(context, figure, clock)).collect()
}

fn leap(context: &Context<'_>, figure: &Figure, Clock { elapsed, whole }: Clock) -> Option<Draft> {
    let (now, before, target) =
        (count(figure)?, before(context, figure.indicator)?.value, target(context, figure.indicator)?);
    let added = now.saturating_sub(before);
    let past = before.checked_div(Decimal::from(elapsed.checked_sub(1).filter(|past| *past > 0)?))?;
    let left = Decimal::from((whole + 1).saturating_sub(elapsed).max(1));
    let needed = target.saturating_sub(before).max(Decimal::ZERO).checked_div(left)?;
    let usual = past.max(needed);
    if added < FEW
        || added.saturating_mul(Decimal::TWO) < target
        || added <= usual.saturating_mul(fraction(25, 1))
    {
        return None;
    }
    let spoken = |number| context.spoken(number, figure.indicator);
    let (added, past, needed) = (spoken(added), spoken(past.round()), spoken(needed.ceil()));
    let message = format!(
        "本期新增 {added}，而此前平均每半年 {past}，按剩余时间每半年约需 {needed}。请核对；属实的，请写明原因。"
    );
    let draft = context.draft(figure, message);
    // Far over the target: that says it already.
    Some(if is_far_over(now, target) { draft.because(code::P005, figure.at) } else { draft })
}

rule! {
    /// ## 审核内容
    /// 完成数是否远超目标（120% 以上），或远远落后于时间进度（到报告期应完成的一半都不到）。
    /// ## 为什么
    /// 超得太多可能填错了数或口径不同；落后太多需要说明原因和措施。时间进度按规划期各年逐半年计，到最后一期应全部完成；
    /// 时间过半以后才看落后，目标不足 10 的指标只在最后一期看，只超出 1 的不算。
    /// ## 示例
    /// 目标 600 家，完成 800 家（133.3%）；到 2019年12月（三年过了三分之二）只完成 20%。
    /// ## 怎么改
    /// 请核对本期数；属实的，在情况说明里写明原因。
    P005, Warning, "远超目标或远落后于时间进度", Each(p005)
}

fn p005(context: &Context<'_>) -> Vec<Draft> {
    let clock = Clock::of(context);
    done(context)
        .filter_map(|figure| far_over(context, figure).or_else(|| far_behind(context, figure, clock?)))
        .collect()
}

fn far_over(context: &Context<'_>, figure: &Figure) -> Option<Draft> {
    let (now, target) = (count(figure)?, target(context, figure.indicator)?);
    if !is_far_over(now, target) {
        return None;
    }
    let (done, goal) = (context.spoken(now, figure.indicator), context.spoken(target, figure.indicator));
    let rate = percent(now.checked_div(target)?, 1);
    Some(context.draft(
        figure,
        format!("完成 {done}，目标 {goal}，完成率 {rate}，超过 120%。请核对；属实的，请写明原因。"),
    ))
}

fn far_behind(context: &Context<'_>, figure: &Figure, Clock { elapsed, whole }: Clock) -> Option<Draft> {
    // A slow start is no fault: it is looked at from half of the time on.
    if elapsed * 2 < whole {
        return None;
    }
    let (now, target) = (count(figure)?, target(context, figure.indicator)?);
    let is_last = elapsed >= whole;
    let due = target.checked_mul(Decimal::from(elapsed))?.checked_div(Decimal::from(whole))?;
    if now.saturating_mul(Decimal::TWO) >= due
        || (target < Decimal::TEN && !is_last)
        || now.is_sign_negative()
    {
        return None;
    }
    let (done, goal) = (context.spoken(now, figure.indicator), context.spoken(target, figure.indicator));
    let share = percent(Decimal::from(elapsed).checked_div(Decimal::from(whole))?, 0);
    let rate = percent(now.checked_div(target)?, 1);
    let message = format!(
        "时间已过 {share}，完成 {done}，目标 {goal}，完成率只有 {rate}。请核对；属实的，请写明原因。"
    );
    // Below the last period: that says it already.
    Some(context.draft(figure, message).because(code::P001, figure.at))
}

rule! {
    /// ## 审核内容
    /// 目标值一列是否与官方分解表一致。
    /// ## 为什么
    /// 目标已经文件下达，改动目标会使完成率失真。
    /// ## 示例
    /// 绵阳市“双向转移转化”目标填 310，官方为 300。
    /// ## 怎么改
    /// 核对后改为官方目标。
    P006, Error, "目标值不是官方目标", EachOrRoot(p006, p006_root)
}

fn p006(context: &Context<'_>) -> Vec<Draft> {
    context.figures_of(Role::Target).filter_map(|figure| other_target(context, figure)).collect()
}

fn other_target(context: &Context<'_>, figure: &Figure) -> Option<Draft> {
    let raw = context.raw(figure.at);
    let (value, message) = match figure.due {
        Due::Number(official) => {
            // What could not be read as a number is said by family Q.
            let left_out =
                matches!(figure.written.meaning, Meaning::Blank | Meaning::NotApplicable) && !figure.formula;
            if !figure.written.certain().map_or(left_out, |number| number != official) {
                return None;
            }
            let (place, due) = (context.place(figure), context.spoken(official, figure.indicator));
            let message = match figure.written.certain() {
                Some(number) => format!(
                    "{place}填 {}，官方分解表为 {due}，{}。请核对后改为官方目标。",
                    context.spoken(number, figure.indicator),
                    context.apart(number.saturating_sub(official), figure.indicator)
                ),
                None if raw.trim().is_empty() => {
                    format!("{place}是空白，官方分解表为 {due}。请核对后填官方目标。")
                }
                None => format!("{place}填“{raw}”，官方分解表为 {due}。请核对后改为官方目标。"),
            };
            (context.styled(official, figure), message)
        }
        Due::NotApplicable => {
            figure.written.number().filter(|number| !number.is_zero())?;
            let message = format!(
                "{}填 {raw}，官方分解表为“/”（不适用）。请核对是否填错了行；确实不适用的改为“/”。",
                context.place(figure)
            );
            (NewValue::Text("/".to_owned()), message)
        }
        _ => return None,
    };
    let draft = context
        .draft(figure, message)
        .expected(value.shown())
        .fix(Fix::consent(vec![context.set(figure.at, value)], ANNEX));
    // The official target with a sign too many is said to be that.
    let signed = matches!(figure.due, Due::Number(official) if figure.written.certain() == Some(-official));
    Some(if signed { draft.because(code::Q011, figure.at) } else { draft })
}

fn p006_root(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    targets_of_the_zone(context, table).or_else(|| targets_of_other_city(context, table))
}

fn targets_of_the_zone(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = totals_for_targets(context, table)?;
    let edit = |figure: &Figure| {
        let Due::Number(official) = figure.due else { return None };
        (figure.written.certain() != Some(official))
            .then(|| context.set(figure.at, context.styled(official, figure)))
    };
    let mut edits: Vec<Edit> = context.figures_of(Role::Target).filter_map(edit).collect();
    let range =
        Range::new(context.figures_of(Role::Target).next()?.at, context.figures_of(Role::Target).last()?.at);
    let city = context.breakdown().city(context.city?);
    let also = if found.table.interpretation.lost.contains(&Role::Rate) {
        edits.extend(rates_anew(context, table, &found.table));
        "，完成率也是按总量算的，一并重算"
    } else {
        ""
    };
    let message = format!(
        "目标值一列 {}/{} 项是全示范区的总量，不是{city}的目标{also}。请核对后改为{city}的官方目标。",
        found.agreeing, found.rows
    );
    let draft = Draft::at(table.sheet, range, message)
        .found("全示范区总量")
        .city(context.city)
        .fix(Fix::consent(edits, ANNEX));
    Some((draft, found.table))
}

fn targets_of_other_city(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = other_city(context, table)?;
    let (claimed, city) = (context.breakdown().city(context.city?), context.breakdown().city(found.city));
    let (top, bottom) = table.data_rows()?;
    let range = Range::new(CellRef::new(top, found.column), CellRef::new(bottom, found.column));
    let message = format!(
        "目标值一列 {}/{} 项是{city}的，与{claimed}不符，疑似把{city}的表报成了{claimed}的。\
         请核对是哪个市的表；确是{city}的，改正市名。",
        found.agreeing, found.rows
    );
    let edits = renamed(context, table, claimed, city);
    let mut draft = Draft::at(table.sheet, range, message).found(city).expected(claimed).city(context.city);
    if !edits.is_empty() {
        draft = draft.fix(Fix::consent(edits, "目标值与分解表中该市的目标一致"));
    }
    Some((draft, found.table))
}

rule! {
    /// ## 审核内容
    /// 标题、填报单位、工作表名、文件名里的市和报告期是否一致。
    /// ## 为什么
    /// 拿旧表改新表时常漏改一处，汇总会归到别的市或别的期。
    /// ## 示例
    /// 表内写“2019年6月底”，文件名写“2018年12月”。
    /// ## 怎么改
    /// 请核对后改正写错的一处。
    P007, Warning, "市或报告期前后不一致", Each(p007)
}

fn p007(context: &Context<'_>) -> Vec<Draft> {
    let Some(table) = context.progress_form() else { return Vec::new() };
    let cities = disagreement(&table.identity.cities)
        .map(|pair| contradiction(table, pair, |city| context.breakdown().city(city).to_owned()));
    let periods =
        disagreement(&table.identity.periods).map(|pair| contradiction(table, pair, Period::chinese));
    cities.into_iter().chain(periods).collect()
}

fn contradiction<T: Copy>(
    table: &Table,
    (a, b): (Sighting<T>, Sighting<T>),
    name: impl Fn(T) -> String,
) -> Draft {
    let (due, other) = (name(a.value), name(b.value));
    let message = format!("{}是{due}，{}是{other}。请核对后改正。", place(a.source), place(b.source));
    let range = nearest(a.source, b.source).cell().map_or_else(|| header_range(table), Range::cell);
    Draft::at(table.sheet, range, message).found(other).expected(due)
}

rule! {
    /// ## 审核内容
    /// 能否认出是哪个市、哪一期的报表。
    /// ## 为什么
    /// 认不出市，就无法核对目标；认不出报告期，就无法汇总。
    /// ## 示例
    /// 标题、填报单位、工作表名、文件名都没有写市名。
    /// ## 怎么改
    /// 请在“填报单位”“报告期”一行写明，或在文件名里写明，如“成都市-2019年6月”。
    P008, Error, "认不出市或报告期", Each(p008)
}

fn p008(context: &Context<'_>) -> Vec<Draft> {
    let Some(table) = context.progress_form() else { return Vec::new() };
    let missing = match (table.identity.city(), table.identity.period()) {
        (Some(_), Some(_)) => return Vec::new(),
        (None, None) => "是哪个市、哪一期",
        (None, Some(_)) => "是哪个市",
        (Some(_), None) => "是哪一期",
    };
    // A month or quarter that the plan has no return for is told from a date that is missing.
    let unfit = table.identity.unfit.iter().min_by_key(|(_, source)| *source);
    if let Some((text, source)) = unfit.filter(|_| table.identity.period().is_none()) {
        let range = source.cell().map_or_else(|| header_range(table), Range::cell);
        let message = format!(
            "写的是 {text}，方案只有 6 月底和 12 月底的报表，认不出{missing}的。请核对后写明，如“2019年6月底”。"
        );
        return vec![Draft::at(table.sheet, range, message).found(text.clone())];
    }
    let message =
        format!("认不出这张进展情况表{missing}的。请在“填报单位”“报告期”一行写明，或写在文件名里。");
    vec![Draft::at(table.sheet, header_range(table), message)]
}

rule! {
    /// ## 审核内容
    /// “上期累计完成”一列是否等于上期报过的数（给出上期报表时）。
    /// ## 为什么
    /// 已经报过的数不能在下一期悄悄改动。
    /// ## 示例
    /// 上期报 0 个，本表“上期累计完成”填 2 个。
    /// ## 怎么改
    /// 核对后改为上期报过的数；上期报错的，按改正程序办理。
    P009, Error, "上期数与报过的不一致", Each(p009)
}

fn p009(context: &Context<'_>) -> Vec<Draft> {
    let Some(reported) = context.previous() else { return Vec::new() };
    context
        .figures_of(Role::Previous)
        .filter_map(|figure| other_than_reported(context, figure, reported))
        .collect()
}

fn other_than_reported(context: &Context<'_>, figure: &Figure, reported: &Reported) -> Option<Draft> {
    let (stated, before, file) =
        (figure.written.certain()?, reported.figure(figure.indicator)?, &reported.file);
    if stated == before {
        return None;
    }
    let value = context.styled(before, figure);
    let (written, was) = (context.spoken(stated, figure.indicator), context.spoken(before, figure.indicator));
    let message = format!(
        "{}填 {written}，上期报过的是 {was}（{file}），{}。请核对后改为报过的数。",
        context.place(figure),
        context.apart(stated.saturating_sub(before), figure.indicator)
    );
    let draft = context.draft(figure, message).expected(value.shown());
    Some(draft.fix(Fix::consent(vec![context.set(figure.at, value)], format!("上期报表 {file}"))))
}

rule! {
    /// ## 审核内容
    /// “上期累计完成”加“本期新增”是否等于“本期累计完成”（表内有这三列时）。
    /// ## 为什么
    /// 三个数互相牵制，不等说明至少有一个填错了。
    /// ## 示例
    /// 上期累计 120、本期新增 60，本期累计应为 180，填了 190，多 10。
    /// ## 怎么改
    /// 请核对是哪一个数有误。
    P010, Error, "上期加新增不等于累计", Each(p010)
}

fn p010(context: &Context<'_>) -> Vec<Draft> {
    let Some(table) = context.progress_form() else { return Vec::new() };
    table.indicator_rows().filter_map(|(_, found)| not_the_sum(context, table, found.indicator)).collect()
}

fn not_the_sum(context: &Context<'_>, table: &Table, id: IndicatorId) -> Option<Draft> {
    let figure = |role| context.figure(id, role).and_then(|figure| Some((figure, count(figure)?)));
    let parts = [figure(Role::Previous)?, figure(Role::Added)?, figure(Role::Current)?];
    let [(_, before), (_, added), (current, now)] = parts;
    let sum = before.checked_add(added).filter(|sum| *sum != now)?;
    let columns = || parts.iter().map(|(figure, _)| figure.at.column);
    let range = Range::new(
        CellRef::new(current.at.row, columns().min()?),
        CellRef::new(current.at.row, columns().max()?),
    );
    let spoken = |number| context.spoken(number, id);
    let message = format!(
        "上期累计 {} 加本期新增 {} 应为 {}，本期累计填 {}，{}。请核对是哪一个数有误。",
        spoken(before),
        spoken(added),
        spoken(sum),
        spoken(now),
        context.apart(now.saturating_sub(sum), id)
    );
    let draft = Draft::at(table.sheet, range, message)
        .found(context.raw(current.at))
        .expected(sum.normalize().to_string());
    Some(draft.indicator(id).city(context.city))
}

rule! {
    /// ## 审核内容
    /// “本期累计完成”一列填的是不是别的数：整列是完成率，或只是本期新增。
    /// ## 为什么
    /// 填错的是一整列，不是一格；逐格报会显得处处都错。
    /// ## 示例
    /// “本期累计完成”一列是 70.0%、65.8%……；上期累计 310、本期累计填 110，完成率却是 70%（420 ÷ 600）。
    /// ## 怎么改
    /// 填成完成率的，请改填累计完成的数；填成本期新增的，核对后加上上期累计。
    P011, Error, "本期累计一列填了别的数", Root(p011)
}

fn p011(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    filled_with_rates(context, table).or_else(|| filled_with_growth(context, table))
}

fn filled_with_rates(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = rates_for_figures(context, table)?;
    let message = format!(
        "“本期累计完成”一列 {}/{} 格填的是完成率，不是完成数。请改填累计完成的数。",
        found.agreeing, found.rows
    );
    Some((
        Draft::at(table.sheet, current_range(context, table), message).found("完成率").city(context.city),
        found.table,
    ))
}

fn filled_with_growth(context: &Context<'_>, table: &Table) -> Option<(Draft, Table)> {
    let found = growth_for_figures(context, table)?;
    let meant = Context::new(context.input, Ok(&found.table), context.found);
    let edit = |figure: &Figure| {
        let sum = figure.written.certain()?;
        let other =
            context.figures.iter().any(|own| own.at == figure.at && own.written.certain() != Some(sum));
        other.then(|| context.set(figure.at, context.styled(sum, figure)))
    };
    let edits = done(&meant).filter_map(edit).collect();
    let message = format!(
        "“本期累计完成”一列疑似填的是本期新增：{}/{} 行加上上期累计才对得上。\
         请核对后改为累计数（上期累计加本期新增）。",
        found.agreeing, found.rows
    );
    let fix = Fix::consent(edits, "上期累计完成加本期新增，由填报单位确认");
    let draft = Draft::at(table.sheet, current_range(context, table), message)
        .found("本期新增")
        .city(context.city)
        .fix(fix);
    Some(with_rates(context, table, draft, found.table))
}

rule! {
    /// ## 审核内容
    /// 给出了以前的报表时，其中有没有上一期的、数能用来比对的。方案的第一期没有上期，不提。
    /// ## 为什么
    /// 以为已经与上期比对过，其实没有比，改动过的数就看不出来。
    /// ## 示例
    /// 送审的是成都市 2019年6月底的表，给出的以前报表只有绵阳市的。
    /// ## 怎么改
    /// 请补上该市上一期的报表再审核；上一期没有报过的，不用改。
    P012, Notice, "没有与上期比对", Each(p012)
}

fn p012(context: &Context<'_>) -> Vec<Draft> {
    let (Some(table), Some(city), Some(period)) = (context.progress_form(), context.city, context.period())
    else {
        return Vec::new();
    };
    if context.is_first_period() || context.is_foreign() {
        return Vec::new();
    }
    let message = match context.previous() {
        Some(reported) => not_compared(context, table, reported),
        None => nothing_to_compare(context, city, period),
    };
    let draft = |message| Draft::at(table.sheet, header_range(table), message).city(Some(city));
    message.map(draft).into_iter().collect()
}

/// The indicators for which the last period's return has no certain number.
fn not_compared(context: &Context<'_>, table: &Table, reported: &Reported) -> Option<String> {
    let missing = table
        .indicator_rows()
        .filter(|(_, found)| target(context, found.indicator).is_some())
        .filter(|(_, found)| reported.figure(found.indicator).is_none())
        .filter_map(|(_, found)| context.indicator(found.indicator));
    let numbers = list(missing.map(|indicator| indicator.number));
    (!numbers.is_empty()).then(|| {
        format!(
            "上期报表（{}）里指标 {numbers} 没有确定的数（空白、约数或有待确认），未与上期比对。请先改好上期报表。",
            reported.file
        )
    })
}

/// Where reports were given that are no use: those of earlier periods, and the city's own of another one.
fn nothing_to_compare(context: &Context<'_>, city: CityId, period: Period) -> Option<String> {
    let given = || context.input.previous.iter();
    let due = format!("{} {}", context.breakdown().city(city), period.previous().chinese());
    if given().any(|report| report.city == city && report.period == period.previous()) {
        return Some(format!("{due}的报表不止一份且数字不同，未与上期比对。请只留下正确的一份再审核。"));
    }
    given().any(|report| report.period < period || report.city == city && report.period != period).then(
        || format!("没有可比的上期报表（应为{due}的），未与上期比对。请补上再审核；上期没有报过的，不用改。"),
    )
}

/// Counts below this move by leaps: one of two is half.
const FEW: Decimal = whole(5);

/// What was reached the period before.
struct Before<'a> {
    value: Decimal,
    /// The return it was reported in; `None` where only this sheet's own column says it.
    from: Option<&'a str>,
}

fn before<'a>(context: &Context<'a>, indicator: IndicatorId) -> Option<Before<'a>> {
    match context.previous() {
        Some(reported) => {
            reported.figure(indicator).map(|value| Before { value, from: Some(&reported.file) })
        }
        None => {
            let value = count(context.figure(indicator, Role::Previous)?)?;
            Some(Before { value, from: None })
        }
    }
}

/// The number of a cell that holds a count; what is wrong with another is said by family Q.
fn count(figure: &Figure) -> Option<Decimal> {
    figure
        .written
        .certain()
        .filter(|number| !number.is_sign_negative() && number.fract().is_zero() && !figure.is_percentage())
}

fn target(context: &Context<'_>, indicator: IndicatorId) -> Option<Decimal> {
    context.breakdown().target(indicator, context.city?)
}

/// Over 120 %, and by more than one: two of one is no accident.
fn is_far_over(now: Decimal, target: Decimal) -> bool {
    now > target.saturating_mul(fraction(12, 1)) && now.saturating_sub(target) > Decimal::ONE
}

/// Half-years of the plan that are over at the end of the return's period, and all of them.
#[derive(Clone, Copy)]
struct Clock {
    elapsed: u32,
    whole: u32,
}

impl Clock {
    /// `None` outside the plan.
    fn of(context: &Context<'_>) -> Option<Self> {
        context.elapsed().map(|(elapsed, whole)| Self { elapsed, whole })
    }
}

/// The cells in which the city on the return is named, with the other name.
fn renamed(context: &Context<'_>, table: &Table, claimed: &str, city: &str) -> Vec<Edit> {
    let Some(sheet) = context.sheet() else { return Vec::new() };
    let sightings = table.identity.cities.iter();
    // A name on the sheet's tab or the file cannot be put right in a cell.
    if sightings.clone().any(|sighting| {
        matches!(sighting.source, Source::Said | Source::SheetName | Source::Margin | Source::FileName)
            && context.breakdown().city(sighting.value) == claimed
    }) {
        return Vec::new();
    }
    sightings
        .filter(|sighting| context.breakdown().city(sighting.value) == claimed)
        .filter_map(|sighting| {
            let at = sighting.source.cell()?;
            let Value::Text(text) = sheet.grid.value(at) else { return None };
            let short = |name: &'_ str| city_names(name).1.unwrap_or(name).to_owned();
            let new = if text.contains(claimed) {
                text.replace(claimed, city)
            } else {
                text.replace(&short(claimed), &short(city))
            };
            (new != **text).then(|| context.set(at, NewValue::Text(new)))
        })
        .collect()
}

/// The figures of 本期累计完成 from the first indicator to the last.
fn current_range(context: &Context<'_>, table: &Table) -> Range {
    let cells =
        || context.figures.iter().filter(|figure| figure.role == Role::Current).map(|figure| figure.at);
    match (cells().min(), cells().max()) {
        (Some(first), Some(last)) => Range::new(first, last),
        _ => header_range(table),
    }
}

/// Of two sightings the one that stands in a cell, the less telling first: that is the one to put right.
const fn nearest(telling: Source, other: Source) -> Source {
    match (telling, other) {
        (Source::Line(_) | Source::Title(_), Source::SheetName | Source::FileName) => telling,
        _ => other,
    }
}

/// The figures of 本期累计完成 that a progress form is due.
fn done<'c>(context: &'c Context<'_>) -> impl Iterator<Item = &'c Figure> {
    let form = context.progress_form().map(|_| context.figures_of(Role::Current));
    form.into_iter().flatten().filter(|figure| figure.due == Due::Figure)
}

/// The most telling sighting and the first other one that says something else.
fn disagreement<T: Copy + PartialEq>(sightings: &[Sighting<T>]) -> Option<(Sighting<T>, Sighting<T>)> {
    let first = sightings.iter().min_by_key(|sighting| sighting.source)?;
    let other =
        sightings.iter().filter(|other| other.value != first.value).min_by_key(|sighting| sighting.source)?;
    Some((*first, *other))
}

fn place(source: Source) -> String {
    match source {
        Source::Said => "您指定的".to_owned(),
        Source::Line(at) | Source::Title(at) => format!("表内 {at} 写的"),
        Source::Header(at) => format!("表头 {at} 写的"),
        Source::SheetName => "工作表名写的".to_owned(),
        Source::Margin => "页眉写的".to_owned(),
        Source::FileName => "文件名写的".to_owned(),
    }
}
