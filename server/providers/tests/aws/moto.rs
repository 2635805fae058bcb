//! moto, which plays AWS: <https://docs.getmoto.org/>

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use providers::outbound::{Outbound, Request};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use url::Url;

/// A running moto; stops when dropped.
pub struct Moto {
    pub url: String,
    child: Child,
}

impl Moto {
    /// Starts moto with the Python of the tests and waits until it listens; nothing where there is none.
    pub fn start() -> Option<Self> {
        let python = std::env::var_os("PATCHBAY_TEST_PYTHON")?;
        let known = Command::new(&python).args(["-c", "import moto.server"]).output().ok()?;
        if !known.status.success() {
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(&python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        while !log.next().expect("moto starts").unwrap().contains("Running on") {}
        std::thread::spawn(move || log.for_each(drop));
        Some(Self { url: format!("http://127.0.0.1:{port}"), child })
    }

    /// A function with this runtime and environment, and the role that it runs as.
    pub async fn make_function(&self, name: &str, runtime: &str, variables: Value) {
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"}}]});
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", "CreateRole")
            .append_pair("Version", "2010-05-08")
            .append_pair("RoleName", name)
            .append_pair("AssumeRolePolicyDocument", &trust.to_string())
            .finish();
        self.post("iam", "/", "application/x-www-form-urlencoded", form).await;
        let function = json!({
            "FunctionName": name, "Runtime": runtime, "Handler": "app.main", "Description": "A test",
            "Role": format!("arn:aws:iam::123456789012:role/{name}"), "Environment": {"Variables": variables},
            "Code": {"ZipFile": empty_archive()},
        });
        self.post("lambda", "/2015-03-31/functions", "application/json", function.to_string()).await;
    }

    /// A layer in its first versions. moto looks for a layer in the account that asks, whoever publishes it.
    pub async fn make_layer(&self, name: &str, versions: u32) {
        let layer = json!({"Content": {"ZipFile": empty_archive()}}).to_string();
        for _ in 0..versions {
            self.post("lambda", &format!("/2018-10-31/layers/{name}/versions"), "application/json", layer.clone())
                .await;
        }
    }

    /// What moto has stored of a function.
    pub async fn function(&self, name: &str) -> Value {
        let url = format!("{}/2015-03-31/functions/{name}", self.url);
        let answer = self.send(Request::get(Url::parse(&url).unwrap()), "lambda").await;
        serde_json::from_slice(&answer).unwrap()
    }

    async fn post(&self, service: &str, path: &str, content_type: &'static str, body: String) {
        let url = Url::parse(&format!("{}{path}", self.url)).unwrap();
        self.send(Request::post(url).body(HeaderValue::from_static(content_type), body), service).await;
    }

    async fn send(&self, request: Request, service: &str) -> Vec<u8> {
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let request = request.header(AUTHORIZATION, scope.parse().unwrap());
        let answer = Outbound::new("127.0.0.1".parse().unwrap()).request(request).await.unwrap();
        assert!(answer.status.is_success(), "{}", String::from_utf8_lossy(&answer.body));
        answer.body
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn empty_archive() -> String {
    BASE64_STANDARD.encode([b"PK\x05\x06".as_slice(), &[0; 18]].concat())
}
