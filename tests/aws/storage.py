"""S3, KMS and SQS on this machine: moto with one bucket and the key of its objects. Says where it listens, then serves until it is ended.

With --queue it makes a queue that S3 tells of new objects.

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
storage = {"url": url, "bucket": bucket, "key": key}
if "--queue" in sys.argv:
    sqs = boto3.client("sqs", **account)
    storage["queue"] = sqs.create_queue(QueueName="raw")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=storage["queue"], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    told = {"QueueConfigurations": [{"QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}]}
    boto3.client("s3", **account).put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=told)
print(json.dumps({"storage": storage}), flush=True)
if "--watch-stdin" in sys.argv:
    sys.stdin.read()
    os._exit(0)
signal.pause()
