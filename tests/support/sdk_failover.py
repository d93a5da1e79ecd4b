"""Rows that fail, each in its own way, and what the mock provider does for them. Each row has a key of its own, so that
none suffers for what another's key did."""
from nobody import port_of_nobody


def error(status, code, message, kind="invalid_request_error"):
    told = {"message": message, "type": kind, "param": None, "code": code}
    return {"status": status, "body": {"error": told}}


WAYS = {
    "503-for-ever": {"status": 503},
    "reset": {"reset_at": 0},
    "silent": {"delay_ms": 60000},
    "empty-200": {"body": ""},
    "error-under-200": error(200, None, "no", "server_error"),
    "html-page": {"status": 502, "body": "<html><body>bad gateway</body></html>", "content_type": "text/html"},
    "content-filter": error(400, "content_policy_violation", "not this"),
    "too-long": error(400, "context_length_exceeded", "maximum context length is 1000"),
}
# What names no model goes to the only account that serves it: not to these.
CHAT_ALONE = """'{"operations": ["chat.completions"]}'"""
RULES = [{"match": {"model": f"fails-{name}"}, "action": action} for name, action in WAYS.items()]
RULES.append({"match": {"model": "backup"}, "action": {"content": "from the backup"}})


def rows():
    """{model: what its row has beside the mock's endpoint}."""
    dead = f"http://127.0.0.1:{port_of_nobody()}/v1"
    made = {f"fails-{name}": {"fallback_model": "'backup'"} for name in WAYS}
    made["fails-silent"]["first_byte_timeout_ms"] = "300"
    made["fails-dead"] = {"endpoint": dead, "fallback_model": "'backup'"}
    made["fails-both-dead"] = {"endpoint": dead, "fallback_model": "'nobody-there'"}
    made["nobody-there"] = {"endpoint": dead}
    made["backup"] = {}
    return {name: {"key": f"sk-{name}", "capabilities": CHAT_ALONE, **columns} for name, columns in made.items()}
