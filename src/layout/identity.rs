//! Whose return it is and for which period: read from the title rows, the sheet name and the file name.

use crate::breakdown::{Breakdown, CityId};
use crate::model::{CellRef, Half, Period, half_width, is_invisible};

use super::header::city_names;

/// Where a city or a period was read, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The line 填报单位 or 报告期.
    Line(CellRef),
    /// Another cell above or below the table.
    Title(CellRef),
    SheetName,
    FileName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting<T> {
    pub value: T,
    pub source: Source,
}

/// City and period as read, with every place they were seen.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Identity {
    pub cities: Vec<Sighting<CityId>>,
    pub periods: Vec<Sighting<Period>>,
}

impl Identity {
    pub fn city(&self) -> Option<CityId> {
        self.cities.iter().min_by_key(|sighting| sighting.source).map(|sighting| sighting.value)
    }

    pub fn period(&self) -> Option<Period> {
        self.periods.iter().min_by_key(|sighting| sighting.source).map(|sighting| sighting.value)
    }

    /// Takes in what a text says. A text that names several cities names none.
    pub fn read(&mut self, text: &str, source: Source, breakdown: &Breakdown) {
        if let [city] = cities_in(text, breakdown).as_slice() {
            let source = match source {
                Source::Title(at) if text.contains("单位") || text.contains("填报") => Source::Line(at),
                other => other,
            };
            self.cities.push(Sighting { value: *city, source });
        }
        if let [period] = periods_in(text).as_slice() {
            let source = match source {
                Source::Title(at)
                    if text.contains("报告期") || text.contains("填报期") || text.contains("截至") || text.contains("截止") =>
                {
                    Source::Line(at)
                }
                other => other,
            };
            self.periods.push(Sighting { value: *period, source });
        }
    }
}

/// The cities a text names, each once. A name inside a longer one (成都 in 成都东部新区) is not meant.
pub fn cities_in(text: &str, breakdown: &Breakdown) -> Vec<CityId> {
    let folded: String = text.chars().filter(|c| !is_invisible(*c) && !c.is_whitespace()).collect();
    let seen: Vec<(CityId, &str)> = breakdown
        .city_ids()
        .filter_map(|id| {
            let (official, short) = city_names(breakdown.city(id));
            let name = if folded.contains(official) { Some(official) } else { short.filter(|short| folded.contains(*short)) };
            name.map(|name| (id, name))
        })
        .collect();
    let stands_alone = |name: &str| {
        let longer = seen.iter().filter(|(_, other)| other.len() > name.len() && other.contains(name));
        longer.fold(folded.clone(), |rest, (_, other)| rest.replace(other, "")).contains(name)
    };
    seen.iter().filter(|(_, name)| stands_alone(name)).map(|(id, _)| *id).collect()
}

/// The half-years a text names, each once: 2019年6月底, 2019-06, 2019.12, 2019年上半年, 二〇一九年六月, 2019年度.
pub fn periods_in(text: &str) -> Vec<Period> {
    let text = text.replace("十二月", "12月").replace("十月", "10月");
    let folded: Vec<char> = text.chars().filter(|c| !is_invisible(*c)).map(half_width).filter(|c| !c.is_whitespace()).map(arabic).collect();
    let mut found: Vec<Period> = Vec::new();
    let mut at = 0;
    while at < folded.len() {
        let rest = folded.get(at..).unwrap_or_default();
        let starts = at == 0 || folded.get(at - 1).is_none_or(|c| !c.is_ascii_digit());
        match starts.then(|| period_at(rest)).flatten() {
            Some((period, length)) => {
                if !found.contains(&period) {
                    found.push(period);
                }
                at += length.max(1);
            }
            None => at += 1,
        }
    }
    found
}

fn period_at(text: &[char]) -> Option<(Period, usize)> {
    let digits = |from: usize, most: usize| -> (u32, usize) {
        let run: String = text.iter().skip(from).take(most).take_while(|c| c.is_ascii_digit()).collect();
        (run.parse().unwrap_or(0), run.len())
    };
    let (year, year_len) = digits(0, 4);
    if year_len != 4 || !(2000..2100).contains(&year) {
        return None;
    }
    let after = text.get(4).copied()?;
    let tail: String = text.iter().skip(5).take(4).collect();
    if after == '年' {
        if tail.starts_with("上半年") {
            return Some((Period::from_month(year, 6)?, 8));
        }
        if tail.starts_with("下半年")
            || tail.starts_with("全年")
            || tail.starts_with("年度")
            || tail.starts_with("年底")
            || tail.starts_with("年末")
        {
            return Some((Period::from_month(year, 12)?, 7));
        }
        if tail.starts_with('度') || tail.starts_with('底') || tail.starts_with('末') {
            return Some((Period { year: u16::try_from(year).ok()?, half: Half::December }, 6));
        }
    } else if !matches!(after, '-' | '.' | '/' | '_') {
        // 201906 as one run of digits.
        let (run, length) = digits(0, 7);
        return (length == 6).then(|| Period::from_month(run / 100, run % 100)).flatten().map(|period| (period, 6));
    }
    let (month, month_len) = digits(5, 2);
    if after == '年' && text.get(5 + month_len) != Some(&'月') {
        return None;
    }
    Some((Period::from_month(year, month)?, 5 + month_len))
}

fn arabic(c: char) -> char {
    match c {
        '〇' | '零' | '○' => '0',
        '一' => '1',
        '二' => '2',
        '三' => '3',
        '四' => '4',
        '五' => '5',
        '六' => '6',
        '七' => '7',
        '八' => '8',
        '九' => '9',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_periods_as_people_write_them() {
        for (text, periods) in [
            ("报告期：2019年6月底", vec!["2019-06"]),
            ("成都市-2018年12月.xlsx", vec!["2018-12"]),
            ("2019-06", vec!["2019-06"]),
            ("成都201906", vec!["2019-06"]),
            ("2019.12进展", vec!["2019-12"]),
            ("2019年上半年", vec!["2019-06"]),
            ("二〇一九年六月", vec!["2019-06"]),
            ("二〇一八年十二月", vec!["2018-12"]),
            ("2019年度", vec!["2019-12"]),
            ("2019年7月", vec![]),
            ("2018年12月至2019年6月", vec!["2018-12", "2019-06"]),
            ("到2020年，推进", vec![]),
            ("川办发〔2019〕6号", vec![]),
        ] {
            assert_eq!(periods_in(text).iter().map(ToString::to_string).collect::<Vec<_>>(), periods, "{text}");
        }
    }

    #[test]
    fn a_text_with_several_cities_names_none() {
        let mut identity = Identity::default();
        identity.read("成都市、绵阳市、德阳市", Source::FileName, Breakdown::official());
        identity.read("成德绵国家科技成果转移转化示范区", Source::SheetName, Breakdown::official());
        assert_eq!(identity.city(), None);
        identity.read("填报单位：绵阳市科技局", Source::Title(CellRef::new(1, 0)), Breakdown::official());
        assert_eq!(identity.city(), Some(CityId(1)));
    }
}
