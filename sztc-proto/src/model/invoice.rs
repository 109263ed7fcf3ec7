mod reply;

pub use reply::*;

use crate::code::{
    BuyerKind, InvoiceKind, InvoiceLineKind, PreferentialPolicy, SpecialInvoice, TaxMethod,
    ZeroRate,
};
use park_core::{DecimalText, Money, Rule, Text, Violations, check, given};
use serde::{Deserialize, Serialize};

/// Request of 1201: issue an electronic invoice (电子发票开具), head of Table 110.
///
/// The wire names are the table's pinyin abbreviations; the sample D.44 spells six of them
/// differently, see `SPEC-NOTES.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Invoice {
    /// Number of this request (发票请求流水号), unique at the sender: each number gets one invoice
    /// only.
    #[serde(rename = "fpqqlsh")]
    pub request_no: Text<20>,
    /// Code of the sending platform (平台编码).
    #[serde(rename = "dsptbm")]
    pub platform_code: Option<Text<8>>,
    /// Blue or red (开票类型).
    #[serde(rename = "kplx")]
    pub kind: InvoiceKind,
    /// How the tax is levied (征税方式).
    #[serde(rename = "zsfs")]
    pub tax_method: TaxMethod,
    /// Seller's taxpayer number (销售方纳税人识别号): the issuer's, except on a purchase invoice.
    #[serde(rename = "xsfnrsbh")]
    pub seller_tax_no: Text<20>,
    /// Seller's full name as in the business licence (销售方名称).
    #[serde(rename = "xsfmtc")]
    pub seller_name: Text<100>,
    /// Seller's address (销货方地址).
    #[serde(rename = "xhf_dz")]
    pub seller_address: Text<80>,
    /// Seller's telephone (销货方电话).
    #[serde(rename = "xhf_dh")]
    pub seller_phone: Text<20>,
    /// Seller's bank and account (销售方银行账号).
    #[serde(rename = "xsfyhzh")]
    pub seller_bank_account: Option<Text<100>>,
    /// Buyer's taxpayer number (购买方纳税人识别号). Required of an enterprise and on a purchase
    /// invoice, where it is the issuer's.
    #[serde(rename = "gmfnrsrbh")]
    pub buyer_tax_no: Option<Text<20>>,
    /// Buyer's name (购买方名称); on a purchase invoice the issuer's.
    #[serde(rename = "gmfmtc")]
    pub buyer_name: Text<100>,
    /// Buyer's address (购货方地址).
    #[serde(rename = "ghf_dz")]
    pub buyer_address: Option<Text<100>>,
    /// Buyer's fixed telephone (购货方固定电话).
    #[serde(rename = "ghf_gddh")]
    pub buyer_phone: Option<Text<20>>,
    /// Buyer's bank and account (购买方银行账号).
    #[serde(rename = "gmfyhzh")]
    pub buyer_bank_account: Option<Text<100>>,
    /// Mobile numbers that receive the invoice, separated by commas (购买方手机号).
    #[serde(rename = "gmfsjh")]
    pub buyer_mobile: Option<Text<48>>,
    /// What the buyer is (购货方企业类型).
    #[serde(rename = "ghfqylx")]
    pub buyer_kind: BuyerKind,
    /// Mail address that receives the invoice (购买方电子邮箱).
    #[serde(rename = "gmfdzyx")]
    pub buyer_email: Option<Text<100>>,
    /// WeChat user to whom the invoice is announced (微信openId).
    #[serde(rename = "wxopenId")]
    pub wechat_open_id: Option<Text<50>>,
    /// Who issues (开票人).
    #[serde(rename = "kpr")]
    pub issuer: Text<8>,
    /// Who receives the money (收款人).
    #[serde(rename = "skr")]
    pub payee: Option<Text<8>>,
    /// Who reviews (复核人).
    #[serde(rename = "fhr")]
    pub reviewer: Option<Text<8>>,
    /// Code of the invoice that this one cancels (原发票代码). Required of a red invoice.
    #[serde(rename = "yfpdm")]
    pub original_code: Option<Text<12>>,
    /// Number of the invoice that this one cancels (原发票号码). Required of a red invoice.
    #[serde(rename = "yfphm")]
    pub original_no: Option<Text<8>>,
    /// Total with tax, yuan (价税合计).
    #[serde(rename = "jshj")]
    pub total: DecimalText<12, 2>,
    /// Total without tax, yuan (合计金额).
    #[serde(rename = "hjje")]
    pub net: DecimalText<12, 2>,
    /// Total of the tax, yuan (合计税额).
    #[serde(rename = "hjse")]
    pub tax: DecimalText<12, 2>,
    /// Deduction, yuan (扣除额). Required when the tax is levied on the difference (`zsfs` 2).
    #[serde(rename = "kce")]
    pub deduction: Option<DecimalText<12, 2>>,
    /// Remark (备注).
    #[serde(rename = "bz")]
    pub remark: Option<Text<160>>,
    /// Id under which WeChat prepares the card of the invoice (微信用于预制卡券的唯一识别ID).
    #[serde(rename = "wxorderId")]
    pub wechat_order_id: Option<Text<32>>,
    /// WeChat app id of the merchant (商户所属微信公众号APPID), if the card is called up through
    /// the merchant's own account.
    #[serde(rename = "wxappId")]
    pub wechat_app_id: Option<Text<50>>,
    /// Alipay user who scanned for the invoice (支付宝UID).
    #[serde(rename = "zfbuId")]
    pub alipay_user_id: Option<Text<50>>,
    /// Special kind of invoice (特殊票种标识).
    #[serde(rename = "tspz")]
    pub special: SpecialInvoice,
    /// Lines (开票明细), 1 to 100. The table gives the list no name; `xmxxList` is the sample's.
    #[serde(rename = "xmxxList")]
    pub lines: Vec<InvoiceLine>,
}

