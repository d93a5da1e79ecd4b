#include "upstream/script.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <stdexcept>

#include "upstream/presets.hpp"
#include "upstream/random.hpp"
#include "upstream/way.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr std::string_view status_prefix = "mock-status-";

action built_in_mood(std::string_view model) {
    action a;
    if (model.substr(0, status_prefix.size()) == status_prefix) {
        std::from_chars(model.data() + status_prefix.size(), model.data() + model.size(), a.status);
    }
    if (model != "demo") return a;
    a.content =
        "Hello! This answer comes from Ferry's built-in demo upstream, so no real model was asked. Your request was "
        "authenticated, routed, relayed and accounted for like any other. To talk to a real model, add a row to "
        "ai_models with its endpoint and key.";
    a.interval = std::chrono::milliseconds(20);
    return a;
}

action preset_mood(const std::string& preset) {
    action a;
    if (preset.empty()) return a;
    try {
        apply_preset(preset, a);
    } catch (const std::invalid_argument& e) {
        throw std::invalid_argument("--preset " + preset + " must be " + e.what());
    }
    return a;
}

// The JSON object behind "[[mock " in `text`; nullopt if there is no marker. Throws std::invalid_argument.
std::optional<json::object> marker_in(std::string_view text) {
    const auto at = text.rfind("[[mock");
    if (at == std::string_view::npos) return std::nullopt;
    json::stream_parser parser;
    json::error_code error;
    const auto rest = text.substr(at + 6);
    parser.write_some(rest.data(), rest.size(), error);
    if (!error && !parser.done()) error = json::error::incomplete;
    if (error) throw std::invalid_argument("the [[mock {...}]] marker is not JSON: " + error.message());
    const auto value = parser.release();
    if (!value.is_object()) throw std::invalid_argument("the [[mock {...}]] marker must hold a JSON object");
    return value.get_object();
}

action refusal(const std::string& why) {
    action a;
    a.status = 400;
    a.body = json::serialize(json::object{{"error",
                                           {{"message", "ferry-bench: " + why},
                                            {"type", "invalid_request_error"},
                                            {"param", nullptr},
                                            {"code", "bad_mock_action"}}}});
    return a;
}

const json::object& object_of(const json::value& v, const char* what) {
    if (!v.is_object()) throw std::invalid_argument(std::string(what) + " must be an object");
    return v.get_object();
}

std::string text_of(const json::key_value_pair& member) {
    if (!member.value().is_string()) {
        throw std::invalid_argument("match." + std::string(member.key()) + " must be a string");
    }
    return std::string(member.value().get_string());
}

std::uint64_t count_of(const json::key_value_pair& member) {
    if (!member.value().is_int64() || member.value().get_int64() < 1) {
        throw std::invalid_argument("match." + std::string(member.key()) + " must be a whole number from 1");
    }
    return static_cast<std::uint64_t>(member.value().get_int64());
}

// "*/tail" fits every path that ends so.
bool fits_path(std::string_view pattern, std::string_view path) {
    if (pattern.front() != '*') return path == pattern;
    pattern.remove_prefix(1);
    return path.size() >= pattern.size() && path.substr(path.size() - pattern.size()) == pattern;
}

}  // namespace

script::script(const network& way, const std::string& preset)
    : given_way_(way),
      way_(way),
      plain_(std::make_shared<action>(preset_mood(preset))),
      demo_(std::make_shared<action>(built_in_mood("demo"))) {}

script::rule script::read_rule(const json::value& source) {
    rule made;
    for (const auto& member : object_of(source, "a rule")) {
        if (member.key() == "action") {
            made.members = object_of(member.value(), "action");
            action scratch;
            apply(made.members, scratch);
        } else if (member.key() != "match") {
            throw std::invalid_argument("unknown rule member \"" + std::string(member.key()) + "\": match or action");
        }
    }
    const auto* match = source.get_object().if_contains("match");
    if (!match) return made;
    for (const auto& member : object_of(*match, "match")) {
        const auto name = std::string_view(member.key());
        if (name == "path")
            made.path = text_of(member);
        else if (name == "model")
            made.model = text_of(member);
        else if (name == "operation")
            made.operation = text_of(member);
        else if (name == "prompt_contains")
            made.prompt_contains = text_of(member);
        else if (name == "method")
            made.method = text_of(member);
        else if (name == "stream" && member.value().is_bool())
            made.stream = member.value().get_bool();
        else if (name == "nth")
            made.nth = count_of(member);
        else if (name == "every")
            made.every = count_of(member);
        else if (name == "times")
            made.times = count_of(member);
        else
            throw std::invalid_argument("unknown or ill-typed match member \"" + std::string(name) + "\"");
    }
    return made;
}

