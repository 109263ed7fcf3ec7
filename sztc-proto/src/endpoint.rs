//! The idea of an interface, and the table: the only list of interfaces in this crate.
//!
//! A row holds what differs between interfaces: document, method, marker, code, Chinese title, request and reply, and behind them the constants that
//! differ from the default. `for_each_city_interface!` and `for_each_partner_interface!` hand all rows of a role to a macro; from them come the
//! client methods, the service methods, the dispatch, [`ENDPOINTS`] and the round-trip tests.
use crate::model::*;
use park_core::{Deviations, Retry};

/// One interface of the standard: a marker type, because several interfaces share a request type.
///
/// An interface that the standard does not have is one more type that implements this trait; see [`CityClient::call`](crate::CityClient::call) and
/// [`CityService::other`](crate::CityService::other).
pub trait Endpoint: Send + Sync + 'static {
    /// Number of the interface (接口编号), the path over HTTPS and the command over TCP.
    const CODE: u16;
    /// Name of its method in clients and services.
    const METHOD: &'static str;
    /// Chinese name (接口说明).
    const TITLE: &'static str;
    /// Code and method, for errors and logs.
    const NAME: &'static str;
    /// Whether Table 1 has it over TCP too.
    const TCP: bool = false;
    /// Whether a call may be repeated; never unless it is said.
    const RETRY: Retry = Retry::Never;
    /// How the entries of the reply belong to those of the request.
    const SHAPE: Shape = Shape::Each;
    /// Whether the document names it as made for batches (可批量).
    const BATCH: bool = false;
    /// The reply's key field, and where the request has it: a refused entry names its record by it.
    const KEY: Option<(&'static str, &'static [&'static str])> = None;

    /// One entry of the request's data.
    type Request: Model;
    /// What a call gets for one entry.
    type Reply: Model;

    /// Bridges an oddity of structure in one entry of a request: the entry as the table has it, or `None` if it is so already.
    fn mend(item: &str, deviations: &mut Deviations) -> Option<String> {
        let _ = (item, deviations);
        None
    }
}

/// How the entries of a reply belong to those of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// One for each entry of the request, in its order.
    Each,
    /// Any number for the one entry of the request.
    Many,
    /// None, unless something is refused.
    Nothing,
}

/// Who serves an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The city platform serves it (上行).
    City,
    /// The external system serves it (下行).
    Partner,
}

/// One interface, for catalogues and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// Number of the interface (接口编号).
    pub code: u16,
    /// Method name.
    pub method: &'static str,
    /// Chinese name.
    pub title: &'static str,
    /// What it does, in English.
    pub about: &'static str,
    /// Rust type of one entry of the request.
    pub request: &'static str,
    /// Rust type of the reply to it.
    pub reply: &'static str,
    /// Who serves it.
    pub role: Role,
    /// Whether Table 1 has it over HTTPS.
    pub https: bool,
    /// Whether Table 1 has it over TCP.
    pub tcp: bool,
    /// Whether a call may be repeated.
    pub retry: Retry,
    /// How reply entries belong to request entries.
    pub shape: Shape,
    /// Whether the document names it as made for batches.
    pub batch: bool,
}

impl Info {
    /// The row of `code`.
    pub fn of(code: u16) -> Option<&'static Self> {
        ENDPOINTS.iter().find(|info| info.code == code)
    }
}