impl Invoice {
    /// An invoice with its required fields, in the order of Table 110.
    #[allow(
        clippy::too_many_arguments,
        reason = "the table requires fifteen fields"
    )]
    pub fn new(
        request_no: impl Into<Text<20>>,
        kind: InvoiceKind,
        tax_method: TaxMethod,
        seller_tax_no: impl Into<Text<20>>,
        seller_name: impl Into<Text<100>>,
        seller_address: impl Into<Text<80>>,
        seller_phone: impl Into<Text<20>>,
        buyer_name: impl Into<Text<100>>,
        buyer_kind: BuyerKind,
        issuer: impl Into<Text<8>>,
        total: DecimalText<12, 2>,
        net: DecimalText<12, 2>,
        tax: DecimalText<12, 2>,
        special: SpecialInvoice,
        lines: Vec<InvoiceLine>,
    ) -> Self {
        Self {
            request_no: request_no.into(),
            platform_code: None,
            kind,
            tax_method,
            seller_tax_no: seller_tax_no.into(),
            seller_name: seller_name.into(),
            seller_address: seller_address.into(),
            seller_phone: seller_phone.into(),
            seller_bank_account: None,
            buyer_tax_no: None,
            buyer_name: buyer_name.into(),
            buyer_address: None,
            buyer_phone: None,
            buyer_bank_account: None,
            buyer_mobile: None,
            buyer_kind,
            buyer_email: None,
            wechat_open_id: None,
            issuer: issuer.into(),
            payee: None,
            reviewer: None,
            original_code: None,
            original_no: None,
            total,
            net,
            tax,
            deduction: None,
            remark: None,
            wechat_order_id: None,
            wechat_app_id: None,
            alipay_user_id: None,
            special,
            lines,
        }
    }
}

check!(Invoice {
    request_no "fpqqlsh", platform_code "dsptbm", kind "kplx", tax_method "zsfs",
    seller_tax_no "xsfnrsbh", seller_name "xsfmtc",
    seller_address "xhf_dz", seller_phone "xhf_dh", seller_bank_account "xsfyhzh",
    buyer_tax_no "gmfnrsrbh", buyer_name "gmfmtc",
    buyer_address "ghf_dz", buyer_phone "ghf_gddh", buyer_bank_account "gmfyhzh",
    buyer_mobile "gmfsjh", buyer_kind "ghfqylx",
    buyer_email "gmfdzyx", wechat_open_id "wxopenId", issuer "kpr", payee "skr", reviewer "fhr",
    original_code "yfpdm",
    original_no "yfphm", total "jshj", net "hjje", tax "hjse", deduction "kce", remark "bz",
    wechat_order_id "wxorderId",
    wechat_app_id "wxappId", alipay_user_id "zfbuId", special "tspz", lines "xmxxList",
}; red_names_original, difference_needs_deduction, buyer_number, line_count);

fn red_names_original(invoice: &Invoice, v: &mut Violations) {
    if invoice.kind == InvoiceKind::RED {
        for (present, field) in [
            (given(&invoice.original_code), "yfpdm"),
            (given(&invoice.original_no), "yfphm"),
        ] {
            if !present {
                v.add_at(field, Rule::Condition("required of a red invoice (kplx 1)"));
            }
        }
    }
}

fn difference_needs_deduction(invoice: &Invoice, v: &mut Violations) {
    if invoice.tax_method == TaxMethod::DIFFERENCE && invoice.deduction.is_none() {
        v.add_at(
            "kce",
            Rule::Condition("required when the tax is levied on the difference (zsfs 2)"),
        );
    }
}

fn buyer_number(invoice: &Invoice, v: &mut Violations) {
    let needed = invoice.special == SpecialInvoice::FARM_PURCHASE
        || invoice.buyer_kind == BuyerKind::ENTERPRISE;
    if needed && !given(&invoice.buyer_tax_no) {
        v.add_at(
            "gmfnrsrbh",
            Rule::Condition(
                "required of an enterprise (ghfqylx 01) and on a purchase invoice (tspz 02)",
            ),
        );
    }
}

/// How many lines an invoice has at most (最大一百条).
const MOST_LINES: usize = 100;

