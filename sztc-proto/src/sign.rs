//! The signature of a request (6.1.1 g, D.1).
//!
//! It has no key: it proves that the bytes arrived as they were sent, not who sent them. Origin is
//! proved by the token and by TLS. Replies carry none.
use md5::Md5;
use park_core::{
    Rule, Violation,
    json::{
        canonical::{self, canonical_elements_to, canonical_list_to, canonical_to},
        lexer::{Fault, Lexer, What},
    },
};
use sha1::{Digest, Sha1};

/// The hash of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Algorithm {
    /// SHA-1, as 6.1.1 g and D.1 say.
    #[default]
    Sha1,
    /// MD5, as 6.1.2 says.
    Md5,
}

/// What of `data` is signed; the document leaves open whether the brackets of the list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Scope {
    /// The elements' canonical texts one after another, with nothing between: for one element this
    /// is D.1.
    #[default]
    Elements,
    /// The list with its brackets and commas.
    List,
}

/// How requests are signed: SHA-1 over the elements unless the peer wants it otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Scheme {
    /// The hash.
    pub algorithm: Algorithm,
    /// What is hashed.
    pub scope: Scope,
}

impl Scheme {
    /// Every scheme that the document can be read as, the default first.
    pub const ALL: [Self; 4] = [
        Self::new(Algorithm::Sha1, Scope::Elements),
        Self::new(Algorithm::Sha1, Scope::List),
        Self::new(Algorithm::Md5, Scope::Elements),
        Self::new(Algorithm::Md5, Scope::List),
    ];

    /// `algorithm` over `scope`.
    pub const fn new(algorithm: Algorithm, scope: Scope) -> Self {
        Self { algorithm, scope }
    }

    /// Signs the JSON text of `data`: a list, or one object that stands for a list of one.
    /// Lower-case hexadecimal.
    ///
    /// # Errors
    /// A text that is not JSON, or that has the same key twice in one object: a signature over it
    /// would mean nothing.
    pub fn sign(self, data: &str) -> Result<String, Violation> {
        match self.algorithm {
            Algorithm::Sha1 => hash_list::<Sha1>(data, self.scope),
            Algorithm::Md5 => hash_list::<Md5>(data, self.scope),
        }
        .map_err(unsignable)
    }

    /// Signs the JSON texts of the elements.
    pub(crate) fn sign_items<'a>(
        self,
        items: impl Iterator<Item = &'a str>,
    ) -> Result<String, Violation> {
        match self.algorithm {
            Algorithm::Sha1 => hash_items::<Sha1>(items, self.scope),
            Algorithm::Md5 => hash_items::<Md5>(items, self.scope),
        }
        .map_err(unsignable)
    }
}

/// The canonical form of a JSON text, over which signatures are made (6.1.1 g): keys sorted at
/// every level, no white space, numbers character for character, strings with the fewest escapes.
///
/// ```
/// assert_eq!(sztc_proto::canonical(r#"{ "b": 20.00, "a": "" }"#)?, r#"{"a":"","b":20.00}"#);
/// # Ok::<(), sztc_proto::Violation>(())
/// ```
///
/// # Errors
/// A text that is not JSON, or that has the same key twice in one object.
pub fn canonical(text: &str) -> Result<String, Violation> {
    canonical::canonical(text)
        .map_err(|fault| Violation::new(key_at(text, fault), unsignable(fault).rule))
}

/// The key that stands twice; empty for other faults.
fn key_at(text: &str, fault: Fault) -> String {
    let key = || {
        let rest = text.get(fault.at..)?.strip_prefix('"')?;
        rest.split(['"', '\\']).next()
    };
    let key = (fault.what == What::DuplicateKey).then(key).flatten();
    key.unwrap_or_default().to_owned()
}

