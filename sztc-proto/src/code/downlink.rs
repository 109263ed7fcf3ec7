use park_core::codes;

codes! {
    /// What a gate does with a listed car (控制策略类型), Table 18.
    pub struct ControlStrategy(i32) {
        /// May not enter.
        NO_ENTRY = 1, "不能进";
        /// May enter but not leave.
        NO_EXIT = 2, "能进不能出";
        /// May neither enter nor leave.
        NO_ENTRY_NO_EXIT = 3, "不能进出";
        /// Passes, with a warning sent.
        WARN = 4, "发送警告信息";
        /// Passes freely and without charge.
        FREE_PASS = 5, "免费自动进出";
    }

    /// What becomes of a reservation (预约确定状态), Table 75.
    pub struct ReservationChange(i32) {
        /// Cancelled: release the space.
        CANCEL = 0, "取消预约";
        /// Paid: it counts from now on, and its expiry moves by the time between the old beginning
        /// and now.
        CONFIRM = 1, "预约支付完成，确定预约";
        /// Extended: it counts from now on, and its expiry moves by the time between the old
        /// beginning and now.
        EXTEND = 2, "延长预约";
    }

    /// What to do with a car (锁车/解锁动作), Table 77. Not [`LockState`], which counts the other
    /// way round.
    pub struct LockAction(i32) {
        /// Lock it: it may not leave.
        LOCK = 0, "锁车";
        /// Unlock it.
        UNLOCK = 1, "解锁";
    }

    /// Whether a car is locked (车辆锁车状态), Table 78. Not [`LockAction`], which counts the other
    /// way round.
    pub struct LockState(i32) {
        /// Not locked.
        UNLOCKED = 0, "未锁车";
        /// Locked.
        LOCKED = 1, "已锁车";
    }

    /// Day of the week (星期共享类型), Table 79.
    pub struct Weekday(i32) {
        /// Monday.
        MONDAY = 1, "星期一";
        /// Tuesday.
        TUESDAY = 2, "星期二";
        /// Wednesday.
        WEDNESDAY = 3, "星期三";
        /// Thursday.
        THURSDAY = 4, "星期四";
        /// Friday.
        FRIDAY = 5, "星期五";
        /// Saturday.
        SATURDAY = 6, "星期六";
        /// Sunday.
        SUNDAY = 7, "星期天";
    }

    /// Whether sharing begins or ends (动作类型), Table 79.
    pub struct SharingAction(i32) {
        /// Begin to share.
        START = 0, "开始共享";
        /// Withdraw the sharing.
        CANCEL = 1, "取消共享";
    }

    /// What a fee query takes off the fee (优惠类型), Table 83. The discounts of Table 16 are
    /// another list.
    pub struct FeeReduction(i32) {
        /// Nothing.
        NONE = 0, "无优惠";
        /// An amount, yuan.
        AMOUNT = 1, "减免金额";
        /// Parking time, hours.
        TIME = 2, "减免时间";
        /// All of it.
        FREE = 3, "全免";
    }

    /// Whether a plate's fees are paid automatically (车牌代扣状态), Table 85.
    pub struct AutoPayState(i32) {
        /// Off.
        OFF = 0, "关闭";
        /// On.
        ON = 1, "开通";
    }
}
