//! The books of the protocols beside DB4403/T 313: what crossed by the clients' own spans, what the services say that they served, what the lines lost.
use crate::show::{Ledger, Tally};
use std::collections::BTreeSet;

/// What the two sides of a protocol say at the end of the day.
pub struct Account {
    /// How spans call it.
    pub proto: &'static str,
    /// Interfaces of its document.
    pub interfaces: usize,
    /// Those that have to cross, each at least once, by name.
    pub crosses: &'static [&'static str],
    /// Requests that the services got.
    pub served: usize,
    /// Requests and replies that got lost on the line.
    pub lost: (usize, usize),
    /// What else the day brought, in words.
    pub story: String,
}

impl Account {
    /// Compares it with what crossed, and prints it.
    pub fn close(&self, ledger: &Ledger, tally: &mut Tally) {
        let Self { proto, served, .. } = *self;
        let messages = ledger.messages(proto);
        let count = |of: &str| -> usize { messages.iter().filter(|(_, outcome, _)| outcome == of).map(|(.., count)| count).sum() };
        let (answered, all) = (count("answered"), messages.iter().map(|(.., count)| count).sum::<usize>());
        let names: BTreeSet<&str> = messages.iter().map(|(name, ..)| *name).collect();
        let (requests, replies) = self.lost;
        println!(
            "{proto}: {} of {} interfaces, {all} messages, {answered} answered, {} lost on the line, {served} served; {}",
            names.len(),
            self.interfaces,
            requests + replies,
            self.story
        );
        tally.check(&format!("{proto}: its interfaces crossed, and no other"), names.iter().eq(self.crosses));
        tally.check(&format!("{proto}: what was not answered was lost"), answered + requests + replies == all);
        tally.check(&format!("{proto}: what was not lost was served"), served + requests == all);
    }
}