fn line_count(invoice: &Invoice, v: &mut Violations) {
    v.at("xmxxList", |v| match invoice.lines.len() {
        0 => v.add(Rule::Missing),
        found if found > MOST_LINES => v.add(Rule::TooMany {
            max: MOST_LINES,
            found,
        }),
        _ => discounts(&invoice.lines, v),
    });
}

/// Every discount line needs a discounted line of its own with the same name. Which one it stands
/// for, the table does not say.
fn discounts(lines: &[InvoiceLine], v: &mut Violations) {
    let mut discounted: Vec<&str> = (lines
        .iter()
        .filter(|line| line.kind == InvoiceLineKind::DISCOUNTED))
    .map(|line| &*line.name)
    .collect();
    for (index, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.kind == InvoiceLineKind::DISCOUNT)
    {
        match discounted.iter().position(|name| line.name == **name) {
            Some(found) => drop(discounted.swap_remove(found)),
            None => v.index(index, |v| {
                v.add_at(
                    "xmmc",
                    Rule::Condition(
                        "a discount line (fphxz 1) needs a discounted line (fphxz 2) \
                        of the same name",
                    ),
                )
            }),
        }
    }
}

/// The table limits the characters of these numbers as they are printed.
fn printed(amount: Option<Money>, max: usize, field: &'static str, v: &mut Violations) {
    let found = amount.map_or(0, |amount| amount.to_string().len());
    if found > max {
        v.add_at(field, Rule::TooLong { max, found });
    }
}

/// One line of an invoice (开票明细), lower part of Table 110.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvoiceLine {
    /// What the line is (发票行性质).
    #[serde(rename = "fphxz")]
    pub kind: InvoiceLineKind,
    /// Code of the goods: a leaf of the tax office's table (商品编码).
    #[serde(rename = "spbm")]
    pub item_code: Text<19>,
    /// Whether a preferential policy is used (优惠政策标识).
    #[serde(rename = "yhzcbs")]
    pub preferential_policy: Option<PreferentialPolicy>,
    /// Why the rate is zero (零税率标识); absent or empty: it is not.
    #[serde(rename = "lslbs")]
    pub zero_rate: Option<ZeroRate>,
    /// Special treatment under the value added tax (增值税特殊管理).
    #[serde(rename = "zzstsgl")]
    pub special_vat: Option<Text<50>>,
    /// What is sold (项目名称). A discount line carries the name of the line that it discounts.
    #[serde(rename = "xmmc")]
    pub name: Text<90>,
    /// Unit (计量单位).
    #[serde(rename = "dw")]
    pub unit: Option<Text<20>>,
    /// Model (规格型号).
    #[serde(rename = "ggxh")]
    pub model: Option<Text<40>>,
    /// How many (项目数量).
    #[serde(rename = "xmsl")]
    pub quantity: Option<DecimalText<12, 6>>,
    /// Price of one without tax, yuan (项目单价).
    #[serde(rename = "xmdj")]
    pub unit_price: Option<DecimalText<12, 6>>,
    /// Price times quantity, yuan (项目金额), printed with at most 16 characters.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = 16)))]
    #[serde(rename = "xmje")]
    pub amount: Money,
    /// Tax rate (税率), such as 0.05; 0 is exempt.
    #[serde(rename = "sl")]
    pub tax_rate: Text<10>,
    /// Tax, yuan (税额), printed with at most 20 characters.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = 20)))]
    #[serde(rename = "se")]
    pub tax: Money,
    /// Deduction, yuan (扣除额), printed with at most 24 characters; not above the amount without
    /// tax, which the line does not give and the check cannot know.
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = 24)))]
    #[serde(rename = "kce")]
    pub deduction: Option<Money>,
}

impl InvoiceLine {
    /// A line with its required fields, in the order of Table 110.
    pub fn new(
        kind: InvoiceLineKind,
        item_code: impl Into<Text<19>>,
        name: impl Into<Text<90>>,
        amount: Money,
        tax_rate: impl Into<Text<10>>,
        tax: Money,
    ) -> Self {
        Self {
            kind,
            item_code: item_code.into(),
            preferential_policy: None,
            zero_rate: None,
            special_vat: None,
            name: name.into(),
            unit: None,
            model: None,
            quantity: None,
            unit_price: None,
            amount,
            tax_rate: tax_rate.into(),
            tax,
            deduction: None,
        }
    }
}

check!(InvoiceLine {
    kind "fphxz", item_code "spbm", preferential_policy "yhzcbs", zero_rate "lslbs",
    special_vat "zzstsgl", name "xmmc", unit "dw",
    model "ggxh", quantity "xmsl", unit_price "xmdj", amount "xmje", tax_rate "sl", tax "se",
    deduction "kce",
}; line_lengths);

fn line_lengths(line: &InvoiceLine, v: &mut Violations) {
    printed(Some(line.amount), 16, "xmje", v);
    printed(Some(line.tax), 20, "se", v);
    printed(line.deduction, 24, "kce", v);
}
