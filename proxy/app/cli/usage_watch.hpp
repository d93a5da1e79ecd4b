// A report that is made again and again until a signal ends it.
#pragma once

#include <csignal>
#include <functional>
#include <string>

namespace ferry::app {

// SIGINT, SIGTERM, SIGHUP and SIGWINCH are held back while it lives, so that they come when they are waited for. One
// that is ignored, as under nohup, stays so. REQUIRES: made before any other thread, such as those of a store: they
// would get them.
class held_signals {
public:
    held_signals();
    ~held_signals();
    held_signals(const held_signals&) = delete;
    held_signals& operator=(const held_signals&) = delete;

    // Waits for the time of the next report; false at the end.
    bool wait() const;

private:
    sigset_t set_{}, before_{};
};

// Calls `make` for a table every two seconds, or sooner where the terminal changed its size. On a terminal each is
// drawn on the second screen, and the last one is printed when a signal ends it; elsewhere it is printed with its time
// whenever it differs from the one before. What `make` throws comes out of here.
void watch(const held_signals& signals, const std::function<std::string()>& make);

}  // namespace ferry::app
