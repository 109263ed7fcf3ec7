use crate::{Fen, Minutes, PercentText, code::PayPlatform};
use park_core::{AnyText, DateTime, check};
use serde::{Deserialize, Serialize};

/// Request of 4.1: a code that the driver scans to pay (获取停车费二维码), `GetPayQRCode`. What was
/// paid is told to the lot by downward 3.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PayCodeRequest {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// The lot's order number (车场订单号).
    pub order_no: AnyText,
    /// The device that shows the code (设备编码). The sample calls it `deviceId`, as 4.2 does.
    pub device_code: AnyText,
    /// Plate number (车牌号), percent-encoded. Absent: the car came in with a ticket.
    pub plate_num: Option<PercentText>,
    /// The ticket taken (小票号). Absent: none.
    pub card_no: Option<AnyText>,
    /// When it came in (入场时间).
    pub in_time: DateTime,
    /// How long it parked (停车时长).
    pub elapsed_time: Minutes,
    /// What has to be paid (订单金额).
    pub amount: Fen,
    /// When it leaves (出场时间); inside the lot the present time.
    pub out_time: DateTime,
}

check!(PayCodeRequest {
    park_code "parkCode", order_no "orderNo", device_code "deviceCode", plate_num "plateNum",
    card_no "cardNo", in_time "inTime",
    elapsed_time "elapsedTime", amount "amount", out_time "outTime",
});

/// Reply of 4.1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PayCode {
    /// What the code holds (二维码内容): a short link.
    pub qrcode: AnyText,
    /// The third party's order number (平台订单号).
    pub order_no: AnyText,
    /// Who takes the money (支付平台).
    pub pay_type: PayPlatform,
}

impl PayCode {
    /// A code for an order.
    pub fn new(
        qrcode: impl Into<AnyText>,
        order_no: impl Into<AnyText>,
        pay_type: PayPlatform,
    ) -> Self {
        Self {
            qrcode: qrcode.into(),
            order_no: order_no.into(),
            pay_type,
        }
    }
}

check!(PayCode { qrcode "qrcode", order_no "orderNo", pay_type "payType" });

/// Request of 4.2: debit the driver whose payment code was scanned (扫码枪扫码用户手机二维码缴费),
/// `PayScanCode`. What was paid is told to the lot by downward 3.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScanPayment {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// The lot's order number (车场订单号).
    pub order_no: AnyText,
    /// The device that scanned (设备Id).
    pub device_id: AnyText,
    /// Plate number (车牌号), percent-encoded.
    pub car_no: PercentText,
    /// When it came in (入场时间).
    pub in_time: DateTime,
    /// How long it parked (停车时长).
    pub elapsed_time: Minutes,
    /// What has to be paid (应缴金额).
    pub amount: Fen,
    /// The digits of the payment code (支付条形码数字).
    pub auth_code: AnyText,
    /// When it leaves (出场时间); inside the lot the present time. Absent: not told.
    pub out_time: Option<DateTime>,
}

check!(ScanPayment {
    park_code "parkCode", order_no "orderNo", device_id "deviceId", car_no "carNo",
    in_time "inTime", elapsed_time "elapsedTime",
    amount "amount", auth_code "authCode", out_time "outTime",
});

/// Reply of 4.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScanPaymentReply {
    /// The third party's order number (平台订单号).
    pub order_no: AnyText,
    /// Who takes the money (支付平台).
    pub pay_type: PayPlatform,
}

impl ScanPaymentReply {
    /// The order that was paid, and by what.
    pub fn new(order_no: impl Into<AnyText>, pay_type: PayPlatform) -> Self {
        Self {
            order_no: order_no.into(),
            pay_type,
        }
    }
}

check!(ScanPaymentReply { order_no "orderNo", pay_type "payType" });
