//! The flows of chapter 1, driven: what each says is next is done, on the side that it is of, until
//! it waits for somebody.
use super::{
    DECIDED, PARK, Roads, STEPS, answer,
    books::{Stay, Way},
    cloud::Wallet,
    prompt, sure,
};
use crate::stage::Stage;
use anyhow::{Context, Result, bail};
use kt_proto::{
    DateTime, Error, Fen, Minutes, PercentText, UrlCharset,
    code::ChangeChannel,
    flow::*,
    model::{
        ChangePage, ChangeRecord, ChangeReportQuery, ExitReport, PayCode, PayCodeRequest,
        ScanPayment,
    },
};
use std::convert::Infallible;

impl Roads {
    /// Section 4: a car stands at the exit. What its driver owes is debited, or paid at the booth
    /// where nobody knows whether it was; the barrier opens; a debit that nobody knows of is taken
    /// back.
    ///
    /// # Errors
    /// A report fails.
    pub(crate) async fn drives_out(&self, stage: &Stage, plate: &str) -> Result<ExitReport> {
        let at_exit = self
            .lot
            .drives_up(plate)?
            .with_context(|| format!("{plate} is not inside"))?;
        let mut exit = None;
        for _ in 0..STEPS {
            let now = stage.now();
            let flow = self.lot.stay(plate)?.context("it was inside")?.auto;
            let event = match flow.next(now, prompt()) {
                AutoPayNext::Send(request)
                    if self.lot.auto(plate, AutoPayEvent::Sending)? == Some(Step::Taken) =>
                {
                    let reply =
                        once(stage, "2.2", || self.to_cloud.request_auto_pay(&request)).await?;
                    reply.map_or_else(
                        |error| AutoPayEvent::Failed(Failure::from(&error)),
                        AutoPayEvent::Answered,
                    )
                }
                AutoPayNext::CollectAtBooth(fen) => {
                    stage.step(format!("the driver pays {fen} at the booth"));
                    stage.check(
                        "that is the rest",
                        self.lot.collects(plate, fen, at_exit.leave_time.into())?,
                    )?;
                    continue;
                }
                AutoPayNext::LetOut => {
                    exit = Some(self.leaves(stage, plate).await?);
                    continue;
                }
                AutoPayNext::Reverse(reversal) => {
                    stage.step("nobody knows whether it was debited: it is taken back");
                    stage
                        .call("2.6", || self.to_cloud.reverse_auto_pay(&reversal))
                        .await?;
                    AutoPayEvent::Reversed
                }
                AutoPayNext::Done => return exit.context("it was let out"),
                next => bail!("{next:?} is not expected at the exit"),
            };
            self.lot.auto(plate, event)?;
        }
        bail!("the stay of {plate} does not come to an end")
    }

    /// Section 5: a machine asks for a code for all that a car has to pay, and shows it with its
    /// order's number.
    ///
    /// # Errors
    /// There is none.
    pub(crate) async fn shows_code(&self, stage: &Stage, plate: &str) -> Result<(String, PayCode)> {
        let order = self.lot.asks(plate, |stay, no, now| {
            Way::Code(PayCodeFlow::new(PayCodeRequest {
                park_code: PARK.into(),
                order_no: no.into(),
                device_code: "缴费机1".into(),
                plate_num: Some(PercentText::new(plate, UrlCharset::Utf8)),
                card_no: None,
                in_time: stay.came,
                elapsed_time: Minutes(stay.inside(now).0 / 60),
                amount: stay.due(now),
                out_time: now,
            }))
        })?;
        let no = order.context("it is inside")?.no;
        for _ in 0..STEPS {
            let Some(Way::Code(flow)) = self.lot.order(&no)?.map(|order| order.way) else {
                bail!("the order {no} is of a machine")
            };
            let event = match flow.next(stage.now(), prompt()) {
                PayCodeNext::Send(request) => PayCodeEvent::Answered(
                    sure(stage, "4.1", || self.to_cloud.request_pay_code(&request)).await?,
                ),
                PayCodeNext::Show(code) => return Ok((no, code)),
                next => bail!("{next:?} is not expected of a machine"),
            };
            self.code_event(&no, event)?;
        }
        bail!("there is no code for {plate}")
    }

