//! The HTTP client: what a stock Laravel needs to see, what it must not see, and bounds for everything.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Proxy, redirect};

use super::tls::{certificates, identity};
use super::{Answer, Call, ProxyError, SecretKind, Secrets, Target};

/// A longer body is no answer of this API.
const LARGEST_BODY: usize = 4 * 1024 * 1024;
/// Shorter than the keep-alive of any server, so that no call meets a connection that is being closed.
const KEPT_ALIVE: Duration = Duration::from_millis(200);

/// Why a target cannot be called at all.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The target is the production service.
    #[error(
        "{0} is the production service: a run creates accounts and fails logins there. --allow-production if that is what you want"
    )]
    Production(String),
    /// A header cannot be sent.
    #[error("`{0}` is no header: write --header \"Name: value\"")]
    Header(String),
    /// The file of certificates cannot be used.
    #[error("cannot use the certificates in {path}: {reason}")]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The proxy's address cannot be used.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// The certificate that the client shows cannot be used.
    #[error("cannot use the certificate in {certificate} with the key in {key}: {reason}")]
    ClientCertificate {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The client cannot be made.
    #[error("cannot set up TLS: {0}; name the certificates to trust with --cacert FILE")]
    Tls(String),
}

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Nothing listens there.
    #[error("nothing listens at {0}: is the server running, and is the port right?")]
    Refused(String),
    /// The name is unknown.
    #[error("the host of {0} is unknown: is the name right?")]
    UnknownHost(String),
    /// No answer within the time for one call.
    #[error("{0} did not answer within {1:?}: is it the right service? (--timeout allows more)")]
    Timeout(String, Duration),
    /// The encrypted connection cannot be made.
    #[error(
        "no TLS connection with {url}: {reason} (does the server speak TLS at all? --cacert FILE trusts a certificate authority, --insecure any certificate)"
    )]
    Tls {
        /// The address.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// The connection broke, or what came was no HTTP.
    #[error("no usable answer from {url}: {reason}")]
    Broken {
        /// The address.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// The answer is larger than any of this API.
    #[error("the answer of {0} is larger than 4 MiB: it is no answer of this API")]
    TooLarge(String),
}

/// Makes calls to one target.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    timeout: Duration,
    common: Vec<(String, String)>,
}

impl Client {
    /// A client for `target`. Values of its headers become secrets.
    ///
    /// # Errors
    /// A header, a certificate or a proxy that cannot be used.
    pub fn new(target: &Target, secrets: &Secrets) -> Result<Self, TargetError> {
        // Fails only where a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // `Accept` first of all: without it a stock Laravel answers with a redirect to a login page.
        let mut common = vec![
            ("accept".to_owned(), "application/json".to_owned()),
            (
                "user-agent".to_owned(),
                concat!("conform/", env!("CARGO_PKG_VERSION")).to_owned(),
            ),
        ];
        for (name, value) in &target.headers {
            secrets.add_header(value);
            common.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
            common.push((name.to_ascii_lowercase(), value.clone()));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &common {
            // The value may be a secret: the message leaves it out.
            let (name, value) =
                header(name, value).ok_or_else(|| TargetError::Header(format!("{name}: …")))?;
            headers.insert(name, value);
        }
        // No redirects, no cookies, no `Referer`: an answer is judged as it comes, and none of these
        // makes Sanctum take the harness for a browser.
        let mut builder = reqwest::Client::builder()
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .referer(false)
            .timeout(target.timeout)
            .connect_timeout(target.timeout)
            .pool_idle_timeout(KEPT_ALIVE)
            .no_proxy();
        for value in &target.secrets {
            secrets.add(SecretKind::Setting, value);
        }
        if let Some(proxy) = &target.proxy {
            for value in proxy.secrets() {
                secrets.add(SecretKind::Setting, &value);
            }
            let proxy = Proxy::all(proxy.url().clone());
            builder = builder.proxy(proxy.map_err(|_| TargetError::Proxy(ProxyError))?);
        }
        // Read whether they are needed or not: a wrong name is a mistake all the same.
        let authorities = target.ca_file.as_ref().map(certificates).transpose()?;
        let identity = target
            .client_certificate
            .as_ref()
            .map(identity)
            .transpose()?;
        if target.base_url.is_https() || target.proxy.is_some() {
            if let Some(identity) = identity {
                builder = builder.identity(identity);
            }
            builder = builder
                .tls_certs_merge(authorities.unwrap_or_default())
                .tls_danger_accept_invalid_certs(target.insecure);
        } else {
            // Nothing is encrypted: a machine without certificates of its own must not matter.
            builder = builder.tls_certs_only([]);
        }
        let http = builder
            .build()
            .map_err(|error| TargetError::Tls(innermost(&error)))?;
        Ok(Self {
            http,
            timeout: target.timeout,
            common,
        })
    }

    /// The headers that every call has.
    #[must_use]
    pub fn common_headers(&self) -> &[(String, String)] {
        &self.common
    }

    /// Makes a call and reads the whole answer.
    ///
    /// # Errors
    /// There is no answer, and why.
    pub async fn send(&self, call: &Call) -> Result<Answer, TransportError> {
        let broken = |reason: &str| TransportError::Broken {
            url: call.url.clone(),
            reason: reason.to_owned(),
        };
        let method = Method::from_bytes(call.method.as_bytes())
            .map_err(|_| broken("the method cannot be sent"))?;
        let mut headers = HeaderMap::new();
        for (name, value) in &call.headers {
            let (name, value) = header(name, value)
                .ok_or_else(|| broken(&format!("the header `{name}` cannot be sent")))?;
            headers.insert(name, value);
        }
        let mut request = self.http.request(method, &call.url).headers(headers);
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        let sent = Timestamp::now();
        let start = Instant::now();
        let mut response = request
            .send()
            .await
            .map_err(|error| self.explain(&call.url, &error))?;
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.explain(&call.url, &error))?
        {
            if body.len() + chunk.len() > LARGEST_BODY {
                return Err(TransportError::TooLarge(call.url.clone()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            json: serde_json::from_slice(&body).ok(),
            body,
            sent,
            elapsed: start.elapsed(),
        })
    }

    fn explain(&self, url: &str, error: &reqwest::Error) -> TransportError {
        let url = url.to_owned();
        if error.is_timeout() {
            return TransportError::Timeout(url, self.timeout);
        }
        if error.is_dns() {
            return TransportError::UnknownHost(url);
        }
        let io_error = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
        if io_error.is_some_and(|cause| cause.kind() == io::ErrorKind::ConnectionRefused) {
            return TransportError::Refused(url);
        }
        let reason = innermost(error);
        if error.is_connect() && causes(error).any(is_tls) {
            return TransportError::Tls { url, reason };
        }
        TransportError::Broken { url, reason }
    }
}

/// The library wraps a TLS error in I/O errors, whose chain of sources leaves it out.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<rustls::Error>()
        || error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .is_some_and(|inner| is_tls(inner))
}

fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

pub(super) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

pub(super) fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let value = HeaderValue::from_str(value).ok()?;
    Some((name, value))
}
