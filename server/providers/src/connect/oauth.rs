//! OAuth 2 (RFC 6749) by manifest: authorization request with PKCE (RFC 7636), code exchange, refresh, revocation
//! (RFC 7009).

mod answer;
mod refusal;
mod request;

use super::call::{Caller, Credential, bad_address};
use super::place::locate;
use super::{CheckError, Secrets, not_built};
use crate::Provider;
use answer::Purpose;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::grants::{ACCESS_TOKEN, REFRESH_TOKEN};
use domain::sign_in::{Auth, ClientAuth, Oauth2, RevokeBy, TokenAnswer, TokenBody};
use request::{Client, bearer};
use reqwest::header::AUTHORIZATION;
use ring::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use url::Url;

/// What a provider gave. Shows nothing of it.
pub struct Tokens {
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token, where there is one; a provider that rotates them gives a new one with each refresh.
    pub refresh_token: Option<SecretString>,
    /// Life of the access token, in seconds.
    pub expires_in: Option<i64>,
    /// Life of the refresh token, in seconds, where the answer or the manifest says it.
    pub refresh_expires_in: Option<i64>,
    /// What was granted, where the answer says it.
    pub scopes: Option<Vec<String>>,
    /// The whole answer, for identity probes that read it. Holds the tokens: never stored or logged as it is.
    pub answer: Value,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("expires_in", &self.expires_in)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// Where to send the person. `verifier` is the PKCE verifier (RFC 7636); only its challenge is in the address.
///
/// # Errors
/// When the app's client id is missing or an address is none.
pub fn authorize_url(
    provider: &Provider<'_>,
    redirect_uri: &Url,
    state: &str,
    verifier: &SecretString,
) -> Result<Url, CheckError> {
    let oauth = parameters(provider)?;
    let client = Client::of(provider, &oauth)?;
    let mut url = address(provider, &oauth.authorize_url)?;
    let scopes: Vec<_> = match provider.manifest.auth {
        Auth::Oauth2(_) => provider.manifest.scopes.iter().map(|scope| scope.name.as_str()).collect(),
        // Its permissions belong to the app and not to the sign-in.
        _ => Vec::new(),
    };
    let mut query = url.query_pairs_mut();
    query.append_pair("client_id", client.id).append_pair("response_type", "code");
    query.append_pair("redirect_uri", redirect_uri.as_str());
    if !scopes.is_empty() {
        query.append_pair("scope", &scopes.join(&oauth.scope_separator));
    }
    query.append_pair("state", state);
    if oauth.pkce {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.expose_secret().as_bytes()));
        query.append_pair("code_challenge", &challenge).append_pair("code_challenge_method", "S256");
    }
    query.extend_pairs(&oauth.authorize_params);
    drop(query);
    // A space written as + is right for a form, and still misread here and there; a real + is encoded anyway.
    let spaced = url.query().map(|query| query.replace('+', "%20"));
    url.set_query(spaced.as_deref());
    Ok(url)
}

/// Exchanges the code of a callback.
///
/// # Errors
/// What the provider said, or why it could not be asked.
pub async fn exchange(
    provider: &Provider<'_>,
    code: &SecretString,
    redirect_uri: &Url,
    verifier: &SecretString,
) -> Result<Tokens, CheckError> {
    let oauth = parameters(provider)?;
    let client = Client::of(provider, &oauth)?;
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code.expose_secret()),
        ("redirect_uri", redirect_uri.as_str()),
    ];
    if oauth.pkce {
        fields.push(("code_verifier", verifier.expose_secret()));
    }
    let url = address(provider, &oauth.token_url)?;
    let secrets = [code.expose_secret(), verifier.expose_secret()];
    let answer = client.post(url, &fields).await?;
    answer::tokens(&client, &answer, Purpose::Code, &secrets)
}

