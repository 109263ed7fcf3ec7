//! Every downward interface with its types, and how their texts are read.
use kt_proto::{model::*, *};
use serde::{Deserialize, de::IgnoredAny};

/// What reading gave.
pub(super) struct Read {
    pub written: String,
    /// `DeviationKind path`
    pub tolerated: Vec<String>,
    pub broken: Vec<String>,
    pub violations: Vec<Violation>,
}

type Reader = fn(&str, &Rules) -> Result<Read, Violation>;

/// One side of an interface.
#[derive(Clone, Copy)]
pub(super) struct Side {
    /// Reads the plain text of a request, or the entry or list that a reply has in `data`.
    pub sample: Reader,
    /// Reads a whole reply.
    pub message: Reader,
}

fn one<T: Model>() -> Side {
    Side {
        sample: read::<T>,
        message: read_message::<T>,
    }
}

fn many<T: Model>() -> Side {
    Side {
        sample: read::<Vec<T>>,
        message: read_message::<T>,
    }
}

/// The reply of an interface that replies nothing.
pub(super) fn nothing() -> Side {
    one::<Nothing>()
}

fn read<T: Model>(text: &str, rules: &Rules) -> Result<Read, Violation> {
    let (value, deviations) = decode::<T>(text, rules)?;
    let mut violations = Violations::default();
    value.check(&mut violations);
    let written = encode(&value).expect("a model can be written");
    // What we write is read again as the same value, without a deviation.
    let (again, none): (T, _) =
        decode(&written, &Rules::strict()).unwrap_or_else(|problem| panic!("{written}: {problem}"));
    assert_eq!((&again, none.count()), (&value, 0), "{written}");
    Ok(Read {
        written,
        tolerated: deviations
            .list()
            .iter()
            .map(|found| format!("{:?} {}", found.kind, found.path))
            .collect(),
        broken: violations.list().iter().map(ToString::to_string).collect(),
        violations: violations.list().to_vec(),
    })
}

/// The envelope as far as the samples need it; the crate's own has its own tests.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<T> {
    res_code: i32,
    #[serde(rename = "resMsg")]
    _res_msg: Option<String>,
    data: Option<Vec<T>>,
}

/// 3.5 and 3.7 print the body here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BodyUnderResMsg<T> {
    res_code: i32,
    res_msg: Vec<T>,
    #[serde(rename = "data")]
    _data: IgnoredAny,
}

fn read_message<T: Model>(text: &str, rules: &Rules) -> Result<Read, Violation> {
    // Rules for the envelope are not the point here: what it tolerates itself is left out below.
    let under_res_msg = text.contains("\"resMsg\":[");
    let (key, entries, deviations) = if under_res_msg {
        let (message, deviations) = decode::<BodyUnderResMsg<T>>(text, &Rules::default())?;
        assert_eq!(message.res_code, 0);
        ("resMsg", message.res_msg, deviations)
    } else {
        let (message, deviations) = decode::<Message<T>>(text, &with_spellings())?;
        assert_eq!(message.res_code, 0);
        ("data", message.data.unwrap_or_default(), deviations)
    };
    let of_entries: Vec<&Deviation> = deviations
        .list()
        .iter()
        .filter(|found| found.path.contains('['))
        .collect();
    if let (Strictness::Strict, Some(first)) = (rules.strictness, of_entries.first()) {
        return Err(Violation::new(
            first.path.clone(),
            Rule::Deviates(first.kind),
        ));
    }
    let tolerated = of_entries
        .iter()
        .map(|found| format!("{:?} {}", found.kind, found.path))
        .collect();
    let mut violations = Violations::default();
    violations.at(key, |v| entries.check(v));
    let written = encode(&entries).expect("a model can be written");
    let (again, none): (Vec<T>, _) =
        decode(&written, &Rules::strict()).unwrap_or_else(|problem| panic!("{written}: {problem}"));
    assert_eq!((&again, none.count()), (&entries, 0), "{written}");
    Ok(Read {
        written,
        tolerated,
        broken: violations.list().iter().map(ToString::to_string).collect(),
        violations: violations.list().to_vec(),
    })
}

fn with_spellings() -> Rules {
    let mut rules = Rules::default();
    rules.spellings = SPELLINGS.into();
    rules
}

/// Name, request and, where `data` holds something, reply.
pub(super) fn interfaces() -> Vec<(&'static str, Side, Option<Side>)> {
    vec![
        (
            "GetCarInOutInfoByPlate",
            one::<StaysOfPlate>(),
            Some(one::<StayPage>()),
        ),
        (
            "GetCarInOutInfoByPlace",
            one::<StaysAtPlace>(),
            Some(one::<StayPage>()),
        ),
        (
            "SearchParkingInfo",
            one::<InsideQuery>(),
            Some(many::<InsideCar>()),
        ),
        ("OnlineCarInOut", one::<CardPassage>(), None),
        ("ModifyFreeSpace", one::<FreeSpaceChange>(), None),
        ("GateControl", one::<GateOrder>(), None),
        ("ShowLedMsg", one::<LedMessage>(), None),
        ("RecordDensityPay", one::<AutoPaySignUp>(), None),
        (
            "GetParkingPaymentInfo",
            one::<BillQuery>(),
            Some(one::<Bill>()),
        ),
        (
            "PayParkingFee",
            one::<BillPayment>(),
            Some(one::<BillPaymentReply>()),
        ),
        (
            "ParkingFree",
            one::<ParkingRelief>(),
            Some(one::<ParkingReliefReply>()),
        ),
        (
            "GetPaymentStatus",
            one::<OrderStatusQuery>(),
            Some(one::<OrderStatusReply>()),
        ),
        (
            "GetPayChargeInfo",
            one::<ChangeQuery>(),
            Some(one::<ChangeDue>()),
        ),
        (
            "PayChargeNotice",
            one::<ChangeNotice>(),
            Some(one::<ChangeNoticeReply>()),
        ),
        (
            "PayChargeReport",
            one::<ChangeReportQuery>(),
            Some(many::<ChangeRecord>()),
        ),
        (
            "AddCarCardNo",
            one::<NewCard>(),
            Some(one::<NewCardReply>()),
        ),
        ("ModifyCarCardNo", one::<CardChange>(), None),
        ("DeleteCarCardNo", one::<CardDeletion>(), None),
        ("CarCardNoManage", one::<CardPlateChange>(), None),
        ("GetCarCardInfo", one::<CardQuery>(), Some(many::<Card>())),
        ("PayCarCardFee", one::<CardPayment>(), None),
        (
            "GetCardProduct",
            one::<CardProductQuery>(),
            Some(many::<CardProduct>()),
        ),
        (
            "BlackListControl",
            one::<BlacklistChange>(),
            Some(one::<BlacklistChangeReply>()),
        ),
        (
            "GetBlackInfo",
            one::<BlacklistQuery>(),
            Some(many::<BlacklistEntry>()),
        ),
        (
            "AddBookingCar",
            one::<NewBooking>(),
            Some(one::<BookingReply>()),
        ),
        (
            "ModifyBookingCar",
            one::<BookingChange>(),
            Some(one::<BookingReply>()),
        ),
        (
            "GetBookingCar",
            one::<BookingQuery>(),
            Some(many::<Booking>()),
        ),
        ("GetPhoto", one::<PhotoOrder>(), Some(one::<Photo>())),
    ]
}
