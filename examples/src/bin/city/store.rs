//! The sandbox's state: one file, and in it a shelf for each kind of thing that a role keeps, as
//! JSON by key.
#[cfg(all(test, unix))]
mod tests;

use anyhow::{Context, Result, bail};
use redb::{
    Builder, Database, DatabaseError, Durability, ReadableDatabase, ReadableTable, TableDefinition,
    TableError, backends::InMemoryBackend,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fmt,
    fs::{self, File},
    io,
    marker::PhantomData,
    path::Path,
    sync::Arc,
};

/// The file, or memory in its place.
#[derive(Clone)]
pub(crate) struct Store(Arc<Database>);

impl Store {
    /// The file at `path`, made where it is missing.
    ///
    /// # Errors
    /// It cannot be made or read, another program has it open, or it is something else.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        // What it cannot do, the database says.
        let _ = make_private(path);
        match Database::create(path) {
            Ok(database) => {
                only_for_owner(path).with_context(|| {
                    format!("{} cannot be kept from other users", path.display())
                })?;
                Ok(Self(Arc::new(database)))
            }
            Err(DatabaseError::DatabaseAlreadyOpen) => bail!(
                "{} is in use by another city: stop that one, or name another file with --state",
                path.display()
            ),
            Err(DatabaseError::Storage(redb::StorageError::Io(cause)))
                if cause.kind() == io::ErrorKind::InvalidData =>
            {
                bail!(
                    "{} is no state of this program: name another file with --state",
                    path.display()
                )
            }
            Err(cause) => Err(cause)
                .with_context(|| format!("the state cannot be kept in {}", path.display())),
        }
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn forget(&self) -> Kept<()> {
        let writing = self.0.begin_write()?;
        let tables: Vec<_> = writing.list_tables()?.collect();
        for table in tables {
            writing.delete_table(table)?;
        }
        Ok(writing.commit()?)
    }

    /// Memory, gone with the program.
    ///
    /// # Errors
    /// None that is known.
    pub(crate) fn in_memory() -> Result<Self> {
        Ok(Self(Arc::new(
            Builder::new().create_with_backend(InMemoryBackend::new())?,
        )))
    }

    /// The shelf of this name. Those of other things have other names.
    pub(crate) fn shelf<T>(&self, name: &'static str) -> Shelf<T> {
        Shelf {
            store: self.clone(),
            name,
            durability: Durability::Immediate,
            kind: PhantomData,
        }
    }

    /// A shelf for what is nice to find again, and not worth waiting for the disk: it is safe once
    /// anything else is written, or [`settle`](Self::settle)d.
    pub(crate) fn log<T>(&self, name: &'static str) -> Shelf<T> {
        Shelf {
            durability: Durability::None,
            ..self.shelf(name)
        }
    }

    /// Waits until all that was written is on the disk.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn settle(&self) -> Kept<()> {
        Ok(self.0.begin_write()?.commit()?)
    }
}

/// Makes the file where it is missing, for nobody but its owner: the key of the certificate is kept
/// in it.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// The same for a file that was made earlier. Elsewhere than on unix the folder says who may read
/// it.
fn only_for_owner(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let others = fs::metadata(path)?.permissions().mode() & 0o077;
        if others != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// What one role keeps of one kind, by key.
pub(crate) struct Shelf<T> {
    store: Store,
    name: &'static str,
    durability: Durability,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Shelf<T> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            ..*self
        }
    }
}

