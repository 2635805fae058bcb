//! How a provider signs in, as its manifest says it: the ways, their parameters, and the calls that name the account.

use crate::config::ConfigField;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a provider signs in, with the parameters of that way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Auth {
    /// OAuth 2 authorization code (RFC 6749), with PKCE (RFC 7636) where the provider has it.
    Oauth2(Box<Oauth2>),
    /// A GitHub App installation.
    GithubApp {
        /// Where the app is installed; `{slug}` is the app's slug.
        install_url: String,
        /// Where a person signs in, so that only an installation they can see is connected.
        authorize_url: String,
        /// Where the code of that sign-in is exchanged.
        token_url: String,
        /// The address of the API.
        api_url: String,
    },
    /// A key or token that a person pastes.
    ApiKey {
        /// The default base URL; a `base_url` field of the form or the operator may
        /// override it.
        base_url: String,
        /// Header the key travels in.
        header: String,
        /// Text before the key in the header, such as `Bearer `.
        #[serde(default)]
        prefix: String,
        /// The install form.
        fields: Vec<ConfigField>,
    },
    /// A database connection.
    Database {
        /// postgres or mysql.
        engine: String,
        /// The install form.
        fields: Vec<ConfigField>,
    },
    /// A role that Patchbay assumes in the customer's AWS account.
    AwsRole {
        /// The install form.
        fields: Vec<ConfigField>,
    },
    /// Configured per project, by its `config` fields.
    Plugin,
    /// Installed by accepting; signs with a secret of its own.
    App {
        /// Where the browser goes after accepting, if anywhere.
        #[serde(default)]
        redirect_url: Option<String>,
        /// Whether the vendor must confirm the installation.
        verify_install: bool,
    },
    /// Nothing to install: a link to the tool's own documentation.
    Document {
        /// Where.
        url: String,
    },
}

/// The parameters of an OAuth 2 provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oauth2 {
    /// Authorization endpoint.
    pub authorize_url: String,
    /// Token endpoint.
    pub token_url: String,
    /// Where a grant is refreshed, where that is not the token endpoint.
    #[serde(default)]
    pub refresh_url: Option<String>,
    /// Revocation endpoint (RFC 7009 or the provider's own).
    #[serde(default)]
    pub revoke_url: Option<String>,
    /// How a token is shown to the revocation endpoint.
    #[serde(default)]
    pub revoke_by: RevokeBy,
    /// Whether PKCE S256 is sent; false only where the provider refuses it.
    pub pkce: bool,
    /// The issuer that answers must name (RFC 9207), where the provider sends one.
    #[serde(default)]
    pub issuer: Option<String>,
    /// What separates scopes in the request: a space, or a comma at a few providers.
    #[serde(default = "space")]
    pub scope_separator: String,
    /// Further fixed parameters of the authorization request.
    #[serde(default)]
    pub authorize_params: BTreeMap<String, String>,
    /// How Patchbay names itself at the token endpoint.
    #[serde(default)]
    pub client_auth: ClientAuth,
    /// How the token request is written.
    #[serde(default)]
    pub body: TokenBody,
    /// Where the token answer holds what is needed.
    #[serde(default)]
    pub answer: TokenAnswer,
    /// The text before the token in the `Authorization` header.
    #[serde(default = "bearer")]
    pub prefix: String,
    /// Life of an access token in seconds, where the answer does not say it and it is known.
    #[serde(default)]
    pub access_token_seconds: Option<i64>,
    /// Life of a refresh token in days since it was given, where it is known ahead.
    #[serde(default)]
    pub refresh_token_days: Option<i64>,
    /// A form that comes before the sign-in. `base_url` in it is the address of a self-hosted provider; `client_id` and
    /// `client_secret` name the app there, and win over the instance's.
    #[serde(default)]
    pub fields: Vec<ConfigField>,
    /// What to do over there before that form is filled in, a sentence each; `{callback_url}` is replaced.
    #[serde(default)]
    pub guide: Vec<String>,
}

text_enum! {
    /// How a client authenticates at the token endpoint (RFC 6749, section 2.3.1).
    #[derive(Default)]
    pub enum ClientAuth {
        /// `client_id` and `client_secret` in the body.
        #[default]
        Body = "body",
        /// HTTP Basic.
        Basic = "basic",
    }
}

