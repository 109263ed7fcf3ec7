use park_core::codes;

codes! {
    /// What happened (事件类型, eventType), Table A.3.
    ///
    /// 8001 to 8003 stand twice in the table, for an ordinary event and for an alarm, and no field
    /// of Table 27 tells which is meant: see [`candidates`](Self::candidates) and `SPEC-NOTES.md`.
    /// A sender makes it clear through the level and the description of the event.
    pub struct EventType(i32) {
        /// A car with a cloned plate enters or leaves.
        CLONED_PLATE = 1001, "套牌车进出";
        /// Motor of a device.
        DEVICE_MOTOR = 1002, "设备电机故障";
        /// A car was stored, or the emergency stop was pressed.
        CAR_STORED_OR_EMERGENCY_STOP = 8001, "车辆入库；急停触发告警";
        /// A car was retrieved, or somebody intruded.
        CAR_RETRIEVED_OR_INTRUSION = 8002, "车辆出库；人员闯入告警";
        /// Safety check (somebody strayed in), or a car too long.
        SAFETY_CHECK_OR_CAR_TOO_LONG = 8003, "安全检查（人员误入）；车辆超长告警";
        /// Car too wide.
        CAR_TOO_WIDE = 8004, "车辆超宽告警";
        /// Car too high.
        CAR_TOO_HIGH = 8005, "车辆超高告警";
        /// Car too heavy.
        CAR_TOO_HEAVY = 8006, "车辆超重告警";
        /// Fire alarm.
        FIRE = 8007, "消防报警";
        /// Lift overloaded.
        LIFT_OVERLOAD = 8008, "升降过载告警";
        /// Horizontal drive overloaded.
        TRAVERSE_OVERLOAD = 8009, "平移过载告警";
        /// Turntable overloaded.
        ROTATION_OVERLOAD = 8010, "旋转过载告警";
        /// Buffer abnormal.
        BUFFER = 8011, "缓冲器异常告警";
        /// Fall arrester abnormal.
        FALL_ARRESTER = 8012, "防坠器异常告警";
        /// Controller abnormal.
        CONTROLLER = 8013, "控制系统异常告警";
        /// Power supply abnormal.
        POWER_SUPPLY = 8014, "电源系统异常告警";
        /// Mechanical failure.
        MECHANISM = 8015, "机械故障告警";
        /// Motor failure.
        MOTOR = 8016, "电机故障告警";
        /// Frequency converter failure.
        FREQUENCY_CONVERTER = 8017, "变频器故障告警";
        /// Sensor failure.
        SENSOR = 8018, "传感器故障告警";
        /// Safety door failure.
        SAFETY_DOOR = 8019, "安全门故障告警";
        /// Improper operation.
        IMPROPER_OPERATION = 8020, "非正常操作告警";
        /// Carrier does not communicate.
        CARRIER_COMMUNICATION = 8021, "搬运器通讯故障";
        /// Carrier does not move.
        CARRIER_MOVE = 8022, "搬运器移动故障";
        /// Carrier does not store a car.
        CARRIER_STORE = 8023, "搬运器存车故障";
        /// Carrier does not retrieve a car.
        CARRIER_RETRIEVE = 8024, "搬运器取车故障";
        /// Lift does not communicate.
        LIFT_COMMUNICATION = 8025, "升降机通讯故障";
        /// Lift does not rise.
        LIFT_UP = 8026, "升降机上升故障";
        /// Lift does not descend.
        LIFT_DOWN = 8027, "升降机下降故障";
        /// Door of an entrance or exit does not close.
        GATE_DOOR = 8028, "进出口关门故障";
        /// Safety check of an entrance or exit fails.
        GATE_SAFETY_CHECK = 8029, "进出口安全检查故障";
        /// Positioning of a car at an entrance or exit fails.
        GATE_POSITIONING = 8030, "进出口停车定位故障";
        /// Plate recognition of an entrance or exit fails.
        GATE_PLATE_RECOGNITION = 8031, "进出口车牌识别故障";
    }
}

impl EventType {
    /// The rows of Table A.3 with this code: none for an unlisted code, two for 8001, 8002 and
    /// 8003, else one.
    ///
    /// ```
    /// use sztc_proto::code::EventType;
    /// let names: Vec<_> = EventType(8002).candidates().map(|entry| entry.name).collect();
    /// assert_eq!(names, ["车辆出库", "人员闯入告警"]);
    /// ```
    pub fn candidates(self) -> impl Iterator<Item = &'static EventEntry> {
        EVENTS.iter().filter(move |entry| entry.code == self)
    }
}

/// Class of an event (事件类别), Table A.3. It does not travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventCategory {
    /// Ordinary (普通).
    Normal,
    /// Alarm (告警).
    Alarm,
    /// Fault (故障).
    Fault,
}

/// Where an event can happen (适用范围), Table A.3. It does not travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventScope {
    /// Anywhere (公共).
    Public,
    /// In a mechanical garage (机械车库).
    MechanicalGarage,
}

