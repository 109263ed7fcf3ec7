//! The flows of chapter 1 as state machines without I/O: paying without password (4), pay code (5),
//! scanned code (6), third-party change (7).
//!
//! | flow | side | what it is |
//! |---|---|---|
//! | [`AutoPayFlow`] | lot | entry, sign-up, exit, debit; what was not debited is collected, what nobody knows is reversed |
//! | [`AutoDebit`] | third party | its counterpart: one debit a stay, one refund |
//! | [`PayCodeFlow`] | lot | a machine shows a code, the driver scans it |
//! | [`ScanFlow`] | lot | a scanner reads the driver's code |
//! | [`PaidOrder`] | third party | their counterpart: the driver paid, the lot has to learn of it, or the money goes back |
//! | [`ChangeFlow`] | third party | change for coins, given once |
//!
//! All of them are used in one way: [`apply`](AutoPayFlow::apply) what happened, store the flow, do
//! what [`next`](AutoPayFlow::next) says, apply what came of it. Events may come twice, late or
//! never; a flow may be stored and read again between any two of them. Before a call that must not
//! be made twice, `Sending`, `Debiting` or `Giving` is applied and stored; only if that is
//! [`Step::Taken`] the call is made. So whoever stops in between finds a call whose outcome is
//! unknown, and never makes it again.
//!
//! Time is an argument, from one clock throughout. A flow that says `Done` need not be kept, except
//! where duplicates still have to be recognised: keep it for as long as the peer may repeat.
mod auto_debit;
mod auto_pay;
mod balance;
mod change;
mod paid_order;
mod patience;
mod pay_code;
mod scan;
mod step;
#[cfg(test)]
mod tests;

pub use auto_debit::{AutoDebit, AutoDebitEvent, AutoDebitNext, StayKey};
pub use auto_pay::{AutoPayEvent, AutoPayFlow, AutoPayNext};
pub use change::{ChangeEvent, ChangeFlow, ChangeNext};
pub use paid_order::{PaidOrder, PaidOrderEvent, PaidOrderNext};
pub use patience::Patience;
pub use pay_code::{PayCodeEvent, PayCodeFlow, PayCodeNext};
pub use scan::{ScanEvent, ScanFlow, ScanNext};
pub use step::{Contradiction, Failure, Step};
