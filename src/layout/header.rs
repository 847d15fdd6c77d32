//! Header words: which column a caption stands for.

use crate::breakdown::{Breakdown, CityId, OfficialColumn, official_column};

use super::dates::dates_in;
use super::label::{fold, may_begin, simplified};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Serial,
    Label,
    Unit,
    /// A city's figures (breakdown form).
    City(CityId),
    /// A city that the breakdown does not have.
    ForeignCity,
    Total,
    /// The columns of the progress form.
    Target,
    Previous,
    /// 本期新增: what came in this period alone.
    Added,
    Current,
    Rate,
    Explanation,
    Remark,
}

/// The official name and the short one: 成都市, 成都.
pub fn city_names(official: &str) -> (&str, Option<&str>) {
    let short = ["市", "州", "地区", "县", "区"]
        .iter()
        .find_map(|suffix| official.strip_suffix(suffix))
        .filter(|short| short.chars().count() >= 2);
    (official, short)
}

/// The city that a name stands for that is not its official one: its short name in traditional characters or blanks,
/// its name in pinyin, its code. An abbreviation (CD) is no name but a guess.
pub fn city_alias(name: &str, breakdown: &Breakdown) -> Option<(CityId, Alias)> {
    let folded = folded(name);
    if let Some(id) = breakdown.city_ids().find(|id| is_city(&folded, breakdown.city(*id))) {
        return Some((id, Alias::Name));
    }
    if !folded.is_ascii() {
        return None;
    }
    let latin = ["shi", "city"].iter().find_map(|suffix| folded.strip_suffix(suffix)).unwrap_or(&folded);
    NAMES.lines().find_map(|line| {
        let mut fields = line.split(',');
        let (short, pinyin, letters, code) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let alias = match () {
            () if latin == pinyin || folded == code => Alias::Name,
            () if folded == letters => Alias::Letters,
            () => return None,
        };
        let id = breakdown.city_ids().find(|id| city_names(breakdown.city(*id)).1 == Some(short))?;
        Some((id, alias))
    })
}

/// How a city is called otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alias {
    Name,
    /// Initials, which several places share.
    Letters,
}

/// Short name, pinyin, initials and code (GB/T 2260) of the prefecture-level cities of the province.
const NAMES: &str = include_str!("city_names.csv");

/// A caption with width folded, blanks and punctuation out, in simplified characters.
fn folded(caption: &str) -> String {
    fold(caption).chars().map(simplified).collect()
}

fn is_city(folded: &str, official: &str) -> bool {
    if !may_begin(folded, official) {
        return false;
    }
    let (official, short) = city_names(official);
    folded == fold(official) || short.is_some_and(|short| folded == short)
}

