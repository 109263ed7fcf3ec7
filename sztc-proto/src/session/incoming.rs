//! What a session does inside: frames sorted, heartbeats kept, calls sent, the end.
use super::{
    CallError, CallId, CloseReason, ConnectionRole, Event, HEARTBEAT, LOGIN, LOGOUT, Phase,
    Session, later,
};
use crate::frame::{Direction, Frame, TooLong, Wrong, encode};
use bytes::Bytes;
use std::time::{Duration, Instant};

/// The budget for wrong items is per this time, so that a connection with a rare fault lives for
/// years.
const WRONG_PERIOD: Duration = Duration::from_secs(60);

impl Session {
    /// After a frame too long the rest of the stream means nothing; after a logout, replies may
    /// still come.
    pub(super) fn is_reading(&self) -> bool {
        matches!(
            self.phase,
            Phase::Open
                | Phase::LoggingOut { .. }
                | Phase::FinalAnswer {
                    reason: CloseReason::LoggedOut,
                    ..
                }
        )
    }

    pub(super) fn frame(&mut self, frame: Frame, now: Instant) {
        let Frame {
            version,
            packet,
            direction,
            command,
            data,
        } = frame;
        let stranger = self.role == ConnectionRole::Server && !self.authenticated;
        if self.role == ConnectionRole::Server && self.authenticated {
            let request = direction == Direction::Request;
            if self.config.any_traffic_counts || (request && command == HEARTBEAT) {
                self.alarm = later(now, self.config.silence);
            }
        }
        match (direction, command) {
            (Direction::Reply, _) => self.reply(packet, command, data),
            (Direction::Request, _) if stranger && command != LOGIN => {
                self.events
                    .push_back(Event::Unauthenticated { packet, command });
            }
            (Direction::Request, HEARTBEAT) => {
                self.events.push_back(Event::Heartbeat { packet, data })
            }
            (Direction::Request, LOGOUT) => {
                self.events.push_back(Event::Logout { packet, data });
                self.expect_final_answer(packet, command, CloseReason::LoggedOut, now);
            }
            (Direction::Request, _) => {
                self.events.push_back(Event::Request {
                    packet,
                    command,
                    data,
                    version,
                });
            }
        }
        if stranger {
            self.count_wrong(now);
        }
    }

    pub(super) fn reply(&mut self, packet: u32, command: u16, data: Bytes) {
        if command == HEARTBEAT
            && self
                .heartbeat
                .as_ref()
                .is_some_and(|heartbeat| heartbeat.packet == packet)
        {
            self.heartbeat = None;
        } else if let Some(call) = self.calls.answered(packet, command) {
            self.events.push_back(Event::Answered { call, data });
        } else if let (Phase::LoggingOut { packet: ours, .. }, LOGOUT) = (self.phase, command)
            && ours == packet
        {
            self.finish(CloseReason::Local);
        } else {
            self.events.push_back(Event::Stray { packet, command });
        }
    }

    pub(super) fn too_long(&mut self, error: TooLong, now: Instant) {
        let reason = CloseReason::TooLong(error);
        let open = matches!(self.phase, Phase::Open);
        if open && error.direction == Direction::Request.byte() {
            self.events.push_back(Event::TooLong(error));
            self.expect_final_answer(error.packet, error.command, reason, now);
        } else {
            self.finish(reason);
        }
    }

    /// Bytes that are no frame. Of a reply enough may be left to end its call now instead of at its
    /// deadline.
    pub(super) fn wrong(&mut self, wrong: Wrong, now: Instant) {
        const REPLY: u8 = Direction::Reply.byte();
        let call = match wrong {
            Wrong::Crc {
                packet,
                command,
                direction: REPLY,
                ..
            } => self.calls.damaged(packet, command, self.config.grace),
            _ => None,
        };
        self.events.push_back(Event::Wrong(wrong));
        self.events.extend(call.map(|call| Event::Damaged { call }));
        self.count_wrong(now);
    }

