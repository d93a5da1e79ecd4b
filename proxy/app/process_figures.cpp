#include "app/process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/clock.hpp"

namespace ferry::app {

namespace {

double seconds(const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

// Field 22 of /proc/self/stat counts clock ticks since the machine started. Field 2, a name in brackets, may hold
// anything.
double started_s() {
    std::ifstream stat("/proc/self/stat"), uptime("/proc/uptime");
    const std::string text{std::istreambuf_iterator<char>(stat), {}};
    const auto name_end = text.rfind(')');
    double up = 0, ticks = 0;
    if (name_end == std::string::npos || !(uptime >> up)) return 0;
    std::istringstream fields(text.substr(name_end + 1));
    std::string field;
    for (int i = 3; i < 22; ++i) fields >> field;
    if (!(fields >> ticks)) return 0;
    const double age = up - ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
    return static_cast<double>(wall_us()) / 1e6 - age;
}

}  // namespace

process_figures read_process_figures() {
    process_figures all;
    // Once: the difference of two clocks would make it wander.
    static const double started = started_s();
    all.started_s = started;
    rusage used{};
    if (::getrusage(RUSAGE_SELF, &used) == 0) all.cpu_s = seconds(used.ru_utime) + seconds(used.ru_stime);
    std::ifstream memory("/proc/self/statm");
    std::uint64_t size = 0, resident = 0;
    if (memory >> size >> resident) all.resident_bytes = resident * static_cast<std::uint64_t>(::getpagesize());
    std::error_code ignored;
    for (std::filesystem::directory_iterator at("/proc/self/fd", ignored), end; at != end; at.increment(ignored)) {
        ++all.open_descriptors;
    }
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) all.most_descriptors = limit.rlim_cur;
    return all;
}

}  // namespace ferry::app
