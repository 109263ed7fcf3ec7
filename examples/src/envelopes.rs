//! JSON Schemas of what stands around the data of each protocol: for `openapi`, and for the fields
//! that `explain` finds there.
use serde_json::{Value, json};

/// Table 31: entries of `item`, signed.
pub fn sztc_request(item: Value) -> Value {
    json!({
        "type": "object",
        "description": "A request, Table 31.",
        "required": ["timestamp", "sign", "data"],
        "properties": {
            "timestamp": {"type": "integer",
                "description": "When the sender sealed it, seconds since 1970 (时间戳)."},
            "sign": {"type": "string",
                "description": "Signature over the canonical JSON of data (签名), 6.1.1 g: SHA-1 \
                    in hexadecimal."},
            "data": {"type": "array", "items": item, "description": "The entries (数据)."},
        },
    })
}

/// Table 32: entries of `item`, and beside their fields the code and message of a refusal.
pub fn sztc_reply(item: Value) -> Value {
    json!({
        "type": "object",
        "description": "A reply, Table 32.",
        "required": ["resultCode"],
        "properties": {
            "resultCode": {"type": "integer", "enum": [0, 1],
                "x-enum-descriptions": ["成功", "失败"],
                "description": "Whether the whole call succeeded (结果码)."},
            "resultMsg": {"type": "string", "maxLength": 255,
                "description": "The text to it (结果信息)."},
            "timestamp": {"type": "integer",
                "description": "When the peer answered, seconds since 1970 (时间戳)."},
            "data": {"type": "array", "items": item,
                "description": "One entry for each of the request (数据); a refused one has code \
                    and message."},
        },
    })
}

/// What stands in an entry that is refused.
pub fn sztc_refusal() -> Value {
    json!({
        "type": "object",
        "description": "A refused entry, Table 32.",
        "properties": {
            "code": {"type": "integer", "description": "Why this entry is refused (业务码)."},
            "message": {"type": "string", "description": "The text to it (业务信息)."},
        },
    })
}

/// Table B.25: `plaintext`, encrypted and signed.
pub fn evcs_request(plaintext: Value) -> Value {
    json!({
        "type": "object",
        "description": "A request, Table B.25.",
        "required": ["OperatorID", "Data", "TimeStamp", "Seq", "Sig"],
        "properties": {
            "OperatorID": {"type": "string", "minLength": 9, "maxLength": 9,
                "description": "Who sends it (运营商标识)."},
            "Data": {"type": "string", "contentEncoding": "base64",
                "description": "The parameters, AES-128-CBC with PKCS#7 (参数内容).",
                "x-plaintext": plaintext},
            "TimeStamp": {"type": "string", "pattern": "^\\d{14}$",
                "description": "When it was made, yyyyMMddHHmmss in China (时间戳)."},
            "Seq": {"type": "string", "pattern": "^\\d{4}$",
                "description": "Number within this second (自增序列)."},
            "Sig": {"type": "string", "pattern": "^[0-9A-F]{32}$",
                "description": "HMAC-MD5 over the four parts above (数字签名)."},
        },
    })
}

/// Table B.26: `plaintext`, encrypted and signed.
pub fn evcs_reply(plaintext: Value) -> Value {
    json!({
        "type": "object",
        "description": "A reply, Table B.26.",
        "required": ["Ret", "Msg", "Data", "Sig"],
        "properties": {
            "Ret": {"type": "integer", "description": "How the call ended, 0 is success (返回值)."},
            "Msg": {"type": "string", "description": "The text to it (返回信息)."},
            "Data": {"type": "string", "contentEncoding": "base64",
                "description": "The result, AES-128-CBC with PKCS#7 (参数内容).",
                "x-plaintext": plaintext},
            "Sig": {"type": "string", "pattern": "^[0-9A-F]{32}$",
                "description": "HMAC-MD5 over Ret, Msg and Data (数字签名)."},
        },
    })
}

/// KT, chapter 1, section 2: `plaintext`, encrypted.
pub fn kt_request(plaintext: Value) -> Value {
    json!({
        "type": "object",
        "description": "A request, chapter 1, section 2.",
        "required": ["data"],
        "properties": {
            "data": {"type": "string", "contentEncoding": "base64",
                "description": "The parameters, 3DES-CBC with the day as vector (参数).",
                "x-plaintext": plaintext},
        },
    })
}

/// KT, chapter 1, section 3: entries of `item`.
pub fn kt_reply(item: Value) -> Value {
    json!({
        "type": "object",
        "description": "A reply, chapter 1, section 3.",
        "required": ["resCode"],
        "properties": {
            "resCode": {"type": "integer", "enum": [0, 1], "x-enum-descriptions": ["成功", "失败"],
                "description": "Whether the call succeeded (返回码)."},
            "resMsg": {"type": "string", "description": "The text to it (返回信息)."},
            "data": {"type": ["array", "null"], "items": item,
                "description": "The entries (数据)."},
        },
    })
}

/// Star Charge, 4.2.5: `item` in the envelope.
pub fn xingxing_reply(item: Value) -> Value {
    json!({
        "type": "object",
        "description": "An answer, 4.2.5.",
        "required": ["Ret"],
        "properties": {
            "Ret": {"type": "integer",
                "description": "How the call ended, 200 is success (返回值)."},
            "Msg": {"type": "string", "description": "The text to it (返回信息)."},
            "Data": {"anyOf": [item, {"type": "null"}], "description": "The result (参数内容)."},
            "Sig": {"type": ["string", "null"],
                "description": "Signature of sealed messages (数字签名)."},
        },
    })
}

/// What vendors of piles put around the payload `data`, beside a code.
pub fn pile_reply(code: &str, data: &str) -> Value {
    let text = json!({"type": "string", "description": "The text to it."});
    json!({
        "type": "object",
        "properties": {
            code: {"description": "How the call ended, by the vendor's own codes."},
            "msg": text, "message": text, "errorMsg": text, "errmsg": text,
            data: {"description": "The payload."},
        },
    })
}

/// Table 33: the header of a TCP frame.
pub fn frame() -> Value {
    json!({
        "type": "object",
        "description": "A frame, Table 33.",
        "properties": {
            "version": {"type": "string", "description": "Protocol version (版本)."},
            "packetNo": {"type": "integer",
                "description": "Packet number; a reply has that of its request (包序号)."},
            "length": {"type": "integer", "description": "Length of the data, bytes (数据长度)."},
            "direction": {"type": "string", "description": "Whether it asks or answers (方向)."},
            "command": {"type": "integer", "description": "Number of the interface (接口编号)."},
            "name": {"type": "string", "description": "Name of the interface."},
            "crc": {"type": "string",
                "description": "CRC-16/XMODEM over everything before it (校验码)."},
        },
    })
}
