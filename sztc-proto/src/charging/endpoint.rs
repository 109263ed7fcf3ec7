use super::model::*;
use crate::endpoint::{Info, Role};
use evcs_proto::endpoint::Endpoint;

park_core::endpoints! {
    [
        /// Sees the interfaces that 6.10 adds to those of the envelope and the city serves.
        each_city_addition, CITY, Role::City
    ]
    /// A station is new, changed or gone (1102), Tables 103, 104. The city serves it.
    "notification_stationInfo" "充电站信息变化推送" PushStation: push_station(StationPush) -> StationPushReply, idempotent;
    /// A car was charged while it parked (1105), Tables 105, 106. The city serves it.
    "notification_orderInfo" "充电订单信息推送" PushOrder: push_order(CarOrder) -> OrderPushReply, idempotent;
}
park_core::endpoints! {
    [
        /// Sees the interface that 6.10 adds to those of the envelope and the charging platform
        /// serves.
        each_platform_addition, PLATFORM, Role::Partner
    ]
    /// The orders of a car (1106), Tables 107 to 109. The charging platform serves it.
    "query_orderInfo" "充电订单信息查询" QueryOrdersOfCar: query_orders_of_car(CarOrderQuery) -> CarOrders, safe;
}

/// The interfaces that 6.10 adds to those of the envelope.
pub const ADDITIONS: &[Info] = park_core::joined!(CITY PLATFORM);

/// An interface of 6.10 and what it consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChargingInfo {
    /// Number of the interface (接口编号).
    pub code: u16,
    /// Chinese name.
    pub title: &'static str,
    /// The interfaces of the envelope that it uses, by their [`Endpoint::NAME`], and who serves
    /// each: the city ([`Role::City`]) or the charging platform.
    pub interfaces: &'static [(&'static str, Role)],
}

impl ChargingInfo {
    /// The row of the interface that the envelope calls `name` ([`Endpoint::NAME`]), and who serves
    /// it.
    pub fn of(name: &str) -> Option<(&'static Self, Role)> {
        let own = |info: &'static Self| {
            info.interfaces
                .iter()
                .find(|(own, _)| *own == name)
                .map(|(_, role)| (info, *role))
        };
        CHARGING.iter().find_map(own)
    }
}

/// The interfaces of 6.10 in the numbering of its headings, which differs from Table 1's for 1102
/// to 1106; see `SPEC-NOTES.md`.
pub const CHARGING: &[ChargingInfo] = &[
    ChargingInfo {
        code: 1101,
        title: "备案充换电设备信息",
        interfaces: &[("query_stations_info", Role::Partner)],
    },
    ChargingInfo {
        code: 1102,
        title: PushStation::TITLE,
        interfaces: &[(PushStation::NAME, Role::City)],
    },
    ChargingInfo {
        code: 1103,
        title: "推送设备状态",
        interfaces: &[
            ("query_station_status", Role::Partner),
            ("notification_stationStatus", Role::City),
        ],
    },
    ChargingInfo {
        code: 1104,
        title: "充电业务信息交换",
        interfaces: &[
            ("query_equip_auth", Role::Partner),
            ("query_start_charge", Role::Partner),
            ("query_stop_charge", Role::Partner),
            ("notification_charge_order_info", Role::City),
            ("check_charge_orders", Role::City),
        ],
    },
    ChargingInfo {
        code: 1105,
        title: PushOrder::TITLE,
        interfaces: &[(PushOrder::NAME, Role::City)],
    },
    ChargingInfo {
        code: 1106,
        title: QueryOrdersOfCar::TITLE,
        interfaces: &[(QueryOrdersOfCar::NAME, Role::Partner)],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use evcs_proto::endpoint::{ENDPOINTS, Role as Server};

    #[test]
    fn the_numbers_are_those_of_the_headings_of_6_10() {
        let headings = [
            (1101, "备案充换电设备信息"),
            (1102, "充电站信息变化推送"),
            (1103, "推送设备状态"),
            (1104, "充电业务信息交换"),
            (1105, "充电订单信息推送"),
            (1106, "充电订单信息查询"),
        ];
        assert_eq!(
            CHARGING
                .iter()
                .map(|info| (info.code, info.title))
                .collect::<Vec<_>>(),
            headings
        );
        assert!(crate::endpoint::ENDPOINTS.iter().all(|info| {
            headings
                .iter()
                .all(|(code, _)| Some(*code) != info.number())
        }));
    }

    #[test]
    fn each_interface_is_served_by_whom_6_10_says() {
        for (name, code, role) in CHARGING.iter().flat_map(|info| {
            info.interfaces
                .iter()
                .map(|(name, role)| (*name, info.code, *role))
        }) {
            assert_eq!(
                ChargingInfo::of(name),
                CHARGING
                    .iter()
                    .find(|info| info.code == code)
                    .map(|info| (info, role))
            );
            // What is not in the envelope's own table is one of the three that 6.10 adds.
            match ENDPOINTS.iter().find(|info| info.name == name) {
                Some(info) => assert_eq!(info.role == Server::Emsp, role == Role::City, "{name}"),
                None => assert_eq!(
                    role,
                    match code {
                        1102 | 1105 => Role::City,
                        1106 => Role::Partner,
                        _ => panic!("{name} is in no table"),
                    }
                ),
            }
        }
        assert_eq!(ChargingInfo::of("query_token"), None);
    }

    #[test]
    fn b_1_2_and_b_2_are_there_entirely() {
        // What has a section of its own in Appendix B.
        for name in [
            "query_stations_info",
            "notification_stationStatus",
            "query_equip_auth",
            "query_start_charge",
            "query_stop_charge",
            "notification_charge_order_info",
            "check_charge_orders",
        ] {
            assert!(ChargingInfo::of(name).is_some(), "{name}");
        }
        assert_eq!(
            CHARGING
                .iter()
                .map(|info| info.interfaces.len())
                .sum::<usize>(),
            11
        );
    }
}
