use crate::{
    Account, Ctx, Refusal,
    code::BusinessCode,
    service::{Pipeline, span},
    tcp::{TcpOptions, session_bodies::admit},
};
use bytes::Bytes;
use futures_util::FutureExt;
use park_core::{BoxFuture, Lookup};
use std::{
    collections::VecDeque,
    future::poll_fn,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};
use tokio::{task::JoinSet, time::timeout};
use tracing::Instrument;

/// The requests of the other side that are with the service: never in the connection's own task, so
/// that one that is slow, or blocks its thread, does not keep the heartbeat waiting.
pub(crate) struct Workers {
    pub(crate) pipeline: Pipeline,
    /// What was answered and is taken next.
    ready: VecDeque<Finished>,
    jobs: Arc<JobQueue>,
    /// End with the connection: nobody is left to be admitted.
    logins: JoinSet<Finished>,
    most: usize,
    within: Duration,
}

/// A request that was answered.
pub(crate) struct Finished {
    pub(crate) packet: u32,
    pub(crate) command: u16,
    pub(crate) outcome: Output,
}

/// The requests that are with the service. What the service has begun it may finish, although the
/// connection is gone and nobody hears the answer: half a payment helps nobody. It still has its
/// time limit.
///
/// Most are answered without waiting, and then a task is a good part of the price. So one task
/// begins all that came together, one after another, and only what has to wait gets a task of its
/// own.
#[derive(Default)]
struct JobQueue(Mutex<State>);

#[derive(Default)]
struct State {
    /// Not begun yet.
    new: VecDeque<Job>,
    /// Whether a task is at it.
    beginning: bool,
    running: usize,
    done: VecDeque<Finished>,
    /// Who waits for the next answer.
    waker: Option<Waker>,
}

type Job = BoxFuture<'static, Finished>;

impl JobQueue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn len(&self) -> usize {
        let state = self.lock();
        state.new.len() + state.running + state.done.len()
    }

    fn add(self: &Arc<Self>, job: Job) {
        let mut state = self.lock();
        state.new.push_back(job);
        if !std::mem::replace(&mut state.beginning, true) {
            tokio::spawn(self.clone().begin());
        }
    }

    async fn begin(self: Arc<Self>) {
        while let Some((mut job, slot)) = self.next() {
            let begun = poll_fn(|cx| Poll::Ready(job.as_mut().poll(cx)));
            match AssertUnwindSafe(begun).catch_unwind().await {
                Ok(Poll::Ready(done)) => slot.end(done),
                Ok(Poll::Pending) => drop(tokio::spawn(job.map(|done| slot.end(done)))),
                // The pipeline catches what panics in a service; what is left, a clock for
                // instance, leaves only its own peer without an answer.
                Err(_) => drop(slot),
            }
        }
    }

    /// The next one to begin; once there is none, the task that asks is over.
    fn next(self: &Arc<Self>) -> Option<(Job, Slot)> {
        let mut state = self.lock();
        let job = state.new.pop_front();
        state.beginning = job.is_some();
        state.running += usize::from(state.beginning);
        let with_slot = |job| {
            let jobs = self.clone();
            (job, Slot { jobs, done: None })
        };
        job.map(with_slot)
    }
}

/// The slot of one request in the [`JobQueue`], free again however it ends.
struct Slot {
    jobs: Arc<JobQueue>,
    done: Option<Finished>,
}

