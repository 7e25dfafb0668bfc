//! An unlocked workspace with the person at it: what every verb is given.
//!
//! It must never hold a rule of its own; it only keeps together what the rooms need.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tokio::sync::OnceCell;

use crate::account::keyring::{Keyring, Passphrase, StoreKey};
use crate::account::{AccountFacts, Actor, letter, role_from, role_word};
use crate::airlock::Airlock;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged, key, verify};
use crate::policy;
use crate::store::{self, Store};
use crate::vault::{self, Vault};
use crate::view::Grants;
use crate::wire::{Gate, GateState, Role, Session, Verification, WireError};

const VAULT: &str = "vault";
const VAULT_KEY: &str = "vault_identity";

/// An unlocked workspace. Cheap to clone.
#[derive(Clone)]
pub struct Console(Arc<Parts>);

struct Parts {
    dir: PathBuf,
    store: Store,
    vault: Arc<Vault>,
    airlock: Option<Airlock>,
    clock: Clock,
    actor: Actor,
    grants: Grants,
    at_start: Option<Verification>,
    confined: OnceCell<bool>,
}

/// How to open.
pub struct Opening {
    /// Time for everything that is logged.
    pub clock: Clock,
    /// The decoder's binary; `None` looks beside this program. Without one, only hash-only exists.
    pub airlock: Option<PathBuf>,
    /// Whether to recompute the ledger first. The window does; single commands leave it to `verify`.
    pub verify: bool,
}

impl Default for Opening {
    fn default() -> Self {
        Self { clock: Clock::system(), airlock: None, verify: false }
    }
}

/// What there is at `dir`, before anyone unlocks.
pub fn gate(dir: &Path) -> Gate {
    let (state, accounts, problem) = match Keyring::read(dir) {
        Ok(ring) if dir.join(store::FILE).is_file() => (GateState::Locked, ring.names(), None),
        Ok(_) => {
            let error = Error::store(
                "STORE-03",
                "keyring.json is here but store.db is not. Put back the store file or a backup of it.",
            );
            (GateState::Damaged, Vec::new(), Some(WireError::from(error)))
        }
        Err(error) if error.code == "STORE-01" => (GateState::Absent, Vec::new(), None),
        Err(error) => (GateState::Damaged, Vec::new(), Some(WireError::from(error))),
    };
    Gate { store: dir.display().to_string(), state, accounts, problem }
}

impl Console {
    /// Makes a workspace in `dir` with its first account, a supervisor or custodian.
    pub async fn init(
        dir: &Path,
        name: &str,
        passphrase: &Passphrase,
        role: Role,
        opening: Opening,
    ) -> Result<Self> {
        if role == Role::Reviewer {
            return Err(Error::usage(
                "INIT-02",
                "The first account keeps the others: make it a supervisor or a custodian.",
            ));
        }
        if dir.join(store::FILE).exists() || Keyring::read(dir).is_ok() {
            return Err(Error::usage(
                "INIT-01",
                "There is a workspace in this folder already. Nothing was changed.",
            ));
        }
        std::fs::create_dir_all(dir.join(VAULT))?;
        let store_key = StoreKey::generate()?;
        let mut ring = Keyring::new();
        ring.add(name, passphrase, &store_key)?;
        let store = Store::create(dir, &store_key).await?;
        let (identity, recipient) = vault::generate_keys();
        let actor = Actor::new(name.to_owned(), pseudonym(role, 1), role);
        let write = Unlogged::begin(&store).await?;
        let event = Event::new("store.created", json!({ "vault_recipient": recipient }));
        let (mut write, _) = write.log(&opening.clock, &actor, event).await?;
        write.log(&opening.clock, &actor, account_added(&actor)).await?;
        insert_account(&mut write, &opening.clock, &actor).await?;
        store::account::set(write.conn(), VAULT_KEY, &identity).await?;
        key::make(&mut write, &opening.clock, &actor).await?;
        policy::put(&mut write, &opening.clock, &actor, &policy::first()).await?;
        write.commit().await?;
        // Last: a workspace without a keyring is none, so a crash before this line leaves nothing to mistake for one.
        ring.write(dir)?;
        Self::assemble(dir, store, actor, opening).await
    }

    /// Opens a workspace as one of its accounts.
    pub async fn unlock(
        dir: &Path,
        name: &str,
        passphrase: &Passphrase,
        opening: Opening,
    ) -> Result<Self> {
        let ring = Keyring::read(dir)?;
        let key = ring.unlock(name, passphrase)?;
        let store = Store::open(dir, &key).await?;
        let row = store::account::by_name(&mut *store.read().await?, name).await?.ok_or_else(|| {
            Error::store("ACCOUNT-04", "The store does not know this account. keyring.json and store.db do not belong together.")
        })?;
        let actor = Actor::new(row.name, row.pseudonym, role_from(&row.role)?);
        Self::assemble(dir, store, actor, opening).await
    }

    async fn assemble(dir: &Path, store: Store, actor: Actor, opening: Opening) -> Result<Self> {
        forbid_core_dumps();
        let mut conn = store.read().await?;
        let identity = store::account::setting(&mut conn, VAULT_KEY)
            .await?
            .ok_or_else(|| Error::store("VAULT-01", "The vault's key is not in this store."))?;
        let behind = match store::ledger::last_at(&mut conn).await? {
            Some(at) => opening.clock.seen(at),
            None => 0,
        };
        let at_start =
            if opening.verify { Some(verify::verify_with(&mut conn).await?) } else { None };
        drop(conn);
        let airlock = match opening.airlock {
            Some(path) => Some(Airlock::new(path)),
            None => Airlock::locate().ok().map(Airlock::new),
        };
        let vault = Arc::new(Vault::new(&dir.join(VAULT), &identity)?);
        let console = Self(Arc::new(Parts {
            dir: dir.to_owned(),
            store,
            vault,
            airlock,
            clock: opening.clock,
            actor,
            grants: Grants::default(),
            at_start,
            confined: OnceCell::new(),
        }));
        if behind > CLOCK_TOLERANCE {
            let write = Unlogged::begin(console.store()).await?;
            let event = Event::new("clock.behind", json!({ "by_ms": behind }));
            let (write, _) = write.log(console.clock(), console.actor(), event).await?;
            write.commit().await?;
        }
        key::catch_up(&console).await?;
        crate::case::trace::catch_up(&console).await?;
        crate::view::close_dangling(&console).await?;
        if let Err(error) = crate::register::finish(&console).await {
            tracing::warn!(code = error.code, "a destruction waits to be finished");
        }
        Ok(console)
    }

