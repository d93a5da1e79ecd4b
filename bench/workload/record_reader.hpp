#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::bench {

struct record {
    std::string_view text;   // until the next one is read
    std::uint64_t line = 0;  // on which it begins, from 1
};

// A large text file, record by record: its lines, or the objects of the one JSON array that it is. Holds some 256 KiB,
// or one record. Owned by: what reads its form. Lives on: one thread.
class record_reader {
public:
    // `option` is named in errors. Throws std::invalid_argument in words, as all else here, if it cannot be read.
    record_reader(std::string option, std::string file);

    bool is_array() const { return is_array_; }  // its first character is [
    // The next object of the array, or else the next line that is not blank; nullopt at the end.
    std::optional<record> next();
    void rewind();
    std::uint64_t consumed() const { return consumed_ + at_; }  // bytes since the beginning

    // Throws, with the option, the file and the line before `what`.
    [[noreturn]] void fail(std::uint64_t line, const std::string& what) const;
    [[noreturn]] void fail(const std::string& what) const;

private:
    struct closer {
        void operator()(std::FILE* f) const { std::fclose(f); }
    };

    bool fill();                    // more bytes behind what there is; false at the end of the file
    int peek();                     // the byte at at_, -1 at the end
    void skip_blanks(bool commas);  // and lines, counting them
    std::optional<record> next_line();
    std::optional<record> next_object();
    std::size_t end_of_object();  // behind the object that begins at at_

    const std::string option_, file_;
    const std::unique_ptr<std::FILE, closer> in_;
    std::string held_;
    std::size_t at_ = 0;          // in held_
    std::uint64_t consumed_ = 0;  // before held_
    std::uint64_t line_ = 1;      // of at_
    bool has_ended_ = false;      // there is nothing behind held_
    bool is_array_ = false;
};

}  // namespace ferry::bench
