use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::time::{Duration, Instant};

/// One call on one session; never used again on that session, unlike its packet number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(u64);

impl CallId {
    /// The packet number on the wire (packetNo): 1 to `i32::MAX` and around.
    pub fn packet(self) -> u32 {
        (self.0 % i32::MAX as u64) as u32 + 1
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "packet {}", self.packet())
    }
}

/// The packet numbers in use, by calls that wait and by calls that ended without a reply.
#[derive(Default)]
pub(super) struct InFlight {
    pub(super) next: u64,
    by_packet: HashMap<u32, Pending>,
    pub(super) timers: BTreeSet<(Instant, u32)>,
}

struct Pending {
    call: CallId,
    command: u16,
    deadline: Instant,
    /// The deadline of a call that waits, the end of its grace for one that does not.
    timer: Instant,
    waiting: bool,
}

impl InFlight {
    pub(super) fn len(&self) -> usize {
        self.by_packet.len()
    }

    /// The next number that is in use by neither a call nor `heartbeat`.
    pub(super) fn next_id(&mut self, heartbeat: Option<u32>) -> CallId {
        loop {
            let id = CallId(self.next);
            self.next += 1;
            if heartbeat != Some(id.packet()) && !self.by_packet.contains_key(&id.packet()) {
                return id;
            }
        }
    }

    pub(super) fn insert(&mut self, call: CallId, command: u16, deadline: Instant) {
        self.timers.insert((deadline, call.packet()));
        let pending = Pending {
            call,
            command,
            deadline,
            timer: deadline,
            waiting: true,
        };
        self.by_packet.insert(call.packet(), pending);
    }

    /// The call that this reply ends; the number is free then, also if nobody waited any more.
    pub(super) fn answered(&mut self, packet: u32, command: u16) -> Option<CallId> {
        if self.by_packet.get(&packet)?.command != command {
            return None;
        }
        let pending = self.by_packet.remove(&packet)?;
        self.timers.remove(&(pending.timer, packet));
        pending.waiting.then_some(pending.call)
    }

    pub(super) fn cancel(&mut self, call: CallId, grace: Duration) {
        if let Some(pending) = self.by_packet.get_mut(&call.packet())
            && pending.call == call
            && pending.waiting
        {
            self.timers.remove(&(pending.timer, call.packet()));
            self.timers.insert((pending.reserve(grace), call.packet()));
        }
    }

    /// The call whose reply came damaged, if it is one that waits; its number stays reserved.
    pub(super) fn damaged(&mut self, packet: u32, command: u16, grace: Duration) -> Option<CallId> {
        let pending = self.by_packet.get(&packet)?;
        let call = (pending.waiting && pending.command == command).then_some(pending.call)?;
        self.cancel(call, grace);
        Some(call)
    }

    pub(super) fn next_timer(&self) -> Option<Instant> {
        self.timers.first().map(|&(timer, _)| timer)
    }

    /// The next call whose deadline has passed; numbers whose grace has passed are freed meanwhile.
    pub(super) fn pop_timed_out(&mut self, now: Instant, grace: Duration) -> Option<CallId> {
        while self.next_timer()? <= now {
            let (_, packet) = self.timers.pop_first()?;
            let pending = self.by_packet.get_mut(&packet)?;
            if pending.waiting {
                self.timers.insert((pending.reserve(grace), packet));
                return Some(pending.call);
            }
            self.by_packet.remove(&packet);
        }
        None
    }

    /// Empties the table; the calls that still waited, oldest first.
    pub(super) fn drain(&mut self) -> Vec<CallId> {
        self.timers.clear();
        let waiting = self
            .by_packet
            .drain()
            .filter(|(_, pending)| pending.waiting);
        let mut calls: Vec<_> = waiting.map(|(_, pending)| pending.call).collect();
        calls.sort_unstable();
        calls
    }
}

impl Pending {
    /// Nobody waits any more, the number stays taken until the returned time.
    fn reserve(&mut self, grace: Duration) -> Instant {
        self.waiting = false;
        self.timer = self.deadline.checked_add(grace).unwrap_or(self.deadline);
        self.timer
    }
}
