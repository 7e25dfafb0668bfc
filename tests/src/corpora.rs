//! Corpora of harmless gradients, written byte by byte from the formats' own descriptions, so that the readers under test
//! have had no part in them.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use sha2::{Digest, Sha256};

/// Lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A tar in the ustar format (POSIX.1-1988).
pub fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, bytes) in members {
        let mut head = [0_u8; 512];
        let mut put =
            |at: usize, text: &str| head[at..at + text.len()].copy_from_slice(text.as_bytes());
        put(0, name);
        put(100, "0000644\0");
        put(108, "0000000\0");
        put(116, "0000000\0");
        put(124, &format!("{:011o}\0", bytes.len()));
        put(136, "00000000000\0");
        put(148, "        ");
        put(156, "0");
        put(257, "ustar\u{0}00");
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar.extend(head);
        tar.extend(bytes);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    tar
}

/// A zip of stored members (APPNOTE 6.3.9, 4.3.7, 4.3.12 and 4.3.16).
pub fn zip(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    let two = |n: usize| u16::try_from(n).unwrap().to_le_bytes();
    let four = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    for (name, bytes) in members {
        let at = zip.len();
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let mut about = Vec::new();
        about.extend([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0]);
        about.extend(crc.sum().to_le_bytes());
        about.extend([four(bytes.len()), four(bytes.len())].concat());
        about.extend([two(name.len()), two(0)].concat());
        zip.extend(b"PK\x03\x04");
        zip.extend(&about);
        zip.extend(name.as_bytes());
        zip.extend(bytes);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&about);
        directory.extend([0; 10]);
        directory.extend(four(at));
        directory.extend(name.as_bytes());
    }
    let at = zip.len();
    zip.extend(&directory);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend([two(members.len()), two(members.len())].concat());
    zip.extend([four(directory.len()), four(at)].concat());
    zip.extend(two(0));
    zip
}

/// A WARC 1.1 of responses, each a gzip member of its own.
pub fn warc_gz(responses: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut warc = Vec::new();
    for (number, (url, bytes)) in responses.iter().enumerate() {
        let mut http = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: {}\r\n\r\n",
            bytes.len()
        )
        .into_bytes();
        http.extend(bytes);
        let mut record = format!(
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>\r\n\
             WARC-Date: 2025-11-02T03:04:05Z\r\nWARC-Target-URI: {url}\r\nWARC-IP-Address: 192.0.2.1\r\n\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
            http.len()
        )
        .into_bytes();
        record.extend(http);
        record.extend(b"\r\n\r\n");
        let mut gzip = GzEncoder::new(&mut warc, Compression::fast());
        gzip.write_all(&record).unwrap();
        gzip.finish().unwrap();
    }
    warc
}

/// A parquet file of text columns.
pub fn parquet(path: &Path, columns: &[(&str, Vec<String>)]) {
    let fields: String =
        columns.iter().map(|(name, _)| format!("REQUIRED BYTE_ARRAY {name} (UTF8);")).collect();
    let schema = Arc::new(parse_message_type(&format!("message rows {{ {fields} }}")).unwrap());
    let file = File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for (_, values) in columns {
        let values: Vec<ByteArray> = values.iter().map(|value| value.as_str().into()).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
}

/// A shard as img2dataset leaves it: re-encoded pictures in a tar, a row for each with the digest of what was fetched, and
/// the times of the whole shard. `pictures` are what is stored and what was fetched.
pub fn img2dataset(folder: &Path, shard: u32, pictures: &[(Vec<u8>, Vec<u8>)]) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let keys: Vec<String> =
        (0..pictures.len()).map(|number| format!("{shard:05}{number:04}")).collect();
    let mut members = Vec::new();
    for (key, (stored, _)) in keys.iter().zip(pictures) {
        members.push((format!("{key}.jpg"), stored.clone()));
        members.push((format!("{key}.txt"), b"a gradient".to_vec()));
    }
    let path = folder.join(format!("{shard:05}.tar"));
    fs::write(&path, tar(&members)).unwrap();
    let url = |key: &String| format!("https://images.example/{key}.jpg");
    parquet(
        &folder.join(format!("{shard:05}.parquet")),
        &[
            ("key", keys.clone()),
            ("url", keys.iter().map(url).collect()),
            ("status", vec!["success".to_owned(); keys.len()]),
            ("sha256", pictures.iter().map(|(_, fetched)| sha256(fetched)).collect()),
        ],
    );
    let stats = format!(
        r#"{{"count":{0},"successes":{0},"failed_to_download":0,"failed_to_resize":0,"duration":60.0,
            "start_time":1762052400.0,"end_time":1762052460.0,"status_dict":{{"success":{0}}}}}"#,
        keys.len()
    );
    fs::write(folder.join(format!("{shard:05}_stats.json")), stats).unwrap();
    path
}
