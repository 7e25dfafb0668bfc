//! What the parent makes of a decoder: a good one, and every bad one.

use std::time::{Duration, Instant};

use casement_core::airlock::{Airlock, UntrustedBytes};
use casement_core::wire::Level;
use image::ImageFormat;

use super::{AIRLOCK, MISBEHAVE};
use crate::decoding::{encoded, noise};

/// The code a picture is refused with.
pub(crate) async fn code_of(
    airlock: &Airlock,
    picture: Vec<u8>,
    level: Level,
) -> Option<&'static str> {
    airlock.samples(UntrustedBytes::new(picture), level).await.err().map(|error| error.code())
}

/// A "picture" that tells the stand-in what to do, long enough to fill the pipe.
fn told(instruction: &str) -> Vec<u8> {
    let mut picture = format!("{instruction:.<16}").into_bytes();
    picture.resize(1 << 20, 0);
    picture
}

#[tokio::test]
async fn pictures_come_through_at_every_level_many_at_a_time() {
    let airlock = Airlock::new(AIRLOCK.clone());
    let picture = encoded(&noise(300, 200, 2), ImageFormat::Png);
    let levels = [(Level::Mosaic, (16, 11)), (Level::Strong, (32, 21)), (Level::Soft, (96, 64))];
    let asks = levels.iter().cycle().take(24).map(|(level, size)| {
        let bytes = UntrustedBytes::new(picture.clone());
        let airlock = &airlock;
        async move {
            let samples =
                airlock.samples(bytes, *level).await.map_err(|error| error.code()).unwrap();
            assert_eq!((samples.level(), samples.size()), (*level, *size));
            assert_eq!((samples.picture_size(), samples.damaged()), ((300, 200), false));
        }
    });
    futures_join(asks).await;
}

/// Drives all futures to their end on this task.
async fn futures_join(futures: impl Iterator<Item = impl Future<Output = ()>>) {
    let mut running: Vec<_> = futures.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        running.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if running.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

#[tokio::test]
async fn every_misbehaviour_has_its_code() {
    let airlock = Airlock::new(MISBEHAVE.into());
    let cases = [
        ("panic", "VEIL-76"),
        ("abort", "VEIL-70"),
        ("forbidden", "VEIL-71"),
        ("killed", "VEIL-75"),
        ("silent", "VEIL-76"),
        ("half a header", "VEIL-76"),
        ("too few", "VEIL-76"),
        ("too many", "VEIL-76"),
        ("twice", "VEIL-76"),
        ("then fail", "VEIL-70"),
        ("too wide", "VEIL-76"),
        ("huge", "VEIL-76"),
        ("too small", "VEIL-76"),
        ("unknown flag", "VEIL-76"),
        ("unknown status", "VEIL-76"),
        ("giant picture", "VEIL-76"),
        ("deaf", "VEIL-76"),
        ("flood", "VEIL-76"),
        ("world", "VEIL-65"),
        ("64", "VEIL-76"),
        ("65", "VEIL-65"),
        ("66", "VEIL-66"),
        ("70", "VEIL-70"),
        ("75", "VEIL-75"),
        ("78", "VEIL-78"),
        ("99", "VEIL-76"),
    ];
    for (instruction, code) in cases {
        let answer = code_of(&airlock, told(instruction), Level::Mosaic).await;
        assert_eq!(answer, Some(code), "{instruction}");
    }
    // The stand-in is not refused for what it is, only for what it does.
    assert_eq!(code_of(&airlock, told("honest"), Level::Mosaic).await, None);
}

#[tokio::test]
async fn a_decoder_that_hangs_is_ended_on_time() {
    let time = Duration::from_millis(300);
    let airlock = Airlock::new(MISBEHAVE.into()).with_time(time);
    for instruction in ["hang", "then hang"] {
        let begun = Instant::now();
        let answer = code_of(&airlock, told(instruction), Level::Soft).await;
        assert_eq!(answer, Some("VEIL-75"), "{instruction}");
        assert!((time..20 * time).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn no_error_says_anything_of_the_picture() {
    let airlock = Airlock::new(AIRLOCK.clone());
    let secret = b"\x89PNG\r\n\x1a\nVERY-SECRET-CONTENT".to_vec();
    let error = airlock.samples(UntrustedBytes::new(secret), Level::Soft).await.err().unwrap();
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains("SECRET") && !text.contains('/'), "{text}");
    }
}
