//! As much of HTTP/1.1 as a hotline needs: one request with a stated length, one answer, the connection ends.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;

/// Longest body that is taken.
const MAX_BODY: usize = 64 << 20;

/// A request as it came.
pub(super) struct Request {
    pub(super) method: String,
    /// Last part of the path.
    pub(super) call: String,
    /// Names in lower case.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

/// What is answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn head(&self) -> Vec<u8> {
        let mut head = Vec::new();
        write!(head, "HTTP/1.1 {} -\r\n", self.status).unwrap();
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        write!(head, "Content-Length: {}\r\nConnection: close\r\n\r\n", self.body.len()).unwrap();
        head
    }
}

/// Reads one; `None` when the guest left before all of it came.
pub(super) fn read(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let mut part = [0; 16 << 10];
    loop {
        let read = stream.read(&mut part)?;
        if read == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&part[..read]);
        let mut slots = [httparse::EMPTY_HEADER; 32];
        let mut parsed = httparse::Request::new(&mut slots);
        let head = match parsed.parse(&bytes) {
            Ok(httparse::Status::Complete(head)) => head,
            Ok(httparse::Status::Partial) => continue,
            // Something else than HTTP.
            Err(_) => return Ok(None),
        };
        let headers: BTreeMap<String, String> = parsed
            .headers
            .iter()
            .map(|header| {
                let value = String::from_utf8_lossy(header.value).into_owned();
                (header.name.to_ascii_lowercase(), value)
            })
            .collect();
        let path = parsed.path.unwrap().to_owned();
        let method = parsed.method.unwrap().to_owned();
        let length = headers.get("content-length").map_or(0, |text| text.parse().unwrap());
        assert!(length <= MAX_BODY && !headers.contains_key("transfer-encoding"));
        let mut body = bytes.split_off(head);
        while body.len() < length {
            let read = stream.read(&mut part)?;
            if read == 0 {
                return Ok(None);
            }
            body.extend_from_slice(&part[..read]);
        }
        let call = path.strip_prefix("/ispws/").unwrap_or_default().to_owned();
        return Ok(Some(Request { method, call, headers, body }));
    }
}

/// The parts of a `multipart/form-data` body by their names, without the line ends around them.
pub(super) fn form(request: &Request) -> Option<BTreeMap<String, Vec<u8>>> {
    let kind = request.headers.get("content-type")?;
    let boundary = format!("--{}", kind.strip_prefix("multipart/form-data; boundary=")?);
    let (mut parts, mut at) = (BTreeMap::new(), 0);
    loop {
        let rest = request.body.get(at..)?.strip_prefix(boundary.as_bytes())?;
        if rest == b"--\r\n" {
            return Some(parts);
        }
        let rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&rest[..head_end]).ok()?;
        let name = head.split("name=\"").nth(1)?.split('"').next()?.to_owned();
        let value = &rest[head_end + 4..];
        let end = find(value, format!("\r\n{boundary}").as_bytes())?;
        parts.insert(name, value[..end].to_vec());
        at = request.body.len() - value.len() + end + 2;
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
