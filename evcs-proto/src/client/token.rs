//! Where a [`PeerHttp`](super::PeerHttp) gets its tokens.
use super::call::Core;
use crate::{
    Error, Refusal,
    code::{Ret, SuccessStatus},
    endpoint::QueryToken,
    model::TokenQuery,
    protocol::LONGEST_LIFE,
};
use park_core::{
    BoxFuture, ErrorKind, Secret, Sent,
    client::{CallOne, Fresh, TokenSource},
};
use std::time::{Duration, Instant, UNIX_EPOCH};

/// Asks with `query_token`, over a transport that has no token.
pub(super) struct QueryTokens(pub(super) Core);

impl TokenSource<Ret> for QueryTokens {
    fn fetch(&self, _: Option<Secret>, deadline: Instant) -> BoxFuture<'_, Result<Fresh, Error>> {
        Box::pin(async move {
            let mut core = self.0.clone();
            core.caller.settings.options.deadline =
                deadline.saturating_duration_since(Instant::now());
            let query = TokenQuery {
                operator_id: (&*core.credentials.operator_id).into(),
                operator_secret: core.credentials.keys.operator_secret().expose().into(),
            };
            let reply = core.one::<QueryToken>(&query).await?;
            if reply.succ_stat != SuccessStatus::OK {
                let reason = reply
                    .fail_reason
                    .map_or_else(String::new, |reason| format!(": FailReason {reason}"));
                return Err(
                    Error::refused(Refusal::message(format!("no token{reason}"))).at("query_token"),
                );
            }
            let (Some(token), Some(available)) = (reply.access_token, reply.token_available_time)
            else {
                return Err(Error::new(
                    ErrorKind::PeerBytes,
                    Sent::Answered,
                    "no token in the reply",
                )
                .at("query_token"));
            };
            let now = core
                .caller
                .settings
                .clock
                .now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            Ok(Fresh {
                token: token.into_secret(),
                lives: life(available, now),
            })
        })
    }
}

/// For how long a token is used whose TokenAvailableTime is `available`: seconds, or with some
/// peers the moment of its end in seconds or milliseconds since 1970; at most seven days. `None`,
/// until it is refused, where the number says nothing.
fn life(available: i64, now: Duration) -> Option<Duration> {
    let available = u64::try_from(available)
        .ok()
        .filter(|available| *available > 0)?;
    let lives = match available {
        0..1_000_000_000 => Duration::from_secs(available),
        1_000_000_000..1_000_000_000_000 => Duration::from_secs(available).checked_sub(now)?,
        _ => Duration::from_millis(available).checked_sub(now)?,
    };
    Some(lives.min(LONGEST_LIFE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_life_of_a_token_is_read_as_real_peers_write_it() {
        let now = Duration::from_secs(1_700_000_000);
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (available, lives) in [
            (7200, seconds(7200)),
            (604_800, seconds(604_800)),
            (2_592_000, seconds(604_800)),
            (1_700_003_600, seconds(3600)),
            (1_700_003_600_000, seconds(3600)),
            (i64::MAX, seconds(604_800)),
            (0, None),
            (-1, None),
            (1_600_000_000, None),
        ] {
            assert_eq!(life(available, now), lives, "{available}");
        }
    }
}
