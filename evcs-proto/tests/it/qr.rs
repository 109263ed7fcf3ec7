//! The QR code on a charger (二维码): `hlht://{ConnectorID}.{OperatorID}/{custom}`. Without I/O.
use evcs_proto::qr::*;

#[test]
fn codes_are_read_and_written() {
    for (text, connector, operator, custom, swapped) in [
        ("hlht://1.MA5DM667X/", "1", "MA5DM667X", "", false),
        ("hlht://1.MA5DM667X", "1", "MA5DM667X", "", false),
        (
            " HLHT://1.MA5DM667X/a%2Fb/c?d \n",
            "1",
            "MA5DM667X",
            "a%2Fb/c?d",
            false,
        ),
        ("hlht://1.MA5DM667X//x", "1", "MA5DM667X", "/x", false),
        (
            "hlht://1.MA5DM667X?extra=1|2",
            "1",
            "MA5DM667X",
            "?extra=1|2",
            false,
        ),
        ("hlht://1.MA5DM667X#7.8", "1", "MA5DM667X", "#7.8", false),
        (
            "hlht://MA5DM667X.device_1/7",
            "device_1",
            "MA5DM667X",
            "7",
            true,
        ),
        (
            "hlht://123456789.MA5DM667X/车位",
            "123456789",
            "MA5DM667X",
            "车位",
            false,
        ),
        (
            "hlht://12345678901234567890123456.MA5DM667X",
            "12345678901234567890123456",
            "MA5DM667X",
            "",
            false,
        ),
    ] {
        let code: QrCode = text.parse().expect(text);
        assert_eq!(
            (
                code.connector_id().as_str(),
                code.operator_id().as_str(),
                code.custom(),
                code.is_swapped()
            ),
            (connector, operator, custom, swapped),
            "{text}"
        );
        assert_eq!(code.to_string().parse(), Ok(code), "{text}");
    }
}

#[test]
fn other_text_is_none() {
    for (text, error) in [
        ("", QrError::Scheme),
        ("hlht:/", QrError::Scheme),
        ("https://1.MA5DM667X/", QrError::Scheme),
        ("充电桩二维码", QrError::Scheme),
        ("hlht://", QrError::Parts),
        ("hlht://1/MA5DM667X.1", QrError::Parts),
        ("hlht://.MA5DM667X", QrError::Connector),
        ("hlht://1-2.MA5DM667X", QrError::Connector),
        (
            "hlht://123456789012345678901234567.MA5DM667X",
            QrError::Connector,
        ),
        ("hlht://MA5DM667X.", QrError::Connector),
        ("hlht://1.MA5DM667", QrError::Operator),
        ("hlht://1.MA5DM667XX", QrError::Operator),
        ("hlht://1.MA5DM667X 7", QrError::Operator),
        ("hlht://1.2.MA5DM667X", QrError::Operator),
        ("hlht://1.粤粤粤", QrError::Operator),
        ("hlht://1.MA5DM667X/a\nb", QrError::Custom),
    ] {
        assert_eq!(text.parse::<QrCode>(), Err(error), "{text}");
    }
    assert_eq!(QrCode::new("1", "MA5DM667X", "a "), Err(QrError::Custom));
}

#[test]
fn the_extra_value_is_found_among_others() {
    for (custom, extra) in [
        ("", None),
        ("extra=1", None),
        ("?extra=", Some("")),
        ("7?a=1&extra=60%7C1500&b=2", Some("60%7C1500")),
        ("?extra=1|2#end", Some("1|2")),
        ("?myextra=1", None),
    ] {
        assert_eq!(
            QrCode::new("1", "MA5DM667X", custom).expect(custom).extra(),
            extra,
            "{custom}"
        );
    }
}
