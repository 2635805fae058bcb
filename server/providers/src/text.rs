//! Text from the other side, made fit for a sentence of ours.

/// One line without control characters, shortened: what a server sent may end up in a page, a log or a terminal.
pub(crate) fn one_line(text: &str, max: usize) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !reorders(*c))
        .collect();
    let words: Vec<&str> = visible.split(' ').filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// Marks that make the text around them read in another order.
fn reorders(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_a_server_becomes_one_short_line() {
        assert_eq!(one_line(" FATAL:\r\n\tno\u{1b}[31m such\u{202e} role\0 ", 80), "FATAL: no[31m such role");
        assert_eq!(one_line("äbcdef", 3), "äbc…");
    }
}
