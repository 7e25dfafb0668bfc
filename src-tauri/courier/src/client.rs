//! The network client: one host, one connection for each request, no redirect, no proxy, no second attempt.
//!
//! It must never send the login anywhere but to the host it was opened for.

use std::io::{self, Read};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use casement_courier::{Ask, Failure, Opening, Scheme, Secret};
use ureq::http::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE};
use ureq::http::{HeaderValue, Response, Uri};
use ureq::{Agent, Body, Error, SendBody};

use crate::form::{form, is_plain};

const XML: &str = "text/xml; charset=utf-8";
/// In no document: forms hold an id and, last, a file, whose end is known by the stated length as well.
const BOUNDARY: &str = "casement-5f0c6f1e9d2b4a7c8e31";
/// Longest `Request-ID` that is kept.
const MAX_REQUEST_ID: usize = 256;

/// The opening is not one that may be used.
pub(crate) struct Unfit;

/// A whole answer, as it came.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Opened for one host.
pub(crate) struct Client {
    agent: Agent,
    base: String,
    scheme: Scheme,
    host: String,
    port: u16,
    login: HeaderValue,
}

impl Client {
    /// Refuses a host without TLS that is not this machine.
    pub(crate) fn new(opening: &Opening) -> Result<Self, Unfit> {
        if opening.scheme == Scheme::Http && !opening.is_loopback() {
            return Err(Unfit);
        }
        let wait = Some(Duration::from_millis(u64::from(opening.timeout_ms)));
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(opening.scheme == Scheme::Https)
            .proxy(None)
            .max_redirects(0)
            // One connection each: on one that was kept open, an end in between could not be told from a lost answer.
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .user_agent(opening.agent.as_str())
            .accept("text/xml, application/xml")
            .timeout_resolve(wait)
            .timeout_connect(wait)
            .timeout_send_request(wait)
            .timeout_per_write(wait)
            .timeout_recv_response(wait)
            .timeout_recv_body(wait)
            .build()
            .new_agent();
        let pair = Secret::new(format!("{}:{}", opening.user.reveal(), opening.password.reveal()));
        let login = Secret::new(format!("Basic {}", STANDARD.encode(pair.reveal())));
        let mut login = HeaderValue::from_str(login.reveal()).map_err(|_| Unfit)?;
        login.set_sensitive(true);
        let port = if opening.port == opening.scheme.port() {
            String::new()
        } else {
            format!(":{}", opening.port)
        };
        let base = format!("{}://{}{port}{}", opening.scheme.word(), opening.host, opening.path);
        let (scheme, host, port) = (opening.scheme, opening.host.clone(), opening.port);
        let client = Self { agent, base, scheme, host, port, login };
        client.address(&Ask::Status).ok_or(Unfit)?;
        Ok(client)
    }

    /// The address of a call, read back by the parser that will follow it: two readers of one address must agree on
    /// where it leads.
    fn address(&self, ask: &Ask) -> Option<Uri> {
        let uri: Uri = format!("{}/{}", self.base, ask.path()).parse().ok()?;
        let authority = uri.authority()?;
        let same = uri.scheme_str() == Some(self.scheme.word())
            && authority.host().eq_ignore_ascii_case(&self.host)
            && authority.port_u16().unwrap_or(self.scheme.port()) == self.port
            && !authority.as_str().contains('@')
            && uri.query().is_none();
        same.then_some(uri)
    }

    /// Asks once.
    pub(crate) fn call(&self, ask: &Ask, body: &mut dyn Read) -> Result<Answer, Failure> {
        let uri = self.address(ask).ok_or(Failure::Courier)?;
        let answer = match ask {
            Ask::Status => self
                .agent
                .get(uri)
                .header(AUTHORIZATION, self.login.clone())
                .header(CONNECTION, "close")
                .call()
                .map_err(|error| class(&error)),
            Ask::Submit { bytes } | Ask::Fileinfo { bytes } => self.post(uri, XML, *bytes, body),
            Ask::Upload { report, name, bytes } => {
                let made = form(BOUNDARY, report, Some((name, *bytes, body)));
                let mut made = made.ok_or(Failure::Courier)?;
                self.post(uri, &made.content_type, made.length, &mut made.bytes)
            }
            Ask::Finish { report } | Ask::Retract { report } => {
                if !is_plain(report) {
                    return Err(Failure::Courier);
                }
                let mut made = form(BOUNDARY, report, None).ok_or(Failure::Courier)?;
                self.post(uri, &made.content_type, made.length, &mut made.bytes)
            }
        }?;
        taken(answer, ask.most())
    }

    fn post(
        &self,
        uri: Uri,
        content_type: &str,
        length: u64,
        body: &mut dyn Read,
    ) -> Result<Response<Body>, Failure> {
        self.agent
            .post(uri)
            .header(AUTHORIZATION, self.login.clone())
            .header(CONNECTION, "close")
            .header(CONTENT_TYPE, content_type)
            .header(CONTENT_LENGTH, length)
            .send(SendBody::from_reader(body))
            .map_err(|error| class(&error))
    }
}

fn taken(answer: Response<Body>, most: u64) -> Result<Answer, Failure> {
    let status = answer.status().as_u16();
    let request_id = answer
        .headers()
        .get("Request-ID")
        .and_then(|value| value.to_str().ok())
        .map(|text| text.chars().take(MAX_REQUEST_ID).collect());
    let mut body = Vec::new();
    let mut reader = answer.into_body().into_reader();
    match reader.by_ref().take(most + 1).read_to_end(&mut body) {
        Ok(read) if read as u64 > most => Err(Failure::TooLong),
        Ok(_) => Ok(Answer { status, request_id, body }),
        Err(error) => Err(class(&error.into())),
    }
}

/// The class of a failure. What cannot be told apart from a lost answer counts as one.
fn class(error: &Error) -> Failure {
    match error {
        Error::HostNotFound | Error::Timeout(ureq::Timeout::Resolve) => Failure::Dns,
        Error::Timeout(ureq::Timeout::Connect) | Error::ConnectionFailed => Failure::Connect,
        Error::Timeout(_) => Failure::Timeout,
        Error::Tls(_) | Error::Rustls(_) | Error::TlsRequired | Error::Pem(_) => Failure::Tls,
        Error::Io(error) => io_class(error),
        Error::BadUri(_) | Error::RequireHttpsOnly(_) | Error::InvalidProxyUrl => Failure::Courier,
        Error::LargeResponseHeader(..) => Failure::TooLong,
        _ => Failure::HalfAnswer,
    }
}

fn io_class(error: &io::Error) -> Failure {
    use io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionRefused
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable
        | ErrorKind::PermissionDenied => Failure::Connect,
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Failure::Timeout,
        // What rustls says of a certificate or a handshake that it does not accept.
        ErrorKind::InvalidData => Failure::Tls,
        // The standard library gives a failed look-up no kind of its own.
        _ if error.to_string().contains("lookup address information") => Failure::Dns,
        _ => Failure::HalfAnswer,
    }
}
