//! The mechanical garage of the mall (机械车库): the city orders a car to be stored (8004) or
//! fetched (8005), and what happens in it is reported.
use super::{GARAGE, Held, Lot, MALL, books::seen};
use crate::{
    stage::Stage,
    store::{Kept, Unkept},
};
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sztc_proto::{
    DateTime, Outcome, Refusal, Text, Timestamp,
    code::{BusinessCode, EventLevel, EventType, GarageState, GarageType},
    model::{
        CarFetch, CarFetchReply, CarStore, CarStoreReply, Event, Garage, GarageReport,
        GarageSpaces, GarageStateReport, GarageVacancy, ParkingRecord,
    },
};

/// Its spaces, all of them for small cars but the first two.
const SPACES: i32 = 6;
const LARGE_SPACES: i32 = 2;
/// How long it needs to store or to fetch a car.
const SECONDS: i64 = 120;
/// Cars come in at the first passage and go out at the second.
const PASSAGES: std::ops::RangeInclusive<i32> = 1..=2;
/// Its id, and that of its lift.
const ID: &str = "GA440304001001010000100000000001";
const LIFT: &str = "LF440304001001010000100000000001";

/// A car in the garage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stored {
    /// Where it stands.
    pub space_no: String,
    /// The order to fetch it, and when it will be down: the same order may come again.
    fetched: Option<(CarFetch, DateTime)>,
}

impl Lot {
    /// Where a car stands in the garage; not any more if it was fetched.
    pub(crate) fn stands(&self, plate: &str) -> Kept<Option<String>> {
        let now = self.now();
        let waits = |stored: &Stored| stored.fetched.as_ref().is_none_or(|(_, down)| now < *down);
        Ok(self
            .0
            .stored
            .get(plate)?
            .filter(waits)
            .map(|stored| stored.space_no))
    }

    /// 8004.
    pub(super) fn stores(&self, order: CarStore) -> Outcome<CarStoreReply> {
        check_place(&order.garage_code, order.garage_pass_code)?;
        let plate = order
            .plate_no
            .ok_or_else(|| Refusal::new(BusinessCode::NO_CAR, "缺少车牌号码"))?;
        let _taking = self.taking();
        let free = self.free_space()?;
        let stands = self.0.stored.change(&plate, |stored| {
            // The same order may come again.
            if stored.is_none() {
                *stored = free.map(|space_no| Stored {
                    space_no,
                    fetched: None,
                });
            }
            stored.is_some()
        })?;
        if !stands {
            return Err(Refusal::new(BusinessCode::NONE_FREE, "机械车库已满"));
        }
        Ok(CarStoreReply {
            remain_seconds: Some(SECONDS as i32),
        })
    }

    /// 8005, now or for later.
    pub(super) fn fetches(&self, order: CarFetch) -> Outcome<CarFetchReply> {
        check_place(&order.garage_code, order.garage_pass_code)?;
        let now = self.now();
        if order.book_time.is_some_and(|time| time < now) {
            return Err(Refusal::new(
                BusinessCode::WRONG_RESERVATION_TIME,
                "预约取车时间已过",
            ));
        }
        let seconds = |time: DateTime| time.timestamp().seconds();
        let plate = order.plate_no.clone().unwrap_or_default();
        let down = self.0.stored.change(&plate, |stored| {
            let stored = stored.as_mut()?;
            if stored
                .fetched
                .as_ref()
                .is_none_or(|(known, _)| *known != order)
            {
                // It is down when it was ordered for, or as soon as it can be.
                let down = (seconds(now) + SECONDS).max(order.book_time.map_or(0, seconds));
                stored.fetched = Some((order, Timestamp::from_seconds(down).date_time()));
            }
            stored.fetched.as_ref().map(|(_, down)| *down)
        })?;
        let down = down.ok_or_else(|| Refusal::new(BusinessCode::NO_CAR, "车辆不存在"))?;
        Ok(CarFetchReply {
            remain_seconds: i32::try_from(seconds(down) - seconds(now)).ok(),
        })
    }

    /// A car that was ordered to be stored has come into its space: entry (5004), event (2002),
    /// spaces (8003).
    ///
    /// # Errors
    /// It was not stored; a report fails.
    pub(crate) async fn has_stored(&self, stage: &Stage, plate: &str) -> Result<ParkingRecord> {
        let space_no = self.stands(plate)?.context("the car was not stored")?;
        let entered = self
            .enters(stage, MALL, seen(plate), Some(&space_no))
            .await?;
        let record = entered.ok().context("the lot lets it in")?;
        self.tells_of_garage(
            stage,
            EventType::CAR_STORED_OR_EMERGENCY_STOP,
            EventLevel::NORMAL,
            Some(plate),
        )
        .await?;
        self.report_garage_vacancy(stage).await?;
        Ok(record)
    }

