//! Hears everything that is logged, at every level, with all its fields; but not what the simulated clusters say of themselves.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Servers, not ours.
const OTHERS: [&str; 5] = ["s3s", "rainferry_sandbox", "axum", "tower", "rustls::server"];

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<String>>);

impl Log {
    /// From here on, for the whole process.
    pub(crate) fn listen() -> Self {
        let log = Self::default();
        tracing::subscriber::set_global_default(Ear(log.clone())).unwrap();
        log
    }

    /// What was said since this was asked the last time.
    pub(crate) fn take(&self) -> String {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

struct Ear(Log);

impl Ear {
    fn hear(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Words)) {
        let mut words = Words(format!("{} {}", metadata.level(), metadata.target()));
        record(&mut words);
        words.0.push('\n');
        self.0.0.lock().unwrap().push_str(&words.0);
    }
}

impl Subscriber for Ear {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        !OTHERS.iter().any(|other| metadata.target().starts_with(other))
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.hear(span.metadata(), |words| span.record(words));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut words = Words::default();
        values.record(&mut words);
        self.0.0.lock().unwrap().push_str(&words.0);
    }

    fn event(&self, event: &Event<'_>) {
        self.hear(event.metadata(), |words| event.record(words));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, " {field}={value}");
    }
}
