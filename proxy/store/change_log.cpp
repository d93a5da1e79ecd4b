#include "store/change_log.hpp"

#include "base/number_text.hpp"

namespace ferry::store {
namespace {

template <class Row, class Key>
std::vector<Key> missing(std::set<Key> asked, const std::vector<Row>& found, Key Row::*key) {
    for (const Row& row : found) asked.erase(row.*key);
    return {asked.begin(), asked.end()};
}

}  // namespace

void change_log::add(std::int64_t version, std::string_view table, std::string_view row) {
    if (version > last_ + 1) has_gap_ = true;
    last_ = version;
    if (row.empty()) return;
    if (row == "*") {
        has_gap_ = true;
        return;
    }
    if (table == "model_routes") {
        routes.emplace(row);
        return;
    }
    const auto id = parse_number(row);
    if (!id) has_gap_ = true;
    (table == "ai_models" ? models : keys).insert(id.value_or(0));
}

void name_what_is_gone(const change_log& log, catalog_changes& changes) {
    changes.models_gone = missing(log.models, changes.models, &model_row::id);
    changes.routes_gone = missing(log.routes, changes.routes, &route_row::name);
    changes.keys_gone = missing(log.keys, changes.keys, &key_row::id);
}

}  // namespace ferry::store
