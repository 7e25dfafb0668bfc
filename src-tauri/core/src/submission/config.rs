//! Where reports are sent and as whom: one configuration for each environment, kept in the encrypted store.
//!
//! The login goes in and never comes out but into the courier's pipe. It must never let the two environments share a
//! host or a login, and never send a login unencrypted to another machine.

use casement_courier::{Opening, Scheme, Secret};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::SqliteConnection;
use zeroize::Zeroizing;

use crate::approval::{KEEPERS, canonical, digest};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Unlogged};
use crate::store::account as rows;
use crate::wire::{SubmissionConfigure, SubmissionEndpoint, SubmissionEnvironment};

use super::unlock;

const ACTIVE: &str = "submission-active";
/// Hosts of the CyberTipline's two systems (fact sheet §1.1).
const PRODUCTION_HOST: &str = "report.cybertip.org";
const TEST_HOST: &str = "exttest.cybertip.org";

/// One environment as it is kept.
#[derive(Serialize, Deserialize)]
pub(super) struct Endpoint {
    pub(super) environment: SubmissionEnvironment,
    pub(super) base: String,
    scheme: Scheme,
    pub(super) host: String,
    port: u16,
    path: String,
    pub(super) user: Secret,
    password: Secret,
    pub(super) upload: bool,
    pub(super) timeout_s: u32,
    pub(super) retries: u32,
    pub(super) retry_after_s: u32,
}

impl Endpoint {
    /// Checks what was asked for, and takes the address apart once and for all.
    fn new(asked: SubmissionConfigure) -> Result<Self> {
        let SubmissionConfigure { environment, base, user, password, upload, .. } = asked;
        let (user, password) = (Secret::new(user), Secret::new(password));
        let (scheme, host, port, path) = address(&base)?;
        let plain = |text: &str, most| {
            (1..=most).contains(&text.len()) && !text.chars().any(char::is_control)
        };
        if !plain(user.reveal(), 256)
            || user.reveal().contains(':')
            || !plain(password.reveal(), 1024)
        {
            return Err(Error::usage(
                "SUBMIT-03",
                "A login is a user name without a colon and a password, both without control characters.",
            ));
        }
        for (what, value, low, high) in [
            ("the time limit", asked.timeout_s, 1, 600),
            ("the number of retries", asked.retries, 0, 8),
            ("the wait before a retry", asked.retry_after_s, 0, 600),
        ] {
            if !(low..=high).contains(&value) {
                let text =
                    format!("{what} must lie between {low} and {high}. Nothing was changed.");
                return Err(Error::usage("SUBMIT-03", text));
            }
        }
        let foreign = match environment {
            SubmissionEnvironment::Test => PRODUCTION_HOST,
            SubmissionEnvironment::Production => TEST_HOST,
        };
        if host == foreign {
            return Err(Error::refused(
                "SUBMIT-05",
                "This is the host of the hotline's other system. Nothing was changed. Configure each environment with its own.",
            ));
        }
        let base = format!("{}://{}{path}", scheme.word(), authority(&host, scheme, port));
        let (timeout_s, retries, retry_after_s) =
            (asked.timeout_s, asked.retries, asked.retry_after_s);
        Ok(Self {
            environment,
            base,
            scheme,
            host,
            port,
            path,
            user,
            password,
            upload,
            timeout_s,
            retries,
            retry_after_s,
        })
    }

    /// SHA-256 of the part that is no secret, as canonical JSON.
    pub(super) fn sha256(&self) -> Result<String> {
        let open = json!({
            "base": self.base, "environment": self.environment, "user": self.user.reveal(),
        });
        Ok(digest(&canonical(&open)?))
    }

    /// What the courier is opened with.
    pub(super) fn opening(&self) -> Opening {
        Opening {
            scheme: self.scheme,
            host: self.host.clone(),
            port: self.port,
            path: self.path.clone(),
            user: self.user.clone(),
            password: self.password.clone(),
            timeout_ms: self.timeout_s.saturating_mul(1000),
            agent: concat!("Casement/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    pub(super) fn facts(&self, unlocked_until: Option<String>) -> Result<SubmissionEndpoint> {
        Ok(SubmissionEndpoint {
            environment: self.environment,
            base: self.base.clone(),
            host: self.host.clone(),
            user: self.user.reveal().to_owned(),
            upload: self.upload,
            timeout_s: self.timeout_s,
            retries: self.retries,
            retry_after_s: self.retry_after_s,
            config_sha256: self.sha256()?,
            unlocked_until,
        })
    }
}

fn authority(host: &str, scheme: Scheme, port: u16) -> String {
    if port == scheme.port() { host.to_owned() } else { format!("{host}:{port}") }
}

fn address(base: &str) -> Result<(Scheme, String, u16, String)> {
    let wrong = |why: &str| {
        Error::usage("SUBMIT-02", format!("The base address {why}. Nothing was changed."))
    };
    let url = url::Url::parse(base.trim()).map_err(|_| wrong("is none"))?;
    let scheme = match url.scheme() {
        "https" => Scheme::Https,
        "http" => Scheme::Http,
        _ => return Err(wrong("must begin with https://")),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must not hold a login; give it apart"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("must end with its path"));
    }
    let host = url.host_str().unwrap_or_default();
    // A dot at the end names the same host; without it, two names of one host are the same text.
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() || host.ends_with('.') {
        return Err(wrong("has no host"));
    }
    let here = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        _ => false,
    };
    if scheme == Scheme::Http && !here {
        return Err(wrong(
            "must begin with https:// unless it is an address of this machine, such as 127.0.0.1",
        ));
    }
    let port = url.port_or_known_default().filter(|port| *port != 0);
    let port = port.ok_or_else(|| wrong("has no port"))?;
    Ok((scheme, host.to_owned(), port, url.path().trim_end_matches('/').to_owned()))
}

pub(super) const fn word(environment: SubmissionEnvironment) -> &'static str {
    match environment {
        SubmissionEnvironment::Test => "test",
        SubmissionEnvironment::Production => "production",
    }
}

