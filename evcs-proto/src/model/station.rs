use super::{Exact, OperatorId};
use crate::code::{
    ConnectorStandard, ConnectorType, Construction, EquipmentType, OrderSupport, StationStatus,
    StationType,
};
use park_core::{AnyText, Date, DateTime, Fixed, Rule, Text, Violations, check};
use serde::{Deserialize, Serialize};

/// A charging station (充电站信息), Table B.1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StationInfo {
    /// Station id (充电站ID), unique with the operator, zeros on the left.
    #[serde(rename = "StationID")]
    pub station_id: Text<20>,
    /// Operator's id (运营商ID).
    #[serde(rename = "OperatorID")]
    pub operator_id: OperatorId,
    /// Id of the company that owns the devices (设备所属方ID); the operator's unless it runs them
    /// for somebody else.
    #[serde(rename = "EquipmentOwnerID")]
    pub equipment_owner_id: OperatorId,
    /// Station name (充电站名称).
    pub station_name: Text<50>,
    /// Country (充电站国家代码), such as `CN`.
    pub country_code: Text<2>,
    /// Code of the administrative district (充电站省市辖区编码), GB/T 2260.
    pub area_code: Text<20>,
    /// Full address (详细地址).
    pub address: Text<50>,
    /// Telephone of somebody at the station (站点电话).
    pub station_tel: Option<Text<30>>,
    /// Telephone of the platform (服务电话).
    pub service_tel: Text<30>,
    /// Whom it serves (站点类型).
    pub station_type: StationType,
    /// Its state (站点状态).
    pub station_status: StationStatus,
    /// Spaces with a charger (车位数量); 0 if unknown.
    pub park_nums: i32,
    /// Longitude (经度), degrees, GCJ-02.
    pub station_lng: Fixed<6>,
    /// Latitude (纬度), degrees, GCJ-02.
    pub station_lat: Fixed<6>,
    /// How to find it (站点引导).
    pub site_guide: Option<Text<100>>,
    /// Where it was built (建设场所).
    pub construction: Construction,
    /// Addresses of photographs: devices, spaces, entrance (站点照片).
    pub pictures: Option<Vec<AnyText>>,
    /// What cars it takes (使用车型描述).
    pub match_cars: Option<Text<100>>,
    /// Floors and numbers of the spaces (车位楼层及数量描述).
    pub park_info: Option<Text<100>>,
    /// Opening hours (营业时间); spelt so on the wire.
    pub busine_hours: Option<Text<100>>,
    /// Prices of energy, in words (充电电费率).
    pub electricity_fee: Option<Text<256>>,
    /// Prices of service, in words (服务费率).
    pub service_fee: Option<Text<100>>,
    /// Prices of parking, in words (停车费).
    pub park_fee: Option<Text<100>>,
    /// How to pay, in words (支付方式): 刷卡, 线上, 现金.
    pub payment: Option<Text<20>>,
    /// Whether it can be reserved (是否支持预约); it cannot if absent.
    pub support_order: Option<OrderSupport>,
    /// Remarks (备注).
    pub remark: Option<Text<100>>,
    /// Its devices (充电设备信息列表).
    pub equipment_infos: Vec<EquipmentInfo>,
}

impl StationInfo {
    /// A station with its required fields, in the order of Table B.1.
    #[allow(
        clippy::too_many_arguments,
        reason = "the table requires fifteen fields"
    )]
    pub fn new(
        station_id: impl Into<Text<20>>,
        operator_id: impl Into<OperatorId>,
        equipment_owner_id: impl Into<OperatorId>,
        station_name: impl Into<Text<50>>,
        country_code: impl Into<Text<2>>,
        area_code: impl Into<Text<20>>,
        address: impl Into<Text<50>>,
        service_tel: impl Into<Text<30>>,
        station_type: StationType,
        station_status: StationStatus,
        park_nums: i32,
        station_lng: Fixed<6>,
        station_lat: Fixed<6>,
        construction: Construction,
        equipment_infos: Vec<EquipmentInfo>,
    ) -> Self {
        Self {
            station_id: station_id.into(),
            operator_id: operator_id.into(),
            equipment_owner_id: equipment_owner_id.into(),
            station_name: station_name.into(),
            country_code: country_code.into(),
            area_code: area_code.into(),
            address: address.into(),
            station_tel: None,
            service_tel: service_tel.into(),
            station_type,
            station_status,
            park_nums,
            station_lng,
            station_lat,
            site_guide: None,
            construction,
            pictures: None,
            match_cars: None,
            park_info: None,
            busine_hours: None,
            electricity_fee: None,
            service_fee: None,
            park_fee: None,
            payment: None,
            support_order: None,
            remark: None,
            equipment_infos,
        }
    }
}

