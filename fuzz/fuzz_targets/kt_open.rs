//! Any text in `data`, and any bytes sealed in it: what opens is what the usual crates decrypt, on
//! a day in question; what was sealed today opens as it was.
#![no_main]
use base64::{Engine, prelude::BASE64_STANDARD};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use des::TdesEde3;
use encoding_rs::GB18030;
use kt_proto::{
    Date, DateTime, DateWindow, Keys, OpenError,
    chrono::{Duration, NaiveDate},
    plausible,
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const KEY: &str = "693207DB8148FBC9D8410179";
const FIELDS: &[&str] = &["parkCode", "plateNo", "id"];
static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys::new(KEY).expect("24 characters"));

const SEALED: u8 = 1;
const WRAPPED: u8 = 2;

// One byte of flags, one for the day of sealing, two for the moment; the rest is `data`, or what is
// sealed in it.
fuzz_target!(|input: &[u8]| {
    let [flags, drift, high, low, rest @ ..] = input else {
        return;
    };
    let now = at(u16::from_be_bytes([*high, *low]));
    let today = now.date();
    let sealed_on = today.naive() + Duration::days(i64::from(*drift as i8));
    let data = if flags & SEALED == 0 {
        let Ok(data) = std::str::from_utf8(rest) else {
            return;
        };
        data.to_owned()
    } else {
        seal(rest, sealed_on)
    };
    let data = if flags & WRAPPED == 0 {
        data
    } else {
        wrap(&data)
    };

    let candidates: Vec<Date> = DateWindow::Always.candidates(now).collect();
    let opened = KEYS.open(&data, candidates.iter().copied(), FIELDS);
    if let Ok(opened) = &opened {
        assert!(candidates.contains(&opened.date));
        let proper = data.replace(['\r', '\n'], "").replace(' ', "+");
        if let Ok(bytes) = BASE64_STANDARD.decode(proper) {
            assert_eq!(
                decrypt(&bytes, opened.date.naive()).as_deref(),
                Some(&*opened.text)
            );
        }
    }
    if let Err(problem) = &opened {
        // What goes to a log holds nothing of the text.
        let shown = problem.to_string();
        assert!(shown.len() < 300, "{shown}");
    }
    if flags & SEALED == 0 {
        return;
    }
    // Text in UTF-8 is refused by that name, even where it could be read as something else.
    if std::str::from_utf8(rest).is_ok() && !rest.is_ascii() {
        return;
    }
    let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(rest) else {
        return;
    };
    if plausible(&text, FIELDS) {
        match opened {
            Ok(opened) if *drift == 0 => assert_eq!(opened.text, text),
            // Another day was possible too, or is the only one.
            Ok(opened) if opened.confirmed && candidates.contains(&sealed_on.into()) => {
                assert_eq!(opened.text, text)
            }
            Ok(_) => {}
            Err(
                problem @ (OpenError::Date { .. }
                | OpenError::Key
                | OpenError::Charset { .. }
                | OpenError::Json),
            ) => {
                assert!(
                    !candidates.contains(&sealed_on.into()),
                    "{sealed_on}: {problem}"
                );
            }
            Err(problem) => panic!("{problem}"),
        }
    }
});

/// In lines, and with its `+` decoded to blanks.
fn wrap(data: &str) -> String {
    data.replace('+', " ").replace('A', "A\r\n")
}

/// A moment of the days around 2019-03-25.
fn at(minute: u16) -> DateTime {
    let day = NaiveDate::from_ymd_opt(2019, 3, 25)
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .expect("a moment");
    (day + Duration::minutes(minute.into())).into()
}

fn vector(date: NaiveDate) -> String {
    date.format("%Y%m%d").to_string()
}

fn seal(bytes: &[u8], date: NaiveDate) -> String {
    let cipher =
        cbc::Encryptor::<TdesEde3>::new_from_slices(KEY.as_bytes(), vector(date).as_bytes())
            .expect("24 and 8 bytes");
    BASE64_STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(bytes))
}

fn decrypt(bytes: &[u8], date: NaiveDate) -> Option<String> {
    let cipher =
        cbc::Decryptor::<TdesEde3>::new_from_slices(KEY.as_bytes(), vector(date).as_bytes())
            .expect("24 and 8 bytes");
    let plain = cipher.decrypt_padded_vec::<Pkcs7>(bytes).ok()?;
    let text = GB18030.decode_without_bom_handling_and_without_replacement(&plain)?;
    Some(text.into_owned())
}
