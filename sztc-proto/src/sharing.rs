//! When a car that shares parking may pass: the windows of 6004, without clock or store.
use crate::{
    code::{SharingAction, Weekday},
    model::SharedParking,
};
use park_core::{Date, DateTime, Timestamp};

/// One stretch of shared time (共享时间段): both ends are part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharingWindow {
    /// Its first second.
    pub begins: DateTime,
    /// Its last second.
    pub ends: DateTime,
}

/// How shared parking stands at a certain time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SharingPhase {
    /// Not shared: the usual fees and rules.
    Closed,
    /// The buffer before a window (入场缓冲时段).
    EntryBuffer,
    /// Within a window (共享时间段).
    Open,
    /// The buffer after a window.
    ExitBuffer,
}

impl SharingPhase {
    /// Whether the car may enter as a sharing one: in a window and in the buffer before it.
    pub fn may_enter(self) -> bool {
        matches!(self, Self::EntryBuffer | Self::Open)
    }

    /// Whether the car may leave at the sharing price: in a window and in the buffers before and
    /// after it.
    pub fn may_leave(self) -> bool {
        self != Self::Closed
    }
}

/// The windows of Table 79. The readings behind them, see also `SPEC-NOTES.md`:
///
/// - `startDate` and `endDate` are both included, as are the seconds `startTime` and `endTime`.
/// - An `endTime` before the `startTime` lies on the next day. Such a window belongs to the day on
///   which it begins: that day's weekday and date count, so the window of the last day runs into
///   the day after `endDate`. Equal times make a window of 24 hours.
/// - `bufferTime` (缓冲时间) lies before each window, where the car may enter and leave (C.1.2.4:
///   共享时间段内（或入场缓冲时段内）入场或出场), and after it, where it may only leave. The annex
///   names the buffer for entering alone; the one for leaving is our reading of Table 79, which
///   does not say on which side the time lies. A negative one counts as 0.
/// - An empty `rule` shares on no day. A withdrawn sharing (取消共享), and any other `actionType`
///   than 0, has no windows.
impl SharedParking {
    /// How sharing stands at `now`. Where two windows' buffers overlap, the one before the coming
    /// window counts.
    pub fn allows(&self, now: DateTime) -> SharingPhase {
        let today = now.date();
        let open = |day| {
            self.window(day)
                .is_some_and(|window| window.begins <= now && now <= window.ends)
        };
        if open(today) || before(today).is_some_and(open) {
            return SharingPhase::Open;
        }
        // A negative one reaches nowhere: what follows compares it with times that are not
        // negative.
        let buffer = i64::from(self.buffer_time) * 60;
        let seconds = now.timestamp().seconds();
        if (self.next_window(now))
            .is_some_and(|window| window.begins.timestamp().seconds() - seconds <= buffer)
        {
            SharingPhase::EntryBuffer
        } else if (self.last_window(now))
            .is_some_and(|window| seconds - window.ends.timestamp().seconds() <= buffer)
        {
            SharingPhase::ExitBuffer
        } else {
            SharingPhase::Closed
        }
    }

    /// The first window that begins at `from` or later; `None` if there is none any more.
    pub fn next_window(&self, from: DateTime) -> Option<SharingWindow> {
        // A weekday comes back after 7 days, and today's window may have begun already.
        days(from.date().max(self.start_date), after)
            .take(8)
            .find_map(|day| self.window(day).filter(|window| window.begins >= from))
    }

    /// The last window that ended before `until`, where no window is open then.
    fn last_window(&self, until: DateTime) -> Option<SharingWindow> {
        // As above, backwards.
        days(until.date().min(self.end_date), before)
            .take(8)
            .find_map(|day| self.window(day).filter(|window| window.ends < until))
    }

    /// The window that begins on `day`.
    fn window(&self, day: Date) -> Option<SharingWindow> {
        let shared = self.action_type == SharingAction::START
            && (self.start_date..=self.end_date).contains(&day)
            && self.rule.contains(&weekday(day));
        if !shared {
            return None;
        }
        let last = if self.end_time <= self.start_time {
            after(day)?
        } else {
            day
        };
        Some(SharingWindow {
            begins: day.naive().and_time(self.start_time.naive()).into(),
            ends: last.naive().and_time(self.end_time.naive()).into(),
        })
    }
}

