//! Deviations that only T/CEC 102 knows, beside the constants of
//! [`DeviationKind`](crate::DeviationKind).
use park_core::deviation_kinds;

deviation_kinds! {
    /// A sequence number of another length.
    SEQUENCE_STYLE = "SequenceStyle", "a sequence number of another length";
    /// A signature in small letters where capitals belong.
    LOWER_CASE_SIGNATURE = "LowerCaseSignature", "a signature in small letters";
    /// Readable data where encrypted data belongs.
    PLAIN_DATA = "PlainData", "readable data where encrypted data belongs";
    /// Zero bytes where the padding of PKCS#7 belongs.
    ZERO_PADDING = "ZeroPadding", "zero padding where PKCS#7 belongs";
    /// No signature where one belongs.
    UNSIGNED = "Unsigned", "no signature where one belongs";
}
