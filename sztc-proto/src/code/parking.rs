use park_core::codes;

codes! {
    /// State of a parking space (车位状态), Table 56.
    pub struct SpaceState(i32) {
        /// Unknown.
        UNKNOWN = -1, "未知";
        /// Free.
        FREE = 0, "空闲";
        /// Kept for a reservation.
        RESERVED = 1, "已预约保留";
        /// Occupied.
        OCCUPIED = 2, "已停车";
    }
}
