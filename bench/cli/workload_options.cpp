#include "cli/workload_options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace ferry::bench {
namespace {

bool is_digit(char c) {
    return (c >= '0' && c <= '9') || c == '.';
}

// `take` says by std::invalid_argument what is wrong with a value.
template <typename Take>
CLI::Option* add_parsed(CLI::App& to, const std::string& name, const char* text, const char* type, Take take) {
    const auto parse = [name, take](const std::string& value) {
        try {
            take(value);
        } catch (const std::invalid_argument& e) {
            throw CLI::ValidationError(name, e.what());
        }
    };
    return to.add_option_function<std::string>(name, parse, text)->type_name(type);
}

template <typename Choice>
void add_choice(CLI::App& to, const char* name, Choice& into, const std::map<std::string, Choice>& choices,
                const char* text) {
    std::string words;
    for (const auto& [word, value] : choices) words += (words.empty() ? "" : "|") + word;
    const auto choose = [&into, choices, words](const std::string& given) {
        const auto found = choices.find(given);
        if (found == choices.end()) throw std::invalid_argument("\"" + given + "\" is none of " + words);
        into = found->second;
    };
    add_parsed(to, name, text, words.c_str(), choose);
}

void add_weighted(CLI::App& to, const char* name, std::vector<weighted>& into, const char* text, const char* variable) {
    const auto take = [&into](const std::vector<std::string>& given) {
        into.clear();
        for (const auto& one : given) into.push_back(parsed_weight(one));
        return true;
    };
    auto* option = to.add_option(name, take, text)
                       ->type_name("NAME[=WEIGHT]")
                       ->expected(1)
                       ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (variable) option->envname(variable);
}

std::string text_or_file(const std::string& given) {
    if (given.empty() || given.front() != '@') return given;
    std::ifstream in(given.substr(1));
    std::stringstream text;
    if (!in || !(text << in.rdbuf())) throw std::invalid_argument(given.substr(1) + " cannot be read, or is empty");
    return text.str();
}

void add_prompts(CLI::App& to, workload_options& options) {
    static constexpr const char* tokens = "N|LO..HI|normal:M,SD|exponential:M|file:F";
    add_parsed(to, "--input-tokens", "of made-up prompts (128)", tokens,
               [&options](const std::string& text) { options.input_tokens = sizes(text); });
    add_parsed(to, "--output-tokens", "asked for as the longest answer (what a file or trace says, else no limit)",
               tokens, [&options](const std::string& text) { options.output_tokens = sizes(text); });
    to.add_option("--prefix-tokens", options.prefix_tokens, "before made-up prompts, shared by all of them")
        ->check(CLI::Range(0, 10'000'000));
    to.add_option("--prefix-groups", options.prefix_groups, "so many different prefixes (1)")
        ->check(CLI::Range(1, 1'000'000));
    to.add_option("--prompts", options.prompts_file, "ask what this file holds")->type_name("FILE");
    add_choice(to, "--prompts-form", options.form,
               {{"auto", prompts_form::automatic},
                {"jsonl", prompts_form::jsonl},
                {"sharegpt", prompts_form::sharegpt},
                {"batch", prompts_form::batch}},
               "how it is written");
    to.add_flag_callback(
        "--no-repeat", [&options] { options.repeat = false; }, "end with the prompts file, do not begin it again");
    to.add_option("--trace", options.trace_file, "replay this trace, at its times")->type_name("FILE");
    add_choice(to, "--trace-form", options.trace,
               {{"auto", trace_form::automatic}, {"mooncake", trace_form::mooncake}, {"azure", trace_form::azure}},
               "how it is written");
    to.add_option("--trace-speed", options.trace_speed, "2: in half the time (1)")->check(CLI::PositiveNumber);
}

}  // namespace

std::string in_milliseconds(std::string_view durations) {
    std::string out;
    for (std::size_t at = 0; at < durations.size();) {
        const bool starts = is_digit(durations[at]) && durations.substr(at, 2) != "..";
        if (!starts) {
            const std::size_t length = durations.substr(at, 2) == ".." ? 2 : 1;
            out.append(durations.substr(at, length));
            at += length;
            continue;
        }
        double value = 0;
        auto end = at;
        while (end < durations.size() && is_digit(durations[end]) && durations.substr(end, 2) != "..") ++end;
        const auto read = std::from_chars(durations.data() + at, durations.data() + end, value);
        const auto rest = durations.substr(end);
        const double unit = rest.substr(0, 2) == "ms"  ? 1
                            : rest.substr(0, 1) == "s" ? 1000
                            : rest.substr(0, 1) == "m" ? 60'000
                                                       : 0;
        if (read.ptr != durations.data() + end || unit == 0 || value * unit > 1e8) {
            throw std::invalid_argument("\"" + std::string(durations) +
                                        "\" is to be a time such as 500ms, 2s, 1s..5s, exponential:2s");
        }
        out += std::to_string(std::llround(value * unit));
        at = end + (unit == 1 ? 2 : 1);
    }
    return out;
}

weighted parsed_weight(const std::string& text) {
    const auto equals = text.rfind('=');
    double weight = 0;
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) return {text, 1};
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + equals + 1, end, weight);
    if (read.ec != std::errc() || read.ptr != end) return {text, 1};
    return {text.substr(0, equals), weight};
}

void add_workload_options(CLI::App& to, workload_options& options) {
    add_choice(to, "--operation", options.operation,
               {{"chat", asked_operation::chat},
                {"completions", asked_operation::completions},
                {"embeddings", asked_operation::embeddings},
                {"responses", asked_operation::responses}},
               "what is asked (chat)");
    to.add_flag("--stream,!--no-stream", options.streamed, "answers as streams (yes), or whole");
    add_weighted(to, "--model", options.models, "whom to ask; several are mixed by weight", nullptr);
    add_weighted(to, "--api-key", options.keys, "several are mixed by weight", "FERRY_BENCH_API_KEY");
    add_prompts(to, options);
    add_parsed(to, "--turns", "of a session, each with the history before it (1)", "N|LO..HI|...",
               [&options](const std::string& text) { options.turns = sizes(text); });
    add_parsed(to, "--think-time",
               "between an answer and the next turn, or what the same client of --concurrency asks next (0s)",
               "2s|1s..5s|exponential:2s",
               [&options](const std::string& text) { options.think_ms = sizes(in_milliseconds(text)); });
    add_parsed(to, "--extra-body", "members laid over every body; a null takes one away", "JSON|@FILE",
               [&options](const std::string& text) { options.extra_body = text_or_file(text); });
    to.add_option("--tools", options.tools_file, "a JSON array, sent as tools")->type_name("FILE");
    to.add_option("--seed", options.seed, "the same seed asks the same")->capture_default_str();
}

}  // namespace ferry::bench
