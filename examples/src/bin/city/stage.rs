//! What a scenario plays on: the sites, the time, and how calls are made and results checked.
use crate::{page::Teller, sites::Sites, terminal};
use anyhow::{Context, Result, anyhow, bail, ensure};
use examples::registry::{self, Protocol};
use std::{
    fmt::Display,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use sztc_proto::{DateTime, PartnerClient, code::BusinessCode};

/// How often a call is made at most, on lines that have faults.
const ATTEMPTS: usize = 25;

/// Before the second attempt; then twice as long each time, up to 128 times: clients whose login
/// was refused rest for half a minute.
const PAUSE: Duration = Duration::from_millis(20);

/// Numbers between the first plate of a run and that of the next.
const PLATES_A_RUN: u64 = 50;

/// The two ways from the city to the parking system; what Table 1 gives both is played over both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Down {
    /// The callback address.
    Https,
    /// The session that the parking system opened.
    Tcp,
}

impl Down {
    /// Both.
    pub(crate) const BOTH: [Self; 2] = [Self::Https, Self::Tcp];
}

/// One run of one scenario.
pub(crate) struct Stage {
    /// All roles.
    pub sites: Arc<Sites>,
    name: &'static str,
    run: u64,
    ids: AtomicU64,
    plates: AtomicU64,
    calls: AtomicUsize,
    told: Option<Teller>,
}

impl Stage {
    /// For one run of the scenario `name`; `told` hears of its steps.
    ///
    /// # Errors
    /// The state cannot be kept.
    pub(crate) fn new(sites: Arc<Sites>, name: &'static str, told: Option<Teller>) -> Result<Self> {
        let run = sites.runs.begin()?;
        Ok(Self {
            sites,
            name,
            run,
            ids: AtomicU64::new(0),
            plates: AtomicU64::new(0),
            calls: AtomicUsize::new(0),
            told,
        })
    }

    /// Says what happens next.
    pub(crate) fn step(&self, text: impl Display) {
        if !self.sites.quiet {
            terminal::say(&format!("   {text}"));
        }
        if let Some(told) = &self.told {
            told.tell(self.name, "step", text.to_string());
        }
    }

    /// A call that has to be answered. On lines that have faults it is made again until it is, as
    /// software that reports from a queue does: every service of the sandbox knows by its key what
    /// it has had before.
    ///
    /// # Errors
    /// It is not answered.
    pub(crate) async fn call<
        T,
        E: std::error::Error + Send + Sync + 'static,
        F: Future<Output = Result<T, E>>,
    >(
        &self,
        what: &str,
        call: impl Fn() -> F,
    ) -> Result<T> {
        let mut attempt = 1;
        loop {
            self.calls.fetch_add(1, Ordering::SeqCst);
            match call().await {
                Ok(reply) => return Ok(reply),
                Err(_) if self.sites.faulty && attempt < ATTEMPTS => {
                    tokio::time::sleep(PAUSE * (1 << (attempt - 1).min(7))).await
                }
                Err(error) => return Err(anyhow!(error)).with_context(|| what.to_owned()),
            }
            attempt += 1;
        }
    }

    /// A call in whose place its client makes another when it gets lost, as a login for the renewal
    /// of a token: it is made until the interface `code` has been answered over `transport`.
    ///
    /// # Errors
    /// It is not answered.
    pub(crate) async fn crosses<
        E: std::error::Error + Send + Sync + 'static,
        F: Future<Output = Result<(), E>>,
    >(
        &self,
        code: u16,
        transport: &str,
        call: impl Fn() -> F,
    ) -> Result<()> {
        let rows = || registry::of(Protocol::Sztc).filter(|interface| interface.code == Some(code));
        let before = self.sites.traffic.last();
        for _ in 0..ATTEMPTS {
            self.call(&code.to_string(), &call).await?;
            if rows().any(|interface| {
                self.sites
                    .traffic
                    .answered_since(before, interface, transport)
            }) {
                return Ok(());
            }
        }
        bail!("{code} was not answered in {ATTEMPTS} attempts")
    }

    /// A call of DB4403/T 313 that has to be refused with `code`.
    ///
    /// # Errors
    /// It is answered, or fails otherwise.
    pub(crate) async fn refused<T, F: Future<Output = Result<T, sztc_proto::Error>>>(
        &self,
        what: &str,
        code: BusinessCode,
        call: impl Fn() -> F,
    ) -> Result<()> {
        let is_refusal = |error: &sztc_proto::Error| {
            error
                .refusal()
                .is_some_and(|refusal| refusal.code == Some(code))
        };
        let expected = async || match call().await {
            Err(error) if is_refusal(&error) => Ok(Ok(())),
            Err(error) => Err(error),
            Ok(_) => Ok(Err(anyhow!(
                "{what}: answered, where a refusal with {code} is right"
            ))),
        };
        self.call(what, expected).await?
    }

    /// What has to hold.
    ///
    /// # Errors
    /// It does not.
    pub(crate) fn check(&self, what: &str, holds: bool) -> Result<()> {
        ensure!(holds, "not so: {what}");
        Ok(())
    }

    /// Time passes.
    pub(crate) fn later(&self, minutes: u64) {
        self.sites.clock.advance(Duration::from_secs(minutes * 60));
        // Where nothing can be kept, the next role that has something to keep says so.
        let _ = self.sites.runs.is(self.now());
    }

    /// The time of the story.
    pub(crate) fn now(&self) -> DateTime {
        self.sites.clock.time()
    }

    /// A number plate, of a place like 粤B, that none of the two thousand runs before has, as long
    /// as none of them makes more than fifty: there are no more numbers of five digits.
    pub(crate) fn plate(&self, place: &str) -> String {
        let made = self.plates.fetch_add(1, Ordering::SeqCst);
        let plate = format!(
            "{place}{:05}",
            (10_000 + self.run * PLATES_A_RUN + made) % 100_000
        );
        // Where nothing can be kept, the next role that has something to keep says so.
        let _ = self.sites.runs.makes(&plate);
        plate
    }

    /// An id that no other run has, of 32 characters, as long as there are fewer than a hundred
    /// thousand runs.
    pub(crate) fn id(&self, kind: &str) -> String {
        let made = self.ids.fetch_add(1, Ordering::SeqCst);
        let number = format!("{:05}{made:03}", self.run);
        format!("{kind}{number:0>width$}", width = 32 - kind.len())
    }

    /// The parking system, as the city calls it.
    pub(crate) fn partner(&self, way: Down) -> &PartnerClient {
        match way {
            Down::Https => &self.sites.partner_https,
            Down::Tcp => &self.sites.partner_tcp,
        }
    }

    /// How many calls were made.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}
