#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace ferry::store {

// A named thread that runs blocking jobs one after another: the only place where the store is called while serving. It
// gives way to the cores.
// Owned by: whoever posts the jobs. Jobs run on: its own thread, by due time, then by order of posting.
// A job should not throw; what one throws goes to `on_error` (on the thread) and the next job runs.
// Any thread may post; stop() is called by the owner, not from a job, and by the destructor.
class store_thread {
public:
    using job = std::function<void()>;
    using error_sink = std::function<void(const std::string& what)>;
    using duration = std::chrono::steady_clock::duration;

    // `name` is what `top -H` shows; Linux keeps 15 characters.
    store_thread(const std::string& name, error_sink on_error);
    ~store_thread();
    store_thread(const store_thread&) = delete;
    store_thread& operator=(const store_thread&) = delete;

    // False, and the job is dropped, once stop() was called.
    bool post(job work);
    bool post_after(duration delay, job work);

    // Jobs that are due are run to their end, later ones are dropped, then the thread is joined. Twice is fine.
    void stop();

private:
    using clock = std::chrono::steady_clock;

    void run();

    error_sink on_error_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::multimap<clock::time_point, job> jobs_;  // equal keys keep their order of insertion
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace ferry::store
