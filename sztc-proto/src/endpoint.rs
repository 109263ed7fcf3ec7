//! The table: the only list of interfaces in this crate.
//!
//! A row has number, Chinese title, marker, method, request and reply, and behind them the retry
//! class, the record's key and what else differs from the default. From it come the client method,
//! the service method, the dispatch, the entry of [`ENDPOINTS`] and the round-trip test.
use crate::model::*;
use park_core::Deviations;

pub use park_core::{Endpoint, Shape, Transports, Visit};

/// The number of an interface (接口编号): the path over HTTPS and the command over TCP.
pub trait Numbered: Endpoint {
    /// The number.
    const CODE: u16;
}

impl<E: Endpoint> Numbered for E {
    const CODE: u16 = match park_core::number_of(E::NAME) {
        Some(code) => code,
        None => panic!("interfaces of DB4403/T 313 are named by their numbers"),
    };
}

/// One interface, for catalogues and tests.
pub type Info = park_core::Info<Role>;

/// Who serves an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The city platform serves it (上行).
    City,
    /// The external system serves it (下行).
    Partner,
}

/// Hands the interfaces that the city platform serves to the macro `$apply`, behind `[$with]`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_city_interface {
    ($($apply:ident)::+ [$($with:tt)*]) => {
        $($apply)::+! { [$($with)*]
            /// Reports a warning, fault or failure, Tables 27, 44.
            2002 "系统事件上报" ReportEvent: report_event(Event) -> EventReply, idempotent("id");
            /// Reports a lot or its deletion, Tables 45, 46.
            3001 "停车场信息上报" ReportLot: report_lot(LotReport) -> LotReply, idempotent("parkCode" in "parkInfo");
            /// Reports an entrance or exit, Tables 47, 48.
            3002 "出入口信息上报" ReportGate: report_gate(GateReport) -> GateReply, idempotent("id" in "entranceExitInfo");
            /// Reports a device, Tables 49, 50.
            3003 "设备信息上报" ReportDevice: report_device(DeviceReport) -> DeviceReply, idempotent("id" in "equipment");
            /// Reports a parking space, Tables 51, 52.
            3004 "车位信息上报" ReportSpace: report_space(SpaceReport) -> SpaceReply, idempotent("spaceNo" in "spaceInfo") { const BATCH: bool = true; };
            /// Reports a lot's tariff, Tables 4, 53.
            3005 "停车场收费标准信息上报" ReportTariff: report_tariff(Tariff) -> TariffReply, idempotent("permitNo");
            /// Reports that a space became free, reserved or occupied, Tables 56, 57.
            5001 "车位状态变更上报" ReportSpaceState: report_space_state(SpaceStateReport) -> SpaceStateReply, idempotent("spaceNo") { const BATCH: bool = true; };
            /// Reports that a device went on or off line, Tables 58, 59.
            5002 "设备状态信息上报" ReportDeviceState: report_device_state(DeviceStateReport) -> DeviceStateReply, idempotent("id");
            /// Reports how many spaces are taken and free, Tables 19, 60.
            5003 "场内车位数上报" ReportVacancy: report_vacancy(Vacancy) -> VacancyReply, idempotent("parkCode");
            /// Reports that a car came in, Tables 13, 61.
            5004 "车辆驶入信息上报" ReportEntry: report_entry(ParkingRecord) -> EntryReply, idempotent("id");
            /// Reports that a car went out, Tables 13, 62.
            5005 "车辆驶离信息上报" ReportExit: report_exit(ParkingRecord) -> ExitReply, idempotent("id");
            /// Corrects a parking record that was reported, Tables 13, 63.
            5006 "记录校正信息上报" CorrectRecord: correct_record(ParkingRecord) -> CorrectionReply, idempotent("id");
            /// Asks the city platform to collect the payment of an order, Tables 14, 64.
            5007 "请求支付" RequestPayment: request_payment(ParkingOrder) -> PaymentRequestReply, never("orderNo");
            /// Reports a payment, Tables 15, 65.
            5008 "车辆收费记录上报" ReportPayment: report_payment(PaymentRecord) -> PaymentRecordReply, idempotent("id");
            /// Reports a refund, Tables 17, 66.
            5009 "车辆退费信息上报" ReportRefund: report_refund(Refund) -> RefundReply, idempotent("id");
            /// Asks whether a car pays without stopping, Tables 67, 68.
            5010 "请求车辆代扣验签" QueryAutoPay: query_auto_pay(AutoPayQuery) -> AutoPayReply, safe;
            /// Reports that a gate is open, crowded or closed, Tables 69, 70.
            5011 "出入口状态变更上报" ReportGateState: report_gate_state(GateStateReport) -> GateStateReply, idempotent("entranceID") { const BATCH: bool = true; };
            /// Reports a monthly rental, Tables 71, 72.
            5012 "月租车租约信息更新上报" ReportLease: report_lease(LeaseReport) -> LeaseReportReply, idempotent("id" in "lease");
            /// Reports a mechanical garage, Tables 90, 91.
            8001 "机械车库信息上报" ReportGarage: report_garage(GarageReport) -> GarageReply, idempotent("id" in "garageInfo");
            /// Reports whether a mechanical garage works, Tables 92, 93.
            8002 "机械车库运行状态信息上报" ReportGarageState: report_garage_state(GarageStateReport) -> GarageStateReply, idempotent;
            /// Reports the free spaces of mechanical garages, Tables 94, 96.
            8003 "机械车库剩余车位信息上报" ReportGarageVacancy: report_garage_vacancy(GarageVacancy) -> GarageVacancyReply, idempotent;
            /// Issues an electronic invoice, Tables 110, 111.
            1201 "电子发票开具接口" IssueInvoice: issue_invoice(Invoice) -> InvoiceReply, idempotent("fpqqlsh") {
                fn normalize(item: &str, deviations: &mut Deviations) -> Option<String> {
                    $crate::nesting::invoice_lines(item, deviations)
                }
            };
            /// Asks how many invoice numbers are left, Tables 112, 113.
            1202 "发票库存查询接口" QueryInvoiceStock: query_invoice_stock(InvoiceStockQuery) -> InvoiceStock, safe;
            /// Reports to the public credit register, Tables 30, 114.
            1301 "公共信用信息上报" ReportCredit: report_credit(CreditReport) -> CreditReply, idempotent("id");
            /// Downloads the orders of a day for reconciliation, Tables 115, 116.
            1401 "请求订单" QueryOrders: query_orders(OrderQuery) -> Vec<SettledOrder>, safe, many;
        }
    };
}

