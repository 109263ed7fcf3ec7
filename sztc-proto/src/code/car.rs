use park_core::codes;

codes! {
    /// Kind of number plate (号牌类型), Table 11.
    pub struct PlateKind(i32) {
        /// Regular plate.
        REGULAR = 1, "正式号牌";
        /// Temporary plate.
        TEMPORARY = 2, "临时号牌";
    }

    /// Size of a car (车型), Table 11.
    pub struct CarSize(i32) {
        /// Large.
        LARGE = 1, "大型车";
        /// Medium.
        MEDIUM = 2, "中型车";
        /// Small.
        SMALL = 3, "小型车";
    }
}
