//! Canonical JSON: the one form of a value over which a signature means something.
//!
//! DB4403/T 313-2023, 6.1.1 g) signs compact JSON whose keys are sorted, and names neither escapes
//! nor numbers; this module settles them as the standard's own example and real peers do:
//!
//! - keys are sorted at every level by the UTF-8 bytes of the decoded key, and a key that occurs
//!   twice is refused;
//! - no white space between tokens; the order of arrays is kept; empty values (`""`, `null`, `[]`,
//!   `{}`) are kept;
//! - numbers are kept character for character (`20.00` stays `20.00`);
//! - strings are written with the fewest escapes: only `"`, `\` and control characters below U+0020
//!   (`\b \f \n \r \t`, or `\u00xx` in lower case).
//!
//! No tree is built and no text is copied: one pass notes where the pieces of the text lie, objects
//! are sorted as they close, and a second pass hands the pieces out in order. Whatever is canonical
//! already is one piece.

mod out;

use out::{Out, shortest};
use std::borrow::Cow;
use std::cell::Cell;
use std::cmp::Ordering;

use super::lexer::{Fault, Lexer, Str, What, next_escape};

/// Feeds the canonical form of `text` to `sink`, piece by piece.
///
/// # Errors
/// The first mistake in the text, or a key that occurs twice; nothing has reached the sink then.
pub fn canonical_to(text: &str, sink: &mut impl FnMut(&[u8])) -> Result<(), Fault> {
    with_memory(|canonicalizer| canonicalizer.write(text, sink))
}

/// Feeds the canonical forms of the elements of the list `text` to `sink`, one after another with
/// nothing between.
///
/// # Errors
/// As [`canonical_to`], and a text that is no list; the elements before the mistake have reached
/// the sink then.
pub fn canonical_elements_to(text: &str, sink: &mut impl FnMut(&[u8])) -> Result<(), Fault> {
    let lexer = &mut Lexer::new(text);
    canonical_list_to(lexer, sink)?;
    lexer.end()
}

/// Reads the list that stands here as [`Lexer::list`] does, and feeds the canonical forms of its
/// elements to `sink` in the same pass.
///
/// # Errors
/// As [`canonical_elements_to`].
pub fn canonical_list_to<'a>(
    lexer: &mut Lexer<'a>,
    sink: &mut impl FnMut(&[u8]),
) -> Result<Vec<&'a str>, Fault> {
    with_memory(|canonicalizer| {
        lexer.list_by(|lexer| {
            canonicalizer.pieces(lexer, false, &mut |piece| sink(piece.as_bytes()))
        })
    })
}

/// The canonical form of `text`.
///
/// # Errors
/// As [`canonical_to`].
pub fn canonical(text: &str) -> Result<String, Fault> {
    let mut out = String::with_capacity(text.len());
    with_memory(|canonicalizer| {
        canonicalizer.pieces(&mut Lexer::new(text), true, &mut |piece| {
            out.push_str(piece)
        })
    })?;
    Ok(out)
}

/// Lends out this thread's canonicalizer, so that small texts do not pay for new memory. A sink
/// that writes canonical forms itself gets a new one.
fn with_memory<T>(work: impl FnOnce(&mut Canonicalizer) -> T) -> T {
    thread_local! {
        static KEPT: Cell<Option<Box<Canonicalizer>>> = const { Cell::new(None) };
    }
    let mut canonicalizer = KEPT.take().unwrap_or_default();
    let done = work(&mut canonicalizer);
    KEPT.set(Some(canonicalizer));
    done
}

/// Writes canonical forms and keeps its working memory from one text to the next.
#[derive(Debug, Default)]
pub struct Canonicalizer {
    /// The containers around the one that is being read, with the item that each of them is in the
    /// next outer one.
    outer: Vec<(Level, Item)>,
    /// Items of all containers that are still open, innermost last.
    open: Vec<Item>,
    /// Items of closed containers that have to be put together anew, in canonical order.
    done: Vec<Item>,
    /// The order in which the last unsorted object of so many members was put.
    orders: [Vec<usize>; REMEMBERED + 1],
}

/// Objects with more members than this share one remembered order.
const REMEMBERED: usize = 31;

/// How many items a writer keeps room for between two texts.
const KEPT: usize = 4096;

/// A member of an object; or an element of an array, or the whole text, which have no key.
#[derive(Debug, Clone, Copy)]
struct Item {
    /// The first eight bytes of the decoded key, zero-padded: orders most keys without a look at
    /// the text.
    prefix: u64,
    /// Where the key with its quotes begins and ends: at `value` both, if there is no key.
    start: usize,
    key_end: usize,
    /// Where the value begins and ends.
    value: usize,
    end: usize,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// From `start` to `end`, the text is canonical.
    Whole,
    /// White space at the colon, or escapes that could be shorter; the value has no items to visit.
    Loose,
    /// The value is an array or object of these items of the done tape.
    Items { from: usize, to: usize },
}

