//! What the parent makes of arbitrary bytes from a child. Whole processes are tested in `tests/tests/airlock.rs`.

use proptest::prelude::*;

use super::*;

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn request(k: u8) -> Request {
    Request::new(k, Tone::Grey, 1).unwrap()
}

proptest! {
    /// Whatever a child sends: no panic, at most the bound and one byte are read, and what is accepted is exactly
    /// one answer.
    #[test]
    fn nothing_but_one_whole_answer_is_taken(
        k in 1..=96u8,
        width in 1..=20_000u32, height in 1..=5_000u32,
        at in 0..Reply::HEADER, by: u8,
        tail in prop::collection::vec(any::<u8>(), 0..10_000),
        exact: bool,
    ) {
        let request = request(k);
        let honest = Reply::new(&request, width, height, false).unwrap();
        let mut untrusted = honest.encode().to_vec();
        untrusted[at] ^= by;
        untrusted.extend(if exact { vec![7; honest.sample_bytes()] } else { tail });
        let mut rest = untrusted.as_slice();
        let received = run(receive(&mut rest, Level::Soft, &request));
        let read = untrusted.len() - rest.len();
        prop_assert!(read <= Reply::HEADER + usize::from(k) * usize::from(k) + 1);
        match received {
            Ok(samples) => {
                prop_assert_eq!(samples.grey(), &untrusted[Reply::HEADER..]);
                prop_assert_eq!(samples.size().0 * samples.size().1, samples.grey().len());
                prop_assert!(samples.size().0.max(samples.size().1) <= usize::from(k));
            }
            Err(Cut::Early) => prop_assert!(rest.is_empty()),
            Err(Cut::Invalid) => prop_assert!(by != 0 || !exact),
        }
    }
}

#[test]
fn every_level_keeps_to_the_protocol_and_only_hash_only_asks_for_nothing() {
    for (level, k) in
        [(Level::HashOnly, 0), (Level::Mosaic, 16), (Level::Strong, 32), (Level::Soft, 96)]
    {
        assert_eq!(samples(level), k);
        assert_eq!(Request::new(u8::try_from(k).unwrap(), Tone::Grey, 1).is_ok(), k > 0);
    }
}

#[test]
fn bytes_that_cannot_be_sent_start_no_process() {
    let airlock = Airlock::new("/nonexistent".into());
    let ask = |bytes: Vec<u8>, level| {
        run(airlock.samples(UntrustedBytes::new(bytes), level)).err().map(|error| error.code())
    };
    assert_eq!(ask(vec![1], Level::HashOnly), Some("VEIL-00"));
    assert_eq!(ask(vec![], Level::Mosaic), Some("VEIL-65"));
    let too_long = usize::try_from(casement_airlock::MAX_FILE_BYTES).unwrap() + 1;
    assert_eq!(ask(vec![0; too_long], Level::Mosaic), Some("VEIL-66"));
    assert_eq!(ask(vec![1], Level::Mosaic), Some("VEIL-69"));
}

/// A view is asked for from any thread of the runtime.
#[test]
fn an_exchange_may_move_between_threads() {
    fn movable(_: impl Send) {}
    let airlock = Airlock::new("/nonexistent".into());
    movable(airlock.samples(UntrustedBytes::new(vec![1]), Level::Mosaic));
    movable(airlock.probe());
}
