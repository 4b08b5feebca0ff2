//! Promises of the room.

mod golden;
mod kit;
mod meaning;
mod rules;
mod writing;
