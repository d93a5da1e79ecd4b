#include "upstream/large_body.hpp"

namespace ferry::bench {
namespace {

constexpr std::size_t most_kept = std::size_t(1) << 20;

}  // namespace

large_body::large_body(const request& r, bool hashes) {
    if (const auto boundary = multipart_boundary(r.header("content-type"))) form_ = std::make_unique<form>(*boundary);
    if (hashes) digest_.emplace();
}

void large_body::take(std::string_view bytes) {
    size_ += bytes.size();
    beginning_.append(bytes.substr(0, most_kept - beginning_.size()));
    if (form_) form_->feed(bytes);
    if (digest_) digest_->add(bytes);
}

std::string large_body::hash() {
    return digest_ ? digest_->hex() : std::string();
}

}  // namespace ferry::bench
