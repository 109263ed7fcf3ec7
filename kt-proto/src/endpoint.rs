//! The idea of an interface, and the table: the only list of interfaces in this crate.
//!
//! A row holds what differs between interfaces: section, method, marker, name, Chinese title, where it lies, request, reply and its shape, retry class.
//! `for_each_lot_interface!` and `for_each_cloud_interface!` hand all rows of a role to a macro; from them come the client methods, the service
//! methods, the dispatch, [`ENDPOINTS`] and the round-trip tests.
use crate::model::*;
use park_core::Retry;

/// One interface: a marker type.
///
/// An interface that the document does not have is one more type that implements this trait; see [`LotClient::call`](crate::LotClient::call) and
/// [`LotService::other`](crate::LotService::other).
pub trait Endpoint: Send + Sync + 'static {
    /// Its name, the last part of the address.
    const NAME: &'static str;
    /// Name of its method in clients and services.
    const METHOD: &'static str;
    /// Chinese name.
    const TITLE: &'static str;
    /// What stands before the name in the address: `/api/ParkingPay`; empty where the other side chooses it.
    const PATH: &'static str = "";
    /// The same with older systems (旧版本), if they have it: `/api/pay2`.
    const LEGACY: Option<&'static str> = None;
    /// Whether a call may be repeated; never unless it is said.
    const RETRY: Retry = Retry::Never;
    /// What `data` of the reply holds.
    const SHAPE: Shape = Shape::One;

    /// What the sealed `data` of the request holds.
    type Request: Model;
    /// What a call gets: the one entry, all of them as a `Vec`, or [`Nothing`].
    type Reply: Model;
}

/// What `data` of a reply holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// One entry.
    One,
    /// Any number of entries.
    Many,
    /// None; `null`, absent and `[]` mean the same.
    Nothing,
}

/// Who serves an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The third party serves it, the lot calls (上行).
    Cloud,
    /// The lot serves it, the third party calls (下行).
    Lot,
}

/// One interface, for catalogues and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// Its name.
    pub name: &'static str,
    /// Method name.
    pub method: &'static str,
    /// Chinese name.
    pub title: &'static str,
    /// What it does, in English, and where it is described.
    pub about: &'static str,
    /// Rust type of the request.
    pub request: &'static str,
    /// Rust type of the reply.
    pub reply: &'static str,
    /// Who serves it.
    pub role: Role,
    /// What stands before the name in the address; empty where the other side chooses it.
    pub path: &'static str,
    /// The same with older systems.
    pub legacy: Option<&'static str>,
    /// Whether a call may be repeated.
    pub retry: Retry,
    /// What `data` of the reply holds.
    pub shape: Shape,
}

impl Info {
    /// The row of the interface `name`, by any capitals.
    pub fn of(name: &str) -> Option<&'static Self> {
        ENDPOINTS.iter().find(|info| info.name.eq_ignore_ascii_case(name))
    }
}

