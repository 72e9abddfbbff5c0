//! The HTTP client: what a stock Laravel needs to see, what it must not see, and bounds for everything.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use reqwest::{ClientBuilder, Method, Proxy, redirect};

use super::body_reader::BodyReader;
use super::json::{self, Json, Unreadable};
use super::tls::{certificates, identity};
use super::transport_error::{died_unanswered, innermost};
use super::url_cache::UrlCache;
use super::{Answer, Call, ProxyError, SecretKind, Secrets, Target, TargetError, TransportError};

/// How much of an HTTP/2 answer a server may send before it is read.
const UNREAD: u32 = 64 * 1024;
/// Shorter than the keep-alive of any server, so that no call meets a connection that is being closed.
const KEPT_ALIVE: Duration = Duration::from_millis(200);

/// Makes calls to one target.
#[derive(Clone)]
pub struct Client {
    /// Connections are kept for the next calls. Such a one may end as it is used, so these are calls that can be made
    /// again.
    keeping: reqwest::Client,
    /// Every call has a connection of its own.
    fresh: reqwest::Client,
    reader: BodyReader,
    addresses: UrlCache,
    timeout: Duration,
    common: Vec<(String, String)>,
}

// Without its headers and its proxy.
opaque_debug!(Client: timeout);

impl Client {
    /// A client for `target`. Values of its headers become secrets.
    ///
    /// # Errors
    /// A header, a certificate or a proxy that cannot be used.
    pub fn new(target: &Target, secrets: &Secrets) -> Result<Self, TargetError> {
        // Fails only where a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let common = common_headers(target, secrets);
        let mut headers = HeaderMap::new();
        for (name, value) in &common {
            // The value may be a secret: the message leaves it out.
            let (name, value) =
                header(name, value).ok_or_else(|| TargetError::Header(format!("{name}: …")))?;
            headers.insert(name, value);
        }
        for value in &target.secrets {
            secrets.add(SecretKind::Setting, value);
        }
        if let Some(proxy) = &target.proxy {
            for (user, password) in proxy.credentials() {
                secrets.add_credentials(SecretKind::Setting, &user, &password);
            }
        }
        let builder = || -> Result<ClientBuilder, TargetError> {
            let builder = reqwest::Client::builder().default_headers(headers.clone());
            trusting(bounded(builder, target.timeout), target)
        };
        let client = |builder: ClientBuilder| {
            let built = builder.build();
            built.map_err(|error| TargetError::Tls(innermost(&error)))
        };
        Ok(Self {
            keeping: client(builder()?.pool_idle_timeout(KEPT_ALIVE))?,
            fresh: client(builder()?.pool_max_idle_per_host(0))?,
            reader: BodyReader::default(),
            addresses: UrlCache::default(),
            timeout: target.timeout,
            common,
        })
    }

    /// The headers that every call has.
    pub(crate) fn common_headers(&self) -> &[(String, String)] {
        &self.common
    }

