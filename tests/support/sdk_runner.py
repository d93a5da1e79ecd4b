"""The SDK group: the official OpenAI SDKs, clients by others and a third party's mock provider, directly and through
Ferry."""
import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import sdk_failover
import sdk_odd_answers
import sdk_operations
from sdk_packages import (
    CLIENTS_NODE, CLIENTS_PYTHON, LLAMAINDEX, NODE, PYTHON, install_llamaindex, install_node, install_node_clients,
    install_python, install_python_clients, node_version,
)
from tally import Tally, failed, read_tap

NOBODY = "http://127.0.0.1:1/v1"
# Rows beside those of plain models. What a service does when it is asked the wrong way stands in RULES, what else it
# does in the prompts.
SERVICES = {
    "deepseek-chat": {"provider": "deepseek"},
    "qwen-plus": {"provider": "qwen"},
    "qwen-streams": {"provider": "qwen"},
    "qwen-thinks": {"provider": "qwen"},
}
STREAMS_ALONE = {
    "qwen-streams": "This model only support stream mode, please enable the stream parameter to access the model.",
    "qwen-thinks": "parameter.enable_thinking must be set to false for non-streaming calls",
}
RULES = [
    {"match": {"model": model, "stream": False}, "action": {"status": 400, "body": {"error": {
        "code": "invalid_parameter_error", "param": None, "message": message, "type": "invalid_request_error",
    }}}}
    for model, message in STREAMS_ALONE.items()
]


def run_all(run, show, python_file, environment, is_short=False):
    """`is_short`: the official SDK for Node alone, without that for Python and the clients of others."""
    nothing = (None, None)
    node, no_node = install_node(run)
    node_clients, no_node_clients = nothing if is_short else install_node_clients(run)
    python, no_python = nothing if is_short else install_python(run)
    python_clients, no_python_clients = nothing if is_short else install_python_clients(run)
    llamaindex, no_llamaindex = nothing if is_short else install_llamaindex(run)
    tally = Tally()
    for problem in filter(None, (no_node, no_node_clients, no_python, no_python_clients, no_llamaindex)):
        tally.add(problem)
    nodes, pythons = (node, node_clients), (python, python_clients, llamaindex)
    if not any((*nodes, *pythons)):
        return tally
    os.environ.update(environment)
    with aimock(node) as aimock_url:
        if node and not aimock_url:
            return failed("sdk: aimock did not start")
        tally.add(run_before(run, show, python_file, nodes, pythons, aimock_url))
    return tally


def run_before(run, show, python_file, nodes, pythons, aimock_url):
    """All tests before a Ferry, two files at a time."""
    import ferry  # these two read FERRY_BUILD when they are loaded, which may have been for another build
    import mock
    import other_gateways

    ferry.BUILD = Path(os.environ["FERRY_BUILD"])
    mock.BENCH = os.environ.get("FERRY_BENCH_BIN") or ferry.BUILD / "ferry-bench"
    rows = {**SERVICES, **sdk_failover.rows(), **sdk_odd_answers.rows(), **sdk_operations.rows()}
    rules = [*RULES, *sdk_failover.RULES, *sdk_odd_answers.RULES, *sdk_operations.RULES]
    third = sdk_operations.third_party_rows(aimock_url or NOBODY)
    tally = Tally()
    with (
        mock.FerryBeforeMock(["mock", "demo", "org/model", *rows], rows=rows, rules=rules) as both,
        mock.FerryBeforeMock(third, rows=third) as before_aimock,
        mock.FerryBeforeMock(["mock", "up-demo"]) as moved,
    ):
        urls = {"DIRECT_URL": both.mock.base, "AIMOCK_URL": aimock_url or NOBODY,
                "FERRY_OTHER_KEY": both.ferry.create_key("other"),
                "FERRY_LIMITED_KEY": both.ferry.create_key("limited", "--rpm", "1000", "--tpm", "1000000"),
                "FERRY_REFUSED_KEY": both.ferry.create_key("refused", "--rpm", "1"), **sdk_odd_answers.for_node(),
                **way_of_imported_keys(moved, other_gateways)}
        ways = [{**urls, **way_to(one)} for one in (both, before_aimock)]
        with ThreadPoolExecutor(2) as pool:
            jobs = jobs_of(run, show, python_file, nodes, pythons, ways)
            for one in pool.map(lambda job: job(), jobs):
                tally.add(one)
        for one in (both, before_aimock, moved):
            code, complaints = one.ferry.stop(seconds=60), one.ferry.complaints()
            if code != 0 or complaints:
                tally.add(failed(f"sdk: ferry ended with code {code}; {complaints[:3]}"))
    return tally if tally.passed or tally.failures else failed("sdk: no test file")


def way_to(both):
    return {"FERRY_URL": both.url, "FERRY_KEY": both.key, "FERRY_DATABASE": str(both.ferry.database)}


def way_of_imported_keys(moved, other_gateways):
    """To a Ferry that has what people had in other gateways."""
    keys = other_gateways.import_all(moved.ferry, moved.mock.base)
    moved.ferry.stop()
    moved.ferry.start()
    return {"FERRY_IMPORTED_URL": moved.url, "FERRY_IMPORTED_KEYS": json.dumps(keys)}


def jobs_of(run, show, python_file, nodes, pythons, ways):
    """A function for each file. `ways` are the environments of the tests, and of those of aimock."""
    def node_file(place, file):
        command = ["node", "--test", "--test-reporter=tap", place / file.name]
        code, output, seconds = run(command, ways[is_of_aimock(file)])
        name = f"{file.name.split('.')[0]} (Node {node_version()}, {place.name})"
        return show(name, read_tap(output, name, code), seconds, output)

    jobs, has_aimock = [], ways[0]["AIMOCK_URL"] != NOBODY
    for python, folder in zip(pythons, (PYTHON, CLIENTS_PYTHON, LLAMAINDEX)):
        if python:
            files = [file for file in sorted(folder.glob("*_test.py")) if has_aimock or not is_of_aimock(file)]
            jobs += [partial(python_file, file, ways[is_of_aimock(file)], python) for file in files]
    for place, sources in zip(nodes, (NODE, CLIENTS_NODE)):
        if place:
            jobs += [partial(node_file, place, file) for file in sorted(sources.glob("*.test.mjs"))]
            # Where the providers are played in Python.
            environment = {**ways[0], "NODE_PLACE": str(place)}
            jobs += [partial(python_file, file, environment) for file in sorted(sources.glob("*_test.py"))]
    return jobs


def is_of_aimock(file):
    return file.name.startswith("aimock")


@contextmanager
def aimock(node):
    """The address of the third party's mock; empty if it is not installed or does not start."""
    if not node:
        yield ""
        return
    command = ["node", node / "aimock.cjs"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
