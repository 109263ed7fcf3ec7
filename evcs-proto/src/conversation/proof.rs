use super::stage::Stage;
use crate::{
    code::{ChargeState, StopFailure, SuccessStatus},
    model::StartChargeReply,
};
use park_core::rust_decimal::Decimal;

/// What a message proves, whatever came before it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Proof {
    pub(super) stage: Option<Stage>,
    pub(super) failed: bool,
    pub(super) charged: bool,
}

impl Proof {
    pub(super) fn of_state(state: ChargeState) -> Self {
        let stage = match state {
            ChargeState::STARTING => Some(Stage::Starting),
            ChargeState::CHARGING => Some(Stage::Charging),
            ChargeState::STOPPING => Some(Stage::Stopping),
            ChargeState::ENDED => Some(Stage::Ended),
            _ => None,
        };
        Self {
            stage,
            failed: false,
            charged: matches!(stage, Some(Stage::Charging | Stage::Stopping)),
        }
    }

    pub(super) fn of_failed_start() -> Self {
        Self {
            stage: Some(Stage::NotStarted),
            failed: true,
            charged: false,
        }
    }

    /// The reply to our start.
    pub(super) fn of_start(reply: &StartChargeReply) -> Self {
        let state = Self::of_state(reply.start_charge_seq_stat);
        match reply.succ_stat {
            SuccessStatus::FAILED if !state.charged => Self::of_failed_start(),
            SuccessStatus::OK => Self {
                stage: state.stage.max(Some(Stage::Starting)),
                ..state
            },
            _ => state,
        }
    }

    /// The reply to our stop, or its result. A failure that names the order as ended without saying
    /// so in its reason is no proof of the end.
    pub(super) fn of_stop(
        status: SuccessStatus,
        reason: Option<StopFailure>,
        state: ChargeState,
    ) -> Self {
        let state = Self::of_state(state);
        let stage = match (status, reason) {
            (SuccessStatus::OK, _) => state.stage.max(Some(Stage::Stopping)),
            (_, Some(StopFailure::STOPPED_ALREADY)) => Some(Stage::Ended),
            _ => state.stage.filter(|stage| *stage != Stage::Ended),
        };
        Self { stage, ..state }
    }

    pub(super) fn of_energy(self, power: Decimal) -> Self {
        Self {
            charged: self.charged || power > Decimal::ZERO,
            ..self
        }
    }
}
