#include "catalog/refresher.hpp"

#include <exception>
#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/store_error.hpp"

namespace ferry::catalog {

refresher::refresher(loader from, std::chrono::milliseconds interval, publish sink)
    : loader_(std::move(from)),
      interval_(interval),
      publish_(std::move(sink)),
      thread_("ferry-refresh", [this](const std::string& what) { note_failure(what); }) {}

refresher::~refresher() {
    stop();
}

void refresher::start() {
    try {
        accept(loader_.load());
        keep();
        note_success();
    } catch (const store::store_unavailable& away) {
        start_without_store(away.what());
    }
    thread_.post_after(interval_, [this] { watch(0); });
}

void refresher::start_without_store(const std::string& why) {
    try {
        accept(loader_.load_kept());
    } catch (const store::store_error& none) {
        throw store::store_unavailable(why + "; and " + none.what());
    }
    {
        const std::lock_guard lock(mutex_);
        state_.is_from_snapshot = true;
    }
    note_failure(why);
}

void refresher::look() {
    thread_.post([this] { refresh(false); });
}

void refresher::refresh_now() {
    thread_.post([this] { refresh(true); });
}

void refresher::stop() {
    thread_.stop();
}

refresher_state refresher::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void refresher::set_interval(std::chrono::milliseconds interval) {
    thread_.post([this, interval] {
        if (interval == interval_) return;
        interval_ = interval;
        watch(++round_);
    });
}

void refresher::watch(unsigned round) {
    if (round != round_) return;
    refresh(false);
    thread_.post_after(interval_, [this, round] { watch(round); });
}

void refresher::refresh(bool even_if_unchanged) {
    try {
        std::optional<published> fresh = even_if_unchanged ? loader_.load() : loader_.load_if_changed();
        if (fresh) accept(std::move(*fresh));
        keep();
        note_success();
    } catch (const std::exception& error) {
        note_failure(error.what());
    }
}

void refresher::accept(published fresh) {
    {
        const std::lock_guard lock(mutex_);
        if (fresh.refused != state_.refused) log_new_refusals(fresh.refused->all(), state_.refused->all());
        if (!fresh.kept_because.empty() && fresh.kept_because != state_.kept_because)
            log_error("{}", fresh.kept_because);
        state_.version = fresh.models->version();
        state_.is_from_snapshot = false;
        state_.last_publish_us = wall_us();
        state_.refused = fresh.refused;
        state_.kept_because = fresh.kept_because;
    }
    try {
        publish_(std::move(fresh));
    } catch (...) {
        loader_.forget();  // what did not arrive must not be missing from then on
        throw;
    }
}

// What cannot be kept is served all the same.
void refresher::keep() {
    std::string error;
    try {
        loader_.keep();
    } catch (const std::exception& failure) {
        error = failure.what();
    }
    if (!error.empty() && error != keep_error_)
        log_warn("the catalog is not kept for a start without the store: {}", error);
    keep_error_ = error;
}

void refresher::note_success() {
    const std::lock_guard lock(mutex_);
    if (!state_.last_error.empty()) log_info("the store answers again: the catalog is fresh");
    state_.last_success_us = wall_us();
    state_.last_error.clear();
}

// Said once per cause, not at every try.
void refresher::note_failure(const std::string& what) {
    const std::lock_guard lock(mutex_);
    if (state_.last_error != what)
        log_warn("the catalog cannot be refreshed, version {} stays in use: {}", state_.version, what);
    state_.last_error_us = wall_us();
    ++state_.failures;
    state_.last_error = what;
}

}  // namespace ferry::catalog
