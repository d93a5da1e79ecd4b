#include "app/cli/model_prices.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

#include "app/cli/model_list.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/price_table.hpp"
#include "app/cli/price_words.hpp"
#include "app/cli/table.hpp"
#include "base/decimal.hpp"

namespace ferry::app {
namespace {

constexpr auto shown_unit = price_unit::per_million;

std::string rows_text(std::size_t count) {
    return fmt::format("{} {}", count, count == 1 ? "row" : "rows");
}

struct price_change {
    const store::model_row* row;
    const published_price* to;
};

// What the table makes of the rows.
struct price_changes {
    std::vector<price_change> all;
    std::size_t kept = 0;     // rows with another price
    std::size_t unknown = 0;  // rows without one, of which the table knows nothing
};

std::vector<published_price> read_table(const model_prices& wanted) {
    if (!wanted.file) return parse_prices(shipped_prices, "config/prices.toml");
    std::ifstream in(*wanted.file);
    if (!in) refuse_usage(fmt::format("cannot read {}: {}", *wanted.file, std::strerror(errno)));
    return parse_prices(std::string(std::istreambuf_iterator<char>(in), {}), *wanted.file);
}

price_changes find_changes(const std::vector<published_price>& table, const std::vector<store::model_row>& rows,
                           bool replace) {
    price_changes found;
    for (const store::model_row& row : rows) {
        const auto* price = find_price(table, row);
        if (price == nullptr) {
            found.unknown += has_price(row) || row.unit_prices ? 0 : 1;
        } else if (!is_filled_in(row, *price)) {
            if (replace || agrees(row, *price)) {
                found.all.push_back({&row, price});
            } else {
                ++found.kept;
            }
        }
    }
    return found;
}

// What has no column of its own: a line for each row.
std::string further_text(const price_change& change) {
    const auto column = merged_unit_prices(*change.row, *change.to);
    const auto parsed = catalog::parse_unit_prices(column, change.to->tokens.value_or(catalog::prices()), true);
    if (!parsed) return column;
    std::vector<std::string> parts;
    const auto add = [&parts](const std::vector<shown_price>& prices, const char* each) {
        if (!prices.empty()) parts.push_back(in_words(prices) + each);
    };
    auto of_tokens = parsed->further;
    of_tokens.request.reset();
    add(shown_prices(of_tokens, shown_unit), "");
    if (parsed->further.request) add({{"request", format_decimal(*parsed->further.request, money_scale)}}, " each");
    add(shown_prices(parsed->units), " each");
    for (const auto& tier : parsed->tiers) parts.push_back(tier_words(tier, shown_unit));
    return fmt::format("{}", fmt::join(parts, "; "));
}

void show(const std::vector<price_change>& changes) {
    std::vector<std::vector<std::string>> cells;
    std::set<std::string> notes;
    std::string further;
    for (const auto& change : changes) {
        const auto& [row, to] = change;
        const auto price = [to = to](std::int64_t catalog::prices::*which) {
            return to->tokens ? price_text((*to->tokens).*which, shown_unit) : std::string("-");
        };
        cells.push_back({std::to_string(row->id), row->model_name, prices_text(*row, shown_unit),
                         price(&catalog::prices::input), price(&catalog::prices::cached_input),
                         price(&catalog::prices::output), to->currency, to->read});
        if (!to->unit_prices.empty())
            further += fmt::format("  {} {}: {}\n", row->id, row->model_name, further_text(change));
        notes.insert(fmt::format("{}: {}{}{}", to->model, to->source, to->note.empty() ? "" : "; ", to->note));
    }
    constexpr auto right = align::right;
    fmt::print("{}", aligned_table({{"id", right},
                                    {"model"},
                                    {"price now"},
                                    {"input", right},
                                    {"cached", right},
                                    {"output", right},
                                    {"currency"},
                                    {"read"}},
                                   cells));
    if (!further.empty()) fmt::print("Further prices:\n{}", further);
    fmt::print("Per 1,000,000 tokens, as published that day by:\n");
    for (const auto& note : notes) fmt::print("  {}\n", note);
}

std::vector<store::column_value> columns_of(const price_change& change) {
    std::vector<store::column_value> columns;
    const auto add = [&columns](const char* name, std::int64_t pico) {
        columns.push_back({name, price_text(pico, price_unit::per_thousand)});
    };
    if (const auto& tokens = change.to->tokens) {
        add("input_cost_per_1k", tokens->input);
        add("cached_input_cost_per_1k", tokens->cached_input);
        add("output_cost_per_1k", tokens->output);
    }
    columns.push_back({"currency", change.to->currency});
    if (!change.to->unit_prices.empty())
        columns.push_back({"unit_prices", merged_unit_prices(*change.row, *change.to)});
    return columns;
}

// What would be written, by the names of the columns.
std::string change_json(const price_change& change) {
    json_object columns, made;
    for (const auto& one : columns_of(change)) columns.text_or_null(one.column, one.value);
    made.number("id", change.row->id).text("model_name", change.row->model_name).raw("columns", columns.take());
    made.text("price_now", prices_text(*change.row, price_unit::per_thousand));
    made.text_or_null("unit_prices_now", change.row->unit_prices);
    return made.text("source", change.to->source).text("read", change.to->read).text("note", change.to->note).take();
}

void print_json(const price_changes& changes, bool is_written) {
    std::vector<std::string> all;
    for (const auto& one : changes.all) all.push_back(change_json(one));
    json_object made;
    made.flag("written", is_written).raw("changes", fmt::format("[{}]", fmt::join(all, ",")));
    made.number("kept", static_cast<std::int64_t>(changes.kept));
    fmt::print("{}\n", made.number("unknown", static_cast<std::int64_t>(changes.unknown)).take());
}

bool is_wanted() {
    if (::isatty(STDIN_FILENO) == 0) {
        fmt::print("Nothing was written: `ferry models prices --apply` writes them.\n");
        return false;
    }
    fmt::print("Write these prices? [y/N] ");
    std::fflush(stdout);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

void write_all(store::model_store& models, const price_changes& changes) {
    for (const auto& change : changes.all) models.change_model(change.row->id, columns_of(change));
}

}  // namespace

void fill_prices(const cli_context& context, const model_prices& wanted) {
    const auto table = read_table(wanted);
    const auto models = ready_store(context)->models();
    const auto rows = models->list_models();
    const auto changes = find_changes(table, rows, wanted.replace);
    if (wanted.json) {
        if (wanted.apply) write_all(*models, changes);
        return print_json(changes, wanted.apply);
    }
    if (!changes.all.empty()) show(changes.all);
    if (changes.kept > 0)
        fmt::print("Kept: {} with another price; --replace changes them too.\n", rows_text(changes.kept));
    if (changes.unknown > 0) fmt::print("Not in the table: {} without a price.\n", rows_text(changes.unknown));
    if (changes.all.empty()) return fmt::print("There is nothing to write.\n");
    if (!wanted.apply && (wanted.dry_run || !is_wanted())) return;
    write_all(*models, changes);
    fmt::print("Changed: {}.\n", rows_text(changes.all.size()));
}

}  // namespace ferry::app
