//! HTTP/1.1 on a line: one exchange after the other. The client keeps its connection; the server
//! gets a new one for each exchange, once the request is there as a whole, so that nothing that
//! happens on the line runs into the server's time-outs.
mod message;

use super::{Carrier, Loss, PATIENCE};
use crate::traffic::{Crossed, Fault};
use examples::registry::Protocol;
use message::{Message, Side};
use std::{
    io,
    time::{Instant, SystemTime},
};
use sztc_proto::tcp::{Connector, Io};
use tokio::time::timeout;

/// How long a client may keep its connection without asking anything.
const IDLE: std::time::Duration = std::time::Duration::from_secs(120);

/// Carries exchanges until the client ends, or a message gets lost.
pub(super) async fn carry(
    carrier: &Carrier,
    client: Box<dyn Io>,
    server: &dyn Connector,
) -> io::Result<()> {
    let mut client = Side::new(client);
    while let Some(mut request) = timeout(IDLE, client.request()).await?? {
        let mut crossed = Crossed::new(SystemTime::now(), request.whole());
        let began = Instant::now();
        let outcome = tokio::select! {
            outcome = exchange(carrier, server, &mut request, &mut crossed) => outcome,
            // Who has gone away gets no reply.
            () = client.ended() => Ok(None),
        };
        crossed.took = began.elapsed();
        // Before the client has its reply: what it does then is shown behind this.
        carrier
            .traffic
            .crossed(&carrier.link, carrier.transport(), crossed);
        let Some(reply) = outcome? else { return Ok(()) };
        client.send(&reply.bytes).await?;
        if reply.ends_connection {
            return Ok(());
        }
    }
    Ok(())
}

/// One exchange: the reply, unless something got lost.
async fn exchange(
    carrier: &Carrier,
    server: &dyn Connector,
    request: &mut Message,
    crossed: &mut Crossed,
) -> io::Result<Option<Message>> {
    let fate = carrier.faults.fate();
    if !fate.delay.is_zero() {
        crossed.faults.push(Fault::Delayed);
        tokio::time::sleep(fate.delay).await;
    }
    if fate.corrupted && !request.body().is_empty() {
        crossed.faults.push(Fault::RequestCorrupted);
        carrier.corrupt(request.body());
    }
    if fate.dropped || carrier.losses.hits(Loss::Request) {
        crossed.faults.push(Fault::RequestLost);
        return Ok(None);
    }
    if fate.duplicated {
        // The first answer reaches nobody.
        crossed.faults.push(Fault::RequestTwice);
        ask(server, request).await?;
    }
    let Some(mut reply) = ask(server, request).await? else {
        return Ok(None);
    };
    crossed.reply = Some(reply.whole());
    let fate = carrier.faults.fate();
    if fate.corrupted && !reply.body().is_empty() {
        crossed.faults.push(Fault::ReplyCorrupted);
        carrier.corrupt_reply(reply.body());
    }
    if fate.dropped || carrier.losses.hits(Loss::Reply) {
        crossed.faults.push(Fault::ReplyLost);
        return Ok(None);
    }
    Ok(Some(reply))
}

/// Asks the server, on a connection of its own; `None` if it ends that without a reply, or does not
/// answer.
async fn ask(server: &dyn Connector, request: &Message) -> io::Result<Option<Message>> {
    let server = server.connect().await.map_err(|cause| {
        io::Error::new(
            cause.kind(),
            format!("{} cannot be reached: {cause}", server.target()),
        )
    })?;
    let mut server = Side::new(server);
    server.send(&request.bytes).await?;
    match timeout(PATIENCE, server.reply(request)).await {
        Ok(reply) => reply,
        Err(_) => Ok(None),
    }
}

impl Carrier {
    /// Damages a request so that its server can notice: where nothing signs it, it is no text any
    /// more.
    fn corrupt(&self, body: &mut [u8]) {
        match self.link.protocol {
            Protocol::Xingxing | Protocol::Pile => self.faults.garble(body),
            _ => self.faults.corrupt(body),
        }
    }

    /// Damages a reply. Only T/CEC 102 signs replies: a wrong digit in any other would be believed.
    fn corrupt_reply(&self, body: &mut [u8]) {
        match self.link.protocol {
            Protocol::Evcs => self.faults.corrupt(body),
            _ => self.faults.garble(body),
        }
    }
}
