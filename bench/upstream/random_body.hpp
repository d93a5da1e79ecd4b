#pragma once

#include <cstdint>

#include "upstream/body_source.hpp"

namespace ferry::bench {

// `bytes` random bytes, made as they are due: the same ones for the same seed, in however large pieces.
class random_body final : public body_source {
public:
    random_body(std::uint64_t seed, std::uint64_t bytes, std::size_t piece_bytes, std::chrono::microseconds interval);
    bool next(piece& to) override;
    std::unique_ptr<body_source> copy() const override { return std::make_unique<random_body>(*this); }
    std::uint64_t size() const override { return bytes_ - at_; }

private:
    std::uint64_t seed_, bytes_;
    std::size_t piece_bytes_;
    std::chrono::microseconds interval_;
    std::uint64_t at_ = 0;
};

// The bytes from `at` on, as many as `to` is long.
void fill_random(std::uint64_t seed, std::uint64_t at, std::string& to);

}  // namespace ferry::bench
