//! One request, one answer, over plain HTTP on loopback. The product's own client follows its own rules; this one has
//! none, so that a test can also send what the product never would.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::{Url, form_urlencoded};

/// A request.
pub struct Request {
    method: &'static str,
    url: Url,
    headers: Vec<(String, String)>,
    body: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body.
    pub text: String,
}

impl Request {
    pub fn new(method: &'static str, url: &str) -> Self {
        let headers = vec![("user-agent".to_owned(), "patchbay-test".to_owned())];
        Self { method, url: Url::parse(url).unwrap(), headers, body: String::new() }
    }

    pub fn get(url: &str) -> Self {
        Self::new("GET", url)
    }

    pub fn post(url: &str) -> Self {
        Self::new("POST", url)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn basic(self, name: &str, password: &str) -> Self {
        self.header("authorization", &format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))))
    }

    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        let body = form.extend_pairs(fields).finish();
        self.header("content-type", "application/x-www-form-urlencoded").body(body)
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    fn body(mut self, body: String) -> Self {
        self.body = body;
        self
    }

    /// Sends it. Whoever answers a request of HTTP/1.0 sends the body whole and closes the connection.
    pub async fn send(self) -> Reply {
        let Self { method, url, headers, body } = self;
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let authority = format!("{}:{}", url.host_str().unwrap(), url.port_or_known_default().unwrap());
        let mut text = format!("{method} {}{query} HTTP/1.0\r\nhost: {authority}\r\n", url.path());
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += &format!("content-length: {}\r\n\r\n{body}", body.len());
        let mut stream = TcpStream::connect(&authority).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        Reply::read(&String::from_utf8(answer).unwrap())
    }
}

impl Reply {
    fn read(answer: &str) -> Self {
        let (head, text) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap().parse().unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        Self { status, headers: headers.collect(), text: text.to_owned() }
    }

    /// The values of a header.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }
}