impl Slot {
    fn end(mut self, done: Finished) {
        self.done = Some(done);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut state = self.jobs.lock();
        state.running -= 1;
        state.done.extend(self.done.take());
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// What came out.
pub(crate) enum Output {
    /// The reply to send.
    Reply(String),
    /// A login: the user id, if it was admitted.
    Login(Result<Arc<str>, Refusal>),
}

impl Workers {
    pub(crate) fn new(pipeline: Pipeline, options: &TcpOptions) -> Self {
        Self {
            pipeline,
            ready: VecDeque::new(),
            jobs: Arc::default(),
            logins: JoinSet::new(),
            most: options.max_calls,
            within: options.answer_within,
        }
    }

    /// Hands a request to the service, or gives back why not.
    pub(crate) fn ask(
        &mut self,
        cx: Ctx,
        packet: u32,
        command: u16,
        data: Bytes,
    ) -> Result<(), Refusal> {
        let pipeline = self.pipeline.clone();
        let answering =
            async move { Output::Reply(pipeline.answer(cx, &command.to_string(), &data).await) };
        let job = self.job(packet, command, answering)?;
        self.jobs.add(Box::pin(job));
        Ok(())
    }

    /// Looks up who logs in, or gives back why not.
    pub(crate) fn log_in(
        &mut self,
        cx: Ctx,
        packet: u32,
        accounts: Arc<dyn Lookup<Found = Account>>,
        command: u16,
        data: Bytes,
    ) -> Result<(), Refusal> {
        let pipeline = self.pipeline.clone();
        let answering = span(&cx.peer, cx.transport, &command.to_string());
        let admitting = async move {
            let outcome = admit(&pipeline, &*accounts, cx, &data).await;
            tracing::Span::current().record(
                "outcome",
                if outcome.is_ok() {
                    "answered"
                } else {
                    "refused"
                },
            );
            Output::Login(outcome)
        };
        let admitting = admitting.instrument(answering);
        let job = self.job(packet, command, admitting)?;
        self.logins.spawn(job);
        Ok(())
    }

    fn job<F>(
        &self,
        packet: u32,
        command: u16,
        answering: F,
    ) -> Result<impl Future<Output = Finished> + Send + use<F>, Refusal>
    where
        F: Future<Output = Output> + Send + 'static,
    {
        if self.ready.len() + self.jobs.len() + self.logins.len() >= self.most {
            return Err(Refusal::message("too many requests at once (服务繁忙)"));
        }
        let pipeline = self.pipeline.clone();
        // Not an async block, which would keep the room for `answering` twice.
        Ok(timeout(self.within, answering).map(move |outcome| {
            let outcome = outcome.unwrap_or_else(|_| {
                tracing::error!(
                    proto = "sztc",
                    endpoint = command,
                    "the service did not answer in time"
                );
                Output::Reply(pipeline.refuse(&Refusal::message("no answer in time (处理超时)")))
            });
            Finished {
                packet,
                command,
                outcome,
            }
        }))
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.ready.is_empty() && self.jobs.len() == 0 && self.logins.is_empty()
    }

    /// The next request that was answered.
    pub(crate) fn poll_finished(&mut self, cx: &mut Context<'_>) -> Poll<Finished> {
        while let Poll::Ready(Some(joined)) = self.logins.poll_join_next(cx) {
            // The pipeline catches what panics in a service. What is left, a panic in the accounts
            // or the end of the runtime, leaves the peer without an answer.
            if let Ok(done) = joined {
                return Poll::Ready(done);
            }
        }
        if self.ready.is_empty() {
            let mut state = self.jobs.lock();
            std::mem::swap(&mut state.done, &mut self.ready);
            if self.ready.is_empty() {
                state.waker = Some(cx.waker().clone());
            }
        }
        self.ready.pop_front().map_or(Poll::Pending, Poll::Ready)
    }

    /// The refusal of a request, as its reply.
    pub(crate) fn refusal(&self, code: BusinessCode, message: impl Into<String>) -> String {
        self.pipeline.refuse(&Refusal::new(code, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(packet: u32) -> Finished {
        let outcome = Output::Reply(String::new());
        Finished {
            packet,
            command: 0,
            outcome,
        }
    }

    #[tokio::test]
    async fn what_waits_or_panics_holds_up_nothing_behind_it() {
        let jobs = Arc::new(JobQueue::default());
        let (go, wait) = tokio::sync::oneshot::channel::<()>();
        jobs.add(Box::pin(wait.map(|_| done(1))));
        jobs.add(Box::pin(async { panic!("no answer") }));
        jobs.add(Box::pin(async { done(3) }));
        while jobs.lock().done.is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            jobs.lock().done.pop_front().map(|done| done.packet),
            Some(3)
        );
        assert_eq!(jobs.len(), 1, "the one that waits");
        go.send(()).expect("it waits");
        while jobs.lock().done.is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            jobs.lock().done.pop_front().map(|done| done.packet),
            Some(1)
        );
        assert_eq!(jobs.len(), 0);
    }
}
