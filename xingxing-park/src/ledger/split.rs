use std::cmp::Reverse;

/// Splits `total` in proportion to the weights, by the largest remainder; equal remainders are
/// served in the order of the list, and weights that are all zero count as equal. The parts sum to
/// `total` exactly; it is lost only where there is nobody to give it to.
pub(super) fn split(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().copied().map(u128::from).sum();
    if sum == 0 {
        return if weights.is_empty() {
            Vec::new()
        } else {
            split(total, &vec![1; weights.len()])
        };
    }
    let shares = || {
        weights
            .iter()
            .map(|weight| u128::from(total) * u128::from(*weight))
    };
    // No part is larger than the total, which fits.
    let mut parts: Vec<u64> = shares()
        .map(|share| u64::try_from(share / sum).unwrap_or(total))
        .collect();
    let remainders: Vec<u128> = shares().map(|share| share % sum).collect();
    let missing = total - parts.iter().sum::<u64>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| Reverse(remainders[*index]));
    // Less than one unit is missing of each part that has a remainder.
    for index in order.into_iter().take(missing as usize) {
        parts[index] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_largest_remainder_gets_the_last_fen() {
        for (total, weights, parts) in [
            (100, &[1, 1, 1][..], &[34, 33, 33][..]),
            (100, &[1, 2, 4], &[14, 29, 57]),
            (2, &[1, 1, 1], &[1, 1, 0]),
            (5, &[0, 0], &[3, 2]),
            (5, &[0, 7], &[0, 5]),
            (5, &[], &[]),
            (0, &[3, 4], &[0, 0]),
            (u64::MAX, &[u64::MAX], &[u64::MAX]),
            (
                u64::MAX,
                &[u64::MAX, u64::MAX],
                &[u64::MAX / 2 + 1, u64::MAX / 2],
            ),
        ] {
            assert_eq!(split(total, weights), parts, "{total} {weights:?}");
        }
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_total_and_are_fair(total: u64,
            weights in prop::collection::vec(any::<u64>(), 1..12)) {
            let parts = split(total, &weights);
            prop_assert_eq!(parts.iter().copied().map(u128::from).sum::<u128>(), u128::from(total));
            let sum: u128 = weights.iter().copied().map(u128::from).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                if let Some(fair) = (u128::from(total) * u128::from(*weight)).checked_div(sum) {
                    prop_assert!(u128::from(*part) == fair || u128::from(*part) == fair + 1);
                    prop_assert!(*weight > 0 || *part == 0);
                }
            }
        }
    }
}
