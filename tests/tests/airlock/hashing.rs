//! Processes that hash: they answer file after file, refuse what they must, cannot be made to say more, and their parent
//! goes on after every way one of them can end.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use casement_airlock::hashing::{ARGUMENT, Answer, Ask, MAX_FILES};
use casement_airlock::{Tone, exit};
use casement_core::airlock::{Airlock, Fingerprint, PdqWorker, Refusal, UntrustedBytes};
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ImageEncoder, ImageFormat, Rgb, RgbImage};
use proptest::prelude::*;

use super::{AIRLOCK, MISBEHAVE, request, run};
use crate::decoding::{encoded, noise};
use crate::hostile::{FORMATS, NO_PICTURES, beyond_the_limits, file, long_animation};

fn worker() -> PdqWorker {
    PdqWorker::start(&Airlock::new(AIRLOCK.clone())).unwrap()
}

/// These files, as a hashing process is asked for them.
pub(crate) fn asks(files: &[&[u8]]) -> Vec<u8> {
    let ask = |file: &&[u8]| [&Ask::new(file.len() as u64).unwrap().encode(), *file].concat();
    files.iter().flat_map(ask).collect()
}

#[test]
fn every_hostile_file_is_refused_by_name_and_the_next_one_is_served() {
    let mut worker = worker();
    let good = encoded(&noise(200, 150, 11), ImageFormat::Png);
    let expected = worker.pdq(&good).unwrap();
    assert_eq!((expected.width, expected.height, expected.damaged), (200, 150, false));
    let refused = NO_PICTURES.map(|file| (file.to_vec(), Refusal::NotAPicture)).into_iter();
    let refused = refused.chain(beyond_the_limits().into_iter().map(|f| (f, Refusal::TooLarge)));
    for (number, (file, refusal)) in refused.chain([(vec![], Refusal::NotAPicture)]).enumerate() {
        let begun = Instant::now();
        assert_eq!(worker.pdq(&file), Err(refusal), "{number}");
        assert!(begun.elapsed() < Duration::from_secs(2));
        assert_eq!(worker.pdq(&good), Ok(expected), "after {number}");
    }
    let too_long = vec![0; usize::try_from(casement_airlock::MAX_FILE_BYTES).unwrap() + 1];
    assert_eq!(worker.pdq(&too_long), Err(Refusal::TooLarge));
    let begun = Instant::now();
    assert!(worker.pdq(&long_animation()).is_ok());
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(worker.pdq(&good), Ok(expected));
}

