// The rows of the store as plain values. Pure folders may include this header of `store` and nothing else of it.
// Prices are pico-units of currency per token: a price of 1 per 1,000 tokens is 1e9 pico per token.
// Times are microseconds since the Unix epoch, UTC.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/limits.hpp"

namespace ferry::store {

struct model_row {
    std::int64_t id = 0;
    std::string model_name;
    std::string display_name;
    std::string provider;                           // as written in the table; the catalog lower-cases and trims it
    std::string api_endpoint;                       // a base URL or the full .../chat/completions URL
    std::string api_key;                            // as written: a secret, or `env:NAME`, `file:PATH`. Never logged
    std::int64_t base_price_pico = 0;               // cost_per_1k_tokens
    std::optional<std::int64_t> input_price_pico;   // NULL inherits the base price, 0 is free
    std::optional<std::int64_t> output_price_pico;  // likewise
    std::optional<std::int64_t> cached_input_price_pico;  // NULL inherits the input price
    std::string currency = "USD";
    bool is_enabled = true;
    std::int64_t priority = 0;
    std::int64_t weight = 1;
    std::optional<std::string> upstream_model;
    std::optional<std::string> fallback_model;
    std::optional<std::string> auth_scheme;
    std::optional<std::string> extra_headers;  // JSON object text
    std::optional<std::string> extra_body;     // JSON object text
    std::optional<std::string> proxy;
    std::optional<std::int64_t> connect_timeout_ms, first_byte_timeout_ms, idle_timeout_ms, total_timeout_ms;
    std::optional<std::int64_t> max_context_tokens;
    std::optional<std::int64_t> max_parallel, queue_timeout_ms;
    std::optional<std::string> capabilities;  // JSON text
    std::optional<std::string> unit_prices;   // JSON object text
    std::int64_t created_at_us = 0;
    // Set where a column holds what its type or check forbids (a price that is text, say): the catalog refuses the row.
    std::string defect;
};

struct route_row {
    std::string name;
    std::string strategy;
    std::string members;  // JSON text
    bool is_enabled = true;
    std::string defect;  // as in model_row
};

struct key_row : limit_columns {
    std::int64_t id = 0;
    std::string public_id;   // the 10 characters between `fk-` and `-`, or `im-` + 20 hex of the hash for imported keys
    std::string key_sha256;  // 64 lower-case hex digits of SHA-256 of the whole key
    std::string name;
    std::optional<std::int64_t> user_id, team_id;
    std::optional<std::string> allowed_models;     // JSON array of model names; NULL allows all
    std::optional<std::string> allowed_addresses;  // JSON array of networks (CIDR); NULL allows all
    bool store_messages = true;
    std::optional<std::int64_t> priority;  // NULL: 0
    std::optional<std::int64_t> expires_at_us;
    std::optional<std::int64_t> rotated_from, grace_until_us;
    bool is_enabled = true;
    std::int64_t created_at_us = 0;
    std::optional<std::int64_t> last_used_at_us;
    std::shared_ptr<const limit_columns> user_limits, team_limits;  // null: none
    std::string defect;  // as in model_row; is_enabled is false then, for an unreadable expiry must not mean "never"
};

struct person_row : limit_columns {  // of users, or of teams
    std::int64_t id = 0;
    std::string name;
    std::optional<std::int64_t> team_id;  // of a user
    bool is_enabled = true;
    std::int64_t keys = 0;  // so many belong to it; to a team also those of its users
    std::int64_t created_at_us = 0;
    std::string defect;  // as in model_row
};

// Everything the catalog is built from, read in one transaction so that it is one version of the truth.
struct catalog_rows {
    std::int64_t version = 0;  // catalog_version
    std::vector<model_row> models;
    std::vector<route_row> routes;
    std::vector<key_row> keys;
};

// What has become of the rows of those tables since an earlier version: as they are now, read in one transaction.
struct catalog_changes {
    std::int64_t version = 0;
    std::vector<model_row> models;
    std::vector<std::int64_t> models_gone;  // ids that no row has any more
    std::vector<route_row> routes;
    std::vector<std::string> routes_gone;
    std::vector<key_row> keys;
    std::vector<std::int64_t> keys_gone;
};

struct usage_row {
    std::string request_id;  // UUID text
    std::int64_t started_at_us = 0;
    std::optional<std::int64_t> first_token_at_us;
    std::int64_t ended_at_us = 0;
    std::int64_t duration_us = 0;
    std::optional<std::int64_t> ttft_us;
    std::optional<std::int64_t> overhead_us;
    std::optional<std::int64_t> key_id, user_id, team_id, model_id;
    std::string model_name, upstream_model, provider, operation;
    bool is_stream = false;
    int status = 0;  // the HTTP status the client was given, 499 when it had gone, 0 when nobody knows (interrupted)
    std::optional<std::string> error_code, finish_reason;
    std::string end_reason;  // done, client_gone, upstream_cut, upstream_error, timeout, shutdown, refused, crash
    std::int64_t attempts = 0;
    std::optional<std::int64_t> prompt_tokens, completion_tokens, total_tokens, cached_tokens, cache_write_tokens,
        reasoning_tokens, audio_tokens;
    std::optional<std::int64_t> units;
    std::optional<std::string> unit_kind;
    std::optional<std::int64_t> unit_price_pico;  // that `units` were billed at
    std::optional<std::string> issued_ids;        // JSON list
    std::string basis;                            // provider, partial, estimated, mixed, none, interrupted
    std::int64_t cost_pico = 0;
    std::int64_t input_price_pico = 0, output_price_pico = 0, cached_price_pico = 0;
    std::optional<std::string> prices;  // JSON object of those that have no column
    std::string currency;
    std::optional<std::int64_t> conversation_id;
    std::optional<std::string> end_user, tags, client_request_id, upstream_request_id, client_ip, user_agent;
    std::string instance_id;
    std::optional<std::string> trace_id;
    std::int64_t catalog_version = 0;

    bool operator==(const usage_row&) const = default;
};

struct issuer_row {
    std::int64_t model_id = 0;
    std::optional<std::int64_t> key_id, user_id;

    bool operator==(const issuer_row&) const = default;
};

struct attempt_row {
    std::string request_id;
    std::int64_t started_at_us = 0;  // the request's, not the attempt's: it is part of both primary keys
    std::int64_t attempt = 0;        // 1, 2, ...
    std::int64_t model_id = 0;
    std::string provider;
    int status = 0;  // what the upstream answered, 0 if nothing
    std::optional<std::string> error_code;
    bool was_sent = false;
    std::optional<std::int64_t> connect_us, ttft_us, duration_us;
    std::int64_t bytes_up = 0, bytes_down = 0;
    std::optional<std::int64_t> prompt_tokens, completion_tokens;
    std::optional<std::string> message;  // what the provider said of its failure, scrubbed

    bool operator==(const attempt_row&) const = default;
};

}  // namespace ferry::store
