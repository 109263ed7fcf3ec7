//! C.1.2.4: an operator shares spaces in the evenings of a month, but for one day of the week.
//! Drivers choose one in the app and pay for it there; then they come and go in these hours without
//! paying at the lot. Over both ways.
use crate::{
    lot::{Held, TOWER, books::seen},
    office::sharing::Offer,
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::{
    Date, Money, Timestamp,
    code::{PayMethod, Weekday},
    model::{ParkingRecord, SharedParking},
};

/// In minutes.
const DAY: u64 = 24 * 60;
const METHOD: PayMethod = PayMethod::WECHAT;

pub(super) async fn play(stage: &Stage) -> Result<()> {
    let (office, lot) = (&stage.sites.office, &stage.sites.lot);
    for way in Down::BOTH {
        stage.step(
            "the operator publishes two spaces, for four hours a day but for one day of the week",
        );
        let offer = offer(stage);
        office.publishes(offer.clone())?;
        stage.check(
            "drivers see that the lot shares",
            office.sharing_lots()?.contains(TOWER),
        )?;
        stage.check(
            "and both spaces",
            shown(stage, &offer)? == Some(offer.clone()),
        )?;

        let [plate, other, third] = [(); 3].map(|()| stage.plate("粤B"));
        let [first, second] = [&offer.spaces[0], &offer.spaces[1]];
        stage.step(format!(
            "{plate} chooses space {first} and pays for it in the app"
        ));
        let id = office.chooses(stage, &plate, &offer, first)?;
        stage.check(
            "before it has paid it gets nothing",
            office.grants(&id).is_err(),
        )?;
        stage.check(
            "it pays what the operator wants",
            office.pays_share(stage, &id, METHOD)? == offer.price,
        )?;
        stage.check("once", office.pays_share(stage, &id, METHOD).is_err())?;
        tell(stage, way, office.grants(&id)?).await?;
        let left = shown(stage, &offer)?.context("a space is free")?;
        stage.check("the other space is left", left.spaces == [second.clone()])?;

        stage.step(format!(
            "{other} cannot have space {first} and takes {second}; for {third} none is left"
        ));
        stage.check(
            "it is not free",
            office.chooses(stage, &other, &offer, first).is_err(),
        )?;
        let others = office.chooses(stage, &other, &offer, second)?;
        office.pays_share(stage, &others, METHOD)?;
        tell(stage, way, office.grants(&others)?).await?;
        stage.check(
            "drivers do not see the offer any more",
            shown(stage, &offer)?.is_none(),
        )?;
        stage.check(
            "all are taken",
            office.chooses(stage, &third, &offer, second).is_err(),
        )?;

        comes_and_goes(stage, &plate, &id).await?;

        stage.step("the operator takes its offer back");
        for share in office.withdraws(&offer.id)? {
            tell(stage, way, share).await?;
        }
        for plate in [plate, other] {
            stage.check(
                "nobody shares any more",
                lot.share(TOWER, &plate)?.is_none(),
            )?;
        }
    }
    Ok(())
}

async fn comes_and_goes(stage: &Stage, plate: &str, id: &str) -> Result<()> {
    let (office, lot) = (&stage.sites.office, &stage.sites.lot);
    stage.step(format!(
        "{plate} comes before the shared hours begin, in the time to enter, and leaves after two \
            hours"
    ));
    let record = passes_free(stage, plate, id, 125).await?;
    let stay = office.stay(&record.id)?.context("the city has the stay")?;
    stage.check(
        "as the city knows",
        stay.share_order_id == record.share_order_id && stay.leave_time.is_some(),
    )?;
    stage.check(
        "where nothing was paid for it",
        office.payments_of(&record.id)?.is_empty(),
    )?;

    stage.step("it comes again and stays too long: the lot charges it as any other");
    lot.arrives(stage, TOWER, seen(plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.later(6 * 60);
    pays(stage, plate, Money::yuan(30)).await?;

    stage.step("on the day that is not shared it comes at the same hour: an ordinary car");
    stage.later(DAY - 6 * 60 - 125 + 10);
    let record = lot
        .arrives(stage, TOWER, seen(plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.check("by no sharing", record.share_order_id.is_none())?;
    stage.later(60);
    pays(stage, plate, Money::yuan(5)).await?;

    stage.step("on the day after it is shared again");
    stage.later(DAY - 60);
    passes_free(stage, plate, id, 60).await.map(drop)
}

/// It comes by its sharing, and leaves without paying.
async fn passes_free(stage: &Stage, plate: &str, id: &str, minutes: u64) -> Result<ParkingRecord> {
    let lot = &stage.sites.lot;
    let record = lot
        .arrives(stage, TOWER, seen(plate))
        .await?
        .ok()
        .context("it is let in")?;
    stage.check(
        "it is the car of the sharing",
        record
            .share_order_id
            .as_deref()
            .is_some_and(|end| id.ends_with(end)),
    )?;
    stage.later(minutes);
    let left = lot
        .leaves(stage, TOWER, plate)
        .await?
        .ok()
        .context("it is let out")?;
    stage.check(
        "it does not pay",
        left.receivables == Money::ZERO && left.received == Money::ZERO,
    )?;
    Ok(left)
}

/// It is held until it has paid.
async fn pays(stage: &Stage, plate: &str, fee: Money) -> Result<()> {
    let lot = &stage.sites.lot;
    let held = lot.leaves(stage, TOWER, plate).await?;
    stage.check(
        "it has to pay",
        matches!(&held, Err(Held::Unpaid(order)) if order.receivables == fee),
    )?;
    let paid = lot.is_paid_at_booth(stage, TOWER, plate, METHOD).await?;
    lot.leaves(stage, TOWER, plate)
        .await?
        .ok()
        .context("it is let out")?;
    let known = stage.sites.office.payments_of(&paid.record_id)?;
    stage.check("the city knows what it paid", known == [paid])
}

/// The city tells the parking system (6004).
async fn tell(stage: &Stage, way: Down, share: SharedParking) -> Result<()> {
    let reply = stage
        .call("6004", || stage.partner(way).share_parking(share.clone()))
        .await?;
    stage.check("the parking system has it", reply.id == share.id)
}

/// An offer, as drivers see it in the app.
fn shown(stage: &Stage, offer: &Offer) -> Result<Option<Offer>> {
    let shown = stage.sites.office.offers(TOWER)?;
    Ok(shown.into_iter().find(|shown| shown.id == offer.id))
}

/// From now on for four hours a day, beginning in five minutes, but not on the second day of the
/// week that begins so.
fn offer(stage: &Stage) -> Offer {
    let now = stage.now();
    let at = |minutes: u64| {
        Timestamp::from_seconds(now.timestamp().seconds() + minutes as i64 * 60).date_time()
    };
    let not_shared = weekday(at(5 + DAY).date());
    Offer {
        id: stage.id("O"),
        park_code: TOWER.into(),
        publisher: "百花示例大厦业主".into(),
        spaces: ["B2-017", "B2-018"].map(Into::into).into(),
        price: Money::yuan(60),
        days: (now.date(), at(30 * DAY).date()),
        hours: (
            at(5).naive().time().into(),
            at(5 + 240).naive().time().into(),
        ),
        buffer_time: 10,
        rule: (1..=7)
            .map(Weekday)
            .filter(|day| *day != not_shared)
            .collect(),
    }
}

fn weekday(day: Date) -> Weekday {
    let monday: Date = "2026-03-02".parse().expect("a day");
    let days = (day.naive() - monday.naive()).num_days().rem_euclid(7);
    // It is below seven.
    Weekday(Weekday::MONDAY.0 + days as i32)
}
