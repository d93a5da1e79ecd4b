#include "compare/compare.hpp"

#include <unistd.h>

#include <boost/json.hpp>
#include <cstdio>
#include <deque>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "compare/comparison.hpp"
#include "compare/server_usage.hpp"
#include "load/probe.hpp"
#include "load/report/figures.hpp"
#include "load/report/json.hpp"
#include "load/run.hpp"

namespace ferry::bench {
namespace {

// A run may be over before the load itself takes a target for dead.
std::string why_dead(const load_result& run) {
    if (!run.ended.empty()) return run.ended;
    const auto refused = run.counts->errors.find("connect_failed");
    if (run.counts->completed > 0 || refused == run.counts->errors.end()) return "";
    if (refused->second.count < run.counts->failed) return "";
    return "the target died: all of a run is connect_failed (" + refused->second.example + ")";
}

class comparing {
public:
    explicit comparing(const compare_options& options) : options_(options) {
        for (const auto& one : options_.targets) {
            where_.emplace_back(one.load);
            measured_.push_back({one.name, one.load.base_url, {}});
        }
    }

    void look() {
        for (std::size_t i = 0; i < where_.size(); ++i) {
            const auto& one = options_.targets[i];
            if (!options_.yes && !where_[i].where().is_loopback) {
                auto all = one.load;
                const auto runs = 2 * options_.rounds + 1;
                all.duration *= static_cast<nanoseconds::rep>(runs);
                all.requests *= runs;
                confirm(all, {});
            }
            if (one.server) usage_of(*one.server);
            if (options_.probes) look_at_target(one.load, where_[i]);
        }
    }

    void run() {
        // Not measured: connections, caches and clocks of processors are warm afterwards.
        for (std::size_t i = 0; i < where_.size() && ended_.empty(); ++i) run_once(i, 0, false);
        for (std::size_t round = 0; round < options_.rounds && ended_.empty(); ++round) {
            for (std::size_t i = 0; i < where_.size() && ended_.empty(); ++i) run_once(i, round, true);
            for (std::size_t i = where_.size(); i > 0 && ended_.empty(); --i) run_once(i - 1, round, true);
            if (ended_.empty()) rounds_ = round + 1;
        }
        if (is_shown()) std::fputs("\r\033[K", stderr);
        for (auto& target : measured_) {
            std::erase_if(target.runs, [this](const compared_run& run) { return run.round >= rounds_; });
        }
    }

    int report() const {
        if (!ended_.empty()) std::cout << "Ended early: " << ended_ << '\n';
        if (rounds_ < fewest_rounds) {
            throw std::runtime_error("only " + std::to_string(rounds_) + " rounds are whole, and " +
                                     std::to_string(fewest_rounds) + " are needed to tell differences");
        }
        if (!bottleneck_.empty()) {
            std::cout << "THE GENERATOR WAS THE BOTTLENECK in " << slow_runs_ << " of " << 2 * rounds_ * where_.size()
                      << " runs, once as " << bottleneck_ << '\n';
        }
        const auto seed = options_.targets.front().load.work.seed;
        const auto differences = differences_of(measured_, seed);
        std::cout << rounds_ << " rounds, in each of which every target ran twice (forth and back)\n"
                  << table_of(differences)
                  << "\nAll intervals together hold with 98 %. Where one holds 0, no difference can be told.\n";
        if (!options_.json_file.empty()) write_json(whole_json(differences), options_.json_file);
        return died_ || (options_.strict && !bottleneck_.empty()) ? 1 : 0;
    }

private:
    bool is_shown() const { return !options_.quiet && isatty(STDERR_FILENO); }

    void show(std::size_t i, std::size_t round, bool is_measured) const {
        if (!is_shown()) return;
        const auto what = is_measured ? "round " + std::to_string(round + 1) + " of " + std::to_string(options_.rounds)
                                      : std::string("warm-up");
        std::fprintf(stderr, "\r\033[K%s: %s", what.c_str(), options_.targets[i].name.c_str());
    }

    void run_once(std::size_t i, std::size_t round, bool is_measured) {
        show(i, round, is_measured);
        const auto& target = options_.targets[i];
        auto load = target.load;
        load.work.seed += round;  // all targets of a round are asked the same
        const auto before = target.server ? usage_of(*target.server) : server_usage{};
        const auto result = run_load(load, where_[i], nullptr, {});
        const auto after = target.server ? usage_of(*target.server) : server_usage{};
        if (const auto why = why_dead(result); result.interrupted || !why.empty()) {
            ended_ = target.name + ": " + (why.empty() ? "interrupted" : why);
            died_ = !result.interrupted;
            return;
        }
        if (!is_measured) return;
        note_bottleneck(result);
        compared_run made{round, figures_of(result), json_of(result)};
        const auto asked = result.counts->completed + result.counts->failed;
        if (asked > 0) {
            made.figures["failed_percent"] =
                100 * static_cast<double>(result.counts->failed) / static_cast<double>(asked);
        }
        // At a rate that is given, what is answered says nothing about the target.
        if (load.rate > 0) made.figures.erase("request_throughput");
        if (target.server && asked > 0) {
            const double cpu = 1e6 * (after.cpu_seconds - before.cpu_seconds) / static_cast<double>(asked);
            made.figures["server_cpu_us_per_request"] = cpu;
            made.figures["server_memory_mib"] = after.memory_mib;
            made.json["server"] = {{"cpu_us_per_request", cpu}, {"memory_mib", after.memory_mib}};
        }
        made.json["round"] = round + 1;
        measured_[i].runs.push_back(std::move(made));
    }

    void note_bottleneck(const load_result& result) {
        const auto why = result.bottleneck();
        if (why.empty()) return;
        ++slow_runs_;
        if (bottleneck_.empty()) bottleneck_ = why;
    }

    boost::json::object whole_json(const std::vector<told_difference>& differences) const {
        const auto& first = measured_.front().runs.front().json;
        boost::json::object made{{"schema", "ferry-bench/1"},       {"kind", "compare"},
                                 {"tool", "ferry-bench"},           {"version", FERRY_VERSION},
                                 {"date", first.at("date")},        {"machine", first.at("machine")},
                                 {"options", {{"rounds", rounds_}}}};
        made["confidence"] = confidence;  // that all intervals hold
        boost::json::array targets, rows;
        for (const auto& one : measured_) {
            boost::json::array runs;
            for (const auto& run : one.runs) runs.push_back(run.json);
            targets.push_back({{"name", one.name}, {"base_url", one.base_url}, {"runs", std::move(runs)}});
        }
        for (const auto& one : differences) rows.push_back(json_of(one));
        made["targets"] = std::move(targets);
        made["differences"] = std::move(rows);
        made["ended_early"] = ended_.empty() ? boost::json::value(nullptr) : boost::json::value(ended_);
        return made;
    }

    const compare_options& options_;
    std::deque<load_target> where_;
    std::vector<compared_runs> measured_;
    std::size_t rounds_ = 0;  // whole ones
    std::size_t slow_runs_ = 0;
    std::string bottleneck_, ended_;  // in words
    bool died_ = false;
};

}  // namespace

int run_compare_command(const compare_options& options) {
    if (options.rounds < fewest_rounds) {
        throw std::invalid_argument("--rounds: give " + std::to_string(fewest_rounds) +
                                    " or more, of fewer no interval can be told");
    }
    if (!options.json_file.empty() && !std::ofstream(options.json_file)) {
        throw std::runtime_error("--json: cannot write " + options.json_file);
    }
    comparing all(options);
    all.look();
    const held_endings held;
    all.run();
    return all.report();
}

}  // namespace ferry::bench
