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
#include "app/cli/table.hpp"

namespace ferry::app {
namespace {

std::string rows_text(std::size_t count) {
    return fmt::format("{} {}", count, count == 1 ? "row" : "rows");
}

struct price_change {
    const store::model_row* row;
    const published_price* to;
};

std::vector<published_price> read_table(const model_prices& wanted) {
    if (!wanted.file) return parse_prices(shipped_prices, "config/prices.toml");
    std::ifstream in(*wanted.file);
    if (!in) refuse_usage(fmt::format("cannot read {}: {}", *wanted.file, std::strerror(errno)));
    return parse_prices(std::string(std::istreambuf_iterator<char>(in), {}), *wanted.file);
}

bool is_equal(const store::model_row& row, const published_price& price) {
    return row.input_price_pico == price.input && row.output_price_pico == price.output &&
           row.cached_input_price_pico == price.cached_input && row.currency == price.currency;
}

void show(const std::vector<price_change>& changes) {
    constexpr auto unit = price_unit::per_million;
    std::vector<std::vector<std::string>> cells;
    std::set<std::string> notes;
    for (const auto& [row, to] : changes) {
        cells.push_back({std::to_string(row->id), row->model_name, prices_text(*row, unit), price_text(to->input, unit),
                         price_text(to->cached_input, unit), price_text(to->output, unit), to->currency, to->read});
        notes.insert(fmt::format("{}: {}{}{}", to->model, to->source, to->note.empty() ? "" : "; ", to->note));
    }
    constexpr auto right = align::right;
    fmt::print("{}\nPer 1,000,000 tokens, as published that day by:\n",
               aligned_table({{"id", right},
                              {"model"},
                              {"price now"},
                              {"input", right},
                              {"cached", right},
                              {"output", right},
                              {"currency"},
                              {"read"}},
                             cells));
    for (const auto& note : notes) fmt::print("  {}\n", note);
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

void write(store::model_store& models, const price_change& change) {
    const auto column = [](const char* name, std::int64_t pico) {
        return store::column_value{name, price_text(pico, price_unit::per_thousand)};
    };
    const std::vector<store::column_value> columns = {column("input_cost_per_1k", change.to->input),
                                                      column("cached_input_cost_per_1k", change.to->cached_input),
                                                      column("output_cost_per_1k", change.to->output),
                                                      {"currency", change.to->currency}};
    models.change_model(change.row->id, columns);
}

}  // namespace

void fill_prices(const cli_context& context, const model_prices& wanted) {
    const auto table = read_table(wanted);
    const auto models = ready_store(context)->models();
    const auto rows = models->list_models();
    std::vector<price_change> changes;
    std::size_t kept = 0, unknown = 0;
    for (const store::model_row& row : rows) {
        const auto* price = find_price(table, row);
        if (price == nullptr) {
            unknown += has_price(row) ? 0 : 1;
        } else if (!is_equal(row, *price)) {
            if (has_price(row) && !wanted.replace) {
                ++kept;
            } else {
                changes.push_back({&row, price});
            }
        }
    }
    if (!changes.empty()) show(changes);
    if (kept > 0) fmt::print("Kept: {} with another price; --replace changes them too.\n", rows_text(kept));
    if (unknown > 0) fmt::print("Not in the table: {} without a price.\n", rows_text(unknown));
    if (changes.empty()) return fmt::print("There is nothing to write.\n");
    if (!wanted.apply && !is_wanted()) return;
    for (const auto& change : changes) write(*models, change);
    fmt::print("Changed: {}.\n", rows_text(changes.size()));
}

}  // namespace ferry::app
