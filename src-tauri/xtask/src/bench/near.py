"""The peer of the near measurement: the same queries over the same hashes, by faiss, one at a time on one thread.

    near.py DIR     reads near-hashes.bin, near-queries.bin and near-ours.json there, prints a measurement a line

Ends with an error where what we found is not what the exhaustive index finds, to the last hit.
"""

import json
import pathlib
import statistics
import sys
import time

import faiss
import numpy as np

BITS, BYTES, WITHIN = 256, 32, 31
ROUNDS = 4

folder = pathlib.Path(sys.argv[1])
hashes = np.fromfile(folder / "near-hashes.bin", dtype=np.uint8).reshape(-1, BYTES)
queries = np.fromfile(folder / "near-queries.bin", dtype=np.uint8).reshape(-1, BYTES)
ours = json.loads((folder / "near-ours.json").read_text())
faiss.omp_set_num_threads(1)


def asked(index):
    """What each query finds, and the milliseconds each took; the first round is not counted."""
    found, times = [], []
    for turn in range(ROUNDS):
        for query in queries:
            start = time.perf_counter()
            _, distances, numbers = index.range_search(query[None, :], WITHIN + 1)
            took = (time.perf_counter() - start) * 1000
            if turn == 0:
                hits = zip(numbers.tolist(), distances.tolist())
                found.append(sorted([number, int(distance)] for number, distance in hits))
            else:
                times.append(took)
    return found, times


def row(what, ours_ms, floor_ms, floor_name, goal):
    told = {"what": what, "ours_ms": ours_ms, "floor_ms": floor_ms, "floor_name": floor_name, "goal": goal}
    print(json.dumps(told), flush=True)


flat = faiss.IndexBinaryFlat(BITS)
flat.add(hashes)
exact, flat_ms = asked(flat)
if exact != ours["hits"]:
    sys.exit("what was found is not what the exhaustive index finds")

multi = faiss.IndexBinaryMultiHash(BITS, 16, 16)
multi.nflip = 1
start = time.perf_counter()
multi.add(hashes)
build_ms = (time.perf_counter() - start) * 1000
looked_up, multi_ms = asked(multi)
if looked_up != exact:
    print(f"faiss MultiHash found {sum(map(len, looked_up))} of {sum(map(len, exact))} hits", file=sys.stderr)

count = f"{len(hashes):,} hashes, within {WITHIN}"
middle = statistics.median
row(f"search over {count}, p50", middle(ours["query_ms"]), middle(flat_ms), "faiss IndexBinaryFlat", 0.25)
worst = lambda times: float(np.percentile(times, 99))
row(f"search over {count}, p99", worst(ours["query_ms"]), worst(flat_ms), "faiss IndexBinaryFlat", None)
row(f"search over {count}, p50", middle(ours["query_ms"]), middle(multi_ms), "faiss MultiHash 16 × 16, nflip 1", None)
row("tables for the same", ours["build_ms"], build_ms, "faiss MultiHash 16 × 16", None)
hits = sum(map(len, exact))
print(f"{len(queries)} queries, {hits} hits, the same as IndexBinaryFlat's; {ours['bytes'] / len(hashes):.0f} bytes a hash")
