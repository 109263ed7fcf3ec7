//! Writing the entries of a reply.
use super::entries::text_at;
use crate::{
    Dialect, Outcome, Refusal,
    endpoint::{Endpoint, Shape},
    envelope::push_refusal,
    protocol::Sztc,
};
use park_core::{Check, Protocol, Violations, json::quote, message::write_reply};

/// The entries of the reply, as the shape of the interface has them.
pub(super) fn write_entries<E: Endpoint>(
    outcomes: Vec<Outcome<E::Reply>>,
    items: &[&str],
    dialect: &Dialect,
) -> Result<String, Refusal> {
    if E::SHAPE == Shape::Nothing && outcomes.iter().all(Result::is_ok) {
        return Ok(String::new());
    }
    let mut text = String::with_capacity(64 * outcomes.len().min(64));
    for (index, outcome) in outcomes.into_iter().enumerate() {
        let start = text.len();
        if start > 0 {
            text.push(',');
        }
        let before = text.len();
        match outcome {
            Ok(reply) => {
                write_reply(
                    Sztc::NAME,
                    E::LABEL,
                    &reply,
                    Violations::of_item("data", index),
                    dialect,
                    &mut text,
                )?;
                if E::SHAPE == Shape::Many {
                    // Many entries for one of the request: the list loses its brackets.
                    text.pop();
                    text.remove(before);
                }
            }
            Err(refusal) => write_refusal::<E>(
                &refusal,
                items.get(index).copied().unwrap_or("{}"),
                dialect,
                &mut text,
            ),
        }
        if text.len() == before {
            text.truncate(start);
        }
    }
    Ok(text)
}

fn write_refusal<E: Endpoint>(refusal: &Refusal, item: &str, dialect: &Dialect, text: &mut String) {
    text.push('{');
    if let Some((field, path)) = E::KEY
        && let Some(key) = text_at(item, path, dialect)
    {
        let mut names = dialect.write.names.iter();
        let name = names.find(|name| {
            name.right == field && (name.owner.is_empty() || E::Reply::OWNER == name.owner)
        });
        quote(name.map_or(field, |name| &*name.wrong), text);
        text.push(':');
        quote(&key, text);
        text.push(',');
    }
    push_refusal(refusal, text);
    text.push('}');
}
