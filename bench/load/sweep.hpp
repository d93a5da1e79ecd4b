#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "load/run.hpp"

namespace ferry::bench {

// "concurrency=1..256", "rate=1..1000:100" (steps of 100; without, each is twice the one before).
struct sweep_plan {
    bool is_rate = false;
    std::vector<double> points;
};
sweep_plan parsed_sweep(const std::string& text);  // throws std::invalid_argument in words

// The same load over and over, each time more of it, until the target breaks: 5 % of requests fail, under nine
// tenths of a rate are answered, so that requests pile up, under nine tenths keep within the SLO, or more clients get a
// tenth less done.
class sweep {
public:
    // `csv` and `hdr_log` as of result_files: each point has its own.
    sweep(const sweep_plan& plan, const load_options& each, std::string csv = "", std::string hdr_log = "")
        : plan_(plan), each_(each), csv_(std::move(csv)), hdr_log_(std::move(hdr_log)) {}

    // Writes a line for each point as it ends. False: it was interrupted.
    bool run(const load_target& target, run_observer* observer);
    std::string added_to_names(std::size_t point) const;  // "-concurrency-16": of the files of a point
    boost::json::object json() const;
    std::string summary() const;  // lines
    const std::vector<load_result>& results() const { return results_; }

private:
    std::string broke(const load_result& r) const;
    // Of the points that held, that with the most throughput for its latency.
    std::size_t knee() const;
    boost::json::object point(std::size_t i) const;

    const sweep_plan plan_;
    const load_options each_;
    const std::string csv_, hdr_log_;
    std::vector<load_result> results_;
    std::string why_;  // the last one broke; "": it did not
};

}  // namespace ferry::bench