/// What a caption can stand for, the likelier first; what stands below it decides between them. Empty for a caption of
/// another kind.
pub fn roles_of(caption: &str, breakdown: &Breakdown) -> Vec<Role> {
    let folded = folded(caption);
    // 进展情况表 is a title.
    if folded.is_empty() || folded.chars().count() > 24 || folded.ends_with('表') {
        return Vec::new();
    }
    let is = |words: &[&str]| words.contains(&folded.as_str());
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    // The words of the official table; the lists below are what returns write besides.
    let official = official_column(&folded);
    // 绵阳市2019年6月建设指标完成情况 is a title too.
    if has(&["指标"])
        && has(&["情况"])
        && (folded.contains(|c: char| c.is_ascii_digit())
            || breakdown.cities.iter().any(|city| folded.contains(city.as_str())))
    {
        return Vec::new();
    }
    if let Some(role) = city_role(caption, &folded, breakdown) {
        return vec![role];
    }
    // （截至2019年6月30日） says when, not what.
    if folded.chars().any(|c| c.is_ascii_digit())
        && folded.chars().all(|c| c.is_ascii_digit() || "截至止到年月日底末".contains(c))
    {
        return Vec::new();
    }
    // 报告期：截至2019年6月30日 is a line about the return, not a caption.
    if ["报告期", "填报期", "填报单位", "报送单位", "单位名称", "填报日期"]
        .iter()
        .any(|word| folded.starts_with(word) && folded != *word)
    {
        return Vec::new();
    }
    // 计量单位：项；完成率：% says something of the table; 其中：本期新增 is a caption.
    if let Some((before, after)) = outside_brackets(caption).split_once([':', '：'])
        && !fold(before).is_empty()
        && !fold(after).is_empty()
        && !folded.starts_with("其中")
    {
        return Vec::new();
    }
    if official == Some(OfficialColumn::Number)
        || is(&["序", "no", "项次", "行次", "指标编号", "指标代码", "代码"])
    {
        return vec![Role::Serial];
    }
    if is_unneeded(&folded) {
        return Vec::new();
    }
    if is(&[
        "任务",
        "指标任务",
        "任务事项",
        "重点任务",
        "主要任务",
        "目标任务",
        "任务指标",
        "考核目标",
        "建设目标",
        "工作目标",
        "目标指标",
    ]) {
        return vec![Role::Label, Role::Target];
    }
    if official == Some(OfficialColumn::Label)
        || is(&[
            "内容",
            "项目",
            "项目名称",
            "指标内容及要求",
            "指标项",
            "建设内容",
            "建设任务",
            "任务内容",
            "任务名称",
            "工作内容",
            "工作任务",
            "考核内容",
            "名称",
        ])
    {
        return vec![Role::Label];
    }
    if official == Some(OfficialColumn::Unit) || is(&["单位名称单位", "度量单位"]) {
        return vec![Role::Unit];
    }
    let share = has(&["率", "比例", "百分比", "占比", "比重", "进度", "完成度", "达成度"])
        && !folded.ends_with("进度数")
        || caption.contains(['%', '％']);
    if share
        && (has(&["完成", "目标", "计划", "任务", "达成", "实现", "达标", "进度"])
            || is(&["比例", "百分比", "占比", "比率"]))
    {
        return vec![Role::Rate];
    }
    if has(&["情况说明", "说明", "未完成原因", "原因", "问题", "措施"]) {
        return vec![Role::Explanation];
    }
    if is(&["备注", "附注", "注"]) {
        return vec![Role::Remark];
    }
    if has(&["新增", "本期完成增", "当期完成", "本期增加", "本半年"]) && !has(&["累计"]) {
        return vec![Role::Added];
    }
    let past = ["上期", "上次", "上一期", "前期", "前一期", "期初", "年初", "去年", "上年", "上报告期"];
    let since = has(&["自年初", "年初以来", "年初至", "期初至", "自期初"]);
    // 上半年累计 in the return of December; 2019年上半年累计 has a date to be put in order by.
    let first_half = has(&["上半年累计"]) && !folded.contains(|c: char| c.is_ascii_digit());
    if (has(&past) || first_half) && !since && !has(&["目标", "任务", "计划"]) {
        return vec![Role::Previous];
    }
    if is(&["完成情况", "推进情况", "落实情况", "实施情况"]) || has(&["进展"]) {
        return vec![Role::Current, Role::Explanation];
    }
    let aim = has(&["目标", "任务", "计划", "指标值", "规划", "应完成", "下达", "分解数"]);
    let done = has(&[
        "本期",
        "累计",
        "实际",
        "截至",
        "截止",
        "目前",
        "至今",
        "实绩",
        "完成数",
        "完成值",
        "完成量",
        "已完成",
        "现完成",
        "现状",
        "现有",
        "当前",
        "今年",
        "以来",
    ]) || is(&["完成", "累计数"])
        || since;
    // 目标完成数 is what has been done, 截至2020年目标 what is due.
    match (aim, done || has(&["完成"])) {
        (true, true)
            if folded.ends_with("目标") || folded.ends_with("目标值") || folded.ends_with("目标数") =>
        {
            return vec![Role::Target];
        }
        (true, true) if has(&["应完成", "计划完成", "任务完成", "需完成"]) => {
            return vec![Role::Target];
        }
        (_, true) => return vec![Role::Current],
        (true, false) => return vec![Role::Target],
        (false, false) => {}
    }
    if official == Some(OfficialColumn::Total) || is(&["小计", "三市合计", "示范区合计", "计"]) {
        return vec![Role::Total];
    }
    let short_name = (3..=5).contains(&folded.chars().count());
    if short_name && folded.ends_with('市') && !has(&["全市", "各市", "城市", "本市"]) {
        return vec![Role::ForeignCity];
    }
    Vec::new()
}

