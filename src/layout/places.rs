//! 区县 by name: whose a return is that calls its unit 都江堰市 or 成都高新区.

use crate::breakdown::{Breakdown, CityId};
use crate::model::{half_width, is_invisible};

use super::header::city_names;
use super::label::simplified;

/// Short name of the city; 行政区划代码 (none for a 功能区); the name, and others it goes by, with `|` between.
const PLACES: &str = include_str!("places.csv");

/// Words of a label whose answer is the unit that reports.
const UNIT: [&str; 3] = ["单位", "部门", "区县"];
/// What is in no name of an authority, though a sentence may end like one.
const IN_A_SENTENCE: [&str; 4] = ["的", "在", "企业", "布局"];
/// How the name of an authority ends.
const AUTHORITIES: [&str; 7] = ["局", "委", "办", "办公室", "政府", "委员会", "管委会"];

/// The 区县 that a text names as the unit that reports, or in the title of its form, with its city. A name that goes on
/// (成都高新区企业数), stands in a sentence or beside another one is no unit.
pub fn district_named(text: &str, breakdown: &Breakdown) -> Option<(CityId, &'static str)> {
    let text: String =
        text.chars().filter(|c| !is_invisible(*c)).map(|c| simplified(half_width(c))).collect();
    match text.split_once(':') {
        Some((label, _)) if !UNIT.iter().any(|word| label.contains(word)) => None,
        // 填报单位:涪城区科技局  报告期:2019年6月底
        Some((_, answer)) => {
            let unit = answer.split_whitespace().next()?;
            let (city, name, rest) = begins_with(unit, breakdown)?;
            is_authority(rest).then_some((city, name))
        }
        None => {
            let title: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            let (city, name, rest) = begins_with(title.trim_start_matches(is_of_a_date), breakdown)?;
            (is_authority(rest) || is_title(rest)).then_some((city, name))
        }
    }
}

/// The place that a text begins with, and what follows it. One without a code is told from others by its city alone.
fn begins_with<'a>(text: &'a str, breakdown: &Breakdown) -> Option<(CityId, &'static str, &'a str)> {
    let text = text.strip_prefix("四川省").or_else(|| text.strip_prefix("四川")).unwrap_or(text);
    places(breakdown).find_map(|(city, has_code, names)| {
        let (official, short) = city_names(breakdown.city(city));
        let after = text.strip_prefix(official).or_else(|| text.strip_prefix(short?));
        let bare = after.or_else(|| has_code.then_some(text))?;
        let first = names.split('|').next()?;
        // The longest name is meant: 天府新区成都直管区.
        let rests = names.split('|').filter_map(|name| bare.strip_prefix(name));
        Some((city, first, rests.min_by_key(|rest| rest.len())?))
    })
}

/// City, whether it has a code, and names of each place in a city of the breakdown.
fn places(breakdown: &Breakdown) -> impl Iterator<Item = (CityId, bool, &'static str)> {
    PLACES.lines().filter_map(|line| {
        let mut fields = line.split(',');
        let (short, code, names) = (fields.next()?, fields.next()?, fields.next()?);
        let city = breakdown.city_ids().find(|id| city_names(breakdown.city(*id)).1 == Some(short))?;
        Some((city, !code.is_empty(), names))
    })
}

fn is_of_a_date(c: char) -> bool {
    c.is_ascii_digit() || "年月底上下半第季度末-—_.()".contains(c)
}

/// Nothing but the name of an authority, and a date.
fn is_authority(rest: &str) -> bool {
    const LONGEST: usize = 16;
    let sealed = ["(盖章)", "(公章)"].iter().find_map(|seal| rest.strip_suffix(seal));
    let name = sealed.unwrap_or(rest).trim_matches(is_of_a_date);
    let is_name = name.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    name.is_empty()
        || (is_name
            && name.chars().count() <= LONGEST
            && !IN_A_SENTENCE.iter().any(|word| name.contains(word))
            && AUTHORITIES.iter().any(|end| name.ends_with(end)))
}

/// …2019年6月指标进展情况表, of one place.
fn is_title(rest: &str) -> bool {
    let rest = rest.trim_matches(is_of_a_date);
    let mut others =
        PLACES.lines().filter_map(|line| line.rsplit(',').next()).flat_map(|names| names.split('|'));
    rest.ends_with('表')
        && ["指标", "进展"].iter().any(|word| rest.contains(word))
        && !rest.starts_with(['、', '和', '及', '与', '等', ',', '/'])
        && !others.any(|name| rest.contains(name))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_or_a_title_names_its_district() {
        let of = |text| district_named(text, Breakdown::official()).map(|(city, name)| (city.0, name));
        for (text, expected) in [
            ("成都高新区", (0, "高新区")),
            ("填报单位：成都高新区科技和人才工作局（盖章）　　报告期：2019年6月底", (0, "高新区")),
            ("成都高新技术产业开发区管委会", (0, "高新区")),
            ("成都天府新区2019年6月建设指标进展情况表", (0, "天府新区")),
            ("绵阳市涪城区", (1, "涪城区")),
            ("绵阳高新区 2019年6月指标进展情况表", (1, "高新区")),
            ("北川羌族自治县人民政府", (1, "北川羌族自治县")),
            ("德阳市旌阳区科学技术局", (2, "旌阳区")),
            ("2019年6月都江堰市建设指标进展情况表", (0, "都江堰市")),
            ("填报单位:都江堰市", (0, "都江堰市")),
        ] {
            assert_eq!(of(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_only_mentions_a_district_names_none() {
        for text in [
            "高新区",
            "经开区科技局",
            "成都市",
            "成都市科技局",
            "成都高新区企业数",
            "成都高新区企业指标完成较好",
            "成都高新区科技企业在全国的布局",
            "注：成都高新区2019年6月底数据",
            "联系人：都江堰市科技局",
            "其中：成都高新区",
            "成都高新区、天府新区建设指标进展情况表",
            "都江堰市和彭州市指标进展情况表",
            "填报单位：成都高新区、天府新区",
            "填报单位：成都市科技局（含成都高新区）",
            "成都市全面创新改革试验区建设指标进展情况表",
            "推动都江堰市建设指标进展情况表",
        ] {
            assert_eq!(district_named(text, Breakdown::official()), None, "{text}");
        }
    }

    /// County-level divisions of the three cities: 12 区 5 市 3 县, 3 区 1 市 5 县, 2 区 3 市 1 县.
    #[test]
    fn every_division_is_there_once_under_its_city() {
        let mut count = [(0, 0, 0); 3];
        let mut codes: Vec<&str> = Vec::new();
        for line in PLACES.lines() {
            let fields: Vec<&str> = line.split(',').collect();
            let [city, code, names] = fields.as_slice() else { panic!("{line}") };
            if code.is_empty() {
                continue;
            }
            let (at, prefix) = match *city {
                "成都" => (0, "5101"),
                "德阳" => (2, "5106"),
                _ => (1, "5107"),
            };
            assert!(code.starts_with(prefix) && code.len() == 6 && !codes.contains(code), "{line}");
            codes.push(code);
            let (districts, towns, counties) = &mut count[at];
            let name = names.split('|').next().unwrap();
            match name.chars().last() {
                Some('区') => *districts += 1,
                Some('市') => *towns += 1,
                _ => *counties += 1,
            }
        }
        assert_eq!(count, [(12, 5, 3), (3, 1, 5), (2, 3, 1)]);
    }
}
