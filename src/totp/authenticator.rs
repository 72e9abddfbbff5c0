//! What an authenticator is set up with: a secret, and how codes are made from it.

use std::str::FromStr;

use reqwest::Url;
use totp_rs::{Algorithm, Builder};

use super::{PERIOD_SECONDS, Secret, SecretError};

const DIGITS: u8 = 6;
/// What authenticators show, and servers ask for.
const POSSIBLE_DIGITS: std::ops::RangeInclusive<u8> = 6..=8;
/// A shorter step is over before its code has arrived; a longer one is waited for by no run.
const POSSIBLE_PERIODS: std::ops::RangeInclusive<u64> = 10..=600;

/// A secret, and how codes are made from it. Its `Debug` form does not show the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticator {
    secret: Secret,
    algorithm: Algorithm,
    digits: u8,
    period: u64,
}

/// Why a text sets up no [`Authenticator`]; never with the text itself, which is a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticatorError {
    /// The secret is none.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The URI cannot be read.
    #[error("it is no otpauth:// URI: write otpauth://totp/NAME?secret=BASE32")]
    Malformed,
    /// The URI is for codes that are counted.
    #[error("the otpauth:// URI is not one of codes by time: it begins with otpauth://totp/")]
    NotByTime,
    /// The URI has no secret.
    #[error("the otpauth:// URI has no `secret`: add secret=BASE32")]
    NoSecret,
    /// The algorithm is none of the three.
    #[error("the `algorithm` of the otpauth:// URI is none of SHA1, SHA256 and SHA512")]
    Algorithm,
    /// Codes have another number of digits.
    #[error("the `digits` of the otpauth:// URI are none of 6, 7 and 8")]
    Digits,
    /// Steps have another length.
    #[error(
        "the `period` of the otpauth:// URI is no number of seconds from {} to {}",
        POSSIBLE_PERIODS.start(),
        POSSIBLE_PERIODS.end()
    )]
    Period,
}

impl From<Secret> for Authenticator {
    /// With the parameters that authenticator apps take for granted.
    fn from(secret: Secret) -> Self {
        Self {
            secret,
            algorithm: Algorithm::default(),
            digits: DIGITS,
            period: PERIOD_SECONDS,
        }
    }
}

impl FromStr for Authenticator {
    type Err = AuthenticatorError;

    /// Reads a secret in Base32, as [`Secret::from_base32`] does, or an `otpauth://totp/` URI.
    fn from_str(text: &str) -> Result<Self, AuthenticatorError> {
        let text = text.trim();
        let is_uri = text
            .get(.."otpauth:".len())
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("otpauth:"));
        if is_uri {
            let uri = Url::parse(text).map_err(|_| AuthenticatorError::Malformed)?;
            Self::of_uri(&uri)
        } else {
            Ok(Secret::from_base32(text)?.into())
        }
    }
}

impl Authenticator {
    fn of_uri(uri: &Url) -> Result<Self, AuthenticatorError> {
        if !uri
            .host_str()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("totp"))
        {
            return Err(AuthenticatorError::NotByTime);
        }
        let parameter = |wanted: &str| {
            let mut pairs = uri.query_pairs();
            let found = pairs.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.into_owned())
        };
        let secret = parameter("secret").ok_or(AuthenticatorError::NoSecret)?;
        let mut read = Self::from(Secret::from_base32(&secret)?);
        if let Some(name) = parameter("algorithm") {
            read.algorithm = algorithm(&name).ok_or(AuthenticatorError::Algorithm)?;
        }
        if let Some(digits) = parameter("digits") {
            let digits = digits.parse().ok();
            let digits = digits.filter(|digits| POSSIBLE_DIGITS.contains(digits));
            read.digits = digits.ok_or(AuthenticatorError::Digits)?;
        }
        if let Some(period) = parameter("period") {
            let period = period.parse().ok();
            let period = period.filter(|period| POSSIBLE_PERIODS.contains(period));
            read.period = period.ok_or(AuthenticatorError::Period)?;
        }
        Ok(read)
    }

    /// The secret behind the codes.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Length of one step in seconds.
    pub(crate) fn period_seconds(&self) -> u64 {
        self.period
    }

    /// The step that a moment, in seconds since 1970-01-01T00:00:00Z, lies in. Moments before that are in step 0.
    #[must_use]
    pub fn step_at(&self, unix_seconds: i64) -> u64 {
        u64::try_from(unix_seconds).unwrap_or(0) / self.period
    }

    /// The code for one step.
    #[must_use]
    pub fn code(&self, step: u64) -> String {
        Builder::new()
            .with_algorithm(self.algorithm)
            .with_digits(self.digits)
            .with_step_duration(self.period)
            .with_secret(self.secret.as_bytes())
            // A vendor's secret may be shorter than the RFC asks for.
            .build_noncompliant()
            .generate(step.saturating_mul(self.period))
            .to_string()
    }
}

