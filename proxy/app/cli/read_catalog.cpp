#include "app/cli/read_catalog.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "app/cli/open_store.hpp"

namespace ferry::app {

catalog::published read_catalog(const cli_context& context) {
    const auto db = ready_store(context);
    catalog::loader loader([&db] { return db->models(); }, catalog::read_secret);
    return loader.load();
}

const catalog::candidate& find_usable_row(const catalog::published& from, const std::string& which) {
    std::vector<std::int64_t> ids;
    const catalog::candidate* found = nullptr;
    for (const auto* row : from.models->rows()) {
        if (std::to_string(row->id) == which) return *row;
        if (row->model_name != which) continue;
        ids.push_back(row->id);
        found = row;
    }
    if (ids.size() == 1) return *found;
    if (ids.size() > 1) {
        throw std::runtime_error(
            fmt::format("several rows have the name {}: give one of the ids {}", which, fmt::join(ids, ", ")));
    }
    for (const auto& refused : from.refused->all()) {
        if (refused.table != "ai_models" || (refused.name != which && std::to_string(refused.id) != which)) continue;
        throw std::runtime_error(
            fmt::format("row {} ({}) cannot be used: {}", refused.id, refused.name, refused.reason));
    }
    throw std::runtime_error(
        fmt::format("no enabled model is {}; `ferry models list` shows what there is and what is disabled", which));
}

}  // namespace ferry::app
