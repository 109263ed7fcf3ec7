//! Status and type codes: open newtypes with the document's values as constants. A value that the
//! document does not list survives.
use park_core::{codes, text_codes};

codes! {
    /// Whom a group of piles serves (桩群类型, `stubGroupType`), 2.1.
    pub struct StubGroupType(i32) {
        /// Everybody.
        PUBLIC = 0, "公共";
        /// One person.
        PERSONAL = 1, "个人";
        /// One organisation.
        DEDICATED = 2, "专用";
    }

    /// Whether a pile has a gun of its own (是否带充电枪, `existsGun`), 2.2.
    pub struct ExistsGun(i32) {
        /// It has none: the driver brings a cable.
        NO = 0, "不带枪";
        /// It has one.
        YES = 1, "带枪";
    }

    /// Current that a pile gives (电源类型, `type`), 2.2. That of an order is [`ChargeType`], which
    /// has no "both".
    pub struct PowerType(i32) {
        /// Alternating current.
        ALTERNATING = 0, "交流电";
        /// Direct current.
        DIRECT = 1, "直流电";
        /// Both.
        BOTH = 2, "交直流";
    }

    /// Whether a car stands at a pile (车位状态, `parkingStatus`), 2.2.
    pub struct ParkingStatus(i32) {
        /// Not known.
        NO_DATA = 0, "无数据";
        /// No car stands there.
        FREE = 1, "空闲";
        /// A car stands there.
        USED = 2, "使用";
    }

    /// Current that an order was charged with (充电类型, `chargeType`), 2.3.
    pub struct ChargeType(i32) {
        /// Alternating current.
        ALTERNATING = 0, "交流";
        /// Direct current.
        DIRECT = 1, "直流";
    }

    /// How a charging order stands (订单状态, `status`), 2.3. That of a pile is [`StubStatus`].
    pub struct OrderStatus(i32) {
        /// Charging could not be started.
        START_FAILED = 0, "开始充电异常";
        /// Charging.
        CHARGING = 1, "充电中";
        /// Ended as it should.
        ENDED = 2, "结束充电正常";
        /// Ended by a failure.
        ENDED_BY_FAILURE = 9, "结束充电异常";
    }
}

impl OrderStatus {
    /// Waiting to be started (3). The document does not list it, but it occurs: read as an unknown
    /// code that has a name here, written only to a peer for which `status` is waived.
    pub const WAITING: Self = Self(3);

    /// Whether nothing more will happen to the order. A value that the document does not list
    /// counts as not over, so that it stays in sight.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::START_FAILED | Self::ENDED | Self::ENDED_BY_FAILURE
        )
    }
}

// The document gives no length; the number is beyond any code.
text_codes! {
    /// How a pile stands (状态, `status`), 2.2. Text on the wire; 8 is not listed. That of an order
    /// is [`OrderStatus`].
    pub struct StubStatus(65535) {
        /// Idle.
        IDLE = "0", "空闲";
        /// Charging a car.
        CHARGING = "1", "充电中";
        /// Broken.
        FAULT = "2", "故障";
        /// Its space is taken.
        SPACE_TAKEN = "3", "车位占用";
        /// Under maintenance.
        MAINTENANCE = "4", "维护中";
        /// Not connected.
        OFFLINE = "5", "离线";
        /// Being built.
        UNDER_CONSTRUCTION = "6", "在建中";
        /// Being upgraded.
        UPGRADING = "7", "升级中";
        /// Storing energy.
        STORING = "9", "储能中";
        /// Removed.
        REMOVED = "99", "删除";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Check, Rule, Violations};

    #[test]
    fn waiting_is_known_by_name_but_not_listed() {
        let mut v = Violations::default();
        OrderStatus::WAITING.check(&mut v);
        assert_eq!(
            (v.list()[0].rule.clone(), OrderStatus::WAITING.0),
            (Rule::UnknownCode, 3)
        );
    }

    #[test]
    fn only_what_has_ended_is_over() {
        for (status, over) in [
            (0, true),
            (1, false),
            (2, true),
            (3, false),
            (9, true),
            (7, false),
        ] {
            assert_eq!(OrderStatus(status).is_over(), over, "{status}");
        }
    }
}
