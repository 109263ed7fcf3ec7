//! Every row of the table, client -> socket -> service -> back: plain and TLS, the addresses of
//! today and of older systems, JSON and form.
use crate::common::*;
use kt_proto::{endpoint::*, *};
use std::collections::HashMap;

/// The addresses that the document prints for an interface of the lot.
struct Printed {
    modern: String,
    legacy: Option<String>,
}

impl Printed {
    /// Where an older system has it: its folder is printed, its name often that of another
    /// interface.
    fn legacy(&self, name: &str) -> String {
        let folder = self
            .legacy
            .as_deref()
            .and_then(|legacy| legacy.rsplit_once('/'));
        folder.map_or_else(
            || self.modern.clone(),
            |(folder, _)| format!("{folder}/{name}"),
        )
    }

    fn is_misprinted(&self, name: &str) -> bool {
        self.legacy
            .as_ref()
            .is_some_and(|legacy| !legacy.ends_with(&format!("/{name}")))
    }
}

fn document() -> HashMap<String, Printed> {
    let path = format!("{}/fixtures/kt-endpoints.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the tables");
    let tables: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    let down = tables.iter().filter(|table| table["direction"] == "down");
    down.map(|table| {
        let behind_host = |at: usize| {
            Some(
                table["paths"][at]
                    .as_str()?
                    .strip_prefix("http://IP:端口")
                    .expect("an address")
                    .to_owned(),
            )
        };
        let printed = Printed {
            modern: behind_host(0).expect("an address"),
            legacy: behind_host(1),
        };
        (table["name"].as_str().expect("a name").to_owned(), printed)
    })
    .collect()
}

/// A client, the service at the other end, and everything between them.
struct Line<C> {
    client: C,
    calls: Calls,
    wire: Wire,
    told: [Told; 2],
    clock: ManualClock,
    form: bool,
    crossed: usize,
}

