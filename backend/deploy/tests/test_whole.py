"""The entry template and what it nests fit together: every parameter given is asked for, every one asked for is given, every output is there."""

import json
import pathlib

from conftest import FOLDER

ENTRY = "eyeline.yaml"


def nested(templates):
    """By name in the entry: the resource, and the template it names."""
    for name, resource in templates[ENTRY]["Resources"].items():
        assert resource["Type"] == "AWS::CloudFormation::Stack", name
        path = FOLDER / "template" / resource["Properties"]["TemplateURL"]
        assert path.is_file(), path
        yield name, resource, templates[pathlib.Path(path).name]


def outputs_asked_for(node):
    """Every (stack, output) that is read somewhere in the entry."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "Fn::GetAtt" and value[1].startswith("Outputs."):
                yield value[0], value[1].removeprefix("Outputs.")
            else:
                yield from outputs_asked_for(value)
    elif isinstance(node, list):
        for value in node:
            yield from outputs_asked_for(value)


def test_every_template_is_nested_once(templates):
    used = [resource["Properties"]["TemplateURL"].rpartition("/")[2] for _, resource, _ in nested(templates)]
    assert sorted([*used, ENTRY]) == sorted(templates)


def test_parameters_are_given_as_they_are_asked_for(templates):
    for name, resource, template in nested(templates):
        asked = template["Parameters"]
        given = resource["Properties"]["Parameters"].keys()
        assert given <= asked.keys(), name
        assert {key for key, parameter in asked.items() if "Default" not in parameter} <= given, name


def test_outputs_that_are_read_exist(templates):
    outputs = {name: template.get("Outputs", {}).keys() for name, _, template in nested(templates)}
    missing = [(stack, output) for stack, output in outputs_asked_for(templates[ENTRY]) if output not in outputs[stack]]
    assert missing == []


def test_every_parameter_of_the_entry_has_a_place_in_the_console(templates):
    groups = templates[ENTRY]["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    shown = [parameter for group in groups for parameter in group["Parameters"]]
    assert sorted(shown) == sorted(templates[ENTRY]["Parameters"])


def test_the_dashboard_is_json(templates):
    body = templates["watch.yaml"]["Resources"]["Page"]["Properties"]["DashboardBody"]["Fn::Sub"]
    assert len(json.loads(body)["widgets"]) == 6
