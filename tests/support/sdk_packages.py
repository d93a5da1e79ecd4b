"""What the SDK tests need from npm and PyPI, at the versions of the lock files, under build/sdk.

tests/sdk/node/<lock>/ holds package.json and package-lock.json: each lock is the newest SDK for a range of Node. Each
function returns (where it is, None), or (None, the tally that says why not): a registry that cannot be reached is a
skip, anything else a failure."""
import re
import shutil
import subprocess
import sys

from builds import ROOT
from tally import Tally, failed

NODE = ROOT / "tests/sdk/node"
CLIENTS_NODE = ROOT / "tests/sdk/clients-node"  # clients by others, with a lock of their own
SHARED_NODE = [NODE / "targets.mjs", NODE / "metering.mjs"]
PYTHON = ROOT / "tests/sdk/python"
CLIENTS_PYTHON = ROOT / "tests/sdk/clients-python"
LLAMAINDEX = ROOT / "tests/sdk/clients-llamaindex"  # which needs an older SDK than the others
PLACE = ROOT / "build/sdk"
LOCKS = ((22, "node22"), (18, "node18"))  # the first whose major version is not above the Node found
NPM_UNREACHABLE = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONN(REFUSED|RESET)|ETIMEDOUT|E(NET|HOST)UNREACH|ERR_SOCKET_TIMEOUT"
)
PIP_UNREACHABLE = re.compile(
    r"NewConnectionError|NameResolutionError|(Connect|Read)TimeoutError|ProtocolError|ProxyError"
)


def node_version():
    return subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()


def install_node(run):
    """The folder with the packages and a copy of the tests, which find them there."""
    version = node_version()
    major = int(re.match(r"v(\d+)", version)[1])
    lock = next((NODE / name for least, name in LOCKS if major >= least), None)
    if not lock:
        return None, failed(f"sdk: Node {version} is older than 18; install Debian's nodejs")
    return npm_ci(run, lock, NODE.glob("*.[cm]js"), ("OpenAI SDK for Node", "aimock"))


def install_node_clients(run):
    """The same for the clients by others, which need Node 20."""
    version = node_version()
    lacking = ("AI SDK", "LangChain for Node", "Agents SDK for Node")
    if int(re.match(r"v(\d+)", version)[1]) < 20:
        return None, Tally(skips=[f"{name}: needs Node 20, and this is {version}" for name in lacking])
    return npm_ci(run, CLIENTS_NODE, [*CLIENTS_NODE.glob("*.mjs"), *SHARED_NODE], lacking)


def npm_ci(run, lock, files, lacking):
    place = PLACE / lock.name
    place.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copy(file, place)
    wanted = (lock / "package-lock.json").read_text()
    stamp = place / "installed.json"
    if stamp.exists() and stamp.read_text() == wanted:
        return place, None
    for name in ("package.json", "package-lock.json"):
        shutil.copy(lock / name, place)
    # More connections at once have been reset by the way to the registry.
    options = ["--no-audit", "--no-fund", "--fetch-retries=1", "--maxsockets=4"]
    code, output, _ = run(["npm", "ci", "--prefix", place, *options])
    if code == 0:
        stamp.write_text(wanted)
        return place, None
    return None, problem("the npm registry", lacking, NPM_UNREACHABLE.search(output), output)


def install_python(run):
    return pip_install(run, PYTHON, ("OpenAI SDK for Python",))


def install_python_clients(run):
    return pip_install(run, CLIENTS_PYTHON, ("LangChain for Python", "Agents SDK for Python", "litellm"))


def install_llamaindex(run):
    return pip_install(run, LLAMAINDEX, ("LlamaIndex",))


def pip_install(run, folder, lacking):
    """The interpreter of an environment that has the packages."""
    place = PLACE / folder.name
    requirements = folder / "requirements.txt"
    wanted = f"{sys.version}\n{requirements.read_text()}"
    stamp = place / "installed.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return place / "bin/python", None
    code, output, _ = run([sys.executable, "-m", "venv", "--clear", place])
    if code == 0:
        options = ["--require-hashes", "--only-binary=:all:", "--no-deps", "--retries=1", "--disable-pip-version-check"]
        code, output, _ = run([place / "bin/python", "-m", "pip", "install", *options, "-r", requirements])
    if code == 0:
        stamp.write_text(wanted)
        return place / "bin/python", None
    unreachable = None if "DO NOT MATCH THE HASHES" in output else PIP_UNREACHABLE.search(output)
    return None, problem("PyPI", lacking, unreachable, output)


def problem(registry, lacking, unreachable, output):
    if not unreachable:
        print(output)
        return failed(f"sdk: installing from {registry}")
    reason = f"{registry} cannot be reached ({unreachable[0]})"
    print(f"   skip  {reason}", flush=True)
    return Tally(skips=[f"{name}: {reason}" for name in lacking])
