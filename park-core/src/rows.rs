//! The one grammar of rows, and all that is made of them.
//!
//! A crate lists the interfaces of each role in a macro that hands its rows to another, with what
//! stands in brackets before them:
//!
//! ```text
//! macro_rules! for_each_city_interface {
//!     ($($apply:ident)::+ [$($with:tt)*]) => {
//!         $($apply)::+! { [$($with)*]
//!             /// What it does, and where it is described.
//!             5004 "车辆驶入信息上报" ReportEntry: report_entry(ParkingRecord) -> EntryReply,
//!             idempotent("id");
//!         }
//!     };
//! }
//! ```
//!
//! Name (or number), Chinese title, marker, method, request and reply; behind them the retry class
//! (`safe`, `idempotent`, `never`) with the record's key (`"id"`, or `"parkCode" in "parkInfo"`),
//! the reply's shape if it is not one entry for each (`many`, `nothing`), `over tcp` or `over both`
//! where it is not HTTPS alone, `at("/newer", "/older")` for an address of its own, and in braces
//! whatever other constants of [`Endpoint`](crate::Endpoint) differ from the default.

/// Makes of the rows of a role the markers, the visitor `$visit` and the list `$infos`.
#[doc(hidden)]
#[macro_export]
macro_rules! endpoints {
    ([$(#[$visit_doc:meta])* $visit:ident, $infos:ident, $role:expr] $(
        $(#[doc = $doc:literal])*
        $name:literal $title:literal $marker:ident: $method:ident($request:ty) -> $reply:ty,
        $class:ident $(($($key:tt)*))? $(,
            $shape:ident)? $(over $transports:ident)? $(at($($path:literal),+))? $({ $($own:tt)* })?;
    )*) => {
        $(
            $(#[doc = $doc])*
            #[doc = concat!("(", $title, ", ", $name, ")")]
            #[doc(alias = $title)]
            #[derive(Debug, Clone, Copy)]
            pub struct $marker;

            impl $crate::Endpoint for $marker {
                const NAME: &'static str = concat!($name);
                const METHOD: &'static str = stringify!($method);
                const TITLE: &'static str = $title;
                const LABEL: &'static str = $crate::label_of(concat!($name),
                    concat!($name, " ", stringify!($method)));
                const ABOUT: &'static str = concat!($($doc),*).trim_ascii();
                const RETRY: $crate::Retry = $crate::row_class!($class);
                $(const KEY: Option<$crate::Key> = $crate::row_key!($($key)*);)?
                $(const SHAPE: $crate::Shape = $crate::row_shape!($shape);)?
                $(const TRANSPORTS: $crate::Transports = $crate::row_transports!($transports);)?
                $(const PATHS: &'static [&'static str] = &[$($path),+];)?
                const TYPES: (&'static str, &'static str) = (stringify!($request),
                    stringify!($reply));
                type Request = $request;
                type Reply = $reply;
                #[cfg(feature = "schema")]
                fn schemas() -> Option<[$crate::serde_json::Value; 2]> {
                    Some([$crate::root_schema::<$request>(), $crate::root_schema::<$reply>()])
                }
                $($($own)*)?
            }
        )*

        $(#[$visit_doc])*
        pub fn $visit(visit: &mut impl $crate::Visit) {
            $(visit.visit::<$marker>();)*
        }

        const $infos: &[Info] = &[$(Info::row::<$marker>($role)),*];
    };
}

/// The retry class that a row names.
#[doc(hidden)]
#[macro_export]
macro_rules! row_class {
    (safe) => {
        $crate::Retry::Safe
    };
    (idempotent) => {
        $crate::Retry::IdempotentByKey
    };
    (never) => {
        $crate::Retry::Never
    };
}

/// The key that a row names.
#[doc(hidden)]
#[macro_export]
macro_rules! row_key {
    ($field:literal) => {
        Some(($field, &[$field]))
    };
    ($field:literal in $within:literal) => {
        Some(($field, &[$within, $field]))
    };
}

/// The shape that a row names.
#[doc(hidden)]
#[macro_export]
macro_rules! row_shape {
    (many) => {
        $crate::Shape::Many
    };
    (nothing) => {
        $crate::Shape::Nothing
    };
}

/// The transports that a row names.
#[doc(hidden)]
#[macro_export]
macro_rules! row_transports {
    (tcp) => {
        $crate::Transports::Tcp
    };
    (both) => {
        $crate::Transports::Both
    };
}

/// The table of a crate: the lists of its roles in one, and the other names of interfaces.
#[doc(hidden)]
#[macro_export]
macro_rules! table {
    ([$first:ident $($other:ident)*] $aliases:expr, $(#[$doc:meta])*) => {
        $(#[$doc])*
        pub const ENDPOINTS: &[Info] = $crate::joined!($first $($other)*);

        impl $crate::Table for Role {
            const ENDPOINTS: &'static [Info] = ENDPOINTS;
            const ALIASES: &'static [(&'static str, &'static str)] = $aliases;
        }
    };
}

/// The lists of several roles in one.
#[doc(hidden)]
#[macro_export]
macro_rules! joined {
    ($first:ident $($other:ident)*) => {
        &{
            const LISTS: &[&[Info]] = &[$first, $($other),*];
            let mut all = [$first[0]; $first.len() $(+ $other.len())*];
            let (mut list, mut at, mut next) = (0, 0, 0);
            while list < LISTS.len() {
                while at < LISTS[list].len() {
                    all[next] = LISTS[list][at];
                    at += 1;
                    next += 1;
                }
                list += 1;
                at = 0;
            }
            all
        }
    };
}

/// What a service's method takes and gives: one request (`one`), or a list of entries (`entry`).
#[doc(hidden)]
#[macro_export]
macro_rules! taken {
    (one $request:ty) => { $request };
    (entry $request:ty) => { Vec<$request> };
}

/// See [`taken`].
#[doc(hidden)]
#[macro_export]
macro_rules! given_back {
    (one $reply:ty) => { Result<$reply, Refusal> };
    (entry $reply:ty) => { Result<Vec<Result<$reply, Refusal>>, Refusal> };
}

/// The methods of a client, over its generic `call` (`one`: a request by reference; `entry`: one
/// entry by value).
#[doc(hidden)]
#[macro_export]
macro_rules! client_methods {
    ([$mode:ident $client:ident] $(
        $(#[doc = $doc:literal])*
        $name:literal $title:literal $marker:ident: $method:ident($request:ty) -> $reply:ty,
        $class:ident $(($($key:tt)*))? $(,
            $shape:ident)? $(over $transports:ident)? $(at($($path:literal),+))? $({ $($own:tt)* })?;
    )*) => {
        impl $client {$(
            $(#[doc = $doc])*
            #[doc = concat!("(", $title, ", ", $name, ")")]
            #[doc(alias = $title)]
            ///
            /// # Errors
            /// See [`Error`](crate::Error): a rule of the document broken, the network, the
            /// deadline, the peer's refusal.
            pub async fn $method(&self, request: $crate::sent_by!($mode $request)) -> Result<$reply,
            Error> {
                self.core.$mode::<$crate::marker!($marker)>(request).await
            }
        )*}
    };
}

/// What a client's method takes.
#[doc(hidden)]
#[macro_export]
macro_rules! sent_by {
    (one $request:ty) => {
        &$request
    };
    (entry $request:ty) => {
        $request
    };
}

/// The marker of a row, where `endpoint` is the crate's module.
#[doc(hidden)]
#[allow(clippy::crate_in_macro_def)]
#[macro_export]
macro_rules! marker {
    ($marker:ident) => {
        crate::endpoint::$marker
    };
}

/// The trait of a role, and that an `Arc` of a service is one. What the table does not have stands
/// in braces: once as the trait has it, once as the `Arc` hands it on. `other` is the method for
/// interfaces outside the table, with what its parameter `payload` is.
#[doc(hidden)]
#[macro_export]
macro_rules! service {
    ([$mode:ident $(#[$service_doc:meta])* $service:ident $({ $($extra:tt)* } { $($forward:tt)* })? $(other $payload:literal)?] $(
        $(#[doc = $doc:literal])*
        $name:literal $title:literal $marker:ident: $method:ident($request:ty) -> $reply:ty,
        $class:ident $(($($key:tt)*))? $(,
            $shape:ident)? $(over $transports:ident)? $(at($($path:literal),+))? $({ $($own:tt)* })?;
    )*) => {
        $(#[$service_doc])*
        pub trait $service: Send + Sync + 'static {
            $(
                $(#[doc = $doc])*
                #[doc = concat!("(", $title, ", ", $name, ")")]
                #[doc(alias = $title)]
                ///
                /// What breaks the document's rules is answered before it comes here. An error
                /// refuses the call.
                fn $method(&self, cx: &Ctx,
                    request: $crate::taken!($mode $request))
                        -> impl Future<Output = $crate::given_back!($mode $reply)> + Send {
                    let _ = (cx, request);
                    async { Err(not_offered(<$crate::marker!($marker) as $crate::Endpoint>::LABEL)) }
                }
            )*
            $($($extra)*)?
            $(
                /// An interface outside the table, by the name it was called by.
                #[doc = concat!("`payload` is ", $payload)]
                fn other(&self, cx: &Ctx, interface: &str,
                    payload: &str) -> impl Future<Output = Result<String, Refusal>> + Send {
                    let _ = (cx, payload);
                    let refusal = not_offered(interface);
                    async move { Err(refusal) }
                }
            )?
        }

        impl<S: $service> $service for ::std::sync::Arc<S> {
            $(
                fn $method(&self, cx: &Ctx,
                    request: $crate::taken!($mode $request))
                        -> impl Future<Output = $crate::given_back!($mode $reply)> + Send {
                    (**self).$method(cx, request)
                }
            )*
            $($($forward)*)?
            $(
                #[doc = $payload]
                fn other(&self, cx: &Ctx, interface: &str,
                    payload: &str) -> impl Future<Output = Result<String, Refusal>> + Send {
                    (**self).other(cx, interface, payload)
                }
            )?
        }
    };
}

/// Implements every method of a role by one generic method of the service,
/// `self.$by::<Marker>(cx, request)`: for recorders, proxies and doubles.
#[doc(hidden)]
#[macro_export]
macro_rules! answer_with {
    ([$mode:ident $by:ident $endpoint:ident] $(
        $(#[doc = $doc:literal])*
        $name:literal $title:literal $marker:ident: $method:ident($request:ty) -> $reply:ty,
        $class:ident $(($($key:tt)*))? $(,
            $shape:ident)? $(over $transports:ident)? $(at($($path:literal),+))? $({ $($own:tt)* })?;
    )*) => {$(
        async fn $method(&self, cx: &Ctx,
            request: $crate::taken!($mode $request)) -> $crate::given_back!($mode $reply) {
            self.$by::<$endpoint::$marker>(cx, request).await
        }
    )*};
}

/// Hands every method of a role on to the service in the field `$field`: for a service around
/// another.
#[doc(hidden)]
#[macro_export]
macro_rules! forward_to {
    ([$mode:ident $field:tt] $(
        $(#[doc = $doc:literal])*
        $name:literal $title:literal $marker:ident: $method:ident($request:ty) -> $reply:ty,
        $class:ident $(($($key:tt)*))? $(,
            $shape:ident)? $(over $transports:ident)? $(at($($path:literal),+))? $({ $($own:tt)* })?;
    )*) => {$(
        fn $method(&self, cx: &Ctx,
            request: $crate::taken!($mode $request))
                -> impl Future<Output = $crate::given_back!($mode $reply)> + Send {
            self.$field.$method(cx, request)
        }
    )*};
}

/// The public form of the crate's `$answer`, for interfaces outside the tables.
#[doc(hidden)]
#[macro_export]
macro_rules! answer_plaintext {
    ($answer:ident) => {
        /// Does for an interface of your own what the table's interfaces get, inside `other`:
        /// decodes `plaintext`, checks it, calls `serve`, and writes the reply.
        ///
        /// # Errors
        /// Parameters that break the rules, and what `serve` refuses.
        pub async fn answer_plaintext<E, F, Fut>(
            cx: &Ctx,
            plaintext: &str,
            serve: F,
        ) -> Outcome<String>
        where
            E: Endpoint,
            F: FnOnce(Ctx, E::Request) -> Fut,
            Fut: Future<Output = Outcome<E::Reply>>,
        {
            $answer::<E, F, Fut>(cx.clone(), plaintext, serve).await
        }
    };
}

/// The role of a service with its type erased: answers by `$answer` what the row has, by the
/// interface's name or what `$key` makes of it, and what no row has by `$other`: `other` is the
/// method of the service, nothing a refusal. Each in a box: one future of all would have the size
/// of the largest, for every message.
#[doc(hidden)]
#[macro_export]
macro_rules! dispatch {
    ([$role:ident $service:ident $protocol:ident $answer:ident $key:ident, other] $($rows:tt)*) => {
        $crate::dispatch! { [$role $service $protocol $answer $key, |service, cx, interface,
            payload| {
            cx.report(interface);
            service.other(&cx, interface, payload).await
        }] $($rows)* }
    };
    ([$role:ident $service:ident $protocol:ident $answer:ident $key:ident] $($rows:tt)*) => {
        $crate::dispatch! { [$role $service $protocol $answer $key, |service, cx, interface,
            payload| Err(not_offered(interface))] $($rows)* }
    };
    ([$role:ident $service:ident $protocol:ident $answer:ident $key:ident, |$self:ident, $cx:ident,
        $called:ident, $payload:ident| $other:expr] $(
        $(#[doc = $doc:literal])*
        $name:literal $title:literal $marker:ident: $method:ident($request:ty) -> $reply:ty,
        $class:ident $(($($key_of:tt)*))? $(,
            $shape:ident)? $(over $transports:ident)? $(at($($path:literal),+))? $({ $($own:tt)* })?;
    )*) => {
        /// The role of a service.
        pub(crate) struct $role<S>(pub(crate) S);

        impl<S: $service> $crate::server::Dispatch<$protocol> for $role<S> {
            #[allow(unused_mut,
                reason = "only a role with interfaces outside the table reports here")]
            fn dispatch<'a>(
                &'a self,
                mut $cx: Ctx,
                $called: &'a str,
                $payload: <$protocol as $crate::Protocol>::Payload<'a>,
            ) -> $crate::BoxFuture<'a, Result<String, Refusal>> {
                let $self = &self.0;
                match $key($called) {
                    $($name => Box::pin($answer::<$crate::marker!($marker), _,
                        _>($cx, $payload, move |cx, request| async move {
                        $self.$method(&cx, request).await
                    })),)*
                    _ => Box::pin(async move { $other }),
                }
            }
        }
    };
}