pub(super) fn named(word: &str) -> SubmissionEnvironment {
    // The more cautious value: production is the one that is locked.
    if word == "test" { SubmissionEnvironment::Test } else { SubmissionEnvironment::Production }
}

const fn key(environment: SubmissionEnvironment) -> &'static str {
    match environment {
        SubmissionEnvironment::Test => "submission-test",
        SubmissionEnvironment::Production => "submission-production",
    }
}

/// What is configured for one environment.
pub(super) async fn endpoint(
    conn: &mut SqliteConnection,
    environment: SubmissionEnvironment,
) -> Result<Option<Endpoint>> {
    let Some(text) = rows::setting(conn, key(environment)).await?.map(Zeroizing::new) else {
        return Ok(None);
    };
    serde_json::from_str(&text).map(Some).map_err(|_| {
        Error::store(
            "SUBMIT-04",
            "The configuration of submission in this store cannot be read. Configure it anew.",
        )
    })
}

/// Which environment is in use; `None`: off, as in every new workspace.
pub(super) async fn active(conn: &mut SqliteConnection) -> Result<Option<SubmissionEnvironment>> {
    let word = rows::setting(conn, ACTIVE).await?;
    Ok(word.as_deref().filter(|word| *word != "off").map(named))
}

/// The configuration in use.
pub(super) async fn in_use(conn: &mut SqliteConnection) -> Result<Endpoint> {
    let off = || {
        Error::refused(
            "SUBMIT-01",
            "Submission is off. A supervisor or custodian configures it: casectl submission configure.",
        )
    };
    let environment = active(conn).await?.ok_or_else(off)?;
    endpoint(conn, environment).await?.ok_or_else(off)
}

/// Configures one environment and makes it the one in use. Supervisors and custodians may; what it is used for in
/// production needs two persons.
pub async fn configure(
    console: &Console,
    asked: SubmissionConfigure,
) -> Result<SubmissionEndpoint> {
    console.actor().needs(KEEPERS)?;
    let new = Endpoint::new(asked)?;
    let mut write = Unlogged::begin(console.store()).await?;
    let other = match new.environment {
        SubmissionEnvironment::Test => SubmissionEnvironment::Production,
        SubmissionEnvironment::Production => SubmissionEnvironment::Test,
    };
    if let Some(other) = endpoint(write.conn(), other).await?
        && (other.host == new.host && other.port == new.port && other.path == new.path
            || other.user == new.user && other.password == new.password)
    {
        return Err(Error::refused(
            "SUBMIT-05",
            "This is the address or the login of the other environment. Nothing was changed. A hotline gives one login for each.",
        ));
    }
    let sha256 = new.sha256()?;
    let text = Zeroizing::new(serde_json::to_string(&new).map_err(|_| {
        Error::usage("SUBMIT-03", "This configuration cannot be kept. Nothing was changed.")
    })?);
    let body = json!({ "config_sha256": sha256, "environment": new.environment });
    let event = Event::new("submission.configured", body);
    let (mut write, _) = write.log(console.clock(), console.actor(), event).await?;
    rows::set(write.conn(), key(new.environment), &text).await?;
    rows::set(write.conn(), ACTIVE, word(new.environment)).await?;
    unlock::keep_only(write.conn(), &new).await?;
    let until = unlock::until(write.conn(), &new, console.clock().now()).await?;
    write.commit().await?;
    new.facts(until)
}

/// Turns submission off and forgets both logins.
pub async fn off(console: &Console) -> Result<()> {
    console.actor().needs(KEEPERS)?;
    let write = Unlogged::begin(console.store()).await?;
    let event = Event::new("submission.off", json!({}));
    let (mut write, _) = write.log(console.clock(), console.actor(), event).await?;
    rows::set(write.conn(), ACTIVE, "off").await?;
    for environment in [SubmissionEnvironment::Test, SubmissionEnvironment::Production] {
        rows::forget(write.conn(), key(environment)).await?;
    }
    unlock::forget(write.conn()).await?;
    write.commit().await
}
