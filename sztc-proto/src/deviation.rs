//! Deviations that only DB4403/T 313 knows, beside the constants of
//! [`DeviationKind`](crate::DeviationKind).
use park_core::deviation_kinds;

deviation_kinds! {
    /// An error code of 0 where the document has none.
    ZERO_CODE = "ZeroCode", "an error code of 0; read as success";
}
