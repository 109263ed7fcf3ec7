//! Every row of the table over real TLS sockets, in every dialect: client -> HTTPS -> service ->
//! back.
mod roles;
mod text;

use crate::common::*;
use evcs_proto::{code::*, endpoint::*, envelope::*, model::*, *};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

/// A way that keeps what it carried.
#[derive(Clone)]
struct Recording(PeerHttp, Arc<Mutex<Vec<(String, String, String)>>>);

impl Recording {
    fn new(way: PeerHttp) -> Self {
        Self(way, Arc::default())
    }

    /// Interface, request and reply of each call, as they were on the wire.
    fn take(&self) -> Vec<(String, String, String)> {
        std::mem::take(&mut *self.1.lock().expect("not poisoned"))
    }
}

impl Transport for Recording {
    type Code = Ret;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let answer = self.0.exchange(call.clone()).await?;
            let [body, reply] = [&call.body, &answer.body]
                .map(|bytes| String::from_utf8(bytes.to_vec()).expect("UTF-8"));
            let carried = (call.path.to_owned(), body, reply);
            self.1.lock().expect("not poisoned").push(carried);
            Ok(answer)
        })
    }

    fn renew<'a>(
        &'a self,
        grant: u64,
        deadline: std::time::Instant,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        self.0.renew(grant, deadline)
    }
}

/// How one pair of operators speaks, and what of it is seen on the wire.
struct Way {
    about: &'static str,
    dialect: Dialect,
    /// Where the server has its interfaces, and where the client looks for them.
    base: &'static str,
    /// What either side notes.
    kinds: &'static [DeviationKind],
    /// What stands in the plaintext of a request or reply, and what then stands nowhere.
    names: &'static [(&'static str, &'static str)],
    /// Interfaces with another name on the wire.
    interfaces: &'static [(&'static str, &'static str)],
}

fn ways() -> Vec<Way> {
    let way = |about, dialect| Way {
        about,
        dialect,
        base: "/evcs/v1",
        kinds: &[],
        names: &[],
        interfaces: &[],
    };
    vec![
        way("the document", Dialect::default()),
        way("the document to the letter", Dialect::strict()),
        Way {
            kinds: &[],
            names: &[
                ("Stationstate", "StationStatus"),
                ("state", "Status"),
                ("Parkstate", "ParkStatus"),
                ("Lockstate", "LockStatus"),
                ("ConnectorstateInfos", "ConnectorStatusInfos"),
                ("ConnectorstateInfo", "ConnectorStatusInfo"),
                ("State", "Status"),
                ("StationstateInfos", "StationStatusInfos"),
            ],
            interfaces: &[("notification_stationStatus", "notification_stationstate")],
            ..way("as DB4403 prints it", Dialect::default().db4403())
        },
        Way {
            kinds: &[],
            names: &[
                ("ServicePrice", "SevicePrice"),
                ("ServiceMoney", "SeviceMoney"),
                ("TotalServiceMoney", "TotalSeviceMoney"),
                ("DetailServiceMoney", "DetailSeviceMoney"),
            ],
            ..way("Service", Dialect::default().service_spelling())
        },
        Way {
            kinds: &[evcs_proto::deviation::PLAIN_DATA],
            ..way(
                "readable data",
                Dialect::default()
                    .form(|form| form.plain_data = true)
                    .accept(|accept| accept.plain_data = true),
            )
        },
        Way {
            kinds: &[evcs_proto::deviation::LOWER_CASE_SIGNATURE],
            ..way(
                "small letters",
                Dialect::default().form(|form| form.lower_case_signature = true),
            )
        },
        Way {
            kinds: &[evcs_proto::deviation::ZERO_PADDING],
            ..way(
                "zeros",
                Dialect::default()
                    .form(|form| form.zero_padding = true)
                    .accept(|accept| accept.zero_padding = true),
            )
        },
        Way {
            base: "/evcs/v20160701",
            ..way("another base", Dialect::default())
        },
        Way {
            base: "",
            ..way("the root", Dialect::default())
        },
        Way {
            interfaces: &[
                ("query_stations_info", "stations"),
                ("query_token", "login"),
                ("check_charge_orders", "check"),
            ],
            ..way(
                "names of their own",
                Dialect::default()
                    .interface("query_stations_info", "stations")
                    .interface("query_token", "login")
                    .interface("check_charge_orders", "check"),
            )
        },
    ]
}

