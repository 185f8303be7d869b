"""S3 and KMS on this machine: moto with one bucket and the key of its objects. Says where it listens, then serves until it is ended.

With --watch-stdin it ends when standard input does, and so never outlives who started it.
"""

import json
import logging
import os
import signal
import sys

import boto3
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
bucket = sys.argv[1]
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"
account = {"endpoint_url": url, "region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
boto3.client("s3", **account).create_bucket(Bucket=bucket)
key = boto3.client("kms", **account).create_key()["KeyMetadata"]["Arn"]
print(json.dumps({"storage": {"url": url, "bucket": bucket, "key": key}}), flush=True)
if "--watch-stdin" in sys.argv:
    sys.stdin.read()
    os._exit(0)
signal.pause()
