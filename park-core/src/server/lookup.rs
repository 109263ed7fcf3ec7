use crate::BoxFuture;
use std::{collections::HashMap, sync::Arc};

/// Where a server looks up who may call: accounts, operators, whatever the protocol calls them.
pub trait Lookup: Send + Sync + 'static {
    /// What is known of one caller.
    type Found;

    /// What is known of `id`, if anything is.
    fn find<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Option<Self::Found>>;
}

impl<T: Clone + Send + Sync + 'static> Lookup for HashMap<String, T> {
    type Found = T;

    fn find<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Option<T>> {
        let found = self.get(id).cloned();
        Box::pin(async move { found })
    }
}

impl<L: Lookup + ?Sized> Lookup for Arc<L> {
    type Found = L::Found;

    fn find<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Option<L::Found>> {
        (**self).find(id)
    }
}
