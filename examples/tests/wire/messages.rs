//! Signing, sealing, opening, framing: the published values, and what is refused.
use super::{command, fixture, good, run, wire};
use serde_json::Value;

const D1: &str = r#"{"callbackServer":"http://www.cncadre.com/","password":"205af3fa28810be321ef49d0993fee24","userId":"cadre01"}"#;
const HEARTBEAT: &str = "535A5443010000000001000000000003EEBBC3";
const EVCS: [&str; 6] = [
    "--data-secret",
    "1234567890abcdef",
    "--iv",
    "1234567890abcdef",
    "--sig-secret",
    "1234567890abcdef",
];

#[test]
fn the_published_values_come_out() {
    let frame = |direction: &str, data: &str, hex: &str, more: &str| {
        format!(
            r#"{{"version":"1.0","packetNo":1,"length":{},"direction":"{direction}","command":1006,"name":"heartbeat","crc":"{hex}","data":{more}}}"#,
            data.len()
        )
    };
    for (args, input, out) in [
        (
            vec!["sztc", "sign"],
            D1,
            "59f5688227e06ae8059cba5286a700c95103353b\n".to_owned(),
        ),
        (
            vec!["sztc", "sign", D1],
            "",
            "59f5688227e06ae8059cba5286a700c95103353b\n".to_owned(),
        ),
        (
            vec!["sztc", "sign", "--algorithm", "md5", "--scope", "list"],
            "[]",
            "d751713988987e9331980363e24189ce\n".to_owned(),
        ),
        (
            vec!["sztc", "canonical"],
            "{ \"b\": 20.00,\n \"a\": [1, {}] }\n",
            r#"{"a":[1,{}],"b":20.00}"#.to_owned(),
        ),
        (
            vec![
                "sztc",
                "frame",
                "encode",
                "--command",
                "1006",
                "--packet",
                "1",
            ],
            "",
            format!("{HEARTBEAT}\n"),
        ),
        (
            vec!["sztc", "frame", "decode"],
            HEARTBEAT,
            frame("request", "", "BBC3", "null") + "\n",
        ),
        (
            vec!["sztc", "password", "seal", "--key", "12345678"],
            "password\n",
            "FZz3LAvSqBjRKk7RbJ2cAQ==\n".to_owned(),
        ),
        (
            vec!["sztc", "password", "open", "--key", "12345678"],
            "FZz3LAvSqBjRKk7RbJ2cAQ==\n",
            "password".to_owned(),
        ),
        (
            vec!["pile", "sign", "--secret", "s"],
            "a=1&z=",
            "acd5f557e3b8da52b8aaec0623d7725e\n".to_owned(),
        ),
        (
            vec!["--json", "sztc", "sign"],
            "[]",
            "{\"sign\":\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"}\n".to_owned(),
        ),
    ] {
        assert_eq!(good(&args, input), out, "{args:?}");
    }
}

