//! Page after page.
use crate::common::*;
use futures_util::{StreamExt, TryStreamExt};
use kt_proto::{endpoint::*, model::*, *};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// A lot with so many stays and records of change, that refuses one page.
struct Records {
    count: i64,
    refused: i64,
    asked: Arc<AtomicUsize>,
}

impl Records {
    /// The entries of a page, as numbers.
    fn page(&self, index: i64, count: i64) -> Outcome<Vec<String>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if index == self.refused {
            return Err(refuse("系统繁忙"));
        }
        let first = (index - 1) * count;
        Ok((first..self.count.min(first + count))
            .map(|number| number.to_string())
            .collect())
    }

    fn stays(&self, index: i64, count: i64) -> Outcome<StayPage> {
        let mut page = reply::<GetCarInOutInfoByPlate>();
        let sample = page.detail.remove(0);
        let entries = self.page(index, count)?.into_iter();
        page.detail = entries
            .map(|id| Stay {
                id: id.into(),
                ..sample.clone()
            })
            .collect();
        page.total_num.0 = self.count;
        Ok(page)
    }
}

impl LotService for Records {
    async fn stays_of_plate(&self, _: &Ctx, query: StaysOfPlate) -> Outcome<StayPage> {
        self.stays(query.page_index, query.page_count)
    }

    async fn stays_at_place(&self, _: &Ctx, query: StaysAtPlace) -> Outcome<StayPage> {
        self.stays(query.page_index, query.page_count)
    }

    async fn report_change(&self, _: &Ctx, query: ChangeReportQuery) -> Outcome<Vec<ChangeRecord>> {
        let sample = reply::<PayChargeReport>().remove(0);
        let entries = self.page(query.page_index, query.page_count)?.into_iter();
        Ok(entries
            .map(|order| ChangeRecord {
                order_no: order.into(),
                ..sample.clone()
            })
            .collect())
    }
}

async fn lot(count: i64, refused: i64) -> (LotClient, Arc<AtomicUsize>) {
    let (asked, clock) = (Arc::new(AtomicUsize::new(0)), clock(NOON));
    let service = Records {
        count,
        refused,
        asked: asked.clone(),
    };
    let router = LotRouter::new(service, credentials()).options(options(
        &Dialect::default(),
        &clock,
        &Told::default(),
    ));
    let address = serve_on(router.into_router(), None).await;
    let client = LotClient::new(format!("http://{address}"), credentials()).expect("a client");
    (client.clock(Arc::new(clock)), asked)
}

/// Every id that a stream gives, page by page, until its end.
async fn all<P>(
    pages: impl futures_util::Stream<Item = Result<P, Error>>,
    ids: impl Fn(P) -> Vec<String>,
) -> (Vec<Vec<String>>, Option<Error>) {
    let (mut found, mut error) = (Vec::new(), None);
    let mut pages = std::pin::pin!(pages);
    while let Some(page) = pages.next().await {
        assert!(error.is_none(), "nothing follows an error");
        match page {
            Ok(page) => found.push(ids(page)),
            Err(problem) => error = Some(problem),
        }
    }
    (found, error)
}

fn stay_ids(page: StayPage) -> Vec<String> {
    page.detail
        .into_iter()
        .map(|stay| stay.id.to_string())
        .collect()
}

fn numbers((from, until): (i64, i64)) -> Vec<String> {
    (from..until).map(|number| number.to_string()).collect()
}

#[tokio::test]
async fn pages_follow_each_other_to_the_last() {
    for (count, index, size, stays, change) in [
        (41, 1, 20, &[(0, 20), (20, 40), (40, 41)][..], None),
        // A full page of change may have another behind it.
        (40, 1, 20, &[(0, 20), (20, 40)][..], Some((40, 40))),
        (41, 2, 20, &[(20, 40), (40, 41)][..], None),
        (41, 9, 20, &[(160, 160)][..], None),
        (0, 1, 20, &[(0, 0)][..], None),
        (3, 1, 1, &[(0, 1), (1, 2), (2, 3)][..], Some((3, 3))),
        (2, 1, i64::MAX, &[(0, 2)][..], None),
    ] {
        let (client, asked) = lot(count, 0).await;
        let expected: Vec<Vec<String>> = stays.iter().copied().map(numbers).collect();
        let by_plate = StaysOfPlate {
            page_index: index,
            page_count: size,
            ..request::<GetCarInOutInfoByPlate>()
        };
        let (found, error) = all(client.stays_of_plate_pages(by_plate), stay_ids).await;
        assert_eq!(
            (&found, error.is_none()),
            (&expected, true),
            "{count} {index} {size}"
        );
        assert_eq!(asked.swap(0, Ordering::SeqCst), expected.len());
        let by_place = StaysAtPlace {
            page_index: index,
            page_count: size,
            ..request::<GetCarInOutInfoByPlace>()
        };
        let (found, error) = all(client.stays_at_place_pages(by_place), stay_ids).await;
        assert_eq!(
            (&found, error.is_none()),
            (&expected, true),
            "{count} {index} {size}"
        );
        let report = ChangeReportQuery {
            page_index: index,
            page_count: size,
            ..request::<PayChargeReport>()
        };
        let orders = |page: Vec<ChangeRecord>| {
            page.into_iter()
                .map(|record| record.order_no.to_string())
                .collect()
        };
        let (found, error) = all(client.report_change_pages(report), orders).await;
        let expected = Vec::from_iter(expected.into_iter().chain(change.map(numbers)));
        assert_eq!(
            (found, error.is_none()),
            (expected, true),
            "{count} {index} {size}"
        );
    }
}

#[tokio::test]
async fn a_page_is_asked_for_when_it_is_read_and_an_error_is_the_end() {
    let (client, asked) = lot(100, 3).await;
    let query = StaysOfPlate {
        page_index: 1,
        page_count: 10,
        ..request::<GetCarInOutInfoByPlate>()
    };
    let mut pages = Box::pin(client.stays_of_plate_pages(query.clone()));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    assert!(pages.next().await.is_some_and(|page| page.is_ok()));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let (found, error) = all(pages, stay_ids).await;
    assert_eq!(
        (found, asked.load(Ordering::SeqCst)),
        (vec![numbers((10, 20))], 3)
    );
    assert_eq!(
        error.expect("refused").to_string(),
        "GetCarInOutInfoByPlate: refused by the peer: 1 错误: 系统繁忙"
    );
    // A query that is none is refused before it is sent.
    let none = client.stays_of_plate_pages(StaysOfPlate {
        page_count: 0,
        ..query.clone()
    });
    assert_eq!(
        none.try_collect::<Vec<_>>()
            .await
            .expect_err("no page")
            .path(),
        Some("pageCount")
    );
    let last = client.stays_of_plate_pages(StaysOfPlate {
        page_index: i64::MAX,
        page_count: 1,
        ..query
    });
    assert_eq!(
        last.try_collect::<Vec<_>>()
            .await
            .expect("an empty page")
            .len(),
        1
    );
}
