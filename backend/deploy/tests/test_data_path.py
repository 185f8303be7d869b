"""Storage and delivery deployed by CloudFormation into an AWS on this machine, and used: records in, files out, transformed between."""

import datetime
import gzip
import io
import json
import os
import pathlib
import zipfile

from commands import container, start
from conftest import FOLDER

GOOD = b'{"rcv":1574553634000,"aff":"a","key":"k","att":1,"b":{"v":"1-0-0"}}\n'


def deploy(aws, name, parameters):
    """What `aws cloudformation package` and `deploy` do with one template. Gives its outputs."""
    stack = name.rpartition("/")[2]
    body = (FOLDER / "template" / f"{name}.yaml").read_text()
    zipped = "Code: ../dist/transform-arm64.zip"
    assert (name == "delivery") == (zipped in body)
    body = body.replace(zipped, "Code: {S3Bucket: artifacts, S3Key: transform.zip}")
    cloudformation = aws("cloudformation")
    cloudformation.create_stack(
        StackName=stack,
        TemplateBody=body,
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    [made] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in made["Outputs"]}


def upload_function(aws):
    """The function as it was built for this machine, zipped as it is for Lambda."""
    program = pathlib.Path(os.environ["EYELINE_BOOTSTRAP"]).read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, program)
    s3 = aws("s3")
    s3.create_bucket(Bucket="artifacts")
    s3.put_object(Bucket="artifacts", Key="transform.zip", Body=packed.getvalue())


def test_records_put_into_the_stream_lie_in_the_raw_bucket_transformed(aws):
    upload_function(aws)
    storage = deploy(aws, "storage", {"Name": "news"})
    named = {"Name": "news", "KeyArn": storage["KeyArn"]}
    delivery = deploy(aws, "delivery", named | {"RawBucket": storage["RawBucket"], "BackupBucket": storage["BackupBucket"]})

    firehose = aws("firehose")
    [destination] = firehose.describe_delivery_stream(DeliveryStreamName=delivery["Stream"])["DeliveryStreamDescription"]["Destinations"]
    s3_destination = destination["ExtendedS3DestinationDescription"]
    assert s3_destination["CompressionFormat"] == "GZIP"
    assert s3_destination["ErrorOutputPrefix"] == "errors/"

    packed = GOOD + b"not a line\n" + GOOD
    answer = firehose.put_record_batch(DeliveryStreamName=delivery["Stream"], Records=[{"Data": packed}, {"Data": GOOD}])
    assert answer["FailedPutCount"] == 0

    s3 = aws("s3")
    objects = s3.list_objects_v2(Bucket=storage["RawBucket"])["Contents"]
    assert all(entry["Key"].startswith("raw/20") for entry in objects), objects
    text = b"".join(s3.get_object(Bucket=storage["RawBucket"], Key=entry["Key"])["Body"].read() for entry in objects)
    lines = text.splitlines(keepends=True)
    assert lines.count(GOOD) == 3
    [reject] = [json.loads(line) for line in lines if line != GOOD]
    assert [(bad["why"], bad["raw"]) for bad in reject["bad"]] == [("bad_json", "not a line")]


def test_nobody_reaches_the_buckets_without_tls_or_from_outside(aws):
    storage = deploy(aws, "storage", {"Name": "news"})
    s3 = aws("s3")
    for bucket in [storage["RawBucket"], storage["BackupBucket"], storage["LakeBucket"]]:
        assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
        [denied] = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
        assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "s3:*")


def test_secrets_are_made_and_the_visitors_secret_is_long_enough(aws):
    storage = deploy(aws, "storage", {"Name": "news"})
    secrets = deploy(aws, "secrets", {"Name": "news", "KeyArn": storage["KeyArn"]})
    manager = aws("secretsmanager")
    assert json.loads(manager.get_secret_value(SecretId=secrets["KeysArn"])["SecretString"]) == {"v": 1, "keys": []}
    assert len(manager.get_secret_value(SecretId=secrets["VisitorsArn"])["SecretString"]) == 64


def test_the_catalogue_holds_the_lakes_tables(aws):
    catalog = deploy(aws, "generated/catalog", {"Name": "news", "LakeBucket": "news-lake", "FirstDate": "2026-01-01"})
    tables = {table["Name"]: table for table in aws("glue").get_tables(DatabaseName=catalog["Database"])["TableList"]}
    assert sorted(tables) == ["events", "fct_impression", "instance_parts", "losses", "mart_content_hour"]
    facts = tables["fct_impression"]
    assert facts["StorageDescriptor"]["Location"] == "s3://news-lake/lake/manifests/fct_impression/"
    assert facts["StorageDescriptor"]["InputFormat"].endswith("SymlinkTextInputFormat")
    assert facts["Parameters"]["storage.location.template"] == "s3://news-lake/lake/manifests/fct_impression/event_date=${event_date}/"
    assert facts["Parameters"]["projection.event_date.range"] == "2026-01-01,NOW+1DAYS"


def test_the_loaders_command_takes_raw_files_to_the_lake_and_the_catalogue_finds_them(aws, templates, tmp_path):
    storage = deploy(aws, "storage", {"Name": "news"})
    buckets = {"RawBucket": storage["RawBucket"], "LakeBucket": storage["LakeBucket"]}
    catalog = deploy(aws, "generated/catalog", {"Name": "news", "LakeBucket": buckets["LakeBucket"], "FirstDate": "2019-01-01"})
    s3 = aws("s3")
    # As Firehose would write it; ministack neither compresses nor names its objects so.
    line = (FOLDER.parents[1] / "core/tests/golden/line-batch.json").read_bytes().strip() + b"\n"
    received = datetime.datetime.fromtimestamp(json.loads(line)["rcv"] / 1000, datetime.timezone.utc)
    key = received.strftime("raw/%Y/%m/%d/%H/news-1-%Y-%m-%d-%H-%M-%S-00000000-0000-4000-8000-000000000000.gz")
    s3.put_object(Bucket=buckets["RawBucket"], Key=key, Body=gzip.compress(line))

    described = container(templates["loader.yaml"], "Task")
    environment = {"EYELINE_SECRET": "s" * 64, "AWS_ENDPOINT_URL": s3.meta.endpoint_url, "AWS_ALLOW_HTTP": "true"}
    process = start(described, buckets, tmp_path, environment)
    said = [json.loads(line) for line in process.stdout]
    assert process.wait() == 0, said
    [load] = [entry["load"] for entry in said if "load" in entry]
    assert (load["raw_files"], load["rejected"]) == (1, 0)
    assert load["written"] > 0

    tables = aws("glue").get_tables(DatabaseName=catalog["Database"])["TableList"]
    [events] = [table for table in tables if table["Name"] == "events"]
    day = events["Parameters"]["storage.location.template"].replace("${received_date}", received.strftime("%Y-%m-%d"))
    bucket, _, folder = day.removeprefix("s3://").partition("/")
    manifest = s3.get_object(Bucket=bucket, Key=f"{folder}manifest")["Body"].read().decode()
    for address in manifest.splitlines():
        bucket, _, path = address.removeprefix("s3://").partition("/")
        assert s3.head_object(Bucket=bucket, Key=path)["ContentLength"] > 0
