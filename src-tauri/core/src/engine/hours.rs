//! Quiet hours: a part of each day, by this computer's clock, in which bytes go slower or wait. Jobs are not stopped: what the
//! platform does meanwhile it does.

use crate::engine::Engine;
use crate::profiles::{QuietHours, Settings};
use crate::transfer::Valve;
use chrono::{DateTime, Local, Timelike, Utc};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(15);

/// What all transfers together may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowed {
    AtMost(Option<u64>),
    Nothing,
}

/// What was allowed last: only a change is passed on, so that a rate set in another way stays until then.
#[derive(Default)]
pub(crate) struct Hours(Mutex<Option<Allowed>>);

impl Hours {
    pub(crate) fn apply(&self, settings: &Settings, now: DateTime<Utc>, valve: &Valve) {
        let local = now.with_timezone(&Local);
        let allowed = allowed(settings, local.hour() * 60 + local.minute());
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.replace(allowed) == Some(allowed) {
            return;
        }
        match allowed {
            Allowed::Nothing => valve.close(),
            Allowed::AtMost(rate) => {
                valve.limit(rate);
                valve.open();
            }
        }
    }
}

/// Looks at the clock for as long as the program runs.
pub(crate) fn watch(engine: &Arc<Engine>) -> impl Future<Output = ()> + use<> {
    watched(Arc::downgrade(engine))
}

async fn watched(engine: Weak<Engine>) {
    loop {
        let Some(clock) = engine.upgrade().map(|engine| engine.host.clock()) else { return };
        clock.sleep(LOOK).await;
        let Some(engine) = engine.upgrade() else { return };
        engine.apply_settings();
    }
}

fn allowed(settings: &Settings, minute: u32) -> Allowed {
    let always = settings.limit_bytes_per_sec;
    match settings.quiet.as_ref().filter(|quiet| holds(quiet, minute)) {
        None => Allowed::AtMost(always),
        Some(QuietHours { limit_bytes_per_sec: None, .. }) => Allowed::Nothing,
        Some(QuietHours { limit_bytes_per_sec: Some(rate), .. }) => {
            Allowed::AtMost(Some(always.map_or(*rate, |always| always.min(*rate))))
        }
    }
}

/// They may go over midnight.
fn holds(quiet: &QuietHours, minute: u32) -> bool {
    let (from, to) = (u32::from(quiet.from_minute), u32::from(quiet.to_minute));
    if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(limit_bytes_per_sec: Option<u64>, from_minute: u16, to_minute: u16, quiet: Option<u64>) -> Settings {
        let quiet = QuietHours { from_minute, to_minute, limit_bytes_per_sec: quiet };
        Settings { limit_bytes_per_sec, quiet: Some(quiet), ..Settings::default() }
    }

    #[test]
    fn a_day_has_its_quiet_part() {
        let office = settings(None, 9 * 60, 18 * 60, Some(5_000_000));
        assert_eq!(allowed(&office, 9 * 60 - 1), Allowed::AtMost(None));
        assert_eq!(allowed(&office, 9 * 60), Allowed::AtMost(Some(5_000_000)));
        assert_eq!(allowed(&office, 18 * 60 - 1), Allowed::AtMost(Some(5_000_000)));
        assert_eq!(allowed(&office, 18 * 60), Allowed::AtMost(None));
    }

    #[test]
    fn it_may_go_over_midnight() {
        let night = settings(Some(9), 22 * 60, 6 * 60, None);
        for (minute, expected) in [
            (22 * 60 - 1, Allowed::AtMost(Some(9))),
            (22 * 60, Allowed::Nothing),
            (0, Allowed::Nothing),
            (6 * 60 - 1, Allowed::Nothing),
            (6 * 60, Allowed::AtMost(Some(9))),
        ] {
            assert_eq!(allowed(&night, minute), expected, "{minute}");
        }
    }

    #[test]
    fn the_lower_limit_holds() {
        assert_eq!(allowed(&settings(Some(3), 0, 60, Some(5)), 1), Allowed::AtMost(Some(3)));
        assert_eq!(allowed(&settings(Some(7), 0, 60, Some(5)), 1), Allowed::AtMost(Some(5)));
    }

    #[test]
    fn only_a_change_is_passed_on() {
        let (hours, valve, now) = (Hours::default(), Valve::default(), DateTime::UNIX_EPOCH);
        let night = Settings { quiet: None, ..settings(Some(5), 0, 1, None) };
        hours.apply(&night, now, &valve);
        valve.close();
        hours.apply(&night, now, &valve);
        assert_eq!(valve.closed_times(), 1);
        // All of the day but a minute, whatever the time zone: on its way out it opens again.
        let minute = now.with_timezone(&Local).hour() * 60 + now.with_timezone(&Local).minute();
        let quiet = settings(None, u16::try_from(minute).unwrap(), u16::try_from((minute + 5) % 1440).unwrap(), None);
        hours.apply(&quiet, now, &valve);
        hours.apply(&quiet, now, &valve);
        assert_eq!(valve.closed_times(), 2);
    }
}
