#include "compare/server_usage.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ferry::bench {
namespace {

struct process_times {
    pid_t parent = 0;
    double ticks = 0;
};

// nullopt for a process that has ended meanwhile.
std::optional<process_times> times_of(const std::string& pid) {
    std::ifstream in("/proc/" + pid + "/stat");
    std::string text;
    std::getline(in, text);
    // The name stands in brackets and may hold anything, brackets too.
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return std::nullopt;
    std::istringstream fields(text.substr(name_end + 1));
    std::string state, skipped;
    process_times made;
    fields >> state >> made.parent;
    for (int i = 0; i < 9; ++i) fields >> skipped;
    for (int i = 0; i < 4; ++i) {  // utime, stime, and both of the children that were waited for
        double ticks = 0;
        fields >> ticks;
        made.ticks += ticks;
    }
    if (!fields) return std::nullopt;
    return made;
}

std::map<pid_t, process_times> all_processes() {
    std::map<pid_t, process_times> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        if (const auto times = times_of(name)) found[static_cast<pid_t>(std::stol(name))] = *times;
    }
    return found;
}

bool descends(pid_t pid, pid_t ancestor, const std::map<pid_t, process_times>& all) {
    for (auto at = all.find(pid); at != all.end(); at = all.find(at->second.parent)) {
        if (at->first == ancestor) return true;
    }
    return false;
}

double memory_mib_of(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/smaps_rollup");
    for (std::string line; std::getline(in, line);) {
        if (line.rfind("Pss:", 0) == 0) return std::stod(line.substr(4)) / 1024;
    }
    return -1;
}

}  // namespace

server_usage usage_of(pid_t pid) {
    const auto all = all_processes();
    if (!all.contains(pid)) throw std::runtime_error("there is no process " + std::to_string(pid));
    const double tick = 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
    server_usage made;
    for (const auto& one : all) {
        if (!descends(one.first, pid, all)) continue;
        made.cpu_seconds += one.second.ticks * tick;
        const double memory = memory_mib_of(one.first);
        if (memory < 0 && one.first == pid) {
            throw std::runtime_error("the memory of process " + std::to_string(pid) +
                                     " cannot be read: run this as the user it runs as");
        }
        made.memory_mib += memory > 0 ? memory : 0;
    }
    return made;
}

}  // namespace ferry::bench
