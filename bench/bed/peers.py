"""Other gateways: LiteLLM is started where it is found; any other is asked where the command line says it is."""
import json
import shutil

# One line each: how to get it, and what to tell it of the mock, which is an OpenAI at http://127.0.0.1:MOCK/v1.
HOW = {
    "litellm": "pip install 'litellm[proxy]': found on PATH, it is started and measured",
    "portkey": "npx @portkey-ai/gateway; --peer portkey=http://127.0.0.1:8787/v1 "
               "--header-of 'portkey=x-portkey-provider: openai' "
               "--header-of 'portkey=x-portkey-custom-host: http://127.0.0.1:MOCK/v1'",
    "busbar": "curl -fsSL https://ai-bus.bar/install.sh | sh; an OpenAI provider at the mock in its configuration; "
              "--peer busbar=http://127.0.0.1:8080/v1 --api-key-of busbar=TOKEN",
    "one-api": "docker run --network host justsong/one-api; a channel of type OpenAI at the mock, without /v1, and a "
               "token in its page; --peer one-api=http://127.0.0.1:3000/v1 --api-key-of one-api=TOKEN",
}


def explain():
    print("Start it on the processor of the servers (taskset -c 0), tell it of the models mock, paced and reply, and\n"
          "run bench/run --mock-port MOCK with its --peer; with --pid-of NAME=PID its CPU time and memory are told.\n")
    for name, how in HOW.items():
        print(f"{name:<8} {how}")


def by_name(given):
    """NAME=VALUE, repeated: {name: [values]}"""
    found = {}
    for one in given:
        name, _, value = one.partition("=")
        found.setdefault(name, []).append(value)
    return found


def start_litellm(bed):
    from servers import MODELS, Target, can_connect, free_port
    port = free_port()
    base = f"http://127.0.0.1:{bed.mock}/v1"
    models = [{"model_name": name, "litellm_params": {"model": f"openai/{name}", "api_base": base, "api_key": "any"}}
              for name in MODELS]
    file = bed.folder / "litellm.yaml"
    file.write_text(json.dumps({"model_list": models}))  # JSON is YAML
    pid = bed.spawn("litellm", ["litellm", "--config", file, "--host", "127.0.0.1", "--port", port])
    bed.wait_for(lambda: can_connect(port), "litellm", 120)
    bed.targets["litellm"] = Target(f"http://127.0.0.1:{port}/v1", pid=pid)


def start(bed):
    from servers import Target
    if shutil.which("litellm") and not bed.options.quick:
        start_litellm(bed)
    keys, pids, headers = (by_name(given) for given in
                           (bed.options.api_key_of, bed.options.pid_of, bed.options.header_of))
    for name, urls in by_name(bed.options.peer).items():
        pid = int(pids[name][-1]) if name in pids else None
        bed.targets[name] = Target(urls[-1], keys.get(name, ["any"])[-1], pid, headers.get(name, []))


def among(targets):
    own = ("direct", "relay", "nginx", "haproxy", "ferry", "ferry, limits")
    return [name for name in targets if name not in own]
