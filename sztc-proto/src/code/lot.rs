use park_core::codes;

codes! {
    /// Kind of parking lot (停车场类型), Table 3.
    pub struct LotType(i32) {
        /// On-street parking zone.
        ON_STREET = 0, "路内停车区";
        /// Indoor lot.
        INDOOR = 1, "室内停车场";
        /// Outdoor lot.
        OUTDOOR = 2, "室外停车场";
    }

    /// A no or yes that the document writes as 0 or 1 (否/是), Tables 3, 10, 13.
    pub struct Flag(i32) {
        /// No.
        NO = 0, "否";
        /// Yes.
        YES = 1, "是";
    }

    /// Whom a lot (服务属性, Table 3) or a space (用途类型, Table 10) serves.
    pub struct ServiceType(i32) {
        /// Commercial.
        COMMERCIAL = 1, "商业";
        /// Residential.
        RESIDENTIAL = 2, "住宅";
        /// Hospital.
        HOSPITAL = 3, "医院";
        /// Business park.
        PARK = 4, "园区";
        /// Transport hub.
        TRANSPORT_HUB = 5, "交通枢纽";
        /// Public administration.
        ADMINISTRATION = 6, "行政机关";
        /// School.
        SCHOOL = 7, "学校";
        /// Other.
        OTHER = 8, "其它";
    }

    /// How prices are set (定价方式), Table 4.
    pub struct Pricing(i32) {
        /// Set by the government.
        GOVERNMENT_SET = 1, "政府定价";
        /// Guided by the government.
        GOVERNMENT_GUIDED = 2, "政府指导价";
        /// Set by the market.
        MARKET = 3, "市场调节价";
    }

    /// Price region (区域划分), Table 4.
    pub struct PriceRegion(i32) {
        /// First class.
        FIRST = 1, "一类地区";
        /// Second class.
        SECOND = 2, "二类地区";
        /// Third class.
        THIRD = 3, "三类地区";
    }

    /// Whether a reported record is in force or deleted (状态), Tables 45, 47, 49, 51, 54, 71, 90.
    pub struct RecordState(i32) {
        /// In force.
        NORMAL = 1, "正常";
        /// Deleted.
        DELETED = 2, "删除";
    }
}
