//! Dates and times as browsers write them.

/// A day that the calendar has, as browsers write it.
pub(super) fn is_day(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

/// A day and a minute of it, as browsers write them.
pub(super) fn is_minute(text: &str) -> bool {
    let parts = text.split_once('T').and_then(|(day, time)| Some((day, time.split_once(':')?)));
    let below = |text: &str, end: u32| number(text, 2).is_some_and(|number| number < end);
    parts.is_some_and(|(day, (hour, minute))| is_day(day) && below(hour, 24) && below(minute, 60))
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}
