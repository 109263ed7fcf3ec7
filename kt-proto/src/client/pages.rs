use super::LotClient;
use crate::{
    Error,
    model::{ChangeRecord, ChangeReportQuery, StayPage, StaysAtPlace, StaysOfPlate},
};
use futures_util::{Stream, stream::try_unfold};

macro_rules! pages {
    ($($(#[$doc:meta])* $method:ident($query:ty) -> $page:ty = $call:ident, $more:expr;)*) => {
        /// Page after page, from that of the query on; each is asked for when the stream is read
        /// that far. A stream ends after the last page and after an error.
        impl LotClient {
            $($(#[$doc])*
            pub fn $method(&self, query: $query) -> impl Stream<Item = Result<$page,
            Error>> + Send + 'static {
                let more: fn(&$query, &$page) -> bool = $more;
                let client = self.clone();
                try_unfold(Some(query), move |query| {
                    let client = client.clone();
                    async move {
                        let Some(mut query) = query else { return Ok(None) };
                        let page = client.$call(&query).await?;
                        let more = more(&query, &page);
                        query.page_index = query.page_index.saturating_add(1);
                        Ok(Some((page, more.then_some(query))))
                    }
                })
            })*
        }
    };
}

pages! {
    /// All paid stays of a plate (1.1).
    stays_of_plate_pages(StaysOfPlate) -> StayPage = stays_of_plate, |query,
    page| stays_follow(query.page_index, query.page_count, page);
    /// All paid stays by entrance or exit (1.2).
    stays_at_place_pages(StaysAtPlace) -> StayPage = stays_at_place, |query,
    page| stays_follow(query.page_index, query.page_count, page);
    /// All change given or owed (3.7). The reply does not say how much there is: a page that is not
    /// full is the last.
    report_change_pages(ChangeReportQuery) -> Vec<ChangeRecord> = report_change, |query,
    page| usize::try_from(query.page_count).is_ok_and(|full| page.len() >= full);
}

/// Whether stays are left behind page `index` of `count` each. An empty page is the last, whatever
/// the total says.
fn stays_follow(index: i64, count: i64, page: &StayPage) -> bool {
    !page.detail.is_empty() && index.saturating_mul(count) < page.total_num.0
}
