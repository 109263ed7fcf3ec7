#[cfg(feature = "server")]
use super::ImageStream;
use super::{CityService, Ctx, PartnerService, clip, refuse};
use crate::{BusinessCode, Endpoint, Outcome, Refusal, Shape, dialect::Dialect, endpoint::*};
#[cfg(feature = "server")]
use crate::{ImageUpload, Login};
use park_core::{
    BoxFuture, Check, Deviations, Rules, Spelling, Violations,
    json::{Place, decode, encode_to, lexer, quote},
};
use std::fmt::Write;

/// A service with its role erased: what routers and sessions hold.
pub(crate) trait Dispatch: Send + Sync {
    /// Answers the entries of a call with the entries of the reply.
    fn dispatch<'a>(&'a self, cx: Ctx, code: u16, items: &'a [&'a str], dialect: &'a Dialect) -> BoxFuture<'a, Result<String, Refusal>>;

    /// 2001.
    #[cfg(feature = "server")]
    fn upload<'a>(&'a self, cx: Ctx, image: ImageUpload, file: ImageStream<'a>) -> BoxFuture<'a, Result<(), Refusal>>;

    /// After 1001.
    #[cfg(feature = "server")]
    fn logged_in<'a>(&'a self, cx: &'a Ctx, login: &'a Login) -> BoxFuture<'a, Result<(), Refusal>>;
}

macro_rules! dispatch {
    ($service:ident, $cx:ident, $code:ident, $items:ident, $dialect:ident; $($(#[doc = $doc:literal])* $method:ident: $marker:ident = $wire:literal $title:literal, $request:ty => $reply:ty { $($own:tt)* };)*) => {
        match $code {
            // Each in a box of its own: one future of all would have the room of the largest, for every message.
            $($wire => Box::pin(answer_entries::<$marker, _, _>($cx, $items, $dialect, move |cx, items| async move { $service.$method(&cx, items).await })),)*
            _ => Box::pin(async move {
                $cx.tell(&$code.to_string());
                $service.other(&$cx, $code, &list($items)).await.map(|list| inner(&list).to_owned())
            }),
        }
    };
}

/// The city role of a service.
pub(crate) struct City<S>(pub(crate) S);

impl<S: CityService> Dispatch for City<S> {
    fn dispatch<'a>(&'a self, cx: Ctx, code: u16, items: &'a [&'a str], dialect: &'a Dialect) -> BoxFuture<'a, Result<String, Refusal>> {
        let service = &self.0;
        macro_rules! city { ($($rows:tt)*) => { dispatch!(service, cx, code, items, dialect; $($rows)*) }; }
        crate::for_each_city_interface!(city)
    }

    #[cfg(feature = "server")]
    fn upload<'a>(&'a self, cx: Ctx, image: ImageUpload, file: ImageStream<'a>) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(async move { self.0.upload_image(&cx, image, file).await })
    }

    #[cfg(feature = "server")]
    fn logged_in<'a>(&'a self, cx: &'a Ctx, login: &'a Login) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(self.0.logged_in(cx, login))
    }
}

/// The partner role of a service.
pub(crate) struct Partner<S>(pub(crate) S);

impl<S: PartnerService> Dispatch for Partner<S> {
    fn dispatch<'a>(&'a self, cx: Ctx, code: u16, items: &'a [&'a str], dialect: &'a Dialect) -> BoxFuture<'a, Result<String, Refusal>> {
        let service = &self.0;
        macro_rules! partner { ($($rows:tt)*) => { dispatch!(service, cx, code, items, dialect; $($rows)*) }; }
        crate::for_each_partner_interface!(partner)
    }

    #[cfg(feature = "server")]
    fn upload<'a>(&'a self, _: Ctx, _: ImageUpload, _: ImageStream<'a>) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(async { Err(Refusal::new(BusinessCode::NO_OBJECT, "2001 goes to the city platform")) })
    }

    #[cfg(feature = "server")]
    fn logged_in<'a>(&'a self, _: &'a Ctx, _: &'a Login) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(async { Ok(()) })
    }
}

