//! Whether a message is of now and new: what every server of the envelope asks once its signature
//! is known to be right.
use crate::{
    Outcome, Refusal,
    code::Ret,
    replay::{Memory, Replays, Seen},
};
use park_core::{TimeWindow, Timestamp};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Whether a message made at `moment` is of now.
///
/// # Errors
/// 4003: a clock that is too far off.
#[doc(hidden)]
pub fn check_clock(moment: Timestamp, now: SystemTime, skew: TimeWindow) -> Outcome<()> {
    let now = Timestamp::at(now);
    if skew.accepts(moment, now) {
        return Ok(());
    }
    let ahead = moment.seconds().saturating_sub(now.seconds());
    let what = format!(
        "TimeStamp is {ahead} s from our clock (时间戳超出允许范围): check the clock and its time \
            zone, which is China's"
    );
    Err(Refusal::new(Ret::WRONG_ENVELOPE, what))
}

/// Whether the message is new, or may come `again`.
///
/// # Errors
/// 4003: it came before; -1: more than can be remembered.
#[doc(hidden)]
pub async fn check_new(
    seen: Seen,
    again: bool,
    now: SystemTime,
    skew: TimeWindow,
    replays: &dyn Replays,
) -> Outcome<()> {
    // Later the clock refuses it.
    let kept = skew
        .past
        .saturating_add(skew.future)
        .saturating_add(Duration::from_secs(1));
    let until = now
        .checked_add(kept)
        .unwrap_or(UNIX_EPOCH + Duration::from_secs(1 << 40));
    match replays.remember(seen, now, until).await {
        Memory::New => Ok(()),
        Memory::Known if again => Ok(()),
        Memory::Known => {
            let what = "the same message came before (重复的请求): each needs a TimeStamp and Seq \
                of its own";
            Err(Refusal::new(Ret::WRONG_ENVELOPE, what))
        }
        Memory::Full => Err(Refusal::new(Ret::BUSY, "系统繁忙")),
    }
}
