#include "usage/calibrations.hpp"

#include <cstdlib>
#include <utility>

namespace ferry::usage {

std::string_view to_text(direction value) {
    return value == direction::prompt ? "prompt" : "completion";
}

std::optional<direction> parse_direction(std::string_view text) {
    for (const auto one : {direction::prompt, direction::completion})
        if (text == to_text(one)) return one;
    return std::nullopt;
}

calibrations::model_state* calibrations::find(std::string_view model, direction which) const {
    const std::shared_lock lock(mutex_);
    const auto found = models_.find(key(std::string(model), which));
    return found == models_.end() ? nullptr : found->second.get();
}

calibrations::model_state* calibrations::find_or_make(std::string_view model, direction which) {
    if (auto* known = find(model, which)) return known;
    const std::unique_lock lock(mutex_);
    if (models_.size() >= most_models) return nullptr;
    auto& made = models_[key(std::string(model), which)];
    if (!made) made = std::make_unique<model_state>();
    return made.get();
}

std::optional<std::int32_t> calibrations::teach(std::string_view model, direction which, const text_features& features,
                                                provider::vocabulary vocabulary, std::int64_t tokens) {
    auto* const of = find_or_make(model, which);
    if (of == nullptr) return std::nullopt;
    const auto off = calibration::off_permille(estimate(*of, features, vocabulary).tokens, tokens);
    if (!off) return std::nullopt;
    const std::lock_guard lock(lessons_mutex_);
    if (lessons_.size() == most_lessons) return off;
    lessons_.push_back({of, features, vocabulary, tokens});
    if (lessons_.size() == 1 && on_lesson_) on_lesson_();
    return off;
}

void calibrations::on_lesson(std::function<void()> told) {
    const std::lock_guard lock(lessons_mutex_);
    on_lesson_ = std::move(told);
}

void calibrations::learn_taught() {
    std::vector<lesson> lessons;
    {
        const std::lock_guard lock(lessons_mutex_);
        lessons.swap(lessons_);
    }
    for (const auto& one : lessons) {
        auto own = one.of->own;
        const auto verdict = own.learn(one.features, one.vocabulary, one.tokens);
        change(*one.of, own, one.of->others, verdict == calibration::verdict::learnt);
    }
}

void calibrations::change(model_state& of, const calibration& own, const calibration& others, bool is_news) {
    auto merged = own;
    merged.merge(others);
    const std::lock_guard lock(of.mutex);
    of.own = own;
    of.others = others;
    of.merged = merged;
    of.is_changed = of.is_changed || is_news;
}

token_estimate calibrations::estimate(const model_state& of, const text_features& features,
                                      provider::vocabulary vocabulary) {
    const std::lock_guard lock(of.mutex);
    return estimate_text(features, vocabulary, &of.merged);
}

token_estimate calibrations::estimate(std::string_view model, direction which, const text_features& features,
                                      provider::vocabulary vocabulary) const {
    const auto* const of = find(model, which);
    return of == nullptr ? estimate_text(features, vocabulary) : estimate(*of, features, vocabulary);
}

std::vector<stored_calibration> calibrations::take_changed(const std::string& instance) {
    std::vector<stored_calibration> changed;
    const std::shared_lock lock(mutex_);
    for (auto& [name, of] : models_) {
        const std::lock_guard inner(of->mutex);
        if (!std::exchange(of->is_changed, false)) continue;
        changed.push_back({instance, std::get<0>(name), of->own.to_text(), std::get<1>(name)});
    }
    return changed;
}

void calibrations::take_stored(const std::vector<stored_calibration>& all, std::string_view instance, bool is_first) {
    std::map<key, calibration> own, others;
    for (const auto& one : all) {
        const auto read = calibration::from_text(one.text);
        if (!read) continue;
        auto& into = one.instance == instance ? own : others;
        into[key(one.model, one.direction)].merge(*read);
    }
    for (auto* read : {&own, &others}) {
        for (auto& [name, what] : *read) {
            auto* const of = find_or_make(std::get<0>(name), std::get<1>(name));
            if (of == nullptr) continue;
            auto mine = of->own;
            if (read == &own && is_first) mine.merge(what);
            change(*of, mine, read == &others ? what : of->others, false);
        }
    }
}

}  // namespace ferry::usage
