//! Points in time as Unix milliseconds. The present comes from the caller; nothing here reads a clock.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
#[cfg_attr(feature = "sqlx", sqlx(transparent))]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// One second in milliseconds.
pub const SECOND: i64 = 1000;
/// One minute in milliseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day in milliseconds.
pub const DAY: i64 = 24 * HOUR;

impl Timestamp {
    /// This point and `milliseconds` more (or fewer); stops at the ends of the range.
    #[must_use]
    pub const fn plus(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// `2026-11-21T21:46:26.000000Z`: RFC 3339 with the six digits that the Sentry wire uses.
    pub fn to_rfc3339(self) -> String {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        let rest = self.0.rem_euclid(DAY);
        format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}000Z",
            rest / HOUR,
            rest % HOUR / MINUTE,
            rest % MINUTE / SECOND,
            rest % SECOND
        )
    }

    /// `21 Nov 2026, 21:46 UTC`, for the `title` of a relative time.
    pub fn to_words(self) -> String {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        let rest = self.0.rem_euclid(DAY);
        let month = MONTHS[month as usize - 1];
        format!("{day} {month} {year}, {:02}:{:02} UTC", rest / HOUR, rest % HOUR / MINUTE)
    }

    /// How long ago this was at `now`, in the largest whole unit: `now`, `4 s`, `2 min`, `3 h`, `12 d`.
    pub fn ago(self, now: Self) -> String {
        match now.0.saturating_sub(self.0) {
            past if past < SECOND => "now".to_owned(),
            past if past < MINUTE => format!("{} s", past / SECOND),
            past if past < HOUR => format!("{} min", past / MINUTE),
            past if past < DAY => format!("{} h", past / HOUR),
            past => format!("{} d", past / DAY),
        }
    }
}

/// Year, month and day of a day number since 1970-01-01 (the proleptic Gregorian calendar, by eras of 400 years).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Reads a length such as `90s`, `15m`, `12h` or `30d` (as in `--expires-in 30d`), in milliseconds.
pub fn parse_length(text: &str) -> Result<i64, String> {
    let refuse = || format!("{text:?} is not a length of time; write a number and s, m, h or d, such as 30d");
    let unit = match text.bytes().last() {
        Some(b's') => SECOND,
        Some(b'm') => MINUTE,
        Some(b'h') => HOUR,
        Some(b'd') => DAY,
        _ => return Err(refuse()),
    };
    let number: i64 = text[..text.len() - 1].parse().map_err(|_| refuse())?;
    match number.checked_mul(unit) {
        Some(length) if length > 0 && length <= 3_660 * DAY => Ok(length),
        _ => Err(format!("{text:?} must be more than nothing and at most ten years")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_reads_as_a_date() {
        assert_eq!(Timestamp(0).to_rfc3339(), "1970-01-01T00:00:00.000000Z");
        assert_eq!(Timestamp(1_709_210_096_123).to_rfc3339(), "2024-02-29T12:34:56.123000Z");
        assert_eq!(Timestamp(-1).to_rfc3339(), "1969-12-31T23:59:59.999000Z");
        assert_eq!(Timestamp(1_709_210_096_123).to_words(), "29 Feb 2024, 12:34 UTC");
    }

    #[test]
    fn age_is_told_in_the_largest_whole_unit() {
        let now = Timestamp(100 * DAY);
        assert_eq!(now.plus(-4 * SECOND).ago(now), "4 s");
        assert_eq!(now.plus(-3 * HOUR).ago(now), "3 h");
        assert_eq!(now.plus(SECOND).ago(now), "now");
    }

    #[test]
    fn a_length_needs_a_number_and_a_unit() {
        assert_eq!(parse_length("30d"), Ok(30 * DAY));
        for wrong in ["", "d", "30", "30 d", "-1d", "0s", "99999999d", "1w", "é"] {
            assert!(parse_length(wrong).is_err(), "{wrong:?}");
        }
    }
}