/// Reads the list that stands here, and signs it by the default scheme in the same pass.
pub(crate) fn read_and_sign<'a>(lexer: &mut Lexer<'a>) -> Result<(Vec<&'a str>, String), Fault> {
    let mut hash = Sha1::new();
    let items = canonical_list_to(lexer, &mut |piece| hash.update(piece))?;
    Ok((items, hex(&hash.finalize())))
}

pub(crate) fn unsignable(fault: Fault) -> Violation {
    let rule = match fault.what {
        What::DuplicateKey => Rule::Duplicate,
        _ => Rule::Syntax {
            problem: fault.to_string(),
        },
    };
    Violation::new("data", rule)
}

/// The hash of a list in one pass, or of one object that stands for a list of one.
fn hash_list<D: Digest>(data: &str, scope: Scope) -> Result<String, Fault> {
    if !data.trim_start().starts_with('[') {
        return hash_items::<D>([data].into_iter(), scope);
    }
    let mut hash = D::new();
    match scope {
        Scope::Elements => canonical_elements_to(data, &mut |piece| hash.update(piece))?,
        Scope::List => canonical_to(data, &mut |piece| hash.update(piece))?,
    }
    Ok(hex(&hash.finalize()))
}

fn hash_items<'a, D: Digest>(
    items: impl Iterator<Item = &'a str>,
    scope: Scope,
) -> Result<String, Fault> {
    let mut hash = D::new();
    if scope == Scope::List {
        hash.update(b"[");
    }
    for (index, item) in items.enumerate() {
        if scope == Scope::List && index > 0 {
            hash.update(b",");
        }
        canonical_to(item, &mut |piece| hash.update(piece))?;
    }
    if scope == Scope::List {
        hash.update(b"]");
    }
    Ok(hex(&hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = vec![0; 2 * bytes.len()];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ]);
    }
    String::from_utf8(text).expect("hexadecimal digits are ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    const D1: &str = r#"{ "userId": "cadre01", "password": "205af3fa28810be321ef49d0993fee24", "callbackServer": "http://www.cncadre.com/" }"#;

    #[test]
    fn the_document_s_example_gives_its_signature() {
        let signed = "59f5688227e06ae8059cba5286a700c95103353b";
        assert_eq!(Scheme::default().sign(D1).as_deref(), Ok(signed));
        assert_eq!(
            Scheme::default().sign(&format!("[{D1}]")).as_deref(),
            Ok(signed)
        );
    }

    #[test]
    fn algorithm_and_scope_are_told_apart() {
        let sha1_of = |text: &str| hex(&Sha1::digest(text));
        let md5_of = |text: &str| hex(&Md5::digest(text));
        let data = r#"[ {"b":20.00,"a":""}, {"c":"\u7ca4\/"} ]"#;
        let (elements, list) = (
            r#"{"a":"","b":20.00}{"c":"粤/"}"#,
            r#"[{"a":"","b":20.00},{"c":"粤/"}]"#,
        );
        let expected = [
            sha1_of(elements),
            sha1_of(list),
            md5_of(elements),
            md5_of(list),
        ];
        for (scheme, expected) in Scheme::ALL.into_iter().zip(expected) {
            assert_eq!(scheme.sign(data), Ok(expected), "{scheme:?}");
        }
        let empty = [sha1_of(""), sha1_of("[]"), md5_of(""), md5_of("[]")];
        for (scheme, expected) in Scheme::ALL.into_iter().zip(empty) {
            assert_eq!(scheme.sign("[]"), Ok(expected), "{scheme:?}");
        }
    }

    #[test]
    fn what_cannot_be_signed_is_refused() {
        assert_eq!(
            Scheme::default().sign(r#"[{"a":1,"\u0061":2}]"#),
            Err(Violation::new("data", Rule::Duplicate))
        );
        for bad in ["[{]", "", "[1", "{} {}"] {
            assert!(
                matches!(
                    Scheme::default().sign(bad),
                    Err(Violation {
                        rule: Rule::Syntax { .. },
                        ..
                    })
                ),
                "{bad}"
            );
        }
    }
}
