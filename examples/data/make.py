#!/usr/bin/env python3
"""Makes open-bandit.csv.gz from the wheel obp 0.4.1 (see README.md): six logs, six columns of each, in order of time.

    pip download obp==0.4.1 --no-deps && python3 make.py obp-0.4.1-py3-none-any.whl
"""

import csv
import datetime
import gzip
import hashlib
import io
import pathlib
import sys
import zipfile

WHEEL_SHA256 = "87dec9caf4283c25ab13036532e0a24566f1c7bdcad1653a8ded43b2f5ef8208"
POLICIES = ("random", "bts")
CAMPAIGNS = ("all", "men", "women")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MILLISECOND = datetime.timedelta(milliseconds=1)


def rows(wheel: zipfile.ZipFile, policy: str, campaign: str):
    """The rows of one log, as they stand in the wheel but for the time, which becomes whole milliseconds."""
    with wheel.open(f"obp/dataset/obd/{policy}/{campaign}/{campaign}.csv") as file:
        for row in csv.DictReader(io.TextIOWrapper(file, "utf-8")):
            at = datetime.datetime.fromisoformat(row["timestamp"])
            yield ((at - EPOCH) // MILLISECOND, policy, campaign,
                   row["item_id"], row["position"], row["click"], row["propensity_score"])


def main() -> None:
    path = pathlib.Path(sys.argv[1])
    if hashlib.sha256(path.read_bytes()).hexdigest() != WHEEL_SHA256:
        sys.exit(f"{path.name} is not the wheel of obp 0.4.1: its sha256 differs")
    with zipfile.ZipFile(path) as wheel:
        every = [row for policy in POLICIES for campaign in CAMPAIGNS for row in rows(wheel, policy, campaign)]
    every.sort(key=lambda row: row[0])  # stable: rows of one log keep their order
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(("timestamp_ms", "policy", "campaign", "item_id", "position", "click", "propensity_score"))
    out.writerows(every)
    target = pathlib.Path(__file__).with_name("open-bandit.csv.gz")
    target.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    print(f"{target.name}: {len(every)} impressions, {sum(int(row[5]) for row in every)} clicks")


if __name__ == "__main__":
    main()
