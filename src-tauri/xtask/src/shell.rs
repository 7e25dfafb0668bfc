//! Starting other programs: always said aloud, always with an answer in words when they fail.
//! Never runs through a shell, so no path or name is ever read as syntax.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// What a program said, line by line, both streams in the order they arrived.
pub(crate) type Said = Vec<String>;

/// A command to start in `dir`.
pub(crate) fn command(program: impl AsRef<OsStr>, args: &[&str], dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(dir);
    command
}

/// Runs to the end with the terminal attached. An exit other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let name = name(command);
    println!("  $ {}", line(command));
    let status = command.status().with_context(|| format!("`{name}` cannot be started"))?;
    if !status.success() {
        bail!("`{name}` failed ({status})");
    }
    Ok(())
}

/// Runs to the end without showing anything; the answer is its standard output.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let name = name(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{name}` cannot be started"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{name}` failed ({}): {}", output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// True if the program starts and exits with 0; what it prints is dropped.
pub(crate) fn succeeds(program: impl AsRef<OsStr>, args: &[&str]) -> bool {
    Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs to the end, showing each line as it comes and keeping all of them, also in `log`.
/// Returns whether the program was content, and what it said.
pub(crate) fn follow(command: &mut Command, log: &Path) -> Result<(bool, Said)> {
    let name = name(command);
    println!("  $ {}", line(command));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{name}` cannot be started"))?;
    let kept = Arc::new(Mutex::new((Said::new(), File::create(log)?)));
    let readers: Vec<_> = [
        child.stdout.take().map(|s| Box::new(s) as Box<dyn Read + Send>),
        child.stderr.take().map(|s| Box::new(s) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .flatten()
    .map(|stream| {
        let kept = Arc::clone(&kept);
        thread::spawn(move || keep(stream, &kept))
    })
    .collect();
    for reader in readers {
        let _ = reader.join();
    }
    let status = child.wait()?;
    let said = kept.lock().map(|kept| kept.0.clone()).unwrap_or_default();
    Ok((status.success(), said))
}

fn keep(stream: Box<dyn Read + Send>, kept: &Mutex<(Said, File)>) {
    let mut stream = BufReader::new(stream);
    let mut bytes = Vec::new();
    while stream.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
        let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        bytes.clear();
        println!("{line}");
        if let Ok(mut kept) = kept.lock() {
            let _ = writeln!(kept.1, "{line}");
            kept.0.push(line);
        }
    }
}

/// A duration as people say it: `0.4 s`, `41 s`, `3 min 20 s`.
pub(crate) fn spoken(took: Duration) -> String {
    let seconds = took.as_secs();
    match seconds {
        0..=9 => format!("{:.1} s", took.as_secs_f64()),
        10..=119 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

fn name(command: &Command) -> String {
    Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned()
}

fn line(command: &Command) -> String {
    let args = command.get_args().map(OsStr::to_string_lossy);
    args.fold(name(command), |line, arg| {
        if arg.contains([' ', '|', '(', '*']) {
            format!("{line} '{arg}'")
        } else {
            format!("{line} {arg}")
        }
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::{command, follow, line, read, spoken};

    #[test]
    fn a_followed_program_is_kept_whole_and_judged_by_its_exit() -> anyhow::Result<()> {
        let dir = tempfile::tempdir()?;
        let log = dir.path().join("log");
        let script = "echo one; echo two >&2; printf three; exit 3";
        let (content, mut said) = follow(&mut command("sh", &["-c", script], dir.path()), &log)?;
        said.sort();
        assert!(!content);
        assert_eq!(said, ["one", "three", "two"]);
        assert_eq!(std::fs::read_to_string(log)?.lines().count(), 3);
        Ok(())
    }

    #[test]
    fn a_failed_program_says_why() {
        let here = Path::new(".");
        let error = read(&mut command("sh", &["-c", "echo no disk >&2; exit 1"], here));
        assert!(error.unwrap_err().to_string().contains("no disk"));
        let missing = read(&mut command("no-such-program", &[], here)).unwrap_err();
        assert!(missing.to_string().contains("`no-such-program` cannot be started"));
    }

    #[test]
    fn commands_and_times_are_said_as_people_say_them() {
        let words = command("/usr/bin/x", &["run", "-E", "not a"], Path::new("."));
        assert_eq!(line(&words), "x run -E 'not a'");
        assert_eq!(spoken(Duration::from_millis(420)), "0.4 s");
        assert_eq!(spoken(Duration::from_secs(41)), "41 s");
        assert_eq!(spoken(Duration::from_secs(200)), "3 min 20 s");
    }
}
