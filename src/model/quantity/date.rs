//! Dates and times of day in texts: 2019/6/12, 6月12日, 2019年6月, Jan-12, 8:30.

/// Whether a text (half-width, trimmed) is a date or a time of day and nothing else.
pub fn is_date(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| *c != ' ').collect();
    is_chinese(&bare)
        || is_year_first(&bare)
        || is_named_month(&bare)
        || is_time(&bare)
        || is_date_with_time(text)
}

fn is_date_with_time(text: &str) -> bool {
    text.rsplit_once([' ', 'T']).is_some_and(|(date, time)| is_year_first(date.trim()) && is_time(time))
}

/// 2019年6月12日, 2019年6月, 6月12日, 6月12号.
fn is_chinese(text: &str) -> bool {
    let (year, rest) = match text.split_once('年') {
        Some((year, rest)) if is_year(year) || is_short_year(year) => (true, rest),
        Some(_) => return false,
        None => (false, text),
    };
    let Some((month, rest)) = rest.split_once('月') else { return false };
    let day = rest.strip_suffix(['日', '号']).unwrap_or(rest);
    is_within(month, 12) && (is_within(day, 31) || rest.is_empty() && (year || !month.is_empty()))
}

/// 2019/6/12, 2019-06-12, 2019.6.12; 2019/6 and 2019-06 with a year of our time.
fn is_year_first(text: &str) -> bool {
    for separator in ['/', '-', '.'] {
        let parts: Vec<&str> = text.split(separator).collect();
        match parts.as_slice() {
            [year, month, day] => {
                if is_year(year) && is_within(month, 12) && is_within(day, 31) {
                    return true;
                }
                // 6/12/2019
                if separator != '.'
                    && is_year(day)
                    && (is_within(year, 12) && is_within(month, 31)
                        || is_within(year, 31) && is_within(month, 12))
                {
                    return true;
                }
            }
            [year, month] if separator != '.' && is_year(year) && is_within(month, 12) => return true,
            _ => {}
        }
    }
    false
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Jan-12, 12-Jan, 12-Jan-19.
fn is_named_month(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let named = |part: &str| MONTHS.contains(&part.to_ascii_lowercase().as_str());
    (2..=3).contains(&parts.len())
        && parts.iter().filter(|part| named(part)).count() == 1
        && parts.iter().all(|part| named(part) || is_within(part, 99) || is_year(part))
}

/// 8:30, 08:30:00.
fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().enumerate().all(|(index, part)| {
            let most = if index == 0 { 23 } else { 59 };
            (1..=2).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_digit())
                && part.parse().is_ok_and(|n: u32| n <= most)
        })
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.parse().is_ok_and(|year: u32| (1900..2100).contains(&year))
}

fn is_short_year(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A number from 1 with at most two digits.
fn is_within(text: &str, most: u32) -> bool {
    (1..=2).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit())
        && text.parse().is_ok_and(|n: u32| (1..=most).contains(&n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_dates_from_quantities() {
        for text in [
            "2019/6/12",
            "2019-06-12",
            "2019.6.12",
            "2019年6月12日",
            "2019年6月",
            "19年6月",
            "6月12日",
            "6月12号",
            "6 月 12 日",
            "6月",
            "2019-06",
            "2019/6",
            "Jan-12",
            "12-Jan",
            "1-Jan-19",
            "8:30",
            "08:30:00",
            "2019-06-12 08:30",
            "2019-06-12T08:30:00",
            "6/12/2019",
        ] {
            assert!(is_date(text), "{text}");
        }
        for text in [
            "600",
            "6-12",
            "500-600",
            "1/2",
            "2000项",
            "1600-2000",
            "2019",
            "1.6",
            "600:",
            "13月",
            "6月40日",
            "12:75",
            "May",
            "个月",
            "3个月",
            "2019年",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