/// Renews a grant. [`CheckError::GrantEnded`] means that a person has to sign in again; any other error means that
/// the grant may still be good.
///
/// # Errors
/// What the provider said, or why it could not be asked.
pub async fn refresh(provider: &Provider<'_>, refresh_token: &SecretString) -> Result<Tokens, CheckError> {
    let oauth = parameters(provider)?;
    let client = Client::of(provider, &oauth)?;
    let token = refresh_token.expose_secret();
    let url = address(provider, oauth.refresh_url.as_deref().unwrap_or(&oauth.token_url))?;
    let answer = client.post(url, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await?;
    answer::tokens(&client, &answer, Purpose::Refresh, &[token])
}

/// Tells the provider that the tokens are no longer used. A provider without a way to be told is no error, and neither
/// is one that does not know them any more.
///
/// By RFC 7009 the refresh token ends the grant. The access token follows: some vendors take only that one, and at some
/// it would else live on until its end. The grant counts as revoked when one of both was heard.
///
/// # Errors
/// Why it could not be told; worth another try later.
pub async fn revoke(provider: &Provider<'_>, secrets: &Secrets) -> Result<(), CheckError> {
    let oauth = parameters(provider)?;
    let Some(url) = &oauth.revoke_url else { return Ok(()) };
    let url = address(provider, url)?;
    let client = Client::of(provider, &oauth)?;
    let kept = |name| secrets.get(name).map(ExposeSecret::expose_secret).filter(|token| !token.is_empty());
    let (access, refresh) = (kept(ACCESS_TOKEN), kept(REFRESH_TOKEN));
    match oauth.revoke_by {
        RevokeBy::Bearer => {
            let Some(token) = access else { return Ok(()) };
            let answer = client.post_as(url, token).await?;
            answer::revoked(&client, &answer, token, refresh.is_some())
        }
        RevokeBy::Token => {
            let mut heard = Ok(());
            for (index, token) in [refresh, access].into_iter().flatten().enumerate() {
                let answer = client.post(url.clone(), &[("token", token)]).await?;
                // Nothing was judged: the refresh token may live on, whatever becomes of the access token.
                if let Some(outage) = answer::outage(&client, &answer) {
                    return Err(outage);
                }
                let told = answer::revoked(&client, &answer, token, false);
                heard = if index == 0 || heard.is_err() && told.is_ok() { told } else { heard };
            }
            heard
        }
    }
}

/// Finds out whether the provider takes the app's credentials, by exchanging a code that cannot be good: a provider
/// that knows the client refuses the code and not the client. Answers what was seen.
///
/// # Errors
/// What is wrong with the set-up.
pub async fn test(provider: &Provider<'_>, redirect_uri: &Url) -> Result<String, CheckError> {
    let code = SecretString::from("patchbay-asks-whether-the-app-is-known");
    let verifier = SecretString::from("patchbay-asks-whether-the-app-is-known-and-signs-nobody-in");
    let name = &provider.manifest.name;
    match exchange(provider, &code, redirect_uri, &verifier).await {
        Err(CheckError::GrantEnded { .. }) => {
            Ok(format!("{name} knows this app: it took the credentials and refused only the made-up code."))
        }
        Err(error) => Err(error),
        Ok(_) => {
            let cause = "it gave a token for a code that nobody had".to_owned();
            Err(CheckError::Broken { at: name.clone(), cause })
        }
    }
}

/// Who calls with the token of a sign-in.
pub(super) fn caller<'a>(
    provider: &'a Provider<'a>,
    oauth: &Oauth2,
    secrets: &Secrets,
) -> Result<Caller<'a>, CheckError> {
    let name = &provider.manifest.name;
    let token = secrets.get(ACCESS_TOKEN).filter(|token| !token.expose_secret().is_empty()).ok_or_else(|| {
        CheckError::GrantEnded { provider: name.clone(), message: "nothing of it is kept here".to_owned() }
    })?;
    Ok(token_caller(provider, &oauth.prefix, token))
}

/// Who calls with this token.
pub(crate) fn token_caller<'a>(provider: &'a Provider<'a>, prefix: &str, token: &SecretString) -> Caller<'a> {
    Caller {
        provider,
        base: provider.endpoint,
        address_field: None,
        header: (AUTHORIZATION, bearer(prefix, token.expose_secret())),
        credential: Credential::Token,
    }
}

/// How this provider signs people in: as its manifest says, or as every GitHub App does.
fn parameters<'a>(provider: &Provider<'a>) -> Result<Cow<'a, Oauth2>, CheckError> {
    match &provider.manifest.auth {
        Auth::Oauth2(oauth) => Ok(Cow::Borrowed(oauth)),
        Auth::GithubApp { authorize_url, token_url, .. } => Ok(Cow::Owned(Oauth2 {
            authorize_url: authorize_url.clone(),
            token_url: token_url.clone(),
            refresh_url: None,
            revoke_url: None,
            revoke_by: RevokeBy::Token,
            pkce: true,
            issuer: None,
            scope_separator: " ".to_owned(),
            authorize_params: BTreeMap::new(),
            client_auth: ClientAuth::Body,
            body: TokenBody::Form,
            answer: TokenAnswer::default(),
            prefix: "Bearer ".to_owned(),
            access_token_seconds: None,
            refresh_token_days: None,
            fields: Vec::new(),
            guide: Vec::new(),
        })),
        _ => Err(not_built(provider.manifest)),
    }
}

fn address(provider: &Provider<'_>, url: &str) -> Result<Url, CheckError> {
    locate(provider.endpoint, url).ok_or_else(|| bad_address(provider))
}
