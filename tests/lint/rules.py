"""The rules of the layout: each is a function of one source that yields (line, what is wrong)."""
import re

MAX_COLUMNS = 120
MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 300

PURE_FOLDERS = {"openai", "provider"}
PURE_FILES = {
    "proxy/access/key_table", "proxy/catalog/routing", "proxy/conversation/history", "proxy/net/content_coding",
    "proxy/net/content_expansion", "proxy/net/decoding_stage", "proxy/net/http_head", "proxy/net/strict_http",
    "proxy/net/token",
    "proxy/relay/request/plan", "proxy/relay/tries/retry_policy", "proxy/relay/answer/stream_gate",
    "proxy/upstream/pool_policy",
    "proxy/usage/estimator", "proxy/usage/price", "proxy/usage/record_format",
}
PLAIN_ROWS = {"store/rows.hpp", "store/conversation_rows.hpp"}
IMPURE_HEADERS = re.compile(
    r"^(boost/asio|boost/beast/(core|websocket)|fstream|iostream|filesystem|thread|mutex|unistd\.h|fcntl\.h|poll\.h"
    r"|netdb\.h|time\.h|ctime|sys/|arpa/|netinet/|openssl/ssl)"
)
# What a coroutine needs to be declared, and plain values: each compiles in a moment and instantiates no operation.
ASIO_OUTSIDE_NET = re.compile(
    r"^boost/asio/(awaitable|any_io_executor|executor|executor_work_guard|io_context|co_spawn|detached|post|dispatch"
    r"|defer|use_awaitable|redirect_error|as_tuple|this_coro|error|buffer|bind_executor|bind_cancellation_slot"
    r"|cancellation_signal|cancellation_state|cancellation_type|associated_\w+|steady_timer|signal_set"
    r"|ip/address(_v4|_v6)?|ip/network_v[46]|experimental/channel)\.hpp$"
)
COMPOSED_OPERATION = re.compile(r"\basio::(async_(read|write|connect|read_until)|read|write|connect)\s*\(")
PROVIDER_NAME = re.compile(
    r"deepseek|qwen|dashscope|aliyun|moonshot|\bkimi\b|bigmodel|zhipu|qianfan|\bollama|localai|\bvllm|llama\.cpp"
    r"|mistral|\bgroq|openrouter|\bazure|gemini|anthropic|\bx\.?ai\b|together\.xyz", re.IGNORECASE,
)

# Names and paths of the OpenAI API, in literals.
OPERATION_NAME = re.compile(
    r'"[^"\n]*(chat[./]completions|/completions|embeddings|moderations|images[./]|audio[./]|transcription|/responses'
    r'|responses\.|/files|/uploads|/batches|batches\.|fine_tuning|vector_stores|rerank)[^"\n]*"'
)
OPERATION_READERS = ("proxy/openai/operation_table", "proxy/openai/event_type", "proxy/openai/response_events")

SLEEPERS = {"tests/support/waiting.py"}
SLEEP = re.compile(r"\b(time\.sleep|asyncio\.sleep|u?sleep|nanosleep|sleep_for|sleep_until)\s*\(|\bimport sleep\b")


def is_proxy(source):
    return source.path.startswith("proxy/")


def is_cpp(source):
    return source.path.endswith((".cpp", ".hpp"))


def includes_only_folders_below(source, project):
    """A folder includes its own headers and those of folders that stand before it in proxy/CMakeLists.txt."""
    if source.folder not in project.folders:
        return
    rank = project.folders.index(source.folder)
    for line, name, _ in source.includes:
        folder = name.split("/")[0]
        if "/" in name and folder in project.folders and project.folders.index(folder) > rank:
            yield line, f"{source.folder}/ includes {name}, but {folder}/ stands above it"


def rooms_include_only_rooms_below(source, project):
    """Within relay/ the rooms are ordered as proxy/relay/CMakeLists.txt lists them; relay.cpp stands above all."""
    parts = source.path.split("/")
    if parts[:2] != ["proxy", "relay"] or len(parts) != 4 or parts[2] not in project.rooms:
        return
    rank = project.rooms.index(parts[2])
    for line, name, _ in source.includes:
        below = name.split("/")
        if below[0] != "relay":
            continue
        room = below[1] if len(below) == 3 else None
        if room not in project.rooms or project.rooms.index(room) > rank:
            yield line, f"relay/{parts[2]}/ includes {name}, which stands above it"


