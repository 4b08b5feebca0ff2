//! The sandbox's time: the computer's, or one that a test turns by hand.
//! Moments are microseconds since 1970; the consoles print them in Asia/Shanghai without a zone.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, FixedOffset, Offset, Utc};

/// Microseconds since 1970-01-01 UTC.
pub type Moment = i64;

const SHANGHAI_SECS: i32 = 8 * 3600;

#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<Mutex<Option<Moment>>>);

impl Clock {
    pub fn real() -> Self {
        Self::default()
    }

    /// A clock that stands still until it is turned.
    pub fn stopped_at(moment: Moment) -> Self {
        Self(Arc::new(Mutex::new(Some(moment))))
    }

    pub fn now(&self) -> Moment {
        let stopped = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.unwrap_or_else(wall_clock)
    }

    /// Turns a stopped clock on; does nothing to a real one.
    pub fn advance_secs(&self, secs: i64) {
        if let Some(at) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            *at += secs * 1_000_000;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the sandbox reads the computer's clock")]
fn wall_clock() -> Moment {
    Utc::now().timestamp_micros()
}

fn local(moment: Moment) -> DateTime<FixedOffset> {
    let zone = FixedOffset::east_opt(SHANGHAI_SECS).unwrap_or_else(|| Utc.fix());
    DateTime::from_timestamp_micros(moment).unwrap_or_default().with_timezone(&zone)
}

/// `2026-11-23 01:18:10`, as models print themselves.
pub(crate) fn plain(moment: Moment) -> String {
    local(moment).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2026-11-23T01:18:10.126053`, as serializers print.
pub(crate) fn iso(moment: Moment) -> String {
    local(moment).format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// `2026-11-23T01:18:10+08:00`, as the region's Go prints.
pub(crate) fn rfc3339(moment: Moment) -> String {
    local(moment).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `20261123011810`, a backup's version.
pub(crate) fn version(moment: Moment) -> String {
    local(moment).format("%Y%m%d%H%M%S").to_string()
}

/// The moment of a local time written `2026-11-23 01:18:10`; 0 if it is not one.
pub(crate) fn at(text: &str) -> Moment {
    let parsed = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap_or_default();
    parsed.and_utc().timestamp_micros() - i64::from(SHANGHAI_SECS) * 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_times_are_those_of_shanghai() {
        let moment = at("2026-11-23 01:18:10");
        assert_eq!(plain(moment), "2026-11-23 01:18:10");
        assert_eq!(version(moment), "20261123011810");
        assert_eq!(rfc3339(moment), "2026-11-23T01:18:10+08:00");
        assert_eq!(moment, 1_795_367_890_000_000);
    }

    #[test]
    fn a_stopped_clock_moves_only_when_turned() {
        let clock = Clock::stopped_at(at("2026-01-01 00:00:00"));
        assert_eq!(clock.now(), clock.now());
        clock.advance_secs(2);
        assert_eq!(plain(clock.now()), "2026-01-01 00:00:02");
    }
}
