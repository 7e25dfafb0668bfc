//! `multipart/form-data` (RFC 7578) around a stream, so that a file of any size passes in constant memory.
//!
//! It must never put text into a head that could end it: names and numbers are checked first.

use std::io::{Cursor, Read};

/// A form: its content type, its length, and the reader of its bytes.
pub(crate) struct Form<R> {
    pub(crate) content_type: String,
    pub(crate) length: u64,
    pub(crate) bytes: R,
}

/// What may stand in a form as it is: letters, digits, dots, dashes and underscores.
pub(crate) fn is_plain(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

/// The field `id`, and after it the file where there is one: its name, its length, its bytes.
pub(crate) fn form<'a>(
    boundary: &str,
    id: &str,
    file: Option<(&str, u64, &'a mut dyn Read)>,
) -> Option<Form<Box<dyn Read + 'a>>> {
    if !is_plain(boundary) || !is_plain(id) {
        return None;
    }
    let mut head =
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n{id}\r\n");
    let tail = format!("--{boundary}--\r\n");
    let content_type = format!("multipart/form-data; boundary={boundary}");
    let Some((name, length, bytes)) = file else {
        head.push_str(&tail);
        let length = head.len() as u64;
        return Some(Form { content_type, length, bytes: Box::new(Cursor::new(head)) });
    };
    if !is_plain(name) {
        return None;
    }
    head.push_str(&format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    ));
    let tail = format!("\r\n{tail}");
    let length = length.checked_add((head.len() + tail.len()) as u64)?;
    let bytes = Cursor::new(head).chain(bytes).chain(Cursor::new(tail));
    Some(Form { content_type, length, bytes: Box::new(bytes) })
}

#[cfg(test)]
mod tests {
    use super::form;
    use std::io::Read;

    #[test]
    fn a_form_states_its_own_length_and_takes_no_text_that_ends_a_head() {
        let mut bytes = [1_u8, 2, 3].as_slice();
        let mut made = form("b", "77", Some(("000012.bin", 3, &mut bytes))).unwrap();
        let mut all = Vec::new();
        made.bytes.read_to_end(&mut all).unwrap();
        assert_eq!(all.len() as u64, made.length);
        assert!(all.windows(7).any(|part| part == [b'\r', b'\n', 1, 2, 3, b'\r', b'\n']));
        assert!(all.ends_with(b"\r\n--b--\r\n"));
        for bad in ["", "7\r\n", "7\"", "7 7", "ü"] {
            assert!(form("b", bad, None).is_none(), "{bad:?}");
            assert!(form("b", "7", Some((bad, 0, &mut [].as_slice()))).is_none(), "{bad:?}");
        }
    }
}
