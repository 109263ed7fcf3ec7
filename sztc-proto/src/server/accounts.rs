use crate::Account;
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