/// Columns that the audit does not need: growth, people and dates, proofs.
fn is_unneeded(folded: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    has(&[
        "增长",
        "增幅",
        "增速",
        "同比",
        "环比",
        "较上",
        "较去",
        "比上",
        "较年初",
        "比年初",
        "较期初",
        "比去",
        "净增",
        "增量",
        "增减",
        "变化",
        "是否",
    ]) || has(&[
        "责任",
        "牵头",
        "联系",
        "负责",
        "时限",
        "完成时间",
        "截止时间",
        "时间节点",
        "佐证",
        "材料",
        "链接",
        "网址",
        "类别",
        "类型",
        "分类",
        "领域",
        "板块",
        "归口",
        "级别",
        "性质",
        "承担单位",
        "承担主体",
        "承担部门",
        "来源",
        "权重",
        "分值",
        "得分",
        "排名",
        "投资",
    ])
}

/// Whether a caption names a column that the audit does not need.
pub(super) fn is_aside(caption: &str) -> bool {
    is_unneeded(&folded(caption))
}

/// Whether a caption speaks of what was reported before.
pub(super) fn is_past(caption: &str) -> bool {
    ["上期", "上次", "上一期", "前期", "期初", "去年", "上年"]
        .iter()
        .any(|word| folded(caption).contains(word))
}

/// A caption without what stands in brackets.
fn outside_brackets(caption: &str) -> String {
    let mut depth = 0_u32;
    let outside = caption.chars().filter(|c| match c {
        '(' | '（' | '[' | '【' => {
            depth += 1;
            false
        }
        ')' | '）' | ']' | '】' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    });
    outside.collect()
}

/// Whether a text is nothing but a date: 2018年12月底, 截至2019年6月30日, 2019年上半年.
pub(super) fn is_date(text: &str) -> bool {
    let folded = folded(text);
    !dates_in(text).is_empty()
        && folded.chars().count() <= 16
        && folded.chars().all(|c| c.is_ascii_digit() || DATES.contains(c))
        || is_year(&folded)
}

/// 2018年.
pub(super) fn is_year(folded: &str) -> bool {
    folded.strip_suffix('年').is_some_and(|year| {
        year.len() == 4 && year.starts_with("20") && year.chars().all(|c| c.is_ascii_digit())
    })
}

/// Characters of dates beside digits, in folded texts.
const DATES: &str = "截至止到年月日底末上下半中度第季一二三四五六七八九十零〇";

/// The likeliest role of a caption.
#[cfg(test)]
fn role_of(caption: &str, breakdown: &Breakdown) -> Option<Role> {
    roles_of(caption, breakdown).first().copied()
}

/// A city's column: its name, with something about the figures or before it: 成都市（项）, 成都市目标, 四川省成都市.
pub fn city_role(caption: &str, folded: &str, breakdown: &Breakdown) -> Option<Role> {
    if let Some((id, _)) = city_alias(caption, breakdown) {
        return Some(Role::City(id));
    }
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    let before_bracket = self::folded(caption.split(['（', '(']).next().unwrap_or_default());
    let beginnings = [folded, &before_bracket, without_number(folded)];
    let names_province = folded.contains('省');
    breakdown.city_ids().find_map(|id| {
        let official = breakdown.city(id);
        if !names_province && !beginnings.iter().any(|text| may_begin(text, official)) {
            return None;
        }
        let (official, short) = city_names(official);
        let official = fold(official);
        let named = before_bracket == official || short.is_some_and(|short| before_bracket == short);
        let about = named
            || folded.strip_prefix(&official).is_some_and(|rest| rest.chars().count() <= 5)
            || bare(folded, &official)
                .or_else(|| bare(folded, short?))
                .is_some_and(|rest| !rest.is_empty() && is_about_target(rest))
            || bare(folded, &official) == Some("");
        let of_province = folded.strip_suffix(&official).is_some_and(|before| before.ends_with('省'));
        (of_province || about && !has(&["完成", "进度", "累计", "新增", "率"])).then_some(Role::City(id))
    })
}

