//! The frames of DB4403/T 313 on a line: both sides ask and answer at any time.
use super::{Carrier, LONGEST, Loss};
use crate::traffic::{Crossed, Fault};
use bytes::{Buf, Bytes, BytesMut};
use std::{
    collections::HashMap,
    io,
    sync::{Mutex, PoisonError},
    time::{Instant, SystemTime},
};
use sztc_proto::{
    frame::{Direction, Item, Parsed, parse},
    tcp::Io,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};

/// What waits for its reply: by who asked, packet number and interface.
type Waiting = Mutex<HashMap<(Asker, u32, u16), (Crossed, Instant)>>;

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Asker {
    Client,
    Server,
}

impl Asker {
    fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// Carries frames until one side ends, or a message gets lost.
pub async fn carry(carrier: &Carrier, client: Box<dyn Io>, server: Box<dyn Io>) -> io::Result<()> {
    let waiting = Waiting::default();
    let (from_client, to_client) = split(client);
    let (from_server, to_server) = split(server);
    let done = tokio::select! {
        done = pass(carrier, &waiting, Asker::Client, from_client, to_server) => done,
        done = pass(carrier, &waiting, Asker::Server, from_server, to_client) => done,
    };
    // What was not answered is told too.
    for ((asker, ..), (mut crossed, began)) in waiting.into_inner().unwrap_or_else(PoisonError::into_inner) {
        crossed.took = began.elapsed();
        tell(carrier, asker, crossed);
    }
    done
}

fn tell(carrier: &Carrier, asker: Asker, crossed: Crossed) {
    let mut link = carrier.link.clone();
    if asker == Asker::Server {
        std::mem::swap(&mut link.from, &mut link.to);
    }
    carrier.traffic.crossed(&link, "tcp", crossed);
}

/// One direction; its end is the end of the line.
async fn pass(
    carrier: &Carrier,
    waiting: &Waiting,
    sender: Asker,
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    let mut came = BytesMut::new();
    loop {
        while let Parsed::Item { item, consumed } = parse(&came, LONGEST).map_err(|cause| io::Error::new(io::ErrorKind::InvalidData, cause))? {
            let mut bytes = BytesMut::from(&came[..consumed]);
            came.advance(consumed);
            if !one(carrier, waiting, sender, &item, &mut bytes, &mut to).await? {
                return Ok(());
            }
        }
        if from.read_buf(&mut came).await? == 0 {
            return Ok(());
        }
    }
}

/// One frame, or bytes that are none; whether the line goes on.
async fn one(
    carrier: &Carrier,
    waiting: &Waiting,
    sender: Asker,
    item: &Item,
    bytes: &mut BytesMut,
    to: &mut (impl AsyncWrite + Unpin),
) -> io::Result<bool> {
    let whole = Bytes::copy_from_slice(bytes);
    let fate = carrier.faults.fate();
    let request = !matches!(item, Item::Frame(frame) if frame.direction == Direction::Reply);
    let (lost, corrupted, loss) = if request {
        (Fault::RequestLost, Fault::RequestCorrupted, Loss::Request)
    } else {
        (Fault::ReplyLost, Fault::ReplyCorrupted, Loss::Reply)
    };
    let mut faults = Vec::new();
    if request && !fate.delay.is_zero() {
        faults.push(Fault::Delayed);
    }
    let corrupt = fate.corrupted.then(|| faults.push(corrupted)).is_some();
    let drops = (fate.dropped || carrier.losses.hits(loss)).then(|| faults.push(lost)).is_some();
    let twice = (fate.duplicated && request).then(|| faults.push(Fault::RequestTwice)).is_some();
    note(carrier, waiting, sender, item, whole, faults);
    if request {
        tokio::time::sleep(fate.delay).await;
    }
    if drops {
        return Ok(false);
    }
    if corrupt {
        // The data and the check behind it: a wrong length would be another fault.
        let data = bytes.len().min(17);
        carrier.faults.corrupt(&mut bytes[data..]);
    }
    if twice {
        to.write_all(bytes).await?;
    }
    to.write_all(bytes).await?;
    to.flush().await?;
    Ok(true)
}

/// Remembers a request, tells of an exchange once it has its reply.
fn note(carrier: &Carrier, waiting: &Waiting, sender: Asker, item: &Item, whole: Bytes, faults: Vec<Fault>) {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    match item {
        Item::Frame(frame) if frame.direction == Direction::Reply => {
            // A second reply to what came twice finds nobody waiting.
            if let Some((mut crossed, began)) = waiting.remove(&(sender.other(), frame.packet, frame.command)) {
                crossed.reply = Some(whole);
                crossed.faults.extend(faults);
                crossed.took = began.elapsed();
                tell(carrier, sender.other(), crossed);
            }
        }
        Item::Frame(frame) => {
            let mut crossed = Crossed::new(SystemTime::now(), whole);
            crossed.faults = faults;
            waiting.insert((sender, frame.packet, frame.command), (crossed, Instant::now()));
        }
        Item::Wrong(_) => {
            let mut crossed = Crossed::new(SystemTime::now(), whole);
            crossed.faults = faults;
            tell(carrier, sender, crossed);
        }
    }
}
