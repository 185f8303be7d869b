"""A container's command as its image runs it: by the image's `start`, with the real `eyeline`, on a folder of the test's."""

import os
import pathlib
import subprocess

from conftest import FOLDER


def container(template, resource):
    """The container of a task, as its template describes it."""
    [described] = template["Resources"][resource]["Properties"]["ContainerDefinitions"]
    return described


NOTHING = {"Ref": "AWS::NoValue"}


def resolved(node, parameters, conditions):
    """What CloudFormation makes of a word or an entry of a list."""
    if not isinstance(node, dict) or len(node) != 1:
        return node
    [(function, value)] = node.items()
    if node == NOTHING:
        return NOTHING
    if function == "Fn::If":
        name, if_so, else_so = value
        return resolved(if_so if name in conditions else else_so, parameters, conditions)
    if function == "Ref":
        return parameters[value]
    assert function == "Fn::Sub", node
    for name, text in parameters.items():
        value = value.replace(f"${{{name}}}", text)
    assert "${" not in value, value
    return value


def resolved_list(nodes, parameters, conditions):
    """The same of a list, without what is nothing."""
    words = [resolved(node, parameters, conditions) for node in nodes]
    return [word for word in words if word != NOTHING]


def start(described, parameters, folder, environment, conditions=()):
    """Starts it. What the template takes from Secrets Manager stands in `environment`, and AWS's address."""
    programs = folder / "bin"
    programs.mkdir()
    (programs / "eyeline").symlink_to(pathlib.Path(os.environ["EYELINE_BIN"]).absolute())
    data = folder / "data"
    data.mkdir()
    asked = {entry["Name"] for entry in resolved_list(described["Secrets"], parameters, conditions)}
    assert asked <= environment.keys(), asked
    account = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    whole = {"PATH": f"{programs}:/usr/bin:/bin", "EYELINE_DATA": str(data)} | account | environment
    line = resolved_list(described["Command"], parameters, conditions)
    return subprocess.Popen([FOLDER / "image/start", *line], stdout=subprocess.PIPE, text=True, env=whole)
