#include "store/migration_plan.hpp"

#include <algorithm>

#include "store/store_error.hpp"

namespace ferry::store {

std::string migration_title(std::int64_t version, std::string_view name) {
    std::string number = std::to_string(version);
    number.insert(0, number.size() < 4 ? 4 - number.size() : 0, '0');
    return number.append("_").append(name);
}

void require_compatible(const applied_migrations& done, std::span<const migration> known) {
    for (const auto& [version, what] : done) {
        const auto same = std::find_if(known.begin(), known.end(),
                                       [v = version](const migration& candidate) { return candidate.version == v; });
        if (same == known.end()) {
            throw store_error("the store's schema is newer than this program: it has migration " +
                              migration_title(version, what.name) +
                              ", which this program does not know; use a newer ferry");
        }
        if (same->checksum != what.checksum) {
            throw store_error("the migration " + migration_title(version, what.name) +
                              " is not the one that was applied to the store; a migration must not be edited after it "
                              "was applied: restore the file and put the change into a new migration");
        }
    }
}

std::vector<migration_name> missing_migrations(const applied_migrations& done, std::span<const migration> known) {
    std::vector<migration_name> found;
    for (const migration& candidate : known) {
        if (!done.contains(candidate.version)) found.push_back({candidate.version, std::string(candidate.name)});
    }
    return found;
}

}  // namespace ferry::store
