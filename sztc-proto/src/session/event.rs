use super::in_flight::CallId;
use crate::frame::{TooLong, Version, Wrong};
use bytes::Bytes;
use std::fmt;

/// Why something could not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The login is not finished.
    #[error("the session is not logged in")]
    NotLoggedIn,
    /// The session is closed or closing.
    #[error("the session is closed")]
    Closed,
    /// Logins and heartbeats are sent by the client only.
    #[error("only the client side sends logins and heartbeats")]
    WrongSide,
    /// The peer leaves too many calls unanswered.
    #[error("{in_flight} calls are in flight, no more are allowed")]
    InFlightFull {
        /// Packet numbers in use.
        in_flight: usize,
    },
    /// The peer does not read.
    #[error("{waiting} bytes wait to be written, the peer does not read")]
    OutgoingFull {
        /// Bytes not yet taken by [`Session::poll_transmit`](super::Session::poll_transmit).
        waiting: usize,
    },
    /// The body is longer than [`SessionConfig::limit`](super::SessionConfig::limit).
    #[error(transparent)]
    TooLong(#[from] TooLong),
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CloseReason {
    /// [`Session::close`](super::Session::close) was called.
    #[error("closed by this side")]
    Local,
    /// The peer logged out (1005).
    #[error("the peer logged out")]
    LoggedOut,
    /// The peer closed its side of the connection.
    #[error("the peer closed the connection")]
    Eof,
    /// No login within [`SessionConfig::login_wait`](super::SessionConfig::login_wait).
    #[error("no login in time")]
    NoLogin,
    /// Server: no heartbeat request within
    /// [`SessionConfig::silence`](super::SessionConfig::silence).
    #[error("no heartbeat from the peer in time")]
    Silent,
    /// Client: a heartbeat and its resends found no reply.
    #[error("no reply to the heartbeat and its resends")]
    HeartbeatLost,
    /// More wrong items than [`SessionConfig::max_wrong`](super::SessionConfig::max_wrong).
    #[error("too many wrong frames")]
    Noise,
    /// A frame longer than the limit.
    #[error("frame too long: {0}")]
    TooLong(TooLong),
}

/// What happened. `Debug` prints the length of data, never its content.
///
/// Each call ends with exactly one of `Answered`, `Damaged`, `TimedOut` and `Lost`, or with none if
/// it was cancelled.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A request to be answered with [`Session::answer`](super::Session::answer). On the server
    /// before the login it is always 1004. The packet number is the peer's choice and may repeat.
    Request {
        /// Packet number for the answer.
        packet: u32,
        /// Interface code (command).
        command: u16,
        /// Body.
        data: Bytes,
        /// The peer's protocol version.
        version: Version,
    },
    /// The reply to a call.
    Answered {
        /// The call, which has ended.
        call: CallId,
        /// Body of the reply.
        data: Bytes,
    },
    /// The reply to a call came, but its CRC does not match; [`Event::Wrong`] comes right before.
    /// The packet number stays reserved.
    Damaged {
        /// The call, which has ended.
        call: CallId,
    },
    /// The deadline of a call passed.
    TimedOut {
        /// The call, which has ended.
        call: CallId,
    },
    /// The session closes, the call found no reply. All of these come right before
    /// [`Event::Closed`].
    Lost {
        /// The call, which has ended.
        call: CallId,
    },
    /// Client: time for [`Session::heartbeat`](super::Session::heartbeat). Comes again when the
    /// next one is due if nothing is sent.
    HeartbeatDue,
    /// A heartbeat request (1006) to be answered with [`Session::answer`](super::Session::answer).
    Heartbeat {
        /// Packet number for the answer.
        packet: u32,
        /// Body.
        data: Bytes,
    },
    /// A logout request (1005) to be answered with [`Session::answer`](super::Session::answer).
    /// Once the answer is taken by [`Session::poll_transmit`](super::Session::poll_transmit), or
    /// after [`SessionConfig::close_wait`](super::SessionConfig::close_wait), the session closes.
    Logout {
        /// Packet number for the answer.
        packet: u32,
        /// Body.
        data: Bytes,
    },
    /// Server: a request other than 1004 before the login, to be refused.
    Unauthenticated {
        /// Packet number for the refusal.
        packet: u32,
        /// Interface code (command).
        command: u16,
    },
    /// Bytes that are no frame. The session goes on.
    Wrong(Wrong),
    /// A request too long to be received. It may be refused with
    /// [`Session::answer`](super::Session::answer); once the refusal is taken by
    /// [`Session::poll_transmit`](super::Session::poll_transmit), or after
    /// [`SessionConfig::close_wait`](super::SessionConfig::close_wait), the session closes.
    TooLong(TooLong),
    /// A reply to nobody: unknown, late, repeated, or with the command of another call.
    Stray {
        /// Packet number of the reply.
        packet: u32,
        /// Interface code (command).
        command: u16,
    },
    /// The end; the last event.
    Closed(CloseReason),
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request {
                packet,
                command,
                data,
                version,
            } => {
                write!(
                    f,
                    "Request(packet {packet}, command {command}, {} bytes, {version})",
                    data.len()
                )
            }
            Self::Answered { call, data } => write!(f, "Answered({call}, {} bytes)", data.len()),
            Self::Damaged { call } => write!(f, "Damaged({call})"),
            Self::TimedOut { call } => write!(f, "TimedOut({call})"),
            Self::Lost { call } => write!(f, "Lost({call})"),
            Self::HeartbeatDue => f.write_str("HeartbeatDue"),
            Self::Heartbeat { packet, data } => {
                write!(f, "Heartbeat(packet {packet}, {} bytes)", data.len())
            }
            Self::Logout { packet, data } => {
                write!(f, "Logout(packet {packet}, {} bytes)", data.len())
            }
            Self::Unauthenticated { packet, command } => {
                write!(f, "Unauthenticated(packet {packet}, command {command})")
            }
            Self::Wrong(wrong) => write!(f, "Wrong({wrong})"),
            Self::TooLong(too_long) => write!(f, "TooLong({too_long})"),
            Self::Stray { packet, command } => {
                write!(f, "Stray(packet {packet}, command {command})")
            }
            Self::Closed(reason) => write!(f, "Closed({reason})"),
        }
    }
}
