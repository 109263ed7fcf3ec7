use super::paging;
use crate::{FenText, IntText, KtDateTime, code::CarType};
use park_core::{AnyText, DateTime, Rule, Violations, check, given};
use serde::{Deserialize, Serialize};

/// Request of 1.1: paid stays of a plate (车牌查询停车信息), `GetCarInOutInfoByPlate`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StaysOfPlate {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number or a part of it (车牌号).
    pub plate_no: AnyText,
    /// From when (开始时间).
    pub start_time: DateTime,
    /// Until when (结束时间).
    pub end_time: DateTime,
    /// Which page (分页数), from 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub page_index: i64,
    /// Stays on a page (每页数量), 1 or more.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub page_count: i64,
}

check!(StaysOfPlate {
    park_code "parkCode", plate_no "plateNo", start_time "startTime", end_time "endTime",
    page_index "pageIndex", page_count "pageCount",
}; plate_pages);

fn plate_pages(query: &StaysOfPlate, v: &mut Violations) {
    paging(query.page_index, query.page_count, v);
}

/// Request of 1.2: paid stays by entrance or exit (按出入口查询停车信息), `GetCarInOutInfoByPlace`.
/// With neither every place counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StaysAtPlace {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Name of the entrance or a part of it (入口名称). Not together with `leave_place`.
    pub entry_place: Option<AnyText>,
    /// Name of the exit or a part of it (出口名称). Not together with `entry_place`.
    pub leave_place: Option<AnyText>,
    /// From when (开始时间).
    pub start_time: DateTime,
    /// Until when (结束时间).
    pub end_time: DateTime,
    /// Which page (分页数), from 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub page_index: i64,
    /// Stays on a page (每页数量), 1 or more.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub page_count: i64,
}

check!(StaysAtPlace {
    park_code "parkCode", entry_place "entryPlace", leave_place "leavePlace",
    start_time "startTime", end_time "endTime",
    page_index "pageIndex", page_count "pageCount",
}; place_pages, one_place);

fn place_pages(query: &StaysAtPlace, v: &mut Violations) {
    paging(query.page_index, query.page_count, v);
}

fn one_place(query: &StaysAtPlace, v: &mut Violations) {
    if given(&query.entry_place) && given(&query.leave_place) {
        v.add_at(
            "leavePlace",
            Rule::Condition("only one of entryPlace, leavePlace"),
        );
    }
}

/// Reply of 1.1 and 1.2: one page of stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StayPage {
    /// How many stays there are on all pages (总数); a number written as text.
    pub total_num: IntText,
    /// The stays of this page.
    pub detail: Vec<Stay>,
}

impl StayPage {
    /// One page of several.
    pub fn new(total_num: impl Into<IntText>, detail: Vec<Stay>) -> Self {
        Self {
            total_num: total_num.into(),
            detail,
        }
    }

    /// All stays that there are, on one page.
    pub fn of(stays: Vec<Stay>) -> Self {
        Self::new(i64::try_from(stays.len()).unwrap_or(i64::MAX), stays)
    }
}

check!(StayPage { total_num "totalNum", detail "detail" });

/// A stay that was paid at a booth (岗亭收费明细), part of the replies of 1.1 and 1.2. Its times
/// have slashes, as the samples print them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stay {
    /// Number of the record (编号).
    pub id: AnyText,
    /// Plate number (车牌号).
    pub plate_no: Option<AnyText>,
    /// When the car came (入场时间).
    pub entry_time: Option<KtDateTime>,
    /// Entrance (入口).
    pub entry_place: Option<AnyText>,
    /// When it left (出场时间).
    pub leave_time: Option<KtDateTime>,
    /// Exit (出口).
    pub leave_place: Option<AnyText>,
    /// Address of the picture taken at the exit (出口抓拍图片).
    pub img_name: Option<AnyText>,
    /// What was paid (支付金额), fen; a number written as text.
    pub payable: FenText,
    /// Who took the money (操作员).
    pub cash_user: Option<AnyText>,
    /// When it was paid (收费时间).
    pub cash_time: Option<KtDateTime>,
}

impl Stay {
    /// A stay with its number and fee.
    pub fn new(id: impl Into<AnyText>, payable: impl Into<FenText>) -> Self {
        Self {
            id: id.into(),
            plate_no: None,
            entry_time: None,
            entry_place: None,
            leave_time: None,
            leave_place: None,
            img_name: None,
            payable: payable.into(),
            cash_user: None,
            cash_time: None,
        }
    }
}

