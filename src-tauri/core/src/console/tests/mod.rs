//! Contract tests of the room.
