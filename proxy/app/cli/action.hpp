// The actions of a command that has several: `ferry keys create`, `ferry keys list`.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <type_traits>

namespace ferry::app {

struct cli_context;

// Adds the action `name`, which takes --json and then calls `run`. All actions of a command fill in one `request`.
template <class Request>
CLI::App* add_action(CLI::App& command, cli_context& context, const std::shared_ptr<Request>& request, const char* name,
                     const char* help, std::type_identity_t<void (*)(const cli_context&, const Request&)> run) {
    auto* action = command.add_subcommand(name, help);
    action->add_flag("--json", request->json, "As JSON");
    action->callback([&context, request, run] { run(context, *request); });
    return action;
}

}  // namespace ferry::app
