#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/multipart_reader.hpp"
#include "upstream/sha256.hpp"

namespace ferry::bench {

struct form_part {
    std::string name, content_type;
    std::optional<std::string> file_name;  // nullopt: a text
    std::uint64_t bytes = 0;
    std::string sha256;
    std::string content;   // where it is kept
    bool is_kept = false;  // all of it
};

// A multipart/form-data body: its parts, and of their contents 1 MiB each at most and 4 MiB together. Owned by: the
// reception of one request.
class form final : private multipart_reader::sink {
public:
    explicit form(std::string_view boundary) : reader_(boundary) {}
    form(const form&) = delete;
    form& operator=(const form&) = delete;

    void feed(std::string_view bytes) { reader_.feed(bytes, *this); }
    void finish();  // REQUIRES: all was fed

    std::string_view problem() const { return problem_; }  // why it cannot be read, "" if it can
    const std::vector<form_part>& parts() const { return parts_; }
    const form_part* find(std::string_view name) const;  // the first of that name; null if there is none
    const form_part* file(std::string_view name) const;  // the same, if it is a file
    // What is searched for markers and nonces: every kept text and every file's name, each on a line.
    std::string_view text() const { return text_; }
    // The model, as the inside of a JSON string.
    std::string_view model() const { return model_; }

private:
    void begin_part(std::string_view disposition, std::string_view content_type) override;
    void part_bytes(std::string_view bytes) override;
    void end_part() override;

    multipart_reader reader_;
    std::vector<form_part> parts_;
    std::optional<sha256> digest_;
    std::size_t kept_ = 0;
    std::string text_, model_;
    std::string_view problem_;
};

}  // namespace ferry::bench
