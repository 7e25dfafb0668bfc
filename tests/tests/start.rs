//! Cold start of the real window, beside an empty web view and beside `casectl`. Taken by `cargo xtask bench`.
//!
//! Its times begin where the kernel says that the process did, and end when the driver sees the state: what the driver
//! itself costs is in both sides. It must never judge a time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs::{self, File};
use std::io::BufReader;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use casement_core::account::keyring::Passphrase;
use casement_core::intake::{Import, Watch, begin};
use casement_core::wire::Role;
use casement_core::{Console, Opening};
use serde_json::json;
use thirtyfour::prelude::*;

const SUPERVISOR: &str = "a supervisor who measures";
/// Starts that are counted; one more before them warms what the machine keeps of both programs.
const TIMES: usize = 9;
const PATIENCE: Duration = Duration::from_secs(60);

/// The driver of WebKitGTK with one window of one program.
struct Session {
    server: Child,
    driver: WebDriver,
}

impl Session {
    /// Opens `binary`; `args` must hold something that no other process of the machine has in its command line.
    async fn open(binary: &Path, args: &[&str], home: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("HOME", home)
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            // What tauri-driver sets: the window lets itself be driven.
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver is installed by cargo xtask bench");
        let begun = Instant::now();
        // Only once it listens, so that starting the driver is in neither side.
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the driver does not listen");
            tokio::task::yield_now().await;
        }
        let mut capabilities = Capabilities::new();
        let options = json!({ "binary": binary, "args": args });
        capabilities.set("webkitgtk:browserOptions", options).unwrap();
        let driver =
            WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await.unwrap();
        Self { server, driver }
    }

    /// Asks the page again and again until the script answers true.
    async fn until(&self, script: &str) {
        let begun = Instant::now();
        while self.driver.execute(script, vec![]).await.unwrap().json() != &json!(true) {
            assert!(begun.elapsed() < PATIENCE, "never true: {script}");
        }
    }

    async fn close(mut self) {
        self.driver.quit().await.unwrap();
        let asked = Command::new("kill").args(["-TERM", &self.server.id().to_string()]).status();
        assert!(asked.unwrap().success());
        self.server.wait().unwrap();
    }
}

/// Since the process with `mark` in its command line began. The kernel counts in hundredths of a second.
fn age_of(mark: &str) -> Duration {
    let up: f64 =
        fs::read_to_string("/proc/uptime").unwrap().split(' ').next().unwrap().parse().unwrap();
    let started = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let dir = entry.ok()?.path();
        let line = fs::read(dir.join("cmdline")).ok()?;
        String::from_utf8_lossy(&line).contains(mark).then_some(())?;
        let stat = fs::read_to_string(dir.join("stat")).ok()?;
        // The 22nd field; the second is a name in brackets that may hold blanks.
        stat.rsplit_once(") ")?.1.split(' ').nth(19)?.parse::<f64>().ok()
    });
    let first = started.reduce(f64::min).expect("the program is running");
    Duration::from_secs_f64((up - first / 100.0).max(0.001))
}

fn named(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .unwrap_or_else(|| std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join(name))
}

/// WebKitGTK's own browser, without anything in it: what any window on this engine costs.
fn bare_browser() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path());
    folders
        .chain([PathBuf::from("/usr/libexec"), PathBuf::from("/usr/lib64")])
        .map(|folder| folder.join("webkit2gtk-4.1/MiniBrowser"))
        .find(|path| path.is_file())
}

async fn workspace(store: &Path) {
    let own = Passphrase::new(SUPERVISOR.to_owned());
    let console = Console::init(store, "supervisor", &own, Role::Supervisor, Opening::default())
        .await
        .unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/real");
    let finds = fixture.join("finds.jsonl");
    let import = Import {
        total_bytes: fs::metadata(&finds).unwrap().len(),
        finds: BufReader::new(File::open(finds).unwrap()),
        name: "finds.jsonl".to_owned(),
        bytes: fixture.join("bytes"),
    };
    let done =
        begin(&console, import).await.unwrap().run(&console, &Watch::default()).await.unwrap();
    assert!(done.new_cases > 0);
    console.lock().await.unwrap();
}

