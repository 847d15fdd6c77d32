//! What one file does stays with that file. A run is done by a process of its own, which says what it is at; another
//! one watches over it ([`super::watch`]). Each file's work runs on a thread with a stack of its own and under a bound
//! of memory. A panic is caught here; whatever brings the process down, or takes too long, is seen by the one that
//! watches: it starts the run again, and the file is given up.
//!
//! Many files are worked on at once. Those at work together share the bound of one: where that is too little, or the
//! process comes down, nobody knows by which of them. The next start does these one by one, so that a file is given up
//! only for what it did alone, and what comes out does not depend on who was at work beside it.

use std::alloc::System;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, OnceLock};
use std::thread::Builder;
use std::time::{Duration, Instant};

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
    /// The work on a file begins, with no other at work, and is done.
    At(OsString),
    Done,
    /// One of several at work is at the first of these files and will go on to the others; it has none left.
    Among(usize, Vec<OsString>),
    /// How far many files are; nothing, when they are done.
    Progress(String),
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
    /// Files that were at work together when the process came down.
    pub one_by_one: Vec<OsString>,
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
        Event::Line(text) => {
            show_progress("");
            let _ = writeln!(std::io::stdout(), "{text}");
        }
        Event::Aside(text) => {
            show_progress("");
            let _ = writeln!(std::io::stderr(), "{text}");
        }
        Event::Progress(text) => show_progress(text),
        Event::Begun | Event::At(_) | Event::Done | Event::Among(..) | Event::Stored(_) => {}
    }
}

/// A line at a terminal that the next one takes the place of. To a file or a program it would only be noise.
fn show_progress(text: &str) {
    // Of a terminal; one cell is left, or some would begin a new line.
    const WIDTH: usize = 79;
    static SHOWN: AtomicBool = AtomicBool::new(false);
    let mut terminal = std::io::stderr();
    if SHOWN.swap(false, Ordering::Relaxed) {
        let _ = write!(terminal, "\r{:WIDTH$}\r", "");
    }
    if !text.is_empty() && terminal.is_terminal() {
        let _ = write!(terminal, "{text}");
        let _ = terminal.flush();
        SHOWN.store(true, Ordering::Relaxed);
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
    let done = within_memory(limits, || on_a_thread(work, BEFORE.get().is_none().then_some(limits.seconds)));
    tell(&Event::Done);
    done.map_err(|end| end.reason(limits))
}

fn within_memory<T>(limits: &Limits, work: impl FnOnce() -> T) -> T {
    let bound = MEMORY.allocated().saturating_add(usize::try_from(limits.memory).unwrap_or(usize::MAX));
    let _ = MEMORY.set_limit(bound);
    let done = work();
    let _ = MEMORY.set_limit(usize::MAX);
    done
}

/// Does the work on many files, each within the bounds, on all cores; takes what comes of it in the order of the files.
/// `work` is told which file by its index.
pub fn guarded_each<T: Send + 'static>(
    paths: &[PathBuf],
    limits: &Limits,
    work: impl Fn(usize) -> T + Clone + Send + Sync + 'static,
    mut take: impl FnMut(usize, &Path, Result<T, Unreadable>),
) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut progress = Progress::of(paths.len());
    let mut at = 0;
    while let Some(path) = paths.get(at) {
        let along = paths.iter().skip(at).take(STRETCH).take_while(|path| goes_along(path, limits, threads));
        let stretch = paths.get(at..at + along.count()).unwrap_or_default();
        let first = at;
        if stretch.len() > 1 {
            let work = |index| work(first + index);
            within_memory(limits, || {
                together(stretch, threads, &work, |path, done| {
                    take(at, path, done.map_err(|end| end.reason(limits)));
                    at += 1;
                    progress.tell(at);
                });
            });
        }
        // One that is to be alone; or no thread could be had.
        if at == first {
            let work = work.clone();
            take(at, path, guarded(path, limits, move || work(first)));
            at += 1;
            progress.tell(at);
        }
    }
}

/// Files after which those at work come together, and the bound of memory is set anew over what is kept of them.
const STRETCH: usize = 1_000;

/// How many files are told to the one that watches in one go, at most.
const SHARE: usize = 16;

/// How long a file takes before the next one is told by itself, so that the clock runs for each.
const SHORT: Duration = Duration::from_millis(100);

/// How many times its size a small file takes in memory, with much to spare.
const UNPACKED: u64 = 64;

/// Whether a file is done beside others: a small one, unless it was at work when a start of this run came down.
/// Where nobody watches, the clock is kept of one at a time.
fn goes_along(path: &Path, limits: &Limits, threads: usize) -> bool {
    let small = limits.memory / UNPACKED / threads as u64;
    BEFORE.get().is_some_and(|before| {
        before.one_by_one.iter().all(|file| file != path)
            && before.given_up.iter().all(|(file, _)| file != path)
            && std::fs::metadata(path).is_ok_and(|about| about.len() <= small)
    })
}

