#include "load/report/table.hpp"

#include <cstdio>

namespace ferry::bench {
namespace {

template <class... Values>
std::string formatted(const char* form, Values... values) {
    char text[512];
    std::snprintf(text, sizeof text, form, values...);
    return text;
}

std::string one_line(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const bool is_blank = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
        if (!is_blank) out += c;
        if (is_blank && !out.empty() && out.back() != ' ') out += ' ';
    }
    return out.size() > 160 ? out.substr(0, 157) + "..." : out;
}

std::string row_of(const char* name, const histogram& h) {
    if (h.count() == 0) return "";
    std::string row = formatted("%-16s", name);
    for (const double q : {0.5, 0.9, 0.95, 0.99, 0.999})
        row += formatted("%10s", shown_ms(in_ms(h.quantile(q))).c_str());
    row += formatted("%10s", shown_ms(in_ms(h.max())).c_str());
    return row + formatted("%10s", shown_ms(h.mean() / 1e6).c_str()) + "\n";
}

std::string errors_in(const std::map<std::string, error_count>& errors, const char* title) {
    if (errors.empty()) return "";
    std::string out = formatted("\n%s\n", title);
    for (const auto& [kind, seen] : errors) {
        out += formatted("%10s  %-18s ", shown_count(seen.count).c_str(), kind.c_str()) + one_line(seen.example) + "\n";
    }
    return out;
}

const char* counted_by(const tally& c) {
    return c.untold == 0 ? "by the server's usage" : c.told == 0 ? "by the chunks of streams" : "by usage, else chunks";
}

std::string heading(const load_result& result) {
    std::string out;
    const auto verdict = result.bottleneck();
    if (!verdict.empty()) out += "THE GENERATOR WAS THE BOTTLENECK: " + verdict + "\n";
    if (!result.ended.empty()) out += "Ended early: " + result.ended + "\n";
    return out;
}

}  // namespace

std::string shown_count(std::uint64_t n) {
    auto digits = std::to_string(n);
    for (auto at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

std::string shown_ms(double ms) {
    return formatted("%.*f", ms < 10 ? 3 : ms < 100 ? 2 : 1, ms);
}

std::string shown_bytes(std::uint64_t n) {
    const double b = static_cast<double>(n);
    if (n < 1'000'000) return formatted("%.1f kB", b / 1e3);
    return n < 1'000'000'000 ? formatted("%.1f MB", b / 1e6) : formatted("%.2f GB", b / 1e9);
}

std::string table_of(const load_result& result) {
    const tally& c = *result.counts;
    std::string out = heading(result);
    out += formatted("%-16s%s in %.2f s", "requests", shown_count(c.completed).c_str(), result.duration);
    out += formatted(" (%.2f a second), %s failed\n", result.per_second(c.completed), shown_count(c.failed).c_str());
    out += formatted("%-16s%s in, %s out (%.1f, %.1f a second), counted ", "tokens",
                     shown_count(c.input_tokens).c_str(), shown_count(c.output_tokens).c_str(),
                     result.per_second(c.input_tokens), result.per_second(c.output_tokens));
    out += std::string(counted_by(c)) + "\n";
    if (result.options.slo.any()) {
        const auto all = c.completed + c.failed;
        out += formatted("%-16s%.2f requests a second within the SLO, %.1f %% of all\n", "goodput",
                         result.per_second(c.good),
                         all ? 100.0 * static_cast<double>(c.good) / static_cast<double>(all) : 0.0);
    }
    out += formatted("%-16s%s opened, %s requests on open ones", "connections", shown_count(c.opened).c_str(),
                     shown_count(c.reused).c_str());
    if (c.stale) out += formatted(", %s sent again as the server had closed one", shown_count(c.stale).c_str());
    out += formatted("\n%-16s%s sent, %s received\n", "bytes", shown_bytes(c.bytes_sent).c_str(),
                     shown_bytes(c.bytes_received).c_str());
    if (c.capped) {
        out += formatted(
            "%-16s%s arrivals had to wait, as %u were under way already (their times count from when they "
            "were due)\n",
            "--max-concurrency", shown_count(c.capped).c_str(), result.options.max_concurrency);
    }
    if (c.abandoned) out += formatted("%-16s%s requests, uncounted\n", "under way", shown_count(c.abandoned).c_str());
    out += formatted("\n%-16s%10s%10s%10s%10s%10s%10s%10s\n", "ms", "p50", "p90", "p95", "p99", "p99.9", "max", "mean");
    out += row_of("TTFT", c.times(metric::ttft)) + row_of("ITL", c.times(metric::itl));
    out += row_of("TPOT", c.times(metric::tpot)) + row_of("end to end", c.times(metric::e2el));
    out += row_of("own lag: sent", c.send_lag) + row_of("own lag: seen", c.receive_lag);
    return out + errors_in(c.errors, "errors") + errors_in(c.warmup_errors, "errors in the warm-up, not counted");
}

}  // namespace ferry::bench