/// Does for an interface of your own what the table's interfaces get, inside `other`: decodes `data` entry by entry, checks, calls `serve` with the
/// good ones and answers the bad ones in their own places. Returns the list to answer with.
///
/// # Errors
/// What `serve` refuses as a whole, and data that is no list.
pub async fn answer_items<E, F, Fut>(cx: &Ctx, data: &str, dialect: &Dialect, serve: F) -> Result<String, Refusal>
where
    E: Endpoint,
    F: FnOnce(Ctx, Vec<E::Request>) -> Fut,
    Fut: Future<Output = Result<Vec<Outcome<E::Reply>>, Refusal>>,
{
    let items: Vec<&str> = lexer::elements(data)
        .collect::<Result<_, _>>()
        .map_err(|fault| Refusal::new(BusinessCode::MALFORMED_CODE, format!("data: {fault}")))?;
    // What the envelope departed in has been told already, so only the entries' part is collected here.
    let mut own = cx.clone();
    let mut all = std::mem::take(&mut own.deviations);
    let serve = |mut cx: Ctx, items| {
        all.append(std::mem::take(&mut cx.deviations));
        cx.deviations = all;
        serve(cx, items)
    };
    let entries = answer_entries::<E, _, Fut>(own, &items, dialect, serve).await?;
    Ok(format!("[{entries}]"))
}

/// How many wrong entries of one call are answered in their own places. Beyond it the call is refused as a whole, or ten megabytes of `[0,0,..]` would
/// cost a hundred times as much to answer as to send.
const MOST_REFUSED: usize = 10_000;

pub(crate) async fn answer_entries<E, F, Fut>(mut cx: Ctx, items: &[&str], dialect: &Dialect, serve: F) -> Result<String, Refusal>
where
    E: Endpoint,
    F: FnOnce(Ctx, Vec<E::Request>) -> Fut,
    Fut: Future<Output = Result<Vec<Outcome<E::Reply>>, Refusal>>,
{
    let mut good = Vec::with_capacity(items.len());
    let mut refused = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match read_item::<E>(item, index, dialect, &mut cx) {
            Ok(request) => good.push(request),
            Err(refusal) if refused.len() < MOST_REFUSED => refused.push((index, refusal)),
            Err(mut refusal) => {
                refusal.message = format!("more than {MOST_REFUSED} entries are wrong, the last one looked at: {}", refusal.message);
                return Err(refusal);
            }
        }
    }
    cx.tell(E::NAME);
    let asked = good.len();
    let answers = if asked == 0 && !items.is_empty() {
        Vec::new()
    } else {
        serve(cx, good).await?
    };
    if answers.len() != asked {
        tracing::error!(
            proto = "sztc",
            endpoint = E::NAME,
            asked,
            answered = answers.len(),
            "the service answered a different number of entries than it was asked"
        );
        return Err(Refusal::message("the service answered a different number of entries than it was asked"));
    }
    let mut answers = answers.into_iter();
    let mut refused = refused.into_iter().peekable();
    let outcomes = (0..items.len()).map(|index| match refused.next_if(|(at, _)| *at == index) {
        Some((_, refusal)) => Err(refusal),
        // Counted above: one answer for each entry that was not refused.
        None => answers.next().unwrap_or_else(|| Err(Refusal::message("no answer"))),
    });
    write_entries::<E>(outcomes.collect(), items, dialect)
}

