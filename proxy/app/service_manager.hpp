// What systemd is told (sd_notify(3)): ready, reloading, stopping, alive.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/clock.hpp"

namespace ferry::app {

// Silent where NOTIFY_SOCKET names no socket. Owned by the application; lives on the main thread.
class service_manager {
public:
    service_manager();

    // One or more lines such as "READY=1". Whoever does not listen is not waited for.
    void tell(const std::string& state) const;
    void tell_reloading() const;
    // The process it is to watch from now on. This one tells it nothing more.
    void hand_over_to(pid_t successor);
    // "WATCHDOG=1", twice within the time WATCHDOG_USEC allows, however often this is called.
    void beat();

private:
    std::string socket_;
    std::optional<std::chrono::microseconds> interval_;
    steady::time_point next_beat_{};
};

}  // namespace ferry::app
