#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "app/cli/action.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/table.hpp"
#include "app/cli/terminal_text.hpp"
#include "app/cli/usage_actions.hpp"
#include "base/decimal.hpp"
#include "usage/row_bill.hpp"

namespace ferry::app {
namespace {

struct recompute_request {
    std::string id;
    bool json = false;
};

int128 amount_of(const usage::bill_line& line) {
    return static_cast<int128>(line.count) * line.pico;
}

std::string price_of(const usage::bill_line& line) {
    return is_of_tokens(line.part) ? format_decimal(line.pico, price_scale) + " per 1,000"
                                   : format_decimal(line.pico, money_scale) + " each";
}

std::string name_of(const usage::bill_line& line, const store::usage_row& row) {
    if (line.part == usage::bill_part::units) return row.unit_kind.value_or("units");
    return std::string(usage::to_text(line.part));
}

store::usage_row find_row(store::usage_store& usage, const std::string& id) {
    std::optional<store::usage_row> found;
    store::usage_filter wanted;
    wanted.request_id = id;
    usage.scan(wanted, [&found](const store::usage_row& row) { found = row; });
    if (found) return *found;
    throw std::runtime_error(fmt::format(
        "there is no usage row of the request {}: its id stands in x-ferry-request-id of its answer, in the "
        "access log, and in request_id of usage_records",
        id));
}

void print_json(const store::usage_row& row, const usage::bill& bill) {
    std::vector<std::string> lines;
    for (const auto& line : bill.lines()) {
        json_object made;
        made.text("part", name_of(line, row)).number("count", line.count).number("price_pico", line.pico);
        made.text("cost", format_decimal(amount_of(line), money_scale));
        lines.push_back(made.take());
    }
    json_object made;
    made.text("request_id", row.request_id).text("currency", row.currency);
    made.raw("lines", fmt::format("[{}]", fmt::join(lines, ",")));
    made.number("cost_pico", bill.total().pico).number("stored_cost_pico", row.cost_pico);
    made.flag("saturated", bill.total().is_saturated).flag("equal", bill.total().pico == row.cost_pico);
    row.tags ? made.raw("tags", *row.tags) : made.raw("tags", "null");
    fmt::print("{}\n", made.take());
}

void print_text(const store::usage_row& row, const usage::bill& bill) {
    std::vector<std::vector<std::string>> cells;
    for (const auto& line : bill.lines()) {
        cells.push_back({name_of(line, row), format_decimal(line.count, 0), price_of(line),
                         format_decimal(amount_of(line), money_scale)});
    }
    const auto total = format_decimal(bill.total().pico, money_scale);
    cells.push_back({"sum", "", "", total});
    fmt::print("{} ({}), in {}\n\n", row.request_id, terminal_text(row.model_name), terminal_text(row.currency));
    fmt::print(
        "{}\n",
        aligned_table({{"part"}, {"count", align::right}, {"price", align::right}, {"cost", align::right}}, cells));
    if (bill.total().is_saturated) fmt::print("The true sum is larger than any number of the column.\n");
    if (row.tags) fmt::print("The row is marked: {}\n", *row.tags);
    if (bill.total().pico == row.cost_pico)
        fmt::print("The row says the same.\n");
    else
        fmt::print("The row says {}: it differs.\n", format_decimal(row.cost_pico, money_scale));
}

void run_recompute(const cli_context& context, const recompute_request& request) {
    const auto db = ready_store(context);
    const auto row = find_row(*db->usage(), request.id);
    const auto bill = usage::bill_of(row);
    if (!bill) throw std::runtime_error(bill.error().message);
    request.json ? print_json(row, *bill) : print_text(row, *bill);
    if (bill->total().pico != row.cost_pico) throw exit_with{1};
}

}  // namespace

void add_usage_recompute(CLI::App& usage, cli_context& context) {
    const auto request = std::make_shared<recompute_request>();
    auto* action =
        add_action(usage, context, request, "recompute",
                   "The bill of one request from its usage row alone; 1 if the row's cost is another", run_recompute);
    action->add_option("--request", request->id, "Its id: x-ferry-request-id of the answer")->required();
}

}  // namespace ferry::app
