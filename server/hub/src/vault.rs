//! The keeper of secrets: XChaCha20-Poly1305 in two layers.
//!
//! The master key (a 0600 file beside the database, or the operator's) wraps one data key per organization and one of
//! the instance; the data key seals secrets. A seal binds where the secret belongs (see [`Place`]), the data key and
//! the version, so that a ciphertext moved elsewhere in the database does not open.

use crate::ctx::Ctx;
use crate::errors::{OrInternal, internal};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::Outcome;
use domain::credentials::{Ciphertext, Credential};
use domain::ids::{DataKeyId, InstallationId, OrgId};
use domain::pipelines::PipelineId;
use providers::connect::Secrets;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeMap;
use std::path::Path;
use store::{Conn, Store};
use zeroize::Zeroizing;

/// Bytes of a key.
const KEY: usize = 32;
/// Bytes of a nonce. Random ones of this length do not meet in practice.
const NONCE: usize = 24;
/// The name under which the database holds a value sealed by the master key it belongs to.
const CHECK: &str = "vault.check";

/// Holds the master key. Never printed, never cloned.
pub struct Vault {
    master: Zeroizing<[u8; KEY]>,
}

/// Why the vault cannot be used; the text is for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct VaultError(String);

impl Vault {
    /// Reads the master key from base64 text.
    ///
    /// # Errors
    /// When it is not 32 bytes.
    pub fn from_text(text: &SecretString) -> Result<Self, VaultError> {
        let bytes = Zeroizing::new(STANDARD.decode(text.expose_secret().trim()).unwrap_or_default());
        let master = <[u8; KEY]>::try_from(bytes.as_slice()).map_err(|_| {
            VaultError("The master key must be 32 bytes in base64, as `openssl rand -base64 32` prints.".into())
        })?;
        Ok(Self { master: Zeroizing::new(master) })
    }

    /// Reads the master key from a file. When it is missing, a fresh database gets a new file (mode 0600) with a new
    /// key; a database that was written with a key is refused, for no other key will do.
    ///
    /// # Errors
    /// When the file cannot be read or made, is missing where it must not be, or holds no key.
    pub async fn from_file(path: &Path, store: &Store) -> Result<Self, VaultError> {
        let shown = path.display();
        if !path.exists() && is_marked(store).await.map_err(unreadable)? {
            return Err(VaultError(format!(
                "The master key file {shown} is missing, and this database was written with one. Put it back, or give \
                 the key as master_key."
            )));
        }
        match std::fs::read_to_string(path) {
            Ok(text) => {
                Self::from_text(&SecretString::from(text)).map_err(|error| VaultError(format!("{shown}: {error}")))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut key = Zeroizing::new([0; KEY]);
                rand::fill(&mut key[..]);
                write_new(path, &STANDARD.encode(*key))
                    .map_err(|error| VaultError(format!("The master key file {shown} could not be made: {error}")))?;
                tracing::info!(path = %shown, "Made a new master key. Keep a copy of it apart from the database");
                Ok(Self { master: key })
            }
            Err(error) => Err(VaultError(format!("The master key file {shown} could not be read: {error}"))),
        }
    }

    /// Makes sure that this master key is the one the database was written with; a fresh database takes it as its own.
    ///
    /// # Errors
    /// When it is another key. Nothing is written then.
    pub async fn check(&self, store: &Store) -> Result<(), VaultError> {
        let failed = unreadable;
        let mut conn = store.write().await.map_err(failed)?;
        let sealed = seal(&self.master, b"patchbay", CHECK.as_bytes());
        store::settings::claim(&mut conn, CHECK, &sealed).await.map_err(failed)?;
        let stored = store::settings::get(&mut conn, CHECK).await.map_err(failed)?.unwrap_or_default();
        if open(&self.master, &stored, CHECK.as_bytes()).is_none() {
            return Err(VaultError(
                "The master key is not the one this database was written with. Nothing was changed. Put the right \
                 key back, or start with the database that belongs to this key."
                    .into(),
            ));
        }
        conn.commit().await.map_err(failed)
    }

    /// Seals a secret with the newest data key of whom it belongs to, making the first one if there is none.
    ///
    /// # Errors
    /// When the database refuses or a data key does not open.
    pub async fn seal(
        &self,
        ctx: &Ctx,
        conn: &mut Conn,
        place: Place<'_>,
        secret: &SecretString,
    ) -> Outcome<(DataKeyId, Ciphertext)> {
        let owner = place.owner();
        let stored = match owner {
            Owner::Organization(org) => store::credentials::current_key(conn, org).await,
            Owner::Instance => store::provider_apps::current_key(conn).await,
        };
        let (id, key) = match stored.or_internal()? {
            Some(stored) => (stored.id, self.unwrap(owner, stored.wrapped.as_str())?),
            None => {
                let mut key = Zeroizing::new([0; KEY]);
                ctx.entropy.fill(&mut key[..]);
                let wrapped = parse(seal(&self.master, &key[..], &owner.place()))?;
                let id = match owner {
                    Owner::Organization(org) => store::credentials::insert_key(conn, org, &wrapped, ctx.now()).await,
                    Owner::Instance => store::provider_apps::insert_key(conn, &wrapped, ctx.now()).await,
                };
                (id.or_internal()?, key)
            }
        };
        let sealed = seal(&key, secret.expose_secret().as_bytes(), &place.bytes(id));
        Ok((id, parse(sealed)?))
    }

