//! What arrives that should not, on either side, and lines that break.
mod line;
mod replies;
mod requests;
mod slips;
