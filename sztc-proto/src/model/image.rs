use crate::code::ImageKind;
use park_core::{
    AnyText, Date, DeviationKind, Deviations, Rule, Rules, Text, Timestamp, Violation, Violations,
    check, json,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Request of 2001: a picture of a car coming in or going out (图片上传), Table 42, apart from the
/// picture itself (文件, file).
///
/// It is sent as a multipart form, not as JSON: [`fields`](Self::fields) and
/// [`from_fields`](Self::from_fields) are its two ways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImageUpload {
    /// File name (文件名).
    pub file_name: AnyText,
    /// What the picture shows (图片业务类型).
    pub image_biz_type: ImageKind,
    /// Where the city platform keeps it (目标路径), of the form of [`DestPath`].
    pub dest_path: AnyText,
    /// When the request is made (时间戳), seconds.
    pub timestamp: Timestamp,
    /// When the picture was taken (采集时间), seconds.
    pub pick_time: Timestamp,
}

check!(ImageUpload {
    file_name "fileName", image_biz_type "imageBizType", dest_path "destPath",
    timestamp "timestamp", pick_time "pickTime",
}; dest_path_form);

fn dest_path_form(upload: &ImageUpload, v: &mut Violations) {
    if !upload.dest_path.is_empty() && upload.dest_path.parse::<DestPath>().is_err() {
        v.add_at(
            "destPath",
            Rule::Range {
                expected: DestPath::FORM,
            },
        );
    }
}

impl ImageUpload {
    /// The fields of the form in the order of Table 42, without the file.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("fileName", self.file_name.to_string()),
            ("imageBizType", self.image_biz_type.0.to_string()),
            ("destPath", self.dest_path.to_string()),
            ("timestamp", self.timestamp.to_string()),
            ("pickTime", self.pick_time.to_string()),
        ]
    }

    /// Reads the fields of a form, in any order. What peers write otherwise (`filename`, a date and
    /// time for `pickTime`, unknown fields) is tolerated and noted.
    ///
    /// # Errors
    /// The first field that is absent, stands twice or cannot be read.
    pub fn from_fields(
        fields: impl Iterator<Item = (String, String)>,
    ) -> Result<(Self, Deviations), Violation> {
        let members: Vec<String> = fields
            .map(|(name, value)| format!("{}:{}", quoted(&name), quoted(&value)))
            .collect();
        let (upload, found) =
            json::decode(&format!("{{{}}}", members.join(",")), &Rules::default())?;
        let mut deviations = Deviations::default();
        // In a form every value is text, numbers too.
        for deviation in found
            .list()
            .iter()
            .filter(|deviation| deviation.kind != DeviationKind::TEXT_FOR_NUMBER)
        {
            deviations.note(deviation.kind, || deviation.path.clone());
        }
        Ok((upload, deviations))
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Where the city platform keeps a picture (目标路径, destPath), Table 42:
/// `/yyyyMMdd/parkCode/garageCode/recordId/`.
///
/// The document has no form for a lot without a mechanical garage; here the garage's part is then
/// left out: `/yyyyMMdd/parkCode/recordId/`.
///
/// ```
/// use sztc_proto::model::DestPath;
///
/// let path: DestPath = "/20230301/44030400100101000010/581fba5ae28431e275ea3aa4f676fc68/".parse()?;
/// assert_eq!(path.garage_code, None);
/// # Ok::<(), sztc_proto::Violation>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DestPath {
    /// Day of the picture (年月日).
    pub date: Date,
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Garage code (车库编号). Absent: no mechanical garage.
    pub garage_code: Option<Text<22>>,
    /// Id of the parking record that the picture belongs to (停车记录ID).
    pub record_id: Text<32>,
}

impl DestPath {
    const FORM: &str =
        "/yyyyMMdd/parkCode/garageCode/recordId/, the garage's part only where there is one";
}

impl fmt::Display for DestPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "/{}/{}/",
            self.date.naive().format("%Y%m%d"),
            self.park_code
        )?;
        if let Some(garage_code) = &self.garage_code {
            write!(f, "{garage_code}/")?;
        }
        write!(f, "{}/", self.record_id)
    }
}

impl From<DestPath> for String {
    fn from(path: DestPath) -> Self {
        path.to_string()
    }
}

/// Reads a path; its first and last slash may be missing.
impl FromStr for DestPath {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        let text = text.strip_prefix('/').unwrap_or(text);
        let parts: Vec<&str> = text.strip_suffix('/').unwrap_or(text).split('/').collect();
        let (date, park_code, garage_code, record_id) = match parts[..] {
            [date, park_code, record_id] => (date, park_code, None, record_id),
            [date, park_code, garage_code, record_id] => {
                (date, park_code, Some(garage_code), record_id)
            }
            _ => return Err(Self::wrong()),
        };
        // Peers' paths end up in file systems: `..` and the like are no codes.
        if !parts.iter().all(|part| is_name(part)) {
            return Err(Self::wrong());
        }
        Ok(Self {
            date: day(date).ok_or_else(Self::wrong)?,
            park_code: park_code.into(),
            garage_code: garage_code.map(Into::into),
            record_id: record_id.into(),
        })
    }
}

