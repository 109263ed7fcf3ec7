//! Guidance (停车诱导, C.3): what the city shows of lots on screens and phones, from what was
//! reported of them, and what it pushes to others (9001).
use super::Office;
use crate::{stage::Stage, store::Kept};
use anyhow::{Context, Result};
use sztc_proto::{PartnerClient, model::LotPush};

/// The screens of the section, by their level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    /// 一级: at a main road, several lots and where they are.
    Large,
    /// 二级: in a street nearby, some lots and the way to them.
    Street,
    /// 三级: before the entrance, one lot with hours and price.
    Entrance,
}

/// A lot as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    /// Its name.
    pub name: String,
    /// Longitude and latitude.
    pub position: (f64, f64),
    /// Free spaces.
    pub free: i32,
    /// The road to it.
    pub road: String,
    /// Opening hours and the like.
    pub hours: String,
    /// What it costs.
    pub price: String,
}

impl Shown {
    /// Its line on a screen.
    pub(crate) fn line(&self, screen: Screen) -> String {
        let Self {
            name,
            road,
            hours,
            price,
            ..
        } = self;
        let (longitude, latitude) = self.position;
        let free = match self.free {
            0 => "满".to_owned(),
            free => format!("空位{free}"),
        };
        match screen {
            Screen::Large => format!("P {name} ({longitude:.4}, {latitude:.4}) {free}"),
            Screen::Street => format!("P {name} {road} {free}"),
            Screen::Entrance => format!("P {name} {hours} {price} {free}"),
        }
    }
}

impl Office {
    /// A lot as it is shown, if it was reported.
    pub(crate) fn shown(&self, park_code: &str) -> Kept<Option<Shown>> {
        let (Some(lot), Some(vacancy)) = (self.lot(park_code)?, self.vacancy(park_code)?) else {
            return Ok(None);
        };
        let (lot, tariff) = (lot.park_info, self.tariff(park_code)?);
        let items = tariff.iter().flat_map(|tariff| &tariff.charge_items);
        let price: Vec<String> = items
            .map(|item| format!("{}：{}", item.charge_item, item.charge_desc))
            .collect();
        Ok(Some(Shown {
            name: lot.park_name.to_string(),
            position: (
                lot.longitude.unwrap_or_default(),
                lot.latitude.unwrap_or_default(),
            ),
            free: vacancy.unused_spaces,
            road: lot.road_name.to_string(),
            hours: lot.public_info.to_string(),
            price: price.join("；"),
        }))
    }

    /// The lines of a screen that was set up for these lots.
    pub(crate) fn screen(&self, screen: Screen, lots: &[&str]) -> Kept<Vec<String>> {
        let shown = lots.iter().map(|park_code| self.shown(park_code));
        Ok(shown
            .collect::<Kept<Vec<_>>>()?
            .into_iter()
            .flatten()
            .map(|lot| lot.line(screen))
            .collect())
    }

    /// What a phone shows at this place: all lots of the city that have room, the nearest first.
    pub(crate) fn phone(&self, at: (f64, f64)) -> Kept<Vec<Shown>> {
        let mut lots = Vec::new();
        for lot in self.0.lots.all()? {
            lots.extend(
                self.shown(&lot.park_info.park_code)?
                    .filter(|lot| lot.free > 0),
            );
        }
        let distance = |lot: &Shown| (lot.position.0 - at.0).hypot(lot.position.1 - at.1);
        lots.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
        Ok(lots)
    }

    /// The city pushes a lot and its free spaces to a partner, for the partner's own screens
    /// (9001).
    ///
    /// # Errors
    /// The lot was not reported; the partner cannot be told.
    pub(crate) async fn pushes(
        &self,
        stage: &Stage,
        partner: &PartnerClient,
        park_code: &str,
    ) -> Result<LotPush> {
        let lot = self
            .lot(park_code)?
            .context("the lot was reported")?
            .park_info;
        let shown = self.shown(park_code)?.context("its spaces were reported")?;
        let gates = self
            .gates(park_code)?
            .into_iter()
            .map(|gate| gate.entrance_exit_info)
            .collect();
        let mut push = LotPush::new(
            park_code,
            shown.name.as_str(),
            lot.district_code.as_str(),
            lot.total_spaces,
            shown.free,
            gates,
        );
        push.address = lot.address;
        (push.longitude, push.latitude) = (lot.longitude, lot.latitude);
        push.public_info = Some(format!("{}；{}", shown.hours, shown.price).into());
        let reply = stage
            .call("9001 of the lot", || partner.publish_lot(push.clone()))
            .await?;
        stage.check(
            "the answer is of this lot",
            reply.park_code == push.park_code,
        )?;
        Ok(push)
    }
}
