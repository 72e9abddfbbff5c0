//! The addresses of a run, each read once: most are called again and again.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use reqwest::Url;

#[derive(Debug, Clone, Default)]
pub(super) struct UrlCache {
    read: Arc<RwLock<HashMap<String, Url>>>,
}

impl UrlCache {
    /// An address that was written out whole; or why it is none.
    pub(super) fn read(&self, written: &str) -> Result<Url, String> {
        let known = self.read.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(url) = known.get(written) {
            return Ok(url.clone());
        }
        drop(known);
        let url = Url::parse(written).map_err(|error| error.to_string())?;
        let mut known = self.read.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(written.to_owned(), url.clone());
        Ok(url)
    }
}
