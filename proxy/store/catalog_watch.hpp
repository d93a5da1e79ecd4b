#pragma once

#include <functional>

namespace ferry::store {

// Watches for changes of the catalog while it lives, beside the asking that every store allows.
// Calls its owner's `look`, on a thread of its own, when the catalog has changed, when it may have (a connection was
// made again), and when the store went away. `look` must not throw and not block for long.
class catalog_watch {
public:
    virtual ~catalog_watch() = default;
};

}  // namespace ferry::store
