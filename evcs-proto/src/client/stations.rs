use super::CpoClient;
use crate::{
    Error,
    model::{StationsPage, StationsQuery},
};
use futures_util::{Stream, stream::try_unfold};
use park_core::{DateTime, ErrorKind, Sent};

/// More pages than any operator has stations for; a peer that answers every page alike is not asked
/// for ever.
const MOST_PAGES: i32 = 5000;

impl CpoClient {
    /// All stations, or those changed since `since`, page by page of `size` stations (default 10):
    /// pages are asked for as the stream is read.
    ///
    /// ```no_run
    /// # async fn example(cpo: evcs_proto::CpoClient) -> Result<(), evcs_proto::Error> {
    /// use futures_util::{TryStreamExt, pin_mut};
    ///
    /// let pages = cpo.stations(None, None);
    /// pin_mut!(pages);
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("{} of {} stations", page.station_infos.len(), page.item_size);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// It ends after the page that PageCount says is the last, after an empty one, and after an
    /// error; more than 5000 pages are one.
    pub fn stations(
        &self,
        since: Option<DateTime>,
        size: Option<i32>,
    ) -> impl Stream<Item = Result<StationsPage, Error>> + Send + 'static {
        let client = self.clone();
        try_unfold(Some(1), move |page| {
            let client = client.clone();
            async move {
                let Some(page_no) = page else { return Ok(None) };
                if page_no > MOST_PAGES {
                    let what = format!("more than {MOST_PAGES} pages of stations");
                    return Err(Error::new(ErrorKind::PeerBytes, Sent::Answered, what)
                        .at("query_stations_info"));
                }
                let query = StationsQuery {
                    last_query_time: since,
                    page_no: Some(page_no),
                    page_size: size,
                };
                let page = client.query_stations_info(&query).await?;
                let more = page_no < page.page_count && !page.station_infos.is_empty();
                Ok(Some((page, more.then_some(page_no + 1))))
            }
        })
    }
}
