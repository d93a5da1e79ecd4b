"""The load testers that are held against each other: how each is installed, asked, and what it says.

A tester says its figures under common names: ttft_p50, ttft_p90, ttft_mean, itl_p50, itl_mean, tpot_p50, tpot_mean
(ms), requests and tokens (a second). What it does not tell is not there."""
import json
import os
import random
import subprocess
import sys
from pathlib import Path

WORDS = ("time year people way day man thing woman life child world school state family student group country problem "
         "hand part place case week company system program question work government number night point home water room "
         "mother area money story fact month lot right study book eye job word business issue side kind head house "
         "service friend father power hour game line end member law car city community name").split()


class Missing(Exception):
    """A tester cannot be had; the text says why."""


class Load:
    """The same for all: so many streamed chats at an even rate, each of so many words and tokens."""

    def __init__(self, folder, rate, requests, words, tokens):
        self.rate, self.requests, self.tokens, self.folder = rate, requests, tokens, Path(folder)
        draw = random.Random(1)
        texts = [" ".join(draw.choice(WORDS) for _ in range(words)) for _ in range(requests)]
        for member in ("prompt", "text"):
            self.prompts(member).write_text("".join(json.dumps({member: text}) + "\n" for text in texts))

    def prompts(self, member):
        return self.folder / f"prompts-{member}.jsonl"


def figures(told, names):
    return {ours: told[theirs] for ours, theirs in names.items() if told.get(theirs) is not None}


class Tester:
    name, package, extras = "", "", ""

    def __init__(self, folder, python):
        self.folder, self.python = Path(folder) / self.name, python

    def environment(self):
        return {**os.environ, "HF_HUB_DISABLE_TELEMETRY": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}

    def prepare(self):
        """Installs it where it is not there yet."""
        if not self.package or (self.folder / "installed").exists():
            return
        print(f"installing {self.package} into {self.folder}", file=sys.stderr)
        for command in ([self.python, "-m", "venv", self.folder],
                        [self.folder / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check",
                         self.package + self.extras]):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                raise Missing(f"{self.package} could not be installed: {done.stderr.strip()[-500:]}")
        (self.folder / "installed").touch()

    def version(self):
        site = next((self.folder / "lib").glob("python3*/site-packages"))
        found = sorted(site.glob(f"{self.package}-*.dist-info"))
        return found[0].name.removesuffix(".dist-info").split("-", 1)[1] if found else "?"


class FerryBench(Tester):
    name = "ferry-bench"

    def __init__(self, program):
        self.program = program

    def prepare(self):
        if not Path(self.program).exists():
            sys.exit(f"missing: {self.program} (cmake --preset release && "
                     "cmake --build --preset release --target ferry-bench)")

    def version(self):
        return subprocess.run([self.program, "--version"], capture_output=True, text=True).stdout.strip()

    def command(self, url, load, out):
        return [self.program, "load", "--base-url", url + "/v1", "--model", "mock", "--rate", load.rate, "--arrival",
                "constant", "--requests", load.requests, "--prompts", load.prompts("prompt"), "--output-tokens",
                load.tokens, "--no-probe", "--quiet", "--json", out / "load.json"]

    def figures(self, out):
        return figures(json.loads((out / "load.json").read_text()), {
            "ttft_p50": "p50_ttft_ms", "ttft_p90": "p90_ttft_ms", "ttft_mean": "mean_ttft_ms",
            "itl_p50": "p50_itl_ms", "itl_mean": "mean_itl_ms", "tpot_p50": "p50_tpot_ms", "tpot_mean": "mean_tpot_ms",
            "requests": "request_throughput", "tokens": "output_throughput"})


class AiPerf(Tester):
    name, package = "aiperf", "aiperf"

    def command(self, url, load, out):
        return [self.folder / "bin/aiperf", "profile", "-m", "mock", "--url", url, "--endpoint-type", "chat",
                "--streaming", "--request-rate", load.rate, "--request-rate-mode", "constant", "--request-count",
                load.requests, "--input-file", load.prompts("text"), "--custom-dataset-type", "single_turn",
                "--extra-inputs", f"max_tokens:{load.tokens}", "--tokenizer", load.folder / "tokenizer",
                "--use-server-token-count", "--no-server-metrics", "--no-gpu-telemetry", "--ui", "none",
                "--output-artifact-dir", out]

    def figures(self, out):
        told = json.loads((out / "profile_export_aiperf.json").read_text())
        flat = {f"{metric}.{what}": value for metric, entry in told.items() if isinstance(entry, dict)
                for what, value in entry.items()}
        # Its inter token latency is that of a request: the time per output token behind the first.
        return figures(flat, {
            "ttft_p50": "time_to_first_token.p50", "ttft_p90": "time_to_first_token.p90",
            "ttft_mean": "time_to_first_token.avg", "tpot_p50": "inter_token_latency.p50",
            "tpot_mean": "inter_token_latency.avg", "itl_p50": "inter_chunk_latency.p50",
            "itl_mean": "inter_chunk_latency.avg", "requests": "request_throughput.avg",
            "tokens": "output_token_throughput.avg"})


