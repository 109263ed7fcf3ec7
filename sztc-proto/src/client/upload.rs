use super::{CityHttp, call::traced, http::HTTPS};
use crate::{Dialect, Endpoint, Error, ImageUpload, UploadImage, client::read_reply};
use park_core::{Blame, BoxFuture, Check, Deviations, Sent, Violations, http::Body};
use std::{
    fmt,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

/// The file of an image upload, opened anew for each attempt so that it is streamed and never held in memory as a whole.
#[derive(Clone)]
pub struct ImageBody(Arc<dyn Fn() -> BoxFuture<'static, std::io::Result<reqwest::multipart::Part>> + Send + Sync>);

impl ImageBody {
    /// An image that is in memory already.
    pub fn memory(image: impl Into<bytes::Bytes>) -> Self {
        let image = image.into();
        Self(Arc::new(move || {
            let part = reqwest::multipart::Part::stream_with_length(image.clone(), image.len() as u64);
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
                Ok(reqwest::multipart::Part::stream_with_length(reqwest::Body::wrap_stream(stream), length))
            })
        }))
    }
}

impl fmt::Debug for ImageBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImageBody")
    }
}

/// An upload carries up to 10 MB over a booth's line: it may take longer than a call.
const UPLOAD_DEADLINE: Duration = Duration::from_secs(120);

impl CityHttp {
    /// Uploads an image (图片上传接口, 2001) as a multipart form, which is not signed. The fields go before the file, so that the platform can store
    /// it as it arrives.
    ///
    /// # Errors
    /// As every call; a file that cannot be read is the caller's.
    pub async fn upload_image(&self, image: &ImageUpload, file: &ImageBody) -> Result<(), Error> {
        traced::<UploadImage, _>("city", HTTPS, 1, self.upload(image, file)).await
    }

    async fn upload(&self, image: &ImageUpload, file: &ImageBody) -> Result<(), Error> {
        let mut violations = Violations::default();
        image.check(&mut violations);
        let violations = violations.to_send(&Dialect::default().write.waived);
        if !violations.is_empty() {
            return Err(Error::invalid(Blame::Caller, Sent::No, violations));
        }
        let form = async || {
            let part = (file.0)()
                .await
                .map_err(|cause| Error::new(Blame::Caller, Sent::No, "the image cannot be read").caused_by(cause))?;
            let part = part.file_name(image.file_name.to_string());
            let mut form = reqwest::multipart::Form::new();
            for (name, value) in image.fields() {
                form = form.text(name, value);
            }
            Ok(Body::Form(form.part("file", part)))
        };
        let text = self.post_form(UploadImage::CODE, form, Instant::now() + UPLOAD_DEADLINE).await?;
        // A reply without entries is the success; one entry without a code is one too.
        let outcome = read_reply::<UploadImage>(&text, 1, &Dialect::default().read, &mut Deviations::default())?.pop();
        match outcome {
            Some(Err(refusal)) => Err(Error::refused(refusal)),
            _ => Ok(()),
        }
    }
}
