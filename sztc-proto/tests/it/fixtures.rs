//! Every fixture of every interface: the conforming samples are exact in both directions; the
//! standard's own samples (Annex D) are read with exactly the deviations, and break exactly the
//! rules, that stand beside them in `expected/`.
use park_core::json::canonical::canonical;
use std::{collections::BTreeMap, fmt::Write, fs, path::Path};
use sztc_proto::{
    endpoint::*,
    envelope::{open_reply, open_request},
    model::*,
    *,
};

/// What reading one entry gave.
struct Read {
    written: String,
    violations: Violations,
}

/// The functions that read and check the two sides of an interface.
#[derive(Clone, Copy)]
struct Side {
    request: fn(&str, usize, &Rules, &mut Deviations) -> Result<Read, Violation>,
    reply: fn(&str, usize, &Rules, &mut Deviations) -> Result<Read, Violation>,
}

fn read<T: Model>(
    item: &str,
    index: usize,
    known: &'static [&'static str],
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Read, Violation> {
    let place = park_core::json::Place {
        item: Some(("data", index)),
        known,
    };
    let value: T = place.decode(item, rules, deviations)?;
    let mut violations = Violations::of_item("data", index);
    value.check(&mut violations);
    let written = encode(&value).expect("a model can be written");
    // What we write is read again as the same value, without a deviation.
    let (again, none): (T, _) =
        decode(&written, &Rules::strict()).unwrap_or_else(|problem| panic!("{written}: {problem}"));
    assert_eq!((&again, none.count()), (&value, 0), "{written}");
    Ok(Read {
        written,
        violations,
    })
}

fn request<E: Endpoint>(
    item: &str,
    index: usize,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Read, Violation> {
    let normalized = E::normalize(item, deviations);
    read::<E::Request>(
        normalized.as_deref().unwrap_or(item),
        index,
        &[],
        rules,
        deviations,
    )
}

fn reply<E: Endpoint>(
    item: &str,
    index: usize,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Read, Violation> {
    if E::SHAPE == Shape::Many {
        return read::<E::Reply>(&format!("[{item}]"), index, &[], rules, deviations);
    }
    read::<E::Reply>(item, index, &["code", "message"], rules, deviations)
}

#[derive(Default)]
struct Sides(BTreeMap<u16, Side>);

impl Visit for Sides {
    fn visit<E: Endpoint>(&mut self) {
        let side = Side {
            request: request::<E>,
            reply: reply::<E>,
        };
        assert!(self.0.insert(E::CODE, side).is_none(), "{}", E::LABEL);
    }
}

fn sides() -> BTreeMap<u16, Side> {
    let mut sides = Sides::default();
    each_session_interface(&mut sides);
    each_city_interface(&mut sides);
    each_partner_interface(&mut sides);
    sides.0
}

fn folder(name: &str) -> Vec<(u16, bool, String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name);
    let mut files: Vec<_> = fs::read_dir(path)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let (code, side) = name.split_once('.').expect("code.side");
            (
                code.parse().expect("a code"),
                side == "request",
                name.clone(),
                fs::read_to_string(&path).expect("UTF-8"),
            )
        })
        .collect();
    files.sort();
    files
}

#[test]
fn conforming_samples_are_exact_in_both_directions() {
    let sides = sides();
    let files = folder("samples");
    assert!(files.len() >= 86, "{}", files.len());
    for (code, is_request, name, text) in files {
        let side = sides[&code];
        let read = if is_request { side.request } else { side.reply };
        let mut deviations = Deviations::default();
        let mut strict = Rules::strict();
        strict.spellings = SPELLINGS.into();
        let read = read(&text, 0, &strict, &mut deviations)
            .unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert_eq!(read.violations.list(), [], "{name}");
        let written = read
            .written
            .strip_prefix('[')
            .and_then(|list| list.strip_suffix(']'))
            .unwrap_or(&read.written);
        assert_eq!(canonical(written), canonical(&text), "{name}");
        assert!(deviations.is_empty(), "{name}");
    }
}

