//! `conform serve`: the reference implementation as a server of its own.

use std::io::Write as _;

use tokio::runtime::Runtime;

use super::arguments::ServeArguments;
use super::{CliError, Ended, signals};
use crate::reference::{self, Database, Hashing, Settings};

pub(super) fn serve(arguments: &ServeArguments) -> Result<Ended, CliError> {
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        if let (true, Some(path)) = (arguments.provision_account, &arguments.db) {
            let account =
                reference::provision_account(path, Hashing::Standard, &arguments.email_domain)
                    .await?;
            let json = serde_json::to_string(&account)
                .map_err(|error| CliError::Usage(error.to_string()))?;
            print_line(&json)?;
            return Ok(Ended::Well);
        }
        let database = match &arguments.db {
            Some(path) => Database::File(path.clone()),
            None => Database::Memory,
        };
        let settings = Settings {
            database,
            ..Settings::default()
        };
        let running = reference::start(arguments.addr, settings).await?;
        print_line(running.base_url())?;
        signals::received().await;
        running.stop().await;
        Ok(Ended::Well)
    })
}

/// A script may wait for this line: it must not stay in a buffer.
fn print_line(line: &str) -> Result<(), CliError> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()?;
    Ok(())
}
