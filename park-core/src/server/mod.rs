//! What the services and routers of all protocols are made of.
mod callback_auth;
mod connection;
mod guard;
mod request;
mod serve;
mod serve_options;
mod token_store;

pub use callback_auth::CallbackAuth;
pub use request::{address, answering, bearer, to_the_end};
pub use serve::serve;
pub use serve_options::ServeOptions;
pub use token_store::{MemoryTokens, Tokens, random_token};
