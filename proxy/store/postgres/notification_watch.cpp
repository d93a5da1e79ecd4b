#include "store/postgres/notification_watch.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <pqxx/except>
#include <pqxx/notification>
#include <utility>

#include "base/log.hpp"

namespace ferry::store::postgres {
namespace {

constexpr int first_pause_ms = 100, longest_pause_ms = 5000;

class announcement : public pqxx::notification_receiver {
public:
    explicit announcement(pqxx::connection& on) : notification_receiver(on, "ferry_catalog") {}
    void operator()(const std::string&, int) override { heard = true; }
    bool heard = false;
};

// Libpqxx says UNLISTEN when a receiver ends, and would wait for the answer of a frozen server.
class hush {
public:
    explicit hush(int socket) : socket_(socket) {}
    ~hush() { ::shutdown(socket_, SHUT_RDWR); }
    hush(const hush&) = delete;
    hush& operator=(const hush&) = delete;

private:
    int socket_;
};

}  // namespace

notification_watch::notification_watch(std::shared_ptr<place> at, std::function<void()> look)
    : place_(std::move(at)),
      look_(std::move(look)),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { run(); }) {
    pthread_setname_np(thread_.native_handle(), "ferry-listener");
}

notification_watch::~notification_watch() {
    ::eventfd_write(stop_, 1);
    thread_.join();
    ::close(stop_);
}

void notification_watch::run() {
    std::string told;
    for (int pause = first_pause_ms; wait_for(-1, 0); pause = std::min(2 * pause, longest_pause_ms)) {
        try {
            listen();
            return;
        } catch (const std::exception& error) {
            // A connection that was good for long ended: what this one tried is no reason to wait.
            if (std::exchange(was_listening_, false)) {
                pause = first_pause_ms;
                look_();  // who looks finds the store away, and says so
            }
            if (told != error.what()) log_debug("the catalog's changes are not announced: {}", error.what());
            told = error.what();
        }
        if (!wait_for(-1, pause)) return;
    }
}

// Until stopped. Throws when the connection ends.
void notification_watch::listen() {
    connection own(place_->where);
    std::optional<announcement> changes;
    {
        std::atomic<bool> was_cut{false};
        const watchdog::call watched(place_->watch, own.socket(), place_->call_timeout, was_cut);
        changes.emplace(own.get());
    }
    const hush before_the_receiver_ends(own.socket());
    was_listening_ = true;
    look_();  // LISTEN came first: what changed while nobody listened is seen now
    while (wait_for(own.socket(), -1)) {
        own.get().get_notifs();
        if (own.was_closed()) throw pqxx::broken_connection("the server closed the connection");
        if (std::exchange(changes->heard, false)) look_();
    }
}

// False once this is to end. Else true: the socket (if any) is readable, or the time is up.
bool notification_watch::wait_for(int socket, int milliseconds) {
    pollfd watched[] = {{stop_, POLLIN, 0}, {socket, POLLIN, 0}};
    while (::poll(watched, 2, milliseconds) < 0 && errno == EINTR) {
    }
    return watched[0].revents == 0;
}

}  // namespace ferry::store::postgres
