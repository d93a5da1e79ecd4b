#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>

#include "provider/repair.hpp"

namespace ferry::relay {

// What models have refused, so that later requests to them need not be refused first. Owned by a core; lives on it.
// Forgotten with every change of the catalog: the row may lead elsewhere then.
class repair_memory {
public:
    provider::repair_set of(std::int64_t model_id, std::int64_t version) const {
        if (known_.empty() || version != version_) return {};
        const auto found = known_.find(model_id);
        return found == known_.end() ? provider::repair_set() : found->second;
    }

    void add(std::int64_t model_id, std::int64_t version, provider::repair_set repairs) {
        if (version != version_) known_.clear();
        version_ = version;
        known_[model_id] |= repairs;
    }

    void forget(std::int64_t model_id) { known_.erase(model_id); }

private:
    std::int64_t version_ = 0;
    boost::unordered_flat_map<std::int64_t, provider::repair_set> known_;
};

}  // namespace ferry::relay