fn days(from: Date, step: fn(Date) -> Option<Date>) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), move |day| step(*day))
}

fn after(day: Date) -> Option<Date> {
    day.naive().succ_opt().map(Into::into)
}

fn before(day: Date) -> Option<Date> {
    day.naive().pred_opt().map(Into::into)
}

fn weekday(day: Date) -> Weekday {
    // 1970-01-01, which was a Thursday.
    let thursday = Timestamp::from_seconds(0).date_time().date();
    let days = (day.naive() - thursday.naive()).num_days();
    // The rest is 0 to 6.
    Weekday((days + 3).rem_euclid(7) as i32 + Weekday::MONDAY.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use SharingPhase::{Closed, EntryBuffer, ExitBuffer, Open};

    fn sharing(times: [&str; 2], rule: &[i32]) -> SharedParking {
        SharedParking {
            id: "507a53ffb2d13647252ce7c388c312ff".into(),
            park_code: "44030400100101000010".into(),
            plate_no: "粤B88888".into(),
            // A Wednesday to the Tuesday two weeks later.
            start_date: "2023-03-01".parse().expect("a date"),
            end_date: "2023-03-14".parse().expect("a date"),
            start_time: times[0].parse().expect("a time"),
            end_time: times[1].parse().expect("a time"),
            buffer_time: 30,
            rule: rule.iter().map(|day| Weekday(*day)).collect(),
            action_type: SharingAction::START,
            publisher: None,
        }
    }

    fn at(text: &str) -> DateTime {
        format!("2023-{text}").parse().expect(text)
    }

    const EVERY_DAY: &[i32] = &[1, 2, 3, 4, 5, 6, 7];

    #[test]
    fn days_have_their_weekdays() {
        for (day, expected) in [
            ("2023-03-01", Weekday::WEDNESDAY),
            ("2023-03-05", Weekday::SUNDAY),
            ("2023-03-06", Weekday::MONDAY),
            ("2024-02-29", Weekday::THURSDAY),
            ("1969-12-31", Weekday::WEDNESDAY),
            ("1970-01-01", Weekday::THURSDAY),
            ("1900-01-01", Weekday::MONDAY),
        ] {
            assert_eq!(weekday(day.parse().expect(day)), expected, "{day}");
        }
    }

    #[test]
    fn a_day_s_window_has_a_buffer_on_each_side() {
        let sharing = sharing(["09:00:00", "19:00:00"], &[1, 3, 5]);
        for (now, phase) in [
            ("03-01 08:29:59", Closed),
            ("03-01 08:30:00", EntryBuffer),
            ("03-01 08:59:59", EntryBuffer),
            ("03-01 09:00:00", Open),
            ("03-01 19:00:00", Open),
            ("03-01 19:00:01", ExitBuffer),
            ("03-01 19:30:00", ExitBuffer),
            ("03-01 19:30:01", Closed),
            // A Thursday, and then the Wednesday before the first day and the Wednesday after the
            // last.
            ("03-02 12:00:00", Closed),
            ("02-22 12:00:00", Closed),
            ("03-15 12:00:00", Closed),
            ("03-13 12:00:00", Open),
        ] {
            assert_eq!(sharing.allows(at(now)), phase, "{now}");
        }
        for (phase, enter, leave) in [
            (Closed, false, false),
            (EntryBuffer, true, true),
            (Open, true, true),
            (ExitBuffer, false, true),
        ] {
            assert_eq!((phase.may_enter(), phase.may_leave()), (enter, leave));
        }
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_on_which_it_begins() {
        // Wednesdays and Sundays at night.
        let sharing = sharing(["20:00:00", "08:00:00"], &[3, 7]);
        for (now, phase) in [
            ("03-01 07:00:00", Closed),
            ("03-01 19:45:00", EntryBuffer),
            ("03-01 23:59:59", Open),
            ("03-02 08:00:00", Open),
            ("03-02 08:20:00", ExitBuffer),
            ("03-02 21:00:00", Closed),
            ("03-05 21:00:00", Open),
            ("03-06 07:00:00", Open),
            ("03-06 20:00:00", Closed),
        ] {
            assert_eq!(sharing.allows(at(now)), phase, "{now}");
        }
        let every_night = SharedParking {
            rule: EVERY_DAY.iter().map(|day| Weekday(*day)).collect(),
            ..sharing
        };
        for (now, phase) in [
            ("02-28 23:00:00", Closed),
            ("03-01 01:00:00", Closed),
            ("03-14 23:00:00", Open),
            ("03-15 08:00:00", Open),
            ("03-15 08:30:00", ExitBuffer),
            ("03-15 19:45:00", Closed),
        ] {
            assert_eq!(every_night.allows(at(now)), phase, "{now}");
        }
    }

    #[test]
    fn the_next_window_is_found_across_days_and_ends() {
        for (times, rule, from, expected) in [
            (
                ["09:00:00", "19:00:00"],
                &[1, 3, 5][..],
                "03-01 08:00:00",
                Some(["03-01 09:00:00", "03-01 19:00:00"]),
            ),
            (
                ["09:00:00", "19:00:00"],
                &[1, 3, 5],
                "03-01 09:00:00",
                Some(["03-01 09:00:00", "03-01 19:00:00"]),
            ),
            (
                ["09:00:00", "19:00:00"],
                &[1, 3, 5],
                "03-01 09:00:01",
                Some(["03-03 09:00:00", "03-03 19:00:00"]),
            ),
            (
                ["09:00:00", "19:00:00"],
                &[1, 3, 5],
                "01-01 00:00:00",
                Some(["03-01 09:00:00", "03-01 19:00:00"]),
            ),
            (
                ["09:00:00", "19:00:00"],
                &[3],
                "03-01 09:00:01",
                Some(["03-08 09:00:00", "03-08 19:00:00"]),
            ),
            (["09:00:00", "19:00:00"], &[3], "03-08 09:00:01", None),
            (
                ["20:00:00", "08:00:00"],
                &[2],
                "03-08 00:00:00",
                Some(["03-14 20:00:00", "03-15 08:00:00"]),
            ),
            (
                ["00:00:00", "00:00:00"],
                EVERY_DAY,
                "03-02 00:00:00",
                Some(["03-02 00:00:00", "03-03 00:00:00"]),
            ),
            (["09:00:00", "19:00:00"], &[], "03-01 08:00:00", None),
            (["09:00:00", "19:00:00"], &[8], "03-01 08:00:00", None),
        ] {
            let window = expected.map(|[begins, ends]| SharingWindow {
                begins: at(begins),
                ends: at(ends),
            });
            assert_eq!(
                sharing(times, rule).next_window(at(from)),
                window,
                "{times:?} {rule:?} {from}"
            );
        }
    }

    #[test]
    fn long_buffers_reach_over_days_and_negative_ones_nowhere() {
        let weekly = sharing(["20:00:00", "08:00:00"], &[3]);
        for (minutes, now, phase) in [
            (2 * 1440, "03-03 12:00:00", ExitBuffer),
            (2 * 1440, "03-05 12:00:00", Closed),
            (2 * 1440, "03-06 20:00:00", EntryBuffer),
            (4 * 1440, "03-05 12:00:00", EntryBuffer),
            (i32::MAX, "02-01 00:00:00", EntryBuffer),
            (i32::MAX, "12-31 00:00:00", ExitBuffer),
            (-30, "03-01 19:59:59", Closed),
            (-30, "03-01 20:00:00", Open),
            (-30, "03-02 08:00:01", Closed),
        ] {
            let sharing = SharedParking {
                buffer_time: minutes,
                ..weekly.clone()
            };
            assert_eq!(sharing.allows(at(now)), phase, "{minutes} {now}");
        }
    }

    #[test]
    fn only_a_started_sharing_has_windows() {
        for (action, phase) in [
            (SharingAction::START, Open),
            (SharingAction::CANCEL, Closed),
            (SharingAction(2), Closed),
        ] {
            let sharing = SharedParking {
                action_type: action,
                ..sharing(["09:00:00", "19:00:00"], EVERY_DAY)
            };
            assert_eq!(sharing.allows(at("03-01 12:00:00")), phase, "{action}");
            assert_eq!(
                sharing.next_window(at("03-01 08:00:00")).is_some(),
                phase == Open
            );
        }
    }
}
