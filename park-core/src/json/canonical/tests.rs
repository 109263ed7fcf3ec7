use std::collections::BTreeMap;

use proptest::prelude::*;
use sha1::{Digest, Sha1};

use super::super::lexer::{Fault, Lexer, MAX_DEPTH, What};
use super::{Canonicalizer, KEPT, canonical, canonical_elements_to, canonical_to};

fn fault(at: usize, what: What) -> Result<String, Fault> {
    Err(Fault { at, what })
}

/// The value tree that the module does without. Strings are decoded, numbers are literals.
#[derive(Debug, Clone)]
enum Tree {
    Bare(String),
    Text(String),
    Array(Vec<Tree>),
    Object(BTreeMap<String, Tree>),
}

impl Tree {
    /// The canonical form, written as plainly as possible.
    fn canonical(&self) -> String {
        match self {
            Tree::Bare(literal) => literal.clone(),
            Tree::Text(text) => quote(text),
            Tree::Array(items) => {
                let items: Vec<_> = items.iter().map(Tree::canonical).collect();
                format!("[{}]", items.join(","))
            }
            Tree::Object(members) => {
                let members: Vec<_> = members
                    .iter()
                    .map(|(key, value)| format!("{}:{}", quote(key), value.canonical()))
                    .collect();
                format!("{{{}}}", members.join(","))
            }
        }
    }

    /// The value in some other spelling, as `dice` decide: order of keys, white space, escapes.
    fn scrambled(&self, dice: &mut Dice) -> String {
        let (before, after) = (dice.space(), dice.space());
        let bare = match self {
            Tree::Bare(literal) => literal.clone(),
            Tree::Text(text) => dice.quote(text),
            Tree::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| item.scrambled(dice)).collect();
                format!("[{}{}]", dice.space(), items.join(","))
            }
            Tree::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                if dice.roll(3) > 0 {
                    members.sort_by_key(|_| dice.roll(1000));
                }
                let members: Vec<_> = members
                    .into_iter()
                    .map(|(key, value)| {
                        let (left, right) = (dice.space(), dice.space());
                        format!("{left}{}{right}:{}", dice.quote(key), value.scrambled(dice))
                    })
                    .collect();
                format!("{{{}{}}}", members.join(","), dice.space())
            }
        };
        format!("{before}{bare}{after}")
    }
}

/// A string as serde_json writes it; it uses the fewest escapes, too.
fn quote(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// A small generator, so that one seed decides a whole spelling. `wild` is off for a compact one
/// with plain strings.
struct Dice {
    state: u64,
    wild: bool,
}

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.state >> 33) % sides
    }

    fn space(&mut self) -> &'static str {
        let spaces = ["", "", "", " ", "\n", "\r\n", "\t", "  "];
        if self.wild {
            spaces[self.roll(8) as usize]
        } else {
            ""
        }
    }

    fn quote(&mut self, text: &str) -> String {
        if !self.wild {
            return quote(text);
        }
        let mut out = String::from("\"");
        for c in text.chars() {
            if c == '/' && self.roll(2) == 0 {
                out.push_str("\\/");
            } else if self.roll(4) == 0 {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04X}"));
                }
            } else {
                let quoted = quote(&c.to_string());
                out.push_str(&quoted[1..quoted.len() - 1]);
            }
        }
        out + "\""
    }
}

/// Strings rich in what the form treats specially, and in keys that begin alike.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]{0,3}",
        "stationI[a-d]{0,2}",
        r#"[ab"\\/\x00-\x1f\x7fé中🚗\u{e000}\u{fffd}]{0,10}"#,
        any::<String>(),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    let bare = r"true|false|null|-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,4})?([eE][+-]?[0-9]{1,2})?";
    let leaf = prop_oneof![bare.prop_map(Tree::Bare), text().prop_map(Tree::Text)];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Tree::Array),
            prop::collection::btree_map(text(), inner, 0..8).prop_map(Tree::Object),
        ]
    })
}

