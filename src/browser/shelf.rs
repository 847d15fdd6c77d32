//! 断电保护: the work in the browser's own store, by the user's choice alone. Two stores: what was done, a record a
//! session, and the bytes of the files under session and number.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::{
    Event, IdbDatabase, IdbKeyRange, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
    IdbTransactionMode, Storage,
};

use super::files::Files;
use super::listen;
use crate::app::{Callback, Message, Shelf, ShelfSays};
use crate::worker::protocol::{FileId, Progress};

/// Remembers that it is on: without that, no store is ever looked into.
const CHOSEN: &str = "companion.shelf";
const NAME: &str = "companion";
const WORK: &str = "work";
const BYTES: &str = "files";
/// Until when a session is surely at work, under this and its name among the bytes: an older program looks for none
/// there.
const LIVES: &str = "lives";
/// Between two signs of life.
const BEAT: i32 = 4_000;
/// A browser lets a page that is seen run on time, and one behind another once a minute.
const SEEN: f64 = 12_000.0;
const UNSEEN: f64 = 130_000.0;

#[derive(Default)]
struct Inner {
    store: Option<IdbDatabase>,
    /// What this session keeps its work under.
    session: String,
    /// Another session is at work in another window: it is looked after until it is not.
    others_live: bool,
    /// Signs of life are given.
    beats: bool,
    /// The page is being left.
    leaves: bool,
    /// The session before, whose work is offered, and the numbers of its files.
    left: Option<(String, Vec<JsValue>)>,
}

/// The way to the store. Its clones are the same one.
#[derive(Clone, Default)]
pub(super) struct Cupboard(Rc<RefCell<Inner>>);

impl Cupboard {
    /// Looks for the work of an earlier session, where it was chosen that there be any.
    pub fn begin(&self, send: &Callback<Message>) {
        let chosen = storage().and_then(|storage| storage.get_item(CHOSEN).ok().flatten());
        if chosen.is_some() {
            self.switch_on(send);
        }
    }

    /// Does what the page wants of it; what cannot be done is said.
    pub fn carry_out(&self, what: Shelf, files: &Rc<RefCell<Files>>, send: &Callback<Message>) {
        let done = match what {
            Shelf::On => {
                self.switch_on(send);
                Ok(())
            }
            Shelf::Off => self.switch_off(),
            Shelf::Put { progress, files: ids, instead } => {
                self.put(&progress, &ids, instead, &files.borrow(), send)
            }
            Shelf::Empty => self.remove(&self.0.borrow().session),
            Shelf::Restore => self.restore(Rc::clone(files), send.clone()),
            Shelf::Clear => self.clear_left(),
        };
        if let Err(error) = done {
            refuse(send, &error);
        }
    }

    fn switch_on(&self, send: &Callback<Message>) {
        if let Err(error) = self.open(send) {
            forget();
            refuse(send, &error);
        }
    }

    fn open(&self, send: &Callback<Message>) -> Result<(), JsValue> {
        // What cannot be remembered could not be offered either.
        let storage = storage().ok_or_else(|| JsValue::from_str("localStorage"))?;
        storage.set_item(CHOSEN, "on")?;
        let factory = super::window()?.indexed_db()?.ok_or_else(|| JsValue::from_str("indexedDB"))?;
        let request = factory.open_with_u32(NAME, 1)?;
        on_upgrade(&request);
        let (shelf, told) = (self.clone(), send.clone());
        on_result(&request, send, move |store| {
            let store: IdbDatabase = store.unchecked_into();
            {
                let mut inner = shelf.0.borrow_mut();
                inner.store = Some(store);
                if inner.session.is_empty() {
                    let random = js_sys::Math::random().to_bits();
                    inner.session = format!("{:015}-{random:x}", js_sys::Date::now());
                }
            }
            told.emit(Message::Shelf(ShelfSays::On));
            shelf.live(&told)?;
            shelf.look(&told)
        });
        Ok(())
    }

