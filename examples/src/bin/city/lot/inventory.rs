//! What the parking system tells the city of itself: lots, tariffs, gates, devices and spaces
//! (3001-3005).
use super::{CLINIC, COURT, Lot, MALL, SITES, Site};
use crate::stage::Stage;
use anyhow::{Result, ensure};
use sztc_proto::{
    DateTime,
    code::{
        DeviceType, Flag, GateKind, LotType, OperatingState, PriceRegion, Pricing, ServiceType,
        SpaceForm, SpacePosition,
    },
    model::{
        ChargeItem, Device, DeviceReport, Gate, GateReport, LotReport, Space, SpaceReport, Tariff,
    },
};

/// Where all of them are.
const DISTRICT: &str = "440304001";
const ROAD: &str = "百花五路";
const OPERATOR: &str = "深圳市示例停车管理有限公司";
const OPERATOR_ID: &str = "B76238DF08";
/// Longitude and latitude of the first lot; the others are along the road.
const ORIGIN: (f64, f64) = (114.100387, 22.556431);
const APART: f64 = 0.004;

/// Spaces of a lot that have a detector of their own.
pub(crate) const WATCHED_SPACES: u8 = 20;

/// A gate of every lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// Where cars come in.
    Entrance = 1,
    /// Where they go out.
    Exit = 2,
    /// A second way in, for deliveries.
    Side = 3,
}

impl Door {
    const ALL: [Self; 3] = [Self::Entrance, Self::Exit, Self::Side];

    /// The id of the gate, 32 characters.
    pub(crate) fn id(self, park_code: &str) -> String {
        format!("GT{park_code}{:010}", self as u8)
    }

    /// The id of the camera that reads plates there.
    pub(crate) fn camera(self, park_code: &str) -> String {
        format!("CM{park_code}{:010}", self as u8)
    }

    fn name(self) -> (&'static str, GateKind) {
        match self {
            Self::Entrance => ("入口", GateKind::ENTRANCE),
            Self::Exit => ("出口", GateKind::EXIT),
            Self::Side => ("货运入口", GateKind::ENTRANCE),
        }
    }
}

/// The code of a space that has a detector.
pub(crate) fn watched_space(park_code: &str, number: u8) -> String {
    format!("{park_code}00B1A1{number:02}")
}

/// What there is to tell of a lot.
pub(crate) struct Inventory {
    /// The lot, with its tariff.
    pub lot: LotReport,
    /// The tariff.
    pub tariff: Tariff,
    /// Its gates.
    pub gates: Vec<GateReport>,
    /// The cameras at its gates.
    pub devices: Vec<DeviceReport>,
    /// The spaces that have a detector.
    pub spaces: Vec<SpaceReport>,
}

impl Inventory {
    /// Of a lot, as it is at `now`.
    pub(crate) fn of(site: &Site, now: DateTime) -> Self {
        let devices = Door::ALL.map(|door| camera(site.park_code, door, now));
        let gates = Door::ALL.iter().zip(&devices).map(|(door, camera)| {
            let (name, kind) = door.name();
            let mut gate = Gate::new(door.id(site.park_code), name, site.park_code, kind);
            gate.road_name = Some(ROAD.into());
            gate.equipments = Some(vec![camera.clone()]);
            GateReport::new(gate)
        });
        Self {
            lot: LotReport::new(lot(site)),
            tariff: tariff(site),
            gates: gates.collect(),
            spaces: (1..=WATCHED_SPACES)
                .map(|number| space(site.park_code, number, now))
                .collect(),
            devices: devices.into_iter().map(DeviceReport::new).collect(),
        }
    }
}

impl Lot {
    /// The parking system registers a lot, or tells anew how it is; then how many spaces are free
    /// (5003).
    ///
    /// # Errors
    /// A report fails.
    pub(crate) async fn registers(&self, stage: &Stage, inventory: &Inventory) -> Result<()> {
        let city = &stage.sites.city_https;
        stage
            .call("3001 of the lot", || city.report_lot(inventory.lot.clone()))
            .await?;
        stage
            .call("3005 of the tariff", || {
                city.report_tariff(inventory.tariff.clone())
            })
            .await?;
        for gate in &inventory.gates {
            stage
                .call("3002 of a gate", || city.report_gate(gate.clone()))
                .await?;
        }
        for device in &inventory.devices {
            stage
                .call("3003 of a camera", || city.report_device(device.clone()))
                .await?;
        }
        let outcomes = stage
            .call("3004 of the spaces", || {
                city.report_spaces(&inventory.spaces)
            })
            .await?;
        ensure!(outcomes.iter().all(Result::is_ok), "a space is refused");
        self.report_vacancy(stage, &inventory.lot.park_info.park_code)
            .await
    }
}

fn lot(site: &Site) -> sztc_proto::model::Lot {
    let serves = match site.park_code {
        MALL => ServiceType::COMMERCIAL,
        CLINIC => ServiceType::HOSPITAL,
        COURT => ServiceType::RESIDENTIAL,
        _ => ServiceType::PARK,
    };
    let along = SITES
        .iter()
        .position(|other| other.park_code == site.park_code)
        .unwrap_or_default();
    let mut lot = sztc_proto::model::Lot::new(
        site.park_code,
        site.name,
        LotType::INDOOR,
        DISTRICT,
        ROAD,
        site.spaces,
        OPERATOR_ID,
        OPERATOR,
        serves,
        "全天24小时提供停车服务",
    );
    lot.charging_standard = Some(tariff(site));
    lot.address = Some(format!("广东省深圳市福田区{ROAD}{}号", 80 + 8 * along).into());
    // There are a few lots.
    lot.longitude = Some(ORIGIN.0 + APART * along as f64);
    lot.latitude = Some(ORIGIN.1);
    lot
}

fn tariff(site: &Site) -> Tariff {
    Tariff {
        park_code: site.park_code.into(),
        permit_no: format!("6344{}", &site.park_code[18..]).into(),
        charger: OPERATOR.into(),
        pricing: Pricing::MARKET,
        region: PriceRegion::SECOND,
        complaint_tel: "0755-12315000".into(),
        remark: None,
        pricing_sign: None,
        charge_items: vec![ChargeItem {
            charge_item: "小型车临时停放".into(),
            charge_desc: "半小时内免费，每小时5元".into(),
        }],
    }
}

fn camera(park_code: &str, door: Door, now: DateTime) -> Device {
    let code = format!("EQ{}", door as u8);
    let mut camera = Device::new(
        door.camera(park_code),
        code,
        format!("{}车牌识别摄像机", door.name().0),
        DeviceType::GATE,
        OperatingState::IN_USE,
        now,
    );
    camera.park_code = Some(park_code.into());
    camera.entrance_exit_id = Some(door.id(park_code).into());
    camera
}

fn space(park_code: &str, number: u8, now: DateTime) -> SpaceReport {
    let mut space = Space::new(
        watched_space(park_code, number),
        SpacePosition::INDOOR,
        SpaceForm::ORDINARY,
        Flag::NO,
        Flag::NO,
        OperatingState::IN_USE,
        now,
    );
    space.park_code = Some(park_code.into());
    space.floor = Some("B1".into());
    SpaceReport::new(space)
}
