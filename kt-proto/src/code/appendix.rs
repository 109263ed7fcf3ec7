use park_core::codes;

codes! {
    /// Kind of car, or of the card that lets it in (车辆类型, 固定车类型), appendix 1.1. Interface
    /// 3.1 of the upward part writes it as text.
    pub struct CarType(i32) {
        /// A visitor; the only kind without a card.
        VISITOR = 0, "临时车";
        /// VIP.
        VIP = 1, "VIP车";
        /// Pays by the month.
        MONTHLY = 2, "月租车";
        /// Pays from a balance of money.
        STORED_VALUE = 3, "充值车";
        /// Pays by the hour.
        HOURLY = 4, "时租车";
        /// Owns its space.
        OWNER = 5, "产权车";
        /// Pays from a balance of visits.
        COUNTED = 6, "计次车";
        /// Honoured guest.
        GUEST_CARD = 7, "贵宾卡";
        /// Staff.
        STAFF = 8, "员工卡";
        /// Coach.
        COACH = 9, "大客车";
        /// Uses a shared space: free of charge, the gate opens at once.
        SHARED_SPACE = 99, "共享泊位车";
        /// Booked in advance.
        BOOKED = 100, "预约车";
    }

    /// How a fee is paid at an exit booth or pay station (出口岗亭/缴费机 支付类型), appendix 1.2:
    /// `payType` of 2.3.
    pub struct ExitPayType(i32) {
        /// Cash.
        CASH = 0, "现金支付";
        /// Card reader.
        POS = 1, "POS支付";
        /// Card.
        CARD = 2, "卡支付";
        /// Yikatong, a city's transport card.
        YIKATONG = 3, "易通卡支付";
        /// WeChat.
        WECHAT = 4, "微信";
        /// Alipay.
        ALIPAY = 5, "支付宝";
        /// WeChat through a third party.
        THIRD_PARTY_WECHAT = 6, "第三方微信";
        /// Alipay through a third party.
        THIRD_PARTY_ALIPAY = 7, "第三方支付宝";
        /// Booked in advance.
        BOOKED = 100, "预约车";
    }

    /// Where a fee is paid (终端类型), appendix 1.3.
    pub struct TerminalType(i32) {
        /// A merchant's client.
        MERCHANT = 0, "商家客户端";
        /// Central pay point.
        CENTRAL = 1, "中央交费点";
        /// Exit booth.
        EXIT_BOOTH = 2, "出口岗亭";
        /// Pay station in the lot.
        PAY_STATION = 3, "场内缴费机";
        /// Mobile phone.
        PHONE = 4, "手机";
        /// Android app.
        ANDROID_APP = 5, "安卓APP";
        /// Paid later.
        POSTPAID = 6, "后付费";
        /// App of ffan.com.
        FFAN_APP = 7, "飞凡网APP";
        /// Wall-mounted terminal.
        WALL_TERMINAL = 8, "壁挂式自助终端";
        /// Dispenser of discount coupons.
        COUPON_DISPENSER = 9, "折扣券发放机";
        /// Membership system.
        MEMBERSHIP = 10, "会员系统";
        /// Car-finding terminal.
        CAR_FINDER = 11, "找车机缴费";
        /// Pay station at the exit.
        EXIT_PAY_STATION = 13, "出口缴费机";
        /// Third party, through the cloud.
        THIRD_PARTY_CLOUD = 14, "第三方对接(云)";
        /// Third party, with this lot alone.
        THIRD_PARTY_SINGLE = 15, "第三方对接(单)";
    }

    /// How a fee is paid at a terminal (支付方式), appendix 1.4: `payType` of 2.7.
    pub struct TerminalPayType(i32) {
        /// Cash.
        CASH = 100, "现金";
        /// Bank card.
        BANK_CARD = 101, "银行卡";
        /// Electronic cash.
        ELECTRONIC_CASH = 102, "电子现金";
        /// Transport card of a city.
        TRANSPORT_CARD = 103, "交通卡";
        /// WeChat.
        WECHAT = 104, "微信";
        /// Alipay.
        ALIPAY = 105, "支付宝";
        /// UnionPay online.
        UNION_PAY = 106, "线上银联";
        /// Voucher.
        VOUCHER = 107, "抵用券";
        /// The balance of a stored-value card.
        STORED_VALUE = 108, "充值车卡";
        /// Transfer.
        TRANSFER = 109, "转账";
        /// Paid later.
        POSTPAID = 110, "后付费";
        /// WeChat through a third party.
        THIRD_PARTY_WECHAT = 111, "第三方微信";
        /// Alipay through a third party.
        THIRD_PARTY_ALIPAY = 112, "第三方支付宝";
        /// Points of a third party's membership system.
        POINTS = 113, "积分兑换";
        /// The balance of a card that counts visits.
        COUNTED_CARD = 114, "计次车卡";
        /// A receipt, redeemed in a third party's system.
        RECEIPT = 115, "小票兑换";
    }

    /// Kind of device (终端设备类型), appendix 1.5: `deviceType` of 1.3 and 1.4. In the downward
    /// part `deviceType` is a [`DeviceKey`](crate::code::DeviceKey).
    pub struct DeviceType(i32) {
        /// Cashier's computer or pay station.
        CASHIER = 1, "收费电脑/缴费机";
        /// Camera.
        CAMERA = 2, "相机";
        /// Display at an entry or exit.
        DISPLAY = 3, "LED屏";
        /// Barrier at an entry or exit.
        BARRIER = 4, "出入口道闸";
    }
}
