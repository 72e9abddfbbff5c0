//! Ed25519 keys in PEM files: PKCS#8 for the private one, SPKI for the public one.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use data_encoding::{BASE64, HEXLOWER};
use ring::rand::{SystemRandom, generate};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};
use sha2::{Digest, Sha256};

use crate::bounded::{self, KIB};

/// What a block of PEM begins with.
const BEGIN: &[u8] = b"-----BEGIN";
/// No key comes near this.
const LARGEST: u64 = 64 * KIB;
/// What stands before the 32 bytes of a private key (RFC 8410, section 7) and of a public one (section 4).
const PKCS8_HEAD: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
const SPKI_HEAD: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("cannot read the key {path}: {cause} (`conform keygen` makes a pair of keys)")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file holds no private key that can sign.
    #[error(
        "{0} holds no private Ed25519 key (PEM, PKCS#8): `conform keygen` makes a pair of keys"
    )]
    NotPrivate(PathBuf),
    /// The file holds no public key.
    #[error(
        "{0} holds no public Ed25519 key (PEM, SPKI): name the .pub.pem that `conform keygen` wrote beside the private key"
    )]
    NotPublic(PathBuf),
    /// The file holds more than a key.
    #[error(
        "{path} holds {count} keys or other blocks of PEM: name a file that holds one key and nothing else"
    )]
    Several {
        /// The file.
        path: PathBuf,
        /// How many blocks.
        count: usize,
    },
    /// A file cannot be written.
    #[error(
        "cannot write the key {path}: {cause} (a key that exists is never overwritten; `conform keygen NAME` takes another name)"
    )]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: no key can be made")]
    NoChance,
}

/// A private key, with the public one.
pub struct KeyPair(Ed25519KeyPair);

impl fmt::Debug for KeyPair {
    /// Without its secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyPair").field(&self.public()).finish()
    }
}

impl KeyPair {
    /// Reads the private key in a PEM file.
    ///
    /// # Errors
    /// The file cannot be read, or holds no such key.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = read(path)?;
        let der = PrivatePkcs8KeyDer::from_pem_slice(&text).ok();
        // Without the public key beside it, which `openssl genpkey` leaves out.
        let pair = der.and_then(|der| {
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der()).ok()
        });
        pair.map(Self)
            .ok_or_else(|| KeyError::NotPrivate(path.to_owned()))
    }

    /// Makes a pair of keys, `NAME.pem` that only its owner may read, and `NAME.pub.pem`; returns the two paths.
    ///
    /// # Errors
    /// A file exists already, or cannot be written; then neither is left behind.
    pub fn generate(name: &Path) -> Result<[PathBuf; 2], KeyError> {
        let seed: [u8; 32] = generate(&SystemRandom::new())
            .map_err(|_| KeyError::NoChance)?
            .expose();
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| KeyError::NoChance)?;
        let [private, public] = ["pem", "pub.pem"].map(|ending| {
            let mut path = name.as_os_str().to_owned();
            path.push(".");
            path.push(ending);
            PathBuf::from(path)
        });
        let shown = pem(
            "PUBLIC KEY",
            &[SPKI_HEAD, pair.public_key().as_ref()].concat(),
        );
        write_new(&public, &shown, 0o644)?;
        let secret = pem("PRIVATE KEY", &[PKCS8_HEAD, &seed].concat());
        if let Err(error) = write_new(&private, &secret, 0o600) {
            // A public key without its private one is of no use.
            let _ = fs::remove_file(&public);
            return Err(error);
        }
        Ok([private, public])
    }

    /// The signature of a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.public_key().as_ref().to_vec())
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    /// Reads the public key in a PEM file.
    ///
    /// # Errors
    /// The file cannot be read, or holds no such key.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = read(path)?;
        let der = SubjectPublicKeyInfoDer::from_pem_slice(&text).ok();
        let key = der.and_then(|der| der.strip_prefix(SPKI_HEAD).map(<[u8]>::to_vec));
        key.filter(|key| key.len() == 32)
            .map(Self)
            .ok_or_else(|| KeyError::NotPublic(path.to_owned()))
    }

    /// What names it: the SHA-256 of its SPKI form, in hexadecimal.
    #[must_use]
    pub fn id(&self) -> String {
        HEXLOWER.encode(&Sha256::digest([SPKI_HEAD, &self.0].concat()))
    }

    /// Whether `signature` is that of `message` by this key.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, &self.0);
        key.verify(message, signature).is_ok()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, KeyError> {
    let text = bounded::read(path, LARGEST).map_err(|cause| KeyError::Unreadable {
        path: path.to_owned(),
        cause,
    })?;
    // Of several keys nobody could say which one counts: another program may take the last.
    match text.windows(BEGIN.len()).filter(|at| *at == BEGIN).count() {
        0 | 1 => Ok(text),
        count => Err(KeyError::Several {
            path: path.to_owned(),
            count,
        }),
    }
}

/// Both forms of key fit in one line of PEM.
fn pem(label: &str, der: &[u8]) -> String {
    let base64 = BASE64.encode(der);
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
}

fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), KeyError> {
    let written = create_new(path, mode).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|cause| KeyError::Unwritable {
        path: path.to_owned(),
        cause,
    })
}

fn create_new(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}
