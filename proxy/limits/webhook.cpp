#include "limits/webhook.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"

namespace ferry::limits {

namespace {

using std::chrono::seconds;

constexpr std::size_t most_waiting = 1000;
constexpr auto patience_of_a_try = seconds(10);
constexpr auto longest_pause = seconds(300), longest_life = seconds(3600);

seconds pause_after(int tries) {
    return std::min<seconds>(seconds(1) * (1 << std::min(tries - 1, 16)), longest_pause);
}

}  // namespace

webhook::webhook()
    : thread_("webhook", [](const std::string& what) { log_error("The webhook of budgets failed: {}", what); }) {}

void webhook::reconfigure(const webhook_options& chosen) {
    const std::lock_guard held(mutex_);
    is_new_ = is_new_ || chosen != chosen_;
    chosen_ = chosen;
}

bool webhook::is_on() const {
    const std::lock_guard held(mutex_);
    return !chosen_.url.empty();
}

void webhook::send(webhook_message message) {
    const auto id = message.id;
    {
        const std::lock_guard held(mutex_);
        if (waiting_.size() >= most_waiting) {
            ++figures_.lost;
            log_error("The webhook of budgets lost {}: {} others wait", id, most_waiting);
            return;
        }
        waiting_.insert_or_assign(id, entry{std::move(message), steady::now()});
    }
    thread_.post([this, id] { deliver(id); });
}

void webhook::deliver(const std::string& id) {
    webhook_message message;
    {
        const std::lock_guard held(mutex_);
        const auto found = waiting_.find(id);
        if (found == waiting_.end() || steady::now() >= last_until_) return;
        message = found->second.message;
    }
    settle(id, attempt(message));
}

// "" if it was taken.
std::string webhook::attempt(const webhook_message& message) {
    std::shared_ptr<webhook_call> call;
    try {
        std::unique_lock held(mutex_);
        if (chosen_.url.empty()) return "budget.webhook is not set any more";
        if (is_new_ || !call_) {
            const auto chosen = chosen_;
            is_new_ = false;
            held.unlock();
            const auto fresh = std::make_shared<webhook_call>(chosen);  // reads certificates
            held.lock();
            call_ = fresh;
        }
        call = call_;
        const auto until = std::min(steady::now() + patience_of_a_try, last_until_);
        held.unlock();
        return call->post(message, until);
    } catch (const std::exception& unusable) {
        return unusable.what();
    }
}

void webhook::settle(const std::string& id, const std::string& failed) {
    const std::lock_guard held(mutex_);
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return;
    const bool was_failing = std::exchange(is_failing_, !failed.empty());
    if (failed.empty()) {
        if (was_failing) log_info("The webhook of budgets takes messages again");
        ++figures_.delivered;
        waiting_.erase(found);
        return;
    }
    auto& one = found->second;
    ++figures_.failed_tries;
    if (!was_failing) log_warn("The webhook of budgets did not take {}, it is sent again: {}", id, failed);
    const auto pause = pause_after(++one.tries);
    if (steady::now() + pause - one.since > longest_life) {
        log_error("The webhook of budgets lost {} after {} tries: {}", id, one.tries, failed);
        ++figures_.lost;
        waiting_.erase(found);
        return;
    }
    thread_.post_after(pause, [this, id] { deliver(id); });
}

std::vector<webhook_message> webhook::finish(std::chrono::milliseconds patience) {
    {
        const std::lock_guard held(mutex_);
        last_until_ = std::min(last_until_, steady::now() + patience);
        if (call_) call_->hasten(last_until_);
    }
    thread_.stop();
    std::vector<webhook_message> left;
    for (auto& [id, one] : std::exchange(waiting_, {})) left.push_back(std::move(one.message));
    return left;
}

webhook_figures webhook::figures() const {
    const std::lock_guard held(mutex_);
    auto now = figures_;
    now.waiting = waiting_.size();
    return now;
}

}  // namespace ferry::limits
