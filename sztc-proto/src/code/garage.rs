use park_core::codes;

codes! {
    /// Construction of a mechanical garage (机械车库类型), Table 7.
    pub struct GarageType(i32) {
        /// Lifting and sliding.
        LIFT_AND_SLIDE = 1, "升降横移类机械式停车设备";
        /// Simple lift.
        SIMPLE_LIFT = 2, "简易升降类机械式停车设备";
        /// Shuttles on each level.
        LEVEL_SHUTTLE = 3, "平面移动类机械式停车设备";
        /// Stacker crane in an aisle.
        AISLE_STACKER = 4, "巷道堆垛类机械式停车设备";
        /// Tower with a vertical lift.
        VERTICAL_LIFT = 5, "垂直升降类机械式停车设备";
        /// Vertical rotary.
        VERTICAL_ROTARY = 6, "垂直循环类机械式停车设备";
        /// Horizontal rotary.
        HORIZONTAL_ROTARY = 7, "水平循环类机械式停车设备";
        /// Rotary over several levels.
        MULTI_LEVEL_ROTARY = 8, "多层循环类机械式停车设备";
        /// Car lift.
        CAR_LIFT = 9, "汽车专用升降机";
    }

    /// How a mechanical garage works at the moment (运行状态码), Table 92.
    pub struct GarageState(i32) {
        /// Out of use.
        OUT_OF_USE = 0, "停用";
        /// Normal.
        NORMAL = 1, "正常";
        /// Abnormal.
        ABNORMAL = 2, "异常";
        /// Faulty.
        FAULTY = 3, "故障";
        /// Under repair.
        UNDER_REPAIR = 4, "维修";
    }
}
