// Asks the system for addresses, on threads of its own: a dead name server stalls a few look-ups, never a core.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ferry::upstream {

struct lookup_answer {
    std::vector<boost::asio::ip::address> addresses;  // in the system's order of preference
    std::string error;                                // "" on success
};

// Owned by the application; shared by the cores. Any thread may call ask(); `done` runs on a look-up thread, and never
// after stop(), which does not wait for a look-up under way: the system may take a minute over it.
class name_lookup {
public:
    using callback = std::function<void(lookup_answer)>;
    name_lookup();
    ~name_lookup();
    void ask(std::string host, callback done);
    void stop();

private:
    struct shared_queue {
        std::mutex mutex;
        std::condition_variable wake;
        std::deque<std::pair<std::string, callback>> jobs;
        bool stopping = false;
    };
    static void work(const std::shared_ptr<shared_queue>& queue);
    std::shared_ptr<shared_queue> queue_;
};

}  // namespace ferry::upstream
