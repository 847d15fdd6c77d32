//! Watches over a run that is done by another process: passes on what it says, keeps the clock of each file, and starts
//! it again without the file that brought it down.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::guard::{EarlierRuns, Event, Failure};

/// How much is kept of what a process cries out in its end.
const LAST_WORDS: u64 = 64 << 10;

const HEAPS: &str = "MALLOC_ARENA_MAX";

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
        let ended = run.follow(seconds, |told| match told {
            Event::Stored(path) if !before.stored.contains(&path) => before.stored.push(path),
            Event::Line(_) | Event::Aside(_) => {
                said += 1;
                if said > shown {
                    shown = said;
                    show(&told);
                }
            }
            Event::Progress(_) => show(&told),
            _ => {}
        });
        let goes_on = match ended {
            Ended::Late(files) => match <[OsString; 1]>::try_from(files) {
                Ok([file]) => before.give_up(file, Failure::Late),
                Err(files) => before.do_one_by_one(files),
            },
            Ended::Itself(AtWork::Nobody, Some(code)) if code != PANICKED => {
                return Outcome::Code(u8::try_from(code).unwrap_or(2));
            }
            Ended::Itself(AtWork::Nobody, _) => false,
            Ended::Itself(AtWork::Alone(file, _), _) => before.give_up(file, run.cause()),
            Ended::Itself(AtWork::Several(several), _) => {
                before.do_one_by_one(several.into_values().flat_map(|(files, _)| files))
            }
        };
        if !goes_on {
            return Outcome::Fell;
        }
    }
}

/// What is learnt of a start that did not come to its end. Each tells something new, so that there is an end.
impl EarlierRuns {
    fn give_up(&mut self, file: OsString, end: Failure) -> bool {
        let new = self.given_up.iter().all(|(known, _)| *known != file);
        self.given_up.push((file, end));
        new
    }

    fn do_one_by_one(&mut self, files: impl IntoIterator<Item = OsString>) -> bool {
        let known = self.one_by_one.len();
        for file in files {
            if !self.one_by_one.contains(&file) {
                self.one_by_one.push(file);
            }
        }
        self.one_by_one.len() > known
    }
}

/// The exit code of a program whose main thread panicked.
const PANICKED: i32 = 101;

/// How one start of a run ended: too long at one of these files, or by itself with an exit code, if it had one.
enum Ended {
    Late(Vec<OsString>),
    Itself(AtWork, Option<i32>),
}

/// The files that a run is at, each with the time since it was told.
enum AtWork {
    Nobody,
    Alone(OsString, Duration),
    /// By thread: the file that it is at, and those that it will go on to.
    Several(BTreeMap<usize, (Vec<OsString>, Duration)>),
}

impl AtWork {
    fn hear(self, told: &Event) -> Self {
        match (told, self) {
            (Event::At(file), _) => Self::Alone(file.clone(), Duration::ZERO),
            (Event::Done, _) => Self::Nobody,
            (Event::Among(thread, files), at_work) => {
                let mut several =
                    if let Self::Several(several) = at_work { several } else { BTreeMap::new() };
                several.remove(thread);
                if !files.is_empty() {
                    several.insert(*thread, (files.clone(), Duration::ZERO));
                }
                if several.is_empty() { Self::Nobody } else { Self::Several(several) }
            }
            (_, at_work) => at_work,
        }
    }

    fn pass(&mut self, time: Duration) {
        let add = |since: &mut Duration| *since = since.saturating_add(time);
        match self {
            Self::Nobody => {}
            Self::Alone(_, since) => add(since),
            Self::Several(several) => several.values_mut().for_each(|(_, since)| add(since)),
        }
    }

    /// Those of which one has taken so long.
    fn late(&self, bound: Duration) -> Option<Vec<OsString>> {
        match self {
            Self::Nobody => None,
            Self::Alone(file, since) => (*since >= bound).then(|| vec![file.clone()]),
            Self::Several(several) => {
                several.values().find(|(_, since)| *since >= bound).map(|(files, _)| files.clone())
            }
        }
    }
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
        // Of glibc: with a heap for each thread, what one has let go another cannot take.
        if std::env::var_os(HEAPS).is_none() {
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            command.env(HEAPS, (threads / 2).max(1).to_string());
        }
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
        let mut at_work = AtWork::Nobody;
        loop {
            if let Some(files) = at_work.late(Duration::from_secs(seconds)) {
                let _ = self.process.kill();
                let _ = self.process.wait();
                return Ended::Late(files);
            }
            match self.hear(&mut at_work) {
                Ok(told) => {
                    at_work = at_work.hear(&told);
                    tell(told);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let code = self.process.wait().ok().and_then(|status| status.code());
                    return Ended::Itself(at_work, code);
                }
            }
        }
    }

    /// Second by second: while both are stopped, at the terminal or with the computer, no time is counted.
    fn hear(&self, at_work: &mut AtWork) -> Result<Event, RecvTimeoutError> {
        const SECOND: Duration = Duration::from_secs(1);
        if let AtWork::Nobody = at_work {
            return self.told.recv().map_err(|_| RecvTimeoutError::Disconnected);
        }
        let begun = Instant::now();
        let heard = self.told.recv_timeout(SECOND);
        at_work.pass(begun.elapsed().min(SECOND));
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
    let (sender, told) = sync_channel(64);
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
            *'given_up":[]'*) echo '{{"At":{{"Unix":[97]}}}}'; {ends};;
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

    /// Whichever of those at work together it was, the others are answered: none is given up but alone.
    #[test]
    fn those_at_work_together_when_a_run_falls_are_done_one_by_one() {
        let (a, b) = (r#"{"Unix":[97]}"#, r#"{"Unix":[98]}"#);
        for ends in ["kill -ABRT $$", "exec sleep 60"] {
            let script = format!(
                r#"case "$before" in
                *'given_up":[[{b}'*) echo '{{"Line":"b is given up"}}';;
                *'one_by_one":[{a},{b}]'*) echo '{{"At":{a}}}'; echo '"Done"'; echo '{{"At":{b}}}'; {ends};;
                *) echo '{{"Among":[0,[{a},{b}]]}}'; echo '{{"Among":[1,[{a}]]}}'; echo '{{"Among":[1,[]]}}'; {ends};;
                esac"#
            );
            assert_eq!(run(&script, 2), (Outcome::Code(0), vec!["b is given up".to_owned()]), "{ends}");
        }
    }

    /// The clock of one does not stop because others go on.
    #[test]
    fn one_of_several_that_is_late_is_seen_while_the_others_speak() {
        let script = r#"case "$before" in
            *Late*) echo '{"Line":"late"}'; exit 0;;
            esac
            echo '{"Among":[0,[{"Unix":[97]}]]}'
            while true; do echo '{"Among":[1,[{"Unix":[98]}]]}'; sleep 0.1; done"#;
        assert_eq!(run(script, 1), (Outcome::Code(0), vec!["late".to_owned()]));
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
