"""The lake as of one commit: the fold of its log, the same as the embedded engine's checkpoints hold (docs/on-disk.md)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


class Snapshot:
    """The files that count, and all a writer must know to plan the next commit."""

    def __init__(self, folded: Json | None = None) -> None:
        empty: Json = {
            "version": 0,
            "files": {},
            "raw": {},
            "tombstones": [],
            "floor_ms": 0,
            "totals": {"lines": 0, "read": 0, "written": 0, "duplicate": 0, "rejected": 0},
            "loads": [],
        }
        self.folded = folded or empty
        self.folded.setdefault("listed_all_ms", 0)

    @property
    def version(self) -> int:
        """The commit it stands at; 0 is the empty lake."""
        return int(self.folded["version"])

    @property
    def floor_ms(self) -> int:
        """The index of seen events reaches back to here."""
        return int(self.folded["floor_ms"])

    @property
    def listed_all_ms(self) -> int:
        """When the whole raw store was listed and worked off last."""
        return int(self.folded["listed_all_ms"])

    @property
    def raw(self) -> dict[str, int]:
        """Raw files consumed."""
        files: dict[str, int] = self.folded["raw"]
        return files

    @property
    def unreadable(self) -> list[str]:
        """Raw files that could not be read."""
        return list(self.folded.get("unreadable", []))

    @property
    def tombstones(self) -> list[Json]:
        """Erasures that later loads must respect."""
        found: list[Json] = self.folded["tombstones"]
        return found

    def files_of(self, table: str) -> Iterator[Json]:
        """The live data files of a table, by path."""
        files = self.folded["files"]
        return (files[path] for path in sorted(files) if files[path]["table"] == table)

    def after(self, commit: Json) -> Snapshot:
        """The lake one commit later."""
        next_one = Snapshot(copy.copy(self.folded))
        next_one._apply(commit)
        return next_one

    def _apply(self, commit: Json) -> None:
        now = self.folded
        now["version"] = commit["version"]
        removed = set(commit.get("remove", []))
        now["files"] = {path: file for path, file in now["files"].items() if path not in removed}
        now["files"].update({file["path"]: file for file in commit.get("add", [])})
        consumed = {raw["path"]: raw["modified_ms"] for raw in commit.get("raw", [])}
        unreadable = commit.get("unreadable")
        bad = set(now.get("unreadable", []) if unreadable is None else unreadable) - set(consumed)
        now["unreadable"] = sorted(bad)
        if not bad:
            del now["unreadable"]
        now["raw"] = {**now["raw"], **consumed}
        for path in commit.get("raw_expired", []):
            now["raw"].pop(path, None)
        said = commit.get("tombstones", [])
        gone = {tombstone["id"] for tombstone in said} | set(commit.get("tombstones_expired", []))
        kept = [tombstone for tombstone in now["tombstones"] if tombstone["id"] not in gone]
        expired = set(commit.get("tombstones_expired", []))
        now["tombstones"] = kept + [tombstone for tombstone in said if tombstone["id"] not in expired]
        now["floor_ms"] = max(now["floor_ms"], commit.get("floor_ms") or 0)
        now["listed_all_ms"] = max(now["listed_all_ms"], commit.get("listed_all_ms") or 0)
        now["totals"] = add_counts(now["totals"], commit.get("counts", {}))
        now["loads"] = (now["loads"] + [_load_row(commit)])[-LOADS_KEPT:]


def add_counts(left: Json, right: Json) -> Json:
    """Both together, reason by reason."""
    names = ["lines", "read", "written", "duplicate", "rejected"]
    total: Json = {name: left.get(name, 0) + right.get(name, 0) for name in names}
    reasons = dict(left.get("rejected_by", {}))
    for why, count in right.get("rejected_by", {}).items():
        reasons[why] = reasons.get(why, 0) + count
    if reasons:
        total["rejected_by"] = dict(sorted(reasons.items()))
    return total


def _load_row(commit: Json) -> Json:
    """A commit as table `loads` shows it."""
    raw = commit.get("raw", [])
    return {
        "version": commit["version"],
        "kind": commit["kind"],
        "at_ms": commit["at_ms"],
        "raw_files": len(raw),
        "raw_bytes": sum(file["bytes"] for file in raw),
        "files_added": len(commit.get("add", [])),
        "files_removed": len(commit.get("remove", [])),
        "counts": add_counts(commit.get("counts", {}), {}),
    }


# Commits that table `loads` remembers one by one, as the embedded engine does: a week at one a minute.
LOADS_KEPT = 10_080
