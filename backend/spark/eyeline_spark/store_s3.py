"""A folder of an S3 bucket, by AWS's own client: region, credentials and endpoint come from the environment, encryption from the bucket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from eyeline_spark.store import Object


@dataclass(frozen=True)
class S3Store:
    """A prefix in a bucket."""

    bucket: str
    prefix: str

    def read(self, path: str) -> bytes | None:
        try:
            answer = _client().get_object(Bucket=self.bucket, Key=self._key(path))
        except ClientError as error:
            if _status(error) == 404:
                return None
            raise
        body: bytes = answer["Body"].read()
        return body

    def write(self, path: str, body: bytes) -> None:
        _client().put_object(Bucket=self.bucket, Key=self._key(path), Body=body)

    def create(self, path: str, body: bytes) -> bool:
        while True:
            try:
                _client().put_object(Bucket=self.bucket, Key=self._key(path), Body=body, IfNoneMatch="*")
                return True
            except ClientError as error:
                if _status(error) == 412:
                    return False
                # Another writer is at it this moment; S3 asks to try again, and answers 412 once it is done.
                if _status(error) != 409:
                    raise

    def head(self, path: str) -> Object | None:
        try:
            answer = _client().head_object(Bucket=self.bucket, Key=self._key(path))
        except ClientError as error:
            if _status(error) == 404:
                return None
            raise
        return Object(path, answer["ContentLength"], int(answer["LastModified"].timestamp() * 1000))

    def list(self, prefix: str) -> Iterator[Object]:
        below = self._key(prefix).rstrip("/") + "/" if prefix or self.prefix else ""
        skip = len(self.prefix) + 1 if self.prefix else 0
        for page in _client().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=below):
            for found in page.get("Contents", []):
                modified = int(found["LastModified"].timestamp() * 1000)
                yield Object(found["Key"][skip:], found["Size"], modified)

    def delete(self, path: str) -> None:
        _client().delete_object(Bucket=self.bucket, Key=self._key(path))

    def spark_path(self, path: str, s3_scheme: str) -> str:
        return f"{s3_scheme}://{self.bucket}/{self._key(path)}"

    def _key(self, path: str) -> str:
        return f"{self.prefix}/{path}" if self.prefix else path


@lru_cache(maxsize=1)
def _client() -> Any:
    """One client a process: it keeps its connections, and can't be pickled."""
    return boto3.client("s3", config=Config(retries={"mode": "standard", "max_attempts": 8}))


def _status(error: ClientError) -> int:
    status: int = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status
