#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/decimal.hpp"
#include "store/rows.hpp"
#include "store/usage_store.hpp"
#include "usage/rates.hpp"

namespace ferry::app {

// Sums over the requests of one group. Sums are 128 bits wide, so no number of 64-bit rows makes them wrong.
struct usage_sums {
    int128 requests = 0, errors = 0;
    int128 prompt_tokens = 0, completion_tokens = 0, cached_tokens = 0, total_tokens = 0;
    int128 cost_pico = 0;
    std::map<std::string, int128> units;  // by kind: what is not counted in tokens
    std::vector<std::int64_t> durations_us, first_tokens_us;

    void add(const store::usage_row& row);
    void add(const store::sum_row& sums);
    void add(const usage_sums& others);
};

// The value that at least `percent` per cent of the values do not exceed (nearest rank), 0 of none. Reorders them.
std::int64_t percentile(std::vector<std::int64_t>& values, int percent);

// "3 images, 12 seconds"
std::string units_text(const usage_sums& sums);

// Requests grouped by what labels are made of them, and by currency, for two currencies cannot be added.
// Owned by: the `usage` command.
class usage_report {
public:
    using labeller = std::function<std::string(const store::usage_row&)>;
    enum class format { table, json, csv };

    struct dimension {
        std::string title;
        labeller label;
    };
    using group = std::pair<std::vector<std::string>, std::string>;  // labels and currency
    using groups = std::map<group, usage_sums>;

    // No dimension: one group of all. Sums of hours have no latency.
    explicit usage_report(std::vector<dimension> dimensions, bool has_latency = true)
        : dimensions_(std::move(dimensions)), has_latency_(has_latency) {}

    void add(const store::usage_row& row) { groups_[group_of(row)].add(row); }
    // REQUIRES: the labels are made of what `sums` tells apart.
    void add(const store::sum_row& sums);
    // The sums of each group and currency are converted once, rounded to the nearest pico, and then added up. The name
    // of a currency without a rate, "" if all have one.
    std::string convert(const std::string& to, const std::vector<usage::currency_rate>& rates);
    bool is_empty() const { return groups_.empty(); }
    // JSON and CSV are exact; a table is for people.
    std::string text(format wanted);

private:
    group group_of(const store::usage_row& row) const;
    std::vector<std::string> titles() const;
    std::vector<std::vector<std::string>> lines();
    std::string as_json();
    std::string as_csv();

    std::vector<dimension> dimensions_;
    bool has_latency_;
    groups groups_;
};

}  // namespace ferry::app
