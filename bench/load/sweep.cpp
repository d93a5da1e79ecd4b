#include "load/sweep.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "load/report/json.hpp"
#include "load/report/result_files.hpp"
#include "load/report/table.hpp"

namespace ferry::bench {
namespace {

constexpr double most_failed = 0.05, least_kept = 0.9;
constexpr std::size_t most_sweep_points = 1000;

double rate_of(const load_result& r) {
    return r.per_second(r.counts->completed);
}

double latency_of(const load_result& r) {
    return r.counts->times(metric::e2el).mean() / 1e6;
}

// Requests under way at this second of what is measured.
double in_flight_at(const load_result& r, double t) {
    double found = 0;
    for (const auto& point : r.counts->timeline) {
        if (point.t < t + 0.5) found = static_cast<double>(point.in_flight);
    }
    return found;
}

std::string percent_said(const char* form, double fraction) {
    char text[160];
    std::snprintf(text, sizeof text, form, 100 * fraction);
    return text;
}

}  // namespace

sweep_plan parsed_sweep(const std::string& text) {
    const auto refuse = [&text] {
        throw std::invalid_argument("--sweep " + text +
                                    ": give concurrency=1..256 or rate=1..1000, with steps of a "
                                    "size as in rate=100..1000:100");
    };
    sweep_plan plan;
    const auto equals = text.find('='), dots = text.find("..");
    const auto name = text.substr(0, equals);
    if (equals == std::string::npos || dots == std::string::npos || (name != "rate" && name != "concurrency")) refuse();
    plan.is_rate = name == "rate";
    char* end = nullptr;
    const auto first = text.substr(equals + 1, dots - equals - 1);  // "1..9" would be read as 1. and .9
    const double low = std::strtod(first.c_str(), &end);
    if (first.empty() || *end) refuse();
    const double high = std::strtod(text.c_str() + dots + 2, &end);
    const double step = *end == ':' ? std::strtod(end + 1, &end) : 0;
    if (*end || low <= 0 || high < low || step < 0 || (!plan.is_rate && (low < 1 || high > 1e6))) refuse();
    for (double at = low; at < high * 0.999 && plan.points.size() < most_sweep_points;
         at = step > 0 ? at + step : at * 2) {
        plan.points.push_back(plan.is_rate ? at : std::floor(at));
    }
    plan.points.push_back(plan.is_rate ? high : std::floor(high));
    return plan;
}

std::string sweep::broke(const load_result& r) const {
    const tally& c = *r.counts;
    const auto all = static_cast<double>(c.completed + c.failed);
    if (!r.ended.empty()) return r.ended;
    if (all == 0) return "nothing was answered";
    if (const double f = static_cast<double>(c.failed) / all; f > most_failed) {
        return percent_said("%.1f %% of requests failed", f);
    }
    if (r.options.slo.any() && static_cast<double>(c.good) < least_kept * all) {
        return percent_said("only %.1f %% of requests kept within the SLO", static_cast<double>(c.good) / all);
    }
    if (plan_.is_rate && each_.duration.count() > 0) {
        // What piles up in the second half is what was due and not answered.
        const double whole = std::chrono::duration<double>(each_.duration).count();
        const double piled = in_flight_at(r, whole) - in_flight_at(r, whole / 2);
        const double due = r.options.rate * whole / 2;
        if (piled > (1 - least_kept) * due) {
            return percent_said("it fell behind, and answered only %.1f %% of what was due", 1 - piled / due);
        }
    }
    double best = 0;
    for (const auto& other : results_) best = std::max(best, rate_of(other));
    if (!plan_.is_rate && rate_of(r) < least_kept * best) {
        return percent_said("its rate fell to %.1f %% of the best", rate_of(r) / best);
    }
    return "";
}

std::string sweep::added_to_names(std::size_t point) const {
    char text[64];
    std::snprintf(text, sizeof text, "-%s-%g", plan_.is_rate ? "rate" : "concurrency", plan_.points[point]);
    return text;
}

bool sweep::run(const load_target& target, run_observer* observer) {
    std::printf("%12s%14s%10s%12s%12s%12s%12s%12s\n", plan_.is_rate ? "rate" : "concurrency", "requests/s", "failed",
                "tokens/s", "TTFT p50", "TTFT p99", "ITL p99", "e2e p99");
    for (const double at : plan_.points) {
        load_options one = each_;
        one.rate = plan_.is_rate ? at : 0;
        one.concurrency = plan_.is_rate ? 0 : static_cast<std::uint32_t>(at);
        result_files files(csv_, hdr_log_, added_to_names(results_.size()));
        results_.push_back(run_load(one, target, observer, files.view()));
        files.finish();
        if (observer) observer->over();
        const auto& r = results_.back();
        const auto shown = [&r](metric m, double q) { return shown_ms(in_ms(r.counts->times(m).quantile(q))); };
        std::printf("%12g%14.2f%10s%12.1f%12s%12s%12s%12s%s\n", at, rate_of(r), shown_count(r.counts->failed).c_str(),
                    r.per_second(r.counts->output_tokens), shown(metric::ttft, 0.5).c_str(),
                    shown(metric::ttft, 0.99).c_str(), shown(metric::itl, 0.99).c_str(),
                    shown(metric::e2el, 0.99).c_str(),
                    r.bottleneck().empty() ? "" : "  (the generator was at its end)");
        std::fflush(stdout);
        if (r.interrupted) return false;
        why_ = broke(r);
        if (!why_.empty()) break;
    }
    return true;
}

std::size_t sweep::knee() const {
    std::size_t best = 0;
    double most = -1;
    const std::size_t held = results_.size() - (why_.empty() ? 0 : 1);
    for (std::size_t i = 0; i < held; ++i) {
        const double power = latency_of(results_[i]) > 0 ? rate_of(results_[i]) / latency_of(results_[i]) : 0;
        if (power > most) {
            most = power;
            best = i;
        }
    }
    return best;
}

boost::json::object sweep::point(std::size_t i) const {
    if (plan_.is_rate) return {{"rate", plan_.points[i]}};
    return {{"concurrency", static_cast<std::int64_t>(plan_.points[i])}};
}

boost::json::object sweep::json() const {
    boost::json::array runs;
    for (std::size_t i = 0; i < results_.size(); ++i) {
        auto one = json_of(results_[i]);
        one["point"] = point(i);
        runs.push_back(std::move(one));
    }
    boost::json::object made{{"schema", "ferry-bench/1"}, {"kind", "sweep"},          {"tool", "ferry-bench"},
                             {"version", FERRY_VERSION},  {"target", each_.base_url}, {"machine", json_of_machine()}};
    made["date"] = results_.empty() ? "" : results_.front().date;
    const bool any_held = results_.size() > (why_.empty() ? 0u : 1u);
    made["knee"] = any_held ? boost::json::value(point(knee())) : boost::json::value(nullptr);
    made["broke"] = nullptr;
    if (!why_.empty()) made["broke"] = {{"point", point(results_.size() - 1)}, {"why", why_}};
    made["runs"] = std::move(runs);
    return made;
}

std::string sweep::summary() const {
    const char* name = plan_.is_rate ? "rate" : "concurrency";
    const auto said = [&](std::size_t i) {
        char text[64];
        std::snprintf(text, sizeof text, "%s %g", name, plan_.points[i]);
        return std::string(text);
    };
    std::string out;
    if (results_.size() > (why_.empty() ? 0u : 1u))
        out += "knee: " + said(knee()) + " (most throughput for its latency)\n";
    out += why_.empty() ? "it did not break\n" : "broke at " + said(results_.size() - 1) + ": " + why_ + "\n";
    return out;
}

}  // namespace ferry::bench
