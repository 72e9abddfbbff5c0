//! The base URL: checked once, then joined to paths as it stands.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// An absolute `http` or `https` address that paths are joined to; it may carry a path prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
    /// What is shown in its place, where it holds secrets.
    shown: Option<String>,
}

/// Why a base URL cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// There is nothing.
    #[error(
        "the base URL is empty: name the server, such as http://127.0.0.1:8000 (is a variable of the CI unset?)"
    )]
    Empty,
    /// It does not start with `http://` or `https://`.
    #[error("`{0}` is no base URL: start it with http:// or https://")]
    Scheme(String),
    /// It cannot be read.
    #[error("`{url}` is no base URL: {reason}")]
    Malformed {
        /// What was written.
        url: String,
        /// What the parser says.
        reason: String,
    },
    /// It carries a query or a fragment.
    #[error("the base URL `{0}` carries a query or a fragment: leave out what follows `?` or `#`")]
    Query(String),
    /// It carries a user name or a password.
    #[error(
        "the base URL carries a user name or a password, which would take the place of the bearer token: leave them out"
    )]
    Credentials,
}

impl BaseUrl {
    /// Checks a base URL.
    ///
    /// # Errors
    /// What is wrong with it and how to write it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let lower = text.to_ascii_lowercase();
        if !(lower.starts_with("http://") || lower.starts_with("https://")) {
            return Err(AddressError::Scheme(shown(text)));
        }
        let url = Url::parse(text).map_err(|error| AddressError::Malformed {
            url: shown(text),
            reason: error.to_string(),
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Query(shown(text)));
        }
        Ok(Self { url, shown: None })
    }

    /// A host, or a whole address, of which only the host matters.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn of_host(text: &str) -> Result<Self, AddressError> {
        if text.contains("://") {
            Self::parse(text)
        } else {
            Self::parse(&format!("https://{}", text.trim()))
        }
    }

    /// The host that it names.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The address of `path` (which starts with `/`) behind this base.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.url.as_str().trim_end_matches('/'))
    }

    /// The same, shown as this text.
    #[must_use]
    pub(super) fn shown_as(self, text: &str) -> Self {
        let shown = Some(text.trim_end_matches('/').to_owned());
        Self { shown, ..self }
    }

    /// The host, as it may be shown.
    #[must_use]
    pub fn shown_host(&self) -> &str {
        self.shown.as_deref().unwrap_or(self.host())
    }

    /// Whether the connection is encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether it names the same host as `other`, in whatever way.
    pub(crate) fn same_host(&self, other: &Self) -> bool {
        let host = |url: &Url| {
            let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
            host.trim_end_matches('.').to_owned()
        };
        host(&self.url) == host(&other.url)
    }

    /// Whether it names this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || address
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    /// The start of a path such as `/api/auth/login` that it ends in, so that both together have it twice.
    pub(crate) fn doubled<'p>(&self, path: &'p str) -> Option<&'p str> {
        let base = self.url.path().trim_end_matches('/');
        let starts = path.match_indices('/').skip(1).map(|(at, _)| &path[..at]);
        let starts = starts.chain([path]);
        starts.filter(|start| base.ends_with(start)).last()
    }
}

/// A domain for e-mails that are made up.
///
/// # Errors
/// It is no domain.
pub fn email_domain(domain: &str) -> Result<String, DomainError> {
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if domain.contains('.') && domain.split('.').all(label) {
        Ok(domain.to_owned())
    } else {
        Err(DomainError(domain.to_owned()))
    }
}

/// Why no e-mails can be made up below a domain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no domain; write one such as example.com")]
pub struct DomainError(String);

/// An address without what may be secret in it: credentials and the values of a query.
fn shown(text: &str) -> String {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let cut = if end < text.len() { "…" } else { "" };
    let (before, after) = text.split_at(end);
    let mark = after.get(..1).unwrap_or_default();
    match before.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}{mark}{cut}"),
        None => format!("{before}{mark}{cut}"),
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = || self.url.as_str().trim_end_matches('/');
        f.write_str(self.shown.as_deref().unwrap_or_else(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_join_to_the_base_as_it_stands() {
        let join = |base: &str| BaseUrl::parse(base).unwrap().join("/a/b");
        assert_eq!(join("http://h:81"), "http://h:81/a/b");
        assert_eq!(join("https://h/x/"), "https://h/x/a/b");
        assert_eq!(join("HTTP://[::1]:8000"), "http://[::1]:8000/a/b");
    }

    #[test]
    fn a_base_that_doubles_a_segment_is_noticed() {
        let doubled = |base: &str| BaseUrl::parse(base).unwrap().doubled("/api/auth/me");
        assert_eq!(doubled("http://h/api"), Some("/api"));
        assert_eq!(doubled("http://h/v1/api/"), Some("/api"));
        assert_eq!(doubled("http://h/v1/api/auth"), Some("/api/auth"));
        for base in ["http://h", "http://h/apis", "http://api", "http://h/auth"] {
            assert_eq!(doubled(base), None, "{base}");
        }
    }

    #[test]
    fn what_is_no_base_is_refused() {
        let error = |text: &str| BaseUrl::parse(text).unwrap_err();
        assert_eq!(error("  "), AddressError::Empty);
        assert_eq!(
            error("localhost:8000"),
            AddressError::Scheme("localhost:8000".into())
        );
        assert!(matches!(error("http://"), AddressError::Malformed { .. }));
        assert!(matches!(
            error("http://h:99999"),
            AddressError::Malformed { .. }
        ));
        assert!(matches!(error("http://h/?a=1"), AddressError::Query(_)));
        assert!(matches!(error("http://h/#a"), AddressError::Query(_)));
        assert_eq!(error("http://u:p@h"), AddressError::Credentials);
        for secret in [
            "https://u:hush@h:99999",
            "u:hush@h",
            "https://h/?token=hush",
            "http://h#hush",
        ] {
            assert!(!error(secret).to_string().contains("hush"), "{secret}");
        }
    }

    #[test]
    fn loopback_and_same_host() {
        let url = |text: &str| BaseUrl::parse(text).unwrap();
        assert!(url("http://127.0.0.2:1").is_loopback());
        assert!(url("http://[::1]:1").is_loopback());
        assert!(url("http://localhost").is_loopback());
        assert!(!url("http://10.0.0.1").is_loopback());
        assert!(url("http://API.pionne.app.:80/x").same_host(&url("https://api.pionne.app")));
        assert!(!url("http://api.pionne.app.evil").same_host(&url("https://api.pionne.app")));
    }
}
