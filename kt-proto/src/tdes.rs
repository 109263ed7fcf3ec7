//! Triple DES (FIPS 46-3, SP 800-67: encrypt, decrypt, encrypt) with a key of 24 bytes, in CBC mode
//! with PKCS7 padding.
//!
//! Tables instead of bit fiddling, because the bitwise crate is three times slower than what Java
//! and Node bring along. Like theirs, the look-ups are not constant-time: someone who can measure
//! this process's cache could learn about the key. Nobody should choose this cipher; the document
//! does.
mod tables;
#[cfg(test)]
mod tests;

use std::array;
use subtle::{ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};
use tables::{SPE, expand, round_keys};
use zeroize::Zeroizing;

/// Eight bytes.
pub(crate) type Block = [u8; 8];

/// How many blocks are decrypted side by side: as many as keep the processor's loads busy and its
/// registers unspilt.
const LANES: usize = 4;

/// The round keys of one key, wiped from memory when dropped.
pub(crate) struct Tdes {
    sealing: Zeroizing<Schedule>,
    opening: Zeroizing<Schedule>,
}

/// The keys of the three ciphers, as [`merged`] makes them.
type Schedule = [[u64; 18]; 3];

impl Tdes {
    /// The three DES keys, one after the other; the lowest bit of each byte does not count.
    pub(crate) fn new(key: &[u8; 24]) -> Self {
        let (keys, _) = key.as_chunks();
        let mut keys = Zeroizing::new([keys[0], keys[1], keys[2]].map(round_keys));
        // Decrypting takes the round keys backwards, which the middle one does anyway.
        keys[1].reverse();
        let sealing = Zeroizing::new(keys.map(merged));
        keys.as_flattened_mut().reverse();
        let opening = Zeroizing::new(keys.map(merged));
        Self { sealing, opening }
    }

    /// Encrypts in place.
    pub(crate) fn encrypt(&self, vector: Block, blocks: &mut [Block]) {
        // The chain runs through the inner form: a block waits for the rounds of the one before it
        // and for nothing else.
        let [mut chain] = inner([vector]);
        for block in blocks {
            let [plain] = inner([*block]);
            [chain] = crypt(
                [Halves(chain.0 ^ plain.0, chain.1 ^ plain.1)],
                &self.sealing,
            );
            [*block] = outer([chain]);
        }
    }

    /// Decrypts in place.
    pub(crate) fn decrypt(&self, vector: Block, blocks: &mut [Block]) {
        let mut before = vector;
        let (groups, rest) = blocks.as_chunks_mut::<LANES>();
        for group in groups {
            before = self.decrypt_group(before, group);
        }
        if let [block] = rest {
            self.decrypt_group(before, array::from_mut(block));
        } else if !rest.is_empty() {
            let mut group = [Block::default(); LANES];
            group[..rest.len()].copy_from_slice(rest);
            self.decrypt_group(before, &mut group);
            rest.copy_from_slice(&group[..rest.len()]);
        }
    }

    /// Decrypts some blocks of a chain and returns the last of them as it was, which the next ones
    /// need.
    fn decrypt_group<const N: usize>(&self, mut before: Block, blocks: &mut [Block; N]) -> Block {
        let opened = outer(crypt(inner(*blocks), &self.opening));
        for (block, opened) in blocks.iter_mut().zip(opened) {
            let sealed = *block;
            *block = xor(opened, before);
            before = sealed;
        }
        before
    }
}

/// Both halves of a block in the form of [`expand`].
#[derive(Clone, Copy)]
struct Halves(u64, u64);

/// The 48 rounds. What stands between the three ciphers, a permutation and its inverse, is left
/// out; the exchange of the halves is not.
#[inline(always)]
fn crypt<const N: usize>(mut lanes: [Halves; N], schedule: &Schedule) -> [Halves; N] {
    for [before, keys @ .., after] in schedule {
        lanes = lanes.map(|Halves(left, right)| Halves(left, right ^ before));
        let (pairs, _) = keys.as_chunks();
        for [first, second] in pairs {
            for Halves(left, right) in &mut lanes {
                *left ^= first ^ round(*right);
            }
            for Halves(left, right) in &mut lanes {
                *right ^= second ^ round(*left);
            }
        }
        lanes = lanes.map(|Halves(left, right)| Halves(right, left ^ after));
    }
    lanes
}