impl<C> Line<C> {
    /// The call that has just been made went as it should: once, to `path`, sealed with today's
    /// date, and without a deviation.
    fn crossed<E: Endpoint>(&mut self, path: &str, request: &E::Request) {
        let crossing = self.wire.one();
        let name = E::NAME;
        let kind = if self.form {
            "application/x-www-form-urlencoded"
        } else {
            "application/json;charset=UTF-8"
        };
        assert_eq!(crossing.path, path, "{name}");
        assert_eq!(
            [
                crossing.header("content-type"),
                crossing.header("user"),
                crossing.header("pwd")
            ],
            [kind, USER, PWD]
        );
        assert_eq!(
            crossing.body.starts_with("data="),
            self.form,
            "{}",
            crossing.body
        );
        assert_eq!(
            crossing.plaintext(today(&self.clock)),
            encode(request).expect("a model"),
            "{name}"
        );
        let expected = match E::SHAPE {
            Shape::Nothing => "null".to_owned(),
            Shape::Each => format!("[{}]", encode(&reply::<E>()).expect("a model")),
            _ => encode(&reply::<E>()).expect("a model"),
        };
        let expected = format!(r#"{{"resCode":0,"resMsg":"成功","data":{expected}}}"#);
        assert_eq!(
            (crossing.status, &*crossing.reply_kind, &*crossing.reply),
            (200, "application/json;charset=UTF-8", &*expected)
        );
        assert_eq!(self.calls.take(), [(name, USER.to_owned(), 0)]);
        assert_eq!(
            self.told.iter().map(Told::take).collect::<Vec<_>>(),
            [[], []],
            "{name}"
        );
        self.crossed += 1;
    }
}

macro_rules! line {
    ($line:ident, $client:ident, $router:ident, $service:ident) => {
        /// Starts a service under `base` and a client that speaks `dialect` to it.
        async fn $line(
            dialect: &Dialect,
            base: &str,
            certificate: Option<&Certificate>,
        ) -> Line<$client> {
            let (service, wire, told, clock) = (
                $service::default(),
                Wire::default(),
                [Told::default(), Told::default()],
                clock(NOON),
            );
            let calls = service.0.clone();
            let router = $router::new(service, credentials())
                .options(options(dialect, &clock, &told[0]))
                .base_path(base);
            let address = serve_on(
                wire.watch(router.into_router()),
                certificate.map(Certificate::server),
            )
            .await;
            let client = match certificate {
                None => $client::new(format!("http://{address}{base}"), credentials()),
                Some(own) => PeerHttp::builder(
                    format!("https://localhost:{}{base}", address.port()),
                    credentials(),
                )
                .http(own.http())
                .build()
                .map(|via| $client::over(via, keys())),
            };
            let client = client
                .expect("a client")
                .clock(std::sync::Arc::new(clock.clone()));
            let client = client
                .dialect(dialect.clone())
                .observer(told[1].observer())
                .with(quick);
            Line {
                client,
                calls,
                wire,
                told,
                clock,
                form: dialect.write.form,
                crossed: 0,
            }
        }
    };
}
line!(lot_line, LotClient, LotRouter, ReplayLot);
line!(cloud_line, CloudClient, CloudRouter, ReplayCloud);

macro_rules! drive {
    ([$line:ident, $path:ident] $($(#[$doc:meta])* $name:literal $title:literal $marker:ident:
        $method:ident($request:ty) -> $reply:ty,
        $class:ident $(, $shape:ident)? $(at $at:tt)?;)*) => {$({
        let sample = request::<$marker>();
        let got = $line.client.$method(&sample).await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(got, reply::<$marker>(), "{}", $marker::NAME);
        $line.crossed::<$marker>(&$path($marker::NAME), &sample);
        let again =
            $line.client.call::<$marker>(&sample).await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(again, got, "{}", $marker::NAME);
        $line.crossed::<$marker>(&$path($marker::NAME), &sample);
    })*};
}

#[tokio::test]
async fn every_downward_interface_crosses_at_the_document_s_address() {
    let document = document();
    let certificate = Certificate::localhost();
    for (dialect, tls, base) in [
        (Dialect::default(), None, ""),
        (Dialect::default(), Some(&certificate), ""),
        (Dialect::default().legacy_paths(), None, ""),
        (
            Dialect::default().legacy_paths().form(),
            Some(&certificate),
            "",
        ),
        (Dialect::default().form(), None, "/behind/a/proxy"),
        (Dialect::strict(), None, ""),
        (Dialect::strict().form(), None, ""),
    ] {
        let mut line = lot_line(&dialect, base, tls).await;
        let path = |name: &str| {
            let printed = &document[name];
            let path = if dialect.write.legacy_paths {
                printed.legacy(name)
            } else {
                printed.modern.clone()
            };
            format!("{base}{path}")
        };
        for_each_lot_interface!(drive [line, path]);
        assert_eq!(line.crossed, 2 * 28);
    }
}

#[tokio::test]
async fn every_upward_interface_crosses_at_the_third_party_s_address() {
    let certificate = Certificate::localhost();
    for (dialect, tls, base) in [
        (Dialect::default(), None, ""),
        (Dialect::default(), Some(&certificate), "/kt"),
        (Dialect::default().form(), None, "/kt/v1"),
        (Dialect::default().legacy_paths(), None, "/kt"),
        (Dialect::strict(), Some(&certificate), ""),
    ] {
        let mut line = cloud_line(&dialect, base, tls).await;
        let path = |name: &str| format!("{base}/{name}");
        for_each_cloud_interface!(drive [line, path]);
        assert_eq!(line.crossed, 2 * 15);
    }
}

/// Nine addresses of older systems are printed with the name of another interface. Should a system
/// have them so, a dialect says it, for one interface at a time where several have the same.
#[tokio::test]
async fn an_interface_crosses_at_an_address_of_another_name() {
    let document = document();
    let mut misprinted = 0;
    macro_rules! rows {
        ([] $($(#[$doc:meta])* $name:literal $title:literal $marker:ident:
            $method:ident($request:ty) -> $reply:ty,
            $class:ident $(, $shape:ident)? $(at $at:tt)?;)*) => {$(
            let printed = &document[$marker::NAME];
            if printed.is_misprinted($marker::NAME) {
                misprinted += 1;
                let address = printed.legacy.clone().expect("misprinted");
                let path = |_: &str| address.clone();
                let mut line = lot_line(&Dialect::default().legacy_paths().path($marker::NAME,
                    &*address), "", None).await;
                drive!([line, path] $name $title $marker: $method($request) -> $reply,
                    $class $(, $shape)?;);
                // What really has that name is not lost: it is still at its address of today.
                let modern = line.client.clone().dialect(Dialect::default());
                assert_eq!(modern.call::<AddCarCardNo>(&request::<AddCarCardNo>()).await.expect("answered"), reply::<AddCarCardNo>());
            }
        )*};
    }
    for_each_lot_interface!(rows []);
    assert_eq!(misprinted, 8);
}
