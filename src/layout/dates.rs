//! Dates as people write them in titles, captions and names: which half-year of the plan each means, if any.
//!
//! The one place that looks for dates in a text. Other questions are answered elsewhere: whether a cell's whole text is
//! a date and so no number, `model::quantity`; a date for its serial and back, `model::number_format`; `2019-06` of the
//! contract, `model::Period`.

use crate::model::{Half, Period, half_width, is_invisible};

/// A date in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// As written, width folded and blanks taken out: 2019年3月.
    pub text: String,
    /// The half-year that it closes; `None` for a month or quarter that the plan has no return for.
    pub period: Option<Period>,
    /// Where it starts in [`folded`], in characters.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// A text with width folded, blanks and invisible characters out, Chinese digits as figures.
pub fn folded(text: &str) -> Vec<char> {
    let text = text.replace("十二月", "12月").replace("十一月", "11月").replace("十月", "10月");
    text.chars()
        .filter(|c| !is_invisible(*c))
        .map(half_width)
        .filter(|c| !c.is_whitespace())
        .map(arabic)
        .collect()
}

/// Every date of a text: 2019年6月底, 2019-06-30, 201906, 19年6月, 2019年1-6月, 2019年上半年, 2019年半年报, 2019H1,
/// 2019年第二季度, 二〇一九年六月, 2019年度; and those that close no half-year, 2019年3月.
pub fn dates_in(text: &str) -> Vec<Dated> {
    let chars = folded(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let starts = at == 0 || chars.get(at - 1).is_none_or(|c| !c.is_ascii_digit());
        let date = if starts { date_at(chars.get(at..).unwrap_or_default()) } else { None };
        match date {
            Some((period, length)) => {
                let end = (at + length.max(1)).min(chars.len());
                let text = chars.get(at..end).unwrap_or_default().iter().collect();
                found.push(Dated { text, period, start: at, end });
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// The half-years a text names, each once.
pub fn periods_in(text: &str) -> Vec<Period> {
    let mut found: Vec<Period> = Vec::new();
    for period in dates_in(text).into_iter().filter_map(|date| date.period) {
        if !found.contains(&period) {
            found.push(period);
        }
    }
    found
}

/// 1906 and 1912, as file and sheet names abbreviate: a year of the century and the month that closes a half-year.
pub fn abbreviated(text: &str) -> Option<Period> {
    let chars = folded(text);
    let mut runs = chars.split(|c| !c.is_ascii_digit()).filter(|run| run.len() == 4);
    let run: String = runs.next()?.iter().collect();
    let number: u32 = run.parse().ok()?;
    // 2006 and 2012 are years.
    let (year, month) = (2000 + number / 100, number % 100);
    if runs.next().is_some() || !(2015..2040).contains(&year) || year == 2020 {
        None
    } else {
        Period::from_month(year, month)
    }
}

/// A run of characters that is looked at from its beginning.
struct Scan<'a> {
    text: &'a [char],
    at: usize,
}

impl Scan<'_> {
    fn digits(&mut self, most: usize) -> Option<u32> {
        let run: String =
            self.text.iter().skip(self.at).take(most).take_while(|c| c.is_ascii_digit()).collect();
        self.at += run.len();
        run.parse().ok()
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn word(&mut self, words: &[&str]) -> bool {
        let found = words
            .iter()
            .find(|word| word.chars().eq(self.text.iter().skip(self.at).take(word.chars().count()).copied()));
        self.at += found.map_or(0, |word| word.chars().count());
        found.is_some()
    }
}

impl Scan<'_> {
    /// 第二季度, 前两季度, 1-2季度, 1季度至2季度: what has come together by the end of the last one.
    fn quarter(&mut self) -> Option<u32> {
        self.word(&["第", "前"]);
        let first = if self.word(&["两"]) { 2 } else { self.digits(1)? };
        let named = self.word(&["季度", "季"]);
        let before = self.at;
        let last = if self.word(TO) {
            self.word(&["第"]);
            self.digits(1).filter(|_| self.word(&["季度", "季"]))
        } else {
            None
        };
        if last.is_none() {
            self.at = before;
        }
        self.word(&["末", "底"]);
        (named || last.is_some()).then(|| last.unwrap_or(first)).filter(|quarter| (1..=4).contains(quarter))
    }
}

const TO: &[&str] = &["——", "--", "-", "—", "–", "―", "~", "〜", "至", "到"];

/// A date that begins here, with its length in characters.
fn date_at(text: &[char]) -> Option<(Option<Period>, usize)> {
    let mut scan = Scan { text, at: 0 };
    let year = scan.digits(8)?;
    let length = scan.at;
    match length {
        // 201906 and 20190630 in one run.
        6 | 8 => {
            let (year, month) =
                if length == 6 { (year / 100, year % 100) } else { (year / 10_000, year / 100 % 100) };
            return Period::from_month(year, month).map(|period| (Some(period), length));
        }
        4 if (2000..2100).contains(&year) => {}
        2 if (10..50).contains(&year) && scan.peek() == Some('年') => {}
        _ => return None,
    }
    let year = if length == 2 { 2000 + year } else { year };
    let open = |scan: &mut Scan<'_>| scan.word(&["(", "[", "〔"]);
    let closes = |month: u32| (1..=12).contains(&month).then(|| Period::from_month(year, month));
    if scan.word(&["年"]) {
        let of_half = |half| Some(Period { year: u16::try_from(year).unwrap_or(0), half });
        // 2019年（1-6月）, 2019年度上半年.
        let before = scan.at;
        if scan.word(&["度"]) && scan.peek().is_none_or(|c| !matches!(c, '上' | '下')) {
            scan.at = before;
        }
        open(&mut scan);
        if scan.word(&["H", "h"]) {
            let half = scan.digits(1).filter(|half| (1..=2).contains(half))?;
            return Some((closes(half * 6)?, scan.at));
        }
        if scan.word(&["Q", "q"]) {
            let quarter = scan.digits(1).filter(|quarter| (1..=4).contains(quarter))?;
            return Some((closes(quarter * 3)?, scan.at));
        }
        if scan.word(&["上半年度", "上半年", "半年度", "半年", "年中", "中期"]) || scan.word(&["中"])
        {
            return Some((of_half(Half::June), scan.at));
        }
        if scan.word(&["下半年", "全年", "年度", "年底", "年末", "度", "底", "末"]) {
            return Some((of_half(Half::December), scan.at));
        }
        let before = scan.at;
        if let Some(quarter) = scan.quarter() {
            return Some((closes(quarter * 3)?, scan.at));
        }
        scan.at = before;
        open(&mut scan);
        let mut month = if scan.word(&["元"]) { 1 } else { scan.digits(2)? };
        let named = scan.word(&["月份", "月"]);
        if scan.word(TO) {
            // 1-6月, 1月至6月: what has come together by the end of it. A further year begins another date.
            let before = scan.at;
            let end = scan.digits(2).filter(|_| scan.word(&["月份", "月"]));
            match end {
                Some(end) => month = end,
                None if named => scan.at = before - 1,
                None => return None,
            }
        } else if !named {
            return None;
        }
        let before = scan.at;
        if scan.digits(2).is_none() || !scan.word(&["日", "号"]) {
            scan.at = before;
        } else if scan.word(TO) {
            // 1月1日-6月30日.
            let before = scan.at;
            match scan.digits(2).filter(|_| scan.word(&["月"])) {
                Some(end) => {
                    month = end;
                    let before = scan.at;
                    if scan.digits(2).is_none() || !scan.word(&["日", "号"]) {
                        scan.at = before;
                    }
                }
                None => scan.at = before - 1,
            }
        }
        scan.word(&["底", "末"]);
        return Some((closes(month)?, scan.at));
    }
    if length != 4 {
        return None;
    }
    if scan.word(&["上半年", "半年"]) {
        return Some((Some(Period { year: u16::try_from(year).unwrap_or(0), half: Half::June }), scan.at));
    }
    if scan.word(&["下半年", "全年"]) {
        return Some((
            Some(Period { year: u16::try_from(year).unwrap_or(0), half: Half::December }),
            scan.at,
        ));
    }
    if scan.word(&["H", "h", "-H", "_H"]) {
        let half = scan.digits(1).filter(|half| (1..=2).contains(half))?;
        return Some((closes(half * 6)?, scan.at));
    }
    if scan.word(&["Q", "q", "-Q", "_Q"]) {
        let quarter = scan.digits(1).filter(|quarter| (1..=4).contains(quarter))?;
        return Some((closes(quarter * 3)?, scan.at));
    }
    if !scan.word(&["-", ".", "/", "_"]) {
        return None;
    }
    let mut month = scan.digits(2)?;
    if scan.peek().is_some_and(|c| c.is_ascii_digit()) {
        return None;
    }
    let before = scan.at;
    // 2019.1-6: months, where a date of the day has one sign only.
    if month == 1 && scan.text.get(4) != Some(&'-') && scan.word(TO) {
        match scan.digits(2).filter(|end| matches!(end, 6 | 12)) {
            Some(end) if scan.peek().is_none_or(|c| !c.is_ascii_digit() && c != '.') => month = end,
            _ => scan.at = before,
        }
        scan.word(&["月份", "月"]);
    } else if !scan.word(&["-", ".", "/"]) || scan.digits(2).is_none() {
        scan.at = before;
    }
    // 2018-2 is a number of something; a month that closes nothing is named only where it is written as one.
    closes(month)?.map(|period| (Some(period), scan.at))
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
            ("2019-06-30", vec!["2019-06"]),
            ("2019年6月30日", vec!["2019-06"]),
            ("2019/6/30", vec!["2019-06"]),
            ("成都201906", vec!["2019-06"]),
            ("20190630", vec!["2019-06"]),
            ("2019.12进展", vec!["2019-12"]),
            ("2019年上半年", vec!["2019-06"]),
            ("2019年半年", vec!["2019-06"]),
            ("成都市2019年半年报", vec!["2019-06"]),
            ("2019年中", vec!["2019-06"]),
            ("2019年1-6月", vec!["2019-06"]),
            ("2019年1—6月", vec!["2019-06"]),
            ("2019年1月至6月", vec!["2019-06"]),
            ("2019年1至12月", vec!["2019-12"]),
            ("2019H1", vec!["2019-06"]),
            ("2019Q2", vec!["2019-06"]),
            ("2019年第二季度", vec!["2019-06"]),
            ("2019年二季度末", vec!["2019-06"]),
            ("2019年四季度", vec!["2019-12"]),
            ("19年6月", vec!["2019-06"]),
            ("二〇一九年六月", vec!["2019-06"]),
            ("二〇一八年十二月", vec!["2018-12"]),
            ("2019年度", vec!["2019-12"]),
            ("2019年H1", vec!["2019-06"]),
            ("2019-H1", vec!["2019-06"]),
            ("2019年Q2", vec!["2019-06"]),
            ("2019上半年", vec!["2019-06"]),
            ("2019年度上半年", vec!["2019-06"]),
            ("2019年（上半年）", vec!["2019-06"]),
            ("2019年（1-6月）", vec!["2019-06"]),
            ("2019年前两季度", vec!["2019-06"]),
            ("2019年1-2季度", vec!["2019-06"]),
            ("2019年一季度至二季度", vec!["2019-06"]),
            ("2019年元月至6月", vec!["2019-06"]),
            ("2019.1-6", vec!["2019-06"]),
            ("2019.01-06月", vec!["2019-06"]),
            ("2019年1月1日-6月30日", vec!["2019-06"]),
            ("2019年6月30日-绵阳", vec!["2019-06"]),
            ("2019年度", vec!["2019-12"]),
            ("2019年7月", vec![]),
            ("2018年12月至2019年6月", vec!["2018-12", "2019-06"]),
            ("到2020年，推进", vec![]),
            ("2018-2020年", vec![]),
            ("川办发〔2019〕6号", vec![]),
            ("1000项", vec![]),
        ] {
            assert_eq!(
                periods_in(text).iter().map(ToString::to_string).collect::<Vec<_>>(),
                periods,
                "{text}"
            );
        }
    }

    #[test]
    fn a_date_that_closes_no_half_year_is_named() {
        for (text, named) in [
            ("报告期：2019年3月底", "2019年3月底"),
            ("2019年一季度", "2019年1季度"),
            ("2019年1-9月", "2019年1-9月"),
        ] {
            let found = dates_in(text);
            assert_eq!(
                found.iter().map(|date| (date.text.as_str(), date.period)).collect::<Vec<_>>(),
                [(named, None)],
                "{text}"
            );
        }
    }

    #[test]
    fn names_abbreviate() {
        for (text, period) in [
            ("成都1906", Some("2019-06")),
            ("1812", Some("2018-12")),
            ("2012", None),
            ("1907", None),
            ("19061", None),
        ] {
            assert_eq!(abbreviated(text).map(|period| period.to_string()).as_deref(), period, "{text}");
        }
    }
}
