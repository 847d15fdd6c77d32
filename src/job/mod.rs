//! The jobs as plain functions: check a file, plan its changes, write the corrected copy, take its figures.
//!
//! What the worker's service and the command line have in common. Bytes in, values out; no file system.

mod breakdown;
mod brief;
mod brief_json;
mod check;
mod consolidated;
mod correct;
mod explain;
mod figures;
mod findings_json;
mod known;
mod no_return;
mod reconcile;
mod take_over;
mod unused;

pub use breakdown::{NewBreakdown, read_breakdown};
pub use brief::{Unwritten, brief};
pub use brief_json::brief_json;
pub use check::{check, check_as_said, left_behind, refused};
pub use consolidated::{Periods, Submission, consolidated, consolidated_as_chosen};
pub use correct::{
    Corrected, JobError, Record, audit_as_said, audit_of, before, changed, correct, corrected_name,
    set_change, typed,
};
pub use explain::{Explained, explain, lapse};
pub use figures::{disputes, disputes_of, reports, returns_of};
pub use known::Known;
pub use no_return::why_no_return;
pub use reconcile::{NoRecord, about, earlier, list_in, list_in_json, plain_name, reconcile, record_in};
pub use take_over::{Apply, TakenOver, plan_changes, take_over};
pub use unused::{Whose, unused, whose};