    /// Adds an account. Supervisors and custodians may.
    pub async fn add_account(
        &self,
        name: &str,
        passphrase: &Passphrase,
        role: Role,
        own: &Passphrase,
    ) -> Result<Session> {
        self.actor().needs(&[Role::Supervisor, Role::Custodian])?;
        let _alone = self.exclusive(
            "keyring.lock",
            "ACCOUNT-05",
            "Another program is changing accounts. Try again in a moment.",
        )?;
        let mut ring = Keyring::read(self.dir())?;
        // The key is not kept in memory after unlocking; the one who adds proves themselves again.
        let key = ring.unlock(self.actor().name(), own)?;
        let mut write = Unlogged::begin(self.store()).await?;
        if store::account::by_name(write.conn(), name).await?.is_some() {
            return Err(Error::usage("ACCOUNT-03", "There is an account of this name already."));
        }
        let number = store::account::count(write.conn(), role_word(role)).await? + 1;
        // The keyring first: an account that the store does not know cannot unlock, and is replaced when it is added
        // again. The other way round it could be neither used nor added.
        ring.forget(name);
        ring.add(name, passphrase, &key)?;
        ring.write(self.dir())?;
        let new = Actor::new(name.to_owned(), pseudonym(role, number), role);
        let (mut write, _) = write.log(self.clock(), self.actor(), account_added(&new)).await?;
        insert_account(&mut write, self.clock(), &new).await?;
        write.commit().await?;
        Ok(Session {
            name: name.to_owned(),
            pseudonym: new.pseudonym().to_owned(),
            role,
            policy: policy::current(self).await?,
        })
    }

    /// Every account, in the order they were added. Supervisors and custodians may know who is who.
    pub async fn accounts(&self) -> Result<Vec<AccountFacts>> {
        self.actor().needs(&[Role::Supervisor, Role::Custodian])?;
        let rows = store::account::all(&mut *self.store().read().await?).await?;
        rows.into_iter()
            .map(|row| {
                Ok(AccountFacts {
                    role: role_from(&row.role)?,
                    name: row.name,
                    pseudonym: row.pseudonym,
                })
            })
            .collect()
    }

    /// Who is here, under which policy.
    pub async fn session(&self) -> Result<Session> {
        Ok(Session {
            name: self.actor().name().to_owned(),
            pseudonym: self.actor().pseudonym().to_owned(),
            role: self.actor().role(),
            policy: policy::current(self).await?,
        })
    }

    /// Ends the session: claims are given back, exposures closed, the store folded and closed.
    pub async fn lock(&self) -> Result<()> {
        self.0.grants.clear();
        crate::view::close_mine(self, "locked").await?;
        crate::queue::claim::release_mine(self).await?;
        self.0.store.close().await;
        Ok(())
    }

    /// Puts the store away without ending anything: a claim lives on to the end of its lease. For programs that
    /// live for one verb.
    pub async fn close(&self) {
        self.0.grants.clear();
        self.0.store.close().await;
    }

    /// The person every verb acts for.
    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }

    /// The folder of the workspace.
    pub fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// The clock of this session.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The decoder, where this machine has one.
    pub fn airlock(&self) -> Option<&Airlock> {
        self.0.airlock.as_ref()
    }

    /// Whether this machine can confine the decoder; tried once per session.
    pub async fn confined(&self) -> bool {
        let Some(airlock) = self.airlock() else { return false };
        *self.0.confined.get_or_init(|| airlock.confined()).await
    }

    /// The verification done when the session began.
    pub fn at_start(&self) -> Option<&Verification> {
        self.0.at_start.as_ref()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn vault(&self) -> &Arc<Vault> {
        &self.0.vault
    }

    pub(crate) fn grants(&self) -> &Grants {
        &self.0.grants
    }

    /// Takes a lock file that the operating system frees when this process ends, however it ends.
    pub(crate) fn exclusive(&self, name: &str, code: &'static str, taken: &str) -> Result<File> {
        let file =
            File::options().create(true).truncate(false).write(true).open(self.dir().join(name))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(std::fs::TryLockError::WouldBlock) => Err(Error::store(code, taken)),
            Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

/// A machine's clock may lie this far behind the ledger before that is worth a leaf.
const CLOCK_TOLERANCE: i64 = 2_000;

fn pseudonym(role: Role, number: i64) -> String {
    format!("{}-{number:02}", letter(role))
}

fn account_added(new: &Actor) -> Event {
    let body = json!({ "account": new.pseudonym(), "role": role_word(new.role()) });
    Event::new("account.added", body)
}

async fn insert_account(write: &mut Logged, clock: &Clock, new: &Actor) -> Result<()> {
    let role = role_word(new.role());
    store::account::insert(write.conn(), new.name(), new.pseudonym(), role, clock.now()).await
}

/// From here on this process holds keys and, for moments, an original: a crash must not write them to disk.
fn forbid_core_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // A process may always lower its own limit.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}
