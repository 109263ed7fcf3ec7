//! What the city platform makes of what its partners tell it, where it does more than keep it.
use super::{Office, Paid, image_key};
use sztc_proto::{
    ImageStream, Outcome, Refusal, Violation,
    code::{AutoPaySupport, BusinessCode, RecordState},
    model::{
        AutoPayQuery, AutoPayReply, CorrectionReply, DestPath, EntryReply, ExitReply, ImageUpload,
        Login, ParkingRecord, PaymentRecord, PaymentRecordReply, Refund, RefundReply,
        SpaceStateReply, SpaceStateReport,
    },
};

impl Office {
    /// A car came in. One that has to have a tag and shows none is told so (C.6), a cloned plate is
    /// noted (C.1.2.1).
    pub(super) fn comes(&self, record: ParkingRecord) -> Outcome<EntryReply> {
        let id = record.id.clone();
        if let Some(car) = &record.park_car_info
            && !car.eid_equiped
            && let Some(kind) = self.0.key_vehicles.get(&car.plate_no)?
        {
            self.tells(
                &car.plate_no,
                format!("该车辆属于{kind}，应安装电子标识，入场记录显示未安装"),
            )?;
        }
        if let Some(car) = &record.park_car_info
            && self.0.cloned.get(&car.plate_no)?.is_some()
        {
            self.0.cloned.put(&car.plate_no, Some(id.to_string()))?;
        }
        self.0.stays.put(&id, record)?;
        Ok(EntryReply { id })
    }

    /// A car left: whether its entry was reported or not, that it left is so.
    pub(super) fn goes(&self, record: ParkingRecord) -> Outcome<ExitReply> {
        let id = record.id.clone();
        self.0.stays.put(&id, record)?;
        Ok(ExitReply { id: Some(id) })
    }

    /// A report of a stay that is wrong is put right, if there is one.
    pub(super) fn corrects(&self, record: ParkingRecord) -> Outcome<CorrectionReply> {
        let id = record.id.clone();
        let known = self
            .0
            .stays
            .change(&id, |stay| stay.as_mut().map(|stay| *stay = record))?;
        match known {
            Some(()) => Ok(CorrectionReply { id: Some(id) }),
            None => Err(Refusal::new(BusinessCode::NO_OBJECT, "停车记录不存在")),
        }
    }

    /// A space that was taken away has no state.
    pub(super) fn sees_space(&self, report: SpaceStateReport) -> Outcome<SpaceStateReply> {
        let space_no = report.space_no.clone();
        if self
            .0
            .space_list
            .get(&space_no)?
            .is_some_and(|space| space.state == RecordState::DELETED)
        {
            return Err(Refusal::new(BusinessCode::NO_SPACE, "车位不存在"));
        }
        self.0.spaces.put(&space_no, report)?;
        Ok(SpaceStateReply { space_no })
    }

    pub(super) fn pays(&self, payment: PaymentRecord) -> Outcome<PaymentRecordReply> {
        let id = payment.id.clone();
        let stay = self.0.stays.get(&payment.record_id)?;
        let stay = stay.ok_or_else(|| Refusal::new(BusinessCode::NO_OBJECT, "停车记录不存在"))?;
        let paid = Paid {
            payment,
            park_code: stay.park_code,
            space_no: stay.space_no,
            by_city: false,
        };
        self.0.payments.put(&id, paid)?;
        Ok(PaymentRecordReply { id })
    }

    pub(super) fn gives_back(&self, refund: Refund) -> Outcome<RefundReply> {
        let id = refund.id.clone();
        let of_order = |paid: &Paid| paid.payment.order_no.as_ref() == Some(&refund.order_no);
        if !self.0.payments.all()?.iter().any(of_order) {
            return Err(Refusal::new(BusinessCode::NO_OBJECT, "订单不存在"));
        }
        self.0.refunds.put(&id, refund)?;
        Ok(RefundReply { id })
    }

    /// Whether a car may be debited.
    pub(super) fn supports(&self, query: &AutoPayQuery) -> Outcome<AutoPayReply> {
        let state = match self.0.signed.get(&query.plate_no)? {
            Some(_) => AutoPaySupport::SUPPORTED,
            None => AutoPaySupport::UNSUPPORTED,
        };
        Ok(AutoPayReply { state })
    }

    /// A partner logged in, and may have said where it wants to be called.
    pub(super) fn welcomes(&self, login: &Login) -> Result<(), Refusal> {
        self.0.logins.next(&login.user_id)?;
        if let Some(address) = &login.callback_server {
            self.0.callbacks.put(&login.user_id, address.to_string())?;
        }
        Ok(())
    }

    /// An image is read to its end; only how long it is is kept.
    pub(super) async fn measures(
        &self,
        image: &ImageUpload,
        mut file: ImageStream<'_>,
    ) -> Result<(), Refusal> {
        let path: DestPath = image
            .dest_path
            .parse()
            .map_err(|problem: Violation| Refusal::message(problem.to_string()))?;
        let mut bytes = 0;
        while let Some(piece) = file.next().await? {
            bytes += piece.len();
        }
        if bytes == 0 {
            return Err(Refusal::message("图片为空"));
        }
        self.0
            .images
            .put(&image_key(&path.record_id, image.image_biz_type), bytes)?;
        Ok(())
    }
}
