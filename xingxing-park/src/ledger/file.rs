//! A ledger that survives a restart.
use super::{
    order::Order,
    stay::PlateKey,
    store::{LedgerStore, MemoryLedger, StoreError},
};
use crate::model::OrderId;
use park_core::{
    BoxFuture, DateTime, Rules,
    json::{decode, encode},
};
use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Orders in a file, one line of JSON for each change, and in memory besides: for one process, such
/// as a booth's. Clones share them.
///
/// What was joined is on the disk before the call returns, so an accepted notification outlives a
/// power cut; a line that was cut off in the middle is dropped when the file is opened again.
/// [`forget`](LedgerStore::forget) writes the file anew, so call it now and then. Writing waits for
/// the disk, some milliseconds on the caller's thread.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// use xingxing_park::{FileLedger, Ledger};
///
/// let folder = std::env::temp_dir().join(format!("ledger-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// let ledger = Ledger::new(FileLedger::open(folder.join("orders.jsonl"))?);
/// # std::fs::remove_dir_all(&folder)
/// # }
/// ```
#[derive(Clone)]
pub struct FileLedger {
    known: MemoryLedger,
    log: Arc<Mutex<Log>>,
}

struct Log {
    path: PathBuf,
    file: File,
    /// A write failed, so the file may lack what memory has.
    behind: bool,
}

impl FileLedger {
    /// The orders in the file at `path`, which is made if it is not there.
    ///
    /// # Errors
    /// A file that cannot be read or written, or a line of it that is no order.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().to_owned();
        let known = MemoryLedger::new().capacity(usize::MAX);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => String::new(),
            Err(problem) => return Err(problem),
        };
        // A line without its end was being written when the power went.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        for (number, line) in whole.lines().enumerate() {
            let (order, _) = decode::<Order>(line, &Rules::default()).map_err(|problem| {
                let what = format!(
                    "line {} of the ledger is no order: {}",
                    number + 1,
                    problem.path
                );
                io::Error::new(io::ErrorKind::InvalidData, what)
            })?;
            known.join_now(order);
        }
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let ledger = Self {
            known,
            log: Arc::new(Mutex::new(Log {
                path,
                file,
                behind: false,
            })),
        };
        if whole.len() + usize::from(!whole.is_empty()) < text.len() {
            ledger.log().rewrite(&ledger.known)?;
        }
        Ok(ledger)
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    /// Writes all of `known` to a new file, which then takes the place of the old one.
    fn rewrite(&mut self, known: &MemoryLedger) -> io::Result<()> {
        self.behind = true;
        let beside = self.path.with_extension("new");
        let mut file = File::create(&beside)?;
        for order in known.all() {
            file.write_all(&line(&order)?)?;
        }
        file.sync_all()?;
        fs::rename(&beside, &self.path)?;
        self.file = OpenOptions::new().append(true).open(&self.path)?;
        self.behind = false;
        Ok(())
    }

    fn append(&mut self, order: &Order) -> io::Result<()> {
        let line = line(order)?;
        self.behind = true;
        self.file.write_all(&line)?;
        self.file.sync_data()?;
        self.behind = false;
        Ok(())
    }
}

fn line(order: &Order) -> io::Result<Vec<u8>> {
    let mut text = encode(order).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text.into_bytes())
}

impl LedgerStore for FileLedger {
    fn join(&self, order: Order) -> BoxFuture<'_, Result<Option<Order>, StoreError>> {
        Box::pin(async move {
            // One after another, and on the disk first: what could not be written was not joined,
            // and is news when it comes again.
            let mut log = self.log();
            if log.behind {
                log.rewrite(&self.known).map_err(StoreError::new)?;
            }
            let before = self.known.get(&order.result.order_id);
            let joined = before
                .clone()
                .map_or_else(|| order.clone(), |before| before.join(order.clone()));
            if before.as_ref() != Some(&joined) {
                log.append(&joined).map_err(StoreError::new)?;
            }
            Ok(self.known.join_now(order))
        })
    }

    fn find<'a>(
        &'a self,
        order_id: &'a OrderId,
    ) -> BoxFuture<'a, Result<Option<Order>, StoreError>> {
        self.known.find(order_id)
    }

    fn of_plate<'a>(
        &'a self,
        plate: &'a PlateKey,
    ) -> BoxFuture<'a, Result<Vec<Order>, StoreError>> {
        self.known.of_plate(plate)
    }

    fn forget(&self, moment: DateTime) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move {
            let forgotten = self.known.forget(moment).await?;
            self.log().rewrite(&self.known).map_err(StoreError::new)?;
            Ok(forgotten)
        })
    }
}

