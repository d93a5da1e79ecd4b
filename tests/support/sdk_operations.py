"""What the mock provider answers where it has no way of its own: rules of its script, by method and path.

Each is the document that OpenAI documents, with fixed ids."""

CREATED = 1764000000


def event(kind, **members):
    return {"type": kind, **members}


def body(kind, **members):
    return {"body": {"object": kind, **members}}


def page(*items):
    ends = {"first_id": items[0].get("id"), "last_id": items[-1].get("id")}
    return body("list", data=list(items), has_more=False, **ends)


RESPONSE = {
    "id": "resp_streamed", "object": "response", "created_at": CREATED, "model": "mock", "status": "completed",
    "output": [], "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
}
RESPONSES = {
    "POST */responses/input_tokens": body("response.input_tokens", input_tokens=17),
    "POST */responses/compact": {"prompt_tokens": 9, "completion_tokens": 3, **body(
        "response.compaction", id="resp_compacted", created_at=CREATED,
        output=[{"id": "cmp_1", "type": "compaction", "encrypted_content": "gAAAAA"}],
        usage={
            "input_tokens": 9, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 3,
            "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 12,
        },
    )},
    # A response that is asked for as a stream.
    "GET */responses/resp_streamed": {"events": [
        event("response.created", sequence_number=0, response={**RESPONSE, "status": "in_progress"}),
        event("response.completed", sequence_number=1, response=RESPONSE),
    ]},
}

JOB = {
    "id": "ftjob-1", "created_at": CREATED, "model": "mock", "hyperparameters": {"n_epochs": "auto"},
    "organization_id": "org-mock", "result_files": [], "seed": 7, "training_file": "file-1",
}
CHECKPOINT = {
    "id": "ftckpt_1", "object": "fine_tuning.job.checkpoint", "created_at": CREATED, "fine_tuning_job_id": "ftjob-1",
    "fine_tuned_model_checkpoint": "ft:mock:1", "metrics": {"step": 10, "train_loss": 0.5}, "step_number": 10,
}
JOBS = {
    "POST */fine_tuning/jobs/ftjob-1/pause": body("fine_tuning.job", **JOB, status="paused"),
    "POST */fine_tuning/jobs/ftjob-1/resume": body("fine_tuning.job", **JOB, status="queued"),
    "GET */fine_tuning/jobs/ftjob-1/checkpoints": page(CHECKPOINT),
}

STORE = {
    "id": "vs_1", "created_at": CREATED, "last_active_at": CREATED, "metadata": {}, "status": "completed",
    "usage_bytes": 6, "file_counts": {"in_progress": 0, "completed": 1, "failed": 0, "cancelled": 0, "total": 1},
}
FILE = {
    "id": "file-1", "created_at": CREATED, "vector_store_id": "vs_1", "status": "completed", "usage_bytes": 6,
    "last_error": None,
}
BATCH = {
    "id": "vsfb_1", "created_at": CREATED, "vector_store_id": "vs_1",
    "file_counts": {"in_progress": 0, "completed": 2, "failed": 0, "cancelled": 0, "total": 2},
}


def found(score):
    content = [{"type": "text", "text": "words"}]
    return {"file_id": "file-1", "filename": "1.txt", "score": score, "attributes": {}, "content": content}


def store_file(**members):
    return body("vector_store.file", **{**FILE, **members})


def batch(status):
    return body("vector_store.files_batch", **BATCH, status=status)


STORES = {
    "POST */vector_stores/vs_1": body("vector_store", **STORE, name="renamed"),
    "POST */vector_stores/vs_1/search": body(
        "vector_store.search_results.page", search_query=["words"], data=[found(0.9), found(0.5)], has_more=False,
        next_page=None,
    ),
    "GET */vector_stores/vs_1/files/file-1": store_file(),
    "POST */vector_stores/vs_1/files/file-1": store_file(attributes={"language": "pl"}),
    "DELETE */vector_stores/vs_1/files/file-1": body("vector_store.file.deleted", id="file-1", deleted=True),
    "GET */vector_stores/vs_1/files/file-1/content": body(
        "vector_store.file_content.page", data=[{"type": "text", "text": "words"}], has_more=False, next_page=None,
    ),
    "POST */vector_stores/vs_1/file_batches": batch("in_progress"),
    "GET */vector_stores/vs_1/file_batches/vsfb_1": batch("completed"),
    "POST */vector_stores/vs_1/file_batches/vsfb_1/cancel": batch("cancelled"),
    "GET */vector_stores/vs_1/file_batches/vsfb_1/files": page(
        {"object": "vector_store.file", **FILE}, {"object": "vector_store.file", **FILE, "id": "file-2"},
    ),
}
RULES = [
    {"match": {"method": where.split()[0], "path": where.split()[1]}, "action": {"units": 1, **action}}
    for where, action in {**RESPONSES, **JOBS, **STORES}.items()
]


def rows():
    """Models that the mock provider answers in another way than `mock`: images and sound are counted in tokens. And one
    that clients know by its name."""
    return {"gpt-image-1": {}, "gpt-4o-transcribe": {}, "gpt-4o-mini": {}}


def third_party_rows(url):
    """Rows for aimock, of a Ferry of their own: what names no model goes to the only account that serves it."""
    return {
        "third-party": {"endpoint": url, "capabilities": """'{"paths": ["/messages"]}'"""},
        "third-party-deaf": {"endpoint": url},
        "third-party-ranks": {
            "endpoint": url.removesuffix("1") + "2", "capabilities": """'{"operations": ["rerank"]}'""",
        },
    }
