//! What is dropped: files, or a folder with its files and those of the folders in it, one after another.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{
    DataTransfer, File, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

use super::files;

/// Nobody has so many returns; who drops a whole disk waits for no more.
const MOST: usize = 5_000;

/// A walk through what was dropped. What cannot be read is passed over, as it would be in a list of files.
struct Walk {
    left: Vec<FileSystemEntry>,
    found: Vec<(File, String)>,
    done: Option<Box<Taken>>,
}

/// Takes the files, each with the folder that it stood in.
type Taken = dyn FnOnce(Vec<(File, String)>);
type Shared = Rc<RefCell<Walk>>;

/// Gives what was dropped to `done`: the files as they are listed, and where a folder is among them those in it.
pub(super) fn walk(data: &DataTransfer, done: impl FnOnce(Vec<(File, String)>) + 'static) {
    let items = data.items();
    let entries = (0..items.length()).filter_map(|at| items.get(at)?.webkit_get_as_entry().ok().flatten());
    let mut left: Vec<FileSystemEntry> = entries.collect();
    if !left.iter().any(FileSystemEntry::is_directory) {
        return done(files::listed(data.files()));
    }
    left.reverse();
    on(&Rc::new(RefCell::new(Walk { left, found: Vec::new(), done: Some(Box::new(done)) })));
}

fn on(walk: &Shared) {
    let next = walk.borrow_mut().left.pop();
    let full = walk.borrow().found.len() >= MOST;
    let Some(entry) = next.filter(|_| !full) else {
        let (mut found, done) = {
            let mut walk = walk.borrow_mut();
            (std::mem::take(&mut walk.found), walk.done.take())
        };
        // As they stand in the folder, not as the disk gives them.
        found.sort_by_cached_key(|(file, folder)| (folder.clone(), file.name()));
        if let Some(done) = done {
            done(found);
        }
        return;
    };
    let goes_on = Rc::clone(walk);
    let passed = Closure::once_into_js(move || on(&goes_on));
    if entry.is_directory() {
        let folder: FileSystemDirectoryEntry = entry.unchecked_into();
        list(walk, folder.create_reader(), &passed);
    } else {
        let path = entry.full_path();
        let folder =
            path.rsplit_once('/').map_or("", |(folder, _)| folder).trim_start_matches('/').to_owned();
        let found = Rc::clone(walk);
        let read = Closure::once_into_js(move |file: File| {
            found.borrow_mut().found.push((file, folder));
            on(&found);
        });
        let file: FileSystemFileEntry = entry.unchecked_into();
        file.file_with_callback_and_callback(read.unchecked_ref(), passed.unchecked_ref());
    }
}

/// A reader gives a hundred at a time, and nothing when it has given all.
fn list(walk: &Shared, reader: FileSystemDirectoryReader, passed: &JsValue) {
    let (into, again, end) = (Rc::clone(walk), reader.clone(), passed.clone());
    let some = Closure::once_into_js(move |entries: Array| {
        if entries.length() == 0 {
            return on(&into);
        }
        into.borrow_mut().left.extend(entries.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
        list(&into, again, &end);
    });
    if reader.read_entries_with_callback_and_callback(some.unchecked_ref(), passed.unchecked_ref()).is_err() {
        on(walk);
    }
}