    /// What happened to an order whose code a machine shows.
    ///
    /// # Errors
    /// It is not such an order.
    pub(crate) fn code_event(&self, no: &str, event: PayCodeEvent) -> Result<Step> {
        let step = self
            .lot
            .change_order(no, |order, now| match &mut order.way {
                Way::Code(flow) => Some(flow.apply(event, now)),
                _ => None,
            });
        step?.flatten().context("the order is of a machine")
    }

    /// Section 6: a scanner reads the driver's code for all that a car has to pay; the order's
    /// number.
    ///
    /// # Errors
    /// The car is not inside.
    pub(crate) fn scans(&self, stage: &Stage, plate: &str, wallet: Wallet) -> Result<String> {
        let auth_code = self.auth_code(stage, wallet)?;
        let order = self.lot.asks(plate, |stay, no, now| {
            Way::Scan(ScanFlow::new(scan(
                stay,
                no,
                stay.due(now),
                now,
                &auth_code,
            )))
        })?;
        Ok(order.context("it is inside")?.no)
    }

    /// It reads another code for the same order. Only after a refusal that is [`Step::Taken`].
    ///
    /// # Errors
    /// It is no order of a scanner.
    pub(crate) fn scans_again(
        &self,
        stage: &Stage,
        plate: &str,
        no: &str,
        wallet: Wallet,
    ) -> Result<Step> {
        let auth_code = self.auth_code(stage, wallet)?;
        let stay = self.lot.stay(plate)?.context("it is inside")?;
        let step = self
            .lot
            .change_order(no, |order, now| match &mut order.way {
                Way::Scan(flow) => Some(flow.apply(
                    ScanEvent::Scanned(scan(&stay, no, order.amount, order.made, &auth_code)),
                    now,
                )),
                _ => None,
            });
        step?.flatten().context("the order is of a scanner")
    }

    /// Asks for the debit (4.2) if that is due, once, and says what is next.
    ///
    /// # Errors
    /// It is no order of a scanner.
    pub(crate) async fn debits_scanned(&self, stage: &Stage, no: &str) -> Result<ScanNext> {
        let apply = |event: ScanEvent| {
            self.lot
                .change_order(no, |order, now| match &mut order.way {
                    Way::Scan(flow) => Some(flow.apply(event, now)),
                    _ => None,
                })
        };
        for _ in 0..STEPS {
            let Some(Way::Scan(flow)) = self.lot.order(no)?.map(|order| order.way) else {
                bail!("the order {no} is of a scanner")
            };
            let request = match flow.next(stage.now(), prompt()) {
                ScanNext::Send(request) => request,
                next => return Ok(next),
            };
            if apply(ScanEvent::Sending)?.flatten() == Some(Step::Taken) {
                let event =
                    match once(stage, "4.2", || self.to_cloud.pay_scanned_code(&request)).await? {
                        Ok(_) => ScanEvent::Accepted,
                        Err(error) => ScanEvent::Failed {
                            auth_code: request.auth_code.clone(),
                            failure: Failure::from(&error),
                        },
                    };
                apply(event)?;
            }
        }
        bail!("the order {no} does not come to an end")
    }

    fn auth_code(&self, stage: &Stage, wallet: Wallet) -> Result<String> {
        let id = stage.id("");
        let auth_code = format!("13{}", &id[id.len() - 16..]);
        self.cloud.has_wallet(&auth_code, wallet)?;
        Ok(auth_code)
    }

    /// Section 7: a driver pays a machine in coins, which owes change for them and reports it
    /// (2.7); the link on its receipt (5.2).
    ///
    /// # Errors
    /// The coins are too few, or the report fails.
    pub(crate) async fn pays_in_coins(
        &self,
        stage: &Stage,
        plate: &str,
        coins: Fen,
    ) -> Result<String> {
        let (report, receipt) = self
            .lot
            .takes_coins(plate, coins)?
            .context("the coins are enough")?;
        stage
            .call("2.7", || self.to_cloud.report_terminal_payment(&report))
            .await?;
        let known = self
            .cloud
            .terminal(report.remark.as_deref().unwrap_or_default())?;
        stage.check(
            "the third party knows of the payment",
            known == Some(report),
        )?;
        Ok(receipt.to_url("https://pay.example.com/change"))
    }

