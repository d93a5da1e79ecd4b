"""The SDK group: installs the pinned OpenAI SDK that suits the Node found, then runs its tests with node:test.

tests/sdk/node/<lock>/ holds package.json and package-lock.json: each lock is the newest SDK for a range of Node."""
import os
import re
import shutil
import subprocess

from builds import ROOT
from tally import Tally, failed, read_tap

SDK = ROOT / "tests/sdk/node"
LOCKS = ((22, "node22"), (18, "node18"))  # the first whose major version is not above the Node found
UNREACHABLE = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|E(NET|HOST)UNREACH|ERR_SOCKET_TIMEOUT")


def run_all(run, show, environment):
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    major = int(re.match(r"v(\d+)", version)[1])
    lock = next((name for least, name in LOCKS if major >= least), None)
    if not lock:
        return failed(f"sdk: Node {version} is older than 18; install Debian's nodejs")
    place = ROOT / "build/sdk" / lock
    problem = install(run, SDK / lock, place)
    if problem:
        return problem
    tally = Tally()
    os.environ.update(environment)
    from mock import FerryBeforeMock  # reads FERRY_BUILD when it is loaded

    with FerryBeforeMock(["mock", "demo", "org/model"]) as both:
        urls = {"DIRECT_URL": both.mock.base, "FERRY_URL": both.url, "FERRY_KEY": both.key}
        for file in sorted(SDK.glob("*.test.mjs")):
            command = ["node", "--test", "--test-reporter=tap", place / file.name]
            code, output, seconds = run(command, urls)
            name = f"{file.name.split('.')[0]} (Node {version}, {lock})"
            tally.add(show(name, read_tap(output, name, code), seconds, output))
    return tally if tally.passed or tally.failures else failed("sdk: no test file")


def install(run, lock, place):
    """Fills `place` with the SDK and the tests. Returns None, or the tally that says why not."""
    place.mkdir(parents=True, exist_ok=True)
    wanted = (lock / "package-lock.json").read_bytes()
    for file in SDK.glob("*.mjs"):
        shutil.copy(file, place)
    stamp = place / "installed.json"
    if stamp.exists() and stamp.read_bytes() == wanted:
        return None
    for name in ("package.json", "package-lock.json"):
        shutil.copy(lock / name, place)
    code, output, _ = run(["npm", "ci", "--prefix", place, "--no-audit", "--no-fund", "--fetch-retries=1"])
    if code == 0:
        stamp.write_bytes(wanted)
        return None
    if UNREACHABLE.search(output):
        reason = UNREACHABLE.search(output)[0]
        print(f"   skip  the npm registry cannot be reached ({reason})", flush=True)
        return Tally(skips=[f"OpenAI SDK for Node: the npm registry cannot be reached ({reason})"])
    print(output)
    return failed("sdk: npm ci")
