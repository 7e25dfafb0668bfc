//! Steps that every journey through the window takes: look at a view, go to another, type, unlock.
//!
//! It must never click.

use thirtyfour::prelude::*;

use super::Window;

/// Looks at a view in the theme it is in: a screenshot, and axe-core.
pub(crate) async fn look(window: &Window, name: &str) {
    window.shot(name).await;
    let found = window.axe().await;
    assert!(found.is_empty(), "axe-core at {name}:\n{}", found.join("\n"));
}

/// The same in both themes.
pub(crate) async fn look_around(window: &Window, name: &str) {
    for _ in 0..2 {
        look(window, &format!("{name}-{}", theme(window).await)).await;
        other_theme(window).await;
    }
}

/// What a reader sees: `dark` or `light`.
pub(crate) async fn theme(window: &Window) -> String {
    const SEEN: &str = "return document.documentElement.dataset.theme \
        ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')";
    window.driver.execute(SEEN, vec![]).await.unwrap().convert().unwrap()
}

pub(crate) async fn other_theme(window: &Window) {
    let before = theme(window).await;
    run(window, "theme").await;
    window
        .until(
            "the other theme",
            &format!("return document.documentElement.dataset.theme !== '{before}'"),
        )
        .await;
}

/// Runs a command of the palette.
pub(crate) async fn run(window: &Window, command: &str) {
    window.ctrl('k').await;
    window.see("palette-input").await;
    window.keys(command).await;
    window.press(Key::Enter).await;
    window.gone("palette").await;
}

/// Moves the focus with Tab until it is on the element.
pub(crate) async fn tab_to(window: &Window, id: &str) {
    window.see(id).await;
    let there =
        format!("const e = document.activeElement; return !!e && e.dataset.testid === '{id}'");
    for _ in 0..120 {
        if window.driver.execute(&there, vec![]).await.unwrap().json() == &serde_json::json!(true) {
            return;
        }
        window.press(Key::Tab).await;
    }
    panic!("{id} cannot be reached with Tab");
}

pub(crate) async fn view(window: &Window, key: char, name: &str) {
    window.ctrl(key).await;
    window.find(&format!("[data-view='{name}']")).await;
}

pub(crate) async fn choose_account(window: &Window, name: &str) {
    tab_to(window, "unlock-name").await;
    let value = "return document.querySelector(\"[data-testid='unlock-name']\").value";
    for _ in 0..20 {
        let now: String = window.driver.execute(value, vec![]).await.unwrap().convert().unwrap();
        if now == name {
            tab_to(window, "unlock-passphrase").await;
            return;
        }
        window.press(Key::Down).await;
    }
    panic!("{name} is not among the accounts");
}

pub(crate) async fn unlock(window: &Window, (name, passphrase): &(String, String)) {
    choose_account(window, name).await;
    window.keys(passphrase).await;
    window.press(Key::Enter).await;
    window.gone("unlock-passphrase").await;
}

/// Waits until the veiled picture of this level has really been drawn.
pub(crate) async fn shown(window: &Window, level: &str) {
    let script = format!(
        "const i = document.querySelector(\"[data-testid='tile'][data-level='{level}'] img\"); \
         return !!i && i.complete && Math.max(i.naturalWidth, i.naturalHeight) === 384"
    );
    window.until(&format!("{level} drawn"), &script).await;
}
