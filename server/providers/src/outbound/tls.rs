//! The one TLS configuration: rustls with ring. HTTP and database connections share it.

use std::sync::Arc;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

/// The certificate authorities that are trusted, and the configurations made of them.
#[derive(Clone)]
pub(crate) struct Trust {
    roots: RootCertStore,
    /// The same as certificates, for a client that makes a configuration of its own. Mozilla's list is not in it.
    certificates: Arc<Vec<CertificateDer<'static>>>,
    verified: Arc<ClientConfig>,
}

impl Trust {
    /// What the machine trusts (also through `SSL_CERT_FILE` and `SSL_CERT_DIR`); Mozilla's list where the machine has
    /// no store at all, as in an empty container image.
    pub fn of_this_machine() -> Self {
        let mut roots = RootCertStore::empty();
        let mut certificates = rustls_native_certs::load_native_certs().certs;
        certificates.retain(|certificate| roots.add(certificate.clone()).is_ok());
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        Self::of(roots, certificates)
    }

    /// This and the authorities of a PEM text.
    pub fn and(&self, pem: &str) -> Result<Self, String> {
        let mut roots = self.roots.clone();
        let mut certificates = self.certificates.to_vec();
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|_| "The PEM text is damaged.".to_owned())?;
            let added = roots.add(certificate.clone());
            added.map_err(|_| "The PEM text holds something that is not a certificate.".to_owned())?;
            certificates.push(certificate);
        }
        if roots.len() == before {
            return Err("The PEM text holds no certificate.".to_owned());
        }
        Ok(Self::of(roots, certificates))
    }

    /// Certificates are checked against the host's name.
    pub fn verified(&self) -> Arc<ClientConfig> {
        self.verified.clone()
    }

    /// Encrypted, but with whoever answers. Only for a database where a person chose exactly this.
    pub fn unverified() -> Arc<ClientConfig> {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("ring has every suite of TLS 1.2 and 1.3")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
            .with_no_client_auth();
        Arc::new(config)
    }

    /// The authorities that were added one by one, and whether Mozilla's list is trusted beside them.
    pub fn certificates(&self) -> (&[CertificateDer<'static>], bool) {
        (&self.certificates, self.roots.len() > self.certificates.len())
    }

    fn of(roots: RootCertStore, certificates: Vec<CertificateDer<'static>>) -> Self {
        let verified = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has every suite of TLS 1.2 and 1.3")
            .with_root_certificates(roots.clone())
            .with_no_client_auth();
        Self { roots, certificates: Arc::new(certificates), verified: Arc::new(verified) }
    }
}

/// Why a handshake failed, as part of a sentence.
pub(crate) fn cause(error: &Error) -> String {
    let words = match error {
        Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet"
            }
            CertificateError::UnknownIssuer => "its certificate is not signed by an authority that this machine trusts",
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "its certificate is for another name"
            }
            CertificateError::Revoked => "its certificate was revoked",
            _ => "its certificate is not valid",
        },
        Error::InvalidMessage(_) | Error::InappropriateMessage { .. } => "it does not speak TLS on this port",
        Error::PeerIncompatible(_) => "it accepts no version of TLS that is still safe",
        Error::AlertReceived(_) => "it ended the handshake",
        _ => "the handshake failed",
    };
    words.to_owned()
}

/// Takes any certificate, but still wants proof that the other side holds its key.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
