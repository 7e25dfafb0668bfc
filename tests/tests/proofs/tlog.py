"""Verifies what Casement hands out, written from RFC 9162 and C2SP's texts with nothing of Casement in it.

tlog.py package DIR         every proof of a package, with the key in it
tlog.py note VKEY FILE      the signature of a checkpoint; prints size and root
tlog.py consistency FILE    {"size", "root", "leaves", "ledgerRoot", "proof"} of `casectl checkpoint --check --json`
Ends with 0 if everything holds.
"""

import base64
import hashlib
import json
import pathlib
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha256(data):
    return hashlib.sha256(data).digest()


def node(left, right):
    return sha256(b"\x01" + left + right)


def open_note(note, vkey):
    """C2SP signed-note and tlog-checkpoint: origin, size, root of a checkpoint whose signature holds."""
    name, key_id, key = vkey.strip().split("+", 2)
    key = base64.b64decode(key, validate=True)
    assert key[0] == 1, "not Ed25519"
    assert sha256(name.encode() + b"\n" + key)[:4].hex() == key_id, "key id"
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    good = 0
    for line in signatures.rstrip("\n").split("\n"):
        dash, signer, signature = line.split(" ")
        assert dash == "\u2014"
        signature = base64.b64decode(signature, validate=True)
        if signer == name and signature[:4].hex() == key_id:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], text.encode())
            good += 1
    assert good, "no signature of this key"
    origin, size, root, end = text.split("\n")
    assert end == "" and origin == name
    return origin, int(size), base64.b64decode(root, validate=True)


def included(index, size, leaf, path):
    """RFC 9162 2.1.3.2: the root that a path leads to."""
    assert index < size
    fn, sn, r = index, size - 1, sha256(b"\x00" + leaf)
    for p in path:
        assert sn != 0, "path too long"
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn != 0:
                fn >>= 1
                sn >>= 1
        else:
            r = node(r, p)
        fn >>= 1
        sn >>= 1
    assert sn == 0, "path too short"
    return r


def consistent(first, first_root, second, second_root, path):
    """RFC 9162 2.1.4.2."""
    assert 0 < first <= second
    if first == second:
        return not path and first_root == second_root
    path = list(path)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr = node(c, fr)
            sr = node(c, sr)
            while not fn & 1 and fn != 0:
                fn >>= 1
                sn >>= 1
        else:
            sr = node(sr, c)
        fn >>= 1
        sn >>= 1
    return fr == first_root and sr == second_root and sn == 0


def proof(text, leaf, body, vkey):
    """C2SP tlog-proof: the index it proves, and the checkpoint it leads to."""
    head, note = text.split("\n\n", 1)
    lines = head.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ") and lines[2].startswith("index ")
    salt = base64.b64decode(lines[1][6:], validate=True)
    index = int(lines[2][6:])
    path = [base64.b64decode(line, validate=True) for line in lines[3:]]
    _, size, root = open_note(note, vkey)
    assert included(index, size, leaf, path) == root, "root"
    said = json.loads(leaf)
    assert said["seq"] == index
    assert said["body_sha256"] == hashlib.sha256(salt + body).hexdigest(), "body"
    return index, note


def package(folder):
    data = pathlib.Path(folder) / "data"
    vkey = (data / "vkey").read_text()
    checkpoint = (data / "checkpoint").read_text()
    origin, size, root = open_note(checkpoint, vkey)
    cases = json.loads((data / "manifest.json").read_text())["cases"]
    for case in cases:
        name = "%06d" % case["case"]
        read = lambda what: (data / "proofs" / f"{name}.{what}").read_bytes()
        index, note = proof(read("tlog-proof").decode(), read("leaf.json"), read("body.json"), vkey)
        assert index == case["decision_leaf"] and note == checkpoint
        assert json.loads(read("body.json"))["verdict"] == "confirmed"
    return {"origin": origin, "size": size, "root": root.hex(), "cases": len(cases)}


def main(verb, *args):
    if verb == "package":
        return package(*args)
    if verb == "note":
        origin, size, root = open_note(pathlib.Path(args[1]).read_text(), args[0])
        return {"origin": origin, "size": size, "root": root.hex()}
    found = json.loads(pathlib.Path(args[0]).read_text())
    path = [bytes.fromhex(one) for one in found["proof"]]
    root, now = bytes.fromhex(found["root"]), bytes.fromhex(found["ledgerRoot"])
    assert consistent(found["size"], root, found["leaves"], now, path), "not consistent"
    return {"consistent": True}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
