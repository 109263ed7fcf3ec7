use crate::Car;
use park_core::{DateTime, Money, Rule, Text, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of 6001: keep a space for a car (车位预约锁定), Table 73.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SpaceLock {
    /// Reservation number, unique, given by the city platform (预约编号).
    pub book_code: Text<50>,
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// The car (车辆信息).
    pub park_car_info: Car,
    /// When the reservation begins (预约时间).
    pub book_time: DateTime,
    /// When it expires (预约过期时间).
    pub over_time: DateTime,
    /// Price of the reservation, yuan (预约金额), at most ten digits before the point.
    pub book_money: Money,
    /// For how long the space is kept after expiry, minutes (保留时间).
    pub obligat_time: i32,
}

check!(SpaceLock {
    book_code "bookCode", park_code "parkCode", park_car_info "parkCarInfo", book_time "bookTime", over_time "overTime",
    book_money "bookMoney", obligat_time "obligatTime",
}; lock_limits);

fn lock_limits(lock: &SpaceLock, v: &mut Violations) {
    // Decimal(12,2)
    if lock.book_money.value().trunc().abs() >= 10_000_000_000i64.into() {
        v.add_at("bookMoney", Rule::Range { expected: "at most ten digits before the point" });
    }
}

/// Reply of 6001, Table 74.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SpaceLockReply {
    /// Reservation number (预约编号).
    pub book_code: Text<50>,
    /// The space kept (预约的车位编号), where one certain space is kept.
    pub space_no: Option<Text<28>>,
    /// The garage kept (预约的车库编号).
    pub garage_code: Option<Text<22>>,
    /// Bluetooth address of the space's sensor (探头蓝牙地址).
    pub bluetooth_address: Option<Text<50>>,
    /// Spaces that can still be reserved (剩余可预约车位数); absent when a valid reservation is repeated.
    pub reservable_space: Option<i32>,
}

impl SpaceLockReply {
    /// The reservation is made, nothing more to tell.
    pub fn new(book_code: impl Into<Text<50>>) -> Self {
        Self {
            book_code: book_code.into(),
            space_no: None,
            garage_code: None,
            bluetooth_address: None,
            reservable_space: None,
        }
    }
}

check!(SpaceLockReply {
    book_code "bookCode", space_no "spaceNo", garage_code "garageCode", bluetooth_address "bluetoothAddress",
    reservable_space "reservableSpace",
});
