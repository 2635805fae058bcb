//! AWS: a role in the customer's account, taken on with an external id (STS AssumeRole), and its Lambda functions.

mod client;
mod lambda;
mod layer;
mod sts;

use super::CheckError;
use crate::Provider;
use client::Client;
use domain::Timestamp;
use domain::config::ConfigData;
use domain::integrations::{Account, Facts};
use secrecy::SecretString;
use serde_json::Value;
use std::fmt;

/// The role that customers make, by the template.
pub const ROLE: &str = "PatchbayMonitoring";

/// Where our own keys are tried; every region's STS knows them.
const HOME: &str = "us-east-1";

/// Which role, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRef {
    /// Twelve digits.
    pub account_number: String,
    /// Such as `eu-central-1`.
    pub region: String,
    /// What the role's trust policy asks for.
    pub external_id: String,
}

impl RoleRef {
    /// The role of a form: `account_number`, `region` and `aws_external_id`.
    ///
    /// # Errors
    /// The field that is missing or cannot be part of an address.
    pub fn read(form: &ConfigData) -> Result<Self, CheckError> {
        let text = |field: &str| match form.get(field).and_then(Value::as_str).map(str::trim) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(CheckError::Missing { field: field.to_owned() }),
        };
        let role = Self {
            account_number: text("account_number")?,
            region: text("region")?,
            external_id: text("aws_external_id")?,
        };
        role.check().map(|()| role)
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{ROLE}", self.account_number)
    }

    /// Both become part of an address, and must not change where it leads.
    fn check(&self) -> Result<(), CheckError> {
        let invalid = |field: &str, why: &str| CheckError::Invalid { field: field.to_owned(), why: why.to_owned() };
        if self.account_number.len() != 12 || !self.account_number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(invalid("account_number", "An AWS account number has twelve digits."));
        }
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.region.is_empty() || self.region.len() > 32 || !self.region.bytes().all(plain) {
            return Err(invalid("region", "Choose one of the regions."));
        }
        Ok(())
    }
}

/// Temporary keys of a role.
pub struct Keys {
    /// Names the key.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: SecretString,
    /// Goes with every call.
    pub session_token: SecretString,
    /// When they end.
    pub expires_at: Timestamp,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A Lambda function.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Function {
    /// Its name, unique in its region.
    pub name: String,
    /// Such as `nodejs20.x`.
    pub runtime: String,
    /// Its description; may be empty.
    pub description: String,
    /// ARNs of its layers.
    pub layers: Vec<String>,
}

/// Takes on the role.
///
/// # Errors
/// What AWS said: the role is missing, the external id does not fit, our own keys are refused.
pub async fn assume(provider: &Provider<'_>, role: &RoleRef) -> Result<Keys, CheckError> {
    role.check()?;
    sts::assume(&Client::own(provider, &role.region)?, role).await
}

/// Whose role it is: the account with its region.
///
/// # Errors
/// What AWS said.
pub async fn account(provider: &Provider<'_>, role: &RoleRef, keys: &Keys) -> Result<Account, CheckError> {
    let caller = sts::caller(&Client::of(provider, role, keys)?).await?;
    let facts = [("Region", &role.region), ("Role", &caller.arn)];
    Ok(Account {
        external_id: format!("{}-{}", caller.account, role.region),
        name: format!("{} {}", caller.account, role.region),
        facts: Facts(facts.map(|(label, text)| (label.to_owned(), text.clone())).into()),
        ..Account::default()
    })
}

/// The Node and Python functions of the region, by name, all pages.
///
/// # Errors
/// What AWS said.
pub async fn functions(provider: &Provider<'_>, role: &RoleRef, keys: &Keys) -> Result<Vec<Function>, CheckError> {
    lambda::functions(&Client::of(provider, role, keys)?).await
}

/// Adds the monitoring layer and its environment to a function; what it had stays. Done again, it brings the layer up
/// to date.
///
/// # Errors
/// What AWS said.
pub async fn enable(
    provider: &Provider<'_>,
    role: &RoleRef,
    keys: &Keys,
    function: &str,
    dsn: &str,
) -> Result<(), CheckError> {
    lambda::enable(&Client::of(provider, role, keys)?, function, dsn).await
}

/// Finds out whether AWS takes our own keys. Answers what was seen.
///
/// # Errors
/// What is wrong with the set-up.
pub async fn test(provider: &Provider<'_>) -> Result<String, CheckError> {
    let caller = sts::caller(&Client::own(provider, HOME)?).await?;
    let entered = provider.app.value("account_number").unwrap_or_default().trim();
    if !entered.is_empty() && entered != caller.account {
        let message = format!("these keys belong to the account {}, not {entered}", caller.account);
        return Err(CheckError::AppRefused { provider: provider.manifest.name.clone(), message });
    }
    Ok(format!("{} knows these keys: they belong to {}.", provider.manifest.name, caller.arn))
}
