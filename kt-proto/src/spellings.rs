use park_core::Spelling;

/// Field names that the document's own samples misspell. Other capitals (`ValidFrom`, `bookid`,
/// `userAccount`) need no entry.
pub const SPELLINGS: &[Spelling] = &[
    // Upward 2.2: the sample of the reply.
    Spelling::new("AutoPayReply", "deductMoney", "densityMoney"),
    // Upward 4.1: the sample has the name that 4.2 uses.
    Spelling::new("PayCodeRequest", "deviceId", "deviceCode"),
    // Downward 4.2: the sample of the request.
    Spelling::new("CardChange", "totalSPNum", "spaceNum"),
    // Downward 4.5: the sample of the reply.
    Spelling::new("Card", "validForm", "validFrom"),
    // Downward 4.7: the sample of the reply.
    Spelling::new("CardProduct", "snetType", "sentType"),
];

/// Fields whose limits the document's own samples break: upward `imgName` holds `xxxxxxx.jpg`,
/// neither a URL nor Base64.
pub const KNOWN_SLIPS: [&str; 1] = ["imgName"];
