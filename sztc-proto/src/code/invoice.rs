use park_core::text_codes;

text_codes! {
    /// Blue or red invoice (开票类型, kplx), Table 110.
    pub struct InvoiceKind(1) {
        /// Blue: an ordinary invoice.
        BLUE = "0", "蓝字发票";
        /// Red: cancels an earlier invoice, whose code and number it gives.
        RED = "1", "红字发票";
    }

    /// How the tax is levied (征税方式, zsfs), Table 110.
    ///
    /// The table lists only 0, yet requires a deduction for 2; see `SPEC-NOTES.md`.
    pub struct TaxMethod(1) {
        /// Ordinary.
        ORDINARY = "0", "普通征税";
        /// On the difference left after a deduction, which the invoice then gives. The name is the
        /// trade's: the document names no 2.
        DIFFERENCE = "2", "差额征税";
    }

    /// What the buyer is (购货方企业类型, ghfqylx), Table 110.
    pub struct BuyerKind(2) {
        /// Enterprise.
        ENTERPRISE = "01", "企业";
        /// Public body.
        PUBLIC_BODY = "02", "机关事业单位";
        /// Private person.
        PERSON = "03", "个人";
        /// Other.
        OTHER = "04", "其它";
    }

    /// Special kind of invoice (特殊票种标识, tspz), Table 110.
    pub struct SpecialInvoice(2) {
        /// None.
        NONE = "00", "不是";
        /// Sale of farm produce.
        FARM_SALE = "01", "农产品销售";
        /// Purchase of farm produce: the buyer issues the invoice.
        FARM_PURCHASE = "02", "农产品收购";
    }

    /// What a line of an invoice is (发票行性质, fphxz), Table 110.
    pub struct InvoiceLineKind(1) {
        /// Normal.
        NORMAL = "0", "正常行";
        /// A discount on another line.
        DISCOUNT = "1", "折扣行";
        /// A line on which a discount is given.
        DISCOUNTED = "2", "被折扣行";
    }

    /// Whether a preferential policy is used (优惠政策标识, yhzcbs), Table 110.
    pub struct PreferentialPolicy(1) {
        /// Not used.
        UNUSED = "0", "不使用";
        /// Used.
        USED = "1", "使用";
    }

    /// Why the tax rate is zero (零税率标识, lslbs), Table 110.
    pub struct ZeroRate(1) {
        /// It is not zero. The empty text says so; leaving the field out says the same.
        NOT_ZERO = "", "非零税率";
        /// Exempt.
        EXEMPT = "1", "免税";
        /// Not levied.
        NOT_LEVIED = "2", "不征收";
        /// Ordinary zero rate.
        ORDINARY = "3", "普通零税率";
    }
}
