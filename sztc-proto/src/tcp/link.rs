use crate::{Error, code::BusinessCode, endpoint::Info};
use bytes::Bytes;
use park_core::{Answer, BoxFuture, Call, ErrorKind, Sent, Transport, number_of};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Instant,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout_at,
};
use tokio_util::sync::CancellationToken;

/// Whether a connection is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkState {
    /// No login yet, or not any more; calls wait.
    Connecting,
    /// Logged in.
    Connected,
    /// The end; it does not come back.
    Closed,
}

/// A handle to a connection, cheap to clone: the [`Transport`] that a typed client is built over.
///
/// ```text
/// let city = CityClient::over(link.clone());
/// ```
///
/// A call waits until the connection is up and the queue has room, but never past its deadline;
/// nothing was sent then. A dropped call is not sent any more, or its reply reaches nobody. When
/// the last handle is dropped the connection logs out and closes, as by [`close`](Self::close).
#[derive(Clone)]
pub struct Link {
    inner: Arc<Inner>,
    fail_fast: bool,
    carry: Carry,
}

/// Which of the standard's interfaces a [`Link`] carries. Interfaces of one's own are always
/// carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Carry {
    /// Those to which Table 1 gives TCP.
    #[default]
    Table1,
    /// Those of the monthly leases too (6009, 6010), as D.36 and D.37 print.
    Leases,
    /// All, also upward reports: for peers that agreed on it.
    All,
}

impl Carry {
    fn carries(self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Leases if matches!(name, "6009" | "6010") => true,
            _ => Info::of(name).is_none_or(|info| info.transports.tcp()),
        }
    }
}

struct Inner {
    outgoing: mpsc::Sender<Box<Outgoing>>,
    state: watch::Receiver<LinkState>,
    closing: CancellationToken,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

/// The driver's end of a [`Link`]. Its end is the end of the link.
pub(crate) struct Inbox {
    pub(crate) outgoing: mpsc::Receiver<Box<Outgoing>>,
    pub(crate) state: watch::Sender<LinkState>,
    pub(crate) closing: CancellationToken,
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.state.send_replace(LinkState::Closed);
    }
}

/// A call that a handle gives to the driver.
pub(crate) struct Outgoing {
    pub(crate) code: u16,
    pub(crate) body: Bytes,
    pub(crate) deadline: Instant,
    pub(crate) pending: Pending,
}

/// A caller that waits for its reply.
pub(crate) struct Pending {
    state: Arc<SendState>,
    reply: oneshot::Sender<Result<Bytes, Error>>,
}

impl Pending {
    /// Whether the call may still be sent; from then on the peer may have acted.
    pub(crate) fn take(&self) -> bool {
        !self.reply.is_closed() && self.state.advance(SENT)
    }

    /// Whether nobody waits any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    pub(crate) fn tell(self, outcome: Result<Bytes, Error>) {
        // Nobody may be waiting any more; that is no fault.
        let _ = self.reply.send(outcome);
    }
}

/// Who was first: the driver sending the call, or the caller giving it up. Without it a call could
/// be sent that its caller believes unsent.
#[derive(Default)]
struct SendState(AtomicU8);

const SENT: u8 = 1;
const GIVEN_UP: u8 = 2;