#[test]
fn a_truncated_picture_is_called_damaged_or_refused() {
    let mut worker = worker();
    for whole in FORMATS.map(file) {
        assert!(!worker.pdq(&whole).unwrap().damaged);
        for kept in [whole.len() / 4, whole.len() / 2, whole.len() * 9 / 10] {
            match worker.pdq(&whole[..kept]) {
                Ok(fingerprint) => assert!(fingerprint.damaged),
                Err(refusal) => assert_eq!(refusal, Refusal::NotAPicture),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Damage anywhere: a fingerprint or a refusal about the file, and the process or its successor serves the next.
    #[test]
    fn damage_anywhere_is_the_damaged_files_alone(
        format in 0..4usize, hits in prop::collection::vec(any::<(u32, u8)>(), 1..40), header_only: bool,
    ) {
        static SHARED: Mutex<Option<(PdqWorker, Fingerprint)>> = Mutex::new(None);
        let good = file(ImageFormat::Png);
        let mut shared = SHARED.lock().unwrap();
        let (worker, expected) = shared.get_or_insert_with(|| {
            let mut worker = worker();
            let expected = worker.pdq(&good).unwrap();
            (worker, expected)
        });
        let mut file = file(FORMATS[format]);
        let within = if header_only { 64 } else { file.len() };
        for (at, value) in hits {
            file[at as usize % within] = value;
        }
        if let Err(refusal) = worker.pdq(&file) {
            let documented = [Refusal::NotAPicture, Refusal::TooLarge, Refusal::Crashed, Refusal::Limits];
            prop_assert!(documented.contains(&refusal), "{refusal:?}");
        }
        prop_assert_eq!(worker.pdq(&good), Ok(*expected));
    }
}

/// Only the pixels count, as they are stored: not their format, their transparency, or the way the file says it is to
/// be turned. The sides are those of the stored picture too.
#[test]
fn the_hash_is_that_of_the_stored_pixels() {
    let mut worker = worker();
    let picture = noise(90, 57, 3);
    let expected = worker.pdq(&encoded(&picture, ImageFormat::Png)).unwrap();
    assert_eq!((expected.width, expected.height), (90, 57));
    let mut clear = DynamicImage::from(picture.clone()).into_rgba8();
    clear.enumerate_pixels_mut().for_each(|(x, _, pixel)| pixel[3] = (x % 256).to_le_bytes()[0]);
    let mut files = vec![encoded(&picture, ImageFormat::WebP)];
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let mut file = Cursor::new(Vec::new());
        DynamicImage::from(clear.clone()).write_to(&mut file, format).unwrap();
        files.push(file.into_inner());
    }
    let mut turned = Vec::new();
    let mut encoder = PngEncoder::new(&mut turned);
    let exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    encoder.set_exif_metadata(exif.to_vec()).unwrap();
    encoder.write_image(&picture, 90, 57, image::ExtendedColorType::Rgb8).unwrap();
    files.push(turned);
    for (number, file) in files.iter().enumerate() {
        assert_eq!(worker.pdq(file), Ok(expected), "{number}");
    }
    let other = worker.pdq(&encoded(&noise(90, 57, 4), ImageFormat::Png)).unwrap();
    assert!(other.pdq.distance(&expected.pdq) > 64);
    // A side of less than five pixels has no hash.
    let sliver = worker.pdq(&encoded(&noise(4, 500, 3), ImageFormat::Png)).unwrap();
    assert_eq!((sliver.pdq, sliver.quality), Default::default());
}

#[test]
fn the_largest_picture_there_may_be_is_hashed_within_the_limits() {
    let mut file = Cursor::new(Vec::new());
    let shade =
        |x: u32, y: u32| image::Luma([u8::try_from((x / 625 * 7 + y / 625 * 9) % 256).unwrap()]);
    image::GrayImage::from_fn(10_000, 10_000, shade).write_to(&mut file, ImageFormat::Png).unwrap();
    let fingerprint = worker().pdq(file.get_ref()).unwrap();
    assert_eq!((fingerprint.width, fingerprint.height), (10_000, 10_000));
    assert!(fingerprint.quality > 0 && !fingerprint.damaged);
}

#[test]
fn an_original_is_hashed_and_consumed() {
    let (mut worker, file) = (worker(), file(ImageFormat::Jpeg));
    let expected = worker.pdq(&file);
    assert!(expected.is_ok());
    assert_eq!(worker.pdq_of(UntrustedBytes::new(file)), expected);
}

/// More files than one process takes, and a thread that ends and takes its process with it.
#[test]
fn a_worker_outlives_its_processes() {
    let mut worker = worker();
    let files: Vec<_> = (0..7).map(|n| encoded(&noise(16, 16, n), ImageFormat::Png)).collect();
    let first: Vec<_> = files.iter().map(|file| worker.pdq(file)).collect();
    assert!(first.iter().all(Result::is_ok));
    for turn in 0..2 * MAX_FILES as usize {
        assert_eq!(worker.pdq(&files[turn % 7]), first[turn % 7]);
    }
    let mut worker = std::thread::spawn(move || {
        assert_eq!(worker.pdq(&files[0]), first[0]);
        (worker, files, first)
    })
    .join()
    .map(|(mut worker, files, first)| {
        assert_eq!(worker.pdq(&files[1]), first[1]);
        worker
    })
    .unwrap();
    assert_eq!(worker.pdq(b"no picture"), Err(Refusal::NotAPicture));
}

/// Asked for samples it refuses, says nothing and leaves; and a process for views refuses to hash.
#[test]
fn a_process_does_the_one_thing_it_was_started_for() {
    let picture = file(ImageFormat::Png);
    let (_, view) = request(&picture, 96, Tone::Colour);
    let hash = asks(&[&picture]);
    for (arguments, input) in [(&[ARGUMENT][..], &view), (&[], &hash)] {
        let ended = run(&AIRLOCK, arguments, input);
        assert_eq!((ended.code(), ended.output), (Some(exit::BAD_REQUEST), Vec::new()));
    }
    // After an honest file, too: one answer, and nothing for the rest.
    let ended = run(&AIRLOCK, &[ARGUMENT], &[&hash[..], &view].concat());
    assert_eq!((ended.code(), ended.output.len()), (Some(exit::BAD_REQUEST), Answer::LENGTH));
    assert_eq!(run(&AIRLOCK, &[ARGUMENT], &hash).code(), Some(exit::OK));
}

#[test]
fn the_stream_may_end_between_files_and_nowhere_else() {
    let picture = file(ImageFormat::Gif);
    let three = asks(&[&picture, b"no picture", &picture]);
    let ended = run(&AIRLOCK, &[ARGUMENT], &three);
    assert_eq!(ended.code(), Some(exit::OK));
    let (answers, rest) = ended.output.as_chunks::<{ Answer::LENGTH }>();
    assert!(rest.is_empty() && answers[0] == answers[2]);
    let answers: Vec<_> = answers.iter().map(|answer| Answer::decode(answer).unwrap()).collect();
    assert!(matches!(answers[..], [Answer::Hashed(_), Answer::Refused(_), Answer::Hashed(_)]));
    for cut in [1, Ask::HEADER - 1, Ask::HEADER, Ask::HEADER + 1, three.len() - 1] {
        assert_eq!(run(&AIRLOCK, &[ARGUMENT], &three[..cut]).code(), Some(exit::BAD_REQUEST));
    }
    assert_eq!(run(&AIRLOCK, &[ARGUMENT], &[]).code(), Some(exit::OK));
}

/// Not only probes of its kind: the process that has a file in its hands is confined.
#[test]
fn a_process_at_work_is_confined() {
    let mut child = Command::new(&*AIRLOCK)
        .arg(ARGUMENT)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&asks(&[&file(ImageFormat::Jpeg)])).unwrap();
    child.stdout.take().unwrap().read_exact(&mut [0; Answer::LENGTH]).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    let seen = ["Seccomp:", "NoNewPrivs:", "Threads:"].map(field);
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert_eq!(seen, ["2", "1", "1"]);
}

#[test]
fn a_machine_that_cannot_confine_starts_no_worker_and_says_so() {
    assert!(AIRLOCK.is_file());
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("without-seccomp");
    symlink(MISBEHAVE, &program).unwrap();
    let code = |program| PdqWorker::start(&Airlock::new(program)).err().map(|error| error.code());
    assert_eq!(code(program), Some("VEIL-78"));
    assert_eq!(code("/nonexistent/casement-airlock".into()), Some("VEIL-69"));
}

/// A "file" that tells the stand-in what to do, long enough to fill the pipe.
fn told(instruction: &str) -> Vec<u8> {
    let mut file = format!("{instruction:.<16}").into_bytes();
    file.resize(1 << 20, 0);
    file
}

#[test]
fn every_misbehaviour_is_the_files_own_and_costs_the_next_one_nothing() {
    let mut worker = PdqWorker::start(&Airlock::new(MISBEHAVE.into())).unwrap();
    let cases = [
        ("panic", Refusal::Protocol),
        ("abort", Refusal::Crashed),
        ("forbidden", Refusal::Forbidden),
        ("killed", Refusal::Limits),
        ("silent", Refusal::Protocol),
        ("half", Refusal::Protocol),
        ("too many", Refusal::Protocol),
        ("twice", Refusal::Protocol),
        ("unknown status", Refusal::Protocol),
        ("unknown flag", Refusal::Protocol),
        ("too good", Refusal::Protocol),
        ("giant picture", Refusal::Protocol),
        ("no and yes", Refusal::Protocol),
        ("deaf", Refusal::Protocol),
        ("70", Refusal::Crashed),
        ("75", Refusal::Limits),
        ("78", Refusal::Unavailable),
        ("99", Refusal::Protocol),
    ];
    for (instruction, refusal) in cases {
        assert_eq!(worker.pdq(&told(instruction)), Err(refusal), "{instruction}");
        let honest = worker.pdq(&told("honest")).unwrap();
        assert_eq!((honest.pdq.to_bytes(), honest.quality), ([7; 32], 50), "after {instruction}");
    }
    // What died of what came before is asked again before it is refused.
    for _ in 0..4 {
        assert!(worker.pdq(&told("weary")).is_ok());
    }
}

#[test]
fn a_decoder_that_hangs_is_ended_on_time_and_replaced() {
    let time = Duration::from_millis(300);
    let airlock = Airlock::new(MISBEHAVE.into()).with_time(time);
    let mut worker = PdqWorker::start(&airlock).unwrap();
    for instruction in ["hang", "half, then hang"] {
        let begun = Instant::now();
        assert_eq!(worker.pdq(&told(instruction)), Err(Refusal::Timeout), "{instruction}");
        assert!((time..20 * time).contains(&begun.elapsed()), "{:?}", begun.elapsed());
        assert!(worker.pdq(&told("honest")).is_ok());
    }
}

#[test]
fn no_refusal_says_anything_of_the_file() {
    let secret = b"\x89PNG\r\n\x1a\nVERY-SECRET-CONTENT";
    let refusal = worker().pdq(secret).unwrap_err();
    for text in [refusal.to_string(), format!("{refusal:?}"), refusal.code().to_owned()] {
        assert!(!text.contains("SECRET") && !text.contains('/'), "{text}");
    }
    assert!(
        worker().pdq(&encoded(&RgbImage::from_pixel(9, 9, Rgb([9; 3])), ImageFormat::Png)).is_ok()
    );
}
