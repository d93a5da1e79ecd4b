// What is written down about a request while it is served: when it is accepted, before each try, and when it ends.
// Plain values filled by the relay; the journal writer serialises them at once, so views need only live for the call.
// An empty view stands for NULL. Times are microseconds since the Unix epoch, UTC; durations are microseconds.
// Texts longer than their bound (record_format.hpp) are cut at a character's border.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/id.hpp"
#include "openai/token_usage.hpp"
#include "usage/price.hpp"

namespace ferry::usage {

// How the tokens of a row are known.
enum class basis : unsigned char {
    provider,     // a usage object was in the upstream's bytes
    partial,      // the stream was cut; counted from what was produced
    estimated,    // nothing said by the provider
    mixed,        // some of it said, some estimated
    none,         // nothing was produced
    interrupted,  // Ferry died, or let the request go without an end
};

enum class end_reason : unsigned char {
    done,
    client_gone,
    upstream_cut,
    upstream_error,
    timeout,
    shutdown,
    refused,
    crash,
};
inline constexpr std::size_t end_reason_count = 8;

std::string_view to_text(basis value);
std::string_view to_text(end_reason value);

// Written once the request resolved to a model, before anything is sent upstream.
struct begin_record {
    uuid id;
    std::int64_t started_at_us = 0;
    std::optional<std::int64_t> key_id, user_id, team_id;
    std::string_view operation;   // as usage_records names it: "chat.completions"
    std::string_view model_name;  // what the client asked for, resolved; the row's own name is in the attempt
    bool is_stream = false;
    std::optional<std::int64_t> conversation_id;
    std::string_view end_user, client_request_id, client_ip, user_agent, trace_id;
    std::int64_t catalog_version = 0;
};

// Written before a try's first byte goes upstream: where there is a record, the upstream may have been asked.
struct attempt_record {
    int attempt = 1;  // 1, 2, ...
    std::int64_t model_id = 0;
    std::string_view model_name;  // of the row; the usage row gets that of the last attempt
    std::string_view upstream_model, provider, currency;
    token_prices price;
};

// How a try went; part of the end record.
struct attempt_result {
    int attempt = 1;
    int status = 0;  // what the upstream answered, 0 if nothing
    std::string_view error_code;
    bool was_sent = true;  // false: the connection failed, the upstream has seen nothing of it
    std::optional<std::int64_t> connect_us, ttft_us, duration_us;
    std::int64_t bytes_up = 0, bytes_down = 0;
    std::optional<std::int64_t> prompt_tokens, completion_tokens;
    std::string_view message;  // what the provider said of its failure; without secrets
};

// A part of what a request leaves in its conversation (turn.hpp). All of them are written, in order, before its end:
// without an end they count for nothing.
struct turn_part {
    std::uint64_t whole_bytes = 0;  // of all parts together
    std::string_view bytes;
};

// What is to be known of estimated tokens, and of an answer that its client did not wait for.
struct estimate_marks {
    std::int32_t version = 0;  // of the estimator; 0: nothing was estimated
    std::int32_t error_permille = 0;
    bool is_unseen = false;   // nothing of the answer was seen: its tokens are not among them
    bool is_drained = false;  // it was read on without its client

    bool operator==(const estimate_marks&) const = default;
};

// Of a stream that broke off.
struct rescue_marks {
    int answered_by = 0;      // the try whose row is billed; 0: the last one
    bool is_joined = false;   // another try went on with the answer
    bool is_inexact = false;  // it was asked to in words

    bool operator==(const rescue_marks&) const = default;
};

// Written before the last byte is released to the client.
struct end_record {
    std::int64_t ended_at_us = 0;
    std::int64_t duration_us = 0;
    std::optional<std::int64_t> first_token_at_us, ttft_us, overhead_us;
    int status = 0;  // the HTTP status the client was given, 499 when it had gone, 0 when nobody knows
    std::string_view error_code, finish_reason;
    usage::end_reason end_reason = usage::end_reason::done;
    usage::basis basis = usage::basis::none;
    openai::token_usage tokens;
    std::optional<std::int64_t> units;  // what is counted where it is not tokens: images, seconds
    std::string_view unit_kind;
    std::optional<std::int64_t> unit_price_pico;  // that they are billed at
    bool is_unmetered = false;                    // nobody knows how much was used
    bool is_unpriced = false;                     // nobody knows a price for what was used
    std::string_view issued_ids;                  // JSON list of ids that the answering account alone knows
    estimate_marks estimated;
    rescue_marks rescued;
    std::optional<token_prices> tier_price;  // that was billed in place of the last attempt's
    catalog::further_prices further;         // those that were billed
    std::int64_t cost_pico = 0;
    bool cost_is_saturated = false;  // the true cost is larger than any number here
    std::string_view upstream_request_id;
    std::span<const attempt_result> attempts;
};

}  // namespace ferry::usage
