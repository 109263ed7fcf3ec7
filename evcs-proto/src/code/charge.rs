use park_core::codes;

codes! {
    /// Whether it worked (操作结果, 成功状态, SuccStat), Tables B.11, B.13, B.15, B.24.
    pub struct SuccessStatus(i32) {
        /// It did.
        OK = 0, "成功";
        /// It did not; `FailReason` says why.
        FAILED = 1, "失败";
    }

    /// State of a charging order (充电订单状态, StartChargeSeqStat), Table B.13.
    pub struct ChargeState(i32) {
        /// Starting.
        STARTING = 1, "启动中";
        /// Charging.
        CHARGING = 2, "充电中";
        /// Stopping.
        STOPPING = 3, "停止中";
        /// Ended.
        ENDED = 4, "已结束";
        /// Unknown.
        UNKNOWN = 5, "未知";
    }
}

extended_codes! {
    /// Why charging ended (充电结束原因), Table B.16.
    pub struct StopReason(5..=99) {
        /// The user stopped it by hand.
        USER = 0, "用户手动停止充电";
        /// The customer operator's platform stopped it.
        PLATFORM = 1, "客户归属地运营商平台停止充电";
        /// The car's battery management stopped it.
        BATTERY = 2, "BMS停止充电";
        /// The charger failed.
        FAULT = 3, "充电机设备故障";
        /// The connector was pulled.
        DISCONNECTED = 4, "连接器断开";
    }

    /// Whether the customer side agrees with an order (确认结果), Table B.18.
    pub struct ConfirmResult(2..=99) {
        /// It does.
        OK = 0, "成功";
        /// It disputes the order.
        DISPUTED = 1, "争议交易";
    }

    /// Why an order is disputed (争议原因), Table B.22.
    pub struct DisputeReason(4..=99) {
        /// No such order.
        MISSING = 1, "交易不存在";
        /// Wrong amount.
        MONEY = 2, "交易金额错误";
        /// Wrong energy.
        ENERGY = 3, "交易电量错误";
    }
}
