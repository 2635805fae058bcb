//! What is wrong with the ways in which settings ask for their choices.

use super::calls::check_call;
use domain::catalogue::Manifest;
use domain::config::{ChoiceSource, ConfigField, FieldKind, NextPage};
use domain::sign_in::{Auth, Call};
use serde_json::Value;

/// What somebody types while choosing.
const QUERY: &str = "{query}";

pub(super) fn problems(manifest: &Manifest, found: &mut Vec<String>) {
    let has_base = matches!(manifest.auth, Auth::ApiKey { .. });
    for (field, source) in manifest.config.iter().filter_map(|field| Some((field, source(field)?))) {
        let name = format!("config field {}: source", field.name);
        check_call(&format!("{name}.call"), &source.call, has_base, found);
        if !["/", "https://"].iter().any(|start| source.call.url.starts_with(start)) {
            found.push(format!("{name}.call.url is not an https address"));
        }
        pointers(&name, source, found);
        ways(&name, field, source, found);
        if let Some(NextPage::Cursor { more, into, .. }) = &source.next {
            let place = place(&source.call, into);
            found.extend(place.map(|problem| format!("{name}.next.into {problem}")));
            let is_pointer = more.as_ref().is_none_or(|more| more.starts_with('/'));
            found.extend((!is_pointer).then(|| format!("{name}.next.more does not start with /")));
        }
    }
}

fn source(field: &ConfigField) -> Option<&ChoiceSource> {
    match &field.kind {
        FieldKind::Select { source, .. } => source.as_deref(),
        FieldKind::ProjectMapper(mapper) => mapper.source.as_deref(),
        _ => None,
    }
}

fn pointers(name: &str, source: &ChoiceSource, found: &mut Vec<String>) {
    let cursor = match &source.next {
        Some(NextPage::Cursor { at, .. }) => Some(at),
        _ => None,
    };
    for (part, pointer) in [
        // The whole answer may be the list.
        ("list", Some(&source.list).filter(|list| !list.is_empty())),
        ("value", Some(&source.value)),
        ("label", Some(&source.label)),
        ("url", source.url.as_ref()),
        ("next.at", cursor),
    ] {
        if pointer.is_some_and(|pointer| !pointer.starts_with('/')) {
            found.push(format!("{name}.{part} does not start with /"));
        }
    }
}

/// What does not fit on one page is found by a text or by reading on, one of the two.
fn ways(name: &str, field: &ConfigField, source: &ChoiceSource, found: &mut Vec<String>) {
    let in_body = source.call.body.as_ref().is_some_and(|body| body.contains(QUERY));
    let searches = source.call.url.contains(QUERY) || in_body;
    let mut refuse = |wrong: bool, problem: &str| found.extend(wrong.then(|| format!("{name} {problem}")));
    refuse(searches && source.next.is_some(), "searches and has a next page: every letter typed would read all pages");
    refuse(searches && !matches!(field.kind, FieldKind::Select { .. }), "searches, and nobody types a text there");
    refuse(!searches && source.next.is_none(), "has neither {query} nor a next page: it ends with its first page");
    refuse(
        source.next == Some(NextPage::Link) && source.call.method != "GET",
        "has a next page by a link, and its call is no GET",
    );
}

/// Why a cursor cannot go there.
fn place(call: &Call, into: &str) -> Option<&'static str> {
    if into.starts_with('/') {
        let body = call.body.as_deref().and_then(|body| serde_json::from_str::<Value>(body).ok());
        let waits = body.is_some_and(|body| body.pointer(into).is_some_and(Value::is_null));
        return (!waits).then_some("is no null of the body");
    }
    let is_plain = !into.is_empty() && into.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let query = call.url.split_once('?').map_or("", |(_, query)| query);
    let is_taken = query.split('&').any(|pair| pair.split('=').next() == Some(into));
    match (is_plain, is_taken) {
        (false, _) => Some("is no name of a parameter"),
        (true, true) => Some("is a parameter that the address has already"),
        (true, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_source_of_choices_searches_or_reads_on_to_where_it_says() {
        let problems_of = |provider: &str, next: Value, from: &str, to: &str| {
            let mut broken = crate::catalogue::find(provider).unwrap().clone();
            let field = broken.config.iter_mut().find_map(|field| match &mut field.kind {
                FieldKind::Select { source, .. } => source.as_mut(),
                FieldKind::ProjectMapper(mapper) => mapper.source.as_mut(),
                _ => None,
            });
            let source = field.unwrap();
            source.next = serde_json::from_value(next).unwrap();
            source.call.url = source.call.url.replace(from, to);
            crate::catalogue::problems(&broken)
        };
        let cursor = |at: &str, into: &str| json!({"by": "cursor", "at": at, "more": at, "into": into});
        let channel = "config field default_channel: source";
        for (next, said) in [
            (cursor("next", "cursor"), vec![".next.at does not start with /", ".next.more does not start with /"]),
            (cursor("/next", "limit"), vec![".next.into is a parameter that the address has already"]),
            (cursor("/next", "a&b"), vec![".next.into is no name of a parameter"]),
            (cursor("/next", ""), vec![".next.into is no name of a parameter"]),
            (cursor("/next", "/variables/after"), vec![".next.into is no null of the body"]),
            (Value::Null, vec![" has neither {query} nor a next page: it ends with its first page"]),
        ] {
            let said: Vec<_> = said.into_iter().map(|said| format!("{channel}{said}")).collect();
            assert_eq!(problems_of("slack", next, "", ""), said);
        }
        let link = || json!({"by": "link"});
        assert_eq!(
            problems_of("slack", link(), "limit=500", "q={query}"),
            [format!("{channel} searches and has a next page: every letter typed would read all pages")]
        );
        let mapper = "config field project_mappings: source searches, and nobody types a text there";
        assert_eq!(problems_of("vercel", Value::Null, "limit=50", "search={query}"), [mapper]);
        assert_eq!(
            problems_of("linear", cursor("/next", "/variables/none"), "https:", "http:"),
            [
                "config field default_team: source.call.url is not an https address",
                "config field default_team: source.next.into is no null of the body",
            ]
        );
        assert_eq!(
            problems_of("linear", link(), "", ""),
            ["config field default_team: source has a next page by a link, and its call is no GET"]
        );
        for wrong in [
            json!({"by": "guess"}),
            json!({"by": "cursor", "at": "/next"}),
            json!({"by": "cursor", "at": "/next", "into": "x", "until": "y"}),
        ] {
            assert!(serde_json::from_value::<NextPage>(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