/// Hands the interfaces that the city platform serves to the macro `$apply`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_city_interface {
    ($apply:ident) => {
        $apply! {
            /// Reports a warning, fault or failure, Tables 27, 44.
            report_event: ReportEvent = 2002 "系统事件上报", Event => EventReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["id"])); };
            /// Reports a lot or its deletion, Tables 45, 46.
            report_lot: ReportLot = 3001 "停车场信息上报", LotReport => LotReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("parkCode", &["parkInfo", "parkCode"])); };
            /// Reports an entrance or exit, Tables 47, 48.
            report_gate: ReportGate = 3002 "出入口信息上报", GateReport => GateReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["entranceExitInfo", "id"])); };
            /// Reports a device, Tables 49, 50.
            report_device: ReportDevice = 3003 "设备信息上报", DeviceReport => DeviceReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["equipment", "id"])); };
            /// Reports a parking space, Tables 51, 52.
            report_space: ReportSpace = 3004 "车位信息上报", SpaceReport => SpaceReply {
                const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("spaceNo", &["spaceInfo", "spaceNo"])); const BATCH: bool = true;
            };
            /// Reports a lot's tariff, Tables 4, 53.
            report_tariff: ReportTariff = 3005 "停车场收费标准信息上报", Tariff => TariffReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("permitNo", &["permitNo"])); };
            /// Reports that a space became free, reserved or occupied, Tables 56, 57.
            report_space_state: ReportSpaceState = 5001 "车位状态变更上报", SpaceStateReport => SpaceStateReply {
                const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("spaceNo", &["spaceNo"])); const BATCH: bool = true;
            };
            /// Reports that a device went on or off line, Tables 58, 59.
            report_device_state: ReportDeviceState = 5002 "设备状态信息上报", DeviceStateReport => DeviceStateReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["id"])); };
            /// Reports how many spaces are taken and free, Tables 19, 60.
            report_vacancy: ReportVacancy = 5003 "场内车位数上报", Vacancy => VacancyReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("parkCode", &["parkCode"])); };
            /// Reports that a car came in, Tables 13, 61.
            report_entry: ReportEntry = 5004 "车辆驶入信息上报", ParkingRecord => EntryReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["id"])); };
            /// Reports that a car went out, Tables 13, 62.
            report_exit: ReportExit = 5005 "车辆驶离信息上报", ParkingRecord => ExitReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["id"])); };
            /// Corrects a parking record that was reported, Tables 13, 63.
            correct_record: CorrectRecord = 5006 "记录校正信息上报", ParkingRecord => CorrectionReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["id"])); };
            /// Asks the city platform to collect the payment of an order, Tables 14, 64.
            request_payment: RequestPayment = 5007 "请求支付", ParkingOrder => PaymentRequestReply {
                const KEY: Key = Some(("orderNo", &["orderNo"])); const RETRY: Retry = Retry::Never;
            };
            /// Reports a payment, Tables 15, 65.
            report_payment: ReportPayment = 5008 "车辆收费记录上报", PaymentRecord => PaymentRecordReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["id"])); };
            /// Reports a refund, Tables 17, 66.
            report_refund: ReportRefund = 5009 "车辆退费信息上报", Refund => RefundReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["id"])); };
            /// Asks whether a car pays without stopping, Tables 67, 68.
            query_auto_pay: QueryAutoPay = 5010 "请求车辆代扣验签", AutoPayQuery => AutoPayReply { const RETRY: Retry = Retry::Safe; };
            /// Reports that a gate is open, crowded or closed, Tables 69, 70.
            report_gate_state: ReportGateState = 5011 "出入口状态变更上报", GateStateReport => GateStateReply {
                const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("entranceID", &["entranceID"])); const BATCH: bool = true;
            };
            /// Reports a monthly rental, Tables 71, 72.
            report_lease: ReportLease = 5012 "月租车租约信息更新上报", LeaseReport => LeaseReportReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["lease", "id"])); };
            /// Reports a mechanical garage, Tables 90, 91.
            report_garage: ReportGarage = 8001 "机械车库信息上报", GarageReport => GarageReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["garageInfo", "id"])); };
            /// Reports whether a mechanical garage works, Tables 92, 93.
            report_garage_state: ReportGarageState = 8002 "机械车库运行状态信息上报", GarageStateReport => GarageStateReply { const RETRY: Retry = Retry::IdempotentByKey; };
            /// Reports the free spaces of mechanical garages, Tables 94, 96.
            report_garage_vacancy: ReportGarageVacancy = 8003 "机械车库剩余车位信息上报", GarageVacancy => GarageVacancyReply { const RETRY: Retry = Retry::IdempotentByKey; };
            /// Issues an electronic invoice, Tables 110, 111.
            issue_invoice: IssueInvoice = 1201 "电子发票开具接口", Invoice => InvoiceReply {
                const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("fpqqlsh", &["fpqqlsh"]));

                fn mend(item: &str, deviations: &mut Deviations) -> Option<String> {
                    $crate::mend::invoice_lines(item, deviations)
                }
            };
            /// Asks how many invoice numbers are left, Tables 112, 113.
            query_invoice_stock: QueryInvoiceStock = 1202 "发票库存查询接口", InvoiceStockQuery => InvoiceStock { const RETRY: Retry = Retry::Safe; };
            /// Reports to the public credit register, Tables 30, 114.
            report_credit: ReportCredit = 1301 "公共信用信息上报", CreditReport => CreditReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["id"])); };
            /// Downloads the orders of a day for reconciliation, Tables 115, 116.
            query_orders: QueryOrders = 1401 "请求订单", OrderQuery => Vec<SettledOrder> {
                const RETRY: Retry = Retry::Safe; const SHAPE: Shape = Shape::Many;
            };
        }
    };
}

