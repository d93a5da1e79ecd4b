// Where models and keys go that are no longer the current ones.
#pragma once

#include <memory>
#include <vector>

#include "access/snapshot.hpp"
#include "store/store_thread.hpp"

namespace ferry::app {

// Keeps what requests may still hold until nobody does, and frees it on a thread of its own choice: with very many rows
// that takes longer than a core may be busy.
// Owned by: the application. Lives on: any thread may add(); the rest is done on the thread `on`, which ends first.
class retired_snapshots {
public:
    explicit retired_snapshots(store::store_thread& on) : on_(on) {}

    // Both parts are kept until this is their last owner.
    void add(access::snapshot old);

private:
    using part = std::shared_ptr<const void>;
    void take(std::vector<part> parts);
    void look();

    store::store_thread& on_;
    std::vector<part> kept_;
    bool is_looking_ = false;
};

}  // namespace ferry::app
