"""The peer of the PDQ measurement: Pillow and PyPI `pdqhash` in a warm interpreter.

    reference.py make DIR    writes a synthetic picture in two sizes, as JPEG and as PNG without compression
    reference.py hash        for each path on standard input: hash, quality, milliseconds for decoding and hashing
                             together, and for hashing alone
"""

import sys
import time

import numpy as np
import pdqhash
from PIL import Image

SIZES = {"0.3mp": (640, 480), "12mp": (4000, 3000)}


def make(folder):
    dice = np.random.default_rng(7)
    for name, (width, height) in SIZES.items():
        total = np.zeros((height, width, 3), dtype=np.float32)
        for octave in range(1, 9):
            coarse = dice.random((2**octave + 1, 2**octave + 1, 3), dtype=np.float32)
            layers = [Image.fromarray(coarse[:, :, c]).resize((width, height), Image.Resampling.BICUBIC) for c in range(3)]
            total += np.stack([np.asarray(layer) for layer in layers], 2) / 1.6**octave
        total += dice.normal(0, 0.02, total.shape).astype(np.float32)
        total = (total - total.min()) / np.ptp(total) * 255
        picture = Image.fromarray(total.astype(np.uint8))
        picture.save(f"{folder}/pdq-{name}.jpg", quality=90)
        picture.save(f"{folder}/pdq-{name}.png", compress_level=0)


def hashed():
    print("ready", flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        pixels = np.asarray(Image.open(line.strip()).convert("RGB"))
        decoded = time.perf_counter()
        bits, quality = pdqhash.compute(pixels)
        end = time.perf_counter()
        text = np.packbits(bits).tobytes().hex()
        print(text, quality, (end - start) * 1000, (end - decoded) * 1000, flush=True)


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    hashed()
