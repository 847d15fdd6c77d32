//! The files that a command names: read, found in folders, and written so that nothing of the user's is lost.
//!
//! Nothing is written over what was read, told by identity and not by spelling; nor over any other file without
//! `--force`; and a write that fails leaves nothing behind.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{ErrorKind, Read, Write};
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::Args;
use same_file::is_same_file;

use super::guard::{self, Event, Failure};

use indicator_companion::job::left_behind;
use indicator_companion::model::Unreadable;
use indicator_companion::reading::Limits;

/// Longest name of a file, in bytes: what ext4, APFS and others hold; NTFS has room for more.
const LONGEST_NAME: usize = 255;

/// Folders inside folders beyond this depth are not looked into.
const DEEPEST: usize = 32;

/// Why a file could not be read or written, in the user's words.
#[derive(Debug, thiserror::Error)]
pub enum FileTrouble {
    #[error("读不了“{path}”：{cause}")]
    Read { path: String, cause: &'static str },
    #[error("读不了“{path}”：{reason}")]
    TooLarge { path: String, reason: Unreadable },
    #[error("写不了“{path}”：{cause}")]
    Write { path: String, cause: &'static str },
    #[error("“{0}”就是原文件或这次读入的文件。请另给一个文件名，原文件不会被覆盖。")]
    IsInput(String),
    #[error("已经有“{0}”，没有覆盖。请换一个名字或文件夹；确要覆盖，请加 --force。")]
    Exists(String),
}

/// What the system says went wrong.
fn cause(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "没有这个文件或文件夹，请核对名字",
        ErrorKind::PermissionDenied => "没有权限，或者文件、文件夹是只读的，请换一个文件夹，或找管理员",
        ErrorKind::IsADirectory => "这是文件夹，不是文件，请写明里面的文件",
        ErrorKind::NotADirectory => "路径中间有一段不是文件夹，请核对路径",
        ErrorKind::AlreadyExists => "那里已有同名的文件，建不了这个文件夹，请换一个名字",
        ErrorKind::StorageFull => "磁盘已满，请腾出空间或换一个磁盘",
        ErrorKind::QuotaExceeded => "磁盘配额已用完，请腾出空间或换一个磁盘",
        ErrorKind::ReadOnlyFilesystem => "磁盘是只读的，请换一个磁盘",
        ErrorKind::FileTooLarge => "文件太大，磁盘存不下，请换一个磁盘",
        ErrorKind::InvalidFilename => "文件名太长，或者含有不允许的字符，请改短或去掉",
        ErrorKind::InvalidInput => "路径里有不允许的字符，请去掉",
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => "文件正被别的程序占用，请先关闭",
        ErrorKind::TimedOut => "等候太久，没有回应，请稍后再试",
        ErrorKind::OutOfMemory => "内存不够，请关掉别的程序后再试",
        ErrorKind::Interrupted => "操作被中断，请再试一次",
        // Windows: a file that another program holds open.
        _ if cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33)) => {
            "文件正被别的程序打开，请先关闭"
        }
        _ if cfg!(unix) && error.raw_os_error() == Some(40) => "链接首尾相接，成了圈，请写文件原来的位置",
        _ => "系统没有说明原因，可能是磁盘或网络出了问题，请稍后再试",
    }
}

/// What to call files: by name, and those of one name by as many of their folders as tell them apart.
pub fn told_apart(paths: &[&Path]) -> Vec<String> {
    let ending = |path: &Path, depth: usize| -> String {
        let parts: Vec<String> =
            path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        parts.get(parts.len().saturating_sub(depth)..).unwrap_or_default().join("/")
    };
    let longest = paths.iter().map(|path| path.components().count()).max().unwrap_or(1);
    let mut depths = vec![1_usize; paths.len()];
    for _ in 0..longest {
        let names: Vec<String> =
            paths.iter().zip(&depths).map(|(path, depth)| ending(path, *depth)).collect();
        let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
        names.iter().for_each(|name| *counts.entry(name).or_default() += 1);
        for (depth, name) in depths.iter_mut().zip(&names) {
            *depth += usize::from(counts.get(name).is_some_and(|count| *count > 1));
        }
    }
    paths.iter().zip(&depths).map(|(path, depth)| ending(path, *depth)).collect()
}

