use park_core::codes;

extended_codes! {
    /// Why there is no token (失败原因) from `query_token`, Table B.24.
    pub struct TokenFailure(3..=99) {
        /// None: it worked.
        NONE = 0, "无";
        /// No such operator.
        NO_OPERATOR = 1, "无此运营商";
        /// Wrong secret.
        WRONG_SECRET = 2, "密钥错误";
    }

    /// Why a connector is not ready (失败原因) in `query_equip_auth`, Table B.11.
    pub struct AuthFailure(3..=99) {
        /// None: it worked.
        NONE = 0, "无";
        /// Not plugged in.
        NOT_PLUGGED = 1, "此设备尚未插枪";
        /// The device failed its test.
        TEST_FAILED = 2, "设备检测失败";
    }

    /// Why charging does not start (失败原因) in `query_start_charge`, Table B.13.
    pub struct StartFailure(3..=99) {
        /// None: it worked.
        NONE = 0, "无";
        /// No such device.
        NO_DEVICE = 1, "此设备不存在";
        /// The device is off the net.
        OFFLINE = 2, "此设备离线";
    }

    /// Why charging does not stop (失败原因) in `query_stop_charge`, Table B.15, and
    /// `notification_stop_charge_result`.
    pub struct StopFailure(4..=99) {
        /// None: it worked.
        NONE = 0, "无";
        /// No such device.
        NO_DEVICE = 1, "此设备不存在";
        /// The device is off the net.
        OFFLINE = 2, "此设备离线";
        /// It does not charge any more.
        STOPPED_ALREADY = 3, "设备已停止充电";
    }
}

codes! {
    /// Why there are no prices (失败原因) in `query_equip_business_policy`, T/CEC 102.3.
    pub struct PolicyFailure(i32) {
        /// None: it worked.
        NONE = 0, "无";
        /// The connector has no prices.
        NO_POLICY = 1, "此充电设备接口无业务策略";
    }

    /// Why a result was not taken (失败原因) in the replies of `notification_start_charge_result`
    /// and `notification_stop_charge_result`, T/CEC 102.3.
    pub struct ReceiptFailure(i32) {
        /// None: it worked.
        NONE = 0, "无";
        /// It could not be received.
        NOT_RECEIVED = 1, "接收失败";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Check, Rule, Violation, Violations, json};

    #[test]
    fn an_extension_is_known_and_what_is_beyond_is_not() {
        for (code, known) in [
            (-1, false),
            (0, true),
            (2, true),
            (3, true),
            (4, true),
            (99, true),
            (100, false),
        ] {
            let mut v = Violations::default();
            StopFailure(code).check(&mut v);
            assert_eq!(v.list().is_empty(), known, "{code}");
            assert!(
                known || v.list() == [Violation::new("", Rule::UnknownCode)],
                "{code}"
            );
        }
    }

    #[test]
    fn an_unknown_value_survives() {
        let (reason, deviations) =
            json::decode::<StartFailure>("170", &Default::default()).expect("a number");
        assert!(deviations.is_empty());
        assert_eq!(json::encode(&reason).expect("a number"), "170");
        assert_eq!(
            (reason.to_string(), StartFailure(2).to_string()),
            ("170".to_owned(), "2 此设备离线".to_owned())
        );
    }
}
