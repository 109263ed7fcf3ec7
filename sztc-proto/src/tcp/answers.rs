use crate::{
    BusinessCode, Ctx, Refusal,
    server::{Accounts, Desk, span},
    tcp::{TcpOptions, login::admit},
};
use bytes::Bytes;
use futures_util::FutureExt;
use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{task::JoinSet, time::timeout};
use tracing::Instrument;

/// The requests of the other side that are with the service. Each is a task of its own, so that one that is slow, or blocks its thread, keeps
/// nobody waiting, least of all the heartbeat.
pub(crate) struct Answers {
    pub(crate) desk: Desk,
    jobs: JoinSet<Done>,
    most: usize,
    within: Duration,
}

/// A request that was answered.
pub(crate) struct Done {
    pub(crate) packet: u32,
    pub(crate) command: u16,
    pub(crate) outcome: Finished,
}

/// What came out.
pub(crate) enum Finished {
    /// The reply to send.
    Reply(String),
    /// A login: the user id, if it was admitted.
    Login(Result<Arc<str>, Refusal>),
}

impl Answers {
    pub(crate) fn new(desk: Desk, options: &TcpOptions) -> Self {
        Self {
            desk,
            jobs: JoinSet::new(),
            most: options.max_calls,
            within: options.answer_within,
        }
    }

    /// Hands a request to the service, or gives back why not.
    pub(crate) fn ask(&mut self, cx: Ctx, packet: u32, command: u16, data: Bytes) -> Result<(), Refusal> {
        let desk = self.desk.clone();
        let answering = async move { Finished::Reply(desk.answer(cx, command, &data).await) };
        self.start(packet, command, answering)
    }

    /// Looks up who logs in, or gives back why not.
    pub(crate) fn log_in(&mut self, cx: Ctx, packet: u32, accounts: Arc<dyn Accounts>, command: u16, data: Bytes) -> Result<(), Refusal> {
        let desk = self.desk.clone();
        let answering = span(&cx.peer, cx.transport, command);
        let admitting = async move {
            let outcome = admit(&desk, &*accounts, cx, &data).await;
            tracing::Span::current().record("outcome", if outcome.is_ok() { "answered" } else { "refused" });
            Finished::Login(outcome)
        };
        let admitting = admitting.instrument(answering);
        self.start(packet, command, admitting)
    }

    fn start(&mut self, packet: u32, command: u16, answering: impl Future<Output = Finished> + Send + 'static) -> Result<(), Refusal> {
        if self.jobs.len() >= self.most {
            return Err(Refusal::message("too many requests at once (服务繁忙)"));
        }
        let desk = self.desk.clone();
        // Not an async block, which would keep the room for `answering` twice.
        let job = timeout(self.within, answering).map(move |outcome| {
            let outcome = outcome.unwrap_or_else(|_| {
                tracing::error!(proto = "sztc", endpoint = command, "the service did not answer in time");
                Finished::Reply(desk.refuse(&Refusal::message("no answer in time (处理超时)")))
            });
            Done { packet, command, outcome }
        });
        self.jobs.spawn(job);
        Ok(())
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.jobs.is_empty()
    }

    /// The next request that was answered.
    pub(crate) fn poll_done(&mut self, cx: &mut Context<'_>) -> Poll<Done> {
        loop {
            match self.jobs.poll_join_next(cx) {
                Poll::Ready(Some(Ok(done))) => return Poll::Ready(done),
                // The desk catches what panics in a service. What is left, a panic in the accounts or the end of the runtime, leaves the peer
                // without an answer.
                Poll::Ready(Some(Err(_))) => {}
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// The refusal of a request, as its reply.
    pub(crate) fn refusal(&self, code: BusinessCode, message: impl Into<String>) -> String {
        self.desk.refuse(&Refusal::new(code, message))
    }
}

impl Drop for Answers {
    /// What the service has begun it may finish, although nobody hears the answer: half a payment helps nobody. It still has its time limit.
    fn drop(&mut self) {
        self.jobs.detach_all();
    }
}