/// A path as it is seen from a folder, with `/` between its parts; nothing where no way leads there, as from one drive
/// to another.
pub fn seen_from(folder: &Path, path: &Path) -> Option<String> {
    let parts = |path: &Path| -> Option<Vec<PathBuf>> {
        let whole = std::path::absolute(path).ok()?;
        let mut parts: Vec<PathBuf> = Vec::new();
        for part in whole.components() {
            match part {
                std::path::Component::ParentDir => drop(parts.pop()),
                part => parts.push(PathBuf::from(part.as_os_str())),
            }
        }
        Some(parts)
    };
    // A name without a folder lies where the program runs.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (from, to) = (parts(folder)?, parts(path)?);
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from.len().saturating_sub(shared);
    if shared == 0 {
        return None;
    }
    let down = to.get(shared..)?.iter().map(|part| part.to_str().map(str::to_owned));
    let way: Option<Vec<String>> = std::iter::repeat_n(Some("..".to_owned()), up).chain(down).collect();
    way.map(|way| way.join("/"))
}

fn unread(path: &Path, cause: &'static str) -> FileTrouble {
    FileTrouble::Read { path: path.display().to_string(), cause }
}

fn unwritten(path: &Path, error: &std::io::Error) -> FileTrouble {
    FileTrouble::Write { path: path.display().to_string(), cause: cause(error) }
}

/// The bytes of a file, where it is one and no larger than is read. What is asked of its metadata is asked first: a
/// pipe would never end, a device neither.
pub fn load(path: &Path, limits: &Limits) -> Result<Vec<u8>, FileTrouble> {
    let about = std::fs::metadata(path).map_err(|error| unread(path, unfollowed(path, &error)))?;
    if about.is_dir() {
        return Err(unread(path, "这是文件夹，不是文件，请写明里面的文件"));
    }
    if !about.is_file() {
        return Err(unread(path, "这是管道、设备之类，不是普通文件，请给普通文件"));
    }
    let too_large = |reason| FileTrouble::TooLarge { path: path.display().to_string(), reason };
    limits.check_file(about.len()).map_err(too_large)?;
    let mut bytes = Vec::new();
    // It may be growing while it is read.
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(limits.file_bytes.saturating_add(1)).read_to_end(&mut bytes));
    read.map_err(|error| match error.kind() {
        ErrorKind::OutOfMemory => too_large(Failure::Memory.reason(limits)),
        _ => unread(path, cause(&error)),
    })?;
    limits.check_file(bytes.len() as u64).map_err(too_large)?;
    Ok(bytes)
}

/// Why a path leads to nothing: a link may be there whose end is not.
fn unfollowed(path: &Path, error: &std::io::Error) -> &'static str {
    let link = std::fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink());
    if link && error.kind() == ErrorKind::NotFound {
        "这是快捷链接，它指向的文件已经不在，请重新取得文件"
    } else {
        cause(error)
    }
}

/// Whether two paths lead to one file.
pub fn is_same(one: &Path, other: &Path) -> bool {
    is_same_file(one, other).unwrap_or(false)
}

