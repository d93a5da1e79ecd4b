#include "catalog/snapshot_rows.hpp"

#include <boost/json.hpp>

#include "store/store_error.hpp"

namespace ferry::catalog {

namespace json = boost::json;

namespace {

// To be raised when a member changes its meaning: a snapshot is written anew by the next good load.
constexpr std::int64_t format = 1;

// Below, `with` is called for each member, with its name.

template <class Row, class Visitor>
void visit(Row& row, Visitor& with, const store::model_row*) {
    with("id", row.id);
    with("model_name", row.model_name);
    with("display_name", row.display_name);
    with("provider", row.provider);
    with("api_endpoint", row.api_endpoint);
    with("api_key", row.api_key);
    with("base_price_pico", row.base_price_pico);
    with("input_price_pico", row.input_price_pico);
    with("output_price_pico", row.output_price_pico);
    with("cached_input_price_pico", row.cached_input_price_pico);
    with("currency", row.currency);
    with("is_enabled", row.is_enabled);
    with("priority", row.priority);
    with("weight", row.weight);
    with("upstream_model", row.upstream_model);
    with("fallback_model", row.fallback_model);
    with("auth_scheme", row.auth_scheme);
    with("extra_headers", row.extra_headers);
    with("extra_body", row.extra_body);
    with("proxy", row.proxy);
    with("connect_timeout_ms", row.connect_timeout_ms);
    with("first_byte_timeout_ms", row.first_byte_timeout_ms);
    with("idle_timeout_ms", row.idle_timeout_ms);
    with("total_timeout_ms", row.total_timeout_ms);
    with("max_context_tokens", row.max_context_tokens);
    with("capabilities", row.capabilities);
    with("created_at_us", row.created_at_us);
    with("defect", row.defect);
}

template <class Row, class Visitor>
void visit(Row& row, Visitor& with, const store::route_row*) {
    with("name", row.name);
    with("strategy", row.strategy);
    with("members", row.members);
    with("is_enabled", row.is_enabled);
    with("defect", row.defect);
}

template <class Row, class Visitor>
void visit(Row& row, Visitor& with, const store::key_row*) {
    with("id", row.id);
    with("public_id", row.public_id);
    with("key_sha256", row.key_sha256);
    with("name", row.name);
    with("user_id", row.user_id);
    with("team_id", row.team_id);
    with("allowed_models", row.allowed_models);
    with("rpm", row.rpm);
    with("tpm", row.tpm);
    with("max_parallel", row.max_parallel);
    with("budget_pico", row.budget_pico);
    with("budget_period", row.budget_period);
    with("store_messages", row.store_messages);
    with("expires_at_us", row.expires_at_us);
    with("rotated_from", row.rotated_from);
    with("grace_until_us", row.grace_until_us);
    with("is_enabled", row.is_enabled);
    with("created_at_us", row.created_at_us);
    with("last_used_at_us", row.last_used_at_us);
    with("defect", row.defect);
}

class writer {
public:
    template <class T>
    void operator()(const char* name, const T& member) {
        made[name] = member;
    }
    template <class T>
    void operator()(const char* name, const std::optional<T>& member) {
        if (member) made[name] = *member;
    }
    json::object made;
};

class reader {
public:
    explicit reader(const json::object& from) : from_(from) {}

    template <class T>
    void operator()(const char* name, T& member) {
        member = json::value_to<T>(from_.at(name));
    }
    template <class T>
    void operator()(const char* name, std::optional<T>& member) {
        if (const auto* found = from_.if_contains(name)) member = json::value_to<T>(*found);
    }

private:
    const json::object& from_;
};

template <class Row>
json::array written(const std::vector<Row>& rows) {
    json::array all;
    for (const Row& row : rows) {
        writer one;
        visit(row, one, &row);
        all.push_back(std::move(one.made));
    }
    return all;
}

template <class Row>
void read(const json::object& document, const char* name, std::vector<Row>& rows) {
    for (const json::value& one : document.at(name).as_array()) {
        reader from(one.as_object());
        Row& row = rows.emplace_back();
        visit(row, from, &row);
    }
}

}  // namespace

std::string catalog_text(const store::catalog_rows& rows) {
    return json::serialize(json::object{{"format", format},
                                        {"version", rows.version},
                                        {"models", written(rows.models)},
                                        {"routes", written(rows.routes)},
                                        {"keys", written(rows.keys)}}) +
           "\n";
}

store::catalog_rows read_catalog_text(std::string_view text) {
    try {
        json::parse_options lenient;
        lenient.allow_invalid_utf8 = true;  // as the store had it
        const json::value parsed = json::parse(text, {}, lenient);
        const json::object& document = parsed.as_object();
        if (document.at("format").as_int64() != format) throw store::store_error("another version of ferry wrote it");
        store::catalog_rows rows;
        rows.version = document.at("version").as_int64();
        read(document, "models", rows.models);
        read(document, "routes", rows.routes);
        read(document, "keys", rows.keys);
        return rows;
    } catch (const store::store_error&) {
        throw;
    } catch (const std::exception&) {  // its text may quote a key
        throw store::store_error("it is damaged");
    }
}

}  // namespace ferry::catalog
