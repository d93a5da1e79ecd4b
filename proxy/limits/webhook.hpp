// Tells a receiver what is to be told, for as long as that takes, and nobody waits for it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "limits/webhook_call.hpp"
#include "store/store_thread.hpp"

namespace ferry::limits {

struct webhook_figures {
    std::uint64_t delivered = 0, failed_tries = 0, lost = 0;  // lost: given up, or too many waited
    std::uint64_t waiting = 0;
};

// Messages go one after the other, each with 10 s. One that is not taken (any status but 2xx) is sent again after a
// second, then after twice as long each time, 5 min at the most, and given up after an hour.
// Owned by: the notices. Any thread.
class webhook {
public:
    webhook();
    ~webhook() { finish(std::chrono::milliseconds(0)); }

    // For the next message. An empty URL: nothing is sent.
    void reconfigure(const webhook_options& chosen);
    bool is_on() const;
    // At most 1,000 wait.
    void send(webhook_message message);
    // Nothing is sent after so long. Those that were not delivered.
    std::vector<webhook_message> finish(std::chrono::milliseconds patience);
    webhook_figures figures() const;

private:
    struct entry {
        webhook_message message;
        steady::time_point since{};
        int tries = 0;
    };
    void deliver(const std::string& id);
    std::string attempt(const webhook_message& message);
    void settle(const std::string& id, const std::string& failed);

    mutable std::mutex mutex_;  // of all that follows
    webhook_options chosen_;
    bool is_new_ = true;  // another call is to be made of them
    std::map<std::string, entry> waiting_;
    std::shared_ptr<webhook_call> call_;
    steady::time_point last_until_ = steady::time_point::max();
    webhook_figures figures_;
    bool is_failing_ = false;
    store::store_thread thread_;  // last: its jobs use all of the above
};

}  // namespace ferry::limits
