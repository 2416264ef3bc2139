#!/usr/bin/env python3
"""Check an export of the audit log. Needs Python 3.8 or newer and nothing else: no installation, no network.

    python3 verify.py                     the files beside this one, or the zip file they came in
    python3 verify.py export.zip
    python3 verify.py --key NAME+HASH+KEY   trust this key only (get it from somebody else than the sender)
    python3 verify.py --seen FILE           compare with a checkpoint from a mail, a folder, a repository

It prints VERIFIED and ends with 0, or says which record is wrong and ends with 1.

What is checked, in this order: the signature over the list of files, and every file against it; the signed checkpoint;
that every record is, byte for byte, the entry at its place in the tree that the checkpoint signs (RFC 9162); that the CSV
says the same as the records; that there are as many records as the list says.
"""

import argparse
import base64
import csv
import hashlib
import io
import json
import os
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH = 256  # hashes in a tile
SEALED = ("entry", "position", "at", "action", "initiated_by", "actor_id", "actor_role", "object_type", "object_id", "run_id", "activity_id",
          "category", "policy_version_id", "prompt_version_id", "model", "event_id", "data")  # fmt: skip


class Wrong(Exception):
    """What does not verify, as a sentence."""


def unbase64(text):
    """The bytes; ValueError unless the text is the one way to write them (no stray bits in the last character)."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not canonical")
    return raw


# Ed25519 signatures (RFC 8032, section 6, which gives this arithmetic in Python)

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _add(a, b):
    m = (a[1] - a[0]) * (b[1] - b[0]) % P
    n = (a[1] + a[0]) * (b[1] + b[0]) % P
    o = 2 * a[3] * b[3] * D % P
    p = 2 * a[2] * b[2] % P
    e, f, g, h = n - m, p - o, p + o, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


def _same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def _point(raw):
    """The point that 32 bytes stand for, or None."""
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = _point(((4 * pow(5, P - 2, P)) % P).to_bytes(32, "little"))


def signed(public, message, signature):
    """Whether the 64 bytes are an Ed25519 signature over the message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    return _same(_times(s, BASE), _add(r, _times(h, a)))


# Keys and signed notes (C2SP signed-note)


class Key:
    """A public key, written name+hash+base64."""

    def __init__(self, text):
        try:
            self.name, self.hash, encoded = text.strip().split("+", 2)
            raw = unbase64(encoded)
        except ValueError:
            raise Wrong("A key reads name+hash+base64.")
        if len(raw) != 33 or raw[0] != 1:
            raise Wrong("The key of %s is not an Ed25519 key." % self.name)
        self.public, self.text = raw[1:], text.strip()
        self.id = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        if self.id.hex() != self.hash:
            raise Wrong("The key of %s does not fit its hash." % self.name)

    @property
    def fingerprint(self):
        digest = hashlib.sha256(self.public).hexdigest()
        return " ".join(digest[i : i + 4] for i in range(0, 64, 4))


def open_note(note, keys, what):
    """(text, key) of a note that one of the keys signed."""
    text, found, tail = note.rpartition("\n\n")
    text += "\n"
    signer = None
    for line in tail.splitlines():
        parts = line.split(" ")
        if not found or len(parts) != 3 or parts[0] != "\u2014":
            raise Wrong("%s cannot be read: its signatures are damaged." % what)
        try:
            raw = unbase64(parts[2])
        except ValueError:
            raise Wrong("%s cannot be read: its signatures are damaged." % what)
        for key in keys:
            if key.name == parts[1] and key.id == raw[:4]:
                if not signed(key.public, text.encode(), raw[4:]):
                    raise Wrong("%s: the signature does not fit. It was altered." % what)
                signer = key
    if signer is None:
        raise Wrong("%s: not signed by a key that is trusted here." % what)
    return text, signer


def read_checkpoint(text, what):
    """(origin, size, root)."""
    lines = text.splitlines()
    try:
        return lines[0], int(lines[1]), unbase64(lines[2])
    except (IndexError, ValueError):
        raise Wrong("%s is not a checkpoint." % what)


# The tree (RFC 9162, section 2.1)


def fold(hashes):
    """The root over hashes that lie beside each other."""
    level = [hashes[i : i + 32] for i in range(0, len(hashes), 32)]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            pairs.append(level[-1])
        level = pairs
    return level[0]


