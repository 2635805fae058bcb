//! As much HTTP as measuring takes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// A whole answer, as it came over the wire.
pub struct Answer(Vec<u8>);

impl Answer {
    /// The value of the first header of this name.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers(name).into_iter().next()
    }

    /// The values of all headers of this name.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let head = self.head();
        let pairs = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        pairs.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned()).collect()
    }

    /// The body of a successful answer.
    pub fn body(&self) -> Result<Vec<u8>> {
        let head = self.head();
        let status = head.lines().next().unwrap_or_default();
        if status.split(' ').nth(1) != Some("200") {
            bail!("the server answers `{status}`: {}", self.text());
        }
        self.bytes()
    }

    /// The same as JSON.
    pub fn json(&self) -> Result<Value> {
        Ok(serde_json::from_slice(&self.body()?)?)
    }

    /// What the body says, whatever the status.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes().unwrap_or_default()).into_owned()
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let body = &self.0[self.head().len()..];
        if self.header("transfer-encoding").is_some() { dechunk(body) } else { Ok(body.to_vec()) }
    }

    fn head(&self) -> String {
        let end = self.0.windows(4).position(|bytes| bytes == b"\r\n\r\n").map_or(self.0.len(), |end| end + 4);
        String::from_utf8_lossy(&self.0[..end]).into_owned()
    }
}

pub fn get(address: &str, path: &str, cookie: &str) -> Result<Answer> {
    get_with(address, path, "Cookie", cookie)
}

/// With one header.
pub fn get_with(address: &str, path: &str, name: &str, value: &str) -> Result<Answer> {
    Request::get(path).header(name, value).send(address)
}

/// Signs in through the form of `/login` and returns the cookie.
pub fn login(address: &str, email: &str, password: &str) -> Result<String> {
    let page = String::from_utf8(get(address, "/login", "")?.body()?)?;
    let action =
        page.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).context("/login has no form")?;
    let form = Request::post(action).same_origin(address).header("Accept", "text/html");
    let signed_in = form.form(&[("email", email), ("password", password)]).send(address)?;
    let cookie = signed_in.header("set-cookie").context("signing in sets no cookie")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

/// A request.
pub struct Request {
    head: String,
    body: String,
    patience: Duration,
}

impl Request {
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    fn new(method: &str, path: &str) -> Self {
        Self { head: format!("{method} {path} HTTP/1.1\r\n"), body: String::new(), patience: PATIENCE }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head += &format!("{name}: {value}\r\n");
        self
    }

    /// As a page of this server makes it.
    pub fn same_origin(self, address: &str) -> Self {
        self.header("Origin", &format!("http://{address}")).header("Sec-Fetch-Site", "same-origin")
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<_> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.body("application/x-www-form-urlencoded", pairs.join("&"))
    }

    fn body(self, kind: &str, body: String) -> Self {
        let length = body.len().to_string();
        Self { body, ..self.header("Content-Type", kind).header("Content-Length", &length) }
    }

    /// For an answer that takes its time.
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    pub fn send(self, address: &str) -> Result<Answer> {
        let Self { head, body, patience } = self;
        let mut stream = TcpStream::connect(address).with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(patience))?;
        stream.write_all(format!("{head}Host: {address}\r\nConnection: close\r\n\r\n{body}").as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(Answer(answer))
    }
}

/// For a form: everything but letters and digits by its number.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn dechunk(mut rest: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|bytes| bytes == b"\r\n").context("a chunk has no size")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end])?.trim(), 16)?;
        if size == 0 {
            return Ok(body);
        }
        let chunk = rest.get(end + 2..end + 2 + size).context("a chunk is cut off")?;
        body.extend_from_slice(chunk);
        rest = rest.get(end + 4 + size..).context("a chunk does not end")?;
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, encoded};

    #[test]
    fn a_form_carries_any_text() {
        assert_eq!(encoded("a b&ä=1"), "a%20b%26%C3%A4%3D1");
    }

    #[test]
    fn every_cookie_is_found() {
        let wire = "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n\r\n";
        assert_eq!(Answer(wire.into()).headers("set-cookie"), ["a=1", "b=2"]);
    }

    #[test]
    fn a_body_in_chunks_is_put_together() {
        let wire = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        assert_eq!(Answer(wire.into()).body().unwrap(), b"abcde");
    }

    #[test]
    fn an_answer_that_is_no_page_is_an_error() {
        let wire = "HTTP/1.1 303 See Other\r\nLocation: /login\r\n\r\n";
        assert_eq!(Answer(wire.into()).header("location").as_deref(), Some("/login"));
        assert!(Answer(wire.into()).body().is_err());
    }
}
