use park_core::codes;

codes! {
    /// Kind of parking record (记录类型), Table 13.
    pub struct ParkingRecordKind(i32) {
        /// Normal.
        NORMAL = 0, "正常";
        /// Abnormal.
        ABNORMAL = 1, "异常";
        /// The car left without being unlocked.
        LEFT_LOCKED = 2, "未解锁出场";
    }
}
