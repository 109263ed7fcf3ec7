use park_core::{BoxFuture, MemoryTokens, Secret, Tokens};
use std::{
    sync::{Arc, Mutex},
    time::SystemTime,
};

/// A store of tokens that remembers every token it saw.
#[derive(Debug, Clone, Default)]
pub struct Remembering(MemoryTokens, Arc<Mutex<Vec<String>>>);

impl Remembering {
    /// Every token that was issued.
    pub fn issued(&self) -> Vec<String> {
        self.1.lock().expect("not poisoned").clone()
    }
}

impl Tokens for Remembering {
    fn put<'a>(
        &'a self,
        token: Secret,
        user_id: &'a str,
        expires: SystemTime,
    ) -> BoxFuture<'a, ()> {
        self.1
            .lock()
            .expect("not poisoned")
            .push(token.expose().to_owned());
        self.0.put(token, user_id, expires)
    }

    fn find<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Option<Arc<str>>> {
        self.0.find(token)
    }

    fn revoke<'a>(&'a self, token: &'a str) -> BoxFuture<'a, ()> {
        self.0.revoke(token)
    }

    fn revoke_all<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, ()> {
        self.0.revoke_all(user_id)
    }
}
