use park_core::{codes, text_codes};

text_codes! {
    /// Which orders of the day are asked for (对账单类型, billType), Table 115.
    ///
    /// The table gives no length; the longest listed value has 7 characters, and some room is left
    /// for others.
    pub struct BillType(32) {
        /// All orders of the day. The default (默认值).
        ALL = "ALL", "返回当日所有订单信息";
        /// Those paid.
        SUCCESS = "SUCCESS", "返回当日成功支付的订单";
        /// Those refunded.
        REFUND = "REFUND", "返回当日退款订单";
        /// Those revoked.
        REVOKED = "REVOKED", "已撤销的订单";
    }
}

codes! {
    /// Whether money came in or went back (订单类型, actionType), Table 116.
    pub struct OrderAction(i32) {
        /// Payment.
        PAYMENT = 0, "支付";
        /// Refund.
        REFUND = 1, "退款";
    }
}
