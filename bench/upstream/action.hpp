#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ferry::bench {

// Where and how an answer reports its usage. A whole (not streamed) answer carries it unless `none`; `zeros`, `choices`
// and `x_groq` shape it there too.
enum class usage_form {
    own_chunk,
    own_chunk_always,
    finish_chunk,
    every_chunk,
    zeros,
    choices,
    x_groq,
    after_done,
    none
};

enum class answer_framing { automatic, length, chunked, close };

enum class audio_usage { by_model, tokens, duration };
enum class rerank_form { by_model, jina, cohere };

// A number of tokens: by default counted, fixed when low == high, else drawn per request.
struct token_range {
    std::int64_t low = -1;
    std::int64_t high = -1;
};

struct tool_call {
    std::string name;       // "" takes the request's tools in order
    std::string arguments;  // JSON text
};

class batch_engine;

// Of one key and model; 0: no limit.
struct rate_limit {
    std::int64_t requests = 0, tokens = 0;  // per minute
};

// What the mock does with one request. Every member has the meaning and the default that README.md states under the
// same name.
struct action {
    int status = 200;
    std::optional<std::string> body;
    std::string content_type;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string retry_after;
    std::optional<bool> stream;  // answer so whatever the request asked

    std::chrono::microseconds delay{0};
    std::chrono::microseconds first_delay{0};
    std::chrono::microseconds interval{0};
    std::chrono::microseconds keepalive{0};
    int leading_blank_lines = 0;
    std::shared_ptr<batch_engine> engine;  // its pace in place of first_delay and interval
    rate_limit limit;

    int chunks = -1;
    int chunk_bytes = 0;
    std::optional<std::string> content;
    std::optional<std::vector<std::string>> pieces;  // the text, cut already
    std::string reasoning;
    std::string refusal;
    std::vector<tool_call> tool_calls;
    std::optional<std::string> finish_reason;  // raw JSON
    std::optional<std::vector<std::string>> events;
    int error_after = -1;
    bool no_done = false;
    bool no_last_blank_line = false;

    usage_form usage = usage_form::own_chunk;
    token_range prompt_tokens;
    token_range completion_tokens;
    std::int64_t cached_tokens = -1;
    std::int64_t reasoning_tokens = -1;
    std::string usage_extra;  // raw members: "name":value,...
    double units = -1;        // what the ledger says was served, -1: as the operation counts
    double searches = -1;     // search units of a rerank, -1: by the documents
    rerank_form rerank = rerank_form::by_model;

    double seconds = -1;  // of a transcribed file, -1: by its size
    audio_usage usage_type = audio_usage::by_model;
    std::int64_t bytes = -1;    // of a binary answer, -1: as the operation has it
    std::string object_status;  // of a batch, a job, an upload, a vector store: from now on

    std::optional<std::string> raw;
    answer_framing framing = answer_framing::automatic;
    std::int64_t cut_at = -1;
    std::int64_t cut_head_at = -1;
    std::int64_t reset_at = -1;
    std::int64_t stall_at = -1;
    std::vector<std::size_t> split;       // sizes of the writes, the last one repeats
    std::vector<std::size_t> head_split;  // offsets in the head where a write ends
    std::chrono::microseconds split_pause{0};
    std::string unsolicited;
    bool close_after = false;
    bool close_silently = false;
    std::optional<std::chrono::microseconds> idle_close;
    bool sha256 = false;

    int fail_count = 0;  // the first so many requests of one nonce get `fail_action` instead
    boost::json::object fail_action;
    // Each with its share of all requests, laid over the rest for those it falls to.
    std::vector<std::pair<double, boost::json::object>> sometimes;
};

// Lays the members of `members` over `onto`. Throws std::invalid_argument that names the member at fault and what it
// may be.
void apply(const boost::json::object& members, action& onto);

}  // namespace ferry::bench
