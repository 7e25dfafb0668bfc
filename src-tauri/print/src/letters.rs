//! What the embedded fonts can set, and how everything else is written.
//!
//! It must never leave a character to a font that lacks it, nor a right-to-left run that could reorder a path: a PDF
//! shows such characters as `\u{…}`; the HTML of the same pages shows them as they are.

use casement_print::{Pages, Style, shown_by};
use typst::text::Font;

/// Family of running text.
const TEXT: &str = "Libertinus Serif";
/// Family of digests, addresses and paths.
const CODE: &str = "DejaVu Sans Mono";

/// Rewrites every text of the pages into what the fonts can set.
pub(crate) fn fit(pages: &mut Pages, fonts: &[Font]) {
    let faces = |family: &str| -> Vec<&Font> {
        fonts.iter().filter(|font| font.info().family.as_str() == family).collect()
    };
    let (text, code) = (faces(TEXT), faces(CODE));
    for (words, style) in pages.texts() {
        let faces = if style == Style::Code { &code } else { &text };
        *words = shown_by(words, |c| is_right_to_left(c) || !covered(faces, c));
    }
}

fn covered(faces: &[&Font], c: char) -> bool {
    c.is_ascii_graphic()
        || c == ' '
        || faces.iter().all(|font| font.info().coverage.contains(u32::from(c)))
}

/// Blocks whose letters run from right to left.
fn is_right_to_left(c: char) -> bool {
    matches!(
        u32::from(c),
        0x590..=0x8FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF | 0x1_0800..=0x1_0FFF | 0x1_E800..=0x1_EFFF
    )
}
