#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/request.hpp"
#include "upstream/body_source.hpp"
#include "upstream/form.hpp"
#include "upstream/object_store.hpp"
#include "upstream/operation.hpp"
#include "upstream/parsed_prompt.hpp"
#include "upstream/request_facts.hpp"
#include "upstream/script.hpp"
#include "upstream/served.hpp"

namespace ferry::bench {

// Everything that is sent for one request. Owned by: its delivery.
struct answer {
    std::shared_ptr<const action> what;
    std::string head;  // empty for raw answers
    std::unique_ptr<body_source> body;
    bool is_chunked = false;
    bool closes = false;  // the connection ends behind it
    bool is_stream = false;
    int status = 200;
    served tokens;  // zeros unless the mock made the answer itself

    std::string content_type;  // "": JSON or an event stream
    bool is_open_ended = false;  // framed by chunks like a stream, unless the action says otherwise
    bool is_hashed = false;      // for the ledger, whether asked or not
    unit counted_in = unit::requests;
    double units = -1;      // served, -1: the tokens, or one request
    std::string object_id;  // of what it made, "" if nothing
};

struct answer_request {
    const request& http;
    const operation& asked;
    const request_facts& facts;
    const std::optional<parsed_prompt>& prompt;
    const form* parts;    // of a multipart body, else null
    const script& rules;  // names the models
    object_store& objects;
    std::uint64_t seed;
    std::uint64_t seq;
};

answer make_answer(std::shared_ptr<const action> what, const answer_request& to);

// A small whole answer, for control requests and for what cannot be framed.
answer make_plain_answer(int status, std::string_view content_type, std::string body, bool closes);

}  // namespace ferry::bench
