use crate::Error;
use park_core::BoxFuture;
use std::{fmt, time::Instant};

/// One sealed request on its way.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Call<'a> {
    /// Where it goes, behind the peer's base address: `/api/ParkingPay/GetParkingPaymentInfo`.
    pub path: &'a str,
    /// The sealed `data`, Base64.
    pub data: &'a str,
    /// Whether it is sent as a form in place of JSON.
    pub form: bool,
    /// When the caller stops waiting.
    pub deadline: Instant,
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({}, {} bytes)", self.path, self.data.len())
    }
}

/// A way to a peer: HTTP, or a double in a test.
pub trait Transport: Send + Sync + 'static {
    /// Carries a sealed request to the peer and the text of its reply back.
    ///
    /// # Errors
    /// The line, the deadline.
    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<String, Error>>;
}
