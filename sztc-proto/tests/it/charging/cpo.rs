//! A charging platform without a socket: a way that opens requests, asks a function, and seals what
//! it says.
use super::sites::{CITY, keys, of_request};
use std::time::Instant;
use sztc_proto::{
    BoxFuture,
    charging::{
        ChargingClient, dialect,
        evcs::{
            Answer, Call, CpoClient, Credentials, Error, Transport,
            code::Ret,
            decode, encode,
            endpoint::Endpoint,
            envelope::{Form, seal_reply},
        },
    },
};

type Say = dyn Fn(&str, &str) -> Option<String> + Send + Sync;

struct Fake(Box<Say>);

impl Transport for Fake {
    type Code = Ret;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        assert!(call.deadline > Instant::now());
        let said = (self.0)(
            call.endpoint,
            &of_request(std::str::from_utf8(&call.body).expect("UTF-8")),
        );
        let ret = if said.is_some() {
            Ret::OK
        } else {
            Ret::SYSTEM_ERROR
        };
        let text = seal_reply(Some(&keys()), ret, "", said.as_deref(), Form::default());
        Box::pin(async move { Ok(Answer::new(text)) })
    }
}

/// A client of a platform that answers `E` with what `serve` says, and fails where it says nothing.
pub(super) fn client<E: Endpoint>(
    serve: impl Fn(E::Request) -> Option<E::Reply> + Send + Sync + 'static,
) -> ChargingClient {
    let say = move |interface: &str, plaintext: &str| {
        assert_eq!(interface, E::NAME);
        let (request, _) = decode::<E::Request>(plaintext, &dialect().read).expect("a request");
        serve(request).map(|reply| encode(&reply).expect("a reply"))
    };
    CpoClient::over(Fake(Box::new(say)), Credentials::new(CITY, keys()))
        .dialect(dialect())
        .into()
}
