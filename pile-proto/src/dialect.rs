//! What the document leaves to each vendor, and how its messages depart from the document, as one
//! value.
use crate::{
    ReplyShape,
    empty_bill::with_totals,
    model::{Bill, Model},
};
use park_core::{
    Deviation, DeviationKind, Deviations, Rules, Spelling, Strictness, Violation, Waived,
    json::{EncodeError, Place, encode_to},
};
use serde::Serialize;
use std::{any::TypeId, borrow::Cow, collections::BTreeMap};

/// Field names that the document itself and real peers spell in two ways. Other capitals (`orderId`
/// for `OrderId`) are read without being listed.
pub const SPELLINGS: &[Spelling] = &[
    Spelling::new("BillQuery", "startTime", "startTim"),
    Spelling::new("BillQuery", "endTime", "endTim"),
    Spelling::new("Bill", "totalOrderFee", "totoalOrderFee"),
    Spelling::new("StubGroup", "stubGroupId", "Id"),
    Spelling::new("StubGroupDetail", "Id", "stubGroupId"),
    Spelling::new("StubGroupDetail", "id", "stubGroupId"),
    Spelling::new("Stub", "stubId", "Id"),
];

/// Amounts in yuan. The document does not limit their decimals; more than two cannot be paid, so
/// they are not written, but read.
const MONEY: [&str; 4] = ["feeTotal", "feeService", "feeElectric", "totoalOrderFee"];

/// How parameters travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Method {
    /// GET with a query (get), as the document says.
    #[default]
    Get,
    /// POST with a form (`application/x-www-form-urlencoded`), as vendors do.
    PostForm,
    /// POST with a JSON object of texts.
    PostJson,
}

/// Where a vendor wants the token (3.4: 遵守服务商标准).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TokenPlace {
    /// In a parameter of this name, before all others; the document's tables have `token`. With GET
    /// it stands in the address, and so in the logs of whatever proxies are on the way.
    Parameter(Cow<'static, str>),
    /// In a header of this name, as it is.
    Header(Cow<'static, str>),
    /// In `Authorization: Bearer {token}`.
    Bearer,
}

impl Default for TokenPlace {
    fn default() -> Self {
        Self::Parameter(Cow::Borrowed("token"))
    }
}

/// How one vendor talks. The default is the document, and for what the document leaves open, the
/// default of [`ReplyShape`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Dialect {
    /// How the parameters of its interfaces travel.
    pub method: Method,
    /// Interfaces whose address is not their name (示例接口名称: the document's names are
    /// examples): the path behind the base address, by name.
    pub paths: BTreeMap<Cow<'static, str>, String>,
    /// Where the token travels.
    pub token: TokenPlace,
    /// Codes with which it refuses a token: another one is got then. HTTP status 401 counts as the
    /// code 401, which is the default.
    pub token_codes: Cow<'static, [Cow<'static, str>]>,
    /// What its replies look like.
    pub reply: ReplyShape,
    /// How its messages are read.
    pub read: Rules,
    /// How it wants its messages.
    pub write: WriteRules,
}

/// How a peer wants its messages.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct WriteRules {
    /// Fields whose limits are not enforced on sending.
    pub waived: Waived,
    /// Fields that this peer knows under another name: `right` is the table's, `wrong` what is
    /// written.
    pub names: Cow<'static, [Spelling]>,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            method: Method::Get,
            paths: BTreeMap::new(),
            token: TokenPlace::default(),
            token_codes: Cow::Borrowed(const { &[Cow::Borrowed("401")] }),
            reply: ReplyShape::default(),
            read: Rules::knowing(SPELLINGS, &MONEY),
            write: WriteRules::default(),
        }
    }
}

park_core::dialect_verbs!(Dialect);

impl Dialect {
    /// Sends parameters by `method`.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Has the interface `name` at `path` behind the base address, such as `dic/stub/list`. With a
    /// name that [`ENDPOINTS`](crate::endpoint::ENDPOINTS) does not have, every call of a client
    /// fails, and a router is not made.
    #[must_use]
    pub fn path(mut self, name: impl Into<Cow<'static, str>>, path: impl Into<String>) -> Self {
        self.paths
            .insert(name.into(), path.into().trim_start_matches('/').to_owned());
        self
    }

    /// The path of the interface `name` behind the base address.
    pub fn path_of<'a>(&'a self, name: &'a str) -> &'a str {
        self.paths.get(name).map_or(name, String::as_str)
    }

    /// A name with a path of its own that is no interface.
    #[cfg(any(feature = "client", feature = "server"))]
    pub(crate) fn unknown_path(&self) -> Option<&str> {
        let known = |name: &str| {
            crate::endpoint::ENDPOINTS
                .iter()
                .any(|info| info.name == name)
        };
        self.paths
            .keys()
            .map(|name| &**name)
            .find(|name| !known(name))
    }