    /// Shows other windows that this session is at work, and takes in what they leave.
    fn live(&self, send: &Callback<Message>) -> Result<(), JsValue> {
        if std::mem::replace(&mut self.0.borrow_mut().beats, true) {
            return self.beat();
        }
        let (shelf, told) = (self.clone(), send.clone());
        let beat = move || {
            // What goes wrong here is said when something is put down.
            shelf.beat().ok();
            if shelf.0.borrow().others_live {
                shelf.look(&told).ok();
            }
        };
        // A page that is left is hidden, too: behind that it gives no more signs.
        let leaves = |shelf: Self, leaves: bool| {
            move |_: Event| {
                shelf.0.borrow_mut().leaves = leaves;
                shelf.sign(leaves).ok();
            }
        };
        let window = super::window()?;
        listen::on(&window, "pagehide", leaves(self.clone(), true))?;
        listen::on(&window, "pageshow", leaves(self.clone(), false))?;
        let seen = beat.clone();
        listen::on(super::document()?.as_ref(), "visibilitychange", move |_: Event| seen())?;
        let again = Closure::<dyn FnMut()>::new(beat);
        let function = again.as_ref().unchecked_ref();
        window.set_interval_with_callback_and_timeout_and_arguments_0(function, BEAT)?;
        again.forget();
        self.beat()
    }

    fn beat(&self) -> Result<(), JsValue> {
        if self.0.borrow().leaves { Ok(()) } else { self.sign(false) }
    }

    /// A sign of life, or that there is none to come; none at all where another window has switched it off.
    fn sign(&self, last: bool) -> Result<(), JsValue> {
        if storage().and_then(|storage| storage.get_item(CHOSEN).ok().flatten()).is_none() {
            return Ok(());
        }
        let bytes = self.transaction(IdbTransactionMode::Readwrite)?.object_store(BYTES)?;
        let session = self.0.borrow().session.clone();
        let long = if super::document()?.hidden() { UNSEEN } else { SEEN };
        let until = if last { 0.0 } else { js_sys::Date::now() + long };
        let sign = JsValue::from_str(&format!("{session} {until}"));
        bytes.put_with_key(&sign, &JsValue::from_str(&sign_of(&session)))?;
        Ok(())
    }

    /// Offers the work of the latest of the other sessions that are at work no more.
    fn look(&self, send: &Callback<Message>) -> Result<(), JsValue> {
        let transaction = self.transaction(IdbTransactionMode::Readwrite)?;
        let (work, bytes) = (transaction.object_store(WORK)?, transaction.object_store(BYTES)?);
        let signs = bytes.get_all_with_key(&range(LIVES)?)?;
        let living = Rc::new(RefCell::new(Vec::new()));
        let into = Rc::clone(&living);
        // Requests of one transaction are answered in their order.
        on_result(&signs, send, move |signs| {
            let now = js_sys::Date::now();
            for sign in signs.unchecked_into::<Array>().into_iter().filter_map(|sign| sign.as_string()) {
                let Some((session, until)) = sign.split_once(' ') else { continue };
                if until.parse().is_ok_and(|until: f64| until > now) {
                    into.borrow_mut().push(session.to_owned());
                } else {
                    bytes.delete(&JsValue::from_str(&sign_of(session)))?;
                }
            }
            Ok(())
        });
        let (shelf, told) = (self.clone(), send.clone());
        on_result(&work.get_all_keys()?, send, move |keys| {
            let own = shelf.0.borrow().session.clone();
            let others = keys.unchecked_into::<Array>().into_iter().filter_map(|key| key.as_string());
            let (live, left): (Vec<String>, Vec<String>) =
                others.filter(|key| *key != own).partition(|key| living.borrow().contains(key));
            shelf.0.borrow_mut().others_live = !live.is_empty() && left.is_empty();
            let Some(latest) = left.into_iter().max() else { return Ok(()) };
            let (shelf, said, key) = (shelf.clone(), told.clone(), latest.clone());
            on_result(&work.get(&JsValue::from_str(&latest))?, &told, move |record| {
                let progress = serde_wasm_bindgen::from_value(Reflect::get(&record, &"progress".into())?)?;
                let ids: Array = Reflect::get(&record, &"files".into())?.unchecked_into();
                shelf.0.borrow_mut().left = Some((key, ids.iter().collect()));
                said.emit(Message::Shelf(ShelfSays::Left(Box::new(progress))));
                Ok(())
            });
            Ok(())
        });
        Ok(())
    }

