use super::ImageStream;
use crate::{
    Ctx, Outcome, Refusal,
    code::BusinessCode,
    endpoint::{Endpoint, UploadImage},
    model::*,
};

/// What an interface that a service does not offer is answered with: 1100.
fn not_offered(name: &str) -> Refusal {
    Refusal::new(
        BusinessCode::NO_OBJECT,
        format!("{name} is not offered here (接口未提供)"),
    )
}

crate::for_each_city_interface!(park_core::service [entry
    /// What a city platform serves (城市停车管理平台): implement the methods you need, the others
    /// answer 1100.
    ///
    /// Each method gets the good entries of a call and gives one outcome for each, in their order.
    /// The same service sits behind
    #[cfg_attr(feature = "server", doc = "[`CityRouter`](crate::CityRouter) and")]
    #[cfg_attr(feature = "tcp", doc = "[`CityListener`](crate::tcp::CityListener).")]
    CityService {
        /// Stores an image of a parking record (图片上传接口, 2001), Tables 42, 43. The file is
        /// read piece by piece from `file`.
        fn upload_image(&self, cx: &Ctx, image: ImageUpload,
            file: ImageStream<'_>) -> impl Future<Output = Result<(), Refusal>> + Send {
            let _ = (cx, image, file);
            async { Err(not_offered(UploadImage::LABEL)) }
        }

        /// A partner logged in (1001) with the right password: the place to remember its callback
        /// and order addresses. An error refuses the login.
        fn logged_in(&self, cx: &Ctx, login: &Login) -> impl Future<Output = Result<(),
        Refusal>> + Send {
            let _ = (cx, login);
            async { Ok(()) }
        }
    } {
        fn upload_image(&self, cx: &Ctx, image: ImageUpload,
            file: ImageStream<'_>) -> impl Future<Output = Result<(), Refusal>> + Send {
            (**self).upload_image(cx, image, file)
        }

        fn logged_in(&self, cx: &Ctx, login: &Login) -> impl Future<Output = Result<(),
        Refusal>> + Send {
            (**self).logged_in(cx, login)
        }
    } other "the list as it was received, the answer a list too. \
        [`answer_items`](crate::answer_items) does for it what the table's interfaces get."
]);

crate::for_each_partner_interface!(park_core::service [entry
    /// What an external system serves (外部系统或平台): implement the methods you need, the others
    /// answer 1100.
    ///
    /// Each method gets the good entries of a call and gives one outcome for each, in their order.
    /// The same service answers over an HTTPS callback
    #[cfg_attr(feature = "server", doc = "([`PartnerRouter`](crate::PartnerRouter)) and")]
    #[cfg_attr(feature = "tcp",
        doc = "over the long-lived TCP session ([`connect`](crate::tcp::connect)).")]
    PartnerService other "the list as it was received, the answer a list too. \
        [`answer_items`](crate::answer_items) does for it what the table's interfaces get."
]);

/// A partner that serves nothing: for systems that only report.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportOnly;

impl PartnerService for ReportOnly {}

/// Answers entries one after another: the body of a service method that treats each on its own.
///
/// ```
/// use sztc_proto::{Ctx, Outcome, PartnerService, Refusal, each};
/// use sztc_proto::model::{SpaceLock, SpaceLockReply};
///
/// struct Garage;
/// impl PartnerService for Garage {
///     async fn lock_space(&self, _: &Ctx,
///         items: Vec<SpaceLock>) -> Result<Vec<Outcome<SpaceLockReply>>, Refusal> {
///         each(items, async |lock| Ok(SpaceLockReply::new(lock.book_code.as_str()))).await
///     }
/// }
/// ```
///
/// # Errors
/// None of its own.
pub async fn each<T, R, F>(
    items: Vec<T>,
    answer: impl Fn(T) -> F,
) -> Result<Vec<Outcome<R>>, Refusal>
where
    F: Future<Output = Outcome<R>>,
{
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        outcomes.push(answer(item).await);
    }
    Ok(outcomes)
}
