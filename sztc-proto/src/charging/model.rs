use super::PushResult;
use evcs_proto::{
    DateTime, Fixed, Money, Rule, Text, Timestamp, Violations, check,
    code::NoticeStatus,
    model::{SerialNo, StationInfo},
};
use serde::{Deserialize, Serialize};

/// The longest time that a query may ask for (24小时), in seconds.
const DAY: i64 = 86_400;

/// A station as it is now (充电站信息变化推送), Table 103. Request of 1102. A station that is gone
/// (删除) is told by its state, as a rule [`CLOSED`](evcs_proto::code::StationStatus::CLOSED): the
/// table has no other way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StationPush {
    /// The station (充电站信息).
    pub station_info: StationInfo,
}

check!(StationPush { station_info "stationInfo" });

/// Reply of 1102, Table 104.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StationPushReply {
    /// What became of it (状态).
    pub state: NoticeStatus,
}

impl StationPushReply {
    /// What became of the station.
    pub fn new(state: NoticeStatus) -> Self {
        Self { state }
    }
}

check!(StationPushReply { state "state" });

/// An order of a car that was charged where it parked (充电订单信息), Tables 105 and 109. Request
/// of 1105.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CarOrder {
    /// Number of the charging order (充电订单号): operator id and a unique number.
    pub start_charge_seq: SerialNo,
    /// Station id (电站编号), given by its operator.
    #[serde(rename = "stationID")]
    pub station_id: Text<50>,
    /// Name of the station (电站名称). Appendix B allows 50 characters; see
    /// [`KNOWN_SLIPS`](super::KNOWN_SLIPS).
    pub station_name: Text<20>,
    /// Connector id (充电设备接口编码).
    #[serde(rename = "connectorID")]
    pub connector_id: Text<26>,
    /// Name of the connector (充电设备接口名称), unique in its station. Appendix B allows 30
    /// characters; see [`KNOWN_SLIPS`](super::KNOWN_SLIPS).
    pub connector_name: Text<10>,
    /// Plate number (车牌号码).
    pub plate_num: Text<10>,
    /// Space code (车位编号).
    pub space_no: Option<Text<28>>,
    /// When charging began (开始充电时间).
    pub start_time: DateTime,
    /// When it ended (结束充电时间).
    pub end_time: DateTime,
    /// Energy charged, kWh (充电量).
    pub power: Fixed<2>,
    /// Price of the energy, yuan (电费).
    pub elec_money: Money,
    /// Price of the service, yuan (服务费); the document spells it so.
    pub sevice_money: Money,
    /// Price of all, yuan (总金额).
    pub total_money: Money,
}

check!(CarOrder {
    start_charge_seq "startChargeSeq", station_id "stationID", station_name "stationName",
    connector_id "connectorID",
    connector_name "connectorName", plate_num "plateNum", space_no "spaceNo",
    start_time "startTime", end_time "endTime", power "power",
    elec_money "elecMoney", sevice_money "seviceMoney", total_money "totalMoney",
});

/// Reply of 1105, Table 106.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrderPushReply {
    /// Number of the charging order (充电订单号).
    pub start_charge_seq: SerialNo,
    /// What became of it (确认结果).
    pub confirm_result: PushResult,
}

impl OrderPushReply {
    /// What became of `order`.
    pub fn new(order: &CarOrder, confirm_result: PushResult) -> Self {
        Self {
            start_charge_seq: order.start_charge_seq.clone(),
            confirm_result,
        }
    }
}

check!(OrderPushReply { start_charge_seq "startChargeSeq", confirm_result "confirmResult" });

/// Which orders are asked for (充电订单信息查询), Table 107. Request of 1106.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CarOrderQuery {
    /// Plate number (车牌号码).
    pub plate_num: Text<10>,
    /// Station id (电站编号); absent: all stations.
    #[serde(rename = "stationID")]
    pub station_id: Option<Text<50>>,
    /// From when (起始时间), as a rule when the car came in.
    pub start_time: DateTime,
    /// Until when (结束时间), as a rule when it goes; at most 24 hours later.
    pub end_time: DateTime,
}

check!(CarOrderQuery { plate_num "plateNum", station_id "stationID", start_time "startTime",
    end_time "endTime" }; at_most_a_day);