    /// Puts down what was done, and of the files those that are not there. `instead`: of the work that was offered.
    fn put(
        &self,
        progress: &Progress,
        ids: &[FileId],
        instead: bool,
        files: &Files,
        send: &Callback<Message>,
    ) -> Result<(), JsValue> {
        let transaction = self.transaction(IdbTransactionMode::Readwrite)?;
        let session = self.0.borrow().session.clone();
        let record = js_sys::Object::new();
        let plain =
            progress.serialize(&serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true))?;
        let numbers: Array = ids.iter().map(|id| JsValue::from(*id)).collect();
        Reflect::set(&record, &"progress".into(), &plain)?;
        Reflect::set(&record, &"files".into(), &numbers)?;
        transaction.object_store(WORK)?.put_with_key(&record, &JsValue::from_str(&session))?;
        let bytes: Vec<(String, Uint8Array)> =
            ids.iter().filter_map(|id| Some((file_key(&session, *id), files.bytes(*id)?.clone()))).collect();
        let store = transaction.object_store(BYTES)?;
        on_result(&store.get_all_keys_with_key(&range(&session)?)?, send, move |keys| {
            let there: Vec<String> =
                keys.unchecked_into::<Array>().iter().filter_map(|key| key.as_string()).collect();
            for (key, bytes) in bytes.iter().filter(|(key, _)| !there.contains(key)) {
                store.put_with_key(bytes, &JsValue::from_str(key))?;
            }
            for key in there.iter().filter(|key| !bytes.iter().any(|(wanted, _)| wanted == *key)) {
                store.delete(&JsValue::from_str(key))?;
            }
            Ok(())
        });
        let (shelf, told) = (self.clone(), send.clone());
        let done = Closure::once_into_js(move |_: Event| {
            // What was taken in is here under the new name: only now may the old one go.
            if instead && let Err(error) = shelf.clear_left() {
                refuse(&told, &error);
            }
        });
        transaction.set_oncomplete(Some(done.unchecked_ref()));
        let told = send.clone();
        let failed = Closure::once_into_js(move |_: Event| {
            told.emit(Message::Shelf(ShelfSays::Refused("transaction".to_owned())));
        });
        transaction.set_onabort(Some(failed.unchecked_ref()));
        Ok(())
    }

    fn restore(&self, files: Rc<RefCell<Files>>, send: Callback<Message>) -> Result<(), JsValue> {
        let Some((session, ids)) = self.0.borrow().left.clone() else { return Ok(()) };
        let transaction = self.transaction(IdbTransactionMode::Readonly)?;
        let read = Rc::new(RefCell::new(Vec::new()));
        for id in ids {
            let key = format!("{session}/{}", id.as_f64().unwrap_or_default());
            let request = transaction.object_store(BYTES)?.get(&JsValue::from_str(&key))?;
            let into = Rc::clone(&read);
            on_result(&request, &send, move |bytes| {
                into.borrow_mut().push(bytes.dyn_into::<Uint8Array>()?);
                Ok(())
            });
        }
        let request = transaction.object_store(WORK)?.get(&JsValue::from_str(&session))?;
        let told = send.clone();
        // Requests of one transaction are answered in their order: this is the last.
        on_result(&request, &send, move |record| {
            let progress: Progress =
                serde_wasm_bindgen::from_value(Reflect::get(&record, &"progress".into())?)?;
            let names = progress.files.iter().chain(&progress.breakdown).map(|file| file.name.clone());
            let bytes = read.borrow();
            if bytes.len() != progress.files.len() + usize::from(progress.breakdown.is_some()) {
                return Err(JsValue::from_str("files"));
            }
            let picked = files.borrow_mut().take(names.zip(bytes.iter().cloned()));
            told.emit(Message::Returned(Box::new(progress), picked));
            Ok(())
        });
        Ok(())
    }

    fn clear_left(&self) -> Result<(), JsValue> {
        let left = self.0.borrow_mut().left.take();
        left.map_or(Ok(()), |(session, _)| self.remove(&session))
    }

    fn remove(&self, session: &str) -> Result<(), JsValue> {
        let transaction = self.transaction(IdbTransactionMode::Readwrite)?;
        transaction.object_store(WORK)?.delete(&JsValue::from_str(session))?;
        transaction.object_store(BYTES)?.delete(&range(session)?)?;
        Ok(())
    }

    /// Nothing is left behind.
    fn switch_off(&self) -> Result<(), JsValue> {
        if let Some(storage) = storage() {
            storage.remove_item(CHOSEN)?;
        }
        let transaction = self.transaction(IdbTransactionMode::Readwrite)?;
        transaction.object_store(WORK)?.clear()?;
        transaction.object_store(BYTES)?.clear()?;
        let mut inner = self.0.borrow_mut();
        (inner.store, inner.left) = (None, None);
        Ok(())
    }

    fn transaction(&self, mode: IdbTransactionMode) -> Result<IdbTransaction, JsValue> {
        let inner = self.0.borrow();
        let store = inner.store.as_ref().ok_or_else(|| JsValue::from_str("closed"))?;
        store.transaction_with_str_sequence_and_mode(&Array::of2(&WORK.into(), &BYTES.into()), mode)
    }
}

