// The models as the table describes them, resolved and checked: what a request is routed by.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.hpp"
#include "base/shard_map.hpp"
#include "catalog/endpoint.hpp"
#include "catalog/name_list.hpp"
#include "catalog/prices.hpp"
#include "catalog/refused_row.hpp"
#include "catalog/row_rescue.hpp"
#include "openai/operation.hpp"

namespace ferry::provider {
struct dialect;
struct provider;
}  // namespace ferry::provider

namespace ferry::catalog {

// A header sent to the upstream. Name and value are checked: a token, and a value without control bytes. The value is
// kept as a secret, since it is as often a credential as not.
struct header {
    header(std::string n, secret v) : name(std::move(n)), value(std::move(v)) {}
    std::string name;
    secret value;
};

// A member that the row adds to the request body. Both texts are valid JSON and spelled as in the table.
struct body_member {
    std::string name;         // decoded
    std::string quoted_name;  // with its quotes, as it goes into the body
    std::string value;
};

// Of one image, second, search and the like, in pico-units of currency. `unit` may say which image: "images:hd".
struct unit_price {
    std::string unit;
    std::int64_t pico = 0;

    bool operator==(const unit_price&) const = default;
};

// By openai::index_of().
using operation_set = std::bitset<openai::operations_max>;

// NULL columns stay empty: the configuration's value applies then.
struct timeouts {
    std::optional<std::chrono::milliseconds> connect, first_byte, idle, total;
};

// One enabled, valid row of ai_models with everything a request needs of it. Immutable.
// Owned by: its catalog. Lives on: any thread. REQUIRES: whoever holds a candidate* holds the catalog too.
struct candidate {
    std::int64_t id = 0;
    std::string model_name;
    std::string upstream_model;                   // upstream_model, or model_name where that is NULL
    std::string upstream_model_quoted;            // the same as JSON text, quotes included: what the splice writes
    const provider::provider* service = nullptr;  // never null: the table of providers is static
    endpoint where;
    const provider::dialect* speaks = nullptr;  // how requests are worded for its service and host; never null, static
    std::optional<header> credentials;          // the authentication header; empty: none is sent
    std::uint64_t account = 0;                  // equal for rows that share their URL and credentials
    operation_set serves;                       // the operations that are asked of this row
    bool names_operations = false;              // the row itself says which
    std::vector<std::string> further_paths;     // below /v1, of no operation, that it serves; sorted
    std::vector<unit_price> unit_prices;        // of what is not counted in tokens
    std::vector<header> extra_headers;          // none of them is named as `credentials` is
    std::vector<body_member> extra_body;
    prices price;
    further_prices further;
    std::vector<price_tier> tiers;  // by `above`, the lowest first
    std::string currency;
    std::int64_t priority = 0;   // lower first
    std::int64_t weight = 1;     // share within one priority; 0: only when the others have failed
    std::string fallback_model;  // "" if none; it may name a model that does not exist (now)
    timeouts limits;
    std::optional<std::int64_t> max_context_tokens;
    std::int64_t max_parallel = 0;                           // requests at once, of all cores together; 0: any number
    std::optional<std::chrono::milliseconds> queue_timeout;  // for one of them; retry.queue_timeout if empty
    std::optional<bool>
        drains;  // whether an answer whose client has left is read on; the configuration's word if empty
    row_prefill prefill = row_prefill::none;
    row_rescue rescues = row_rescue::regenerate;
    std::optional<bool> hedges;  // whether a second try may be begun beside one of it; nothing: as configured
    std::int64_t created = 0;  // seconds since the epoch
};

// cheapest: by what the request is expected to cost. fastest: by how long the first token took of late.
enum class route_strategy { priority, weighted, cheapest, fastest };

struct route_member {
    std::string model_name;
    std::int64_t weight = 1;
};

// A virtual model name: a row of model_routes. Immutable, owned by its catalog.
struct virtual_route {
    std::string name;
    route_strategy strategy = route_strategy::priority;
    std::vector<route_member> members;  // at least one; each names a model of the same catalog
};

// The served rows of one model_name, by priority and then id. Immutable, owned by its catalog.
struct model_group {
    model_group(std::string of, std::vector<const candidate*> all) : name(std::move(of)), rows(std::move(all)) {}
    std::string name;
    std::vector<const candidate*> rows;  // at least one
};

using candidate_ptr = std::shared_ptr<const candidate>;
using group_ptr = std::shared_ptr<const model_group>;
using route_ptr = std::shared_ptr<const virtual_route>;

// An immutable snapshot of the whole table, one catalog_version. A request pins one for its life, so that it sees one
// version of the truth from end to end. A catalog that follows another shares with it what is equal.
// Owned by: shared_ptr<const catalog>, held by each core and by the requests that began with it. Whoever publishes it
// keeps it until nobody else does: to free a large one takes longer than a core may be busy.
// Lives on: any thread. Names are compared as bytes.
class catalog {
public:
    // What the builder makes. Groups and routes name rows of `rows`, each of which is in one group; keys are views into
    // what they lead to.
    struct parts {
        std::int64_t version = 0;
        shard_map<std::int64_t, candidate_ptr> rows;
        shard_map<std::string_view, group_ptr> groups;
        shard_map<std::string_view, route_ptr> routes;
        name_list names;  // of groups and routes
        refused_ptr refused = std::make_shared<const refused_rows>();
    };

    explicit catalog(parts made);
    catalog(const catalog&) = delete;
    catalog& operator=(const catalog&) = delete;

    // catalog_version of the store, equal in all replicas.
    std::int64_t version() const { return parts_.version; }
    // No two catalogs of the process have the same.
    std::uint64_t serial() const { return serial_; }
    bool empty() const { return parts_.rows.size() == 0; }
    std::size_t size() const { return parts_.rows.size(); }

    // The row with this id, or nullptr if there is none that is enabled and valid.
    const candidate* find_row(std::int64_t id) const;

    // The rows of a model, by priority and then id; empty if there is none. Valid as long as the catalog.
    std::span<const candidate* const> rows_of(std::string_view model_name) const;

    // Where all rows that serve an operation lead to one account: the first of them, by priority and then id. Null
    // where there are more accounts, or none. For operations that name no model.
    const candidate* only_account(const openai::operation& operation) const;

    // Whether some row serves this path below /v1, which is none of an operation's.
    bool has_further_path(std::string_view below) const { return further_paths_.contains(below); }

    // Some route asks for the fastest.
    bool asks_for_speed() const { return asks_for_speed_; }

    // The virtual model of this name, or nullptr.
    const virtual_route* find_route(std::string_view name) const;

    // The names that may be asked for, with their lines in GET /models.
    const name_list& names() const { return parts_.names; }

    // The rows that are enabled but cannot be served, and members of routes that are left out.
    const refused_rows& refused() const { return *parts_.refused; }
    refused_ptr shared_refused() const { return parts_.refused; }

    // All of them, by id: for commands.
    std::vector<const candidate*> rows() const;

private:
    void find_accounts();

    parts parts_;
    std::uint64_t serial_;
    std::array<const candidate*, openai::operations_max> only_accounts_{};
    std::set<std::string, std::less<>> further_paths_;
    bool asks_for_speed_ = false;
};

using catalog_ptr = std::shared_ptr<const catalog>;

}  // namespace ferry::catalog
