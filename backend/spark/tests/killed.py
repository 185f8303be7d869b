"""A driver that is killed, JVM and all, when an executor writes the first facts: clean events lie in the lake by then, and no commit."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from eyeline_spark.log import Lake
from eyeline_spark.options import Options
from eyeline_spark.run import Loader
from eyeline_spark.store import LocalStore, open_store
from tests.stage import spark


@dataclass(frozen=True)
class Deadly(LocalStore):
    """A store that ends these processes at a write of facts."""

    ends: tuple[int, ...]

    def write(self, path: str, body: bytes) -> None:
        if "instance_parts" in path:
            for process in self.ends:
                os.kill(process, signal.SIGKILL)
        super().write(path, body)


if __name__ == "__main__":
    raw, lake, secret, *keys = sys.argv[1:]
    gateway = spark().sparkContext._gateway
    assert gateway is not None
    store = Deadly(os.path.abspath(lake), (gateway.proc.pid, os.getpid()))
    Loader(spark(), open_store(raw), Lake(store), Options(secret=Path(secret).read_bytes())).load_files(keys)
