//! What the parking system reports of a lot as cars come and go: pictures, spaces, what is free,
//! cars that are watched.
use super::{Lot, inventory::Door, site};
use crate::stage::Stage;
use anyhow::Result;
use sztc_proto::{
    ImageBody,
    code::{EventLevel, EventType, ImageKind, SpaceState},
    model::{DestPath, Event, ImageUpload, ParkingRecord, SpaceStateReport, Vacancy},
};

impl Lot {
    /// Uploads what the camera took (2001).
    pub(super) async fn photograph(
        &self,
        stage: &Stage,
        record: &ParkingRecord,
        kind: ImageKind,
    ) -> Result<()> {
        let now = self.now();
        let path = DestPath {
            date: now.date(),
            park_code: record.park_code.clone().unwrap_or_default(),
            garage_code: None,
            record_id: record.id.clone(),
        };
        let image = ImageUpload {
            file_name: format!("{}.jpg", kind.0).into(),
            image_biz_type: kind,
            dest_path: path.to_string().into(),
            timestamp: now.timestamp(),
            pick_time: now.timestamp(),
        };
        // What a camera takes at night: nothing, but a picture of it.
        let file = ImageBody::memory(b"\xFF\xD8\xFF\xE0 a picture \xFF\xD9".to_vec());
        stage
            .call("2001 of the picture", || {
                stage.sites.city_line.upload_image(&image, &file)
            })
            .await
    }

    /// Reports the state of the space (5001), where the car has one of its own.
    pub(super) async fn report_state(
        &self,
        stage: &Stage,
        record: &ParkingRecord,
        state: SpaceState,
    ) -> Result<()> {
        let Some(space_no) = &record.space_no else {
            return Ok(());
        };
        let report = SpaceStateReport {
            space_no: space_no.clone(),
            park_code: record.park_code.clone(),
            state,
        };
        stage
            .call("5001 of the space", || {
                stage.sites.city_https.report_space_state(report.clone())
            })
            .await
            .map(drop)
    }

    /// Reports how many spaces are free (5003).
    ///
    /// # Errors
    /// The report fails.
    pub(crate) async fn report_vacancy(&self, stage: &Stage, park_code: &str) -> Result<()> {
        let (taken, kept) = self.taken(park_code)?;
        let spaces = site(park_code).map_or(0, |site| site.spaces);
        // What is kept for a reservation is not free for others.
        let mut vacancy = Vacancy::new(park_code, taken, (spaces - taken - kept).max(0));
        vacancy.reserved_spaces = Some(kept);
        stage
            .call("5003 of the lot", || {
                stage.sites.city_https.report_vacancy(vacancy.clone())
            })
            .await
            .map(drop)
    }

    /// Tells the city that a car which it watches is here (2002).
    pub(super) async fn warn(&self, stage: &Stage, park_code: &str, plate: &str) -> Result<()> {
        let mut event = Event::new(
            self.next_id("E")?,
            self.now(),
            EventType::CLONED_PLATE,
            EventLevel::WARNING,
            Door::Entrance.camera(park_code),
            "管控名单车辆入场",
        );
        event.park_code = Some(park_code.into());
        event.plate_no = Some(plate.into());
        stage
            .call("2002 of the watched car", || {
                stage.sites.city_https.report_event(event.clone())
            })
            .await
            .map(drop)
    }
}