check!(Stay {
    id "id", plate_no "plateNo", entry_time "entryTime", entry_place "entryPlace",
    leave_time "leaveTime", leave_place "leavePlace",
    img_name "imgName", payable "payable", cash_user "cashUser", cash_time "cashTime",
});

/// Request of 1.3: cars that are inside (场内车查询), `SearchParkingInfo`. With neither plate nor
/// card the reply holds every car inside, not in pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct InsideQuery {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number or a part of it (车牌号).
    pub plate_no: Option<AnyText>,
    /// Card number (卡号), for a car without plate; empty for others.
    pub card_no: Option<AnyText>,
}

impl InsideQuery {
    /// Every car inside; the reply is as long as the lot is full.
    pub fn all(park_code: impl Into<AnyText>) -> Self {
        Self {
            park_code: park_code.into(),
            plate_no: None,
            card_no: None,
        }
    }

    /// Whether it asks for every car inside: neither plate nor card is given.
    pub fn is_all(&self) -> bool {
        !given(&self.plate_no) && !given(&self.card_no)
    }
}

check!(InsideQuery { park_code "parkCode", plate_no "plateNo", card_no "cardNo" });

/// A car that is inside, an entry of the reply of 1.3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct InsideCar {
    /// Plate number (车牌号).
    pub plate_no: Option<AnyText>,
    /// Card number (卡号).
    pub card_no: Option<AnyText>,
    /// When it came (入场时间).
    pub entry_time: DateTime,
    /// Entrance (入口).
    pub entry_place: Option<AnyText>,
    /// What kind of customer (车辆类型), appendix 1.1.
    pub car_type: Option<CarType>,
    /// Address of the picture taken at the entrance (入口抓拍图片).
    pub img_name: Option<AnyText>,
}

impl InsideCar {
    /// A car that came at `entry_time`.
    pub fn new(entry_time: DateTime) -> Self {
        Self {
            plate_no: None,
            card_no: None,
            entry_time,
            entry_place: None,
            car_type: None,
            img_name: None,
        }
    }
}

check!(InsideCar {
    plate_no "plateNo", card_no "cardNo", entry_time "entryTime", entry_place "entryPlace",
    car_type "carType", img_name "imgName",
});

#[cfg(test)]
mod tests {
    use super::{super::broken, *};

    fn at_place() -> StaysAtPlace {
        let day = "2019-03-25 00:00:00".parse().expect("a time");
        StaysAtPlace {
            park_code: "1".into(),
            entry_place: None,
            leave_place: None,
            start_time: day,
            end_time: day,
            page_index: 1,
            page_count: 1,
        }
    }

    #[test]
    fn pages_count_from_1() {
        let StaysAtPlace {
            start_time,
            end_time,
            ..
        } = at_place();
        for (index, count, found) in [
            (1, 1, vec![]),
            (0, 1, vec!["pageIndex: out of range: 1 or more"]),
            (1, -1, vec!["pageCount: out of range: 1 or more"]),
        ] {
            let place = StaysAtPlace {
                page_index: index,
                page_count: count,
                ..at_place()
            };
            let plate = StaysOfPlate {
                park_code: "1".into(),
                plate_no: "D0".into(),
                start_time,
                end_time,
                page_index: index,
                page_count: count,
            };
            assert_eq!(
                (broken(&place), broken(&plate)),
                (
                    found.iter().map(|text| text.to_string()).collect(),
                    found.iter().map(|text| text.to_string()).collect()
                )
            );
        }
    }

    #[test]
    fn stays_are_of_one_place_or_of_all() {
        for (entry, leave, ok) in [
            (None, None, true),
            (Some("A"), None, true),
            (Some("A"), Some(""), true),
            (Some("A"), Some("B"), false),
        ] {
            let query = StaysAtPlace {
                entry_place: entry.map(Into::into),
                leave_place: leave.map(Into::into),
                ..at_place()
            };
            assert_eq!(broken(&query).is_empty(), ok, "{entry:?} {leave:?}");
        }
    }

    #[test]
    fn empty_filters_mean_every_car_inside() {
        for (plate, card, all) in [
            (None, None, true),
            (Some(""), Some(""), true),
            (Some("D0"), None, false),
            (None, Some("7"), false),
        ] {
            let query = InsideQuery {
                plate_no: plate.map(Into::into),
                card_no: card.map(Into::into),
                ..InsideQuery::all("1")
            };
            assert_eq!((query.is_all(), broken(&query)), (all, vec![]));
        }
    }
}
