"""The log of commits: reading it to its end, and the one step that makes work count, creating the next commit if it is absent."""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass

from eyeline_spark.snapshot import Json, Snapshot
from eyeline_spark.store import Store

FORMAT = 1
CHECKPOINT_EVERY = 32
_HINT = "checkpoints/latest.json"


class DamagedLog(Exception):
    """An object of the log is not what it should be, or of a newer program."""


@dataclass(frozen=True)
class Outcome:
    """How an attempt to commit ended: where the lake stands, and whether the commit is in it."""

    snapshot: Snapshot
    ours: bool


class Lake:
    """A lake, by its log."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def snapshot(self) -> Snapshot:
        """The lake as of its newest commit."""
        return self.catch_up(self._checkpoint())

    def catch_up(self, snapshot: Snapshot) -> Snapshot:
        """Reads on from a snapshot to the newest commit."""
        while (commit := self.read_commit(snapshot.version + 1)) is not None:
            snapshot = snapshot.after(commit)
        return snapshot

    def read_commit(self, version: int) -> Json | None:
        """One commit, or None past the end of the log."""
        path = _commit_path(version)
        body = self.store.read(path)
        if body is None:
            return None
        commit = _parsed(path, body)
        if commit["format"] > FORMAT:
            raise DamagedLog(f"{path}: format {commit['format']} is newer than this program")
        if commit["version"] != version:
            raise DamagedLog(f"{path}: it says version {commit['version']}")
        return commit

    def commit(self, base: Snapshot, commit: Json) -> Outcome:
        """Makes `commit` the one after `base`, or says who was first. An unclear answer is settled by reading the log."""
        commit = {**commit, "version": base.version + 1}
        path = _commit_path(commit["version"])
        try:
            ours = self.store.create(path, _written(commit))
        except Exception:
            there = self.read_commit(commit["version"])
            if there is None:
                raise
            ours = there["run"] == commit["run"]
        else:
            if not ours:
                # A put that was tried again by the client below may have met itself.
                there = self.read_commit(commit["version"])
                ours = there is not None and there["run"] == commit["run"]
        if not ours:
            return Outcome(self.catch_up(base), ours=False)
        snapshot = base.after(commit)
        self._maybe_checkpoint(snapshot)
        return Outcome(snapshot, ours=True)

    def _checkpoint(self) -> Snapshot:
        """The newest checkpoint that the hint names, or the empty lake."""
        version = self._hinted()
        if version is None:
            return Snapshot()
        path = _checkpoint_path(version)
        body = self.store.read(path)
        return Snapshot() if body is None else Snapshot(_parsed(path, body))

    def _hinted(self) -> int | None:
        body = self.store.read(_HINT)
        try:
            return None if body is None else int(json.loads(body)["version"])
        except (ValueError, KeyError, TypeError):
            return None

    def _maybe_checkpoint(self, snapshot: Snapshot) -> None:
        """A failure costs speed only, so it is logged and forgotten."""
        if snapshot.version % CHECKPOINT_EVERY:
            return
        try:
            self.store.write(_checkpoint_path(snapshot.version), json.dumps(snapshot.folded).encode())
            if (self._hinted() or 0) < snapshot.version:
                self.store.write(_HINT, json.dumps({"version": snapshot.version}).encode())
        except Exception:
            logging.getLogger(__name__).warning("checkpoint %d not written", snapshot.version, exc_info=True)


def new_commit(kind: str, at_ms: int) -> Json:
    """A commit, still empty. Its `run` names the attempt: 96 random bits."""
    counts = {"lines": 0, "read": 0, "written": 0, "duplicate": 0, "rejected": 0}
    return {"format": FORMAT, "version": 0, "run": secrets.token_hex(12), "kind": kind, "at_ms": at_ms, "counts": counts}


def _written(commit: Json) -> bytes:
    """Keys that are empty are left out."""
    kept = {key: value for key, value in commit.items() if value != [] or key == "unreadable"}
    return json.dumps(kept, separators=(",", ":"), ensure_ascii=False).encode()


def _parsed(path: str, body: bytes) -> Json:
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise DamagedLog(f"{path}: {error}") from error
    if not isinstance(parsed, dict):
        raise DamagedLog(f"{path}: no object")
    return parsed


def _commit_path(version: int) -> str:
    return f"commits/{version:020}.json"


def _checkpoint_path(version: int) -> str:
    return f"checkpoints/{version:020}.json"