/// An array or object, as far as it has been read.
#[derive(Debug, Clone, Copy)]
struct Level {
    object: bool,
    /// Index of its first item among the open ones.
    first: usize,
    /// Where the last item ended, or the opening bracket stands.
    end: usize,
    /// The prefix of the last key.
    prefix: u64,
    /// Whether all keys were in strictly ascending order so far.
    sorted: bool,
    /// Whether all was canonical so far.
    clean: bool,
}

impl Canonicalizer {
    /// Feeds the canonical form of `text` to `sink`, piece by piece.
    ///
    /// # Errors
    /// As [`canonical_to`].
    pub fn write(&mut self, text: &str, sink: &mut impl FnMut(&[u8])) -> Result<(), Fault> {
        self.pieces(&mut Lexer::new(text), true, &mut |piece| {
            sink(piece.as_bytes())
        })
        .map(|_| ())
    }

    /// Writes the value that comes next; `last` if nothing may follow it.
    fn pieces<'a>(
        &mut self,
        lexer: &mut Lexer<'a>,
        last: bool,
        sink: &mut impl FnMut(&str),
    ) -> Result<&'a str, Fault> {
        let text = lexer.text();
        // Enough for most messages, so that a new writer does not grow step by step.
        self.open.reserve(32);
        self.done.reserve(32);
        let written = self.scan(lexer, last).map(|root| {
            let mut out = Out {
                text,
                run: 0..0,
                sink,
            };
            out.item(&root, &self.done);
            out.flush();
            &text[root.value..root.end]
        });
        self.release();
        written
    }

    /// Forgets the text, and gives back the memory that only a very large one needs.
    fn release(&mut self) {
        self.outer.clear();
        for items in [&mut self.open, &mut self.done] {
            items.clear();
            items.shrink_to(KEPT);
        }
        let largest = &mut self.orders[REMEMBERED];
        if largest.len() > KEPT {
            *largest = Vec::new();
        }
    }

    /// The first pass: notes on the tape where the pieces of the text lie.
    fn scan(&mut self, lexer: &mut Lexer<'_>, last: bool) -> Result<Item, Fault> {
        let text = lexer.text();
        let mut here = Level::new(false, 0, 0);
        loop {
            let mut item = if here.object {
                Item::member(lexer)?
            } else {
                Item::element(lexer)
            };
            match lexer.peek() {
                b'"' => {
                    if !is_shortest(lexer.string()?) {
                        item.form = Form::Loose;
                    }
                }
                open @ (b'{' | b'[') => {
                    lexer.enter()?;
                    // In ASCII, the closing bracket comes two after the opening one.
                    if lexer.peek() != open + 2 {
                        let level = Level::new(open == b'{', self.open.len(), item.value);
                        self.outer.push((std::mem::replace(&mut here, level), item));
                        continue;
                    }
                    lexer.leave();
                    if lexer.at() != item.value + 2 {
                        item.form = Form::Items { from: 0, to: 0 };
                    }
                }
                _ if lexer.scalar()? => {}
                _ => return Err(lexer.unexpected()),
            }
            // The item is complete; so is each container that closes right after it.
            loop {
                item.end = lexer.at();
                if self.outer.is_empty() {
                    return if last { lexer.end() } else { Ok(()) }.map(|()| item);
                }
                self.add(&mut here, item, text);
                match lexer.peek() {
                    b',' => break lexer.expect(b',')?,
                    b'}' if here.object => {}
                    b']' if !here.object => {}
                    _ => return Err(lexer.unexpected()),
                }
                here.clean &= here.end == lexer.at();
                lexer.leave();
                let closed = here;
                (here, item) = self.outer.pop().expect("the root has no closing bracket");
                if !(closed.clean && closed.sorted) {
                    item.form = self.keep(&closed, text)?;
                }
                self.open.truncate(closed.first);
            }
        }
    }

    /// Adds an item to the innermost container.
    #[inline(always)]
    fn add(&mut self, here: &mut Level, item: Item, text: &str) {
        let adjacent = item.form == Form::Whole && item.start == here.end + 1;
        here.clean &= adjacent;
        here.end = item.end;
        if here.object {
            let (first, last_prefix) = (self.open.len() == here.first, here.prefix);
            here.prefix = item.prefix;
            self.open.push(item);
            if !first && last_prefix >= here.prefix {
                here.sorted &= last_prefix == here.prefix && self.last_two_ascend(text);
            }
        } else if adjacent
            && let Some(last) = self.open[here.first..].last_mut()
            && last.form == Form::Whole
        {
            // Canonical neighbours make one item.
            last.end = item.end;
        } else {
            self.open.push(item);
        }
    }

    fn last_two_ascend(&self, text: &str) -> bool {
        matches!(&self.open[..], [.., one, two] if one.precedes(two, text))
    }

    /// Copies the items of a container that has closed to the tape, sorted if it is an object.
    fn keep(&mut self, level: &Level, text: &str) -> Result<Form, Fault> {
        let from = self.done.len();
        let items = &self.open[level.first..];
        if level.sorted {
            self.done.extend_from_slice(items);
        } else {
            let order = &mut self.orders[items.len().min(REMEMBERED)];
            // Objects of one kind write their keys in one order, so the order found last time often
            // fits.
            if order.len() != items.len() || !is_ascending(items, order, text) {
                sort(items, order, text)?;
            }
            self.done.extend(order.iter().map(|&i| items[i]));
        }
        Ok(Form::Items {
            from,
            to: self.done.len(),
        })
    }
}

