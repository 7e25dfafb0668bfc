//! A virtual X display for machines without a screen.
//! Never touches a display somebody else started: the server itself picks a free number, so a lock
//! left behind by a dead one is stepped over, and only our own server is ended.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell;

/// A running virtual display; it ends with this value, and with this process.
pub(crate) struct Display {
    server: Child,
    /// The value for the environment variable `DISPLAY`.
    pub(crate) name: String,
}

/// True if windows can be shown on this machine's own screen.
pub(crate) fn has_screen() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

impl Display {
    /// Starts a server of 1920×1080 and waits until it answers.
    pub(crate) fn start() -> Result<Self> {
        const SERVER: [&str; 9] = [
            "Xvfb",
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1920x1080x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ];
        // With setpriv the kernel ends the server even when this process is killed outright.
        let guarded = shell::succeeds("setpriv", &["--pdeathsig", "TERM", "true"]);
        let mut command = if guarded {
            let mut command = Command::new("setpriv");
            command.args(["--pdeathsig", "TERM"]).args(SERVER);
            command
        } else {
            let mut command = Command::new(SERVER[0]);
            command.args(&SERVER[1..]);
            command
        };
        let mut server = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("the virtual display (Xvfb) cannot be started")?;
        let mut number = String::new();
        if let Some(stdout) = server.stdout.take() {
            BufReader::new(stdout).read_line(&mut number)?;
        }
        let number = number.trim();
        if number.is_empty() {
            let mut said = String::new();
            if let Some(mut stderr) = server.stderr.take() {
                stderr.read_to_string(&mut said)?;
            }
            server.wait()?;
            bail!("the virtual display (Xvfb) did not start: {}", said.trim());
        }
        // Nobody reads the server's complaints from here on; an unread pipe would stop it when full.
        if let Some(mut stderr) = server.stderr.take() {
            std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        }
        Ok(Self { server, name: format!(":{number}") })
    }

    /// Points a command's windows at this display, whatever screen the machine has.
    pub(crate) fn lend(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.name)
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY");
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // TERM lets the server remove its lock and socket; KILL would leave both behind.
        let pid = self.server.id().to_string();
        if !shell::succeeds("kill", &["-TERM", &pid]) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;
    use std::path::PathBuf;

    use super::Display;

    fn socket(display: &Display) -> PathBuf {
        PathBuf::from(format!("/tmp/.X11-unix/X{}", display.name.trim_start_matches(':')))
    }

    #[test]
    fn displays_answer_side_by_side_and_leave_nothing_behind() -> anyhow::Result<()> {
        let (one, two) = (Display::start()?, Display::start()?);
        assert_ne!(one.name, two.name);
        let sockets = [socket(&one), socket(&two)];
        for socket in &sockets {
            UnixStream::connect(socket)?;
        }
        drop((one, two));
        for socket in &sockets {
            assert!(UnixStream::connect(socket).is_err(), "{} still answers", socket.display());
        }
        Ok(())
    }
}
