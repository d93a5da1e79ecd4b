#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.hpp"
#include "upstream/form.hpp"
#include "upstream/sha256.hpp"

namespace ferry::bench {

// What is learnt of a body that is too large to be held, as it arrives: its first MiB, its parts, its hash, its size.
// Owned by: a session, while it reads the request.
class large_body {
public:
    large_body(const request& r, bool hashes);
    void take(std::string_view bytes);

    std::string_view beginning() const { return beginning_; }
    std::uint64_t size() const { return size_; }
    form* parts() { return form_.get(); }  // null if it is not multipart
    std::string hash();                    // hex, "" if it was not asked for; ends it

private:
    std::string beginning_;
    std::uint64_t size_ = 0;
    std::unique_ptr<form> form_;
    std::optional<sha256> digest_;
};

}  // namespace ferry::bench