/// What follows a city's name that may have a numbering before it: 1.成都市, （一）成都市.
fn bare<'a>(folded: &'a str, name: &str) -> Option<&'a str> {
    without_number(folded).strip_prefix(name)
}

fn without_number(folded: &str) -> &str {
    folded.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c))
}

/// Whether what follows a city's name only says that it is its target or area: 2020年分解目标, 目标值, 片区.
fn is_about_target(rest: &str) -> bool {
    const WORDS: [&str; 14] = [
        "目标", "任务", "分解", "承担", "指标", "计划", "片区", "到", "年", "数", "值", "总", "年度", "区域",
    ];
    let mut rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    while let Some(shorter) = WORDS.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = shorter.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    rest.is_empty()
}

impl Role {
    /// The caption shown above a recognised column.
    pub fn caption(self, breakdown: &Breakdown) -> String {
        match self {
            Self::Serial => "序号".to_owned(),
            Self::Label => "指标内容".to_owned(),
            Self::Unit => "计量单位".to_owned(),
            Self::City(id) => breakdown.city(id).to_owned(),
            Self::ForeignCity => "分解表以外的市".to_owned(),
            Self::Total => "合计".to_owned(),
            Self::Target => "目标值".to_owned(),
            Self::Previous => "上期累计完成".to_owned(),
            Self::Added => "本期新增".to_owned(),
            Self::Current => "本期累计完成".to_owned(),
            Self::Rate => "完成率".to_owned(),
            Self::Explanation => "情况说明".to_owned(),
            Self::Remark => "备注".to_owned(),
        }
    }

    /// Whether the column holds quantities counted in the indicator's unit.
    pub const fn is_figure(self) -> bool {
        matches!(self, Self::City(_) | Self::Target | Self::Previous | Self::Added | Self::Current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_captions_and_their_synonyms() {
        let breakdown = Breakdown::official();
        for (caption, role) in [
            ("序号", Role::Serial),
            ("编 号", Role::Serial),
            ("指标名称", Role::Label),
            ("指标", Role::Label),
            ("成都", Role::City(CityId(0))),
            ("绵 阳 市", Role::City(CityId(1))),
            ("德阳市（项）", Role::City(CityId(2))),
            ("德阳（含罗江区、广汉市）", Role::City(CityId(2))),
            ("成都市科技局", Role::City(CityId(0))),
            ("成\u{3000}都\n市", Role::City(CityId(0))),
            ("目标值", Role::Target),
            ("上期累计完成", Role::Previous),
            ("本期累计完成", Role::Current),
            ("本期新增", Role::Added),
            ("完成率（%）", Role::Rate),
            ("情况说明", Role::Explanation),
            ("计量单位", Role::Unit),
            ("备注", Role::Remark),
            ("合计", Role::Total),
            ("乐山市", Role::ForeignCity),
            ("成都市目标", Role::City(CityId(0))),
            ("四川省绵阳市", Role::City(CityId(1))),
            ("綿陽市", Role::City(CityId(1))),
            ("CD", Role::City(CityId(0))),
            ("Deyang", Role::City(CityId(2))),
            ("Deyang City", Role::City(CityId(2))),
            ("实绩", Role::Current),
            ("510700", Role::City(CityId(1))),
            ("规划目标值", Role::Target),
            ("去年底累计完成", Role::Previous),
            ("截止6月底完成", Role::Current),
            ("目标完成率", Role::Rate),
            ("完成目标比例（%）", Role::Rate),
            ("2018年12月累计完成", Role::Current),
            ("目标任务", Role::Label),
            ("完成情况", Role::Current),
            ("年度计划", Role::Target),
            ("目前完成", Role::Current),
        ] {
            assert_eq!(role_of(caption, breakdown), Some(role), "{caption}");
        }
        assert_eq!(roles_of("目标任务", breakdown), [Role::Label, Role::Target]);
        for caption in [
            "较上期增长（%）",
            "责任单位",
            "完成时限",
            "同比增长",
            "姓名",
            "电话",
            "",
            "推进军民科技成果双向转移转化1000项",
            "600项",
            "报告期：截至2019年6月30日",
        ] {
            assert_eq!(role_of(caption, breakdown), None, "{caption}");
        }
    }
}