fn algorithm(name: &str) -> Option<Algorithm> {
    let name = name.to_ascii_uppercase();
    match name.strip_prefix("HMAC").unwrap_or(&name) {
        "SHA1" | "SHA-1" => Some(Algorithm::SHA1),
        "SHA256" | "SHA-256" => Some(Algorithm::SHA256),
        "SHA512" | "SHA-512" => Some(Algorithm::SHA512),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secrets of RFC 6238, appendix B: the digits from 1 on, as many as the hash is long.
    fn rfc(algorithm: &str, bytes: usize) -> Authenticator {
        let secret: Vec<u8> = b"1234567890".iter().copied().cycle().take(bytes).collect();
        let secret = Secret::from_bytes(secret).unwrap().to_base32();
        let uri = format!("otpauth://totp/x?secret={secret}&algorithm={algorithm}&digits=8");
        uri.parse().unwrap()
    }

    /// RFC 6238, appendix B.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let by = [rfc("SHA1", 20), rfc("SHA256", 32), rfc("SHA512", 64)];
        for (time, codes) in [
            (59, ["94287082", "46119246", "90693936"]),
            (1_111_111_109, ["07081804", "68084774", "25091201"]),
            (1_111_111_111, ["14050471", "67062674", "99943326"]),
            (1_234_567_890, ["89005924", "91819424", "93441116"]),
            (2_000_000_000, ["69279037", "90698825", "38618901"]),
            (20_000_000_000, ["65353130", "77737706", "47863826"]),
        ] {
            for (authenticator, expected) in by.iter().zip(codes) {
                let step = authenticator.step_at(time);
                assert_eq!(
                    authenticator.code(step),
                    expected,
                    "{authenticator:?} at {time}"
                );
            }
            // Six digits are the last six of the eight that the appendix prints.
            let plain = Authenticator::from(by[0].secret().clone());
            assert_eq!(plain.code(plain.step_at(time)), codes[0][2..], "at {time}");
        }
    }

    #[test]
    fn a_uri_is_read_as_authenticators_write_it() {
        let uri = "otpauth://totp/Pionne:jane%40mail.example?secret=gezd%20gnbv+gy3t%3D%3D&issuer=Pionne\
                   &algorithm=sha256&digits=7&period=60";
        let read: Authenticator = uri.parse().unwrap();
        assert_eq!(read.secret(), &Secret::from_base32("GEZDGNBVGY3T").unwrap());
        assert_eq!(read.algorithm, Algorithm::SHA256);
        assert_eq!(read.code(1).len(), 7);
        assert_eq!(
            [59, 60, 119, 120].map(|time| read.step_at(time)),
            [0, 1, 1, 2]
        );
        // What it leaves out is what is taken for granted, as it is for a bare secret.
        let short: Authenticator = " OTPAUTH://totp/x?secret=GEZDGNBVGY3T ".parse().unwrap();
        assert_eq!(short, "gezd gnbv gy3t==".parse().unwrap());
        assert_eq!((short.period_seconds(), short.digits), (30, 6));
    }

    #[test]
    fn what_sets_up_nothing_is_told_without_repeating_it() {
        use AuthenticatorError as Error;
        let with = |rest: &str| format!("otpauth://totp/x?secret=GEZDGNBVGY3T&{rest}");
        for (text, expected) in [
            ("hunter2!".to_owned(), Error::Secret(SecretError::NotBase32)),
            ("otpauth:".to_owned(), Error::NotByTime),
            ("otpauth://[/x".to_owned(), Error::Malformed),
            (
                "otpauth://hotp/x?secret=GEZDGNBV".to_owned(),
                Error::NotByTime,
            ),
            ("otpauth://totp/x?issuer=y".to_owned(), Error::NoSecret),
            (
                "otpauth://totp/x?secret=hunter1".to_owned(),
                Error::Secret(SecretError::NotBase32),
            ),
            (with("algorithm=MD5"), Error::Algorithm),
            (with("digits=5"), Error::Digits),
            (with("digits=9"), Error::Digits),
            (with("period=0"), Error::Period),
            (with("period=601"), Error::Period),
            (with("period=soon"), Error::Period),
        ] {
            let error = text.parse::<Authenticator>().unwrap_err();
            assert_eq!(error, expected, "{text}");
            assert!(!error.to_string().contains("hunter"));
        }
    }
}
