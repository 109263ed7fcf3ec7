use super::{Exact, SerialNo, periods, reason_of_failure};
use crate::code::{PolicyFailure, SuccessStatus};
use park_core::{Fixed, Rule, Text, Time, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of `query_equip_business_policy`: what does charging cost here (查询业务策略信息)? T/CEC
/// 102.3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct PolicyQuery {
    /// Serial number of the question (业务策略查询流水号).
    pub equip_biz_seq: SerialNo,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
}

check!(PolicyQuery { equip_biz_seq "EquipBizSeq", connector_id "ConnectorID" });

/// Reply of `query_equip_business_policy`, T/CEC 102.3. Made by [`ok`](Self::ok) and
/// [`failed`](Self::failed).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct PolicyReply {
    /// Serial number of the question (业务策略查询流水号).
    pub equip_biz_seq: SerialNo,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// Whether there are prices (操作结果).
    pub succ_stat: SuccessStatus,
    /// Why not (失败原因).
    pub fail_reason: Option<PolicyFailure>,
    /// How many periods a day has, 0 to 32 (时段数 N).
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 32)))]
    pub sum_period: i32,
    /// The periods and their prices (计费信息).
    pub policy_infos: Vec<PolicyInfo>,
}

impl PolicyReply {
    /// The prices of a day.
    pub fn ok(query: &PolicyQuery, policy_infos: Vec<PolicyInfo>) -> Self {
        Self {
            equip_biz_seq: query.equip_biz_seq.clone(),
            connector_id: query.connector_id.clone(),
            succ_stat: SuccessStatus::OK,
            fail_reason: Some(PolicyFailure::NONE),
            // More than 32 are refused by the check anyway.
            sum_period: policy_infos.len().try_into().unwrap_or(i32::MAX),
            policy_infos,
        }
    }

    /// No prices, because of `reason`.
    pub fn failed(query: &PolicyQuery, reason: PolicyFailure) -> Self {
        Self {
            succ_stat: SuccessStatus::FAILED,
            fail_reason: Some(reason),
            ..Self::ok(query, Vec::new())
        }
    }
}

check!(PolicyReply {
    equip_biz_seq "EquipBizSeq", connector_id "ConnectorID", succ_stat "SuccStat",
    fail_reason "FailReason", sum_period "SumPeriod",
    policy_infos "PolicyInfos",
}; reason, as_many_as_said);

fn reason(reply: &PolicyReply, v: &mut Violations) {
    reason_of_failure(reply.succ_stat, &reply.fail_reason, v);
}

fn as_many_as_said(reply: &PolicyReply, v: &mut Violations) {
    periods(Some(reply.sum_period), Some(reply.policy_infos.len()), v);
}

/// The prices from a time of day on, until the next entry (计费信息), T/CEC 102.3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct PolicyInfo {
    /// From when they hold, `HHmmss` (时段起始时间点); [`start`](Self::start) reads it.
    pub start_time: Exact<6>,
    /// Price of energy, yuan a kWh (电价).
    pub elec_price: Fixed<4>,
    /// Price of service, yuan a kWh (服务费价格); spelt so on the wire.
    pub sevice_price: Fixed<4>,
}

impl PolicyInfo {
    /// From when the prices hold. `None` if the text is no `HHmmss`.
    pub fn start(&self) -> Option<Time> {
        let text = self.start_time.as_bytes();
        let &[a, b, c, d, e, f] = text else {
            return None;
        };
        let text = [a, b, b':', c, d, b':', e, f];
        std::str::from_utf8(&text).ok()?.parse().ok()
    }
}

check!(PolicyInfo { start_time "StartTime", elec_price "ElecPrice",
    sevice_price "SevicePrice" }; time_of_day);

fn time_of_day(policy: &PolicyInfo, v: &mut Violations) {
    if policy.start_time.chars().count() == 6 && policy.start().is_none() {
        v.add_at("StartTime", Rule::Range { expected: "HHmmss" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::found;
    use park_core::Violation;

    fn from(start_time: &str) -> PolicyInfo {
        PolicyInfo {
            start_time: start_time.into(),
            elec_price: Fixed::of_units(6_850),
            sevice_price: Fixed::of_units(4_000),
        }
    }

    #[test]
    fn prices_hold_from_a_time_of_day() {
        for (text, time) in [
            ("000000", "00:00:00"),
            ("073000", "07:30:00"),
            ("235959", "23:59:59"),
        ] {
            assert_eq!(from(text).start(), Some(time.parse().expect("a time")));
            assert_eq!(found(&from(text)), []);
        }
        let range = || Rule::Range { expected: "HHmmss" };
        for (text, rule) in [
            ("240000", range()),
            ("076000", range()),
            ("07:30:", range()),
            ("七点三十分整", range()),
            ("", Rule::Missing),
            ("0730", Rule::TooShort { min: 6, found: 4 }),
            ("07:30:00", Rule::TooLong { max: 6, found: 8 }),
        ] {
            assert_eq!(from(text).start(), None, "{text}");
            assert_eq!(
                found(&from(text)),
                [Violation::new("StartTime", rule)],
                "{text}"
            );
        }
    }

    #[test]
    fn a_reply_counts_its_periods() {
        let query = PolicyQuery {
            equip_biz_seq: SerialNo::compose("MA5DM667X", "1").expect("short enough"),
            connector_id: "1".into(),
        };
        let mut reply = PolicyReply::ok(&query, vec![from("000000"), from("120000")]);
        assert_eq!((found(&reply), reply.sum_period), (vec![], 2));
        reply.sum_period = 3;
        assert_eq!(found(&reply)[0].path, "SumPeriod");
        let failed = PolicyReply::failed(&query, PolicyFailure::NO_POLICY);
        assert_eq!((found(&failed), failed.sum_period), (vec![], 0));
        let reasonless = PolicyReply {
            fail_reason: None,
            ..failed
        };
        assert_eq!(
            found(&reasonless),
            [Violation::new(
                "FailReason",
                Rule::Condition("required when SuccStat is 1")
            )]
        );
    }
}
