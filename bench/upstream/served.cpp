#include "upstream/served.hpp"

#include <algorithm>
#include <ctime>
#include <random>

#include "http/json_members.hpp"
#include "upstream/random.hpp"

namespace ferry::bench {
namespace {

std::int64_t drawn(token_range range, std::uint64_t random, std::int64_t counted) {
    if (range.low == -1 && range.high == -1) return counted;
    if (range.low == range.high) return range.low;
    return range.low + static_cast<std::int64_t>(random % static_cast<std::uint64_t>(range.high - range.low + 1));
}

// Tells apart the answers of two runs that a test may look at together.
const std::string& run_id() {
    static const std::string id = [] {
        static constexpr char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
        std::random_device device;
        std::string made = "chatcmpl-";
        for (int i = 0; i < 8; ++i) made += letters[device() % 36];
        return made + '-';
    }();
    return id;
}

struct error_kind {
    int status;
    const char *reason, *type, *code, *message;
};

constexpr error_kind kinds[] = {
    {200, "OK", "", "", ""},
    {400, "Bad Request", "invalid_request_error", "invalid_request", "The request is malformed."},
    {401, "Unauthorized", "authentication_error", "invalid_api_key", "Incorrect API key provided."},
    {402, "Payment Required", "insufficient_quota", "insufficient_quota", "Insufficient balance."},
    {403, "Forbidden", "permission_error", "permission_denied", "You are not allowed to do this."},
    {404, "Not Found", "invalid_request_error", "model_not_found", "The model or the path does not exist."},
    {405, "Method Not Allowed", "invalid_request_error", "method_not_allowed", "Wrong method for this path."},
    {408, "Request Timeout", "timeout_error", "request_timeout", "The request took too long."},
    {409, "Conflict", "conflict_error", "conflict", "The request conflicts with another one."},
    {413, "Payload Too Large", "invalid_request_error", "request_too_large", "The request is too large."},
    {422, "Unprocessable Entity", "invalid_request_error", "invalid_parameter", "A parameter has an invalid value."},
    {429, "Too Many Requests", "rate_limit_error", "rate_limit_exceeded", "Rate limit reached. Try again later."},
    {500, "Internal Server Error", "server_error", "server_error", "The server had an error."},
    {502, "Bad Gateway", "server_error", "bad_gateway", "Bad gateway."},
    {503, "Service Unavailable", "server_error", "overloaded", "The engine is currently overloaded."},
    {504, "Gateway Timeout", "server_error", "timeout", "The upstream timed out."},
    {529, "Overloaded", "server_error", "overloaded", "The engine is currently overloaded."},
};

const error_kind& kind_of(int status) {
    static constexpr error_kind other{0, "Unnamed", "server_error", "unnamed_status", "As the mock was told."};
    const auto is_it = [&](const error_kind& k) { return k.status == status; };
    const auto* found = std::find_if(std::begin(kinds), std::end(kinds), is_it);
    return found == std::end(kinds) ? other : *found;
}

}  // namespace

std::string served::named(std::string_view prefix) const {
    return std::string(prefix) + id.substr(id.find('-') + 1);
}

std::string served::usage_json(std::int64_t prompt, std::int64_t completion) const {
    std::string out = "{\"prompt_tokens\":" + std::to_string(prompt);
    out.append(",\"completion_tokens\":").append(std::to_string(completion));
    out.append(",\"total_tokens\":").append(std::to_string(prompt + completion));
    if (cached_tokens >= 0) {
        out.append(",\"prompt_tokens_details\":{\"cached_tokens\":").append(std::to_string(cached_tokens)).append("}");
    }
    if (reasoning_tokens >= 0) {
        out.append(",\"completion_tokens_details\":{\"reasoning_tokens\":")
            .append(std::to_string(reasoning_tokens))
            .append("}");
    }
    if (!usage_extra.empty()) out.append(",").append(usage_extra);
    return out += '}';
}

served make_served(const action& a, const request_facts& facts, std::uint64_t seed, std::uint64_t seq,
                   std::int64_t pieces) {
    served s;
    s.id = run_id() + std::to_string(seq);
    s.model = facts.model.empty() ? "mock" : std::string(facts.model);
    s.created = std::time(nullptr);
    const auto counted = std::max<std::int64_t>(1, static_cast<std::int64_t>(facts.body.size()) / 4);
    s.prompt_tokens = drawn(a.prompt_tokens, mixed(seed + 2 * seq), counted);
    s.completion_tokens = drawn(a.completion_tokens, mixed(seed + 2 * seq + 1), pieces);
    s.cached_tokens = a.cached_tokens;
    s.reasoning_tokens = a.reasoning_tokens;
    s.usage_extra = a.usage_extra;
    return s;
}

std::string error_json(int status, std::string_view message) {
    const error_kind& kind = kind_of(status);
    std::string out = "{\"error\":{\"message\":\"";
    append_escaped(message.empty() ? std::string_view(kind.message) : message, out);
    out.append("\",\"type\":\"").append(kind.type).append("\",\"param\":null,\"code\":\"").append(kind.code);
    return out += "\"}}";
}

std::string error_json(std::string_view message, std::string_view param, std::string_view code) {
    const auto member = [](const char* name, std::string_view text, std::string& out) {
        out.append(",\"").append(name).append("\":");
        if (text.empty()) {
            out += "null";
            return;
        }
        out += '"';
        append_escaped(text, out);
        out += '"';
    };
    std::string out = "{\"error\":{\"message\":\"";
    append_escaped(message, out);
    out += "\",\"type\":\"invalid_request_error\"";
    member("param", param, out);
    member("code", code, out);
    return out += "}}";
}

std::string model_json(std::string_view name) {
    std::string out = "{\"id\":\"";
    append_escaped(name, out);
    return out += "\",\"object\":\"model\",\"created\":1700000000,\"owned_by\":\"ferry-bench\"}";
}

std::string_view reason_phrase(int status) {
    return kind_of(status).reason;
}

}  // namespace ferry::bench
