#[cfg(feature = "server")]
use super::ImageStream;
use super::{CityService, Ctx, PartnerService, entries::read_item, reply::write_entries};
#[cfg(feature = "server")]
use crate::model::{ImageUpload, Login};
use crate::{Outcome, Refusal, code::BusinessCode, endpoint::Endpoint, protocol::Sztc};
#[cfg(feature = "server")]
use park_core::{BoxFuture, server::Dispatch};
use park_core::{json::lexer, number_of};

/// What the router of the city asks beside the table, with the service's type erased.
#[cfg(feature = "server")]
pub(crate) trait CityDispatch: Dispatch<Sztc> {
    /// 2001.
    fn upload<'a>(
        &'a self,
        cx: Ctx,
        image: ImageUpload,
        file: ImageStream<'a>,
    ) -> BoxFuture<'a, Result<(), Refusal>>;

    /// After 1001.
    fn logged_in<'a>(&'a self, cx: &'a Ctx, login: &'a Login)
    -> BoxFuture<'a, Result<(), Refusal>>;
}

crate::for_each_city_interface!(park_core::dispatch [City CityService Sztc answer_entries number,
    |service, cx, name, items| {
    cx.report(name);
    service.other(&cx, name, &list(items)).await.map(|list| inner(&list).to_owned())
}]);
crate::for_each_partner_interface!(park_core::dispatch [Partner PartnerService Sztc answer_entries number, |service, cx, name, items| {
    cx.report(name);
    service.other(&cx, name, &list(items)).await.map(|list| inner(&list).to_owned())
}]);

#[cfg(feature = "server")]
impl<S: CityService> CityDispatch for City<S> {
    fn upload<'a>(
        &'a self,
        cx: Ctx,
        image: ImageUpload,
        file: ImageStream<'a>,
    ) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(async move { self.0.upload_image(&cx, image, file).await })
    }

    fn logged_in<'a>(
        &'a self,
        cx: &'a Ctx,
        login: &'a Login,
    ) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(self.0.logged_in(cx, login))
    }
}

/// Does for an interface of your own what the table's interfaces get, inside `other`: decodes
/// `data` entry by entry, checks, calls `serve` with the good ones and answers the bad ones in
/// their own places. Returns the list to answer with.
///
/// # Errors
/// What `serve` refuses as a whole, and data that is no list.
pub async fn answer_items<E, F, Fut>(cx: &Ctx, data: &str, serve: F) -> Result<String, Refusal>
where
    E: Endpoint,
    F: FnOnce(Ctx, Vec<E::Request>) -> Fut,
    Fut: Future<Output = Result<Vec<Outcome<E::Reply>>, Refusal>>,
{
    let items: Vec<&str> = lexer::elements(data)
        .collect::<Result<_, _>>()
        .map_err(|fault| Refusal::new(BusinessCode::MALFORMED_CODE, format!("data: {fault}")))?;
    let entries = answer_entries::<E, _, Fut>(cx.clone(), &items, serve).await?;
    Ok(format!("[{entries}]"))
}

/// How many wrong entries of one call are answered in their own places. Beyond it the call is
/// refused as a whole, or ten megabytes of `[0,0,..]` would cost a hundred times as much to answer
/// as to send.
const MOST_REFUSED: usize = 10_000;

pub(crate) async fn answer_entries<E, F, Fut>(
    mut cx: Ctx,
    items: &[&str],
    serve: F,
) -> Result<String, Refusal>
where
    E: Endpoint,
    F: FnOnce(Ctx, Vec<E::Request>) -> Fut,
    Fut: Future<Output = Result<Vec<Outcome<E::Reply>>, Refusal>>,
{
    let dialect = cx.dialect.clone();
    let mut good = Vec::with_capacity(items.len());
    let mut refused = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match read_item::<E>(item, index, &mut cx) {
            Ok(request) => good.push(request),
            Err(refusal) if refused.len() < MOST_REFUSED => refused.push((index, refusal)),
            Err(mut refusal) => {
                refusal.message = format!(
                    "more than {MOST_REFUSED} entries are wrong, the last one looked at: {}",
                    refusal.message
                );
                return Err(refusal);
            }
        }
    }
    cx.report(E::LABEL);
    let asked = good.len();
    let answers = if asked == 0 && !items.is_empty() {
        Vec::new()
    } else {
        serve(cx, good).await?
    };
    if answers.len() != asked {
        tracing::error!(
            proto = "sztc",
            endpoint = E::LABEL,
            asked,
            answered = answers.len(),
            "the service answered a different number of entries than it was asked"
        );
        return Err(Refusal::message(
            "the service answered a different number of entries than it was asked",
        ));
    }
    let mut answers = answers.into_iter();
    let mut refused = refused.into_iter().peekable();
    let outcomes = (0..items.len()).map(|index| match refused.next_if(|(at, _)| *at == index) {
        Some((_, refusal)) => Err(refusal),
        // Counted above: one answer for each entry that was not refused.
        None => answers
            .next()
            .unwrap_or_else(|| Err(Refusal::message("no answer"))),
    });
    write_entries::<E>(outcomes.collect(), items, &dialect)
}

/// Numbers are told apart faster than names.
fn number(name: &str) -> u16 {
    number_of(name).unwrap_or_default()
}

fn list(items: &[&str]) -> String {
    format!("[{}]", items.join(","))
}

fn inner(list: &str) -> &str {
    let list = list.trim();
    list.strip_prefix('[')
        .and_then(|list| list.strip_suffix(']'))
        .unwrap_or(list)
}