/// Does the work on files by several threads at once; takes what comes of it in the order of the files.
fn together<T: Send>(
    paths: &[PathBuf],
    threads: usize,
    work: &(impl Fn(usize) -> T + Sync),
    mut take: impl FnMut(&Path, Result<T, Failure>),
) {
    let size = (paths.len() / (threads * 4)).clamp(1, SHARE);
    let shares = Mutex::new(paths.chunks(size).enumerate());
    let next = || shares.lock().ok().and_then(|mut shares| shares.next());
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        for thread in 0..threads.min(paths.len()) {
            let sender = sender.clone();
            let run = move || {
                while let Some((number, files)) = next() {
                    let _ = sender.send((number, share(thread, files, |index| work(number * size + index))));
                }
                tell(&Event::Among(thread, Vec::new()));
            };
            // The others do what this one would have done.
            let _ = Builder::new().name(NAME.to_owned()).stack_size(STACK).spawn_scoped(scope, run);
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (number, done) in receiver {
            early.insert(number, done);
            while let Some(done) = early.remove(&due) {
                let files = paths.iter().skip(due * size);
                files.zip(done).for_each(|(path, done)| take(path, done));
                due += 1;
            }
        }
    });
}

/// The work of one thread on a few files, one after the other.
fn share<T>(thread: usize, files: &[PathBuf], work: impl Fn(usize) -> T) -> Vec<Result<T, Failure>> {
    let mut told: Option<Instant> = None;
    let one = |index: usize| {
        if told.is_none_or(|told| told.elapsed() > SHORT) {
            let left = files.iter().skip(index).map(|file| file.into()).collect();
            tell(&Event::Among(thread, left));
            told = Some(Instant::now());
        }
        catch_unwind(AssertUnwindSafe(|| work(index))).map_err(|_| Failure::Fell)
    };
    (0..files.len()).map(one).collect()
}

/// How far many files are, told now and then.
struct Progress {
    files: usize,
    begun: Instant,
    told: Instant,
}

impl Progress {
    /// So many are soon done.
    const FEW: usize = 50;
    const EVERY: Duration = Duration::from_millis(200);

    fn of(files: usize) -> Self {
        Self { files, begun: Instant::now(), told: Instant::now() }
    }

    fn tell(&mut self, done: usize) {
        let all = done == self.files;
        if self.files <= Self::FEW || !all && self.told.elapsed() < Self::EVERY {
            return;
        }
        self.told = Instant::now();
        let text = if all { String::new() } else { said_of(done, self.files, self.begun.elapsed()) };
        tell(&Event::Progress(text));
    }
}

/// `[######--------------] 3021/10000 个文件，每秒 1510 个，约剩 5 秒`
fn said_of(done: usize, files: usize, taken: Duration) -> String {
    const CELLS: usize = 20;
    let full = (done * CELLS).checked_div(files).unwrap_or(CELLS).min(CELLS);
    let rate = done as f64 / taken.as_secs_f64();
    let left = (files.saturating_sub(done) as f64 / rate).ceil();
    let left = if left < 100.0 { format!("{left:.0} 秒") } else { format!("{:.0} 分钟", left / 60.0) };
    format!("[{:-<CELLS$}] {done}/{files} 个文件，每秒 {rate:.0} 个，约剩 {left}", "#".repeat(full))
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

    #[test]
    fn progress_says_how_many_how_fast_and_how_long() {
        let after = |seconds| Duration::from_secs(seconds);
        assert_eq!(
            said_of(3_000, 10_000, after(2)),
            "[######--------------] 3000/10000 个文件，每秒 1500 个，约剩 5 秒"
        );
        assert_eq!(
            said_of(100, 10_000, after(10)),
            "[--------------------] 100/10000 个文件，每秒 10 个，约剩 16 分钟"
        );
    }

    #[test]
    fn what_is_done_together_comes_in_the_order_of_the_files() {
        let paths: Vec<PathBuf> = (0..100).map(|number| PathBuf::from(number.to_string())).collect();
        let work = |index: usize| {
            // The first ones are done last.
            std::thread::sleep(Duration::from_millis(if index < 3 { 50 } else { 0 }));
            assert_ne!(index, 40, "planted");
            index
        };
        for threads in [1, 2, 7, 200] {
            let mut done = Vec::new();
            together(&paths, threads, &work, |_, one| done.push(one));
            let due: Vec<_> =
                (0..100).map(|index| if index == 40 { Err(Failure::Fell) } else { Ok(index) }).collect();
            assert_eq!(done, due, "{threads}");
        }
    }
}
