//! Bodies, read to their end or to the bound.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;
use tokio::sync::Semaphore;

use super::TransportError;

/// A longer body is no answer of this API: it may repeat a name of 1 MiB, and say a little more.
const LARGEST: usize = 1280 * 1024;
/// The bodies of all calls under way may be as long as this at the same time.
const SMALL: usize = 128 * 1024;

/// Reads many small bodies at once, but large ones one after another, which bounds the memory of all.
#[derive(Debug, Clone)]
pub(super) struct BodyReader {
    large: Arc<Semaphore>,
}

impl Default for BodyReader {
    fn default() -> Self {
        Self {
            large: Arc::new(Semaphore::new(1)),
        }
    }
}

impl BodyReader {
    /// The whole body of a response.
    pub(super) async fn read(
        &self,
        response: &mut Response,
        url: &str,
        timeout: Duration,
    ) -> Result<Vec<u8>, TransportError> {
        let declared = response.content_length().unwrap_or(0);
        if declared > LARGEST as u64 {
            return Err(too_large(url));
        }
        let mut body = Vec::new();
        let mut turn = None;
        loop {
            let chunk = response.chunk().await;
            let chunk = chunk.map_err(|error| TransportError::of(&error, url, timeout))?;
            let Some(chunk) = chunk else { break };
            let length = body.len() + chunk.len();
            if length > LARGEST {
                return Err(too_large(url));
            }
            if length > SMALL && turn.is_none() {
                // Nobody waits for ever: whoever has the turn has no more time than the timeout.
                turn = Some(self.large.acquire().await);
                body.reserve_exact(LARGEST - body.len());
            }
            body.extend_from_slice(&chunk);
        }
        match coding(response) {
            Some(coding) if !body.is_empty() => Err(TransportError::Encoded {
                url: url.to_owned(),
                coding,
            }),
            _ => Ok(body),
        }
    }
}

fn too_large(url: &str) -> TransportError {
    TransportError::TooLarge {
        url: url.to_owned(),
        what: format!("more than {} KiB", LARGEST / 1024),
    }
}

/// The coding that the body says to be in, besides none at all.
fn coding(response: &Response) -> Option<String> {
    let value = response.headers().get(CONTENT_ENCODING)?;
    let coding = String::from_utf8_lossy(value.as_bytes()).trim().to_owned();
    (!coding.is_empty() && !coding.eq_ignore_ascii_case("identity")).then_some(coding)
}
