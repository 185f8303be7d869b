"""The job: `spark-submit job.py --raw s3://… --lake s3://… --once`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import datetime, timezone

from pyspark.sql import SparkSession

from eyeline_spark.log import Lake
from eyeline_spark.options import Options
from eyeline_spark.run import Loader
from eyeline_spark.session import session
from eyeline_spark.store import Store, open_store
from eyeline_spark.stream import Stream


def main(words: list[str] | None = None) -> None:
    """Loads, says in one line of JSON what it did, and ends with 1 where a raw file can't be read."""
    parser = _arguments()
    asked = parser.parse_args(words)
    if asked.hours_to is not None and asked.hours_from is None:
        parser.error("--to goes with --from")
    if asked.every is not None and asked.stream is None:
        parser.error("--every goes with --stream")
    options = Options(secret=_secret(asked.secret_id), list_all=asked.list_all, micro_batch_bytes=asked.micro_batch_mib << 20)
    spark = session()
    loader = Loader(spark, open_store(asked.raw), Lake(open_store(asked.lake)), options)
    if asked.stream:
        _follow(spark, open_store(asked.raw), loader, asked.stream, asked.every)
        return
    if asked.files:
        report = loader.load_files(asked.files)
    elif asked.hours_from is not None:
        report = loader.load_between(asked.hours_from, asked.hours_to or options.now())
    else:
        report = loader.run_once()
    print(json.dumps({"load": report.told()}), flush=True)
    spark.stop()
    if report.bad_files:
        sys.exit(1)


def _follow(spark: SparkSession, raw: Store, loader: Loader, checkpoint: str, every: str | None) -> None:
    """Says of every micro-batch what it did."""
    stream = Stream(spark, raw, loader, checkpoint, lambda report: print(json.dumps({"load": report.told()}), flush=True))
    stream.start(every).awaitTermination()
    spark.stop()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="eyeline-spark", description="Raw files to clean rows, facts and marts, on Spark.")
    parser.add_argument("--raw", required=True, help="the raw files: s3://bucket/prefix, or a folder")
    parser.add_argument("--lake", required=True, help="the lake: s3://bucket/prefix, or a folder")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--once", action="store_true", help="load what waits and end")
    what.add_argument(
        "--from", dest="hours_from", type=_moment, metavar="HOUR", help="backfill: what was delivered from this hour on, as 2026-11-24T00"
    )
    what.add_argument("--files", nargs="+", metavar="KEY", help="load exactly these files, by their keys below --raw")
    what.add_argument(
        "--stream", metavar="CHECKPOINT", help="follow new files by Structured Streaming, which keeps what it saw at this address"
    )
    parser.add_argument(
        "--every", metavar="INTERVAL", help="with --stream: look for files so often, as '1 minute' [work off what is there and end]"
    )
    parser.add_argument("--to", dest="hours_to", type=_moment, metavar="HOUR", help="backfill: up to this hour, which stays out [now]")
    parser.add_argument(
        "--list-all", action="store_true", help="list every raw file, rather than once a day and those of the last 26 hours in between"
    )
    parser.add_argument("--micro-batch-mib", type=int, default=4096, help="raw bytes, as stored, that one commit takes [%(default)s MiB]")
    parser.add_argument(
        "--secret-id", help="the secret of AWS Secrets Manager that visitor keys are made with [the environment's EYELINE_SECRET]"
    )
    return parser


def _moment(text: str) -> int:
    """An hour of UTC as ms since 1970."""
    try:
        return int(datetime.strptime(text, "%Y-%m-%dT%H").replace(tzinfo=timezone.utc).timestamp() * 1000)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no hour: write it as 2026-11-24T00, in UTC") from None


def _secret(secret_id: str | None) -> bytes:
    """Never an argument: those are shown by every console."""
    if secret_id is not None:
        import boto3

        return str(boto3.client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"]).strip().encode()
    found = os.environ.get("EYELINE_SECRET", "").strip()
    if not found:
        sys.exit("the visitor secret is missing: name it with --secret-id, or set EYELINE_SECRET; it is the embedded engine's")
    return found.encode()
