// What a request pins when it begins, so that it sees one version of models and keys from end to end.
#pragma once

#include <memory>

#include "access/key_table.hpp"
#include "catalog/catalog.hpp"

namespace ferry::access {

// Cheap to copy. Owned by: each core (the current one) and each request (the one it began with). Made on a store
// thread and posted to the cores.
struct snapshot {
    std::shared_ptr<const catalog::catalog> models;
    std::shared_ptr<const key_table> keys;
};

}  // namespace ferry::access