impl DestPath {
    fn wrong() -> Violation {
        Violation::new(
            "destPath",
            Rule::Range {
                expected: Self::FORM,
            },
        )
    }
}

fn is_name(part: &str) -> bool {
    !part.is_empty()
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn day(digits: &str) -> Option<Date> {
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..])
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Check, Deviation};

    const RECORD: &str = "581fba5ae28431e275ea3aa4f676fc68";

    fn upload() -> ImageUpload {
        let dest_path = DestPath {
            date: "2023-03-01".parse().expect("a day"),
            park_code: "44030400100101000010".into(),
            garage_code: Some("4403040010010100001001".into()),
            record_id: RECORD.into(),
        };
        ImageUpload {
            file_name: "入场.jpg".into(),
            image_biz_type: ImageKind::ENTRY_PLATE,
            dest_path: dest_path.into(),
            timestamp: Timestamp::from_seconds(1_677_629_731),
            pick_time: Timestamp::from_seconds(1_677_629_730),
        }
    }

    fn read(fields: Vec<(&str, String)>) -> Result<(ImageUpload, Deviations), Violation> {
        ImageUpload::from_fields(
            fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        )
    }

    #[test]
    fn a_form_is_read_as_it_was_written() {
        let fields = upload().fields();
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names,
            [
                "fileName",
                "imageBizType",
                "destPath",
                "timestamp",
                "pickTime"
            ]
        );
        let (read, deviations) = read(fields).expect("all fields");
        assert_eq!((read, deviations.is_empty()), (upload(), true));
    }

    #[test]
    fn what_peers_write_otherwise_is_read_and_named() {
        let mut fields = upload().fields();
        fields[0].0 = "filename";
        fields[4].1 = "2023-03-01 08:15:30".to_owned();
        fields.push(("na\"me", "v\n".to_owned()));
        let (read, deviations) = read(fields).expect("all fields");
        assert_eq!(read, upload());
        assert_eq!(
            deviations.list()[..2],
            [
                Deviation::new(DeviationKind::KEY_STYLE, "filename"),
                Deviation::new(DeviationKind::DATE_TIME_FOR_TIMESTAMP, "pickTime")
            ]
        );
        assert_eq!(deviations.list()[2].kind, DeviationKind::UNKNOWN_FIELD);
        assert_eq!(deviations.count(), 3);
    }

    #[test]
    fn a_form_that_cannot_be_read_names_the_field() {
        let mut fields = upload().fields();
        fields[1].1 = "plate".to_owned();
        assert_eq!(read(fields).expect_err("no number").path, "imageBizType");
        let mut fields = upload().fields();
        fields.pop();
        assert_eq!(read(fields), Err(Violation::new("pickTime", Rule::Missing)));
        let mut fields = upload().fields();
        fields.push(fields[2].clone());
        assert_eq!(
            read(fields),
            Err(Violation::new("destPath", Rule::Duplicate))
        );
    }

    #[test]
    fn a_path_has_the_document_s_form() {
        for (text, written) in [
            ("/20230301/4403/g1/r1/", Some("/20230301/4403/g1/r1/")),
            ("20230301/4403/g1/r1", Some("/20230301/4403/g1/r1/")),
            ("/20230301/4403/r1/", Some("/20230301/4403/r1/")),
            ("/2023-03-01/4403/r1/", None),
            ("/20230230/4403/r1/", None),
            ("/2023030粤/4403/r1/", None),
            ("/20230301/4403/", None),
            ("/20230301/4403/g1/r1/x/", None),
            ("//20230301/4403/r1/", None),
            ("/20230301/../r1/", None),
            ("/20230301/4403//r1/", None),
            ("/20230301/4403/r\\1/", None),
            ("", None),
        ] {
            let path = text.parse::<DestPath>().ok().map(|path| path.to_string());
            assert_eq!(path.as_deref(), written, "{text}");
        }
    }

    #[test]
    fn a_path_of_another_form_is_found() {
        for (path, broken) in [
            ("/20230301/4403/r1/", None),
            (
                "/img/r1/",
                Some(Rule::Range {
                    expected: DestPath::FORM,
                }),
            ),
            ("", Some(Rule::Missing)),
        ] {
            let upload = ImageUpload {
                dest_path: path.into(),
                ..upload()
            };
            let mut v = Violations::default();
            upload.check(&mut v);
            assert_eq!(
                v.list(),
                broken
                    .map(|rule| Violation::new("destPath", rule))
                    .as_slice(),
                "{path}"
            );
        }
    }
}
