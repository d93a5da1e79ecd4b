// The models as the table describes them, resolved and checked: what a request is routed by.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.hpp"
#include "catalog/endpoint.hpp"
#include "catalog/refused_row.hpp"

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

// Pico-units of currency per token; inheritance (cached from input, input and output from the base) is resolved.
struct prices {
    std::int64_t input = 0;
    std::int64_t output = 0;
    std::int64_t cached_input = 0;
};

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
    std::vector<header> extra_headers;          // none of them is named as `credentials` is
    std::vector<body_member> extra_body;
    prices price;
    std::string currency;
    std::int64_t priority = 0;   // lower first
    std::int64_t weight = 1;     // share within one priority; 0: only when the others have failed
    std::string fallback_model;  // "" if none; it may name a model that does not exist (now)
    timeouts limits;
    std::optional<std::int64_t> max_context_tokens;
    std::int64_t created = 0;  // seconds since the epoch
};

// cheapest: by what a thousand tokens in and a thousand out cost together.
enum class route_strategy { priority, weighted, cheapest };

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

// An immutable snapshot of the whole table, one catalog_version. A request pins one for its life, so that it sees one
// version of the truth from end to end.
// Owned by: shared_ptr<const catalog>, held by each core and by the requests that began with it.
// Lives on: any thread. Names are compared as bytes.
class catalog {
public:
    catalog() = default;
    // REQUIRES: ids are unique; every route's members name models of `rows`; no route is named as a model is.
    catalog(std::int64_t version, std::vector<candidate> rows, std::vector<virtual_route> routes,
            std::vector<refused_row> refused = {});
    catalog(const catalog&) = delete;
    catalog& operator=(const catalog&) = delete;

    // catalog_version of the store, equal in all replicas.
    std::int64_t version() const { return version_; }
    bool empty() const { return rows_.empty(); }

    // The row with this id, or nullptr if there is none that is enabled and valid.
    const candidate* find_row(std::int64_t id) const;

    // The rows of a model, by priority and then id; empty if there is none. Valid as long as the catalog.
    std::span<const candidate* const> rows_of(std::string_view model_name) const;

    // The virtual model of this name, or nullptr.
    const virtual_route* find_route(std::string_view name) const;

    // The rows that are enabled but cannot be served, and members of routes that are left out.
    const refused_rows& refused() const { return *refused_; }

    // By id.
    std::span<const candidate> rows() const { return rows_; }
    std::span<const virtual_route> routes() const { return routes_; }

private:
    std::int64_t version_ = 0;
    std::vector<candidate> rows_;
    std::vector<virtual_route> routes_;
    refused_ptr refused_ = std::make_shared<const refused_rows>();
    boost::unordered_flat_map<std::int64_t, const candidate*> by_id_;
    // Keys are views into the rows and routes: none is copied, moved or changed after construction.
    boost::unordered_flat_map<std::string_view, std::vector<const candidate*>> by_name_;
    boost::unordered_flat_map<std::string_view, const virtual_route*> routes_by_name_;
};

using catalog_ptr = std::shared_ptr<const catalog>;

}  // namespace ferry::catalog
