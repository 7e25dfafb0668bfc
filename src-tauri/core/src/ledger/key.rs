//! The key that signs checkpoints: Ed25519, one per workspace, made with it and sealed in its store.
//!
//! The public half is a C2SP verifier key (`signed-note`); its name is the ledger's origin. The private half must never
//! leave the store's room other than into a signature.

use ed25519_dalek::SigningKey;
use serde_json::json;
use signed_note::{StandardSigner, new_ed25519_verifier_key};
use sqlx::SqliteConnection;
use zeroize::Zeroizing;

use super::{Event, Logged, Unlogged};
use crate::account::{Actor, keyring::random};
use crate::clock::Clock;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::store::{account as settings, checkpoint as rows};

const SETTING: &str = "ledger_key";

/// The public half in the form others keep it: `casement/3f9a…+1a2b3c4d+AY…`.
pub async fn vkey(console: &Console) -> Result<String> {
    present(&mut *console.store().read().await?).await
}

/// The public half of the key in force.
pub(crate) async fn present(conn: &mut SqliteConnection) -> Result<String> {
    rows::vkeys(conn).await?.pop().ok_or_else(absent)
}

/// Makes the key of a workspace that has none, and says so in the ledger.
pub(crate) async fn make(write: &mut Logged, clock: &Clock, actor: &Actor) -> Result<()> {
    let (secret, vkey) = generate()?;
    let seq = write.log(clock, actor, made(&vkey)).await?;
    put(write, seq, &secret, &vkey).await
}

/// The same for a workspace from before there were keys. Does nothing where there is one.
pub(crate) async fn catch_up(console: &Console) -> Result<()> {
    if !rows::vkeys(&mut *console.store().read().await?).await?.is_empty() {
        return Ok(());
    }
    let mut write = Unlogged::begin(console.store()).await?;
    // A colleague may have been quicker.
    if !rows::vkeys(write.conn()).await?.is_empty() {
        return Ok(());
    }
    let (secret, vkey) = generate()?;
    let (mut write, seq) = write.log(console.clock(), console.actor(), made(&vkey)).await?;
    put(&mut write, seq, &secret, &vkey).await?;
    write.commit().await
}

fn made(vkey: &str) -> Event {
    Event::new("key.made", json!({ "vkey": vkey }))
}

async fn put(write: &mut Logged, seq: i64, secret: &str, vkey: &str) -> Result<()> {
    settings::set(write.conn(), SETTING, secret).await?;
    rows::insert_vkey(write.conn(), seq, vkey).await
}

/// The signer and the origin it signs for.
pub(super) async fn signer(conn: &mut SqliteConnection) -> Result<(StandardSigner, String)> {
    let secret = settings::setting(conn, SETTING).await?.map(Zeroizing::new).ok_or_else(absent)?;
    let signer = StandardSigner::new(&secret).map_err(|error| absent().caused_by(error))?;
    let vkey = present(conn).await?;
    let (origin, _) = vkey.split_once('+').ok_or_else(absent)?;
    if signed_note::Signer::name(&signer) != origin {
        return Err(absent());
    }
    Ok((signer, origin.to_owned()))
}

/// A new key in the forms of C2SP `signed-note`: private, public. Its name holds a random workspace id.
pub(super) fn generate() -> Result<(Zeroizing<String>, String)> {
    let seed = Zeroizing::new(random::<32>()?);
    let origin = format!("casement/{}", hex::encode(random::<8>()?));
    let key = SigningKey::from_bytes(&seed);
    let vkey = new_ed25519_verifier_key(&origin, &key.verifying_key());
    let id = vkey.split('+').nth(1).unwrap_or_default();
    let typed = Zeroizing::new([&[1_u8], seed.as_slice()].concat());
    let secret = {
        use base64::Engine as _;
        Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(typed.as_slice()))
    };
    Ok((Zeroizing::new(format!("PRIVATE+KEY+{origin}+{id}+{}", *secret)), vkey))
}

fn absent() -> Error {
    Error::store(
        "KEY-01",
        "The key that signs the ledger is not in this store, or is damaged. Nothing was signed. Run casectl verify and put back a backup.",
    )
}
