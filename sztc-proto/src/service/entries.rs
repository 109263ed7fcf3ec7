//! Reading the entries of a request.
use super::{Ctx, refuse};
use crate::{
    Dialect, Outcome,
    endpoint::{Endpoint, Numbered},
};
use park_core::{
    Deviations, Rules, Spelling,
    json::{Place, decode, lexer},
    message::read_checked,
};

/// One entry of a request: normalised, decoded, checked.
pub(crate) fn read_item<E: Endpoint>(
    item: &str,
    index: usize,
    cx: &mut Ctx,
) -> Outcome<E::Request> {
    let dialect = &*cx.dialect;
    let place = Place {
        item: Some(("data", index)),
        known: &[],
    };
    let broken = |violation| refuse(&[violation], E::CODE);
    let mut oddities = Deviations::default();
    let normalized = E::normalize(item, &mut oddities);
    for oddity in oddities.list() {
        let path = format!("data[{index}].{}", oddity.path);
        dialect
            .read
            .tolerate(oddity.kind, &path, &mut cx.deviations)
            .map_err(broken)?;
    }
    let found = read_checked(
        normalized.as_deref().unwrap_or(item),
        place,
        &dialect.read,
        &mut cx.deviations,
    );
    found.map_err(|violations| refuse(&violations, E::CODE))
}

/// Keys have at most 64 characters; what is longer is no key, and is not sent back.
const LONGEST_KEY: usize = 64;

/// The text or number at `path` of an entry that may not be readable otherwise, however its peer
/// writes the names.
pub(crate) fn text_at(item: &str, path: &[&str], dialect: &Dialect) -> Option<String> {
    let value = path
        .iter()
        .try_fold(item, |value, step| member(value, step, dialect))?;
    // A character has at most twelve bytes, as two escapes.
    if value.len() > 12 * LONGEST_KEY + 2 {
        return None;
    }
    let (text, _) = decode::<String>(value, &Rules::default()).ok()?;
    (text.chars().count() <= LONGEST_KEY).then_some(text)
}

/// The value of the member `name` of the object `text`.
fn member<'a>(text: &'a str, name: &str, dialect: &Dialect) -> Option<&'a str> {
    let is_meant = |key: &str| {
        let key = key.trim();
        let misspelt =
            |known: &Spelling| known.right == name && known.wrong.eq_ignore_ascii_case(key);
        key.eq_ignore_ascii_case(name) || dialect.read.spellings.iter().any(misspelt)
    };
    lexer::members(text).find_map(|member| {
        member
            .ok()
            .filter(|(key, _)| is_meant(&key.decode()))
            .map(|(_, value)| value)
    })
}