    /// Puts the token in `place`.
    #[must_use]
    pub fn token(mut self, place: TokenPlace) -> Self {
        self.token = place;
        self
    }

    /// Takes these codes for a token that is refused, in place of 401.
    #[must_use]
    pub fn token_codes<N: Into<Cow<'static, str>>>(
        mut self,
        codes: impl IntoIterator<Item = N>,
    ) -> Self {
        self.token_codes = Cow::Owned(codes.into_iter().map(Into::into).collect());
        self
    }

    /// Has replies of `shape`.
    #[must_use]
    pub fn reply(mut self, shape: ReplyShape) -> Self {
        self.reply = shape;
        self
    }

    /// Writes `value` as JSON with the names that this peer knows.
    ///
    /// # Errors
    /// None for the models of this crate.
    pub fn encode<T: Serialize>(&self, value: &T) -> Result<String, EncodeError> {
        let mut names = self.write.names.clone();
        names.to_mut().extend(self.list_name());
        let mut text = String::new();
        encode_to(value, &names, &mut text)?;
        Ok(text)
    }

    /// Reads the payload of a reply, without checking it against the document.
    ///
    /// # Errors
    /// The first thing that cannot be read as `T`, with its path.
    pub fn decode<T: Model>(
        &self,
        payload: &str,
        deviations: &mut Deviations,
    ) -> Result<T, Violation> {
        self.decode_at(Place::default(), payload, deviations)
    }

    /// Reads the entry `index` of a list, as [`decode`](Self::decode); paths begin with `[index]`.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn decode_entry<T: Model>(
        &self,
        entry: &str,
        index: usize,
        deviations: &mut Deviations,
    ) -> Result<T, Violation> {
        let place = Place {
            item: Some(("", index)),
            ..Place::default()
        };
        self.decode_at(place, entry, deviations)
    }

    fn decode_at<T: Model>(
        &self,
        place: Place,
        payload: &str,
        deviations: &mut Deviations,
    ) -> Result<T, Violation> {
        let mut rules = Cow::Borrowed(&self.read);
        if let Some(name) = self.list_name() {
            rules.to_mut().spellings.to_mut().push(name);
        }
        // A code and message beside the fields belong to the reply, and the name of the list is
        // this vendor's to choose.
        read(place, payload, &rules, deviations, |found| {
            match found.kind {
                DeviationKind::UNKNOWN_FIELD => self.reply.is_of_envelope(&found.path),
                DeviationKind::SPELLING => found.path == self.reply.pile_list,
                _ => false,
            }
        })
    }

    /// The vendor's name for the list of piles, if it is not the table's.
    fn list_name(&self) -> Option<Spelling> {
        let name = &self.reply.pile_list;
        (name != "StubInfo").then(|| Spelling::from_text("StubGroupDetail", &**name, "StubInfo"))
    }
}

/// Decodes one complete JSON text tolerantly and lists what was tolerated. An empty `timeEnd` is as
/// the document has it, and no deviation.
///
/// # Errors
/// The first thing that cannot be read as `T`, with its path.
pub fn decode<T: Model>(text: &str, rules: &Rules) -> Result<(T, Deviations), Violation> {
    let mut deviations = Deviations::default();
    let value = read(Place::default(), text, rules, &mut deviations, |_| false)?;
    Ok((value, deviations))
}

/// Decodes; what `conforms` says of a departure that it is none, is not noted, and not refused by
/// strict rules.
pub(crate) fn read<T: Model>(
    place: Place,
    text: &str,
    rules: &Rules,
    deviations: &mut Deviations,
    conforms: impl Fn(&Deviation) -> bool,
) -> Result<T, Violation> {
    let mut tolerant = rules.clone();
    tolerant.strictness = Strictness::Tolerant;
    let mut found = Deviations::default();
    let text = match TypeId::of::<T>() == TypeId::of::<Bill>() {
        true => with_totals(text, rules, deviations)?,
        false => text.into(),
    };
    let value = place.decode(&text, &tolerant, &mut found)?;
    let mut left = Deviations::default();
    for deviation in found.list() {
        let no_end_yet = matches!(deviation.kind, DeviationKind::EMPTY_FOR_ABSENT)
            && field(&deviation.path) == "timeEnd";
        if !no_end_yet && !conforms(deviation) {
            left.note(deviation.kind, || deviation.path.clone());
        }
    }
    rules.tolerate_noted(&left)?;
    deviations.append(left);
    Ok(value)
}

