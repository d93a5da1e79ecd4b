#include "app/cli/price_table.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <stdexcept>

#include "base/decimal.hpp"
#include "catalog/endpoint.hpp"

namespace ferry::app {
namespace {

constexpr int per_million_scale = price_scale - 3;

// Reads the members of one [[price]]; what is wrong is an exception that says where.
class entry_reader {
public:
    entry_reader(const toml::table& entry, const std::string& where) : entry_(entry), where_(where) {}

    std::string text(const char* name) const {
        const auto found = entry_[name].value<std::string>();
        if (!found || found->empty()) fail(fmt::format("needs {}, a text", name));
        return *found;
    }
    std::int64_t price(const char* name) const {
        const auto found = parse_decimal(text(name), per_million_scale);
        if (!found) fail(fmt::format("{} must be a price per 1,000,000 tokens such as \"2.50\"", name));
        return *found;
    }
    std::string date(const char* name) const {
        const auto found = entry_[name].value<toml::date>();
        if (!found) fail(fmt::format("needs {}, a date such as 2026-11-26", name));
        return fmt::format("{:04}-{:02}-{:02}", found->year, found->month, found->day);
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw std::runtime_error(fmt::format("{}:{}: [[price]] {}", where_, entry_.source().begin.line, what));
    }

    const toml::table& entry_;
    const std::string& where_;
};

published_price read_entry(const toml::table& entry, const std::string& where) {
    const entry_reader from(entry, where);
    published_price made;
    made.host = from.text("host");
    made.model = from.text("model");
    made.currency = from.text("currency");
    made.input = from.price("input");
    made.cached_input = entry.contains("cached_input") ? from.price("cached_input") : made.input;
    made.output = from.price("output");
    made.source = from.text("source");
    made.read = from.date("read");
    made.note = entry["note"].value_or(std::string());
    return made;
}

bool is_within(std::string_view host, std::string_view domain) {
    if (host == domain) return true;
    return host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.';
}

}  // namespace

std::vector<published_price> parse_prices(std::string_view text, const std::string& where) {
    std::vector<published_price> all;
    try {
        const toml::table root = toml::parse(text, where);
        const auto* entries = root["price"].as_array();
        if (entries == nullptr) throw std::runtime_error(where + " has no [[price]]");
        for (const toml::node& each : *entries) {
            const auto* entry = each.as_table();
            if (entry == nullptr) throw std::runtime_error(where + ": price must be written as [[price]]");
            all.push_back(read_entry(*entry, where));
        }
    } catch (const toml::parse_error& error) {
        throw std::runtime_error(
            fmt::format("{}:{}: is not TOML: {}", where, error.source().begin.line, error.description()));
    }
    return all;
}

const published_price* find_price(const std::vector<published_price>& table, const store::model_row& row) {
    const auto where = catalog::parse_endpoint(row.api_endpoint);
    if (!where) return nullptr;
    const bool has_own_name = row.upstream_model && !row.upstream_model->empty();
    const std::string& model = has_own_name ? *row.upstream_model : row.model_name;
    for (const auto& one : table) {
        if (one.model == model && is_within(where->host, one.host)) return &one;
    }
    return nullptr;
}

}  // namespace ferry::app
