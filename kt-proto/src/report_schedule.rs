//! What a lot reports when, by the document's notes, without clock or I/O.
use crate::model::{AreaReport, CardReport, DeviceStateReport, LotReport};
use park_core::{
    AnyText, Date, DateTime, Time,
    chrono::{NaiveTime, TimeDelta},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// A report that is due.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DueReport {
    /// Upward 1.1.
    Lot(LotReport),
    /// Upward 1.2.
    Areas(AreaReport),
    /// Upward 1.3.
    Device(DeviceStateReport),
    /// Upward 3.1.
    Card(CardReport),
}

/// When things are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportScheduleOptions {
    /// The time of day in China from which on daily reports are due. Default 02:00.
    pub daily_at: Time,
    /// How long a report that is not answered rests before it is due again. Default a minute.
    pub repeat: Duration,
}

impl Default for ReportScheduleOptions {
    fn default() -> Self {
        Self {
            daily_at: NaiveTime::from_hms_opt(2, 0, 0)
                .unwrap_or(NaiveTime::MIN)
                .into(),
            repeat: Duration::from_secs(60),
        }
    }
}

/// What a lot has to report, and what of it the third party knows.
///
/// - The **lot** (1.1) and all its **areas** (1.2) once a day, the first time at once.
/// - Every **device's state** (1.3) when the lot's program starts ([`starts`](Self::starts)), then
///   each that changed.
/// - Every valid **card** (3.1) once, then each that changed, but none that ended before it was
///   ever sent; a restart changes nothing, so the schedule has to be stored for the next start.
/// - Everything else is reported when it happens, and needs no schedule: entries, exits, payments,
///   free spaces.
///
/// The application tells what is ([`device`](Self::device), [`card`](Self::card) ..), asks
/// [`due`](Self::due), tells [`asked`](Self::asked) before each call and
/// [`answered`](Self::answered) after it. What was asked and not answered counts as unknown to the
/// third party, so a state that changes and changes back while the line is down is reported too.
/// The document has no way to report a card or device that is gone.
///
/// ```
/// use kt_proto::{DueReport, ReportSchedule, code::DeviceType,
///     model::{DeviceStateReport, DeviceStatus}};
/// let now = "2019-03-25 10:00:00".parse()?;
/// let mut barrier = DeviceStateReport {
///     park_code: "1".into(),
///     device_code: "7".into(),
///     device_name: "入口1".into(),
///     device_type: DeviceType::BARRIER,
///     status: DeviceStatus::normal(),
///     remark: None,
/// };
/// let mut schedule = ReportSchedule::default();
/// schedule.device(barrier.clone());
/// let due = schedule.due(now, 100);
/// assert_eq!(due, [DueReport::Device(barrier.clone())]);
/// schedule.asked(&due[0], now);
/// schedule.answered(&due[0]);
/// schedule.device(barrier.clone()); // as before
/// assert_eq!(schedule.due(now, 100), []);
/// barrier.status = DeviceStatus::fault("E17");
/// schedule.device(barrier);
/// assert_eq!(schedule.due(now, 100).len(), 1);
/// # Ok::<(), kt_proto::TimeError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReportSchedule {
    #[serde(skip)]
    options: ReportScheduleOptions,
    lot: Option<Daily<LotReport>>,
    areas: Option<Daily<AreaReport>>,
    devices: BTreeMap<AnyText, Changing<DeviceStateReport>>,
    cards: BTreeMap<AnyText, Changing<CardReport>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Daily<T> {
    report: T,
    asked: Option<DateTime>,
    /// The day whose report was answered.
    answered: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Changing<T> {
    report: T,
    /// What was sent last.
    sent: Option<T>,
    /// When, if it was not answered.
    asked: Option<DateTime>,
    /// Whether the third party has it for certain.
    known: bool,
}

impl<T> Daily<T> {
    fn tell(slot: &mut Option<Self>, report: T) {
        match slot {
            Some(daily) => daily.report = report,
            None => {
                *slot = Some(Self {
                    report,
                    asked: None,
                    answered: None,
                });
            }
        }
    }

    fn due_at(&self, options: &ReportScheduleOptions, now: DateTime) -> DateTime {
        let at = |day: Date| DateTime::from(day.naive().and_time(options.daily_at.naive()));
        let today = now.date();
        let due = match self.answered {
            None => now,
            Some(day) if day == today => today
                .naive()
                .succ_opt()
                .map_or(now, |tomorrow| at(tomorrow.into())),
            Some(_) => at(today),
        };
        due.max(rested(self.asked, options, now))
    }

    fn asked(&mut self, now: DateTime) {
        self.asked = Some(now);
    }

    fn answered(&mut self) {
        self.answered = self.asked.take().map(DateTime::date).or(self.answered);
    }
}

impl<T: Clone + PartialEq> Changing<T> {
    fn new(report: T) -> Self {
        Self {
            report,
            sent: None,
            asked: None,
            known: false,
        }
    }

    fn due_at(&self, options: &ReportScheduleOptions, now: DateTime) -> Option<DateTime> {
        let is_known = self.known && self.sent.as_ref() == Some(&self.report);
        (!is_known).then(|| rested(self.asked, options, now))
    }

    fn asked(&mut self, report: &T, now: DateTime) {
        (self.sent, self.asked, self.known) = (Some(report.clone()), Some(now), false);
    }

    fn answered(&mut self, report: &T) {
        // The answer to an earlier report that comes late says nothing of the last.
        if self.sent.as_ref() == Some(report) {
            (self.asked, self.known) = (None, true);
        }
    }
}

/// When a report may be made again that was asked then; `now` if it may at once.
fn rested(asked: Option<DateTime>, options: &ReportScheduleOptions, now: DateTime) -> DateTime {
    let until = asked.and_then(|asked| {
        asked
            .naive()
            .checked_add_signed(TimeDelta::from_std(options.repeat).ok()?)
    });
    // Whoever set the clock back does not wait longer than the pause.
    let set_back = asked.is_some_and(|asked| asked > now);
    until
        .filter(|_| !set_back)
        .map_or(now, DateTime::from)
        .max(now)
}

impl ReportSchedule {
    /// A schedule that knows nothing yet.
    pub fn new(options: ReportScheduleOptions) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// The same with other options, which are not stored.
    #[must_use]
    pub fn options(self, options: ReportScheduleOptions) -> Self {
        Self { options, ..self }
    }

    /// The lot's program starts, with a schedule that was stored: every device is due, and what was
    /// on its way may be asked again at once.
    pub fn starts(&mut self) {
        for device in self.devices.values_mut() {
            (device.known, device.asked) = (false, None);
        }
        for card in self.cards.values_mut() {
            card.asked = None;
        }
        if let Some(lot) = &mut self.lot {
            lot.asked = None;
        }
        if let Some(areas) = &mut self.areas {
            areas.asked = None;
        }
    }

    /// What the lot is now.
    pub fn lot(&mut self, report: LotReport) {
        Daily::tell(&mut self.lot, report);
    }

    /// What its areas are now, all of them.
    pub fn areas(&mut self, report: AreaReport) {
        Daily::tell(&mut self.areas, report);
    }

    /// How a device is now; due if the third party does not know.
    pub fn device(&mut self, report: DeviceStateReport) {
        tell(&mut self.devices, report.device_code.clone(), report);
    }

    /// What a card is now; due if the third party does not know.
    pub fn card(&mut self, report: CardReport) {
        tell(&mut self.cards, report.card_id.clone(), report);
    }

    /// Forgets a device that is gone.
    pub fn remove_device(&mut self, device_code: &str) {
        self.devices.remove(&AnyText::from(device_code));
    }

    /// Forgets a card that is gone. The document has no report of that: report it with its last day
    /// (`validTo`) first.
    pub fn remove_card(&mut self, card_id: &str) {
        self.cards.remove(&AnyText::from(card_id));
    }

    /// What is due at `now`, at most so many: devices, lot, areas, then cards. It stays due until
    /// [`asked`](Self::asked) is told.
    pub fn due(&self, now: DateTime, at_most: usize) -> Vec<DueReport> {
        let options = &self.options;
        let devices = self
            .devices
            .values()
            .filter(|device| device.due_at(options, now) == Some(now));
        let lot = self
            .lot
            .iter()
            .filter(|lot| lot.due_at(options, now) <= now);
        let areas = self
            .areas
            .iter()
            .filter(|areas| areas.due_at(options, now) <= now);
        let cards = self
            .cards_to_tell(now)
            .filter(|card| card.due_at(options, now) == Some(now));
        devices
            .map(|device| DueReport::Device(device.report.clone()))
            .chain(lot.map(|lot| DueReport::Lot(lot.report.clone())))
            .chain(areas.map(|areas| DueReport::Areas(areas.report.clone())))
            .chain(cards.map(|card| DueReport::Card(card.report.clone())))
            .take(at_most)
            .collect()
    }

    /// When the next report is due, `now` if one is; `None` if nothing is to be reported. So long
    /// the application may sleep, unless it tells something new.
    pub fn next_due(&self, now: DateTime) -> Option<DateTime> {
        let options = &self.options;
        let devices = self
            .devices
            .values()
            .filter_map(|device| device.due_at(options, now));
        let cards = self
            .cards_to_tell(now)
            .filter_map(|card| card.due_at(options, now));
        let lot = self.lot.iter().map(|lot| lot.due_at(options, now));
        let areas = self.areas.iter().map(|areas| areas.due_at(options, now));
        devices
            .chain(cards)
            .chain(lot)
            .chain(areas)
            .min()
            .map(|due| due.max(now))
    }

    /// All but those that ended before the third party could have heard of them.
    fn cards_to_tell(&self, now: DateTime) -> impl Iterator<Item = &Changing<CardReport>> {
        self.cards
            .values()
            .filter(move |card| card.sent.is_some() || card.report.valid_to >= now)
    }

    /// `report` is about to be sent: store the schedule, then send.
    pub fn asked(&mut self, report: &DueReport, now: DateTime) {
        match report {
            DueReport::Lot(_) => self.lot.iter_mut().for_each(|lot| lot.asked(now)),
            DueReport::Areas(_) => self.areas.iter_mut().for_each(|areas| areas.asked(now)),
            DueReport::Device(report) => self
                .devices
                .get_mut(&report.device_code)
                .into_iter()
                .for_each(|device| device.asked(report, now)),
            DueReport::Card(report) => self
                .cards
                .get_mut(&report.card_id)
                .into_iter()
                .for_each(|card| card.asked(report, now)),
        }
    }

    /// `report` was answered. Also to be told of a refusal, unless it is to come again after the
    /// pause.
    pub fn answered(&mut self, report: &DueReport) {
        match report {
            DueReport::Lot(_) => self.lot.iter_mut().for_each(Daily::answered),
            DueReport::Areas(_) => self.areas.iter_mut().for_each(Daily::answered),
            DueReport::Device(report) => {
                if let Some(device) = self.devices.get_mut(&report.device_code) {
                    device.answered(report);
                }
            }
            DueReport::Card(report) => {
                if let Some(card) = self.cards.get_mut(&report.card_id) {
                    card.answered(report);
                }
            }
        }
    }
}

fn tell<T: Clone + PartialEq>(
    entries: &mut BTreeMap<AnyText, Changing<T>>,
    key: AnyText,
    report: T,
) {
    match entries.get_mut(&key) {
        Some(entry) => entry.report = report,
        None => {
            entries.insert(key, Changing::new(report));
        }
    }
}