impl<T: Serialize + DeserializeOwned> Shelf<T> {
    /// What is kept under `key`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn get(&self, key: &str) -> Kept<Option<T>> {
        let reading = self.store.0.begin_read()?;
        let table = match reading.open_table(self.table()) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            table => table?,
        };
        table
            .get(key)?
            .map(|text| Ok(serde_json::from_str(text.value())?))
            .transpose()
    }

    /// Everything, in the order of the keys.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn all(&self) -> Kept<Vec<T>> {
        let reading = self.store.0.begin_read()?;
        let table = match reading.open_table(self.table()) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            table => table?,
        };
        let mut all = Vec::new();
        for entry in table.iter()? {
            all.push(serde_json::from_str(entry?.1.value())?);
        }
        Ok(all)
    }

    /// Everything that this program can read, in the order of the keys: one that was kept by
    /// another version may have looked otherwise.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn readable(&self) -> Kept<Vec<T>> {
        let reading = self.store.0.begin_read()?;
        let table = match reading.open_table(self.table()) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            table => table?,
        };
        let mut readable = Vec::new();
        for entry in table.iter()? {
            readable.extend(serde_json::from_str(entry?.1.value()));
        }
        Ok(readable)
    }

    /// Keeps `thing` under `key` and takes away what is kept under those of `gone`, in one step.
    ///
    /// # Errors
    /// The file cannot be written; then nothing is changed.
    pub(crate) fn put_for(&self, key: &str, thing: &T, gone: &[String]) -> Kept<()> {
        self.exchange(Some((key, thing)), gone)
    }

    /// Takes away what is kept under `keys`, in one step.
    ///
    /// # Errors
    /// The file cannot be written; then nothing is changed.
    pub(crate) fn take_all(&self, keys: &[String]) -> Kept<()> {
        if keys.is_empty() {
            Ok(())
        } else {
            self.exchange(None, keys)
        }
    }

    fn exchange(&self, put: Option<(&str, &T)>, gone: &[String]) -> Kept<()> {
        let mut writing = self.store.0.begin_write()?;
        writing.set_durability(self.durability)?;
        {
            let mut table = writing.open_table(self.table())?;
            for key in gone {
                table.remove(key.as_str())?;
            }
            if let Some((key, thing)) = put {
                table.insert(key, serde_json::to_string(thing)?.as_str())?;
            }
        }
        Ok(writing.commit()?)
    }

    /// Keeps `thing` under `key`, in the place of what is there.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn put(&self, key: &str, thing: T) -> Kept<()> {
        self.change(key, |kept| *kept = Some(thing))
    }

    /// Changes what is kept under `key`, in one step: nobody else changes it meanwhile.
    ///
    /// # Errors
    /// The file cannot be read or written; then nothing is changed.
    pub(crate) fn change<R>(&self, key: &str, change: impl FnOnce(&mut Option<T>) -> R) -> Kept<R> {
        let mut writing = self.store.0.begin_write()?;
        writing.set_durability(self.durability)?;
        let result = {
            let mut table = writing.open_table(self.table())?;
            let before = table.get(key)?.map(|text| text.value().to_owned());
            let mut thing = before.as_deref().map(serde_json::from_str).transpose()?;
            let result = change(&mut thing);
            match &thing {
                Some(thing) => drop(table.insert(key, serde_json::to_string(thing)?.as_str())?),
                None => drop(table.remove(key)?),
            }
            result
        };
        writing.commit()?;
        Ok(result)
    }

    /// Takes away what is kept under `key`.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn take(&self, key: &str) -> Kept<Option<T>> {
        self.change(key, Option::take)
    }

    fn table(&self) -> TableDefinition<'static, &'static str, &'static str> {
        TableDefinition::new(self.name)
    }
}

impl Shelf<u64> {
    /// Counts up under `key`: one the first time.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub(crate) fn next(&self, key: &str) -> Kept<u64> {
        self.change(key, |count| {
            let next = count.unwrap_or(0) + 1;
            *count = Some(next);
            next
        })
    }

    /// An id of 32 characters that begins with `kind`, and that was not given before.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub(crate) fn next_id(&self, kind: &str) -> Kept<String> {
        let number = self.next(kind)?;
        Ok(format!("{kind}{number:0>width$}", width = 32 - kind.len()))
    }
}

/// What came of reading or writing.
pub(crate) type Kept<T> = Result<T, Unkept>;

/// The state cannot be read or written.
#[derive(Debug)]
pub struct Unkept(String);

impl fmt::Display for Unkept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the sandbox's state: {}", self.0)
    }
}

impl std::error::Error for Unkept {}

macro_rules! causes {
    ($($cause:ty)*) => {$(
        impl From<$cause> for Unkept {
            fn from(cause: $cause) -> Self {
                Self(cause.to_string())
            }
        }
    )*};
}
causes!(redb::SetDurabilityError redb::TransactionError redb::TableError redb::StorageError redb::CommitError serde_json::Error);

/// A role that cannot keep what it is told refuses it.
macro_rules! refusals {
    ($($refusal:ty)*) => {$(
        impl From<Unkept> for $refusal {
            fn from(problem: Unkept) -> Self {
                <$refusal>::message(problem.to_string())
            }
        }
    )*};
}
refusals!(sztc_proto::Refusal evcs_proto::Refusal kt_proto::Refusal pile_proto::Refusal xingxing_park::Refusal);
