// What Ferry's inner loops cost: a line of JSON for each, which bench/micro/run makes a table of.
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "allocations.hpp"
#include "inner_loop.hpp"

namespace ferry::micro {

void not_as_meant(const std::string& what) {
    std::fprintf(stderr, "ferry-micro: %s\n", what.c_str());
    std::exit(2);
}

namespace {

struct measured_round {
    double ns = 0;  // of this thread's CPU time, each
    allocations made;
};

// What others do to the processor meanwhile costs time, but none of this thread's.
double cpu_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

measured_round play(const inner_loop& loop, std::size_t calls) {
    if (loop.prepare) loop.prepare();
    const auto before = allocations_so_far();
    const auto began = cpu_ns();
    loop.call(calls);
    const auto took = cpu_ns() - began;
    const auto after = allocations_so_far();
    return {took / static_cast<double>(calls * loop.per_call),
            {after.count - before.count, after.bytes - before.bytes}};
}

// So many calls that a round takes so long.
std::size_t calls_of(const inner_loop& loop, double round_ns) {
    std::size_t calls = 1;
    for (;;) {
        const auto each = play(loop, calls).ns * static_cast<double>(loop.per_call);
        const auto wanted = static_cast<std::size_t>(round_ns / std::max(each, 0.1));
        if (calls >= loop.most_calls || wanted <= 2 * calls) return std::clamp<std::size_t>(wanted, 1, loop.most_calls);
        calls = std::min({calls * 10, wanted, loop.most_calls});
    }
}

struct measured {
    const inner_loop* of;
    std::size_t calls;
    std::vector<measured_round> rounds;
};

// By turns, so that what the machine does in between meets all of them alike.
std::vector<measured> measure(const std::vector<inner_loop>& loops, int rounds, double round_ns) {
    std::vector<measured> all;
    for (const auto& loop : loops) all.push_back({&loop, calls_of(loop, round_ns), {}});
    for (; rounds > 0; --rounds)
        for (auto& one : all) one.rounds.push_back(play(*one.of, one.calls));
    return all;
}

void print(measured& one) {
    auto& rounds = one.rounds;
    std::sort(rounds.begin(), rounds.end(), [](const auto& a, const auto& b) { return a.ns < b.ns; });
    allocations sum;
    for (const auto& round : rounds) {
        sum.count += round.made.count;
        sum.bytes += round.made.bytes;
    }
    const auto operations = static_cast<double>(rounds.size() * one.calls * one.of->per_call);
    const auto last = rounds.size() - 1;
    std::cout << boost::json::serialize(
                     boost::json::object{{"name", one.of->name},
                                         {"unit", one.of->unit},
                                         {"ns", rounds[last / 2].ns},
                                         {"ns_low", rounds[last / 4].ns},
                                         {"ns_high", rounds[last - last / 4].ns},
                                         {"allocations", static_cast<double>(sum.count) / operations},
                                         {"bytes", static_cast<double>(sum.bytes) / operations},
                                         {"per_call", one.of->per_call},
                                         {"rounds", rounds.size()},
                                         {"operations", operations}})
              << std::endl;
}

// Whether all that is promised to allocate nothing does so, once it has been done before.
bool keeps_promises(const std::vector<inner_loop>& loops) {
    constexpr std::size_t calls = 1000;
    bool is_kept = true;
    for (const auto& loop : loops) {
        if (!loop.is_free) continue;
        play(loop, 10);
        const auto made = play(loop, calls).made;
        std::cout << loop.name << ": " << made.count << " allocations in " << calls * loop.per_call << '\n';
        is_kept = is_kept && made.count == 0;
    }
    return is_kept;
}

}  // namespace

}  // namespace ferry::micro

int main(int count, char** values) {
    using namespace ferry::micro;
    CLI::App app("What Ferry's inner loops cost. bench/micro/run makes a table of it.", "ferry-micro");
    std::string filter;
    int rounds = 15;
    double round_ms = 20;
    std::size_t calls = 0;
    bool is_check = false, is_list = false;
    app.add_option("--filter", filter, "those whose name holds this");
    app.add_option("--rounds", rounds, "(15)")->check(CLI::Range(1, 10000));
    app.add_option("--round-ms", round_ms, "how long a round takes (20)")->check(CLI::Range(0.001, 10000.0));
    app.add_option("--calls", calls, "only this: call each so often, and print nothing");
    app.add_flag("--check", is_check, "only this: what is promised to allocate nothing does so, or exit code 1");
    app.add_flag("--list", is_list, "only this: the names");
    CLI11_PARSE(app, count, values);

    std::vector<inner_loop> loops;
    for (const auto add : {add_event_loops, add_request_loops, add_text_loops, add_journal_loops}) add(loops);
    std::erase_if(loops, [&](const inner_loop& one) { return one.name.find(filter) == std::string::npos; });
    if (loops.empty()) not_as_meant("no name holds --filter " + filter + "; --list shows them");
    if (is_check) return keeps_promises(loops) ? 0 : 1;
    if (is_list) {
        for (const auto& loop : loops) std::cout << loop.name << '\n';
    } else if (calls > 0) {
        for (const auto& loop : loops) play(loop, std::min(calls, loop.most_calls));
    } else {
        for (auto& one : measure(loops, rounds, round_ms * 1e6)) print(one);
    }
    return 0;
}
