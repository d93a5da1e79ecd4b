// The columns of usage_records and usage_attempts beside the members of their rows, once for all who write a statement,
// bind it or read its answer. `Row` is the row or a const row; a visitor has value(name, member) and
// time(name, member in microseconds since the epoch), which both get std::optional members as they are.
#pragma once

#include "store/rows.hpp"

namespace ferry::store {

template <class Row, class Visitor>
void visit_usage_columns(Row& row, Visitor& visitor) {
    visitor.value("request_id", row.request_id);
    visitor.time("started_at", row.started_at_us);
    visitor.time("first_token_at", row.first_token_at_us);
    visitor.time("ended_at", row.ended_at_us);
    visitor.value("duration_us", row.duration_us);
    visitor.value("ttft_us", row.ttft_us);
    visitor.value("overhead_us", row.overhead_us);
    visitor.value("key_id", row.key_id);
    visitor.value("user_id", row.user_id);
    visitor.value("team_id", row.team_id);
    visitor.value("model_id", row.model_id);
    visitor.value("model_name", row.model_name);
    visitor.value("upstream_model", row.upstream_model);
    visitor.value("provider", row.provider);
    visitor.value("operation", row.operation);
    visitor.value("is_stream", row.is_stream);
    visitor.value("status", row.status);
    visitor.value("error_code", row.error_code);
    visitor.value("finish_reason", row.finish_reason);
    visitor.value("end_reason", row.end_reason);
    visitor.value("attempts", row.attempts);
    visitor.value("prompt_tokens", row.prompt_tokens);
    visitor.value("completion_tokens", row.completion_tokens);
    visitor.value("total_tokens", row.total_tokens);
    visitor.value("cached_tokens", row.cached_tokens);
    visitor.value("cache_write_tokens", row.cache_write_tokens);
    visitor.value("reasoning_tokens", row.reasoning_tokens);
    visitor.value("audio_tokens", row.audio_tokens);
    visitor.value("units", row.units);
    visitor.value("unit_kind", row.unit_kind);
    visitor.value("unit_price_pico", row.unit_price_pico);
    visitor.value("issued_ids", row.issued_ids);
    visitor.value("basis", row.basis);
    visitor.value("cost_pico", row.cost_pico);
    visitor.value("input_price_pico", row.input_price_pico);
    visitor.value("output_price_pico", row.output_price_pico);
    visitor.value("cached_price_pico", row.cached_price_pico);
    visitor.value("prices", row.prices);
    visitor.value("currency", row.currency);
    visitor.value("conversation_id", row.conversation_id);
    visitor.value("end_user", row.end_user);
    visitor.value("tags", row.tags);
    visitor.value("client_request_id", row.client_request_id);
    visitor.value("upstream_request_id", row.upstream_request_id);
    visitor.value("client_ip", row.client_ip);
    visitor.value("user_agent", row.user_agent);
    visitor.value("instance_id", row.instance_id);
    visitor.value("trace_id", row.trace_id);
    visitor.value("catalog_version", row.catalog_version);
}

template <class Row, class Visitor>
void visit_attempt_columns(Row& row, Visitor& visitor) {
    visitor.value("request_id", row.request_id);
    visitor.time("started_at", row.started_at_us);
    visitor.value("attempt", row.attempt);
    visitor.value("model_id", row.model_id);
    visitor.value("provider", row.provider);
    visitor.value("status", row.status);
    visitor.value("error_code", row.error_code);
    visitor.value("was_sent", row.was_sent);
    visitor.value("connect_us", row.connect_us);
    visitor.value("ttft_us", row.ttft_us);
    visitor.value("duration_us", row.duration_us);
    visitor.value("bytes_up", row.bytes_up);
    visitor.value("bytes_down", row.bytes_down);
    visitor.value("prompt_tokens", row.prompt_tokens);
    visitor.value("completion_tokens", row.completion_tokens);
    visitor.value("message", row.message);
}

// What a visitor becomes that has seen the columns, for statements that hold all of them.
template <class Visitor>
Visitor usage_columns_for() {
    Visitor visitor;
    const usage_row any;
    visit_usage_columns(any, visitor);
    return visitor;
}

template <class Visitor>
Visitor attempt_columns_for() {
    Visitor visitor;
    const attempt_row any;
    visit_attempt_columns(any, visitor);
    return visitor;
}

}  // namespace ferry::store
