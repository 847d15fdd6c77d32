//! What is not in the figures, and what is open in those that are.

use super::sentence::Sentence;
use crate::breakdown::{Breakdown, CityId};
use crate::consolidate::{
    Consolidation, KeptOut, LeftOut, LeftOutReason, Series, Unchosen, Why, without_rules,
};
use crate::rules::{by_code, code};

/// Why a city's return is not in, to be said behind its name: 未报送.
pub fn lacking(latest: &Consolidation, city: CityId) -> Sentence {
    let own = latest.kept_out.iter().filter(|out| out.city == city && out.period == latest.period);
    let whys: Vec<&Why> = own.map(|out| &out.why).collect();
    let unchosen = whys.iter().find(|why| matches!(why, Why::NotChosen { .. }));
    let conflict = whys.iter().any(|why| matches!(why, Why::Conflict { .. }));
    let errors = whys.iter().find(|why| matches!(why, Why::OpenErrors { .. }));
    let mut sentence = Sentence::default();
    match (unchosen, errors) {
        (Some(why), _) => sentence.append(reason(why)),
        (None, _) if !latest.choice.takes_city(city) => sentence.say("按选择未汇总"),
        (None, _) if conflict => sentence.say("报送了几份而数字不同，均未采用"),
        (None, Some(why)) => sentence.say("报表").append(reason(why)).say("，未采用"),
        _ if latest.missing.contains(&city) => sentence.say("未报送"),
        _ => sentence.say("没有可以采用的报表"),
    };
    sentence
}

/// Whose returns are not in, and why; cities with one reason are named together: 绵阳市、德阳市未报送.
pub fn all_lacking(latest: &Consolidation, cities: &[&CityId], breakdown: &Breakdown) -> Sentence {
    let mut by_reason: Vec<(Vec<&str>, Sentence)> = Vec::new();
    for city in cities {
        let (name, why) = (breakdown.city(**city), lacking(latest, **city));
        match by_reason.iter_mut().find(|(_, known)| known.text == why.text) {
            Some((names, _)) => names.push(name),
            None => by_reason.push((vec![name], why)),
        }
    }
    let parts = by_reason.into_iter().map(|(names, why)| {
        let mut part = Sentence::of(&names.join("、"));
        part.say(if names.len() > 1 { "均" } else { "" }).append(why);
        part
    });
    Sentence::joined(parts.collect(), "；", "")
}

/// Whose figures of an indicator lack, those with one reason together: 绵阳市、德阳市未报送.
pub fn no_figures(latest: &Consolidation, cities: &[CityId], breakdown: &Breakdown) -> Vec<Sentence> {
    let (unsent, unusable): (Vec<CityId>, Vec<CityId>) =
        cities.iter().partition(|city| latest.missing.contains(city));
    let told = [(unsent, "未报送"), (unusable, "没有可以采用的数字")].into_iter();
    let named = told.filter(|(cities, _)| !cities.is_empty()).map(|(cities, why)| {
        let names: Vec<&str> = cities.into_iter().map(|city| breakdown.city(city)).collect();
        Sentence::of(&format!("{}{why}", names.join("、")))
    });
    named.collect()
}

/// What was found, without what is to be done about it: that is not for this text.
fn without_advice(said: &str) -> &str {
    let end = ["。请", "，请", "；请", "（请"].iter().filter_map(|sign| said.find(sign)).min();
    end.and_then(|end| said.get(..end)).unwrap_or(said).trim_end_matches('。')
}

/// Whether the file sent in tables on other sheets too, so that an address alone does not tell the place.
fn has_several(series: &Series, file: &str, sheet: &str) -> bool {
    let used = series.periods().flat_map(|one| &one.used).map(|used| (&used.file, &used.sheet));
    let kept = series.periods().flat_map(|one| &one.kept_out).map(|out| (&out.file, &out.sheet));
    used.chain(kept).any(|(own, other)| own == file && other != sheet)
}

/// Why a return was not used, without what is to be done about it.
fn reason(why: &Why) -> Sentence {
    let mut sentence = Sentence::default();
    match why {
        Why::Duplicate { of, differs } => {
            sentence.say("与").plain("文件", format!("“{of}”")).say("数字相同");
            if !differs.is_empty() {
                sentence.say("而").plain("栏目", differs.join("、")).say("不同");
            }
            sentence.say("，不重复计入")
        }
        Why::OtherPeriod { found, .. } => sentence.say("报告期为").period(*found),
        Why::OpenErrors { count, .. } => sentence.say("有").count(*count, "处").say("错误未改正"),
        Why::Conflict { with } => {
            let names = format!("“{}”", with.join("”“"));
            sentence.say("与").plain("文件", names).say("同市同期而数字不同")
        }
        Why::NotPreferred { of } => sentence.say("按指定采用").plain("文件", format!("“{of}”")),
        Why::UnknownCity => sentence.say("填报单位不在分解表里"),
        Why::NotChosen { by: Unchosen::City, .. } => sentence.say("按选择未汇总"),
        Why::NotChosen { by: Unchosen::State(state), .. } => {
            sentence.say(state.chinese()).say("，按选择未汇总")
        }
        Why::OfDistrict { name } => {
            sentence.say("为").plain("区县", name.clone()).say("的报表，只用来核对，不计入合计")
        }
    };
    sentence
}

