//! The sandbox as somebody uses it to develop against: whatever interface is called, a role of
//! `city --serve` offers it. It may refuse what is asked, since the documents' samples name cars
//! that are not there, but never because it does not have the interface.
#[allow(dead_code, reason = "the tests of the page use all of it")]
#[path = "page/city.rs"]
mod city;

use city::City;
use examples::{
    call::{Peer, call},
    registry::{self, Interface, Protocol, Role},
};
use serde_json::{Map, Value, json};
use std::{fs, path::PathBuf};
use sztc_proto::{ClientTls, HttpOptions};

#[tokio::test]
async fn every_interface_of_every_role_is_offered() {
    let city = City::start("offered");
    let places = Places::of(&city);
    let mut wrong = Vec::new();
    // Login, logout and heartbeat of the framed connection are no interfaces of a role: the
    // listener answers them itself.
    for interface in registry::all()
        .iter()
        .filter(|interface| interface.transports != ["tcp"])
    {
        for role in interface.roles {
            let called = call(
                interface,
                &places.of_role(interface, *role),
                &sample(interface),
            )
            .await;
            if let Err(fault) = called.map_err(|fault| fault.to_string())
                && !is_decided(&fault)
            {
                wrong.push(format!("{} of {}: {fault}", interface.name, role.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a role that has the interface refused what was asked.
fn is_decided(fault: &str) -> bool {
    ["refused by the peer: ", "was refused: "]
        .iter()
        .any(|refused| fault.contains(refused))
        && !fault.contains("not offered")
}

/// What the page says of where roles are found.
struct Places {
    all: Vec<Value>,
    http: HttpOptions,
}

impl Places {
    fn of(city: &City) -> Self {
        let authority = city.ask("GET /authority.pem").1;
        let mut http = HttpOptions::default();
        http.tls = ClientTls::default()
            .only_root_pem(authority.as_bytes())
            .expect("an authority");
        http.dangerous_plain_http();
        let all = city.json("/api/about")["places"]
            .as_array()
            .expect("places")
            .clone();
        Self { all, http }
    }

    fn of_role(&self, interface: &Interface, role: Role) -> Peer {
        let db4403 = interface.protocol == Protocol::Sztc;
        let name = match role {
            Role::City if interface.is_charging() => "city, charging",
            Role::Partner if interface.is_charging() => "charging platform",
            Role::City => "city platform",
            Role::Partner => "parking system",
            Role::Cpo => "charge point operator",
            Role::Emsp => "Star Charge, customers",
            Role::Lot => "KT lot",
            Role::Cloud => "third party of the KT lot",
            Role::Charging => "Star Charge",
            Role::Parking => "lot's operator",
            Role::Vendor => "vendor of piles",
            Role::Aggregator => "aggregator, callbacks",
        };
        let place = self
            .all
            .iter()
            .find(|place| place["role"] == name)
            .expect(name);
        let [address, how] = ["address", "how"].map(|part| place[part].as_str().expect("a text"));
        let how = &format!(" {how}");
        let said = |what: &str| {
            // Some are parts of others: the password is no DES key.
            let (_, behind) = format!(" {how}")
                .split_once(&format!(" {what} "))
                .map(|(a, b)| (a.to_owned(), b.to_owned()))?;
            behind.split([',', ';']).next().map(str::to_owned)
        };
        Peer {
            url: address.to_owned(),
            user: said("user"),
            operator: said("operator"),
            password: said("password").or_else(|| said("pwd")),
            // The one with which the city calls back is not for calling it.
            token: said("token").filter(|_| role != Role::City),
            key: said("key"),
            iv: said("IV"),
            operator_secret: said("operator secret"),
            data_secret: said("data secret"),
            sig_secret: said("signature secret"),
            sign_secret: said("signed with"),
            file: Some(image()),
            http: self.http.clone(),
            db4403,
        }
    }
}

/// A conforming request.
fn sample(interface: &Interface) -> String {
    let name = interface.name;
    let path = match interface.protocol {
        Protocol::Sztc if name == "upload_image" => {
            return json!({"fileName": "a.jpg", "imageBizType": 1,
                "destPath": "/20230301/44030400100101000010/1/", "timestamp": 1, "pickTime": 1})
            .to_string();
        }
        Protocol::Sztc if interface.is_charging() => {
            format!("sztc-proto/fixtures/charging{}", interface.path)
        }
        Protocol::Sztc => format!("sztc-proto/fixtures/samples{}", interface.path),
        Protocol::Evcs => format!("evcs-proto/fixtures/samples/{name}"),
        Protocol::Kt => format!("kt-proto/fixtures/samples/{name}"),
        Protocol::Xingxing => {
            let order = "201807111622529304";
            return match name {
                "notification_parking_charge_result" => {
                    fixture("xingxing-park/fixtures/document/3.1-park-charge-result.json")
                }
                "query_parking_discount_result" => {
                    json!({"OrderID": order, "DiscountMoney": 1.5}).to_string()
                }
                _ => json!({"OperatorID": "lot-operator-7", "OrderID": order}).to_string(),
            };
        }
        Protocol::Pile if name == "orderCallback" => {
            "pile-proto/fixtures/samples/callback".to_owned()
        }
        Protocol::Pile => {
            return of_query(&fixture(&format!(
                "pile-proto/fixtures/samples/{name}.request.txt"
            )));
        }
    };
    fixture(&format!("{path}.request.json"))
}

/// The parameters of an address, as JSON; the token is the peer's.
fn of_query(query: &str) -> String {
    let parameters = query
        .trim()
        .split('&')
        .filter_map(|part| part.split_once('='));
    let fields = parameters
        .filter(|(name, _)| *name != "token")
        .map(|(name, value)| {
            let value = value.replace("%20", " ").replace("%3A", ":");
            (name.to_owned(), Value::from(value))
        });
    Value::Object(Map::from_iter(fields)).to_string()
}

/// An image to upload.
fn image() -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("offered.jpg");
    fs::write(&file, [0xff, 0xd8, 0xff, 0xd9]).expect("written");
    file
}

/// A file of another crate of the workspace.
fn fixture(path: &str) -> String {
    let path = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).expect(&path)
}
