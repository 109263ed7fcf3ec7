//! Requests that depart from the document and are understood: each slip by its name, and refused
//! where reading is strict.
use super::requests::*;
use crate::common::{cipher::*, *};
use kt_proto::*;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_slip_is_understood_told_by_name_and_refused_strictly() {
    let (tolerant, strict) = (Told::default(), Told::default());
    let (address, reached) = lot_at(&Dialect::default().trailing_commas(), &tolerant).await;
    let (strictly, reached_strictly) = lot_at(&Dialect::strict().trailing_commas(), &strict).await;
    let whole = good();
    let data = whole[9..whole.len() - 2].to_owned();
    let encoded = data
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let form = HEAD.replace("json;charset=utf-8", "x-www-form-urlencoded");
    let plus = (0..)
        .map(|number| {
            seal_bytes(
                KEY,
                DAY,
                format!(r#"{{"parkCode":"1","orderNo":"{number}"}}"#).as_bytes(),
            )
        })
        .find(|data| data.contains('+'));
    let plus = plus.expect("one of many");
    let rows: Vec<(&str, &str, String, &[DeviationKind])> = vec![
        (STATUS, HEAD, good(), &[]),
        // The content type says nothing: tools set that of a form by themselves.
        (STATUS, &form, good(), &[]),
        (STATUS, "user: ktapi\r\npwd: canary-pwd\r\n", good(), &[]),
        (
            STATUS,
            "content-type: text/plain\r\nUSER: ktapi\r\nPwd: canary-pwd\r\n",
            good(),
            &[],
        ),
        (
            STATUS,
            &form,
            format!("data={encoded}"),
            &[DeviationKind::BODY_STYLE],
        ),
        (
            STATUS,
            HEAD,
            format!("x=1&Data={encoded}"),
            &[DeviationKind::BODY_STYLE],
        ),
        (
            STATUS,
            HEAD,
            format!("data={}", plus.replace('+', " ")),
            &[DeviationKind::BODY_STYLE, DeviationKind::BASE64_STYLE],
        ),
        (
            STATUS,
            HEAD,
            format!(r#"{{"Data":"{data}"}}"#),
            &[DeviationKind::KEY_STYLE],
        ),
        (
            STATUS,
            HEAD,
            format!("\u{feff}{}", good()),
            &[DeviationKind::BYTE_ORDER_MARK],
        ),
        (
            STATUS,
            HEAD,
            format!(r#"{{"data":"{data}","sign":"x"}}"#),
            &[DeviationKind::UNKNOWN_FIELD],
        ),
        (
            STATUS,
            HEAD,
            around(&format!("{}\\r\\n{}", &data[..16], &data[16..])),
            &[DeviationKind::BASE64_STYLE],
        ),
        (
            STATUS,
            HEAD,
            around(data.trim_end_matches('=')),
            if data.ends_with('=') {
                &[DeviationKind::BASE64_STYLE]
            } else {
                &[]
            },
        ),
        (
            STATUS,
            HEAD,
            sealed(r#"{"parkCode":1,"orderNo":"2"}"#),
            &[DeviationKind::NUMBER_FOR_TEXT],
        ),
        (
            STATUS,
            HEAD,
            sealed(r#"{"ParkCode":"1","orderno":"2"}"#),
            &[DeviationKind::KEY_STYLE, DeviationKind::KEY_STYLE],
        ),
        (
            STATUS,
            HEAD,
            sealed(r#"{"parkCode":"1","orderNo":"2","x":{}}"#),
            &[DeviationKind::UNKNOWN_FIELD],
        ),
        (
            STATUS,
            HEAD,
            sealed(r#"{"parkCode":"1","orderNo":"2",}"#),
            &[kt_proto::deviation::TRAILING_COMMA],
        ),
        (
            STATUS,
            HEAD,
            format!(r#"{{"data":"{data}",}}"#),
            &[kt_proto::deviation::TRAILING_COMMA],
        ),
        (
            STATUS,
            HEAD,
            sealed(r#"{"version":2,"parkCode":"1","orderNo":"2"}"#),
            &[
                kt_proto::deviation::UNCONFIRMED_DAY,
                DeviationKind::UNKNOWN_FIELD,
            ],
        ),
        (
            "POST /API/parkingpay/getpaymentstatus",
            HEAD,
            good(),
            &[DeviationKind::INTERFACE_NAME],
        ),
        ("POST /api/pay/GetPaymentStatus/", HEAD, good(), &[]),
        ("POST /api/pay2/GetPaymentStatus?t=1", HEAD, good(), &[]),
    ];
    for (line, head, body, kinds) in rows {
        let answer = send(address, line, head, body.as_bytes()).await;
        assert_eq!(answer.body, DONE, "{line} {body}");
        assert_eq!(tolerant.kinds(), kinds, "{line} {body}");
        let answer = send(strictly, line, head, body.as_bytes()).await;
        assert_eq!(
            answer.body == DONE,
            kinds.is_empty(),
            "{line} {body}: {}",
            answer.body
        );
        assert_eq!(
            answer.body.contains("(refused: reading strictly)"),
            !kinds.is_empty(),
            "{line} {body}: {}",
            answer.body
        );
        let seen = [&reached, &reached_strictly].map(|reached| reached.swap(0, Ordering::SeqCst));
        assert_eq!(seen, [1, usize::from(kinds.is_empty())]);
    }
    assert_eq!(strict.take(), []);
}

#[tokio::test]
async fn each_peer_is_read_in_its_own_dialect() {
    let mut options = options(&Dialect::default(), &clock(NOON), &Told::default());
    options
        .dialects
        .insert(USER.to_owned(), Dialect::strict().into());
    let own = std::collections::HashMap::from(
        [credentials(), Credentials::new("other", PWD, keys())].map(|one| (one.user.clone(), one)),
    );
    let address = serve_on(
        LotRouter::new(Counting::default(), own)
            .options(options)
            .into_router(),
        None,
    )
    .await;
    let slip = sealed(r#"{"parkCode":1,"orderNo":"2"}"#);
    let told = send(address, STATUS, HEAD, slip.as_bytes()).await.body;
    assert!(
        told.contains("parkCode: a number where text belongs"),
        "{told}"
    );
    assert_eq!(
        send(
            address,
            STATUS,
            &HEAD.replace("ktapi", "other"),
            slip.as_bytes()
        )
        .await
        .body,
        DONE
    );
}
