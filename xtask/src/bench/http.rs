//! As much HTTP as measuring one page takes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// A whole answer, as it came over the wire.
pub struct Answer(Vec<u8>);

impl Answer {
    /// The value of the first header of this name.
    pub fn header(&self, name: &str) -> Option<String> {
        self.head().lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// The body of a successful answer.
    pub fn body(&self) -> Result<Vec<u8>> {
        let head = self.head();
        let status = head.lines().next().unwrap_or_default();
        if status.split(' ').nth(1) != Some("200") {
            bail!("the server answers `{status}`");
        }
        let body = &self.0[head.len()..];
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
    send(address, &format!("GET {path} HTTP/1.1\r\n{name}: {value}\r\n"), "")
}

/// Signs in through the form of `/login` and returns the cookie.
pub fn login(address: &str, email: &str, password: &str) -> Result<String> {
    let page = String::from_utf8(get(address, "/login", "")?.body()?)?;
    let action =
        page.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).context("/login has no form")?;
    let body = format!("email={}&password={}", email.replace('@', "%40"), password);
    let head = format!(
        "POST {action} HTTP/1.1\r\nOrigin: http://{address}\r\nSec-Fetch-Site: same-origin\r\nAccept: text/html\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
        body.len()
    );
    let cookie = send(address, &head, &body)?.header("set-cookie").context("signing in sets no cookie")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

fn send(address: &str, head: &str, body: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("cannot connect to {address}"))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(format!("{head}Host: {address}\r\nConnection: close\r\n\r\n{body}").as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(Answer(answer))
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
    use super::Answer;

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
