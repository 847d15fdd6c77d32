//! 指标校核助手 (Indicator Companion): audits an indicator sheet against the official breakdown, corrects it
//! losslessly and consolidates many units' returns.
//!
//! The core is every module from [`model`] to [`worker::service`]: bytes in, values out. It touches no file
//! system, clock, thread or browser, and never panics. See `ARCHITECTURE.md` for the map and the directions.

pub mod model;
pub mod worker;

#[cfg(any(target_arch = "wasm32", test))]
pub mod app;
pub mod audit;
pub mod breakdown;
#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod consolidate;
pub mod demo;
pub mod fixes;
pub mod job;
pub mod layout;
pub mod patch;
pub mod reading;
pub mod report;
pub mod rules;
