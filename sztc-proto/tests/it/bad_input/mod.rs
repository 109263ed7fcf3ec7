//! What arrives over HTTPS that should not: one row a case, and after each row the connection still
//! answers.
mod bodies;
mod entries;
mod image;
mod nesting;
mod peer;
mod slips;
mod text;
