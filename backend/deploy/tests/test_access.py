"""Least privilege: who may do anything to everything is listed here, with AWS's reason."""

# By file and action, statements whose resource is "*" because AWS has no narrower one.
EVERYTHING = {
    ("collector.yaml", "ecr:GetAuthorizationToken"): "a token of the account's registry",
    ("collector-spool.yaml", "ecr:GetAuthorizationToken"): "a token of the account's registry",
    ("loader.yaml", "ecr:GetAuthorizationToken"): "a token of the account's registry",
    ("emr.yaml", "elasticmapreduce:RunJobFlow"): "a cluster that is not there yet has no ARN; the request must carry its tag",
    ("emr.yaml", "elasticmapreduce:AddTags"): "as above",
    ("warehouse.yaml", "redshift-data:DescribeStatement"): "a statement has no ARN; the condition names its owner",
    ("warehouse.yaml", "redshift-data:GetStatementResult"): "as above",
}


def statements(templates):
    """Every statement of every policy of a role: (file, statement)."""

    def walk(file, node):
        if isinstance(node, dict):
            if node.get("Effect") == "Allow" and "Resource" in node:
                yield file, node
            for inner in node.values():
                yield from walk(file, inner)
        elif isinstance(node, list):
            for inner in node:
                yield from walk(file, inner)

    for file, template in templates.items():
        for resource in template["Resources"].values():
            # In a key's own policy "*" is the key.
            if resource["Type"] != "AWS::KMS::Key":
                yield from walk(file, resource)


def listed(value):
    return value if isinstance(value, list) else [value]


def test_no_action_is_a_wildcard(templates):
    wild = [(file, action) for file, statement in statements(templates) for action in listed(statement["Action"]) if "*" in action]
    assert wild == []


def test_every_resource_is_named_but_where_aws_has_no_name(templates):
    found = {(file, action) for file, statement in statements(templates) if "*" in listed(statement["Resource"]) for action in listed(statement["Action"])}
    assert found == EVERYTHING.keys()


def test_a_service_takes_a_role_for_this_account_only(resources):
    # Lambda and EC2 pass no source account.
    without = []
    for file, name, role in resources("AWS::IAM::Role"):
        [statement] = role["AssumeRolePolicyDocument"]["Statement"]
        if statement.get("Condition") != {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}:
            without.append((file, name, statement["Principal"]["Service"]))
    assert without == [("delivery.yaml", "Transforming", "lambda.amazonaws.com"), ("emr.yaml", "Node", "ec2.amazonaws.com")]


def test_there_is_enough_to_check(templates):
    assert len(list(statements(templates))) > 40
