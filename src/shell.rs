//! Shell commands of the user: bounded in time and output, and never outlived by what they start.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, Command};

/// The most of a command's output that is read, in bytes.
const LONGEST_OUTPUT: u64 = 1024 * 1024;
/// The most of a command's output that a message repeats.
const LONGEST_EXCERPT: usize = 2_000;

/// What a command printed, and how it ended.
pub(crate) struct Ran {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) status: ExitStatus,
}

/// Why a command did not come to its end.
pub(crate) enum ShellError {
    /// The system does not start it.
    NotStarted(std::io::Error),
    /// It took too long, and was stopped.
    TimedOut,
}

/// Runs a command by `sh -c` with `input` on its standard input.
pub(crate) async fn run(command: &str, input: &str, longest: Duration) -> Result<Ran, ShellError> {
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(ShellError::NotStarted)?;
    // Whatever happens, nothing that the command has started outlives this function.
    let _group = ProcessGroup(child.id());
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let ended = tokio::time::timeout(longest, async {
        tokio::join!(
            write(stdin, input),
            read(stdout),
            read(stderr),
            child.wait()
        )
    });
    let ((), stdout, stderr, status) = ended.await.map_err(|_| ShellError::TimedOut)?;
    Ok(Ran {
        stdout,
        stderr,
        status: status.map_err(ShellError::NotStarted)?,
    })
}

/// The beginning of a text, for a message; of one without secrets, as of one that the end cuts in two a part would stay.
pub(crate) fn excerpt(redacted: &str) -> String {
    let text = redacted.trim();
    if text.is_empty() {
        return "(nothing)".to_owned();
    }
    let kept: String = text.chars().take(LONGEST_EXCERPT).collect();
    if kept.len() < text.len() {
        format!("{kept}…")
    } else {
        kept
    }
}

async fn write(pipe: Option<ChildStdin>, text: &str) {
    if let Some(mut pipe) = pipe {
        // A command need not read what it is given.
        let _ = pipe.write_all(text.as_bytes()).await;
    }
}

/// The beginning of a pipe; the rest of an endless one is left unread.
async fn read(pipe: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut text = Vec::new();
    if let Some(pipe) = pipe {
        // What came before an error is all there is.
        let _ = pipe.take(LONGEST_OUTPUT).read_to_end(&mut text).await;
    }
    text
}

/// The processes of a command; they end with this value.
struct ProcessGroup(Option<u32>);

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        let id = self.0.and_then(|id| i32::try_from(id).ok());
        if let Some(group) = id.and_then(rustix::process::Pid::from_raw) {
            // Fails where all of them have ended.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}
