#include "app/cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string_view>
#include <vector>

#include "app/cli/context.hpp"
#include "app/cli/open_store.hpp"
#include "base/nearest.hpp"

namespace ferry::app {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> command_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* each : commands_of(app)) names.push_back(each->get_name());
    return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* each : app.get_options()) {
        for (const auto& name : each->get_lnames()) names.push_back(name);
    }
    return names;
}

// `dashes` are in front of every name and are no letters that may be wrong.
std::string suggestion(std::string_view wanted, const std::vector<std::string>& names, std::string_view dashes = "") {
    const std::vector<std::string_view> views(names.begin(), names.end());
    if (wanted.starts_with(dashes)) wanted.remove_prefix(dashes.size());
    const auto near = nearest(wanted, views);
    return near.empty() ? std::string() : fmt::format("; did you mean {}{}?", dashes, near);
}

// "ferry models add"
std::string full_name(const CLI::App& command) {
    const CLI::App* parent = command.get_parent();
    return parent == nullptr ? command.get_name() : full_name(*parent) + " " + command.get_name();
}

// It does nothing by itself, as `ferry usage` does beside its commands.
bool needs_command(const CLI::App& app) {
    return app.get_require_subcommand_min() > 0;
}

// The command that the words given so far led to.
const CLI::App& reached(const CLI::App& from) {
    const auto parsed = from.get_subcommands();
    return parsed.empty() ? from : reached(*parsed.front());
}

std::string problem(const CLI::App& app, const CLI::App& at, const CLI::ParseError& error) {
    const auto left = app.remaining(true);
    const bool has_commands = !commands_of(at).empty();
    for (const std::string& word : left) {
        if (word.size() > 1 && word.starts_with('-')) {
            const std::string name = word.substr(0, word.find('='));
            return fmt::format("unknown option {}{}", name, suggestion(name, option_names(at), "--"));
        }
        if (has_commands) return fmt::format("unknown command {}{}", word, suggestion(word, command_names(at)));
    }
    if (needs_command(at)) return fmt::format("{} needs one of: {}", full_name(at), fmt::join(command_names(at), ", "));
    if (!left.empty()) return fmt::format("{} is one word too many", left.front());
    return error.what();
}

void add_configuration_options(CLI::App& command, cli_context& context) {
    const auto append = [&context](const std::vector<std::string>& given) {
        context.sets.insert(context.sets.end(), given.begin(), given.end());
    };
    command
        .add_option("--config", context.config_file, "Configuration file (default: config/ferry.toml if there is one)")
        ->type_name("FILE");
    command
        .add_option_function<std::vector<std::string>>(
            "--set", append, "A key of the configuration, over file and environment; may be repeated")
        ->allow_extra_args(false)
        ->type_name("SECTION.KEY=VALUE");
}

void add_to_commands(CLI::App& app, cli_context& context) {
    const auto below = app.get_subcommands([](CLI::App*) { return true; });
    for (CLI::App* each : below) add_to_commands(*each, context);
    if (!needs_command(app)) add_configuration_options(app, context);
}

void print_help(const CLI::App& app, const std::vector<std::string>& words) {
    const CLI::App* at = &app;
    for (const std::string& word : words) {
        const CLI::App* next = nullptr;
        for (const CLI::App* each : commands_of(*at)) {
            if (each->get_name() == word) next = each;
        }
        if (next == nullptr) {
            refuse_usage(fmt::format("unknown command {}{}", word, suggestion(word, command_names(*at))));
        }
        at = next;
    }
    // Not App::help(): that goes on to the command that was parsed, which is `help`.
    fmt::print("{}", at->get_formatter()->make_help(at, full_name(*at), CLI::AppFormatMode::Normal));
}

}  // namespace

void finish_commands(CLI::App& app, cli_context& context) {
    add_to_commands(app, context);
    add_configuration_options(app, context);
    app.set_version_flag("--version", "ferry " FERRY_VERSION, "Print the version");
    auto* help = app.add_subcommand("help", "Print the help of a command: ferry help models add");
    const auto words = std::make_shared<std::vector<std::string>>();
    help->add_option("command", *words, "Its words");
    help->callback([&app, words] { print_help(app, *words); });
}

std::string usage_error_text(const CLI::App& app, const CLI::ParseError& error) {
    const CLI::App& at = reached(app);
    return fmt::format("error: {}\nSee `{} --help`.\n", problem(app, at, error), full_name(at));
}

}  // namespace ferry::app
