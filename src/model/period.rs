//! Reporting periods: the plan asks for returns at the end of June and of December.

use std::fmt;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Half {
    June,
    December,
}

/// A half-year's end, written `2019-06` in the contract and 2019年6月 for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    pub year: u16,
    pub half: Half,
}

impl Period {
    pub const fn month(self) -> u8 {
        match self.half {
            Half::June => 6,
            Half::December => 12,
        }
    }

    /// 2019年6月.
    pub fn chinese(self) -> String {
        format!("{}年{}月", self.year, self.month())
    }

    /// The period half a year earlier.
    pub const fn previous(self) -> Self {
        match self.half {
            Half::June => Self { year: self.year.saturating_sub(1), half: Half::December },
            Half::December => Self { year: self.year, half: Half::June },
        }
    }

    /// Year and month, if the month closes a half-year and the year is plausible for a return (2000 to 2099).
    pub fn from_month(year: u32, month: u32) -> Option<Self> {
        let year = u16::try_from(year).ok().filter(|year| (2000..2100).contains(year))?;
        let half = match month {
            6 => Half::June,
            12 => Half::December,
            _ => return None,
        };
        Some(Self { year, half })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month())
    }
}

/// What is not a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是报告期，应写作 2019-06 或 2019-12")]
pub struct BadPeriod(pub String);

impl FromStr for Period {
    type Err = BadPeriod;

    fn from_str(text: &str) -> Result<Self, BadPeriod> {
        let bad = || BadPeriod(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(bad)?;
        Self::from_month(year.parse().map_err(|_| bad())?, month.parse().map_err(|_| bad())?).ok_or_else(bad)
    }
}
