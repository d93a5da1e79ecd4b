#include "app/cli/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/price_words.hpp"
#include "app/cli/table.hpp"
#include "openai/fault_map.hpp"
#include "provider/provider.hpp"

namespace ferry::app {
namespace {

struct limit_line {
    const char* name;
    std::chrono::milliseconds value;
    bool is_own;  // the row's, not the configuration's
};

std::vector<limit_line> limits_of(const catalog::candidate& row, const settings& chosen) {
    const auto line = [](const char* name, const auto& own, std::chrono::milliseconds usual) {
        return limit_line{name, own.value_or(usual), own.has_value()};
    };
    return {line("connect", row.limits.connect, chosen.upstream.connect),
            line("first_byte", row.limits.first_byte, chosen.relay.first_byte),
            line("idle", row.limits.idle, chosen.relay.idle), line("total", row.limits.total, chosen.relay.total)};
}

std::string price_line(const catalog::candidate& row) {
    if (!row.price.is_known) return "unknown, so nothing is billed";
    const auto one = [](std::int64_t pico) { return format_decimal(pico, price_scale); };
    return fmt::format("{} input, {} cached input, {} output, {} per 1,000 tokens", one(row.price.input),
                       one(row.price.cached_input), one(row.price.output), row.currency);
}

// The prices that have no column, and which tier such a prompt falls into.
std::string further_lines(const explained_row& each) {
    const auto& row = *each.row;
    constexpr auto unit = price_unit::per_thousand;
    std::string text;
    const auto further = in_words(shown_prices(row.further, unit));
    if (!further.empty()) text += fmt::format("   further   {}\n", further);
    const auto units = in_words(shown_prices(row.unit_prices));
    if (!units.empty()) text += fmt::format("   units     {}, each\n", units);
    for (const auto& tier : row.tiers) {
        const bool holds = each.expected.tier == &tier;
        text += fmt::format("   tier      {}{}\n", tier_words(tier, unit), holds ? " (holds for this request)" : "");
    }
    return text;
}

std::string expected_line(const explained_row& each) {
    const auto& expected = each.expected;
    std::string parts;
    for (const auto& line : expected.bill.lines()) {
        parts += fmt::format("{}{} {} at {}", parts.empty() ? "" : ", ", line.count, usage::to_text(line.part),
                             format_decimal(line.pico, usage::is_of_tokens(line.part) ? price_scale : money_scale));
    }
    return fmt::format("   expected  {} {} ({})\n", format_decimal(expected.bill.total().pico, money_scale),
                       each.row->currency, parts);
}

std::string circuit_line(const told_circuit& is) {
    return fmt::format("   circuit   {} ({}), {} for {:.1f} s: {}: {}\n", is.state, is.level,
                       is.refuses ? "not asked" : "asked after others", static_cast<double>(is.left_ms) / 1000,
                       is.error_code, is.reason);
}

std::string parallel_line(const explained_row& each, const settings& chosen) {
    const auto wait = each.row->queue_timeout.value_or(chosen.relay.retry.queue_timeout);
    std::string now;
    if (each.load) now = fmt::format("; now {}, and {} wait", each.load->in_use, each.load->waiting);
    return fmt::format("   parallel  at most {} at once, others wait up to {} ms{}\n", each.row->max_parallel,
                       wait.count(), now);
}

std::string row_text(const explained_row& each, std::size_t number, const settings& chosen) {
    const auto& row = *each.row;
    std::string text =
        fmt::format("\n{}. row {} {} ({}): {}\n", number, row.id, row.model_name, row.service->name, each.why);
    text += fmt::format("   url       {}\n   price     {}\n", each.url, price_line(row));
    text += further_lines(each);
    if (each.expected.is_known) text += expected_line(each);
    if (each.row->max_parallel != 0) text += parallel_line(each, chosen);
    if (each.circuit) text += circuit_line(*each.circuit);
    text += "   timeouts ";
    for (const auto& one : limits_of(row, chosen)) {
        text += fmt::format(" {} {} ms{}", one.name, one.value.count(), one.is_own ? " (row)" : "");
    }
    text += "\n   head\n";
    for (std::string_view head = each.head; !head.empty();) {
        const auto end = std::min(head.find("\r\n"), head.size());
        if (end > 0) text += fmt::format("     {}\n", head.substr(0, end));
        head.remove_prefix(std::min(end + 2, head.size()));
    }
    text += fmt::format("   body      {} bytes, {} edits\n", each.body_bytes, each.edits.size());
    for (const auto& edit : each.edits) {
        text += fmt::format("     at byte {}\n", edit.offset);
        if (!edit.removed.empty()) text += fmt::format("       - {}\n", json_string(edit.removed));
        if (!edit.inserted.empty()) text += fmt::format("       + {}\n", json_string(edit.inserted));
    }
    return text;
}

std::string row_json(const explained_row& each, const settings& chosen) {
    const auto& row = *each.row;
    json_object timeouts;
    for (const auto& one : limits_of(row, chosen)) timeouts.number(fmt::format("{}_ms", one.name), one.value.count());
    std::vector<std::string> edits;
    for (const auto& edit : each.edits) {
        json_object one;
        one.number("offset", static_cast<std::int64_t>(edit.offset));
        edits.push_back(one.text("removed", edit.removed).text("inserted", edit.inserted).take());
    }
    json_object made;
    made.number("id", row.id).text("model_name", row.model_name).text("provider", row.service->name);
    made.text("why", each.why).text("url", each.url).text("upstream_model", row.upstream_model);
    made.text("input_cost_per_1k", format_decimal(row.price.input, price_scale));
    made.text("cached_input_cost_per_1k", format_decimal(row.price.cached_input, price_scale));
    made.text("output_cost_per_1k", format_decimal(row.price.output, price_scale)).text("currency", row.currency);
    made.flag("has_price", row.price.is_known);
    if (each.expected.is_known)
        made.text("expected_cost", format_decimal(each.expected.bill.total().pico, money_scale));
    made.members(relay::prices_json(row, each.expected));
    made.number("priority", row.priority).number("weight", row.weight).raw("timeouts", timeouts.take());
    made.text("head", each.head).number("body_bytes", static_cast<std::int64_t>(each.body_bytes));
    made.raw("edits", fmt::format("[{}]", fmt::join(edits, ",")));
    if (each.row->max_parallel != 0) {
        json_object parallel;
        parallel.number("most", each.row->max_parallel);
        parallel.number("queue_timeout_ms", each.row->queue_timeout.value_or(chosen.relay.retry.queue_timeout).count());
        if (each.load) parallel.number("in_use", each.load->in_use).number("waiting", each.load->waiting);
        made.raw("parallel", parallel.take());
    }
    if (each.circuit) {
        json_object circuit;
        circuit.text("level", each.circuit->level).text("state", each.circuit->state);
        circuit.flag("refuses", each.circuit->refuses).text("error_code", each.circuit->error_code);
        made.raw("circuit", circuit.number("left_ms", each.circuit->left_ms).take());
    }
    return made.take();
}

std::string limits_text(const told_limits& told) {
    std::string text;
    for (const auto& [who, is] : told.limits) {
        const bool counts_tokens = is.of == limits::measure::tokens_a_minute || is.of == limits::measure::tokens_a_day;
        text += fmt::format("limit: {} {} of the {}: {} used, {} left", limits::to_text(is.of), is.limit,
                            access::to_text(who), is.used, is.left());
        if (counts_tokens) text += fmt::format("; this request counts {}", told.expected_tokens);
        text += is.wait_ms ? ": it refuses\n" : "\n";
    }
    for (const auto& one : told.budgets) {
        const auto& limits = *one.limits;
        const auto spent = one.spent_pico.value_or(0);
        const auto money = [](std::int64_t pico) {
            return format_decimal(std::max<std::int64_t>(pico, 0), money_scale);
        };
        text +=
            fmt::format("budget: {} {} of the {}{}: {} spent, {} left", money(limits.budget_pico),
                        limits::period_words(limits.period), access::to_text(limits.who),
                        limits.is_soft ? ", which only warns" : "", money(spent), money(limits.budget_pico - spent));
        text += one.lacks(told.expected_pico) ? ": it refuses\n" : "\n";
    }
    return text;
}

}  // namespace

std::string explanation_as_text(const explanation& of, const settings& chosen) {
    std::string text;
    if (!of.key_text.empty()) text += fmt::format("key: {}\n", of.key_text);
    if (!of.model_name.empty()) text += fmt::format("model: {}\n", of.model_name);
    if (of.told) text += limits_text(*of.told);
    if (of.refused) {
        const auto answer = openai::map_fault(*of.refused);
        return text + fmt::format("refused: {} {}: {}\n", answer.status, answer.code, of.refused->message);
    }
    std::size_t number = 0;
    for (const auto& each : of.rows) text += row_text(each, ++number, chosen);
    return text;
}

std::string explanation_as_json(const explanation& of, const settings& chosen) {
    std::vector<std::string> rows;
    for (const auto& each : of.rows) rows.push_back(row_json(each, chosen));
    json_object made;
    made.flag("allowed", !of.refused).text("key", of.key_text).text("model", of.model_name);
    if (of.refused) made.raw("error", relay::refusal_json(*of.refused));
    if (of.told) {
        made.raw("limits", relay::limits_json(of.told->limits)).number("counted_tokens", of.told->expected_tokens);
        made.raw("budgets", relay::budgets_json(of.told->budgets, of.told->expected_pico));
    }
    made.raw("candidates", fmt::format("[{}]", fmt::join(rows, ",")));
    return made.take() + "\n";
}

}  // namespace ferry::app
