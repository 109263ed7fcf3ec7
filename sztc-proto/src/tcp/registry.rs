use super::{Carry, Link};
use crate::{Account, Error, Refusal, code::BusinessCode};
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

/// The partners that are logged in to a [`CityListener`](super::CityListener), by user id; cheap to
/// clone.
///
/// ```text
/// let partner = PartnerClient::over(partners.transport_to("lot-17"));
/// partner.lock_space(..).await?;
/// ```
#[derive(Clone)]
pub struct Partners(Arc<Registry>);

struct Registry {
    entries: Mutex<HashMap<Arc<str>, Entry>>,
    /// How many logins there were.
    logins: watch::Sender<u64>,
}

struct Entry {
    number: u64,
    link: Link,
}

impl Default for Partners {
    fn default() -> Self {
        Self(Arc::new(Registry {
            entries: Mutex::default(),
            logins: watch::Sender::new(0),
        }))
    }
}

impl Partners {
    /// The connection of `user_id`, if it is logged in. The link ends with this connection; after
    /// the partner has come back, get it anew.
    pub fn get(&self, user_id: &str) -> Option<Link> {
        self.entries().get(user_id).map(|entry| entry.link.clone())
    }

    /// The connection of `user_id`, waiting until it is logged in.
    pub async fn wait_for(&self, user_id: &str) -> Link {
        let mut logins = self.0.logins.subscribe();
        loop {
            if let Some(link) = self.get(user_id) {
                return link;
            }
            // The sender is in `self`, so this cannot fail.
            let _ = logins.changed().await;
        }
    }

    /// The transport to `user_id`, on whichever connection it is logged in when a call is made: it
    /// outlives connections that break.
    pub fn transport_to(&self, user_id: impl Into<Arc<str>>) -> PartnerTransport {
        PartnerTransport {
            partners: self.clone(),
            user_id: user_id.into(),
            carry: Carry::default(),
        }
    }

    /// Who is logged in, in order of the user ids.
    pub fn connected(&self) -> Vec<Arc<str>> {
        let mut users: Vec<_> = self.entries().keys().cloned().collect();
        users.sort_unstable();
        users
    }

    /// Enters `user`; an older connection of the same user is closed.
    fn register(
        &self,
        user: &Arc<str>,
        link: Link,
        replace: bool,
    ) -> Result<Registration, Refusal> {
        let mut entries = self.entries();
        if !replace && entries.contains_key(user) {
            return Err(Refusal::message(
                "this user is logged in on another line (用户已登录)",
            ));
        }
        let mut number = 0;
        self.0.logins.send_modify(|logins| {
            *logins += 1;
            number = *logins;
        });
        let former = entries.insert(user.clone(), Entry { number, link });
        drop(entries);
        if let Some(former) = former {
            tracing::info!(proto = "sztc", peer = %user, "replaced by a newer connection");
            former.link.start_closing();
        }
        Ok(Registration {
            partners: self.clone(),
            user: user.clone(),
            number,
        })
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Arc<str>, Entry>> {
        self.0
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Partners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Partners({})", self.entries().len())
    }
}

/// The transport to one partner over its TCP session, whether it is logged in now or not: a
/// [`Transport`] for a client that is kept.
///
/// A call waits for the partner to be logged in, but never past its deadline; nothing was sent
/// then. A call whose connection broke after it was sent fails as on a [`Link`]: the partner may
/// have acted.
#[derive(Clone)]
pub struct PartnerTransport {
    partners: Partners,
    user_id: Arc<str>,
    carry: Carry,
}

impl PartnerTransport {
    /// The same transport for more than the interfaces to which Table 1 gives TCP.
    #[must_use]
    pub fn carrying(self, carry: Carry) -> Self {
        Self { carry, ..self }
    }

    async fn send(&self, call: Call<'_>) -> Result<Answer, Error> {
        let deadline = Instant::from_std(call.deadline);
        let mut logins = self.partners.0.logins.subscribe();
        loop {
            logins.mark_unchanged();
            if let Some(link) = self.partners.get(&self.user_id) {
                match link.carrying(self.carry).exchange(call.clone()).await {
                    // The connection ended before it could take the call; its entry may not be
                    // removed yet.
                    Err(error) if error.kind() == ErrorKind::Closed && error.sent() == Sent::No => {
                    }
                    outcome => return outcome,
                }
            }
            if timeout_at(deadline, logins.changed()).await.is_err() {
                let what = "the partner was not logged in before the deadline";
                return Err(Error::new(ErrorKind::Network, Sent::No, what));
            }
        }
    }
}

impl Transport for PartnerTransport {
    type Code = BusinessCode;

    fn name(&self) -> &'static str {
        "tcp"
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(self.send(call))
    }
}

impl fmt::Debug for PartnerTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartnerTransport({})", self.user_id)
    }
}

/// An entry that is removed at the end of the connection, however it ends.
struct Registration {
    partners: Partners,
    user: Arc<str>,
    number: u64,
}

impl Drop for Registration {
    fn drop(&mut self) {
        let mut entries = self.partners.entries();
        if entries
            .get(&self.user)
            .is_some_and(|entry| entry.number == self.number)
        {
            let entry = entries.remove(&self.user);
            // Dropping the last link closes it, which is no business of the lock.
            drop(entries);
            drop(entry);
        }
    }
}

/// Admits the user of one connection.
pub(crate) struct Admission {
    pub(crate) accounts: Arc<dyn Lookup<Found = Account>>,
    partners: Partners,
    link: Link,
    replace: bool,
    registration: Option<Registration>,
}

impl Admission {
    pub(crate) fn new(
        accounts: Arc<dyn Lookup<Found = Account>>,
        partners: Partners,
        link: Link,
        replace: bool,
    ) -> Self {
        Self {
            accounts,
            partners,
            link,
            replace,
            registration: None,
        }
    }

    /// Admits `user`; again, if it is the one admitted before.
    pub(crate) fn admit(&mut self, user: &Arc<str>) -> Result<(), Refusal> {
        match &self.registration {
            Some(registration) if registration.user == *user => Ok(()),
            Some(_) => Err(Refusal::message(
                "another user is logged in on this line (已登录其他用户)",
            )),
            None => {
                self.registration = Some(self.partners.register(
                    user,
                    self.link.clone(),
                    self.replace,
                )?);
                Ok(())
            }
        }
    }
}
