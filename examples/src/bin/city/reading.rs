//! What an exchange says: interface, outcome, number plates, and everything for the page.
use crate::{line::Link, traffic::Fault};
use examples::{
    explain::{self, Explanation},
    registry::{self, Interface, Protocol},
};
use serde_json::{Value, json};

/// Heads of requests carry them, and a sandbox that is shown around need not show them.
const MASKED: [&str; 4] = ["authorization", "pwd", "password", "token"];

/// An exchange, read.
pub struct Reading {
    protocol: Protocol,
    request: Option<Explanation>,
    reply: Option<Explanation>,
    /// Status of an HTTP reply.
    status: Option<u16>,
    replied: bool,
}

impl Reading {
    /// Reads what crossed `link`.
    pub fn of(link: &Link, request: &[u8], reply: Option<&[u8]>) -> Self {
        let told = explain::read(request, &link.wanted(), &link.opener).ok();
        let interface = told.as_ref().and_then(Explanation::interface);
        let wanted = interface.map_or_else(|| link.wanted(), |interface| vec![interface]);
        Self {
            protocol: link.protocol,
            request: told,
            reply: reply.and_then(|reply| explain::read(reply, &wanted, &link.opener).ok()),
            status: reply.and_then(status),
            replied: reply.is_some(),
        }
    }

    /// The interface, if the request tells it.
    pub fn interface(&self) -> Option<&'static Interface> {
        self.request.as_ref().and_then(Explanation::interface)
    }

    /// Its number in DB4403/T 313, if it has one there.
    pub fn code(&self) -> Option<u16> {
        self.interface()?.code
    }

    /// What became of it, and why it was refused.
    pub fn outcome(&self, faults: &[Fault]) -> (&'static str, Option<String>) {
        if !self.replied || faults.contains(&Fault::ReplyLost) {
            return ("lost", None);
        }
        match (self.refusal(), self.refused_entries(), self.status) {
            (Some(reason), ..) => ("refused", Some(reason)),
            (None, Some((true, reason)), _) => ("refused", Some(reason)),
            (None, Some((false, reason)), _) => ("answered", Some(reason)),
            (None, None, Some(status)) if status >= 400 => ("refused", Some(format!("HTTP {status}"))),
            _ => ("answered", None),
        }
    }

    /// The entries of a reply of DB4403/T 313 that are refused: whether all are, and which.
    fn refused_entries(&self) -> Option<(bool, String)> {
        let reply = self.reply.as_ref().filter(|_| self.protocol == Protocol::Sztc)?;
        let value = |path: &str| {
            reply
                .fields
                .iter()
                .find(|field| field.path == path)
                .map(|field| field.value.trim_matches('"'))
        };
        let codes = reply.fields.iter().filter_map(|field| {
            let entry = field
                .path
                .strip_suffix(".code")
                .filter(|entry| entry.starts_with("data[") && entry.ends_with(']'))?;
            let code = field.value.trim_matches('"');
            (code != "0" && code != "null").then_some((entry, code))
        });
        let refused: Vec<(&str, &str)> = codes.collect();
        let (entry, code) = refused.first()?;
        let message = value(&format!("{entry}.message")).unwrap_or_default();
        // Entries that are answered are read as items, refused ones are not.
        Some(match (refused.len(), reply.plain.len()) {
            (1, 0) => (true, format!("{code} {message}")),
            (count, 0) => (true, format!("all {count} entries; {entry}: {code} {message}")),
            (count, others) => (false, format!("{count} of {} entries refused; {entry}: {code} {message}", count + others)),
        })
    }

    /// Code and message of a refusal of the whole.
    fn refusal(&self) -> Option<String> {
        let reply = self.reply.as_ref()?;
        let value = |path: &str| {
            let field = reply.fields.iter().find(|field| field.path == path)?;
            Some(field.value.trim_matches('"').to_owned()).filter(|value| !value.is_empty())
        };
        let code_and = |code: &str, message: &str| {
            let code = value(code).filter(|code| code != "0" && code != "null")?;
            Some(value(message).map_or(code.clone(), |message| format!("{code} {message}")))
        };
        match self.protocol {
            Protocol::Sztc if self.refused_entries().is_some() => None,
            Protocol::Sztc => code_and("resultCode", "resultMsg"),
            Protocol::Evcs => code_and("Ret", "Msg"),
            // Both 0 and 200 are success.
            Protocol::Xingxing => code_and("Ret", "Msg").filter(|reason| reason.split(' ').next() != Some("200")),
            Protocol::Kt => code_and("resCode", "resMsg"),
            Protocol::Pile => code_and("code", "msg"),
        }
    }

    /// The number plates in request and reply, each once.
    pub fn plates(&self) -> Vec<String> {
        let mut plates = Vec::new();
        for field in [&self.request, &self.reply].into_iter().flatten().flat_map(|told| &told.fields) {
            let name = field.path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            let plate = field.value.trim_matches('"');
            if ["plateno", "plate", "platenum", "carno"].contains(&name.as_str())
                && !plate.is_empty()
                && !plate.contains('%')
                && !plates.iter().any(|known| known == plate)
            {
                plates.push(plate.to_owned());
            }
        }
        plates
    }

    /// One side for the page: as it crossed, opened, explained.
    pub fn side(told: Option<&Explanation>, bytes: &[u8]) -> Value {
        let mut side = told.map_or_else(|| json!({}), Explanation::json);
        side["raw"] = shown(bytes).into();
        side["plain"] = json!(told.map(|told| &told.plain));
        side
    }

    /// Both sides for the page.
    pub fn sides(&self, request: &[u8], reply: Option<&[u8]>) -> Value {
        json!({
            "request": Self::side(self.request.as_ref(), request),
            "reply": reply.map(|reply| Self::side(self.reply.as_ref(), reply)),
        })
    }
}