/// Hands the interfaces that the external system serves to the macro `$apply`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_partner_interface {
    ($apply:ident) => {
        $apply! {
            /// Updates the list of cars under control, Tables 54, 55.
            update_control: UpdateControl = 4001 "车辆管控名单下发", ControlUpdate => ControlUpdateReply {
                const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["blackWhiteGraySheet", "id"])); const TCP: bool = true; const BATCH: bool = true;
            };
            /// Keeps a space for a car, Tables 73, 74.
            lock_space: LockSpace = 6001 "车位预约锁定", SpaceLock => SpaceLockReply {
                const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("bookCode", &["bookCode"])); const TCP: bool = true;

                fn mend(item: &str, deviations: &mut Deviations) -> Option<String> {
                    $crate::mend::flattened_car(item, deviations)
                }
            };
            /// Confirms, cancels or extends a reservation, Tables 75, 76.
            update_reservation: UpdateReservation = 6002 "车位预约确定", ReservationUpdate => ReservationUpdateReply {
                const KEY: Key = Some(("bookCode", &["bookCode"])); const TCP: bool = true; const RETRY: Retry = Retry::Never;
            };
            /// Locks or unlocks a car in the lot, Tables 77, 78.
            lock_car: LockCar = 6003 "车辆锁车/解锁指令下发", CarLock => CarLockReply {
                const KEY: Key = Some(("id", &["id"])); const TCP: bool = true; const RETRY: Retry = Retry::Never;
            };
            /// Lends a space to a car in daily hours, Tables 79, 80.
            share_parking: ShareParking = 6004 "共享停车信息下发", SharedParking => SharedParkingReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("id", &["id"])); const TCP: bool = true; };
            /// Finds cars in the lot by a part of their plate, Tables 81, 82.
            find_cars: FindCars = 6005 "场内车辆查询", CarQuery => Vec<ParkedCar> {
                const TCP: bool = true; const RETRY: Retry = Retry::Safe; const SHAPE: Shape = Shape::Many;
            };
            /// Asks what a car owes now, Tables 83, 14.
            query_fee: QueryFee = 6006 "查询停车费", FeeQuery => ParkingOrder { const TCP: bool = true; const RETRY: Retry = Retry::Safe; };
            /// Tells that an order was paid, Table 84.
            notify_payment: NotifyPayment = 6007 "订单支付成功通知下发", PaymentNotice => Nothing { const RETRY: Retry = Retry::IdempotentByKey; const TCP: bool = true; const SHAPE: Shape = Shape::Nothing; };
            /// Tells that payment without stopping was switched on or off, Table 85.
            notify_auto_pay: NotifyAutoPay = 6008 "车辆代扣签约状态变更通知", AutoPayNotice => Nothing { const RETRY: Retry = Retry::IdempotentByKey; const TCP: bool = true; const SHAPE: Shape = Shape::Nothing; };
            /// Asks for a monthly rental, Tables 86, 87.
            query_lease: QueryLease = 6009 "月租车租约查询", LeaseQuery => LeaseQueryReply { const RETRY: Retry = Retry::Safe; };
            /// Prolongs a monthly rental that was paid for, Tables 88, 89.
            extend_lease: ExtendLease = 6010 "月租车延期", LeaseExtension => LeaseExtensionReply {
                const KEY: Key = Some(("id", &["lease", "id"])); const RETRY: Retry = Retry::Never;
            };
            /// Stores a car in a mechanical garage, Tables 97, 98.
            store_car: StoreCar = 8004 "机械车库存车接口", CarStore => CarStoreReply { const RETRY: Retry = Retry::Never; };
            /// Fetches a car from a mechanical garage, Tables 99, 100.
            fetch_car: FetchCar = 8005 "机械车库取车接口", CarFetch => CarFetchReply { const RETRY: Retry = Retry::Never; };
            /// Publishes a lot to guidance screens, Tables 101, 102.
            publish_lot: PublishLot = 9001 "停车场信息推送", LotPush => LotPushReply { const RETRY: Retry = Retry::IdempotentByKey; const KEY: Key = Some(("parkCode", &["parkCode"])); const TCP: bool = true; };
        }
    };
}