impl Level {
    fn new(object: bool, first: usize, end: usize) -> Self {
        Self {
            object,
            first,
            end,
            prefix: 0,
            sorted: true,
            clean: true,
        }
    }
}

impl Item {
    /// An item without a key, whose value comes next.
    #[inline(always)]
    fn element(lexer: &mut Lexer<'_>) -> Self {
        lexer.peek();
        let at = lexer.at();
        Self {
            prefix: 0,
            start: at,
            key_end: at,
            value: at,
            end: at,
            form: Form::Whole,
        }
    }

    /// Reads the key and the colon before a value.
    #[inline(always)]
    fn member(lexer: &mut Lexer<'_>) -> Result<Self, Fault> {
        lexer.peek();
        let start = lexer.at();
        let key = lexer.string()?;
        let key_end = lexer.at();
        let prefix = match key.plain() {
            Some(plain) => prefix(lexer.text().as_bytes(), start + 1, plain.len()),
            None => escaped_prefix(key),
        };
        lexer.expect(b':')?;
        lexer.peek();
        let value = lexer.at();
        let tight = value == key_end + 1 && is_shortest(key);
        let form = if tight { Form::Whole } else { Form::Loose };
        Ok(Self {
            prefix,
            start,
            key_end,
            value,
            end: value,
            form,
        })
    }

    fn key<'a>(&self, text: &'a str) -> Cow<'a, str> {
        Str::checked(&text[self.start + 1..self.key_end - 1]).decode()
    }

    /// Orders members by the bytes of their decoded keys.
    fn compare(&self, other: &Self, text: &str) -> Ordering {
        self.prefix
            .cmp(&other.prefix)
            .then_with(|| self.key(text).cmp(&other.key(text)))
    }

    #[inline(always)]
    fn precedes(&self, other: &Self, text: &str) -> bool {
        self.prefix < other.prefix || self.compare(other, text) == Ordering::Less
    }
}

/// Whether `order` puts the keys of `members` in strictly ascending order.
fn is_ascending(members: &[Item], order: &[usize], text: &str) -> bool {
    order.is_sorted_by(|&a, &b| members[a].precedes(&members[b], text))
}

/// Finds the order that puts the keys of `members` in strictly ascending order.
#[cold]
fn sort(members: &[Item], order: &mut Vec<usize>, text: &str) -> Result<(), Fault> {
    order.clear();
    order.extend(0..members.len());
    order.sort_unstable_by(|&a, &b| members[a].compare(&members[b], text).then(a.cmp(&b)));
    let twice = order
        .windows(2)
        .find(|pair| !members[pair[0]].precedes(&members[pair[1]], text));
    twice.map_or(Ok(()), |pair| {
        Err(Fault {
            at: members[pair[1]].start,
            what: What::DuplicateKey,
        })
    })
}

/// The first eight of the `len` bytes at `start`, padded with zeros, as a number that sorts like
/// them.
#[inline]
fn prefix(bytes: &[u8], start: usize, len: usize) -> u64 {
    match bytes.get(start..).and_then(|rest| rest.first_chunk()) {
        Some(eight) if len >= 8 => u64::from_be_bytes(*eight),
        Some(eight) => u64::from_be_bytes(*eight) & !(u64::MAX >> (8 * len)),
        None => bytes[start..start + len]
            .iter()
            .rev()
            .fold(0, |sum, &byte| sum >> 8 | u64::from(byte) << 56),
    }
}

#[cold]
fn escaped_prefix(key: Str<'_>) -> u64 {
    let key = key.decode();
    let key = &key.as_bytes()[..key.len().min(8)];
    prefix(key, 0, key.len())
}

/// Whether a string is written with the fewest escapes.
#[inline(always)]
fn is_shortest(string: Str<'_>) -> bool {
    string.plain().is_some() || are_shortest(string.raw())
}

#[cold]
fn are_shortest(mut raw: &str) -> bool {
    while let Some((_, escape, c, after)) = next_escape(raw) {
        if escape != shortest(c, &mut [0; 6]) {
            return false;
        }
        raw = after;
    }
    true
}

#[cfg(test)]
mod tests;