impl fmt::Debug for FileLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileLedger({:?})", self.log().path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{code::ChargeState, ledger::order::Settled, model::ParkChargeResult};
    use park_core::{Fixed, Money, Timestamp};

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("xingxing-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).expect("a folder");
            Self(path)
        }

        fn file(&self) -> PathBuf {
            self.0.join("orders.jsonl")
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn order(id: &str, second: i64) -> Order {
        let moment = |second| Timestamp::from_seconds(second).date_time();
        Order::from(ParkChargeResult {
            operator_id: "313744932".into(),
            order_id: id.into(),
            connector_id: "1".into(),
            plate: "苏DR3005".into(),
            start_charge_seq_stat: ChargeState::CHARGING,
            start_time: moment(0),
            end_time: moment(second),
            total_power: Fixed::of_units(40),
            total_money: Money::ZERO,
            park_id: "1".into(),
        })
    }

    fn settled() -> Order {
        let moment = |second| Timestamp::from_seconds(second).date_time();
        Order {
            settled: Some(Settled {
                entry: moment(0),
                exit: moment(900),
                discount: Money::fen(595),
            }),
            ..order("A", 20)
        }
    }

    #[tokio::test]
    async fn what_was_joined_is_there_after_a_restart() {
        let folder = Folder::new("restart");
        let plate = PlateKey::of("苏dr3005");
        let ledger = FileLedger::open(folder.file()).expect("a new file");
        for order in [
            order("A", 10),
            order("B", 10),
            order("A", 20),
            order("A", 20),
            settled(),
        ] {
            ledger.join(order).await.expect("written");
        }
        let before = ledger.of_plate(&plate).await.expect("memory");
        drop(ledger);
        // Four changes; the fifth order said nothing new.
        assert_eq!(
            fs::read_to_string(folder.file())
                .expect("text")
                .lines()
                .count(),
            4
        );
        // The power went in the middle of a line.
        let mut file = OpenOptions::new()
            .append(true)
            .open(folder.file())
            .expect("the file");
        file.write_all(br#"{"result":{"OperatorID":"3137"#)
            .expect("written");
        let again = FileLedger::open(folder.file()).expect("the same file");
        assert_eq!(again.of_plate(&plate).await.expect("memory"), before);
        assert_eq!(
            again.join(settled()).await.expect("written"),
            before.iter().find(|order| order.settled.is_some()).cloned()
        );
        assert_eq!(
            again
                .forget(Timestamp::from_seconds(15).date_time())
                .await
                .expect("written"),
            1
        );
        drop(again);
        let last = FileLedger::open(folder.file()).expect("the same file");
        let left = last.of_plate(&plate).await.expect("memory");
        assert_eq!((left.len(), &*left[0].result.order_id), (1, "A"));
    }

    #[tokio::test]
    async fn a_file_that_is_none_of_ours_is_refused_and_what_is_not_written_is_not_joined() {
        let folder = Folder::new("refused");
        fs::write(folder.file(), "{}\n").expect("written");
        let error = FileLedger::open(folder.file()).expect_err("no order");
        assert!(error.to_string().contains("line 1"), "{error}");
        fs::remove_file(folder.file()).expect("there");
        let ledger = FileLedger::open(folder.file()).expect("a new file");
        // A file that cannot be written stands for a full disk.
        ledger.log().file = File::open(folder.file()).expect("read only");
        assert!(ledger.join(order("A", 10)).await.is_err());
        assert_eq!(ledger.find(&"A".into()).await.expect("memory"), None);
        // The next joining mends it.
        assert_eq!(ledger.join(order("A", 10)).await.expect("mended"), None);
        drop(ledger);
        let again = FileLedger::open(folder.file()).expect("the same file");
        assert!(again.find(&"A".into()).await.expect("memory").is_some());
    }
}
