use crate::{
    code::{AutoPayState, LockAction, LockState, ReservationChange, SharingAction, Weekday},
    model::{Car, Lease, PaymentRecord},
};
use park_core::{Date, DateTime, Money, Rule, Text, Time, Violations, check};
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
    book_code "bookCode", park_code "parkCode", park_car_info "parkCarInfo", book_time "bookTime",
    over_time "overTime",
    book_money "bookMoney", obligat_time "obligatTime",
}; lock_limits);

fn lock_limits(lock: &SpaceLock, v: &mut Violations) {
    // Decimal(12,2)
    if lock.book_money.value().trunc().abs() >= 10_000_000_000i64.into() {
        v.add_at(
            "bookMoney",
            Rule::Range {
                expected: "at most ten digits before the point",
            },
        );
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
    /// Spaces that can still be reserved (剩余可预约车位数); absent when a valid reservation is
    /// repeated.
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
    book_code "bookCode", space_no "spaceNo", garage_code "garageCode",
    bluetooth_address "bluetoothAddress",
    reservable_space "reservableSpace",
});

/// Request of 6002: what becomes of a reservation (车位预约确定), Table 75.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReservationUpdate {
    /// Reservation number, unique, given by the city platform (预约编号).
    pub book_code: Text<50>,
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Cancelled, confirmed or extended (预约确定状态).
    pub confirmstate: ReservationChange,
}

check!(ReservationUpdate { book_code "bookCode", park_code "parkCode",
    confirmstate "confirmstate" });

/// Reply of 6002, Table 76.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReservationUpdateReply {
    /// Reservation number (预约编号).
    pub book_code: Text<50>,
}

impl ReservationUpdateReply {
    /// The reservation is changed.
    pub fn new(book_code: impl Into<Text<50>>) -> Self {
        Self {
            book_code: book_code.into(),
        }
    }
}

check!(ReservationUpdateReply { book_code "bookCode" });

/// Request of 6003: lock or unlock a car (车辆锁车/解锁指令下发), Table 77.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CarLock {
    /// Id of the locking record (锁车记录ID).
    pub id: Text<32>,
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Plate number (车牌号码).
    pub plate_no: Text<10>,
    /// Lock or unlock (锁车/解锁动作).
    pub lock_flag: LockAction,
    /// What identifies the telephone that asked for it (手机特征码).
    pub feature_code: Text<50>,
}

check!(CarLock { id "id", park_code "parkCode", plate_no "plateNo", lock_flag "lockFlag",
    feature_code "featureCode" });

/// Reply of 6003, Table 78.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CarLockReply {
    /// Id of the locking record (锁车记录ID).
    pub id: Text<32>,
    /// Whether the car is locked now (车辆锁车状态).
    pub lockstate: LockState,
}

impl CarLockReply {
    /// Whether the car is locked now.
    pub fn new(id: impl Into<Text<32>>, lockstate: LockState) -> Self {
        Self {
            id: id.into(),
            lockstate,
        }
    }
}

check!(CarLockReply { id "id", lockstate "lockstate" });

/// Request of 6004: a car shares parking in a lot, or no longer (共享停车信息下发), Table 79.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SharedParking {
    /// Id of the sharing record (共享停车记录ID).
    pub id: Text<32>,
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Plate number (车牌号码).
    pub plate_no: Text<10>,
    /// First day (有效开始日期).
    pub start_date: Date,
    /// Last day (有效结束日期).
    pub end_date: Date,
    /// When sharing begins each day (每日有效开始时间).
    pub start_time: Time,
    /// When it ends each day (每日有效结束时间).
    pub end_time: Time,
    /// Grace time, minutes (缓冲时间).
    pub buffer_time: i32,
    /// On which days of the week (星期共享类型).
    pub rule: Vec<Weekday>,
    /// Begin or withdraw (动作类型).
    pub action_type: SharingAction,
    /// Who shares (发布者). Absent: not told.
    pub publisher: Option<Text<50>>,
}

check!(SharedParking {
    id "id", park_code "parkCode", plate_no "plateNo", start_date "startDate", end_date "endDate",
    start_time "startTime",
    end_time "endTime", buffer_time "bufferTime", rule "rule", action_type "actionType",
    publisher "publisher",
});

/// Reply of 6004, Table 80.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SharedParkingReply {
    /// Id of the sharing record (共享停车记录ID).
    pub id: Text<32>,
}

impl SharedParkingReply {
    /// The order is taken.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self { id: id.into() }
    }
}

check!(SharedParkingReply { id "id" });

/// Request of 6007: an order was paid, the car may leave (订单支付成功通知下发), Table 84.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PaymentNotice {
    /// The payment (缴费记录).
    pub charge_info: PaymentRecord,
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
}

check!(PaymentNotice { charge_info "chargeInfo", park_code "parkCode" });

/// Request of 6008: automatic payment for a plate was switched on or off
/// (车辆代扣签约状态变更通知), Table 85.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AutoPayNotice {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Plate number (车牌号码).
    pub plate_no: Text<10>,
    /// Off or on (车牌代扣状态).
    pub state: AutoPayState,
}

check!(AutoPayNotice { park_code "parkCode", plate_no "plateNo", state "state" });

/// Request of 6010: a monthly lease was paid on, extend it (月租车延期), Table 88.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeaseExtension {
    /// The lease as it is from now on (月租租约).
    pub lease: Lease,
}

check!(LeaseExtension { lease "lease" });

/// Reply of 6010, Table 89.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeaseExtensionReply {
    /// Id of the change (月租更新ID).
    pub id: Text<32>,
}

impl LeaseExtensionReply {
    /// The lease is extended.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self { id: id.into() }
    }
}

check!(LeaseExtensionReply { id "id" });
