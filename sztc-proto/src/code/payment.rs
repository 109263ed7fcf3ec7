use park_core::{codes, text_codes};

codes! {
    /// Why an order costs what it costs (收费类型), Table 14.
    pub struct ChargeKind(i32) {
        /// Charged normally.
        NORMAL = 0, "正常收费";
        /// Free, since it was short enough.
        FREE_PERIOD = 1, "免费时间内免费";
        /// Free.
        FREE = 2, "免费";
        /// Free beyond the highest charge.
        BEYOND_MAXIMUM = 3, "超过最高收费而免费";
        /// Free after discounts.
        FREE_BY_DISCOUNT = 4, "打折后免费";
        /// Other.
        OTHER = 5, "其它";
    }

    /// How money is paid or paid back (支付方式, 退费方式), Tables 15, 17, 116.
    pub struct PayMethod(i32) {
        /// Cash.
        CASH = 1, "现金";
        /// WeChat.
        WECHAT = 2, "微信";
        /// Alipay.
        ALIPAY = 3, "支付宝";
        /// UnionPay.
        UNION_PAY = 4, "银联";
        /// Electronic toll collection.
        ETC = 5, "ETC";
        /// Other.
        OTHER = 6, "其它";
    }

    /// Kind of discount (优惠类型), Table 16. Table 83 counts differently: there 3 is all free.
    pub struct DiscountKind(i32) {
        /// No discount.
        NONE = 0, "无优惠";
        /// An amount less.
        AMOUNT = 1, "减免金额";
        /// A time less.
        TIME = 2, "减免时间";
        /// A part less.
        FRACTION = 3, "打折";
        /// All free.
        FREE = 4, "全免";
    }
}

text_codes! {
    /// Whether parking fees of a plate may be debited (车牌代扣状态), Table 68: here 0 is yes. The
    /// state of 6008 is the opposite, a number, 1 for yes.
    pub struct AutoPaySupport(1) {
        /// May be debited.
        SUPPORTED = "0", "支持代扣";
        /// May not be debited.
        UNSUPPORTED = "1", "不支持代扣";
    }
}
