//! How long what a provider gave is good, and when to renew it.

use domain::Timestamp;
use domain::catalogue::Manifest;
use domain::grants::refresh_at;
use domain::sign_in::Auth;
use domain::time::{DAY, MINUTE, SECOND};
use providers::connect::oauth::Tokens;

/// Installation tokens of GitHub live an hour and are handed out for less, in seconds.
const GITHUB_LIFE: i64 = 50 * 60;

/// How long tokens are good.
pub(super) struct Life {
    /// When the access token ends.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends.
    pub refresh_expires_at: Option<Timestamp>,
    /// When to renew.
    pub refresh_at: Option<Timestamp>,
}

impl Life {
    /// The life of what a provider gave now; `renewable` says whether there is a refresh token, new or old.
    pub fn of(manifest: &Manifest, tokens: &Tokens, now: Timestamp, renewable: bool) -> Self {
        let is_github = matches!(manifest.auth, Auth::GithubApp { .. });
        let known = match &manifest.auth {
            Auth::Oauth2(oauth) => oauth.access_token_seconds,
            _ => None,
        };
        let seconds = tokens.expires_in.or(known).map(|life| if is_github { life.min(GITHUB_LIFE) } else { life });
        let days = match &manifest.auth {
            Auth::Oauth2(oauth) => oauth.refresh_token_days.map(|days| days * DAY),
            _ => None,
        };
        let refresh_life = tokens.refresh_expires_in.map(milliseconds).or(days).filter(|_| renewable);
        let life = seconds.map(milliseconds);
        // A renewal also keeps a refresh token alive that ends when it is not used.
        let idle = refresh_life.map(|life| life / 2);
        let next = match (life, idle) {
            (Some(life), _) => Some(refresh_at(now, life)),
            (None, Some(idle)) => Some(now.plus(idle.max(MINUTE))),
            (None, None) => None,
        };
        Self {
            expires_at: life.map(|life| now.plus(life)),
            refresh_expires_at: refresh_life.map(|life| now.plus(life)),
            refresh_at: next.filter(|_| renewable && !is_github),
        }
    }
}

/// What a provider says in seconds, held to what can be true: nothing less than now, nothing over ten years.
fn milliseconds(seconds: i64) -> i64 {
    seconds.clamp(0, 10 * 366 * DAY / SECOND) * SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_that_cannot_be_true_is_held_to_what_can() {
        let manifest = providers::catalogue::find("linear").unwrap();
        let now = Timestamp(0);
        for (said, meant) in [(i64::MAX, 10 * 366 * DAY), (i64::MIN, 0), (60, MINUTE)] {
            let tokens = Tokens {
                access_token: "a".into(),
                refresh_token: Some("r".into()),
                expires_in: Some(said),
                refresh_expires_in: Some(said),
                scopes: None,
                answer: serde_json::Value::Null,
            };
            let life = Life::of(manifest, &tokens, now, true);
            assert_eq!((life.expires_at, life.refresh_expires_at), (Some(now.plus(meant)), Some(now.plus(meant))));
        }
    }
}
