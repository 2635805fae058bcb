//! The least that axum can do: one route that answers everything with the bytes of a file.
//!
//! `cargo xtask bench` compares a page of Patchbay with this.

use axum::Router;
use axum::response::Html;
use axum::routing::get;

#[tokio::main]
async fn main() {
    let path = std::env::args().nth(1).expect("the file to serve is the first argument");
    let page: &'static [u8] = std::fs::read(path).expect("the file is readable").leak();
    let app = Router::new().fallback(get(move || async move { Html(page) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
    let address = listener.local_addr().expect("a bound listener has an address");
    println!("listening on http://{address}");
    axum::serve(listener, app).await.expect("the server runs until it is ended");
}