void script::load(const json::value& source) {
    std::vector<rule> rules;
    moods models;
    network way = given_way_;
    const json::array* list = source.if_array();
    if (!list) {
        for (const auto& member : object_of(source, "a script")) {
            if (member.key() == "rules" && member.value().is_array()) {
                list = &member.value().get_array();
            } else if (member.key() == "models") {
                for (const auto& model : object_of(member.value(), "models")) {
                    action mood = built_in_mood(model.key());
                    apply(object_of(model.value(), "a model's action"), mood);
                    models[std::string(model.key())] = std::make_shared<action>(std::move(mood));
                }
            } else if (member.key() == "network") {
                apply(object_of(member.value(), "network"), way);
            } else {
                throw std::invalid_argument("unknown or ill-typed script member \"" + std::string(member.key()) +
                                            "\": rules (an array), models or network (objects)");
            }
        }
    }
    if (list) {
        for (const auto& item : *list) rules.push_back(read_rule(item));
    }
    const auto calls_tools = [](const auto& mood) { return !mood.second->tool_calls.empty(); };
    bool reads_prompts = std::any_of(models.begin(), models.end(), calls_tools);
    for (const auto& r : rules) reads_prompts |= !r.prompt_contains.empty() || r.members.contains("tool_calls");
    const std::lock_guard lock(mutex_);
    rules_ = std::move(rules);
    moods_ = std::move(models);
    way_ = way;
    failed_.clear();
    fallen_ = 0;
    reads_prompts_ = reads_prompts;
    scripted_ = !rules_.empty() || !moods_.empty();
}

void script::forget_counts() {
    const std::lock_guard lock(mutex_);
    for (auto& r : rules_) r.seen = r.used = 0;
    failed_.clear();
    fallen_ = 0;
}

bool script::needs_prompt(const request_facts& facts) const {
    return facts.has_marker || reads_prompts_;
}

std::vector<std::string> script::model_names() const {
    std::vector<std::string> names{"mock", "demo"};
    const std::lock_guard lock(mutex_);
    for (const auto& [name, mood] : moods_) {
        if (name != "mock" && name != "demo") names.push_back(name);
    }
    return names;
}

network script::way() const {
    const std::lock_guard lock(mutex_);
    return way_;
}

std::shared_ptr<const action> script::built_in(std::string_view model) const {
    if (model == "demo") return demo_;
    if (model.substr(0, status_prefix.size()) != status_prefix) {
        const auto preset = find_preset(model);
        return preset ? preset : plain_;
    }
    return std::make_shared<action>(built_in_mood(model));
}

std::shared_ptr<const action> script::mood_of(std::string_view model) const {
    const auto found = moods_.find(std::string(model));
    return found != moods_.end() ? found->second : built_in(model);
}

bool script::fits(const rule& r, const request& q, const operation& op, const request_facts& facts,
                  const std::optional<parsed_prompt>& prompt) {
    if (!r.method.empty() && r.method != q.method) return false;
    if (!r.operation.empty() && r.operation != op.name()) return false;
    if (!r.model.empty() && r.model != facts.model) return false;
    if (r.stream && *r.stream != facts.is_stream) return false;
    if (!r.path.empty() && !fits_path(r.path, q.path)) return false;
    return r.prompt_contains.empty() || (prompt && prompt->text.find(r.prompt_contains) != std::string::npos);
}

// fail_times answers the first requests of one nonce with another action; the count is kept here.
void script::lay_over(const json::object& members, const request_facts& facts, action& onto) {
    apply(members, onto);
    if (!members.contains("fail_times")) return;
    int& failed = failed_[std::string(facts.nonce)];
    if (failed >= onto.fail_count) return;
    ++failed;
    action failing;
    apply(onto.fail_action, failing);
    onto = std::move(failing);
}

decision script::decide(const request& r, const operation& op, const request_facts& facts,
                        const std::optional<parsed_prompt>& prompt) {
    auto decided = chosen(r, op, facts, prompt);
    if (!decided.what->sometimes.empty()) fall(decided);
    return decided;
}

// Evenly strewn, and the same ones for the same order of requests.
void script::fall(decision& d) {
    const auto number = fallen_.fetch_add(1, std::memory_order_relaxed);
    double left = static_cast<double>(mixed(number) >> 11) * 0x1p-53;
    for (const auto& [ratio, members] : d.what->sometimes) {
        if (left < ratio) {
            auto made = std::make_shared<action>(*d.what);
            apply(members, *made);
            d.what = std::move(made);
            return;
        }
        left -= ratio;
    }
}

decision script::chosen(const request& r, const operation& op, const request_facts& facts,
                        const std::optional<parsed_prompt>& prompt) {
    if (!facts.has_marker && !scripted_) return {built_in(facts.model), 0};
    const std::lock_guard lock(mutex_);
    const std::size_t used = rule_for(r, op, facts, prompt);
    if (used == 0 && !facts.has_marker) return {mood_of(facts.model), 0};
    action made = *mood_of(facts.model);
    try {
        if (used) lay_over(rules_[used - 1].members, facts, made);
        const auto marker = facts.has_marker && prompt ? marker_in(prompt->text) : std::nullopt;
        if (marker) lay_over(*marker, facts, made);
    } catch (const std::invalid_argument& e) {
        made = refusal(e.what());
    }
    if (prompt && prompt->ends_with_tool_result) made.tool_calls.clear();
    return {std::make_shared<action>(std::move(made)), used};
}

// The number of the first rule that fits and whose turn it is, 0 if none.
std::size_t script::rule_for(const request& r, const operation& op, const request_facts& facts,
                             const std::optional<parsed_prompt>& prompt) {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        rule& candidate = rules_[i];
        if (!fits(candidate, r, op, facts, prompt)) continue;
        ++candidate.seen;
        if (candidate.nth && candidate.seen != candidate.nth) continue;
        if (candidate.every && candidate.seen % candidate.every != 0) continue;
        if (candidate.times && candidate.used >= candidate.times) continue;
        ++candidate.used;
        return i + 1;
    }
    return 0;
}

}  // namespace ferry::bench
