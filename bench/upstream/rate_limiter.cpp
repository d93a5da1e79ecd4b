#include "upstream/rate_limiter.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace ferry::bench {
namespace {

constexpr double minute = 60;
constexpr std::size_t most_kept = 100'000;  // keys and models

std::string whole_text(double n) {
    return std::to_string(std::llround(std::floor(std::max(n, 0.0))));
}

}  // namespace

rate_limit rate_limit_of(const boost::json::value& source) {
    const auto refuse = [] {
        throw std::invalid_argument("{\"requests_per_minute\", \"tokens_per_minute\"}, whole numbers from 1");
    };
    rate_limit limit;
    if (!source.is_object() || source.get_object().empty()) refuse();
    for (const auto& member : source.get_object()) {
        const bool are_requests = member.key() == "requests_per_minute";
        if (!are_requests && member.key() != "tokens_per_minute") refuse();
        if (!member.value().is_int64() || member.value().get_int64() < 1) refuse();
        (are_requests ? limit.requests : limit.tokens) = member.value().get_int64();
    }
    return limit;
}

std::string told_duration(double seconds) {
    const auto ms = std::llround(std::ceil(std::max(seconds, 0.0) * 1000));
    if (ms < 1000) return std::to_string(ms) + "ms";
    char text[48];
    const double rest = static_cast<double>(ms % 60'000) / 1000;
    if (ms < 60'000) {
        std::snprintf(text, sizeof text, "%.6gs", rest);
    } else {
        std::snprintf(text, sizeof text, "%lldm%.6gs", ms / 60'000, rest);
    }
    return text;
}

void rate_limiter::bucket::fill(std::int64_t limit_now, steady::time_point now) {
    const bool is_new = limit != limit_now;
    limit = limit_now;
    const auto most = static_cast<double>(limit);
    const double passed = std::chrono::duration<double>(now - at).count();
    left = is_new ? most : std::min(most, left + passed * most / minute);
    at = now;
}

double rate_limiter::bucket::seconds_until(double wanted) const {
    return std::max(0.0, (wanted - left) / static_cast<double>(limit) * minute);
}

void rate_limiter::add_headers(const char* of, const bucket& b, action& to) {
    const std::string name = "x-ratelimit-";
    to.headers.emplace_back(name + "limit-" + of, std::to_string(b.limit));
    to.headers.emplace_back(name + "remaining-" + of, whole_text(b.left));
    to.headers.emplace_back(name + "reset-" + of, told_duration(b.seconds_until(static_cast<double>(b.limit))));
}

void rate_limiter::refuse(const char* of, const bucket& b, double wanted, std::string_view model, action& to) {
    const bool are_requests = std::string_view(of) == "requests";
    const double wait = b.seconds_until(wanted);
    const bool never = wanted > static_cast<double>(b.limit);
    std::string why = never ? "Request too large for " : "Rate limit reached for ";
    why.append(model).append(" in organization org-mock on ").append(of);
    why.append(are_requests ? " per min (RPM): Limit " : " per min (TPM): Limit ").append(std::to_string(b.limit));
    if (!never) why.append(", Used ").append(whole_text(static_cast<double>(b.limit) - b.left));
    why.append(", Requested ").append(whole_text(wanted)).append(". ");
    why += never ? "The input or output tokens must be reduced in order to run successfully."
                 : "Please try again in " + told_duration(wait) + ".";
    action made;
    made.status = 429;
    made.headers = std::move(to.headers);
    if (!never) {
        made.retry_after = std::to_string(std::llround(std::ceil(wait)));
        made.headers.emplace_back("retry-after-ms", std::to_string(std::llround(std::ceil(wait * 1000))));
    }
    boost::json::object error;
    error["message"] = why;
    error["type"] = of;
    error["param"] = nullptr;
    error["code"] = "rate_limit_exceeded";
    made.body = boost::json::serialize(boost::json::object{{"error", error}});
    to = std::move(made);
}

std::shared_ptr<const action> rate_limiter::apply(const std::shared_ptr<const action>& what, std::string_view key,
                                                  std::string_view model, std::int64_t tokens, steady::time_point now) {
    auto made = std::make_shared<action>(*what);
    const auto& limit = what->limit;
    std::string name(key);
    name.append("\n").append(model);
    const std::lock_guard lock(mutex_);
    if (buckets_.size() >= most_kept) buckets_.clear();
    auto& of = buckets_[name];
    const auto wanted = static_cast<double>(tokens);
    if (limit.requests > 0) of.requests.fill(limit.requests, now);
    if (limit.tokens > 0) of.tokens.fill(limit.tokens, now);
    const bool lacks_requests = limit.requests > 0 && of.requests.left < 1;
    const bool lacks_tokens = limit.tokens > 0 && of.tokens.left < wanted;
    if (!lacks_requests && !lacks_tokens) {
        of.requests.left -= 1;
        of.tokens.left -= wanted;
    }
    if (limit.requests > 0) add_headers("requests", of.requests, *made);
    if (limit.tokens > 0) add_headers("tokens", of.tokens, *made);
    if (lacks_requests) {
        refuse("requests", of.requests, 1, model, *made);
    } else if (lacks_tokens) {
        refuse("tokens", of.tokens, wanted, model, *made);
    }
    return made;
}

void rate_limiter::clear() {
    const std::lock_guard lock(mutex_);
    buckets_.clear();
}

}  // namespace ferry::bench
