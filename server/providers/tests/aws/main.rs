//! AWS roles and Lambda functions, against moto where it is installed, and against answers as AWS documents them.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

mod moto;
mod refusals;

use domain::Timestamp;
use domain::config::ConfigData;
use domain::integrations::{Account, Facts};
use moto::Moto;
use providers::connect::aws::{Keys, RoleRef, account, assume, enable, functions, test};
use providers::connect::{Secrets, health};
use providers::outbound::Outbound;
use providers::{App, Provider, catalogue};
use secrecy::SecretString;
use serde_json::json;

const SECRET: &str = "planted-secret-access-key";
const SESSION: &str = "planted-session-token";
/// 14 November 2023, 22:13:20.
const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn app() -> App {
    let values = json!({"access_key_id": "AKIAEXAMPLE", "account_number": "123456789012"});
    let secrets = [("secret_access_key".to_owned(), SecretString::from(SECRET))].into_iter().collect();
    App { values: values.as_object().unwrap().clone(), secrets }
}

fn role() -> RoleRef {
    RoleRef { account_number: "123456789012".into(), region: "eu-west-1".into(), external_id: "0f/1 2".into() }
}

fn form(region: &str) -> ConfigData {
    let form = json!({"account_number": "123456789012", "region": region, "aws_external_id": "0f/1 2"});
    form.as_object().unwrap().clone()
}

fn keys() -> Keys {
    Keys {
        access_key_id: "ASIAEXAMPLE".into(),
        secret_access_key: SECRET.into(),
        session_token: SESSION.into(),
        expires_at: NOW,
    }
}

async fn at<T>(endpoint: &str, app: &App, work: impl AsyncFnOnce(&Provider<'_>) -> T) -> T {
    let door = Outbound::new("127.0.0.1".parse().unwrap());
    let manifest = catalogue::find("aws_lambda").unwrap();
    work(&Provider { outbound: &door, manifest, endpoint: Some(endpoint), app, now: NOW }).await
}

#[tokio::test]
async fn a_role_is_taken_on_and_its_functions_are_watched() {
    let Some(moto) = Moto::start() else {
        println!("moto is not installed here (PATCHBAY_TEST_PYTHON names a Python that has it): nothing was checked.");
        println!("`cargo xtask setup` installs it, and `cargo xtask test` sets the variable.");
        return;
    };
    moto.make_function("web", "nodejs22.x", json!({"STAGE": "prod"})).await;
    moto.make_function("Api", "python3.12", json!({})).await;
    moto.make_function("old", "java21", json!({})).await;
    moto.make_layer("SentryNodeServerlessSDKv10", 55).await;
    moto.make_layer("SentryPythonServerlessSDK", 188).await;
    at(&moto.url, &app(), async |provider| {
        let role = role();
        let keys = assume(provider, &role).await.unwrap();
        assert!(keys.expires_at > NOW && keys.access_key_id.starts_with("ASIA"));
        assert_eq!(account(provider, &role, &keys).await.unwrap(), connected());
        let known = connected();
        assert_eq!(health(provider, &form("eu-west-1"), &Secrets::default(), &known).await.unwrap(), known);

        let found = functions(provider, &role, &keys).await.unwrap();
        let names: Vec<_> = found.iter().map(|found| (found.name.as_str(), found.runtime.as_str())).collect();
        assert_eq!(names, [("Api", "python3.12"), ("web", "nodejs22.x")]);
        assert_eq!((found[0].description.as_str(), found[0].layers.len()), ("A test", 0));
        assert!(
            functions(provider, &RoleRef { region: "us-east-2".into(), ..role.clone() }, &keys)
                .await
                .unwrap()
                .is_empty()
        );

        assert!(test(provider).await.unwrap().starts_with("AWS Lambda knows these keys: they belong to arn:aws:"));
        for name in ["web", "Api"] {
            enable(provider, &role, &keys, name, "https://k@o.example.com/1").await.unwrap();
        }
    })
    .await;
    let web = moto.function("web").await;
    let options = "-r @sentry/aws-serverless/awslambda-auto";
    let expected = json!({"STAGE": "prod", "NODE_OPTIONS": options, "SENTRY_DSN": "https://k@o.example.com/1",
        "SENTRY_TRACES_SAMPLE_RATE": "1.0"});
    assert_eq!(web["Configuration"]["Environment"]["Variables"], expected);
    assert_eq!(web["Configuration"]["Handler"], "app.main");
    let api = moto.function("Api").await;
    assert_eq!(api["Configuration"]["Environment"]["Variables"]["SENTRY_INITIAL_HANDLER"], "app.main");
    assert_eq!(api["Configuration"]["Handler"], "sentry_sdk.integrations.init_serverless_sdk.sentry_lambda_handler");
}

fn connected() -> Account {
    let arn = "arn:aws:sts::123456789012:assumed-role/PatchbayMonitoring/Patchbay";
    Account {
        external_id: "123456789012-eu-west-1".into(),
        name: "123456789012 eu-west-1".into(),
        facts: Facts(vec![("Region".into(), "eu-west-1".into()), ("Role".into(), arn.into())]),
        ..Account::default()
    }
}
