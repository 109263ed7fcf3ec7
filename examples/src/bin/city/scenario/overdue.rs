//! C.2.2.6: who has not repaid within thirty days is reported (1301), once for each order; who has
//! is not, and nobody is whose document is not known.
use crate::{
    stage::Stage,
    street::{DAYS_TO_REPAY, Owner, Stay},
};
use anyhow::{Context, Result};
use sztc_proto::{
    code::{CreditSubject, IdDocument, PayMethod},
    model::CreditReport,
};

pub(super) async fn play(stage: &Stage) -> Result<()> {
    let plates = [
        stage.plate("粤B"),
        stage.plate("粤B"),
        stage.plate("粤B"),
        stage.plate("粤B"),
    ];
    let [person, company, payer, unknown] = &plates;
    stage.step(format!(
        "{} leave without paying, {person} twice",
        plates.join(", ")
    ));
    for (plate, owner) in [
        (person, a_person()),
        (company, a_company()),
        (payer, a_person()),
    ] {
        stage.sites.street.registers(plate, owner)?;
    }
    let first = leaves_unpaid(stage, person).await?;
    let first_left = stage.now();
    let second = leaves_unpaid(stage, person).await?;
    let of_company = leaves_unpaid(stage, company).await?;
    let paid = leaves_unpaid(stage, payer).await?;
    let of_unknown = leaves_unpaid(stage, unknown).await?;
    stage.step(format!("{payer} repays at once"));
    repays(stage, &paid).await?;

    let since_first = (stage.now().timestamp().seconds() - first_left.timestamp().seconds()) / 60;
    stage.later((DAYS_TO_REPAY * 24 * 60 - since_first) as u64);
    are_reported(stage, &plates, [&first, &second, &of_company], &paid).await?;
    stage.step(format!("nobody knows whose {unknown} is"));
    needs_a_document(stage, &first).await?;
    stage.step("its owner registers, and is reported");
    stage.sites.street.registers(unknown, a_foreigner())?;
    let reported = stage.sites.street.reports_overdue(stage).await?;
    stage.check("alone", mine(&reported, &plates) == [id(&of_unknown)])?;
    has_report(stage, &of_unknown)
}

async fn repays(stage: &Stage, stay: &Stay) -> Result<()> {
    let (office, partner) = (&stage.sites.office, &stage.sites.street_partner);
    let order = office
        .order(&format!("{}-1", stay.record.id))?
        .context("the city has the order")?;
    let paid = office.collects_from(stage, partner, &order, PayMethod::WECHAT, "微信公众号");
    paid.await.map(drop)
}

/// On the last day nobody is reported, on the next those who have not paid, once.
async fn are_reported(
    stage: &Stage,
    plates: &[String],
    unpaid: [&Stay; 3],
    paid: &Stay,
) -> Result<()> {
    let street = &stage.sites.street;
    stage.step("thirty days later nothing is reported yet");
    stage.check(
        "the last day is in time",
        mine(&street.reports_overdue(stage).await?, plates).is_empty(),
    )?;
    stage.later(24 * 60);
    stage.step("a day later it is");
    let mut ids = mine(&street.reports_overdue(stage).await?, plates);
    ids.sort();
    stage.check(
        "both orders of one, and that of the company",
        ids == unpaid.map(id),
    )?;
    for stay in unpaid {
        has_report(stage, stay)?;
    }
    stage.check(
        "who has paid is not reported",
        street
            .stay(&paid.record.id)?
            .is_some_and(|stay| stay.overdue.is_none()),
    )?;
    stage.check(
        "each once",
        mine(&street.reports_overdue(stage).await?, plates).is_empty(),
    )
}

/// A report like that of `reported`, but of somebody without a document, does not even go out.
async fn needs_a_document(stage: &Stage, reported: &Stay) -> Result<()> {
    let known = stage
        .sites
        .street
        .stay(&reported.record.id)?
        .and_then(|stay| stay.overdue);
    let anonymous = CreditReport {
        id: stage.id("K").into(),
        id_no: "".into(),
        ..known.context("it was reported")?.report
    };
    let sent = stage
        .sites
        .street_city
        .report_credit(anonymous.clone())
        .await;
    let refused = sent
        .err()
        .context("without a document there is no report")?;
    stage.check(
        "a report without a document does not go out",
        refused
            .violations()
            .iter()
            .any(|violation| violation.path.ends_with("idNo")),
    )?;
    stage.check(
        "the city has none",
        stage.sites.office.credit(&anonymous.id)?.is_none(),
    )
}

async fn leaves_unpaid(stage: &Stage, plate: &str) -> Result<Stay> {
    let id = stage.sites.street.parks(stage, plate).await?.record.id;
    stage.later(50);
    stage.sites.street.leaves(stage, &id).await
}

/// The city has the one report of a stay that the operator sent.
fn has_report(stage: &Stage, stay: &Stay) -> Result<()> {
    let sent = stage
        .sites
        .street
        .stay(&stay.record.id)?
        .and_then(|stay| stay.overdue)
        .context("it was reported")?;
    let number = stay.order(stage.now()).order_no;
    let about = |report: &CreditReport| report.information.contains(&*number);
    let had: Vec<CreditReport> = stage
        .sites
        .office
        .credits()?
        .into_iter()
        .filter(about)
        .collect();
    stage.check(
        "the city has one report of the order, as it was sent",
        sent.told && had == [sent.report],
    )
}

/// The stays of this story's cars: a state that is kept may have others.
fn mine(stays: &[Stay], plates: &[String]) -> Vec<String> {
    let of_story = |stay: &&Stay| {
        stay.record
            .park_car_info
            .as_ref()
            .is_some_and(|car| plates.iter().any(|plate| *car.plate_no == **plate))
    };
    stays.iter().filter(of_story).map(id).collect()
}

fn id(stay: &Stay) -> String {
    stay.record.id.to_string()
}

fn a_person() -> Owner {
    Owner {
        category: CreditSubject::PERSON,
        name: "王某".to_owned(),
        id_type: Some(IdDocument::IDENTITY_CARD),
        id_no: "11010519491231002X".to_owned(),
    }
}

fn a_foreigner() -> Owner {
    Owner {
        category: CreditSubject::PERSON,
        name: "示例旅客".to_owned(),
        id_type: Some(IdDocument::PASSPORT),
        id_no: "E00000000".to_owned(),
    }
}

fn a_company() -> Owner {
    Owner {
        category: CreditSubject::ORGANISATION,
        name: "示例物流有限公司".to_owned(),
        id_type: None,
        id_no: "91440300MA5000014X".to_owned(),
    }
}