def pure_code_does_no_io(source, project):
    """Policies are functions of their arguments: no Asio, no clock, no file, and of store/ only its row structs."""
    if source.folder not in PURE_FOLDERS and source.path.rsplit(".", 1)[0] not in PURE_FILES:
        return
    for line, name, _ in source.includes:
        if name.startswith("store/") and name not in PLAIN_ROWS:
            yield line, f"pure code includes {name}: only {' and '.join(sorted(PLAIN_ROWS))} are plain values"
        impure_net = name.startswith("net/") and f"proxy/{name.rsplit('.', 1)[0]}" not in PURE_FILES
        if IMPURE_HEADERS.match(name) or impure_net and source.folder != "net":
            yield line, f"pure code includes {name}"
    for match in re.finditer(r"\b\w*clock\w*(::|\.)now\s*\(|\bco_await\b|\bstd::time\s*\(", source.code):
        yield source.line_of(match.start()), f"pure code calls {match[0]}: take the time as an argument"


def operations_live_in_net(source, project):
    """Beast, TLS streams and composed Asio operations are instantiated in proxy/net/*.cpp alone (compile time)."""
    if not is_proxy(source) or source.folder == "net" and source.path.endswith(".cpp"):
        return
    for line, name, _ in source.includes:
        if name.startswith("boost/beast"):
            yield line, f"{name} outside proxy/net/*.cpp"
        # net's headers declare what its .cpp files define, so they may name socket types.
        if name.startswith("boost/asio") and source.folder != "net" and not ASIO_OUTSIDE_NET.match(name):
            yield line, f"{name} outside proxy/net/*.cpp (awaitable, executors, timers, errors and addresses may)"
    if source.folder != "net":
        for match in COMPOSED_OPERATION.finditer(source.code):
            yield source.line_of(match.start()), f"{match[0]}...) outside proxy/net/*.cpp"


def databases_live_in_store(source, project):
    """Only proxy/store/ knows which databases there are."""
    if not is_proxy(source) or source.folder == "store":
        return
    for line, name, _ in source.includes:
        if re.match(r"pqxx|sqlite3|libpq", name):
            yield line, f"{name} outside proxy/store/"
    for match in re.finditer(r"\bpqxx::|\bsqlite3_\w+\s*\(|\bPQ[a-z]\w+\s*\(", source.code):
        yield source.line_of(match.start()), f"{match[0]} outside proxy/store/"


def provider_names_live_in_provider(source, project):
    """Everything that differs between providers is a row of the provider table; no other code knows their names."""
    if not is_proxy(source) or source.folder == "provider":
        return
    for match in PROVIDER_NAME.finditer(source.without_comments):
        yield source.line_of(match.start()), f"the provider name '{match[0]}' outside proxy/provider/"


def operation_names_live_in_their_table(source, project):
    """What differs between operations is a column of openai/operation_table; what reads their answers is beside it."""
    if not is_proxy(source) or source.path.startswith(OPERATION_READERS):
        return
    for match in OPERATION_NAME.finditer(source.without_comments):
        yield source.line_of(match.start()), f"the operation {match[0]} outside proxy/openai/operation_table"


def lines_are_short(source, project):
    for number, line in enumerate(source.lines, 1):
        if len(line) > MAX_COLUMNS:
            yield number, f"{len(line)} columns, at most {MAX_COLUMNS}"


def functions_are_short(source, project):
    if not is_cpp(source):
        return
    for line, name, length in source.functions:
        if length > MAX_FUNCTION_LINES:
            yield line, f"{name} has {length} lines, at most {MAX_FUNCTION_LINES}: split it by step"


def files_are_short(source, project):
    if len(source.lines) > MAX_FILE_LINES:
        yield len(source.lines), f"{len(source.lines)} lines, at most {MAX_FILE_LINES}: two nouns are two files"


def tests_wait_for_states(source, project):
    """A sleep is a guess at how fast a machine is: tests poll for what they wait for, with a deadline."""
    if not source.path.startswith("tests/") or source.path in SLEEPERS or source.path.startswith("tests/lint/"):
        return
    for number, line in enumerate(source.lines, 1):
        if found := SLEEP.search(line):
            yield number, f"{found[0]}...): poll for a state with what tests/support/waiting.py has"


def secrets_are_not_printable(source, project):
    """A secret that can be streamed or formatted ends in a log one day."""
    for match in re.finditer(r"operator\s*<<\s*\([^)]*\bsecret\b[^)]*\)", source.code):
        yield source.line_of(match.start()), "operator<< for secret"
    for match in re.finditer(r"\bformatter\s*<[^>{;]*\bsecret\b|format_as\s*\([^)]*\bsecret\b", source.code):
        yield source.line_of(match.start()), "a formatter for secret"
