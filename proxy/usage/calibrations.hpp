// What the answers of all models taught about their tokens.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "usage/estimator.hpp"

namespace ferry::usage {

enum class direction : std::uint8_t { prompt, completion };
std::string_view to_text(direction value);
std::optional<direction> parse_direction(std::string_view text);

// What one replica has learnt of a model in one direction.
struct stored_calibration {
    std::string instance, model, text;
    usage::direction direction = direction::prompt;
};

// Which answers are learnt from: of each row of the models the first 64, then one of 16. By then an estimate is nearly
// as good as it gets, and a model that is exchanged is noticed within some hundred answers. Owned by a core; lives on
// it.
class lesson_plan {
public:
    // Of the next answer of this row.
    bool wants(std::int64_t row) {
        const auto number = answers_[row]++;
        return number < first_answers || number % one_of == 0;
    }

private:
    static constexpr std::uint32_t first_answers = 64, one_of = 16;

    boost::unordered_flat_map<std::int64_t, std::uint32_t> answers_;
};

// Owned by the application; shared by all cores. A request takes the lock of one model, shortly, only when it is
// estimated or taught from. Of more than 2,000 models nothing is learnt.
class calibrations {
public:
    // To be learnt soon: it takes some ten microseconds, which are no request's. Where a thousand wait already it is
    // forgotten. Returns how far the estimate is off, in 1/1000 of `tokens`; nothing where the answer is too short or
    // too far off to be learnt from.
    std::optional<std::int32_t> teach(std::string_view model, direction which, const text_features& features,
                                      provider::vocabulary vocabulary, std::int64_t tokens);
    // `told` is called, on any thread, when something waits to be learnt.
    void on_lesson(std::function<void()> told);
    // Learns all that waits. One thread, the one that also calls take_stored().
    void learn_taught();

    token_estimate estimate(std::string_view model, direction which, const text_features& features,
                            provider::vocabulary vocabulary) const;

    // What this replica has learnt of models that changed since the last call.
    std::vector<stored_calibration> take_changed(const std::string& instance);
    // All that is stored, `is_first` once. Then what an earlier process of this `instance` has learnt is taken over;
    // later only what others have.
    void take_stored(const std::vector<stored_calibration>& all, std::string_view instance, bool is_first);

private:
    struct model_state {
        mutable std::mutex mutex;  // held to read and to exchange, not to calculate: only one thread changes them
        calibration own, others, merged;
        bool is_changed = false;
    };
    struct lesson {
        model_state* of;
        text_features features;
        provider::vocabulary vocabulary;
        std::int64_t tokens;
    };
    using key = std::tuple<std::string, direction>;

    static constexpr std::size_t most_models = 4000;  // both directions
    static constexpr std::size_t most_lessons = 1000;

    // Null where there is none, or no room for one.
    model_state* find(std::string_view model, direction which) const;
    model_state* find_or_make(std::string_view model, direction which);

    static void change(model_state& of, const calibration& own, const calibration& others, bool is_news);
    static token_estimate estimate(const model_state& of, const text_features& features,
                                   provider::vocabulary vocabulary);

    mutable std::shared_mutex mutex_;  // of the table; what it holds stays
    std::map<key, std::unique_ptr<model_state>> models_;
    std::mutex lessons_mutex_;  // of what follows
    std::vector<lesson> lessons_;
    std::function<void()> on_lesson_;
};

}  // namespace ferry::usage
