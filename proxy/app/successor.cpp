#include "app/successor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace ferry::app {

namespace {

constexpr int first_lent_fd = 3;
constexpr auto most_time = std::chrono::seconds(60);

[[noreturn]] void refuse(const std::string& what, int error) {
    throw std::runtime_error(what + ": " + std::strerror(error));
}

std::vector<std::string> own_arguments() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    std::vector<std::string> all;
    for (std::string one; std::getline(file, one, '\0');) all.push_back(one);
    if (all.empty()) throw std::runtime_error("/proc/self/cmdline, which tells how this process was started, is empty");
    return all;
}

// As a shell finds it, and anew each time: a new version may stand there.
std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) {
        if (::access(name.c_str(), X_OK) != 0) refuse(name + " cannot be executed", errno);
        return name;
    }
    const char* path = std::getenv("PATH");
    std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
    for (bool more = true; more;) {
        const auto end = std::min(rest.find(':'), rest.size());
        const auto candidate = fmt::format("{}/{}", end == 0 ? "." : rest.substr(0, end), name);
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
        more = end < rest.size();
        if (more) rest.remove_prefix(end + 1);
    }
    throw std::runtime_error(name + " is in no folder of PATH");
}

// Without what speaks of this process alone.
std::vector<std::string> environment_for(const std::vector<successor::named_socket>& sockets) {
    constexpr std::array own = {"LISTEN_PID=", "LISTEN_FDS=", "LISTEN_FDNAMES=", "FERRY_READY_FD=", "WATCHDOG_PID="};
    // The new process's id is written over the zeros once there is one.
    std::vector<std::string> all = {"LISTEN_PID=0000000000", fmt::format("LISTEN_FDS={}", sockets.size()),
                                    fmt::format("FERRY_READY_FD={}", first_lent_fd + sockets.size())};
    std::string names;
    for (const auto& one : sockets) names += (names.empty() ? "" : ":") + one.name;
    all.push_back("LISTEN_FDNAMES=" + names);
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        if (std::none_of(own.begin(), own.end(), [text](const char* name) { return text.starts_with(name); })) {
            all.emplace_back(text);
        }
    }
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (auto& one : texts) all.push_back(one.data());
    all.push_back(nullptr);
    return all;
}

// Duplicates above the numbers that the new process is to find them under, so that moving one overwrites no other.
class moved_up {
public:
    explicit moved_up(int lowest) : lowest_(lowest) {}
    ~moved_up() {
        for (const int fd : fds_) ::close(fd);
    }
    moved_up(const moved_up&) = delete;
    moved_up& operator=(const moved_up&) = delete;
    void add(int fd) {
        const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, lowest_);
        if (moved < 0) refuse("its sockets cannot be prepared", errno);
        fds_.push_back(moved);
    }
    const std::vector<int>& all() const { return fds_; }

private:
    int lowest_;
    std::vector<int> fds_;
};

struct launch {
    const char* program;
    char* const* arguments;
    char* const* environment;
    char* pid_digits;             // ten of them
    const std::vector<int>& fds;  // the sockets, and last where to say "ready"
};

// In the new process, which has a copy of memory that other threads were changing: async-signal-safe calls only.
[[noreturn]] void become(const launch& what) {
    int next = first_lent_fd;
    for (const int fd : what.fds) ::dup2(fd, next++);
    const int ready = next - 1;
    if (::close_range(static_cast<unsigned>(next), ~0u, 0) != 0) {
        const auto end = static_cast<int>(::sysconf(_SC_OPEN_MAX));
        for (int fd = next; fd < end; ++fd) ::close(fd);
    }
    auto left = ::getpid();
    for (int digit = 9; digit >= 0; --digit, left /= 10) what.pid_digits[digit] = static_cast<char>('0' + left % 10);
    ::signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(what.program, what.arguments, what.environment);
    const auto error = static_cast<char>(errno);
    static_cast<void>(::write(ready, &error, 1));
    ::_exit(127);
}

std::string describe(int status) {
    if (WIFSIGNALED(status)) return fmt::format("it was ended by signal {}", WTERMSIG(status));
    return fmt::format("it ended with code {}", WEXITSTATUS(status));
}

}  // namespace

successor::successor(const std::vector<named_socket>& sockets) : until_(steady::now() + most_time) {
    auto arguments = own_arguments();
    const auto program = find_program(arguments.front());
    auto environment = environment_for(sockets);
    const auto argument_pointers = pointers(arguments), environment_pointers = pointers(environment);
    moved_up fds(first_lent_fd + static_cast<int>(sockets.size()) + 1);
    for (const auto& one : sockets) fds.add(one.fd);
    std::array<int, 2> ready{};
    if (::pipe2(ready.data(), O_CLOEXEC | O_NONBLOCK) != 0) refuse("no pipe to it can be made", errno);
    ready_fd_ = ready[0];
    auto* const digits = environment.front().data() + std::strlen("LISTEN_PID=");
    int error = 0;
    try {
        fds.add(ready[1]);
        pid_ = ::fork();
        error = errno;
        if (pid_ == 0) {
            become({program.c_str(), argument_pointers.data(), environment_pointers.data(), digits, fds.all()});
        }
    } catch (...) {
        ::close(ready[0]);
        ::close(ready[1]);
        throw;
    }
    ::close(ready[1]);
    if (pid_ >= 0) return;
    ::close(ready_fd_);
    refuse("no process can be made", error);
}

successor::~successor() {
    ::close(ready_fd_);
}

successor::state successor::look() {
    char said = 0;
    if (::read(ready_fd_, &said, 1) == 1) {
        is_ready_ = said == 0;
        exec_error_ = static_cast<unsigned char>(said);
    }
    int status = 0;
    const bool has_ended = ::waitpid(pid_, &status, WNOHANG) == pid_;
    if (has_ended) {
        failure_ = exec_error_ != 0 ? std::string("it cannot be executed: ") + std::strerror(exec_error_)
                                    : describe(status) + "; its own messages say why";
        return state::failed;
    }
    if (is_ready_) return state::ready;
    if (steady::now() < until_) return state::starting;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status, 0);
    failure_ = fmt::format("it was not ready within {} s and was killed", most_time.count());
    return state::failed;
}

void successor::end() {
    ::kill(pid_, SIGTERM);
}

}  // namespace ferry::app
