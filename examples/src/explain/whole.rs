//! Reads an item to its end: where a field is missing or cannot be read, a stand-in takes its
//! place, so that everything that is wrong is told at once.
use crate::registry::{Reading, Side};
use serde_json::{Value, json};

/// Fields that are put right at most: a message with more wrong ones is another message.
const MOST: usize = 60;

/// Reads `json` as `side`.
pub(super) fn read(side: &Side, json: &str) -> Reading {
    let first = (side.read)(json);
    if first.violations.is_empty() {
        return first;
    }
    let Ok(mut item) = serde_json::from_str::<Value>(json) else {
        return first;
    };
    let (mut told, mut stood_in) = (first, Vec::<String>::new());
    // Fields are in another order from now on, and the first that cannot be read is another.
    let mut last = (side.read)(&item.to_string());
    for _ in 0..MOST {
        for found in &last.violations {
            let known = told.violations.iter().any(|known| known.path == found.path);
            // What is wrong inside a stand-in is not the sender's fault.
            if !known && !stood_in.iter().any(|path| is_within(&found.path, path)) {
                told.violations.push(found.clone());
            }
        }
        let next = last
            .violations
            .iter()
            .find(|found| !stood_in.contains(&found.path));
        let Some(path) = next.map(|found| found.path.clone()) else {
            break;
        };
        let Some(reading) = stand_in(side, &mut item, &path) else {
            break;
        };
        stood_in.push(path);
        last = reading;
    }
    // Reading that stopped at the first thing wrong had not seen the rest.
    for found in last.deviations {
        if !told.deviations.contains(&found)
            && !stood_in.iter().any(|path| is_within(&found.path, path))
        {
            told.deviations.push(found);
        }
    }
    told
}

/// Whether `path` is `outer` or inside it.
fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Puts a value at `path` with which reading gets past it: what is read then. `None` if there is
/// none.
fn stand_in(side: &Side, item: &mut Value, path: &str) -> Option<Reading> {
    let candidates = [
        json!("x"),
        json!(false),
        json!(1),
        json!("1"),
        json!("2000-01-01 00:00:00"),
        json!("2000-01-01"),
        json!("00:00:00"),
        json!("2000/01/01 00:00:00"),
        json!({}),
        json!([]),
    ];
    candidates.into_iter().find_map(|candidate| {
        let mut changed = item.clone();
        *place(&mut changed, path)? = candidate;
        let reading = (side.read)(&changed.to_string());
        let passes = !reading.violations.iter().any(|found| found.path == path);
        passes.then(|| {
            *item = changed;
            reading
        })
    })
}

/// The value at `path`, made where only its last name is missing.
fn place<'a>(item: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    let mut value = item;
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let (name, indices) = part.split_once('[').unwrap_or((part, ""));
        if !name.is_empty() {
            value = value.as_object_mut()?.entry(name).or_insert(Value::Null);
        }
        for index in indices.split('[').filter(|index| !index.is_empty()) {
            value = value
                .as_array_mut()?
                .get_mut(index.strip_suffix(']')?.parse::<usize>().ok()?)?;
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use crate::registry;

    fn told(name: &str, json: &str) -> (Vec<String>, Vec<String>) {
        let interface = registry::all()
            .iter()
            .find(|interface| interface.is_called(name))
            .expect("an interface");
        let reading = super::read(&interface.request, json);
        let mut wrong: Vec<String> = reading
            .violations
            .into_iter()
            .map(|found| found.path)
            .collect();
        wrong.sort();
        (
            wrong,
            reading
                .deviations
                .into_iter()
                .map(|found| found.path)
                .collect(),
        )
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let entry = r#"{"id":"1","parkCode":"44030400100101000010","extra":1,"parkCarInfo":{"plateNo":"粤B12345678901","carModel":"big"},
            "enterTime":"yesterday","receivables":"much","discount":0,"received":"0.00"}"#;
        let (wrong, deviating) = told("5004", entry);
        assert_eq!(
            wrong,
            [
                "enterTime",
                "parkCarInfo.carModel",
                "parkCarInfo.eidEquiped",
                "parkCarInfo.plateNo",
                "receivables"
            ]
        );
        assert!(
            deviating.contains(&"extra".to_owned()) && deviating.contains(&"received".to_owned()),
            "{deviating:?}"
        );
        let (wrong, _) = told("5004", r#"{"spaceNo":"1"}"#);
        assert_eq!(
            wrong,
            ["discount", "enterTime", "id", "receivables", "received"]
        );
        let (wrong, _) = told("6001", "{}");
        assert_eq!(
            wrong,
            [
                "bookCode",
                "bookMoney",
                "bookTime",
                "obligatTime",
                "overTime",
                "parkCarInfo",
                "parkCode"
            ]
        );
    }

    #[test]
    fn what_is_right_is_told_so() {
        assert_eq!(
            told("6006", r#"{"parkCode":"1","plateNo":"粤B88888"}"#),
            (vec![], vec![])
        );
        assert_eq!(told("6006", "[1"), told("6006", "[1"));
    }
}
