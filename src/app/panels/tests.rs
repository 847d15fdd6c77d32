//! Panels rendered to strings and compared with a recorded snapshot.
