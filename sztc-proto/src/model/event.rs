use crate::code::{EventLevel, EventType};
use park_core::{DateTime, Text, check};
use serde::{Deserialize, Serialize};

/// Request of 2002: a warning, irregularity or fault (系统事件上报), Table 27.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Event id (事件ID).
    pub id: Text<32>,
    /// Lot code (停车场编号). Absent: the event belongs to no lot.
    pub park_code: Option<Text<20>>,
    /// Space code (车位编号). Absent: the event belongs to no space.
    pub space_no: Option<Text<28>>,
    /// Plate number (车牌号码). Absent: no car is concerned.
    pub plate_no: Option<Text<10>>,
    /// When it happened (时间).
    pub time: DateTime,
    /// What happened (事件类型), Table A.3.
    pub event_type: EventType,
    /// How grave it is (事件级别).
    pub event_level: EventLevel,
    /// Where it happened, in words (事件发生位置). Absent: not known.
    pub position: Option<Text<50>>,
    /// Id of the equipment that noticed it (设备ID).
    pub equipment_id: Text<32>,
    /// Description (事件描述).
    pub remark: Text<200>,
}

impl Event {
    /// An event with its required fields, in the order of Table 27.
    pub fn new(
        id: impl Into<Text<32>>,
        time: DateTime,
        event_type: EventType,
        event_level: EventLevel,
        equipment_id: impl Into<Text<32>>,
        remark: impl Into<Text<200>>,
    ) -> Self {
        Self {
            id: id.into(),
            park_code: None,
            space_no: None,
            plate_no: None,
            time,
            event_type,
            event_level,
            position: None,
            equipment_id: equipment_id.into(),
            remark: remark.into(),
        }
    }
}

check!(Event {
    id "id", park_code "parkCode", space_no "spaceNo", plate_no "plateNo", time "time",
    event_type "eventType", event_level "eventLevel",
    position "position", equipment_id "equipmentId", remark "remark",
});

/// Reply of 2002, Table 44.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventReply {
    /// Event id (事件ID).
    pub id: Text<32>,
}

impl EventReply {
    /// The event is taken.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self { id: id.into() }
    }
}

check!(EventReply { id "id" });