    /// The driver opens the link and wants the change on this account; `None`: one that cannot take
    /// it. Whether all is given.
    ///
    /// # Errors
    /// The link is not of a receipt, or a call fails.
    pub(crate) async fn opens_change_page(
        &self,
        stage: &Stage,
        url: &str,
        account: Option<&str>,
    ) -> Result<bool> {
        let page = ChangePage::from_url(url)?;
        let no = &*page.order_no;
        let apply = |event: Option<ChangeEvent>| {
            let now = stage.now();
            self.cloud.change.change(no, |flow| {
                let flow = flow.get_or_insert_with(|| ChangeFlow::new(&page));
                (
                    event.map(|event| flow.apply(event, now)),
                    flow.next(now, prompt()),
                )
            })
        };
        let payment = |attempt: u32| format!("{no}/{attempt}");
        let given = || ChangeEvent::Given {
            channel: ChangeChannel::WECHAT,
            account: account.map(Into::into),
        };
        for _ in 0..STEPS {
            let event = match apply(None)?.1 {
                ChangeNext::Query(query) => {
                    ChangeEvent::Due(sure(stage, "3.5", || self.to_lot.query_change(&query)).await?)
                }
                ChangeNext::Give { amount, attempt } => {
                    match (apply(Some(ChangeEvent::Giving))?.0, account) {
                        (Some(Step::Taken), Some(_)) => {
                            self.cloud.takes(&payment(attempt), Fen(-amount.0))?;
                            given()
                        }
                        (Some(Step::Taken), None) => {
                            apply(Some(ChangeEvent::NotGiven { attempt }))?;
                            return Ok(false);
                        }
                        _ => continue,
                    }
                }
                ChangeNext::AskPlatform { attempt } => match self.cloud.moved(&payment(attempt))? {
                    Some(_) => given(),
                    None => ChangeEvent::NotGiven { attempt },
                },
                ChangeNext::Notify(notice) => {
                    match answer(stage, "3.6", || self.to_lot.notify_change(&notice)).await? {
                        Ok(_) => ChangeEvent::Told,
                        Err(_) => ChangeEvent::Failed(Failure::Refused),
                    }
                }
                ChangeNext::Done => return Ok(true),
                next => bail!("{next:?} is not expected of change"),
            };
            apply(Some(event))?;
        }
        bail!("the change of {no} does not come to an end")
    }

    /// All change that was given in that time, and all that is owed (3.7), page after page.
    ///
    /// # Errors
    /// It is not told.
    pub(crate) async fn change_report(
        &self,
        stage: &Stage,
        start_time: DateTime,
        end_time: DateTime,
    ) -> Result<Vec<ChangeRecord>> {
        let mut query = ChangeReportQuery {
            park_code: PARK.into(),
            start_time,
            end_time,
            page_index: 1,
            page_count: 10,
        };
        let mut all = Vec::new();
        loop {
            let page = stage
                .call("3.7", || self.to_lot.report_change(&query))
                .await?;
            let last = page.len() < 10;
            all.extend(page);
            if last {
                return Ok(all);
            }
            query.page_index += 1;
        }
    }
}

fn scan(stay: &Stay, no: &str, amount: Fen, at: DateTime, auth_code: &str) -> ScanPayment {
    ScanPayment {
        park_code: PARK.into(),
        order_no: no.into(),
        device_id: "扫码枪1".into(),
        car_no: PercentText::new(&stay.plate, UrlCharset::Utf8),
        in_time: stay.came,
        elapsed_time: Minutes(stay.inside(at).0 / 60),
        amount,
        auth_code: auth_code.into(),
        out_time: Some(at),
    }
}

/// A call that moves money and has no number by which a repetition would be known: made once,
/// whatever comes of it.
async fn once<T, F: Future<Output = Result<T, Error>>>(
    stage: &Stage,
    what: &str,
    call: impl Fn() -> F,
) -> Result<Result<T, Error>> {
    let made = async || Ok::<_, Infallible>(call().await);
    let made = stage.call(what, made).await?;
    // Without faults on the line a refusal is meant.
    match &made {
        Err(error)
            if !stage.sites.faulty
                && error
                    .refusal()
                    .is_some_and(|refusal| !DECIDED.contains(&&*refusal.message)) =>
        {
            bail!("{what}: {error}")
        }
        _ => Ok(made),
    }
}
