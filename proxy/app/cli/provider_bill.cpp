#include "app/cli/provider_bill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "app/cli/comma_list.hpp"
#include "app/cli/csv.hpp"
#include "base/ascii.hpp"
#include "base/time_text.hpp"

namespace ferry::app {
namespace {

struct wanted_column {
    std::string_view name;                // in --columns
    std::vector<std::string_view> known;  // as bills call it: lower case, _ for what separates words
};

// The first seven in the order of `day`, `model`, then bill_figure; then the currency.
const std::vector<wanted_column>& wanted_columns() {
    static const std::vector<wanted_column> all = {
        {"day", {"day", "date", "usage_date", "utc_date", "start_date", "billing_date", "start_time_iso", "timestamp"}},
        {"model", {"model", "model_name", "model_id", "snapshot_id", "sku", "line_item"}},
        {"requests",
         {"requests", "request_count", "num_model_requests", "n_requests", "num_requests", "api_requests", "calls"}},
        {"prompt", {"prompt_tokens", "input_tokens", "n_context_tokens_total", "total_input_tokens", "tokens_in"}},
        {"completion",
         {"completion_tokens", "output_tokens", "n_generated_tokens_total", "total_output_tokens", "tokens_out"}},
        {"cached",
         {"cached_tokens", "input_cached_tokens", "cached_input_tokens", "cache_read_input_tokens",
          "prompt_cache_hit_tokens", "cache_hit_tokens"}},
        {"cost", {"cost", "amount", "total_cost", "amount_value", "cost_usd", "total_amount"}},
        {"currency", {"currency", "amount_currency", "cost_currency", "currency_code"}},
    };
    return all;
}
constexpr std::size_t day_at = 0, model_at = 1, figures_at = 2, currency_at = 7;

std::string normal_name(std::string_view name) {
    std::string made = lower_case(trimmed(name));
    std::replace_if(
        made.begin(), made.end(), [](char c) { return c == ' ' || c == '-' || c == '.'; }, '_');
    return made;
}

std::size_t place_of(const std::string& name) {
    const auto& all = wanted_columns();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
    throw std::runtime_error(
        fmt::format("--columns {}: there is day, model, requests, prompt, completion, cached, cost, currency", name));
}

// Of each wanted column its place in the header.
using places = std::array<std::optional<std::size_t>, 8>;

void map_columns(std::string_view mapped, const std::vector<std::string>& header, places& found) {
    for (const std::string_view pair : names_between_commas(mapped)) {
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos)
            throw std::runtime_error("--columns must be pairs such as day=Date,model=SKU");
        const auto place = place_of(std::string(trimmed(pair.substr(0, equals))));
        const auto name = trimmed(pair.substr(equals + 1));
        const auto at =
            std::find_if(header.begin(), header.end(), [&](const auto& one) { return trimmed(one) == name; });
        if (at == header.end())
            throw std::runtime_error(
                fmt::format("--columns: the file has no column '{}'; it has {}", name, fmt::join(header, ", ")));
        found[place] = static_cast<std::size_t>(at - header.begin());
    }
}

places find_columns(const std::vector<std::string>& header, std::string_view mapped) {
    places found;
    map_columns(mapped, header, found);
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (const auto known : wanted_columns()[i].known) {
            for (std::size_t at = 0; at < header.size() && !found[i]; ++at) {
                if (normal_name(header[at]) == known) found[i] = at;
            }
        }
    }
    for (const std::size_t needed : {day_at, model_at}) {
        if (!found[needed])
            throw std::runtime_error(
                fmt::format("the bill has no column of the {0}: say which it is with --columns "
                            "{0}=NAME. Its columns: {1}",
                            wanted_columns()[needed].name, fmt::join(header, ", ")));
    }
    const auto is_there = [](const auto& one) { return one.has_value(); };
    if (std::none_of(found.begin() + figures_at, found.begin() + currency_at, is_there))
        throw std::runtime_error(
            fmt::format("the bill has no figure that Ferry knows (requests, prompt, completion, "
                        "cached, cost): name one with --columns. Its columns: {}",
                        fmt::join(header, ", ")));
    return found;
}

