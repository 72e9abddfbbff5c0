//! The proxy's address, and the secrets in it.

use percent_encoding::percent_decode_str;
use reqwest::Url;

/// A proxy to go through.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyAddress {
    url: Url,
}

/// The address is none; it is not repeated, because it may carry a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the address of the proxy cannot be used: write one such as http://proxy.example:3128")]
pub struct ProxyError;

impl ProxyAddress {
    /// Reads an address with `http://` or `https://`.
    ///
    /// # Errors
    /// It is no such address.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let url = Url::parse(text).map_err(|_| ProxyError)?;
        if matches!(url.scheme(), "http" | "https") {
            Ok(Self { url })
        } else {
            Err(ProxyError)
        }
    }

    /// The whole address, with its secrets.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// User name and password, as they are and as the address writes them.
    pub(super) fn credentials(&self) -> [(String, String); 2] {
        let written = (self.url.username(), self.url.password().unwrap_or_default());
        let plain = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        [
            (plain(written.0), plain(written.1)),
            (written.0.to_owned(), written.1.to_owned()),
        ]
    }
}

impl std::fmt::Debug for ProxyAddress {
    /// Without its secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        f.debug_tuple("ProxyAddress").field(&host).finish()
    }
}