fn at_most_a_day(query: &CarOrderQuery, v: &mut Violations) {
    let seconds = query.end_time.timestamp().seconds() - query.start_time.timestamp().seconds();
    if !(0..=DAY).contains(&seconds) {
        v.add_at(
            "endTime",
            Rule::Range {
                expected: "at most 24 hours after startTime",
            },
        );
    }
}

impl CarOrderQuery {
    /// The queries for a stay of any length: each asks for 24 hours at most. A stay that ends
    /// before it begins makes one query, which breaks the rules.
    ///
    /// ```
    /// use sztc_proto::charging::CarOrderQuery;
    ///
    /// let days = CarOrderQuery::of_stay("粤B88888", "2023-03-01 08:00:00".parse()?,
    ///     "2023-03-03 09:00:00".parse()?);
    /// assert_eq!(days.len(), 3);
    /// assert_eq!(days[2].start_time, "2023-03-03 08:00:00".parse()?);
    /// # Ok::<(), sztc_proto::TimeError>(())
    /// ```
    pub fn of_stay(plate_num: impl Into<Text<10>>, entry: DateTime, exit: DateTime) -> Vec<Self> {
        let plate_num = plate_num.into();
        let mut queries = Vec::new();
        let mut start_time = entry;
        loop {
            let tomorrow = start_time.timestamp().seconds().saturating_add(DAY);
            let end_time = exit.min(Timestamp::from_seconds(tomorrow).date_time());
            queries.push(Self {
                plate_num: plate_num.clone(),
                station_id: None,
                start_time,
                end_time,
            });
            if end_time >= exit || end_time <= start_time {
                return queries;
            }
            start_time = end_time;
        }
    }
}

/// Reply of 1106, Table 108.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CarOrders {
    /// How many orders there are (总记录条数), 0 if none.
    pub item_size: i32,
    /// The orders (充电订单列表).
    pub charge_orders: Vec<CarOrder>,
}

impl CarOrders {
    /// These orders.
    pub fn new(charge_orders: Vec<CarOrder>) -> Self {
        Self {
            // No list that fits into a message has more.
            item_size: i32::try_from(charge_orders.len()).unwrap_or(i32::MAX),
            charge_orders,
        }
    }
}

check!(CarOrders { item_size "itemSize", charge_orders "chargeOrders" });

#[cfg(test)]
mod tests {
    use super::*;
    use evcs_proto::{Check, Violation};

    #[test]
    fn a_query_asks_for_24_hours_at_most() {
        let query = |end: &str| CarOrderQuery {
            plate_num: "粤B88888".into(),
            station_id: None,
            start_time: "2023-03-01 08:00:00".parse().expect("a time"),
            end_time: end.parse().expect("a time"),
        };
        for (end, good) in [
            ("2023-03-01 08:00:00", true),
            ("2023-03-02 08:00:00", true),
            ("2023-03-02 08:00:01", false),
            ("2023-03-01 07:59:59", false),
        ] {
            let mut v = Violations::default();
            query(end).check(&mut v);
            let expected = "at most 24 hours after startTime";
            let broken = [Violation::new("endTime", Rule::Range { expected })];
            assert_eq!(v.list(), if good { &[][..] } else { &broken[..] }, "{end}");
        }
    }

    #[test]
    fn a_stay_is_asked_for_without_gaps() {
        let entry: DateTime = "2023-03-01 08:00:00".parse().expect("a time");
        for (exit, queries) in [
            ("2023-03-01 08:00:00", 1),
            ("2023-03-02 08:00:00", 1),
            ("2023-03-02 08:00:01", 2),
            ("2023-03-31 09:30:00", 31),
        ] {
            let exit = exit.parse().expect("a time");
            let found = CarOrderQuery::of_stay("粤B88888", entry, exit);
            let mut v = Violations::default();
            found.check(&mut v);
            assert_eq!(v.list(), [], "{exit}");
            assert_eq!(
                (
                    found.len(),
                    found[0].start_time,
                    found[queries - 1].end_time
                ),
                (queries, entry, exit)
            );
            assert!(
                found
                    .windows(2)
                    .all(|two| two[0].end_time == two[1].start_time),
                "{exit}"
            );
        }
        let backwards = CarOrderQuery::of_stay(
            "粤B88888",
            entry,
            "2023-03-01 07:59:59".parse().expect("a time"),
        );
        let mut v = Violations::default();
        backwards.check(&mut v);
        assert_eq!(v.list().len(), 1);
    }
}
