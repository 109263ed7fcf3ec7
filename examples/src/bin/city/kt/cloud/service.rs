//! What the third party answers the lot (上行).
use super::{Cloud, Code, Wallet};
use crate::kt::{ALREADY_PAID, NO_MONEY, UNKNOWN_OUTCOME, books::price, payment};
use kt_proto::{
    CloudService, Ctx, Fen, Outcome,
    code::{AutoPay, PaidWith, PayPlatform},
    flow::*,
    model::{
        AreaReport, AutoPayReply, AutoPayRequest, AutoPayReversal, BlacklistedEntry, CardReport,
        DeviceReport, DeviceStateReport, EntryReply, EntryReport, ExitReport, FeeReply, FeeRequest,
        FreeSpaceReport, LotReport, Nothing, PayCode, PayCodeRequest, ScanPayment,
        ScanPaymentReply, TerminalPayment,
    },
    refuse,
};

/// Reports that nothing is done with but to keep the last of each thing, by its key.
macro_rules! kept {
    ($($method:ident: $report:ty, by $key:ident;)*) => {$(
        async fn $method(&self, _: &Ctx, report: $report) -> Outcome<Nothing> {
            let shelf = self.store.shelf(concat!("kt.cloud.", stringify!($method)));
            shelf.put(&report.$key.clone(), report)?;
            Ok(Nothing {})
        }
    )*};
}

impl CloudService for Cloud {
    kept! {
        report_lot: LotReport, by park_code;
        report_areas: AreaReport, by park_code;
        report_device_state: DeviceStateReport, by device_code;
        report_device: DeviceReport, by device_code;
        report_blacklisted: BlacklistedEntry, by plate_no;
        report_free_spaces: FreeSpaceReport, by park_code;
        report_card: CardReport, by card_id;
    }

    async fn query_fee(&self, _: &Ctx, request: FeeRequest) -> Outcome<FeeReply> {
        let seconds =
            request.leave_time.timestamp().seconds() - request.entry_time.timestamp().seconds();
        Ok(FeeReply {
            pay_money: Fen(price(seconds)),
        })
    }

    async fn report_entry(&self, _: &Ctx, entry: EntryReport) -> Outcome<EntryReply> {
        let signed = self.signed.get(&entry.plate_no)?.is_some();
        self.entries.put(&entry.plate_no.clone(), entry)?;
        Ok(EntryReply {
            is_density_pay: if signed { AutoPay::ON } else { AutoPay::OFF },
        })
    }

    async fn request_auto_pay(&self, _: &Ctx, request: AutoPayRequest) -> Outcome<AutoPayReply> {
        match self.settle(&StayKey::from(&request), AutoDebitEvent::Request(request))? {
            AutoDebitNext::Answer(reply) => Ok(reply),
            _ => Err(refuse(UNKNOWN_OUTCOME)),
        }
    }

    async fn reverse_auto_pay(&self, _: &Ctx, reversal: AutoPayReversal) -> Outcome<Nothing> {
        self.settle(
            &StayKey::from(&reversal),
            AutoDebitEvent::Reversal(reversal),
        )?;
        Ok(Nothing {})
    }

    async fn report_exit(&self, _: &Ctx, exit: ExitReport) -> Outcome<Nothing> {
        self.exits.put(&exit.plate_no.clone(), exit)?;
        Ok(Nothing {})
    }

    async fn report_terminal_payment(&self, _: &Ctx, payment: TerminalPayment) -> Outcome<Nothing> {
        let key = payment.remark.as_deref().unwrap_or_default().to_owned();
        self.terminals.put(&key, payment)?;
        Ok(Nothing {})
    }

    async fn request_pay_code(&self, _: &Ctx, request: PayCodeRequest) -> Outcome<PayCode> {
        let no = request.order_no.to_string();
        let made = self.clock.time();
        let code = self.codes.change(&no, |code| {
            let reply = PayCode {
                qrcode: format!("https://pay.example.com/{no}").into(),
                order_no: format!("P{no}").into(),
                pay_type: PayPlatform::WECHAT,
            };
            // Asked for again, it is the same.
            code.get_or_insert(Code {
                request,
                reply,
                made,
            })
            .clone()
        });
        Ok(code?.reply)
    }

    async fn pay_scanned_code(&self, _: &Ctx, scan: ScanPayment) -> Outcome<ScanPaymentReply> {
        let no = scan.order_no.to_string();
        let wallet = self.wallets.get(&scan.auth_code)?.unwrap_or(Wallet::Empty);
        if wallet == Wallet::Empty {
            return Err(refuse(NO_MONEY));
        }
        // One debit an order: a repetition is answered the same, another code refused.
        let taken_on = self.scans.change(&no, |known| {
            known.get_or_insert_with(|| scan.clone()).auth_code == scan.auth_code
        })?;
        if !taken_on {
            return Err(refuse(ALREADY_PAID));
        }
        if wallet == Wallet::Pays {
            self.is_paid(payment(&no, scan.amount, PaidWith::WECHAT))?;
        }
        Ok(ScanPaymentReply {
            order_no: format!("P{no}").into(),
            pay_type: PayPlatform::WECHAT,
        })
    }
}
