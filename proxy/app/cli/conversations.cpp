#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include "app/cli/action.hpp"
#include "app/cli/conversation_export.hpp"
#include "app/cli/conversation_owner.hpp"
#include "app/cli/conversation_text.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/store_commands.hpp"
#include "app/cli/table.hpp"
#include "app/cli/terminal_text.hpp"
#include "base/clock.hpp"
#include "conversation/conversation_json.hpp"

namespace ferry::app {
namespace {

constexpr std::size_t most_at_once = 100;

struct conversation_request {
    owner_options owner;
    std::optional<std::int64_t> id;
    std::string search, output = "-";
    std::size_t limit = 20;
    bool yes = false, json = false;
};

// What a command works on.
struct opened {
    std::unique_ptr<store::conversation_store> store;
    std::int64_t owner = 0;
};

opened open(const cli_context& context, const conversation_request& request) {
    require_owner(request.owner);
    const auto db = ready_store(context);
    const auto owner = conversation_owner(request.owner, *db->keys());
    return {db->conversations(), owner};
}

store::conversation_row find(const opened& in, std::int64_t id) {
    auto row = in.store->find(in.owner, id);
    if (row) return std::move(*row);
    throw std::runtime_error(
        fmt::format("there is no conversation {} of this owner; `ferry conversations list` shows "
                    "what there is",
                    id));
}

void run_list(const cli_context& context, const conversation_request& request) {
    const auto in = open(context, request);
    std::vector<store::conversation_row> rows;
    store::page_of page;
    bool has_more = true;
    while (has_more && rows.size() <= request.limit) {
        page.most = std::min(most_at_once, request.limit + 1 - rows.size());
        const auto next = in.store->list(in.owner, page, request.search);
        if (!next) throw std::runtime_error("a conversation was deleted while the list was being read: ask again");
        rows.insert(rows.end(), next->begin(), next->end());
        has_more = next->size() == page.most;
        if (!rows.empty()) page.after = rows.back().id;
    }
    has_more = rows.size() > request.limit;
    if (has_more) rows.resize(request.limit);
    if (request.json) {
        fmt::print("{}\n", conversation::list_json(rows, has_more));
        return;
    }
    fmt::print("{}", conversations_as_table(rows));
    std::fflush(stdout);
    if (has_more) fmt::print(stderr, "there are more: --limit shows them\n");
}

void run_show(const cli_context& context, const conversation_request& request) {
    const auto in = open(context, request);
    const auto row = find(in, *request.id);
    if (request.json) {
        output_file out("-");
        exported count;
        export_one(*in.store, row, out, count);
        out.finish();
        return;
    }
    fmt::print("conversation {}, {} messages: {}\n", row.id, row.message_count,
               row.title.empty() ? "(no title)" : terminal_text(row.title));
    for_each_message(*in.store, in.owner, row.id,
                     [](const store::message_row& message) { fmt::print("\n{}", message_as_text(message)); });
}

void run_export(const cli_context& context, const conversation_request& request) {
    const auto in = open(context, request);
    std::optional<store::conversation_row> only;
    if (request.id) only = find(in, *request.id);
    output_file out(request.output);
    exported count;
    if (only)
        export_one(*in.store, *only, out, count);
    else
        export_all(*in.store, in.owner, out, count);
    out.finish();
    fmt::print(stderr, "{} conversations with {} messages\n", count.conversations, count.messages);
}

bool is_wanted(const store::conversation_row& row) {
    if (::isatty(STDIN_FILENO) == 0) refuse_usage("nothing was deleted: --yes says that it is meant");
    fmt::print("Delete conversation {} with {} messages ({})? [y/N] ", row.id, row.message_count,
               row.title.empty() ? "no title" : terminal_text(row.title));
    std::fflush(stdout);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

void run_delete(const cli_context& context, const conversation_request& request) {
    const auto in = open(context, request);
    const auto row = find(in, *request.id);
    if (!request.yes && !is_wanted(row)) {
        fmt::print("Nothing was deleted.\n");
        return;
    }
    const bool was_there = in.store->remove(in.owner, row.id, wall_us());
    if (request.json) {
        fmt::print("{}\n", json_object().number("id", row.id).flag("deleted", was_there).take());
    } else {
        fmt::print("conversation {} deleted\n", row.id);
    }
    std::fflush(stdout);
    // Only the process itself can take it out of its memory.
    fmt::print(stderr,
               "A Ferry that is running may remember it for a while; `DELETE /v1/conversations/{}` asks that Ferry.\n",
               row.id);
}

}  // namespace

void add_conversations_command(CLI::App& app, cli_context& context) {
    auto* conversations = app.add_subcommand("conversations", "Stored conversations of a user or key");
    conversations->require_subcommand(1);
    const auto request = std::make_shared<conversation_request>();

    auto* list = add_action(*conversations, context, request, "list", "Which there are, newest first", run_list);
    list->add_option("--search", request->search, "Only those with these words in the title or a message");
    list->add_option("--limit", request->limit, "How many at most (default: 20)")->check(CLI::PositiveNumber);
    auto* show = add_action(*conversations, context, request, "show", "What was said, newest last", run_show);
    auto* exporting = conversations->add_subcommand("export", "As JSONL: a line for each conversation");
    exporting->add_option("id", request->id, "Only this one");
    exporting->add_option("--output", request->output, "The file to write (default: standard output)")
        ->type_name("FILE");
    exporting->callback([&context, request] { run_export(context, *request); });
    auto* removing = add_action(*conversations, context, request, "delete", "Delete one for good", run_delete);
    removing->add_flag("--yes", request->yes, "Without asking");
    for (auto* command : {show, removing}) command->add_option("id", request->id, "Its number")->required();
    for (auto* command : {list, show, exporting, removing}) add_owner_options(*command, request->owner);
}

}  // namespace ferry::app
