//! What happens, as server-sent events. Of the messages nobody misses one or gets one twice:
//! whoever comes back says the last that he had.
use super::{Refused, Shared, answers::after, teller::Told};
use crate::traffic::Exchange;
use futures_util::{Stream, stream};
use serde_json::json;
use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};
use sztc_proto::axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// After this time a browser whose connection broke comes back.
const BACK: Duration = Duration::from_secs(1);

/// The stream: `begin` with the last number given, then `message` and `scenario`.
pub(super) async fn stream(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refused> {
    let wanted = after(query.as_deref())?.unwrap_or(0);
    // A browser that comes back asks for the same address, but says what it had since.
    let had = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let listener = Listener::new(shared, had.unwrap_or(wanted));
    let events = stream::unfold(listener, async |mut listener| {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// Somebody who listens.
struct Listener {
    shared: Arc<Shared>,
    /// The last message that he was told.
    last: u64,
    begin: Option<Event>,
    missed: VecDeque<Arc<Exchange>>,
    messages: Receiver<Arc<Exchange>>,
    states: VecDeque<Told>,
    told: Receiver<Told>,
}

impl Listener {
    fn new(shared: Arc<Shared>, had: u64) -> Self {
        let newest = shared.traffic.last();
        // Who had more than there is had it of a sandbox that was there before.
        let last = if had > newest { 0 } else { had };
        let (missed, messages) = shared.traffic.since(last);
        let (states, told) = shared.teller.listen();
        let begin = Event::default()
            .event("begin")
            .retry(BACK)
            .data(json!({"last": newest}).to_string());
        Self {
            shared,
            last,
            begin: Some(begin),
            missed: missed.into(),
            messages,
            states: states.into(),
            told,
        }
    }

    /// What happens next; nothing when the sandbox ends.
    async fn next(&mut self) -> Option<Event> {
        if let Some(begin) = self.begin.take() {
            return Some(begin);
        }
        loop {
            if let Some(told) = self.states.pop_front() {
                return Some(scenario(&told));
            }
            if let Some(exchange) = self.missed.pop_front() {
                self.last = exchange.row.id;
                return Some(message(&exchange));
            }
            tokio::select! {
                exchange = self.messages.recv() => match exchange {
                    Ok(exchange) => self.missed.push_back(exchange),
                    Err(RecvError::Lagged(_)) => {
                        let (missed, messages) = self.shared.traffic.since(self.last);
                        (self.missed, self.messages) = (missed.into(), messages);
                    }
                    Err(RecvError::Closed) => return None,
                },
                told = self.told.recv() => match told {
                    Ok(told) => self.states.push_back(told),
                    Err(RecvError::Lagged(_)) => {
                        let (states, told) = self.shared.teller.listen();
                        (self.states, self.told) = (states.into(), told);
                    }
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}

fn message(exchange: &Exchange) -> Event {
    let row = serde_json::to_string(&exchange.row).expect("a row is JSON");
    Event::default()
        .event("message")
        .id(exchange.row.id.to_string())
        .data(row)
}

fn scenario(told: &Told) -> Event {
    Event::default()
        .event("scenario")
        .data(serde_json::to_string(told).expect("it is JSON"))
}
