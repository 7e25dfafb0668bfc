//! The media type of a file by its first bytes.
//!
//! It must never go by a name, and never look further than the head.

/// The media type of a picture or film that begins with these bytes; 32 are enough.
pub fn media_type(head: &[u8]) -> Option<&'static str> {
    let is = |at: usize, magic: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(magic));
    let kind = match head {
        _ if is(0, b"\xff\xd8\xff") => "image/jpeg",
        _ if is(0, b"\x89PNG\r\n\x1a\n") => "image/png",
        _ if is(0, b"GIF87a") || is(0, b"GIF89a") => "image/gif",
        _ if is(0, b"RIFF") && is(8, b"WEBP") => "image/webp",
        _ if is(0, b"RIFF") && is(8, b"AVI ") => "video/x-msvideo",
        _ if is(0, b"II*\0") || is(0, b"MM\0*") => "image/tiff",
        _ if is(0, b"BM") && is(6, b"\0\0\0\0") => "image/bmp",
        _ if is(0, b"\0\0\x01\0") => "image/vnd.microsoft.icon",
        _ if is(0, b"\xff\x0a") || is(0, b"\0\0\0\x0cJXL \r\n\x87\n") => "image/jxl",
        _ if is(0, b"8BPS") => "image/vnd.adobe.photoshop",
        _ if is(4, b"ftypavif") || is(4, b"ftypavis") => "image/avif",
        _ if is(4, b"ftyphei") || is(4, b"ftyphev") || is(4, b"ftypmif1") => "image/heif",
        _ if is(4, b"ftypqt") => "video/quicktime",
        _ if is(4, b"ftyp") => "video/mp4",
        _ if is(0, b"\x1a\x45\xdf\xa3") => "video/webm",
        _ => return None,
    };
    Some(kind)
}
