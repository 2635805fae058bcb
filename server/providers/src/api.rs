//! A provider's API as code calls it, where a manifest is not enough: requests of any kind, what a refusal says, and
//! how far the other side's clock is from ours.

use crate::Provider;
use crate::connect::{Caller, CheckError, SEGMENT, no_json, token_caller};
use crate::outbound::{Request, Response};
use crate::text;
use crate::trackers::Seen;
use domain::Timestamp;
use domain::sign_in::Auth;
use domain::time::SECOND;
use percent_encoding::utf8_percent_encode;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use secrecy::SecretString;
use serde_json::Value;
use std::time::Instant;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// The longest title or name that is kept, in characters.
const MAX_LINE: usize = 300;

/// The longest id, in bytes. They are keys of the database, which have a limit.
const MAX_ID: usize = 200;

/// A request that is not sent yet.
pub(crate) struct Ask {
    method: Method,
    address: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<(HeaderValue, String)>,
    secret: Option<SecretString>,
}

impl Ask {
    /// A request for this address. Whatever of it came from outside has to be encoded already.
    pub fn new(method: Method, address: String) -> Self {
        Self { method, address, headers: Vec::new(), body: None, secret: None }
    }

    /// A GET.
    pub fn get(address: String) -> Self {
        Self::new(Method::GET, address)
    }

    /// Sets a header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sets a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.typed_json(HeaderValue::from_static("application/json"), body)
    }

    /// Sets a JSON body with a more exact type.
    pub fn typed_json(mut self, content_type: HeaderValue, body: &Value) -> Self {
        self.body = Some((content_type, body.to_string()));
        self
    }

    /// Says which part of the body is a secret: it is hidden where a refusal repeats it.
    pub fn hiding(mut self, secret: &SecretString) -> Self {
        self.secret = Some(secret.clone());
        self
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }
}

/// What came back, and between which times of ours.
pub(crate) struct Answer {
    /// The answer itself.
    pub response: Response,
    asked_at: i64,
    heard_at: i64,
}

/// A provider's API with the token of a sign-in.
pub(crate) struct Api<'a> {
    provider: &'a Provider<'a>,
    caller: Caller<'a>,
    since: Instant,
}

impl<'a> Api<'a> {
    pub fn new(provider: &'a Provider<'a>, token: &SecretString) -> Self {
        let prefix = match &provider.manifest.auth {
            Auth::Oauth2(oauth) => oauth.prefix.as_str(),
            _ => "Bearer ",
        };
        Self { provider, caller: token_caller(provider, prefix, token), since: Instant::now() }
    }

    /// Whether the provider is at an address of the operator's instead of its own.
    pub fn is_moved(&self) -> bool {
        self.provider.endpoint.is_some()
    }

    /// Our time.
    pub fn now(&self) -> Timestamp {
        self.provider.now.plus(i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX))
    }

    /// Sends a request and judges the answer.
    pub async fn send(&self, ask: Ask) -> Result<Answer, CheckError> {
        self.send_checked(ask, |_| Ok(())).await
    }

    /// The same, with a look at the answer before the usual one.
    pub async fn send_checked(
        &self,
        ask: Ask,
        look: impl FnOnce(&Response) -> Result<(), CheckError>,
    ) -> Result<Answer, CheckError> {
        let Ask { method, address, headers, body, secret } = ask;
        let asked_at = self.now().0;
        let is_change = !method.is_safe();
        let shape = |request: Request| {
            let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
            match body {
                Some((content_type, body)) => request.body(content_type, body),
                None => request,
            }
        };
        let response = self.caller.ask(method, &address, shape).await?;
        look(&response)?;
        match is_change {
            true => self.caller.judge_change(&response, &said(&response), secret.as_ref())?,
            false => self.caller.judge(&response)?,
        }
        // A page instead of an answer, of something between here and there: whether anything was done is not known.
        let kind = response.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/html") {
            return Err(self.broken(no_json(&response)));
        }
        Ok(Answer { response, asked_at, heard_at: self.now().0 })
    }

    /// Sends a request and reads the answer as JSON.
    pub async fn json(&self, ask: Ask) -> Result<Value, CheckError> {
        self.read(&self.send(ask).await?)
    }

    /// An answer as JSON.
    pub fn read(&self, answer: &Answer) -> Result<Value, CheckError> {
        answer.response.json().ok_or_else(|| self.broken(no_json(&answer.response)))
    }

    /// What was seen, with how far the other side's clock was ahead of ours.
    pub fn seen<T>(&self, answer: &Answer, what: T) -> Seen<T> {
        let date = answer.response.headers.get(DATE).and_then(|date| date.to_str().ok());
        let skew = date.and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok()).map_or(0, |date| {
            let date = date.unix_timestamp().saturating_mul(SECOND);
            // Any time between the question and the answer is right.
            date.saturating_sub(date.clamp(answer.asked_at, answer.heard_at))
        });
        Seen { what, skew: if skew.abs() < 2 * SECOND { 0 } else { skew } }
    }

    /// An id as one segment of a path, whatever it holds.
    pub fn segment(&self, id: &str) -> Result<String, CheckError> {
        // A dot alone names another folder, encoded or not.
        if id.is_empty() || id.bytes().all(|byte| byte == b'.') {
            return Err(self.rejected(format!("it has nothing that is called “{id}”")));
        }
        Ok(encoded(id))
    }

    /// The answer cannot be used.
    pub fn broken(&self, cause: &str) -> CheckError {
        self.caller.broken(cause)
    }

    /// This very request is useless, however often it is made.
    pub fn rejected(&self, message: String) -> CheckError {
        self.caller.rejected(message)
    }

    /// The token is not taken.
    pub fn refused(&self) -> CheckError {
        self.caller.refused()
    }
}