text_enum! {
    /// How a token request is written.
    #[derive(Default)]
    pub enum TokenBody {
        /// `application/x-www-form-urlencoded`, as RFC 6749 asks.
        #[default]
        Form = "form",
        /// JSON, as a few providers want it.
        Json = "json",
    }
}

text_enum! {
    /// How a token is shown to the revocation endpoint.
    #[derive(Default)]
    pub enum RevokeBy {
        /// `token` in the body, the client named as at the token endpoint (RFC 7009).
        #[default]
        Token = "token",
        /// The access token itself as the bearer of the request.
        Bearer = "bearer",
    }
}

/// Where a token answer holds what is needed: JSON pointers (RFC 6901). The defaults are those of RFC 6749.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenAnswer {
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
    /// Seconds until the access token ends.
    pub expires_in: String,
    /// The granted scopes, separated by spaces or commas, or a list.
    pub scope: String,
    /// What must be true in a good answer, where the status does not tell good from bad.
    pub ok: Option<String>,
    /// The error word of a bad answer.
    pub error: String,
}

impl Default for TokenAnswer {
    fn default() -> Self {
        let pointer = |name: &str| format!("/{name}");
        Self {
            access_token: pointer("access_token"),
            refresh_token: pointer("refresh_token"),
            expires_in: pointer("expires_in"),
            scope: pointer("scope"),
            ok: None,
            error: pointer("error"),
        }
    }
}

/// A call of a provider's API. In its URL `{external_id}`, `{domain}`, `{profile_id}` and `{installation_id}` are
/// replaced where they are known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// GET or POST.
    pub method: String,
    /// Path below the base URL, or an absolute URL.
    pub url: String,
    /// JSON body of a POST.
    #[serde(default)]
    pub body: Option<String>,
    /// What must be true in a good answer, where the status does not tell good from bad: a JSON pointer (RFC 6901).
    #[serde(default)]
    pub ok: Option<String>,
}

/// Where an answer names the outside account: JSON pointers (RFC 6901) into the answer of a call, or, without a call,
/// into the token answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// The call.
    #[serde(default)]
    pub call: Option<Call>,
    /// Pointer to a list of accounts, of which the person chooses one; the other pointers start at its items.
    #[serde(default)]
    pub list: Option<String>,
    /// Pointer to the account's id.
    pub id: String,
    /// Pointer to the account's name.
    pub name: String,
    /// Pointer to the account's picture.
    #[serde(default)]
    pub icon: Option<String>,
    /// Pointer to where the account lives.
    #[serde(default)]
    pub domain: Option<String>,
    /// What makes an address of what is found there, at `{}`: `dev.azure.com/{}`.
    #[serde(default)]
    pub domain_template: Option<String>,
    /// Pointer to the account's kind.
    #[serde(default)]
    pub account_type: Option<String>,
    /// What to tell somebody whose list is empty.
    #[serde(default)]
    pub none: Option<String>,
}

fn space() -> String {
    " ".to_owned()
}

fn bearer() -> String {
    "Bearer ".to_owned()
}

impl Auth {
    /// The form that installs it, where installing is one form.
    pub fn form(&self) -> Option<&[ConfigField]> {
        match self {
            Self::ApiKey { fields, .. } | Self::Database { fields, .. } => Some(fields),
            _ => None,
        }
    }

    /// Every form field that a person may fill in while installing it.
    pub fn fields(&self) -> &[ConfigField] {
        match self {
            Self::ApiKey { fields, .. } | Self::Database { fields, .. } | Self::AwsRole { fields } => fields,
            Self::Oauth2(oauth) => &oauth.fields,
            _ => &[],
        }
    }

    /// For people: how one signs in.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Oauth2(_) => "Sign in at the provider (OAuth 2)",
            Self::GithubApp { .. } => "App installation",
            Self::ApiKey { .. } => "API key",
            Self::Database { .. } => "Database connection",
            Self::AwsRole { .. } => "AWS role",
            Self::Plugin => "Settings per project",
            Self::App { .. } => "App",
            Self::Document { .. } => "Set up in the tool itself",
        }
    }
}
