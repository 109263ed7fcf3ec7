//! 2001: the multipart form, as D.8 prints it and as it should not be.
use super::peer::*;
use crate::common::*;
use sztc_proto::*;

/// A form, part by part: name, file name, value.
#[derive(Clone)]
pub(super) struct Form(Vec<(&'static str, Option<&'static str>, Vec<u8>)>);

const PATH: &str = "/20230301/44030400100101000010/581fba5ae28431e275ea3aa4f676fc68/";

impl Form {
    /// The fields of Table 42, then the file.
    pub(super) fn table() -> Self {
        let mut form: Vec<_> = [
            ("fileName", "entry.jpg"),
            ("imageBizType", "1"),
            ("destPath", PATH),
            ("timestamp", "1677628800"),
            ("pickTime", "1677628799"),
        ]
        .into_iter()
        .map(|(name, value)| (name, None, value.into()))
        .collect();
        form.push(("file", Some("entry.jpg"), b"a picture".repeat(100)));
        Self(form)
    }

    fn set(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.0
            .iter_mut()
            .find(|part| part.0 == name)
            .expect("a part")
            .2 = value.into();
        self
    }

    fn rename(mut self, name: &str, other: &'static str) -> Self {
        self.0
            .iter_mut()
            .find(|part| part.0 == name)
            .expect("a part")
            .0 = other;
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.0.retain(|part| part.0 != name);
        self
    }

    fn and(mut self, name: &'static str, value: &str) -> Self {
        self.0.insert(0, (name, None, value.into()));
        self
    }

    fn file_first(mut self) -> Self {
        self.0.rotate_right(1);
        self
    }

    fn body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, file, value) in &self.0 {
            body.extend(
                format!("-----62357397344593\r\nContent-Disposition: form-data; name=\"{name}\"")
                    .bytes(),
            );
            if let Some(file) = file {
                body.extend(
                    format!("; filename=\"{file}\"\r\nContent-Type: application/octet-stream")
                        .bytes(),
                );
            }
            body.extend(b"\r\n\r\n");
            body.extend(value);
            body.extend(b"\r\n");
        }
        body.extend(b"-----62357397344593--\r\n");
        body
    }

    pub(super) async fn post(&self, peer: &Peer) -> Reply {
        peer.send(
            "2001",
            peer.bearer(),
            "multipart/form-data;boundary=---62357397344593",
            self.body(),
        )
        .await
    }
}