/// A browser that forbids storage may throw at the very question.
fn storage() -> Option<Storage> {
    super::window().ok()?.local_storage().ok().flatten()
}

fn forget() {
    if let Some(storage) = storage() {
        storage.remove_item(CHOSEN).ok();
    }
}

/// It stays chosen where the store was open: what is in there is to be offered, and cleared, next time.
fn refuse(send: &Callback<Message>, error: &JsValue) {
    send.emit(Message::Shelf(ShelfSays::Refused(super::words(error))));
}

fn file_key(session: &str, id: FileId) -> String {
    format!("{session}/{id}")
}

/// Where the sign of life of a session is.
fn sign_of(session: &str) -> String {
    format!("{LIVES}/{session}")
}

/// The keys of all files of a session.
fn range(session: &str) -> Result<JsValue, JsValue> {
    let (from, to) = (format!("{session}/"), format!("{session}0"));
    IdbKeyRange::bound(&JsValue::from_str(&from), &JsValue::from_str(&to)).map(JsValue::from)
}

fn on_upgrade(request: &IdbOpenDbRequest) {
    let opening = request.clone();
    let make = Closure::once_into_js(move |_: Event| {
        let store: Option<IdbDatabase> = opening.result().ok().map(JsCast::unchecked_into);
        for name in [WORK, BYTES] {
            // What could not be made is missed, and said, at the first transaction.
            let _: Option<IdbObjectStore> =
                store.as_ref().and_then(|store| store.create_object_store(name).ok());
        }
    });
    request.set_onupgradeneeded(Some(make.unchecked_ref()));
}

/// Goes on with what a request gives; says so where it gives nothing.
fn on_result(
    request: &IdbRequest,
    send: &Callback<Message>,
    then: impl FnOnce(JsValue) -> Result<(), JsValue> + 'static,
) {
    let (answered, told) = (request.clone(), send.clone());
    let done = Closure::once_into_js(move |_: Event| {
        if let Err(error) = answered.result().and_then(then) {
            refuse(&told, &error);
        }
    });
    request.set_onsuccess(Some(done.unchecked_ref()));
    let (failing, told) = (request.clone(), send.clone());
    let failed = Closure::once_into_js(move |event: Event| {
        event.prevent_default();
        let words = failing.error().ok().flatten().map(|error| error.name()).unwrap_or_default();
        refuse(&told, &JsValue::from_str(&words));
    });
    request.set_onerror(Some(failed.unchecked_ref()));
}
