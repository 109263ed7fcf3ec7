//! What a message is and what every field of it means.
mod envelope;
mod fields;
mod fit;
mod http;
mod message;
mod multipart;
mod sealed;
mod show;
mod told;
mod units;
mod whole;

pub use fields::Field;
pub use fit::Fit;
pub use message::{Item, Message, Sealed, Way};
pub use sealed::Opener;

use crate::{
    fault::Fault,
    registry::{self, Interface},
};

/// Something found in a message.
#[derive(Debug)]
pub struct Finding {
    /// Where, in wire names.
    pub path: String,
    /// Its name, for a deviation.
    pub kind: Option<String>,
    /// What it is.
    pub what: String,
}

/// Everything that is said of a message.
#[derive(Debug)]
pub struct Explanation {
    /// What it was told to be.
    pub message: Message,
    /// The interfaces that fit best, with the side that it is.
    pub fits: Vec<Fit>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The JSON of each data item as it was read: decrypted where it was sealed.
    pub plain: Vec<String>,
}

impl Explanation {
    /// The interface that fits best.
    pub fn interface(&self) -> Option<&'static Interface> {
        self.fits.first().map(|fit| fit.interface)
    }

    /// As one JSON object.
    pub fn json(&self) -> serde_json::Value {
        show::json(self)
    }

    /// As lines.
    pub fn text(&self) -> String {
        show::text(self)
    }
}

