//! Tries, inside the confined process, what it must not be able to do. For tests and `casectl doctor`; it must never
//! run in a process that was given a picture.

use std::fs::File;
use std::hint::black_box;
use std::net::{Ipv4Addr, TcpStream};

use casement_airlock::{Probe, exit};

use crate::confine::forbidden;

/// Tries it. Coming back from anything but [`Probe::Confined`] means that the call was not stopped, whatever it
/// returned.
pub(crate) fn attempt(probe: Probe) -> u8 {
    match probe {
        Probe::Confined => return exit::OK,
        Probe::Open => drop(File::open("/dev/null")),
        Probe::Write => drop(File::create("/dev/shm/casement-airlock-probe")),
        // The discard port of this machine: nothing leaves it even where nothing stops the call.
        Probe::Connect => drop(TcpStream::connect((Ipv4Addr::LOCALHOST, 9))),
        Probe::Exec => forbidden::exec(),
        Probe::Fork => forbidden::fork(),
        Probe::Thread => drop(std::thread::Builder::new().spawn(|| ())),
        Probe::Code => forbidden::map_code(),
        Probe::Alloc => drop(black_box(Vec::<u8>::with_capacity(black_box(2 << 30)))),
    }
    exit::PERMITTED
}
