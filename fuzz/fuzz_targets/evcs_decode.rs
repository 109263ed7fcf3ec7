//! What the tolerant decoder makes of a charging message is written strictly and read back exactly,
//! also in the spelling of a peer.
#![no_main]
use evcs_proto::{
    Dialect, Violations, decode, encode,
    endpoint::{ENDPOINTS, Endpoint, Visit},
    model::Model,
};
use libfuzzer_sys::fuzz_target;
use park_core::json::encode_to;
use std::sync::LazyLock;

// One byte for the type; the rest is the text.
fuzz_target!(|input: &[u8]| {
    let [which, rest @ ..] = input else { return };
    if let Ok(text) = std::str::from_utf8(rest) {
        LAWS[usize::from(*which) % LAWS.len()](text);
    }
});

type Law = fn(&str);

/// Those of each interface's request and reply, in the order of [`ENDPOINTS`].
static LAWS: LazyLock<Vec<Law>> = LazyLock::new(|| {
    struct Laws(Vec<Law>);
    impl Visit for Laws {
        fn visit<E: Endpoint>(&mut self) {
            self.0.extend([laws::<E::Request> as Law, laws::<E::Reply>]);
        }
    }
    let mut laws = Laws(Vec::new());
    evcs_proto::endpoint::each_session_interface(&mut laws);
    evcs_proto::endpoint::each_cpo_interface(&mut laws);
    evcs_proto::endpoint::each_emsp_interface(&mut laws);
    assert_eq!(laws.0.len(), 2 * ENDPOINTS.len());
    laws.0
});

fn laws<T: Model>(text: &str) {
    static DIALECTS: LazyLock<[Dialect; 3]> = LazyLock::new(|| {
        let standard = Dialect::default();
        [
            standard.clone(),
            standard.clone().db4403(),
            standard.service_spelling(),
        ]
    });
    let [standard, ..] = &*DIALECTS;
    let strict = Dialect::strict().read;
    let exact = decode::<T>(text, &strict).map(|(value, _)| value).ok();
    let Ok((value, deviations)) = decode::<T>(text, &standard.read) else {
        assert!(exact.is_none(), "tolerant reading accepts more: {text}");
        return;
    };
    assert_eq!(
        deviations.is_empty(),
        exact.is_some(),
        "what strict reading refuses has a name: {:?}",
        deviations.list()
    );
    assert!(exact.is_none_or(|exact| exact == value));
    value.check(&mut Violations::default());

    let written = encode(&value).expect("a model can be written");
    let (again, _): (T, _) =
        decode(&written, &strict).unwrap_or_else(|problem| panic!("{problem}: {written}"));
    assert!(
        again == value,
        "what was written is read back exactly: {written}"
    );
    for dialect in &*DIALECTS {
        let mut written = String::new();
        encode_to(&value, &dialect.write.names, &mut written).expect("a model can be written");
        let (again, _): (T, _) = decode(&written, &standard.read)
            .unwrap_or_else(|problem| panic!("{problem}: {written}"));
        assert!(again == value, "a peer's spelling is read back: {written}");
    }
}