/// Sixteen round keys so that a round need not add its key to the half that it reads: that was done
/// by the round before, which wrote this half, and which takes away the key of its last reading at
/// the same time. One key comes before the rounds, one after them.
fn merged(keys: [u64; 16]) -> [u64; 18] {
    let key = |round: usize| keys.get(round).copied().unwrap_or(0);
    array::from_fn(|at| key(at) ^ at.checked_sub(2).map_or(0, key))
}

#[inline(always)]
fn round(half: u64) -> u64 {
    // A byte is known to lie within the table wherever its box begins: no check, and no mask,
    // because the upper two bits are never set.
    let of = |s_box: usize| SPE[64 * s_box + usize::from((half >> (56 - 8 * s_box)) as u8)];
    ((of(0) ^ of(1)) ^ (of(2) ^ of(3))) ^ ((of(4) ^ of(5)) ^ (of(6) ^ of(7)))
}

/// The initial permutation IP, by exchanging groups of bits between the halves, and the expansion.
/// Several blocks at a time, for the compiler to put them into wide registers.
#[inline(always)]
fn inner<const N: usize>(blocks: [Block; N]) -> [Halves; N] {
    let blocks = blocks.map(u64::from_be_bytes);
    let (mut left, mut right) = (
        blocks.map(|block| (block >> 32) as u32),
        blocks.map(|block| block as u32),
    );
    exchange(&mut left, &mut right, 4, 0x0f0f_0f0f);
    exchange(&mut left, &mut right, 16, 0x0000_ffff);
    exchange(&mut right, &mut left, 2, 0x3333_3333);
    exchange(&mut right, &mut left, 8, 0x00ff_00ff);
    exchange(&mut left, &mut right, 1, 0x5555_5555);
    array::from_fn(|lane| Halves(expand(left[lane]), expand(right[lane])))
}

/// The opposite of [`inner`].
#[inline(always)]
fn outer<const N: usize>(lanes: [Halves; N]) -> [Block; N] {
    let (mut left, mut right) = (
        lanes.map(|halves| contract(halves.0)),
        lanes.map(|halves| contract(halves.1)),
    );
    exchange(&mut left, &mut right, 1, 0x5555_5555);
    exchange(&mut right, &mut left, 8, 0x00ff_00ff);
    exchange(&mut right, &mut left, 2, 0x3333_3333);
    exchange(&mut left, &mut right, 16, 0x0000_ffff);
    exchange(&mut left, &mut right, 4, 0x0f0f_0f0f);
    array::from_fn(|lane| (u64::from(left[lane]) << 32 | u64::from(right[lane])).to_be_bytes())
}

/// Exchanges the bits `mask` of `b` with those of `a` that stand `shift` higher.
#[inline(always)]
fn exchange<const N: usize>(a: &mut [u32; N], b: &mut [u32; N], shift: u32, mask: u32) {
    for (a, b) in a.iter_mut().zip(b) {
        let different = (*a >> shift ^ *b) & mask;
        *b ^= different;
        *a ^= different << shift;
    }
}

/// The opposite of [`expand`]: of each six bits the inner four.
#[inline(always)]
fn contract(half: u64) -> u32 {
    let nibbles = half >> 1 & 0x0f0f_0f0f_0f0f_0f0f;
    let bytes = (nibbles | nibbles >> 4) & 0x00ff_00ff_00ff_00ff;
    let words = (bytes | bytes >> 8) & 0x0000_ffff_0000_ffff;
    (words | words >> 16) as u32
}

/// The bytes in which two blocks differ.
#[inline]
pub(crate) fn xor(a: Block, b: Block) -> Block {
    (u64::from_ne_bytes(a) ^ u64::from_ne_bytes(b)).to_ne_bytes()
}

/// Fills `bytes` up to whole blocks: 1 to 8 bytes, each their number (PKCS7).
pub(crate) fn pad(bytes: &mut Vec<u8>) {
    let missing = 8 - bytes.len() % 8;
    bytes.resize(bytes.len() + missing, missing as u8);
}

/// How many bytes of the last block are padding; `None` if it is none. Every block takes the same
/// time.
pub(crate) fn padding(last: &Block) -> Option<usize> {
    let count = last[7];
    let mut good = !count.ct_eq(&0) & !count.ct_gt(&8);
    for (place, byte) in (1..=8).rev().zip(last) {
        // Bytes before the padding may be anything.
        let expected = u8::conditional_select(&count, byte, place.ct_gt(&count));
        good &= byte.ct_eq(&expected);
    }
    bool::from(good).then_some(usize::from(count))
}
