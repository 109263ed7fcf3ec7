use proptest::prelude::*;

use super::{Fault, Lexer, MAX_DEPTH, What, elements, members};

fn skip(text: &str) -> Result<&str, Fault> {
    let mut lexer = Lexer::new(text);
    let value = lexer.value()?;
    lexer.end()?;
    Ok(value)
}

#[test]
fn tokens_one_by_one() {
    let mut lexer = Lexer::new(" { \"k\\n\" : -0.50e+1 , \"中\":[true,false,null]}\t");
    assert_eq!(lexer.peek(), b'{');
    assert_eq!(lexer.enter(), Ok(()));
    assert_eq!(lexer.key().unwrap().decode(), "k\n");
    assert_eq!(lexer.number(), Ok("-0.50e+1"));
    assert_eq!(lexer.expect(b','), Ok(()));
    let key = lexer.key().unwrap();
    assert_eq!((key.raw(), key.plain()), ("中", Some("中")));
    assert_eq!(lexer.clone().value(), Ok("[true,false,null]"));
    assert_eq!(lexer.peek(), b'[');
    lexer.enter().unwrap();
    for (word, after) in [("true", b','), ("false", b','), ("null", b']')] {
        lexer.word(word).unwrap();
        assert_eq!(lexer.peek(), after);
        if after == b',' {
            lexer.expect(after).unwrap();
        }
    }
    lexer.leave();
    assert_eq!(lexer.peek(), b'}');
    lexer.leave();
    assert_eq!(lexer.end(), Ok(()));
    assert_eq!((lexer.peek(), lexer.at()), (0, lexer.text().len()));
}

#[test]
fn strings_of_every_length_end_where_they_end() {
    // The scan goes by eights; everything special has to be found at every distance.
    for len in 0..40 {
        let plain = "é中x!~\u{7f}".chars().cycle().take(len).collect::<String>();
        for (text, decoded, escaped) in [
            (format!("\"{plain}\""), plain.clone(), false),
            (format!("\"{plain}\" , \"\\"), plain.clone(), false),
            (
                format!("\"{plain}\\\"{plain}\""),
                format!("{plain}\"{plain}"),
                true,
            ),
            (
                format!("\"{plain}\\ud83d\\uDE97\""),
                format!("{plain}🚗"),
                true,
            ),
        ] {
            let string = Lexer::new(&text).string().unwrap();
            assert_eq!(string.decode(), decoded, "{text}");
            assert_eq!(string.plain().is_none(), escaped, "{text}");
        }
        for control in '\0'..' ' {
            let text = format!("\"{plain}{control}\"");
            let fault = Fault {
                at: 1 + plain.len(),
                what: What::Control,
            };
            assert_eq!(Lexer::new(&text).string().unwrap_err(), fault);
        }
    }
}

#[test]
fn faults_say_what_and_where() {
    let cases = [
        ("", 0, What::End),
        (" ", 1, What::End),
        ("\0", 0, What::Unexpected),
        ("[\0]", 1, What::Unexpected),
        ("[1,]", 3, What::Unexpected),
        ("[1 2]", 3, What::Unexpected),
        ("[1}", 2, What::Unexpected),
        ("{\"a\":1]", 6, What::Unexpected),
        ("{\"a\" 1}", 5, What::Unexpected),
        ("{\"a\":1,}", 7, What::Unexpected),
        ("{a:1}", 1, What::Unexpected),
        ("{1:1}", 1, What::Unexpected),
        ("\u{feff}1", 0, What::Unexpected),
        ("\u{a0}1", 0, What::Unexpected),
        ("+1", 0, What::Unexpected),
        (".5", 0, What::Unexpected),
        ("[", 1, What::End),
        ("{\"a\":", 5, What::End),
        ("{\"a", 3, What::End),
        ("\"\\", 2, What::End),
        ("\"\\u00", 5, What::End),
        ("\"\\ud83d", 7, What::End),
        ("\"\\ud83d\\", 8, What::End),
        ("tru", 3, What::End),
        ("-", 1, What::End),
        ("1.", 2, What::End),
        ("1e+", 3, What::End),
        ("\"a\\x\"", 2, What::Escape),
        ("\"\\u00g0\"", 1, What::Escape),
        ("\"\\u+123\"", 1, What::Escape),
        ("\"\\U0041\"", 1, What::Escape),
        ("\"\\ud83d\\u00\"", 1, What::Escape),
        ("\"\\ud83d\"", 1, What::Surrogate),
        ("\"\\ud83d\\n\"", 1, What::Surrogate),
        ("\"\\ud83d\\ud83d\"", 1, What::Surrogate),
        ("\"\\ude97\"", 1, What::Surrogate),
        ("\"\\ude97", 1, What::Surrogate),
        ("01", 0, What::Number),
        ("[-01]", 1, What::Number),
        ("[1.]", 1, What::Number),
        ("[1.e5]", 1, What::Number),
        ("[1e]", 1, What::Number),
        ("[-a]", 1, What::Number),
        ("1a", 1, What::Trailing),
        ("1.5.5", 3, What::Trailing),
        ("0x10", 1, What::Trailing),
        ("nulls", 4, What::Trailing),
        ("truE", 0, What::Word),
        ("[nul]", 1, What::Word),
        ("1 2", 2, What::Trailing),
        ("{} \0", 3, What::Trailing),
    ];
    for (text, at, what) in cases {
        assert_eq!(skip(text), Err(Fault { at, what }), "{text:?}");
    }
    assert_eq!(Lexer::new("").number().unwrap_err().what, What::End);
    assert_eq!(Lexer::new("x").number().unwrap_err().what, What::Number);
    assert_eq!(Lexer::new("").expect(0).unwrap_err().what, What::End);
    assert_eq!(
        skip("[1,").unwrap_err().to_string(),
        "unexpected end of the text at byte 3"
    );
    assert_eq!(
        skip("[x]").unwrap_err().to_string(),
        "unexpected character at byte 1"
    );
}

