//! Type and state codes: open newtypes with the document's values as constants. A value that the
//! document does not list survives.
//!
//! One type per list, never per field name: `payType` means appendix 1.2, appendix 1.4, 6/7 or 4/5,
//! depending on the call. The lists of the appendix are those of the standard system; a lot may
//! have values of its own, which a dialect waives field by field.
mod appendix;
mod downlink;
mod res;
mod uplink;

pub use appendix::*;
pub use downlink::*;
pub use res::*;
pub use uplink::*;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_field_name_has_many_lists() {
        let names = [
            ExitPayType(5).name(),
            PaidAt(5).name(),
            PaidWith(5).name(),
            PayPlatform(5).name(),
            TerminalPayType(5).name(),
            ExitPayType(6).name(),
            PayPlatform(6).name(),
            TerminalPayType(104).name(),
            DeviceType(1).name(),
            DeviceKey(1).name(),
        ];
        let expected = [
            Some("支付宝"),
            Some("APP（安卓/IOS）"),
            Some("支付宝"),
            None,
            None,
            Some("第三方微信"),
            Some("微信"),
            Some("微信"),
            Some("收费电脑/缴费机"),
            Some("设备Ip"),
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn the_appendix_is_complete() {
        let listed = [
            CarType::LIST.len(),
            ExitPayType::LIST.len(),
            TerminalType::LIST.len(),
            TerminalPayType::LIST.len(),
            DeviceType::LIST.len(),
        ];
        assert_eq!(listed, [12, 9, 15, 16, 4]);
    }
}