/// The last part of a path, as it is told to people and looked for a city and a period.
pub fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// The files that are meant by files and folders, and what was not read on the way.
#[derive(Debug, Default)]
pub struct Inputs {
    pub files: Vec<PathBuf>,
    /// What other programs left behind, with what it is.
    pub passed_over: Vec<(PathBuf, &'static str)>,
    pub troubles: Vec<FileTrouble>,
}

impl Inputs {
    /// Folders are looked through in the order of names; what is hidden in them is no business of ours.
    pub fn of(inputs: &[PathBuf]) -> Self {
        let mut found = Self::default();
        let mut seen = BTreeSet::new();
        for input in inputs {
            found.take(input, DEEPEST, &mut seen);
        }
        // A run that is started again finds what it wrote before.
        found.files.retain(|file| guard::stored().iter().all(|own| !is_same(file, Path::new(own))));
        found
    }

    /// `seen` are the folders that were looked into, by their paths without links: none is looked into twice, so that
    /// links from one to another end.
    fn take(&mut self, path: &Path, depth: usize, seen: &mut BTreeSet<PathBuf>) {
        if let Some(what) = left_behind(&file_name(path)) {
            self.passed_over.push((path.to_owned(), what));
        } else if !path.is_dir() {
            self.files.push(path.to_owned());
        } else if !std::fs::canonicalize(path).is_ok_and(|folder| seen.insert(folder)) {
            self.passed_over.push((path.to_owned(), "已经看过的文件夹"));
        } else if depth == 0 {
            self.troubles.push(unread(path, "文件夹套得太深，没有再往里看"));
        } else {
            let entries = std::fs::read_dir(path)
                .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>());
            match entries {
                Ok(mut entries) => {
                    entries.sort();
                    for entry in entries {
                        let name = file_name(&entry);
                        if !name.starts_with('.') || left_behind(&name).is_some() {
                            self.take(&entry, depth - 1, seen);
                        }
                    }
                }
                Err(error) => self.troubles.push(unread(path, cause(&error))),
            }
        }
    }
}

/// What may be written where.
pub struct Writer {
    /// The files that were read: links and other spellings of them are known again.
    inputs: Identities,
    /// Whether a file that is there may be replaced.
    force: Force,
    /// Names of copies written in this run, in lower case: some systems tell no case.
    taken: BTreeSet<String>,
}

/// Whether files that are there may be replaced, on the command line.
#[derive(Args, Clone, Copy, Default)]
pub struct Force {
    /// 已有同名文件时覆盖；读入的文件从不覆盖（Replace files that are there; what was read is never replaced）
    #[arg(long)]
    pub force: bool,
}

/// Which files paths mean. One that may not be opened is still known by its path without links.
#[derive(Default)]
struct Identities {
    keys: HashSet<Key>,
    paths: HashSet<PathBuf>,
}

/// What tells a file from all others; on Windows only as long as it is held open, for which there is room.
#[cfg(unix)]
type Key = (u64, u64);
#[cfg(not(unix))]
type Key = same_file::Handle;

#[cfg(unix)]
fn key(_: &Path, about: &std::fs::Metadata) -> Option<Key> {
    Some((about.dev(), about.ino()))
}
#[cfg(not(unix))]
fn key(path: &Path, _: &std::fs::Metadata) -> Option<Key> {
    same_file::Handle::from_path(path).ok()
}

/// A pipe has none: to open it would be to wait for its other end.
fn key_of(path: &Path) -> Option<Key> {
    let about = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    key(path, &about)
}

impl Identities {
    fn add(&mut self, path: &Path) {
        self.keys.extend(key_of(path));
        self.paths.extend(std::fs::canonicalize(path));
    }

    fn has(&self, path: &Path) -> bool {
        key_of(path).is_some_and(|key| self.keys.contains(&key))
            || std::fs::canonicalize(path).is_ok_and(|path| self.paths.contains(&path))
    }
}