def check_tiles(tiles, size, root):
    """That the tiles at hand lead to the root: each full one is a hash in the tile above, the unfinished ones make the rest.

    Raises Wrong.
    """
    level, count, carried = 0, size, b""
    while True:
        whole, rest = divmod(count, WIDTH)
        for (tile_level, number), hashes in tiles.items():
            if tile_level != level:
                continue
            wanted = WIDTH if number < whole else rest if number == whole else 0
            if len(hashes) != wanted * 32:
                raise Wrong(
                    "tree: tile %d/%d has %d hashes instead of %d." % (level, number, len(hashes) // 32, wanted)
                )
            if number < whole:
                at = number % WIDTH * 32
                if tiles.get((level + 1, number // WIDTH), b"")[at : at + 32] != fold(hashes):
                    reach = WIDTH ** (level + 1)
                    raise Wrong("tree: tile %d/%d does not lead to the checkpoint; it holds the places %d to %d."
                                % (level, number, number * reach, (number + 1) * reach - 1))  # fmt: skip
        edge = tiles.get((level, whole), b"") if rest else b""
        if len(edge) != rest * 32:
            raise Wrong("tree: tile %d/%d is missing." % (level, whole))
        # What is unfinished at the right edge counts as one more hash in the tile above.
        carried = fold(edge + carried) if edge + carried else b""
        if not whole:
            break
        level, count = level + 1, whole
    if carried != root:
        raise Wrong("tree: the tiles do not lead to the root that the checkpoint signs.")


# The files


class Files:
    """A folder or a zip file."""

    def __init__(self, path):
        self.zip = zipfile.ZipFile(path) if os.path.isfile(path) else None
        self.path = path
        names = self.zip.namelist() if self.zip else []
        if len(set(names)) != len(names):
            raise Wrong("A file stands twice in the zip: programs would not agree which one it is.")

    def open(self, name):
        try:
            return self.zip.open(name) if self.zip else open(os.path.join(self.path, name), "rb")
        except (KeyError, OSError, zipfile.BadZipFile) as error:
            raise Wrong("%s is missing or cannot be read (%s)." % (name, error))

    def text(self, name):
        with self.open(name) as file:
            try:
                return file.read().decode("utf-8")
            except UnicodeDecodeError:
                raise Wrong("%s was altered: it is not text any more." % name)

    def digest(self, name):
        digest = hashlib.sha256()
        with self.open(name) as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
        return digest.hexdigest()


def canonical(event):
    """The exact bytes of an event (RFC 8785 for what an event can hold)."""
    return json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def once(pairs):
    """The members of a JSON object; ValueError where one stands twice: programs would not agree which one counts."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def records(files):
    """(line number, entry, position, event) of each line of records.jsonl."""
    with files.open("records.jsonl") as file:
        for number, line in enumerate(file, 1):
            try:
                record = json.loads(line.decode("utf-8"), object_pairs_hook=once)
                yield number, record["entry"], record["position"], record["event"]
            except (ValueError, KeyError, TypeError):
                raise Wrong("records.jsonl, line %d cannot be read: it was altered." % number)


def check_records(files, tiles, size):
    """That every record is what stands at its place in the tree. Returns how many there are."""
    count, before = 0, -1
    with files.open("records.csv") as raw:
        rows = csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline="", errors="replace"))
        for line, entry, position, event in records(files):
            name = "entry %s (place %s, line %d of records.jsonl)" % (entry, position, line)
            if not isinstance(position, int) or not 0 <= position < size or not isinstance(entry, int):
                raise Wrong("%s: its place is not in the tree." % name)
            if entry <= before:
                raise Wrong("%s: it stands twice or not in order." % name)
            before = entry
            tile, at = tiles.get((0, position // WIDTH), b""), position % WIDTH * 32
            leaf = hashlib.sha256(b"\x00" + canonical(event)).digest()
            if tile[at : at + 32] != leaf or event.get("id") != entry:
                raise Wrong("%s was altered: it is not what was sealed." % name)
            row = next(rows, None)
            said = {"entry": entry, "position": position, "initiated_by": event["origin"]}
            said.update({key: value for key, value in event.items() if key in SEALED and key != "data"})
            said["data"] = canonical(event["data"]).decode()
            if row is None:
                raise Wrong("%s is missing in records.csv." % name)
            for column in SEALED:
                value = said.get(column)
                if plain(row.get(column)) != ("" if value is None else str(value)):
                    raise Wrong("%s: records.csv says something else in the column %s." % (name, column))
            count += 1
        if next(rows, None) is not None:
            raise Wrong("records.csv has more lines than records.jsonl.")
    return count


def plain(cell):
    """A cell as it was before it was made harmless for spreadsheets."""
    return cell[1:] if cell and cell[0] == "'" and cell[1:2] in ("=", "+", "-", "@", "\t", "\r") else cell


def read_tiles(files):
    tiles = {}
    with files.open("tree.txt") as file:
        for number, line in enumerate(file, 1):
            try:
                level, tile, encoded = line.decode("ascii").split()
                tiles[int(level), int(tile)] = unbase64(encoded)
            except ValueError:
                raise Wrong("tree.txt, line %d cannot be read: it was altered." % number)
    return tiles


def removed(files):
    """What export.json, which the signed list covers, says was removed when its time was over."""
    try:
        gone = json.loads(files.text("export.json")).get("removed_when_their_time_was_over")
        if gone:
            for first, behind in gone["places"]:
                yield "Removed      places %d to %d, as entry %d says; signed before %s" % (
                    first, behind - 1, gone["entry"], gone["signed_before"],
                )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Wrong("export.json cannot be read: it was altered.")


def verify(path, trusted=None, seen=(), say=print):
    """Check everything; say what was found. Raises Wrong."""
    files = Files(path)
    keys = [Key(trusted)] if trusted else [Key(line) for line in files.text("keys.txt").splitlines() if line.strip()]
    if not keys:
        raise Wrong("keys.txt names no key.")
    note = files.text("checkpoint")
    text, signer = open_note(note, keys, "checkpoint")
    origin, size, root = read_checkpoint(text, "checkpoint")
    problems = []
    listed, count = {}, None
    try:
        manifest, _key = open_note(files.text("manifest"), keys, "manifest")
        for line in manifest.splitlines()[1:]:
            first, _space, name = line.partition("  ")
            if name == "records":
                count = int(first)
            else:
                listed[name] = first
    except Wrong as error:
        problems.append(str(error))
    for name, digest in sorted(listed.items()):
        try:
            if files.digest(name) != digest:
                problems.append("%s was altered after the export." % name)
        except (Wrong, zipfile.BadZipFile, OSError) as error:
            problems.append("%s: %s" % (name, error))
    tiles = read_tiles(files)
    try:
        if size:
            check_tiles(tiles, size, root)
        found = check_records(files, tiles, size)
        if count is not None and found != count:
            raise Wrong(
                "There are %d records; the signed list says %d. Some were taken out or put in." % (found, count)
            )
    except (Wrong, zipfile.BadZipFile) as error:
        problems.insert(0, str(error))
    for name in seen:
        with open(name, encoding="utf-8") as file:
            other = read_checkpoint(open_note(file.read(), keys, name)[0], name)
        if other[0] != origin or (other[1] == size and other[2] != root):
            problems.append("%s is a checkpoint of another log, or of this one before it was rebuilt." % name)
        elif other[1] != size:
            say(
                "%s is of %d entries, this export of %d: ask for the consistency proof between them."
                % (name, other[1], size)
            )
        else:
            say("%s is the checkpoint of this export." % name)
    if problems:
        raise Wrong("\n".join(problems))
    say("Log          %s" % origin)
    say("Checkpoint   %d entries, root %s" % (size, root.hex()))
    say("Key          %s" % signer.text)
    say("Fingerprint  %s" % signer.fingerprint)
    for line in removed(files):
        say(line)
    if not trusted:
        say("             Compare the fingerprint with one you got from somebody else than the sender.")
    return found


def main():
    parser = argparse.ArgumentParser(description="Check an export of the audit log.")
    parser.add_argument("path", nargs="?", help="zip file or folder; the folder of this program if left out")
    parser.add_argument("--key", help="trust this key only: name+hash+base64")
    parser.add_argument("--seen", action="append", default=[], help="a checkpoint that lay elsewhere")
    options = parser.parse_args()
    path = options.path
    if path is None:
        zips = [name for name in sorted(os.listdir(HERE)) if name.endswith(".zip")]
        path = (
            HERE
            if os.path.exists(os.path.join(HERE, "records.jsonl"))
            else os.path.join(HERE, zips[0])
            if len(zips) == 1
            else HERE
        )
    try:
        count = verify(path, options.key, options.seen)
    except (Wrong, OSError, zipfile.BadZipFile) as error:
        print("NOT VERIFIED\n%s" % error)
        return 1
    except Exception as error:  # Whatever somebody put there: it is not what was exported.
        print("NOT VERIFIED\nThe export cannot be read: it was altered (%s)." % type(error).__name__)
        return 1
    print("VERIFIED     %d records are what was sealed." % count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
