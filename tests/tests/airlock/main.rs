//! The airlock as whole processes: what it decodes, what it refuses, what it cannot do, and what its parent makes of
//! a decoder that misbehaves. Pictures are made here; expected samples are computed here, another way.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod confinement;
mod decoding;
mod hashing;
mod hostile;
mod parent;
mod reference;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::LazyLock;

use casement_airlock::{Reply, Request, Tone};

/// The stand-in, which cargo builds for this test.
const MISBEHAVE: &str = env!("CARGO_BIN_EXE_misbehave");

/// The airlock of this very checkout, beside the stand-in.
static AIRLOCK: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(MISBEHAVE).parent().unwrap();
    let profile = folder.file_name().and_then(|name| name.to_str()).unwrap();
    let profile = if profile == "debug" { "dev" } else { profile };
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--package", "casement-airlock", "--profile", profile]);
    build.arg("--target-dir").arg(folder.parent().unwrap());
    build.current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(build.status().unwrap().success());
    folder.join("casement-airlock")
});

/// How one process ended, and all it wrote.
struct Ended {
    status: ExitStatus,
    output: Vec<u8>,
}

impl Ended {
    fn code(&self) -> Option<u8> {
        self.status.code().and_then(|code| u8::try_from(code).ok())
    }
}

/// Runs a program on exactly these bytes of input.
fn run(program: &Path, arguments: &[&str], input: &[u8]) -> Ended {
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        // A process that refuses early closes its end; how it ended says why.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().unwrap()
    });
    Ended { status: output.status, output: output.stdout }
}

/// A well-formed request for this file.
fn request(file: &[u8], k: u8, tone: Tone) -> (Request, Vec<u8>) {
    let request = Request::new(k, tone, file.len() as u64).unwrap();
    (request, [&request.encode(), file].concat())
}

/// Asks the airlock; the code it left with, when there is no answer.
fn ask(file: &[u8], k: u8, tone: Tone) -> Result<(Reply, Vec<u8>), Option<u8>> {
    let (request, input) = request(file, k, tone);
    let ended = run(&AIRLOCK, &[], &input);
    if ended.code() != Some(0) {
        assert!(ended.output.is_empty(), "a refusal says nothing");
        return Err(ended.code());
    }
    let (header, samples) = ended.output.split_first_chunk().unwrap();
    let reply = Reply::decode(header, &request).unwrap();
    assert_eq!(samples.len(), reply.sample_bytes());
    Ok((reply, samples.to_vec()))
}
