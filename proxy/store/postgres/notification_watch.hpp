#pragma once

#include <memory>
#include <thread>

#include "store/catalog_watch.hpp"
#include "store/postgres/link.hpp"

namespace ferry::store::postgres {

// catalog_watch by LISTEN: a change is told within milliseconds of its commit. Behind a pooler that keeps no sessions
// nothing is ever told, and the caller's own asking is what remains.
// Owned by: application. Lives on: a thread of its own, where the callback is called. Cancelled by: its destructor,
// which waits for a connection attempt under way at most.
class notification_watch : public catalog_watch {
public:
    notification_watch(std::shared_ptr<place> at, std::function<void()> look);
    ~notification_watch() override;

private:
    void run();
    void listen();
    bool wait_for(int socket, int milliseconds);

    std::shared_ptr<place> place_;
    std::function<void()> look_;
    bool was_listening_ = false;
    int stop_;  // an eventfd, readable once this is to end
    std::thread thread_;
};

}  // namespace ferry::store::postgres
