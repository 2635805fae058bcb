//! HTTP with every redirect followed by hand, so that each hop goes through the guard.

use super::guard::Target;
use super::{Outbound, OutboundError, Request, Response, tcp, tls};
use crate::text;
use reqwest::dns::{Name, Resolving};
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Client, Method, StatusCode, redirect};
use secrecy::ExposeSecret;
use std::error::Error;
use std::net::SocketAddr;
use std::{io, iter};
use tokio::time::{Instant, timeout};
use tokio_rustls::rustls;
use url::Url;

const USER_AGENT: &str = concat!("Patchbay/", env!("CARGO_PKG_VERSION"));

impl Outbound {
    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    /// The guard's refusal, or what went wrong on the way. An error status is an answer, not an error.
    pub async fn request(&self, mut request: Request) -> Result<Response, OutboundError> {
        let host = Target::of_url(&request.url)?.words();
        let mut left = self.limits.total;
        for _ in 0..=self.limits.redirects {
            let target = Target::of_url(&request.url)?;
            // How long others take is no fault of this exchange: the wait is not taken from its time.
            let turn = self.turns.take(&request.url).await;
            let begun = Instant::now();
            let hop = timeout(left, self.hop(&request, &target)).await;
            let hop = hop.unwrap_or_else(|_| Err(OutboundError::Timeout { host: host.clone() }))?;
            drop(turn);
            left = left.saturating_sub(begun.elapsed());
            match hop {
                Hop::Answer(answer) => return Ok(answer),
                Hop::Redirect(url, status) => request = redirected(request, url, status, &target)?,
            }
        }
        let host = Target::of_url(&request.url)?.words();
        Err(OutboundError::Broken { host, cause: "it redirects too often".to_owned() })
    }

    async fn hop(&self, request: &Request, target: &Target) -> Result<Hop, OutboundError> {
        let answer = self.send(request, target).await?;
        match next_url(&answer, &request.url) {
            None => self.read(answer, target).await.map(Hop::Answer),
            Some(url) => Ok(Hop::Redirect(url, answer.status())),
        }
    }

    async fn send(&self, request: &Request, target: &Target) -> Result<reqwest::Response, OutboundError> {
        let addresses = self.addresses(target).await?;
        let mut headers = request.headers.clone();
        for (name, value) in &request.secret_headers {
            let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| OutboundError::Broken {
                host: target.words(),
                cause: "the key holds characters that no header can carry".to_owned(),
            })?;
            value.set_sensitive(true);
            headers.insert(name.clone(), value);
        }
        let mut outgoing = self
            .client(target, &addresses)
            .map_err(|error| explain(target, &error))?
            .request(request.method.clone(), request.url.clone())
            .headers(headers);
        if let Some(body) = &request.body {
            outgoing = outgoing.body(body.clone());
        }
        outgoing.send().await.map_err(|error| explain(target, &error))
    }

    /// A client for one exchange that can reach these addresses and no others. It costs little: the TLS configuration,
    /// with its session tickets, is shared.
    fn client(&self, target: &Target, addresses: &[SocketAddr]) -> reqwest::Result<Client> {
        let mut client = Client::builder()
            .tls_backend_preconfigured((*self.trust.verified()).clone())
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .pool_max_idle_per_host(0)
            .connect_timeout(self.limits.connect)
            .user_agent(USER_AGENT)
            .dns_resolver(NoNames);
        if let Some(name) = target.name() {
            client = client.resolve_to_addrs(name, addresses);
        }
        client.build()
    }

    async fn read(&self, mut answer: reqwest::Response, target: &Target) -> Result<Response, OutboundError> {
        let too_large = || OutboundError::TooLarge { host: target.words() };
        if answer.content_length().is_some_and(|length| length > self.limits.body as u64) {
            return Err(too_large());
        }
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| explain(target, &error))? {
            if body.len() + chunk.len() > self.limits.body {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, headers, body })
    }
}

/// What one host answered.
enum Hop {
    Answer(Response),
    Redirect(Url, StatusCode),
}

/// Knows no name: what is not pinned is not found.
struct NoNames;

impl reqwest::dns::Resolve for NoNames {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err("this name was not checked".into()) })
    }
}

/// Where a redirect leads, if the answer is one.
fn next_url(answer: &reqwest::Response, from: &Url) -> Option<Url> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    from.join(answer.headers().get(LOCATION)?.to_str().ok()?).ok()
}

/// The request for the next hop. Another origin gets no header of ours except `Accept`, and never a body.
fn redirected(request: Request, url: Url, status: StatusCode, from: &Target) -> Result<Request, OutboundError> {
    let Request { mut method, url: old, mut headers, mut secret_headers, mut body } = request;
    let becomes_get = match status {
        StatusCode::SEE_OTHER => method != Method::HEAD,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => method == Method::POST,
        _ => false,
    };
    if becomes_get {
        method = Method::GET;
        body = None;
        headers.remove(reqwest::header::CONTENT_TYPE);
    }
    if url.origin() != old.origin() {
        if body.is_some() || !method.is_safe() {
            let cause = "it redirects a change to another host".to_owned();
            return Err(OutboundError::Broken { host: from.words(), cause });
        }
        headers = headers.remove(ACCEPT).map(|accept| (ACCEPT, accept)).into_iter().collect::<HeaderMap>();
        secret_headers.clear();
    }
    Ok(Request { method, url, headers, secret_headers, body })
}

/// What an error of the client means. Its own text is not used: it holds the whole URL.
fn explain(target: &Target, error: &reqwest::Error) -> OutboundError {
    let host = target.words();
    let chain = || iter::successors(error.source(), |error: &&(dyn Error + 'static)| (**error).source());
    for cause in chain() {
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return OutboundError::Tls { host, cause: tls::cause(error) };
        }
        if let Some(error) = cause.downcast_ref::<io::Error>().filter(|_| !error.is_decode()) {
            return match error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>()) {
                Some(inner) => tcp::explain(host, inner),
                None => tcp::explain(host, error),
            };
        }
    }
    if error.is_timeout() {
        return OutboundError::Timeout { host };
    }
    if error.is_decode() {
        return OutboundError::Broken { host, cause: "its body is damaged".to_owned() };
    }
    let cause = chain().last().map(|cause| text::one_line(&cause.to_string(), 120)).unwrap_or_default();
    match (error.is_connect(), cause.is_empty()) {
        (true, _) => OutboundError::Unreachable { host, cause },
        (false, true) => OutboundError::Broken { host, cause: "it is not HTTP".to_owned() },
        (false, false) => OutboundError::Broken { host, cause },
    }
}
