use super::{
    patience::{Patience, pause},
    step::{Contradiction, Failure, Step, taken_if},
};
use crate::{
    Fen,
    code::{ChangeChannel, ChangeState},
    model::{ChangeDue, ChangeNotice, ChangePage, ChangeQuery},
};
use park_core::{AnyText, DateTime};
use serde::{Deserialize, Serialize};

/// Change by a third party (第三方标准找零, chapter 1, section 7), on its side: one order of a
/// payment machine that owes change.
///
/// The driver opened the link of 5.2; what is due is asked for (downward 3.5), given once over
/// WeChat or Alipay, and the lot told (3.6) until it answers. Whoever opens the link again finds
/// the same flow, by lot code and order number.
///
/// ```
/// use kt_proto::{Fen, code::ChangeChannel, flow::{ChangeEvent, ChangeFlow, ChangeNext, Step},
///     model::ChangePage};
/// # let read = |text: &str| kt_proto::decode::<kt_proto::model::ChangeDue>(text,
/// #     &Default::default()).expect("change").0;
/// # let now = "2019-03-25 10:01:00".parse().expect("a time");
/// let mut flow = ChangeFlow::new(&ChangePage { park_code: "1".into(), order_no: "C1".into() });
/// assert!(matches!(flow.next(now, Default::default()), ChangeNext::Query(_)));
/// flow.apply(ChangeEvent::Due(read(r#"{"orderNo":"C1","payMoney":1100,"paidAmount":1500,"ifCharge":0}"#)), now);
/// assert_eq!(flow.next(now, Default::default()),
///     ChangeNext::Give { amount: Fen(400), attempt: 1 });
/// assert_eq!(flow.apply(ChangeEvent::Giving, now), Step::Taken); // store the flow, then give
/// assert_eq!(flow.apply(ChangeEvent::Giving, now), Step::Duplicate); // not again
/// flow.apply(ChangeEvent::Given { channel: ChangeChannel::WECHAT, account: None }, now);
/// assert!(matches!(flow.next(now, Default::default()), ChangeNext::Notify(_)));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeFlow {
    park_code: AnyText,
    order_no: AnyText,
    due: Option<Fen>,
    attempt: u32,
    stage: Stage,
    failed: Option<DateTime>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Stage {
    Asking,
    Giving,
    Given(ChangeNotice),
    /// The lot refused the notice: ask it whether it knows.
    Refused(ChangeNotice),
    Disputed,
    Done,
}

/// What happened in a [`ChangeFlow`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ChangeEvent {
    /// What the machine owes (3.5).
    Due(ChangeDue),
    /// The payment platform is about to be asked: store the flow, and ask only if the step is
    /// [`Step::Taken`].
    Giving,
    /// The driver has the change; also what the platform says when it is asked later.
    Given {
        /// By which platform (找零类型).
        channel: ChangeChannel,
        /// The driver's account there (用户微信账号或支付宝账号).
        account: Option<AnyText>,
    },
    /// The platform did not give it, for certain.
    NotGiven {
        /// Which attempt that was.
        attempt: u32,
    },
    /// The lot knows (3.6).
    Told,
    /// No result: of the query, the platform's answer or the notice.
    Failed(Failure),
}

/// What the third party does next.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ChangeNext {
    /// Ask what is due (3.5).
    Query(ChangeQuery),
    /// Apply [`ChangeEvent::Giving`], store the flow, give so much. Once an attempt.
    Give {
        /// How much.
        amount: Fen,
        /// Which attempt this is, from 1: with the order number a payment number that the platform
        /// has not seen.
        attempt: u32,
    },
    /// Giving was begun and its outcome is not known: ask the platform for it, never give again.
    AskPlatform {
        /// Which attempt that was.
        attempt: u32,
    },
    /// Tell the lot (3.6). It may be sent again.
    Notify(ChangeNotice),
    /// Look again then.
    WaitUntil(DateTime),
    /// A person has to look: the change was given, and the lot refuses to know of it. A later
    /// [`ChangeEvent::Due`] that says given ends it.
    LookInto,
    /// Nothing is owed any more.
    Done,
}

impl ChangeFlow {
    /// The order whose link the driver opened.
    pub fn new(page: &ChangePage) -> Self {
        Self {
            park_code: page.park_code.clone(),
            order_no: page.order_no.clone(),
            due: None,
            attempt: 1,
            stage: Stage::Asking,
            failed: None,
        }
    }

