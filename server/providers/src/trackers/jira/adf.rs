//! Text as Atlassian's document format, version 1. Text is text in there: nothing needs escaping.

use serde_json::{Value, json};

/// A document of plain text.
pub(super) fn document(text: &str) -> Value {
    json!({"type": "doc", "version": 1, "content": paragraphs(text)})
}

/// What somebody wrote, between a line before it and a line after it.
pub(super) fn quotation(before: &str, text: &str, after: &str) -> Value {
    let quoted = json!({"type": "blockquote", "content": paragraphs(text)});
    let content: Vec<Value> = paragraphs(before).into_iter().chain([quoted]).chain(paragraphs(after)).collect();
    json!({"type": "doc", "version": 1, "content": content})
}

/// One paragraph for each line; an empty one where there is no text, because a document has to hold something.
fn paragraphs(text: &str) -> Vec<Value> {
    let lines = text.lines().map(|line| line.chars().filter(|c| !c.is_control()).collect::<String>());
    let lines = lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
    let filled = lines.map(|line| json!({"type": "paragraph", "content": [{"type": "text", "text": line}]}));
    let filled: Vec<Value> = filled.collect();
    if filled.is_empty() { vec![json!({"type": "paragraph", "content": []})] } else { filled }
}

/// The text of a document, a line for each of its blocks.
pub(super) fn plain(document: &Value) -> String {
    let mut text = String::new();
    collect(document, &mut text, 0);
    text
}

fn collect(node: &Value, text: &mut String, depth: usize) {
    // Nobody nests this deep, and a document from outside may not exhaust the stack.
    if depth > 64 {
        return;
    }
    if let Some(part) = node.get("text").and_then(Value::as_str) {
        text.push_str(part);
    }
    for child in node.get("content").and_then(Value::as_array).into_iter().flatten() {
        collect(child, text, depth + 1);
    }
    if matches!(node.get("type").and_then(Value::as_str), Some("paragraph" | "heading" | "codeBlock" | "hardBreak")) {
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_reads_back_as_its_text() {
        let document = quotation("Ann wrote:", "one <b>\n\n two\u{0}\r\n", "Sentry comment 12");
        assert_eq!(plain(&document), "Ann wrote:\none <b>\ntwo\nSentry comment 12\n");
        assert_eq!(plain(&super::document("")), "\n");
    }

    #[test]
    fn a_document_without_an_end_is_read_as_far_as_it_goes() {
        let mut node = json!({"type": "text", "text": "deep"});
        for _ in 0..100 {
            node = json!({"content": [node]});
        }
        assert_eq!(plain(&node), "");
    }
}