impl Writer {
    pub fn new<'p>(inputs: impl IntoIterator<Item = &'p Path>, force: Force) -> Self {
        let mut known = Identities::default();
        inputs.into_iter().for_each(|path| known.add(path));
        Self { inputs: known, force, taken: BTreeSet::new() }
    }

    /// Whether a file may be written here, before any work is done for it.
    pub fn may(&self, path: &Path) -> Result<(), FileTrouble> {
        let shown = || path.display().to_string();
        if self.inputs.has(path) {
            return Err(FileTrouble::IsInput(shown()));
        }
        match std::fs::symlink_metadata(path) {
            Ok(about) if about.is_dir() => Err(FileTrouble::Write {
                path: shown(),
                cause: "这是文件夹，不是文件，请写明里面的文件",
            }),
            Ok(_) if !self.force.force && guard::stored().iter().all(|own| own != path) => {
                Err(FileTrouble::Exists(shown()))
            }
            _ => Ok(()),
        }
    }

    /// Where a copy goes: its name, numbered where an earlier copy of this run has it, and cut where it is too long.
    pub fn place(&mut self, folder: &Path, name: &str) -> PathBuf {
        let (stem, extension) = name
            .rsplit_once('.')
            .map_or((name, String::new()), |(stem, extension)| (stem, format!(".{extension}")));
        let mut number = 1usize;
        loop {
            let tail = if number == 1 { extension.clone() } else { format!("{number}{extension}") };
            let name = format!("{}{tail}", shortened(stem, LONGEST_NAME.saturating_sub(tail.len())));
            if self.taken.insert(name.to_lowercase()) {
                return folder.join(name);
            }
            number += 1;
        }
    }

    /// Writes under a name of its own beside the target and renames, so that nothing half-written is left.
    pub fn store(&self, path: &Path, bytes: &[u8]) -> Result<(), FileTrouble> {
        self.may(path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder).map_err(|error| unwritten(path, &error))?;
        }
        let (part, mut file) =
            new_part(folder.unwrap_or(Path::new("."))).map_err(|error| unwritten(path, &error))?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        drop(file);
        // Another program may have put a file here meanwhile.
        let outcome = match written {
            Ok(()) => self
                .may(path)
                .and_then(|()| std::fs::rename(&part, path).map_err(|error| unwritten(path, &error))),
            Err(error) => Err(unwritten(path, &error)),
        };
        match &outcome {
            Ok(()) => guard::tell(&Event::Stored(path.into())),
            Err(_) => drop(std::fs::remove_file(&part)),
        }
        outcome
    }
}

/// A new file that nobody else has, in a folder.
fn new_part(folder: &Path) -> std::io::Result<(PathBuf, std::fs::File)> {
    let mut number = 0u32;
    loop {
        let path = folder.join(format!(".companion-{}-{number}.part", std::process::id()));
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < 1_000 => number += 1,
            opened => return opened.map(|file| (path, file)),
        }
    }
}

/// A stem cut to so many bytes; the mark （校正） at its end stays.
fn shortened(stem: &str, room: usize) -> String {
    const MARK: &str = "（校正）";
    let (own, mark) = stem.strip_suffix(MARK).map_or((stem, ""), |own| (own, MARK));
    let room = room.saturating_sub(mark.len());
    let cut = own
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|end| *end <= room)
        .last()
        .unwrap_or(0);
    format!("{}{mark}", own.get(..cut).unwrap_or(own))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_one_name_are_numbered_and_long_names_cut() {
        let mut writer = Writer::new([], Force::default());
        let mut place = |name: &str| writer.place(Path::new(""), name).to_str().unwrap().to_owned();
        assert_eq!(place("成都市（校正）.xlsx"), "成都市（校正）.xlsx");
        assert_eq!(place("成都市（校正）.xlsx"), "成都市（校正）2.xlsx");
        assert_eq!(place("成都市（校正）.XLSX"), "成都市（校正）3.XLSX");
        let long = format!("{}（校正）.xlsx", "市".repeat(82));
        let (first, second) = (place(&long), place(&long));
        assert!(first.len() <= LONGEST_NAME && first.ends_with("市（校正）.xlsx"), "{first}");
        assert!(second.len() <= LONGEST_NAME && second.ends_with("市（校正）2.xlsx"), "{second}");
    }
}
