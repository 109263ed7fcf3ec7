//! Which table holds for what, and every exception with its reason.

/// The second half of Table 110, which has no number of its own.
pub(crate) const INVOICE_LINES: u16 = 1100;

/// The types of the objects in this field have their tables elsewhere: in Appendix B, which the
/// crate evcs-proto covers.
pub(crate) const ELSEWHERE: u16 = 0;

/// Whether the types of `table` are built: those of 1102, 1105 and 1106 come with a feature.
pub(crate) fn is_built(table: &u16) -> bool {
    cfg!(feature = "charging") || !(103..=109).contains(table)
}

/// The tables of each interface's request and reply; 0 where the standard has none.
pub(crate) const INTERFACES: &[(u16, u16, u16)] = &[
    (1001, 34, 35),
    (1002, 36, 37),
    (1003, 38, 39),
    (1004, 40, 41),
    (1201, 110, 111),
    (1202, 112, 113),
    (1301, 30, 114),
    (1401, 115, 116),
    (2001, 42, 43),
    (2002, 27, 44),
    (3001, 45, 46),
    (3002, 47, 48),
    (3003, 49, 50),
    (3004, 51, 52),
    (3005, 4, 53),
    (4001, 54, 55),
    (5001, 56, 57),
    (5002, 58, 59),
    (5003, 19, 60),
    (5004, 13, 61),
    (5005, 13, 62),
    (5006, 13, 63),
    (5007, 14, 64),
    (5008, 15, 65),
    (5009, 17, 66),
    (5010, 67, 68),
    (5011, 69, 70),
    (5012, 71, 72),
    (6001, 73, 74),
    (6002, 75, 76),
    (6003, 77, 78),
    (6004, 79, 80),
    (6005, 81, 82),
    (6006, 83, 14),
    (6007, 84, 0),
    (6008, 85, 0),
    (6009, 86, 87),
    (6010, 88, 89),
    (8001, 90, 91),
    (8002, 92, 93),
    (8003, 94, 96),
    (8004, 97, 98),
    (8005, 99, 100),
    (9001, 101, 102),
];

/// Which table the objects in a table's field follow.
pub(crate) const NESTED: &[(u16, &str, u16)] = &[
    (3, "chargingStandard", 4),
    (3, "stationInfotable", 6),
    (4, "chargeItemstable", 5),
    (8, "equipments", 9),
    (13, "parkCarInfo", 11),
    (15, "parkCarInfo", 11),
    (15, "listDiscounts", 16),
    (18, "parkCarInfo", 11),
    (19, "manageType", 20),
    (19, "ownerType", 21),
    (19, "positionType", 22),
    (19, "sizeType", 23),
    (19, "materialType", 24),
    (19, "usageType", 25),
    (19, "chargingType", 26),
    (28, "pricing", 29),
    (45, "parkInfo", 3),
    (47, "entranceExitInfo", 8),
    (49, "equipment", 9),
    (51, "spaceInfo", 10),
    (54, "blackWhiteGraySheet", 18),
    (71, "lease", 28),
    (73, "parkCarInfo", 11),
    (82, "parkCarInfo", 11),
    (84, "chargeInfo", 15),
    (87, "lease", 28),
    (88, "lease", 28),
    (90, "garageInfo", 7),
    (94, "garageSpacesList", 95),
    (101, "listEntranceInfo", 8),
    (103, "stationInfo", ELSEWHERE),
    (108, "chargeOrders", 109),
    (110, "xmxxList", INVOICE_LINES),
];

/// Tables that no interface leads to, and why.
pub(crate) const UNREACHED: &[(u16, &str)] = &[
    (31, "the envelope of requests, tested below"),
    (32, "the envelope of replies, tested below"),
    (
        33,
        "the binary header of a frame, tested beside the framing",
    ),
];

/// Rows without a field in the samples, and why.
pub(crate) const FIELDLESS: &[(u16, &str, &str)] =
    &[(42, "file", "a part of the form of its own, no field")];

/// Fields of the samples without a row, and why.
pub(crate) const ROWLESS: &[(u16, &str, &str)] = &[(
    110,
    "xmxxList",
    "the table goes on with the lines without naming the field; D.44 does",
)];

/// Optional fields (否) that something in the sample makes required.
pub(crate) const CONDITIONAL: &[(u16, &str, &str)] = &[
    (10, "parkCode", "off the street (positionType)"),
    (10, "garageCode", "in a mechanical garage (materialType)"),
    (11, "vrdb_no", "eidEquiped"),
    (11, "vrdb_plateType", "eidEquiped"),
    (11, "vrdb_carModel", "eidEquiped"),
    (11, "vrdb_usage", "eidEquiped"),
    (11, "vrdb_seqno", "eidEquiped"),
    (110, "gmfnrsrbh", "of an enterprise (ghfqylx 01)"),
    (110, "yfpdm", "of a red invoice (kplx 1)"),
    (110, "yfphm", "of a red invoice (kplx 1)"),
    (
        110,
        "kce",
        "when the tax is levied on the difference (zsfs 2)",
    ),
    (111, "fpdm", "on success"),
    (111, "fphm", "on success"),
    (111, "jym", "on success"),
    (111, "kprq", "on success"),
    (111, "hjbhsje", "on success"),
    (111, "hjse", "on success"),
    (111, "fwmw", "on success"),
    (111, "ewm", "on success"),
];

/// Fields of which the table does not say whether they are required (—), and why they are.
pub(crate) const UNSAID: &[(u16, &str, &str)] = &[
    (103, "stationInfo", "a push of nothing says nothing"),
    (
        104,
        "state",
        "required in Table B.9, which answers the other push",
    ),
];

/// Texts that are times, whose lengths say nothing, and why not.
pub(crate) const TIMES: &[(u16, &str, &str)] = &[
    (107, "startTime", "20, where the form has 19"),
    (107, "endTime", "26, where the form has 19"),
];

/// Texts with a form of their own, which a longest text of ones does not have.
pub(crate) const FORMS: &[(u16, &str, &str)] = &[(11, "vrdb_seqno", "ends in a check character")];

/// The sample of 2001, whose request is no JSON on the wire.
pub(crate) const IMAGE: &str = r#"{"fileName":"in.jpg","imageBizType":1,"destPath":"/20230301/44030400100101000010/4403040010010100001001/581fba5ae28431e275ea3aa4f676fc68/",
    "timestamp":1677629730,"pickTime":1677629730}"#;

/// What Table 12 describes, to which neither an interface nor another table refers.
pub(crate) const ORGANIZATION: &str = r#"{"organizationCode":"91440300MA5000022Q","organizationName":"深圳市示例停车管理有限公司","website":"https://example.com",
    "contacts":"李某","tel":"0755-12345678","address":"百花五路88号"}"#;
