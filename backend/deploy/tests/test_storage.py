"""What holds visitors' ids expires, is encrypted with the one key, and belongs to the account alone."""

import pytest


@pytest.fixture
def buckets(resources):
    return {name: properties for _, name, properties in resources("AWS::S3::Bucket")}


def test_there_are_three_buckets(buckets):
    assert sorted(buckets) == ["BackupBucket", "LakeBucket", "RawBucket"]


@pytest.mark.parametrize("name", ["BackupBucket", "LakeBucket", "RawBucket"])
def test_a_bucket_is_encrypted_with_the_key_and_closed(buckets, name):
    bucket = buckets[name]
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]}}
    assert rule["BucketKeyEnabled"] is True
    assert bucket["PublicAccessBlockConfiguration"] == dict.fromkeys(["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"], True)
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


@pytest.mark.parametrize("name", ["RawBucket", "BackupBucket"])
def test_raw_files_failures_and_copies_are_gone_within_thirty_days(buckets, templates, name):
    days = templates["storage.yaml"]["Parameters"]["RawDays"]
    everything = buckets[name]["LifecycleConfiguration"]["Rules"][0]
    assert "Prefix" not in everything and everything["Status"] == "Enabled"
    assert everything["ExpirationInDays"] == {"Ref": "RawDays"}
    assert max(days["MaxValue"], days["Default"]) + everything["NoncurrentVersionExpiration"]["NoncurrentDays"] <= 30


def test_failures_alone_are_copied(buckets):
    [rule] = buckets["RawBucket"]["ReplicationConfiguration"]["Rules"]
    assert (rule["Status"], rule["Filter"]) == ("Enabled", {"Prefix": "errors/"})
    assert rule["SourceSelectionCriteria"]["SseKmsEncryptedObjects"]["Status"] == "Enabled"


def test_the_lake_keeps_no_versions_of_what_an_erasure_took_out(buckets):
    assert "VersioningConfiguration" not in buckets["LakeBucket"]
