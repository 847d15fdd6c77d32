//! What one file does stays with that file. A run is done by a process of its own, which says what it is at; another
//! one watches over it ([`super::watch`]). Each file's work runs on a thread with a stack of its own and under a bound
//! of memory. A panic is caught here; whatever brings the process down, or takes too long, is seen by the one that
//! watches: it starts the run again, and the file is given up.

use std::alloc::System;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::Builder;
use std::time::Duration;

use cap::Cap;
use serde::{Deserialize, Serialize};

use indicator_companion::model::Unreadable;
use indicator_companion::reading::{Limits, size};

/// Without a bound, but while a file is worked on.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// Stack of the thread, in bytes: only what is used of it takes memory.
const STACK: usize = 64 << 20;

/// What a run says, in the order in which it happens.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The process is there and knows that it is watched over.
    Begun,
    /// A line of the output.
    Line(String),
    /// A line beside the output.
    Aside(String),
    /// The work on a file begins, and is done.
    At(OsString),
    Done,
    /// A file was written.
    Stored(OsString),
}

/// How the work on a file ended that was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    Late,
    Memory,
    Stack,
    Fell,
}

impl Failure {
    pub fn reason(self, limits: &Limits) -> Unreadable {
        let too_large = |what: String, limit: String| Unreadable::TooLarge { what, limit };
        let fell = |detail: &str| Unreadable::Damaged {
            part: "整个文件".to_owned(),
            detail: format!("{detail}，没有完成；其余文件照常处理"),
        };
        match self {
            Self::Late => too_large(
                format!("处理这个文件超过 {} 秒还没有完", limits.seconds),
                format!("{} 秒", limits.seconds),
            ),
            Self::Memory => {
                let bound = size(limits.memory);
                too_large(format!("处理这个文件要用的内存超过 {bound}"), bound)
            }
            Self::Stack => fell("内容一层套一层，套得太深，处理时意外中止"),
            Self::Fell => fell("本工具处理这个文件时出错"),
        }
    }
}

/// What a run is to know of those before it that did not come to their end.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct EarlierRuns {
    pub given_up: Vec<(OsString, Failure)>,
    /// What they wrote: the run's own, to be written again.
    pub stored: Vec<OsString>,
}

static BEFORE: OnceLock<EarlierRuns> = OnceLock::new();

/// Makes this process one that is watched over. It ends with the one that watches, however that one ends.
pub fn be_watched() {
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
    let _ = BEFORE.set(serde_json::from_str(&line).unwrap_or_default());
    let _ = Builder::new().spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        std::process::exit(2);
    });
    tell(&Event::Begun);
}

/// What earlier starts of this run wrote.
pub fn stored() -> &'static [OsString] {
    BEFORE.get().map_or(&[], |before| &before.stored)
}

/// Tells it to the one that watches; where there is none, it is shown.
pub fn tell(told: &Event) {
    match BEFORE.get() {
        None => show(told),
        Some(_) => {
            if let Ok(line) = serde_json::to_string(told) {
                let _ = writeln!(std::io::stdout(), "{line}");
            }
        }
    }
}

/// A closed pipe is no trouble.
pub fn show(told: &Event) {
    match told {
        Event::Line(text) => drop(writeln!(std::io::stdout(), "{text}")),
        Event::Aside(text) => drop(writeln!(std::io::stderr(), "{text}")),
        Event::Begun | Event::At(_) | Event::Done | Event::Stored(_) => {}
    }
}

/// Does the work on one file within the bounds of time and memory.
pub fn guarded<T: Send + 'static>(
    path: &Path,
    limits: &Limits,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Unreadable> {
    let given_up = BEFORE.get().and_then(|before| before.given_up.iter().find(|(file, _)| file == path));
    if let Some((_, end)) = given_up {
        return Err(end.reason(limits));
    }
    tell(&Event::At(path.into()));
    let bound = MEMORY.allocated().saturating_add(usize::try_from(limits.memory).unwrap_or(usize::MAX));
    let _ = MEMORY.set_limit(bound);
    let done = on_a_thread(work, BEFORE.get().is_none().then_some(limits.seconds));
    let _ = MEMORY.set_limit(usize::MAX);
    tell(&Event::Done);
    done.map_err(|end| end.reason(limits))
}

/// The clock is kept here only where nobody watches: what is not done by then is left to itself, and ends with the
/// program at the latest.
fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    seconds: Option<u64>,
) -> Result<T, Failure> {
    let (sender, receiver) = channel();
    let run = move || {
        let _ = sender.send(work());
    };
    Builder::new().name(NAME.to_owned()).stack_size(STACK).spawn(run).map_err(|_| Failure::Memory)?;
    let Some(seconds) = seconds else { return receiver.recv().map_err(|_| Failure::Fell) };
    receiver.recv_timeout(Duration::from_secs(seconds)).map_err(|error| match error {
        RecvTimeoutError::Timeout => Failure::Late,
        // The sender went down with the work.
        RecvTimeoutError::Disconnected => Failure::Fell,
    })
}

const NAME: &str = "file";

/// A panic of a guarded thread is told as a finding of its file, not as lines for programmers; all others speak.
pub fn quiet() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() != Some(NAME) || cfg!(debug_assertions) {
            usual(info);
        }
    }));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::unreachable)]
mod tests {
    use super::*;

    #[test]
    fn one_file_does_not_end_the_others() {
        assert_eq!(on_a_thread(|| -> u8 { panic!("planted") }, None), Err(Failure::Fell));
        let endless = || loop {
            std::thread::sleep(Duration::from_millis(20));
        };
        assert_eq!(on_a_thread::<u8>(endless, Some(0)), Err(Failure::Late));
        assert_eq!(on_a_thread(|| 7, Some(5)), Ok(7));
    }
}
