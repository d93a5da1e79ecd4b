#pragma once

namespace ferry::bench {

struct thread_seconds {
    double running = 0;
    double waiting = 0;  // ready to run, while others had the CPU
};

// Of the calling thread, since its beginning.
thread_seconds thread_time();

}  // namespace ferry::bench
