//! Who sent a webhook, by the vendors' own examples where they publish one.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

use domain::Timestamp;
use domain::catalogue::Webhook;
use providers::webhooks::is_genuine;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};

/// A body with the headers it came with.
struct Call<'a> {
    scheme: &'a str,
    header: &'a str,
    secret: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: &'a str,
    /// Seconds.
    now: i64,
}

fn taken(call: &Call<'_>) -> bool {
    let webhook = Webhook { scheme: call.scheme.to_owned(), header: call.header.to_owned() };
    let headers = call.headers.iter();
    let headers: HeaderMap = headers
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap()))
        .collect();
    is_genuine(&webhook, &call.secret.into(), &headers, call.body.as_bytes(), Timestamp(call.now * 1000))
}

/// From GitHub's documentation of webhook signatures.
const GITHUB: Call<'_> = Call {
    scheme: "hmac-sha256",
    header: "X-Hub-Signature-256",
    secret: "It's a Secret to Everybody",
    headers: &[("x-hub-signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")],
    body: "Hello, World!",
    now: 0,
};

#[test]
fn githubs_documented_example_is_genuine() {
    assert!(taken(&GITHUB));
    assert!(!taken(&Call { body: "Hello, World?", ..GITHUB }));
    assert!(!taken(&Call { secret: "It's a secret to everybody", ..GITHUB }));
    assert!(!taken(&Call { headers: &[], ..GITHUB }));
}

#[test]
fn a_signature_may_stand_alone_or_among_others() {
    let mac = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let with = |value: &str| taken(&Call { headers: &[("x-hub-signature-256", value)], ..GITHUB });
    assert!(with(mac) && with(&mac.to_uppercase()) && with(&format!("v1={mac}")));
    assert!(with(&format!("v1={}, v1={mac}", "0".repeat(64))));
    for wrong in ["", "sha256=", "v0=", "sha256=zz", "sha256=é", &mac[1..], &mac[2..], &format!("md5={mac}")] {
        assert!(!with(wrong), "{wrong}");
    }
}

/// From Slack's documentation of signing secrets.
const SLACK: Call<'_> = Call {
    scheme: "hmac-sha256",
    header: "X-Slack-Signature",
    secret: "8f742231b10e8888abcd99yyyzzz85a5",
    headers: &[
        ("x-slack-signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
        ("x-slack-request-timestamp", "1531420618"),
    ],
    body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
           channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
           response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
           trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    now: 1_531_420_618,
};

#[test]
fn slacks_documented_example_is_genuine_for_five_minutes() {
    for now in [SLACK.now, SLACK.now + 300, SLACK.now - 300] {
        assert!(taken(&Call { now, ..SLACK }), "{now}");
    }
    for now in [SLACK.now + 301, SLACK.now - 301, 0] {
        assert!(!taken(&Call { now, ..SLACK }), "{now}");
    }
    let (signature, time) = (SLACK.headers[0], SLACK.headers[1]);
    // A time that was not signed, none, and one that is no number.
    let later = ("x-slack-request-timestamp", "1531420619");
    for headers in [&[signature, later] as &[_], &[signature], &[signature, (time.0, "soon")], &[time]] {
        assert!(!taken(&Call { headers, ..SLACK }), "{headers:?}");
    }
    let bare = ("x-slack-signature", signature.1.trim_start_matches("v0="));
    assert!(!taken(&Call { headers: &[bare, time], ..SLACK }));
}

#[test]
fn a_sha1_signature_is_taken_where_the_vendor_still_uses_it() {
    // RFC 2202, test case 2.
    let call = Call {
        scheme: "hmac-sha1",
        header: "x-vercel-signature",
        secret: "Jefe",
        headers: &[("x-vercel-signature", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")],
        body: "what do ya want for nothing?",
        now: 0,
    };
    assert!(taken(&call));
    assert!(!taken(&Call { scheme: "hmac-sha256", ..call }));
}

#[test]
fn discord_signs_the_time_and_the_body_with_its_key() {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let key = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (public, signature) = (hex(key.public_key().as_ref()), hex(key.sign(b"1700000000{\"type\":1}").as_ref()));
    let headers = [("x-signature-ed25519", signature.as_str()), ("x-signature-timestamp", "1700000000")];
    let call = Call {
        scheme: "ed25519",
        header: "X-Signature-Ed25519",
        secret: &public,
        headers: &headers,
        body: "{\"type\":1}",
        now: 1_700_000_000,
    };
    assert!(taken(&call));
    assert!(!taken(&Call { body: "{\"type\":2}", ..call }));
    assert!(!taken(&Call { now: 1_700_000_301, ..call }));
    assert!(!taken(&Call { headers: &headers[..1], ..call }));
    assert!(!taken(&Call { secret: "00", ..call }) && !taken(&Call { secret: "no key", ..call }));
}

#[test]
fn a_shared_secret_is_compared_whole() {
    let headers = [("x-gitlab-token", "planted-secret")];
    let with = |secret| {
        taken(&Call { scheme: "shared-secret", header: "X-Gitlab-Token", secret, headers: &headers, body: "", now: 0 })
    };
    assert!(with("planted-secret"));
    for wrong in ["planted-secre", "planted-secret2", "Planted-secret", " "] {
        assert!(!with(wrong), "{wrong}");
    }
}

#[test]
fn without_a_secret_or_a_known_scheme_nothing_is_genuine() {
    for scheme in ["shared-secret", "hmac-sha256", "hmac-sha1", "ed25519", "none", ""] {
        let headers = [("x-token", ""), ("x-signature-timestamp", "0")];
        assert!(
            !taken(&Call { scheme, header: "X-Token", secret: "", headers: &headers, body: "", now: 0 }),
            "{scheme}"
        );
    }
    assert!(!taken(&Call { scheme: "hmac-md5", ..GITHUB }));
    assert!(!taken(&Call { header: "no header", ..GITHUB }));
}
