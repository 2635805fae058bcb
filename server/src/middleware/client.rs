//! Who a request comes from, as far as the connection and trusted proxies tell.

use super::trace::RequestId;
use crate::router::App;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use hub::Client;
use ipnet::IpNet;
use secrecy::SecretString;
use std::net::{IpAddr, SocketAddr};

/// Puts a [`Client`] into the request's extensions.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let headers = request.headers();
    // A request with credentials of its own passes the same-origin check, so its cookie must count for nothing.
    let reads_cookie = !headers.contains_key(header::AUTHORIZATION);
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let client = Client {
        address: peer.map(|peer| address(peer, headers, &app.trusted_proxies).to_string()),
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()),
        user_agent: agent.map(str::to_owned),
        session: cookie(headers, hub::sessions::cookie_name(&app.ctx)).filter(|_| reads_cookie),
    };
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// The address of the client: the peer's, or behind trusted proxies the last one in `X-Forwarded-For` that is none of
/// them. What a client writes into that header itself stands further left and is never reached.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    if !is_trusted(peer) {
        return peer;
    }
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    let hops = lines.iter().flat_map(|line| line.split(','));
    let mut nearest = peer;
    for hop in hops.collect::<Vec<_>>().into_iter().rev() {
        match hop.trim().parse::<IpAddr>() {
            Ok(address) if is_trusted(address) => nearest = address,
            Ok(address) => return address,
            Err(_) => return nearest,
        }
    }
    nearest
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let value = lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && !value.is_empty()).then_some(value)
    });
    value.map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let with = |peer: &str, forwarded: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            address(peer.parse().unwrap(), &headers, &trusted).to_string()
        };
        assert_eq!(with("192.0.2.1", "198.51.100.1"), "192.0.2.1");
        assert_eq!(with("10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(with("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2"), "198.51.100.1");
        assert_eq!(with("10.0.0.1", "nonsense"), "10.0.0.1");
    }
}
