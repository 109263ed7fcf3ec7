//! Charging (6.10): every interface of 1101 to 1106 over real TLS sockets, named as the document
//! prints it, and what the city builds on them.

mod cpo;
mod print;
mod sites;
mod stations;
mod wire;
