#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>

#include "app/cli/action.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/provider_bill.hpp"
#include "app/cli/table.hpp"
#include "app/cli/usage_actions.hpp"
#include "base/time_text.hpp"
#include "store/usage_store.hpp"

namespace ferry::app {
namespace {

constexpr std::int64_t us_per_day = 86'400'000'000;
constexpr int percent_scale = 6;

struct check_request {
    std::string bill, columns, tolerance = "0.5%";
    std::optional<std::string> provider;
    bool json = false;
};

struct difference {
    bill_key key;
    bill_figure figure;
    int128 billed, booked;
};

std::string file_text(const std::string& path) {
    std::ifstream in(path);
    if (!in) refuse_usage(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    return {std::istreambuf_iterator<char>(in), {}};
}

// In millionths of a per cent.
std::int64_t tolerance_of(std::string text) {
    if (text.ends_with('%')) text.pop_back();
    const auto value = parse_decimal(text, percent_scale);
    if (!value || *value > 100'000'000) refuse_usage("--tolerance must be per cent from 0% to 100%, such as 0.5%");
    return *value;
}

// What a provider may have counted: a request that it answered, or that used something.
bool is_billed(const store::usage_row& row) {
    return !store::counts_as_error(row.status, row.error_code.has_value()) || row.prompt_tokens ||
           row.completion_tokens;
}

// The rows of the days of the bill, summed up as it is.
std::map<bill_key, bill_sums> booked_sums(store::usage_store& usage, const provider_bill& bill,
                                          const check_request& request) {
    store::usage_filter wanted;
    wanted.provider = request.provider;
    wanted.since_us = parse_time(std::get<0>(bill.lines.begin()->first));
    wanted.until_us = *parse_time(std::get<0>(bill.lines.rbegin()->first)) + us_per_day;
    std::map<bill_key, bill_sums> sums;
    std::set<std::string> currencies;
    usage.scan(wanted, [&](const store::usage_row& row) {
        if (row.upstream_model.empty() || !is_billed(row)) return;
        if (row.cost_pico != 0) currencies.insert(row.currency);
        constexpr std::size_t length_of_day = 10;
        auto& own = sums[{time_text(row.started_at_us).substr(0, length_of_day), row.upstream_model,
                          bill.has_currency ? row.currency : ""}];
        const int128 more[] = {1, row.prompt_tokens.value_or(0), row.completion_tokens.value_or(0),
                               row.cached_tokens.value_or(0), row.cost_pico};
        for (std::size_t i = 0; i < bill_figures; ++i) own[i] += more[i];
    });
    const bool has_cost = bill.has[static_cast<std::size_t>(bill_figure::cost)];
    if (has_cost && !bill.has_currency && currencies.size() > 1)
        throw std::runtime_error(
            fmt::format("the rows of these days are in {}, and the bill has no column of the currency: name one with "
                        "--columns currency=NAME, or choose the rows with --provider",
                        fmt::join(currencies, " and ")));
    return sums;
}

int128 magnitude(int128 value) {
    return value < 0 ? -value : value;
}

// |billed - booked| / billed > tolerance, in integers.
bool is_beyond(int128 billed, int128 booked, std::int64_t tolerance) {
    constexpr int128 whole = 100'000'000;  // 100 %
    return magnitude(billed - booked) * whole > magnitude(billed) * tolerance;
}

std::vector<difference> compare(const provider_bill& bill, const std::map<bill_key, bill_sums>& booked,
                                std::int64_t tolerance) {
    auto all = booked;
    for (const auto& [key, sums] : bill.lines) all.try_emplace(key);
    std::vector<difference> found;
    for (const auto& [key, own] : all) {
        const auto told = bill.lines.find(key);
        for (std::size_t i = 0; i < bill_figures; ++i) {
            const int128 billed = told == bill.lines.end() ? 0 : told->second[i];
            if (bill.has[i] && is_beyond(billed, own[i], tolerance))
                found.push_back({key, static_cast<bill_figure>(i), billed, own[i]});
        }
    }
    return found;
}

std::string figure_text(bill_figure figure, int128 value) {
    return format_decimal(value, figure == bill_figure::cost ? money_scale : 0);
}

// "+1.25%" of the bill
std::string percent_text(const difference& one) {
    if (one.billed == 0) return "-";
    constexpr int128 hundredths = 10'000;
    const int128 off = one.booked - one.billed;
    const int128 billed = magnitude(one.billed);
    const int128 rounded = (magnitude(off) * hundredths + billed / 2) / billed;
    return (off < 0 ? "-" : "+") + format_decimal(rounded, 2) + "%";
}

void print_json(const provider_bill& bill, const std::vector<difference>& found) {
    json_object columns;
    for (const auto& [name, column] : bill.columns) columns.text(name, column);
    std::vector<std::string> lines;
    for (const auto& one : found) {
        json_object line;
        line.text("day", std::get<0>(one.key)).text("model", std::get<1>(one.key));
        if (bill.has_currency) line.text("currency", std::get<2>(one.key));
        line.text("figure", name_of(one.figure)).text("bill", figure_text(one.figure, one.billed));
        line.text("ferry", figure_text(one.figure, one.booked));
        line.text("difference", figure_text(one.figure, one.booked - one.billed));
        lines.push_back(line.take());
    }
    json_object made;
    made.raw("columns", columns.take()).number("lines", static_cast<int128>(bill.lines.size()));
    made.raw("differences", fmt::format("[{}]", fmt::join(lines, ",")));
    fmt::print("{}\n", made.take());
}

void print_text(const provider_bill& bill, const std::vector<difference>& found, const std::string& tolerance) {
    std::string columns;
    for (const auto& [name, column] : bill.columns)
        columns += fmt::format("{}{}={}", columns.empty() ? "" : ", ", name, column);
    std::vector<std::vector<std::string>> cells;
    for (const auto& one : found) {
        cells.push_back({std::get<0>(one.key), std::get<1>(one.key), std::string(name_of(one.figure)),
                         figure_text(one.figure, one.billed), figure_text(one.figure, one.booked),
                         figure_text(one.figure, one.booked - one.billed), percent_text(one), std::get<2>(one.key)});
    }
    std::vector<table_column> heads = {{"day"},
                                       {"model"},
                                       {"figure"},
                                       {"bill", align::right},
                                       {"Ferry", align::right},
                                       {"difference", align::right},
                                       {"of the bill", align::right},
                                       {"currency"}};
    if (!bill.has_currency) {
        heads.pop_back();
        for (auto& line : cells) line.pop_back();
    }
    // A table, for it is the file's text.
    fmt::print("{}", aligned_table({{"columns of the bill: " + columns}}, {}));
    if (!found.empty()) fmt::print("\n{}\n", aligned_table(heads, cells));
    fmt::print("{} lines of day and model in the bill; {} figures differ by more than {}.\n", bill.lines.size(),
               found.size(), tolerance);
}

void run_check(const cli_context& context, const check_request& request) {
    const auto tolerance = tolerance_of(request.tolerance);
    const auto bill = parse_bill(file_text(request.bill), request.columns);
    if (bill.lines.empty()) throw std::runtime_error("the bill has a header and nothing below it");
    const auto db = ready_store(context);
    const auto found = compare(bill, booked_sums(*db->usage(), bill, request), tolerance);
    request.json ? print_json(bill, found) : print_text(bill, found, request.tolerance);
    if (!found.empty()) throw exit_with{1};
}

}  // namespace

void add_usage_check(CLI::App& usage, cli_context& context) {
    const auto request = std::make_shared<check_request>();
    auto* action = add_action(usage, context, request, "check",
                              "A provider's bill beside the rows, by day (UTC) and model; 1 if they differ", run_check);
    action
        ->add_option("--bill", request->bill,
                     "CSV with a header: day, model, and any of requests, prompt, completion and "
                     "cached tokens, cost, currency")
        ->required();
    action->add_option("--columns", request->columns,
                       "Which column is what, where its name does not say: day=Usage Date,cost=Amount due");
    action->add_option("--provider", request->provider, "The rows that this service answered alone");
    action->add_option("--tolerance", request->tolerance, "Differences up to so much of the bill are none (0.5%)");
}

}  // namespace ferry::app
