//! What the city's register has of lots: descriptions, tariffs, gates, devices and spaces, and
//! their states.
use super::Office;
use crate::store::Kept;
use sztc_proto::{
    code::RecordState,
    model::{
        DeviceReport, DeviceStateReport, GateReport, GateStateReport, LotReport, SpaceReport,
        Tariff,
    },
};

impl Office {
    /// A lot's description.
    pub(crate) fn lot(&self, park_code: &str) -> Kept<Option<LotReport>> {
        self.0.lots.get(park_code)
    }

    /// A lot's tariff.
    pub(crate) fn tariff(&self, park_code: &str) -> Kept<Option<Tariff>> {
        Ok(self
            .0
            .tariffs
            .all()?
            .into_iter()
            .find(|tariff| *tariff.park_code == *park_code))
    }

    /// The gates of a lot, without those that were deleted.
    pub(crate) fn gates(&self, park_code: &str) -> Kept<Vec<GateReport>> {
        let there = |gate: &GateReport| {
            *gate.entrance_exit_info.park_code == *park_code && gate.state == RecordState::NORMAL
        };
        Ok(self.0.gates.all()?.into_iter().filter(there).collect())
    }

    /// How traffic is at a gate, by its id.
    pub(crate) fn gate_state(&self, id: &str) -> Kept<Option<GateStateReport>> {
        self.0.gate_states.get(id)
    }

    /// A device by its id.
    pub(crate) fn device(&self, id: &str) -> Kept<Option<DeviceReport>> {
        self.0.devices.get(id)
    }

    /// Whether a device can be reached, by its id.
    pub(crate) fn device_state(&self, id: &str) -> Kept<Option<DeviceStateReport>> {
        self.0.device_states.get(id)
    }

    /// A space as it was registered.
    pub(crate) fn registered_space(&self, space_no: &str) -> Kept<Option<SpaceReport>> {
        self.0.space_list.get(space_no)
    }

    /// How often a partner logged in (1001).
    pub(crate) fn logins(&self, user: &str) -> Kept<u64> {
        Ok(self.0.logins.get(user)?.unwrap_or(0))
    }
}