#[test]
fn depth_counts_the_levels_that_the_caller_has_entered() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(skip(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(
        skip(&nested(MAX_DEPTH + 1)),
        Err(Fault {
            at: MAX_DEPTH,
            what: What::Deep
        })
    );
    let text = nested(MAX_DEPTH + 1);
    let mut lexer = Lexer::new(&text);
    lexer.enter().unwrap();
    assert_eq!(lexer.value().unwrap_err().what, What::Deep);
    // Objects and arrays in turn: each level remembers which it is.
    let mixed = "{\"a\":[".repeat(60) + &"]}".repeat(60);
    assert_eq!(skip(&mixed), Ok(&mixed[..]));
    assert!(skip(&mixed.replacen("]}", "}]", 1)).is_err());
}

#[test]
fn members_and_elements_are_slices() {
    let text = " { \"a\" : [1, 2] , \"b\\/\":{} ,\"a\":\"x\"} ";
    let found: Vec<_> = members(text)
        .map(|member| member.map(|(key, value)| (key.decode(), value)).unwrap())
        .collect();
    assert_eq!(
        found,
        [
            ("a".into(), "[1, 2]"),
            ("b/".into(), "{}"),
            ("a".into(), "\"x\"")
        ]
    );
    let found: Result<Vec<_>, _> = elements("[ 1.50 ,{ \"a\":[]},\"]\" ]").collect();
    assert_eq!(found, Ok(vec!["1.50", "{ \"a\":[]}", "\"]\""]));
    for empty in ["[]", " [ ] "] {
        assert_eq!(elements(empty).next(), None);
    }
    assert!(members("{ }").next().is_none());
    // One fault, then nothing more.
    for (text, good, at, what) in [
        ("{}", 0, 0, What::Unexpected),
        ("", 0, 0, What::End),
        ("[", 0, 1, What::End),
        ("[1,x]", 1, 3, What::Unexpected),
        ("[1,2", 2, 4, What::End),
        ("[1}", 1, 2, What::Unexpected),
        ("[1]2", 1, 3, What::Trailing),
        ("[]2", 0, 2, What::Trailing),
    ] {
        let found: Vec<_> = elements(text).take(10).collect();
        assert_eq!(found.len(), good + 1, "{text}");
        assert_eq!(found[good], Err(Fault { at, what }), "{text}");
    }
}

proptest! {
    /// Decoding is what serde_json makes of the same literal, and a fault where it finds one.
    #[test]
    fn strings_decode_as_in_serde_json(raw in r#"([a-z中é🚗]|\\["\\/bfnrtux]|\\u(00[0-9a-f]{2}|d[89a-fA-F][0-9A-F]{2})){0,12}"#) {
        let text = format!("\"{raw}\"");
        let ours = Lexer::new(&text).string().map(|string| string.decode().into_owned());
        prop_assert_eq!(ours.ok(), serde_json::from_str::<String>(&text).ok(), "{}", text);
    }

    #[test]
    fn numbers_are_those_of_serde_json(text in r"-?[0-9]{0,3}\.?[0-9]{0,2}([eE][+-]?)?[0-9]{0,2}[.e+-]?") {
        let valid = serde_json::from_str::<f64>(&text).is_ok();
        prop_assert_eq!(skip(&text).is_ok(), valid, "{}", text);
    }
}
