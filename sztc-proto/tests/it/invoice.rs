//! Invoices: which fields belong to which kind.
use park_core::{Check, Violation, json};
use park_core::{DecimalText, Money, Rule, Violations};
use sztc_proto::code::{
    BuyerKind, InvoiceKind, InvoiceLineKind, SpecialInvoice, TaxMethod, ZeroRate,
};
use sztc_proto::model::*;

fn line(kind: InvoiceLineKind, name: &str) -> InvoiceLine {
    InvoiceLine::new(
        kind,
        "3040502020200000000",
        name,
        Money::fen(6000),
        "0.05",
        Money::fen(300),
    )
}

fn decimal<const SCALE: u32>(text: &str) -> DecimalText<12, SCALE> {
    text.parse().expect("a number")
}

fn invoice() -> Invoice {
    Invoice::new(
        "FP202303010000000001",
        InvoiceKind::BLUE,
        TaxMethod::ORDINARY,
        "91440300MA5000014X",
        "深圳市示例停车管理有限公司",
        "深圳市福田区",
        "0755-55556666",
        "张某",
        BuyerKind::PERSON,
        "王某",
        decimal("63.00"),
        decimal("60.00"),
        decimal("3.00"),
        SpecialInvoice::NONE,
        vec![line(InvoiceLineKind::NORMAL, "停车费")],
    )
}

fn issued_reply() -> InvoiceReply {
    InvoiceReply {
        code: Some("144032309110".into()),
        number: Some("07654321".into()),
        check_code: Some("61234567890123456789".into()),
        issued_at: Some("20230301111530".into()),
        net: Some(Money::fen(6000)),
        tax: Some(Money::fen(300)),
        cipher: Some("03*3187".into()),
        qr_code: Some("01,10".into()),
        ..InvoiceReply::new("FP202303010000000001")
    }
}

fn found(value: &impl Check) -> Vec<Violation> {
    let mut v = Violations::default();
    value.check(&mut v);
    v.list().to_vec()
}

fn paths(value: &impl Check) -> Vec<String> {
    found(value)
        .into_iter()
        .map(|violation| violation.path)
        .collect()
}

#[test]
fn the_table_s_samples_are_clean_and_come_back_as_they_were() {
    let query = include_str!("../../fixtures/samples/1202.request.json");
    let stock = include_str!("../../fixtures/samples/1202.reply.json");
    round_trip::<Invoice>(include_str!("../../fixtures/samples/1201.request.json"));
    round_trip::<InvoiceReply>(include_str!("../../fixtures/samples/1201.reply.json"));
    round_trip::<InvoiceStockQuery>(query);
    round_trip::<InvoiceStock>(stock);
}

fn round_trip<T: sztc_proto::model::Model>(sample: &str) {
    let (value, deviations) =
        json::decode::<T>(sample, &park_core::Rules::strict()).expect("a sample");
    assert!(deviations.is_empty());
    assert_eq!(found(&value), []);
    let written: serde_json::Value =
        serde_json::from_str(&json::encode(&value).expect("a model")).expect("JSON");
    assert_eq!(
        written,
        serde_json::from_str::<serde_json::Value>(sample).expect("JSON")
    );
}

#[test]
fn a_red_invoice_names_the_one_it_cancels() {
    let mut red = Invoice {
        kind: InvoiceKind::RED,
        ..invoice()
    };
    assert_eq!(paths(&invoice()), [""; 0]);
    assert_eq!(paths(&red), ["yfpdm", "yfphm"]);
    red.original_code = Some("144032209110".into());
    red.original_no = Some("".into());
    assert_eq!(paths(&red), ["yfphm"]);
}

#[test]
fn tax_on_the_difference_needs_the_deduction() {
    let mut difference = Invoice {
        tax_method: TaxMethod::DIFFERENCE,
        ..invoice()
    };
    assert_eq!(paths(&difference), ["kce"]);
    difference.deduction = Some(decimal("30.00"));
    assert_eq!(paths(&difference), [""; 0]);
}

#[test]
fn an_enterprise_and_a_purchase_need_the_buyer_s_number() {
    for (buyer_kind, special, needed) in [
        (BuyerKind::PERSON, SpecialInvoice::NONE, false),
        (BuyerKind::ENTERPRISE, SpecialInvoice::NONE, true),
        (BuyerKind::PERSON, SpecialInvoice::FARM_PURCHASE, true),
        (BuyerKind::PUBLIC_BODY, SpecialInvoice::FARM_SALE, false),
    ] {
        let mut bill = Invoice {
            buyer_kind,
            special,
            ..invoice()
        };
        assert_eq!(paths(&bill).contains(&"gmfnrsrbh".to_owned()), needed);
        bill.buyer_tax_no = Some("91440300MA5000049G".into());
        assert_eq!(paths(&bill), [""; 0]);
    }
}

