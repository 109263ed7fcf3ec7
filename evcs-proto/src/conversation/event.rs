use crate::model::{
    ChargeOrderInfo, ChargeStatus, StartChargeReply, StartResult, StopChargeReply, StopResult,
};

/// What happened: a message of the charge point operator, or none. Messages become events by
/// `into`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The reply of `query_start_charge`.
    StartReply(&'a StartChargeReply),
    /// `notification_start_charge_result`.
    StartResult(&'a StartResult),
    /// The reply of `query_equip_charge_status`, or `notification_equip_charge_status`.
    Status(&'a ChargeStatus),
    /// The reply of `query_stop_charge`.
    StopReply(&'a StopChargeReply),
    /// `notification_stop_charge_result`.
    StopResult(&'a StopResult),
    /// `notification_charge_order_info`.
    OrderInfo(&'a ChargeOrderInfo),
    /// `query_start_charge` or `query_stop_charge` got no reply: it may have worked or not. To be
    /// repeated never.
    ActionTimedOut,
    /// `query_equip_charge_status` got no reply, or was refused.
    QueryFailed,
}

macro_rules! events {
    ($($message:ident => $event:ident;)*) => {$(
        impl<'a> From<&'a $message> for Event<'a> {
            fn from(message: &'a $message) -> Self {
                Self::$event(message)
            }
        }
    )*};
}
events! {
    StartChargeReply => StartReply;
    StartResult => StartResult;
    ChargeStatus => Status;
    StopChargeReply => StopReply;
    StopResult => StopResult;
    ChargeOrderInfo => OrderInfo;
}

/// What an event did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// It is news: the stage is a later one, or charging went on.
    Advanced,
    /// It is news and overtook a message that comes before it, such as a state of charging before
    /// the result of the start. It counts all the same.
    OutOfOrder,
    /// One of its kind came before, and it says nothing new.
    Duplicate,
    /// It is overtaken by what is known already.
    Late,
    /// It does not tell the state: state 5 (未知), or no reply.
    Unknown,
    /// It cannot be together with what is known.
    Contradiction(Contradiction),
}

impl Step {
    /// Whether to answer success. Also for duplicates and latecomers, so that the peer stops
    /// repeating them; a failure only for what must be looked into. An order info that is not
    /// accepted is disputed ([`DISPUTED`](crate::code::ConfirmResult::DISPUTED)).
    pub fn is_accepted(self) -> bool {
        !matches!(
            self,
            Self::Contradiction(Contradiction::OtherOrder | Contradiction::OrderDiffers)
        )
    }
}

/// How an event contradicts what is known. A person has to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Contradiction {
    /// It is about another order; nothing is changed.
    #[error("the message is about another order")]
    OtherOrder,
    /// The start was refused or failed, and yet it charges; the order goes on.
    #[error("the start failed, and yet the order charges")]
    ChargesAfterAll,
    /// The order came before with other amounts, which stay.
    #[error("the order came before with other amounts")]
    OrderDiffers,
}
