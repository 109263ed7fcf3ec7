//! The table: the only list of interfaces in this crate.
//!
//! A row has name, Chinese title, marker, method, request and reply, and behind them the retry
//! class, what `data` of the reply holds if it is not one entry, and what stands before the name in
//! the address: today, and with older systems (旧版本). From it come the client method, the service
//! method, the dispatch, the entry of [`ENDPOINTS`] and the round-trip tests.
use crate::model::*;

pub use park_core::{Endpoint, Shape, Transports, Visit};

/// One interface, for catalogues and tests.
pub type Info = park_core::Info<Role>;

/// Who serves an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The lot serves it, the third party calls (下行).
    Lot,
    /// The third party serves it, the lot calls (上行).
    Cloud,
}

/// Hands the interfaces that the lot serves (下行) to the macro `$apply`, behind `[$with]`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_lot_interface {
    ($($apply:ident)::+ [$($with:tt)*]) => {
        $($apply)::+! { [$($with)*]
            /// Paid stays of a plate, downward 1.1.
            "GetCarInOutInfoByPlate" "车牌查询停车信息" GetCarInOutInfoByPlate: stays_of_plate(StaysOfPlate) -> StayPage, safe at("/api/ParkingInfo", "/api/pay2");
            /// Paid stays by entrance or exit, downward 1.2.
            "GetCarInOutInfoByPlace" "按出入口查询停车信息" GetCarInOutInfoByPlace: stays_at_place(StaysAtPlace) -> StayPage, safe at("/api/ParkingInfo", "/api/pay2");
            /// Cars that are inside, downward 1.3.
            "SearchParkingInfo" "场内车查询" SearchParkingInfo: cars_inside(InsideQuery) -> Vec<InsideCar>, safe, many at("/api/ParkingInfo", "/api/pay2");
            /// Lets a car without plate in or out, downward 2.1.
            "OnlineCarInOut" "无牌车出入场" OnlineCarInOut: pass_card(CardPassage) -> Nothing, never, nothing at("/api/ParkingManage", "/api/pay2");
            /// Sets the number of free spaces shown, downward 2.2.
            "ModifyFreeSpace" "空闲车位修改" ModifyFreeSpace: set_free_spaces(FreeSpaceChange) -> Nothing, idempotent, nothing at("/api/ParkingManage", "/api/pay2");
            /// Moves a barrier, downward 2.3. No logic of entry or exit runs.
            "GateControl" "道闸控制" GateControl: control_gate(GateOrder) -> Nothing, never, nothing at("/api/ParkingManage");
            /// Shows a text on a display, downward 2.4.
            "ShowLedMsg" "显示屏信息推送" ShowLedMsg: show_message(LedMessage) -> Nothing, idempotent, nothing at("/api/ParkingManage");
            /// Lets a car pay without password from this stay on, downward 2.5.
            "RecordDensityPay" "免密支付车辆签约" RecordDensityPay: sign_up_auto_pay(AutoPaySignUp) -> Nothing, idempotent, nothing at("/api/ParkingManage");
            /// Takes a picture with a camera, downward, last of chapter 2. No logic of entry or
            /// exit runs.
            "GetPhoto" "相机拍照" GetPhoto: take_photo(PhotoOrder) -> Photo, safe at("/api/ParkingManage");
            /// What a car has to pay, downward 3.1.
            "GetParkingPaymentInfo" "停车费(账单)查询" GetParkingPaymentInfo: query_bill(BillQuery) -> Bill, safe at("/api/ParkingPay", "/api/pay2");
            /// Tells that a bill was paid, downward 3.2.
            "PayParkingFee" "停车费支付(账单同步)" PayParkingFee: pay_bill(BillPayment) -> BillPaymentReply, idempotent at("/api/ParkingPay", "/api/pay2");
            /// Takes something off a fee, downward 3.3.
            "ParkingFree" "停车优惠减免" ParkingFree: relieve_fee(ParkingRelief) -> ParkingReliefReply, never at("/api/ParkingPay");
            /// Whether an order is paid, downward 3.4.
            "GetPaymentStatus" "订单支付状态查询" GetPaymentStatus: query_order(OrderStatusQuery) -> OrderStatusReply, safe at("/api/ParkingPay", "/api/pay2");
            /// What change a payment machine owes, downward 3.5.
            "GetPayChargeInfo" "找零信息查询" GetPayChargeInfo: query_change(ChangeQuery) -> ChangeDue, safe at("/api/ParkingPay", "/api/pay2");
            /// Tells that change was given, downward 3.6.
            "PayChargeNotice" "找零成功通知" PayChargeNotice: notify_change(ChangeNotice) -> ChangeNoticeReply, idempotent at("/api/ParkingPay", "/api/pay2");
            /// Change given in a span of time, downward 3.7.
            "PayChargeReport" "找零数据查询" PayChargeReport: report_change(ChangeReportQuery) -> Vec<ChangeRecord>, safe, many at("/api/ParkingPay", "/api/pay2");
            /// A new card for one or several cars, downward 4.1.
            "AddCarCardNo" "固定车(同卡多车)新增" AddCarCardNo: add_card(NewCard) -> NewCardReply, never at("/api/ParkingCard", "/api/card2");
            /// Changes a card, downward 4.2.
            "ModifyCarCardNo" "固定车(同卡多车)修改" ModifyCarCardNo: change_card(CardChange) -> Nothing, idempotent, nothing at("/api/ParkingCard", "/api/card2");
            /// Deletes a card with all its plates, downward 4.3.
            "DeleteCarCardNo" "固定车(同卡多车)删除" DeleteCarCardNo: delete_card(CardDeletion) -> Nothing, idempotent, nothing at("/api/ParkingCard", "/api/card2");
            /// Adds, changes or deletes one plate of a card, downward 4.4.
            "CarCardNoManage" "固定车(同卡多车)车牌管理" CarCardNoManage: change_plate(CardPlateChange) -> Nothing, never, nothing at("/api/ParkingCard");
            /// Cards, downward 4.5.
            "GetCarCardInfo" "固定车(同卡多车)查询" GetCarCardInfo: query_cards(CardQuery) -> Vec<Card>, safe, many at("/api/ParkingCard", "/api/card2");
            /// Tells that a card was paid on, downward 4.6.
            "PayCarCardFee" "固定车(同卡多车)充值" PayCarCardFee: pay_card(CardPayment) -> Nothing, never, nothing at("/api/ParkingCard", "/api/card2");
            /// How cards of a kind can be paid on, downward 4.7.
            "GetCardProduct" "固定车充值规则查询" GetCardProduct: query_card_products(CardProductQuery) -> Vec<CardProduct>, safe, many at("/api/ParkingCard", "/api/card2");
            /// Adds, changes or deletes an entry of the black list, downward 4.8.
            "BlackListControl" "黑名单管理" BlackListControl: change_blacklist(BlacklistChange) -> BlacklistChangeReply, never at("/api/ParkingCard");
            /// The black list, downward 4.9.
            "GetBlackInfo" "黑名单查询" GetBlackInfo: query_blacklist(BlacklistQuery) -> Vec<BlacklistEntry>, safe, many at("/api/ParkingCard");
            /// A new booking of a plate, downward 5.1.
            "AddBookingCar" "预约车新增" AddBookingCar: add_booking(NewBooking) -> BookingReply, never at("/api/ParkingBook", "/api/book");
            /// Changes or deletes a booking, downward 5.2.
            "ModifyBookingCar" "预约车修改" ModifyBookingCar: change_booking(BookingChange) -> BookingReply, idempotent at("/api/ParkingBook", "/api/book");
            /// The bookings of a plate, downward 5.3.
            "GetBookingCar" "预约车查询" GetBookingCar: query_bookings(BookingQuery) -> Vec<Booking>, safe, many at("/api/ParkingBook", "/api/book");
        }
    };
}

