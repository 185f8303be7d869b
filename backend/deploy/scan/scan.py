"""Runs checkov over the templates and holds its findings against accepted.yaml: no new one, none that is gone, each with a reason."""

import json
import pathlib
import subprocess
import sys

import yaml

here = pathlib.Path(__file__).parent
command = [pathlib.Path(sys.executable).with_name("checkov"), "--directory", here.parent / "template", "--framework", "cloudformation"]
command += ["--output", "json", "--compact", "--quiet", "--skip-download"]
# It exits with 1 where there are findings, so what it says is what counts.
said = subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout
results = json.loads(said)
found = {(finding["check_id"], f"{finding['file_path'].lstrip('/')} {finding['resource']}"): finding["check_name"] for finding in results["results"]["failed_checks"]}
accepted = {(entry["check"], entry["resource"]): entry["reason"].strip() for entry in yaml.safe_load((here / "accepted.yaml").read_text())}

faults = [f"{check} {resource}: {found[check, resource]}" for check, resource in sorted(found.keys() - accepted.keys())]
faults += [f"{check} {resource}: accepted, but not found any more" for check, resource in sorted(accepted.keys() - found.keys())]
faults += [f"{check} {resource}: accepted without a reason" for (check, resource), reason in accepted.items() if len(reason) < 20]
summary = results["summary"]
if summary["parsing_errors"] or summary["resource_count"] < 100:
    faults.append(f"checkov did not read the templates: {summary}")
print("\n".join(faults) or f"{summary['passed']} checks of {summary['resource_count']} resources passed, {len(found)} findings are accepted with a reason")
sys.exit(1 if faults else 0)
