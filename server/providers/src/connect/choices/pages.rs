//! From one page of a list to the next.

use crate::connect::{call, identity};
use crate::outbound::Response;
use domain::config::NextPage;
use domain::sign_in::Call;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderMap, LINK};
use serde_json::Value;

/// The call for the page after an answer, made of the call for the `first` one; nothing after the last.
pub(super) fn after(next: &NextPage, first: &Call, answer: &Response, json: &Value) -> Option<Call> {
    match next {
        NextPage::Link => Some(with_query(first, linked(&answer.headers)?)),
        NextPage::Cursor { at, more, into } => {
            let is_last = more.as_ref().is_some_and(|more| !call::is_good(json, more));
            let cursor = identity::word(json, at).filter(|_| !is_last)?;
            with_cursor(first, into, &cursor)
        }
    }
}

/// The query of the address that a `Link` header calls the next one.
fn linked(headers: &HeaderMap) -> Option<&str> {
    let links = headers.get_all(LINK).into_iter().filter_map(|value| value.to_str().ok());
    let target = links.flat_map(|links| links.split('<').skip(1)).find_map(|link| {
        let (target, parameters) = link.split_once('>')?;
        parameters.split([';', ',']).any(is_next).then_some(target)
    })?;
    let (_, query) = target.split_once('?')?;
    Some(query.split('#').next().unwrap_or(query))
}

/// Whether a parameter of a link says that it leads to the next page, perhaps among other things.
fn is_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
    name.trim().eq_ignore_ascii_case("rel") && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
}

fn with_query(first: &Call, query: &str) -> Call {
    let path = first.url.split('?').next().unwrap_or_default();
    Call { url: format!("{path}?{query}"), ..first.clone() }
}

fn with_cursor(first: &Call, into: &str, cursor: &str) -> Option<Call> {
    if into.starts_with('/') {
        let mut body: Value = serde_json::from_str(first.body.as_deref()?).ok()?;
        *body.pointer_mut(into)? = cursor.into();
        return Some(Call { body: Some(body.to_string()), ..first.clone() });
    }
    let mark = if first.url.contains('?') { '&' } else { '?' };
    let cursor = utf8_percent_encode(cursor, NON_ALPHANUMERIC);
    Some(Call { url: format!("{}{mark}{into}={cursor}", first.url), ..first.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::StatusCode;
    use serde_json::json;

    fn get(url: &str) -> Call {
        Call { method: "GET".into(), url: url.into(), body: None, ok: None }
    }

    fn linking(link: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(LINK, link.parse().unwrap())]);
        let answer = Response { status: StatusCode::OK, headers, body: Vec::new() };
        Some(after(&NextPage::Link, &get("https://a.com/x?page=1"), &answer, &Value::Null)?.url)
    }

    #[test]
    fn a_link_to_the_next_page_is_found_among_others_and_leads_nowhere_else() {
        let next = Some("https://a.com/x?page=2&b=1,2;3".to_owned());
        for link in [
            r#"<https://a.com/x?page=1>; rel="prev", <https://a.com/x?page=2&b=1,2;3>; rel="next", <?page=9>; rel="last""#,
            r#"<https://evil.com/y?page=2&b=1,2;3#part>; title="a"; REL=Next"#,
            r#"<?page=2&b=1,2;3>; rel="last next""#,
        ] {
            assert_eq!(linking(link), next, "{link}");
        }
        for last in
            [r#"<https://a.com/x?page=1>; rel="prev""#, r#"<?page=2>; rel="nextly""#, "<?page=2>", "rel=next", ""]
        {
            assert_eq!(linking(last), None, "{last}");
        }
    }

    #[test]
    fn a_cursor_goes_into_the_address_or_the_body() {
        let answer = Response { status: StatusCode::OK, headers: HeaderMap::new(), body: Vec::new() };
        let cursor = |into: &str, first: &Call, json: Value| {
            let next = NextPage::Cursor { at: "/next".into(), more: Some("/more".into()), into: into.into() };
            after(&next, first, &answer, &json)
        };
        let url =
            |next| cursor("after", &get("/x?limit=2"), json!({ "next": next, "more": true })).map(|call| call.url);
        assert_eq!(url(json!("a=&b{c}")).as_deref(), Some("/x?limit=2&after=a%3D%26b%7Bc%7D"));
        assert_eq!(url(json!(1_540_095_775_951_i64)).as_deref(), Some("/x?limit=2&after=1540095775951"));
        assert_eq!((url(json!("")), url(Value::Null)), (None, None));
        let body = r#"{"query":"{ x }","variables":{"after":null}}"#;
        let first = Call { method: "POST".into(), body: Some(body.into()), ..get("/graphql") };
        let next = cursor("/variables/after", &first, json!({ "next": "c\"2", "more": true })).unwrap();
        assert_eq!(next.body.as_deref(), Some(r#"{"query":"{ x }","variables":{"after":"c\"2"}}"#));
        assert_eq!(cursor("/variables/after", &first, json!({ "next": "c", "more": false })), None);
    }
}
