//! The number formats that a file names by number only (ECMA-376 part 1, 18.8.30, with the zh-CN column).

use crate::model::{NumberFormat, serial_of_date};

/// The format of a built-in number; General for one that is not built in.
pub(super) fn built_in(id: u32) -> NumberFormat {
    let code = match id {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5 | 6 => "\"¥\"#,##0;\"¥\"\\-#,##0",
        7 | 8 => "\"¥\"#,##0.00;\"¥\"\\-#,##0.00",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        12 => "# ?/?",
        13 => "# ??/??",
        14 => "yyyy/m/d",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18 => "h:mm AM/PM",
        19 => "h:mm:ss AM/PM",
        20 => "h:mm",
        21 => "h:mm:ss",
        22 => "yyyy/m/d h:mm",
        27 | 36 | 50 | 52 | 57 => "yyyy\"年\"m\"月\"",
        28 | 29 | 51 | 53 | 54 | 58 => "m\"月\"d\"日\"",
        30 => "m-d-yy",
        31 => "yyyy\"年\"m\"月\"d\"日\"",
        32 => "h\"时\"mm\"分\"",
        33 => "h\"时\"mm\"分\"ss\"秒\"",
        34 | 55 => "上午/下午h\"时\"mm\"分\"",
        35 | 56 => "上午/下午h\"时\"mm\"分\"ss\"秒\"",
        37 | 38 => "#,##0;\\-#,##0",
        39 | 40 => "#,##0.00;\\-#,##0.00",
        41 => "_ * #,##0_ ;_ * \\-#,##0_ ;_ * \"-\"_ ;_ @_ ",
        42 => "_ \"¥\"* #,##0_ ;_ \"¥\"* \\-#,##0_ ;_ \"¥\"* \"-\"_ ;_ @_ ",
        43 => "_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"??_ ;_ @_ ",
        44 => "_ \"¥\"* #,##0.00_ ;_ \"¥\"* \\-#,##0.00_ ;_ \"¥\"* \"-\"??_ ;_ @_ ",
        45 => "mm:ss",
        46 => "[h]:mm:ss",
        47 => "mm:ss.0",
        48 => "##0.0E+0",
        49 => "@",
        _ => "",
    };
    NumberFormat::new(code)
}

/// The serial number of an ISO date or date and time, `2019-06-30` or `2019-06-30T12:00:00`, counted as 1900 dates are.
pub(super) fn iso_serial(text: &str) -> Option<f64> {
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let mut parts = date.splitn(3, '-');
    let year: i64 = parts.next()?.parse().ok()?;
    let month: i64 = parts.next()?.parse().ok()?;
    let day: i64 = parts.next()?.parse().ok()?;
    let serial = serial_of_date(year, month, day)?;
    let time = time.map_or(Some(0.0), |time| day_fraction(time.trim_end_matches('Z')))?;
    #[expect(clippy::cast_precision_loss, reason = "days of four-digit years are small")]
    Some(serial as f64 + time)
}

/// `12:30:00.5` as a part of a day.
fn day_fraction(time: &str) -> Option<f64> {
    let mut seconds = 0.0;
    for (part, unit) in time.split(':').zip([3600.0, 60.0, 1.0]) {
        seconds += part.parse::<f64>().ok()? * unit;
    }
    Some(seconds / 86_400.0)
}

/// An ISO duration as ODF writes times of day: `PT12H30M00S`, as a part of a day.
pub(super) fn duration_serial(text: &str) -> Option<f64> {
    let rest = text.strip_prefix("PT")?;
    let (mut seconds, mut number) = (0.0, String::new());
    for c in rest.chars() {
        let unit = match c {
            'H' => 3600.0,
            'M' => 60.0,
            'S' => 1.0,
            '0'..='9' | '.' => {
                number.push(c);
                continue;
            }
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * unit;
        number.clear();
    }
    Some(seconds / 86_400.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_count_as_spreadsheets_count_them() {
        assert_eq!(iso_serial("2019-06-30"), Some(43_646.0));
        assert_eq!(iso_serial("1900-03-01"), Some(61.0));
        assert_eq!(iso_serial("1900-01-01"), Some(1.0));
        assert_eq!(iso_serial("2000-02-29T12:00:00"), Some(36_585.5));
        assert_eq!(duration_serial("PT06H00M00S"), Some(0.25));
        assert_eq!(iso_serial("2019年6月"), None);
    }
}