impl Link {
    /// The interfaces that may cross it.
    pub fn wanted(&self) -> Vec<&'static Interface> {
        let numbered = |name: &str| registry::of(Protocol::Sztc).any(|own| own.is_charging() && own.is_called(name));
        let fits = |interface: &&'static Interface| match self.numbered {
            // 6.10 numbers interfaces of T/CEC 102; the others keep their names.
            true => interface.is_charging() && (interface.protocol == Protocol::Sztc || !numbered(interface.name)),
            false => interface.travels_in(self.protocol),
        };
        registry::all().iter().filter(fits).collect()
    }
}

/// As text, or in hexadecimal where it is none.
fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => text.to_owned(),
        _ => bytes
            .chunks(16)
            .enumerate()
            .map(|(line, bytes)| {
                let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                let text: String = bytes
                    .iter()
                    .map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { '.' })
                    .collect();
                format!("{:06x}  {:47}  {text}\n", line * 16, hex.join(" "))
            })
            .collect(),
    }
}

/// The same with the secrets in the head of an HTTP message masked.
pub fn masked(bytes: &[u8]) -> Vec<u8> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let Some(end) = end.filter(|_| !bytes.starts_with(b"SZTC")) else {
        return bytes.to_vec();
    };
    let head = String::from_utf8_lossy(&bytes[..end]);
    let lines: Vec<String> = head.split("\r\n").map(mask_line).collect();
    [lines.join("\r\n").as_bytes(), &bytes[end..]].concat()
}

fn mask_line(line: &str) -> String {
    match line.split_once(':') {
        Some((name, _)) if MASKED.contains(&name.trim().to_ascii_lowercase().as_str()) => format!("{name}: ***"),
        _ => line.to_owned(),
    }
}

fn status(bytes: &[u8]) -> Option<u16> {
    let line = bytes.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    std::str::from_utf8(line).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_head_are_masked_and_nothing_else() {
        let request = "POST /1002 HTTP/1.1\r\nAuthorization: Bearer canary\r\nPwd: canary\r\nHost: token: a\r\n\r\nauthorization: stays";
        let masked = masked(request.as_bytes());
        let expected = "POST /1002 HTTP/1.1\r\nAuthorization: ***\r\nPwd: ***\r\nHost: token: a\r\n\r\nauthorization: stays";
        assert_eq!(String::from_utf8_lossy(&masked), expected);
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_in_hexadecimal() {
        let text = shown(b"SZTC\x01\x00\x00\x00\x00\x01");
        assert!(text.starts_with("000000  53 5a 54 43 01 00 00 00 00 01 "), "{text}");
        assert!(text.ends_with("SZTC......\n"), "{text}");
        assert_eq!(shown("粤B".as_bytes()), "粤B");
    }
}
