"""Raw files for the suite: real impressions through the SDK and the collector, then what befalls raw files in the wild."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import zlib
from pathlib import Path
from typing import Any

HOUR_MS = 3_600_000
Line = dict[str, Any]


def eyeline(*words: str) -> list[str]:
    """The command `eyeline`, as `cargo xtask` built it."""
    return [os.environ["EYELINE_BIN"], *words]


def record(data: Path, rows: int) -> None:
    """Sends the first impressions of the real data through the SDK to a collector, which writes raw files."""
    collect = eyeline("collect", "--data", str(data), "--listen", "127.0.0.1:0", "--affiliates", "zozo-all,zozo-men,zozo-women", "--json")
    collector = subprocess.Popen(collect, stdout=subprocess.PIPE, text=True)
    try:
        assert collector.stdout is not None
        address = next(json.loads(line)["listening"] for line in collector.stdout if "listening" in line)
        replay = eyeline("replay", "--data", str(data), "--to", address, "--first", str(rows), "--json")
        subprocess.run(replay, check=True, stdout=subprocess.DEVNULL, cwd=os.environ["EYELINE_ROOT"])
    finally:
        collector.terminate()
        assert collector.wait() == 0


def lines_of(data: Path) -> list[Line]:
    """The raw lines of a data folder, in the order of its files."""
    files = sorted((data / "raw").glob("20*/*/*/*/*"))
    return [json.loads(line) for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]


def spread(lines: list[Line]) -> list[Line]:
    """Each SDK start is moved back by up to four days, as if the data had come in over as many: its hours become final, or not yet."""
    moved = []
    for line in lines:
        back = zlib.crc32(line["b"]["inst"].encode()) % 5 * 23 * HOUR_MS
        batch = {**line["b"], "t0": line["b"]["t0"] - back}
        moved.append({**line, "rcv": line["rcv"] - back, "w": line["w"] - back, "b": batch})
    return moved


def write(raw: Path, name: str, lines: list[bytes]) -> str:
    """Writes a raw file, as Firehose does; gives its key."""
    key = f"2026/11/01/00/{name}"
    path = raw / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(b"".join(line + b"\n" for line in lines), 1))
    return key


def faulty(raw: Path, lines: list[Line], batches: int, files: int = 2) -> list[list[str]]:
    """Writes lines into files, with copies, late copies and damage between them. Gives the keys by micro-batch."""
    cuts: list[list[list[bytes]]] = [[[] for _ in range(files)] for _ in range(batches)]
    for number, line in enumerate(lines):
        at = number * batches // len(lines)
        home = cuts[at][number % files]
        home.append(_text(line))
        again = _text({**line, "rcv": line["rcv"] + 5_000, "att": line["att"] + 1})
        if number % 10 == 0:  # the answer was lost: the same batch a little later, in another file
            cuts[at][(number + 1) % files].append(again)
        if number % 25 == 0:  # and once more, when a micro-batch has loaded it
            cuts[min(at + 1, batches - 1)][0].insert(0, again)
        if number % 40 == 0:  # Firehose delivered it twice
            home.append(_text(line))
        if number % 97 == 0:
            home.extend(_damaged(line))
    for at, cut in enumerate(cuts):
        cut[0].extend(_sparse(lines[0], at))
    return [[write(raw, f"eyeline-{at}-{file}.gz", cut) for file, cut in enumerate(of)] for at, of in enumerate(cuts)]


def texts(lines: list[Line]) -> list[bytes]:
    """Lines as they stand in a file."""
    return [_text(line) for line in lines]


def forget(line: Line) -> bytes:
    """The request of this line's visitor to be forgotten."""
    whom = {"aff": line["aff"], "anon": line["b"]["usr"]["anon"]}
    return _text({"rcv": line["rcv"] + 60_000, "key": line["key"], "forget": whom})


def _damaged(line: Line) -> list[bytes]:
    """A line cut off, one with an event that has no number, and one of long ago."""
    inst = line["b"]["inst"][:12]
    good = line["b"]["ev"][0]
    nameless = {key: value for key, value in good.items() if key != "n"}
    half = {**line, "b": {**line["b"], "inst": inst + "half", "ev": [nameless, good]}}
    long_ago = line["b"]["t0"] - 50 * 24 * HOUR_MS
    old = {**line, "s": line["s"] + 50 * 24 * HOUR_MS, "b": {**line["b"], "inst": inst + "aged", "t0": long_ago}}
    return [_text(line)[:200], _text(half), _text(old)]


def _sparse(line: Line, at: int) -> list[bytes]:
    """Numbers with gaps that no client leaves: 1,200 for each micro-batch."""
    batches = []
    for bn in range(3 * at, 3 * at + 3):
        events = [{"k": "page", "dt": 0, "n": 3 * (400 * bn + number) + 1} for number in range(400)]
        batches.append(_text({**line, "b": {**line["b"], "inst": "gaps-gaps-gaps-g", "bn": bn + 1, "ev": events}}))
    return batches


def _text(line: Line) -> bytes:
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode()