    /// The next answer to `packet` is the last.
    pub(super) fn expect_final_answer(
        &mut self,
        packet: u32,
        command: u16,
        reason: CloseReason,
        now: Instant,
    ) {
        if let Phase::Open = self.phase {
            let until = later(now, self.config.close_wait);
            self.phase = Phase::FinalAnswer {
                packet,
                command,
                until,
                reason,
            };
        }
    }

    pub(super) fn count_wrong(&mut self, now: Instant) {
        if now.saturating_duration_since(self.wrong_since) >= WRONG_PERIOD {
            self.wrong_since = now;
            self.wrong = 0;
        }
        self.wrong += 1;
        if self.wrong > self.config.max_wrong {
            self.finish(CloseReason::Noise);
        }
    }

    /// Client, logged in: asks for the next heartbeat, or repeats the one without a reply.
    pub(super) fn keep_alive(&mut self, now: Instant) {
        match &mut self.heartbeat {
            None if now >= self.alarm => {
                self.events.push_back(Event::HeartbeatDue);
                // No drift from one heartbeat to the next, and no burst after a pause.
                let every = self.config.heartbeat_every;
                self.alarm = if self.alarm + every > now {
                    self.alarm + every
                } else {
                    now + every
                };
            }
            Some(heartbeat) if now >= heartbeat.resend => {
                if heartbeat.sent > self.config.heartbeat_resends {
                    return self.finish(CloseReason::HeartbeatLost);
                }
                heartbeat.sent += 1;
                heartbeat.resend = later(now, self.config.heartbeat_wait);
                let (packet, body) = (heartbeat.packet, heartbeat.body.clone());
                if self.send_heartbeat(packet, body).is_err() {
                    self.finish(CloseReason::HeartbeatLost);
                }
            }
            _ => {}
        }
    }

    pub(super) fn next_call(&mut self) -> CallId {
        self.calls
            .next_id(self.heartbeat.as_ref().map(|heartbeat| heartbeat.packet))
    }

    pub(super) fn send_call(
        &mut self,
        command: u16,
        body: Bytes,
        deadline: Instant,
    ) -> Result<CallId, CallError> {
        if !matches!(self.phase, Phase::Open) {
            return Err(CallError::Closed);
        }
        let in_flight = self.calls.len();
        if in_flight >= self.config.max_in_flight {
            return Err(CallError::InFlightFull { in_flight });
        }
        self.check_room(&body)?;
        let call = self.next_call();
        self.send(Direction::Request, call.packet(), command, body)?;
        self.calls.insert(call, command, deadline);
        Ok(call)
    }

    /// A heartbeat that has no room behind what the peer leaves unread is not added to it, but
    /// counts as sent: the peer is just as silent.
    pub(super) fn send_heartbeat(&mut self, packet: u32, body: Bytes) -> Result<(), TooLong> {
        match self.check_room(&body) {
            Ok(()) => self.send(Direction::Request, packet, HEARTBEAT, body),
            Err(_) => Ok(()),
        }
    }

    /// The logout does not ask: there is one.
    pub(super) fn check_room(&self, body: &Bytes) -> Result<(), CallError> {
        let waiting = self.outgoing.len();
        if waiting > 0 && waiting + body.len() > self.config.max_outgoing {
            return Err(CallError::OutgoingFull { waiting });
        }
        Ok(())
    }

    pub(super) fn send(
        &mut self,
        direction: Direction,
        packet: u32,
        command: u16,
        data: Bytes,
    ) -> Result<(), TooLong> {
        let (length, limit) = (data.len(), self.config.limit);
        if length > limit {
            return Err(TooLong {
                packet,
                command,
                direction: direction.byte(),
                length,
                limit,
            });
        }
        let version = self.config.version;
        encode(
            &Frame {
                version,
                packet,
                direction,
                command,
                data,
            },
            &mut self.outgoing,
        )
    }

    pub(super) fn finish(&mut self, reason: CloseReason) {
        if self.is_closed() {
            return;
        }
        self.phase = Phase::Closed;
        self.heartbeat = None;
        self.reader.clear();
        self.events.extend(
            self.calls
                .drain()
                .into_iter()
                .map(|call| Event::Lost { call }),
        );
        self.events.push_back(Event::Closed(reason));
    }
}
