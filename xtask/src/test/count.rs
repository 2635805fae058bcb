//! Counting tests from what the test programs print.

use std::fmt;
use std::ops::AddAssign;

use anyhow::{Context, Result};
use serde_json::Value;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
}

impl Count {
    /// From a line like `test result: ok. 3 passed; 0 failed; 1 ignored; …`; zero from any other.
    pub fn from_cargo_line(line: &str) -> Self {
        let Some(result) = line.strip_prefix("test result: ") else {
            return Self::default();
        };
        let number = |label: &str| {
            let words = result.split([' ', ';', '.']).collect::<Vec<_>>();
            let position = words.iter().position(|word| *word == label)?;
            words.get(position.checked_sub(1)?)?.parse().ok()
        };
        Self { passed: number("passed").unwrap_or(0), failed: number("failed").unwrap_or(0) }
    }

    /// From the report of Playwright's JSON reporter.
    pub fn from_playwright(report: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report).context("cannot read Playwright's report")?;
        let stat = |name: &str| report["stats"][name].as_u64().unwrap_or(0);
        let broken_files = report["errors"].as_array().map_or(0, |errors| errors.len() as u64);
        Ok(Self { passed: stat("expected"), failed: stat("unexpected") + stat("flaky") + broken_files })
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn cargo_lines_are_counted_whether_the_crate_passed_or_not() {
        let ok = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(Count::from_cargo_line(ok), Count { passed: 12, failed: 0 });
        let bad = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(Count::from_cargo_line(bad), Count { passed: 3, failed: 2 });
        assert_eq!(Count::from_cargo_line("test teams::order ... ok"), Count::default());
    }

    #[test]
    fn a_flaky_test_and_a_file_that_does_not_load_count_as_failed() {
        let report = r#"{"stats": {"expected": 5, "unexpected": 1, "flaky": 1, "skipped": 2}, "errors": [{}]}"#;
        assert_eq!(Count::from_playwright(report).unwrap(), Count { passed: 5, failed: 3 });
    }
}
