//! The QR code on a charger (二维码): `hlht://{ConnectorID}.{OperatorID}/{custom}`. Without I/O.
use crate::model::OperatorId;
use park_core::Text;
use std::{fmt, str::FromStr};

const SCHEME: &str = "hlht://";
/// Characters of an operator's id.
const OPERATOR: usize = 9;
/// Characters of a connector's id, at most (Table B.3).
const CONNECTOR: usize = 26;

/// What a charger's QR code says.
///
/// What is read is what `^hlht://\w+\.\w{9}/?` matches, with these differences: the scheme may have
/// any capitals, blanks around the code are skipped, and behind the operator's id there is the end,
/// `/`, `?` or `#`, so that a longer word is not cut to nine characters. Percent-encoding is kept
/// as it is.
///
/// One peer has the parts the other way round, `hlht://{OperatorID}.{DeviceID}/{bay}`. That is
/// recognised where the first part has nine characters and the second has not
/// ([`is_swapped`](Self::is_swapped)); where both have nine, the usual order counts.
///
/// ```
/// use evcs_proto::{QrCode, model::{SerialNo, StartCharge}};
/// let code: QrCode = "hlht://11000000000000010113000.395815801/?extra=60|1500".parse()?;
/// assert_eq!(code.operator_id(), "395815801");
/// assert_eq!(code.extra(), Some("60|1500"));
/// let serial = SerialNo::compose("MA5DM667X", "20230301101030").expect("short enough");
/// let request = StartCharge::new(serial, code.connector_id().clone(), code.custom());
/// assert_eq!(request.connector_id, "11000000000000010113000");
/// assert_eq!(request.qr_code, "?extra=60|1500");
///
/// let code = QrCode::new("1", "MA5DM667X", "bay 7")?;
/// assert_eq!(code.to_string(), "hlht://1.MA5DM667X/bay 7");
/// # Ok::<(), evcs_proto::QrError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct QrCode {
    connector_id: Text<CONNECTOR>,
    operator_id: OperatorId,
    custom: String,
    swapped: bool,
}

/// Text that is no QR code of a charger, or parts that give none. The code itself is not printed:
/// its custom part may be worth money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QrError {
    /// It begins otherwise.
    #[error("a charger's code begins with hlht://")]
    Scheme,
    /// There is no full stop between the ids.
    #[error("a charger's code has two ids with a full stop between them")]
    Parts,
    /// The connector's id is empty, too long, or has other characters.
    #[error("a connector id has 1 to 26 letters, digits and underscores")]
    Connector,
    /// The operator's id has another length, or has other characters.
    #[error("an operator id has 9 letters, digits and underscores")]
    Operator,
    /// The custom part would not be read as it was written.
    #[error("the custom part cannot have blanks at its end or control characters")]
    Custom,
}

impl QrCode {
    /// The code of a connector with the part that its operator defines, which may be empty.
    ///
    /// # Errors
    /// Ids of another form; a custom part with blanks at its end or control characters.
    pub fn new(connector_id: &str, operator_id: &str, custom: &str) -> Result<Self, QrError> {
        Self::of(connector_id, operator_id, custom, false)
    }

    fn of(
        connector_id: &str,
        operator_id: &str,
        custom: &str,
        swapped: bool,
    ) -> Result<Self, QrError> {
        if !is_word(connector_id) || connector_id.len() > CONNECTOR {
            return Err(QrError::Connector);
        }
        if !is_word(operator_id) || operator_id.len() != OPERATOR {
            return Err(QrError::Operator);
        }
        if custom.trim_end() != custom || custom.contains(char::is_control) {
            return Err(QrError::Custom);
        }
        Ok(Self {
            connector_id: connector_id.into(),
            operator_id: operator_id.into(),
            custom: custom.to_owned(),
            swapped,
        })
    }

    /// The connector (充电设备接口编码).
    pub fn connector_id(&self) -> &Text<CONNECTOR> {
        &self.connector_id
    }

    /// Whose it is (运营商ID).
    pub fn operator_id(&self) -> &OperatorId {
        &self.operator_id
    }

    /// The part that the operator defines, as it is written (二维码自定义部分的原文): what belongs
    /// into `QRCode` of [`StartCharge`](crate::model::StartCharge), Table B.12. Everything behind
    /// the ids without the first `/`; empty if there is none.
    pub fn custom(&self) -> &str {
        &self.custom
    }

    /// The value of `extra` of the chargerlink variant, `?extra=minutes|cents|..`, as it is
    /// written.
    pub fn extra(&self) -> Option<&str> {
        let (_, query) = self.custom.split_once('?')?;
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix("extra="))
    }

    /// Whether the operator's id stands first.
    pub fn is_swapped(&self) -> bool {
        self.swapped
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl FromStr for QrCode {
    type Err = QrError;

    fn from_str(text: &str) -> Result<Self, QrError> {
        let text = text.trim();
        let (scheme, rest) = text.split_at_checked(SCHEME.len()).ok_or(QrError::Scheme)?;
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return Err(QrError::Scheme);
        }
        let (ids, custom) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (first, second) = ids.split_once('.').ok_or(QrError::Parts)?;
        let custom = custom.strip_prefix('/').unwrap_or(custom);
        let swapped = first.len() == OPERATOR && second.len() != OPERATOR;
        let (connector_id, operator_id) = if swapped {
            (second, first)
        } else {
            (first, second)
        };
        Self::of(connector_id, operator_id, custom, swapped)
    }
}

impl fmt::Display for QrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (connector, operator) = (self.connector_id.as_str(), self.operator_id.as_str());
        let (first, second) = if self.swapped {
            (operator, connector)
        } else {
            (connector, operator)
        };
        write!(f, "{SCHEME}{first}.{second}/{}", self.custom)
    }
}
