#include "app/cli/limit_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/cli/open_store.hpp"
#include "base/decimal.hpp"

namespace ferry::app {
namespace {

struct number_option {
    const char* name;
    std::optional<std::int64_t> limit_options::*given;
    bool limit_options::*cleared;
    std::optional<std::int64_t> store::limit_columns::*column;
    const char* help;
    std::int64_t store::limit_use_row::*counted;  // null where nothing is counted
};

constexpr number_option numbers[] = {
    {"rpm", &limit_options::rpm, &limit_options::no_rpm, &store::limit_columns::rpm, "Requests in any minute",
     &store::limit_use_row::minute_requests},
    {"tpm", &limit_options::tpm, &limit_options::no_tpm, &store::limit_columns::tpm, "Tokens in any minute",
     &store::limit_use_row::minute_tokens},
    {"rpd", &limit_options::rpd, &limit_options::no_rpd, &store::limit_columns::rpd, "Requests in any 24 hours",
     &store::limit_use_row::day_requests},
    {"tpd", &limit_options::tpd, &limit_options::no_tpd, &store::limit_columns::tpd, "Tokens in any 24 hours",
     &store::limit_use_row::day_tokens},
    {"max-parallel", &limit_options::max_parallel, &limit_options::no_max_parallel, &store::limit_columns::max_parallel,
     "Requests at once", &store::limit_use_row::parallel},
    {"max-output-tokens", &limit_options::max_output_tokens, &limit_options::no_max_output_tokens,
     &store::limit_columns::max_output_tokens, "Tokens of one answer", nullptr},
};

std::optional<std::int64_t> left_of(const number_option& one, const store::limit_columns& limits,
                                    const limit_use& use) {
    const auto& limit = limits.*one.column;
    if (!limit || one.counted == nullptr) return std::nullopt;
    return std::max<std::int64_t>(*limit - use.counted.*one.counted, 0);
}

// "max-parallel": max_parallel_left
std::string name_of_left(const number_option& one) {
    std::string name = one.name;
    std::replace(name.begin(), name.end(), '-', '_');
    return name + "_left";
}

std::optional<std::string> column_text(const std::optional<std::int64_t>& value) {
    if (!value) return std::nullopt;
    return std::to_string(*value);
}
const std::optional<std::string>& column_text(const std::optional<std::string>& value) {
    return value;
}

std::int64_t budget_of(const std::string& text) {
    const auto amount = parse_decimal(text, money_scale);
    if (amount) return *amount;
    refuse_usage(fmt::format("--budget {}: an amount of money such as 5 or 0.50 is wanted, at most 9223372", text));
}

}  // namespace

void add_limit_options(CLI::App& command, limit_options& into) {
    for (const auto& one : numbers) {
        command.add_option(fmt::format("--{}", one.name), into.*one.given, one.help)->check(CLI::NonNegativeNumber);
    }
    command.add_option("--budget", into.budget, "What may be spent in a period, such as 5.00");
    command.add_option("--budget-period", into.budget_period, "When it begins anew (default: never, total)")
        ->check(CLI::IsMember({"hour", "day", "week", "month", "total"}));
    command.add_option("--budget-mode", into.budget_mode, "hard: then requests are refused (default); soft: a warning")
        ->check(CLI::IsMember({"hard", "soft"}));
}

void add_limit_clearing_options(CLI::App& command, limit_options& into) {
    for (const auto& one : numbers) {
        auto* const other = command.get_option(fmt::format("--{}", one.name));
        command.add_flag(fmt::format("--no-{}", one.name), into.*one.cleared, "No such limit")->excludes(other);
    }
    command.add_flag("--no-budget", into.no_budget, "No budget")->excludes(command.get_option("--budget"));
}

void apply(const limit_options& given, store::limit_columns& row) {
    for (const auto& one : numbers) {
        if (given.*one.given) row.*one.column = given.*one.given;
        if (given.*one.cleared) (row.*one.column).reset();
    }
    if (given.no_budget) row.budget_pico.reset(), row.budget_period.reset(), row.budget_mode.reset();
    if (given.budget) row.budget_pico = budget_of(*given.budget);
    if (given.budget_period) row.budget_period = given.budget_period;
    if (given.budget_mode) row.budget_mode = given.budget_mode;
}

void add_changed_limits(const store::limit_columns& before, const store::limit_columns& after,
                        std::vector<store::column_value>& to) {
    std::vector<store::column_value> old_values, new_values;
    const auto list_into = [](std::vector<store::column_value>& list) {
        return [&list](const char* name, const auto& value) { list.push_back({name, column_text(value)}); };
    };
    store::for_each_limit(before, list_into(old_values));
    store::for_each_limit(after, list_into(new_values));
    for (std::size_t i = 0; i != new_values.size(); ++i) {
        if (old_values[i].value != new_values[i].value) to.push_back(std::move(new_values[i]));
    }
}

void add_limits(json_object& object, const store::limit_columns& limits, const limit_use& use) {
    store::for_each_limit(limits, [&object](const char* name, const auto& value) {
        const auto text = column_text(value);
        if (!text) {
            object.raw(name, "null");
        } else if constexpr (std::is_same_v<std::decay_t<decltype(*value)>, std::int64_t>) {
            object.number(name, *value);
        } else {
            object.text(name, *value);
        }
    });
    for (const auto& one : numbers) {
        if (one.counted != nullptr) object.number_or_null(name_of_left(one), left_of(one, limits, use));
    }
    object.number_or_null("budget_spent_pico", use.spent_pico);
}

std::string limits_text(const store::limit_columns& limits, const limit_use& use) {
    std::vector<std::string> parts;
    for (const auto& one : numbers) {
        const auto& limit = limits.*one.column;
        if (!limit) continue;
        parts.push_back(fmt::format("{} {}", *limit, one.name));
        const auto left = left_of(one, limits, use);
        if (left && *left != *limit) parts.back() += fmt::format(" ({} left)", *left);
    }
    if (limits.budget_pico) {
        parts.push_back(fmt::format("{}budget {}/{} ({} spent)", limits.budget_mode == "soft" ? "soft " : "",
                                    format_decimal(*limits.budget_pico, money_scale),
                                    limits.budget_period.value_or("total"),
                                    format_decimal(use.spent_pico.value_or(0), money_scale)));
    }
    return parts.empty() ? "-" : fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace ferry::app
