// The process that takes over: this program started again, with the listening sockets and a way to say that it is
// ready.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/clock.hpp"

namespace ferry::app {

// Owned by the application; lives on the main thread. Destroying it leaves the process alone.
class successor {
public:
    struct named_socket {
        int fd;
        std::string name;  // in LISTEN_FDNAMES
    };
    // Starts the program at the path and with the arguments this process was started with, in its working directory and
    // environment. Throws std::runtime_error with one sentence. The sockets stay open here.
    explicit successor(const std::vector<named_socket>& sockets);
    ~successor();
    successor(const successor&) = delete;
    successor& operator=(const successor&) = delete;

    enum class state { starting, ready, failed };
    // Without waiting. A process that is not ready within 60 s is killed, and has failed.
    state look();
    // Why it failed: "it ended with code 2".
    const std::string& failure() const { return failure_; }
    pid_t pid() const { return pid_; }
    // It is to end as if it had been told to by itself.
    void end();

private:
    pid_t pid_ = -1;
    int ready_fd_ = -1;
    bool is_ready_ = false;
    int exec_error_ = 0;
    std::string failure_;
    steady::time_point until_;
};

}  // namespace ferry::app