/// One entry of a request: mended, decoded, checked.
pub(crate) fn read_item<E: Endpoint>(item: &str, index: usize, dialect: &Dialect, cx: &mut Ctx) -> Outcome<E::Request> {
    let place = Place {
        item: Some(("data", index)),
        known: &[],
    };
    let broken = |violation| refuse(&[violation], E::CODE);
    let mut oddities = Deviations::default();
    let mended = E::mend(item, &mut oddities);
    for oddity in oddities.list() {
        let path = format!("data[{index}].{}", oddity.path);
        dialect.read.tolerate(oddity.kind, &path, &mut cx.deviations).map_err(broken)?;
    }
    let request: E::Request = place
        .decode(mended.as_deref().unwrap_or(item), &dialect.read, &mut cx.deviations)
        .map_err(broken)?;
    let mut violations = Violations::of_item("data", index);
    request.check(&mut violations);
    let violations = violations.on_receipt(&dialect.read, &mut cx.deviations);
    if violations.is_empty() {
        Ok(request)
    } else {
        Err(refuse(&violations, E::CODE))
    }
}

/// The entries of the reply, as the shape of the interface has them.
fn write_entries<E: Endpoint>(outcomes: Vec<Outcome<E::Reply>>, items: &[&str], dialect: &Dialect) -> Result<String, Refusal> {
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
                warn_of_bad_reply::<E>(&reply, index, dialect);
                let written = encode_to(&reply, &dialect.write.names, &mut text);
                written.map_err(|problem| Refusal::message(format!("the reply cannot be written: {problem}")))?;
                if E::SHAPE == Shape::Many {
                    // Many entries for one of the request: the list loses its brackets.
                    text.pop();
                    text.remove(before);
                }
            }
            Err(refusal) => write_refusal::<E>(&refusal, items.get(index).copied().unwrap_or("{}"), dialect, &mut text),
        }
        if text.len() == before {
            text.truncate(start);
        }
    }
    Ok(text)
}

/// What was done cannot be undone by refusing it, so a reply that breaks the rules goes out; its author has to hear of it.
fn warn_of_bad_reply<E: Endpoint>(reply: &E::Reply, index: usize, dialect: &Dialect) {
    let mut violations = Violations::of_item("data", index);
    reply.check(&mut violations);
    for violation in violations.to_send(&dialect.write.waived) {
        tracing::warn!(proto = "sztc", endpoint = E::NAME, %violation, "our reply breaks the document's rules");
    }
}

fn write_refusal<E: Endpoint>(refusal: &Refusal, item: &str, dialect: &Dialect, text: &mut String) {
    text.push('{');
    if let Some((field, path)) = E::KEY
        && let Some(key) = text_at(item, path, dialect)
    {
        let owner = std::any::type_name::<E::Reply>().rsplit("::").next();
        let mut names = dialect.write.names.iter();
        let name = names.find(|name| name.right == field && (name.owner.is_empty() || owner == Some(&*name.owner)));
        quote(name.map_or(field, |name| &*name.wrong), text);
        text.push(':');
        quote(&key, text);
        text.push(',');
    }
    push_refusal(refusal, text);
    text.push('}');
}

/// Keys have at most 64 characters; what is longer is no key, and is not sent back.
const LONGEST_KEY: usize = 64;

/// The text or number at `path` of an entry that may not be readable otherwise, however its peer writes the names.
pub(crate) fn text_at(item: &str, path: &[&str], dialect: &Dialect) -> Option<String> {
    let value = path.iter().try_fold(item, |value, step| member(value, step, dialect))?;
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
        let misspelt = |known: &Spelling| known.right == name && known.wrong.eq_ignore_ascii_case(key);
        key.eq_ignore_ascii_case(name) || dialect.read.spellings.iter().any(misspelt)
    };
    lexer::members(text).find_map(|member| member.ok().filter(|(key, _)| is_meant(&key.decode())).map(|(_, value)| value))
}

/// The code of a refusal that has none of the document's.
const NO_CODE: BusinessCode = BusinessCode::MALFORMED_CODE;

pub(crate) fn push_refusal(refusal: &Refusal, text: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(text, r#""code":{},"message":"#, refusal.code.unwrap_or(NO_CODE).0);
    quote(clip(&refusal.message), text);
}

fn list(items: &[&str]) -> String {
    format!("[{}]", items.join(","))
}

fn inner(list: &str) -> &str {
    let list = list.trim();
    list.strip_prefix('[').and_then(|list| list.strip_suffix(']')).unwrap_or(list)
}
