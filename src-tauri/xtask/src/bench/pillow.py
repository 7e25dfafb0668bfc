"""The peer of the veil measurement: the same JPEG down to the same samples, by Pillow.

    pillow.py make FILE     writes a synthetic 12-megapixel JPEG
    pillow.py veil FILE K   for each line on standard input, averages the picture to at most K grey
                            samples along the long side and prints the milliseconds it took

`draft` lets libjpeg decode at one eighth of the size, which is the fastest way Pillow has.
"""

import io
import random
import sys
import time

from PIL import Image, ImageChops, ImageDraw


def make(path):
    width, height = 4000, 3000
    slope = Image.linear_gradient("L").resize((width, height), Image.Resampling.BICUBIC)
    round_ = Image.radial_gradient("L").resize((width, height), Image.Resampling.BICUBIC)
    picture = Image.merge("RGB", (slope, round_, ImageChops.invert(slope)))
    draw = ImageDraw.Draw(picture)
    dice = random.Random(7)
    for _ in range(400):
        x, y, r = dice.randrange(width), dice.randrange(height), dice.randrange(10, 220)
        fill = tuple(dice.randrange(256) for _ in range(3))
        draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)
    noise = Image.frombytes("RGB", (width, height), dice.randbytes(width * height * 3))
    Image.blend(picture, noise, 0.06).save(path, quality=90)


def veil(path, k):
    data = open(path, "rb").read()
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        picture = Image.open(io.BytesIO(data))
        width, height = picture.size
        picture.draft("L", (k, k))
        scale = k / max(width, height)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        samples = picture.convert("L").resize(size, Image.Resampling.BOX).tobytes()
        took = (time.perf_counter() - start) * 1000
        assert len(samples) == size[0] * size[1]
        print(took, flush=True)


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    veil(sys.argv[2], int(sys.argv[3]))
