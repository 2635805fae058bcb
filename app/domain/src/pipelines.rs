//! Installing step by step: what the page shows, driven by the server.

use crate::config::ConfigField;
use crate::credentials::Ciphertext;
use crate::ids::{DataKeyId, OrgId};
use crate::integrations::IntegrationWithConfig;
use crate::time::{HOUR, MINUTE, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

text_newtype! {
    /// Names one run of an install pipeline: 128 random bits in hexadecimal. Works only for the session that began it.
    pub struct PipelineId
}

impl PipelineId {
    /// Reads an id.
    ///
    /// # Errors
    /// When it is not 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, String> {
        let hex = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if hex { Ok(Self(text.to_owned())) } else { Err("This is not the id of a sign-in.".to_owned()) }
    }
}

/// How long a pipeline lives, in milliseconds.
pub const PIPELINE_LIFE: i64 = HOUR;
/// How long the state of an OAuth request is good, in milliseconds.
pub const STATE_LIFE: i64 = 10 * MINUTE;

/// A row of the store: a running pipeline. What it knows is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// The id.
    pub id: PipelineId,
    /// In which organization.
    pub organization_id: OrgId,
    /// The provider's key.
    pub provider: String,
    /// Whose: a session or a token.
    pub bound_to: String,
    /// The data key it is sealed with.
    pub key_id: DataKeyId,
    /// What it knows.
    pub ciphertext: Ciphertext,
    /// Grows with every step; a step that was taken twice finds another one.
    pub version: i64,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Where a pipeline stands: what to show next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Which pipeline.
    pub pipeline: PipelineId,
    /// The provider's key.
    pub provider: String,
    /// For people.
    pub provider_name: String,
    /// The step's word on the Sentry wire: `oauth_login`, `account_selection`, …
    pub name: String,
    /// Counting from 0.
    pub index: u32,
    /// How many steps there are.
    pub total: u32,
    /// What this step is about, in a few words.
    pub title: String,
    /// What is shown.
    pub body: StepBody,
}

/// What a step shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StepBody {
    /// A form, filled in and sent.
    Form {
        /// What to do before, a sentence each.
        guide: Vec<Guide>,
        /// The fields.
        fields: Vec<ConfigField>,
        /// What was typed before, secrets left out.
        values: BTreeMap<String, String>,
        /// The word on the button.
        label: String,
    },
    /// A sign-in at the provider.
    Authorize {
        /// Where, in this tab.
        url: String,
        /// Where, in a popup: the callback page then closes it instead of going on here.
        popup_url: String,
        /// Asked for, in plain words.
        scopes: Vec<crate::catalogue::ScopeText>,
        /// Why an earlier try in this pipeline failed.
        problem: Option<String>,
    },
    /// The provider's answer is being checked; the page asks again in a moment.
    Waiting,
    /// A choice among what the provider showed.
    Choose {
        /// The field's name: the answer goes under it.
        field: String,
        /// What can be chosen.
        options: Vec<Choice>,
        /// Whether several may be chosen.
        multiple: bool,
        /// What to do when there is nothing to choose, or nothing that fits.
        hint: Option<String>,
        /// Where that is done.
        link: Option<Link>,
        /// The word on the button.
        label: String,
    },
    /// It is connected.
    Complete {
        /// What was installed or connected again.
        integration: Box<IntegrationWithConfig>,
    },
    /// It cannot go on; a new pipeline can be started.
    Failed {
        /// What happened and what to do.
        message: String,
    },
}

/// One thing to do over there before a form is filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guide {
    /// What to do.
    pub text: String,
    /// A value to copy.
    pub copy: Option<String>,
    /// Where to do it.
    pub link: Option<Link>,
}

/// A link out of Patchbay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// For people.
    pub title: String,
    /// Where.
    pub url: String,
}

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// For people.
    pub name: String,
    /// What tells it from others of the same name.
    pub detail: Option<String>,
    /// A picture.
    pub icon: Option<String>,
    /// Why it cannot be chosen.
    pub disabled: Option<String>,
}

/// What is known before a pipeline begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preflight {
    /// Why it cannot begin, and who can change that.
    pub problem: Option<String>,
    /// Whether the viewer can change it, on the page of provider credentials.
    pub can_fix: bool,
    /// The address the provider must know.
    pub callback_url: Option<String>,
    /// What the person must be over there.
    pub needs: Vec<String>,
}
