use crate::Credentials;
use park_core::BoxFuture;
use std::{collections::HashMap, sync::Arc};

/// Where a server looks up who may call.
pub trait Accounts: Send + Sync + 'static {
    /// The credentials of the user that the header `user` names, if there are any.
    fn find<'a>(&'a self, user: &'a str) -> BoxFuture<'a, Option<Credentials>>;
}

/// One caller, as a lot has it.
impl Accounts for Credentials {
    fn find<'a>(&'a self, user: &'a str) -> BoxFuture<'a, Option<Credentials>> {
        let found = (self.user == user).then(|| self.clone());
        Box::pin(async move { found })
    }
}

impl Accounts for HashMap<String, Credentials> {
    fn find<'a>(&'a self, user: &'a str) -> BoxFuture<'a, Option<Credentials>> {
        let found = self.get(user).cloned();
        Box::pin(async move { found })
    }
}

impl<A: Accounts + ?Sized> Accounts for Arc<A> {
    fn find<'a>(&'a self, user: &'a str) -> BoxFuture<'a, Option<Credentials>> {
        (**self).find(user)
    }
}
