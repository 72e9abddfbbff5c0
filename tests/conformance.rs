//! The whole suite as tests of the reference implementation, a test a scenario; a vendor's file looks the same.

use std::error::Error;
use std::process::ExitCode;

use conform::embedded;
use conform::harness::{DEFAULT_EMAIL_DOMAIN, TestServer, test_main};
use conform::http::{BaseUrl, Target};

fn main() -> ExitCode {
    test_main(|| async {
        let running = embedded::start().await?;
        Ok::<_, Box<dyn Error>>(TestServer {
            target: Target::new(BaseUrl::parse(running.base_url())?),
            totp_source: embedded::totp_source(&running, DEFAULT_EMAIL_DOMAIN),
            keep: Box::new(running),
        })
    })
}