check!(StationInfo {
    station_id "StationID", operator_id "OperatorID", equipment_owner_id "EquipmentOwnerID",
    station_name "StationName",
    country_code "CountryCode", area_code "AreaCode", address "Address", station_tel "StationTel",
    service_tel "ServiceTel",
    station_type "StationType", station_status "StationStatus", park_nums "ParkNums",
    station_lng "StationLng", station_lat "StationLat",
    site_guide "SiteGuide", construction "Construction", pictures "Pictures",
    match_cars "MatchCars", park_info "ParkInfo",
    busine_hours "BusineHours", electricity_fee "ElectricityFee", service_fee "ServiceFee",
    park_fee "ParkFee", payment "Payment",
    support_order "SupportOrder", remark "Remark", equipment_infos "EquipmentInfos",
});

/// A charging device (充电设备信息), Table B.2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct EquipmentInfo {
    /// Device id (设备编码), unique with the operator.
    #[serde(rename = "EquipmentID")]
    pub equipment_id: Text<23>,
    /// Id of the manufacturer (设备生产商统一社会信用代码). The table requires it; peers leave it
    /// out, so it may be absent here.
    #[serde(rename = "ManufacturerID")]
    pub manufacturer_id: Option<Exact<9>>,
    /// Name of the manufacturer (设备生产商名称); not in Table B.2.
    pub manufacturer_name: Option<AnyText>,
    /// Model (设备型号).
    pub equipment_model: Option<Text<20>>,
    /// When it was made (设备生产日期).
    pub production_date: Option<Date>,
    /// Kind of device (设备类型).
    pub equipment_type: EquipmentType,
    /// Its connectors (充电设备接口列表).
    pub connector_infos: Vec<ConnectorInfo>,
    /// Longitude (充电设备经度), degrees, GCJ-02.
    pub equipment_lng: Option<Fixed<6>>,
    /// Latitude (充电设备纬度), degrees, GCJ-02.
    pub equipment_lat: Option<Fixed<6>>,
    /// Power in all, kW (充电设备总功率).
    pub power: Fixed<1>,
    /// Name (充电设备名称).
    pub equipment_name: Option<Text<30>>,
    /// Number of the national standard of its connectors (国家标准). DB4403/T 313 requires it,
    /// T/CEC 102 has not got it.
    pub national_standard: Option<Text<20>>,
}

impl EquipmentInfo {
    /// A device with its required fields, in the order of Table B.2, without those that T/CEC 102
    /// does not require.
    pub fn new(
        equipment_id: impl Into<Text<23>>,
        equipment_type: EquipmentType,
        connector_infos: Vec<ConnectorInfo>,
        power: Fixed<1>,
    ) -> Self {
        Self {
            equipment_id: equipment_id.into(),
            manufacturer_id: None,
            manufacturer_name: None,
            equipment_model: None,
            production_date: None,
            equipment_type,
            connector_infos,
            equipment_lng: None,
            equipment_lat: None,
            power,
            equipment_name: None,
            national_standard: None,
        }
    }
}

check!(EquipmentInfo {
    equipment_id "EquipmentID", manufacturer_id "ManufacturerID",
    manufacturer_name "ManufacturerName", equipment_model "EquipmentModel",
    production_date "ProductionDate", equipment_type "EquipmentType",
    connector_infos "ConnectorInfos", equipment_lng "EquipmentLng",
    equipment_lat "EquipmentLat", power "Power", equipment_name "EquipmentName",
    national_standard "NationalStandard",
});

