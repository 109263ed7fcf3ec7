//! Deviations that only KT knows, beside the constants of [`DeviationKind`](crate::DeviationKind).
use park_core::deviation_kinds;

deviation_kinds! {
    /// Sealed with the date of the day before or after.
    NEIGHBOURING_DAY = "NeighbouringDay", "sealed with the date of the day before or after";
    /// Sealed on a day that nothing in the message confirms; the likeliest was taken.
    UNCONFIRMED_DAY = "UnconfirmedDay",
    "sealed on a day that the message does not confirm; the likeliest is taken";
    /// A comma before a closing bracket.
    TRAILING_COMMA = "TrailingComma", "a comma before a closing bracket; skipped";
}
