//! Promises of the room: the real helper against real stores.
