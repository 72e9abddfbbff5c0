//! A signed envelope: DSSE 1.0 (<https://github.com/secure-systems-lab/dsse>).

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use super::keys::{KeyPair, PublicKey};

/// A payload and who signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    keyid: String,
    sig: String,
}

/// Why an envelope proves nothing. What it holds is not repeated: anybody may have written it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// It is something else.
    #[error("it is no signed envelope (line {line}, column {column})")]
    Malformed {
        /// The line at which that shows.
        line: usize,
        /// The column.
        column: usize,
    },
    /// Not byte for byte what signing wrote.
    #[error("it is not as it was written: something has been changed around what is signed")]
    Rewritten,
    /// It holds something else than was asked for.
    #[error("it holds something else than the statement of a bundle")]
    OtherPayload,
    /// Another key signed it, or more than one.
    #[error(
        "it is not signed by {0}, or not by that key alone: is --key the public key of this vendor?"
    )]
    OtherKey(String),
    /// The signature is not that of the payload.
    #[error("the signature is not that of its content")]
    Forged,
}

/// What is signed: the pre-authentication encoding of type and payload.
fn encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let (type_length, length) = (payload_type.len(), payload.len());
    let head = format!("DSSEv1 {type_length} {payload_type} {length} ");
    [head.as_bytes(), payload].concat()
}

impl Envelope {
    /// Signs a payload.
    #[must_use]
    pub fn sign(payload_type: &str, payload: &[u8], key: &KeyPair) -> Self {
        let signature = key.sign(&encoding(payload_type, payload));
        Self {
            payload: BASE64.encode(payload),
            payload_type: payload_type.to_owned(),
            signatures: vec![Signature {
                keyid: key.public().id(),
                sig: BASE64.encode(&signature),
            }],
        }
    }

    /// Reads an envelope that this program wrote.
    ///
    /// # Errors
    /// It is none, or not byte for byte as it was written.
    pub fn parse(text: &[u8]) -> Result<Self, EnvelopeError> {
        let malformed = |error: serde_json::Error| EnvelopeError::Malformed {
            line: error.line(),
            column: error.column(),
        };
        let envelope: Self = serde_json::from_slice(text).map_err(malformed)?;
        let written = serde_json::to_string_pretty(&envelope).map_err(malformed)?;
        if text != (written + "\n").as_bytes() {
            return Err(EnvelopeError::Rewritten);
        }
        Ok(envelope)
    }

    /// The payload, once it is certain that the owner of `key` signed it.
    ///
    /// # Errors
    /// It is of another type, or not signed by that key.
    pub fn open(&self, payload_type: &str, key: &PublicKey) -> Result<Vec<u8>, EnvelopeError> {
        if self.payload_type != payload_type {
            return Err(EnvelopeError::OtherPayload);
        }
        let sig = match self.signatures.as_slice() {
            [Signature { keyid, sig }] if *keyid == key.id() => sig,
            _ => return Err(EnvelopeError::OtherKey(key.id())),
        };
        let bytes = |text: &str| BASE64.decode(text.as_bytes());
        let (Ok(payload), Ok(signature)) = (bytes(&self.payload), bytes(sig)) else {
            return Err(EnvelopeError::Forged);
        };
        if key.has_signed(&encoding(payload_type, &payload), &signature) {
            Ok(payload)
        } else {
            Err(EnvelopeError::Forged)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::encoding;

    #[test]
    fn the_encoding_is_that_of_the_specification() {
        let encoded = encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(
            encoded,
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }
}
