//! What the lot answers third parties (下行).
use super::{Coins, Lot};
use crate::kt::{
    ALREADY_GIVEN, ALREADY_PAID, NOT_INSIDE, OTHER_LOT, OTHER_ORDER, PARK,
    books::{Stay, Way},
};
use kt_proto::{
    AnyText, Ctx, Fen, LotService, Minutes, OrEmpty, Outcome,
    code::{ChangeState, OrderStatus},
    flow::*,
    model::{
        AutoPaySignUp, Bill, BillPayment, BillPaymentReply, BillQuery, BlacklistChange,
        BlacklistChangeReply, BlacklistEntry, BlacklistQuery, Booking, BookingChange, BookingQuery,
        BookingReply, Card, CardChange, CardDeletion, CardPassage, CardPayment, CardPlateChange,
        CardProduct, CardProductQuery, CardQuery, ChangeDue, ChangeNotice, ChangeNoticeReply,
        ChangeQuery, ChangeRecord, ChangeReportQuery, DEFAULT_DELAY, FreeSpaceChange, GateOrder,
        InsideCar, InsideQuery, LedMessage, NewBooking, NewCard, NewCardReply, Nothing,
        OrderStatusQuery, OrderStatusReply, ParkingRelief, ParkingReliefReply, Photo, PhotoOrder,
        StayPage, StaysAtPlace, StaysOfPlate,
    },
    refuse,
};

fn here(park_code: &AnyText) -> Outcome<()> {
    if **park_code == *PARK {
        Ok(())
    } else {
        Err(refuse(OTHER_LOT))
    }
}

/// A car without a plate has a card number in its place.
fn one_of(plate: Option<AnyText>, card: Option<AnyText>) -> Option<AnyText> {
    [plate, card]
        .into_iter()
        .flatten()
        .find(|text| !text.is_empty())
}

/// What part of the lot, if not itself, answers an interface by the method of the same name.
macro_rules! answered {
    ($($method:ident $(by $part:ident)?: $request:ty => $reply:ty;)*) => {$(
        async fn $method(&self, _: &Ctx, request: $request) -> Outcome<$reply> {
            here(&request.park_code)?;
            self$(.$part)?.$method(request)
        }
    )*};
}

impl LotService for Lot {
    answered! {
        stays_of_plate: StaysOfPlate => StayPage;
        stays_at_place: StaysAtPlace => StayPage;
        cars_inside: InsideQuery => Vec<InsideCar>;
        pass_card: CardPassage => Nothing;
        set_free_spaces: FreeSpaceChange => Nothing;
        control_gate: GateOrder => Nothing;
        show_message: LedMessage => Nothing;
        take_photo: PhotoOrder => Photo;
        add_card by cards: NewCard => NewCardReply;
        change_card by cards: CardChange => Nothing;
        delete_card by cards: CardDeletion => Nothing;
        change_plate by cards: CardPlateChange => Nothing;
        query_cards by cards: CardQuery => Vec<Card>;
        pay_card by cards: CardPayment => Nothing;
        query_card_products: CardProductQuery => Vec<CardProduct>;
        change_blacklist by lists: BlacklistChange => BlacklistChangeReply;
        query_blacklist by lists: BlacklistQuery => Vec<BlacklistEntry>;
        add_booking by lists: NewBooking => BookingReply;
        change_booking by lists: BookingChange => BookingReply;
        query_bookings: BookingQuery => Vec<Booking>;
    }

    async fn query_bill(&self, _: &Ctx, query: BillQuery) -> Outcome<Bill> {
        here(&query.park_code)?;
        let number = one_of(query.plate_no, query.card_no)
            .ok_or_else(|| refuse("只支持按车牌或卡号查询"))?;
        let bill = self.change_stay(&number, |stay, now| {
            let order = stay.bill(now);
            let card = stay.is_of_card();
            let paid = stay.paid_before().0 + stay.collected.0;
            let bill = Bill {
                order_no: order.no.as_str().into(),
                plate_no: (!card).then(|| number.clone()),
                card_no: card.then(|| number.clone()),
                entry_time: Some(stay.came),
                pay_time: Some(order.made),
                elapsed_time: Some(Minutes(stay.inside(now).0 / 60)),
                img_name: None,
                payable: order.amount,
                delay_time: Some(DEFAULT_DELAY),
                total_fee: Some(Fen(order.amount.0 + paid).into()),
                payed_fee: Some(Fen(paid).into()),
                out_time: Some(now),
            };
            (order, bill)
        })?;
        let (order, bill) = bill.ok_or_else(|| refuse(NOT_INSIDE))?;
        self.index(&number, Some(&order))?;
        Ok(bill)
    }

    async fn pay_bill(&self, _: &Ctx, payment: BillPayment) -> Outcome<BillPaymentReply> {
        here(&payment.park_code)?;
        let key = self
            .orders
            .get(&payment.order_no)?
            .ok_or_else(|| refuse(OTHER_ORDER))?;
        let now = self.clock.time();
        let paid = |stay: &mut Option<Stay>| {
            let stay = stay.as_mut().ok_or_else(|| refuse(OTHER_ORDER))?;
            stay.pay(&payment, now)
                .map(|()| Minutes(stay.inside(now).0 / 60))
        };
        let parking_time = self.stays.change(&key, paid)??;
        Ok(BillPaymentReply {
            parking_time: Some(parking_time),
        })
    }

