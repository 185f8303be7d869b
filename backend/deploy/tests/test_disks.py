"""A 2xx must not rest on a disk that dies with its task: collectors without a lasting disk keep no spool, and their command line says so."""

import json
import socket
import urllib.error
import urllib.request

import pytest
from commands import container, start
from conftest import FOLDER

KEYS = json.dumps({"v": 1, "keys": [{"key": "wk_test_0001", "affiliates": ["zozo-men"]}]})


def collectors(resources):
    """Every container that collects: (file, task, task's properties, container)."""
    for file, name, task in resources("AWS::ECS::TaskDefinition"):
        for container in task["ContainerDefinitions"]:
            if container["Command"][0] == "collect":
                yield file, name, task, container


def data_volume(task, container):
    """The volume that the data folder lies on."""
    [folder] = [entry["Value"] for entry in container["Environment"] if entry["Name"] == "EYELINE_DATA"]
    [mount] = [mount for mount in container["MountPoints"] if folder == mount["ContainerPath"]]
    [volume] = [volume for volume in task["Volumes"] if volume["Name"] == mount["SourceVolume"]]
    return volume


def test_a_collector_keeps_a_spool_only_on_a_disk_that_outlives_it(resources):
    seen = {}
    for file, name, task, container in collectors(resources):
        volume = data_volume(task, container)
        assert volume.keys() <= {"Name", "EFSVolumeConfiguration"}, (file, name)
        lasts = "EFSVolumeConfiguration" in volume
        assert lasts != ("--no-spool" in container["Command"]), (file, name)
        seen[file, name] = lasts
    assert seen == {("collector.yaml", "Task"): False, ("collector-spool.yaml", "TaskA"): True, ("collector-spool.yaml", "TaskB"): True}


def test_without_a_lasting_disk_nothing_but_the_tasks_own_is_mounted(resources):
    [task] = [task for file, _, task, _ in collectors(resources) if file == "collector.yaml"]
    assert [volume.keys() for volume in task["Volumes"]] == [{"Name"}]


def test_a_lasting_disk_belongs_to_one_task_at_a_time(resources):
    points = [data_volume(task, container)["EFSVolumeConfiguration"]["AuthorizationConfig"]["AccessPointId"]["Ref"] for file, _, task, container in collectors(resources) if file == "collector-spool.yaml"]
    assert sorted(points) == ["FolderOfA", "FolderOfB"]
    services = [properties for file, _, properties in resources("AWS::ECS::Service") if file == "collector-spool.yaml"]
    assert len(services) == 2
    for service in services:
        assert service["DesiredCount"] == 1
        assert service["DeploymentConfiguration"] == {"MinimumHealthyPercent": 0, "MaximumPercent": 100}
    assert not [file for file, _, _ in resources("AWS::ApplicationAutoScaling::ScalableTarget") if file == "collector-spool.yaml"]


@pytest.fixture
def nobody():
    """The address of a port that is taken and that nobody listens at: every connection is refused."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def listening(process):
    """Its address, as soon as it says it."""
    for said in process.stdout:
        if "listening" in (told := json.loads(said)):
            return told["listening"]
    raise AssertionError(f"it ended with {process.wait()}")


def post(address):
    """A batch of one event. Gives the status and the headers."""
    batch = json.loads((FOLDER.parents[1] / "core/tests/golden/kind-render.json").read_text())
    url = f"{address}/v1/batch?k=wk_test_0001&w={batch['t0'] + 10_000}&a=1&s=10000"
    request = urllib.request.Request(url, data=json.dumps(batch).encode(), headers={"X-Forwarded-For": "203.0.113.7"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers


@pytest.mark.parametrize(("file", "task", "lasts"), [("collector.yaml", "Task", False), ("collector-spool.yaml", "TaskA", True)])
def test_with_firehose_out_of_reach_only_a_lasting_disk_takes_a_batch(templates, tmp_path, nobody, file, task, lasts):
    described = container(templates[file], task)
    # The one word that a test changes: which port is free.
    described = described | {"Command": ["127.0.0.1:0" if word == "0.0.0.0:8080" else word for word in described["Command"]]}
    process = start(described, {"Stream": "news"}, tmp_path, {"EYELINE_KEYS_JSON": KEYS, "AWS_ENDPOINT_URL": nobody})
    try:
        status, headers = post(listening(process))
        if lasts:
            assert status == 200
        else:
            assert status == 503
            assert int(headers["Retry-After"]) > 0
        assert bool(list(tmp_path.glob("data/spool/*.spool"))) == lasts
    finally:
        process.terminate()
        assert process.wait() == 0
