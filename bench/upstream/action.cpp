#include "upstream/action.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string_view>

#include "http/json_members.hpp"
#include "upstream/base64.hpp"
#include "upstream/batch_engine.hpp"
#include "upstream/presets.hpp"
#include "upstream/rate_limiter.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;
using setter = void (*)(const json::value&, action&);

[[noreturn]] void refuse(const std::string& what) {
    throw std::invalid_argument(what);
}

std::int64_t number(const json::value& v) {
    if (!v.is_int64() || v.get_int64() < 0) refuse("a whole number from 0");
    return v.get_int64();
}

int small(const json::value& v) {
    const auto n = number(v);
    if (n > 1'000'000'000) refuse("a whole number up to 1000000000");
    return static_cast<int>(n);
}

double amount(const json::value& v) {
    if (!v.is_number() || !(v.to_number<double>() >= 0)) refuse("a number from 0");
    return v.to_number<double>();
}

bool flag(const json::value& v) {
    if (!v.is_bool()) refuse("true or false");
    return v.get_bool();
}

std::string text(const json::value& v) {
    if (!v.is_string()) refuse("a string");
    return std::string(v.get_string());
}

std::chrono::microseconds milliseconds(const json::value& v) {
    if (!v.is_number()) refuse("milliseconds");
    const double ms = v.to_number<double>();
    if (!(ms >= 0 && ms < 1e9)) refuse("milliseconds from 0");
    return std::chrono::microseconds(std::llround(ms * 1000));
}

std::string text_or_json(const json::value& v) {
    return v.is_string() ? text(v) : json::serialize(v);
}

// A string, or {"base64": "..."} for bytes that JSON cannot hold.
std::string bytes(const json::value& v) {
    if (v.is_string()) return text(v);
    const auto* coded = v.is_object() ? v.get_object().if_contains("base64") : nullptr;
    if (!coded || !coded->is_string()) refuse("a string or {\"base64\": \"...\"}");
    std::string out;
    if (!from_base64(coded->get_string(), out)) refuse("valid base64");
    return out;
}

std::vector<std::size_t> sizes(const json::value& v) {
    std::vector<std::size_t> list;
    if (!v.is_array()) {
        list.push_back(static_cast<std::size_t>(number(v)));
    } else {
        for (const auto& item : v.get_array()) list.push_back(static_cast<std::size_t>(number(item)));
    }
    if (std::count(list.begin(), list.end(), std::size_t(0))) refuse("sizes from 1");
    return list;
}

token_range tokens(const json::value& v) {
    if (v.is_string() && v.get_string() == "random") return {1, 5000};
    if (v.is_array() && v.get_array().size() == 2) {
        const token_range range{number(v.get_array()[0]), number(v.get_array()[1])};
        if (range.low > range.high) refuse("[low, high]");
        return range;
    }
    if (!v.is_int64()) refuse("a number, [low, high] or \"random\"");
    return {v.get_int64(), v.get_int64()};  // a lie such as -5 is allowed on purpose
}

template <class T>
T one_of(const json::value& v, const std::map<std::string_view, T>& names) {
    std::string allowed;
    for (const auto& [name, value] : names) {
        if (v.is_string() && v.get_string() == name) return value;
        allowed += (allowed.empty() ? "one of " : ", ") + std::string(name);
    }
    refuse(allowed);
}

usage_form usage(const json::value& v) {
    using f = usage_form;
    static const std::map<std::string_view, f> names{{"own_chunk", f::own_chunk},
                                                     {"own_chunk_always", f::own_chunk_always},
                                                     {"finish_chunk", f::finish_chunk},
                                                     {"every_chunk", f::every_chunk},
                                                     {"zeros", f::zeros},
                                                     {"choices", f::choices},
                                                     {"x_groq", f::x_groq},
                                                     {"after_done", f::after_done},
                                                     {"none", f::none}};
    return one_of(v, names);
}

answer_framing framing(const json::value& v) {
    using f = answer_framing;
    static const std::map<std::string_view, f> names{
        {"automatic", f::automatic}, {"length", f::length}, {"chunked", f::chunked}, {"close", f::close}};
    return one_of(v, names);
}

audio_usage usage_type(const json::value& v) {
    using f = audio_usage;
    static const std::map<std::string_view, f> names{{"tokens", f::tokens}, {"duration", f::duration}};
    return one_of(v, names);
}

rerank_form rerank(const json::value& v) {
    using f = rerank_form;
    static const std::map<std::string_view, f> names{{"jina", f::jina}, {"cohere", f::cohere}};
    return one_of(v, names);
}

void headers(const json::value& v, action& a) {
    if (!v.is_object()) refuse("an object of strings or arrays of strings");
    for (const auto& member : v.get_object()) {
        const std::string name(member.key());
        if (!member.value().is_array()) {
            a.headers.emplace_back(name, text(member.value()));
            continue;
        }
        for (const auto& item : member.value().get_array()) a.headers.emplace_back(name, text(item));
    }
}

void tool_calls(const json::value& v, action& a) {
    a.tool_calls.clear();
    const std::string usual = R"({"location":"Paris","unit":"celsius"})";
    if (!v.is_array()) {
        a.tool_calls.assign(static_cast<std::size_t>(std::min<std::int64_t>(number(v), 128)), tool_call{"", usual});
        return;
    }
    for (const auto& item : v.get_array()) {
        if (!item.is_object()) refuse("a count or an array of {\"name\", \"arguments\"}");
        const auto* name = item.get_object().if_contains("name");
        const auto* arguments = item.get_object().if_contains("arguments");
        a.tool_calls.push_back({name ? text(*name) : "", arguments ? text_or_json(*arguments) : usual});
    }
}

void events(const json::value& v, action& a) {
    if (!v.is_array()) refuse("an array of strings (sent as they are) or JSON values (sent as data: events)");
    a.events.emplace();
    for (const auto& item : v.get_array()) {
        a.events->push_back(item.is_string() ? text(item) : "data: " + json::serialize(item) + "\n\n");
    }
}

void pieces(const json::value& v, action& a) {
    if (!v.is_array()) refuse("an array of strings");
    a.pieces.emplace();
    for (const auto& item : v.get_array()) a.pieces->push_back(text(item));
}

void usage_extra(const json::value& v, action& a) {
    if (!v.is_object()) refuse("an object");
    const std::string whole = json::serialize(v);
    a.usage_extra = whole.substr(1, whole.size() - 2);
}

void fail_times(const json::value& v, action& a) {
    if (!v.is_object() || !v.get_object().contains("count")) {
        refuse("{\"count\", \"status\"} or {\"count\", \"action\"}");
    }
    a.fail_action = json::object{{"status", 500}};
    for (const auto& member : v.get_object()) {
        if (member.key() == "count") {
            a.fail_count = small(member.value());
        } else if (member.key() == "action" && member.value().is_object()) {
            a.fail_action = member.value().get_object();
        } else {
            a.fail_action[member.key()] = member.value();
        }
    }
    action scratch;
    apply(a.fail_action, scratch);
}

void sometimes(const json::value& v, action& a) {
    const char* form = "[{\"ratio\": 0.01, \"action\": {...}}, ...], ratios that come to 1 at most";
    if (!v.is_array()) refuse(form);
    a.sometimes.clear();
    double sum = 0;
    for (const auto& item : v.get_array()) {
        const auto* object = item.if_object();
        const auto* ratio = object ? object->if_contains("ratio") : nullptr;
        const auto* what = object ? object->if_contains("action") : nullptr;
        if (!ratio || !what || !what->is_object() || object->size() != 2) refuse(form);
        const double share = amount(*ratio);
        if ((sum += share) > 1) refuse(form);
        action scratch;
        apply(what->get_object(), scratch);
        a.sometimes.emplace_back(share, what->get_object());
    }
}

const std::map<std::string_view, setter>& setters() {
    static const std::map<std::string_view, setter> table{
        {"status", [](const json::value& v, action& a) { a.status = small(v); }},
        {"body", [](const json::value& v, action& a) { a.body = text_or_json(v); }},
        {"content_type", [](const json::value& v, action& a) { a.content_type = text(v); }},
        {"headers", headers},
        {"retry_after", [](const json::value& v, action& a) { a.retry_after = text_or_json(v); }},
        {"stream", [](const json::value& v, action& a) { a.stream = flag(v); }},
        {"delay_ms", [](const json::value& v, action& a) { a.delay = milliseconds(v); }},
        {"first_delay_ms", [](const json::value& v, action& a) { a.first_delay = milliseconds(v); }},
        {"interval_ms", [](const json::value& v, action& a) { a.interval = milliseconds(v); }},
        {"keepalive_ms", [](const json::value& v, action& a) { a.keepalive = milliseconds(v); }},
        {"engine", [](const json::value& v, action& a) { a.engine = batch_engine::of(v); }},
        {"preset", [](const json::value& v, action& a) { apply_preset(text(v), a); }},
        {"rate_limit", [](const json::value& v, action& a) { a.limit = rate_limit_of(v); }},
        {"sometimes", sometimes},
        {"leading_blank_lines", [](const json::value& v, action& a) { a.leading_blank_lines = small(v); }},
        {"chunks", [](const json::value& v, action& a) { a.chunks = small(v); }},
        {"chunk_bytes", [](const json::value& v, action& a) { a.chunk_bytes = small(v); }},
        {"content", [](const json::value& v, action& a) { a.content = text(v); }},
        {"pieces", pieces},
        {"json", [](const json::value& v, action& a) { a.content = json::serialize(v); }},
        {"reasoning", [](const json::value& v, action& a) { a.reasoning = text(v); }},
        {"refusal", [](const json::value& v, action& a) { a.refusal = text(v); }},
        {"tool_calls", tool_calls},
        {"finish_reason", [](const json::value& v, action& a) { a.finish_reason = json::serialize(v); }},
        {"events", events},
        {"error_after", [](const json::value& v, action& a) { a.error_after = small(v); }},
        {"no_done", [](const json::value& v, action& a) { a.no_done = flag(v); }},
        {"no_last_blank_line", [](const json::value& v, action& a) { a.no_last_blank_line = flag(v); }},
        {"usage", [](const json::value& v, action& a) { a.usage = usage(v); }},
        {"prompt_tokens", [](const json::value& v, action& a) { a.prompt_tokens = tokens(v); }},
        {"completion_tokens", [](const json::value& v, action& a) { a.completion_tokens = tokens(v); }},
        {"cached_tokens", [](const json::value& v, action& a) { a.cached_tokens = number(v); }},
        {"reasoning_tokens", [](const json::value& v, action& a) { a.reasoning_tokens = number(v); }},
        {"usage_extra", usage_extra},
        {"units", [](const json::value& v, action& a) { a.units = amount(v); }},
        {"searches", [](const json::value& v, action& a) { a.searches = amount(v); }},
        {"seconds", [](const json::value& v, action& a) { a.seconds = amount(v); }},
        {"usage_type", [](const json::value& v, action& a) { a.usage_type = usage_type(v); }},
        {"bytes", [](const json::value& v, action& a) { a.bytes = number(v); }},
        {"object_status", [](const json::value& v, action& a) { a.object_status = text(v); }},
        {"rerank_form", [](const json::value& v, action& a) { a.rerank = rerank(v); }},
        {"raw", [](const json::value& v, action& a) { a.raw = bytes(v); }},
        {"framing", [](const json::value& v, action& a) { a.framing = framing(v); }},
        {"cut_at", [](const json::value& v, action& a) { a.cut_at = number(v); }},
        {"cut_head_at", [](const json::value& v, action& a) { a.cut_head_at = number(v); }},
        {"reset_at", [](const json::value& v, action& a) { a.reset_at = number(v); }},
        {"stall_at", [](const json::value& v, action& a) { a.stall_at = number(v); }},
        {"split", [](const json::value& v, action& a) { a.split = sizes(v); }},
        {"head_split", [](const json::value& v, action& a) { a.head_split = sizes(v); }},
        {"split_pause_ms", [](const json::value& v, action& a) { a.split_pause = milliseconds(v); }},
        {"unsolicited", [](const json::value& v, action& a) { a.unsolicited = bytes(v); }},
        {"close_after", [](const json::value& v, action& a) { a.close_after = flag(v); }},
        {"close_silently", [](const json::value& v, action& a) { a.close_silently = flag(v); }},
        {"idle_close_ms", [](const json::value& v, action& a) { a.idle_close = milliseconds(v); }},
        {"sha256", [](const json::value& v, action& a) { a.sha256 = flag(v); }},
        {"fail_times", fail_times},
    };
    return table;
}

}  // namespace

void apply(const json::object& members, action& onto) {
    for (const auto& member : members) {
        const std::string name(member.key());
        const auto found = setters().find(name);
        if (found == setters().end()) refuse("unknown action member \"" + name + "\"; README.md in bench/ lists them");
        try {
            found->second(member.value(), onto);
        } catch (const std::invalid_argument& e) {
            refuse("action member \"" + name + "\" must be " + e.what());
        }
    }
}

}  // namespace ferry::bench
