//! What a reply says of each entry that was asked.
use crate::{
    Error, Outcome, Refusal,
    code::{BusinessCode, ResultCode},
    endpoint::{Endpoint, Shape},
    envelope::{LONGEST_MESSAGE, ReplyEnvelope, open_reply},
};
use park_core::{
    DeviationKind, Deviations, ErrorKind, Rule, Rules, Sent, Strictness, Violation,
    json::{Place, lexer},
    message::{clip, read_checked},
};

/// Reads a reply to `asked` entries.
pub(crate) fn read_reply<E: Endpoint>(
    text: &str,
    asked: usize,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Vec<Outcome<E::Reply>>, Error> {
    let all_bad = |violations| Error::invalid(ErrorKind::PeerBytes, Sent::Answered, violations);
    let bad = |violation| all_bad(vec![violation]);
    let reply = open_reply(text, rules, deviations).map_err(bad)?;
    let refusals: Vec<Option<Refusal>> = reply
        .items
        .iter()
        .enumerate()
        .map(|(index, item)| refusal_of(item, index, rules, deviations))
        .collect::<Result<_, _>>()
        .map_err(bad)?;
    let slots = reply.items.len() == asked && asked > 1;
    if reply.result != ResultCode::SUCCESS && !(slots && refusals.iter().any(Option::is_some)) {
        return Err(Error::refused(whole(&reply, refusals)));
    }
    match E::SHAPE {
        Shape::Many => {
            if let Some(refusal) = refusals.into_iter().flatten().next() {
                return Ok(vec![Err(refusal)]);
            }
            let entries =
                read_entry::<E>(&reply.list(), None, rules, deviations).map_err(all_bad)?;
            Ok(vec![Ok(entries)])
        }
        Shape::Nothing if reply.items.is_empty() => (0..asked)
            .map(|index| {
                read_entry::<E>("{}", Some(index), rules, deviations)
                    .map(Ok)
                    .map_err(all_bad)
            })
            .collect(),
        _ if reply.items.len() != asked => {
            let found = reply.items.len();
            let what = format!(
                "{asked} entries were asked and {found} answered, so no answer can be told to its \
                    question"
            );
            Err(Error::new(ErrorKind::PeerBytes, Sent::Answered, what))
        }
        _ => reply
            .items
            .iter()
            .zip(refusals)
            .enumerate()
            .map(|(index, (item, refusal))| match refusal {
                Some(refusal) => Ok(Err(refusal)),
                None => read_entry::<E>(item, Some(index), rules, deviations)
                    .map(Ok)
                    .map_err(all_bad),
            })
            .collect(),
    }
}

/// The refusal of a whole call: the first code that stands in an entry, and its text or that of the
/// envelope.
fn whole(reply: &ReplyEnvelope<'_>, refusals: Vec<Option<Refusal>>) -> Refusal {
    let message = clip(&reply.message, LONGEST_MESSAGE).to_owned();
    match refusals.into_iter().flatten().next() {
        Some(mut refusal) if refusal.message.is_empty() => {
            refusal.message = message;
            refusal
        }
        Some(refusal) => refusal,
        None => Refusal::message(message),
    }
}

/// What stands in every entry beside its own fields.
const BESIDE: &[&str] = &["code", "message"];

/// The refusal in one entry of a reply, if its code is one.
fn refusal_of(
    item: &str,
    index: usize,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Option<Refusal>, Violation> {
    let mut code: Option<i32> = None;
    let mut message: Option<String> = None;
    let mut seen = [false; 2];
    for member in lexer::members(item) {
        // An entry that is no object is told about where it is decoded.
        let Ok((key, value)) = member else {
            return Ok(None);
        };
        let place = Place {
            item: Some(("data", index)),
            known: &[],
        };
        // An error code must not be overlooked because its name is written otherwise, or because a
        // second one follows.
        let key = key.decode();
        let Some(name) = BESIDE
            .iter()
            .find(|name| key.trim().eq_ignore_ascii_case(name))
        else {
            continue;
        };
        let path = || format!("data[{index}].{name}");
        if key != **name {
            match rules.strictness {
                Strictness::Strict => {
                    return Err(Violation::new(
                        path(),
                        Rule::Deviates(DeviationKind::KEY_STYLE),
                    ));
                }
                Strictness::Tolerant => deviations.note(DeviationKind::KEY_STYLE, path),
            }
        }
        if std::mem::replace(&mut seen[usize::from(*name == "code")], true) {
            return Err(Violation::new(path(), Rule::Duplicate));
        }
        let mut own = Deviations::default();
        let named = |violation: Violation| Violation::new(path(), violation.rule);
        match *name {
            "code" => code = place.decode(value, rules, &mut own).map_err(named)?,
            _ => message = place.decode(value, rules, &mut own).map_err(named)?,
        }
        own.list()
            .iter()
            .for_each(|found| deviations.note(found.kind, path));
    }
    match code {
        None => Ok(None),
        Some(0) if rules.strictness == Strictness::Strict => Err(Violation::new(
            format!("data[{index}].code"),
            Rule::Deviates(crate::deviation::ZERO_CODE),
        )),
        Some(0) => {
            deviations.note(crate::deviation::ZERO_CODE, || {
                format!("data[{index}].code")
            });
            Ok(None)
        }
        Some(code) => Ok(Some(Refusal::new(
            BusinessCode(code),
            clip(&message.unwrap_or_default(), LONGEST_MESSAGE),
        ))),
    }
}

fn read_entry<E: Endpoint>(
    item: &str,
    index: Option<usize>,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<E::Reply, Vec<Violation>> {
    let place = Place {
        item: index.map(|index| ("data", index)),
        known: BESIDE,
    };
    read_checked(item, place, rules, deviations)
}
