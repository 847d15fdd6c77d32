//! The one contract between the page and the core, and the service that keeps it.

mod clipboard;
mod dto;
mod opened;
mod progress;
pub mod protocol;
mod search;
pub mod service;
mod sum;
mod summary;
pub mod wire;
