//! Value lists: open newtypes with the document's values as constants. A value that the document
//! does not list survives.
use park_core::codes;

codes! {
    /// How a charging order stands (充电订单状态, StartChargeSeqStat), section 3.1.
    pub struct ChargeState(i32) {
        /// About to charge.
        STARTING = 1, "启动中";
        /// Charging; what the first notification of an order says.
        CHARGING = 2, "充电中";
        /// About to stop.
        STOPPING = 3, "停止中";
        /// Ended; what the second notification says. Only now is `EndTime` the end of charging.
        ENDED = 4, "已结束";
        /// Not known to the charging platform.
        UNKNOWN = 5, "未知";
    }

    /// What became of a notification or report (状态, Status), sections 4.1.4 and 4.3.4. The
    /// document lists no other value.
    pub struct ReceiptStatus(i32) {
        /// Accepted.
        ACCEPTED = 0, "接受";
    }

    /// How a call ended (Ret). The document prints 200 in the answer that found nothing (4.2.5) and
    /// lists no value; the others are those of T/CEC 102, whose envelope it is.
    pub struct Ret(i32) {
        /// Busy; the sender tries again later.
        BUSY = -1, "系统繁忙";
        /// Done, as T/CEC 102 has it.
        OK = 0, "请求成功";
        /// Done, as section 4.2.5 prints it.
        DONE = 200, "请求成功";
        /// The signature is wrong.
        WRONG_SIGNATURE = 4001, "签名错误";
        /// The token is wrong or missing.
        WRONG_TOKEN = 4002, "Token错误";
        /// The message cannot be read.
        WRONG_ENVELOPE = 4003, "POST参数不合法";
        /// The parameters break the document's rules, or the interface is not offered.
        WRONG_PARAMETERS = 4004, "请求的业务参数不合法";
        /// The receiver failed.
        SYSTEM_ERROR = 500, "系统错误";
    }
}

impl Ret {
    /// Whether it means success: 0 or 200.
    pub fn is_success(self) -> bool {
        matches!(self, Self::OK | Self::DONE)
    }
}