/// The last name of a path.
fn field(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Bill, BillQuery, EndTime, Order, StubGroup, StubGroupDetail};
    use park_core::Rule;

    fn kinds(deviations: &Deviations) -> Vec<(DeviationKind, &str)> {
        deviations
            .list()
            .iter()
            .map(|found| (found.kind, found.path.as_str()))
            .collect()
    }

    #[test]
    fn an_empty_end_is_no_deviation_even_to_strict_rules() {
        let text = r#"{"OrderId":"1","timeEnd":"","status":1}"#;
        let (order, none) =
            decode::<Order>(text, &Rules::strict()).expect("as the document has it");
        assert_eq!((order.time_end, none.count()), (EndTime::NOT_YET, 0));
        let other = r#"{"OrderId":"1","timeStart":"","status":1}"#;
        let refused = decode::<Order>(other, &Rules::strict()).expect_err("a start is not empty");
        assert_eq!(
            refused,
            Violation::new("timeStart", Rule::Deviates(DeviationKind::EMPTY_FOR_ABSENT))
        );
    }

    #[test]
    fn what_the_document_spells_in_two_ways_is_read_either_way_and_written_as_printed() {
        let dialect = Dialect::default();
        let mut noted = Deviations::default();
        let order: Order = dialect
            .decode(r#"{"orderId":"1","status":2}"#, &mut noted)
            .expect("an order");
        assert!(
            dialect
                .encode(&order)
                .expect("a model")
                .contains(r#""OrderId":"1""#)
        );
        let group: StubGroup = dialect
            .decode(r#"{"stubGroupId":"1","stubGroupName":"a"}"#, &mut noted)
            .expect("a group");
        assert!(
            dialect
                .encode(&group)
                .expect("a model")
                .contains(r#""Id":"1""#)
        );
        let query = r#"{"startTime":"2017-01-16 00:00:00","endTime":"2017-01-16 23:59:59"}"#;
        let query: BillQuery = dialect.decode(query, &mut noted).expect("a query");
        let printed = r#"{"startTim":"2017-01-16 00:00:00","endTim":"2017-01-16 23:59:59"}"#;
        assert_eq!(dialect.encode(&query).expect("a model"), printed);
        let bill = r#"{"orderCount":0,"totalOrderPower":0,"totalOrderFee":0,"orderList":[]}"#;
        let bill: Bill = dialect.decode(bill, &mut noted).expect("a bill");
        assert!(
            dialect
                .encode(&bill)
                .expect("a model")
                .contains(r#""totoalOrderFee":0.00"#)
        );
        let detail: StubGroupDetail = dialect
            .decode(
                r#"{"id":"1","stubInfo":[{"stubId":"2","status":"0"}]}"#,
                &mut noted,
            )
            .expect("a group");
        assert_eq!(
            (&*detail.stub_group_id, &*detail.stub_info[0].id),
            ("1", "2")
        );
        assert_eq!(
            kinds(&noted),
            [
                (DeviationKind::KEY_STYLE, "orderId"),
                (DeviationKind::SPELLING, "stubGroupId"),
                (DeviationKind::SPELLING, "startTime"),
                (DeviationKind::SPELLING, "endTime"),
                (DeviationKind::SPELLING, "totalOrderFee"),
                (DeviationKind::SPELLING, "id"),
                (DeviationKind::KEY_STYLE, "stubInfo"),
                (DeviationKind::SPELLING, "stubInfo[0].stubId"),
            ]
        );
    }

    #[test]
    fn the_list_of_piles_has_the_vendor_s_name() {
        let dialect = Dialect::strict().reply(ReplyShape::default().pile_list("stubs"));
        let text = r#"{"stubGroupId":"1","stubs":[{"Id":"2","status":"0"}]}"#;
        let mut noted = Deviations::default();
        let detail: StubGroupDetail = dialect.decode(text, &mut noted).expect("as configured");
        assert_eq!(
            (
                dialect.encode(&detail).expect("a model").as_str(),
                noted.count()
            ),
            (text, 0)
        );
        let missing = Dialect::default().decode::<StubGroupDetail>(text, &mut noted);
        assert_eq!(missing, Err(Violation::new("StubInfo", Rule::Missing)));
    }

    #[test]
    fn a_code_and_message_beside_the_fields_are_no_unknown_fields() {
        let text =
            r#"{"code":0,"message":"ok","OrderId":"1","status":1,"timeEnd":"","cuspElect":1}"#;
        let mut noted = Deviations::default();
        Dialect::default()
            .decode::<Order>(text, &mut noted)
            .expect("an order");
        assert_eq!(kinds(&noted), [(DeviationKind::UNKNOWN_FIELD, "cuspElect")]);
    }

    #[test]
    fn an_entry_of_a_list_is_told_by_its_index() {
        let missing = Dialect::default().decode_entry::<StubGroup>(
            r#"{"Id":"1"}"#,
            3,
            &mut Deviations::default(),
        );
        assert_eq!(
            missing,
            Err(Violation::new("[3].stubGroupName", Rule::Missing))
        );
    }
}
