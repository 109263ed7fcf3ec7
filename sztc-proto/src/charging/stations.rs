use super::ChargingClient;
use evcs_proto::{
    DateTime, Error, ErrorKind, Sent, Timestamp,
    endpoint::{Endpoint, QueryStationsInfo},
    model::{StationInfo, StationsQuery},
};
use std::{collections::BTreeMap, time::Duration};

/// By how much a question for changes reaches back before the last one, in seconds: the operator
/// goes by its own clock, which may differ by as much as the envelope allows. What is told twice is
/// no news.
const OVERLAP: i64 = 300;

/// How many pages an operator may have; one that never ends must not fill our memory.
const MOST_PAGES: i32 = 5_000;

/// The city's list of an operator's stations (备案充换电设备信息, 1101): all of them page by page,
/// then what changed, again and again.
///
/// What changed since the last time is asked for by LastQueryTime. A station that is gone is only
/// missed when all are asked for, so that is done once a day, and also after the clock was set
/// back. Where ItemSize changes from page to page, the pages may have shifted: nothing is taken for
/// gone then, and the next refresh asks for everything again.
///
/// ```no_run
/// # async fn example(charging: sztc_proto::charging::ChargingClient,
/// #     now: sztc_proto::DateTime) -> Result<(), sztc_proto::charging::evcs::Error> {
/// let mut book = sztc_proto::charging::StationBook::default();
/// if book.is_due(now) {
///     let changed = book.refresh(&charging, now).await?;
///     println!("{} of {} stations changed", changed.len(), book.stations().count());
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct StationBook {
    stations: BTreeMap<String, StationInfo>,
    period: Duration,
    whole: Duration,
    page_size: i32,
    asked: Option<DateTime>,
    asked_whole: Option<DateTime>,
}

impl Default for StationBook {
    /// Asks for changes every hour and for everything every day.
    fn default() -> Self {
        Self::new(Duration::from_secs(3600), Duration::from_secs(86_400))
    }
}

impl StationBook {
    /// Asks for changes every `period` and for everything every `whole`.
    pub fn new(period: Duration, whole: Duration) -> Self {
        Self {
            stations: BTreeMap::new(),
            period,
            whole,
            page_size: 50,
            asked: None,
            asked_whole: None,
        }
    }

    /// The same with `size` stations a page. Default 50.
    #[must_use]
    pub fn page_size(mut self, size: i32) -> Self {
        self.page_size = size;
        self
    }

    /// Whether it is time to ask.
    pub fn is_due(&self, now: DateTime) -> bool {
        passed(self.asked, self.period.min(self.whole), now)
    }

    /// Asks for what is due, and tells which stations are new, changed or gone. An error leaves the
    /// list as it was, and the next refresh asks again.
    ///
    /// # Errors
    /// As every call; more than 5000 pages.
    pub async fn refresh(
        &mut self,
        client: &ChargingClient,
        now: DateTime,
    ) -> Result<Vec<StationChange>, Error> {
        // Since when is not known if the clock was set back.
        let set_back = self.asked.is_some_and(|asked| asked > now);
        let whole = set_back || passed(self.asked_whole, self.whole, now);
        let mut query = StationsQuery {
            last_query_time: self
                .asked
                .filter(|_| !whole)
                .map(|asked| before(asked, OVERLAP)),
            page_no: None,
            page_size: Some(self.page_size),
        };
        let mut found = BTreeMap::new();
        let mut item_size = None;
        let mut shifted = false;
        for page_no in 1.. {
            if page_no > MOST_PAGES {
                let what = format!("more than {MOST_PAGES} pages of stations");
                return Err(Error::new(ErrorKind::PeerBytes, Sent::Answered, what)
                    .at(QueryStationsInfo::NAME));
            }
            query.page_no = Some(page_no);
            let page = client.query_stations_info(&query).await?;
            shifted |= *item_size.get_or_insert(page.item_size) != page.item_size;
            let last = page_no >= page.page_count || page.station_infos.is_empty();
            let by_id = |station: StationInfo| (station.station_id.as_str().to_owned(), station);
            found.extend(page.station_infos.into_iter().map(by_id));
            if last {
                break;
            }
        }
        // The moment before the question: what changes while pages are read is told next time.
        self.asked = Some(now);
        // A page that came empty by mistake, or a wrong number of pages, must not make stations
        // disappear.
        let short =
            usize::try_from(item_size.unwrap_or_default()).is_ok_and(|size| found.len() < size);
        let complete = whole && !shifted && !short;
        if complete {
            self.asked_whole = Some(now);
        } else if whole {
            self.asked_whole = None;
        }
        Ok(self.take(found, complete))
    }

    fn take(&mut self, found: BTreeMap<String, StationInfo>, whole: bool) -> Vec<StationChange> {
        let mut changes = Vec::new();
        if whole {
            let gone: Vec<String> = self
                .stations
                .keys()
                .filter(|id| !found.contains_key(*id))
                .cloned()
                .collect();
            for id in gone {
                changes.extend(self.stations.remove(&id).map(StationChange::Gone));
            }
        }
        for (id, station) in found {
            match self.stations.insert(id, station.clone()) {
                None => changes.push(StationChange::New(station)),
                Some(before) if before != station => changes.push(StationChange::Changed(station)),
                Some(_) => {}
            }
        }
        changes
    }

    /// The stations known.
    pub fn stations(&self) -> impl Iterator<Item = &StationInfo> {
        self.stations.values()
    }

    /// Takes over a station that the operator pushed (1102).
    pub fn pushed(&mut self, station: StationInfo) {
        self.stations
            .insert(station.station_id.as_str().to_owned(), station);
    }
}

/// What became of a station.
#[derive(Debug, Clone, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a list of stations, each of which is large"
)]
pub enum StationChange {
    /// It was not known.
    New(StationInfo),
    /// It differs from what was known.
    Changed(StationInfo),
    /// It is no longer listed.
    Gone(StationInfo),
}

fn before(moment: DateTime, seconds: i64) -> DateTime {
    Timestamp::from_seconds(moment.timestamp().seconds() - seconds).date_time()
}

fn passed(last: Option<DateTime>, period: Duration, now: DateTime) -> bool {
    last.is_none_or(|last| {
        let since = now.timestamp().seconds() - last.timestamp().seconds();
        // A clock that was set back asks again.
        u64::try_from(since).map_or(true, |since| since >= period.as_secs())
    })
}
