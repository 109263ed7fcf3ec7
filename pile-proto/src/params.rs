//! Parameters of a query, a form or a flat JSON object: where everything is text.
use crate::{dialect::read, model::Model};
use park_core::{
    DeviationKind, Deviations, Rule, Rules, Secret, Violation, form,
    json::{EncodeError, Place, encode, lexer, quote},
};
use serde::Serialize;
use std::{collections::BTreeSet, fmt};

/// The parameters of one message, in order, their values as plain text.
///
/// A request is written by [`of`](Self::of), [`token`](Self::token) and
/// [`to_query`](Self::to_query) (GET, form) or [`to_json`](Self::to_json); it is read by
/// [`parse`](Self::parse) or [`parse_json`](Self::parse_json), [`take`](Self::take) and
/// [`read`](Self::read).
///
/// ```
/// use pile_proto::{Deviations, Params, Rules, Secret, model::StubQuery};
///
/// let query = StubQuery { stub_group_id: "G 1".into() };
/// let text = Params::of(&query)?.token(&Secret::new("t")).to_query();
/// assert_eq!(text, "token=t&stubGroupId=G%201");
///
/// let mut params = Params::parse(&text)?;
/// assert_eq!(params.take("token").as_deref(), Some("t"));
/// assert_eq!(params.read::<StubQuery>(&Rules::strict(), &mut Deviations::default())?, query);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Params(Vec<(String, String)>);

impl fmt::Debug for Params {
    /// Names only: a token may be among the values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

impl Params {
    /// The fields of `value` in the order of its table, without those that are absent.
    ///
    /// # Errors
    /// A type that has no form in JSON. The models of this crate have one.
    pub fn of<T: Serialize>(value: &T) -> Result<Self, EncodeError> {
        let text = encode(value)?;
        Ok(Self::parse_json(&text).expect("the encoder writes JSON without a name twice"))
    }

    /// Puts the token before all others, where every table has it.
    #[must_use]
    pub fn token(self, token: &Secret) -> Self {
        self.token_as("token", token)
    }

    /// Puts the token before all others, in a parameter `name`.
    #[must_use]
    pub fn token_as(mut self, name: &str, token: &Secret) -> Self {
        self.0
            .insert(0, (name.to_owned(), token.expose().to_owned()));
        self
    }

    /// Adds a parameter at the end.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// Takes a parameter out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.remove(at).1)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// `name=value&..`, percent-encoded UTF-8 with `%20` for a space, which every reader of queries
    /// and forms understands.
    pub fn to_query(&self) -> String {
        let mut text = String::new();
        for (name, value) in self.iter() {
            form::push(name, value, &mut text);
        }
        text
    }

    /// A JSON object of texts: the tables give every parameter the type String.
    pub fn to_json(&self) -> String {
        let mut text = String::from("{");
        for (name, value) in self.iter() {
            if text.len() > 1 {
                text.push(',');
            }
            quote(name, &mut text);
            text.push(':');
            quote(value, &mut text);
        }
        text.push('}');
        text
    }

    /// Reads a query or form.
    ///
    /// # Errors
    /// A `%` that is not followed by two hexadecimal digits, bytes that are no UTF-8, a name that
    /// stands twice.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        Self::once_each(form::parse(text)?)
    }

    /// Reads a flat JSON object: texts without their quotes, numbers and nested values as they are
    /// written, `null` as empty text.
    ///
    /// # Errors
    /// A text that is no JSON object, a name that stands twice.
    pub fn parse_json(text: &str) -> Result<Self, Violation> {
        let mut params = Vec::new();
        for member in lexer::members(text) {
            let (name, value) = member.map_err(syntax)?;
            params.push((name.decode().into_owned(), plain(value).map_err(syntax)?));
        }
        Self::once_each(params)
    }

    /// A signature over a name that stands twice, or a choice between the two, would mean nothing.
    fn once_each(params: Vec<(String, String)>) -> Result<Self, Violation> {
        let mut seen = BTreeSet::new();
        match params.iter().find(|(name, _)| !seen.insert(name.as_str())) {
            Some((name, _)) => Err(Violation::new(name.clone(), Rule::Duplicate)),
            None => Ok(Self(params)),
        }
    }

    /// Reads the parameters as a request, or as the order of a callback. Since everything is text
    /// here, digits for a number and empty text for what is absent are no deviations.
    ///
    /// # Errors
    /// The first parameter that cannot be read, by name.
    pub fn read<T: Model>(
        &self,
        rules: &Rules,
        deviations: &mut Deviations,
    ) -> Result<T, Violation> {
        read(
            Place::default(),
            &self.to_json(),
            rules,
            deviations,
            |found| {
                matches!(
                    found.kind,
                    DeviationKind::TEXT_FOR_NUMBER | DeviationKind::EMPTY_FOR_ABSENT
                )
            },
        )
    }
}

/// What a JSON value is as a parameter.
fn plain(value: &str) -> Result<String, lexer::Fault> {
    Ok(match value.as_bytes().first() {
        Some(b'"') => lexer::Lexer::new(value).string()?.decode().into_owned(),
        Some(b'n') => String::new(),
        _ => value.to_owned(),
    })
}

