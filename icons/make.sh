#!/usr/bin/env bash
# Draws the committed PNG icons from icon.svg. Needs rsvg-convert (Debian: librsvg2-bin).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
command -v rsvg-convert >/dev/null || { echo "make.sh: rsvg-convert is missing (Debian: apt-get install librsvg2-bin)" >&2; exit 1; }

draw() { rsvg-convert --width "$1" --height "$1" --format png --output "$2" icon.svg; }

draw 32 32x32.png
draw 128 128x128.png
draw 256 128x128@2x.png
draw 512 icon.png
