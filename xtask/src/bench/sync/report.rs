//! Figures beside their goals, and where they stand on the page.

/// A figure.
pub struct Row {
    what: String,
    measured: String,
    goal: String,
    met: bool,
}

impl Row {
    /// A figure that is to be below its goal.
    pub fn at_most(what: &str, measured: f64, goal: f64, unit: &str) -> Self {
        Self {
            what: what.to_owned(),
            measured: format!("{measured:.1} {unit}"),
            goal: format!("under {goal} {unit}"),
            met: measured < goal,
        }
    }

    /// A rate that is to be kept. Two per cent are left for waiting until the last answer is there.
    pub fn rate(what: &str, measured: f64, goal: f64) -> Self {
        let met = measured >= goal * 0.98;
        Self { what: what.to_owned(), measured: format!("{measured:.0}"), goal: goal.to_string(), met }
    }

    /// A number that is at most its goal.
    pub fn count(what: &str, measured: u64, goal: u64) -> Self {
        let text = if goal == 0 { "none".to_owned() } else { format!("at most {goal}") };
        Self { what: what.to_owned(), measured: measured.to_string(), goal: text, met: measured <= goal }
    }

    /// A number that is to be its goal.
    pub fn all(what: &str, measured: u64, goal: u64) -> Self {
        Self { what: what.to_owned(), measured: measured.to_string(), goal: goal.to_string(), met: measured == goal }
    }

    /// A figure without a goal.
    pub fn plain(what: &str, measured: String) -> Self {
        Self { what: what.to_owned(), measured, goal: String::new(), met: true }
    }
}

/// A table that says which goals were missed.
pub fn table(rows: &[Row]) -> String {
    let mut text = "| | measured | goal |\n|---|---|---|\n".to_owned();
    for Row { what, measured, goal, met } in rows {
        let missed = if *met { "" } else { ", **missed**" };
        text += &format!("| {what} | {measured} | {goal}{missed} |\n");
    }
    text
}

/// The page with another text in the section of this heading; a new section stands at the end.
pub fn with_section(page: &str, heading: &str, section: &str) -> String {
    let line = format!("## {heading}\n");
    let begin = if page.starts_with(&line) { Some(0) } else { page.find(&format!("\n{line}")).map(|at| at + 1) };
    let (before, rest) = page.split_at(begin.unwrap_or(page.len()));
    let after = match begin {
        Some(_) => rest[line.len()..].find("\n## ").map_or("", |at| &rest[line.len() + at + 1..]),
        None => "",
    };
    let parts = [before.trim_end(), section.trim_end(), after.trim_end()];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}\n", parts.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_replaced_and_the_others_stay() {
        let page = "# Benchmarks\n\nold\n\n## Issue sync\n\nold\n\n## Last\n\nold\n";
        let changed = with_section(page, "Issue sync", "## Issue sync\n\nnew\n");
        assert_eq!(changed, "# Benchmarks\n\nold\n\n## Issue sync\n\nnew\n\n## Last\n\nold\n");
        assert_eq!(with_section(&changed, "Issue sync", "## Issue sync\n\nnew\n"), changed);
    }

    #[test]
    fn a_section_that_is_not_there_stands_at_the_end() {
        let changed = with_section("# Benchmarks\n\nold\n", "Issue sync", "## Issue sync\n\nnew\n");
        assert_eq!(changed, "# Benchmarks\n\nold\n\n## Issue sync\n\nnew\n");
    }

    #[test]
    fn a_goal_that_is_missed_is_said_to_be() {
        let rows = [Row::at_most("slow", 120.0, 100.0, "ms"), Row::rate("kept", 495.0, 500.0), Row::all("sent", 1, 2)];
        let lines =
            "| slow | 120.0 ms | under 100 ms, **missed** |\n| kept | 495 | 500 |\n| sent | 1 | 2, **missed** |\n";
        assert!(table(&rows).ends_with(lines));
    }
}
