//! What the constructors of replies make is what their tables require.
use evcs_proto::{code::*, model::*};
use park_core::{Rule, Violation};
use testkit::made;

#[test]
fn replies_are_made_of_what_their_tables_require() {
    for (reply, expected) in [
        (
            made(StationsPage::new(2, 3, 21, vec![])),
            r#"{"PageNo":2,"PageCount":3,"ItemSize":21,"StationInfos":[]}"#,
        ),
        (
            made(StationsPage::of(vec![])),
            r#"{"PageNo":1,"PageCount":0,"ItemSize":0,"StationInfos":[]}"#,
        ),
        (
            made(StationStatusReply::new(1, vec![])),
            r#"{"Total":1,"StationStatusInfos":[]}"#,
        ),
        (
            made(StationStatusReply::of(vec![])),
            r#"{"Total":0,"StationStatusInfos":[]}"#,
        ),
        (
            made(StatusReceipt::new(NoticeStatus::ACCEPTED)),
            r#"{"Status":0}"#,
        ),
    ] {
        assert_eq!(reply, (expected.to_owned(), vec![]));
    }
    let _: fn(StationStats) -> StationStatsReply = StationStatsReply::new;
}

/// A reply made by its constructors: one that worked, one that failed, and that one without its
/// reason.
macro_rules! replies {
    ($($type:ident: $ok:expr, $failed:expr;)*) => {
        vec![$((stringify!($type),
            [reply($ok), reply($failed), reply($type { fail_reason: None, ..$failed })])),*]
    };
}

/// The `SuccStat` and `FailReason` that are written, and what the reply breaks.
fn reply<T: Model>(reply: T) -> (String, Vec<Violation>) {
    let (text, broken) = made(reply);
    let at = text.find(r#""SuccStat""#).expect("it has a SuccStat");
    (
        text[at..]
            .split(['}', ']'])
            .next()
            .expect("the end")
            .to_owned(),
        broken,
    )
}

#[test]
fn a_failure_says_why_and_success_says_that_there_is_no_reason() {
    let serial = || SerialNo::compose("MA5DM667X", "1").expect("short enough");
    let auth = ConnectorAuth {
        equip_auth_seq: serial(),
        connector_id: "1".into(),
    };
    let start = StartCharge::new(serial(), "1", "");
    let stop = StopCharge {
        start_charge_seq: serial(),
        connector_id: "1".into(),
    };
    let (ended, unknown) = (ChargeState::ENDED, ChargeState::UNKNOWN);
    for (name, [ok, failed, reasonless]) in replies! {
        ConnectorAuthReply: ConnectorAuthReply::ok(&auth),
        ConnectorAuthReply::failed(&auth, AuthFailure::NOT_PLUGGED);
        StartChargeReply: StartChargeReply::ok(&start, ended),
        StartChargeReply::failed(&start, unknown, StartFailure::NO_DEVICE);
        StopChargeReply: StopChargeReply::ok(&stop, ended),
        StopChargeReply::failed(&stop, unknown, StopFailure::NO_DEVICE);
        StopResult: StopResult::ok(serial(), "1"),
        StopResult::failed(serial(), "1", unknown, StopFailure::NO_DEVICE);
        ResultReceipt: ResultReceipt::ok(serial()),
        ResultReceipt::failed(serial(), ReceiptFailure::NOT_RECEIVED);
    } {
        assert_eq!(
            ok,
            (r#""SuccStat":0,"FailReason":0"#.to_owned(), vec![]),
            "{name}"
        );
        assert_eq!(
            failed,
            (r#""SuccStat":1,"FailReason":1"#.to_owned(), vec![]),
            "{name}"
        );
        let rule = Rule::Condition("required when SuccStat is 1");
        assert_eq!(reasonless.1, [Violation::new("FailReason", rule)], "{name}");
    }
}
