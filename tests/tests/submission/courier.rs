//! The courier by itself: where it goes, where it does not, and what it takes from a stranger.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use casement_courier::{Ask, Failure, Head, Opening, Scheme, Secret, read, write};
use casement_tests::casectl::{CASECTL, Said, at, command, programs};
use casement_tests::hotline::{Hotline, PASSWORD, Trouble, USER, What};

use crate::lab::{Lab, REPORT};

struct Talk {
    child: Child,
}

impl Talk {
    fn open(opening: &Opening) -> Self {
        // Builds the programs where nobody has.
        assert!(CASECTL.is_file());
        let mut child = Command::new(programs().join("casement-courier"))
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        write(child.stdin.as_mut().unwrap(), opening).unwrap();
        Self { child }
    }

    fn ask(&mut self, ask: &Ask, body: &[u8]) -> Option<(Head, Vec<u8>)> {
        let input = self.child.stdin.as_mut().unwrap();
        write(input, ask).ok()?;
        input.write_all(body).ok()?;
        input.flush().ok()?;
        let output = self.child.stdout.as_mut().unwrap();
        let head: Head = read(output).ok()??;
        let mut bytes = vec![0; usize::try_from(head.body()).unwrap()];
        output.read_exact(&mut bytes).unwrap();
        Some((head, bytes))
    }

    fn leaves(mut self) -> Option<i32> {
        drop(self.child.stdin.take());
        self.child.wait().unwrap().code()
    }
}

fn opening(scheme: Scheme, host: &str, port: u16) -> Opening {
    Opening {
        scheme,
        host: host.to_owned(),
        port,
        path: "/ispws".to_owned(),
        user: Secret::new(USER.to_owned()),
        password: Secret::new(PASSWORD.to_owned()),
        timeout_ms: 3_000,
        agent: "Casement/test".to_owned(),
    }
}

fn to(hotline: &Hotline) -> Opening {
    let port = hotline.base().rsplit(':').next().unwrap().split('/').next().unwrap().parse();
    opening(Scheme::Http, "127.0.0.1", port.unwrap())
}

fn failed(answer: Option<(Head, Vec<u8>)>) -> Failure {
    match answer {
        Some((Head::Failed { failure }, _)) => failure,
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_goes_to_its_host_and_nowhere_else() {
    let hotline = Hotline::open();
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let mut talk = Talk::open(&to(&hotline));
    let there = format!("http://{}/ispws/status", elsewhere.local_addr().unwrap());
    hotline.trouble(Trouble::at("status", 1, What::Redirect(there)));
    let (head, _) = talk.ask(&Ask::Status, &[]).unwrap();
    assert!(matches!(head, Head::Answered { status: 302, .. }), "{head:?}");
    let (head, body) = talk.ask(&Ask::Status, &[]).unwrap();
    assert!(
        matches!(&head, Head::Answered { status: 200, request_id: Some(id), .. } if id == "req-0002")
    );
    assert!(body.ends_with(b"</reportResponse>"));
    assert!(elsewhere.accept().is_err(), "a redirect was followed");
    assert_eq!(talk.leaves(), Some(0));
    // The login without TLS goes to addresses of this machine only, and a name is none.
    for host in ["localhost", "hotline.example", "10.0.0.1"] {
        let mut talk = Talk::open(&opening(Scheme::Http, host, 80));
        assert!(talk.ask(&Ask::Status, &[]).is_none());
        assert_eq!(talk.leaves(), Some(64), "{host}");
    }
    // What an address could be made to say with it is refused as well.
    for host in ["127.0.0.1@hotline.example", "127.0.0.1/x", "127.0.0.1?x", "127.0.0.1#"] {
        let mut talk = Talk::open(&opening(Scheme::Https, host, 443));
        assert!(talk.ask(&Ask::Status, &[]).is_none(), "{host}");
        assert_eq!(talk.leaves(), Some(64), "{host}");
    }
}

#[test]
fn a_file_passes_whatever_its_size() {
    let hotline = Hotline::open();
    let mut talk = Talk::open(&to(&hotline));
    let report = b"<report><incidentSummary><incidentType>Misleading Domain Name</incidentType><incidentDateTime>2025-01-02T03:04:05Z</incidentDateTime></incidentSummary><reporter><reportingPerson><email>desk@lab.example</email></reportingPerson></reporter></report>";
    let (_, answer) = talk.ask(&Ask::Submit { bytes: report.len() as u64 }, report).unwrap();
    assert!(String::from_utf8(answer).unwrap().contains("<reportId>4000001<"));
    // With line ends and dashes in it, and longer than any buffer.
    let file: Vec<u8> =
        (0..9_000_001_u32).map(|n| [13, 10, 45, 45, (n % 251) as u8][(n % 5) as usize]).collect();
    let ask = Ask::Upload {
        report: "4000001".into(),
        name: "000001.bin".into(),
        bytes: file.len() as u64,
    };
    assert!(matches!(talk.ask(&ask, &file), Some((Head::Answered { status: 200, .. }, _))));
    assert!(hotline.state().reports[&4_000_001].files[0].1 == file);
    // A name or a number that could end a head is not sent, and the next request is in step.
    let bad = Ask::Upload { report: "4000001".into(), name: "a\"\r\nb".into(), bytes: 4 };
    assert_eq!(failed(talk.ask(&bad, b"1234")), Failure::Courier);
    let bad = Ask::Finish { report: "1\r\n".into() };
    assert_eq!(failed(talk.ask(&bad, &[])), Failure::Courier);
    assert!(matches!(talk.ask(&Ask::Status, &[]), Some((Head::Answered { status: 200, .. }, _))));
}

#[test]
fn every_way_to_fail_has_its_class() {
    let hotline = Hotline::open();
    for (what, class) in [
        (What::Unheard, Failure::HalfAnswer),
        (What::HalfAnswer, Failure::HalfAnswer),
        (What::Silence, Failure::Timeout),
        (What::Huge, Failure::TooLong),
    ] {
        hotline.reset();
        hotline.trouble(Trouble::at("status", 1, what.clone()));
        let mut talk = Talk::open(&Opening { timeout_ms: 1_000, ..to(&hotline) });
        assert_eq!(failed(talk.ask(&Ask::Status, &[])), class, "{what:?}");
        assert_eq!(talk.leaves(), Some(0));
    }
    let shut = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut talk = Talk::open(&opening(Scheme::Http, "127.0.0.1", shut));
    assert_eq!(failed(talk.ask(&Ask::Status, &[])), Failure::Connect);
    // TLS to something that speaks none.
    let port = to(&hotline).port;
    let mut talk = Talk::open(&opening(Scheme::Https, "127.0.0.1", port));
    let class = failed(talk.ask(&Ask::Status, &[]));
    assert!(matches!(class, Failure::Tls | Failure::HalfAnswer), "{class:?}");
    let mut talk = Talk::open(&opening(Scheme::Https, "no-such-host.invalid", 443));
    assert_eq!(failed(talk.ask(&Ask::Status, &[])), Failure::Dns);
}

/// A proxy in the environment is a stranger in the middle: the courier has no environment.
#[test]
fn no_proxy_is_taken_from_the_environment() {
    let lab = Lab::ready(1);
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let mut command = command(&at(&lab.office.store, "ada", &["submission", "run", REPORT]));
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"] {
        command.env(name, &address);
    }
    Said::of(command.output().unwrap()).ends(0);
    assert!(proxy.accept().is_err(), "the proxy was asked");
    assert_eq!(lab.hotline.state().finished(), 1);
}
