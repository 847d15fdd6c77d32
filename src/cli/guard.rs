//! What one file does stays with that file: its work runs on a thread with a stack of its own, its panic is caught and
//! its time is counted, so that the other files of the run are answered whatever happens.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::Builder;
use std::time::Duration;

use indicator_companion::model::Unreadable;

/// Stack of the thread, in bytes: only what is used of it takes memory.
const STACK: usize = 64 << 20;

/// Does the work of one file within so many seconds. What is not done by then is left to itself: it ends with the
/// program at the latest.
pub fn guarded<T: Send + 'static>(seconds: u64, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Unreadable> {
    let (sender, receiver) = channel();
    let run = move || {
        let _ = sender.send(work());
    };
    let started = Builder::new().name(NAME.to_owned()).stack_size(STACK).spawn(run);
    if started.is_err() {
        return Err(Unreadable::Damaged {
            part: "整个文件".to_owned(), detail: "系统资源不够，没有处理这个文件".to_owned()
        });
    }
    receiver.recv_timeout(Duration::from_secs(seconds)).map_err(|error| match error {
        RecvTimeoutError::Timeout => {
            Unreadable::TooLarge { what: format!("处理这个文件用了 {seconds} 秒还没有完"), limit: format!("{seconds} 秒") }
        }
        // The sender went down with the work.
        RecvTimeoutError::Disconnected => Unreadable::Damaged {
            part: "整个文件".to_owned(),
            detail: "本工具处理这个文件时出错，没有完成；其余文件照常处理".to_owned(),
        },
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
        assert!(matches!(guarded(5, || -> u8 { panic!("planted") }), Err(Unreadable::Damaged { .. })));
        let endless = || loop {
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(matches!(guarded::<u8>(0, endless), Err(Unreadable::TooLarge { .. })));
        assert_eq!(guarded(5, || 7).unwrap(), 7);
    }
}
