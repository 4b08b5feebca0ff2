//! Contract tests: a loopback server that answers as recorded consoles did.

mod behaviour;
mod describe;
mod recordings;
mod stage;
mod tls;
