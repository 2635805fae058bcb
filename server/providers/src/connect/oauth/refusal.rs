//! The error words of token endpoints: those of RFC 6749, and how vendors spell them.

/// What an error word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The code or the grant is no longer good.
    Ended,
    /// The token that was shown has run out.
    Expired,
    /// The app is not known, or its secret is wrong.
    Client,
    /// The app is known and has not registered our callback address.
    Redirect,
    /// Another time perhaps.
    Busy,
}

/// Recognizes a word, however it is written: `Invalid code` is `invalid_code`.
pub(super) fn refusal(word: &str) -> Option<Refusal> {
    Some(match plain(word).trim_matches('_') {
        "invalid_grant"
        | "invalid_code"
        | "bad_verification_code"
        | "code_already_used"
        | "code_expired"
        | "invalid_refresh_token"
        | "bad_refresh_token"
        | "refresh_token_expired"
        | "refresh_token_revoked"
        | "token_revoked"
        | "account_inactive"
        | "invalid_token"
        | "invalid_auth"
        | "not_authed"
        | "revoked" => Refusal::Ended,
        "token_expired" | "expired_token" | "expired" => Refusal::Expired,
        "invalid_client"
        | "unauthorized_client"
        | "invalid_client_id"
        | "bad_client_secret"
        | "bad_client_id"
        | "invalid_client_secret"
        | "incorrect_client_credentials"
        | "client_not_found" => Refusal::Client,
        "redirect_uri_mismatch" | "bad_redirect_uri" | "invalid_redirect_uri" => Refusal::Redirect,
        "ratelimited"
        | "rate_limited"
        | "slow_down"
        | "temporarily_unavailable"
        | "server_error"
        | "internal_error"
        | "service_unavailable" => Refusal::Busy,
        _ => return None,
    })
}

/// Whether the words say that it is the refresh token which is no longer good.
pub(super) fn names_refresh_token(words: &str) -> bool {
    const SAID: [&str; 7] = [
        "invalid_refresh_token",
        "refresh_token_is_invalid",
        "refresh_token_is_expired",
        "refresh_token_has_expired",
        "refresh_token_expired",
        "refresh_token_revoked",
        "refresh_token_has_been_revoked",
    ];
    let plain = plain(words);
    SAID.iter().any(|said| plain.contains(said))
}

fn plain(words: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    words.trim().chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_spell_the_same_refusal_in_their_own_ways() {
        for word in
            ["invalid_grant", "Invalid code", "bad_verification_code", "invalid_refresh_token", " token-revoked "]
        {
            assert_eq!(refusal(word), Some(Refusal::Ended), "{word}");
        }
        assert_eq!(refusal("token_expired"), Some(Refusal::Expired));
        assert_eq!(refusal("incorrect_client_credentials"), Some(Refusal::Client));
        assert_eq!(refusal("redirect_uri_mismatch"), Some(Refusal::Redirect));
        assert_eq!(refusal("temporarily_unavailable"), Some(Refusal::Busy));
        for word in ["", "invalid_request", "invalid_scope", "true", "grant"] {
            assert_eq!(refusal(word), None, "{word}");
        }
    }

    #[test]
    fn words_may_name_the_refresh_token_where_the_error_does_not() {
        assert!(names_refresh_token("unauthorized_client: refresh_token is invalid"));
        assert!(names_refresh_token("Unknown or invalid refresh token."));
        assert!(!names_refresh_token("invalid_request: refresh_token is missing"));
        assert!(!names_refresh_token("unauthorized_client: not allowed to use refresh tokens"));
    }
}
