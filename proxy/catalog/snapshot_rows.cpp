#include "catalog/snapshot_rows.hpp"

#include <boost/json.hpp>
#include <map>

#include "store/store_error.hpp"

namespace ferry::catalog {

namespace json = boost::json;

namespace {

// To be raised when a member changes its meaning: a snapshot is written anew by the next good load.
constexpr std::int64_t format = 2;
// One document, where today there is a line for each row.
constexpr std::int64_t format_before = 1;

// The members that a line has. A line with a version ends a catalog: what follows it is of the next.
constexpr const char *is_format = "format", *is_version = "version", *is_model = "model", *is_route = "route",
                     *is_key = "key", *is_gone_model = "gone_model", *is_gone_route = "gone_route",
                     *is_gone_key = "gone_key";
constexpr std::string_view version_line = "\n{\"version\":";

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
    with("max_parallel", row.max_parallel);
    with("queue_timeout_ms", row.queue_timeout_ms);
    with("capabilities", row.capabilities);
    with("unit_prices", row.unit_prices);
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
    store::for_each_limit(row, with);
    with("allowed_addresses", row.allowed_addresses);
    with("user_limits", row.user_limits);
    with("team_limits", row.team_limits);
    with("store_messages", row.store_messages);
    with("priority", row.priority);
    with("expires_at_us", row.expires_at_us);
    with("rotated_from", row.rotated_from);
    with("grace_until_us", row.grace_until_us);
    with("is_enabled", row.is_enabled);
    with("created_at_us", row.created_at_us);
    with("last_used_at_us", row.last_used_at_us);
    with("defect", row.defect);
}

using limits_of_others = std::shared_ptr<const store::limit_columns>;

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
    void operator()(const char* name, const limits_of_others& member) {
        if (!member) return;
        writer inner;
        store::for_each_limit(*member, inner);
        made[name] = std::move(inner.made);
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
    void operator()(const char* name, limits_of_others& member) {
        const auto* found = from_.if_contains(name);
        if (found == nullptr) return;
        store::limit_columns limits;
        reader inner(found->as_object());
        store::for_each_limit(limits, inner);
        member = std::make_shared<const store::limit_columns>(std::move(limits));
    }

private:
    const json::object& from_;
};

template <class Row>
json::object written(const Row& row) {
    writer one;
    visit(row, one, &row);
    return std::move(one.made);
}

template <class Row>
Row read_row(const json::value& from) {
    reader members(from.as_object());
    Row row;
    visit(row, members, &row);
    return row;
}

void append_line(std::string& text, const char* what, json::value value) {
    json::object line;
    line.emplace(what, std::move(value));
    text += json::serialize(line);
    text += '\n';
}

template <class Key, class Row>
std::vector<Row> values_of(std::map<Key, Row>& rows) {
    std::vector<Row> all;
    all.reserve(rows.size());
    for (auto& [key, row] : rows) all.push_back(std::move(row));
    return all;
}

json::value parse(std::string_view text) {
    json::parse_options lenient;
    lenient.allow_invalid_utf8 = true;  // as the store had it
    return json::parse(text, {}, lenient);
}

// What the lines leave when they are read one after the other.
class line_reader {
public:
    void read(const json::object& line) {
        const auto& [what, value] = *line.begin();
        if (what == is_model) put(models_, &store::model_row::id, read_row<store::model_row>(value));
        if (what == is_route) put(routes_, &store::route_row::name, read_row<store::route_row>(value));
        if (what == is_key) put(keys_, &store::key_row::id, read_row<store::key_row>(value));
        if (what == is_gone_model) models_.erase(value.as_int64());
        if (what == is_gone_route) routes_.erase(json::value_to<std::string>(value));
        if (what == is_gone_key) keys_.erase(value.as_int64());
        if (what == is_version) version_ = value.as_int64();
    }

    store::catalog_rows take() {
        store::catalog_rows rows;
        rows.version = version_;
        rows.models = values_of(models_);
        rows.routes = values_of(routes_);
        rows.keys = values_of(keys_);
        return rows;
    }

private:
    template <class Map, class Member, class Row>
    static void put(Map& rows, Member key, Row row) {
        rows.insert_or_assign(row.*key, std::move(row));
    }

    std::int64_t version_ = 0;
    std::map<std::int64_t, store::model_row> models_;
    std::map<std::string, store::route_row> routes_;
    std::map<std::int64_t, store::key_row> keys_;
};

// Of an earlier version of the program.
store::catalog_rows read_document(const json::object& document) {
    line_reader rows;
    const auto read = [&](const char* list, const char* what) {
        for (const json::value& row : document.at(list).as_array()) rows.read({{what, row}});
    };
    read("models", is_model);
    read("routes", is_route);
    read("keys", is_key);
    rows.read({{is_version, document.at("version")}});
    return rows.take();
}

// Up to the end of the last line with a version; what follows was cut when it was written.
std::string_view whole_catalogs(std::string_view text) {
    text = text.substr(0, text.rfind('\n') + 1);
    const auto last = text.rfind(version_line);
    if (last == std::string_view::npos) throw store::store_error("it is damaged");
    return text.substr(0, text.find('\n', last + 1) + 1);
}

store::catalog_rows read_lines(std::string_view text) {
    line_reader rows;
    for (auto left = whole_catalogs(text); !left.empty(); left.remove_prefix(left.find('\n') + 1)) {
        const json::value line = parse(left.substr(0, left.find('\n')));
        rows.read(line.as_object());
    }
    return rows.take();
}

}  // namespace

void write_catalog_text(const store::catalog_rows& rows, std::size_t at_once,
                        const std::function<void(std::string_view piece)>& write) {
    std::string text;
    const auto append = [&](const char* what, json::value value) {
        append_line(text, what, std::move(value));
        if (text.size() < at_once) return;
        write(text);
        text.clear();
    };
    append(is_format, format);
    for (const auto& row : rows.models) append(is_model, written(row));
    for (const auto& row : rows.routes) append(is_route, written(row));
    for (const auto& row : rows.keys) append(is_key, written(row));
    append(is_version, rows.version);
    if (!text.empty()) write(text);
}

std::string changes_text(const store::catalog_changes& changes) {
    std::string text;
    for (const auto& row : changes.models) append_line(text, is_model, written(row));
    for (const auto& row : changes.routes) append_line(text, is_route, written(row));
    for (const auto& row : changes.keys) append_line(text, is_key, written(row));
    for (const auto id : changes.models_gone) append_line(text, is_gone_model, id);
    for (const auto& name : changes.routes_gone) append_line(text, is_gone_route, json::string(name));
    for (const auto id : changes.keys_gone) append_line(text, is_gone_key, id);
    append_line(text, is_version, changes.version);
    return text;
}

store::catalog_rows read_catalog_text(std::string_view text) {
    try {
        const json::value first = parse(text.substr(0, text.find('\n')));
        const std::int64_t found = first.at(is_format).as_int64();
        if (found == format_before) return read_document(first.as_object());
        if (found != format) throw store::store_error("another version of ferry wrote it");
        return read_lines(text);
    } catch (const store::store_error&) {
        throw;
    } catch (const std::exception&) {  // its text may quote a key
        throw store::store_error("it is damaged");
    }
}

}  // namespace ferry::catalog