/// Hands the interfaces that the external system serves to the macro `$apply`, behind `[$with]`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_partner_interface {
    ($($apply:ident)::+ [$($with:tt)*]) => {
        $($apply)::+! { [$($with)*]
            /// Updates the list of cars under control, Tables 54, 55.
            4001 "车辆管控名单下发" UpdateControl: update_control(ControlUpdate) -> ControlUpdateReply, idempotent("id" in "blackWhiteGraySheet") over both { const BATCH: bool = true; };
            /// Keeps a space for a car, Tables 73, 74.
            6001 "车位预约锁定" LockSpace: lock_space(SpaceLock) -> SpaceLockReply, idempotent("bookCode") over both {
                fn normalize(item: &str, deviations: &mut Deviations) -> Option<String> {
                    $crate::nesting::flattened_car(item, deviations)
                }
            };
            /// Confirms, cancels or extends a reservation, Tables 75, 76.
            6002 "车位预约确定" UpdateReservation: update_reservation(ReservationUpdate) -> ReservationUpdateReply, never("bookCode") over both;
            /// Locks or unlocks a car in the lot, Tables 77, 78.
            6003 "车辆锁车/解锁指令下发" LockCar: lock_car(CarLock) -> CarLockReply, never("id") over both;
            /// Lends a space to a car in daily hours, Tables 79, 80.
            6004 "共享停车信息下发" ShareParking: share_parking(SharedParking) -> SharedParkingReply, idempotent("id") over both;
            /// Finds cars in the lot by a part of their plate, Tables 81, 82.
            6005 "场内车辆查询" FindCars: find_cars(CarQuery) -> Vec<ParkedCar>, safe, many over both;
            /// Asks what a car owes now, Tables 83, 14.
            6006 "查询停车费" QueryFee: query_fee(FeeQuery) -> ParkingOrder, safe over both;
            /// Tells that an order was paid, Table 84.
            6007 "订单支付成功通知下发" NotifyPayment: notify_payment(PaymentNotice) -> Nothing, idempotent, nothing over both;
            /// Tells that payment without stopping was switched on or off, Table 85.
            6008 "车辆代扣签约状态变更通知" NotifyAutoPay: notify_auto_pay(AutoPayNotice) -> Nothing, idempotent, nothing over both;
            /// Asks for a monthly rental, Tables 86, 87.
            6009 "月租车租约查询" QueryLease: query_lease(LeaseQuery) -> LeaseQueryReply, safe;
            /// Prolongs a monthly rental that was paid for, Tables 88, 89.
            6010 "月租车延期" ExtendLease: extend_lease(LeaseExtension) -> LeaseExtensionReply, never("id" in "lease");
            /// Stores a car in a mechanical garage, Tables 97, 98.
            8004 "机械车库存车接口" StoreCar: store_car(CarStore) -> CarStoreReply, never;
            /// Fetches a car from a mechanical garage, Tables 99, 100.
            8005 "机械车库取车接口" FetchCar: fetch_car(CarFetch) -> CarFetchReply, never;
            /// Publishes a lot to guidance screens, Tables 101, 102.
            9001 "停车场信息推送" PublishLot: publish_lot(LotPush) -> LotPushReply, idempotent("parkCode") over both;
        }
    };
}

