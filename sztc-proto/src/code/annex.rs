use park_core::{codes, text_codes};

codes! {
    /// Outcome of a whole message (系统编码, resultCode), Table A.1.
    pub struct ResultCode(i32) {
        /// The message was understood; how each item fared stands in the item.
        SUCCESS = 0, "成功";
        /// The message was refused as a whole.
        FAILURE = 1, "失败";
    }

    /// Why one item was refused (业务错误编码, code), Table A.2.
    ///
    /// Values below 5000 are reserved by the document; a platform adds its own from 5000 on, see
    /// [`is_extension`](Self::is_extension). "Busy" and "failed" are not listed: say them with such
    /// a code of your own, `Refusal::new(BusinessCode(5005), "try again later")`, and tell your
    /// peers what it means, for they take it for a refusal and do not repeat the call.
    #[doc(alias("BUSY", "FAILED", "ERROR"))]
    pub struct BusinessCode(i32) {
        /// A code or name is malformed.
        MALFORMED_CODE = 1000, "编码/命名错误";
        /// The lot code is malformed.
        MALFORMED_PARK_CODE = 1001, "停车场编号编码错误";
        /// The space code is malformed.
        MALFORMED_SPACE_NO = 1002, "停车位编号编码错误";
        /// The code of the administrative district is malformed.
        MALFORMED_DISTRICT = 1003, "行政区编码错误";
        /// Too long.
        TOO_LONG = 1004, "超出规定长度";
        /// Wrong type of a field.
        WRONG_TYPE = 1005, "字段类型错误";
        /// A credit report is incomplete.
        INCOMPLETE_CREDIT_REPORT = 1006, "公共信用信息内容不全";
        /// Out of range.
        OUT_OF_RANGE = 1007, "超出规定值范围";
        /// No such object.
        NO_OBJECT = 1100, "对象不存在";
        /// No such lot.
        NO_LOT = 1101, "停车场不存在";
        /// No such space.
        NO_SPACE = 1102, "车位不存在";
        /// No such car.
        NO_CAR = 1103, "车辆不存在";
        /// No such reservation.
        NO_RESERVATION = 1104, "预约订单不存在";
        /// No such garage.
        NO_GARAGE = 1105, "车库不存在";
        /// No such monthly lease.
        NO_LEASE = 1106, "月租租约不存在";
        /// No such page.
        NO_PAGE = 1107, "指定页码不存在";
        /// The object exists already.
        OBJECT_EXISTS = 1200, "对象已存在";
        /// The reservation number exists already.
        RESERVATION_EXISTS = 1201, "预约编号已存在";
        /// The object is no longer valid.
        OBJECT_LAPSED = 1300, "对象已失效";
        /// The reservation has expired.
        RESERVATION_EXPIRED = 1301, "预约已过期";
        /// The object is deleted.
        OBJECT_DELETED = 1400, "对象已删除";
        /// The reservation is cancelled.
        RESERVATION_CANCELLED = 1401, "预约已取消";
        /// No free object.
        NONE_FREE = 1500, "没有空余对象";
        /// No space that can be reserved.
        NONE_TO_RESERVE = 1501, "没有可预约车位";
        /// Wrong user name or password.
        WRONG_PASSWORD = 3001, "用户名或密码错误";
        /// Wrong access token.
        WRONG_TOKEN = 3002, "访问令牌错误";
        /// The car is not in the lot.
        CAR_NOT_INSIDE = 4001, "车辆不在场内";
        /// No such mechanical garage.
        NO_MECHANICAL_GARAGE = 5001, "机械车库不存在";
        /// No such entrance, exit or lane of a mechanical garage.
        NO_GARAGE_GATE = 5002, "机械车库出入口（或通道）不存在";
        /// No such space of a mechanical garage.
        NO_GARAGE_SPACE = 5003, "机械车库的车位不存在";
        /// The time of the reservation is wrong.
        WRONG_RESERVATION_TIME = 5004, "预约时间有误";
    }

    /// How serious an event is (事件级别), Table 27.
    pub struct EventLevel(i32) {
        /// Normal.
        NORMAL = 0, "正常";
        /// Warning: may do without a person.
        WARNING = 1, "警告";
        /// Fault: somebody should look after it.
        FAULT = 2, "故障";
        /// Severe fault: out of use.
        SEVERE_FAULT = 3, "严重故障";
    }
}

impl BusinessCode {
    /// Whether a platform added the code itself: from 5000 on (扩展编码从5000开始) and not one of
    /// 5001 to 5004, which the document lists.
    pub fn is_extension(self) -> bool {
        self.0 >= 5000 && self.name().is_none()
    }
}

text_codes! {
    /// Kind of a device (设备类型, equipmentType), Tables 9 and A.4; 6000 and above are those of
    /// mechanical garages, see [`GARAGE_DEVICES`].
    pub struct DeviceType(4) {
        /// Device of an entrance or exit.
        GATE = "1000", "出入口设备";
        /// Charging pile.
        CHARGING_PILE = "2000", "充电桩设备";
        /// Device of a parking space.
        SPACE = "3000", "车位设备";
        /// Gateway.
        GATEWAY = "4000", "网关设备";
        /// Guidance.
        GUIDANCE = "5000", "诱导设备";
        /// A garage's device in general.
        GARAGE = "6000", "机械车库设备";
        /// Emergency stop.
        EMERGENCY_STOP = "6001", "急停装置";
        /// Buffer.
        BUFFER = "6002", "缓冲装置";
        /// Fall arrester.
        FALL_ARRESTER = "6003", "防坠装置";
        /// Limit stop.
        LIMIT_STOP = "6004", "限位装置";
        /// Ventilation.
        VENTILATION = "6005", "通风装置";
        /// Fire protection.
        FIRE_PROTECTION = "6006", "消防装置";
        /// Lightning protection.
        LIGHTNING_PROTECTION = "6007", "避雷装置";
        /// Drainage.
        DRAINAGE = "6008", "排水装置";
        /// Lift.
        LIFT = "6009", "升降装置";
        /// Horizontal drive.
        TRAVERSE = "6010", "平移装置";
        /// Turntable drive.
        ROTATION = "6011", "旋转装置";
        /// Theft protection.
        THEFT_PROTECTION = "6012", "防盗装置";
        /// Power supply.
        POWER_SUPPLY = "6013", "电源装置";
        /// Controller.
        CONTROLLER = "6014", "控制装置";
        /// Safety device.
        SAFETY = "6015", "安全装置";
        /// Detector of cars beyond the limits.
        OVERSIZE = "6016", "超限装置";
        /// Communication.
        COMMUNICATION = "6017", "通信装置";
        /// Carrier.
        CARRIER = "6018", "搬运装置";
    }
}

