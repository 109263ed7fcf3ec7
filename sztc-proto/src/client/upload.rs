use super::{CityHttp, call::is_token_refused, reply::read_reply};
use crate::{
    Error, ErrorKind, Outcome, Sent,
    code::BusinessCode,
    endpoint::UploadImage,
    model::{ImageUpload, Nothing},
    protocol::Sztc,
};
use park_core::{
    Answer, BoxFuture, Call, Deviations, Endpoint, Retry, RetryPolicy, Transport, Violations,
    client::{Body, Exchange},
    message::violations_of,
};
use std::{fmt, path::PathBuf, sync::Arc, time::Instant};

/// The file of an image upload, opened anew for each attempt so that it is streamed and never held
/// in memory as a whole.
#[derive(Clone)]
pub struct ImageBody(
    Arc<dyn Fn() -> BoxFuture<'static, std::io::Result<reqwest::multipart::Part>> + Send + Sync>,
);

impl ImageBody {
    /// An image that is in memory already.
    pub fn memory(image: impl Into<bytes::Bytes>) -> Self {
        let image = image.into();
        Self(Arc::new(move || {
            let part =
                reqwest::multipart::Part::stream_with_length(image.clone(), image.len() as u64);
            Box::pin(async { Ok(part) })
        }))
    }

    /// A file on disk.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self(Arc::new(move || {
            let path = path.clone();
            Box::pin(async move {
                let file = tokio::fs::File::open(path).await?;
                let length = file.metadata().await?.len();
                let stream = tokio_util::io::ReaderStream::new(file);
                Ok(reqwest::multipart::Part::stream_with_length(
                    reqwest::Body::wrap_stream(stream),
                    length,
                ))
            })
        }))
    }
}

impl fmt::Debug for ImageBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImageBody")
    }
}

impl CityHttp {
    /// Uploads an image (图片上传接口, 2001) as a multipart form, which is not signed. The fields
    /// go before the file, so that the platform can store it as it arrives. It has
    /// [`upload_deadline`](super::CityHttpBuilder::upload_deadline) to be answered.
    ///
    /// # Errors
    /// As every call; a file that cannot be read is the caller's.
    pub async fn upload_image(&self, image: &ImageUpload, file: &ImageBody) -> Result<(), Error> {
        let mut caller = self.core.caller.clone();
        caller.settings.options.deadline = self.upload_deadline;
        caller.settings.options.retry = RetryPolicy::off();
        let prepare = || match violations_of(
            image,
            Violations::default(),
            &*self.core.caller.settings.dialect,
        ) {
            found if found.is_empty() => Ok(Upload {
                http: self,
                image,
                file,
            }),
            found => Err(Error::invalid(ErrorKind::Caller, Sent::No, found)),
        };
        let outcomes = caller.call::<UploadImage, _>(prepare).await?;
        // A reply without entries is the success; one entry without a code is one too.
        match outcomes.into_iter().next() {
            Some(Err(refusal)) => Err(Error::refused(refusal).at(UploadImage::LABEL)),
            _ => Ok(()),
        }
    }
}

struct Upload<'a> {
    http: &'a CityHttp,
    image: &'a ImageUpload,
    file: &'a ImageBody,
}

impl Exchange<Sztc, UploadImage> for Upload<'_> {
    type Reply = Vec<Outcome<Nothing>>;

    fn repeats_refused(_: Retry) -> bool {
        true
    }

    async fn send(
        &self,
        _: &dyn Transport<Code = BusinessCode>,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let form = Body::Form(form(self.image, self.file).await?);
        let call = Call::new(UploadImage::NAME, UploadImage::NAME, "", deadline);
        self.http.transport.send(&call, form).await
    }

    fn open(&self, answer: &Answer, deviations: &mut Deviations) -> Result<Self::Reply, Error> {
        read_reply::<UploadImage>(
            answer.text::<Sztc>()?,
            1,
            &self.http.core.caller.settings.dialect.read,
            deviations,
        )
    }

    fn is_token_refused(&self, outcome: &Result<Self::Reply, Error>) -> bool {
        is_token_refused(outcome)
    }
}

async fn form(image: &ImageUpload, file: &ImageBody) -> Result<reqwest::multipart::Form, Error> {
    let part = (file.0)().await.map_err(|cause| {
        Error::new(ErrorKind::Caller, Sent::No, "the image cannot be read").caused_by(cause)
    })?;
    let mut form = reqwest::multipart::Form::new();
    for (name, value) in image.fields() {
        form = form.text(name, value);
    }
    Ok(form.part("file", part.file_name(image.file_name.to_string())))
}