/// Feeds the form to SHA-1, as a signature does.
fn sha1_hex(text: &str) -> String {
    let mut hash = Sha1::new();
    canonical_to(text, &mut |piece| hash.update(piece)).unwrap();
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn published_vector() {
    let text = r#"{ "userId": "cadre01", "password": "205af3fa28810be321ef49d0993fee24", "callbackServer": "http://www.cncadre.com/" }"#;
    assert_eq!(sha1_hex(text), "59f5688227e06ae8059cba5286a700c95103353b");
    // Elder libraries write `\/`; the signature is the same.
    assert_eq!(
        sha1_hex(&text.replace('/', r"\/")),
        "59f5688227e06ae8059cba5286a700c95103353b"
    );
}

#[test]
fn table_of_forms() {
    let cases = [
        // Order, by bytes of the decoded key at every level.
        (r#"{"b":1,"a":2}"#, r#"{"a":2,"b":1}"#),
        (r#"{"a":1,"B":2,"_":3,"":4}"#, r#"{"":4,"B":2,"_":3,"a":1}"#),
        (
            r#"[{"b":{"d":1,"c":2},"a":3}]"#,
            r#"[{"a":3,"b":{"c":2,"d":1}}]"#,
        ),
        (
            r#"{"stationName":1,"stationID":2,"station":3}"#,
            r#"{"station":3,"stationID":2,"stationName":1}"#,
        ),
        (r#"{"a\u0000":1,"a":2}"#, r#"{"a":2,"a\u0000":1}"#),
        (r#"{"b":1,"\u0061":2}"#, r#"{"a":2,"b":1}"#),
        // UTF-16 order would be the reverse.
        (
            "{\"\u{10000}\":1,\"\u{ffff}\":2}",
            "{\"\u{ffff}\":2,\"\u{10000}\":1}",
        ),
        ("[3,1,2]", "[3,1,2]"),
        // White space.
        (" { \"a\" : [ 1 , { } , [ ] ] }\r\n", r#"{"a":[1,{},[]]}"#),
        ("\t7 ", "7"),
        ("[ \"a b\" ]", r#"["a b"]"#),
        // Numbers and empty values.
        (
            r#"{"n":20.00,"e":1E5,"m":-0,"x":1e+5}"#,
            r#"{"e":1E5,"m":-0,"n":20.00,"x":1e+5}"#,
        ),
        (
            "44030400100101000010.000000000000000000001",
            "44030400100101000010.000000000000000000001",
        ),
        (
            r#"{"d":"","c":null,"b":[],"a":{}}"#,
            r#"{"a":{},"b":[],"c":null,"d":""}"#,
        ),
        // Strings.
        (r#""\/\u4e2d\u00e9\ud83d\ude97\u007f""#, "\"/中é🚗\u{7f}\""),
        (r#""\"\\\b\f\n\r\t""#, r#""\"\\\b\f\n\r\t""#),
        (
            r#""\u0022\u005C\u0008\u000c\u000A\u000d\u0009""#,
            r#""\"\\\b\f\n\r\t""#,
        ),
        (r#""\u001F\u0000\u001f""#, r#""\u001f\u0000\u001f""#),
        (r#"{"\u002f":"\/"}"#, r#"{"/":"/"}"#),
    ];
    for (text, expected) in cases {
        assert_eq!(canonical(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn a_key_that_occurs_twice_is_refused() {
    let cases = [
        (r#"{"a":1,"a":2}"#, 7),
        (r#"{"b":1,"a":1,"b":2}"#, 13),
        (r#"{"b":1,"a":0,"b":2,"b":3}"#, 13),
        (r#"{"a":1,"\u0061":2}"#, 7),
        (r#"{"stationId":1,"x":0,"stationId":2}"#, 21),
        (r#"[{"x":{"":1, "":1}}]"#, 13),
        (r#"{"\/":1,"/":1}"#, 8),
    ];
    for (text, at) in cases {
        assert_eq!(canonical(text), fault(at, What::DuplicateKey), "{text}");
    }
    // The same key on two levels is no duplicate; nor is one that the order of an earlier object
    // would hide.
    let mut writer = Canonicalizer::default();
    for (text, good) in [
        (r#"{"b":{"b":1,"a":1},"a":1}"#, true),
        (r#"{"a":1,"b":2}"#, true),
        (r#"{"b":1,"b":2}"#, false),
        (r#"{"b":1,"a":2}"#, true),
    ] {
        assert_eq!(writer.write(text, &mut |_| ()).is_ok(), good, "{text}");
    }
}

#[test]
fn depth_is_limited_as_in_the_lexer() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"{"b":0,"a":"#, "}")] {
        let nested = |depth| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        assert!(canonical(&nested(MAX_DEPTH)).is_ok());
        let what = canonical(&nested(MAX_DEPTH + 1)).unwrap_err().what;
        assert_eq!(what, What::Deep, "{open}");
        assert_eq!(canonical(&nested(100_000)).unwrap_err().what, What::Deep);
    }
}

#[test]
fn canonical_text_is_passed_on_in_one_piece() {
    let text = r#"{"a":[1,{"b":"\n","c":[]}],"z":"中"}"#;
    let mut pieces = Vec::new();
    canonical_to(text, &mut |piece| pieces.push(piece.to_vec())).unwrap();
    assert_eq!(pieces, [text.as_bytes()]);
}

#[test]
fn nothing_reaches_the_sink_before_a_fault() {
    for text in [
        r#"{"b":1,"a":2} x"#,
        r#"[{"b":1,"a":2},{"a":1,"a":2}]"#,
        "[1,2",
    ] {
        assert!(canonical_to(text, &mut |_| panic!("written before the end was seen")).is_err());
    }
}

#[test]
fn a_large_text_leaves_no_large_memory() {
    let members: Vec<_> = (0..20_000)
        .rev()
        .map(|i| format!("\"k{i:05}\" : [{i}, 0]"))
        .collect();
    let mut writer = Canonicalizer::default();
    for end in ["}", "]"] {
        let written = writer.write(&format!("{{{}{end}", members.join(",")), &mut |_| ());
        assert_eq!(written.is_ok(), end == "}");
        assert!(writer.open.capacity() <= KEPT && writer.done.capacity() <= KEPT);
        assert!(writer.orders.iter().all(|order| order.capacity() <= KEPT));
    }
}

proptest! {
    /// Every spelling of a value has the same form, that of the reference; whatever the writer did
    /// before.
    #[test]
    fn agrees_with_the_reference(tree in tree(), seed: u64, wild: bool) {
        let expected = tree.canonical();
        let mut writer = Canonicalizer::default();
        for round in 0..3 {
            let text = tree.scrambled(&mut Dice { state: seed ^ round, wild });
            prop_assert_eq!(canonical(&text), Ok(expected.clone()), "{}", text);
            let mut written = Vec::new();
            prop_assert_eq!(writer.write(&text, &mut |piece| written.extend_from_slice(piece)),
                Ok(()));
            prop_assert_eq!(&written, expected.as_bytes());
        }
        prop_assert_eq!(canonical(&expected), Ok(expected.clone()));
    }

    /// Whatever the text, this module and the lexer accept what serde_json accepts, duplicate keys
    /// apart.
    #[test]
    fn agrees_with_serde_json_on_validity(text in prop_oneof![any::<String>(), almost_json()]) {
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        let ours = canonical(&text);
        let skipped = { let mut lexer = Lexer::new(&text);
            lexer.value().and_then(|_| lexer.end()) };
        match (&ours, &theirs) {
            (Err(fault), Ok(_)) => prop_assert_eq!(fault.what, What::DuplicateKey, "{}", text),
            (Ok(_),
                Err(fault)) => prop_assert!(fault.to_string().starts_with("number out of range"),
                "{}: {}", text, fault),
            _ => {}
        }
        match (ours, skipped) {
            (Err(Fault { what: What::DuplicateKey, .. }), _) => {}
            (ours, skipped) => prop_assert_eq!(ours.err(), skipped.err(), "{}", text),
        }
    }

    /// A text that is cut off is a fault, except where a number is only shorter.
    #[test]
    fn every_prefix_is_a_fault(tree in tree(), seed: u64) {
        let text = tree.scrambled(&mut Dice { state: seed, wild: true });
        let text = text.trim_end();
        for (end, _) in text.char_indices() {
            match canonical(&text[..end]) {
                Ok(_) => prop_assert!(matches!(tree, Tree::Bare(_)), "{}", &text[..end]),
                Err(fault) => prop_assert_eq!(fault, Fault { at: end, what: What::End }, "{}",
                    text),
            }
        }
    }
}

/// Texts made of the pieces that JSON is made of.
fn almost_json() -> impl Strategy<Value = String> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\"a\"",
        "\"b\":",
        "{\"a\":",
        "1",
        "0",
        "-",
        ".5",
        "e1",
        "E+",
        "true",
        "null",
        "nul",
        " ",
        "\n",
        "\\",
        "\"\\u",
        "00e9",
        "d83d",
        "\\ud83d\\ude97",
        "\\n\"",
        "\\x",
        "\0",
        "\u{1}",
        "中",
        "1e999",
        "[]",
        "{}",
        "\u{feff}",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..12)
        .prop_map(|pieces| pieces.concat())
}

#[test]
fn the_elements_of_a_list_come_one_after_another() {
    let written = |text: &str| {
        let mut out = Vec::new();
        canonical_elements_to(text, &mut |piece| out.extend_from_slice(piece))
            .map(|()| String::from_utf8(out).unwrap())
    };
    for (text, elements) in [
        (
            r#" [ {"b":1 ,"a":[ ]} , "\/" ,2.00,{}] "#,
            r#"{"a":[],"b":1}"/"2.00{}"#,
        ),
        ("[ ]", ""),
        ("[[[1, 2]]]", "[[1,2]]"),
    ] {
        assert_eq!(written(text).as_deref(), Ok(elements), "{text}");
    }
    for (text, at, what) in [
        ("{}", 0, What::Unexpected),
        ("", 0, What::End),
        ("[", 1, What::End),
        ("[1", 2, What::End),
        ("[1,]", 3, What::Unexpected),
        ("[1 2]", 3, What::Unexpected),
        ("[] 1", 3, What::Trailing),
        (r#"[{"a":1,"a":2}]"#, 8, What::DuplicateKey),
    ] {
        assert_eq!(written(text), fault(at, what), "{text}");
    }
    let deepest = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert!(written(&deepest).is_ok() && written(&format!("[{deepest}]")).is_err());
}

#[test]
fn a_sink_may_write_canonical_forms_itself() {
    let mut inner = Vec::new();
    canonical_to(r#"{"b":1,"a":2}"#, &mut |_| {
        inner.push(canonical(r#"{"d":3,"c":4}"#).unwrap())
    })
    .unwrap();
    assert!(!inner.is_empty() && inner.iter().all(|form| form == r#"{"c":4,"d":3}"#));
}