/// Hands the interfaces that the lot serves (下行) to the macro `$apply`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_lot_interface {
    ($apply:ident) => {
        $apply! {
            /// Paid stays of a plate, downward 1.1.
            stays_of_plate: GetCarInOutInfoByPlate = "车牌查询停车信息", "/api/ParkingInfo" Some("/api/pay2"), StaysOfPlate => One StayPage, Safe;
            /// Paid stays by entrance or exit, downward 1.2.
            stays_at_place: GetCarInOutInfoByPlace = "按出入口查询停车信息", "/api/ParkingInfo" Some("/api/pay2"), StaysAtPlace => One StayPage, Safe;
            /// Cars that are inside, downward 1.3.
            cars_inside: SearchParkingInfo = "场内车查询", "/api/ParkingInfo" Some("/api/pay2"), InsideQuery => Many Vec<InsideCar>, Safe;
            /// Lets a car without plate in or out, downward 2.1.
            pass_card: OnlineCarInOut = "无牌车出入场", "/api/ParkingManage" Some("/api/pay2"), CardPassage => Nothing Nothing, Never;
            /// Sets the number of free spaces shown, downward 2.2.
            set_free_spaces: ModifyFreeSpace = "空闲车位修改", "/api/ParkingManage" Some("/api/pay2"), FreeSpaceChange => Nothing Nothing, IdempotentByKey;
            /// Moves a barrier, downward 2.3. No logic of entry or exit runs.
            control_gate: GateControl = "道闸控制", "/api/ParkingManage" None, GateOrder => Nothing Nothing, Never;
            /// Shows a text on a display, downward 2.4.
            show_message: ShowLedMsg = "显示屏信息推送", "/api/ParkingManage" None, LedMessage => Nothing Nothing, IdempotentByKey;
            /// Lets a car pay without password from this stay on, downward 2.5.
            sign_up_auto_pay: RecordDensityPay = "免密支付车辆签约", "/api/ParkingManage" None, AutoPaySignUp => Nothing Nothing, IdempotentByKey;
            /// Takes a picture with a camera, downward, last of chapter 2. No logic of entry or exit runs.
            take_photo: GetPhoto = "相机拍照", "/api/ParkingManage" None, PhotoOrder => One Photo, Safe;
            /// What a car has to pay, downward 3.1.
            query_bill: GetParkingPaymentInfo = "停车费(账单)查询", "/api/ParkingPay" Some("/api/pay2"), BillQuery => One Bill, Safe;
            /// Tells that a bill was paid, downward 3.2.
            pay_bill: PayParkingFee = "停车费支付(账单同步)", "/api/ParkingPay" Some("/api/pay2"), BillPayment => One BillPaymentReply, IdempotentByKey;
            /// Takes something off a fee, downward 3.3.
            relieve_fee: ParkingFree = "停车优惠减免", "/api/ParkingPay" None, ParkingRelief => One ParkingReliefReply, Never;
            /// Whether an order is paid, downward 3.4.
            query_order: GetPaymentStatus = "订单支付状态查询", "/api/ParkingPay" Some("/api/pay2"), OrderStatusQuery => One OrderStatusReply, Safe;
            /// What change a payment machine owes, downward 3.5.
            query_change: GetPayChargeInfo = "找零信息查询", "/api/ParkingPay" Some("/api/pay2"), ChangeQuery => One ChangeDue, Safe;
            /// Tells that change was given, downward 3.6.
            notify_change: PayChargeNotice = "找零成功通知", "/api/ParkingPay" Some("/api/pay2"), ChangeNotice => One ChangeNoticeReply, IdempotentByKey;
            /// Change given in a span of time, downward 3.7.
            report_change: PayChargeReport = "找零数据查询", "/api/ParkingPay" Some("/api/pay2"), ChangeReportQuery => Many Vec<ChangeRecord>, Safe;
            /// A new card for one or several cars, downward 4.1.
            add_card: AddCarCardNo = "固定车(同卡多车)新增", "/api/ParkingCard" Some("/api/card2"), NewCard => One NewCardReply, Never;
            /// Changes a card, downward 4.2.
            change_card: ModifyCarCardNo = "固定车(同卡多车)修改", "/api/ParkingCard" Some("/api/card2"), CardChange => Nothing Nothing, IdempotentByKey;
            /// Deletes a card with all its plates, downward 4.3.
            delete_card: DeleteCarCardNo = "固定车(同卡多车)删除", "/api/ParkingCard" Some("/api/card2"), CardDeletion => Nothing Nothing, IdempotentByKey;
            /// Adds, changes or deletes one plate of a card, downward 4.4.
            change_plate: CarCardNoManage = "固定车(同卡多车)车牌管理", "/api/ParkingCard" None, CardPlateChange => Nothing Nothing, Never;
            /// Cards, downward 4.5.
            query_cards: GetCarCardInfo = "固定车(同卡多车)查询", "/api/ParkingCard" Some("/api/card2"), CardQuery => Many Vec<Card>, Safe;
            /// Tells that a card was paid on, downward 4.6.
            pay_card: PayCarCardFee = "固定车(同卡多车)充值", "/api/ParkingCard" Some("/api/card2"), CardPayment => Nothing Nothing, Never;
            /// How cards of a kind can be paid on, downward 4.7.
            query_card_products: GetCardProduct = "固定车充值规则查询", "/api/ParkingCard" Some("/api/card2"), CardProductQuery => Many Vec<CardProduct>, Safe;
            /// Adds, changes or deletes an entry of the black list, downward 4.8.
            change_blacklist: BlackListControl = "黑名单管理", "/api/ParkingCard" None, BlacklistChange => One BlacklistChangeReply, Never;
            /// The black list, downward 4.9.
            query_blacklist: GetBlackInfo = "黑名单查询", "/api/ParkingCard" None, BlacklistQuery => Many Vec<BlacklistEntry>, Safe;
            /// A new booking of a plate, downward 5.1.
            add_booking: AddBookingCar = "预约车新增", "/api/ParkingBook" Some("/api/book"), NewBooking => One BookingReply, Never;
            /// Changes or deletes a booking, downward 5.2.
            change_booking: ModifyBookingCar = "预约车修改", "/api/ParkingBook" Some("/api/book"), BookingChange => One BookingReply, IdempotentByKey;
            /// The bookings of a plate, downward 5.3.
            query_bookings: GetBookingCar = "预约车查询", "/api/ParkingBook" Some("/api/book"), BookingQuery => Many Vec<Booking>, Safe;
        }
    };
}

