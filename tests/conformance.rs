//! The whole suite as tests of the reference implementation, a test a scenario; a vendor's file looks the same.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use conform::accounts::{Provision, ProvisionError, ProvisionedAccount, TotpSource};
use conform::harness::{TestServer, test_main};
use conform::reference::{self, Hashing, Running, Settings};
use conform::target::{BaseUrl, Target};

fn main() -> ExitCode {
    test_main(|| async {
        let settings = Settings {
            hashing: Hashing::Cheap,
            ..Settings::default()
        };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let running = Arc::new(reference::start(address, settings).await?);
        let base_url = BaseUrl::parse(running.base_url())?;
        Ok::<_, Box<dyn std::error::Error>>(TestServer {
            target: Target::new(base_url),
            totp_source: TotpSource::Embedded(Arc::new(FromReference(Arc::clone(&running)))),
            keep: Box::new(running),
        })
    })
}

struct FromReference(Arc<Running>);

impl Provision for FromReference {
    fn provision(
        &self,
    ) -> std::pin::Pin<
        Box<dyn Future<Output = Result<ProvisionedAccount, ProvisionError>> + Send + '_>,
    > {
        Box::pin(async {
            let account = self.0.provision_account("example.com").await;
            let account = account.map_err(|error| ProvisionError::Embedded(error.to_string()))?;
            Ok(ProvisionedAccount {
                email: account.email,
                password: account.password,
                totp_secret: account.totp_secret,
                recovery_codes: account.recovery_codes,
            })
        })
    }
}