/// The interfaces that clients, routers and sessions speak themselves: login, tokens, heartbeat,
/// and the image upload, whose body is no JSON.
macro_rules! for_each_session_interface {
    ($($apply:ident)::+ [$($with:tt)*]) => {
        $($apply)::+! { [$($with)*]
            /// Logs in over HTTPS and gets the tokens, Tables 34, 35.
            1001 "登录 (https)" LogIn: login(Login) -> LoginReply, safe;
            /// Renews the tokens, Tables 36, 37.
            1002 "刷新 Token (https)" RefreshToken: refresh_token(TokenRefresh) -> TokenRefreshReply, safe;
            /// Gives the token back, Tables 38, 39.
            1003 "登出 (https)" LogOut: logout(Logout) -> Nothing, safe, nothing;
            /// Logs in over TCP, Tables 40, 41.
            1004 "登录 (TCP)" TcpLogIn: tcp_login(TcpLogin) -> Nothing, idempotent, nothing over tcp;
            /// Logs out over TCP.
            1005 "登出 (TCP)" TcpLogOut: tcp_logout(Nothing) -> Nothing, idempotent, nothing over tcp;
            /// Keeps the TCP line alive.
            1006 "心跳 (TCP)" Heartbeat: heartbeat(Nothing) -> Nothing, idempotent, nothing over tcp;
            /// Uploads an image as a multipart form, Tables 42, 43.
            2001 "图片上传接口" UploadImage: upload_image(ImageUpload) -> Nothing, idempotent, nothing;
        }
    };
}

for_each_session_interface!(park_core::endpoints [
    /// Sees the interfaces that clients, routers and sessions speak themselves.
    each_session_interface, SESSION, Role::City
]);
for_each_city_interface!(park_core::endpoints [
    /// Sees every interface that the city platform serves.
    each_city_interface, CITY, Role::City
]);
for_each_partner_interface!(park_core::endpoints [
    /// Sees every interface that the external system serves.
    each_partner_interface, PARTNER, Role::Partner
]);

park_core::table! { [SESSION CITY PARTNER] &[],
    /// Every interface: those of the session, those the city serves, those the partner serves.
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Retry;

    #[test]
    fn the_list_is_that_of_table_1() {
        // 1101-1106 travel in the charging envelope.
        let mut codes: Vec<u16> = ENDPOINTS.iter().filter_map(Info::number).collect();
        codes.sort_unstable();
        let table_1: Vec<u16> = [
            1001..=1006,
            1201..=1202,
            1301..=1301,
            1401..=1401,
            2001..=2002,
            3001..=3005,
            4001..=4001,
            5001..=5012,
            6001..=6010,
            8001..=8005,
            9001..=9001,
        ]
        .into_iter()
        .flatten()
        .collect();
        assert_eq!(codes, table_1);
    }

    #[test]
    fn what_acts_twice_is_never_repeated() {
        let never: Vec<u16> = ENDPOINTS
            .iter()
            .filter(|info| info.retry == Retry::Never)
            .filter_map(Info::number)
            .collect();
        assert_eq!(never, [5007, 6002, 6003, 6010, 8004, 8005]);
        let batch: Vec<u16> = ENDPOINTS
            .iter()
            .filter(|info| info.batch)
            .filter_map(Info::number)
            .collect();
        assert_eq!(batch, [3004, 5001, 5011, 4001]);
        let tcp: Vec<u16> = ENDPOINTS
            .iter()
            .filter(|info| info.transports.tcp())
            .filter_map(Info::number)
            .collect();
        assert_eq!(
            tcp,
            [
                1004, 1005, 1006, 4001, 6001, 6002, 6003, 6004, 6005, 6006, 6007, 6008, 9001
            ]
        );
    }
}
