//! `wire openapi`: an OpenAPI 3.1 document of one role.
mod components;
mod paths;

use crate::io::Output;
use components::Components;
use examples::{
    fault::Fault,
    registry::{self, Interface, Protocol, Role},
};
use serde_json::{Map, Value, json};

/// Writes an OpenAPI 3.1 document of what one role serves, for Apifox, Postman and code generators.
///
/// Messages stand in their envelopes; where data is sealed, `x-plaintext` has the schema of what is
/// inside. Interfaces that only TCP has are left out.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The protocol.
    #[arg(long, value_enum)]
    protocol: Protocol,
    /// Who serves: city, partner (sztc), cpo, emsp (evcs), lot, cloud (kt), charging, parking
    /// (xingxing), vendor, aggregator (pile).
    #[arg(long, value_enum, hide_possible_values = true)]
    role: Role,
}

impl Args {
    pub(crate) fn run(self) -> Result<Output, Fault> {
        if self.role.protocol() != self.protocol {
            let (role, protocol) = (self.role.name(), self.role.protocol().name());
            return Err(Fault::usage(format!(
                "--role: {role} is a role of {protocol}, not of {}",
                self.protocol.name()
            )));
        }
        Ok(Output::Json(format!(
            "{:#}",
            document(self.protocol, self.role)
        )))
    }
}

/// The document of `role`.
fn document(protocol: Protocol, role: Role) -> Value {
    let served = |interface: &&Interface| {
        interface.roles.contains(&role)
            && interface
                .transports
                .iter()
                .any(|transport| transport.starts_with("http"))
    };
    let mut components = Components::default();
    let mut paths = Map::new();
    for interface in registry::of(protocol).filter(served) {
        let (verb, operation) = paths::operation(interface, role, &mut components);
        paths.insert(interface.path.clone(), json!({verb: operation}));
    }
    let security = security(protocol, role);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": title(protocol, role),
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Written by `wire openapi` from the types of the protocol crates.",
        },
        "servers": [{"url": "{base}", "description": "The peer",
            "variables": {"base": {"default": "https://example.com"}}}],
        "tags": [{"name": role.name()}],
        "paths": paths,
        "components": {"schemas": components.into_schemas()},
    });
    if let Some(schemes) = security {
        let needed: Map<String, Value> = schemes
            .keys()
            .map(|name| (name.clone(), json!([])))
            .collect();
        document["components"]["securitySchemes"] = Value::Object(schemes);
        // The document of Star Charge has no authentication; two sides may agree on a token.
        document["security"] = if protocol == Protocol::Xingxing {
            json!([{}, needed])
        } else {
            json!([needed])
        };
    }
    document
}

fn title(protocol: Protocol, role: Role) -> String {
    let document = match protocol {
        Protocol::Sztc => "DB4403/T 313-2023",
        Protocol::Evcs => "T/CEC 102",
        Protocol::Kt => "KT parking lot API",
        Protocol::Xingxing => "Star Charge park-charge notifications",
        Protocol::Pile => "Charging-pile vendor API",
    };
    format!("{document}: {}", role.name())
}

/// How callers say who they are.
fn security(protocol: Protocol, role: Role) -> Option<Map<String, Value>> {
    let schemes = match (protocol, role) {
        (Protocol::Sztc | Protocol::Evcs | Protocol::Xingxing, _) => {
            json!({"token": {"type": "http", "scheme": "bearer"}})
        }
        (Protocol::Kt, _) => json!({
            "user": {"type": "apiKey", "in": "header", "name": "user"},
            "pwd": {"type": "apiKey", "in": "header", "name": "pwd"},
        }),
        (Protocol::Pile, Role::Vendor) => {
            json!({"token": {"type": "apiKey", "in": "query", "name": "token"}})
        }
        _ => return None,
    };
    schemes.as_object().cloned()
}
