"""The mean of two adapters of one lineage: ``python average.py one.npz other.npz --out adapter.npz``.

Weights along one line of training can be averaged without training again ("model soups", https://arxiv.org/abs/2203.05482): the mean kept
the recall of the earlier adapter and most of what the later one had learned about words that are no names.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("adapters", nargs=2, type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    one, other = (np.load(path) for path in options.adapters)
    mean = {
        name: ((one[name].astype(np.float32) + other[name].astype(np.float32)) / 2).astype(np.float16)
        for name in one.files
    }
    np.savez_compressed(options.out, **mean)
    print(f"sha256 {hashlib.sha256(options.out.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
