use crate::Keys;
use park_core::BoxFuture;
use std::{collections::HashMap, sync::Arc};

/// Where a server looks up who may call.
pub trait Operators: Send + Sync + 'static {
    /// The keys that we gave to the operator, if it is known.
    fn find<'a>(&'a self, operator_id: &'a str) -> BoxFuture<'a, Option<Keys>>;
}

impl Operators for HashMap<String, Keys> {
    fn find<'a>(&'a self, operator_id: &'a str) -> BoxFuture<'a, Option<Keys>> {
        let keys = self.get(operator_id).cloned();
        Box::pin(async move { keys })
    }
}

impl<O: Operators + ?Sized> Operators for Arc<O> {
    fn find<'a>(&'a self, operator_id: &'a str) -> BoxFuture<'a, Option<Keys>> {
        (**self).find(operator_id)
    }
}
