//! `wire catalogue`: every interface with the schemas of its messages.
use crate::io::Output;
use examples::{
    fault::Fault,
    registry::{self, Interface, Protocol},
};
use serde_json::Value;

/// Lists every interface with JSON Schemas of its messages, as a JSON array.
///
/// Each has protocol, code (the number in DB4403/T 313, 1101 to 1106 for charging; else null), name
/// (the wire name, or the method name where the wire has a number), title, direction (`up`: served
/// by city, emsp, cloud, charging, aggregator; `down`: by partner, cpo, lot, parking, vendor;
/// `both`), transports, path (behind the base address), request and reply: JSON Schemas of one data
/// item, without the envelope around it. What DB4403/T 313 takes from T/CEC 102 is listed in both
/// protocols.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only this protocol.
    #[arg(long, value_enum)]
    protocol: Option<Protocol>,
}

impl Args {
    pub(crate) fn run(self) -> Result<Output, Fault> {
        let wanted = |interface: &&Interface| {
            self.protocol
                .is_none_or(|protocol| protocol == interface.protocol)
        };
        let rows: Vec<Value> = registry::all().iter().filter(wanted).map(row).collect();
        Ok(Output::Json(format!("{:#}", Value::Array(rows))))
    }
}

fn row(interface: &Interface) -> Value {
    let mut told = interface.json();
    told["transports"] = interface.transports.into();
    told["path"] = interface.path.as_str().into();
    told["request"] = interface.request.schema().clone();
    told["reply"] = interface.reply.schema().clone();
    told
}