fn syntax(fault: lexer::Fault) -> Violation {
    Violation::new(
        "",
        Rule::Syntax {
            problem: fault.to_string(),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        code::StubGroupType,
        model::{BillQuery, ChargeStart, Order, StubGroupQuery},
    };
    use park_core::Timestamp;
    use proptest::prelude::*;

    #[test]
    fn parameters_stand_in_the_order_of_the_table_behind_the_token() {
        let start = ChargeStart {
            out_order_id: "CC20170117/1".into(),
            driver_id: "D&1".into(),
            stub_id: "S=1".into(),
            gun_id: "1".into(),
            org: "曹操".into(),
            time: Timestamp::from_seconds(1_484_616_600),
        };
        let text = Params::of(&start)
            .expect("a model")
            .token(&Secret::new("t+k"))
            .to_query();
        assert_eq!(
            text,
            "token=t%2Bk&outOrderId=CC20170117%2F1&driverId=D%261&stubId=S%3D1&gunId=1&org=%E6%9B%B9%E6%93%8D&time=1484616600"
        );
        let mut params = Params::parse(&text).expect("a query");
        assert_eq!(params.take("token").as_deref(), Some("t+k"));
        let mut none = Deviations::default();
        assert_eq!(
            params.read::<ChargeStart>(&Rules::strict(), &mut none),
            Ok(start)
        );
        assert!(none.is_empty());
    }

    #[test]
    fn text_is_no_deviation_where_everything_is_text() {
        let mut noted = Deviations::default();
        let query: StubGroupQuery = Params::parse("cityCode=440300&stubGroupType=2")
            .and_then(|params| params.read(&Rules::strict(), &mut noted))
            .expect("a query");
        assert_eq!(query.stub_group_type, Some(StubGroupType::DEDICATED));
        let order: Order =
            Params::parse("OrderId=1&timeEnd=&soc=&status=1&feeTotal=12.30&power=7.125")
                .and_then(|params| params.read(&Rules::strict(), &mut noted))
                .expect("an order");
        assert_eq!((order.soc, noted.count()), (None, 0));
        let refused = Params::parse("orderId=1&status=1")
            .and_then(|params| params.read::<Order>(&Rules::strict(), &mut noted));
        assert_eq!(
            refused,
            Err(Violation::new(
                "orderId",
                Rule::Deviates(DeviationKind::KEY_STYLE)
            ))
        );
    }

    #[test]
    fn a_space_is_read_in_both_forms() {
        for text in [
            "startTim=2017-01-16+00:00:00&endTim=2017-01-16%2023%3A59%3a59",
            "startTim=2017-01-16%2000%3A00%3A00&endTim=2017-01-16 23:59:59&",
        ] {
            let query: BillQuery = Params::parse(text)
                .and_then(|params| params.read(&Rules::strict(), &mut Deviations::default()))
                .expect(text);
            assert_eq!(query.end_tim.to_string(), "2017-01-16 23:59:59");
        }
    }

    #[test]
    fn a_name_that_stands_twice_and_what_is_no_object_is_refused() {
        assert!(Params::parse("a=1&b=%ff").is_err());
        assert_eq!(
            Params::parse("a=1&%61=2"),
            Err(Violation::new("a", Rule::Duplicate))
        );
        assert_eq!(
            Params::parse_json(r#"{"a":1,"\u0061":2}"#),
            Err(Violation::new("a", Rule::Duplicate))
        );
        for bad in ["[]", "{", r#"{"a":}"#, ""] {
            assert!(
                matches!(
                    Params::parse_json(bad),
                    Err(Violation {
                        rule: Rule::Syntax { .. },
                        ..
                    })
                ),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_flat_object_keeps_its_numbers_as_they_are_written() {
        let params = Params::parse_json(r#"{"a":12.30,"b":"x\n","c":null,"d":true,"e":[1, 2]}"#)
            .expect("an object");
        let values: Vec<_> = params.iter().map(|(_, value)| value).collect();
        assert_eq!(values, ["12.30", "x\n", "", "true", "[1, 2]"]);
        assert_eq!(
            params.to_json(),
            r#"{"a":"12.30","b":"x\n","c":"","d":"true","e":"[1, 2]"}"#
        );
    }

    #[test]
    fn values_are_not_shown() {
        let params = Params::default().token(&Secret::new("canary-7f3a"));
        assert_eq!(format!("{params:?}"), r#"["token"]"#);
    }

    proptest! {
        #[test]
        fn any_text_comes_back(pairs in proptest::collection::btree_map(".{1,8}", ".{0,16}",
            0..6)) {
            let mut params = Params::default();
            for (name, value) in pairs {
                params.push(name, value);
            }
            let query = params.to_query();
            prop_assert!(query.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(Params::parse(&query), Ok(params.clone()));
            prop_assert_eq!(Params::parse_json(&params.to_json()), Ok(params));
        }

        #[test]
        fn any_input_is_read_or_refused(text in ".{0,64}") {
            if let Ok(params) = Params::parse(&text) {
                prop_assert_eq!(Params::parse(&params.to_query()), Ok(params));
            }
        }
    }
}
