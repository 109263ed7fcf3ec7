use park_core::{codes, text_codes};

codes! {
    /// Kind of area (区域类别), 1.2.
    pub struct AreaType(i32) {
        /// Ordinary.
        ORDINARY = 0, "普通停车区";
        /// Stacked, six cells.
        STACKED_SIX = 1, "6格立体停车场";
        /// Stacked, nine cells.
        STACKED_NINE = 2, "9格立体停车场";
    }

    /// Whether the owner of the plate pays without being asked (是否开通免密支付/自动扣费), 2.1.
    pub struct AutoPay(i32) {
        /// It does not.
        OFF = 0, "未开通";
        /// It does: the exit will report its fee by 2.2 and ask whether it was debited.
        ON = 1, "已开通";
    }

    /// How a payment at a terminal came about (收费方式), 2.7.
    pub struct PaidType(i32) {
        /// Charged.
        CHARGED = 0, "收费";
        /// Free.
        FREE = 1, "免费";
        /// Let out abnormally.
        ABNORMAL = 2, "异常放行";
    }

    /// The platform that takes the money (支付平台): `payType` in the replies of 4.1 and 4.2.
    pub struct PayPlatform(i32) {
        /// WeChat.
        WECHAT = 6, "微信";
        /// Alipay.
        ALIPAY = 7, "支付宝";
    }
}

text_codes! {
    /// Size of a car (车辆类型), 2.1: a number written as text. Not the list of the same Chinese
    /// name in appendix 1.1.
    pub struct VehicleSize(1) {
        /// Large.
        LARGE = "1", "大型车";
        /// Small.
        SMALL = "2", "小型车";
    }

    /// Colour of a plate (车牌颜色), 2.1: a number written as text.
    pub struct PlateColor(1) {
        /// Blue.
        BLUE = "0", "蓝色";
        /// Yellow.
        YELLOW = "1", "黄色";
        /// White.
        WHITE = "2", "白色";
        /// Black.
        BLACK = "3", "黑色";
        /// Green.
        GREEN = "4", "绿色";
    }
}
