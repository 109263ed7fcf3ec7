//! 2001: a multipart form, received as it arrives.
use super::CityRouter;
use crate::{
    Ctx, ImageStream, Refusal,
    code::BusinessCode,
    endpoint::{Numbered, UploadImage},
    model::ImageUpload,
    service::{NextPiece, refuse},
};
use axum::{
    extract::{FromRequest, Multipart, Request, multipart::Field},
    http::StatusCode,
};
use park_core::{BoxFuture, Endpoint, Rule, Violation, Violations, message::checked};

/// The fields of a form are short; whoever sends longer ones is not describing an image.
const FIELD_LIMIT: usize = 8 * 1024;

impl CityRouter {
    pub(super) async fn receive(&self, mut cx: Ctx, request: Request) -> Result<(), Refusal> {
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|problem| {
                Refusal::new(
                    BusinessCode::WRONG_TYPE,
                    format!("2001 is a multipart form: {}", problem.body_text()),
                )
            })?;
        let mut fields = Vec::new();
        let mut early = None;
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name != "file" {
                fields.push((name, short(field).await?));
            } else if early.is_some() {
                return Err(refuse(
                    &[Violation::new("file", Rule::Duplicate)],
                    UploadImage::CODE,
                ));
            } else if described(&fields) {
                let image = self.image(&mut cx, fields)?;
                return self
                    .service
                    .upload(cx, image, ImageStream::stream(Pieces(field)))
                    .await;
            } else {
                // D.8 prints the file first: it has to be kept until its description comes.
                early = Some(field.bytes().await.map_err(broken)?);
            }
        }
        let file = early.ok_or_else(|| {
            Refusal::new(BusinessCode::MALFORMED_CODE, "file: required, but absent")
        })?;
        let image = self.image(&mut cx, fields)?;
        self.service
            .upload(cx, image, ImageStream::memory(file))
            .await
    }

    fn image(&self, cx: &mut Ctx, fields: Vec<(String, String)>) -> Result<ImageUpload, Refusal> {
        let broken = |violation| refuse(&[violation], UploadImage::CODE);
        let (image, deviations) = ImageUpload::from_fields(fields.into_iter()).map_err(broken)?;
        cx.deviations.append(deviations);
        let dialect = cx.dialect.clone();
        dialect
            .read
            .tolerate_noted(&cx.deviations)
            .map_err(broken)?;
        let image = checked(
            image,
            Violations::default(),
            &dialect.read,
            &mut cx.deviations,
        );
        let image = image.map_err(|violations| refuse(&violations, UploadImage::CODE))?;
        cx.report(UploadImage::LABEL);
        Ok(image)
    }
}

/// Whether the fields that have come describe the image, so that the file can be handed on as it
/// arrives.
fn described(fields: &[(String, String)]) -> bool {
    ["imageBizType", "destPath", "timestamp", "pickTime"]
        .iter()
        .all(|name| fields.iter().any(|(field, _)| field == name))
        && fields
            .iter()
            .any(|(field, _)| field.eq_ignore_ascii_case("fileName"))
}

async fn short(mut field: Field<'_>) -> Result<String, Refusal> {
    let mut value = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        if value.len() + piece.len() > FIELD_LIMIT {
            return Err(Refusal::new(
                BusinessCode::TOO_LONG,
                "a field of the form is too long",
            ));
        }
        value.extend_from_slice(&piece);
    }
    String::from_utf8(value).map_err(|_| {
        Refusal::new(
            BusinessCode::MALFORMED_CODE,
            "a field of the form is not UTF-8",
        )
    })
}

fn broken(problem: axum::extract::multipart::MultipartError) -> Refusal {
    let code = match problem.status() {
        StatusCode::PAYLOAD_TOO_LARGE => BusinessCode::TOO_LONG,
        _ => BusinessCode::MALFORMED_CODE,
    };
    Refusal::new(
        code,
        format!("the form cannot be read: {}", problem.body_text()),
    )
}

struct Pieces<'a>(Field<'a>);

impl NextPiece for Pieces<'_> {
    fn next_piece(&mut self) -> BoxFuture<'_, Result<Option<bytes::Bytes>, Refusal>> {
        Box::pin(async { self.0.chunk().await.map_err(broken) })
    }
}
