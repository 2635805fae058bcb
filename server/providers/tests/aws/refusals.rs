//! What AWS documents of its answers, and what each means.

use super::{NOW, SECRET, SESSION, app, at, form, keys, role};
use domain::Timestamp;
use domain::integrations::{Account, Health};
use providers::App;
use providers::connect::aws::{RoleRef, assume, enable, functions, test};
use providers::connect::{CheckError, Secrets, health};
use secrecy::ExposeSecret;
use serde_json::json;
use wiremock::matchers::{body_string, header, header_regex, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const ARN: &str = "arn:aws:iam::123456789012:role/PatchbayMonitoring";

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
    server
}

fn xml(status: u16, code: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_string(format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    ))
}

fn json_error(status: u16, kind: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .insert_header("x-amzn-errortype", format!("{kind}:http://internal.amazon.com/"))
        .set_body_json(json!({"Type": "User", "Message": message}))
}

fn told(error: &CheckError) -> String {
    let text = format!("{error} {error:?}");
    assert!(!text.contains("planted"), "{text}");
    error.to_string()
}

#[tokio::test]
async fn the_role_is_asked_for_by_a_signed_form() {
    let server = MockServer::start().await;
    let keys = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
                <AssumedRoleUser><Arn>x</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIA1</AccessKeyId>\
                <SecretAccessKey>planted-a</SecretAccessKey><SessionToken>planted-b</SessionToken>\
                <Expiration>2023-11-14T23:13:20Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
    let scope = "^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20231114/eu-west-1/sts/aws4_request, SignedHeaders=content-type;host;\
                 x-amz-date, Signature=[0-9a-f]{64}$";
    Mock::given(method("POST"))
        .and(path("/"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(header("x-amz-date", "20231114T221320Z"))
        .and(header_regex("authorization", scope))
        .and(body_string(
            "Version=2011-06-15&Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2FPatchbayMonitoring&\
             RoleSessionName=Patchbay&ExternalId=0f%2F1+2&DurationSeconds=3600",
        ))
        .respond_with(ResponseTemplate::new(200).set_body_string(keys))
        .expect(1)
        .mount(&server)
        .await;
    let keys = at(&server.uri(), &app(), async |provider| assume(provider, &role()).await).await.unwrap();
    assert_eq!(
        (keys.secret_access_key.expose_secret(), keys.session_token.expose_secret()),
        ("planted-a", "planted-b")
    );
    assert_eq!(keys.expires_at, Timestamp(NOW.0 + 3_600_000));
    assert!(!format!("{keys:?}").contains("planted"));
}

#[tokio::test]
async fn each_refusal_of_a_role_has_its_meaning() {
    let denied = "User: arn:aws:iam::9:user/p is not authorized to perform: sts:AssumeRole on resource: x";
    let refused = CheckError::RoleRefused { role: ARN.into(), message: denied.into() };
    let app_refused = |message: &str| CheckError::AppRefused { provider: "AWS Lambda".into(), message: message.into() };
    let failed = |message: &str| CheckError::Failed { at: "AWS Lambda".into(), message: message.into() };
    let cases = [
        (xml(403, "AccessDenied", denied), refused, Health::NeedsReauth),
        (xml(403, "InvalidClientTokenId", "No such token."), app_refused("No such token"), Health::Unreachable),
        (xml(403, "SignatureDoesNotMatch", &format!("Not {SECRET}!")), app_refused("Not …!"), Health::Unreachable),
        (
            xml(400, "Throttling", "Rate exceeded"),
            CheckError::Busy { at: "AWS Lambda".into(), message: "it takes no more requests for now".into() },
            Health::Unreachable,
        ),
        (
            xml(400, "ValidationError", "Bad\nlength."),
            failed("it answered “ValidationError: Bad length”"),
            Health::Unreachable,
        ),
        (ResponseTemplate::new(503), failed("it answered with status 503"), Health::Unreachable),
        (
            ResponseTemplate::new(400).set_body_string("<html>"),
            failed("it answered with status 400"),
            Health::Unreachable,
        ),
    ];
    for (answer, expected, meaning) in cases {
        let server = answering(answer).await;
        let error = at(&server.uri(), &app(), async |provider| assume(provider, &role()).await).await.unwrap_err();
        told(&error);
        assert_eq!((error.health(), &error), (meaning, &expected));
    }
    let server = answering(xml(403, "RegionDisabledException", "STS is not activated in this region")).await;
    let error = at(&server.uri(), &app(), async |provider| assume(provider, &role()).await).await.unwrap_err();
    assert_eq!(error.field(), Some("region"));
    for odd in ["hello", "<a/>", "<!DOCTYPE x [<!ENTITY y \"z\">]><a>&y;</a>"] {
        let server = answering(ResponseTemplate::new(200).set_body_string(odd)).await;
        let error = at(&server.uri(), &app(), async |provider| assume(provider, &role()).await).await.unwrap_err();
        assert!(matches!(error, CheckError::Broken { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_form_that_would_lead_elsewhere_is_refused_before_anything_is_sent() {
    let server = answering(ResponseTemplate::new(200)).await;
    let wrong = [
        RoleRef { region: "eu.evil.example".into(), ..role() },
        RoleRef { region: "".into(), ..role() },
        RoleRef { account_number: "12345678901x".into(), ..role() },
    ];
    for wrong in wrong {
        let error = at(&server.uri(), &app(), async |provider| assume(provider, &wrong).await).await.unwrap_err();
        assert!(matches!(error.field(), Some("region" | "account_number")), "{error:?}");
    }
    let known = Account::default();
    let ask = async |provider: &providers::Provider<'_>| {
        let mut form = form("eu-west-1");
        form.remove("aws_external_id");
        health(provider, &form, &Secrets::default(), &known).await
    };
    assert_eq!(at(&server.uri(), &app(), ask).await.unwrap_err().field(), Some("aws_external_id"));
    let error = at(&server.uri(), &App::default(), async |provider| assume(provider, &role()).await).await.unwrap_err();
    assert!(told(&error).contains("(no access key id is entered here)"), "{error}");
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn functions_come_page_by_page_with_the_keys_of_the_role() {
    let server = MockServer::start().await;
    let page = |marker: Option<&str>, name: &str| {
        let mock = Mock::given(method("GET"))
            .and(path("/2015-03-31/functions/"))
            .and(header("x-amz-security-token", SESSION))
            .and(header_regex("authorization", "Credential=ASIAEXAMPLE/20231114/eu-west-1/lambda/aws4_request"));
        let next = if marker.is_none() { json!("a/b+c=") } else { json!(null) };
        let layer = json!([{"Arn": "arn:aws:lambda:eu-west-1:1:layer:x:1", "CodeSize": 1}]);
        let list = json!({"NextMarker": next, "Functions": [{"FunctionName": name, "Runtime": "nodejs20.x", "Layers": layer}]});
        let answer = ResponseTemplate::new(200).set_body_json(list);
        match marker {
            Some(marker) => mock.and(query_param("Marker", marker)).respond_with(answer).expect(1),
            None => mock.and(wiremock::matchers::query_param_is_missing("Marker")).respond_with(answer).expect(1),
        }
    };
    page(None, "b").mount(&server).await;
    page(Some("a/b+c="), "A").mount(&server).await;
    let found = at(&server.uri(), &app(), async |provider| functions(provider, &role(), &keys()).await).await.unwrap();
    let names: Vec<_> = found.iter().map(|found| (found.name.as_str(), found.layers.len())).collect();
    assert_eq!(names, [("A", 1), ("b", 1)]);
}

#[tokio::test]
async fn a_function_whose_environment_cannot_be_read_is_left_alone() {
    let server = MockServer::start().await;
    let function =
        json!({"Configuration": {"Runtime": "nodejs20.x", "Environment": {"Error": {"ErrorCode": "AccessDenied"}}}});
    let answer = ResponseTemplate::new(200).set_body_json(function);
    Mock::given(method("GET")).and(path("/2015-03-31/functions/a%3Ab")).respond_with(answer).mount(&server).await;
    let ask = async |provider: &providers::Provider<'_>| enable(provider, &role(), &keys(), "a:b", "dsn").await;
    let error = at(&server.uri(), &app(), ask).await.unwrap_err();
    assert!(error.to_string().contains("so nothing was changed"), "{error}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_is_made_to_what_was_read_and_to_nothing_newer() {
    let server = MockServer::start().await;
    let function = json!({"Configuration": {"Runtime": "nodejs20.x", "RevisionId": "r1"}});
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200).set_body_json(function)).mount(&server).await;
    Mock::given(method("PUT"))
        .and(path("/2015-03-31/functions/web/configuration"))
        .and(wiremock::matchers::body_partial_json(json!({"RevisionId": "r1"})))
        .respond_with(json_error(412, "PreconditionFailedException", "The RevisionId provided does not match."))
        .expect(1)
        .mount(&server)
        .await;
    let ask = async |provider: &providers::Provider<'_>| enable(provider, &role(), &keys(), "web", "dsn").await;
    let error = at(&server.uri(), &app(), ask).await.unwrap_err();
    assert_eq!(
        error,
        CheckError::Busy { at: "AWS Lambda".into(), message: "somebody else is changing this function".into() }
    );
}

#[tokio::test]
async fn what_the_role_may_not_do_is_told_in_awss_words() {
    let denied = format!("not authorized to perform: lambda:ListFunctions with {SESSION}");
    let ask = async |provider: &providers::Provider<'_>| functions(provider, &role(), &keys()).await;
    let server = answering(json_error(403, "AccessDeniedException", &denied)).await;
    let error = at(&server.uri(), &app(), ask).await.unwrap_err();
    told(&error);
    let message = "not authorized to perform: lambda:ListFunctions with …".to_owned();
    assert_eq!(error, CheckError::RoleRefused { role: ARN.into(), message });
    let server = answering(json_error(403, "ExpiredTokenException", "The token has expired")).await;
    let error = at(&server.uri(), &app(), ask).await.unwrap_err();
    assert_eq!(error, CheckError::TokenRefused { provider: "AWS Lambda".into() });
}

#[tokio::test]
async fn keys_of_another_account_are_noticed() {
    let caller = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
                  <Arn>arn:aws:iam::999999999999:user/p</Arn><Account>999999999999</Account></GetCallerIdentityResult>\
                  </GetCallerIdentityResponse>";
    let server = answering(ResponseTemplate::new(200).set_body_string(caller)).await;
    let error = at(&server.uri(), &app(), async |provider| test(provider).await).await.unwrap_err();
    let message = "these keys belong to the account 999999999999, not 123456789012".to_owned();
    assert_eq!(error, CheckError::AppRefused { provider: "AWS Lambda".into(), message });
}
