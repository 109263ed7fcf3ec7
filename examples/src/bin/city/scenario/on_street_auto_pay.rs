//! C.2.2.4: payment without stopping on the street. Who has signed up drives off and is debited;
//! who signs up while the car stands there is too; who has not pays as ever.
use crate::{stage::Stage, street::ROAD};
use anyhow::{Context, Result};
use sztc_proto::{
    Money,
    code::{AutoPayState, PayMethod},
    model::AutoPayNotice,
};

const CHANNEL: &str = "银联无感";

pub(super) async fn play(stage: &Stage) -> Result<()> {
    signed(stage).await?;
    signs_up_meanwhile(stage).await?;
    stranger(stage).await
}

async fn signed(stage: &Stage) -> Result<()> {
    let (street, office) = (&stage.sites.street, &stage.sites.office);
    let plate = stage.plate("粤B");
    stage.step(format!("{plate} has signed up and comes"));
    office.signs_up(&plate, CHANNEL)?;
    let stay = street.parks(stage, &plate).await?;
    stage.check("the operator knows that it is debited", stay.auto_pay)?;
    stage.later(80);
    stage.step("it drives off and is debited");
    street.leaves(stage, &stay.record.id).await?;
    debit(stage, &plate, &stay.record.id, Money::fen(750)).await
}

/// 6008: who signs up, or off, while the car stands there.
async fn signs_up_meanwhile(stage: &Stage) -> Result<()> {
    let (street, office) = (&stage.sites.street, &stage.sites.office);
    let plate = stage.plate("粤B");
    stage.step(format!(
        "{plate} signs up while it stands there, off again, and on"
    ));
    let id = street.parks(stage, &plate).await?.record.id;
    let notice = |state| AutoPayNotice {
        park_code: ROAD.into(),
        plate_no: plate.as_str().into(),
        state,
    };
    for (state, pays) in [
        (AutoPayState::ON, true),
        (AutoPayState::OFF, false),
        (AutoPayState::ON, true),
    ] {
        match pays {
            true => office.signs_up(&plate, CHANNEL)?,
            false => office.signs_off(&plate)?,
        }
        stage
            .call("6008", || {
                stage.sites.street_partner.notify_auto_pay(notice(state))
            })
            .await?;
        let stay = street.stay(&id)?.context("the operator has the stay")?;
        stage.check("the operator knows", stay.auto_pay == pays)?;
    }
    stage.later(20);
    street.leaves(stage, &id).await?;
    debit(stage, &plate, &id, Money::fen(250)).await
}

async fn stranger(stage: &Stage) -> Result<()> {
    let (street, office) = (&stage.sites.street, &stage.sites.office);
    let plate = stage.plate("粤B");
    stage.step(format!(
        "{plate} has not signed up: after it left its driver pays in the app"
    ));
    let stay = street.parks(stage, &plate).await?;
    stage.check(
        "it is not debited",
        !stay.auto_pay && office.channel(&plate)?.is_none(),
    )?;
    stage.later(20);
    street.leaves(stage, &stay.record.id).await?;
    let open = office.arrears(&plate)?;
    let order = open.first().context("the city has the order")?;
    office
        .collects_from(
            stage,
            &stage.sites.street_partner,
            order,
            PayMethod::WECHAT,
            "微信公众号",
        )
        .await?;
    stage.check("nothing is open", office.arrears(&plate)?.is_empty())
}

/// The city debits the channel that the driver chose, and tells the operator (6007).
async fn debit(stage: &Stage, plate: &str, record_id: &str, fee: Money) -> Result<()> {
    let (street, office) = (&stage.sites.street, &stage.sites.office);
    let order = office
        .order(&format!("{record_id}-1"))?
        .context("the city has the order")?;
    let channel = office.channel(plate)?.context("the driver has signed up")?;
    let payment = office
        .collects_from(
            stage,
            &stage.sites.street_partner,
            &order,
            PayMethod::UNION_PAY,
            &channel,
        )
        .await?;
    stage.check(
        "the channel that was chosen is debited",
        *payment.pay_from == *channel && payment.received == fee,
    )?;
    let stay = street
        .stay(record_id)?
        .context("the operator has the stay")?;
    stage.check(
        "once, as the operator knows",
        stay.payments == [payment] && stay.is_settled(stage.now()),
    )?;
    stage.check("nothing is open", office.arrears(plate)?.is_empty())
}