    /// Makes a call and reads the whole answer.
    ///
    /// A call that changes nothing is made a second time, over a connection of its own, where the first one
    /// died before an answer began. No other is: nobody knows whether it was heeded; so any other has a connection of
    /// its own at once.
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
        let url = self.addresses.read(&call.url);
        let url = url.map_err(|reason| broken(&reason))?;
        let request = |http: &reqwest::Client| {
            let mut headers = HeaderMap::with_capacity(call.headers.len());
            for (name, value) in &call.headers {
                let (name, value) = header(name, value)
                    .ok_or_else(|| broken(&format!("the header `{name}` cannot be sent")))?;
                headers.insert(name, value);
            }
            let request = http.request(method.clone(), url.clone());
            let request = request.headers(headers);
            Ok(match &call.body {
                Some(body) => request.body(body.clone()),
                // Some gateways refuse a POST that does not say how long it is (RFC 9110 section 8.6).
                None if method == Method::POST => request.header(CONTENT_LENGTH, 0),
                None => request,
            })
        };
        let (mut sent, mut start) = (Timestamp::now(), Instant::now());
        let http = if method.is_safe() {
            &self.keeping
        } else {
            &self.fresh
        };
        let mut begun = request(http)?.send().await;
        if method.is_safe() && begun.as_ref().is_err_and(died_unanswered) {
            (sent, start) = (Timestamp::now(), Instant::now());
            let again = request(&self.fresh)?.send().await;
            // A server that the first call has ended listens no more: the end tells more than that.
            if !again.as_ref().is_err_and(reqwest::Error::is_connect) {
                begun = again;
            }
        }
        let mut response =
            begun.map_err(|error| TransportError::of(&error, &call.url, self.timeout))?;
        let body = self
            .reader
            .read(&mut response, &call.url, self.timeout)
            .await?;
        let (json, shadowed) = match json::parse(&body) {
            Ok(Json { value, shadowed }) => (Some(value), shadowed),
            Err(Unreadable::NotJson(_)) => (None, Vec::new()),
            Err(Unreadable::OutOfBounds(what)) => {
                let url = call.url.clone();
                return Err(TransportError::TooLarge { url, what });
            }
        };
        Ok(Answer {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            json,
            shadowed,
            body,
            sent,
            elapsed: start.elapsed(),
        })
    }
}

/// `Accept` first of all: without it a stock Laravel answers with a redirect to a login page. No coding is asked
/// for: whatever is unpacked may be far larger than what was sent.
fn common_headers(target: &Target, secrets: &Secrets) -> Vec<(String, String)> {
    let own = [
        ("accept", "application/json"),
        ("accept-encoding", "identity"),
        ("user-agent", concat!("conform/", env!("CARGO_PKG_VERSION"))),
    ];
    let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut common = own.to_vec();
    for (name, value) in &target.headers {
        secrets.add_header(value);
        common.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        common.push((name.to_ascii_lowercase(), value.clone()));
    }
    common
}

/// No redirects, no cookies, no `Referer`: an answer is judged as it comes, and none of these makes Sanctum take
/// the harness for a browser.
fn bounded(builder: ClientBuilder, timeout: Duration) -> ClientBuilder {
    builder
        .redirect(redirect::Policy::none())
        .referer(false)
        .timeout(timeout)
        .connect_timeout(timeout)
        .http2_initial_stream_window_size(UNREAD)
        .http2_initial_connection_window_size(UNREAD)
        .no_proxy()
}

/// A client that goes through the proxy of `target`, trusts whom it trusts and shows its certificate.
fn trusting(mut builder: ClientBuilder, target: &Target) -> Result<ClientBuilder, TargetError> {
    if let Some(proxy) = &target.proxy {
        let proxy = Proxy::all(proxy.url().clone());
        builder = builder.proxy(proxy.map_err(|_| TargetError::Proxy(ProxyError))?);
    }
    // Read whether they are needed or not: a wrong name is a mistake all the same.
    let authorities = target.ca_file.as_deref().map(certificates).transpose()?;
    let identity = target
        .client_certificate
        .as_ref()
        .map(identity)
        .transpose()?;
    if !target.base_url.is_https() && target.proxy.is_none() {
        // Nothing is encrypted: a machine without certificates of its own must not matter.
        return Ok(builder.tls_certs_only([]));
    }
    if let Some(identity) = identity {
        builder = builder.identity(identity);
    }
    Ok(builder
        .tls_certs_merge(authorities.unwrap_or_default())
        .tls_danger_accept_invalid_certs(target.insecure))
}

/// A header; letters beyond ASCII are sent in ISO 8859-1, which is no UTF-8.
pub(super) fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let bytes: Result<Vec<u8>, _> = value.chars().map(u8::try_from).collect();
    let value = HeaderValue::from_bytes(&bytes.ok()?).ok()?;
    Some((name, value))
}