/// Process start to the locked console, and the passphrase given to the first row of the queue.
async fn window(store: &Path) -> (Duration, Duration) {
    let home = tempfile::tempdir().unwrap();
    let mark = store.display().to_string();
    let session =
        Session::open(&named("CASEMENT_BIN", "casement"), &["--store", &mark], home.path()).await;
    session.until("const e = document.activeElement; return !!e && e.dataset.testid === 'unlock-passphrase'").await;
    let shown = age_of(&mark);
    for key in SUPERVISOR.chars() {
        session.driver.action_chain().send_keys(key).perform().await.unwrap();
    }
    let asked = Instant::now();
    session.driver.action_chain().send_keys(char::from(Key::Enter)).perform().await.unwrap();
    session
        .until(
            "const e = document.querySelector(\"[data-testid='queue'] [role='option']\"); \
             return !!e && e.getBoundingClientRect().height > 0",
        )
        .await;
    let queue = asked.elapsed();
    session.close().await;
    (shown, queue)
}

/// Process start to an empty page that can be asked.
async fn bare(browser: &Path) -> Duration {
    let home = tempfile::tempdir().unwrap();
    let mark = format!("--name={}", home.path().display());
    let session = Session::open(browser, &["--automation", &mark], home.path()).await;
    session.until("return document.readyState === 'complete'").await;
    let shown = age_of(&mark);
    session.close().await;
    shown
}

/// A whole `casectl`: process, key derivation, the first page of the queue.
fn casectl(store: &Path) -> Duration {
    let begun = Instant::now();
    let said = Command::new(named("CASECTL_BIN", "casectl"))
        .args(["queue", "--json", "--as", "supervisor", "--store"])
        .arg(store)
        .env("CASEMENT_PASSPHRASE", SUPERVISOR)
        .output()
        .unwrap();
    let took = begun.elapsed();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(!said.stdout.is_empty());
    took
}

fn row(what: &str, mut ours: Vec<Duration>, mut floor: Vec<Duration>, floor_name: &str) {
    let middle = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64() * 1000.0
    };
    let (ours, floor) = (middle(&mut ours), middle(&mut floor));
    println!(
        "{}",
        json!({ "what": what, "ours_ms": ours, "floor_ms": floor, "floor_name": floor_name, "goal": null })
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "taken by cargo xtask bench"]
async fn start() {
    assert!(
        std::env::var_os("DISPLAY").is_some(),
        "needs a display: run through cargo xtask bench"
    );
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    workspace(&store).await;
    let browser = bare_browser();
    let (mut locked, mut queue, mut empty, mut told) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for n in 0..=TIMES {
        let (to_locked, to_queue) = window(&store).await;
        let without = casectl(&store);
        let page = match &browser {
            Some(browser) => Some(bare(browser).await),
            None => None,
        };
        if n > 0 {
            locked.push(to_locked);
            queue.push(to_queue);
            told.push(without);
            empty.extend(page);
        }
    }
    let both = locked.iter().zip(&queue).map(|(locked, queue)| *locked + *queue).collect();
    if empty.is_empty() {
        println!("WebKitGTK's MiniBrowser is not here: casectl alone is the floor");
        row(
            "cold start to the locked console",
            locked,
            told.clone(),
            "casectl queue, whole process",
        );
    } else {
        row("cold start to the locked console", locked, empty, "MiniBrowser to an empty page");
    }
    row(
        "passphrase given to the queue's first row",
        queue,
        told.clone(),
        "casectl queue, whole process",
    );
    row(
        "cold start to the queue's first row, typing left out",
        both,
        told,
        "casectl queue, whole process",
    );
}
