#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ferry::conversation {

// "merge" puts what is stored before what a request brings; "store" only keeps.
enum class history_mode { merge, store };

struct options {
    bool enabled = true;
    history_mode history = history_mode::merge;
    std::size_t max_messages = 100;
    std::int64_t max_tokens = 32'000;
    std::chrono::days purge_after{30};  // how long what was removed stays in the store

    bool operator==(const options&) const = default;
};

}  // namespace ferry::conversation