#[tokio::test]
async fn forms_are_read_as_peers_write_them() {
    let mut no_use = Form::table()
        .file_first()
        .rename("fileName", "filename")
        .set("pickTime", "2018-01-01 01:01:01");
    no_use.0[0].1 = Some("no_use");
    let table = Form::table;
    let cases = [
        ("Table 42", table(), DONE, &[][..]),
        (
            "D.8",
            no_use,
            DONE,
            &[
                DeviationKind::KEY_STYLE,
                DeviationKind::DATE_TIME_FOR_TIMESTAMP,
            ],
        ),
        ("file first", table().file_first(), DONE, &[]),
        (
            "filename",
            table().rename("fileName", "filename"),
            DONE,
            &[DeviationKind::KEY_STYLE],
        ),
        (
            "a time for seconds",
            table().set("pickTime", "2018-01-01 01:01:01"),
            DONE,
            &[DeviationKind::DATE_TIME_FOR_TIMESTAMP],
        ),
        (
            "a field too many",
            table().and("colour", "red"),
            DONE,
            &[DeviationKind::UNKNOWN_FIELD],
        ),
        (
            "an unknown type",
            table().set("imageBizType", "77"),
            DONE,
            &[DeviationKind::UNKNOWN_CODE],
        ),
        (
            "no file name",
            table().without("fileName"),
            refused(1000, "fileName: required"),
            &[],
        ),
        (
            "no time",
            table().without("pickTime"),
            refused(1000, "pickTime: required"),
            &[],
        ),
        (
            "no file",
            table().without("file"),
            refused(1000, "file: required"),
            &[],
        ),
        (
            "nothing",
            Form(vec![]),
            refused(1000, "file: required"),
            &[],
        ),
        (
            "a field twice",
            table().and("destPath", PATH),
            refused(1000, "destPath: stands twice"),
            &[],
        ),
        (
            "type is text",
            table().set("imageBizType", "plate"),
            refused(1005, "imageBizType: expected"),
            &[],
        ),
        (
            "another path",
            table().set("destPath", "/../../etc/passwd/"),
            refused(1007, "destPath: out of range"),
            &[],
        ),
        (
            "an empty path",
            table().set("destPath", ""),
            refused(1000, "destPath: required"),
            &[],
        ),
        (
            "not UTF-8",
            table().set("fileName", [0xff]),
            refused(1000, "not UTF-8"),
            &[],
        ),
        (
            "a long field",
            table().set("destPath", "x".repeat(8 * 1024 + 1)),
            refused(1004, "too long"),
            &[],
        ),
        (
            "a quote in a name",
            table().and("a\\\"b", "1"),
            DONE,
            &[DeviationKind::UNKNOWN_FIELD],
        ),
        (
            "two files",
            Form([table().file_first().0, table().0].concat()),
            refused(1000, "stands twice"),
            &[],
        ),
        (
            "10 MB",
            table().set("file", vec![0; 10 * 1024 * 1024]),
            DONE,
            &[],
        ),
        (
            "11 MB",
            table().set("file", vec![0; 11 * 1024 * 1024]),
            refused(1004, "form"),
            &[],
        ),
        (
            "11 MB first",
            table().set("file", vec![0; 11 * 1024 * 1024]).file_first(),
            refused(1004, "form"),
            &[],
        ),
        (
            "9 MB for a wrong path",
            table()
                .set("file", vec![0; 9 * 1024 * 1024])
                .set("destPath", "x"),
            refused(1007, "destPath"),
            &[],
        ),
    ];
    for dialect in [Dialect::default(), Dialect::strict()] {
        let strict = dialect.read.strictness == Strictness::Strict;
        let seen = Told::default();
        let peer = Peer::of_city(
            CityRouter::new(Tolerant::default(), accounts()).options(options(dialect, &seen)),
        )
        .await;
        for (name, form, expected, deviations) in &cases {
            let reply = form.post(&peer).await;
            let told: Vec<DeviationKind> =
                seen.take().into_iter().map(|(_, kind, _)| kind).collect();
            match deviations {
                [DeviationKind::UNKNOWN_CODE] if strict => reply.is(refused(1007, "imageBizType")),
                [_, ..] if strict => reply.is(refused(1005, "reading strictly")),
                _ => reply.is(*expected),
            }
            let mut expected = if strict { vec![] } else { deviations.to_vec() };
            let mut told = told;
            expected.sort();
            told.sort();
            assert_eq!(told, expected, "{name}");
            peer.post("5010", peer.bearer(), sealed(r#"[{"plateNo":"1"}]"#))
                .await
                .is(DONE);
        }
    }
}

#[tokio::test]
async fn what_is_no_form_is_told_so() {
    let peer = Peer::of_city(
        CityRouter::new(Tolerant::default(), accounts())
            .options(options(Dialect::default(), &Told::default())),
    )
    .await;
    let whole = Form::table().body();
    for (kind, body, code) in [
        ("application/json", b"{}".to_vec(), 1005),
        ("multipart/form-data", whole.clone(), 1005),
        ("multipart/form-data;boundary=other", whole.clone(), 1000),
        (
            "multipart/form-data;boundary=---62357397344593",
            whole[..whole.len() / 3].to_vec(),
            1000,
        ),
        (
            "multipart/form-data;boundary=---62357397344593",
            whole[..whole.len() - 40].to_vec(),
            1000,
        ),
        (
            "multipart/form-data;boundary=---62357397344593",
            vec![],
            1000,
        ),
    ] {
        let reply = peer.send("2001", peer.bearer(), kind, body).await;
        reply.is(refused(code, ""));
        peer.post("5010", peer.bearer(), sealed(r#"[{"plateNo":"1"}]"#))
            .await
            .is(DONE);
    }
}
