#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/decimal.hpp"
#include "store/rows.hpp"

namespace ferry::app {

// Sums over the requests of one group. Sums are 128 bits wide, so no number of 64-bit rows makes them wrong.
struct usage_sums {
    std::int64_t requests = 0;
    std::int64_t errors = 0;
    int128 prompt_tokens = 0, completion_tokens = 0, cached_tokens = 0, total_tokens = 0;
    int128 cost_pico = 0;
    std::map<std::string, int128> units;  // by kind: what is not counted in tokens
    std::vector<std::int64_t> durations_us, first_tokens_us;

    void add(const store::usage_row& row);
    void add(const store::day_row& day);
};

// The value that at least `percent` per cent of the values do not exceed (nearest rank), 0 of none. Reorders them.
std::int64_t percentile(std::vector<std::int64_t>& values, int percent);

// Requests grouped by what `label` makes of them, and by currency, for two currencies cannot be added.
// Owned by: the `usage` command.
class usage_report {
public:
    using labeller = std::function<std::string(const store::usage_row&)>;
    enum class format { table, json, csv };

    // `dimension` is the title of the labels, "" for one group of all. Sums of days have no latency.
    usage_report(std::string dimension, labeller label, bool has_latency = true)
        : dimension_(std::move(dimension)), label_(std::move(label)), has_latency_(has_latency) {}

    void add(const store::usage_row& row) { groups_[{label_(row), row.currency}].add(row); }
    // REQUIRES: the label is made of the key, the provider or the day.
    void add(const store::day_row& day);
    std::string text(format wanted);

private:
    std::vector<std::string> titles() const;
    std::vector<std::vector<std::string>> lines();
    std::string as_table();
    std::string as_json();
    std::string as_csv();

    std::string dimension_;
    labeller label_;
    bool has_latency_;
    std::map<std::pair<std::string, std::string>, usage_sums> groups_;  // by label and currency
};

}  // namespace ferry::app
