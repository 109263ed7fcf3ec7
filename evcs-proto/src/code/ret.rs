use park_core::codes;

codes! {
    /// How a call ended (Ret, 返回值), Table B.26.
    pub struct Ret(i32) {
        /// Busy; the sender tries again later.
        BUSY = -1, "系统繁忙";
        /// Done.
        OK = 0, "请求成功";
        /// The signature is wrong.
        WRONG_SIGNATURE = 4001, "签名错误";
        /// The token is wrong or has expired.
        WRONG_TOKEN = 4002, "Token错误";
        /// One of the five parameters is missing or cannot be read.
        WRONG_ENVELOPE = 4003, "POST参数不合法";
        /// The parameters inside Data are wrong.
        WRONG_PARAMETERS = 4004, "请求的业务参数不合法";
        /// The receiver failed.
        SYSTEM_ERROR = 500, "系统错误";
    }
}
