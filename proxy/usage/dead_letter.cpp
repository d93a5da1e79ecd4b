#include "usage/dead_letter.hpp"

#include <boost/json.hpp>

#include "base/file.hpp"

namespace ferry::usage {

namespace {

namespace json = boost::json;

template <class T>
json::value value_or_null(const std::optional<T>& field) {
    if (!field) return nullptr;
    return json::value_from(*field);
}

void add_what_happened(const store::usage_row& r, json::object& o) {
    o["first_token_at_us"] = value_or_null(r.first_token_at_us);
    o["ended_at_us"] = r.ended_at_us;
    o["duration_us"] = r.duration_us;
    o["ttft_us"] = value_or_null(r.ttft_us);
    o["overhead_us"] = value_or_null(r.overhead_us);
    o["status"] = r.status;
    o["error_code"] = value_or_null(r.error_code);
    o["finish_reason"] = value_or_null(r.finish_reason);
    o["end_reason"] = r.end_reason;
    o["attempts"] = r.attempts;
    o["prompt_tokens"] = value_or_null(r.prompt_tokens);
    o["completion_tokens"] = value_or_null(r.completion_tokens);
    o["total_tokens"] = value_or_null(r.total_tokens);
    o["cached_tokens"] = value_or_null(r.cached_tokens);
    o["cache_write_tokens"] = value_or_null(r.cache_write_tokens);
    o["reasoning_tokens"] = value_or_null(r.reasoning_tokens);
    o["audio_tokens"] = value_or_null(r.audio_tokens);
    o["units"] = value_or_null(r.units);
    o["unit_kind"] = value_or_null(r.unit_kind);
    o["unit_price_pico"] = value_or_null(r.unit_price_pico);
    o["issued_ids"] = value_or_null(r.issued_ids);
    o["tags"] = value_or_null(r.tags);
    o["basis"] = r.basis;
    o["cost_pico"] = r.cost_pico;
    o["upstream_request_id"] = value_or_null(r.upstream_request_id);
}

json::object to_json(const store::usage_row& r) {
    json::object o;
    o["request_id"] = r.request_id;
    o["started_at_us"] = r.started_at_us;
    o["key_id"] = value_or_null(r.key_id);
    o["user_id"] = value_or_null(r.user_id);
    o["team_id"] = value_or_null(r.team_id);
    o["model_id"] = value_or_null(r.model_id);
    o["model_name"] = r.model_name;
    o["upstream_model"] = r.upstream_model;
    o["provider"] = r.provider;
    o["operation"] = r.operation;
    o["is_stream"] = r.is_stream;
    add_what_happened(r, o);
    o["input_price_pico"] = r.input_price_pico;
    o["output_price_pico"] = r.output_price_pico;
    o["cached_price_pico"] = r.cached_price_pico;
    o["prices"] = value_or_null(r.prices);
    o["currency"] = r.currency;
    o["conversation_id"] = value_or_null(r.conversation_id);
    o["end_user"] = value_or_null(r.end_user);
    o["client_request_id"] = value_or_null(r.client_request_id);
    o["client_ip"] = value_or_null(r.client_ip);
    o["user_agent"] = value_or_null(r.user_agent);
    o["instance_id"] = r.instance_id;
    o["trace_id"] = value_or_null(r.trace_id);
    o["catalog_version"] = r.catalog_version;
    return o;
}

json::object to_json(const store::attempt_row& r) {
    json::object o;
    o["attempt"] = r.attempt;
    o["model_id"] = r.model_id;
    o["provider"] = r.provider;
    o["status"] = r.status;
    o["error_code"] = value_or_null(r.error_code);
    o["was_sent"] = r.was_sent;
    o["connect_us"] = value_or_null(r.connect_us);
    o["ttft_us"] = value_or_null(r.ttft_us);
    o["duration_us"] = value_or_null(r.duration_us);
    o["bytes_up"] = r.bytes_up;
    o["bytes_down"] = r.bytes_down;
    o["prompt_tokens"] = value_or_null(r.prompt_tokens);
    o["completion_tokens"] = value_or_null(r.completion_tokens);
    o["message"] = value_or_null(r.message);
    return o;
}

}  // namespace

void dead_letter::add(const store::usage_row& row, std::span<const store::attempt_row> attempts,
                      std::string_view reason) {
    json::object letter;
    letter["reason"] = reason;
    letter["row"] = to_json(row);
    json::array& tries = letter["attempts"].emplace_array();
    for (const store::attempt_row& each : attempts) tries.push_back(to_json(each));
    file out = file::open_to_append(path_);
    out.append(json::serialize(letter) + "\n");
    out.sync_data();
    sync_folder(folder_);
}

}  // namespace ferry::usage
