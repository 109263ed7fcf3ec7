//! What the constructors of replies make is what their tables require.
use sztc_proto::{code::*, model::*};
use testkit::made;

#[test]
fn replies_are_made_of_what_their_tables_require() {
    for (reply, expected) in [
        (made(ControlUpdateReply::new("1")), r#"{"id":"1"}"#),
        (made(CreditReply::new("1")), r#"{"id":"1"}"#),
        (made(SharedParkingReply::new("1")), r#"{"id":"1"}"#),
        (made(LeaseExtensionReply::new("1")), r#"{"id":"1"}"#),
        (made(EventReply::new("1")), r#"{"id":"1"}"#),
        (made(GarageReply::new("1")), r#"{"id":"1"}"#),
        (made(GateReply::new("1")), r#"{"id":"1"}"#),
        (made(DeviceReply::new("1")), r#"{"id":"1"}"#),
        (made(DeviceStateReply::new("1")), r#"{"id":"1"}"#),
        (made(LeaseReportReply::new("1")), r#"{"id":"1"}"#),
        (made(EntryReply::new("1")), r#"{"id":"1"}"#),
        (made(ExitReply::new("1")), r#"{"id":"1"}"#),
        (made(CorrectionReply::new("1")), r#"{"id":"1"}"#),
        (made(PaymentRecordReply::new("1")), r#"{"id":"1"}"#),
        (made(RefundReply::new("1")), r#"{"id":"1"}"#),
        (made(ControlUpdateReply::default()), r#"{}"#),
        (made(DeviceStateReply::default()), r#"{}"#),
        (made(ExitReply::default()), r#"{}"#),
        (made(CorrectionReply::default()), r#"{}"#),
        (made(VacancyReply::default()), r#"{}"#),
        (made(GarageStateReply::default()), r#"{}"#),
        (made(GarageVacancyReply::default()), r#"{}"#),
        (made(CarStoreReply::default()), r#"{}"#),
        (made(CarFetchReply::default()), r#"{}"#),
        (
            made(LotReply::new("44030400100100001234")),
            r#"{"parkCode":"44030400100100001234"}"#,
        ),
        (
            made(LotPushReply::new("44030400100100001234")),
            r#"{"parkCode":"44030400100100001234"}"#,
        ),
        (
            made(VacancyReply::new("44030400100100001234")),
            r#"{"parkCode":"44030400100100001234"}"#,
        ),
        (
            made(GateStateReply::new("44030400100100001234", "1")),
            r#"{"parkCode":"44030400100100001234","entranceID":"1"}"#,
        ),
        (made(SpaceReply::new("1")), r#"{"spaceNo":"1"}"#),
        (made(SpaceStateReply::new("1")), r#"{"spaceNo":"1"}"#),
        (made(TariffReply::new("1")), r#"{"permitNo":"1"}"#),
        (made(SpaceLockReply::new("1")), r#"{"bookCode":"1"}"#),
        (
            made(ReservationUpdateReply::new("1")),
            r#"{"bookCode":"1"}"#,
        ),
        (
            made(CarLockReply::new("1", LockState(1))),
            r#"{"id":"1","lockstate":1}"#,
        ),
        (made(PaymentRequestReply::new("1")), r#"{"orderNo":"1"}"#),
        (
            made(AutoPayReply::new(AutoPaySupport::SUPPORTED)),
            r#"{"state":"0"}"#,
        ),
        (
            made(LoginReply::new("all", "bearer", 7200, "a", "r")),
            r#"{"scope":"all","tokenType":"bearer","expiresIn":7200,"accessToken":"a","refreshToken":"r"}"#,
        ),
        (
            made(TokenRefreshReply::new("1", "bearer", 7200, "a", "r")),
            r#"{"id":"1","tokenType":"bearer","expiresIn":7200,"accessToken":"a","refreshToken":"r"}"#,
        ),
    ] {
        assert_eq!(reply, (expected.to_owned(), vec![]));
    }
    let _: fn(Lease) -> LeaseQueryReply = LeaseQueryReply::new;
}
