use crate::code::{CreditSubject, IdDocument};
use park_core::{Text, check};
use serde::{Deserialize, Serialize};

/// Request of 1301: reports a breach of trust (公共信用信息上报), such as a fee left unpaid, Table
/// 30.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreditReport {
    /// Number of the report (信息流水号).
    pub id: Text<32>,
    /// Unified social credit code of the body that reports (公共信息提供单位代码).
    pub provider_code: Text<18>,
    /// Whom it is about (当人类别).
    pub category: CreditSubject,
    /// Name of the person or organisation (信息主体姓名或组织名称).
    pub name: Text<50>,
    /// Kind of the person's identity document (个人证件类型); absent for an organisation. X is
    /// refused unless the dialect waives it, see [`IdDocument`].
    pub id_type: Option<IdDocument>,
    /// Number of the person's document, or the organisation's unified social credit code
    /// (信息主体证件号码).
    pub id_no: Text<18>,
    /// What happened (信息内容).
    pub information: Text<500>,
}

check!(CreditReport {
    id "id", provider_code "providerCode", category "category", name "name", id_type "idType",
    id_no "idNo", information "information",
});

/// Reply of 1301, Table 114.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreditReply {
    /// Number of the report (信息流水号), as in the request.
    pub id: Text<32>,
}

impl CreditReply {
    /// The report is taken.
    pub fn new(id: impl Into<Text<32>>) -> Self {
        Self { id: id.into() }
    }
}

check!(CreditReply { id "id" });

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Check, Rule, Rules, Violations, json};

    #[test]
    fn the_table_s_samples_are_clean_and_come_back_as_they_were() {
        let sample = include_str!("../../fixtures/samples/1301.request.json");
        let (report, deviations) =
            json::decode::<CreditReport>(sample, &Rules::strict()).expect("a sample");
        assert!(deviations.is_empty());
        let written: serde_json::Value =
            serde_json::from_str(&json::encode(&report).expect("a model")).expect("JSON");
        assert_eq!(
            written,
            serde_json::from_str::<serde_json::Value>(sample).expect("JSON")
        );
        let reply = json::decode::<CreditReply>(
            include_str!("../../fixtures/samples/1301.reply.json"),
            &Rules::strict(),
        );
        assert_eq!(reply.expect("a sample").0.id, report.id);
    }

    #[test]
    fn an_x_in_a_report_is_found_at_its_path_and_an_empty_one_counts_as_absent() {
        let sample = include_str!("../../fixtures/samples/1301.request.json");
        let (mut report, _) =
            json::decode::<CreditReport>(sample, &Default::default()).expect("a sample");
        report.id_type = Some(IdDocument::OTHER);
        let mut v = Violations::of_item("data", 0);
        report.check(&mut v);
        assert_eq!(v.list().len(), 1);
        assert_eq!(v.list()[0].path, "data[0].idType");
        assert!(matches!(v.list()[0].rule, Rule::Range { .. }));

        let empty = sample.replace("\"idType\": 0", "\"idType\": \"\"");
        assert_ne!(empty, sample);
        let (report, deviations) =
            json::decode::<CreditReport>(&empty, &Default::default()).expect("a report");
        assert_eq!((report.id_type, deviations.count()), (None, 1));
    }
}
