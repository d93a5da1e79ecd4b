// How the rows of the catalog's tables are read, in the order in which both stores select their columns.
#pragma once

#include <cstdint>

#include "store/rows.hpp"

namespace ferry::store {

// `in` is a store's row_reader over one row of its result; it notes in row.defect what it cannot read.

template <class Reader>
void read_row(Reader&& in, model_row& row) {
    row.id = in.integer(0);
    row.model_name = in.text();
    row.display_name = in.text();
    row.provider = in.optional_text().value_or("other");
    row.api_endpoint = in.text();
    row.api_key = in.text();
    row.base_price_pico = in.optional_price().value_or(0);
    row.input_price_pico = in.optional_price();
    row.output_price_pico = in.optional_price();
    row.cached_input_price_pico = in.optional_price();
    row.currency = in.optional_text().value_or("USD");
    row.is_enabled = in.flag();
    row.priority = in.integer(0);
    row.weight = in.integer(1);
    row.upstream_model = in.optional_text();
    row.fallback_model = in.optional_text();
    row.auth_scheme = in.optional_text();
    row.extra_headers = in.optional_text();
    row.extra_body = in.optional_text();
    row.proxy = in.optional_text();
    row.connect_timeout_ms = in.optional_integer();
    row.first_byte_timeout_ms = in.optional_integer();
    row.idle_timeout_ms = in.optional_integer();
    row.total_timeout_ms = in.optional_integer();
    row.max_context_tokens = in.optional_integer();
    row.max_parallel = in.optional_integer();
    row.queue_timeout_ms = in.optional_integer();
    row.capabilities = in.optional_text();
    row.unit_prices = in.optional_text();
    row.created_at_us = in.informative_time();
}

template <class Reader>
void read_row(Reader&& in, route_row& row) {
    row.name = in.text();
    row.strategy = in.text();
    row.members = in.text();
    row.is_enabled = in.flag();
}

template <class Reader>
void read_limits(Reader& in, limit_columns& limits) {
    struct {
        Reader& from;
        void operator()(const char*, std::optional<std::int64_t>& member) { member = from.optional_integer(); }
        void operator()(const char*, std::optional<std::string>& member) { member = from.optional_text(); }
    } read{in};
    for_each_limit(limits, read);
}

template <class Reader>
std::shared_ptr<const limit_columns> read_limits(Reader& in) {
    limit_columns limits;
    read_limits(in, limits);
    return has_limits(limits) ? std::make_shared<const limit_columns>(std::move(limits)) : nullptr;
}

template <class Reader>
void read_row(Reader&& in, person_row& row) {
    row.id = in.integer(0);
    row.name = in.text();
    row.team_id = in.optional_integer();
    row.is_enabled = in.flag();
    row.keys = in.integer(0);
    read_limits(in, row);
    row.created_at_us = in.informative_time();
}

template <class Reader>
void read_row(Reader&& in, key_row& row) {
    row.id = in.integer(0);
    row.public_id = in.text();
    row.key_sha256 = in.text();
    row.name = in.text();
    row.user_id = in.optional_integer();
    row.team_id = in.optional_integer();
    row.allowed_models = in.optional_text();
    read_limits(in, row);
    row.allowed_addresses = in.optional_text();
    row.store_messages = in.flag();
    row.priority = in.optional_integer();
    row.expires_at_us = in.optional_time();
    row.rotated_from = in.optional_integer();
    row.grace_until_us = in.optional_time();
    row.is_enabled = in.flag();
    row.created_at_us = in.informative_time();
    const std::int64_t used = in.informative_time();
    if (used != 0) row.last_used_at_us = used;
    row.user_limits = read_limits(in);
    row.team_limits = read_limits(in);
    if (!row.defect.empty()) row.is_enabled = false;  // an expiry nobody can read must not mean "never"
}

}  // namespace ferry::store
