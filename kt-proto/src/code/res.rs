use park_core::codes;

codes! {
    /// How a call ended (resCode, 响应代码), chapter 1, section 3.
    pub struct ResCode(i32) {
        /// Done.
        OK = 0, "正常";
        /// Refused; resMsg says why.
        ERROR = 1, "错误";
    }
}
