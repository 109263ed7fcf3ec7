use park_core::{codes, text_codes};

text_codes! {
    /// What the payer came for (业务类型), `bizType` of the order link, Table 34.
    pub struct OrderKind(10) {
        /// Extends a monthly lease.
        LEASE_EXTENSION = "monthDefer", "月租车延期";
        /// Pays for temporary parking.
        PARKING = "tempPay", "临时车付款";
        /// Reserves a space.
        RESERVATION = "bookStall", "车位预约";
    }
}

codes! {
    /// What a picture shows and when it was taken (图片业务类型), Table 42.
    pub struct ImageKind(i32) {
        /// The plate, coming in.
        ENTRY_PLATE = 1, "入场/入位车牌图片";
        /// The car, coming in.
        ENTRY_CAR = 2, "入场/入位车辆图片";
        /// The driver's face, coming in.
        ENTRY_FACE = 3, "入场/入位人脸图片";
        /// The space, coming in.
        ENTRY_SPACE = 4, "入场/入位车位图片";
        /// The plate, going out.
        EXIT_PLATE = 5, "出场/离位车牌图片";
        /// The car, going out.
        EXIT_CAR = 6, "出场/离位车辆图片";
        /// The driver's face, going out.
        EXIT_FACE = 7, "出场/离位人脸图片";
        /// The space, going out.
        EXIT_SPACE = 8, "出场/离位车位图片";
        /// The whole scene.
        PANORAMA = 9, "全景图";
    }
}