/// Whether a field of this name stands in `json`.
fn has(json: &str, name: &str) -> bool {
    json.contains(&format!("\"{name}\":"))
}

impl Way {
    /// Starts `router` and makes a way to it; and what that was asked for. The two sides tell
    /// `here` and `there`.
    async fn open(
        &self,
        here: &Told,
        there: &Told,
        router: impl FnOnce(ServerOptions) -> axum::Router,
    ) -> (Recording, Paths) {
        let mut options = ServerOptions::default();
        options
            .dialects
            .insert(OPERATOR.to_owned(), Arc::new(self.dialect.clone()));
        options.observer = Some(there.observer());
        let certificate = Certificate::localhost();
        let (base, paths) = serve_https(router(options), &certificate).await;
        let way = PeerHttp::builder(format!("{base}{}", self.base), credentials())
            .http(certificate.http())
            .dialect(self.dialect.clone())
            .observer(here.observer())
            .build()
            .expect("a client");
        (Recording::new(way), paths)
    }

    /// Looks at what was on the wire; the plaintexts.
    fn look(&self, carried: &[(String, String, String)]) -> Vec<String> {
        let (form, mut plaintexts) = (self.dialect.write.form, Vec::new());
        let any = &Dialect::default().read;
        for (interface, request, reply) in carried {
            for (document, wire) in self.interfaces {
                assert_ne!(interface, document, "{}: known as {wire}", self.about);
            }
            for text in [request, reply] {
                let members: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_str(text).expect("JSON");
                let sig = members["Sig"].as_str().expect("text");
                assert_eq!(sig.len(), 32, "{}: {text}", self.about);
                assert_eq!(
                    members["Data"].is_object(),
                    form.plain_data,
                    "{}: {text}",
                    self.about
                );
                assert_eq!(
                    sig.bytes().any(|digit| digit.is_ascii_lowercase()),
                    form.lower_case_signature,
                    "{}: {text}",
                    self.about
                );
            }
            let mut deviations = Deviations::default();
            let mut open = |verified: Verified<'_>| {
                let exactly = verified.open(&keys(), Accept::default(), any, &mut deviations);
                let opened = verified
                    .open(&keys(), self.dialect.accept, any, &mut deviations)
                    .expect("as agreed");
                match exactly {
                    Ok(text) => assert_eq!(text, opened),
                    Err(error) => assert_eq!(
                        error,
                        if form.plain_data {
                            OpenError::Plain
                        } else {
                            OpenError::Sealed
                        }
                    ),
                }
                plaintexts.push(opened);
            };
            let request =
                read_request(request, any, &mut Deviations::default()).expect("an envelope");
            open(
                request
                    .verify(&keys(), any, &mut Deviations::default())
                    .expect("signed"),
            );
            let reply = read_reply(reply, any, &mut Deviations::default()).expect("an envelope");
            let verified = reply
                .verify(&keys(), Accept::default(), any, &mut Deviations::default())
                .expect("signed");
            open(verified.expect("there is Data"));
        }
        plaintexts
    }

    fn told(&self, here: &Told, there: &Told) {
        let set = |kinds: Vec<DeviationKind>| BTreeSet::from_iter(kinds);
        let expected = set(self.kinds.to_vec());
        assert_eq!(
            (set(here.kinds()), set(there.kinds())),
            (expected.clone(), expected),
            "{}",
            self.about
        );
    }
}

