"""Unpack Fashion-MNIST into image files: <out>/<class>/<number>.pgm."""
import gzip
import os
import struct
import sys

CLASSES = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal",
           "shirt", "sneaker", "bag", "ankle-boot"]


def read(path, kind):
    """The items of an IDX file: labels (kind 1) or images (kind 3)."""
    with gzip.open(path) as f:
        data = f.read()
    if kind == 1:
        magic, n = struct.unpack_from(">II", data)
        assert magic == 0x801 and len(data) == 8 + n
        return data[8:]
    magic, n, rows, cols = struct.unpack_from(">IIII", data)
    size = rows * cols
    assert magic == 0x803 and len(data) == 16 + n * size
    head = b"P5\n%d %d\n255\n" % (cols, rows)
    return [head + data[16 + i * size:16 + (i + 1) * size] for i in range(n)]


def main(source, out):
    number = 0
    for name in CLASSES:
        os.makedirs(os.path.join(out, name))
    for part in ("train", "t10k"):
        base = os.path.join(source, part)
        labels = read(base + "-labels-idx1-ubyte.gz", 1)
        for label, image in zip(labels, read(base + "-images-idx3-ubyte.gz",
                                             3)):
            path = os.path.join(out, CLASSES[label], "%05d.pgm" % number)
            with open(path, "wb") as f:
                f.write(image)
            number += 1
    print(number, "images in", len(CLASSES), "classes")


main(sys.argv[1], sys.argv[2])
