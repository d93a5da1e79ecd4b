#include "usage/calibration_keeper.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "base/log.hpp"

namespace ferry::usage {

namespace {

constexpr std::chrono::seconds between_saves{30}, between_reads{60};

bool is_of_same(const store::calibration_row& one, const store::calibration_row& other) {
    return one.model == other.model && one.direction == other.direction;
}

}  // namespace

calibration_keeper::calibration_keeper(calibrations& what, std::unique_ptr<store::calibration_store> where,
                                       std::string instance)
    : what_(what),
      store_(std::move(where)),
      instance_(std::move(instance)),
      thread_("calibration", [](const std::string& error) { log_error("Token calibrations: {}", error); }) {
    what_.on_lesson([this] { thread_.post([this] { what_.learn_taught(); }); });
    thread_.post([this] { read_again(); });
    thread_.post_after(between_saves, [this] { save_again(); });
}

void calibration_keeper::stop() {
    what_.on_lesson({});
    thread_.post([this] {
        what_.learn_taught();
        save();
    });
    thread_.stop();
}

void calibration_keeper::read_again() {
    read();
    thread_.post_after(between_reads, [this] { read_again(); });
}

void calibration_keeper::save_again() {
    save();
    thread_.post_after(between_saves, [this] { save_again(); });
}

// A store that is away is told of once.
void calibration_keeper::note(const char* doing, const char* error) {
    if (!std::exchange(is_away_, true)) log_warn("Token calibrations cannot be {} now: {}", doing, error);
}

void calibration_keeper::read() {
    std::vector<stored_calibration> all;
    try {
        for (auto& row : store_->list()) {
            const auto which = parse_direction(row.direction);
            if (which) all.push_back({std::move(row.instance), std::move(row.model), std::move(row.text), *which});
        }
    } catch (const std::exception& error) {
        return note("read", error.what());
    }
    is_away_ = false;
    what_.take_stored(all, instance_, !std::exchange(has_read_, true));
}

// Not before what an earlier process of this name stored was taken over.
void calibration_keeper::save() {
    if (!has_read_) read();
    if (!has_read_) return;
    for (auto& one : what_.take_changed(instance_)) {
        store::calibration_row row{one.instance, std::move(one.model), std::string(to_text(one.direction)),
                                   std::move(one.text)};
        std::erase_if(unsaved_, [&row](const auto& before) { return is_of_same(before, row); });
        unsaved_.push_back(std::move(row));
    }
    if (unsaved_.empty()) return;
    try {
        store_->save(unsaved_);
        unsaved_.clear();
        is_away_ = false;
    } catch (const std::exception& error) {
        note("saved", error.what());
    }
}

}  // namespace ferry::usage
