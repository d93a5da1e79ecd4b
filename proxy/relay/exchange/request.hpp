// All that is known of one request that is relayed.
#pragma once

#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "catalog/routing.hpp"
#include "limits/budgets.hpp"
#include "limits/limiter.hpp"
#include "net/timer_wheel.hpp"
#include "openai/chat_request.hpp"
#include "openai/form_request.hpp"
#include "openai/operation.hpp"
#include "openai/token_usage.hpp"
#include "provider/repair.hpp"
#include "relay/exchange/asked_words.hpp"
#include "relay/exchange/body_buffer.hpp"
#include "relay/exchange/circuits.hpp"
#include "relay/exchange/continuation.hpp"
#include "relay/exchange/http_exchange.hpp"
#include "relay/exchange/memory_claim.hpp"
#include "relay/exchange/rival.hpp"
#include "relay/exchange/row_slots.hpp"
#include "relay/exchange/transcript.hpp"
#include "relay/exchange/turn.hpp"
#include "usage/journal_writer.hpp"

namespace ferry::relay {

// What the answer was, for the bill.
struct billing {
    std::string finish_reason;
    usage::basis basis = usage::basis::none;
    openai::token_usage tokens;
    usage::estimate_marks estimated;
};

// Whose tokens the estimates of its model learn from this answer.
struct lesson {
    bool prompt = false, completion = false;
};

// What is expected of a request before it is asked, in tokens.
struct token_use {
    std::int64_t prompt = 0, answer = 0;
    std::optional<bool> is_text_alone;  // nothing in the prompt is of unknown size; not said: it was not read
};

// Owned by a session; lives on its core, for one request.
struct request : http_exchange {
    request(services& core_services, client_link& link, const openai::operation& wanted)
        : http_exchange(core_services, link, wanted.name),
          operation(wanted),
          body(core_services.bodies),
          spooled(core_services.spools),
          answer_memory(core_services.answers) {}

    // what is asked
    const openai::operation& operation;
    std::string_view below;    // the path below /v1
    std::string_view path_id;  // in it, "" where there is none
    body_buffer body;
    memory_claim spooled;  // of its bytes those in a file
    openai::chat_request asked;
    std::optional<openai::form_request> form;
    // What the units are billed by, as far as the request says it: kept when the body is released.
    std::optional<std::int64_t> asked_characters, asked_bytes;
    std::string asked_size, asked_quality;
    bool is_modelless = false;  // neither the request nor x-ferry-model names a model: its provider takes its own
    bool was_billed = false;    // what the id in the path was used for stands on another row
    std::optional<std::int64_t> owner_row;  // of ai_models: its account keeps what the ids in the request stand for
    std::optional<turn> talk;               // the stored conversation it belongs to
    catalog::route route;
    std::optional<token_use> expected;  // once it was looked at
    limits::ticket admitted;            // by the limits of who asks; empty where there are none
    bool awaits_limits = false;         // other processes are about to tell what they use of them
    limits::allowances allowed;         // what was left of them
    limits::hold set_aside;             // of the budgets of who asks
    std::int64_t most_output = -1;      // tokens the answer may have by those; -1: any number
    std::string budget_warning;
    steady::time_point asked_at;  // it was here as a whole: deadlines count from then
    steady::time_point total_until = steady::time_point::max();

    // the tries
    // For its first content, where another could be asked; else timeouts.first_byte.
    std::optional<std::chrono::milliseconds> patience;
    std::function<bool()> may_ask_another;        // while it is asked; none: there is nobody else
    bool is_hurried = false;                      // ... by the client's own timeout
    circuits::pass pass;                          // of the row that is asked
    row_slots::slot slot;                         // likewise, where its max_parallel is bounded; until it has answered
    usage::open_request books;                    // open once the request resolved to a model
    int tries = 0;                                // begun so far
    std::vector<usage::attempt_result> attempts;  // ended
    std::list<std::string> attempt_texts;         // what their views point to
    const catalog::candidate* answered_by = nullptr;
    int answering = 0;          // the number of its try
    rival* other = nullptr;     // a second try that may take the place of the one that is asked
    bool is_overtaken = false;  // it has the first content, and takes that place
    int answer_status = 0;      // of the last try's answer, 0 if none came
    std::string upstream_request_id;
    std::string upstream_limits;    // header lines `x-ratelimit-...: ...\r\n` of the upstream, checked
    bool attempts_used = false;     // Ferry has made all the tries it may: the client need not make more
    provider::repair_set adjusted;  // how the request that was answered differs from what its provider refused

    // a stream that broke off
    std::optional<continuation> goes_on;  // how the tries are asked that may go on with it
    int rescues = 0;                      // how often one has broken off
    usage::rescue_marks rescued;

    // the answer
    transcript said;  // by the try that answers
    billing bill;
    std::optional<asked_words> asked_of_model;  // once it was looked at
    std::optional<lesson> teaches;              // once that was decided
    memory_claim answer_memory;                 // what is held of it beyond the buffers that every connection has
    bool content_sent = false;  // a piece of the answer went to the client: nobody else can give it any more
    std::optional<steady::time_point> first_token;
    std::int64_t cost_pico = 0;

    // times in microseconds
    std::int64_t before_us = -1, after_us = 0;  // Ferry's own: before the request left, after the answer came
    std::int64_t waited_us = 0;                 // for the client's body and for connections, until the request left
    std::int64_t body_us = 0;                   // waits for the client to send its request
    std::int64_t connect_us = 0;                // waits for upstream connections
    std::int64_t upstream_us = -1;              // from the last try's request to the head of its answer
    std::size_t body_bytes = 0;                 // of the request

    // of a client that has left, see drain.cpp
    bool goes_on_alone() override;
    bool is_asked = false;               // a try's request has been sent as a whole, and its answer is awaited or read
    bool was_drained = false;            // the answer was read on
    std::uint64_t words_at_leaving = 0;  // bytes of the answer's words until then
    std::optional<net::deadline> drain_limit, client_end;
};

}  // namespace ferry::relay
