use super::Ctx;
use crate::{
    BoxFuture, Endpoint, Model, PeerDialect, Protocol, Refusal, Violation, Violations, json::Place,
    message::read_checked, message::write_reply,
};

/// A service with its role erased: what routers and connections hold.
pub trait Dispatch<P: Protocol>: Send + Sync {
    /// Answers the opened request of the interface `name` with what the reply is made of.
    fn dispatch<'a>(
        &'a self,
        cx: Ctx<P>,
        name: &'a str,
        payload: P::Payload<'a>,
    ) -> BoxFuture<'a, Result<String, Refusal<P::Code>>>;
}

/// Answers one request whose parameters are the JSON `plaintext`: decodes and checks it, calls
/// `serve`, and writes the reply. `refuse` says what is refused with what.
///
/// # Errors
/// Parameters that break the rules, and what `serve` refuses.
pub async fn answer<P, E, F, Fut>(
    mut cx: Ctx<P>,
    plaintext: &str,
    refuse: impl FnOnce(&[Violation]) -> Refusal<P::Code>,
    serve: F,
) -> Result<String, Refusal<P::Code>>
where
    P: Protocol,
    E: Endpoint,
    F: FnOnce(Ctx<P>, E::Request) -> Fut,
    Fut: Future<Output = Result<E::Reply, Refusal<P::Code>>>,
{
    let dialect = cx.dialect.clone();
    let request = read_checked::<E::Request>(
        plaintext,
        Place::default(),
        dialect.rules(),
        &mut cx.deviations,
    );
    cx.report(E::LABEL);
    let reply = serve(cx, request.map_err(|violations| refuse(&violations))?).await?;
    written::<P, E>(&reply, &*dialect)
}

/// The JSON of a service's reply.
///
/// # Errors
/// It has no form in JSON.
pub fn written<P: Protocol, E: Endpoint<Reply: Model>>(
    reply: &E::Reply,
    dialect: &P::Dialect,
) -> Result<String, Refusal<P::Code>> {
    let mut text = String::new();
    write_reply(
        P::NAME,
        E::LABEL,
        reply,
        Violations::default(),
        dialect,
        &mut text,
    )?;
    Ok(text)
}