#[test]
fn the_samples_of_annex_d_are_read_with_the_expected_deviations() {
    let sides = sides();
    let rules = Dialect::default().read;
    let notes = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("SPEC-NOTES.md"))
        .expect("the notes are there");
    let files = folder("annex-d");
    assert_eq!(files.len(), 89);
    for (code, is_request, name, text) in files {
        let mut deviations = Deviations::default();
        let items: Vec<&str> = if is_request {
            open_request(&text, &rules, &mut deviations)
                .expect(&name)
                .items
        } else {
            open_reply(&text, &rules, &mut deviations)
                .expect(&name)
                .items
        };
        let side = sides[&code];
        let read = if is_request { side.request } else { side.reply };
        let mut found = String::new();
        let mut broken = Vec::new();
        let mut written = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match read(item, index, &rules, &mut deviations) {
                Ok(read) => {
                    written.push(read.written);
                    broken.extend_from_slice(read.violations.list());
                }
                Err(violation) => broken.push(violation),
            }
        }
        for deviation in deviations.list() {
            let _ = writeln!(found, "tolerated {:?} {}", deviation.kind, deviation.path);
        }
        for violation in &broken {
            let _ = writeln!(found, "broken    {violation}");
            let field = violation.path.rsplit('.').next().expect("a path");
            if std::env::var_os("UPDATE_EXPECTED").is_none() {
                assert!(
                    notes.contains(field),
                    "{name}: SPEC-NOTES.md does not tell of {field}"
                );
            }
        }
        for item in written {
            let _ = writeln!(found, "written   {item}");
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/annex-d/expected")
            .join(format!("{name}.txt"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&path, &found).expect("writable");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn the_known_slips_of_annex_d_are_waived_and_noted() {
    let sides = sides();
    let rules = Dialect::default().waive(KNOWN_SLIPS).read;
    let of_slip = |path: &str| {
        KNOWN_SLIPS
            .iter()
            .any(|field| path.rsplit('.').next() == Some(field))
    };
    let mut waived = Vec::new();
    for (code, is_request, name, text) in folder("annex-d") {
        let mut deviations = Deviations::default();
        let items: Vec<&str> = if is_request {
            open_request(&text, &rules, &mut deviations)
                .expect(&name)
                .items
        } else {
            open_reply(&text, &rules, &mut deviations)
                .expect(&name)
                .items
        };
        let side = sides[&code];
        let read = if is_request { side.request } else { side.reply };
        for (index, item) in items.iter().enumerate() {
            // What cannot be read at all is told in `expected/`.
            let Ok(entry) = read(item, index, &rules, &mut deviations) else {
                continue;
            };
            let left = entry.violations.on_receipt(&rules, &mut deviations);
            assert!(
                left.iter().all(|violation| !of_slip(&violation.path)),
                "{name}: {left:?}"
            );
        }
        let noted = deviations
            .list()
            .iter()
            .filter(|deviation| deviation.kind == DeviationKind::WAIVED_LIMIT);
        waived.extend(noted.map(|deviation| format!("{name} {}", deviation.path)));
    }
    assert_eq!(
        waived,
        [
            "3001.request data[0].parkInfo.chargingStandard.permitNo",
            "3001.request data[0].parkInfo.districtCode",
            "3001.request data[0].parkInfo.operatorId",
            "3005.response data[0].permitNo",
            "3005.request data[0].permitNo",
            "9001.request data[0].districtCode",
        ]
    );
}

#[test]
fn strict_rules_refuse_the_samples_that_deviate() {
    let sides = sides();
    let strict = Dialect::strict().read;
    let mut refused = 0;
    for (code, is_request, name, text) in folder("annex-d") {
        let expected = fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("fixtures/annex-d/expected")
                .join(format!("{name}.txt")),
        )
        .expect(&name);
        let mut deviations = Deviations::default();
        let opened = if is_request {
            open_request(&text, &strict, &mut deviations).map(|envelope| envelope.items)
        } else {
            open_reply(&text, &strict, &mut deviations).map(|envelope| envelope.items)
        };
        let side = sides[&code];
        let outcome = opened.and_then(|items| {
            for (index, item) in items.iter().enumerate() {
                let read = if is_request { side.request } else { side.reply };
                read(item, index, &strict, &mut deviations)?;
            }
            Ok(())
        });
        if expected.contains("tolerated") {
            refused += 1;
            // Nesting is refused by the server, which mends; here the mended entry is read.
            let only_nesting = expected
                .lines()
                .filter(|line| line.starts_with("tolerated"))
                .all(|line| line.contains("Nesting"));
            let told = outcome.as_ref().map_err(ToString::to_string);
            assert!(only_nesting || told.is_err(), "{name}: {told:?}");
        }
    }
    assert!(refused > 80, "{refused}");
}

#[test]
fn a_spelling_that_holds_for_one_type_names_a_model() {
    let known = [<Invoice as Check>::OWNER];
    for spelling in SPELLINGS
        .iter()
        .filter(|spelling| !spelling.owner.is_empty())
    {
        assert!(known.contains(&&*spelling.owner), "{spelling:?}");
    }
    #[cfg(feature = "charging")]
    {
        use sztc_proto::charging::{CarOrder, StationPushReply, dialect, evcs};
        let known = [
            <CarOrder as Check>::OWNER,
            <StationPushReply as Check>::OWNER,
        ];
        let read = dialect().read.spellings;
        let own: Vec<_> = read
            .iter()
            .filter(|spelling| !evcs::SPELLINGS.contains(spelling))
            .collect();
        assert_eq!(
            own.iter()
                .map(|spelling| &*spelling.owner)
                .collect::<Vec<_>>(),
            known
        );
    }
}