/// Hands the interfaces that the third party serves (上行) to the macro `$apply`, behind `[$with]`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_cloud_interface {
    ($($apply:ident)::+ [$($with:tt)*]) => {
        $($apply)::+! { [$($with)*]
            /// What the lot is, upward 1.1; once a day.
            "PostParkingInfo" "停车场信息数据上报" PostParkingInfo: report_lot(LotReport) -> Nothing, idempotent, nothing;
            /// All areas of the lot, upward 1.2; once a day.
            "PostAreaInfo" "停车场内区域数据上报" PostAreaInfo: report_areas(AreaReport) -> Nothing, idempotent, nothing;
            /// How a device is, upward 1.3.
            "PostDeviceState" "设备状态上报" PostDeviceState: report_device_state(DeviceStateReport) -> Nothing, idempotent, nothing;
            /// A device of the lot, upward 1.4.
            "PostParkingDevice" "车场终端设备上报" PostParkingDevice: report_device(DeviceReport) -> Nothing, idempotent, nothing;
            /// A car came in, upward 2.1.
            "PostCarInInfo" "入场数据提交" PostCarInInfo: report_entry(EntryReport) -> EntryReply, idempotent;
            /// Debits the fee of a car that stands at the exit, upward 2.2. Never repeated on its
            /// own: what is not answered is taken back by 2.6.
            "PostCarOutInfo" "免密支付数据提交" PostCarOutInfo: request_auto_pay(AutoPayRequest) -> AutoPayReply, never;
            /// A car left, upward 2.3.
            "PostPayDetail" "出场数据提交" PostPayDetail: report_exit(ExitReport) -> Nothing, idempotent, nothing;
            /// A car of the black list came in, upward 2.4.
            "PostBlackInInfo" "入场黑名单提交" PostBlackInInfo: report_blacklisted(BlacklistedEntry) -> Nothing, idempotent, nothing;
            /// How many spaces are free, upward 2.5.
            "PostFreeParkingSpace" "空闲车位数据提交" PostFreeParkingSpace: report_free_spaces(FreeSpaceReport) -> Nothing, idempotent, nothing;
            /// Takes back a debit whose outcome the lot does not know, upward 2.6.
            "PostCarCorrect" "免密支付/自动扣费冲正上报" PostCarCorrect: reverse_auto_pay(AutoPayReversal) -> Nothing, idempotent, nothing;
            /// What was paid at a machine of the lot, upward 2.7.
            "PostCarBillDetail" "终端支付明细" PostCarBillDetail: report_terminal_payment(TerminalPayment) -> Nothing, idempotent, nothing;
            /// A card of regular cars as it is now, upward 3.1.
            "PostCarCard" "内部车辆更新提交" PostCarCard: report_card(CardReport) -> Nothing, idempotent, nothing;
            /// A code that the driver scans to pay, upward 4.1.
            "GetPayQRCode" "获取停车费二维码" GetPayQRCode: request_pay_code(PayCodeRequest) -> PayCode, idempotent;
            /// Debits the driver whose payment code was scanned, upward 4.2.
            "PayScanCode" "扫码枪扫码用户手机二维码缴费" PayScanCode: pay_scanned_code(ScanPayment) -> ScanPaymentReply, never;
            /// What a car has to pay, reckoned by the third party, upward 5.3.
            "AutonomousCalfee" "第三方线上自主计费" AutonomousCalfee: query_fee(FeeRequest) -> FeeReply, safe;
        }
    };
}

for_each_lot_interface!(park_core::endpoints [
    /// Sees every interface that the lot serves.
    each_lot_interface, LOT, Role::Lot
]);
for_each_cloud_interface!(park_core::endpoints [
    /// Sees every interface that the third party serves.
    each_cloud_interface, CLOUD, Role::Cloud
]);

park_core::table! { [LOT CLOUD] &[],
    /// Every interface: those the lot serves, those the third party serves. The two page links are
    /// [`PayPage`] and [`ChangePage`].
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Retry;

    #[test]
    fn what_acts_twice_is_never_repeated() {
        let never: Vec<_> = ENDPOINTS
            .iter()
            .filter(|info| info.retry == Retry::Never)
            .map(|info| info.name)
            .collect();
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
            assert_eq!(
                Info::of(&info.name.to_lowercase()).map(|found| found.method),
                Some(info.method)
            );
            assert_eq!(
                info.paths.is_empty(),
                info.role == Role::Cloud,
                "{}",
                info.name
            );
        }
    }
}
