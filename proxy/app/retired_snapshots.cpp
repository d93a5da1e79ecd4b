#include "app/retired_snapshots.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace ferry::app {
namespace {

constexpr auto look_interval = std::chrono::milliseconds(200);

}  // namespace

void retired_snapshots::add(access::snapshot old) {
    std::vector<part> parts = {std::move(old.models), std::move(old.keys)};
    on_.post([this, parts = std::move(parts)]() mutable { take(std::move(parts)); });
}

void retired_snapshots::take(std::vector<part> parts) {
    for (part& one : parts)
        if (one && std::ranges::find(kept_, one) == kept_.end()) kept_.push_back(std::move(one));
    if (!is_looking_) look();
}

// A count of 1 stays 1: whoever could make another reference would have to hold one.
void retired_snapshots::look() {
    std::erase_if(kept_, [](const part& one) { return one.use_count() == 1; });
    is_looking_ = !kept_.empty() && on_.post_after(look_interval, [this] { look(); });
}

}  // namespace ferry::app
