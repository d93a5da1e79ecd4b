#include "upstream/name_lookup.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include "base/ascii.hpp"
#include "upstream/dns_channel.hpp"

namespace ferry::upstream {

namespace {

constexpr const char* resolv_conf = "/etc/resolv.conf";

// What changes when a file is written or replaced.
struct file_stamp {
    ino_t inode = 0;
    timespec modified{};

    bool operator==(const file_stamp& other) const {
        return inode == other.inode && modified.tv_sec == other.modified.tv_sec &&
               modified.tv_nsec == other.modified.tv_nsec;
    }
};

file_stamp stamp_of(const char* path) {
    struct stat found {};
    if (::stat(path, &found) != 0) return {};
    return {found.st_ino, found.st_mtim};
}

// The names that mean the same everywhere (RFC 6761 sections 6.3 and 6.4), so that nobody is asked about them.
std::optional<lookup_answer> answer_to_special(const std::string& host) {
    std::string name = "." + lower_case(host);
    while (name.ends_with('.')) name.pop_back();
    lookup_answer answer;
    if (name.ends_with(".localhost")) {
        answer.addresses.emplace_back(boost::asio::ip::address_v4::loopback());
        answer.addresses.emplace_back(boost::asio::ip::address_v6::loopback());
        answer.ttl = std::chrono::hours(1);
        return answer;
    }
    if (!name.ends_with(".invalid")) return std::nullopt;
    answer.error = "the name does not exist";
    answer.is_definite = true;
    return answer;
}

}  // namespace

class name_lookup::worker {
public:
    worker(std::string servers, std::chrono::milliseconds timeout)
        : servers_(std::move(servers)), timeout_(timeout), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (wake_ < 0) throw std::runtime_error("No descriptor for name look-ups: too many open files.");
        try {
            renew_channel();
            thread_ = std::thread([this] { run(); });
            ::pthread_setname_np(thread_.native_handle(), "names");
        } catch (...) {
            ::close(wake_);
            throw;
        }
    }
    ~worker() {
        stop();
        thread_.join();
        ::close(wake_);
    }

    void ask(std::string host, callback done) {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        jobs_.emplace_back(std::move(host), std::move(done));
        ring();
    }

    // A callback under way is over once this returns, unless it is the callback that calls this.
    void stop() {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        jobs_.clear();
        ring();
    }

private:
    using job = std::pair<std::string, callback>;

    void ring() {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
    }

    // Look-ups under way keep the channel they began on.
    void renew_channel() {
        const auto stamp = stamp_of(resolv_conf);
        if (!channels_.empty() && stamp == read_) return;
        channels_.push_back(std::make_unique<dns_channel>(servers_, timeout_));
        read_ = stamp;
    }

    void begin(job one) {
        auto done = [this, tell = std::move(one.second)](lookup_answer answer) {
            const std::lock_guard lock(mutex_);
            // The cores that the callback posts to are gone once the owner is.
            if (!stopping_) tell(std::move(answer));
        };
        if (auto special = answer_to_special(one.first)) {
            done(std::move(*special));
            return;
        }
        try {
            renew_channel();
        } catch (const std::runtime_error&) {
            // The servers of before are better than none.
        }
        channels_.back()->ask(one.first, std::move(done));
    }

    void run() {
        for (;;) {
            std::vector<job> jobs;
            {
                const std::lock_guard lock(mutex_);
                if (stopping_) break;
                jobs.swap(jobs_);
            }
            for (auto& one : jobs) begin(std::move(one));
            while (channels_.size() > 1 && channels_.front()->is_idle()) channels_.erase(channels_.begin());
            wait();
        }
        channels_.clear();
    }

    void wait() {
        std::vector<pollfd> sockets(1, pollfd{wake_, POLLIN, 0});
        int patience = -1;
        for (const auto& one : channels_) {
            one->add_sockets(sockets);
            const int left = one->milliseconds_left();
            if (left >= 0 && (patience < 0 || left < patience)) patience = left;
        }
        ::poll(sockets.data(), sockets.size(), patience);
        std::uint64_t rings;
        [[maybe_unused]] const auto emptied = ::read(wake_, &rings, sizeof rings);
        for (const auto& one : channels_) one->work(sockets);
    }

    const std::string servers_;
    const std::chrono::milliseconds timeout_;
    std::mutex mutex_;  // guards jobs_, stopping_, and the callbacks against a stop
    std::vector<job> jobs_;
    bool stopping_ = false;
    int wake_;
    file_stamp read_;                                     // of the resolv.conf that the last channel was made by
    std::vector<std::unique_ptr<dns_channel>> channels_;  // the last one takes new look-ups
    std::thread thread_;
};

name_lookup::name_lookup(const std::string& servers, std::chrono::milliseconds timeout)
    : worker_(std::make_unique<worker>(servers, timeout)) {}

name_lookup::~name_lookup() = default;

void name_lookup::ask(const std::string& host, callback done) {
    worker_->ask(host, std::move(done));
}

void name_lookup::stop() {
    worker_->stop();
}

}  // namespace ferry::upstream
