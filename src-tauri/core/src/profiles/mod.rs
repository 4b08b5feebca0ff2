//! Saved consoles, their stores, and the user's preferences. Secrets are not here: see [`secrets`].

mod book;
pub(crate) mod secrets;
mod settings;

pub use book::StoreKind;
pub(crate) use book::{Book, Profile, RegistryProfile, StoreProfile};
pub use settings::{Habits, Language, QuietHours, Settings, Theme};
