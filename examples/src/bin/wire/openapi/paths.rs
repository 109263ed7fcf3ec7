//! The operation of one interface: its parameters or body in the envelope of its protocol, and its
//! answer.
use super::components::Components;
use examples::{
    envelopes,
    registry::{Interface, Protocol, Role},
};
use serde_json::{Map, Value, json};

/// The image upload, whose request is a multipart form.
const UPLOAD: u16 = 2001;

/// The verb of an interface and its operation.
pub(super) fn operation(
    interface: &Interface,
    role: Role,
    components: &mut Components,
) -> (&'static str, Value) {
    let mut operation = json!({
        "operationId": interface.name,
        "summary": interface.title,
        "description": interface.about.trim(),
        "tags": [role.name()],
        "responses": {"200": {
            "description": "The answer; refusals have this status too.",
            "content": {"application/json": {"schema": answer(interface, components)}},
        }},
    });
    if interface.protocol == Protocol::Pile && role == Role::Vendor {
        operation["parameters"] = parameters(components.inline(interface.request.schema()));
        return ("get", operation);
    }
    operation["requestBody"] = json!({"required": true, "content": content(interface, components)});
    ("post", operation)
}

fn content(interface: &Interface, components: &mut Components) -> Value {
    let schema = interface.request.schema();
    if interface.protocol == Protocol::Sztc && interface.code == Some(UPLOAD) {
        let mut form = components.inline(schema);
        form["properties"]["file"] =
            json!({"type": "string", "format": "binary", "description": "The picture (文件)."});
        if let Some(required) = form["required"].as_array_mut() {
            required.push("file".into());
        }
        return json!({"multipart/form-data": {"schema": form}});
    }
    let item = components.add(schema);
    match interface.protocol {
        _ if interface.is_charging() => {
            json!({"application/json": {"schema": envelopes::evcs_request(item)}})
        }
        Protocol::Sztc | Protocol::Evcs => {
            json!({"application/json": {"schema": envelopes::sztc_request(item)}})
        }
        Protocol::Kt => {
            let body = json!({"schema": envelopes::kt_request(item)});
            json!({"application/json": body, "application/x-www-form-urlencoded": body})
        }
        Protocol::Xingxing => {
            json!({"application/json": {"schema": item},
                "application/x-www-form-urlencoded": {"schema": item}})
        }
        Protocol::Pile => {
            let mut order = components.inline(schema);
            order["properties"]["sign"] =
                json!({"type": "string", "description": "Signature, where one was agreed (签名)."});
            json!({"application/x-www-form-urlencoded": {"schema": order},
                "application/json": {"schema": order}})
        }
    }
}

fn answer(interface: &Interface, components: &mut Components) -> Value {
    let item = components.add(interface.reply.schema());
    match interface.protocol {
        _ if interface.is_charging() => envelopes::evcs_reply(item),
        Protocol::Sztc | Protocol::Evcs => envelopes::sztc_reply(item),
        Protocol::Kt => envelopes::kt_reply(item),
        // Receipts are printed alone, orders in the envelope.
        Protocol::Xingxing if interface.reply.schema()["title"] == "Receipt" => item,
        Protocol::Xingxing => envelopes::xingxing_reply(item),
        Protocol::Pile if interface.reply.many => json!({"type": "array", "items": item}),
        Protocol::Pile => item,
    }
}

/// The fields of a request as parameters of a query.
fn parameters(schema: Value) -> Value {
    let nothing = Map::new();
    let required = |name: &str| {
        schema["required"]
            .as_array()
            .is_some_and(|required| required.iter().any(|other| other == name))
    };
    let parameter = |(name, field): (&String, &Value)| {
        let mut field = field.clone();
        let description = field
            .as_object_mut()
            .and_then(|field| field.remove("description"))
            .unwrap_or_else(|| "".into());
        json!({"name": name, "in": "query", "required": required(name), "description": description,
            "schema": field})
    };
    schema["properties"]
        .as_object()
        .unwrap_or(&nothing)
        .iter()
        .map(parameter)
        .collect()
}
