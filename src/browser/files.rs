//! The bytes of the user's files. They stay on this side as one buffer a file and are never copied into the page's
//! own memory; a worker gets a copy.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, File, FileList, FileReader};

use crate::app::{Callback, Message, Picked};
use crate::worker::protocol::{Document, FileId};

/// Files that are taken into the list at a time. The browser looks at the disk for the size of each: two hundred at
/// once would halt the page.
const AT_ONCE: usize = 8;

#[derive(Default)]
pub(super) struct Files {
    next: FileId,
    chosen: BTreeMap<FileId, File>,
    held: BTreeMap<FileId, Uint8Array>,
}

impl Files {
    /// Takes files, each with the folder it is in; they are read one by one later.
    fn choose(&mut self, files: Vec<(File, String)>) -> Vec<Picked> {
        let choose = |(file, folder): (File, String)| {
            let (id, name, size) = (self.id(), file.name(), file.size());
            self.chosen.insert(id, file);
            Picked { file: id, name, folder, size, held: false }
        };
        files.into_iter().map(choose).collect()
    }

    /// Takes files whose bytes are here already.
    pub fn keep(&mut self, documents: Vec<Document>) -> Vec<Picked> {
        let bytes = |document: Document| (document.name, Uint8Array::from(document.bytes.as_slice()));
        self.take(documents.into_iter().map(bytes))
    }

    /// Takes bytes that are the browser's already, under these names.
    pub fn take(&mut self, files: impl Iterator<Item = (String, Uint8Array)>) -> Vec<Picked> {
        let take = |(name, bytes): (String, Uint8Array)| {
            let (file, size) = (self.id(), f64::from(bytes.length()));
            self.held.insert(file, bytes);
            Picked { file, name, folder: String::new(), size, held: true }
        };
        files.map(take).collect()
    }

    pub fn bytes(&self, id: FileId) -> Option<&Uint8Array> {
        self.held.get(&id)
    }

    pub fn release(&mut self, id: FileId) {
        self.chosen.remove(&id);
        self.held.remove(&id);
    }

    fn id(&mut self) -> FileId {
        self.next += 1;
        self.next
    }
}

/// What a browser gives as a list, as files of no folder that is known.
pub(super) fn listed(list: Option<FileList>) -> Vec<(File, String)> {
    let files = list.iter().flat_map(|list| (0..list.length()).filter_map(|at| list.get(at)));
    files.map(|file| (file, String::new())).collect()
}

/// Takes files into the list. Many come in parts, each when the one before it has been drawn; the first one too, as the
/// browser has just been busy with the list. `picked` is told how many are still to come.
pub(super) fn take_in(
    files: Rc<RefCell<Files>>,
    chosen: Vec<(File, String)>,
    picked: impl Fn(Vec<Picked>, usize) + 'static,
) {
    if chosen.len() <= AT_ONCE {
        let some = files.borrow_mut().choose(chosen);
        return picked(some, 0);
    }
    take_parts_soon(files, chosen, picked);
}

fn take_parts_soon(
    files: Rc<RefCell<Files>>,
    chosen: Vec<(File, String)>,
    picked: impl Fn(Vec<Picked>, usize) + 'static,
) {
    super::later(0, move || take_parts(files, chosen, picked))
        .unwrap_or_else(|error| web_sys::console::error_1(&error));
}

fn take_parts(
    files: Rc<RefCell<Files>>,
    mut chosen: Vec<(File, String)>,
    picked: impl Fn(Vec<Picked>, usize) + 'static,
) {
    let rest = chosen.split_off(AT_ONCE.min(chosen.len()));
    let some = files.borrow_mut().choose(chosen);
    picked(some, rest.len());
    if !rest.is_empty() {
        take_parts_soon(files, rest, picked);
    }
}

/// Reads one file with a `FileReader` (`File.arrayBuffer` is younger than the oldest browser).
pub(super) fn read(files: &Rc<RefCell<Files>>, id: FileId, send: &Callback<Message>) {
    let Some(file) = files.borrow().chosen.get(&id).cloned() else {
        return send.emit(Message::NotRead(id, "-".to_owned()));
    };
    let reader = match FileReader::new() {
        Ok(reader) => reader,
        Err(error) => return send.emit(Message::NotRead(id, super::words(&error))),
    };
    let done = {
        let (files, send, reader) = (Rc::clone(files), send.clone(), reader.clone());
        Closure::once_into_js(move || {
            let message = match reader.result() {
                Ok(buffer) if buffer.is_instance_of::<js_sys::ArrayBuffer>() => {
                    let mut files = files.borrow_mut();
                    files.held.insert(id, Uint8Array::new(&buffer));
                    files.chosen.remove(&id);
                    Message::Held(id)
                }
                _ => Message::NotRead(id, reader.error().map(|error| error.name()).unwrap_or_default()),
            };
            send.emit(message);
        })
    };
    reader.set_onloadend(Some(done.unchecked_ref()));
    let blob: &Blob = &file;
    if let Err(error) = reader.read_as_array_buffer(blob) {
        reader.set_onloadend(None);
        send.emit(Message::NotRead(id, super::words(&error)));
    }
}
