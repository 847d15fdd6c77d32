//! Runs the program as a user does, with a time limit, and keeps what it printed. Writes only below the build's own
//! folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const TIME_LIMIT: Duration = Duration::from_secs(120);

pub struct Ran {
    /// -1 where the program was stopped.
    pub code: i32,
    pub out: String,
    pub err: String,
    pub seconds: f64,
}

/// A fresh folder for one case.
pub fn folder(index: usize) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("case-set/{index}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// `companion ARGUMENTS` in a folder. What it prints goes through files in `temporary`, so that no pipe fills up.
pub fn companion(arguments: &[&str], folder: &Path, temporary: &Path) -> Ran {
    let (out, err) = (temporary.join("stdout"), temporary.join("stderr"));
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_companion"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code().unwrap_or(-1);
        }
        if start.elapsed() > TIME_LIMIT {
            child.kill().unwrap();
            child.wait().unwrap();
            break -1;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    Ran { code, out: text(&out), err: text(&err), seconds: start.elapsed().as_secs_f64() }
}

/// The bytes of a file, or of every file below a folder.
pub fn bytes_below(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    if !path.is_dir() {
        return fs::read(path).map(|bytes| (path.to_owned(), bytes)).into_iter().collect();
    }
    fs::read_dir(path).unwrap().flat_map(|entry| bytes_below(&entry.unwrap().path())).collect()
}

pub fn copy_folder(from: &Path, to: &Path) {
    for (path, bytes) in bytes_below(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, bytes).unwrap();
    }
}

/// A link to nothing, where the system has such links.
pub fn broken_link(at: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink("no-such-file.xlsx", at).unwrap();
    #[cfg(not(unix))]
    let _ = at;
}
