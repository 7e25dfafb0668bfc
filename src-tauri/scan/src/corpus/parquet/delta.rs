//! Lengths packed as DELTA_BINARY_PACKED, looked over before the parquet crate unpacks them.
//!
//! A page of byte strings may hold their lengths so, and their number a second time; that number the crate makes room for,
//! whatever the page's header says. In DELTA_BYTE_ARRAY each string may also repeat the one before it, in no byte at all.

use super::budget::Refusal;

const WRONG: Refusal = Refusal::Damaged("lengths that contradict their page");

/// Looks over what DELTA_LENGTH_BYTE_ARRAY begins with: no more than so many lengths.
pub(super) fn lengths(bytes: &[u8], values: u64) -> Result<(), Refusal> {
    stream(bytes, values, &mut |_| Some(())).map(|_| ()).ok_or(WRONG)
}

/// Looks over what DELTA_BYTE_ARRAY begins with, and says how many bytes are repeated.
pub(super) fn repeated(bytes: &[u8], values: u64) -> Result<u64, Refusal> {
    let mut sum = 0_u64;
    let mut add = |prefix: i32| {
        sum = sum.saturating_add(u64::try_from(prefix).ok()?);
        Some(())
    };
    let end = stream(bytes, values, &mut add).ok_or(WRONG)?;
    lengths(bytes.get(end..).unwrap_or_default(), values)?;
    Ok(sum)
}

/// Tells the numbers of a stream, `most` at the most, and gives the place behind it. It has to find
/// that place where the crate finds it.
fn stream(bytes: &[u8], most: u64, tell: &mut dyn FnMut(i32) -> Option<()>) -> Option<usize> {
    let mut at = 0;
    let block = unsigned(bytes, &mut at)?;
    let minis = usize::try_from(unsigned(bytes, &mut at)?).ok()?;
    let count = unsigned(bytes, &mut at).filter(|&count| count <= most)?;
    let mut last = signed(bytes, &mut at)?;
    let mini = block.checked_div(minis as u64)?;
    if mini == 0 || mini % 32 != 0 || mini.checked_mul(minis as u64)? != block || block % 128 != 0 {
        return None;
    }
    if count > 0 {
        tell(last)?;
    }
    let mut left = count.saturating_sub(1);
    while left > 0 {
        let least = signed(bytes, &mut at)?;
        let widths = bytes.get(at..at.checked_add(minis)?)?;
        at += minis;
        for &width in widths {
            if left == 0 {
                // What follows the last number has no bytes, whatever its width.
                break;
            }
            let here = left.min(mini);
            if width > 32 {
                return None;
            }
            for index in 0..here {
                let delta = unpacked(bytes, at, index.checked_mul(width.into())?, width)?;
                last = last.wrapping_add(least).wrapping_add(delta);
                tell(last)?;
            }
            left -= here;
            at = at.checked_add(usize::try_from(mini.checked_mul(width.into())? / 8).ok()?)?;
        }
    }
    Some(at)
}

/// So many bits as a number, from a bit on.
fn unpacked(bytes: &[u8], from: usize, bit: u64, width: u8) -> Option<i32> {
    let mut value = 0_u64;
    if width > 0 {
        let first = from.checked_add(usize::try_from(bit / 8).ok()?)?;
        let shift = bit % 8;
        let count = usize::try_from((shift + u64::from(width)).div_ceil(8)).ok()?;
        let taken = bytes.get(first..first.checked_add(count)?)?;
        for (place, &byte) in (0..).zip(taken) {
            value |= u64::from(byte) << (8 * place);
        }
        value = value >> shift & ((1 << width) - 1);
    }
    // Two's complement: the upper half are the negative ones.
    u32::try_from(value).ok().map(u32::cast_signed)
}

fn unsigned(bytes: &[u8], at: &mut usize) -> Option<u64> {
    const MOST_BYTES: u32 = 10;
    let mut value = 0_u64;
    for place in 0..MOST_BYTES {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f).checked_shl(7 * place)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn signed(bytes: &[u8], at: &mut usize) -> Option<i32> {
    let value = unsigned(bytes, at)?;
    let half = i64::try_from(value >> 1).ok()?;
    i32::try_from(if value & 1 == 1 { !half } else { half }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four miniblocks of 32 in a block: the count, the first number, and the blocks as they are.
    fn packed(count: u8, first: u8, blocks: &[u8]) -> Vec<u8> {
        [&[0x80, 1, 4, count, first][..], blocks].concat()
    }

    fn told(bytes: &[u8], most: u64) -> Option<(usize, Vec<i32>)> {
        let mut told = Vec::new();
        let end = stream(bytes, most, &mut |number| {
            told.push(number);
            Some(())
        })?;
        Some((end, told))
    }

    #[test]
    fn numbers_are_unpacked_and_their_end_is_found() {
        // 7, 5, 3, 1, 2, 3, 4, 5: the example of the format's description. Its least delta is -2,
        // and its deltas take two bits each; the other miniblocks have no bytes.
        let example = packed(8, 14, &[3, 2, 9, 9, 9, 0xc0, 0x3f, 0, 0, 0, 0, 0, 0, 0xaa]);
        assert_eq!(told(&example, 8), Some((18, vec![7, 5, 3, 1, 2, 3, 4, 5])));
        assert_eq!(told(&packed(1, 14, &[0xaa]), 8), Some((5, vec![7])));
        assert_eq!(told(&packed(0, 14, &[]), 8), Some((5, vec![])));
    }

    #[test]
    fn more_numbers_than_the_page_has_are_refused_unread() {
        let equal = packed(100, 14, &[0, 0, 0, 0, 0]);
        assert_eq!(told(&equal, 100), Some((10, vec![7; 100])));
        assert_eq!(told(&equal, 99), None);
        // Two numbers of a width no length has, and none at all.
        assert_eq!(told(&packed(2, 14, &[0, 33, 0, 0, 0]), 9), None);
        assert_eq!(told(&packed(2, 14, &[0, 8, 0, 0, 0]), 9), None);
        // A hundred strings that repeat seven bytes each, and as many suffixes.
        let strings = [equal.as_slice(), &equal].concat();
        assert!(matches!(repeated(&strings, 100), Ok(700)));
        assert!(repeated(&strings, 99).is_err());
        assert!(repeated(&equal, 100).is_err());
    }
}
