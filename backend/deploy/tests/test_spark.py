"""What EventBridge hands over to EMR is JSON that EMR's own model takes, and buys on demand what must not vanish."""

import json
import re

import boto3
import pytest
from botocore.validate import ParamValidator

# What lists of words may become: none, one, two.
WORDS = ["", '"--once"', '"--raw", "s3://raw"']


def handed_over(templates, resource, words):
    """The input of a schedule, with its parameters in it."""
    text, lists = templates["emr.yaml"]["Resources"][resource]["Properties"]["Target"]["Input"]["Fn::Sub"]
    serverless = resource == "RunServerless"
    numbers = {"CoreNodes": "2", "TaskNodes": "4"}
    for name in lists:
        if serverless:
            replaced = words
        else:
            replaced = {"SubnetWords": "subnet-1"}.get(name, f", {words}" if words else "")
        text = text.replace(f"${{{name}}}", replaced)
    return json.loads(re.sub(r"\$\{([A-Za-z.]+)\}", lambda match: numbers.get(match[1], "some-name-of-a-resource"), text))


def camel(node):
    """EventBridge wants names with a capital where this service's model has none."""
    if isinstance(node, dict):
        return {key[0].lower() + key[1:]: camel(value) for key, value in node.items()}
    return [camel(value) for value in node] if isinstance(node, list) else node


def faults(service, operation, request):
    shape = boto3.client(service, region_name="us-east-1").meta.service_model.operation_model(operation).input_shape
    return ParamValidator().validate(request, shape).generate_report()


@pytest.mark.parametrize("words", WORDS)
def test_a_run_on_the_serverless_application_is_a_request_that_emr_knows(templates, words):
    request = camel(handed_over(templates, "RunServerless", words))
    assert faults("emr-serverless", "StartJobRun", request) == ""
    assert request["jobDriver"]["sparkSubmit"]["entryPointArguments"] == json.loads(f"[{words}]")


@pytest.mark.parametrize("words", WORDS)
def test_a_cluster_for_a_run_is_a_request_that_emr_knows(templates, words):
    request = handed_over(templates, "RunTransient", words)
    assert faults("emr", "RunJobFlow", request) == ""
    [step] = request["Steps"]
    given = json.loads(f"[{words}]")
    submit = step["HadoopJarStep"]["Args"]
    assert submit[:5] == ["spark-submit", "--deploy-mode", "cluster", "--archives", "some-name-of-a-resource#eyeline"]
    assert submit[submit.index("some-name-of-a-resource"):] == ["some-name-of-a-resource", *given]
    assert step["ActionOnFailure"] == "TERMINATE_CLUSTER"


def test_a_cluster_for_a_run_ends_with_it(templates):
    instances = handed_over(templates, "RunTransient", "")["Instances"]
    assert (instances["KeepJobFlowAliveWhenNoSteps"], instances["TerminationProtected"]) == (False, False)


def test_what_must_not_vanish_is_bought_on_demand_and_what_may_is_spot(templates):
    spot = {"AllocationStrategy": "capacity-optimized", "TimeoutDurationMinutes": 10, "TimeoutAction": "SWITCH_TO_ON_DEMAND"}
    fleets = handed_over(templates, "RunTransient", "")["Instances"]["InstanceFleets"]
    targets = {fleet["InstanceFleetType"]: [key for key in fleet if key.startswith("Target")] for fleet in fleets}
    assert targets == {"MASTER": ["TargetOnDemandCapacity"], "CORE": ["TargetOnDemandCapacity"], "TASK": ["TargetSpotCapacity"]}
    assert fleets[2]["LaunchSpecifications"]["SpotSpecification"] == spot

    permanent = templates["emr.yaml"]["Resources"]["Cluster"]["Properties"]["Instances"]
    [task] = permanent["TaskInstanceFleets"]
    assert "TargetOnDemandCapacity" not in task
    assert task["LaunchSpecifications"]["SpotSpecification"] == spot
    assert permanent["CoreInstanceFleet"].keys() >= {"TargetOnDemandCapacity"}
