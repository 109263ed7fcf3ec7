use park_core::{codes, text_codes};

codes! {
    /// What `deviceCode` holds in 2.1, 2.3, 2.4 and GetPhoto (设备标识), field `deviceType`. Not
    /// the kinds of device of appendix 1.5.
    pub struct DeviceKey(i32) {
        /// The device's code.
        CODE = 0, "设备编码";
        /// The device's IP address.
        IP = 1, "设备Ip";
    }

    /// What a barrier does (控制类型), field `controlType` of 2.3. Not the changes of the black
    /// list in 4.8.
    pub struct GateCommand(i32) {
        /// Open it once.
        OPEN = 1, "开闸";
        /// Close it.
        CLOSE = 2, "关闸";
        /// Hold it open until [`Self::RELEASE`].
        HOLD_OPEN = 11, "常抬";
        /// End holding it open.
        RELEASE = 12, "常抬恢复";
    }

    /// Where a driver paid (收费终端), field `payType` of 3.2 and 3.3. Here 5 is an app, in
    /// [`PaidWith`] it is Alipay; appendices 1.2 and 1.4 and the 6 and 7 of the payment codes
    /// (uplink 4.1 and 4.2) are other lists again.
    pub struct PaidAt(i32) {
        /// In WeChat.
        WECHAT = 4, "微信平台";
        /// In an app for Android or iOS.
        APP = 5, "APP（安卓/IOS）";
    }

    /// What a driver paid with (付款方式), field `payMethod` of 3.2 and 3.3. Here 5 is Alipay, in
    /// [`PaidAt`] it is an app.
    pub struct PaidWith(i32) {
        /// WeChat.
        WECHAT = 4, "微信";
        /// Alipay.
        ALIPAY = 5, "支付宝";
    }

    /// What a fee was reduced by (抵扣来源), field `type` of `freeDetail` in 3.2. The table ends
    /// with "and so on": a lot may know more.
    pub struct ReductionSource(i32) {
        /// Points of a member.
        POINTS = 0, "积分抵扣";
        /// A voucher.
        VOUCHER = 1, "抵扣券";
        /// The receipt of a shop.
        RECEIPT = 2, "购物小票";
    }

    /// Whether change was given (是否已找零), field `ifCharge` of 3.5 and 3.7.
    pub struct ChangeState(i32) {
        /// Not yet.
        DUE = 0, "未找零";
        /// Given.
        GIVEN = 1, "已找零";
    }

    /// What happens to one plate of a card (车牌操作), field `type` of `plateDetails` in 4.2. Not
    /// [`EntryChange`], where 0 adds and 2 deletes.
    pub struct PlateEdit(i32) {
        /// Delete it.
        DELETE = 0, "删除";
        /// Add it.
        ADD = 1, "新增";
    }

    /// What happens to an entry of a list (修改类型、控制类型), field `modifyType` of 4.4 and
    /// `controlType` of 4.8. Not [`BookingEdit`] or [`PlateEdit`].
    pub struct EntryChange(i32) {
        /// Add it.
        ADD = 0, "新增";
        /// Change it.
        MODIFY = 1, "修改";
        /// Delete it.
        DELETE = 2, "删除";
    }

    /// What happens to a booking (修改类型), field `modifyType` of 5.2. Not [`EntryChange`], where
    /// 0 adds and 1 changes.
    pub struct BookingEdit(i32) {
        /// Change it.
        MODIFY = 0, "修改";
        /// Delete it.
        DELETE = 1, "删除";
    }

    /// What `plateNo` and `oldplateNo` hold in 4.4 (卡号或车牌号), field `isCard`. Against its name
    /// 0 is the card number.
    pub struct NumberKind(i32) {
        /// The number of an IC card.
        CARD = 0, "卡号";
        /// A plate number.
        PLATE = 1, "车牌号";
    }

    /// What a recharge rule counts in (充值类型、赠送类型), fields `rechargeType` and `sentType` of
    /// 4.7. See [`Quantity`](crate::model::Quantity).
    pub struct RechargeUnit(i32) {
        /// Money, fen.
        MONEY = 0, "钱(单位:分)";
        /// Months.
        MONTHS = 1, "月";
        /// Days.
        DAYS = 2, "天";
        /// Hours.
        HOURS = 3, "小时";
        /// Times of parking.
        TIMES = 4, "次";
    }

    /// How often a booked car may come (预约类型), field `bookType` of 5.1, 5.2 and 5.3.
    pub struct BookType(i32) {
        /// As often as it likes within the booked time.
        MANY_TIMES = 0, "在预约时间内多次进出";
        /// Once.
        ONCE = 1, "只能一次进出";
    }

    /// Whether a booking counts for a car that is inside already (是否立即生效), field `promptly`
    /// of 5.1 and 5.2. Against habit 0 is yes.
    pub struct Promptly(i32) {
        /// A car that came in within the booked time becomes a booked car at once, and leaves by
        /// the booking's rules.
        YES = 0, "是";
        /// A car inside stays what it is; the booking counts from its next entry.
        NO = 1, "否";
    }

    /// Whether the booked car came in within the booked time (是否已入场), field `isCarIn` of 5.3.
    pub struct CarIn(i32) {
        /// Not yet.
        NO = 0, "否";
        /// It did.
        YES = 1, "是";
    }
}

text_codes! {
    /// Whether an order is paid (订单状态), field `status` of 3.4; a digit written as text.
    pub struct OrderStatus(1) {
        /// Not paid.
        UNPAID = "0", "未支付";
        /// Paid.
        PAID = "1", "已支付";
    }

    /// How change was given (找零类型), field `chargeType` of 3.6 and 3.7; a digit written as text.
    pub struct ChangeChannel(1) {
        /// By WeChat.
        WECHAT = "0", "微信";
        /// By Alipay.
        ALIPAY = "1", "支付宝";
    }
}
