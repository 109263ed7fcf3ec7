use park_core::codes;

codes! {
    /// Direction of an entrance or exit (出入口类型), Table 8.
    pub struct GateKind(i32) {
        /// Cars come in here.
        ENTRANCE = 1, "入口";
        /// Cars go out here.
        EXIT = 2, "出口";
        /// Both.
        BOTH = 3, "出入口";
    }

    /// Traffic at an entrance or exit (出入口状态), Table 69.
    pub struct GateState(i32) {
        /// Normal.
        NORMAL = 1, "正常";
        /// Congested.
        CONGESTED = 2, "拥堵";
        /// Heavily congested.
        HEAVILY_CONGESTED = 3, "严重拥堵";
        /// Out of use.
        CLOSED = 4, "已停用";
    }

    /// Current with which a device charges cars (充电类型), Table 9.
    pub struct ChargeCurrent(i32) {
        /// It does not charge cars.
        NONE = 0, "非充电设备";
        /// Direct current.
        DIRECT = 1, "直流";
        /// Alternating current.
        ALTERNATING = 2, "交流";
    }

    /// Whether a device or a space can be used (状态), Tables 9 and 10.
    pub struct OperatingState(i32) {
        /// In use.
        IN_USE = 1, "使用中";
        /// Taken out of use.
        OUT_OF_USE = 2, "已停用";
        /// Under maintenance.
        MAINTENANCE = 3, "维护中";
        /// Broken.
        FAULT = 4, "故障";
    }

    /// Whether a device can be reached (状态), Table 58.
    pub struct OnlineState(i32) {
        /// Online.
        ONLINE = 1, "在线";
        /// Offline.
        OFFLINE = 2, "离线";
    }
}
