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

std::optional<std::int32_t> calibrations::learn(std::string_view model, direction which, const text_features& features,
                                                provider::vocabulary vocabulary, std::int64_t tokens) {
    auto* const of = find_or_make(model, which);
    if (of == nullptr || tokens <= 0) return std::nullopt;
    const std::lock_guard lock(of->mutex);
    const auto told = estimate_text(features, vocabulary, &of->merged).tokens;
    if (of->own.learn(features, vocabulary, tokens) != calibration::verdict::learnt) return std::nullopt;
    of->merged = of->own;
    of->merged.merge(of->others);
    of->is_changed = true;
    return static_cast<std::int32_t>(std::abs(told - tokens) * 1000 / tokens);
}

token_estimate calibrations::estimate(std::string_view model, direction which, const text_features& features,
                                      provider::vocabulary vocabulary) const {
    const auto* const of = find(model, which);
    if (of == nullptr) return estimate_text(features, vocabulary);
    const std::lock_guard lock(of->mutex);
    return estimate_text(features, vocabulary, &of->merged);
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
            const std::lock_guard lock(of->mutex);
            if (read == &others) of->others = what;
            if (read == &own && is_first) of->own.merge(what);
            of->merged = of->own;
            of->merged.merge(of->others);
        }
    }
}

}  // namespace ferry::usage