#[test]
fn a_frame_comes_back_with_its_numbers_as_they_were() {
    let data = r#"{"timestamp":1,"sign":"","data":[{"fee":20.00,"plateNo":"粤B88888"}]}"#;
    let hex = good(
        &[
            "sztc",
            "frame",
            "encode",
            "--command",
            "6006",
            "--packet",
            "77",
            "--direction",
            "reply",
        ],
        &format!("{data}\n"),
    );
    let told = good(&["sztc", "frame", "decode"], &hex.to_lowercase());
    let expected = format!(
        r#"{{"version":"1.0","packetNo":77,"length":{},"direction":"reply","command":6006,"name":"query_fee","crc":""#,
        data.len()
    );
    assert!(
        told.starts_with(&expected) && told.ends_with(&format!(r#","data":{data}}}{}"#, "\n")),
        "{told}"
    );
}

#[test]
fn the_vectors_of_the_charging_envelope_are_met() {
    let vectors: Vec<Value> =
        serde_json::from_str(&fixture("evcs-proto/fixtures/vectors.json")).expect("JSON");
    let vector = |id: &str| {
        vectors
            .iter()
            .find(|vector| vector["id"] == id)
            .expect(id)
            .clone()
    };
    let token = vector("xiaoju-query_token-request");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let (timestamp, seq) = (
        text(&token["envelope"]["TimeStamp"]),
        text(&token["envelope"]["Seq"]),
    );
    let mut args = vec![
        "evcs",
        "seal",
        "--operator",
        "123456789",
        "--timestamp",
        &timestamp,
        "--seq",
        &seq,
    ];
    args.extend(EVCS);
    let sealed = good(&args, &text(&token["plaintext"]));
    assert_eq!(
        serde_json::from_str::<Value>(&sealed).expect("JSON"),
        token["envelope"]
    );
    let mut open = vec!["evcs", "open"];
    open.extend(EVCS);
    assert_eq!(good(&open, &sealed), text(&token["plaintext"]));
    for id in ["cec102.4-appB-aes", "aes-hello-world"] {
        let (plain, data) = (
            text(&vector(id)["plaintext"]),
            text(&vector(id)["ciphertext_b64"]),
        );
        let mut reply = vec!["evcs", "reply", "--ret", "0", "--msg", "好"];
        reply.extend(EVCS);
        let sealed = good(&reply, &plain);
        assert_eq!(
            serde_json::from_str::<Value>(&sealed).expect("JSON")["Data"],
            data
        );
        assert_eq!(good(&open, &sealed), plain);
    }
    let request = vector("cec102.4-appC3-request-sig");
    let envelope = serde_json::json!({
        "OperatorID": request["OperatorID"], "Data": request["Data"],
        "TimeStamp": request["TimeStamp"], "Seq": request["Seq"], "Sig": request["Sig"],
    });
    assert_eq!(
        good(&open, &envelope.to_string()),
        text(&vector("cec102.4-appB-aes")["plaintext"])
    );
}

#[test]
fn the_vectors_of_kt_are_met() {
    let vectors: Value =
        serde_json::from_str(&fixture("kt-proto/fixtures/vectors.json")).expect("JSON");
    for vector in vectors["document"]
        .as_array()
        .into_iter()
        .chain(vectors["openssl"].as_array())
        .flatten()
    {
        let text = |name: &str| vector[name].as_str().expect(name);
        let secrets = ["--key", text("key"), "--date", text("date")];
        let sealed = serde_json::json!({"data": text("data")}).to_string();
        // The others are sealed in larger character sets, which only opening finds out.
        if text("charset") == "GB2312" {
            let args = [&["kt", "seal"][..], &secrets].concat();
            assert_eq!(
                good(&args, text("plaintext")),
                format!("{sealed}\n"),
                "{vector}"
            );
        }
        let args = [&["kt", "open"][..], &secrets].concat();
        assert_eq!(good(&args, &sealed), text("plaintext"), "{vector}");
    }
}

#[test]
fn secrets_come_from_files_and_the_environment_too() {
    let file = std::env::temp_dir().join(format!("wire-key-{}", std::process::id()));
    std::fs::write(&file, "12345678\n").expect("a folder to write to");
    let path = file.to_str().expect("UTF-8");
    assert_eq!(
        good(
            &["sztc", "password", "seal", "--key-file", path, "password"],
            ""
        ),
        "FZz3LAvSqBjRKk7RbJ2cAQ==\n"
    );
    std::fs::remove_file(&file).expect("it was there");
    let mut by_environment = command(&["sztc", "password", "seal", "password"]);
    by_environment.env("WIRE_KEY", "12345678");
    assert_eq!(run(by_environment, b"").out, "FZz3LAvSqBjRKk7RbJ2cAQ==\n");
    let ran = wire(
        &[
            "sztc",
            "password",
            "seal",
            "--key-file",
            "/nowhere/key",
            "password",
        ],
        "",
    );
    assert_eq!(ran.status, Some(2), "{ran:?}");
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let open = [&["evcs", "open"][..], &EVCS].concat();
    let kt = [
        "kt",
        "open",
        "--key",
        "693207DB8148FBC9D8410179",
        "--date",
        "2019-02-25",
    ];
    for (args, input, status, said) in [
        (&["sztc", "sign"][..], "{", 1, "not JSON"),
        (
            &["sztc", "sign"],
            r#"{"a":1,"a":2}"#,
            1,
            "data: stands twice",
        ),
        (
            &["sztc", "sign"],
            "5",
            1,
            "a list of entries or one entry is expected",
        ),
        (
            &["sztc", "canonical"],
            r#"{"x":[{"ab":1,"ab":2}]}"#,
            1,
            "ab: stands twice",
        ),
        (
            &["pile", "sign", "--secret", "s"],
            r#"{"a":1}"#,
            1,
            "no form",
        ),
        (&["pile", "sign", "--secret", "--s"], "a", 1, "no form"),
        (
            &["explain", "[]"],
            "",
            1,
            "nothing in it tells which message it is",
        ),
        (&["explain", "Cargo.toml"], "", 1, "neither JSON"),
        (&["explain", "./Cargo.toml"], "", 1, ""),
        (&["sztc", "canonical"], "nothing", 1, "not JSON"),
        (
            &["sztc", "frame", "decode"],
            &HEARTBEAT[..20],
            1,
            "not complete",
        ),
        (
            &["sztc", "frame", "decode"],
            "535A5443010000000001000000000003EEBBC4",
            1,
            "CRC",
        ),
        (&["sztc", "frame", "decode"], "5Z", 1, "hexadecimal"),
        (
            &["sztc", "password", "open", "--key", "87654321"],
            "FZz3LAvSqBjRKk7RbJ2cAQ==",
            1,
            "cannot be opened",
        ),
        (&open, "{}", 1, "OperatorID"),
        (
            &open,
            r#"{"OperatorID":"123456789","Data":"AAAA","TimeStamp":"20160729142400","Seq":"0001","Sig":"00"}"#,
            1,
            "Sig",
        ),
        (
            &open,
            r#"{"Ret":0,"Msg":"","Data":"AAAA","Sig":""}"#,
            1,
            "Sig",
        ),
        (&kt, r#"{"data":"AAAA"}"#, 1, "multiple of 8"),
        (&kt, r#"{"other":1}"#, 1, "data: required"),
        (
            &[
                "kt",
                "seal",
                "--key",
                "693207DB8148FBC9D8410179",
                "--date",
                "2019-02-25",
            ],
            "text",
            1,
            "JSON object",
        ),
        (
            &["pile", "sign", "--secret", "s"],
            "a=%zz",
            1,
            "percent-encoded",
        ),
        (&["explain"], "hello", 1, "neither JSON"),
        (&["explain"], "", 1, "no message"),
        (
            &["explain"],
            r#"{"nobody":1,"has":2,"these":3}"#,
            1,
            "no interface",
        ),
        (
            &["sztc", "password", "seal", "--key", "123"],
            "x",
            2,
            "8 bytes",
        ),
        (&["sztc", "password", "seal"], "x", 2, "WIRE_KEY"),
        (
            &["sztc", "frame", "encode", "--packet", "1"],
            "",
            2,
            "--command",
        ),
        (
            &["sztc", "frame", "encode", "--packet", "x", "--command", "1"],
            "",
            2,
            "--packet",
        ),
        (
            &["kt", "open", "--key", "short", "--date", "2019-02-25"],
            "",
            2,
            "24 bytes",
        ),
        (
            &[
                "kt",
                "open",
                "--key",
                "693207DB8148FBC9D8410179",
                "--date",
                "25.2.2019",
            ],
            "",
            2,
            "--date",
        ),
        (
            &["evcs", "seal", "--operator", "123456789"],
            "{}",
            2,
            "WIRE_DATA_SECRET",
        ),
        (
            &[
                &["evcs", "seal", "--operator", "1", "--timestamp", "now"][..],
                &EVCS,
            ]
            .concat(),
            "{}",
            2,
            "--timestamp",
        ),
        (
            &["openapi", "--protocol", "kt", "--role", "city"],
            "",
            2,
            "role of sztc",
        ),
        (&["explain", "--interface", "9999"], "{}", 2, "9999"),
        (
            &[
                "call",
                "--protocol",
                "kt",
                "--interface",
                "nothing",
                "--url",
                "http://localhost",
            ],
            "{}",
            2,
            "nothing",
        ),
        (&["nonsense"], "", 2, "nonsense"),
        (&[], "", 2, "command"),
    ] {
        let ran = wire(args, input);
        assert_eq!(
            (ran.status, ran.out.as_str()),
            (Some(status), ""),
            "{args:?}: {ran:?}"
        );
        assert!(
            ran.err.lines().count() == 1 && ran.err.contains(said),
            "{args:?}: {}",
            ran.err
        );
    }
    let ran = wire(&["--json", "sztc", "sign"], "{");
    let error: Value = serde_json::from_str(&ran.err).expect("JSON");
    assert_eq!((ran.status, &error["status"]), (Some(1), &Value::from(1)));
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let mut child = command(&["catalogue"]).spawn().expect("it starts");
    drop(child.stdout.take());
    drop(child.stdin.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}

#[test]
fn help_is_enough() {
    for args in [
        &[][..],
        &["sztc"],
        &["sztc", "sign"],
        &["sztc", "frame", "encode"],
        &["sztc", "frame", "decode"],
        &["sztc", "password", "seal"],
        &["evcs", "seal"],
        &["evcs", "open"],
        &["evcs", "reply"],
        &["kt", "seal"],
        &["kt", "open"],
        &["pile", "sign"],
        &["explain"],
        &["catalogue"],
        &["openapi"],
        &["call"],
    ] {
        let help = good(&[args, &["--help"]].concat(), "");
        assert!(
            help.contains("Usage: wire") && help.lines().count() > 5,
            "{args:?}: {help}"
        );
        // An option without a word about it would be listed with nothing behind it.
        let bare = help
            .lines()
            .filter(|line| {
                line.trim_start().starts_with("--") && !line.contains("  ") && !line.contains(">")
            })
            .count();
        assert_eq!(bare, 0, "{help}");
    }
}
