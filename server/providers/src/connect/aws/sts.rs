//! The Security Token Service: forms go there, XML comes back.

use super::client::{Body, Client};
use super::{Keys, RoleRef};
use crate::connect::CheckError;
use domain::Timestamp;
use reqwest::Method;
use roxmltree::Document;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::form_urlencoded;

/// Whose keys these are.
pub(super) struct Identity {
    pub account: String,
    pub arn: String,
}

/// Takes on the role for an hour.
pub(super) async fn assume(client: &Client<'_>, role: &RoleRef) -> Result<Keys, CheckError> {
    let arn = role.arn();
    let fields = [
        ("Action", "AssumeRole"),
        ("RoleArn", &arn),
        ("RoleSessionName", "Patchbay"),
        ("ExternalId", &role.external_id),
        ("DurationSeconds", "3600"),
    ];
    // AWS does not say whether the role is missing, trusts somebody else or wants another external id.
    let body = post(client, &fields).await.map_err(|error| match error {
        CheckError::AppRefused { message, .. } if message.contains("sts:AssumeRole") => {
            CheckError::RoleRefused { role: arn.clone(), message }
        }
        error => error,
    })?;
    let document = parse(client, &body)?;
    let missing = || client.broken("it sent no keys of the role");
    let text = |name: &str| find(&document, name).ok_or_else(missing);
    let end = OffsetDateTime::parse(text("Expiration")?, &Rfc3339).map_err(|_| missing())?;
    Ok(Keys {
        access_key_id: text("AccessKeyId")?.to_owned(),
        secret_access_key: text("SecretAccessKey")?.into(),
        session_token: text("SessionToken")?.into(),
        expires_at: Timestamp(end.unix_timestamp().saturating_mul(1000)),
    })
}

/// Asks whose keys the client signs with; nobody can be forbidden to ask.
pub(super) async fn caller(client: &Client<'_>) -> Result<Identity, CheckError> {
    let body = post(client, &[("Action", "GetCallerIdentity")]).await?;
    let document = parse(client, &body)?;
    let text = |name: &str| {
        let text = find(&document, name).ok_or_else(|| client.broken("it does not say which account this is"))?;
        Ok(crate::text::one_line(text, 255))
    };
    Ok(Identity { account: text("Account")?, arn: text("Arn")? })
}

async fn post(client: &Client<'_>, fields: &[(&str, &str)]) -> Result<String, CheckError> {
    let fields = [("Version", "2011-06-15")].iter().chain(fields);
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let body = Body("application/x-www-form-urlencoded", form);
    let answer = client.send(Method::POST, "sts", "/", Some(body)).await?;
    String::from_utf8(answer.body).map_err(|_| client.broken("it did not send XML"))
}

fn parse<'a>(client: &Client<'_>, body: &'a str) -> Result<Document<'a>, CheckError> {
    Document::parse(body).map_err(|_| client.broken("it did not send XML"))
}

/// The text of the first element of this name.
pub(super) fn find<'a>(document: &'a Document<'_>, name: &str) -> Option<&'a str> {
    let element = document.descendants().find(|node| node.is_element() && node.tag_name().name() == name)?;
    element.text().map(str::trim).filter(|text| !text.is_empty())
}