impl SendState {
    fn advance(&self, to: u8) -> bool {
        self.0
            .compare_exchange(0, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// How far the call got that its caller gives up now.
    fn give_up(&self) -> Sent {
        if self.advance(GIVEN_UP) {
            Sent::No
        } else {
            Sent::Maybe
        }
    }
}

/// A link with room for `queue` calls and the driver's end of it, which closes with `closing`.
pub(crate) fn pair(queue: usize, closing: CancellationToken) -> (Link, Inbox) {
    let (outgoing, taken) = mpsc::channel(queue.max(1));
    let (state, seen) = watch::channel(LinkState::Connecting);
    let inner = Arc::new(Inner {
        outgoing,
        state: seen,
        closing: closing.clone(),
    });
    let link = Link {
        inner,
        fail_fast: false,
        carry: Carry::default(),
    };
    let inbox = Inbox {
        outgoing: taken,
        state,
        closing,
    };
    (link, inbox)
}

impl Link {
    /// Whether the connection is up.
    pub fn state(&self) -> LinkState {
        *self.inner.state.borrow()
    }

    /// Whether the connection is up and logged in.
    pub fn is_connected(&self) -> bool {
        self.state() == LinkState::Connected
    }

    /// Waits until the state is another than `from`, and returns it.
    pub async fn changed(&self, from: LinkState) -> LinkState {
        match self
            .inner
            .state
            .clone()
            .wait_for(|state| *state != from)
            .await
        {
            Ok(state) => *state,
            Err(_) => LinkState::Closed,
        }
    }

    /// Waits until the connection is up.
    ///
    /// # Errors
    /// The link was closed ([`ErrorKind::Closed`]).
    pub async fn wait_connected(&self) -> Result<(), Error> {
        match self.changed(LinkState::Connecting).await {
            LinkState::Connected => Ok(()),
            _ => Err(closed(Sent::No)),
        }
    }

    /// The same connection for calls that do not wait for it to be up but fail at once, so that
    /// another transport can be tried.
    #[must_use]
    pub fn without_waiting(&self) -> Self {
        Self {
            fail_fast: true,
            ..self.clone()
        }
    }

    /// The same connection for more than the interfaces to which Table 1 gives TCP.
    #[must_use]
    pub fn carrying(&self, carry: Carry) -> Self {
        Self {
            carry,
            ..self.clone()
        }
    }

    /// Closes the connection in order and waits for the end: calls in flight, in both directions,
    /// get a short time to be answered; the partner's side logs out (1005). The link does not come
    /// back.
    pub async fn close(&self) {
        self.inner.closing.cancel();
        // An error means that the driver is gone, which is what is waited for.
        let _ = self
            .inner
            .state
            .clone()
            .wait_for(|state| *state == LinkState::Closed)
            .await;
    }

    /// Asks the connection to close, without waiting.
    pub(crate) fn start_closing(&self) {
        self.inner.closing.cancel();
    }

    async fn ready(&self, deadline: tokio::time::Instant) -> Result<(), Error> {
        match self.state() {
            LinkState::Connected => Ok(()),
            LinkState::Connecting if self.fail_fast => Err(Error::new(
                ErrorKind::Network,
                Sent::No,
                "the connection is not up",
            )),
            LinkState::Connecting => match timeout_at(deadline, self.wait_connected()).await {
                Ok(outcome) => outcome,
                Err(_) => Err(Error::new(
                    ErrorKind::Network,
                    Sent::No,
                    "the connection did not come up before the deadline",
                )),
            },
            LinkState::Closed => Err(closed(Sent::No)),
        }
    }

    async fn send(&self, call: Call<'_>) -> Result<Answer, Error> {
        let Some(code) = number_of(call.endpoint) else {
            return Err(Error::new(
                ErrorKind::Caller,
                Sent::No,
                "a command of the TCP connection is a number",
            ));
        };
        if !self.carry.carries(call.endpoint) {
            let what = "Table 1 does not give this interface TCP: use HTTPS, or Link::carrying if \
                the peer agreed on more";
            return Err(Error::new(ErrorKind::Caller, Sent::No, what));
        }
        let deadline = tokio::time::Instant::from_std(call.deadline);
        self.ready(deadline).await?;
        let (reply, outcome) = oneshot::channel();
        let state = Arc::new(SendState::default());
        let pending = Pending {
            state: state.clone(),
            reply,
        };
        let outgoing = Box::new(Outgoing {
            code,
            body: call.body,
            deadline: call.deadline,
            pending,
        });
        match timeout_at(deadline, self.inner.outgoing.send(outgoing)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(closed(Sent::No)),
            Err(_) => {
                return Err(Error::new(
                    ErrorKind::Busy,
                    Sent::No,
                    "the queue of the connection was full until the deadline",
                ));
            }
        }
        let data = match timeout_at(deadline, outcome).await {
            Ok(Ok(outcome)) => outcome?,
            Ok(Err(_)) => return Err(closed(state.give_up())),
            Err(_) => return Err(timed_out(state.give_up())),
        };
        Ok(Answer::new(data))
    }
}

impl Transport for Link {
    type Code = BusinessCode;

    fn name(&self) -> &'static str {
        "tcp"
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(self.send(call))
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({:?})", self.state())
    }
}

pub(crate) fn timed_out(sent: Sent) -> Error {
    let what = match sent {
        Sent::No => "the call waited in the queue of the connection until its deadline",
        _ => "no reply before the deadline",
    };
    Error::new(ErrorKind::Timeout, sent, what)
}

pub(crate) fn damaged() -> Error {
    Error::new(
        ErrorKind::PeerBytes,
        Sent::Answered,
        "the reply was damaged (CRC)",
    )
}

fn closed(sent: Sent) -> Error {
    Error::new(ErrorKind::Closed, sent, "the link is closed")
}