// Reads the cells of one line.
class line_reader {
public:
    line_reader(const csv_record& record, const places& where) : record_(record), where_(where) {}

    std::string text(std::size_t column) const {
        const auto at = where_[column];
        return at && *at < record_.cells.size() ? std::string(trimmed(record_.cells[*at])) : std::string();
    }

    // 2026-11-27, 2026/11/27, 20261127, or a time that begins so.
    std::string day() const {
        constexpr std::size_t length = 10;
        std::string text = this->text(day_at).substr(0, length);
        std::replace(text.begin(), text.end(), '/', '-');
        if (text.size() == 8 && std::all_of(text.begin(), text.end(), is_digit)) text.insert(6, "-").insert(4, "-");
        if (text.size() == length && parse_time(text)) return text;
        fail(fmt::format("'{}' is no day such as 2026-11-27", this->text(day_at)));
    }

    int128 figure(bill_figure which) const {
        const auto column = figures_at + static_cast<std::size_t>(which);
        const bool is_money = which == bill_figure::cost;
        std::string written = text(column);
        std::erase(written, ',');  // of thousands
        if (is_money && (written.starts_with('$') || written.starts_with('-'))) written = without_sign(written);
        if (written.empty()) return 0;
        const bool is_negative = is_money && text(column).find('-') != std::string::npos;
        const auto value = parse_decimal(is_money ? rounded_text(written) : written, is_money ? money_scale : 0);
        if (!value) fail(fmt::format("'{}' is no {}", text(column), is_money ? "amount such as 12.34" : "count"));
        return is_negative ? -static_cast<int128>(*value) : static_cast<int128>(*value);
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw std::runtime_error(fmt::format("line {} of the bill: {}", record_.line, what));
    }

    static std::string without_sign(std::string text) {
        std::erase_if(text, [](char c) { return c == '$' || c == '-'; });
        return text;
    }

    // What is beyond a pico is dropped: bills that were floating point have such places.
    static std::string rounded_text(const std::string& text) {
        const auto point = text.find('.');
        return point == std::string::npos ? text : text.substr(0, point + 1 + money_scale);
    }

    const csv_record& record_;
    const places& where_;
};

}  // namespace

std::string_view name_of(bill_figure figure) {
    return wanted_columns()[figures_at + static_cast<std::size_t>(figure)].name;
}

provider_bill parse_bill(std::string_view csv, std::string_view mapped) {
    const auto records = parse_csv(csv);
    if (!records) throw std::runtime_error("the bill is no CSV: a quote is not closed");
    if (records->empty()) throw std::runtime_error("the bill is empty: it needs a header line");
    const auto& header = records->front().cells;
    const auto where = find_columns(header, mapped);
    provider_bill made;
    made.has_currency = where[currency_at].has_value();
    for (std::size_t i = 0; i < where.size(); ++i) {
        if (where[i]) made.columns[std::string(wanted_columns()[i].name)] = std::string(trimmed(header[*where[i]]));
    }
    for (std::size_t i = 0; i < bill_figures; ++i) made.has[i] = where[figures_at + i].has_value();
    for (auto record = records->begin() + 1; record != records->end(); ++record) {
        const line_reader line(*record, where);
        std::string currency = line.text(currency_at);
        std::transform(currency.begin(), currency.end(), currency.begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
        auto& sums = made.lines[{line.day(), line.text(model_at), std::move(currency)}];
        for (std::size_t i = 0; i < bill_figures; ++i) {
            if (made.has[i]) sums[i] += line.figure(static_cast<bill_figure>(i));
        }
    }
    return made;
}

}  // namespace ferry::app
