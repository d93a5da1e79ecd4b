#include <fmt/format.h>

#include <functional>

#include "app/cli/import/amounts.hpp"
#include "app/cli/import/one_api.hpp"
#include "base/decimal.hpp"
#include "catalog/json_members.hpp"

namespace ferry::app::takeover {
namespace {

// A ratio of 1 is $0.002 for 1,000 tokens: 2,000,000 pico a token. Ratios are kept in millionths.
constexpr int ratio_scale = 6;
constexpr std::int64_t ratio_unit = 1'000'000, pico_per_ratio = 2'000'000;

using ratios = std::map<std::string, std::int64_t>;

struct option_value {
    origin from;
    std::string value;
};
using options = std::map<std::string, option_value>;

// The JSON object of an option; nothing, which is noted, where it cannot be read.
std::optional<std::vector<catalog::json_member>> members_of(const options& all, const std::string& name, plan& into) {
    const auto found = all.find(name);
    if (found == all.end() || found->second.value.empty()) return std::nullopt;
    const auto members = catalog::split_members(found->second.value);
    if (!members) into.leave_out(found->second.from, name, "it is no JSON object, or names something twice");
    return members;
}

ratios ratios_of(const options& all, const std::string& name, plan& into) {
    ratios read;
    const auto members = members_of(all, name, into);
    if (!members) return read;
    for (const auto& one : *members) {
        if (const auto value = scaled(plain(one.value), ratio_scale)) {
            read.emplace(one.name, *value);
        } else {
            into.leave_out(all.at(name).from, fmt::format("{} of {}", name, one.name), "it is no number");
        }
    }
    return read;
}

std::optional<std::int64_t> in_range(int128 value) {
    if (value > INT64_MAX) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

// price * factor, rounded.
std::optional<std::int64_t> times(std::int64_t price, std::int64_t ratio) {
    return in_range((static_cast<int128>(price) * ratio + ratio_unit / 2) / ratio_unit);
}

}  // namespace

one_api_prices read_one_api_prices(const std::map<std::string, store::foreign_table>& tables, plan& into) {
    one_api_prices prices;
    options all;
    each_row(tables, one_api_tables().options, into, [&](const source_row& row) {
        all[row.text("key")] = {origin_of(row, "key"), row.text("value")};
    });
    prices.is_known = !all.empty();
    const auto input = ratios_of(all, "ModelRatio", into), completion = ratios_of(all, "CompletionRatio", into),
               cached = ratios_of(all, "CacheRatio", into);
    for (const auto& [model, ratio] : input) {
        const auto price = times(pico_per_ratio, ratio);
        const auto factor = completion.find(model);
        if (price && factor == completion.end()) prices.input_alone.insert(model);
        if (!price || factor == completion.end()) continue;
        const auto output = times(*price, factor->second);
        if (!output) continue;
        auto& made = prices.by_model[model];
        made = {*price, *output, std::nullopt};
        if (const auto of_cache = cached.find(model); of_cache != cached.end())
            made.cached = times(*price, of_cache->second);
    }
    for (const auto& [model, price] : ratios_of(all, "ModelPrice", into)) prices.per_request.insert(model);
    if (const auto members = members_of(all, "GroupRatio", into)) {
        for (const auto& one : *members) prices.groups.emplace(one.name, plain(one.value));
    }
    if (const auto unit = all.find("QuotaPerUnit"); unit != all.end()) {
        const auto quota = scaled(unit->second.value, 0);
        constexpr std::int64_t dollar = 1'000'000'000'000;
        if (quota && *quota > 0) prices.pico_per_quota = dollar / *quota;
    }
    return prices;
}

}  // namespace ferry::app::takeover
