#include "app/cli/model_test.hpp"

#include <fmt/format.h>

#include "app/cli/open_store.hpp"
#include "app/cli/probe.hpp"
#include "app/cli/read_catalog.hpp"
#include "app/cli/table.hpp"
#include "app/cli/time_argument.hpp"
#include "openai/fault_map.hpp"
#include "provider/provider.hpp"

namespace ferry::app {
namespace {

// What the operator can do about it, where the fault's own text does not say.
std::string_view advice(const fault& why) {
    switch (why.code) {
        case fault_code::upstream_auth_error:
        case fault_code::upstream_permission_denied:
            return "Check the row's api_key and auth_scheme: `ferry models set ID --key KEY`.";
        case fault_code::upstream_insufficient_balance:
            return "Top up the account, or disable the row until then: `ferry models disable ID`.";
        case fault_code::upstream_dns_error:
            return "Check the host of api_endpoint, and that this machine can resolve it.";
        case fault_code::upstream_unreachable:
        case fault_code::upstream_connect_timeout:
            return "Check host and port of api_endpoint, firewalls, and upstream.denied_networks.";
        case fault_code::upstream_tls_error:
            return "Check the certificate, or name the authority to trust in upstream.ca_file.";
        case fault_code::upstream_model_not_found:
            return "Check upstream_model: it must be a name the service knows.";
        case fault_code::upstream_bad_endpoint:
        case fault_code::upstream_invalid_response:
            return "Check that api_endpoint is a base URL or the URL of chat completions.";
        case fault_code::upstream_timeout:
            return "If the service needs longer: --timeout for this test, timeouts or the row's own for requests.";
        case fault_code::upstream_rate_limited:
        case fault_code::upstream_overloaded:
            return "The row works, but the service has no room now: try again later.";
        default:
            return "";
    }
}

std::string milliseconds_text(std::int64_t us) {
    return fmt::format("{}.{:03} ms", us / 1000, us % 1000);
}

std::string token_text(const std::optional<std::int64_t>& count) {
    return count ? fmt::to_string(*count) : "?";
}

std::vector<std::vector<std::string>> lines_of(const catalog::candidate& row, const probe_result& got) {
    std::vector<std::vector<std::string>> lines;
    const auto line = [&lines](const char* name, std::string text) { lines.push_back({name, std::move(text)}); };
    line("row", fmt::format("{} {} ({})", row.id, row.model_name, row.service->name));
    line("asked", fmt::format("{}://{}{}", row.where.is_tls ? "https" : "http", row.where.host_header,
                              row.where.target.substr(0, row.where.target.find('?'))));
    // What took no time was not reached, or not needed: an address is not looked up.
    if (got.dialled.resolve_us > 0) line("resolve", milliseconds_text(got.dialled.resolve_us));
    if (got.dialled.connect_us > 0) line("connect", milliseconds_text(got.dialled.connect_us));
    if (got.dialled.proxy_us > 0) line("proxy", milliseconds_text(got.dialled.proxy_us));
    if (got.dialled.tls_us > 0) line("TLS", milliseconds_text(got.dialled.tls_us));
    if (got.first_byte_us) line("first byte", milliseconds_text(*got.first_byte_us));
    line("total", milliseconds_text(got.total_us));
    if (got.status != 0) line("status", fmt::to_string(got.status));
    if (!got.model.empty()) line("model", got.model);
    if (!got.finish_reason.empty()) line("finish reason", got.finish_reason);
    if (got.usage) {
        line("tokens",
             fmt::format("{} prompt, {} completion", token_text(got.usage->prompt), token_text(got.usage->completion)));
    }
    if (got.adjusted.any()) line("asked without", provider::names_of(got.adjusted));
    return lines;
}

void print_text(const catalog::candidate& row, const probe_result& got) {
    fmt::print("{}", aligned_table({{"TEST"}, {got.failed ? "FAILED" : "OK"}}, lines_of(row, got)));
    if (!got.failed) return;
    fmt::print(stderr, "error: {}: {}{}{}\n", openai::code_text(*got.failed), got.failed->full_text(),
               advice(*got.failed).empty() ? "" : " ", advice(*got.failed));
}

std::string usage_json(const openai::token_usage& usage) {
    json_object made;
    if (usage.prompt) made.number("prompt_tokens", *usage.prompt);
    if (usage.completion) made.number("completion_tokens", *usage.completion);
    if (usage.total) made.number("total_tokens", *usage.total);
    return made.take();
}

void print_json(const catalog::candidate& row, const probe_result& got) {
    json_object made;
    made.flag("ok", !got.failed).number("id", row.id).text("model_name", row.model_name);
    made.text("provider", row.service->name);
    if (got.dialled.resolve_us > 0) made.number("resolve_us", got.dialled.resolve_us);
    if (got.dialled.connect_us > 0) made.number("connect_us", got.dialled.connect_us);
    if (got.dialled.proxy_us > 0) made.number("proxy_us", got.dialled.proxy_us);
    if (got.dialled.tls_us > 0) made.number("tls_us", got.dialled.tls_us);
    if (got.first_byte_us) made.number("first_byte_us", *got.first_byte_us);
    made.number("total_us", got.total_us).number("status", got.status);
    if (!got.model.empty()) made.text("model", got.model);
    if (!got.finish_reason.empty()) made.text("finish_reason", got.finish_reason);
    if (got.usage) made.raw("usage", usage_json(*got.usage));
    if (got.adjusted.any()) made.text("adjusted", provider::names_of(got.adjusted));
    if (got.failed) {
        json_object error;
        error.text("code", openai::code_text(*got.failed)).text("message", got.failed->full_text());
        made.raw("error", error.text("advice", advice(*got.failed)).take());
    }
    fmt::print("{}\n", made.take());
}

}  // namespace

void test_model(const cli_context& context, const model_test& wanted) {
    const auto patience = parse_span(wanted.timeout).value_or(0) / 1000;
    if (patience == 0) refuse_usage("--timeout must be a span such as 30s or 2m");
    const settings chosen = require_settings(context);
    const auto models = read_catalog(context);
    const auto& row = find_usable_row(models, wanted.which);
    const auto got = probe(chosen, row, wanted.stream, std::chrono::milliseconds(patience));
    wanted.json ? print_json(row, got) : print_text(row, got);
    if (got.failed) throw exit_with{1};
}

}  // namespace ferry::app