/// Text as a part of a path or of a query.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Text of the other side for a line of ours; empty where there is none.
pub(crate) fn line(json: &Value, pointer: &str) -> String {
    text::one_line(json.pointer(pointer).and_then(Value::as_str).unwrap_or_default(), MAX_LINE)
}

/// Text of one line or several, as it is but for NUL, which no database takes.
pub(crate) fn prose(json: &Value, pointer: &str) -> Option<String> {
    json.pointer(pointer)?.as_str().map(|text| text.replace('\0', ""))
}

/// An id, which is a number or text. What no vendor calls anything by is none.
pub(crate) fn id(json: &Value, pointer: &str) -> Option<String> {
    match json.pointer(pointer)? {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if is_id(text) => Some(text.clone()),
        _ => None,
    }
}

fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len()) && !text.contains(char::is_control)
}

/// A list in an answer; empty where there is none.
pub(crate) fn list<'j>(json: &'j Value, pointer: &str) -> &'j [Value] {
    json.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A point in time as vendors write it: RFC 3339, or with an offset without a colon, or in milliseconds.
pub(crate) fn when(value: &Value) -> Option<Timestamp> {
    if let Some(milliseconds) = value.as_i64() {
        return Some(Timestamp(milliseconds));
    }
    let text = value.as_str()?.trim();
    let colon = text.len().checked_sub(2).filter(|at| text.is_char_boundary(*at));
    let with_colon = colon.map(|at| format!("{}:{}", &text[..at], &text[at..]));
    let parse = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let time = parse(text).or_else(|| parse(&with_colon?))?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp)
}

/// Whether a text holds these words, and not only as the beginning of others: `comment 1` is not in `comment 12`.
pub(crate) fn holds(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| !text[at + words.len()..].starts_with(char::is_alphanumeric))
}

/// What a refusal says, in the ways of the vendors: one message, a list of them, or one for each field.
fn said(response: &Response) -> String {
    let Some(json) = response.json() else { return String::new() };
    let one = ["/message", "/detail", "/detail/message", "/error_description", "/error"];
    if let Some(text) = one.iter().find_map(|pointer| json.pointer(pointer)?.as_str()) {
        return text.to_owned();
    }
    let mut parts: Vec<String> = list(&json, "/errorMessages").iter().filter_map(words).collect();
    let fields = json.get("errors").unwrap_or(&json);
    for (name, value) in fields.as_object().into_iter().flatten().filter(|(name, _)| *name != "errorMessages") {
        parts.extend(words(value).map(|text| format!("{name}: {text}")));
    }
    parts.join(" ")
}

/// A text, or the first of a list.
fn words(value: &Value) -> Option<String> {
    let first = value.as_array().and_then(|list| list.first()).unwrap_or(value);
    first.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_read_as_vendors_write_them() {
        let at = |value| when(&value).map(|at| at.0);
        assert_eq!(at(json!("2014-12-29T20:49:24.67Z")), Some(1_419_886_164_670));
        assert_eq!(at(json!("2014-12-29T21:49:24.670+0100")), Some(1_419_886_164_670));
        assert_eq!(at(json!("2014-12-29T21:49:24.6700000+01:00")), Some(1_419_886_164_670));
        assert_eq!(at(json!(1_419_886_164_670_i64)), Some(1_419_886_164_670));
        for wrong in [json!(null), json!(""), json!("é"), json!("yesterday"), json!("2014-12-29")] {
            assert_eq!(at(wrong), None);
        }
    }

    #[test]
    fn an_id_is_a_number_or_a_short_word() {
        let id = |value: Value| id(&json!({ "id": value }), "/id");
        assert_eq!((id(json!(7)), id(json!("a-7 ä"))), (Some("7".to_owned()), Some("a-7 ä".to_owned())));
        assert_eq!(id(json!("x".repeat(200))).map(|id| id.len()), Some(200));
        for wrong in [json!(""), json!("a\0"), json!("a\n"), json!("x".repeat(201)), json!(null), json!([7])] {
            assert_eq!(id(wrong.clone()), None, "{wrong}");
        }
    }

    #[test]
    fn text_keeps_its_lines_and_loses_what_no_database_takes() {
        assert_eq!(prose(&json!({"text": "one\n\0two"}), "/text").as_deref(), Some("one\ntwo"));
        assert_eq!((prose(&json!({"text": 7}), "/text"), prose(&json!({}), "/text")), (None, None));
    }

    #[test]
    fn a_mark_is_not_found_in_a_longer_one() {
        assert!(holds("… Sentry comment 12</p>", "Sentry comment 12") && holds("Sentry comment 1", "Sentry comment 1"));
        assert!(!holds("Sentry comment 123", "Sentry comment 12") && !holds("", "Sentry comment 1"));
        assert!(holds("Sentry comment 123, Sentry comment 12.", "Sentry comment 12"));
    }
}
