//! Stands in for the airlock and misbehaves on instruction, so that every way a decoder can fail its parent is tested
//! without a hostile picture. The instruction is the start of the "picture" it is given. Under a name
//! `without-CALL` it takes that system call away and becomes the real airlock. It must never be installed.
//!
//! Started to hash, it takes one file after another, as the real one does.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, exit};

use casement_airlock::hashing::{self, Answer, Ask, Hashed, Refused};
use casement_airlock::{Reply, Request};
use rustix::process::{Signal, getpgrp, getpid, kill_process};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().next().unwrap_or_default();
    if let Some((_, call)) = name.rsplit_once("without-") {
        return Err(become_airlock_without(call)?);
    }
    if std::env::args().nth(1).as_deref() == Some(hashing::ARGUMENT) {
        return hash();
    }
    let mut input = std::io::stdin();
    let mut output = std::io::stdout();
    let mut header = [0; Request::HEADER];
    input.read_exact(&mut header)?;
    let request = Request::decode(&header)?;
    let mut instruction = [0; 16];
    input.read_exact(&mut instruction)?;
    let instruction = String::from_utf8_lossy(&instruction).trim_end_matches('.').to_owned();
    let answer = {
        let reply = Reply::new(&request, 400, 300, false)?;
        [reply.encode().to_vec(), vec![128; reply.sample_bytes()]].concat()
    };
    if instruction == "deaf" {
        return Ok(output.write_all(&answer)?);
    }
    if instruction == "flood" {
        while output.write_all(&[0; 4096]).is_ok() {}
        hang();
    }
    input.read_to_end(&mut Vec::new())?;
    match instruction.as_str() {
        "honest" => output.write_all(&answer)?,
        "panic" => return Err("as told".into()),
        "abort" => std::process::abort(),
        "forbidden" => kill_process(getpid(), Signal::SYS)?,
        "killed" => kill_process(getpid(), Signal::KILL)?,
        "silent" => {}
        "hang" => hang(),
        "half a header" => output.write_all(&answer[..5])?,
        "too few" => output.write_all(&answer[..answer.len() - 1])?,
        "too many" => output.write_all(&[answer, vec![0]].concat())?,
        "twice" => output.write_all(&[answer.clone(), answer].concat())?,
        "then hang" => {
            output.write_all(&answer)?;
            hang();
        }
        "then fail" => {
            output.write_all(&answer)?;
            exit(70);
        }
        // One sample more across than was asked for, with bytes to match.
        "too wide" => output.write_all(&lie(answer, 2, request.k() + 1))?,
        "huge" => output.write_all(&lie(answer, 3, u8::MAX))?,
        "too small" => output.write_all(&lie(answer, 2, 1))?,
        "unknown flag" => output.write_all(&lie(answer, 1, 0x80))?,
        "unknown status" => output.write_all(&lie(answer, 0, 1))?,
        "giant picture" => output.write_all(&lie(answer, 9, u8::MAX))?,
        // Whether it knows anything: its code is what the test expects only if it does not.
        "world" => {
            let knows_nothing = std::env::vars_os().next().is_none()
                && std::env::current_dir()?.as_os_str() == "/"
                && getpgrp() == getpid();
            exit(if knows_nothing { 65 } else { 70 });
        }
        code => exit(code.parse()?),
    }
    Ok(())
}

/// File after file; what cannot be an instruction is no picture.
fn hash() -> Result<(), Box<dyn std::error::Error>> {
    let mut input = std::io::stdin();
    let mut output = std::io::stdout();
    let hashed = Hashed { hash: [7; 32], quality: 50, width: 400, height: 300, damaged: false };
    let answer = Answer::Hashed(hashed).encode().to_vec();
    for turn in 0.. {
        let mut header = [0; Ask::HEADER];
        if input.read_exact(&mut header).is_err() {
            break;
        }
        let mut left = Ask::decode(&header)?.length();
        let mut instruction = [0; 16];
        if left < 16 {
            input.read_exact(&mut vec![0; usize::try_from(left)?])?;
            output.write_all(&Answer::Refused(Refused::NotDecodable).encode())?;
            output.flush()?;
            continue;
        }
        input.read_exact(&mut instruction)?;
        let instruction = String::from_utf8_lossy(&instruction).trim_end_matches('.').to_owned();
        if instruction == "deaf" {
            output.write_all(&answer)?;
            output.flush()?;
            hang();
        }
        left -= 16;
        std::io::copy(&mut input.by_ref().take(left), &mut std::io::sink())?;
        let told = match instruction.as_str() {
            "honest" => answer.clone(),
            "panic" => return Err("as told".into()),
            "abort" => std::process::abort(),
            "forbidden" => return Ok(kill_process(getpid(), Signal::SYS)?),
            "killed" => return Ok(kill_process(getpid(), Signal::KILL)?),
            "silent" => exit(0),
            "hang" => hang(),
            // Fails only where it has worked before: the file is not to blame.
            "weary" if turn > 1 => exit(70),
            "weary" => answer.clone(),
            "half" => {
                output.write_all(&answer[..20])?;
                output.flush()?;
                exit(0);
            }
            "half, then hang" => {
                output.write_all(&answer[..20])?;
                output.flush()?;
                hang();
            }
            "too many" => [&answer[..], &[0]].concat(),
            "twice" => answer.repeat(2),
            "unknown status" => lie(answer.clone(), 0, 1),
            "unknown flag" => lie(answer.clone(), 1, 0x80),
            "too good" => lie(answer.clone(), 2, 101),
            "giant picture" => lie(answer.clone(), 7, u8::MAX),
            "no and yes" => lie(answer.clone(), 0, 65),
            code => exit(code.parse()?),
        };
        output.write_all(&told)?;
        output.flush()?;
    }
    Ok(())
}

fn lie(mut answer: Vec<u8>, at: usize, value: u8) -> Vec<u8> {
    answer[at] = value;
    answer
}

fn hang() -> ! {
    loop {
        std::thread::park();
    }
}

/// Makes one system call answer "not implemented", as an older kernel would, and runs the airlock beside this file.
fn become_airlock_without(
    call: &str,
) -> Result<Box<dyn std::error::Error>, Box<dyn std::error::Error>> {
    let number = match call {
        "landlock" => libc::SYS_landlock_create_ruleset,
        "landlock-self" => libc::SYS_landlock_restrict_self,
        "seccomp" => libc::SYS_seccomp,
        "rlimit" => libc::SYS_prlimit64,
        "prctl" => libc::SYS_prctl,
        "close-range" => libc::SYS_close_range,
        _ => return Err("no such call".into()),
    };
    let filter: BpfProgram = SeccompFilter::new(
        [(number, Vec::new())].into(),
        SeccompAction::Allow,
        SeccompAction::Errno(libc::ENOSYS.unsigned_abs()),
        std::env::consts::ARCH.try_into()?,
    )?
    .try_into()?;
    seccompiler::apply_filter(&filter)?;
    let airlock = std::env::current_exe()?.with_file_name("casement-airlock");
    Ok(Command::new(airlock).args(std::env::args_os().skip(1)).exec().into())
}
