//! The tolerant decoder against plain serde_json over the same types, and the encoder against the
//! decoder.
#![no_main]
use libfuzzer_sys::fuzz_target;
use park_core::{Deviations, Rule, Rules, json};
use std::collections::BTreeSet;
use sztc_proto::model::{GarageReport, Invoice, LotReport, Model, ParkingRecord, SharedParking};

fuzz_target!(|text: &str| {
    laws::<LotReport>(text);
    laws::<ParkingRecord>(text);
    laws::<SharedParking>(text);
    laws::<GarageReport>(text);
    laws::<Invoice>(text);
});

fn laws<T: Model>(text: &str) {
    let strict = json::decode::<T>(text, &Rules::strict());
    let tolerant = json::decode::<T>(text, &Rules::default());
    let plain = serde_json::from_str::<T>(text);

    if let Ok((value, deviations)) = &strict {
        assert!(deviations.is_empty(), "strict reading tolerates nothing");
        same(
            value,
            &tolerant.as_ref().expect("tolerant reading accepts more").0,
        );
        match &plain {
            Ok(plain) => same(value, plain),
            // For serde_json, -0 is no integer.
            Err(problem) => assert!(
                text.contains("-0"),
                "serde_json accepts what is exact: {problem}"
            ),
        }
    }
    if let Ok((value, deviations)) = &tolerant {
        assert_eq!(
            deviations.is_empty(),
            strict.is_ok(),
            "what strict reading refuses has a name: {:?}",
            deviations.list()
        );
        let written = json::encode(value).expect("a model can be written");
        let (again, deviations): (T, Deviations) = json::decode(&written, &Rules::strict())
            .unwrap_or_else(|problem| panic!("{problem}: {written}"));
        assert!(
            again == *value && deviations.is_empty(),
            "what was written is read back exactly: {written}"
        );
    }
    if let Ok(value) = &plain
        && !has_restyled_key(text, value)
    {
        match &tolerant {
            Ok((read, _)) => same(read, value),
            // serde_json skips what it does not know without looking how deep it is.
            Err(problem) => assert!(
                matches!(&problem.rule, Rule::Syntax { problem } if problem.contains("nested")),
                "{problem}: {text}"
            ),
        }
    }
}

/// Equal but for the last digit of a binary fraction, where serde_json rounds differently.
fn same<T: Model>(one: &T, two: &T) {
    if one != two {
        let [one, two] =
            [one, two].map(|value| serde_json::to_value(value).expect("a model can be written"));
        assert!(is_close(&one, &two), "{one} {two}");
    }
}

fn is_close(one: &serde_json::Value, two: &serde_json::Value) -> bool {
    use serde_json::Value::*;
    match (one, two) {
        (Number(one), Number(two)) if one.is_f64() => {
            let [one, two] = [one, two].map(|number| number.as_f64().unwrap_or(f64::NAN));
            (one - two).abs() <= one.abs() * 1e-15 || one.abs() < 1e-300
        }
        (Array(one), Array(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| is_close(one, two))
        }
        (Object(one), Object(two)) => {
            one.len() == two.len()
                && one
                    .iter()
                    .all(|(key, one)| two.get(key).is_some_and(|two| is_close(one, two)))
        }
        _ => one == two,
    }
}

/// Whether a key is a field's name in other capitals: serde_json skips it, the tolerant decoder
/// reads it.
fn has_restyled_key<T: Model>(text: &str, value: &T) -> bool {
    let mut names = BTreeSet::new();
    keys(
        &serde_json::to_value(value).expect("a model can be written"),
        &mut names,
    );
    let mut written = BTreeSet::new();
    // Nested too deep for a tree: no message anybody sends.
    let Ok(tree) = serde_json::from_str(text) else {
        return true;
    };
    keys(&tree, &mut written);
    written.difference(&names).any(|key| {
        names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(key.trim()))
    })
}

fn keys(tree: &serde_json::Value, names: &mut BTreeSet<String>) {
    match tree {
        serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, names)),
        serde_json::Value::Object(members) => {
            for (key, value) in members {
                names.insert(key.clone());
                keys(value, names);
            }
        }
        _ => {}
    }
}
