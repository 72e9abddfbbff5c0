//! Certificates of every kind, made for the test that needs them.

use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// An authority that the program is told to trust.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap());
        Self(issuer.unwrap())
    }

    /// Writes its certificate, for `--cacert`.
    pub fn write(&self, path: &Path) {
        std::fs::write(path, self.0.pem()).unwrap();
    }

    pub fn certify(&self, identity: Identity) -> Tls {
        let key = KeyPair::generate().unwrap();
        let signed = identity.params().signed_by(&key, &self.0).unwrap();
        Tls::new(signed.der().clone(), &key)
    }
}

/// Who a certificate is for.
#[derive(Clone, Copy)]
pub enum Identity {
    Good,
    Expired,
    OfAnotherHost,
}

impl Identity {
    fn params(self) -> CertificateParams {
        let host = match self {
            Self::OfAnotherHost => "other.example",
            Self::Good | Self::Expired => "127.0.0.1",
        };
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        if matches!(self, Self::Expired) {
            params.not_before = date_time_ymd(2001, 1, 1);
            params.not_after = date_time_ymd(2002, 1, 1);
        }
        params
    }
}

/// The server's side of TLS.
#[derive(Clone)]
pub struct Tls(Arc<ServerConfig>);

impl Tls {
    fn new(certificate: CertificateDer<'static>, key: &KeyPair) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key);
        Self(Arc::new(config.unwrap()))
    }

    pub fn self_signed() -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = Identity::Good.params().self_signed(&key).unwrap();
        Self::new(certificate.der().clone(), &key)
    }

    /// The same, where HTTP/2 is agreed upon.
    pub fn speaking_http2(&self) -> Self {
        let mut config = ServerConfig::clone(&self.0);
        config.alpn_protocols = vec![b"h2".to_vec()];
        Self(Arc::new(config))
    }

    pub fn accept(&self, stream: TcpStream) -> StreamOwned<ServerConnection, TcpStream> {
        let connection = ServerConnection::new(Arc::clone(&self.0)).unwrap();
        StreamOwned::new(connection, stream)
    }
}