class GuideLlm(Tester):
    name, package = "guidellm", "guidellm"

    def command(self, url, load, out):
        return [self.folder / "bin/guidellm", "run", "--backend",
                f"kind=openai_http,target={url},model=mock,max_tokens={load.tokens},validate_backend=false",
                "--profile", f"kind=constant,rate={load.rate}", "--constraint",
                f"kind=max_requests,count={load.requests}", "--data", f"kind=json_file,path={load.prompts('prompt')}",
                "--output", f"kind=json,path={out / 'guidellm.json'}", "--disable-console"]

    def figures(self, out):
        benchmark = json.loads((out / "guidellm.json").read_text())["benchmarks"][0]
        flat = {}
        for metric, kinds in benchmark["metrics"].items():
            entry = kinds.get("successful") if isinstance(kinds, dict) else None
            if isinstance(entry, dict) and "percentiles" in entry:
                flat |= {f"{metric}.mean": entry["mean"]}
                flat |= {f"{metric}.{percent}": value for percent, value in entry["percentiles"].items()}
        # Its inter token latency is that of a request, too, and its throughputs are means over the run.
        return figures(flat, {
            "ttft_p50": "time_to_first_token_ms.p50", "ttft_p90": "time_to_first_token_ms.p90",
            "ttft_mean": "time_to_first_token_ms.mean", "tpot_p50": "inter_token_latency_ms.p50",
            "tpot_mean": "inter_token_latency_ms.mean", "requests": "requests_per_second.mean",
            "tokens": "output_tokens_per_second.mean"})


class Vllm(Tester):
    name, package, extras = "vllm", "vllm", "[bench]"

    def command(self, url, load, out):
        return [self.folder / "bin/vllm", "bench", "serve", "--backend", "openai-chat",
                "--base-url", url, "--endpoint", "/v1/chat/completions", "--model", "mock", "--tokenizer",
                load.folder / "tokenizer", "--dataset-name", "custom", "--dataset-path", load.prompts("prompt"),
                "--custom-output-len", load.tokens, "--skip-chat-template", "--num-prompts", load.requests,
                "--request-rate", load.rate, "--burstiness", "1e6", "--percentile-metrics", "ttft,tpot,itl,e2el",
                "--metric-percentiles", "50,90,99", "--ready-check-timeout-sec", "0", "--disable-tqdm",
                "--save-result", "--result-dir", out, "--result-filename", "vllm.json"]

    def figures(self, out):
        return figures(json.loads((out / "vllm.json").read_text()), {
            "ttft_p50": "p50_ttft_ms", "ttft_p90": "p90_ttft_ms", "ttft_mean": "mean_ttft_ms",
            "itl_p50": "p50_itl_ms", "itl_mean": "mean_itl_ms", "tpot_p50": "p50_tpot_ms", "tpot_mean": "mean_tpot_ms",
            "requests": "request_throughput", "tokens": "output_throughput"})


PEERS = {one.name: one for one in (AiPerf, GuideLlm, Vllm)}

# Bytes as tokens: some testers will not start without a tokenizer, but the server says what it counted.
TOKENIZER = """
import json, sys
from pathlib import Path
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
made = Tokenizer(models.BPE({byte: i for i, byte in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}, []))
made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
made.decoder = decoders.ByteLevel()
made.add_special_tokens(["<|end|>"])
made.save(str(folder / "tokenizer.json"))
(folder / "tokenizer_config.json").write_text(json.dumps({
    "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|end|>", "pad_token": "<|end|>",
    "model_max_length": 1000000}))
"""


def make_tokenizer(peers, folder):
    """Built by the tokenizers package that one of the peers brought."""
    if peers and not (folder / "tokenizer/tokenizer_config.json").exists():
        subprocess.run([peers[0].folder / "bin/python", "-c", TOKENIZER, folder / "tokenizer"], check=True)
