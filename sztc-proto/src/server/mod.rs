//! The routers that serve both roles over HTTPS.
mod city;
mod form;
mod http;
mod partner;

pub use city::CityRouter;
pub use partner::PartnerRouter;
