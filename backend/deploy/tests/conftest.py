"""What the tests of the templates share: the templates as CloudFormation reads them, and AWS on this machine."""

import os
import pathlib
import subprocess
import sys

import boto3
import pytest
from cfnlint.decode import cfn_yaml

FOLDER = pathlib.Path(__file__).parent.parent
TEMPLATES = sorted((FOLDER / "template").rglob("*.yaml"))


@pytest.fixture(scope="session")
def templates():
    """By file name, with the short forms of functions written out."""
    return {path.name: cfn_yaml.load(str(path)) for path in TEMPLATES}


@pytest.fixture(scope="session")
def resources(templates):
    """Every resource of a type, as (file, name, properties)."""

    def of(kind):
        for file, template in templates.items():
            for name, resource in template["Resources"].items():
                if resource["Type"] == kind:
                    yield file, name, resource.get("Properties", {})

    return of


@pytest.fixture
def aws(tmp_path):
    """Clients by service, for an AWS that ends with the test."""
    command = [sys.executable, FOLDER / "tests/emulator.py"]
    environment = os.environ | {"TMPDIR": str(tmp_path), "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
    with (tmp_path / "emulator.log").open("w") as log:
        emulator = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    try:
        url = emulator.stdout.readline().strip()
        assert url, (tmp_path / "emulator.log").read_text()
        account = {"endpoint_url": url, "region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
        yield lambda service: boto3.client(service, **account)
    finally:
        emulator.kill()
        emulator.wait()
