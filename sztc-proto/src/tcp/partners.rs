use super::{Carry, Link};
use crate::{Account, BusinessCode, Error, Refusal};
use park_core::{Answer, BoxFuture, Call, ErrorKind, Lookup, Sent, Transport};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

/// The partners that are logged in to a [`CityListener`](super::CityListener), by user id; cheap to clone.
///
/// ```text
/// let partner = PartnerClient::over(partners.way_to("lot-17"));
/// partner.lock_space(..).await?;
/// ```
#[derive(Clone)]
pub struct Partners(Arc<Hall>);

struct Hall {
    seats: Mutex<HashMap<Arc<str>, Seat>>,
    /// How many have come so far.
    comings: watch::Sender<u64>,
}

struct Seat {
    number: u64,
    link: Link,
}

impl Default for Partners {
    fn default() -> Self {
        Self(Arc::new(Hall {
            seats: Mutex::default(),
            comings: watch::Sender::new(0),
        }))
    }
}

impl Partners {
    /// The line of `user_id`, if it is logged in. The link ends with this line; after the partner has come back, get it anew.
    pub fn get(&self, user_id: &str) -> Option<Link> {
        self.seats().get(user_id).map(|seat| seat.link.clone())
    }

    /// The line of `user_id`, waiting until it is logged in.
    pub async fn wait_for(&self, user_id: &str) -> Link {
        let mut comings = self.0.comings.subscribe();
        loop {
            if let Some(link) = self.get(user_id) {
                return link;
            }
            // The sender is in `self`, so this cannot fail.
            let _ = comings.changed().await;
        }
    }

    /// The way to `user_id`, on whichever line it is logged in when a call is made: it outlives lines that break.
    pub fn way_to(&self, user_id: impl Into<Arc<str>>) -> WayDown {
        WayDown {
            partners: self.clone(),
            user_id: user_id.into(),
            carry: Carry::default(),
        }
    }

    /// Who is logged in, in order of the user ids.
    pub fn connected(&self) -> Vec<Arc<str>> {
        let mut users: Vec<_> = self.seats().keys().cloned().collect();
        users.sort_unstable();
        users
    }

    /// Takes the seat of `user`; who sat there has to leave.
    fn sit(&self, user: &Arc<str>, link: Link, replace: bool) -> Result<Stay, Refusal> {
        let mut seats = self.seats();
        if !replace && seats.contains_key(user) {
            return Err(Refusal::message("this user is logged in on another line (用户已登录)"));
        }
        let mut number = 0;
        self.0.comings.send_modify(|comings| {
            *comings += 1;
            number = *comings;
        });
        let former = seats.insert(user.clone(), Seat { number, link });
        drop(seats);
        if let Some(former) = former {
            tracing::info!(proto = "sztc", peer = %user, "replaced by a newer line");
            former.link.start_closing();
        }
        Ok(Stay {
            partners: self.clone(),
            user: user.clone(),
            number,
        })
    }

    fn seats(&self) -> MutexGuard<'_, HashMap<Arc<str>, Seat>> {
        self.0.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Partners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Partners({})", self.seats().len())
    }
}

/// The way down to one partner over its TCP session, whether it is logged in now or not: an [`Transport`] for a client that is kept.
///
/// A call waits for the partner to be logged in, but never past its deadline; nothing was sent then. A call whose line broke after it was sent fails as on
/// a [`Link`]: the partner may have acted.
#[derive(Clone)]
pub struct WayDown {
    partners: Partners,
    user_id: Arc<str>,
    carry: Carry,
}

impl WayDown {
    /// The same way for more than the interfaces to which Table 1 gives TCP.
    #[must_use]
    pub fn carrying(self, carry: Carry) -> Self {
        Self { carry, ..self }
    }

    async fn send(&self, call: Call<'_>) -> Result<Answer, Error> {
        let deadline = Instant::from_std(call.deadline);
        let mut comings = self.partners.0.comings.subscribe();
        loop {
            comings.mark_unchanged();
            if let Some(link) = self.partners.get(&self.user_id) {
                match link.carrying(self.carry).exchange(call.clone()).await {
                    // The line ended before it could take the call; its seat may not be empty yet.
                    Err(error) if error.kind() == ErrorKind::Closed && error.sent() == Sent::No => {}
                    outcome => return outcome,
                }
            }
            if timeout_at(deadline, comings.changed()).await.is_err() {
                let what = "the partner was not logged in before the deadline";
                return Err(Error::new(ErrorKind::Network, Sent::No, what));
            }
        }
    }
}

impl Transport for WayDown {
    type Code = BusinessCode;

    fn name(&self) -> &'static str {
        "tcp"
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(self.send(call))
    }
}

impl fmt::Debug for WayDown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WayDown({})", self.user_id)
    }
}

/// A seat that is given back at the end of the line, however it ends.
struct Stay {
    partners: Partners,
    user: Arc<str>,
    number: u64,
}

impl Drop for Stay {
    fn drop(&mut self) {
        let mut seats = self.partners.seats();
        if seats.get(&self.user).is_some_and(|seat| seat.number == self.number) {
            let seat = seats.remove(&self.user);
            // Dropping the last link closes it, which is no business of the lock.
            drop(seats);
            drop(seat);
        }
    }
}

/// Where one line comes in.
pub(crate) struct Door {
    pub(crate) accounts: Arc<dyn Lookup<Found = Account>>,
    partners: Partners,
    link: Link,
    replace: bool,
    stay: Option<Stay>,
}

impl Door {
    pub(crate) fn new(accounts: Arc<dyn Lookup<Found = Account>>, partners: Partners, link: Link, replace: bool) -> Self {
        Self {
            accounts,
            partners,
            link,
            replace,
            stay: None,
        }
    }

    /// `user` comes in; again, if it is who came in before.
    pub(crate) fn enter(&mut self, user: &Arc<str>) -> Result<(), Refusal> {
        match &self.stay {
            Some(stay) if stay.user == *user => Ok(()),
            Some(_) => Err(Refusal::message("another user is logged in on this line (已登录其他用户)")),
            None => {
                self.stay = Some(self.partners.sit(user, self.link.clone(), self.replace)?);
                Ok(())
            }
        }
    }
}