#[test]
fn an_invoice_has_one_to_a_hundred_lines() {
    for (count, rule) in [
        (0, Some(Rule::Missing)),
        (1, None),
        (100, None),
        (
            101,
            Some(Rule::TooMany {
                max: 100,
                found: 101,
            }),
        ),
    ] {
        let bill = Invoice {
            lines: vec![line(InvoiceLineKind::NORMAL, "停车费"); count],
            ..invoice()
        };
        let expected: Vec<_> = rule
            .into_iter()
            .map(|rule| Violation::new("xmxxList", rule))
            .collect();
        assert_eq!(found(&bill), expected, "{count}");
    }
}

#[test]
fn a_discount_line_has_a_discounted_line_of_its_own() {
    use InvoiceLineKind as DeviationKind;
    for (lines, wrong) in [
        (
            vec![
                (DeviationKind::DISCOUNTED, "停车费"),
                (DeviationKind::DISCOUNT, "停车费"),
            ],
            None,
        ),
        (
            vec![
                (DeviationKind::DISCOUNT, "停车费"),
                (DeviationKind::NORMAL, "月租"),
                (DeviationKind::DISCOUNTED, "停车费"),
            ],
            None,
        ),
        (
            vec![
                (DeviationKind::DISCOUNTED, "停车费"),
                (DeviationKind::DISCOUNT, "折扣"),
            ],
            Some("xmxxList[1].xmmc"),
        ),
        (
            vec![
                (DeviationKind::NORMAL, "停车费"),
                (DeviationKind::DISCOUNT, "停车费"),
            ],
            Some("xmxxList[1].xmmc"),
        ),
        (
            vec![
                (DeviationKind::DISCOUNTED, "停车费"),
                (DeviationKind::DISCOUNT, "停车费"),
                (DeviationKind::DISCOUNT, "停车费"),
            ],
            Some("xmxxList[2].xmmc"),
        ),
    ] {
        let bill = Invoice {
            lines: lines
                .iter()
                .map(|(kind, name)| line(kind.clone(), name))
                .collect(),
            ..invoice()
        };
        assert_eq!(paths(&bill), Vec::from_iter(wrong), "{lines:?}");
    }
}

#[test]
fn numbers_are_limited_as_they_are_printed() {
    let number = |digits: usize| {
        format!("{}.00", "9".repeat(digits - 3))
            .parse::<Money>()
            .expect("a number")
    };
    let line = InvoiceLine {
        tax: number(20),
        deduction: Some(number(24)),
        ..InvoiceLine::new(
            InvoiceLineKind::NORMAL,
            "3",
            "停车费",
            number(16),
            "0",
            Money::ZERO,
        )
    };
    assert_eq!(paths(&line), [""; 0]);
    let longer = InvoiceLine {
        amount: number(17),
        tax: number(21),
        deduction: Some(number(25)),
        ..line
    };
    let limits = [("xmje", 16, 17), ("se", 20, 21), ("kce", 24, 25)];
    assert_eq!(
        found(&longer),
        limits.map(|(field, max, found)| Violation::new(field, Rule::TooLong { max, found }))
    );
    let reply = InvoiceReply {
        net: Some(number(21)),
        tax: Some(number(21)),
        ..issued_reply()
    };
    assert_eq!(paths(&reply), ["hjbhsje", "hjse"]);
}

#[test]
fn an_issued_invoice_is_complete() {
    assert_eq!(paths(&issued_reply()), [""; 0]);
    let empty = InvoiceReply::new("FP202303010000000001");
    assert_eq!(
        paths(&empty),
        [
            "fpdm", "fphm", "jym", "kprq", "hjbhsje", "hjse", "fwmw", "ewm"
        ]
    );
    for (time, ok) in [
        ("20230301111530", true),
        ("2023-03-01 11:15", false),
        ("2023030111153", false),
    ] {
        let reply = InvoiceReply {
            issued_at: Some(time.into()),
            ..issued_reply()
        };
        assert_eq!(paths(&reply).is_empty(), ok, "{time}");
    }
}

#[test]
fn an_empty_zero_rate_says_that_the_rate_is_not_zero() {
    let mut line = line(InvoiceLineKind::NORMAL, "停车费");
    line.zero_rate = Some(ZeroRate::NOT_ZERO);
    assert_eq!(paths(&line), [""; 0]);
    let text = json::encode(&line).expect("a model");
    assert!(text.contains("\"lslbs\":\"\""), "{text}");
    assert_eq!(
        json::decode::<InvoiceLine>(&text, &Default::default())
            .expect("a line")
            .0,
        line
    );
}
