//! A console: its views over the rows, and the server that answers with them.

mod answer;
mod apps;
mod ask;
mod backups;
mod components;
mod desk;
mod enterprise;
mod gateway;
mod login;
mod migrations;
mod operations;
mod routes;
mod rules;
mod save;
mod server;
mod tickets;
mod users;

pub(crate) use apps::{app_row, port_row};
pub(crate) use components::{base_row, env_row, volume_row};
pub(crate) use login::hashed;
pub(crate) use server::{Console, ConsoleSpec};