    /// A car that was fetched is driven out: exit (5005), event (2002), spaces (8003); or it stays
    /// closed.
    ///
    /// # Errors
    /// It is not down yet; a report fails.
    pub(crate) async fn hands_out(
        &self,
        stage: &Stage,
        plate: &str,
    ) -> Result<Result<ParkingRecord, Held>> {
        ensure!(self.stands(plate)?.is_none(), "the car is not down yet");
        let left = self.leaves(stage, MALL, plate).await?;
        if left.is_ok() {
            self.0.stored.take(plate)?;
            self.tells_of_garage(
                stage,
                EventType::CAR_RETRIEVED_OR_INTRUSION,
                EventLevel::NORMAL,
                Some(plate),
            )
            .await?;
            self.report_garage_vacancy(stage).await?;
        }
        Ok(left)
    }

    /// Reports the garage itself (8001), and returns its id.
    ///
    /// # Errors
    /// The report fails.
    pub(crate) async fn report_garage(&self, stage: &Stage) -> Result<&'static str> {
        let owner = "深圳市示例物业有限公司";
        let mut garage = Garage::new(
            ID,
            MALL,
            GARAGE,
            "深圳市示例停车管理有限公司",
            owner,
            SPACES,
            GarageType::VERTICAL_LIFT,
        );
        garage.garage_name = Some("1号机械车库".into());
        let report = GarageReport::new(garage);
        stage
            .call("8001 of the garage", || {
                stage.sites.city_https.report_garage(report.clone())
            })
            .await?;
        Ok(ID)
    }

    /// Reports how it runs (8002).
    ///
    /// # Errors
    /// The report fails.
    pub(crate) async fn report_garage_state(
        &self,
        stage: &Stage,
        state: GarageState,
        comment: &str,
    ) -> Result<()> {
        let report = GarageStateReport {
            park_code: MALL.into(),
            garage_code: GARAGE.into(),
            garagestate: state,
            comment: Some(comment.into()),
            moment: self.now(),
        };
        stage
            .call("8002 of the garage", || {
                stage.sites.city_https.report_garage_state(report.clone())
            })
            .await
            .map(drop)
    }

    /// Reports how many of its spaces are free (8003).
    ///
    /// # Errors
    /// The report fails.
    pub(crate) async fn report_garage_vacancy(&self, stage: &Stage) -> Result<()> {
        let taken = i32::try_from(self.0.stored.all()?.len())?;
        let (small, large) = (SPACES - LARGE_SPACES, LARGE_SPACES);
        // Cars fill the small spaces first.
        let vacancy = GarageVacancy {
            park_code: MALL.into(),
            garage_spaces_list: vec![GarageSpaces {
                garage_code: GARAGE.into(),
                total_large_spaces: large,
                total_small_spaces: small,
                available_large_spaces: large - (taken - small).max(0),
                available_small_spaces: (small - taken).max(0),
            }],
            update_time: self.now(),
        };
        stage
            .call("8003 of the garage", || {
                stage
                    .sites
                    .city_https
                    .report_garage_vacancy(vacancy.clone())
            })
            .await
            .map(drop)
    }

    /// Tells the city what happened in the garage (2002), and returns the id of the event.
    ///
    /// # Errors
    /// The report fails.
    pub(crate) async fn tells_of_garage(
        &self,
        stage: &Stage,
        kind: EventType,
        level: EventLevel,
        plate: Option<&str>,
    ) -> Result<Text<32>> {
        // 8001 to 8003 have two meanings; the level and these words tell which.
        let remark = kind
            .candidates()
            .next()
            .map_or("机械车库事件", |entry| entry.name);
        let mut event = Event::new(self.next_id("E")?, self.now(), kind, level, LIFT, remark);
        event.park_code = Some(MALL.into());
        event.plate_no = plate.map(Into::into);
        stage
            .call("2002 of the garage", || {
                stage.sites.city_https.report_event(event.clone())
            })
            .await?;
        Ok(event.id)
    }

    /// A space in which no car stands.
    fn free_space(&self) -> Result<Option<String>, Unkept> {
        let stored = self.0.stored.all()?;
        let mut spaces = (1..=SPACES).map(|number| format!("{GARAGE}A1{number:04}"));
        Ok(spaces.find(|space| stored.iter().all(|stored| stored.space_no != *space)))
    }
}

fn check_place(garage_code: &str, passage: Option<i32>) -> Result<(), Refusal> {
    if garage_code != GARAGE {
        return Err(Refusal::new(
            BusinessCode::NO_MECHANICAL_GARAGE,
            "机械车库不存在",
        ));
    }
    if passage.is_some_and(|passage| !PASSAGES.contains(&passage)) {
        return Err(Refusal::new(
            BusinessCode::NO_GARAGE_GATE,
            "机械车库出入口不存在",
        ));
    }
    Ok(())
}
