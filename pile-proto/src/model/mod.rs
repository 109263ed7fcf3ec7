//! Requests, replies and the objects in them, one struct per table. Plain serde structs, built by literals.
//!
//! The token (token), which every request has, is not in them: like an envelope it is written and read by [`Params`](crate::Params).
//!
//! The document marks which parameters of a request are required, but says nothing of the kind about replies. Required in a reply are the number of
//! the thing itself and what the reply is for; everything else may be absent on receipt. What is written is complete if the sender fills it in.
mod bill;
mod charge;
mod end_time;
mod number;
mod order;
mod stub;
mod stub_group;

pub use bill::*;
pub use charge::*;
pub use end_time::EndTime;
pub use number::Number;
pub use order::*;
pub use stub::*;
pub use stub_group::*;

pub use park_core::{Model, Nothing};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{code::*, *};
    use park_core::Violations;

    /// The reply as it is written, and what it breaks.
    fn made<T: Model>(reply: T) -> (String, Vec<String>) {
        let mut v = Violations::default();
        reply.check(&mut v);
        let broken = v.list().iter().map(ToString::to_string).collect();
        (park_core::json::encode(&reply).expect("plain fields"), broken)
    }

    #[test]
    fn replies_are_made_of_what_their_tables_require() {
        for (reply, expected) in [
            (
                made(Bill::new(
                    1,
                    Number::from(rust_decimal::Decimal::from(12)),
                    Money::yuan(8),
                    vec!["1".into()],
                )),
                r#"{"orderCount":1,"totalOrderPower":12,"totoalOrderFee":8.00,"orderList":["1"]}"#,
            ),
            (
                made(StubGroupDetail::new("1", vec![Stub::new("1", StubStatus::IDLE)])),
                r#"{"stubGroupId":"1","StubInfo":[{"Id":"1","status":"0"}]}"#,
            ),
            (made(Order::new("1", OrderStatus::ENDED)), r#"{"OrderId":"1","timeEnd":"","status":2}"#),
        ] {
            assert_eq!(reply, (expected.to_owned(), vec![]));
        }
    }
}
