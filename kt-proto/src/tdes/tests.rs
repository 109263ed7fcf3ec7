use super::*;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use des::TdesEde3;
use proptest::prelude::*;

fn hex<const N: usize>(text: &str) -> [u8; N] {
    assert_eq!(text.len(), 2 * N);
    std::array::from_fn(|at| {
        u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("hexadecimal")
    })
}

/// A key, a vector and blocks, encrypted and decrypted again.
fn holds(key: [u8; 24], vector: Block, plain: &[u8], sealed: &[u8]) {
    let cipher = Tdes::new(&key);
    let mut bytes = plain.to_vec();
    cipher.encrypt(vector, bytes.as_chunks_mut().0);
    assert_eq!(bytes, sealed);
    cipher.decrypt(vector, bytes.as_chunks_mut().0);
    assert_eq!(bytes, plain);
}

#[test]
fn single_des_with_three_equal_keys_gives_the_known_answers() {
    for line in include_str!("known_answers.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let [key, plain, sealed] = [&line[..16], &line[17..33], &line[34..50]].map(hex::<8>);
        holds(
            [key; 3].concat().try_into().expect("24 bytes"),
            [0; 8],
            &plain,
            &sealed,
        );
    }
}

#[test]
fn three_different_keys_give_what_nist_prints() {
    // SP 800-67, appendix B.1: three blocks, each on its own.
    let key = hex("0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123");
    for (plain, sealed) in [
        (b"The qufc", "A826FD8CE53B855F"),
        (b"k brown ", "CCE21C8112256FE6"),
        (b"fox jump", "68D5C05DD9B6B900"),
    ] {
        holds(key, [0; 8], plain, &hex::<8>(sealed));
    }
    // CAVP, TCBCMMT3, encryption 9: ten blocks in a chain.
    holds(
        hex("9b162a0df8ad9b61c88676e3d586434570b902f12a2046e0"),
        hex("ebd6fefe029ad54b"),
        &hex::<80>(
            "f4c1c918e77355c8156f0fd778da52bff121ae5f2f44eaf4d2754946d0e10d1f18ce3a0176e69c18b7d20b6e0d0bee5eb5edfe4bd60e4d92adcd86bce72e76f94ee5cbcaa8b01cfddcea2ade575e66ac",
        ),
        &hex::<80>(
            "1ff3c8709f403a8eff291aedf50c010df5c5ff64a8b205f1fce68564798897a390db16ee0d053856b75898009731da290fcc119dad987277aacef694872e880c4bb41471063fae05c89f25e4bd0cad6a",
        ),
    );
}

#[test]
fn padding_is_one_to_eight_times_its_count() {
    for length in 0..=17 {
        let mut bytes = vec![7; length];
        pad(&mut bytes);
        assert!(bytes.len() % 8 == 0 && bytes.len() > length);
        let (blocks, _) = bytes.as_chunks();
        assert_eq!(
            padding(blocks.last().expect("never empty")),
            Some(bytes.len() - length)
        );
    }
    for bad in [
        [0; 8],
        [9; 8],
        [1, 1, 1, 1, 1, 1, 1, 255],
        [0, 0, 0, 0, 0, 0, 1, 2],
        [8, 8, 8, 7, 8, 8, 8, 8],
        [0, 8, 8, 8, 8, 8, 8, 8],
    ] {
        assert_eq!(padding(&bad), None, "{bad:?}");
    }
    assert_eq!(padding(&[8; 8]), Some(8));
    assert_eq!(padding(&[2, 2, 2, 2, 2, 2, 2, 1]), Some(1));
}

proptest! {
    #[test]
    fn it_is_what_the_reference_computes(key: [u8; 24], vector: Block,
        plain in proptest::collection::vec(any::<u8>(), 0..200)) {
        let reference = cbc::Encryptor::<TdesEde3>::new((&key).into(),
            (&vector).into()).encrypt_padded_vec::<Pkcs7>(&plain);
        let cipher = Tdes::new(&key);
        let mut bytes = plain.clone();
        pad(&mut bytes);
        cipher.encrypt(vector, bytes.as_chunks_mut().0);
        prop_assert_eq!(&bytes, &reference);
        let opened = cbc::Decryptor::<TdesEde3>::new((&key).into(),
            (&vector).into()).decrypt_padded_vec::<Pkcs7>(&reference).expect("its own");
        cipher.decrypt(vector, bytes.as_chunks_mut().0);
        let count = padding(bytes.as_chunks().0.last().expect("never empty")).expect("its own");
        bytes.truncate(bytes.len() - count);
        prop_assert_eq!(&bytes, &opened);
        prop_assert_eq!(bytes, plain);
    }

    #[test]
    fn the_forms_are_each_other_s_opposite(block: Block) {
        prop_assert_eq!(outer(inner([block])), [block]);
        let half = u32::from_be_bytes(block[..4].try_into().expect("four"));
        prop_assert_eq!(contract(expand(half)), half);
    }

    #[test]
    fn padding_is_judged_like_the_reference(last: Block, count in 0_u8..10) {
        let mut last = last;
        last[8_usize.saturating_sub(usize::from(count))..].fill(count);
        let plainly = (1..=8).contains(&last[7])
            && last[8 - usize::from(last[7])..].iter().all(|byte| *byte == last[7]);
        prop_assert_eq!(padding(&last), plainly.then_some(usize::from(last[7])));
    }
}
