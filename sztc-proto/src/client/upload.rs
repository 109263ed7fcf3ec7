use super::{
    CityHttp,
    call::{is_token_refused, traced},
    http::unsent,
    line::HTTPS,
};
use crate::{Endpoint, Error, ImageUpload, UploadImage};
use park_core::{BoxFuture, Check, ErrorKind, Sent, Violations, client::Body};
use std::{fmt, path::PathBuf, sync::Arc, time::Instant};

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

impl CityHttp {
    /// Uploads an image (图片上传接口, 2001) as a multipart form, which is not signed. The fields go before the file, so that the platform can store
    /// it as it arrives. It has [`upload_deadline`](super::CityHttpBuilder::upload_deadline) to be answered.
    ///
    /// # Errors
    /// As every call; a file that cannot be read is the caller's.
    pub async fn upload_image(&self, image: &ImageUpload, file: &ImageBody) -> Result<(), Error> {
        traced::<UploadImage, _>(&self.client.core.peer, HTTPS, 1, self.upload(image, file)).await
    }

    async fn upload(&self, image: &ImageUpload, file: &ImageBody) -> Result<(), Error> {
        let core = &self.client.core;
        let mut violations = Violations::default();
        image.check(&mut violations);
        let violations = violations.to_send(&core.dialect.write.waived);
        if !violations.is_empty() {
            return Err(Error::invalid(ErrorKind::Caller, Sent::No, violations));
        }
        let deadline = Instant::now() + self.upload_deadline;
        let mut grant = self.tokens.get(deadline).await.map_err(unsent)?;
        let mut renewed = false;
        let outcome = loop {
            let form = Body::Form(form(image, file).await?);
            let text = self.line.post(UploadImage::CODE, form, Some(&grant.token), deadline).await;
            let outcome = text.and_then(|text| core.read::<UploadImage>(&text, 1));
            if renewed || !is_token_refused(&outcome) {
                break outcome?;
            }
            renewed = true;
            grant = self.tokens.renew(grant.number, deadline).await.map_err(unsent)?;
        };
        // A reply without entries is the success; one entry without a code is one too.
        match outcome.into_iter().next() {
            Some(Err(refusal)) => Err(Error::refused(refusal)),
            _ => Ok(()),
        }
    }
}

async fn form(image: &ImageUpload, file: &ImageBody) -> Result<reqwest::multipart::Form, Error> {
    let part = (file.0)()
        .await
        .map_err(|cause| Error::new(ErrorKind::Caller, Sent::No, "the image cannot be read").caused_by(cause))?;
    let mut form = reqwest::multipart::Form::new();
    for (name, value) in image.fields() {
        form = form.text(name, value);
    }
    Ok(form.part("file", part.file_name(image.file_name.to_string())))
}