/// Tells what `bytes` are, opens what `opener` has the keys for, and explains it as one of the
/// interfaces that are `wanted`, without any as one of all.
///
/// # Errors
/// They are nothing that any of the protocols sends.
pub fn read(
    bytes: &[u8],
    wanted: &[&'static Interface],
    opener: &Opener,
) -> Result<Explanation, Fault> {
    let mut message = told::apart(bytes)?;
    opener.open(&mut message);
    match wanted {
        [] => explain(message, &registry::all().iter().collect::<Vec<_>>()),
        [only] => {
            // The line does not say what it answers, but the caller does.
            if message.answers {
                message.interface = Some(only.name.to_owned());
            }
            explain(message, wanted)
        }
        _ => explain(message, wanted),
    }
}

/// Finds the interface of a message, explains its fields and reads it by the document's rules.
fn explain(mut message: Message, wanted: &[&'static Interface]) -> Result<Explanation, Fault> {
    let fits = fit::best(&message, wanted);
    let mut fields = std::mem::take(&mut message.envelope);
    let items = std::mem::take(&mut message.items);
    match fits.first() {
        Some(fit) => {
            message.protocol.get_or_insert(fit.interface.protocol);
            message.way.get_or_insert(fit.way);
            for item in &items {
                fields.extend(explain_item(item, fit, &mut message));
            }
        }
        None if !items.is_empty() && message.protocol.is_none() => {
            return Err(Fault::bad(
                "no interface of the five protocols has these fields",
            ));
        }
        None => {
            if !items.is_empty() {
                message.note("no interface in question has these fields");
            }
        }
    }
    let plain = items.into_iter().map(|item| item.json).collect();
    Ok(Explanation {
        message,
        fits,
        fields,
        plain,
    })
}

fn explain_item(item: &Item, fit: &Fit, message: &mut Message) -> Vec<Field> {
    let at = |path: &str| match (
        item.path.is_empty(),
        path.is_empty() || path.starts_with('['),
    ) {
        (true, _) => path.to_owned(),
        (_, true) => format!("{}{path}", item.path),
        _ => format!("{}.{path}", item.path),
    };
    let side = fit.side();
    let mut reading = whole::read(side, &item.json);
    if message.texts {
        reading = registry::of_texts(reading);
    }
    for found in reading.deviations {
        message.deviates(at(&found.path), found.kind);
    }
    for found in reading.violations {
        message.breaks(at(&found.path), found.rule);
    }
    let normalized = (side.normalize)(&item.json);
    fields::of(
        normalized.as_deref().unwrap_or(&item.json),
        side.schema(),
        &item.path,
        fit.interface.about,
    )
}

impl Way {
    /// `request` or `reply`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Reply => "reply",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn explained(bytes: &[u8]) -> Result<Explanation, Fault> {
        read(bytes, &[], &Opener::default())
    }

    /// Both forms of an explanation tell the same fields and findings; a finding lies in a field
    /// that is there, or in the message; a refusal says why.
    fn is_explained_or_refused(bytes: &[u8]) -> Result<(), TestCaseError> {
        let told = match explained(bytes) {
            Ok(told) => told,
            Err(fault) => {
                prop_assert!(!fault.to_string().is_empty());
                return Ok(());
            }
        };
        let (json, text) = (told.json(), told.text());
        prop_assert_eq!(
            json["fields"].as_array().map(Vec::len),
            Some(told.fields.len())
        );
        for field in &told.fields {
            prop_assert!(
                text.contains(&format!("  {} = {}", field.path, field.value)),
                "{} is not in {}",
                field.path,
                text
            );
        }
        // A finding names a member as it was escaped.
        let escaped = |path: &str| {
            serde_json::Value::from(path)
                .to_string()
                .trim_matches('"')
                .to_owned()
        };
        let paths: Vec<String> = told
            .fields
            .iter()
            .flat_map(|field| [field.path.clone(), escaped(&field.path)])
            .collect();
        for (name, findings) in [
            ("violations", &told.message.violations),
            ("deviations", &told.message.deviations),
        ] {
            prop_assert_eq!(json[name].as_array().map(Vec::len), Some(findings.len()));
            for found in findings {
                let parent = found
                    .path
                    .rsplit_once(['.', '['])
                    .map_or("", |(parent, _)| parent);
                let there = parent.is_empty() || paths.iter().any(|path| path.starts_with(parent));
                prop_assert!(there, "{} is not in {}", found.path, text);
                prop_assert!(
                    text.contains(&found.what),
                    "{} is not in {}",
                    found.what,
                    text
                );
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn any_bytes_are_explained_or_refused(bytes: Vec<u8>) {
            is_explained_or_refused(&bytes)?;
        }

        #[test]
        fn any_members_are_explained_or_refused(
            names in proptest::collection::vec("timestamp|sign|data|Data|Ret|Sig|OperatorID|resCode|resultCode|id|plateNo|Status|ParkChargeResult|[a-z]{1,3}", 0..5),
            value in r#"[0-9]{1,20}|"[a-z0-9粤]{0,9}"|null|true|\[\]|\{\}|\[[0-9]\]|\{"code":[0-9]\}|\[\{"code":3002\}\]|\{"id":"1"\}"#,
        ) {
            let members: Vec<String> =
                names.iter().map(|name| format!("\"{name}\":{value}")).collect();
            let text = format!("{{{}}}", members.join(","));
            is_explained_or_refused(text.as_bytes())?;
        }

        #[test]
        fn any_http_is_explained_or_refused(
            start in "HTTP/1.1 [0-9]{3}|POST /2001 HTTP/1.1",
            headers in proptest::collection::vec("transfer-encoding: chunked|content-type: \
                multipart/form-data; boundary=-?|content-[a-z]{1,9}: [a-z;=]{0,9}", 0..3),
            end in "(\r?\n){0,3}",
            body in proptest::collection::vec("---?(\r\n)?|Content-Disposition: form-data; \
                name=[a\"]{0,3}|[0-9a-f]{1,20}(\r\n)?|\r\n|[{}\\[\\]\":]", 0..9),
            bytes: Vec<u8>,
        ) {
            let text = format!("{start}\r\n{}{end}{}",
                headers.iter().map(|header| format!("{header}\r\n")).collect::<String>(),
                body.concat());
            is_explained_or_refused(text.as_bytes())?;
            is_explained_or_refused(&[text.as_bytes(), &bytes].concat())?;
        }

        #[test]
        fn any_form_is_explained_or_refused(text in "[a-zA-Z]{0,9}(=[%a-f0-9+]{0,6}&?){0,4}") {
            is_explained_or_refused(text.as_bytes())?;
        }
    }

    #[test]
    fn depth_is_no_danger() {
        let deep = format!(
            "{{\"data\":{}1{}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        is_explained_or_refused(deep.as_bytes()).expect("an array");
        let deep = format!("{}1{}", "{\"data\":".repeat(100), "}".repeat(100));
        is_explained_or_refused(deep.as_bytes()).expect("an object");
    }

    #[test]
    fn the_keys_that_fit_open_a_message() {
        let keys = |sig: &str| {
            evcs_proto::Keys::new("", "1234567890abcdef", "1234567890abcdef", sig).expect("keys")
        };
        let plain = r#"{"Total":0,"StationStatusInfos":[]}"#;
        let reply = evcs_proto::envelope::seal_reply(
            Some(&keys("b")),
            evcs_proto::code::Ret::OK,
            "",
            Some(plain),
            evcs_proto::envelope::Form::default(),
        );
        let both = Opener::default().evcs(keys("a")).evcs(keys("b"));
        let told = read(reply.as_bytes(), &[], &both).expect("it fits an interface");
        assert!(
            told.plain == [plain]
                && told.message.violations.is_empty()
                && told.message.notes.is_empty()
        );
        let told = read(
            reply.as_bytes(),
            &[],
            &Opener::default().evcs(keys("a")).evcs(keys("c")),
        )
        .expect("it is told");
        assert!(told.plain.is_empty() && told.interface().is_none());
        assert_eq!(
            (
                told.message.violations[0].path.as_str(),
                told.message.notes.len()
            ),
            ("Sig", 1)
        );

        let sealed = r#"{"data":"0edFaLw+X+9J2LHbzKQa0zo3RGmHII0JXoSLu19d+/pvYydg1qZV5A=="}"#;
        let [wrong, right] = ["123456789012345678901234", "693207DB8148FBC9D8410179"]
            .map(|key| kt_proto::Keys::new(key).expect("a key"));
        let told = read(
            sealed.as_bytes(),
            &[],
            &Opener::default().kt(wrong.clone()).kt(right),
        )
        .expect("it fits an interface");
        assert!(told.plain[0].contains("京A11113") && told.message.violations.is_empty());
        let told = read(sealed.as_bytes(), &[], &Opener::default().kt(wrong)).expect("it is told");
        assert!(
            told.plain.is_empty()
                && told.message.violations.len() == 1
                && told.text().contains("--key")
        );
    }

    #[test]
    fn what_was_read_is_kept() {
        let told = read(
            br#"[{"plateNo":"1","parkCode":20.00}]"#,
            &[],
            &Opener::default(),
        )
        .expect("it fits an interface");
        assert_eq!(told.plain, [r#"{"plateNo":"1","parkCode":20.00}"#]);
        assert!(told.interface().is_some() && told.json()["plain"].is_null());
    }
}
