//! Moments at which a crash matters: before and after each call to the outside, and before and after each line of a journal.
//! They are trace events that nothing here listens to; tests that kill the program at every one of them do.

use std::future::Future;

/// What the events are named after.
const TARGET: &str = "rainferry::moment";

pub(crate) fn pass(when: &'static str, what: &str) {
    tracing::trace!(target: TARGET, when, what);
}

/// Makes a call, with the moment before it and the one when it was done and nobody here knows yet.
pub(crate) async fn around<T>(what: &str, call: impl Future<Output = T>) -> T {
    pass("before", what);
    let done = call.await;
    pass("after", what);
    done
}
