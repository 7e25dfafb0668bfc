//! The real window under WebDriver: one driver, one display, one private home for each.
//!
//! It must never sleep: everything waited for is a state of the page.

pub(crate) mod journey;
pub(crate) mod steps;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::prelude::*;

/// How long a state may take to appear on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The console's window, open on a store.
pub(crate) struct Window {
    pub(crate) driver: WebDriver,
    server: Child,
    /// Where the window's own files go: cache, web data.
    pub(crate) home: tempfile::TempDir,
    shots: Option<PathBuf>,
    shot: std::cell::Cell<u32>,
}

/// A program that the suite built and named in the environment, or the one beside this test.
pub(crate) fn program(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable).map(PathBuf::from).unwrap_or_else(|| {
        let exe = std::env::current_exe().unwrap();
        let built = exe.ancestors().nth(2).unwrap();
        let tool = built.parent().unwrap().join("tools/bin").join(name);
        if tool.is_file() { tool } else { built.join(name) }
    })
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Window {
    /// Opens the window on `store`; screenshots go to `shots`, if anywhere.
    pub(crate) async fn open(store: &Path, shots: Option<PathBuf>) -> Self {
        assert!(
            std::env::var_os("DISPLAY").is_some(),
            "needs a display: run through cargo xtask test"
        );
        let home = tempfile::tempdir().unwrap();
        let (port, native) = (free_port(), free_port());
        let server = Command::new(program("TAURI_DRIVER", "tauri-driver"))
            .args(["--port", &port.to_string(), "--native-port", &native.to_string()])
            .env("HOME", home.path())
            .env("XDG_CACHE_HOME", home.path().join("cache"))
            .env("XDG_DATA_HOME", home.path().join("data"))
            .env("XDG_CONFIG_HOME", home.path().join("config"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("tauri-driver is installed by cargo xtask test");
        let mut capabilities = Capabilities::new();
        let application = program("CASEMENT_BIN", "casement");
        capabilities
            .set("tauri:options", json!({ "application": application, "args": ["--store", store] }))
            .unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let begun = std::time::Instant::now();
        let driver = loop {
            // The driver says nothing when it is ready; a refused connection says that it is not.
            match WebDriver::new(&url, capabilities.clone()).await {
                Ok(driver) => break driver,
                Err(error) if begun.elapsed() > PATIENCE => {
                    panic!("no session with the window: {error}")
                }
                Err(_) => tokio::task::yield_now().await,
            }
        };
        driver.set_script_timeout(PATIENCE).await.unwrap();
        let window = Self { driver, server, home, shots, shot: 0.into() };
        window.size(1280, 800).await;
        window
    }

    /// Sizes the window so that the page itself has these dimensions.
    pub(crate) async fn size(&self, width: u32, height: u32) {
        self.driver.set_window_rect(0, 0, width, height).await.unwrap();
    }

    /// Presses keys, one after another, wherever the focus is.
    pub(crate) async fn keys(&self, keys: &str) {
        for key in keys.chars() {
            self.driver.action_chain().send_keys(key).perform().await.unwrap();
        }
    }

    /// Presses one special key.
    pub(crate) async fn press(&self, key: Key) {
        self.driver.action_chain().send_keys(char::from(key)).perform().await.unwrap();
    }

    /// Presses a key while Ctrl is down.
    pub(crate) async fn ctrl(&self, key: impl Into<char>) {
        let key = key.into();
        let chain =
            self.driver.action_chain().key_down(Key::Control).send_keys(key).key_up(Key::Control);
        chain.perform().await.unwrap();
    }

    /// The element with this test id, once it is shown.
    pub(crate) async fn see(&self, id: &str) -> WebElement {
        self.find(&format!("[data-testid='{id}']")).await
    }

    /// The first element that fits the selector, once it is shown.
    pub(crate) async fn find(&self, selector: &str) -> WebElement {
        let begun = std::time::Instant::now();
        loop {
            // A list that is being filled may replace the element between finding and looking; that is no failure.
            let shown = async {
                let element = self.driver.find(By::Css(selector)).await.ok()?;
                element.is_displayed().await.ok()?.then_some(element)
            };
            if let Some(element) = shown.await {
                return element;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{selector} did not appear\n{}",
                self.page_text().await
            );
        }
    }

    /// What the page says, for a failure's message.
    pub(crate) async fn page_text(&self) -> String {
        let text = self.driver.execute("return document.body.innerText", vec![]).await;
        text.ok().and_then(|text| text.convert().ok()).unwrap_or_default()
    }

    /// Waits until a script answers true.
    pub(crate) async fn until(&self, what: &str, script: &str) {
        let begun = std::time::Instant::now();
        loop {
            let answer = self.driver.execute(script, vec![]).await.unwrap();
            if answer.json() == &json!(true) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "never {what}\n{}", self.page_text().await);
        }
    }

    /// Waits until the element with this test id says something that contains `text`.
    pub(crate) async fn says(&self, id: &str, text: &str) {
        let script = format!(
            "const e = document.querySelector(\"[data-testid='{id}']\"); return !!e && e.innerText.includes({})",
            json!(text)
        );
        self.until(&format!("{id} saying “{text}”"), &script).await;
    }

    /// Waits until nothing with this test id is on the page.
    pub(crate) async fn gone(&self, id: &str) {
        let script = format!("return !document.querySelector(\"[data-testid='{id}']\")");
        self.until(&format!("{id} gone"), &script).await;
    }

    /// Keeps a numbered screenshot, when screenshots are kept, and asserts that the window is not blank.
    pub(crate) async fn shot(&self, name: &str) {
        self.until(
            "still",
            "return document.getAnimations().every(a => a.playState !== 'running')",
        )
        .await;
        // The picture is of the last frame drawn; two frames on, that is the page as it now stands.
        let drawn = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))";
        self.driver.execute_async(drawn, vec![]).await.unwrap();
        let png = self.driver.screenshot_as_png().await.unwrap();
        let colours = distinct_bytes(&png);
        assert!(colours > 100, "the window is blank at {name}");
        if let Some(folder) = &self.shots {
            self.shot.set(self.shot.get() + 1);
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join(format!("{:02}-{name}.png", self.shot.get())), png).unwrap();
        }
    }

    /// Runs axe-core on the page as it stands; answers what it found, as `rule: selector`.
    pub(crate) async fn axe(&self) -> Vec<String> {
        let axe =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        self.driver.execute(std::fs::read_to_string(axe).unwrap(), vec![]).await.unwrap();
        let answer = self
            .driver
            .execute_async(
                "const done = arguments[0]; axe.run(document).then(r => done(r.violations))",
                vec![],
            )
            .await
            .unwrap();
        let Value::Array(violations) = answer.json().clone() else { panic!("axe did not answer") };
        violations
            .iter()
            .flat_map(|rule| {
                let nodes = rule["nodes"].as_array().cloned().unwrap_or_default();
                nodes.into_iter().map(move |node| format!("{}: {}", rule["id"], node["target"]))
            })
            .collect()
    }

    /// Errors and refused resources that the page noted since it was loaded.
    pub(crate) async fn diagnostics(&self) -> Vec<String> {
        let script =
            "return [...document.querySelectorAll('#diagnostics > li')].map(e => e.textContent)";
        self.driver.execute(script, vec![]).await.unwrap().convert().unwrap()
    }

    /// Ends the session, which closes the window, and the driver.
    pub(crate) async fn close(mut self) -> tempfile::TempDir {
        self.driver.quit().await.unwrap();
        // Asked, not killed, so that the driver ends its own child.
        let asked = Command::new("kill").args(["-TERM", &self.server.id().to_string()]).status();
        assert!(asked.unwrap().success());
        self.server.wait().unwrap();
        self.home
    }
}

fn distinct_bytes(png: &[u8]) -> usize {
    png.iter().collect::<std::collections::HashSet<_>>().len()
}
