//! Unit and table of a field, from what its documentation says: there is no second list.

/// Units as the documentation of the models writes them.
const UNITS: &[&str] = &[
    "yuan",
    "fen",
    "kWh",
    "kW",
    "W",
    "V",
    "A",
    "seconds",
    "minutes",
    "hours",
    "days",
    "months",
    "metres",
    "meters",
    "millimetres",
    "centimetres",
    "kilometres",
    "km",
    "kg",
    "tons",
    "tonnes",
    "mm",
    "cm",
    "m",
    "s",
    "min",
    "h",
    "per cent",
    "percent",
    "degrees",
    "bytes",
    "characters",
    "times",
    "km/h",
];

/// The unit that a description names: `Price of it all, yuan (充电金额).`
pub(super) fn unit_of(description: &str) -> Option<String> {
    let mut depth = 0_usize;
    let bare: String = description
        .chars()
        .filter(|character| {
            match character {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect();
    bare.split([',', ';', '.', ':'])
        .map(str::trim)
        .find_map(|piece| {
            let unit = UNITS
                .iter()
                .filter(|unit| {
                    piece
                        .strip_prefix(*unit)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
                })
                .max_by_key(|unit| unit.len())?;
            let of_unit = piece.len() == unit.len()
                || ["per ", "as ", "in ", "since "]
                    .iter()
                    .any(|word| piece[unit.len()..].trim_start().starts_with(word));
            of_unit.then(|| piece.to_owned())
        })
}

/// The unit that the description of a type names: `An amount of money in fen (分)`.
pub(super) fn unit_of_type(description: &str) -> Option<String> {
    let words: Vec<&str> = description
        .split(|character: char| !character.is_alphanumeric())
        .collect();
    words.windows(2).find_map(|pair| match pair {
        ["in", unit] if UNITS.contains(unit) => Some((*unit).to_owned()),
        _ => None,
    })
}

/// The table or section that a description names last: `Table 13`, `3.1`.
pub(super) fn table_of(description: &str) -> Option<String> {
    if let Some(start) = description.find("Table") {
        let end = description[start..]
            .find(". ")
            .map_or(description.len(), |end| start + end);
        let told = description[start..end]
            .split(';')
            .next()
            .unwrap_or_default();
        return Some(told.trim_end_matches('.').to_owned());
    }
    let words = description
        .split([' ', ',', ';', ':', '(', ')'])
        .map(|word| word.trim_end_matches('.'));
    let section = |word: &&str| {
        word.contains('.')
            && word
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    words.clone().rfind(section).map(|section| {
        let before = ["upward", "downward", "T/CEC"]
            .iter()
            .find(|before| description.contains(&format!("{before} {section}")));
        before.map_or_else(
            || section.to_owned(),
            |before| format!("{before} {section}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_found_where_the_documentation_puts_them() {
        for (text, unit) in [
            (
                "Sum of discounts, without refunds, yuan (优惠汇总).",
                Some("yuan"),
            ),
            ("Energy in all, kWh (总电量, 度).", Some("kWh")),
            (
                "Price of the energy (电价), yuan per kWh.",
                Some("yuan per kWh"),
            ),
            (
                "For how long it is valid, seconds, at most 7 days (凭证有效期).",
                Some("seconds"),
            ),
            ("Longitude (经度), degrees, GCJ-02.", Some("degrees")),
            ("What is to be paid now (应付金额), fen.", Some("fen")),
            ("Plate number (车牌号).", None),
            ("A car, minutes away.", None),
        ] {
            assert_eq!(unit_of(text).as_deref(), unit, "{text}");
        }
        assert_eq!(
            unit_of_type("An amount of money in fen (分), a whole number.").as_deref(),
            Some("fen")
        );
    }

    #[test]
    fn tables_are_found_where_the_documentation_puts_them() {
        for (text, table) in [
            (
                "One stay of a car (停车信息, parkRecordInfo), Table 13. Request of 5004.",
                Some("Table 13"),
            ),
            (
                "Asks for the stations, page by page, B.1.2.1, Tables B.6, B.7.",
                Some("Tables B.6, B.7"),
            ),
            ("What a car has to pay, downward 3.1.", Some("downward 3.1")),
            (
                "Request of getOrderInfo: one order (订单), 2.3.",
                Some("2.3"),
            ),
            ("A number.", None),
        ] {
            assert_eq!(table_of(text).as_deref(), table, "{text}");
        }
    }
}
