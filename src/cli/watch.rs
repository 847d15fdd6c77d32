//! Watches over a run that is done by another process: passes on what it says, keeps the clock of each file, and starts
//! it again without the file that brought it down.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::guard::{EarlierRuns, Event, Failure};

/// How much is kept of what a process cries out in its end.
const LAST_WORDS: u64 = 64 << 10;

/// How a run ended.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    Code(u8),
    /// No process could be started: the run is to be done by this one.
    NotStarted,
    /// It came down while it was at no file.
    Fell,
}

/// This program, told that it is watched over.
pub fn this_program(flag: &str) -> std::io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(flag).args(std::env::args_os().skip(1));
    Ok(command)
}

/// Has a run done to its end. It says the same each time as far as it comes: what was shown already is not shown again.
pub fn watched(
    command: impl Fn() -> std::io::Result<Command>,
    seconds: u64,
    mut show: impl FnMut(&Event),
) -> Outcome {
    let mut before = EarlierRuns::default();
    let mut shown = 0usize;
    loop {
        let Ok(mut run) = command().and_then(|command| Run::start(command, &before)) else {
            return if before.given_up.is_empty() { Outcome::NotStarted } else { Outcome::Fell };
        };
        let mut said = 0usize;
        let (file, end) = match run.follow(seconds, |told| match told {
            Event::Stored(path) if !before.stored.contains(&path) => before.stored.push(path),
            Event::Line(_) | Event::Aside(_) => {
                said += 1;
                if said > shown {
                    shown = said;
                    show(&told);
                }
            }
            _ => {}
        }) {
            Ended::Late(file) => (Some(file), Failure::Late),
            Ended::Itself(file, status) => {
                let cause = run.cause();
                match (file, status.and_then(|status| status.code())) {
                    (None, Some(code)) if code != PANICKED => {
                        return Outcome::Code(u8::try_from(code).unwrap_or(2));
                    }
                    (file, _) => (file, cause),
                }
            }
        };
        match file {
            // Every start gives up one file more, so that there is an end.
            Some(file) if before.given_up.iter().all(|(known, _)| *known != file) => {
                before.given_up.push((file, end))
            }
            _ => return Outcome::Fell,
        }
    }
}

/// The exit code of a program whose main thread panicked.
const PANICKED: i32 = 101;

/// How one start of a run ended, and at which file.
enum Ended {
    Late(OsString),
    Itself(Option<OsString>, Option<ExitStatus>),
}

/// One start of a run.
struct Run {
    process: Child,
    /// Open as long as this process is there: by its end the other one knows.
    _hold: ChildStdin,
    told: Receiver<Event>,
    last_words: Option<JoinHandle<Vec<u8>>>,
}

impl Run {
    fn start(mut command: Command, before: &EarlierRuns) -> std::io::Result<Self> {
        // A trace would be written in vain, and takes its time.
        command.env("RUST_BACKTRACE", "0");
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let pipes = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (Some(mut hold), Some(output), Some(cries)) = pipes else {
            return Err(std::io::ErrorKind::BrokenPipe.into());
        };
        // One that is gone already is seen by its output.
        let _ = writeln!(hold, "{}", serde_json::to_string(before)?);
        let last_words = Some(std::thread::Builder::new().spawn(move || kept(cries))?);
        let told = listen(output)?;
        // What this program was started by may be another one, which does not know what to do.
        if told.recv() != Ok(Event::Begun) {
            let _ = process.kill();
            let _ = process.wait();
            return Err(std::io::ErrorKind::Unsupported.into());
        }
        Ok(Self { process, _hold: hold, told, last_words })
    }

    /// Follows the run to its end. One that is too long at a file is ended.
    fn follow(&mut self, seconds: u64, mut tell: impl FnMut(Event)) -> Ended {
        let mut at = None;
        loop {
            let next = match &at {
                None => self.told.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(_) => self.within(seconds),
            };
            match (next, at.take()) {
                (Ok(Event::At(file)), _) => at = Some(file),
                (Ok(Event::Done), _) => {}
                (Ok(told), file) => {
                    at = file;
                    tell(told);
                }
                (Err(RecvTimeoutError::Timeout), Some(file)) => {
                    let _ = self.process.kill();
                    let _ = self.process.wait();
                    return Ended::Late(file);
                }
                (Err(_), file) => return Ended::Itself(file, self.process.wait().ok()),
            }
        }
    }

