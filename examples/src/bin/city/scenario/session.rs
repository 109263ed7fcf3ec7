//! The last of the day: the parking system renews its token (1002), gives it back (1003), and logs
//! in anew with the next call (1001); on the TCP session it beats (1006), the city's calls reach
//! it, it is logged out (1005) and comes back by itself.
use crate::{
    lot::TOWER,
    sites::USER,
    stage::{Down, Stage},
};
use anyhow::{Context, Result};
use sztc_proto::{
    endpoint::{Heartbeat, TcpLogOut},
    model::{AutoPayQuery, CarQuery, Nothing},
};

pub(super) async fn play(stage: &Stage) -> Result<()> {
    let (office, lot) = (&stage.sites.office, &stage.sites.lot);
    let line = &stage.sites.city_line;
    lot.report_vacancy(stage, TOWER).await?;
    let logins = office.logins(USER)?;
    stage.check("the parking system has logged in before", logins > 0)?;

    stage.step("the parking system renews its token");
    stage.crosses(1002, "https", || line.refresh()).await?;
    lot.report_vacancy(stage, TOWER).await?;
    // Where the renewal gets lost, a login takes its place.
    stage.check(
        "without another login",
        stage.sites.faulty || office.logins(USER)? == logins,
    )?;

    stage.step("it gives the token back");
    let logins = office.logins(USER)?;
    // A token whose return gets lost is gone too, so there has to be another before it is tried
    // again.
    let give_back = async || {
        stage
            .sites
            .city_https
            .query_auto_pay(AutoPayQuery {
                plate_no: "粤B00000".into(),
            })
            .await?;
        line.logout().await
    };
    stage.crosses(1003, "https", give_back).await?;
    stage.check(
        "nobody logs in for that",
        stage.sites.faulty || office.logins(USER)? == logins,
    )?;
    stage.step("the next call logs in anew");
    lot.report_vacancy(stage, TOWER).await?;
    let after = office.logins(USER)?;
    stage.check(
        "the city sees a login",
        after == logins + 1 || stage.sites.faulty && after > logins,
    )?;
    let known = office
        .vacancy(TOWER)?
        .context("the city knows what is free")?
        .used_spaces;
    stage.check(
        "and the call was made with it",
        known == lot.taken(TOWER)?.0,
    )?;

    stage.step("the TCP session beats, and carries calls down");
    let beat = async || stage.sites.city_tcp.call::<Heartbeat>(&[Nothing {}]).await;
    stage.call("1006", beat).await?;
    let query = CarQuery {
        park_code: TOWER.into(),
        plate_no: stage.plate("粤B").into(),
    };
    let cars = stage
        .call("6005", || stage.partner(Down::Tcp).find_cars(query.clone()))
        .await?;
    stage.check("nobody of that plate is there", cars.is_empty())?;

    stage.step("it is logged out, and comes back by itself");
    let log_out = async || {
        stage
            .sites
            .city_tcp
            .call::<TcpLogOut>(&[Nothing {}])
            .await
            .map(drop)
    };
    stage.crosses(1005, "tcp", log_out).await?;
    stage
        .call("6005 again", || {
            stage.partner(Down::Tcp).find_cars(query.clone())
        })
        .await
        .map(drop)
}
