#include "app/cli/compare.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>

#include "app/cli/comma_list.hpp"
#include "app/cli/compare_run.hpp"
#include "app/cli/context.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/terminal_screen.hpp"
#include "app/cli/terminal_text.hpp"
#include "base/ascii.hpp"
#include "openai/json_text.hpp"

namespace ferry::app {
namespace {

constexpr std::size_t most_models = 8;
constexpr int interrupted_code = 130;  // what shells make of SIGINT

struct compare_request {
    std::string models;
    std::optional<std::string> prompt, system, url, key;
    std::optional<std::int64_t> max_tokens;
    bool insecure = false, json = false;
};

std::vector<std::string> models_in(std::string_view list) {
    auto names = names_between_commas(list);
    for (auto name = names.begin(); name != names.end(); ++name) {
        if (std::find(names.begin(), name, *name) != name) refuse_usage(fmt::format("--models names {} twice", *name));
    }
    if (names.empty() || names.size() > most_models) refuse_usage("--models must be 1 to 8 names with commas: a,b");
    return names;
}

std::string prompt_of(const compare_request& given) {
    std::string prompt = given.prompt.value_or("");
    if (!given.prompt) {
        if (::isatty(STDIN_FILENO) == 1)
            refuse_usage("there is no prompt: give it as the last word, or as standard input");
        prompt.assign(std::istreambuf_iterator<char>(std::cin), {});
    }
    if (trimmed(prompt).empty()) refuse_usage("the prompt is empty: give it as the last word, or as standard input");
    return prompt;
}

// "" where none is given and none is needed.
std::string key_of(const compare_request& given, const settings& chosen) {
    const char* variable = std::getenv("FERRY_API_KEY");
    const std::string key = given.key.value_or(variable == nullptr ? "" : variable);
    const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
    if (!std::all_of(key.begin(), key.end(), is_visible))
        refuse_usage("the key holds a blank, a line end or another byte that no key has");
    if (key.empty() && (chosen.server.auth_required || given.url))
        refuse_usage(
            "there is no key: give it with --key or in the environment as FERRY_API_KEY; `ferry keys create` "
            "makes one");
    return key;
}

std::string message(std::string_view role, std::string_view content) {
    return fmt::format(R"({{"role":"{}","content":{}}})", role, openai::quote_json(content));
}

std::string body_of(const compare_request& given, const std::vector<std::string>& models, const std::string& prompt) {
    std::string body = R"({"models":[)";
    for (const auto& name : models) body.append(&name == &models.front() ? "" : ",").append(openai::quote_json(name));
    body += R"(],"messages":[)";
    if (given.system) body.append(message("system", *given.system)).append(",");
    body += message("user", prompt) + "]";
    if (given.max_tokens) body += fmt::format(",\"max_tokens\":{}", *given.max_tokens);
    return body + (given.json ? R"(,"stream":false})" : R"(,"stream":true})");
}

std::string advice_for(int status) {
    if (status == 401) return " Give a key of this Ferry with --key or FERRY_API_KEY; `ferry keys create` makes one.";
    if (status == 404) return " Is it a Ferry that can compare? `ferry version` tells yours; --url names another one.";
    return "";
}

// What came before anything of a comparison did, and why.
[[noreturn]] void refuse(const ferry_answer& got, const std::string& name) {
    std::string why = got.failed;
    if (why.empty())
        why = fmt::format("{} refused with status {}: {}{}", name, got.status, error_text(got.body),
                          advice_for(got.status));
    fmt::print(stderr, "error: {}\n", terminal_text(why));
    throw exit_with{1};
}

void print_side_by_side(const std::vector<compared_answer>& answers) {
    std::vector<text_column> columns;
    for (const auto& one : answers) columns.push_back(column_of(one));
    const auto size = size_of_screen();
    const auto width = column_width(columns.size(), size.columns);
    const auto lines = width > 0
                           ? side_by_side(columns, width, terminal_styles())
                           : one_below_other(columns, std::max(size.columns, narrowest_screen), terminal_styles());
    for (const auto& line : lines) fmt::print("{}\n", line);
}

[[noreturn]] void tell_failures(const std::vector<compared_answer>& answers, std::size_t failures) {
    std::fflush(stdout);
    std::string names;
    for (const auto& one : answers) {
        if (one.has_failed()) names.append(names.empty() ? "" : ", ").append(one.model);
    }
    fmt::print(stderr, "error: {} of {} models did not answer: {}. `ferry explain --model NAME` tells who is asked.\n",
               failures, answers.size(), terminal_text(names));
    throw exit_with{1};
}

void run_compare(const cli_context& context, const compare_request& given) {
    comparison_request wanted;
    wanted.models = models_in(given.models);
    wanted.trusts_all = given.insecure;
    const settings chosen = require_settings(context);
    wanted.where = place_of(chosen, given.url);
    wanted.request.key = key_of(given, chosen);
    wanted.request.path = "/v1/compare";
    wanted.request.body = body_of(given, wanted.models, prompt_of(given));

    const bool is_drawn = !given.json && is_drawable_terminal();
    const auto how = given.json ? shown_as::nothing : is_drawn ? shown_as::live : shown_as::parts;
    const auto told = run_comparison(chosen, wanted, how);
    const bool has_answer = given.json ? told.answer.is_whole && told.answer.status == 200 : told.answer.is_stream;
    if (!has_answer && told.was_interrupted) throw exit_with{interrupted_code};
    if (!has_answer) refuse(told.answer, wanted.where.name);
    if (given.json) {
        fmt::print("{}\n", told.answer.body);
        if (failures_in(told.answer.body) > 0) throw exit_with{1};
        return;
    }
    if (is_drawn) print_side_by_side(told.models);
    fmt::print("\n{}", summary_table(told.models));
    if (told.was_interrupted) throw exit_with{interrupted_code};
    if (told.failures > 0) tell_failures(told.models, told.failures);
}

}  // namespace

void add_compare_command(CLI::App& app, cli_context& context) {
    auto* command = app.add_subcommand("compare", "One prompt to several models of a running Ferry, side by side");
    const auto request = std::make_shared<compare_request>();
    command->add_option("prompt", request->prompt, "What to ask (default: standard input)");
    command->add_option("--models", request->models, "1 to 8 models with commas: gpt-4o,demo")->required();
    command->add_option("--system", request->system, "A system message before it");
    command->add_option("--max-tokens", request->max_tokens, "The most tokens of each answer")
        ->check(CLI::PositiveNumber);
    command->add_option("--key", request->key, "A key of that Ferry; better in the environment, as FERRY_API_KEY");
    command->add_option("--url", request->url, "Where it listens: a URL, or unix:/path (default: server.listen)");
    command->add_flag("--insecure", request->insecure, "Take any certificate");
    command->add_flag("--json", request->json, "The document of POST /v1/compare, as it comes");
    command->callback([&context, request] { run_compare(context, *request); });
}

}  // namespace ferry::app
