//! Contract tests: a loopback server that answers as recorded consoles did.

mod behaviour;
mod describe;
mod rebuild;
mod recordings;
mod stage;
mod tls;
mod unrecorded;
mod uploads;
