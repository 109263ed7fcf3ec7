use park_core::codes;

codes! {
    /// Whether a lease is for certain spaces (停放类型, isFixed), Table 28: the name says yes or
    /// no, yet 0 is fixed.
    pub struct LeaseSpaces(i32) {
        /// For certain spaces.
        FIXED = 0, "固定车位";
        /// For any space of the lot.
        ANY = 1, "非固定车位";
    }

    /// Unit of a price's period (周期类型), Table 29.
    pub struct LeaseCycle(i32) {
        /// Month.
        MONTH = 1, "月";
        /// Day.
        DAY = 2, "天";
    }
}
