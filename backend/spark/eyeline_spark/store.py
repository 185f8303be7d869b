"""A folder of a store: objects by their keys below it. Local disks here; S3 in store_s3."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Object:
    """An object as a listing tells of it."""

    path: str
    bytes: int
    modified_ms: int


class Store(Protocol):
    """What the lake and the raw files need of where they lie. A store goes to executors, so it can be pickled."""

    def read(self, path: str) -> bytes | None:
        """The whole object, or None where there is none."""

    def write(self, path: str, body: bytes) -> None:
        """Writes an object; what returns is durable."""

    def create(self, path: str, body: bytes) -> bool:
        """Writes an object unless there is one of that name; says whether it did."""

    def head(self, path: str) -> Object | None:
        """What a listing would say of one object."""

    def list(self, prefix: str) -> Iterator[Object]:
        """Everything below a prefix that ends where a folder does."""

    def delete(self, path: str) -> None:
        """Deletes an object; one that is not there is no fault."""

    def spark_path(self, path: str, s3_scheme: str) -> str:
        """The object's address as Spark reads it."""


def open_store(address: str) -> Store:
    """Opens `s3://bucket/prefix` or a local folder."""
    scheme, mark, rest = address.partition("://")
    if not mark:
        return LocalStore(os.path.abspath(address))
    if scheme == "file":
        return LocalStore(os.path.abspath("/" + rest.lstrip("/")))
    if scheme in ("s3", "s3a"):
        from eyeline_spark.store_s3 import S3Store

        bucket, _, prefix = rest.partition("/")
        return S3Store(bucket, prefix.strip("/"))
    raise ValueError(f"a store is a folder or s3://bucket/prefix, not {address}")


@dataclass(frozen=True)
class LocalStore:
    """A local folder. Writes are synced, whole or not at all, and seen under their names only then."""

    root: str

    def read(self, path: str) -> bytes | None:
        try:
            return self._at(path).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, path: str, body: bytes) -> None:
        with self._staged(path, body) as staged:
            os.replace(staged, self._at(path))
        _sync(self._at(path).parent)

    def create(self, path: str, body: bytes) -> bool:
        try:
            with self._staged(path, body) as staged:
                # Unlike a rename, a link fails where the name is taken.
                os.link(staged, self._at(path))
        except FileExistsError:
            return False
        _sync(self._at(path).parent)
        return True

    def head(self, path: str) -> Object | None:
        try:
            told = self._at(path).stat()
        except FileNotFoundError:
            return None
        return Object(path, told.st_size, told.st_mtime_ns // 1_000_000)

    def list(self, prefix: str) -> Iterator[Object]:
        for folder, _, names in os.walk(self._at(prefix)):
            for name in names:
                if "#" in name:
                    continue  # half written
                found = self.head(os.path.relpath(os.path.join(folder, name), self.root))
                if found:
                    yield found

    def delete(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._at(path).unlink()

    def spark_path(self, path: str, s3_scheme: str) -> str:
        return f"file://{self._at(path)}"

    def _at(self, path: str) -> Path:
        return Path(self.root, path)

    @contextlib.contextmanager
    def _staged(self, path: str, body: bytes) -> Iterator[str]:
        """Writes and syncs under a name that listings of either engine leave out."""
        at = self._at(path)
        at.parent.mkdir(parents=True, exist_ok=True)
        staged = f"{at}#{secrets.randbits(63)}"
        try:
            with open(staged, "xb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            yield staged
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(staged)


def _sync(folder: Path) -> None:
    """Puts the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
