"""AWS, played by moto: Lambda, IAM and STS on a free loopback port, with a role that customers would have made.

moto looks neither at signatures nor at trust policies. This does: signatures are computed again by botocore (`aws_strict`).

Takes one JSON document: `external_id` (which the role's trust policy asks for), `functions` (a list of {name, runtime,
region, description}), `layers` (a list of {name, versions, region}: layers with that many versions; moto looks for every
layer in the account that asks) and `now` (milliseconds since 1970; the clock stands there). Prints one line of JSON with
its address, the keys of our own user and the role. Ends at SIGTERM, with `--tied` also when its standard input is closed.

`GET /__control` answers what was called and why calls were refused. `POST /__control` takes the words `functions` and
`layers` (to be added), `trust` (the external id that the role asks for from now on), `remove_role`, `fail` (answer 500 to
so many calls), `now`, and `list` (a region: answers its functions, as an administrator sees them).
"""

import io
import json
import logging
import signal
import sys
import threading
import warnings
import zipfile

import boto3
from botocore.config import Config
from moto.moto_server import threaded_moto_server

import aws_strict

ROLE = "PatchbayMonitoring"
# What the functions run as.
EXECUTION = "functions"


class Customer:
    """The customer's account, as an administrator there changes it."""

    def __init__(self, url: str) -> None:
        keys = {"aws_access_key_id": aws_strict.KEY_ID, "aws_secret_access_key": aws_strict.KEY}
        self.clients = lambda service, region="us-east-1": boto3.client(
            service, endpoint_url=url, region_name=region, config=Config(user_agent=aws_strict.ADMINISTRATOR), **keys
        )

    def make_role(self, name: str, external_id: str) -> str:
        role = self.clients("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust(external_id))
        return role["Role"]["Arn"]

    def add(self, functions: list) -> None:
        for function in functions:
            client = self.clients("lambda", function.get("region", "us-east-1"))
            client.create_function(
                FunctionName=function["name"],
                Runtime=function["runtime"],
                Description=function.get("description", ""),
                Role=f"arn:aws:iam::{aws_strict.ACCOUNT}:role/{EXECUTION}",
                Handler="index.handler",
                Code={"ZipFile": code()},
            )

    def publish(self, layers: list) -> None:
        for layer in layers:
            client = self.clients("lambda", layer.get("region", "us-east-1"))
            for _ in range(layer["versions"]):
                client.publish_layer_version(LayerName=layer["name"], Content={"ZipFile": code()})

    def obey(self, orders: dict) -> dict:
        for word, value in orders.items():
            if word == "functions":
                self.add(value)
            elif word == "layers":
                self.publish(value)
            elif word == "trust":
                self.clients("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=trust(value))
            elif word == "remove_role":
                self.clients("iam").delete_role(RoleName=ROLE)
            elif word == "fail":
                aws_strict.seen["fail"] = value
            elif word == "list":
                return self.clients("lambda", value).list_functions()
            elif word == "now":
                aws_strict.stop_clock(value)
            else:
                raise ValueError(f"no such order: {word}")
        return {}


def trust(external_id: str) -> str:
    condition = {"StringEquals": {"sts:ExternalId": external_id}}
    principal = {"AWS": f"arn:aws:iam::{aws_strict.ACCOUNT}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def code() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.js", "exports.handler = async () => {};")
    return packed.getvalue()


def main() -> None:
    # moto finds our refusals unusual.
    warnings.simplefilter("ignore")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    given = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    if "now" in given:
        aws_strict.stop_clock(given["now"])
    orders = {}
    threaded_moto_server.DomainDispatcherApplication = aws_strict.strict(
        threaded_moto_server.DomainDispatcherApplication, lambda words: orders["obey"](words)
    )
    server = threaded_moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    customer = Customer(url)
    orders["obey"] = customer.obey
    role = customer.make_role(ROLE, given.get("external_id", "patchbay-external-id"))
    customer.make_role(EXECUTION, "nobody's")
    customer.add(given.get("functions", []))
    customer.publish(given.get("layers", []))

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    if "--tied" in sys.argv:
        threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    facts = {"url": url, "access_key_id": aws_strict.KEY_ID, "secret_access_key": aws_strict.KEY}
    print(json.dumps({**facts, "account_number": aws_strict.ACCOUNT, "role_arn": role}), flush=True)
    ended.wait()
    server.stop()


main()
