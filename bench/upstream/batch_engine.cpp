#include "upstream/batch_engine.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>

namespace ferry::bench {
namespace {

namespace json = boost::json;
using std::chrono::microseconds;

constexpr double longest = 1e7;  // ms

double number_from_zero(const json::value& v, double most, const std::string& name) {
    const double n = v.is_number() ? v.to_number<double>() : -1;
    if (!(n >= 0 && n <= most)) {
        throw std::invalid_argument("an object whose " + name + " is a number from 0 to " +
                                    std::to_string(static_cast<long>(most)));
    }
    return n;
}

microseconds from_ms(double ms) {
    return microseconds(std::llround(std::clamp(ms, 0.0, longest) * 1000));
}

engine_plan plan_in(const json::object& source) {
    engine_plan plan;
    for (const auto& member : source) {
        const std::string name(member.key());
        const auto& value = member.value();
        if (name == "ttft_ms")
            plan.ttft = load_curve(value);
        else if (name == "itl_ms")
            plan.itl = load_curve(value);
        else if (name == "ttft_spread")
            plan.ttft_spread = number_from_zero(value, 10, name);
        else if (name == "itl_spread")
            plan.itl_spread = number_from_zero(value, 10, name);
        else if (name == "speed_spread")
            plan.speed_spread = number_from_zero(value, 10, name);
        else if (name == "most_running")
            plan.most_running = static_cast<std::uint32_t>(number_from_zero(value, 1e6, name));
        else if (name != "name")
            throw std::invalid_argument(
                "an object of ttft_ms, itl_ms, ttft_spread, itl_spread, speed_spread, most_running and name");
    }
    return plan;
}

}  // namespace

load_curve::load_curve(const json::value& source) {
    const auto refuse = [] {
        throw std::invalid_argument(
            "an object whose ttft_ms and itl_ms are milliseconds or [[requests, milliseconds], ...] with rising "
            "requests");
    };
    if (source.is_number()) {
        points_ = {{1, source.to_number<double>()}};
    } else if (source.is_array() && !source.get_array().empty()) {
        points_.clear();
        for (const auto& pair : source.get_array()) {
            const auto* two = pair.if_array();
            if (!two || two->size() != 2 || !two->at(0).is_number() || !two->at(1).is_number()) refuse();
            points_.emplace_back(two->at(0).to_number<double>(), two->at(1).to_number<double>());
            if (points_.size() > 1 && !(points_[points_.size() - 2].first < points_.back().first)) refuse();
        }
    } else {
        refuse();
    }
    for (const auto& [requests, ms] : points_) {
        if (!(requests >= 0) || !(ms >= 0 && ms <= longest)) refuse();
    }
}

double load_curve::at(double requests) const {
    if (points_.size() == 1 || requests <= points_.front().first) return points_.front().second;
    const auto is_before = [](double n, const auto& point) { return n < point.first; };
    auto right = std::upper_bound(points_.begin(), points_.end(), requests, is_before);
    if (right == points_.end()) --right;
    const auto left = right - 1;
    const double slope = (right->second - left->second) / (right->first - left->first);
    return std::max(0.0, left->second + slope * (requests - left->first));
}

std::shared_ptr<batch_engine> batch_engine::of(const json::value& source) {
    static std::mutex mutex;
    static std::map<std::string, std::weak_ptr<batch_engine>> known;
    if (!source.is_object()) throw std::invalid_argument("an object such as {\"ttft_ms\": 200, \"itl_ms\": 15}");
    const std::lock_guard lock(mutex);
    auto& one = known[json::serialize(source)];
    auto made = one.lock();
    if (made) return made;
    try {
        made = std::make_shared<batch_engine>(plan_in(source.get_object()));
    } catch (...) {
        std::erase_if(known, [](const auto& k) { return k.second.expired(); });
        throw;
    }
    one = made;
    if (known.size() > 1000) std::erase_if(known, [](const auto& k) { return k.second.expired(); });
    return made;
}

batch_engine::seat::seat(std::shared_ptr<batch_engine> in, std::uint64_t seed) : engine_(std::move(in)), dice_(seed) {
    speed_ = std::exp(engine_->plan_.speed_spread * dice_.normal());
    if (engine_->plan_.most_running == 0) return;
    const std::lock_guard lock(engine_->mutex_);
    ticket_ = engine_->next_ticket_++;
    engine_->waiting_.insert(ticket_);
}

bool batch_engine::seat::admitted() {
    if (state_ != state::waiting) return state_ == state::running;
    auto& e = *engine_;
    if (e.plan_.most_running > 0) {
        const std::lock_guard lock(e.mutex_);
        if (*e.waiting_.begin() != ticket_ || e.running_ >= e.plan_.most_running) return false;
        e.waiting_.erase(ticket_);
        ++e.running_;
    } else {
        ++e.running_;
    }
    state_ = state::running;
    return true;
}

// The further behind, the longer: thousands that wait are not to be asked every time one ends.
microseconds batch_engine::seat::poll() const {
    const std::lock_guard lock(engine_->mutex_);
    const auto before = ticket_ - *engine_->waiting_.begin();
    return microseconds(std::clamp<std::uint64_t>(500 * (before + 1), 500, 50'000));
}

microseconds batch_engine::seat::first() {
    const auto& plan = engine_->plan_;
    return from_ms(plan.ttft.at(engine_->running_) * std::exp(plan.ttft_spread * dice_.normal()));
}

microseconds batch_engine::seat::next() {
    const auto& plan = engine_->plan_;
    return from_ms(plan.itl.at(engine_->running_) * speed_ * std::exp(plan.itl_spread * dice_.normal()));
}

void batch_engine::seat::leave() {
    const auto was = std::exchange(state_, state::gone);
    if (was == state::running) --engine_->running_;
    if (was != state::waiting || engine_->plan_.most_running == 0) return;
    const std::lock_guard lock(engine_->mutex_);
    engine_->waiting_.erase(ticket_);
}

}  // namespace ferry::bench
