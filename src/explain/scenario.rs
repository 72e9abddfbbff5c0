//! A scenario: its accounts, its calls, and what each of them verifies.

use std::fmt::Write as _;

use crate::suite::{AccountKind, Scenario, Step, expected, step_line};

pub(super) fn text(scenario: &Scenario) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{} ({})", scenario.name(), scenario.source.path);
    let _ = writeln!(text, "  {}", scenario.title);
    if scenario.exclusive {
        text.push_str("  runs alone, after all others\n");
    }
    if let Some(profile) = scenario.profile {
        let _ = writeln!(text, "  runs only where the profile {profile} is asked for");
    }
    if let Some(before) = &scenario.continues {
        let _ = writeln!(text, "  goes on with the accounts of {}", before.value);
    }
    text.push_str("\naccounts\n");
    for need in &scenario.accounts {
        let _ = write!(text, "  {}: {}", need.name, origin(need.kind));
        if !need.sessions.is_empty() {
            let clients = need.sessions.iter().map(|session| session.client.as_str());
            let clients: Vec<&str> = clients.collect();
            let _ = write!(text, ", with a session of {}", clients.join(", "));
        }
        text.push('\n');
    }
    text.push_str("\nsteps\n");
    for step in &scenario.steps {
        tell_step(&mut text, scenario, step);
    }
    text
}

fn origin(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Registered => "registered",
        AccountKind::Unregistered => "made up, never registered",
        AccountKind::Totp => "provisioned, with a second factor",
    }
}

fn tell_step(text: &mut String, scenario: &Scenario, step: &Step) {
    let id = step.id.as_deref();
    let id = id.map_or_else(String::new, |id| format!(" ({id})"));
    // What looks around stands below the call after which it does.
    if step.look.is_none() {
        let line = step_line(scenario, step);
        let _ = writeln!(text, "  line {line}: {}{id}", step.operation);
    }
    for expectation in &step.expectations {
        let expected = expected(scenario, expectation);
        let expected = match &step.look {
            Some(_) => format!("then {}: {expected}", step.operation),
            None => expected.to_owned(),
        };
        if expectation.verifies.is_empty() {
            let _ = writeln!(text, "    {expected}");
        } else {
            let _ = writeln!(
                text,
                "    {expected}, verifies {}",
                expectation.verifies.join(", ")
            );
        }
    }
}