macro_rules! drive {
    ($drive:ident, $client:ident, $each:ident) => {
        /// Calls every interface with its sample.
        struct $drive {
            about: &'static str,
            client: $client,
            calls: Arc<Calls>,
            called: Vec<BoxFuture<'static, ()>>,
        }

        impl $drive {
            async fn run(about: &'static str, client: $client, calls: Arc<Calls>) {
                let mut drive = Self {
                    about,
                    client,
                    calls,
                    called: Vec::new(),
                };
                $each(&mut drive);
                for call in drive.called {
                    call.await;
                }
            }
        }

        impl Visit for $drive {
            fn visit<E: Endpoint>(&mut self) {
                let (about, client, calls) = (self.about, self.client.clone(), self.calls.clone());
                self.called.push(Box::pin(async move {
                    let reply = client.call::<E>(&sample(E::NAME, "request")).await;
                    let reply = reply.unwrap_or_else(|error| panic!("{about}: {error:?}"));
                    assert_eq!(
                        reply,
                        sample::<E::Reply>(E::NAME, "reply"),
                        "{about}: {}",
                        E::NAME
                    );
                    assert_eq!(
                        calls.take(),
                        [(E::NAME.to_owned(), OPERATOR.to_owned())],
                        "{about}"
                    );
                }));
            }
        }
    };
}
drive!(DriveCpo, CpoClient, each_cpo_interface);
drive!(DriveEmsp, EmspClient, each_emsp_interface);

#[tokio::test]
async fn every_interface_crosses_https_in_every_dialect() {
    for way in ways() {
        let mut plaintexts = Vec::new();
        let mut asked = Vec::new();
        let (here, there) = (Told::default(), Told::default());
        {
            let service = ReplayCpo::default();
            let calls = service.0.clone();
            let router = |options| {
                CpoRouter::new(service, operators())
                    .options(options)
                    .base_path(way.base)
                    .into_router()
            };
            let (line, paths) = way.open(&here, &there, router).await;
            let client = CpoClient::over(line.clone(), credentials())
                .dialect(way.dialect.clone())
                .observer(here.observer());
            DriveCpo::run(way.about, client, calls).await;
            plaintexts.extend(way.look(&line.take()));
            asked.extend(paths.take());
        }
        {
            let service = ReplayEmsp::default();
            let calls = service.0.clone();
            let router = |options| {
                EmspRouter::new(service, operators())
                    .options(options)
                    .base_path(way.base)
                    .into_router()
            };
            let (line, paths) = way.open(&here, &there, router).await;
            let client = EmspClient::over(line.clone(), credentials())
                .dialect(way.dialect.clone())
                .observer(here.observer());
            DriveEmsp::run(way.about, client, calls).await;
            plaintexts.extend(way.look(&line.take()));
            asked.extend(paths.take());
        }
        way.told(&here, &there);
        assert_eq!(plaintexts.len(), 2 * 14, "{}", way.about);
        // One token for each of the two, and each interface once under the name that was agreed.
        let name_of = |name: &'static str| {
            way.interfaces
                .iter()
                .find(|(document, _)| *document == name)
                .map_or(name, |(_, wire)| wire)
        };
        let mut expected: Vec<String> = ENDPOINTS
            .iter()
            .map(|info| format!("{}/{}", way.base, name_of(info.name)))
            .collect();
        expected.push(format!("{}/{}", way.base, name_of("query_token")));
        expected.sort();
        asked.sort();
        assert_eq!(asked, expected, "{}", way.about);
        for (written, document) in way.names {
            assert!(
                plaintexts.iter().any(|text| has(text, written)),
                "{}: {written}",
                way.about
            );
            let left: Vec<_> = plaintexts
                .iter()
                .filter(|text| has(text, document))
                .collect();
            assert!(left.is_empty(), "{}: {document} in {left:?}", way.about);
        }
        if way.names.is_empty() {
            for (written, document) in ways().iter().flat_map(|other| other.names) {
                assert!(
                    !plaintexts.iter().any(|text| has(text, written)),
                    "{}: {written}",
                    way.about
                );
                assert!(
                    plaintexts.iter().any(|text| has(text, document)),
                    "{}: {document}",
                    way.about
                );
            }
        }
    }
}
