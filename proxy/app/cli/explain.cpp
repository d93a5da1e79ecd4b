#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "access/credentials.hpp"
#include "access/key_table.hpp"
#include "app/cli/explanation.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/read_catalog.hpp"
#include "app/cli/store_commands.hpp"
#include "app/cli/table.hpp"
#include "base/clock.hpp"
#include "catalog/routing.hpp"
#include "openai/chat_scanner.hpp"
#include "openai/secret_scrub.hpp"
#include "relay/answer/answer_check.hpp"
#include "relay/request/body_limits.hpp"
#include "relay/request/choice.hpp"
#include "relay/request/plan.hpp"

namespace ferry::app {
namespace {

struct explain_request {
    std::optional<std::string> model, file, key;
    std::optional<std::int64_t> id;
    bool json = false;
};

std::string read_body(const std::string& path) {
    const auto all = [](std::istream& from) { return std::string(std::istreambuf_iterator<char>(from), {}); };
    if (path == "-") return all(std::cin);
    std::ifstream from(path, std::ios::binary);
    if (!from) throw std::runtime_error("cannot read " + path);
    return all(from);
}

std::string body_of(const explain_request& request) {
    const int ways = int(request.file.has_value()) + int(request.model.has_value()) + int(request.id.has_value());
    if (ways != 1) refuse_usage("explain needs one of --model, --id and --body");
    if (request.file) return read_body(*request.file);
    const auto name = request.id ? fmt::format(R"("id":{})", *request.id) : R"("model":)" + json_string(*request.model);
    return fmt::format(R"({{{},"messages":[{{"role":"user","content":"..."}}]}})", name);
}

// A key by its id, public_id or name, which need no secret; else the key itself.
result<const access::principal*> find_key(const catalog::published& from, const access::key_table& keys,
                                          const std::string& given) {
    for (const auto& row : from.keys->rows) {
        if (given != std::to_string(row.id) && given != row.public_id && given != row.name) continue;
        const auto now = wall_us();
        const bool is_over =
            (row.expires_at_us && *row.expires_at_us <= now) || (row.grace_until_us && *row.grace_until_us <= now);
        const auto* holder = keys.find_holder(row.public_id);
        if (!row.is_enabled || is_over || holder == nullptr) return access::invalid_api_key();
        return holder;
    }
    access::recent_key unused;
    return keys.authenticate(given, wall_us(), unused);
}

std::string key_text(const access::principal& who) {
    const auto models = who.allowed_models ? fmt::format("{}", fmt::join(*who.allowed_models, ", ")) : "all models";
    std::string limits;
    const auto add = [&limits](const access::party_limits& one, const char* name, std::int64_t value) {
        if (value >= 0) limits += fmt::format(", {} {} of the {}", name, value, access::to_text(one.who));
    };
    for (const auto& one : who.limits) {
        add(one, "rpm", one.rpm);
        add(one, "tpm", one.tpm);
        add(one, "rpd", one.rpd);
        add(one, "tpd", one.tpd);
        add(one, "max_parallel", one.max_parallel);
        add(one, "max_output_tokens", one.max_output_tokens);
        if (one.budget_pico < 0) continue;
        limits += fmt::format(", budget {}/{} of the {}", format_decimal(one.budget_pico, money_scale),
                              access::to_text(one.period), access::to_text(one.who));
    }
    return fmt::format("{} {}: {}{}", who.key_id.value_or(0), who.name, models.empty() ? "no models" : models, limits);
}

// Without the values of the query, which may be keys.
std::string shown_target(const std::string& target) {
    std::string shown;
    bool in_value = false;
    const auto query = target.find('?');
    for (std::size_t i = 0; i < target.size(); ++i) {
        if (i > query && target[i] == '&') in_value = false;
        if (!in_value) shown += target[i];
        if (i > query && target[i] == '=' && !in_value) {
            shown += "***";
            in_value = true;
        }
    }
    return shown;
}

explained_row explain_row(const openai::chat_request& request, std::string_view body, const catalog::candidate& row) {
    catalog::candidate shown = row;
    shown.where.target = shown_target(row.where.target);
    if (shown.credentials) shown.credentials->value = secret("***");
    for (auto& extra : shown.extra_headers) extra.value = secret("***");
    const auto& operation = openai::chat_completions();
    const net::http_head no_client;
    const relay::request_plan plan({operation, operation.path, request, nullptr, body, no_client}, shown);
    explained_row made;
    made.row = &row;
    made.url = fmt::format("{}://{}{}", row.where.is_tls ? "https" : "http", row.where.host_header, shown.where.target);
    made.head = plan.pieces().front();
    made.body_bytes = plan.size() - made.head.size();
    made.edits = edits_of(body, std::span(plan.pieces()).subspan(1));
    const auto secrets = relay::secrets_of(row);
    for (auto& edit : made.edits) edit.inserted = openai::scrub_secrets(edit.inserted, secrets);
    return made;
}

result<const access::principal*> who_asks(const catalog::published& from, const access::key_table& keys,
                                          const explain_request& request) {
    if (!request.key) return &access::anonymous_principal();
    return find_key(from, keys, *request.key);
}

std::optional<fault> fill(explanation& told, const catalog::published& from, const access::principal& who,
                          const settings& chosen, std::string_view body) {
    const auto most = chosen.server.limits.json_body_bytes;
    if (body.size() > most) return relay::body_too_large(most);
    openai::chat_scanner scanner({.depth = static_cast<int>(chosen.server.limits.json_depth)});
    if (auto bad = scanner.feed(body)) return bad;
    const auto scanned = scanner.finish();
    if (!scanned) return scanned.error();
    const auto choice = relay::choice_of(*scanned, body.size());
    // The first of each draw: what the weights make of it differs from request to request.
    const auto route = catalog::choose(*from.models, choice, [](std::uint64_t) { return std::uint64_t{0}; });
    if (!route) return route.error();
    told.model_name = route->model_name;
    if (!who.may_use(route->model_name)) {
        return fault::client(fault_code::model_not_allowed,
                             fmt::format("This key may not use the model '{}'.", route->model_name), "model");
    }
    if (auto refused = catalog::unavailable(*route)) return refused;
    for (const auto* row : route->candidates) {
        told.rows.push_back(explain_row(*scanned, body, *row));
        told.rows.back().why = catalog::reason_for(*from.models, *row, route->model_name, choice.id == row->id);
        told.rows.back().expected = relay::bill_for(*row, choice.prompt_tokens, choice.completion_tokens);
    }
    told.expected_tokens = choice.prompt_tokens + choice.completion_tokens;
    return std::nullopt;
}

// By the first row, which is the one that is asked if nothing goes wrong.
void look_at_limits(const cli_context& context, const settings& chosen, const access::principal& who,
                    explanation& told) {
    const auto& first = told.rows.front();
    const auto nano = limits::rate_of(chosen.budget, first.row->currency).value_or(limits::as_it_is);
    const auto cost_pico = limits::at_rate(first.expected.bill.total().pico, nano);
    told.told =
        read_told_limits(*ready_store(context, chosen), who, told.expected_tokens, cost_pico, chosen.budget.days);
    told.refused = told.told->refused();
}

void run_explain(const cli_context& context, const explain_request& request) {
    const auto body = body_of(request);
    const settings chosen = require_settings(context);
    const auto from = read_catalog(context);
    explanation told;
    const access::key_table keys(from.keys->rows);
    const auto who = who_asks(from, keys, request);
    if (who) {
        if (request.key) told.key_text = key_text(**who);
        told.refused = fill(told, from, **who, chosen, body);
        if (const auto standing = told.refused ? std::nullopt : ask_for_standing(chosen, context)) {
            for (auto& row : told.rows) {
                if (const auto* one = circuit_of(standing->circuits, *row.row, *from.models)) row.circuit = *one;
                for (const auto& one : standing->loads) {
                    if (one.model_id == row.row->id) row.load = one;
                }
            }
        }
        if (!told.refused && !(*who)->limits.empty()) look_at_limits(context, chosen, **who, told);
    } else {
        told.refused = who.error();
    }
    fmt::print("{}", request.json ? explanation_as_json(told, chosen) : explanation_as_text(told, chosen));
    if (told.refused) throw exit_with{1};
}

}  // namespace

void add_explain_command(CLI::App& app, cli_context& context) {
    auto* command = app.add_subcommand(
        "explain",
        "What would become of a request: limits and budgets, rows in order, prices, timeouts, what is rewritten; sends "
        "nothing");
    const auto request = std::make_shared<explain_request>();
    command->add_option("--model", request->model, "The model a request names");
    command->add_option("--id", request->id, "The id a request names");
    command->add_option("--body", request->file, "A file with the body of a request, - for standard input");
    command->add_option("--key", request->key, "Who asks: a key's id, public_id or name, or the key itself");
    command->add_flag("--json", request->json, "As JSON");
    command->callback([&context, request] { run_explain(context, *request); });
}

}  // namespace ferry::app
