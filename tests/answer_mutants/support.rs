//! Recordings of the reference, whole and broken, whose servers have been stopped.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use conform::accounts::TotpSource;
use conform::embedded;
use conform::engine::{Plan, Recording, Run, Selection, Session, SessionSettings};
use conform::reference::{self, Behaviour, Hashing, Settings};
use conform::suite::Suite;
use conform::target::{BaseUrl, Target};

/// The suite that the program brings.
pub fn built_in() -> Arc<Suite> {
    Arc::new(Suite::built_in().unwrap())
}

/// A run of the suite against the reference; the server is stopped.
pub async fn recorded(suite: &Arc<Suite>) -> Recording {
    recorded_with(suite, Behaviour::default(), true).await
}

/// The same with a reference that decides otherwise, and with or without accounts that have a second factor.
pub async fn recorded_with(suite: &Arc<Suite>, behaviour: Behaviour, totp: bool) -> Recording {
    let settings = Settings {
        hashing: Hashing::Cheap,
        behaviour,
        ..Settings::default()
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let running = Arc::new(reference::start(address, settings).await.unwrap());
    let totp_source = if totp {
        embedded::totp_source(&running, "mail.example")
    } else {
        TotpSource::None
    };
    let settings = SessionSettings {
        email_domain: "mail.example".to_owned(),
        totp_source,
        concurrency: 16,
        fail_fast: false,
    };
    let plan = Plan::new(suite, &Selection::default());
    let target = Target::new(BaseUrl::parse(running.base_url()).unwrap());
    let session = Session::new(target, plan, settings).unwrap().recording();
    let session = Arc::new(session);
    Run::new(&session)
        .scenarios(&session.plan.scenarios, |_, _| {})
        .await;
    Arc::into_inner(running).unwrap().stop().await;
    Recording::of(&session).unwrap()
}
