//! The frames of DB4403/T 313 on a line: both sides ask and answer at any time.
use super::{Carrier, LONGEST, Loss};
use crate::traffic::{Crossed, Fault};
use bytes::{Buf, Bytes, BytesMut};
use std::{
    collections::HashMap,
    io,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};
use sztc_proto::{
    frame::{Direction, Item, Parsed, parse},
    tcp::Io,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split},
    sync::mpsc,
    time::sleep_until,
};

/// Bytes before the data of a frame, Table 33.
const HEADER: usize = 17;

/// Frames that may be on their way in one direction.
const QUEUE: usize = 64;

/// After how long a request is told without its reply: the standard gives 20 s (6.1.1 e).
const GIVE_UP: Duration = Duration::from_secs(30);

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
pub(super) async fn carry(
    carrier: &Carrier,
    client: Box<dyn Io>,
    server: Box<dyn Io>,
) -> io::Result<()> {
    let waiting = Waiting::default();
    let (from_client, to_client) = split(client);
    let (from_server, to_server) = split(server);
    let (up, coming_up) = mpsc::channel(QUEUE);
    let (down, coming_down) = mpsc::channel(QUEUE);
    let done = tokio::select! {
        done = take(carrier, &waiting, Asker::Client, from_client, up) => done,
        done = take(carrier, &waiting, Asker::Server, from_server, down) => done,
        done = pass_on(coming_up, to_server) => done,
        done = pass_on(coming_down, to_client) => done,
        () = give_up(carrier, &waiting) => Ok(()),
    };
    // What was not answered is told too.
    for ((asker, ..), waits) in waiting.into_inner().unwrap_or_else(PoisonError::into_inner) {
        tell(carrier, asker, waits);
    }
    done
}

fn tell(carrier: &Carrier, asker: Asker, (mut crossed, began): (Crossed, Instant)) {
    crossed.took = began.elapsed();
    let mut link = carrier.link.clone();
    if asker == Asker::Server {
        std::mem::swap(&mut link.from, &mut link.to);
    }
    carrier.traffic.crossed(&link, carrier.transport(), crossed);
}

/// Tells of what waits too long for its reply.
async fn give_up(carrier: &Carrier, waiting: &Waiting) {
    loop {
        tokio::time::sleep(GIVE_UP / 4).await;
        let late: Vec<_> = {
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting
                .extract_if(|_, (_, began)| began.elapsed() > GIVE_UP)
                .collect()
        };
        for ((asker, ..), waits) in late {
            tell(carrier, asker, waits);
        }
    }
}

/// Bytes on their way, and when they are to arrive; `None` is the end of the line.
type Due = (tokio::time::Instant, Option<BytesMut>);

/// Passes on what is due, in its order; its end is the end of the line.
async fn pass_on(
    mut coming: mpsc::Receiver<Due>,
    mut to: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    while let Some((due, bytes)) = coming.recv().await {
        sleep_until(due).await;
        let Some(bytes) = bytes else { break };
        to.write_all(&bytes).await?;
        to.flush().await?;
    }
    Ok(())
}

/// Takes frames from one side; its end is the end of the line.
async fn take(
    carrier: &Carrier,
    waiting: &Waiting,
    sender: Asker,
    mut from: impl AsyncRead + Unpin,
    to: mpsc::Sender<Due>,
) -> io::Result<()> {
    let mut came = BytesMut::new();
    let mut due = tokio::time::Instant::now();
    loop {
        while let Parsed::Item { item, consumed } = parse(&came, LONGEST)
            .map_err(|cause| io::Error::new(io::ErrorKind::InvalidData, cause))?
        {
            let mut bytes = BytesMut::from(&came[..consumed]);
            came.advance(consumed);
            let (copies, delay) = one(carrier, waiting, sender, &item, &mut bytes);
            // Nothing overtakes on a TCP connection.
            due = due.max(tokio::time::Instant::now() + delay);
            let copies =
                std::iter::repeat_n(Some(bytes), copies).chain((copies == 0).then_some(None));
            for bytes in copies {
                if to.send((due, bytes)).await.is_err() {
                    return Ok(());
                }
            }
        }
        if from.read_buf(&mut came).await? == 0 {
            // What it said before it left still has to arrive; then the line ends.
            let _ = to.send((due, None)).await;
            return std::future::pending().await;
        }
    }
}

/// One frame, or bytes that are none: how often it arrives, and how much later.
fn one(
    carrier: &Carrier,
    waiting: &Waiting,
    sender: Asker,
    item: &Item,
    bytes: &mut BytesMut,
) -> (usize, Duration) {
    let whole = Bytes::copy_from_slice(bytes);
    let fate = carrier.faults.fate();
    let request = !matches!(item, Item::Frame(frame) if frame.direction == Direction::Reply);
    let (lost, corrupted, loss) = if request {
        (Fault::RequestLost, Fault::RequestCorrupted, Loss::Request)
    } else {
        (Fault::ReplyLost, Fault::ReplyCorrupted, Loss::Reply)
    };
    let drops = fate.dropped || carrier.losses.hits(loss);
    let twice = fate.duplicated && request;
    let delay = if request { fate.delay } else { Duration::ZERO };
    let happens = [
        (!delay.is_zero(), Fault::Delayed),
        (fate.corrupted, corrupted),
        (drops, lost),
        (twice, Fault::RequestTwice),
    ];
    let faults = happens
        .into_iter()
        .filter_map(|(happens, fault)| happens.then_some(fault))
        .collect();
    note(carrier, waiting, sender, item, whole, faults);
    if fate.corrupted {
        // The data and the check behind it: a wrong length would be another fault.
        let data = bytes.len().min(HEADER);
        carrier.faults.corrupt(&mut bytes[data..]);
    }
    (if drops { 0 } else { 1 + usize::from(twice) }, delay)
}

/// Remembers a request, tells of an exchange once it has its reply.
fn note(
    carrier: &Carrier,
    waiting: &Waiting,
    sender: Asker,
    item: &Item,
    whole: Bytes,
    faults: Vec<Fault>,
) {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    match item {
        Item::Frame(frame) if frame.direction == Direction::Reply => {
            // A second reply to what came twice finds nobody waiting.
            if let Some((mut crossed, began)) =
                waiting.remove(&(sender.other(), frame.packet, frame.command))
            {
                crossed.reply = Some(whole);
                crossed.faults.extend(faults);
                tell(carrier, sender.other(), (crossed, began));
            }
        }
        Item::Frame(frame) => {
            let mut crossed = Crossed::new(SystemTime::now(), whole);
            crossed.faults = faults;
            // Who numbers two requests alike waits for one reply.
            if let Some(former) = waiting.insert(
                (sender, frame.packet, frame.command),
                (crossed, Instant::now()),
            ) {
                tell(carrier, sender, former);
            }
        }
        Item::Wrong(_) => {
            let mut crossed = Crossed::new(SystemTime::now(), whole);
            crossed.faults = faults;
            tell(carrier, sender, (crossed, Instant::now()));
        }
    }
}
