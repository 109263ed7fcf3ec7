use super::{Ctx, ParkingService};
use crate::{
    Ledger, Outcome, Refusal,
    code::Ret,
    model::{ParkChargeResult, Receipt},
};

/// Keeps every notification. One that the store did not take is answered with busy (-1), so that
/// the charging platform sends it again.
impl ParkingService for Ledger {
    async fn notification_parking_charge_result(
        &self,
        _: &Ctx,
        result: ParkChargeResult,
    ) -> Outcome<Receipt> {
        match self.notify(&result).await {
            Ok(_) => Ok(Receipt::ACCEPTED),
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(
                    proto = "xingxing",
                    cause,
                    "{error}: a notification was not taken"
                );
                Err(Refusal::new(Ret::BUSY, "系统繁忙: send it again"))
            }
        }
    }
}
