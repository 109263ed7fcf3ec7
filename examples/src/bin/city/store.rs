//! The sandbox's state: one file, and in it a shelf for each kind of thing that a role keeps, as JSON by key.
use anyhow::{Context, Result, bail};
use redb::{Builder, Database, DatabaseError, ReadableDatabase, ReadableTable, TableDefinition, TableError, backends::InMemoryBackend};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt, io, marker::PhantomData, path::Path, sync::Arc};

/// The file, or memory in its place.
#[derive(Clone)]
pub struct Store(Arc<Database>);

impl Store {
    /// The file at `path`, made where it is missing.
    ///
    /// # Errors
    /// It cannot be made or read, another program has it open, or it is something else.
    pub fn open(path: &Path) -> Result<Self> {
        match Database::create(path) {
            Ok(database) => Ok(Self(Arc::new(database))),
            Err(DatabaseError::DatabaseAlreadyOpen) => bail!(
                "{} is in use by another city: stop that one, or name another file with --state",
                path.display()
            ),
            Err(DatabaseError::Storage(redb::StorageError::Io(cause))) if cause.kind() == io::ErrorKind::InvalidData => {
                bail!("{} is no state of this program: name another file with --state", path.display())
            }
            Err(cause) => Err(cause).with_context(|| format!("the state cannot be kept in {}", path.display())),
        }
    }

    /// Memory, gone with the program.
    ///
    /// # Errors
    /// None that is known.
    pub fn in_memory() -> Result<Self> {
        Ok(Self(Arc::new(Builder::new().create_with_backend(InMemoryBackend::new())?)))
    }

    /// The shelf of this name. Those of other things have other names.
    pub fn shelf<T>(&self, name: &'static str) -> Shelf<T> {
        Shelf {
            store: self.clone(),
            name,
            kind: PhantomData,
        }
    }
}

/// What one role keeps of one kind, by key.
pub struct Shelf<T> {
    store: Store,
    name: &'static str,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Shelf<T> {
    fn clone(&self) -> Self {
        self.store.shelf(self.name)
    }
}

impl<T: Serialize + DeserializeOwned> Shelf<T> {
    /// What is kept under `key`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn get(&self, key: &str) -> Kept<Option<T>> {
        let reading = self.store.0.begin_read()?;
        let table = match reading.open_table(self.table()) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            table => table?,
        };
        table.get(key)?.map(|text| Ok(serde_json::from_str(text.value())?)).transpose()
    }

    /// Everything, in the order of the keys.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn all(&self) -> Kept<Vec<T>> {
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

    /// Keeps `thing` under `key`, in the place of what is there.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put(&self, key: &str, thing: T) -> Kept<()> {
        self.change(key, |kept| *kept = Some(thing))
    }

    /// Changes what is kept under `key`, in one step: nobody else changes it meanwhile.
    ///
    /// # Errors
    /// The file cannot be read or written; then nothing is changed.
    pub fn change<R>(&self, key: &str, change: impl FnOnce(&mut Option<T>) -> R) -> Kept<R> {
        let writing = self.store.0.begin_write()?;
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
    pub fn take(&self, key: &str) -> Kept<Option<T>> {
        self.change(key, Option::take)
    }

    fn table(&self) -> TableDefinition<'static, &'static str, &'static str> {
        TableDefinition::new(self.name)
    }
}

/// What came of reading or writing.
pub type Kept<T> = Result<T, Unkept>;

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
causes!(redb::TransactionError redb::TableError redb::StorageError redb::CommitError serde_json::Error);

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
