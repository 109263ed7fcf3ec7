use serde::{Deserialize, Serialize};

/// How far a charging order has come. It never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// We asked to start.
    Requested,
    /// The order was taken (启动中).
    Starting,
    /// The start was refused or failed. Lower than charging: whoever charges after all costs money,
    /// and has to be believed.
    NotStarted,
    /// Charging (充电中).
    Charging,
    /// Stopping (停止中).
    Stopping,
    /// Ended (已结束), the order's amounts are outstanding.
    Ended,
    /// The order has come with its amounts.
    Settled,
}
