//! What a run waits for, told as each wait begins.

use std::fmt;
use std::time::Duration;

use tokio::sync::broadcast;

/// Nobody wonders about a shorter one.
const SHORTEST_TOLD: Duration = Duration::from_secs(1);
/// More than are told before whoever listens has told them.
const KEPT: usize = 64;

/// A wait that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// The server asks for patience: an operation is not called.
    Asked(Duration, String),
    /// A gateway answers in place of the server, with that status: nothing is called.
    Gateway(Duration, u16),
    /// A limit would be met, which is told as it was declared: the calls that it is for are held back.
    Paced(Duration, String),
    /// The code of the present step is spent: one scenario waits for the next.
    FreshCode(Duration),
}

impl Wait {
    /// How long it takes.
    #[must_use]
    pub fn length(&self) -> Duration {
        match self {
            Self::Asked(length, _)
            | Self::Gateway(length, _)
            | Self::Paced(length, _)
            | Self::FreshCode(length) => *length,
        }
    }

    /// What is waited for, whatever the time.
    pub(super) fn kind(&self) -> String {
        match self {
            Self::Asked(_, operation) => format!("asked {operation}"),
            Self::Gateway(..) => "gateway".to_owned(),
            Self::Paced(_, limit) => format!("paced {limit}"),
            Self::FreshCode(_) => "code".to_owned(),
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.length().as_secs_f64().ceil();
        match self {
            Self::Asked(_, operation) => write!(
                f,
                "the server throttles `{operation}`: its calls wait for {seconds:.0} s"
            ),
            Self::Gateway(_, status) => write!(
                f,
                "a gateway answered {status} in place of the server: all calls wait for {seconds:.0} s"
            ),
            Self::Paced(_, limit) => {
                write!(f, "keeping to {limit}: calls wait for {seconds:.0} s")
            }
            Self::FreshCode(_) => write!(
                f,
                "a scenario waits for a fresh code of a second factor: {seconds:.0} s"
            ),
        }
    }
}

/// Where waits are told, and heard by whoever sits in front of a terminal.
#[derive(Debug, Clone)]
pub struct WaitNotifier(broadcast::Sender<Wait>);

impl Default for WaitNotifier {
    fn default() -> Self {
        Self(broadcast::Sender::new(KEPT))
    }
}

impl WaitNotifier {
    /// Every wait from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Wait> {
        self.0.subscribe()
    }

    /// Tells of a wait, where it is long enough to be wondered about.
    pub fn tell(&self, wait: Wait) {
        if wait.length() >= SHORTEST_TOLD {
            // Nobody may listen: that is no mistake.
            let _ = self.0.send(wait);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_that_anybody_would_wonder_about_are_told() {
        let waits = WaitNotifier::default();
        let mut heard = waits.listen();
        let limit = "10/min".to_owned();
        let seconds = Duration::from_secs_f64;
        waits.tell(Wait::Paced(seconds(0.9), limit.clone()));
        waits.tell(Wait::Paced(seconds(47.2), limit));
        waits.tell(Wait::FreshCode(seconds(12.0)));
        let mut lines = Vec::new();
        while let Ok(wait) = heard.try_recv() {
            lines.push(wait.to_string());
        }
        assert_eq!(
            lines,
            [
                "keeping to 10/min: calls wait for 48 s",
                "a scenario waits for a fresh code of a second factor: 12 s"
            ]
        );
    }
}
