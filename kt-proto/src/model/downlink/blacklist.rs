use crate::code::EntryChange;
use park_core::{AnyText, Rule, Violations, check, given};
use serde::{Deserialize, Serialize};

/// Request of 4.8: add, change or delete an entry of the black list (黑名单管理),
/// `BlackListControl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlacklistChange {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Number of the entry (黑名单编号); 0 for a new one.
    pub black_id: i64,
    /// Plate number (车牌号码). Needed for a new entry.
    pub plate_no: Option<AnyText>,
    /// Why (黑名单原因).
    pub remark: Option<AnyText>,
    /// What happens.
    pub control_type: EntryChange,
}

check!(BlacklistChange {
    park_code "parkCode", black_id "blackId", plate_no "plateNo", remark "remark",
    control_type "controlType",
}; entry_named);

fn entry_named(change: &BlacklistChange, v: &mut Violations) {
    match change.control_type {
        EntryChange::ADD => {
            if change.black_id != 0 {
                v.add_at("blackId", Rule::Condition("0 for a new entry"));
            }
            if !given(&change.plate_no) {
                v.add_at("plateNo", Rule::Condition("needed for a new entry"));
            }
        }
        EntryChange::MODIFY | EntryChange::DELETE if change.black_id == 0 => {
            v.add_at(
                "blackId",
                Rule::Condition("the entry's number is needed to change or delete it"),
            );
        }
        _ => {}
    }
}

/// Reply of 4.8.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlacklistChangeReply {
    /// Number of the entry (黑名单编号), of a new one the number it got.
    pub black_id: i64,
}

impl BlacklistChangeReply {
    /// The entry that was added, changed or deleted.
    pub fn new(black_id: i64) -> Self {
        Self { black_id }
    }
}

check!(BlacklistChangeReply { black_id "blackId" });

/// Request of 4.9: the black list (黑名单查询), `GetBlackInfo`. Without plate the reply holds all
/// of it, not in pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlacklistQuery {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号码).
    pub plate_no: Option<AnyText>,
}

impl BlacklistQuery {
    /// Whether it asks for the whole list: no plate is given.
    pub fn is_all(&self) -> bool {
        !given(&self.plate_no)
    }
}

check!(BlacklistQuery { park_code "parkCode", plate_no "plateNo" });

/// An entry of the black list, an entry of the reply of 4.9.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlacklistEntry {
    /// Number of the entry (黑名单编号).
    pub black_id: i64,
    /// Plate number (车牌号码).
    pub plate_no: AnyText,
    /// Why (黑名单原因).
    pub remark: Option<AnyText>,
}

impl BlacklistEntry {
    /// A plate on the list.
    pub fn new(black_id: i64, plate_no: impl Into<AnyText>) -> Self {
        Self {
            black_id,
            plate_no: plate_no.into(),
            remark: None,
        }
    }
}

check!(BlacklistEntry { black_id "blackId", plate_no "plateNo", remark "remark" });

#[cfg(test)]
mod tests {
    use super::{super::broken, *};

    #[test]
    fn an_empty_filter_means_the_whole_list() {
        for (plate, all) in [(None, true), (Some(""), true), (Some("A"), false)] {
            let query = BlacklistQuery {
                park_code: "1".into(),
                plate_no: plate.map(Into::into),
            };
            assert_eq!((query.is_all(), broken(&query)), (all, vec![]));
        }
    }

    #[test]
    fn a_new_entry_of_the_black_list_has_number_0_and_a_plate_another_its_own_number() {
        let number = "blackId: the entry's number is needed to change or delete it";
        for (what, black_id, plate, found) in [
            (EntryChange::ADD, 0, Some("A"), vec![]),
            (
                EntryChange::ADD,
                7,
                Some(""),
                vec![
                    "blackId: 0 for a new entry",
                    "plateNo: needed for a new entry",
                ],
            ),
            (
                EntryChange::ADD,
                0,
                None,
                vec!["plateNo: needed for a new entry"],
            ),
            (EntryChange::MODIFY, 7, None, vec![]),
            (EntryChange::MODIFY, 0, Some("A"), vec![number]),
            (EntryChange::DELETE, 7, None, vec![]),
            (EntryChange::DELETE, 0, None, vec![number]),
        ] {
            let change = BlacklistChange {
                park_code: "1".into(),
                black_id,
                plate_no: plate.map(Into::into),
                remark: None,
                control_type: what,
            };
            assert_eq!(broken(&change), found, "{what:?} {black_id}");
        }
    }
}