/// Hands the interfaces that the third party serves (上行) to the macro `$apply`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_cloud_interface {
    ($apply:ident) => {
        $apply! {
            /// What the lot is, upward 1.1; once a day.
            report_lot: PostParkingInfo = "停车场信息数据上报", "" None, LotReport => Nothing Nothing, IdempotentByKey;
            /// All areas of the lot, upward 1.2; once a day.
            report_areas: PostAreaInfo = "停车场内区域数据上报", "" None, AreaReport => Nothing Nothing, IdempotentByKey;
            /// How a device is, upward 1.3.
            report_device_state: PostDeviceState = "设备状态上报", "" None, DeviceStateReport => Nothing Nothing, IdempotentByKey;
            /// A device of the lot, upward 1.4.
            report_device: PostParkingDevice = "车场终端设备上报", "" None, DeviceReport => Nothing Nothing, IdempotentByKey;
            /// A car came in, upward 2.1.
            report_entry: PostCarInInfo = "入场数据提交", "" None, EntryReport => One EntryReply, IdempotentByKey;
            /// Debits the fee of a car that stands at the exit, upward 2.2. Never repeated on its own: what is not answered is taken back by 2.6.
            request_auto_pay: PostCarOutInfo = "免密支付数据提交", "" None, AutoPayRequest => One AutoPayReply, Never;
            /// A car left, upward 2.3.
            report_exit: PostPayDetail = "出场数据提交", "" None, ExitReport => Nothing Nothing, IdempotentByKey;
            /// A car of the black list came in, upward 2.4.
            report_blacklisted: PostBlackInInfo = "入场黑名单提交", "" None, BlacklistedEntry => Nothing Nothing, IdempotentByKey;
            /// How many spaces are free, upward 2.5.
            report_free_spaces: PostFreeParkingSpace = "空闲车位数据提交", "" None, FreeSpaceReport => Nothing Nothing, IdempotentByKey;
            /// Takes back a debit whose outcome the lot does not know, upward 2.6.
            reverse_auto_pay: PostCarCorrect = "免密支付/自动扣费冲正上报", "" None, AutoPayReversal => Nothing Nothing, IdempotentByKey;
            /// What was paid at a machine of the lot, upward 2.7.
            report_terminal_payment: PostCarBillDetail = "终端支付明细", "" None, TerminalPayment => Nothing Nothing, IdempotentByKey;
            /// A card of regular cars as it is now, upward 3.1.
            report_card: PostCarCard = "内部车辆更新提交", "" None, CardReport => Nothing Nothing, IdempotentByKey;
            /// A code that the driver scans to pay, upward 4.1.
            request_pay_code: GetPayQRCode = "获取停车费二维码", "" None, PayCodeRequest => One PayCode, IdempotentByKey;
            /// Debits the driver whose payment code was scanned, upward 4.2.
            pay_scanned_code: PayScanCode = "扫码枪扫码用户手机二维码缴费", "" None, ScanPayment => One ScanPaymentReply, Never;
            /// What a car has to pay, reckoned by the third party, upward 5.3.
            query_fee: AutonomousCalfee = "第三方线上自主计费", "" None, FeeRequest => One FeeReply, Safe;
        }
    };
}

