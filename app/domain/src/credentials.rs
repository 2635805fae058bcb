//! Stored secrets, as far as anything but the vault may know them.

use crate::ids::{CredentialId, DataKeyId, InstallationId};
use crate::time::Timestamp;

text_newtype! {
    /// What the vault wrote: base64 of nonce and XChaCha20-Poly1305 ciphertext. Useless without the key.
    pub struct Ciphertext
}

impl Ciphertext {
    /// Takes base64 as it is; the vault decides when it opens it.
    ///
    /// # Errors
    /// When it is empty.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err("empty ciphertext".to_owned()) } else { Ok(Self(text.to_owned())) }
    }
}

/// A stored secret of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The id; `token_id` on the Codegen wire.
    pub id: CredentialId,
    /// Whose.
    pub installation_id: InstallationId,
    /// Which field of the install form or the settings.
    pub field: String,
    /// The data key it is sealed with.
    pub key_id: DataKeyId,
    /// The sealed secret.
    pub ciphertext: Ciphertext,
    /// Grows with every write; part of what the seal binds.
    pub version: i64,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// A wrapped data key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataKey {
    /// The id, part of what each seal binds.
    pub id: DataKeyId,
    /// The key, wrapped by the master key.
    pub wrapped: Ciphertext,
}

/// Which secret of an installation was stored first: the connection's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstCredential {
    /// Whose.
    pub installation_id: InstallationId,
    /// Which.
    pub credential: CredentialId,
}
