// What Ferry changes in a request body, for people to see.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::app {

struct body_edit {
    std::size_t offset = 0;  // in the client's body
    std::string removed, inserted;
};

// `pieces` are the edited body as relay::request_plan gathers it: views into `body`, in its order, and texts that lie
// elsewhere. Pure.
std::vector<body_edit> edits_of(std::string_view body, std::span<const std::string_view> pieces);

}  // namespace ferry::app
