use super::Link;
use crate::{Refusal, server::Accounts};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// The partners that are logged in to a [`CityListener`](super::CityListener), by user id; cheap to clone.
///
/// ```text
/// let partner = PartnerClient::over(partners.wait_for("lot-17").await);
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
    pub(crate) accounts: Arc<dyn Accounts>,
    partners: Partners,
    link: Link,
    replace: bool,
    stay: Option<Stay>,
}

impl Door {
    pub(crate) fn new(accounts: Arc<dyn Accounts>, partners: Partners, link: Link, replace: bool) -> Self {
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
