use crate::{Account, BusinessCode, Refusal};
use park_core::BoxFuture;
use std::{collections::HashMap, sync::Arc};

/// Where a city platform looks up who may log in (1001, 1002, 1004).
pub trait Accounts: Send + Sync + 'static {
    /// The account of `user_id`, if there is one.
    fn find<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, Option<Account>>;
}

impl Accounts for HashMap<String, Account> {
    fn find<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, Option<Account>> {
        let account = self.get(user_id).cloned();
        Box::pin(async move { account })
    }
}

impl<A: Accounts + ?Sized> Accounts for Arc<A> {
    fn find<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, Option<Account>> {
        (**self).find(user_id)
    }
}

/// Whether `sealed` is the password of `user_id`. The same answer for a user that does not exist and for a wrong password.
pub(crate) async fn check_password(accounts: &dyn Accounts, user_id: &str, sealed: &str) -> Result<(), Refusal> {
    let account = accounts.find(user_id).await;
    match account.filter(|account| account.admits(sealed)) {
        Some(_) => Ok(()),
        None => Err(Refusal::new(BusinessCode::WRONG_PASSWORD, "用户名或密码错误")),
    }
}