/// A connector of a charging device (充电设备接口信息), Table B.3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct ConnectorInfo {
    /// Connector id (充电设备接口编码), unique with the operator.
    #[serde(rename = "ConnectorID")]
    pub connector_id: Text<26>,
    /// Name (充电设备接口名称).
    pub connector_name: Option<Text<30>>,
    /// Kind of connector (充电设备接口类型).
    pub connector_type: ConnectorType,
    /// Highest rated voltage, V (额定电压上限).
    pub voltage_upper_limits: i32,
    /// Lowest rated voltage, V (额定电压下限); for alternating current the same.
    pub voltage_lower_limits: i32,
    /// Rated current, A (额定电流).
    pub current: i32,
    /// Rated power, kW (额定功率).
    pub power: Fixed<1>,
    /// Number of the parking space (车位号).
    pub park_no: Option<Text<10>>,
    /// Edition of the national standard (国家标准).
    pub national_standard: ConnectorStandard,
}

check!(ConnectorInfo {
    connector_id "ConnectorID", connector_name "ConnectorName", connector_type "ConnectorType",
    voltage_upper_limits "VoltageUpperLimits",
    voltage_lower_limits "VoltageLowerLimits", current "Current", power "Power", park_no "ParkNo",
    national_standard "NationalStandard",
});

/// Request of `query_stations_info`: the stations of an operator (查询充电站信息), Table B.6.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StationsQuery {
    /// Only what changed since then (上次查询时间): station, device or connector. Absent: all.
    pub last_query_time: Option<DateTime>,
    /// Page, from 1 (查询页码).
    pub page_no: Option<i32>,
    /// Stations a page (每页数量).
    pub page_size: Option<i32>,
}

impl StationsQuery {
    /// The page asked for; 1 if not said.
    pub fn page(&self) -> i32 {
        self.page_no.unwrap_or(1)
    }

    /// The size of a page asked for; 10 if not said.
    pub fn size(&self) -> i32 {
        self.page_size.unwrap_or(10)
    }
}

check!(StationsQuery { last_query_time "LastQueryTime", page_no "PageNo",
    page_size "PageSize" }; from_one);

fn from_one(query: &StationsQuery, v: &mut Violations) {
    for (field, number) in [("PageNo", query.page_no), ("PageSize", query.page_size)] {
        if number.is_some_and(|number| number < 1) {
            v.add_at(
                field,
                Rule::Range {
                    expected: "1 or more",
                },
            );
        }
    }
}

/// Reply of `query_stations_info`: one page of stations, Table B.7.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct StationsPage {
    /// The page asked for (当前页数), even if there are fewer.
    pub page_no: i32,
    /// How many pages there are (页码总数).
    pub page_count: i32,
    /// How many stations there are in all (总记录条数).
    pub item_size: i32,
    /// The stations of this page (充电站信息列表).
    pub station_infos: Vec<StationInfo>,
}

impl StationsPage {
    /// One page of several.
    pub fn new(
        page_no: i32,
        page_count: i32,
        item_size: i32,
        station_infos: Vec<StationInfo>,
    ) -> Self {
        Self {
            page_no,
            page_count,
            item_size,
            station_infos,
        }
    }

    /// All stations that there are, on one page; without any there is no page.
    pub fn of(station_infos: Vec<StationInfo>) -> Self {
        let count = i32::try_from(station_infos.len()).unwrap_or(i32::MAX);
        Self::new(1, count.min(1), count, station_infos)
    }
}

check!(StationsPage { page_no "PageNo", page_count "PageCount", item_size "ItemSize",
    station_infos "StationInfos" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_their_sizes_count_from_one() {
        let query = |page_no, page_size| StationsQuery {
            page_no: Some(page_no),
            page_size: Some(page_size),
            ..Default::default()
        };
        for (query, fields) in [
            (query(1, 1), &[][..]),
            (query(0, 10), &["PageNo"]),
            (query(-1, 0), &["PageNo", "PageSize"]),
        ] {
            let found: Vec<String> = crate::model::tests::found(&query)
                .into_iter()
                .map(|violation| violation.path)
                .collect();
            assert_eq!(found, fields);
        }
    }

    #[test]
    fn a_query_that_says_nothing_asks_for_the_first_ten() {
        for (query, page, size) in [
            (StationsQuery::default(), 1, 10),
            (
                StationsQuery {
                    page_no: Some(3),
                    page_size: Some(20),
                    ..Default::default()
                },
                3,
                20,
            ),
        ] {
            assert_eq!((query.page(), query.size()), (page, size));
        }
    }
}