/// A kind of device that a mechanical garage has (机械车库设备类型): one row of Table A.4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GarageDevice {
    /// Its code (编码).
    pub code: DeviceType,
    /// Its Chinese name (装置).
    pub name: &'static str,
    /// What counts as such a device, in Chinese (说明).
    pub description: &'static str,
}

const fn device(code: DeviceType, name: &'static str, description: &'static str) -> GarageDevice {
    GarageDevice {
        code,
        name,
        description,
    }
}

/// Table A.4: the devices of a mechanical garage (机械车库设备类型).
pub static GARAGE_DEVICES: &[GarageDevice] = &[
    device(DeviceType::GARAGE, "机械车库设备", "一般车库设备"),
    device(DeviceType::EMERGENCY_STOP, "急停装置", "机械车库的急停装置"),
    device(DeviceType::BUFFER, "缓冲装置", "机械车库的缓冲装置"),
    device(
        DeviceType::FALL_ARRESTER,
        "防坠装置",
        "机械车库的防坠装置，如防脱落钩",
    ),
    device(
        DeviceType::LIMIT_STOP,
        "限位装置",
        "机械车库的限位装置，如限位器",
    ),
    device(DeviceType::VENTILATION, "通风装置", "机械车库的通风装置"),
    device(
        DeviceType::FIRE_PROTECTION,
        "消防装置",
        "机械车库的消防装置，如消防传感器等",
    ),
    device(
        DeviceType::LIGHTNING_PROTECTION,
        "避雷装置",
        "机械车库的避雷装置",
    ),
    device(DeviceType::DRAINAGE, "排水装置", "机械车库的排水装置"),
    device(
        DeviceType::LIFT,
        "升降装置",
        "机械车库的升降装置，如升降电机等",
    ),
    device(
        DeviceType::TRAVERSE,
        "平移装置",
        "机械车库的平移装置，如平移电机等",
    ),
    device(
        DeviceType::ROTATION,
        "旋转装置",
        "机械车库的旋转装置，如旋转电机等",
    ),
    device(
        DeviceType::THEFT_PROTECTION,
        "防盗装置",
        "机械车库的防盗装置",
    ),
    device(
        DeviceType::POWER_SUPPLY,
        "电源装置",
        "机械车库的电源装置，如电箱电源",
    ),
    device(
        DeviceType::CONTROLLER,
        "控制装置",
        "机械车库的电控制装置，如电箱电源、PLC等",
    ),
    device(
        DeviceType::SAFETY,
        "安全装置",
        "机械车库的安全装置，如防人员闯入传感器等",
    ),
    device(
        DeviceType::OVERSIZE,
        "超限装置",
        "机械车库的超限装置，如超长、超宽、越高、超重等",
    ),
    device(DeviceType::COMMUNICATION, "通信装置", "机械车库的通信装置"),
    device(DeviceType::CARRIER, "搬运装置", "机械车库的搬运装置，如AGV"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Check, Rule, Violations, json};

    #[test]
    fn a_platform_s_own_codes_start_at_5000_and_survive() {
        for (code, extension) in [
            (4999, false),
            (5000, true),
            (5001, false),
            (5004, false),
            (5005, true),
            (9001, true),
            (1004, false),
        ] {
            assert_eq!(BusinessCode(code).is_extension(), extension, "{code}");
        }
        let (code, _) =
            json::decode::<BusinessCode>("7301", &Default::default()).expect("a number");
        assert_eq!(json::encode(&code).expect("a number"), "7301");
        assert_eq!(BusinessCode::LIST.len(), 31);
    }

    #[test]
    fn a_garage_device_is_named_alike_in_both_lists() {
        let of_garages: Vec<_> = DeviceType::LIST
            .iter()
            .filter(|(code, _)| code.starts_with('6'))
            .copied()
            .collect();
        let table: Vec<_> = GARAGE_DEVICES
            .iter()
            .map(|device| (device.code.as_str(), device.name))
            .collect();
        assert_eq!(of_garages, table);
        assert_eq!((table.len(), table[18].0), (19, "6018"));
    }

    #[test]
    fn an_unlisted_device_type_is_kept_and_reported() {
        for (code, rule) in [
            ("6018", None),
            ("1000", None),
            ("6019", Some(Rule::UnknownCode)),
            ("6XXX", Some(Rule::UnknownCode)),
            ("1001", Some(Rule::UnknownCode)),
            ("60180", Some(Rule::TooLong { max: 4, found: 5 })),
            ("", Some(Rule::Missing)),
        ] {
            let device = DeviceType::from(code);
            assert_eq!(device.as_str(), code);
            let mut v = Violations::default();
            device.check(&mut v);
            assert_eq!(
                v.list().first().map(|found| found.rule.clone()),
                rule,
                "{code}"
            );
        }
    }
}
