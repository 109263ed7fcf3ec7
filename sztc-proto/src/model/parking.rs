use crate::SpaceState;
use park_core::{Text, check};
use serde::{Deserialize, Serialize};

/// Request of 5001: the state of a space changed (车位状态变更上报), Table 56.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SpaceStateReport {
    /// Space code (车位编号).
    pub space_no: Text<28>,
    /// Lot code (停车场编号).
    pub park_code: Option<Text<20>>,
    /// The new state (车位状态).
    pub state: SpaceState,
}

check!(SpaceStateReport { space_no "spaceNo", park_code "parkCode", state "state" });

/// Reply of 5001, Table 57.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SpaceStateReply {
    /// Space code (车位编号).
    pub space_no: Text<28>,
}

check!(SpaceStateReply { space_no "spaceNo" });