    async fn relieve_fee(&self, _: &Ctx, relief: ParkingRelief) -> Outcome<ParkingReliefReply> {
        here(&relief.park_code)?;
        let number = one_of(relief.plate_no, relief.card_no);
        let (Some(number), Some(time), None | Some(Fen(0))) =
            (number, relief.free_time, relief.free_money)
        else {
            return Err(refuse("只支持减免时长"));
        };
        // Nothing else in 3.3 tells a repetition from a second voucher.
        let voucher = relief.remark.ok_or_else(|| refuse("优惠详情须填券号"))?;
        let relieved = self.change_stay(&number, |stay, now| {
            if stay.free.contains_key(&*voucher) {
                return Ok(());
            }
            if stay.due(now) == Fen(0) {
                return Err(refuse(ALREADY_PAID));
            }
            stay.free.insert(voucher.to_string(), time);
            stay.settle(now, now);
            Ok(())
        });
        relieved?.ok_or_else(|| refuse(NOT_INSIDE))??;
        Ok(ParkingReliefReply::default())
    }

    async fn query_order(&self, _: &Ctx, query: OrderStatusQuery) -> Outcome<OrderStatusReply> {
        here(&query.park_code)?;
        let order = self
            .order(&query.order_no)?
            .ok_or_else(|| refuse(OTHER_ORDER))?;
        Ok(OrderStatusReply {
            status: match &order.way {
                Way::Bill if order.paid.is_some() => OrderStatus::PAID,
                Way::Bill => OrderStatus::UNPAID,
                Way::Code(flow) => flow.status(),
                Way::Scan(flow) => flow.status(),
            },
        })
    }

    async fn sign_up_auto_pay(&self, _: &Ctx, signed: AutoPaySignUp) -> Outcome<Nothing> {
        here(&signed.park_code)?;
        let known = self.change_stay(&signed.plate_no, |stay, now| {
            stay.auto.apply(AutoPayEvent::SignedUp, now)
        })?;
        known.map(|_| Nothing {}).ok_or_else(|| refuse(NOT_INSIDE))
    }

    async fn query_change(&self, _: &Ctx, query: ChangeQuery) -> Outcome<ChangeDue> {
        here(&query.park_code)?;
        self.coins(&query.order_no)?
            .map(|coins| coins.due)
            .ok_or_else(|| refuse(OTHER_ORDER))
    }

    async fn notify_change(&self, _: &Ctx, notice: ChangeNotice) -> Outcome<ChangeNoticeReply> {
        here(&notice.park_code)?;
        let now = self.clock.time();
        let told = |coins: &mut Option<Coins>| {
            let coins = coins.as_mut().ok_or_else(|| refuse(OTHER_ORDER))?;
            match &coins.given {
                Some((known, _)) if *known == notice => {}
                Some(_) => return Err(refuse(ALREADY_GIVEN)),
                None => {
                    (coins.given, coins.due.if_charge) =
                        (Some((notice.clone(), now)), ChangeState::GIVEN)
                }
            }
            Ok(())
        };
        self.change.change(&notice.order_no, told)??;
        Ok(ChangeNoticeReply {
            order_no: Some(notice.order_no),
        })
    }

    async fn report_change(&self, _: &Ctx, query: ChangeReportQuery) -> Outcome<Vec<ChangeRecord>> {
        here(&query.park_code)?;
        let wanted = |coins: &Coins| {
            coins
                .given
                .as_ref()
                .is_none_or(|(_, at)| (query.start_time..=query.end_time).contains(at))
        };
        let (Ok(page), Ok(count)) = (
            usize::try_from(query.page_index - 1),
            usize::try_from(query.page_count),
        ) else {
            return Err(refuse("页码从1开始"));
        };
        let records = self
            .change
            .all()?
            .into_iter()
            .filter(wanted)
            .map(ChangeRecord::from);
        Ok(records
            .skip(page.saturating_mul(count))
            .take(count)
            .collect())
    }
}

impl From<Coins> for ChangeRecord {
    fn from(coins: Coins) -> Self {
        let (notice, time) = coins.given.unzip();
        Self {
            order_no: coins.due.order_no,
            plate_no: coins.due.plate_no,
            card_no: None,
            entry_time: coins.due.come_time,
            pay_money: coins.due.pay_money,
            paid_amount: coins.due.paid_amount,
            if_charge: coins.due.if_charge,
            charge_type: notice.as_ref().map(|notice| notice.charge_type.clone()),
            user_account: notice.and_then(|notice| notice.user_account),
            paid_time: Some(coins.paid_time),
            charge_time: Some(time.map_or(OrEmpty::Empty, OrEmpty::Value)),
            remark: None,
        }
    }
}
