//! The document's frequencies, kept by the client.
use crate::{
    Error, Limiter,
    limit::LimitedCall,
    model::{BillQuery, OrderQuery, StubGroupQuery, StubQuery},
};
use park_core::{Clock, ErrorKind, Sent};
use std::{
    any::Any,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The limiter that the clones of a client share, if it has one.
#[derive(Clone, Default)]
pub(super) struct Limit(Option<Arc<Mutex<Limiter>>>);

impl Limit {
    pub(super) fn by(limiter: Limiter) -> Self {
        Self(Some(Arc::new(Mutex::new(limiter))))
    }

    /// Counts a call that is about to be made, if the document limits it.
    ///
    /// # Errors
    /// It comes too early.
    pub(super) fn admit(
        &self,
        request: &dyn Any,
        clock: &dyn Clock,
    ) -> Result<Option<Counted<'_>>, Error> {
        let Some((limiter, call)) = self.0.as_deref().zip(limited(request)) else {
            return Ok(None);
        };
        lock(limiter)
            .admit(call.clone(), clock.now())
            .map_err(|often| {
                Error::new(ErrorKind::Busy, Sent::No, often.to_string())
                    .retry_after(Some(often.wait))
                    .caused_by(often)
            })?;
        Ok(Some(Counted { limiter, call }))
    }
}

/// A call that was counted.
pub(super) struct Counted<'a> {
    limiter: &'a Mutex<Limiter>,
    call: LimitedCall,
}

impl Counted<'_> {
    /// It never left.
    pub(super) fn take_back(self) {
        lock(self.limiter).take_back(&self.call);
    }
}

fn lock(limiter: &Mutex<Limiter>) -> MutexGuard<'_, Limiter> {
    limiter.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the document counts a call with this request as, if it limits it: each of the queries has a
/// type of its own.
fn limited(request: &dyn Any) -> Option<LimitedCall> {
    fn of<T: 'static>(request: &dyn Any) -> Option<LimitedCall>
    where
        for<'a> LimitedCall: From<&'a T>,
    {
        request.downcast_ref::<T>().map(LimitedCall::from)
    }
    of::<StubGroupQuery>(request)
        .or_else(|| of::<StubQuery>(request))
        .or_else(|| of::<OrderQuery>(request))
        .or_else(|| of::<BillQuery>(request))
}
