//! The flows over sockets: real clients, real routers, a lot and a third party that keep their
//! halves, and replies that get lost.

use kt_proto::{code::*, flow::*, model::*, *};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::net::TcpListener;

const FEE: Fen = Fen(1000);

fn now() -> DateTime {
    "2019-03-25 10:00:00".parse().expect("a time")
}

fn credentials() -> Credentials {
    Credentials::new(
        "ktapi",
        "0506E3",
        Keys::new("693207DB8148FBC9D8410179").expect("24 characters"),
    )
}

async fn served(router: axum::Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(serve(
        listener,
        router,
        ServeOptions::default(),
        std::future::pending(),
    ));
    format!("http://{address}")
}

/// Interfaces whose next reply gets lost, though the call is served.
#[derive(Default)]
struct Losses(Mutex<HashSet<&'static str>>);

impl Losses {
    fn next(&self, name: &'static str) {
        self.0.lock().expect("not poisoned").insert(name);
    }

    async fn reply<T>(&self, name: &'static str, reply: Outcome<T>) -> Outcome<T> {
        if self.0.lock().expect("not poisoned").remove(name) {
            // The caller gives up first.
            std::future::pending::<()>().await;
        }
        reply
    }
}

/// The third party: debits by stay, codes by order, and what its payment platform did.
#[derive(Default)]
struct Cloud {
    lost: Losses,
    stays: Mutex<HashMap<StayKey, AutoDebit>>,
    scanned: Mutex<HashSet<String>>,
    /// Debits and, negative, refunds.
    platform: Mutex<Vec<i64>>,
    /// What a driver's account has.
    account: Mutex<i64>,
}

impl Cloud {
    /// Tells the stay's half what came in, does what it wants, and returns its answer.
    fn settle(&self, key: StayKey, event: AutoDebitEvent) -> Result<AutoDebitNext, Contradiction> {
        let mut stays = self.stays.lock().expect("not poisoned");
        let debit = stays
            .entry(key.clone())
            .or_insert_with(|| AutoDebit::new(key));
        if let Step::Contradiction(contradiction) = debit.apply(event, now()) {
            return Err(contradiction);
        }
        loop {
            match debit.next(now(), Patience::default()) {
                AutoDebitNext::Debit(fee) => {
                    assert_eq!(debit.apply(AutoDebitEvent::Debiting, now()), Step::Taken);
                    let debited = fee.0.min(*self.account.lock().expect("not poisoned"));
                    self.platform.lock().expect("not poisoned").push(debited);
                    debit.apply(AutoDebitEvent::Debited(Fen(debited)), now());
                }
                AutoDebitNext::Refund(fen) => {
                    self.platform.lock().expect("not poisoned").push(-fen.0);
                    debit.apply(AutoDebitEvent::Refunded, now());
                }
                next => return Ok(next),
            }
        }
    }

    fn platform(&self) -> Vec<i64> {
        self.platform.lock().expect("not poisoned").clone()
    }
}

impl CloudService for Cloud {
    async fn report_entry(&self, _: &Ctx, _: EntryReport) -> Outcome<EntryReply> {
        self.lost
            .reply(
                "2.1",
                Ok(EntryReply {
                    is_density_pay: AutoPay::ON,
                }),
            )
            .await
    }

    async fn request_auto_pay(&self, _: &Ctx, request: AutoPayRequest) -> Outcome<AutoPayReply> {
        let reply = match self.settle(StayKey::from(&request), AutoDebitEvent::Request(request)) {
            Ok(AutoDebitNext::Answer(reply)) => Ok(reply),
            Ok(next) => Err(refuse(format!("{next:?}"))),
            Err(contradiction) => Err(refuse(contradiction.to_string())),
        };
        self.lost.reply("2.2", reply).await
    }

    async fn reverse_auto_pay(&self, _: &Ctx, reversal: AutoPayReversal) -> Outcome<Nothing> {
        let settled = self.settle(StayKey::from(&reversal), AutoDebitEvent::Reversal(reversal));
        let reply = settled
            .map(|_| Nothing {})
            .map_err(|contradiction| refuse(contradiction.to_string()));
        self.lost.reply("2.6", reply).await
    }

    async fn request_pay_code(&self, _: &Ctx, request: PayCodeRequest) -> Outcome<PayCode> {
        let code = PayCode {
            qrcode: format!("https://pay.example.com/{}", request.order_no.as_str()).into(),
            order_no: "P1".into(),
            pay_type: PayPlatform::WECHAT,
        };
        self.lost.reply("4.1", Ok(code)).await
    }

    async fn pay_scanned_code(&self, _: &Ctx, request: ScanPayment) -> Outcome<ScanPaymentReply> {
        if request.auth_code == "0" {
            return Err(refuse("付款码已过期"));
        }
        if self
            .scanned
            .lock()
            .expect("not poisoned")
            .insert(request.order_no.to_string())
        {
            self.platform
                .lock()
                .expect("not poisoned")
                .push(request.amount.0);
        }
        let reply = ScanPaymentReply {
            order_no: "P1".into(),
            pay_type: PayPlatform::WECHAT,
        };
        self.lost.reply("4.2", Ok(reply)).await
    }
}

/// The lot: an order of a machine, or one that owes change.
#[derive(Default)]
struct Lot {
    lost: Losses,
    code: Mutex<Option<PayCodeFlow>>,
    scan: Mutex<Option<ScanFlow>>,
    change_given: Mutex<u32>,
}

impl Lot {
    fn status(&self) -> OrderStatus {
        let code = self
            .code
            .lock()
            .expect("not poisoned")
            .as_ref()
            .map(PayCodeFlow::status);
        let scan = self
            .scan
            .lock()
            .expect("not poisoned")
            .as_ref()
            .map(ScanFlow::status);
        code.or(scan).unwrap_or(OrderStatus::UNPAID)
    }
}

impl LotService for Lot {
    async fn pay_bill(&self, _: &Ctx, payment: BillPayment) -> Outcome<BillPaymentReply> {
        let code = self
            .code
            .lock()
            .expect("not poisoned")
            .as_mut()
            .map(|flow| flow.apply(PayCodeEvent::Paid(payment.clone()), now()));
        let scan = self
            .scan
            .lock()
            .expect("not poisoned")
            .as_mut()
            .map(|flow| flow.apply(ScanEvent::Paid(payment), now()));
        let reply = match code.or(scan) {
            Some(step) if step.is_accepted() => Ok(BillPaymentReply::default()),
            _ => Err(refuse("订单已支付或不存在")),
        };
        self.lost.reply("3.2", reply).await
    }

    async fn query_order(&self, _: &Ctx, _: OrderStatusQuery) -> Outcome<OrderStatusReply> {
        let status = self.status();
        self.lost
            .reply("3.4", Ok(OrderStatusReply { status }))
            .await
    }

    async fn query_change(&self, _: &Ctx, query: ChangeQuery) -> Outcome<ChangeDue> {
        let given = *self.change_given.lock().expect("not poisoned") > 0;
        let due = ChangeDue {
            order_no: query.order_no,
            plate_no: Some("粤B88888".into()),
            card_no: None,
            come_time: None,
            pay_money: Fen(1100),
            paid_amount: Fen(1500),
            if_charge: if given {
                ChangeState::GIVEN
            } else {
                ChangeState::DUE
            },
        };
        self.lost.reply("3.5", Ok(due)).await
    }

    async fn notify_change(&self, _: &Ctx, notice: ChangeNotice) -> Outcome<ChangeNoticeReply> {
        *self.change_given.lock().expect("not poisoned") += 1;
        let reply = ChangeNoticeReply {
            order_no: Some(notice.order_no),
        };
        self.lost.reply("3.6", Ok(reply)).await
    }
}

/// Calls that give up soon and are not repeated by the client, so that each loss is the flow's to
/// survive.
fn hasty(options: &mut CallOptions) {
    options.deadline = Duration::from_millis(250);
    options.retry = RetryPolicy::off();
}

async fn cloud(cloud: Cloud) -> (Arc<Cloud>, CloudClient) {
    let cloud = Arc::new(cloud);
    let base = served(CloudRouter::new(cloud.clone(), credentials()).into_router()).await;
    (
        cloud,
        CloudClient::new(base, credentials())
            .expect("a client")
            .with(hasty),
    )
}

async fn lot(lot: Lot) -> (Arc<Lot>, LotClient) {
    let lot = Arc::new(lot);
    let base = served(LotRouter::new(lot.clone(), credentials()).into_router()).await;
    (
        lot,
        LotClient::new(base, credentials())
            .expect("a client")
            .with(hasty),
    )
}

/// A lot that drives one stay until nothing is left to do, and what it did.
async fn stay(client: &CloudClient) -> (AutoPayFlow, Vec<String>) {
    let entry = EntryReport::new(
        "1",
        "粤B88888",
        "2019-03-25 08:00:00".parse::<DateTime>().expect("a time"),
        "入口1",
    );
    let mut exit = Some(AutoPayRequest {
        park_code: entry.park_code.clone(),
        plate_no: entry.plate_no.clone(),
        card_no: None,
        entry_time: entry.entry_time,
        leave_time: now().into(),
        total_money: FEE,
        leave_place: "出口1".into(),
        img_name: None,
    });
    let (mut flow, mut now, mut did) = (AutoPayFlow::new(entry), now(), Vec::new());
    loop {
        // Every step finds the flow as a restarted program would.
        flow = serde_json::from_str(&serde_json::to_string(&flow).expect("JSON"))
            .expect("what was stored");
        let next = flow.next(now, Patience::default());
        let failed = |error: &Error| Failure::from(error);
        did.push(
            format!("{next:?}")
                .split(['(', ' '])
                .next()
                .expect("a name")
                .to_owned(),
        );
        let event = match next {
            AutoPayNext::ReportEntry(report) => match client.report_entry(&report).await {
                Ok(reply) => AutoPayEvent::EntryAnswered(reply),
                Err(error) => AutoPayEvent::EntryFailed(failed(&error)),
            },
            AutoPayNext::AwaitExit => AutoPayEvent::Exit(exit.take().expect("once")),
            AutoPayNext::Send(request) => {
                assert_eq!(flow.apply(AutoPayEvent::Sending, now), Step::Taken);
                match client.request_auto_pay(&request).await {
                    Ok(reply) => AutoPayEvent::Answered(reply),
                    Err(error) => AutoPayEvent::Failed(failed(&error)),
                }
            }
            AutoPayNext::CollectAtBooth(fen) => AutoPayEvent::Collected(fen),
            AutoPayNext::LetOut => AutoPayEvent::Left,
            AutoPayNext::Reverse(reversal) => match client.reverse_auto_pay(&reversal).await {
                Ok(_) => AutoPayEvent::Reversed,
                Err(error) => AutoPayEvent::ReversalFailed(failed(&error)),
            },
            AutoPayNext::WaitUntil(until) => {
                now = until;
                continue;
            }
            AutoPayNext::Done => return (flow, did),
            next => panic!("{next:?}"),
        };
        assert_eq!(flow.apply(event, now), Step::Taken);
    }
}

#[tokio::test]
async fn a_password_free_exit_pays_online_and_the_rest_at_the_booth() {
    for (account, debited, collected) in [
        (5000, 1000, None),
        (700, 700, Some(Fen(300))),
        (0, 0, Some(FEE)),
    ] {
        let (cloud, client) = cloud(Cloud {
            account: account.into(),
            ..Cloud::default()
        })
        .await;
        let (flow, did) = stay(&client).await;
        assert_eq!(
            (flow.debited(), flow.collected()),
            (Some(Fen(debited)), collected),
            "{did:?}"
        );
        assert_eq!(cloud.platform(), [debited]);
        assert!(!did.contains(&"Reverse".to_owned()));
    }
}

#[tokio::test]
async fn a_password_free_exit_whose_reply_is_lost_is_reversed_once() {
    let (cloud, client) = cloud(Cloud {
        account: 5000.into(),
        ..Cloud::default()
    })
    .await;
    for name in ["2.1", "2.2", "2.6"] {
        cloud.lost.next(name);
    }
    let (flow, did) = stay(&client).await;
    let expected = [
        "ReportEntry",
        "WaitUntil",
        "ReportEntry",
        "AwaitExit",
        "Send",
        "CollectAtBooth",
        "LetOut",
        "Reverse",
        "WaitUntil",
        "Reverse",
        "Done",
    ];
    assert_eq!(did, expected);
    assert_eq!((flow.collected(), flow.is_reversed()), (Some(FEE), true));
    // Debited and given back, once each, though the reversal came twice.
    assert_eq!(cloud.platform(), [1000, -1000]);
}

fn payment(order_no: &str) -> BillPayment {
    BillPayment {
        park_code: "1".into(),
        order_no: order_no.into(),
        amount: FEE,
        discount: Fen(0),
        pay_type: PaidAt::WECHAT,
        pay_method: PaidWith::WECHAT,
        free_money: Fen(0),
        free_time: Minutes(0),
        free_detail: None,
    }
}

/// A third party that tells the lot of a payment until nothing is left to do; whether the money
/// went back.
async fn tell(client: &LotClient, payment: BillPayment) -> bool {
    let (mut order, mut now) = (PaidOrder::new(payment), now());
    loop {
        let event = match order.next(now, Patience::default()) {
            PaidOrderNext::Send(payment) => match client.pay_bill(&payment).await {
                Ok(_) => PaidOrderEvent::Told,
                Err(error) => PaidOrderEvent::Failed(Failure::from(&error)),
            },
            PaidOrderNext::Query(query) => match client.query_order(&query).await {
                Ok(reply) => PaidOrderEvent::Status(reply.status),
                Err(error) => PaidOrderEvent::Failed(Failure::from(&error)),
            },
            PaidOrderNext::Refund(fen) => {
                assert_eq!(fen, FEE);
                PaidOrderEvent::Refunded
            }
            PaidOrderNext::WaitUntil(until) => {
                now = until;
                continue;
            }
            PaidOrderNext::Done => return order.is_refunded(),
            next => panic!("{next:?}"),
        };
        assert_eq!(order.apply(event, now), Step::Taken);
    }
}

fn code_request() -> PayCodeRequest {
    PayCodeRequest {
        park_code: "1".into(),
        order_no: "D1".into(),
        device_code: "7".into(),
        plate_num: Some(PercentText::new("粤B88888", UrlCharset::Utf8)),
        card_no: None,
        in_time: "2019-03-25 08:00:00".parse().expect("a time"),
        elapsed_time: Minutes(120),
        amount: FEE,
        out_time: now(),
    }
}

#[tokio::test]
async fn a_pay_code_is_paid_once_by_whichever_way_comes_first() {
    for (cash_first, refunded) in [(false, false), (true, true)] {
        let (cloud, up) = cloud(Cloud::default()).await;
        let (lot, down) = lot(Lot::default()).await;
        cloud.lost.next("4.1");
        for name in ["3.2", "3.4"] {
            lot.lost.next(name);
        }
        let (mut flow, mut now) = (PayCodeFlow::new(code_request()), now());
        let code = loop {
            match flow.next(now, Patience::default()) {
                PayCodeNext::Send(request) => {
                    let event = match up.request_pay_code(&request).await {
                        Ok(code) => PayCodeEvent::Answered(code),
                        Err(error) => PayCodeEvent::Failed(Failure::from(&error)),
                    };
                    flow.apply(event, now);
                }
                PayCodeNext::WaitUntil(until) => now = until,
                PayCodeNext::Show(code) => break code,
                next => panic!("{next:?}"),
            }
        };
        assert_eq!(code.qrcode, "https://pay.example.com/D1");
        if cash_first {
            assert_eq!(flow.apply(PayCodeEvent::Collected(FEE), now), Step::Taken);
        }
        *lot.code.lock().expect("not poisoned") = Some(flow);
        // The driver scanned and paid all the same; the first reply to 3.2 is lost.
        assert_eq!(tell(&down, payment("D1")).await, refunded);
        let flow = lot
            .code
            .lock()
            .expect("not poisoned")
            .take()
            .expect("there");
        assert_eq!(
            (flow.paid_online().is_some(), flow.collected().is_some()),
            (!cash_first, cash_first)
        );
        assert_eq!(flow.next(now, Patience::default()), PayCodeNext::Done);
    }
}

#[tokio::test]
async fn a_scanned_code_is_debited_once_though_the_reply_is_lost() {
    let (cloud, up) = cloud(Cloud::default()).await;
    let (lot, down) = lot(Lot::default()).await;
    let PayCodeRequest {
        in_time,
        elapsed_time,
        ..
    } = code_request();
    let scan = |auth_code: &str| ScanPayment {
        park_code: "1".into(),
        order_no: "D1".into(),
        device_id: "7".into(),
        car_no: PercentText::new("粤B88888", UrlCharset::Utf8),
        in_time,
        elapsed_time,
        amount: FEE,
        auth_code: auth_code.into(),
        out_time: None,
    };
    let (mut flow, mut asked) = (ScanFlow::new(scan("0")), 0);
    let waits = loop {
        match flow.next(now(), Patience::default()) {
            ScanNext::Send(request) => {
                assert_eq!(flow.apply(ScanEvent::Sending, now()), Step::Taken);
                flow = serde_json::from_str(&serde_json::to_string(&flow).expect("JSON"))
                    .expect("what was stored");
                asked += 1;
                let event = match up.pay_scanned_code(&request).await {
                    Ok(_) => ScanEvent::Accepted,
                    Err(error) => ScanEvent::Failed {
                        auth_code: request.auth_code,
                        failure: Failure::from(&error),
                    },
                };
                flow.apply(event, now());
            }
            // The first code had expired; the reply to the second gets lost.
            ScanNext::ScanAgainOrCollect(fen) => {
                assert_eq!(fen, FEE);
                cloud.lost.next("4.2");
                assert_eq!(
                    flow.apply(ScanEvent::Scanned(scan("134567890123456789")), now()),
                    Step::Taken
                );
            }
            ScanNext::WaitUntil(until) => break until,
            next => panic!("{next:?}"),
        }
    };
    assert_eq!((asked, cloud.platform()), (2, vec![1000]));
    *lot.scan.lock().expect("not poisoned") = Some(flow);
    assert!(
        !tell(&down, payment("D1")).await,
        "the lot waits for the money"
    );
    let flow = lot
        .scan
        .lock()
        .expect("not poisoned")
        .take()
        .expect("there");
    assert_eq!(
        (flow.next(waits, Patience::default()), flow.paid_online()),
        (ScanNext::Done, Some(FEE))
    );
}

#[tokio::test]
async fn change_is_given_once_though_every_first_reply_is_lost() {
    let (lot, client) = lot(Lot::default()).await;
    for name in ["3.5", "3.6"] {
        lot.lost.next(name);
    }
    let link = ChangePage {
        park_code: "1".into(),
        order_no: "C1".into(),
    }
    .to_url("https://pay.example.com/change");
    let page = ChangePage::from_url(&link).expect("the link of the receipt");
    let (mut flow, mut now, mut given) = (ChangeFlow::new(&page), now(), Vec::new());
    loop {
        flow = serde_json::from_str(&serde_json::to_string(&flow).expect("JSON"))
            .expect("what was stored");
        let event = match flow.next(now, Patience::default()) {
            ChangeNext::Query(query) => match client.query_change(&query).await {
                Ok(due) => ChangeEvent::Due(due),
                Err(error) => ChangeEvent::Failed(Failure::from(&error)),
            },
            ChangeNext::Give { amount, .. } => {
                // The platform gave it; its answer got lost, and it has to be asked.
                given.push(amount);
                ChangeEvent::Giving
            }
            ChangeNext::AskPlatform { attempt: 1 } => ChangeEvent::Given {
                channel: ChangeChannel::ALIPAY,
                account: None,
            },
            ChangeNext::Notify(notice) => match client.notify_change(&notice).await {
                Ok(_) => ChangeEvent::Told,
                Err(error) => ChangeEvent::Failed(Failure::from(&error)),
            },
            ChangeNext::WaitUntil(until) => {
                now = until;
                continue;
            }
            ChangeNext::Done => break,
            next => panic!("{next:?}"),
        };
        assert_eq!(flow.apply(event, now), Step::Taken);
    }
    assert_eq!(
        (given, *lot.change_given.lock().expect("not poisoned")),
        (vec![Fen(400)], 2)
    );
}