    /// What the machine owes, once that is known.
    pub fn due(&self) -> Option<Fen> {
        self.due
    }

    /// Takes in what happened at `now`.
    pub fn apply(&mut self, event: ChangeEvent, now: DateTime) -> Step {
        match event {
            ChangeEvent::Due(due) if due.order_no != self.order_no => {
                Step::Contradiction(Contradiction::OtherOrder)
            }
            ChangeEvent::Due(due) => self.told_due(&due, now),
            ChangeEvent::Giving => match (&self.stage, self.due) {
                (Stage::Asking, Some(_)) => self.becomes(Stage::Giving),
                (Stage::Asking, None) => Step::Contradiction(Contradiction::NotNow),
                _ => Step::Duplicate,
            },
            ChangeEvent::Given { channel, account } => match self.stage {
                Stage::Giving => self.becomes(Stage::Given(ChangeNotice {
                    park_code: self.park_code.clone(),
                    order_no: self.order_no.clone(),
                    charge_type: channel,
                    user_account: account,
                })),
                Stage::Asking => Step::Contradiction(Contradiction::NotNow),
                _ => Step::Duplicate,
            },
            ChangeEvent::NotGiven { attempt } => match self.stage {
                // What is due is asked for again: meanwhile the machine may have given it.
                Stage::Giving if attempt == self.attempt => {
                    (self.due, self.attempt) = (None, self.attempt.saturating_add(1));
                    self.becomes(Stage::Asking)
                }
                _ if attempt < self.attempt => Step::Duplicate,
                _ => Step::Contradiction(Contradiction::NotNow),
            },
            ChangeEvent::Told => match self.stage {
                Stage::Given(_) | Stage::Refused(_) | Stage::Disputed => self.becomes(Stage::Done),
                Stage::Done => Step::Duplicate,
                _ => Step::Contradiction(Contradiction::NotNow),
            },
            ChangeEvent::Failed(failure) => match (&self.stage, failure) {
                (Stage::Given(notice), Failure::Refused) => {
                    let notice = notice.clone();
                    self.becomes(Stage::Refused(notice))
                }
                (Stage::Done | Stage::Disputed, _) => Step::Duplicate,
                _ => {
                    self.failed = Some(now);
                    Step::Taken
                }
            },
        }
    }

    fn told_due(&mut self, due: &ChangeDue, now: DateTime) -> Step {
        match (&self.stage, due.if_charge) {
            (Stage::Asking, ChangeState::GIVEN) => self.becomes(Stage::Done),
            (Stage::Asking, ChangeState::DUE) => {
                let owed = due.change();
                if owed.0 == 0 {
                    return self.becomes(Stage::Done);
                }
                self.failed = None;
                taken_if(self.due.replace(owed) != Some(owed))
            }
            (Stage::Given(_) | Stage::Refused(_) | Stage::Disputed, ChangeState::GIVEN) => {
                self.becomes(Stage::Done)
            }
            (Stage::Refused(_), ChangeState::DUE) => self.becomes(Stage::Disputed),
            // A state that the document does not list says nothing.
            (Stage::Asking | Stage::Refused(_), _) => {
                self.failed = Some(now);
                Step::Taken
            }
            _ => Step::Duplicate,
        }
    }

    fn becomes(&mut self, stage: Stage) -> Step {
        (self.stage, self.failed) = (stage, None);
        Step::Taken
    }

    /// What to do at `now`. Call it after each event, and when the time that it names has come.
    pub fn next(&self, now: DateTime, patience: Patience) -> ChangeNext {
        let next = match (&self.stage, self.due) {
            (Stage::Done, _) => return ChangeNext::Done,
            (Stage::Disputed, _) => return ChangeNext::LookInto,
            (Stage::Asking, Some(amount)) => ChangeNext::Give {
                amount,
                attempt: self.attempt,
            },
            (Stage::Asking, None) | (Stage::Refused(_), _) => ChangeNext::Query(ChangeQuery {
                park_code: self.park_code.clone(),
                order_no: self.order_no.clone(),
            }),
            (Stage::Giving, _) => ChangeNext::AskPlatform {
                attempt: self.attempt,
            },
            (Stage::Given(notice), _) => ChangeNext::Notify(notice.clone()),
        };
        pause(self.failed, patience, now).map_or(next, ChangeNext::WaitUntil)
    }
}
