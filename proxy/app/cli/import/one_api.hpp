// one-api and new-api: their tables users, tokens, channels, abilities and options.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "app/cli/import/plan.hpp"

namespace ferry::app::takeover {

const table_names& one_api_tables();

// new-api began as one-api; its types of channels and some columns are its own.
enum class one_api_kind { one_api, new_api };

// Throws std::runtime_error where the tables are evidently those of the other one.
plan read_one_api(const std::map<std::string, store::foreign_table>& tables, one_api_kind which, std::int64_t now_us);

// Of options: prices in pico per token, and what a unit of quota is worth.
struct one_api_prices {
    struct price {
        std::int64_t input = 0, output = 0;
        std::optional<std::int64_t> cached;
    };
    std::map<std::string, price> by_model;
    std::set<std::string> per_request;          // models that cost the same whatever their tokens
    std::set<std::string> input_alone;          // models of which only the price of the prompt is known
    std::map<std::string, std::string> groups;  // what a group pays, as a factor
    std::int64_t pico_per_quota = 2'000'000;    // $1 is 500,000 of them unless the options say otherwise
    bool is_known = false;                      // there are options
};
one_api_prices read_one_api_prices(const std::map<std::string, store::foreign_table>& tables, plan& into);

struct one_api_channels {
    std::map<std::string, std::set<std::string>> models_of_group;
    std::set<std::string> models;
};
// Adds the models to the plan.
one_api_channels read_one_api_channels(const std::map<std::string, store::foreign_table>& tables, one_api_kind which,
                                       const one_api_prices& prices, plan& into);

}  // namespace ferry::app::takeover
