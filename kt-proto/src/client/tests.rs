use crate::{code::*, model::*, *};
use std::sync::{Arc, Mutex};

/// A peer that answers with one text and keeps how it was asked: path, Content-Type, body.
#[derive(Clone)]
struct Peer {
    reply: &'static str,
    asked: Arc<Mutex<Vec<[String; 3]>>>,
}

impl Transport for Peer {
    type Code = ResCode;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        let Content::Post(kind) = call.content else {
            panic!("nothing is got")
        };
        let body = String::from_utf8(call.body.to_vec()).expect("text");
        let asked = [call.path.to_owned(), kind.to_owned(), body];
        self.asked.lock().expect("not poisoned").push(asked);
        Box::pin(async { Ok(Answer::new(self.reply)) })
    }
}

impl Peer {
    fn new(reply: &'static str) -> Self {
        Self {
            reply,
            asked: Arc::default(),
        }
    }

    fn lot(&self) -> LotClient {
        let clock = ManualClock::new(std::time::UNIX_EPOCH);
        LotClient::over(self.clone(), keys()).clock(Arc::new(clock))
    }
}

fn keys() -> Keys {
    Keys::new("693207DB8148FBC9D8410179").expect("24 bytes")
}

const QUERY: &str = r#"{"parkCode":"1","plateNo":"粤B88888"}"#;

#[tokio::test]
async fn entries_are_told_by_where_they_stand() {
    let two = r#"[{"bookId":1,"plateNo":"A"},{"bookId":2,"plateNo":"B"}]"#;
    let one = r#"[{"bookId":1,"plateNo":"A"}]"#;
    let (list, message) = (&["data[1].bookId"], &["resMsg", "resMsg[1].bookId"]);
    for (reply, read, places) in [
        (
            r#"{"resCode":0,"data":[ {"bookId":1,"plateNo":"A"} , {"bookId":"2","plateNo":"B"} ]}"#,
            two,
            &list[..],
        ),
        (
            r#"{"resCode":0,"data":{"bookId":"1","plateNo":"A"}}"#,
            one,
            &["data", "data[0].bookId"],
        ),
        (
            r#"{"resCode":0,"resMsg":[{"bookId":1,"plateNo":"A"},{"bookId":"2","plateNo":"B"} ],"data":[7]}"#,
            two,
            message,
        ),
        (
            r#"{"resCode":0,"resMsg":"[{\"bookId\":1,\"plateNo\":\"A\"},{\"bookId\":\"2\",\"plateNo\":\"B\"}]"}"#,
            two,
            message,
        ),
        (
            r#"{"resCode":0,"resMsg":{"bookId":"1","plateNo":"A"}}"#,
            one,
            &["resMsg", "resMsg", "resMsg[0].bookId"],
        ),
    ] {
        let told = Arc::new(Mutex::new(Vec::new()));
        let noted = told.clone();
        let observer = Observer::new(move |observed| {
            let found = observed
                .deviations
                .list()
                .iter()
                .map(|found| found.path.clone());
            noted.lock().expect("not poisoned").extend(found);
        });
        let outcome = Peer::new(reply)
            .lot()
            .observer(observer)
            .call_text("GetBookingCar", QUERY)
            .await;
        assert_eq!(outcome.as_deref().ok(), Some(read), "{reply}: {outcome:?}");
        assert_eq!(*told.lock().expect("not poisoned"), places, "{reply}");
    }
}

#[tokio::test]
async fn a_call_by_text_is_the_call_by_name() {
    let peer = Peer::new(r#"{"resCode":0}"#);
    let (json, form) = (
        peer.lot(),
        peer.lot().dialect(Dialect::default().legacy_paths().form()),
    );
    for lot in [&json, &form] {
        let query = BookingQuery {
            park_code: "1".into(),
            plate_no: "粤B88888".into(),
        };
        assert_eq!(lot.query_bookings(&query).await.expect("none"), []);
        assert_eq!(
            lot.call_text("getbookingcar", QUERY).await.expect("none"),
            "[]"
        );
    }
    let data = keys()
        .seal(QUERY, "1970-01-01".parse().expect("a day"))
        .expect("GB2312");
    let json = [
        "api/ParkingBook/GetBookingCar",
        "application/json;charset=UTF-8",
        &format!(r#"{{"data":"{data}"}}"#),
    ];
    let escaped = data
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let form = [
        "api/book/GetBookingCar",
        "application/x-www-form-urlencoded",
        &format!("data={escaped}"),
    ];
    assert_eq!(
        *peer.asked.lock().expect("not poisoned"),
        [json, json, form, form]
    );

    let cloud = CloudClient::over(peer.clone(), keys());
    for (outcome, told) in [
        (
            cloud.call_text("GetBookingCar", QUERY).await.map(drop),
            "is no interface that this client calls",
        ),
        (peer.lot().check_text("GetBookingCar", QUERY), ""),
        (
            peer.lot()
                .check_text("GetBookingCar", r#"{"parkCode":"1"}"#),
            "plateNo: required, but absent or empty",
        ),
    ] {
        let error = outcome
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(
            error.contains(told) && error.is_empty() == told.is_empty(),
            "{error}"
        );
    }
    assert_eq!(peer.asked.lock().expect("not poisoned").len(), 4);
}
