//! Clients and services over real sockets: every row of the table in every way to write it,
//! interfaces of one's own, pages.
mod others;
mod pages;
mod table;
