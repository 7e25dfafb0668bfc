//! The protocol against arbitrary bytes: what is encoded is read back, what is not well-formed is refused, and no
//! header can announce more samples than its request allowed.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use casement_airlock::hashing::{Answer, Ask, Hashed, Refused};
use casement_airlock::{
    MAX_FILE_BYTES, MAX_PICTURE_PIXELS, MAX_PICTURE_SIDE, MAX_SIDE, Probe, ProtocolError, Reply,
    Request, Tone, fit,
};
use proptest::prelude::*;

fn tone() -> impl Strategy<Value = Tone> {
    prop_oneof![Just(Tone::Grey), Just(Tone::Colour)]
}

fn request() -> impl Strategy<Value = Request> {
    (1..=MAX_SIDE, tone(), 1..=MAX_FILE_BYTES)
        .prop_map(|(k, tone, length)| Request::new(k, tone, length).unwrap())
}

proptest! {
    #[test]
    fn a_request_is_read_back(request in request()) {
        prop_assert_eq!(Request::decode(&request.encode()), Ok(request));
    }

    #[test]
    fn a_request_accepts_only_its_own_encoding(untrusted in any::<[u8; Request::HEADER]>()) {
        if let Ok(request) = Request::decode(&untrusted) {
            prop_assert_eq!(request.encode(), untrusted);
        }
    }

    #[test]
    fn a_request_with_one_byte_changed_is_refused_or_means_something_else(
        request in request(), at in 0..Request::HEADER, by in 1..=255u8,
    ) {
        let mut untrusted = request.encode();
        untrusted[at] ^= by;
        prop_assert_ne!(Request::decode(&untrusted), Ok(request));
    }

    #[test]
    fn a_reply_is_read_back(
        request in request(),
        width in 1..=MAX_PICTURE_SIDE,
        height in 1..=MAX_PICTURE_SIDE,
        damaged: bool,
    ) {
        let reply = Reply::new(&request, width, height, damaged);
        if u64::from(width) * u64::from(height) > MAX_PICTURE_PIXELS {
            prop_assert_eq!(reply, Err(ProtocolError::OutOfRange));
        } else {
            let reply = reply.unwrap();
            prop_assert_eq!(Reply::decode(&reply.encode(), &request), Ok(reply));
        }
    }

    /// Arbitrary heads, and heads that are right but for one field: what passes keeps to the bound.
    #[test]
    fn no_reply_announces_more_than_was_asked(
        request in request(),
        width in 1..=MAX_PICTURE_SIDE, height in 1..=5_000u32,
        at in 0..Reply::HEADER, by: u8, noise in any::<Option<[u8; Reply::HEADER]>>(),
    ) {
        let mut untrusted = Reply::new(&request, width, height, false).unwrap().encode();
        untrusted[at] ^= by;
        if let Ok(reply) = Reply::decode(&noise.unwrap_or(untrusted), &request) {
            let k = usize::from(request.k());
            prop_assert!(usize::from(reply.across()) <= k && usize::from(reply.down()) <= k);
            prop_assert!(reply.sample_bytes() <= k * k * request.tone().channels());
            prop_assert_eq!(
                u32::from(reply.across().max(reply.down())),
                u32::from(request.k()).min(reply.width().max(reply.height()))
            );
        }
    }

    #[test]
    fn an_ask_accepts_only_its_own_encoding(
        length in 1..=MAX_FILE_BYTES, at in 0..Ask::HEADER, by in 1..=255u8, noise: [u8; Ask::HEADER],
    ) {
        let ask = Ask::new(length).unwrap();
        let mut untrusted = ask.encode();
        prop_assert_eq!(Ask::decode(&untrusted), Ok(ask));
        prop_assert!(Request::decode(&untrusted).is_err());
        untrusted[at] ^= by;
        prop_assert_ne!(Ask::decode(&untrusted), Ok(ask));
        for untrusted in [untrusted, noise] {
            if let Ok(ask) = Ask::decode(&untrusted) {
                prop_assert_eq!(ask.encode(), untrusted);
            }
        }
    }

    #[test]
    fn a_request_for_samples_is_no_ask(request in request()) {
        prop_assert!(Ask::decode(&request.encode()).is_err());
    }

    /// What passes is within the limits, and says the same again: no bit of an answer is without meaning.
    #[test]
    fn an_answer_accepts_only_its_own_encoding(
        hash: [u8; 32], quality in 0..=100u8, damaged: bool,
        width in 1..=MAX_PICTURE_SIDE, height in 1..=5_000u32,
        at in 0..Answer::LENGTH, by in 1..=255u8, noise: [u8; 32], status: u8,
    ) {
        let answer = Answer::Hashed(Hashed { hash, quality, width, height, damaged });
        prop_assert_eq!(Answer::decode(&answer.encode()), Ok(answer));
        let mut changed = answer.encode();
        changed[at] ^= by;
        let mut refused = Answer::Refused(Refused::TooLarge).encode();
        refused[at] ^= by;
        let mut any = [0; Answer::LENGTH];
        any[0] = status;
        any[1..33].copy_from_slice(&noise);
        for untrusted in [changed, refused, any] {
            if let Ok(answer) = Answer::decode(&untrusted) {
                prop_assert_eq!(answer.encode(), untrusted);
                if let Answer::Hashed(hashed) = answer {
                    prop_assert!(hashed.quality <= 100);
                    prop_assert!(u64::from(hashed.width) * u64::from(hashed.height) <= MAX_PICTURE_PIXELS);
                }
            }
        }
    }

    #[test]
    fn samples_never_outnumber_pixels_and_keep_the_proportion(
        width in 1..=MAX_PICTURE_SIDE, height in 1..=MAX_PICTURE_SIDE, k in 1..=MAX_SIDE,
    ) {
        let (across, down) = fit(width, height, k);
        let long = width.max(height);
        prop_assert_eq!(u32::from(across.max(down)), u32::from(k).min(long));
        prop_assert!(u32::from(across) <= width && u32::from(down) <= height);
        let exact = f64::from(width.min(height)) * f64::from(across.max(down)) / f64::from(long);
        let short = f64::from(across.min(down));
        prop_assert!((short - exact.max(1.0)).abs() <= 0.5, "{short} for {exact}");
    }
}

#[test]
fn ranges_end_where_they_say() {
    for (k, length) in [(0, 1), (MAX_SIDE + 1, 1), (1, 0), (1, MAX_FILE_BYTES + 1), (1, u64::MAX)] {
        assert_eq!(Request::new(k, Tone::Grey, length), Err(ProtocolError::OutOfRange));
    }
    let request = Request::new(MAX_SIDE, Tone::Colour, MAX_FILE_BYTES).unwrap();
    for (width, height) in [(0, 1), (1, 0), (MAX_PICTURE_SIDE + 1, 1), (10_001, 10_000)] {
        assert_eq!(Reply::new(&request, width, height, false), Err(ProtocolError::OutOfRange));
    }
    assert_eq!(Reply::new(&request, 10_000, 10_000, false).unwrap().sample_bytes(), 96 * 96 * 3);
}

#[test]
fn every_probe_is_found_by_its_name() {
    for probe in Probe::ALL {
        assert_eq!(Probe::named(probe.name()), Some(probe));
    }
    assert_eq!(Probe::named("anything else"), None);
}