/// Why a figure was not taken, likewise.
fn why_left_out(why: LeftOutReason) -> Sentence {
    let mut sentence = Sentence::default();
    match why {
        LeftOutReason::NotApplicable => sentence.say("按分解表不承担"),
        LeftOutReason::NoFigure => sentence.say("填作不适用，没有数字"),
        LeftOutReason::Uncomputed => sentence.say("是公式而没有存算好的数"),
        LeftOutReason::Unconfirmed(code) => {
            sentence.say("写法未经填报单位确认").plain("规则", format!("（{code}）"))
        }
        LeftOutReason::Repeated => sentence.say("同一指标重复填写且数字相同，只计一次"),
        LeftOutReason::Contradictory => sentence.say("同一指标重复填写而数字不同"),
        LeftOutReason::UnknownIndicator => sentence.say("指标不在分解表里"),
    };
    sentence
}

/// A paragraph for each kind of what was left out or is open.
pub fn open(series: &Series, breakdown: &Breakdown) -> Vec<Sentence> {
    let latest = &series.latest;
    let mut all = Vec::new();
    if !latest.missing.is_empty() {
        let names: Vec<&str> = latest.missing.iter().map(|city| breakdown.city(*city)).collect();
        let mut sentence = Sentence::of(&names.join("、"));
        sentence.say("未报送").period(latest.period).say("进展情况表。");
        all.push(sentence);
    }
    all.extend(kept_out(&latest.kept_out, breakdown, "未采用的报表"));
    let earlier: Vec<KeptOut> = series.earlier.iter().flat_map(|one| one.kept_out.clone()).collect();
    all.extend(kept_out(&earlier, breakdown, "以前各期未采用、没有用来比较的报表"));
    if !latest.not_returns.is_empty() {
        let mut sentence = Sentence::of("不能当作进展情况表的文件");
        sentence.count(latest.not_returns.len(), "个").say("：");
        let files = latest.not_returns.iter().map(|file| {
            let mut part = Sentence::default();
            part.plain("文件", format!("“{}”", file.file)).say("，");
            part.plain("原因", without_advice(&file.why).to_owned());
            part
        });
        all.push({
            sentence.append(Sentence::joined(files.collect(), "；", "。"));
            sentence
        });
    }
    all.extend(left_out(latest, breakdown));
    all.extend(warnings(series, breakdown));
    for remark in latest.remarks.iter().filter(|remark| remark.code == code::C009) {
        let mut sentence = Sentence::default();
        let said = without_advice(&remark.message);
        sentence.plain("核对", said.to_owned()).say("。");
        all.push(sentence);
    }
    if all.is_empty() {
        all.push(Sentence::of("没有未采用的报表和数字，没有未说明的警示。"));
    }
    // Without these the sentence above would say more than was looked at.
    all.extend(without_rules(series.rules_off()).map(|line| {
        let mut sentence = Sentence::default();
        sentence.plain("规则", line);
        sentence
    }));
    all
}

fn kept_out(kept_out: &[KeptOut], breakdown: &Breakdown, what: &str) -> Option<Sentence> {
    if kept_out.is_empty() {
        return None;
    }
    let mut sentence = Sentence::of(what);
    sentence.count(kept_out.len(), "份").say("：");
    let files = kept_out.iter().map(|out| {
        let mut part = Sentence::of(breakdown.city(out.city));
        part.plain("文件", format!("“{}”", out.file)).say("，").append(reason(&out.why));
        part
    });
    sentence.append(Sentence::joined(files.collect(), "；", "。"));
    Some(sentence)
}

/// Figures of used returns that count nowhere. What stands in their cells is not repeated: it is no figure.
fn left_out(latest: &Consolidation, breakdown: &Breakdown) -> Option<Sentence> {
    // A `/` where the breakdown has one is no figure.
    let lost: Vec<&LeftOut> =
        latest.left_out.iter().filter(|left| left.why != LeftOutReason::NotApplicable).collect();
    if lost.is_empty() {
        return None;
    }
    let mut sentence = Sentence::of("没有计入的数字");
    sentence.count(lost.len(), "处").say("：");
    let cells = lost.iter().map(|left| {
        let mut part = Sentence::of(breakdown.city(left.city));
        if let Some(found) = breakdown.indicator(left.indicator) {
            part.plain("序号", format!("第{}项", found.number));
        }
        part.plain("位置", format!("（“{}”工作表“{}”{}单元格）", left.file, left.sheet, left.cell));
        part.append(why_left_out(left.why));
        part
    });
    sentence.append(Sentence::joined(cells.collect(), "；", "。"));
    Some(sentence)
}

/// 警示 that nobody has explained.
fn warnings(series: &Series, breakdown: &Breakdown) -> Option<Sentence> {
    let mut cities = Vec::new();
    let mut count = 0usize;
    for used in &series.latest.used {
        let problems = used.open_problems().map(|problem| {
            count = count.saturating_add(1);
            let mut part = Sentence::default();
            let address = problem.address();
            if !address.is_empty() {
                part.plain("位置", address);
            }
            let title = by_code(problem.code.0).map_or("", |rule| rule.title);
            part.plain("警示", format!("“{title}”"));
            part
        });
        let problems: Vec<Sentence> = problems.collect();
        if !problems.is_empty() {
            let mut part = Sentence::of(breakdown.city(used.city));
            if has_several(series, &used.file, &used.sheet) {
                part.plain("位置", format!("“{}”工作表“{}”", used.file, used.sheet));
            }
            part.append(Sentence::joined(problems, "、", ""));
            cities.push(part);
        }
    }
    if cities.is_empty() {
        return None;
    }
    let mut sentence = Sentence::of("未说明的警示");
    sentence.count(count, "处").say("：").append(Sentence::joined(cities, "；", "。"));
    Some(sentence)
}
