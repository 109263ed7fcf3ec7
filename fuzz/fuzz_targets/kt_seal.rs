//! Any text, day and character set: what is sealed opens as it was; what is not names a character
//! that the set lacks.
#![no_main]
use kt_proto::{
    Charset, Date, Deviations, Dialect, Keys, OpenError, SealError,
    chrono::{Duration, NaiveDate},
    envelope::open_request,
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static KEYS: LazyLock<Keys> =
    LazyLock::new(|| Keys::new("693207DB8148FBC9D8410179").expect("24 characters"));

// One byte for the character set, two for the day; the rest is the text.
fuzz_target!(|input: &[u8]| {
    let [charset, high, low, rest @ ..] = input else {
        return;
    };
    let charset = [Charset::Gb2312, Charset::Gbk, Charset::Gb18030][usize::from(*charset) % 3];
    let text = String::from_utf8_lossy(rest);
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day");
    let date: Date = (first + Duration::days(u16::from_be_bytes([*high, *low]).into())).into();
    let keys = KEYS.clone().charset(charset);
    let sealed = match keys.seal(&text, date) {
        Ok(sealed) => sealed,
        Err(SealError::Unmappable {
            place,
            charset: told,
        }) => {
            assert_eq!(told, charset);
            assert_ne!(charset, Charset::Gb18030, "all of Unicode is in it");
            let lacking = text
                .chars()
                .nth(place)
                .expect("a character of the text")
                .to_string();
            assert!(keys.seal(&lacking, date).is_err());
            return;
        }
        Err(problem) => panic!("{problem}"),
    };
    // Padded to whole blocks, which Base64 makes a third longer.
    assert_eq!(sealed.len() % 4, 0);
    let opened = match keys.open_with(&sealed, [date], |_| true) {
        Ok(opened) => opened,
        // Rare characters in a row can look like UTF-8, which is refused by that name.
        Err(OpenError::Charset { utf8: true }) if charset != Charset::Gb2312 => return,
        Err(problem) => panic!("{problem}"),
    };
    assert_eq!(
        (opened.date, opened.confirmed, opened.repaired),
        (date, true, false)
    );
    // Of the private-use characters 18 come back as what Unicode has in their place today.
    if !text.contains(|character| ('\u{e000}'..='\u{f8ff}').contains(&character)) {
        assert_eq!(opened.text, text);
    }
    let body = keys.seal_request(&text, date).expect("sealed above");
    let mut deviations = Deviations::default();
    let data = open_request(&body, &Dialect::strict().read, &mut deviations).expect("an envelope");
    assert_eq!((&*data, deviations.count()), (&*sealed, 0));
});
