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

/// The same, with secrets hidden that the other side may have repeated. Looked for again after the marks are gone
/// that could have split them.
pub(crate) fn clean(text: &str, secrets: &[&str], max: usize) -> String {
    let hide = |text: String| {
        let known = secrets.iter().filter(|secret| !secret.trim().is_empty());
        known.fold(text, |text, secret| text.replace(secret, "…"))
    };
    one_line(&hide(one_line(&hide(text.to_owned()), usize::MAX)), max)
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

    #[test]
    fn a_secret_that_a_server_repeats_is_hidden_however_it_is_cut() {
        let line = |text: &str| clean(text, &["planted-1", "", "two  words"], 40);
        assert_eq!(line("no planted-1 here"), "no … here");
        assert_eq!(line("no plan\u{202e}ted\u{0}-1 here"), "no … here");
        assert_eq!(line(" and two  words"), "and …");
        assert_eq!(clean("0123456789 planted-1", &["planted-1"], 15), "0123456789 …");
    }
}
