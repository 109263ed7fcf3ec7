use park_core::codes;

codes! {
    /// Whom a charging station serves (站点类型), Table B.1.
    pub struct StationType(i32) {
        /// Everybody.
        PUBLIC = 1, "公共";
        /// One person.
        PRIVATE = 50, "个人";
        /// Buses only.
        BUS = 100, "公交";
        /// Street cleaning only.
        SANITATION = 101, "环卫";
        /// Goods traffic only.
        LOGISTICS = 102, "物流";
        /// Taxis only.
        TAXI = 103, "出租车";
        /// Other.
        OTHER = 255, "其他";
    }

    /// State of a charging station (站点状态), Table B.1.
    pub struct StationStatus(i32) {
        /// Unknown.
        UNKNOWN = 0, "未知";
        /// Being built.
        UNDER_CONSTRUCTION = 1, "建设中";
        /// Closed, off line.
        CLOSED = 5, "关闭下线";
        /// Being maintained.
        MAINTENANCE = 6, "维护中";
        /// In normal use.
        OPEN = 50, "正常使用";
    }

    /// Where a charging station was built (建设场所), Table B.1.
    pub struct Construction(i32) {
        /// Residential area.
        RESIDENTIAL = 1, "居民区";
        /// Public institution.
        PUBLIC_INSTITUTION = 2, "公共机构";
        /// Enterprise or public service unit.
        ENTERPRISE = 3, "企事业单位";
        /// Office building.
        OFFICE = 4, "写字楼";
        /// Industrial park.
        INDUSTRIAL_PARK = 5, "工业园区";
        /// Traffic hub.
        TRAFFIC_HUB = 6, "交通枢纽";
        /// Large culture or sports venue.
        VENUE = 7, "大型文体设施";
        /// Green space.
        GREEN_SPACE = 8, "城市绿地";
        /// Car park of a large building.
        BUILDING_CAR_PARK = 9, "大型建筑配建停车场";
        /// On the street.
        ON_STREET = 10, "路边停车位";
        /// Motorway service area.
        SERVICE_AREA = 11, "城际高速服务区";
        /// Other.
        OTHER = 255, "其他";
    }

    /// Whether a station can be reserved (是否支持预约), Table B.1.
    pub struct OrderSupport(i32) {
        /// It cannot.
        UNSUPPORTED = 0, "不支持预约";
        /// It can.
        SUPPORTED = 1, "支持预约";
    }

    /// Kind of a charging device (设备类型), Table B.2.
    pub struct EquipmentType(i32) {
        /// Direct current.
        DC = 1, "直流设备";
        /// Alternating current.
        AC = 2, "交流设备";
        /// Both.
        AC_AND_DC = 3, "交直流一体设备";
        /// Wireless.
        WIRELESS = 4, "无线设备";
        /// Other.
        OTHER = 5, "其他";
    }

    /// Kind of a connector (充电设备接口类型), Table B.3.
    pub struct ConnectorType(i32) {
        /// Household socket, mode 2.
        HOUSEHOLD = 1, "家用插座";
        /// AC socket, mode 3, connection B.
        AC_SOCKET = 2, "交流接口插座";
        /// AC plug with cable, mode 3, connection C.
        AC_PLUG = 3, "交流接口插头";
        /// DC gun with cable, mode 4.
        DC_GUN = 4, "直流接口枪头";
        /// Wireless pad.
        WIRELESS = 5, "无线充电座";
        /// Other.
        OTHER = 6, "其他";
    }

    /// Edition of the national standard that a connector follows (国家标准), Table B.3.
    pub struct ConnectorStandard(i32) {
        /// That of 2011.
        OF_2011 = 1, "2011";
        /// That of 2015.
        OF_2015 = 2, "2015";
    }

    /// State of a connector (充电设备接口状态), Table B.4. A charging process has all but
    /// [`OFFLINE`](Self::OFFLINE).
    pub struct ConnectorStatus(i32) {
        /// Off the net.
        OFFLINE = 0, "离网";
        /// Free.
        IDLE = 1, "空闲";
        /// Plugged in, not charging.
        OCCUPIED = 2, "占用（未充电）";
        /// Charging.
        CHARGING = 3, "占用（充电中）";
        /// Reserved.
        RESERVED = 4, "占用（预约锁定）";
        /// Out of order.
        FAULT = 255, "故障";
    }

    /// State of the parking space (车位状态), Table B.4.
    pub struct ParkStatus(i32) {
        /// Unknown.
        UNKNOWN = 0, "未知";
        /// Free.
        FREE = 10, "空闲";
        /// Taken.
        TAKEN = 50, "占用";
    }

    /// State of the ground lock (地锁状态), Table B.4.
    pub struct LockStatus(i32) {
        /// Unknown.
        UNKNOWN = 0, "未知";
        /// Unlocked.
        UNLOCKED = 10, "已解锁";
        /// Locked.
        LOCKED = 50, "已上锁";
    }

    /// What became of a report of a connector's state (状态), Table B.9.
    pub struct NoticeStatus(i32) {
        /// Accepted.
        ACCEPTED = 0, "接受";
        /// Dropped, no need to send it again.
        IGNORED = 1, "丢弃/忽略，不需要重试";
    }
}