/// One row of Table A.3 (事件上报类型字典).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventEntry {
    /// The code (编码); not unique.
    pub code: EventType,
    /// The Chinese name (说明).
    pub name: &'static str,
    /// The class (事件类别).
    pub category: EventCategory,
    /// The scope (适用范围).
    pub scope: EventScope,
}

const fn public(code: i32, name: &'static str, category: EventCategory) -> EventEntry {
    let scope = EventScope::Public;
    EventEntry {
        code: EventType(code),
        name,
        category,
        scope,
    }
}

const fn garage(code: i32, name: &'static str, category: EventCategory) -> EventEntry {
    let scope = EventScope::MechanicalGarage;
    EventEntry {
        code: EventType(code),
        name,
        category,
        scope,
    }
}

/// Table A.3 row by row (事件上报类型字典).
pub static EVENTS: &[EventEntry] = &[
    public(1001, "套牌车进出", EventCategory::Alarm),
    public(1002, "设备电机故障", EventCategory::Fault),
    garage(8001, "车辆入库", EventCategory::Normal),
    garage(8002, "车辆出库", EventCategory::Normal),
    garage(8003, "安全检查（人员误入）", EventCategory::Normal),
    garage(8001, "急停触发告警", EventCategory::Alarm),
    garage(8002, "人员闯入告警", EventCategory::Alarm),
    garage(8003, "车辆超长告警", EventCategory::Alarm),
    garage(8004, "车辆超宽告警", EventCategory::Alarm),
    garage(8005, "车辆超高告警", EventCategory::Alarm),
    garage(8006, "车辆超重告警", EventCategory::Alarm),
    garage(8007, "消防报警", EventCategory::Alarm),
    garage(8008, "升降过载告警", EventCategory::Alarm),
    garage(8009, "平移过载告警", EventCategory::Alarm),
    garage(8010, "旋转过载告警", EventCategory::Alarm),
    garage(8011, "缓冲器异常告警", EventCategory::Alarm),
    garage(8012, "防坠器异常告警", EventCategory::Alarm),
    garage(8013, "控制系统异常告警", EventCategory::Alarm),
    garage(8014, "电源系统异常告警", EventCategory::Alarm),
    garage(8015, "机械故障告警", EventCategory::Alarm),
    garage(8016, "电机故障告警", EventCategory::Alarm),
    garage(8017, "变频器故障告警", EventCategory::Alarm),
    garage(8018, "传感器故障告警", EventCategory::Alarm),
    garage(8019, "安全门故障告警", EventCategory::Alarm),
    garage(8020, "非正常操作告警", EventCategory::Alarm),
    garage(8021, "搬运器通讯故障", EventCategory::Fault),
    garage(8022, "搬运器移动故障", EventCategory::Fault),
    garage(8023, "搬运器存车故障", EventCategory::Fault),
    garage(8024, "搬运器取车故障", EventCategory::Fault),
    garage(8025, "升降机通讯故障", EventCategory::Fault),
    garage(8026, "升降机上升故障", EventCategory::Fault),
    garage(8027, "升降机下降故障", EventCategory::Fault),
    garage(8028, "进出口关门故障", EventCategory::Fault),
    garage(8029, "进出口安全检查故障", EventCategory::Fault),
    garage(8030, "进出口停车定位故障", EventCategory::Fault),
    garage(8031, "进出口车牌识别故障", EventCategory::Fault),
];

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Check, Rule, Violations};

    #[test]
    fn three_codes_have_two_meanings_and_the_others_one() {
        assert_eq!(EVENTS.len(), 36);
        for (code, title) in EventType::LIST {
            let names: Vec<_> = code.candidates().map(|entry| entry.name).collect();
            assert_eq!(
                names.len(),
                if (8001..=8003).contains(&code.0) {
                    2
                } else {
                    1
                },
                "{code}"
            );
            assert_eq!(names.join("；"), *title);
        }
        let listed = EVENTS
            .iter()
            .filter(|entry| EventType::LIST.iter().any(|(code, _)| *code == entry.code));
        assert_eq!(listed.count(), EVENTS.len());
    }

    #[test]
    fn the_two_meanings_differ_in_category() {
        let categories: Vec<_> = EventType::CAR_STORED_OR_EMERGENCY_STOP
            .candidates()
            .map(|entry| entry.category)
            .collect();
        assert_eq!(categories, [EventCategory::Normal, EventCategory::Alarm]);
        assert!(
            EventType::CLONED_PLATE
                .candidates()
                .all(|entry| entry.scope == EventScope::Public)
        );
    }

    #[test]
    fn an_unlisted_event_is_kept_and_reported() {
        for (code, known) in [
            (8001, true),
            (8031, true),
            (1002, true),
            (8032, false),
            (1003, false),
            (0, false),
        ] {
            let mut v = Violations::default();
            EventType(code).check(&mut v);
            assert_eq!(v.list().is_empty(), known, "{code}");
            assert!(v.list().iter().all(|found| found.rule == Rule::UnknownCode));
            assert_eq!(EventType(code).candidates().next().is_some(), known);
        }
    }
}
