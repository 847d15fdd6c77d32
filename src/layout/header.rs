//! Header words: which column a caption stands for.

use crate::breakdown::{Breakdown, CityId};

use super::label::fold;

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
    let short =
        ["市", "州", "地区", "县", "区"].iter().find_map(|suffix| official.strip_suffix(suffix)).filter(|short| short.chars().count() >= 2);
    (official, short)
}

/// What a caption stands for; `None` for a caption of another kind.
pub fn role_of(caption: &str, breakdown: &Breakdown) -> Option<Role> {
    let folded = fold(caption);
    if folded.is_empty() || folded.chars().count() > 24 {
        return None;
    }
    let is = |words: &[&str]| words.contains(&folded.as_str());
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    for id in breakdown.city_ids() {
        let (official, short) = city_names(breakdown.city(id));
        if folded == fold(official) || short.is_some_and(|short| folded == short) {
            return Some(Role::City(id));
        }
    }
    // （截至2019年6月30日） says when, not what.
    if folded.chars().any(|c| c.is_ascii_digit()) && folded.chars().all(|c| c.is_ascii_digit() || "截至止到年月日底末".contains(c))
    {
        return None;
    }
    // 报告期：截至2019年6月30日 is a line about the return, not a caption.
    if ["报告期", "填报期", "填报单位", "报送单位", "单位名称", "填报日期"].iter().any(|word| folded.starts_with(word) && folded != *word)
    {
        return None;
    }
    // 成都市（项）, 成都市目标, 四川省成都市: the name with something about the figures or before it.
    for id in breakdown.city_ids() {
        let (official, short) = city_names(breakdown.city(id));
        let official = fold(official);
        let before_bracket = fold(caption.split(['（', '(']).next().unwrap_or_default());
        let named = before_bracket == official || short.is_some_and(|short| before_bracket == short);
        let about = named || folded.strip_prefix(&official).is_some_and(|rest| rest.chars().count() <= 5);
        let of_province = folded.strip_suffix(&official).is_some_and(|before| before.ends_with('省'));
        if of_province || about && !has(&["完成", "进度", "累计", "新增", "率"]) {
            return Some(Role::City(id));
        }
    }
    if is(&["序号", "编号", "序", "no", "项次", "行次", "指标序号", "指标编号", "指标代码", "代码"]) {
        return Some(Role::Serial);
    }
    if is(&[
        "指标内容",
        "指标名称",
        "指标",
        "建设指标",
        "内容",
        "项目",
        "指标内容及要求",
        "目标任务",
        "考核指标",
        "任务指标",
        "主要指标",
        "指标项",
        "建设内容",
    ]) {
        return Some(Role::Label);
    }
    if is(&["计量单位", "单位", "单位名称单位", "度量单位"]) {
        return Some(Role::Unit);
    }
    if has(&["完成率", "完成比例", "完成进度", "完成百分比", "进度"]) {
        return Some(Role::Rate);
    }
    if has(&["情况说明", "说明", "未完成原因", "原因"]) {
        return Some(Role::Explanation);
    }
    if is(&["备注", "附注", "注"]) {
        return Some(Role::Remark);
    }
    if has(&["新增", "本期完成增", "当期完成", "本期增加"]) && !has(&["累计"]) {
        return Some(Role::Added);
    }
    if has(&["上期", "上次", "上一期", "上半年累计", "期初"]) {
        return Some(Role::Previous);
    }
    if has(&["本期", "累计完成", "实际完成", "截至", "截止", "完成情况", "完成数", "完成值", "完成量", "已完成"])
        || is(&["完成", "累计", "累计数", "实际"])
    {
        return Some(Role::Current);
    }
    if has(&["目标", "任务数", "计划数", "指标值", "任务量"]) {
        return Some(Role::Target);
    }
    if is(&["合计", "总计", "总量", "小计", "三市合计", "全区合计", "示范区合计", "总数", "计"]) {
        return Some(Role::Total);
    }
    let short_name = (3..=5).contains(&folded.chars().count());
    (short_name && folded.ends_with('市') && !has(&["全市", "各市", "城市", "本市"])).then_some(Role::ForeignCity)
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
        ] {
            assert_eq!(role_of(caption, breakdown), Some(role), "{caption}");
        }
        for caption in ["姓名", "电话", "", "推进军民科技成果双向转移转化1000项", "600项", "报告期：截至2019年6月30日"]
        {
            assert_eq!(role_of(caption, breakdown), None, "{caption}");
        }
    }
}
