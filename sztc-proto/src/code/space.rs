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

    /// How a space is let (经营类型), Table 10.
    pub struct SpaceManagement(i32) {
        /// By the hour.
        HOURLY = 0, "分时";
        /// By the month, all day.
        MONTHLY = 1, "长期包月";
        /// By the month, at certain hours.
        MONTHLY_LIMITED = 2, "限时段包月";
        /// Sold.
        SOLD = 3, "已售";
        /// Kept for a special purpose, such as the fire brigade.
        SPECIAL = 4, "专用车位";
    }

    /// Who owns a space (产权类型), Table 10.
    pub struct SpaceOwner(i32) {
        /// A person.
        PERSON = 1, "个人";
        /// An organization.
        ORGANIZATION = 2, "单位";
        /// Other.
        OTHER = 3, "其他";
    }

    /// Where a space lies (位置类型), Table 10.
    pub struct SpacePosition(i32) {
        /// On the street.
        ON_STREET = 0, "路内";
        /// Off the street, indoors.
        INDOOR = 1, "路外室内";
        /// Off the street, outdoors.
        OUTDOOR = 2, "路外室外";
    }

    /// Size of a space (尺寸类型), length × width × height in millimetres, Table 10.
    pub struct SpaceSize(i32) {
        /// Miniature in a mechanical garage, 4700 × 1850 × 1550.
        GARAGE_MINIATURE = 1, "微型(机械车库)";
        /// Compact in a mechanical garage, 5000 × 1850 × 1550.
        GARAGE_COMPACT = 2, "紧凑型(机械车库)";
        /// Medium in a mechanical garage, 5300 × 1900 × 1850.
        GARAGE_MEDIUM = 3, "中型(机械车库)";
        /// Large in a mechanical garage, 5300 × 1950 × 2050.
        GARAGE_LARGE = 4, "大型(机械车库)";
        /// Small, not in a mechanical garage, 4000 × 2200.
        SMALL = 5, "小型";
        /// Medium, not in a mechanical garage, 5000 × 2500.
        MEDIUM = 6, "中型";
        /// Large, not in a mechanical garage, 15600 × 3250.
        LARGE = 7, "大型";
        /// Two cars one behind the other, not in a mechanical garage, 10000 × 2500.
        COMBINED = 8, "子母车位";
    }

    /// How a car gets into a space (形态类型), Table 10.
    pub struct SpaceForm(i32) {
        /// The driver drives it in.
        ORDINARY = 0, "普通车位(平面自走式)";
        /// A mechanical garage moves it in.
        GARAGE = 1, "机械车库车位";
    }

    /// Whether a space is for residents or for visitors (出行性质), Table 10.
    pub struct SpaceVisit(i32) {
        /// Residents.
        RESIDENTS = 0, "居住车位";
        /// Visitors.
        VISITORS = 1, "出行车位";
        /// Both.
        BOTH = 2, "居住和出行兼用";
        /// Unknown.
        UNKNOWN = 3, "未知";
    }
}
