use super::{Ctx, ImageStream};
use crate::{BusinessCode, Endpoint, Outcome, Refusal, endpoint::*, model::*};

/// What an interface that a service does not offer is answered with: 1100.
fn not_offered(name: &str) -> Refusal {
    Refusal::new(BusinessCode::NO_OBJECT, format!("{name} is not offered here (接口未提供)"))
}

macro_rules! service_methods {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $code:literal $title:literal, $request:ty => $reply:ty { $($own:tt)* };)*) => {$(
        $(#[doc = $doc])*
        #[doc = concat!("(", $title, ", ", $code, ")")]
        #[doc(alias = $title)]
        ///
        /// One outcome for each entry, in their order; an error refuses the whole call. Entries that break the document's rules are answered
        /// before they come here.
        fn $method(&self, cx: &Ctx, items: Vec<$request>) -> impl Future<Output = Result<Vec<Outcome<$reply>>, Refusal>> + Send {
            let _ = (cx, items);
            async { Err(not_offered($marker::NAME)) }
        }
    )*};
}

/// What a city platform serves (城市停车管理平台): implement the methods you need, the others answer 1100.
///
/// The same service sits behind [`CityRouter`](crate::CityRouter) and [`CityListener`](crate::tcp::CityListener).
pub trait CityService: Send + Sync + 'static {
    crate::for_each_city_interface!(service_methods);

    /// Stores an image of a parking record (图片上传接口, 2001), Tables 42, 43. The file is read piece by piece from `file`.
    fn upload_image(&self, cx: &Ctx, image: ImageUpload, file: ImageStream<'_>) -> impl Future<Output = Result<(), Refusal>> + Send {
        let _ = (cx, image, file);
        async { Err(not_offered(crate::UploadImage::NAME)) }
    }

    /// A partner logged in (1001) with the right password: the place to remember its callback and order addresses. An error refuses the login.
    fn logged_in(&self, cx: &Ctx, login: &Login) -> impl Future<Output = Result<(), Refusal>> + Send {
        let _ = (cx, login);
        async { Ok(()) }
    }

    /// An interface outside the table: `data` is the list as it was received, the answer a list too. [`answer_items`](crate::answer_items) does for
    /// it what the table's interfaces get.
    fn other(&self, cx: &Ctx, code: u16, data: &str) -> impl Future<Output = Result<String, Refusal>> + Send {
        let _ = (cx, data);
        async move { Err(not_offered(&code.to_string())) }
    }
}

/// What an external system serves (外部系统或平台): implement the methods you need, the others answer 1100.
///
/// The same service answers over an HTTPS callback ([`PartnerRouter`](crate::PartnerRouter)) and over the long-lived TCP session
/// ([`connect`](crate::tcp::connect)).
pub trait PartnerService: Send + Sync + 'static {
    crate::for_each_partner_interface!(service_methods);

    /// An interface outside the table; see [`CityService::other`].
    fn other(&self, cx: &Ctx, code: u16, data: &str) -> impl Future<Output = Result<String, Refusal>> + Send {
        let _ = (cx, data);
        async move { Err(not_offered(&code.to_string())) }
    }
}

/// A partner that serves nothing: for systems that only report.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportOnly;

impl PartnerService for ReportOnly {}

macro_rules! forward {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $code:literal $title:literal, $request:ty => $reply:ty { $($own:tt)* };)*) => {$(
        fn $method(&self, cx: &Ctx, items: Vec<$request>) -> impl Future<Output = Result<Vec<Outcome<$reply>>, Refusal>> + Send {
            (**self).$method(cx, items)
        }
    )*};
}

impl<S: CityService> CityService for std::sync::Arc<S> {
    crate::for_each_city_interface!(forward);

    fn upload_image(&self, cx: &Ctx, image: ImageUpload, file: ImageStream<'_>) -> impl Future<Output = Result<(), Refusal>> + Send {
        (**self).upload_image(cx, image, file)
    }

    fn logged_in(&self, cx: &Ctx, login: &Login) -> impl Future<Output = Result<(), Refusal>> + Send {
        (**self).logged_in(cx, login)
    }

    fn other(&self, cx: &Ctx, code: u16, data: &str) -> impl Future<Output = Result<String, Refusal>> + Send {
        (**self).other(cx, code, data)
    }
}

impl<S: PartnerService> PartnerService for std::sync::Arc<S> {
    crate::for_each_partner_interface!(forward);

    fn other(&self, cx: &Ctx, code: u16, data: &str) -> impl Future<Output = Result<String, Refusal>> + Send {
        (**self).other(cx, code, data)
    }
}

/// Answers entries one after another: the body of a service method that treats each on its own.
///
/// ```
/// # use sztc_proto::*;
/// struct Garage;
/// impl PartnerService for Garage {
///     async fn lock_space(&self, _: &Ctx, items: Vec<SpaceLock>) -> Result<Vec<Outcome<SpaceLockReply>>, Refusal> {
///         each(items, async |lock| Ok(SpaceLockReply { space_no: Some("4403040010010100001000B1A108".into()), ..SpaceLockReply::new(lock.book_code.as_str()) })).await
///     }
/// }
/// ```
///
/// # Errors
/// None of its own.
pub async fn each<T, R, F>(items: Vec<T>, answer: impl Fn(T) -> F) -> Result<Vec<Outcome<R>>, Refusal>
where
    F: Future<Output = Outcome<R>>,
{
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        outcomes.push(answer(item).await);
    }
    Ok(outcomes)
}
