//! An answer that was read whole.

use axum::body::to_bytes;
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Map, Value};
use url::Url;

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// How many passwords were checked for it; counted for sign-ins only.
    pub password_checks: u64,
    body: Vec<u8>,
}

impl Answer {
    pub async fn read(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let body = to_bytes(body, 16 << 20).await.unwrap().to_vec();
        Self { status: head.status.as_u16(), headers: head.headers, password_checks: 0, body }
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// A header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The values of `Set-Cookie`.
    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// Status and JSON body as text for a snapshot; keys are sorted.
    #[track_caller]
    pub fn shown(&self) -> String {
        format!("{} {}", self.status, serde_json::to_string_pretty(&sorted(self.json())).unwrap())
    }

    /// Status and body on one line.
    pub fn line(&self) -> String {
        format!("{} {}", self.status, self.text())
    }

    /// Where a plain form is sent back to, and the refusal that the address carries, readable.
    #[track_caller]
    pub fn sent_back(&self) -> (String, String) {
        let location = Url::parse(self.header("location")).unwrap();
        let refusal = location.query_pairs().find(|(name, _)| name == "__err").expect("a refusal in the address").1;
        let refusal = String::from_utf8(URL_SAFE.decode(refusal.as_bytes()).unwrap()).unwrap();
        (location.path().to_owned(), refusal)
    }

    /// The nonce that a page's policy names.
    pub fn nonce(&self) -> &str {
        let rest = self.header("content-security-policy").split_once("'nonce-").unwrap().1;
        rest.split_once('\'').unwrap().0
    }

    /// Whether the body is a page.
    pub fn is_page(&self) -> bool {
        self.header("content-type").starts_with("text/html") && self.text().contains("</html>")
    }
}

/// The same value, whatever order the build keeps keys in.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<_> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(pairs.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