    /// Second by second: while both are stopped, at the terminal or with the computer, no time is counted.
    fn within(&self, seconds: u64) -> Result<Event, RecvTimeoutError> {
        let mut heard = Err(RecvTimeoutError::Timeout);
        for _ in 0..seconds {
            heard = self.told.recv_timeout(Duration::from_secs(1));
            if heard != Err(RecvTimeoutError::Timeout) {
                break;
            }
        }
        heard
    }

    /// What brought the process down, by its own last words.
    fn cause(&mut self) -> Failure {
        let words = self.last_words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        let words = String::from_utf8_lossy(&words);
        match () {
            () if words.contains("memory allocation of") => Failure::Memory,
            () if words.contains("overflowed its stack") => Failure::Stack,
            () => {
                if cfg!(debug_assertions) {
                    let _ = std::io::stderr().write_all(words.as_bytes());
                }
                Failure::Fell
            }
        }
    }
}

/// What a run says, as it comes. A reader that is slow to show it holds the run up, and no more than that.
fn listen(output: ChildStdout) -> std::io::Result<Receiver<Event>> {
    let (sender, told) = sync_channel(16);
    std::thread::Builder::new().spawn(move || {
        for line in BufReader::new(output).lines() {
            let Ok(line) = line else { return };
            if let Ok(told) = serde_json::from_str(&line)
                && sender.send(told).is_err()
            {
                return;
            }
        }
    })?;
    Ok(told)
}

/// The first of what a process says of its end; the rest is let go.
fn kept(mut cries: ChildStderr) -> Vec<u8> {
    let mut words = Vec::new();
    let _ = cries.by_ref().take(LAST_WORDS).read_to_end(&mut words);
    let _ = std::io::copy(&mut cries, &mut std::io::sink());
    words
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What is shown of a run that is this script; it has what is known of earlier starts in `$before`.
    fn run(script: &str, seconds: u64) -> (Outcome, Vec<String>) {
        let mut shown = Vec::new();
        let command = || {
            let mut command = Command::new("sh");
            command.args(["-c", &format!("read -r before; echo '\"Begun\"'\n{script}")]);
            Ok(command)
        };
        let outcome = watched(command, seconds, |told| match told {
            Event::Line(line) | Event::Aside(line) => shown.push(line.clone()),
            _ => {}
        });
        (outcome, shown)
    }

    /// Says a line, is at a file as long as it is not given up, and says what it knows of it.
    fn at_a_file(ends: &str) -> String {
        let known = r#"say $(echo "$before" | grep -o 'Late\|Memory\|Stack\|Fell')"#;
        format!(
            r#"say() {{ echo "{{\"Line\":\"$1\"}}"; }}
            say before
            case "$before" in
            *'[]'*'[]'*) echo '{{"At":{{"Unix":[97]}}}}'; {ends};;
            *) {known};;
            esac
            say after; exit 1"#
        )
    }

    #[test]
    fn what_brings_a_run_down_is_given_up_and_nothing_is_said_twice() {
        for (ends, end) in [
            ("kill -ABRT $$", "Fell"),
            ("kill -KILL $$", "Fell"),
            ("exit 101", "Fell"),
            ("echo memory allocation of 8 bytes failed >&2; kill -ABRT $$", "Memory"),
            ("echo thread has overflowed its stack >&2; kill -SEGV $$", "Stack"),
            ("exec sleep 60", "Late"),
        ] {
            let (outcome, shown) = run(&at_a_file(ends), 2);
            assert_eq!(
                (outcome, shown),
                (Outcome::Code(1), ["before", end, "after"].map(str::to_owned).to_vec()),
                "{ends}"
            );
        }
        let (outcome, shown) = run(&at_a_file(r#"echo '"Done"'"#), 60);
        assert_eq!((outcome, shown), (Outcome::Code(1), vec!["before".to_owned(), "after".to_owned()]));
    }

    #[test]
    fn a_run_that_falls_at_no_file_is_not_begun_again() {
        assert_eq!(run("kill -ABRT $$", 2).0, Outcome::Fell);
        assert_eq!(run("exit 101", 2).0, Outcome::Fell);
        // One that does not keep to what it is told would go on for ever.
        assert_eq!(run(r#"echo '{"At":{"Unix":[97]}}'; kill -ABRT $$"#, 2).0, Outcome::Fell);
        for another in ["/nonexistent", "true"] {
            assert_eq!(watched(|| Ok(Command::new(another)), 2, |_| {}), Outcome::NotStarted, "{another}");
        }
    }
}