macro_rules! markers {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $title:literal, $path:literal $legacy:expr, $request:ty => $shape:ident $reply:ty, $retry:ident;)*) => {$(
        $(#[doc = $doc])*
        #[doc = concat!("(", $title, ")")]
        #[doc(alias = $title)]
        #[derive(Debug, Clone, Copy)]
        pub struct $marker;

        impl Endpoint for $marker {
            const NAME: &'static str = stringify!($marker);
            const METHOD: &'static str = stringify!($method);
            const TITLE: &'static str = $title;
            const PATH: &'static str = $path;
            const LEGACY: Option<&'static str> = $legacy;
            const RETRY: Retry = Retry::$retry;
            const SHAPE: Shape = Shape::$shape;
            type Request = $request;
            type Reply = $reply;
        }
    )*};
}
for_each_lot_interface!(markers);
for_each_cloud_interface!(markers);

macro_rules! infos {
    ($role:expr; $($(#[doc = $doc:literal])* $method:ident: $marker:ident = $title:literal, $path:literal $legacy:expr, $request:ty => $shape:ident $reply:ty, $retry:ident;)*) => {
        &[$(Info {
            name: stringify!($marker),
            method: stringify!($method),
            title: $title,
            about: concat!($($doc),*),
            request: stringify!($request),
            reply: stringify!($reply),
            role: $role,
            path: $path,
            legacy: $legacy,
            retry: Retry::$retry,
            shape: Shape::$shape,
        }),*]
    };
}
macro_rules! lot_infos { ($($rows:tt)*) => { infos! { Role::Lot; $($rows)* } }; }
macro_rules! cloud_infos { ($($rows:tt)*) => { infos! { Role::Cloud; $($rows)* } }; }

const LOT: &[Info] = for_each_lot_interface!(lot_infos);
const CLOUD: &[Info] = for_each_cloud_interface!(cloud_infos);

/// Every interface: those the lot serves, those the third party serves. The two page links are [`PayPage`] and [`ChangePage`].
pub const ENDPOINTS: &[Info] = &{
    let mut all = [LOT[0]; LOT.len() + CLOUD.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < LOT.len() { LOT[at] } else { CLOUD[at - LOT.len()] };
        at += 1;
    }
    all
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_twice_is_never_repeated() {
        let never: Vec<_> = ENDPOINTS.iter().filter(|info| info.retry == Retry::Never).map(|info| info.name).collect();
        let acts = [
            "OnlineCarInOut",
            "GateControl",
            "ParkingFree",
            "AddCarCardNo",
            "CarCardNoManage",
            "PayCarCardFee",
            "BlackListControl",
            "AddBookingCar",
            "PostCarOutInfo",
            "PayScanCode",
        ];
        assert_eq!(never, acts);
    }

    #[test]
    fn the_table_has_every_interface_once() {
        assert_eq!((LOT.len(), CLOUD.len()), (28, 15));
        for info in ENDPOINTS {
            assert_eq!(Info::of(&info.name.to_lowercase()).map(|found| found.method), Some(info.method));
            assert_eq!(info.path.is_empty(), info.role == Role::Cloud, "{}", info.name);
        }
    }
}
