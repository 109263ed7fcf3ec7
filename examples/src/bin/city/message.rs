//! What is known of a message by its name or number, in whichever protocol.
use sztc_proto::{
    Direction, Info,
    charging::{ChargingInfo, dialect, evcs},
};

/// A message as the terminal shows it.
pub struct Message {
    /// Its number, or 0 outside DB4403/T 313.
    pub code: u16,
    /// What tells it from others of its number, or its name where there are no numbers.
    pub part: &'static str,
    /// From whom to whom.
    pub arrow: &'static str,
    /// What is printed as its name.
    pub name: String,
    /// Chinese name.
    pub title: &'static str,
}

impl Message {
    /// A message of a protocol, by the number or the name that the span of its call has.
    pub fn of(proto: &str, code: u16, name: &str) -> Option<Self> {
        match proto {
            "sztc" => Self::of_number(code),
            "evcs" => Self::of_charging(name).or_else(|| Self::of_envelope(name)),
            "kt" => kt_proto::Info::of(name).map(|info| {
                let arrow = match info.direction {
                    kt_proto::Direction::Up => "lot -> cloud",
                    kt_proto::Direction::Down => "cloud -> lot",
                };
                Self::named(info.name, arrow, info.title)
            }),
            "xingxing" => xingxing_park::Info::of(name).map(|info| {
                let arrow = match info.role {
                    xingxing_park::Role::Charging => "lot -> star",
                    xingxing_park::Role::Parking => "star -> lot",
                };
                Self::named(info.name, arrow, info.title)
            }),
            "pile" => pile_proto::ENDPOINTS.iter().find(|info| info.name == name).map(|info| {
                let arrow = match info.role {
                    pile_proto::Role::Vendor => "platform -> vendor",
                    pile_proto::Role::Aggregator => "vendor -> platform",
                };
                Self::named(info.name, arrow, info.title)
            }),
            _ => None,
        }
    }

    /// One that has no number.
    fn named(name: &'static str, arrow: &'static str, title: &'static str) -> Self {
        Self {
            code: 0,
            part: name,
            arrow,
            name: name.to_owned(),
            title,
        }
    }

    fn of_number(code: u16) -> Option<Self> {
        let info = Info::of(code)?;
        Some(Self {
            code,
            part: "",
            arrow: match info.direction {
                Direction::Up => "lot -> city",
                Direction::Down => "city -> lot",
            },
            name: info.method.to_owned(),
            title: info.title,
        })
    }

    /// One in the envelope of charging. `None` for those that 6.10 has not got: the token, the status while charging.
    fn of_charging(name: &str) -> Option<Self> {
        let (info, direction) = ChargingInfo::of(name)?;
        let (part, _) = info.interfaces.iter().find(|(part, _)| *part == name)?;
        Some(Self {
            code: info.code,
            part,
            arrow: arrow_of_charging(direction),
            name: dialect().write.interface(name).to_owned(),
            title: evcs::Info::of(name).map_or(info.title, |own| own.title),
        })
    }

    /// One of T/CEC 102 without a number.
    fn of_envelope(name: &str) -> Option<Self> {
        let info = evcs::Info::of(name)?;
        let arrow = match info.role {
            evcs::Role::Cpo => arrow_of_charging(Direction::Down),
            evcs::Role::Emsp => arrow_of_charging(Direction::Up),
            evcs::Role::Both => "both ways",
        };
        Some(Self::named(info.name, arrow, info.title))
    }
}

fn arrow_of_charging(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "piles -> city",
        Direction::Down => "city -> piles",
    }
}
