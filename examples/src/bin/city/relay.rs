//! A line that loses what it is told to lose: a TCP relay in front of a server.
use anyhow::Result;
use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// What gets lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// A request, before the server has it.
    Request,
    /// The reply to a request that the server has answered.
    Reply,
}

/// The relay. A connection that has lost something carries nothing more in that direction: its client waits until it gives up.
pub struct Relay {
    /// Where it listens.
    pub port: u16,
    losses: Arc<Losses>,
}

#[derive(Default)]
struct Losses {
    next: Mutex<Option<Loss>>,
    lost: Mutex<Vec<Loss>>,
}

impl Relay {
    /// A line to the server on this port of this machine.
    pub async fn open(server: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let losses = Arc::new(Losses::default());
        let own = losses.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server, own.clone()));
            }
        });
        Ok(Self { port, losses })
    }

    /// The next request or reply gets lost.
    pub fn lose(&self, loss: Loss) {
        *self.losses.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(loss);
    }

    /// How many requests or replies got lost.
    pub fn lost(&self, loss: Loss) -> usize {
        let lost = self.losses.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.iter().filter(|found| **found == loss).count()
    }
}

impl Losses {
    fn hits(&self, what: Loss) -> bool {
        let hit = self
            .next
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take_if(|loss| *loss == what)
            .is_some();
        if hit {
            self.lost.lock().unwrap_or_else(PoisonError::into_inner).push(what);
        }
        hit
    }
}

/// One connection. It ends when either side ends it.
async fn carry(client: TcpStream, server: u16, losses: Arc<Losses>) -> io::Result<()> {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = TcpStream::connect(("127.0.0.1", server)).await?.into_split();
    tokio::select! {
        done = pass(from_client, to_server, &losses, Loss::Request) => done,
        done = pass(from_server, to_client, &losses, Loss::Reply) => done,
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, losses: &Losses, what: Loss) -> io::Result<()> {
    let (mut bytes, mut cut) = (vec![0; 16 * 1024], false);
    loop {
        let count = from.read(&mut bytes).await?;
        if count == 0 {
            return Ok(());
        }
        cut |= losses.hits(what);
        if !cut {
            to.write_all(&bytes[..count]).await?;
        }
    }
}
