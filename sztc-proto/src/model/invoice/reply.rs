use super::printed;
use park_core::{AnyText, Money, Rule, Text, Violations, check, given};
use serde::{Deserialize, Serialize};

/// Reply of 1201: the invoice as issued, Table 111.
///
/// Everything but the month, the list flag and the signature is required once the invoice is
/// issued; a refused request carries an error code instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvoiceReply {
    /// Number of the request (发票请求流水号).
    #[serde(rename = "fpqqlsh")]
    pub request_no: Text<20>,
    /// Code of the invoice (发票代码).
    #[serde(rename = "fpdm")]
    pub code: Option<Text<12>>,
    /// Number of the invoice (发票号码).
    #[serde(rename = "fphm")]
    pub number: Option<Text<8>>,
    /// Check code printed on the invoice (发票校验码).
    #[serde(rename = "jym")]
    pub check_code: Option<Text<20>>,
    /// When it was issued in China, `yyyyMMddHHmmss` (开票日期).
    #[serde(rename = "kprq")]
    pub issued_at: Option<Text<14>>,
    /// Where the PDF can be fetched for 30 years (PDF下载地址). Required by the table, absent in
    /// the sample D.44, so its absence is not refused.
    #[serde(rename = "pdfurl")]
    pub pdf_url: Option<Text<200>>,
    /// Total without tax, yuan (合计不含税金额), printed with at most 20 characters.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = 20)))]
    #[serde(rename = "hjbhsje")]
    pub net: Option<Money>,
    /// Total of the tax, yuan (合计税额), printed with at most 20 characters.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = 20)))]
    #[serde(rename = "hjse")]
    pub tax: Option<Money>,
    /// Month to which it belongs, `MM` (所属月份).
    #[serde(rename = "ssyf")]
    pub month: Option<Text<6>>,
    /// Flag of the sales list (销售清单标志); the document gives no values.
    #[serde(rename = "xhqdbz")]
    pub list_flag: Option<Text<1>>,
    /// Anti-forgery cipher (防伪密文).
    #[serde(rename = "fwmw")]
    pub cipher: Option<Text<128>>,
    /// Signature (签名值).
    #[serde(rename = "szqm")]
    pub signature: Option<Text<600>>,
    /// Content of the QR code (二维码).
    #[serde(rename = "ewm")]
    pub qr_code: Option<AnyText>,
}

impl InvoiceReply {
    /// A reply with nothing but the number of the request; an issued invoice fills in the rest.
    pub fn new(request_no: impl Into<Text<20>>) -> Self {
        Self {
            request_no: request_no.into(),
            code: None,
            number: None,
            check_code: None,
            issued_at: None,
            pdf_url: None,
            net: None,
            tax: None,
            month: None,
            list_flag: None,
            cipher: None,
            signature: None,
            qr_code: None,
        }
    }
}

check!(InvoiceReply {
    request_no "fpqqlsh", code "fpdm", number "fphm", check_code "jym", issued_at "kprq",
    pdf_url "pdfurl", net "hjbhsje", tax "hjse",
    month "ssyf", list_flag "xhqdbz", cipher "fwmw", signature "szqm", qr_code "ewm",
}; issued, issue_time, reply_lengths);

fn issued(reply: &InvoiceReply, v: &mut Violations) {
    for (present, field) in [
        (given(&reply.code), "fpdm"),
        (given(&reply.number), "fphm"),
        (given(&reply.check_code), "jym"),
        (given(&reply.issued_at), "kprq"),
        (reply.net.is_some(), "hjbhsje"),
        (reply.tax.is_some(), "hjse"),
        (given(&reply.cipher), "fwmw"),
        (given(&reply.qr_code), "ewm"),
    ] {
        if !present {
            v.add_at(
                field,
                Rule::Condition("required of an issued invoice (成功必填)"),
            );
        }
    }
}

fn issue_time(reply: &InvoiceReply, v: &mut Violations) {
    if reply.issued_at.as_deref().is_some_and(|time| {
        !time.is_empty() && (time.len() != 14 || !time.bytes().all(|digit| digit.is_ascii_digit()))
    }) {
        v.add_at(
            "kprq",
            Rule::Range {
                expected: "14 digits, yyyyMMddHHmmss",
            },
        );
    }
}

fn reply_lengths(reply: &InvoiceReply, v: &mut Violations) {
    printed(reply.net, 20, "hjbhsje", v);
    printed(reply.tax, 20, "hjse", v);
}

/// Request of 1202: how many blank invoices are left (发票库存查询), Table 112.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvoiceStockQuery {
    /// Issuer's taxpayer number (开票方识别号). Real numbers have 15 to 20 characters, see
    /// `SPEC-NOTES.md`.
    #[serde(rename = "nsrsbh")]
    pub tax_no: Text<10>,
    /// Number of the tax device's extension (金税盘分机号); absent: the stock of all extensions
    /// together.
    #[serde(rename = "fjh")]
    pub extension: Option<i32>,
}

check!(InvoiceStockQuery { tax_no "nsrsbh", extension "fjh" });

/// Reply of 1202, Table 113.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvoiceStock {
    /// How many are left (库存数).
    #[serde(rename = "cnt")]
    pub count: i32,
}

check!(InvoiceStock { count "cnt" });