/// The interfaces that clients, routers and sessions speak themselves: login, tokens, heartbeat, and the image upload, whose body is no JSON.
macro_rules! for_each_session_interface {
    ($apply:ident) => {
        $apply! {
            /// Logs in over HTTPS and gets the tokens, Tables 34, 35.
            login: LogIn = 1001 "登录 (https)", Login => LoginReply { const RETRY: Retry = Retry::Safe; };
            /// Renews the tokens, Tables 36, 37.
            refresh_token: RefreshToken = 1002 "刷新 Token (https)", TokenRefresh => TokenRefreshReply { const RETRY: Retry = Retry::Safe; };
            /// Gives the token back, Tables 38, 39.
            logout: LogOut = 1003 "登出 (https)", Logout => Nothing { const RETRY: Retry = Retry::Safe; const SHAPE: Shape = Shape::Nothing; };
            /// Logs in over TCP, Tables 40, 41.
            tcp_login: TcpLogIn = 1004 "登录 (TCP)", TcpLogin => Nothing { const RETRY: Retry = Retry::IdempotentByKey; const TCP: bool = true; const SHAPE: Shape = Shape::Nothing; };
            /// Logs out over TCP.
            tcp_logout: TcpLogOut = 1005 "登出 (TCP)", Nothing => Nothing { const RETRY: Retry = Retry::IdempotentByKey; const TCP: bool = true; const SHAPE: Shape = Shape::Nothing; };
            /// Keeps the TCP line alive.
            heartbeat: Heartbeat = 1006 "心跳 (TCP)", Nothing => Nothing { const RETRY: Retry = Retry::IdempotentByKey; const TCP: bool = true; const SHAPE: Shape = Shape::Nothing; };
            /// Uploads an image as a multipart form, Tables 42, 43.
            upload_image: UploadImage = 2001 "图片上传接口", ImageUpload => Nothing { const RETRY: Retry = Retry::IdempotentByKey; const SHAPE: Shape = Shape::Nothing; };
        }
    };
}

type Key = Option<(&'static str, &'static [&'static str])>;

macro_rules! markers {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $code:literal $title:literal, $request:ty => $reply:ty { $($own:tt)* };)*) => {$(
        $(#[doc = $doc])*
        #[doc = concat!("(", $title, ", ", $code, ")")]
        #[doc(alias = $title)]
        #[derive(Debug, Clone, Copy)]
        pub struct $marker;

        impl Endpoint for $marker {
            const CODE: u16 = $code;
            const METHOD: &'static str = stringify!($method);
            const TITLE: &'static str = $title;
            const NAME: &'static str = concat!($code, " ", stringify!($method));
            type Request = $request;
            type Reply = $reply;
            $($own)*
        }
    )*};
}
for_each_session_interface!(markers);
for_each_city_interface!(markers);
for_each_partner_interface!(markers);

macro_rules! infos {
    ($role:expr, $https:expr; $($(#[doc = $doc:literal])* $method:ident: $marker:ident = $code:literal $title:literal, $request:ty => $reply:ty { $($own:tt)* };)*) => {
        &[$(Info {
            code: $code,
            method: stringify!($method),
            title: $title,
            about: concat!($($doc),*),
            request: stringify!($request),
            reply: stringify!($reply),
            role: $role,
            https: $https($code),
            tcp: $marker::TCP,
            retry: $marker::RETRY,
            shape: $marker::SHAPE,
            batch: $marker::BATCH,
        }),*]
    };
}
macro_rules! session_infos { ($($rows:tt)*) => { infos! { Role::City, tcp_only; $($rows)* } }; }
macro_rules! city_infos { ($($rows:tt)*) => { infos! { Role::City, always; $($rows)* } }; }
macro_rules! partner_infos { ($($rows:tt)*) => { infos! { Role::Partner, always; $($rows)* } }; }

const fn tcp_only(code: u16) -> bool {
    !matches!(code, 1004..=1006)
}

const fn always(_: u16) -> bool {
    true
}

const SESSION: &[Info] = for_each_session_interface!(session_infos);
const CITY: &[Info] = for_each_city_interface!(city_infos);
const PARTNER: &[Info] = for_each_partner_interface!(partner_infos);

/// Every interface: those of the session, those the city serves, those the partner serves.
pub const ENDPOINTS: &[Info] = &{
    let mut all = [SESSION[0]; SESSION.len() + CITY.len() + PARTNER.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < SESSION.len() {
            SESSION[at]
        } else if at < SESSION.len() + CITY.len() {
            CITY[at - SESSION.len()]
        } else {
            PARTNER[at - SESSION.len() - CITY.len()]
        };
        at += 1;
    }
    all
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_that_of_table_1() {
        // 1101-1106 travel in the charging envelope.
        let mut codes: Vec<u16> = ENDPOINTS.iter().map(|info| info.code).collect();
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
        let never: Vec<u16> = ENDPOINTS.iter().filter(|info| info.retry == Retry::Never).map(|info| info.code).collect();
        assert_eq!(never, [5007, 6002, 6003, 6010, 8004, 8005]);
        let batch: Vec<u16> = ENDPOINTS.iter().filter(|info| info.batch).map(|info| info.code).collect();
        assert_eq!(batch, [3004, 5001, 5011, 4001]);
        let tcp: Vec<u16> = ENDPOINTS.iter().filter(|info| info.tcp).map(|info| info.code).collect();
        assert_eq!(tcp, [1004, 1005, 1006, 4001, 6001, 6002, 6003, 6004, 6005, 6006, 6007, 6008, 9001]);
    }
}
