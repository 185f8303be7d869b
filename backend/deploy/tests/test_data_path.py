"""Storage and delivery deployed by CloudFormation into an AWS on this machine, and used: records in, files out, transformed between."""

import io
import json
import os
import pathlib
import zipfile

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
