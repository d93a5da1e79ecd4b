"""What the mock provider answers where it has no way of its own: rules of its script, by operation.

Each is the document that OpenAI documents, with fixed ids."""

CREATED = 1764000000


def event(kind, **members):
    return {"type": kind, **members}


RESPONSE = {
    "id": "resp_streamed", "object": "response", "created_at": CREATED, "model": "mock", "status": "completed",
    "output": [], "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
}
PATHS = {
    "POST */responses/input_tokens": {"body": {"object": "response.input_tokens", "input_tokens": 17}},
    "POST */responses/compact": {"prompt_tokens": 9, "completion_tokens": 3, "body": {
        "id": "resp_compacted", "object": "response.compaction", "created_at": CREATED,
        "output": [{"id": "cmp_1", "type": "compaction", "encrypted_content": "gAAAAA"}],
        "usage": {
            "input_tokens": 9, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 3,
            "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 12,
        },
    }},
    # A response that is asked for as a stream.
    "GET */responses/resp_streamed": {"events": [
        event("response.created", sequence_number=0, response={**RESPONSE, "status": "in_progress"}),
        event("response.completed", sequence_number=1, response=RESPONSE),
    ]},
}
RULES = [
    {"match": {"method": where.split()[0], "path": where.split()[1]}, "action": {"units": 1, **action}}
    for where, action in PATHS.items()
]
