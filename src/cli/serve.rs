//! `conform serve`: the reference implementation as a server of its own.

use clap::Args;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Instant;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use tokio::runtime::Runtime;

use super::ended::{CliError, Ended};
use super::signals;
use crate::harness::DEFAULT_EMAIL_DOMAIN;
use crate::http::email_domain;
use crate::reference::{self, Database, Hashing, Settings};
use crate::terminal;

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// The address to listen on; port 0 takes any free port.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8000")]
    addr: String,
    /// Keep everything in this SQLite file [default: in memory].
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Create an account with a second factor in the database, print it as JSON, and exit.
    #[arg(long, requires = "db")]
    provision_account: bool,
    /// With --provision-account: the domain of the account's e-mail.
    #[arg(long, value_name = "DOMAIN", default_value = DEFAULT_EMAIL_DOMAIN)]
    email_domain: String,
    /// Print a line for each request on standard error: method, path, status and time.
    #[arg(short, long)]
    verbose: bool,
}

pub(super) fn serve(arguments: &ServeArguments) -> Result<Ended, CliError> {
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        if let (true, Some(path)) = (arguments.provision_account, &arguments.db) {
            let domain = email_domain(&arguments.email_domain);
            let domain =
                domain.map_err(|error| CliError::Usage(format!("--email-domain: {error}")))?;
            let account = reference::provision_account(path, Hashing::Standard, &domain).await?;
            let json = serde_json::to_string(&account)
                .map_err(|error| CliError::Usage(error.to_string()))?;
            terminal::out(&format!("{json}\n"));
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
        let wrap = if arguments.verbose {
            logged
        } else {
            |router| router
        };
        let address = address(&arguments.addr)?;
        let running = reference::start_with(address, settings, wrap).await?;
        // A script may wait for this line.
        terminal::out(&format!("{}\n", running.base_url()));
        signals::received().await;
        running.stop().await;
        Ok(Ended::Well)
    })
}

/// The same with a line for each request. A path holds no secret.
fn logged(router: Router) -> Router {
    router.layer(from_fn(|request: Request, next: Next| async move {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let start = Instant::now();
        let response = next.run(request).await;
        let (status, took) = (response.status().as_u16(), start.elapsed().as_millis());
        terminal::err(&format!("{method} {path}: {status} ({took} ms)"));
        response
    }))
}

fn address(text: &str) -> Result<SocketAddr, CliError> {
    let mut found = text.to_socket_addrs().into_iter().flatten();
    found.next().ok_or_else(|| {
        CliError::Usage(format!(
            "--addr: `{text}` is no address; write HOST:PORT, such as 127.0.0.1:8000"
        ))
    })
}
