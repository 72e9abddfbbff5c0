//! A signed bundle that says what a product was found to be, and the check of one.

mod badge;
mod bundle;
mod certificate;
mod contents;
mod digest;
mod envelope;
mod files;
mod keys;
mod objection;
mod product;
mod statement;
mod verdicts;
mod verify;
mod wrong;

pub use bundle::{Bundle, BundleError, Written};
pub use certificate::{Certificate, RunNote};
pub use contents::{FIRST_RUN, REPEAT};
pub use digest::{Digest, DigestError};
pub use envelope::{Envelope, EnvelopeError};
pub use keys::{KeyError, KeyPair, PublicKey};
pub use objection::{Objection, objections};
pub use product::{Product, ProductError};
pub use statement::{PAYLOAD_TYPE, Statement};
pub use verdicts::Doubt;
pub use verify::{Verification, assert_genuine, verify};
pub use wrong::{VerifyError, Wrong};