    /// Opens a sealed secret.
    ///
    /// # Errors
    /// When the seal does not fit its place: the row was moved or changed.
    pub async fn open(
        &self,
        conn: &mut Conn,
        place: Place<'_>,
        key: DataKeyId,
        sealed: &Ciphertext,
    ) -> Outcome<SecretString> {
        let owner = place.owner();
        let stored = match owner {
            Owner::Organization(org) => store::credentials::key_by_id(conn, org, key).await,
            Owner::Instance => store::provider_apps::key_by_id(conn, key).await,
        };
        let broken = || internal(&format_args!("the seal of {place:?} does not open: it was moved or changed"));
        let data_key = self.unwrap(owner, stored.or_internal()?.ok_or_else(broken)?.wrapped.as_str())?;
        let secret = open(&data_key, sealed.as_str(), &place.bytes(key)).ok_or_else(broken)?;
        let text = std::str::from_utf8(&secret).map_err(|_| broken())?;
        Ok(SecretString::from(text.to_owned()))
    }

    /// Opens the sealed secrets of an installation, by field.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub async fn open_installation(
        &self,
        conn: &mut Conn,
        org: OrgId,
        installation: InstallationId,
    ) -> Outcome<Secrets> {
        let mut secrets = BTreeMap::new();
        for credential in store::credentials::of_installation(conn, installation).await.or_internal()? {
            let Credential { field, version, key_id, ciphertext, .. } = credential;
            let place = Place::Installation { org, installation, field: &field, version };
            let secret = self.open(conn, place, key_id, &ciphertext).await?;
            secrets.insert(field, secret);
        }
        Ok(Secrets(secrets))
    }

    fn unwrap(&self, owner: Owner, wrapped: &str) -> Outcome<Zeroizing<[u8; KEY]>> {
        let key = open(&self.master, wrapped, &owner.place());
        let key = key.and_then(|key| <[u8; KEY]>::try_from(key.as_slice()).ok());
        key.map(Zeroizing::new).ok_or_else(|| internal(&format_args!("a data key of {owner:?} does not open")))
    }
}

/// Whose data key seals.
#[derive(Clone, Copy, Debug)]
enum Owner {
    Organization(OrgId),
    Instance,
}

impl Owner {
    /// Where the wrapped data key belongs.
    fn place(self) -> Vec<u8> {
        match self {
            Self::Organization(org) => format!("patchbay/data-key/{org}").into_bytes(),
            Self::Instance => b"patchbay/instance-key".to_vec(),
        }
    }
}

/// Where a secret belongs; what a seal binds beside the data key. The version is in it so that an old ciphertext cannot
/// take the place of a newer one unseen.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// A field of an installation.
    Installation {
        /// Whose.
        org: OrgId,
        /// The installation.
        installation: InstallationId,
        /// The field.
        field: &'a str,
        /// The version.
        version: i64,
    },
    /// What a running pipeline knows.
    Pipeline {
        /// Whose.
        org: OrgId,
        /// The pipeline.
        id: &'a PipelineId,
        /// The version.
        version: i64,
    },
    /// A field of the instance's app at a provider.
    App {
        /// The provider's key.
        provider: &'a str,
        /// The field.
        field: &'a str,
        /// The version.
        version: i64,
    },
}

impl Place<'_> {
    fn owner(self) -> Owner {
        match self {
            Self::Installation { org, .. } | Self::Pipeline { org, .. } => Owner::Organization(org),
            Self::App { .. } => Owner::Instance,
        }
    }

    fn bytes(self, key: DataKeyId) -> Vec<u8> {
        match self {
            Self::Installation { org, installation, field, version } => {
                format!("patchbay/secret/{org}/{installation}/{key}/{version}/{field}")
            }
            Self::Pipeline { org, id, version } => format!("patchbay/pipeline/{org}/{id}/{key}/{version}"),
            Self::App { provider, field, version } => format!("patchbay/app/{provider}/{key}/{version}/{field}"),
        }
        .into_bytes()
    }
}

fn parse(sealed: String) -> Outcome<Ciphertext> {
    Ciphertext::parse(&sealed).or_internal()
}

fn seal(key: &[u8; KEY], plain: &[u8], place: &[u8]) -> String {
    let mut nonce = [0; NONCE];
    rand::fill(&mut nonce);
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: place })
        .expect("a secret is far shorter than the cipher's limit");
    STANDARD.encode([&nonce[..], &sealed].concat())
}

fn open(key: &[u8; KEY], sealed: &str, place: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = STANDARD.decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let nonce = <[u8; NONCE]>::try_from(nonce).ok()?;
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: place }).ok().map(Zeroizing::new)
}

/// Whether the database was written with a master key.
async fn is_marked(store: &Store) -> Result<bool, store::Error> {
    let mut conn = store.read().await?;
    Ok(store::settings::get(&mut conn, CHECK).await?.is_some())
}

fn unreadable(error: store::Error) -> VaultError {
    VaultError(format!("The database could not be read: {error}"))
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_only_with_its_key_at_its_place() {
        let key = [7; KEY];
        let sealed = seal(&key, b"secret", b"place");
        assert_eq!(open(&key, &sealed, b"place").as_deref().map(Vec::as_slice), Some(&b"secret"[..]));
        assert!(open(&key, &sealed, b"elsewhere").is_none());
        assert!(open(&[8; KEY], &sealed, b"place").is_none());
        assert!(open(&key, "", b"place").is_none());
        let mut changed = STANDARD.decode(&sealed).unwrap();
        *changed.last_mut().unwrap() ^= 1;
        assert!(open(&key, &STANDARD.encode(changed), b"place").is_none());
    }
}
