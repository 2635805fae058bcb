//! The catalogue: what a provider's folder says about it. Data only; the folders live in the `providers` crate.

use crate::config::ConfigField;
use crate::integrations::{Aspects, FeatureText, IntegrationProvider, ProviderMetadata, ProviderRef};
use crate::sign_in::{Auth, Call, Probe};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

text_enum! {
    /// The four kinds of directory entry.
    pub enum Kind {
        /// Built into Patchbay.
        FirstParty = "first_party",
        /// Configured per project.
        Plugin = "plugin",
        /// A third party's app, published by the instance administrator.
        App = "sentry_app",
        /// Documentation only: the tool integrates from its own side.
        Document = "document",
    }
}

impl Kind {
    /// The path segment of this kind's detail pages, below `/settings/{org}/`.
    pub const fn path(self) -> &'static str {
        match self {
            Self::FirstParty => "integrations",
            Self::Plugin => "plugins",
            Self::App => "sentry-apps",
            Self::Document => "document-integrations",
        }
    }
}

text_enum! {
    /// What an entry is good for; one or two per entry.
    pub enum Category {
        /// Alerts and notifications.
        Alerts = "alerts",
        /// Chat.
        Chat = "chat",
        /// Continuous integration.
        Ci = "ci",
        /// Databases.
        Database = "database",
        /// Deployment and hosting.
        Deployment = "deployment",
        /// Design tools.
        Design = "design",
        /// Documents and knowledge.
        Documents = "documents",
        /// Incidents and on-call.
        Incidents = "incidents",
        /// Issue tracking.
        IssueTracking = "issue-tracking",
        /// Monitoring and dashboards.
        Monitoring = "monitoring",
        /// Serverless functions.
        Serverless = "serverless",
        /// Source code.
        SourceCode = "source-code",
    }
}

impl Category {
    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Alerts => "Alerts",
            Self::Chat => "Chat",
            Self::Ci => "CI",
            Self::Database => "Database",
            Self::Deployment => "Deployment",
            Self::Design => "Design",
            Self::Documents => "Documents",
            Self::Incidents => "Incidents",
            Self::IssueTracking => "Issue tracking",
            Self::Monitoring => "Monitoring",
            Self::Serverless => "Serverless",
            Self::SourceCode => "Source code",
        }
    }
}

/// A provider's manifest: `catalogue/<key>/manifest.toml`, with `about.md` beside it as `about`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Stable key, Sentry's where one exists.
    pub key: String,
    /// The type on the Codegen wire, where Codegen names one; else the key is used.
    #[serde(default)]
    pub codegen_type: Option<String>,
    /// For people.
    pub name: String,
    /// One line for the directory, without a full stop.
    pub tagline: String,
    /// What kind of entry it is.
    pub kind: Kind,
    /// One or two.
    pub categories: Vec<Category>,
    /// Higher is listed first among those not installed.
    pub popularity: u32,
    /// What one installation is called.
    pub noun: String,
    /// Who made the integration.
    pub author: String,
    /// Documentation of the provider's side.
    pub documentation_url: String,
    /// Where Patchbay's part can be read.
    pub source_url: String,
    /// Where problems are reported.
    pub issue_url: String,
    /// Brand colour as `#rrggbb`, the ground of the monogram tile.
    pub color: String,
    /// One or two letters for the tile, where the icon set lacks the brand.
    pub monogram: String,
    /// Whether the organization may connect several accounts.
    pub multiple: bool,
    /// Whether its way of signing in is built; until then the install button says that it is not.
    #[serde(default)]
    pub installable: bool,
    /// See [`ProviderRef::can_disable`].
    #[serde(default)]
    pub can_disable: bool,
    /// What this provider was proven against, in a sentence; honest about what was not.
    pub proven_against: String,
    /// How it signs in.
    pub auth: Auth,
    /// Fixed headers of every call to its API, such as a version.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What it can do.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// Permissions asked for, in plain words.
    #[serde(default)]
    pub scopes: Vec<ScopeText>,
    /// Presentation hints.
    #[serde(default)]
    pub aspects: Aspects,
    /// Who signed in, where the identity probe needs to know: its id is `{profile_id}` there.
    #[serde(default)]
    pub profile: Option<Probe>,
    /// How the outside account is named.
    #[serde(default)]
    pub identity: Option<Probe>,
    /// How a connection is checked; the identity probe when left out.
    #[serde(default)]
    pub health: Option<Call>,
    /// The settings form.
    #[serde(default)]
    pub config: Vec<ConfigField>,
    /// How the provider signs its webhooks.
    #[serde(default)]
    pub webhook: Option<Webhook>,
    /// Further links on the detail page.
    #[serde(default)]
    pub resources: Vec<Resource>,
    /// The text of `about.md`.
    #[serde(default)]
    pub about: String,
}

/// One feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// The feature word, such as `issue-sync`.
    pub key: String,
    /// One line of Markdown.
    pub text: String,
}

/// One permission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeText {
    /// The provider's word.
    pub name: String,
    /// What it allows, in plain words.
    pub text: String,
}

/// How the provider signs its webhooks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// hmac-sha256, hmac-sha1, ed25519 or shared-secret.
    pub scheme: String,
    /// The header that carries the signature.
    pub header: String,
}

/// A link on the detail page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// For people.
    pub title: String,
    /// Where.
    pub url: String,
}

impl Manifest {
    /// The type on the Codegen wire.
    pub fn codegen_type(&self) -> &str {
        self.codegen_type.as_deref().unwrap_or(&self.key)
    }

    /// Feature words, sorted.
    pub fn feature_keys(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.features.iter().map(|feature| feature.key.clone()).collect();
        keys.sort();
        keys
    }

    /// As other wire objects name it.
    pub fn to_ref(&self) -> ProviderRef {
        ProviderRef {
            key: self.key.clone(),
            slug: self.key.clone(),
            name: self.name.clone(),
            can_add: self.installable,
            can_disable: self.can_disable,
            features: self.feature_keys(),
            aspects: self.aspects.clone(),
        }
    }

    /// As `config/integrations/` lists it; `can_add` falls when only one is allowed and it is there.
    pub fn to_provider(&self, installed: bool) -> IntegrationProvider {
        IntegrationProvider {
            key: self.key.clone(),
            slug: self.key.clone(),
            name: self.name.clone(),
            metadata: ProviderMetadata {
                description: self.about.clone(),
                features: self
                    .features
                    .iter()
                    .map(|feature| FeatureText {
                        description: feature.text.clone(),
                        feature_gate: format!("integrations-{}", feature.key),
                    })
                    .collect(),
                author: self.author.clone(),
                noun: self.noun.clone(),
                issue_url: self.issue_url.clone(),
                source_url: self.source_url.clone(),
                aspects: self.aspects.clone(),
            },
            can_add: self.installable && (self.multiple || !installed),
            can_disable: self.can_disable,
            features: self.feature_keys(),
        }
    }
}
